"""Customers over HTTP where several instances hold them, over a real Kafka."""

import collections
import json
import pathlib
import ssl
import sys
import urllib.error
import urllib.request

import harness
from cluster import Cluster
from deployment import Service, generate, truth_of
from harness import check, check_equal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority  # noqa: E402

PARTITIONS = 6


def ask(port, path, status=200, token=None, accept=None, tls=None):
    """(answer, who gave it: empty for the one that was asked)."""
    scheme = "http" if tls is None else "https"
    request = urllib.request.Request(f"{scheme}://127.0.0.1:{port}/api/v1/{path}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if accept:
        request.add_header("Accept", accept)
    try:
        with urllib.request.urlopen(request, timeout=10, context=tls) as answer:
            code, body, headers = answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as refused:
        code, body, headers = refused.code, refused.read(), refused.headers
    check_equal(code, status, f"{path}: {body[:300]}")
    if accept:
        return body, headers.get("Waymark-Instance", "")
    return json.loads(body), headers.get("Waymark-Instance", "")


def two_started(context, name, **changed):
    service = Service(context, name, partitions=PARTITIONS, settings={
        "workers.count": 1, "http.token": "secret",
        **{key.replace("__", "."): value for key, value in changed.items()}}.items())
    cluster = Cluster(service, 2)
    cluster.start_all()
    return service, cluster


def two_instances(context, name):
    service, cluster = two_started(context, name)
    cluster.wait_ready()
    return service, cluster


def customers_of(events):
    """How many interactions each customer has, copies counted once."""
    with open(events, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return collections.Counter(
        key for key, *_ in {(row["key"], row["source"]["system"], row["id"]) for row in rows})


def owned(port):
    return set(ask(port, "status", token="secret")[0]["partitions"]["owned"])


def told(port, name, tls=None):
    """What one instance answers of a customer, and who gave it; None as long as it can't."""
    try:
        return ask(port, f"profiles/{name}", token="secret", tls=tls)
    except (harness.Failure, OSError):
        return None


def test_every_customer_is_found_from_both(context):
    service, cluster = two_instances(context, "both")
    events = generate(context, profiles=60, interactions=3_000, bad=0, late=0)
    service.produce(events)
    ports = [place["http__port"] for place in cluster.places]
    harness.wait_until(lambda: [len(owned(port)) for port in ports] == [3, 3], 30, "half each")
    check(not owned(ports[0]) & owned(ports[1]), "no partition is held twice")
    passed = collections.Counter()
    for name, rows in customers_of(events).items():
        def same(name=name, rows=rows):
            answers = [told(port, name) for port in ports]
            same = None not in answers and answers[0][0] == answers[1][0]
            return answers if same and answers[0][0]["interactions"] == rows else None
        (_, by), (_, by_other) = harness.wait_until(same, 30, f"{name} from both, all of it")
        check_equal([bool(by), bool(by_other)].count(True), 1, f"one of both holds {name}")
        passed[bool(by)] += 1
    check(passed[True] > 5 and passed[False] > 5, f"each holds some: {passed}")
    busiest = customers_of(events).most_common(1)[0][0]
    for path in ("", "/timeline?limit=3", "/signals?limit=3"):
        packed = [ask(port, f"profiles/{busiest}{path}", token="secret",
                      accept="application/x-protobuf")[0] for port in ports]
        check(packed[0] and packed[0] == packed[1], f"protobuf of {path}")
    for port in ports:
        ask(port, "profiles/nobody", 404, token="secret")
        ask(port, f"profiles/{busiest}/signals/nothing", 404, token="secret")
        ask(port, f"profiles/{busiest}", 401)


def test_questions_are_passed_on_over_tls(context):
    authority = Authority(context.directory)
    certificate, key = authority.issue("instance")
    service, cluster = two_started(
        context, "secured", http__tls__certificate=certificate, http__tls__key=key,
        http__tls__ca=authority.certificate, http__tls__client_ca=authority.certificate)
    events = generate(context, profiles=30, interactions=600, bad=0)
    service.produce(events)
    tls = ssl.create_default_context(cafile=str(authority.certificate))
    ports = [place["http__port"] for place in cluster.places]
    passed = 0
    for name, rows in customers_of(events).items():
        def both(name=name, rows=rows):
            answers = [told(port, name, tls) for port in ports]
            found = None not in answers and {a["interactions"] for a, _ in answers} == {rows}
            return answers if found and len({by for _, by in answers}) == 2 else None
        harness.wait_until(both, 60, f"{name} from both, from one of them passed on")
        passed += 1
    check(passed > 20, f"customers: {passed}")


def test_who_does_not_answer_is_named(context):
    service, cluster = two_instances(context, "gone")
    events = generate(context, profiles=40, interactions=1_500, bad=0)
    service.produce(events)
    ports = [place["http__port"] for place in cluster.places]
    held = {name: harness.wait_until(lambda n=name: told(ports[0], n), 30, name)[1]
            for name in customers_of(events)}
    others = [name for name, by in held.items() if by]
    check(others, "some are held by the other instance")
    cluster.kill(1)
    said, _ = ask(ports[0], f"profiles/{others[0]}", 503, token="secret")
    check(f"127.0.0.1:{ports[1]}" in said["error"], f"it says who holds it: {said}")
    own = next(name for name, by in held.items() if not by)
    ask(ports[0], f"profiles/{own}", token="secret")
    harness.wait_until(lambda: told(ports[0], others[0]), 60, "the survivor has taken it over")


def test_quality_is_the_whole_deployments(context):
    service, cluster = two_instances(context, "quality")
    events = generate(context, profiles=60, interactions=4_000, bad=0.02)
    service.produce(events)
    steps, duplicates, reasons = truth_of(f"{events}.truth.jsonl")
    ports = [place["http__port"] for place in cluster.places]
    want = {"consumed": steps + duplicates + sum(reasons.values()), "steps": steps,
            "duplicates": duplicates, "dead_letters": sum(reasons.values())}

    def all_of(port):
        quality = ask(port, "quality", token="secret")[0]
        same = all(quality["records"][name] == count for name, count in want.items())
        return quality if same and quality["inputs"][0].get("lag_records") == 0 else None
    for port in ports:
        quality = harness.wait_until(lambda port=port: all_of(port), 60, f"{want} from {port}")
        check_equal({row["reason"]: row["count"] for row in quality["dead_letters"]}, reasons,
                    "by reason")
        total = quality["inputs"][0]
        check_equal((total["consumed"], total["rejected"], total["lag_seconds"]),
                    (want["consumed"], want["dead_letters"], 0), "of its one input")
        check_equal(len({row["holder"] for row in quality["partitions"]}), 2, "both hold some")
        newest = quality["newest"]
        check_equal(len(newest), 20, "the newest dead letters")
        check(all(row["reason"] in reasons for row in newest), newest[0])
        times = [row["when"] for row in newest]
        check_equal(times, sorted(times, reverse=True), "newest first")
        check(quality["systems"] and quality["channels"], "where interactions come from")
    cluster.stop_all()
    cluster.start_all()
    cluster.wait_ready()
    harness.wait_until(lambda: all_of(ports[0]), 30, "the same counts after a restart")


if __name__ == "__main__":
    harness.main()
