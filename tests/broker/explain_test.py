"""waymark explain beside a process that works, and with what it published to its topics."""

import json
import time

import harness
from cluster import Feeder
from deployment import MODELS, Service, generate, replay, split, wait_consumed, waymark
from harness import check, check_equal

QUIET = 25  # customers of whom nothing comes in the second half


def explain(service, *arguments, expect=0):
    return waymark("explain", "--state", service.state, "--models", MODELS, *arguments,
                   expect=expect)


def topics(service):
    return ("--signals", f"kafka://{service.kafka.bootstrap}/{service.name}")


def told(service, *arguments):
    return json.loads(explain(service, *arguments, "--json").stdout)


def rows(path):
    for line in path.read_bytes().splitlines(keepends=True):
        try:
            yield line, json.loads(line)
        except ValueError:
            yield line, None  # generated as one that can't be read


def stored(service, customers):
    """The signals that the state in the folder has of these customers."""
    done = harness.run([harness.WAYMARK, "journey", "show", "--state", service.state, "--models",
                        MODELS, "--json", *customers], check=False)
    if done.returncode != 0:
        return []
    return [signal for shown in json.loads(done.stdout) for signal in shown["signals"]]


def signals_of(folder):
    return [json.loads(line) for line in (folder / "signals.jsonl").read_text().splitlines()]


def write(context, name, *interactions):
    path = context.path(name)
    path.write_text("".join(json.dumps({"key": "crm:ada", "channel": "web", "source":
                                        {"system": "shop"}, **row}) + "\n"
                            for row in interactions))
    return path


def test_beside_a_process_that_works(context):
    """Files come and go in the folder while it is read; what is said of a signal stays the same."""
    events = generate(context, profiles=300, interactions=12_000)
    first, second = split(events, 0.6, 0.4)
    customers = [row["key"] for _, row in rows(first) if isinstance(row, dict) and "key" in row]
    quiet = sorted(set(customers))[:QUIET]
    check_equal(len(quiet), QUIET, "customers")
    second.write_bytes(b"".join(line for line, row in rows(second)
                                if not isinstance(row, dict) or row.get("key") not in quiet))
    service = Service(context, "beside")
    process = service.start()
    service.produce(first)
    wait_consumed(process, len(first.read_bytes().splitlines()))
    replay(context.path("first"), first)
    expected = {s["id"] for s in signals_of(context.path("first"))
                if s["profile_id"] in quiet and s["kind"] == "STAGE_ENTERED"}
    check(len(expected) > QUIET, f"signals to be told: {len(expected)}")

    def all_stored():
        return {s["id"] for s in stored(service, quiet)} >= expected
    harness.wait_until(all_stored, 30, "the state has them", interval=0.3)
    before = {t["signal"]["id"]: t for t in told(service, *expected, *topics(service))}
    check_equal(before.keys(), expected, "told of")
    feeder = Feeder(service, second, rate=800)
    rounds, ids = 0, sorted(expected)
    while feeder.running:
        some = ids[rounds % len(ids):][:20]
        # Without the topics it must look for whose they are.
        arguments = topics(service) if rounds % 2 else ()
        for one in told(service, *some, *arguments):
            check_equal(one, before[one["signal"]["id"]], "what is told meanwhile")
        check(all_stored(), "the state shows them meanwhile")
        rounds += 1
    check(rounds > 5, f"rounds beside the load: {rounds}")
    feeder.finish()
    check_equal(process.stop(), 0, f"stopped in good order: {process.output()[-2000:]}")
    service.drain()
    for one in told(service, *ids, *topics(service)):
        check_equal(one, before[one["signal"]["id"]], "what is told in the end")
    replay(context.path("all"), first, second)
    service.check_same(context.path("all"))


def test_the_topics_know_whose_a_signal_is_and_what_was_retracted(context):
    service = Service(context, "published", partitions=2)
    order = write(context, "order.jsonl", {"id": "e2", "time": 1_714_000_000_000,
                                           "action": "order"})
    replay(context.path("early"), order)
    early = {signal["kind"]: signal for signal in signals_of(context.path("early"))}
    process = service.start()
    service.produce(order)
    ids = [early["FIRST_TOUCH"]["id"], early["STAGE_ENTERED"]["id"]]
    harness.wait_until(lambda: {s["id"] for s in stored(service, ["crm:ada"])} >= set(ids), 30,
                       "the state has both", interval=0.3)
    # Nobody need be looked for, and so a search that may look at nobody is enough.
    text = explain(service, ids[0], *topics(service), "--search-max", 1).stdout
    check("crm:ada was met for the first time" in text and "revised" not in text, text)
    # What comes late, and before, takes the first touch away.
    read = write(context, "read.jsonl", {"id": "e1", "time": 1_713_990_000_000, "action": "read"})
    service.produce(read)
    harness.wait_until(lambda: ids[0] not in {s["id"] for s in stored(service, ["crm:ada"])}, 30,
                       "the state has it no more", interval=0.3)
    said = explain(service, ids[0], *topics(service), expect=1).stderr
    check("was retracted by revision" in said and "FIRST_TOUCH" in said, said)
    now = {s["kind"]: s for s in stored(service, ["crm:ada"])}["FIRST_TOUCH"]
    check(f"alike now: {now['id']} at " in said, f"what stands for it: {said}")
    said = explain(service, ids[0], expect=1).stderr
    check("none of 1 profile brings it" in said and "--signals" in said, said)
    check_equal([t["signal"]["id"] for t in told(service, now["id"], *topics(service))],
                [now["id"]], "what stands for it is told")
    check_equal(process.stop(), 0, f"stopped in good order: {process.output()[-2000:]}")


def test_topics_that_are_ahead_of_the_state_are_said_to_be_so(context):
    """A state that is rarely written lags behind the topics."""
    service = Service(context, "ahead", partitions=1)
    service.produce(write(context, "read.jsonl", {"id": "e1", "time": 1_713_990_000_000,
                                                  "action": "read"}))
    service.drain(now="2024-04-25T00:00:00Z")
    later = write(context, "order.jsonl", {"id": "e2", "time": 1_714_100_000_000,
                                           "action": "order"})
    replay(context.path("both"), context.path("read.jsonl"), later)
    bought = [s for s in signals_of(context.path("both"))
              if s["kind"] == "STAGE_ENTERED" and s["name"] == "purchase"]
    service.produce(later)
    # One worker: where a second one joins, what the first gives back is stored.
    process = service.start(state__flush_interval="1h", snapshot__interval="1h", workers__count=1)
    wait_consumed(process, 1)
    harness.wait_until(
        lambda: bought[0]["id"] in harness.run(
            [harness.WAYMARK, "explain", "--state", service.state, "--models", MODELS,
             bought[0]["id"], *topics(service)], check=False).stderr, 20, "it is published")
    said = explain(service, bought[0]["id"], *topics(service), expect=1).stderr
    check("was published, but the state does not bring it" in said, said)
    process.kill()


def test_topics_that_are_not_there_are_told(context):
    service = Service(context, "missing", partitions=1)
    service.produce(write(context, "read.jsonl", {"id": "e1", "time": 1_713_990_000_000,
                                                  "action": "read"}))
    service.drain()
    brokers = service.kafka.bootstrap
    said = explain(service, "0", "--signals", f"kafka://{brokers}/nowhere", expect=2).stderr
    check("nowhere.steps" in said and "hint" in said, said)
    said = explain(service, "0", "--signals", "kafka:///missing", expect=2).stderr
    check("names no broker" in said, said)
    service.kafka.create_topic("half.steps")
    said = explain(service, "0", "--signals", f"kafka://{brokers}/half", expect=2).stderr
    check("holds no signals" in said, said)
    quick = ("--set", "kafka.connect_timeout=1s")
    started = time.monotonic()
    nobody = f"kafka://127.0.0.1:{harness.free_port()}/missing"
    said = explain(service, "0", "--signals", nobody, *quick, expect=3).stderr
    check("answered within 1s" in said and "hint" in said, said)
    check(time.monotonic() - started < 10, "it gave up in time")
    # What the settings say of the way to the brokers holds here, too.
    said = explain(service, "0", *topics(service), *quick, "--set",
                   "librdkafka.security.protocol=ssl", expect=3).stderr
    check("librdkafka.security.protocol" in said, said)


if __name__ == "__main__":
    harness.main()
