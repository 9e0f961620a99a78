"""GET /api/v1/stream of `waymark demo`: what is found is told as it happens, and who comes back
misses nothing."""

import http.client
import json
import pathlib
import re
import signal
import ssl
import sys
import time

from cli import check, check_equal, harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority  # noqa: E402


class Stream:
    """A client of live events: `events` gives (type, data, id as it stands then)."""

    def __init__(self, address, query="", last_id=None, headers=(), tls=None):
        self.connection = (http.client.HTTPSConnection(address, timeout=30, context=tls) if tls
                           else http.client.HTTPConnection(address, timeout=30))
        more = {"Last-Event-ID": last_id} if last_id else {}
        self.connection.request("GET", f"/api/v1/stream?{query}", headers={**more, **dict(headers)})
        self.answer = self.connection.getresponse()
        self.id = last_id

    def events(self):
        kind, data = "message", None
        for line in self.answer:
            line = line.decode().rstrip("\n")
            field, _, value = line.partition(": ")
            if field == "id":
                self.id = value
            elif field == "event":
                kind = value
            elif field == "data":
                data = json.loads(value)
            elif line == "" and data is not None:
                yield kind, data, self.id
                kind, data = "message", None

    def take(self, count):
        events = self.events()
        return [next(events) for _ in range(count)]

    def close(self):
        self.answer.close()  # It holds the socket, too.
        self.connection.close()


def started(context, *settings, rate=1000):
    options = [word for setting in settings for word in ("--set", setting)]
    process = context.process("demo", [
        harness.WAYMARK, "demo", "--rate", rate, "--seed", 5, "--models",
        harness.ROOT / "config/models", "--set", "http.port=0", *options])
    found = harness.wait_until(lambda: re.search(r"http://([^/]+)/metrics", process.output()), 20,
                               f"its address; {process.output()}")
    address = found.group(1)
    harness.wait_until(lambda: harness.http_get(f"http://{address}/readyz")[0] == 200, 30, "ready")
    return process, address


def stopped(process):
    process.send(signal.SIGINT)
    check_equal(process.wait(30), 0, f"exit code; {process.output()}")


def counted(address, name, **labels):
    return harness.metric(harness.http_get(f"http://{address}/metrics")[1], name, **labels)


def test_figures_and_signals_are_told_live(context):
    process, address = started(context)
    stream = Stream(address)
    check_equal(stream.answer.status, 200, "taken")
    check_equal(stream.answer.headers["Content-Type"], "text/event-stream", "what it is")
    check_equal(stream.answer.headers["Cache-Control"], "no-store", "not to be kept")
    events = stream.take(2_000)
    kinds = {kind for kind, _, _ in events}
    check({"measures", "signal"} <= kinds, f"of both types: {kinds}")
    revisions = [data["revision"] for kind, data, _ in events if kind == "measures"]
    check(revisions == sorted(set(revisions)), f"each change once: {revisions}")
    signals = [data for kind, data, _ in events if kind == "signal"]
    check(all(len(row["id"]) == 24 and row["profile_id"] and row["kind"] for row in signals),
          f"signals as the topic has them: {signals[0]}")
    check_equal(counted(address, "waymark_http_streams_open"), 1, "one looks on")
    check(counted(address, "waymark_http_stream_events_total", type="signal") >= len(signals),
          "counted")
    stream.close()
    harness.wait_until(lambda: counted(address, "waymark_http_streams_open") == 0, 20,
                       "that nobody looks on is noticed")
    stopped(process)


def test_only_what_is_asked_for(context):
    process, address = started(context)
    one = Stream(address, "types=signal&kind=STAGE_ENTERED&model=six-stages")
    for kind, data, _ in one.take(300):
        check_equal((kind, data["kind"], data["model"]), ("signal", "STAGE_ENTERED", "six-stages"),
                    "as asked for")
    who = one.take(1)[0][1]["profile_id"]
    whole = Stream(address, f"types=signal,retraction&profile={who}", one.id)
    check_equal({data["profile_id"] for _, data, _ in whole.take(1)}, {who}, "of one customer")
    sample = Stream(address, "per_second=3")
    begin, rows = time.monotonic(), sample.take(20)
    check(time.monotonic() - begin > 1, "a sample does not flood")
    check(all(place is None for _, _, place in rows), "a sample has no place")
    for query, word in (("types=all", "types"), ("kind=X", "kind"), ("since=1", "unknown"),
                        ("per_second=0", "per_second")):
        refused = Stream(address, query)
        said = json.loads(refused.answer.read())
        check_equal(refused.answer.status, 400, query)
        check(word in said["error"] + said["hint"], f"{query}: {said}")
    stopped(process)


def test_a_cut_connection_goes_on_without_a_gap(context):
    process, address = started(context)
    query = "types=signal,retraction"
    stays = Stream(address, query)
    whole = stays.events()
    first = next(whole)
    place = first[2]
    cut = []
    for count in (1, 7, 150, 400, 1, 600):
        piece = Stream(address, query, place)
        cut += piece.take(count)
        place = piece.id
        piece.close()
    # By the address, too.
    piece = Stream(address, f"{query}&last_event_id={place}")
    cut += piece.take(100)
    want = [next(whole) for _ in range(len(cut) + 2_000)]

    def by_customer(events, names):
        rows = {}
        for kind, data, _ in events:
            if data["profile_id"] in names:
                rows.setdefault(data["profile_id"], []).append((kind, data["id"], data["revision"]))
        return rows
    names = {data["profile_id"] for _, data, _ in cut}
    check(len(names) > 100, "of many customers")
    have, full = by_customer(cut, names), by_customer(want, names)
    for name, rows in have.items():
        check_equal(full[name][:len(rows)], rows, f"the events of {name} in their order")
    keys = [(data["id"], data["revision"], kind) for kind, data, _ in cut]
    check_equal(len(keys), len(set(keys)), "none came twice")
    stopped(process)


def test_bounds_and_a_stop(context):
    process, address = started(context, "http.streams_max=2", rate=100)
    streams = [Stream(address, "types=measures") for _ in range(2)]
    refused = Stream(address)
    said = json.loads(refused.answer.read())
    check_equal((refused.answer.status, "http.streams_max" in said["hint"]), (503, True), said)
    head = http.client.HTTPConnection(address, timeout=20)
    head.request("HEAD", "/api/v1/stream")
    answer = head.getresponse()
    check_equal((answer.status, answer.headers["Content-Type"]), (200, "text/event-stream"), "HEAD")
    process.send(signal.SIGINT)
    for stream in streams:
        stream.answer.read()  # an end in good order; a cut one raises
    check_equal(process.wait(30), 0, f"exit code; {process.output()}")


def test_a_token_is_needed_where_there_is_one(context):
    process, address = started(context, "http.token=geheim", rate=100)
    check_equal(Stream(address).answer.status, 401, "without it")
    stream = Stream(address, headers={"Authorization": "Bearer geheim"}.items())
    check_equal(stream.answer.status, 200, "with it")
    check_equal(stream.take(1)[0][0], "measures", "the first event")
    stopped(process)


def test_tls_and_a_stop(context):
    authority = Authority(context.directory)
    certificate, key = authority.issue("server")
    process = context.process("demo", [
        harness.WAYMARK, "demo", "--rate", 100, "--models", harness.ROOT / "config/models", "--set",
        "http.port=0", "--set", f"http.tls.certificate={certificate}", "--set",
        f"http.tls.key={key}"])
    found = harness.wait_until(lambda: re.search(r"https://([^/]+)/metrics", process.output()), 20,
                               f"its address; {process.output()}")
    trusting = ssl.create_default_context(cafile=str(authority.certificate))

    def follow():
        stream = Stream(found.group(1), tls=trusting)
        return stream if stream.answer.status == 200 else None
    stream = harness.wait_until(follow, 20, "live events")
    kinds = {kind for kind, _, _ in stream.take(30)}
    check("signal" in kinds, f"signals by TLS: {kinds}")
    process.send(signal.SIGINT)
    stream.answer.read()  # an end in good order
    check_equal(process.wait(30), 0, f"exit code; {process.output()}")


if __name__ == "__main__":
    harness.main()
