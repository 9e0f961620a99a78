"""waymark run against a real Kafka: the same as a replay of the same files, whatever happens.

Real data and generated traffic go through topics; the service is stopped, killed, moved to an empty
folder, doubled, cut off from its broker and fed with bad records. What it wrote in the end must be
what `waymark replay` writes, by `waymark diff`. WAYMARK_TEST_FULL=1 adds the large data sets.
"""

import collections
import json
import re
import shutil
import socket
import time

import harness
from deployment import (Service, consumed, generate, metrics, readiness, replay, split, truth_of,
                        wait_consumed, waymark)
from harness import ROOT, WAYMARK, check, check_equal

SETS = {
    "shop": ("shop-journeys-2022-2024", "events.csv.gz", "2024-06-01T00:00:00Z"),
    "bank-calls": ("bank-calls-1999-02", "calls.tsv.gz", "1999-04-01T00:00:00Z"),
    "loans": ("loan-applications-bpi2012", "events.csv.gz", "2012-06-01T00:00:00Z"),
    "incidents": ("support-incidents-2016", "incident_event_log.csv.gz", "2017-06-01T00:00:00Z"),
}

def check_real(context, name):
    folder, file, now = SETS[name]
    source = harness.DATA / folder / file
    if not source.exists():
        context.skip(f"no data at {source}; name their folder by WAYMARK_DATA")
    example = ROOT / "config/examples" / name
    mapping = ("--mapping", example / "mapping.yaml")
    service = Service(context, name, models=example / "models")
    service.produce(source, *mapping)
    service.drain(now)
    summary = replay(context.path("out"), source, now=now, models=example / "models",
                     arguments=mapping)
    check(summary["steps"] > 10_000, f"it is the whole set: {summary}")
    service.check_same(context.path("out"))


def test_shop_through_kafka(context):
    check_real(context, "shop")


def test_bank_calls_through_kafka(context):
    check_real(context, "bank-calls")


def test_loans_through_kafka(context):
    if not harness.FULL:
        context.skip("large: WAYMARK_TEST_FULL=1 runs it")
    check_real(context, "loans")


def test_incidents_through_kafka(context):
    if not harness.FULL:
        context.skip("large: WAYMARK_TEST_FULL=1 runs it")
    check_real(context, "incidents")


def test_restarts_do_not_show(context):
    """Stopped, killed, drained, and then on a bare machine: each time as if nothing had been."""
    events = generate(context)
    first, second, more = split(events, 0.5, 0.45, 0.05)
    service = Service(context, "restarts", partitions=4)
    feeder = context.process("produce-first", [WAYMARK, *service.produce_command(
        first, "--rate", 2_500)])
    process = service.start("run-1")
    wait_consumed(process, 8_000)
    check_equal(process.stop(), 0, f"a stop in good order: {process.output()[-2000:]}")
    check(feeder.running, "it was stopped with input still coming")
    check_equal(feeder.wait(60), 0, "produce")
    feeder = context.process("produce-second", [WAYMARK, *service.produce_command(
        second, "--rate", 4_000)])
    process = service.start("run-2")
    wait_consumed(process, 25_000)
    process.kill()
    check_equal(feeder.wait(60), 0, "produce")
    service.drain()
    both = context.path("both.jsonl")
    both.write_bytes(first.read_bytes() + second.read_bytes())
    replay(context.path("out"), both)
    service.check_same(context.path("out"))
    shutil.rmtree(service.state)
    service.produce(more)
    service.drain()
    replay(context.path("out-all"), events)
    service.check_same(context.path("out-all"))


def test_killed_again_and_again(context):
    events = generate(context, interactions=30_000)
    service = Service(context, "killed", settings={"kafka.transaction_timeout": "3s"}.items())
    for number, part in enumerate(split(events, 0.25, 0.25, 0.25, 0.25)):
        service.produce(part)
        # The faster the commits, the more places there are to be killed at.
        process = service.start(f"run-{number}", commit__interval="10ms", commit__records_max=200)
        wait_consumed(process, 200 + 500 * number)
        process.kill()
    service.drain()
    replay(context.path("out"), events)
    service.check_same(context.path("out"))


def test_two_input_topics(context):
    events = generate(context, interactions=20_000)
    lines = events.read_bytes().splitlines(keepends=True)
    service = Service(context, "two", inputs=("in1", "in2"))
    for index in (0, 1):
        part = context.path(f"part{index}.jsonl")
        part.write_bytes(b"".join(lines[index::2]))
        service.produce(part, topic=index)
    service.drain()
    replay(context.path("out"), events)
    service.check_same(context.path("out"))
    check_exported_alike(context, f"kafka://{service.kafka.bootstrap}/two", context.path("out"))


def check_exported_alike(context, topics, folder):
    for form in ("xes", "csv", "ocel-json", "ocel-sqlite"):
        files = [context.path(f"{name}.{form}") for name in ("topics", "folder")]
        for source, path in zip((topics, folder), files):
            waymark("export", source, "--format", form, "--output", path)
        check(files[0].read_bytes() == files[1].read_bytes(), f"the same bytes as {form}")


def test_two_processes_share_the_work(context):
    events = generate(context, interactions=40_000)
    service = Service(context, "pair", partitions=4)
    other = {"state__directory": context.path("other-state"), "http__port": harness.free_port()}
    a = service.start("run-a", workers__count=1)
    b = service.start("run-b", workers__count=1, **other)
    for process in (a, b):
        harness.wait_until(
            lambda p=process: harness.metric(metrics(p), "waymark_assigned_partitions") == 2, 30,
            f"each has half of the partitions: {process.output()[-1500:]}")
    feeder = context.process("produce", [WAYMARK, *service.produce_command(
        events, "--rate", 8_000)])
    wait_consumed(b, 3_000)
    check(consumed(a) > 0, "both work")
    check_equal(b.stop(), 0, f"a stop in good order: {b.output()[-2000:]}")
    harness.wait_until(lambda: harness.metric(metrics(a), "waymark_assigned_partitions") == 4, 30,
                       f"the other takes over: {a.output()[-1500:]}")
    b = service.start("run-b2", workers__count=1, **other)
    harness.wait_until(lambda: harness.metric(metrics(b), "waymark_assigned_partitions") == 2, 30,
                       f"it comes back: {b.output()[-1500:]}")
    a.kill()
    check_equal(feeder.wait(60), 0, "produce")
    harness.wait_until(lambda: harness.metric(metrics(b), "waymark_assigned_partitions") == 4, 30,
                       f"it takes over after a crash: {b.output()[-1500:]}")
    check_equal(b.stop(), 0, f"a stop in good order: {b.output()[-2000:]}")
    service.drain()
    replay(context.path("out"), events)
    service.check_same(context.path("out"))


def test_every_record_is_accounted_for(context):
    """Law 4, with what only topics can hold: null values, and times in the future."""
    service = Service(context, "sums")
    truth = context.path("truth.jsonl")
    waymark("generate", "--profiles", 100, "--interactions", 8_000, "--bad", 0.03, "--duplicates",
            0.05, "--late", 0.1, "--brokers", service.kafka.bootstrap, "--topic",
            service.inputs[0], "--truth", truth)
    steps, duplicates, reasons = truth_of(truth)
    total = steps + duplicates + sum(reasons.values())
    process = service.start()
    wait_consumed(process, total)
    text = metrics(process)
    check_equal(harness.metric(text, "waymark_records_consumed_total"), total, "records")
    check_equal(harness.metric(text, "waymark_interactions_processed_total"), steps, "steps")
    check_equal(harness.metric(text, "waymark_duplicates_total"), duplicates, "duplicates")
    found = {reason: harness.metric(text, "waymark_dead_letters_total", reason=reason)
             for reason in reasons}
    check_equal(found, reasons, "dead letters")
    rejected = {reason: harness.metric(text, "waymark_records_rejected_total", reason=reason)
                for reason in reasons}
    check_equal(rejected, reasons, "rejected records")
    check_equal(harness.metric(text, "waymark_end_to_end_latency_seconds_count"), total,
                "latencies")
    check_equal(harness.metric(text, "waymark_delivery_failures_total") or 0, 0, "failures")
    check((harness.metric(text, "waymark_timers_fired_total") or 0) > 0, "timers fired")
    check_equal(harness.metric(text, "waymark_dead_letters_total"), sum(reasons.values()),
                "dead letters in all")
    check("null_value" in reasons and "time_in_future" in reasons, f"all kinds: {reasons}")
    # One worker may have taken all records while the other still joins.
    harness.wait_until(lambda: readiness(process)[0] == 200, 30, "ready")
    check_equal(harness.http_get(f"http://127.0.0.1:{process.port}/livez")[0], 200, "live")
    check_equal(harness.metric(metrics(process), "waymark_state", state="ready"), 1, "state ready")
    check_equal(process.stop(), 0, "exit code")
    letters = dead_letters(service, sum(reasons.values()))
    check_equal(dict(collections.Counter(h["reason"] for h, _, _ in letters)), reasons, "written")


def dead_letters(service, count):
    """[({header: value}, key, value)] of the topic, the raw value "null" where there was none."""
    done = service.kafka.tool(
        "consumer.ConsoleConsumer", "--topic", f"{service.name}.dead-letters", "--from-beginning",
        "--max-messages", count, "--timeout-ms", 15_000, "--property", "print.headers=true",
        "--property", "print.key=true", "--consumer-property", "isolation.level=read_committed",
        timeout=60)
    out = []
    for line in done.stdout.split("\n"):
        if not line.startswith("reason:"):
            continue  # the rest of a value with line breaks
        headers, key, value = line.split("\t", 2)
        names = "detail|topic|partition|offset|time|value_hash"
        pairs = re.findall(rf"(?:^|,)(reason|{names}):(.*?)(?=,(?:{names}):|$)", headers)
        out.append((dict(pairs), key, value))
    return out


def event(**changed):
    fields = {"id": "x", "time": 1_717_200_000_000, "channel": "web", "action": "view", **changed}
    return json.dumps({name: value for name, value in fields.items() if value is not None})


def test_bad_records_are_dead_letters_with_their_origin(context):
    service = Service(context, "bad", partitions=1,
                      settings={"interaction.bytes_max": "2KiB"}.items())
    future = int(time.time() * 1000) + 86_400_000
    keyed = [("null_value", "NULL"), ("unparsable", "neither"),
             ("unparsable", '{"id": "x", "time"'),
             ("too_large", event(attributes={"text": "x" * 3000})),
             ("missing_field", event(time=None)), ("missing_field", event(action=None)),
             ("bad_value", event(kind="MARTIAN")), ("time_out_of_range", event(time=-10**13)),
             ("time_in_future", event(time=future)), ("unknown_command", event(command="DANCE")),
             (None, event(id="good"))]
    service.kafka.tool("ConsoleProducer", "--topic", service.inputs[0], "--property",
                       "parse.key=true", "--property", "null.marker=NULL",
                       stdin="".join(f"anna\t{value}\n" for _, value in keyed))
    service.kafka.produce(service.inputs[0], [event(id="keyless")])
    expected = keyed + [("no_customer", event(id="keyless"))]
    process = service.start(workers__count=1)
    wait_consumed(process, len(expected))
    check_equal(process.stop(), 0, "exit code")
    wrong = [(offset, *record) for offset, record in enumerate(expected) if record[0]]
    letters = dead_letters(service, len(wrong))
    check_equal([(int(h["offset"]), h["reason"]) for h, _, _ in letters],
                [(offset, reason) for offset, reason, _ in wrong], "offsets and reasons")
    for (headers, key, value), (_, reason, raw) in zip(letters, wrong):
        check_equal((headers["topic"], headers["partition"]), (service.inputs[0], "0"), "origin")
        check(headers["detail"], f"a detail: {headers}")
        if reason == "too_large":
            check(raw.startswith(value) and headers["value_hash"], f"cut, with its hash: {headers}")
        else:
            check_equal(value, "null" if raw == "NULL" else raw, "the raw record")
        check_equal(key, "null" if reason == "no_customer" else "anna", "its key")
    steps = service.kafka.consume("bad.steps", count=1)
    check(steps[0].startswith("anna\t"), f"the good one went through: {steps}")


def check_refused(service, code, *texts, within=20, **changed):
    began = time.monotonic()
    done = harness.run([WAYMARK, "run", *service.options(**changed)], check=False, timeout=60)
    took = time.monotonic() - began
    told = done.stdout + done.stderr
    check_equal(done.returncode, code, f"exit code, with {changed}: {told[-3000:]}")
    for text in texts:
        check(text in told, f"'{text}' stands in: {told}")
    check(took < within, f"it gave up after {took:.1f} s")
    for trace in ("terminate called", "Segmentation", "Assertion"):
        check(trace not in told, told)


def test_no_broker_at_the_start(context):
    service = Service(context, "away", partitions=0)
    check_refused(service, 3, "hint", "kafka.brokers", within=10, kafka__connect_timeout="3s",
                  kafka__brokers=f"127.0.0.1:{harness.free_port()}")


def test_topics_that_are_not_as_they_must_be(context):
    service = Service(context, "lacking", partitions=0)
    check_refused(service, 2, "lacking.in", "lacking.steps", "hint", "waymark topics create")
    service.kafka.create_topic("lacking.in", partitions=2)
    check_refused(service, 2, "lacking.steps", "waymark topics create")
    check("lacking.steps" not in service.kafka.topics(), "looking for topics creates none")
    service.create(2)
    service.kafka.tool("TopicCommand", "--alter", "--topic", "lacking.in", "--partitions", 3)
    check_refused(service, 2, "lacking.in has 3 partitions", "has 2", "hint")


def test_settings_that_cannot_work(context):
    service = Service(context, "settings")
    typo = context.path("waymark.yaml")
    typo.write_text("kafka:\n  brokerz: [a:1]\n")
    done = waymark("run", "--config", typo, expect=2)
    for text in ("waymark.yaml:2", "brokerz", "brokers"):
        check(text in done.stderr, f"'{text}' stands in: {done.stderr}")
    check_refused(service, 2, "commit.intervall", "commit.interval", commit__intervall="1s")
    file = context.path("file")
    file.touch()
    check_refused(service, 4, "file/state", state__directory=file / "state")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        check_refused(service, 2, str(port), "hint", "http.port", http__port=port)
    process = service.start()
    harness.wait_until(lambda: readiness(process)[0] == 200, 30, f"ready: {process.output()}")
    check_refused(service, 4, str(service.state.name), http__port=harness.free_port())
    check_equal(process.stop(), 0, "the first goes on, and stops in good order")


def test_more_workers_than_partitions(context):
    """The surplus waits in readiness; a drain does not wait for it."""
    events = generate(context, interactions=3_000)
    service = Service(context, "spare", partitions=1, settings={"workers.count": 3}.items())
    service.produce(events)
    process = service.start()
    harness.wait_until(lambda: readiness(process)[0] == 200, 20, "ready, with workers to spare")
    check_equal(process.stop(), 0, f"a stop in good order: {process.output()[-2000:]}")
    service.drain(timeout=40)
    replay(context.path("out"), events)
    service.check_same(context.path("out"))


def test_a_broker_that_goes_away_and_comes_back(context):
    events = generate(context, interactions=20_000)
    first, second = split(events, 0.6, 0.4)
    service = Service(context, "outage")
    service.produce(first)
    process = service.start()
    wait_consumed(process, 2_000)
    service.kafka.stop()
    harness.wait_until(lambda: readiness(process)[0] == 503, 20,
                       f"not ready without broker: {process.output()[-2000:]}")
    time.sleep(5)
    check(process.running, f"it waits: {process.output()[-2000:]}")
    check_equal(readiness(process)[0], 503, "still not ready")
    check_equal(harness.http_get(f"http://127.0.0.1:{process.port}/livez")[0], 200, "yet live")
    service.kafka.start()
    harness.wait_until(lambda: readiness(process)[0] == 200, 60,
                       f"ready again: {process.output()[-2000:]}")
    service.produce(second)
    total = len(events.read_bytes().splitlines())
    wait_consumed(process, total)
    check_equal(process.stop(), 0, f"a stop in good order: {process.output()[-2000:]}")
    service.drain()
    replay(context.path("out"), events)
    service.check_same(context.path("out"))


if __name__ == "__main__":
    harness.main()
