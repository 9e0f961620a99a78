"""waymark topics, produce and generate against a real Kafka."""

import json
import signal
import time

import harness
from harness import check, check_equal

WAYMARK = harness.WAYMARK


def waymark(*arguments, expect=0):
    done = harness.run([WAYMARK, *arguments], check=False)
    if done.returncode != expect:
        raise harness.Failure(f"exit code {done.returncode}, expected {expect}: {arguments}\n"
                              f"{done.stdout}{done.stderr}")
    return done


def records(kafka, topic, count):
    """[(timestamp, partition, key, value)] of the topic; key and value "null" where absent."""
    options = []
    for shown in ("timestamp", "partition", "key"):
        options += ["--property", f"print.{shown}=true"]
    done = kafka.tool("consumer.ConsoleConsumer", "--topic", topic, "--from-beginning",
                      "--max-messages", count, "--timeout-ms", 20_000, *options, timeout=60)
    out = []
    for line in done.stdout.split("\n"):
        if not line.startswith("CreateTime:"):
            continue  # the rest of a value with line breaks, as protobuf has them
        stamp, partition, key, value = line.split("\t", 3)
        out.append((int(stamp.partition(":")[2]), int(partition.partition(":")[2]), key, value))
    return out


def end_offsets(kafka, topic):
    """How many records each partition of a topic without transactions holds."""
    done = kafka.tool("GetOffsetShell", "--topic", topic)
    return {int(p): int(o) for _, p, o in (line.split(":") for line in done.stdout.split())}


def murmur2(key):
    """Of the Java client, sign bit cleared."""
    mask = 0xFFFFFFFF
    m = 0x5BD1E995
    h = 0x9747B28C ^ len(key)
    whole = len(key) // 4 * 4
    for i in range(0, whole, 4):
        k = int.from_bytes(key[i:i + 4], "little") * m & mask
        k = (k ^ k >> 24) * m & mask
        h = h * m & mask ^ k
    if key[whole:]:
        h = (h ^ int.from_bytes(key[whole:], "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return (h ^ h >> 15) & 0x7FFFFFFF


def described(kafka, prefix, *arguments):
    done = waymark("topics", "describe", "--brokers", kafka.bootstrap, "--prefix", prefix,
                   "--json", *arguments)
    return {entry["topic"]: entry for entry in json.loads(done.stdout)}


def test_topics_are_created_as_they_must_be(context):
    kafka = context.kafka()
    target = ("--brokers", kafka.bootstrap, "--prefix", "a", "--input", "a.in1", "a.in2")
    missing = described(kafka, "a", "--input", "a.in1", "a.in2")
    check(not any(entry["exists"] for entry in missing.values()), f"none yet: {missing}")
    created = json.loads(waymark("topics", "create", *target, "--partitions", 4, "--set",
                                 "timeline.retention=30d", "--json").stdout)
    names = ["a.in1", "a.in2", "a.steps", "a.signals", "a.journeys", "a.dead-letters",
             "a.measures", "a.models"]
    check_equal([entry["topic"] for entry in created], names, "topics")
    check(all(entry["created"] for entry in created), f"all are new: {created}")
    found = described(kafka, "a", "--input", "a.in1", "a.in2", "--set", "timeline.retention=30d")
    counts = {topic: entry["partitions"] for topic, entry in found.items()}
    check_equal(counts.pop("a.models"), 1, "one order of all models")
    check_equal(set(counts.values()), {4}, "partitions")
    check_equal(found["a.models"]["config"]["cleanup.policy"], "compact", "models")
    for name in ("a.journeys", "a.measures"):
        check_equal(found[name]["config"]["cleanup.policy"], "compact", name)
    check_equal(found["a.steps"]["config"]["cleanup.policy"], "delete", "steps")
    check_equal(found["a.steps"]["config"]["retention.ms"], str(37 * 86_400_000), "steps kept")
    check_equal([entry["differences"] for entry in found.values()], [[]] * 8, "as wanted")
    text = waymark("topics", "describe", *target).stdout
    check("a.journeys" in text and "cleanup.policy=compact" in text, text)


def test_topics_that_exist_are_left_alone(context):
    kafka = context.kafka()
    kafka.create_topic("b.in", partitions=3)
    target = ("--brokers", kafka.bootstrap, "--prefix", "b", "--input", "b.in")
    first = waymark("topics", "create", *target).stdout
    check("exists   b.in, 3 partitions" in first, first)
    check("created  b.steps, 3 partitions" in first, f"as many as the input has: {first}")
    second = waymark("topics", "create", *target).stdout
    check("created" not in second and second.count("exists") == 7, second)
    refused = waymark("topics", "create", *target, "--partitions", 5, expect=2).stderr
    check("b.in has 3 partitions, not 5" in refused and "hint" in refused, refused)
    wrong = waymark("topics", "create", "--brokers", kafka.bootstrap, "--prefix", "b/c",
                    expect=2).stderr
    check("kafka.prefix" in wrong, wrong)


def test_large_interactions_get_large_messages(context):
    kafka = context.kafka()
    size = ("--set", "interaction.bytes_max=2MiB")
    waymark("topics", "create", "--brokers", kafka.bootstrap, "--prefix", "big", "--input",
            "big.in", "--partitions", 1, *size)
    found = described(kafka, "big", "--input", "big.in", *size)
    least = 2 * 2 * 1024 * 1024
    check(int(found["big.steps"]["config"]["max.message.bytes"]) > least, "room for a step")
    row = json.dumps({"key": "k", "id": "1", "time": 1_700_000_000_000, "channel": "web",
                      "action": "view", "attributes": {"text": "x" * 1_900_000}})
    path = context.path("big.jsonl")
    path.write_text(row + "\n" + row[:-1] + " " * 300_000 + "}\n")
    waymark("produce", "--input", path, "--brokers", kafka.bootstrap, "--topic", "big.in", *size)
    check_equal(sum(end_offsets(kafka, "big.in").values()), 2, "both arrived, the too large too")


EVENT = {"time": 1_700_000_000_000, "channel": "web", "action": "view"}
GOOD = [
    {"key": "anna", "id": "own", **EVENT},
    {"identifiers": [{"namespace": "crm", "value": "7"}], **EVENT, "value": 1.5},
    {"key": "böb", **EVENT, "attributes": {"b": "2", "a": "1"}},
]
BAD = ['{"key":"carl","channel":"web","action":"view"}', '{"key":"dora","time":', "no json",
       json.dumps(EVENT), '{"key":"emil","time":1700000000000,"channel":"web","action":"v",'
       '"kind":"MARTIAN"}']


def write_events(context, name="events.jsonl"):
    path = context.path(name)
    rows = [json.dumps(GOOD[0]), BAD[0], json.dumps(GOOD[1]), "", *BAD[1:], json.dumps(GOOD[2])]
    path.write_text("\n".join(rows) + "\n")
    return path


def test_produce_keeps_what_a_replay_finds(context):
    kafka = context.kafka()
    kafka.create_topic("produced", partitions=7)
    before = int(time.time() * 1000) - 1000
    done = waymark("produce", "--input", write_events(context), "--brokers", kafka.bootstrap,
                   "--topic", "produced", "--value", "json", "--json")
    counts = json.loads(done.stdout)
    check_equal((counts["records"], counts["interactions"], counts["ids_derived"],
                 counts["differing"]), (8, 3, 2, 0), "counts")
    check_equal(counts["refused"], {"unparsable": 2, "missing_field": 1, "bad_value": 1,
                                    "no_customer": 1}, "refused")
    found = records(kafka, "produced", 8)
    check_equal(sorted(value for _, _, key, value in found if key == "null"), sorted(BAD),
                "what is unfit goes out as it is")
    good = {key: json.loads(value) for _, _, key, value in found if key != "null"}
    check_equal(sorted(good), ["anna", "böb", "crm:7"], "customers")
    check_equal({key: value["id"] for key, value in good.items()},
                {"anna": "own", "crm:7": "events.jsonl:0000000003",
                 "böb": "events.jsonl:0000000009"}, "ids")
    check(not any("key" in value for value in good.values()), "the customer is only in the key")
    for stamp, partition, key, _ in found:
        check(before <= stamp <= time.time() * 1000 + 1000, f"record time {stamp} is now")
        if key != "null":
            check_equal(partition, murmur2(key.encode()) % 7, f"partition of {key}")


def test_produce_writes_protobuf_and_reads_packed_files(context):
    kafka = context.kafka()
    kafka.create_topic("packed", partitions=2)
    path = context.path("g.jsonl.zst")
    made = json.loads(waymark("generate", "--profiles", 50, "--interactions", 5000, "--bad", 0.02,
                              "--output", path, "--json").stdout)
    counts = json.loads(waymark("produce", "--input", path, "--brokers", kafka.bootstrap,
                                "--topic", "packed", "--json").stdout)
    check_equal(counts["records"], made["items"], "records")
    check_equal(sum(counts["refused"].values()), made["bad"], "refused")
    check_equal(sum(end_offsets(kafka, "packed").values()), made["items"], "in the topic")
    with open(f"{path}.truth.jsonl", encoding="utf-8") as text:
        truth = [json.loads(line) for line in text]
    customers = {line["profile"] for line in truth if line["outcome"] != "dead_letter"}
    keys = {key for _, _, key, _ in records(kafka, "packed", made["items"])}
    check_equal(keys - {"null"}, customers, "the keys are the customers")


def test_produce_maps_delimited_files(context):
    kafka = context.kafka()
    kafka.create_topic("mapped", partitions=1)
    mapping = context.path("mapping.yaml")
    mapping.write_text(MAPPING)
    rows = context.path("rows.csv")
    rows.write_text("who,when,what\nu1,2024-04-01 10:00:00,view\nu2,yesterday,view\n"
                    ",2024-04-01 10:00:00,view\nu4,2024-04-01 10:00:00,\n")
    counts = json.loads(waymark("produce", "--input", rows, "--mapping", mapping, "--brokers",
                                kafka.bootstrap, "--topic", "mapped", "--value", "json",
                                "--json").stdout)
    check_equal((counts["interactions"], counts["refused"]),
                (1, {"bad_value": 1, "missing_field": 1, "no_customer": 1}), "counts")
    check_equal(counts["differing"], 1, "what can't be mapped has another reason in the service")
    found = records(kafka, "mapped", 4)
    check_equal({key for _, _, key, _ in found[1:]}, {"null"}, "no keys")
    check_equal(found[1][3], "u2,yesterday,view", "what can't be mapped goes out as it is")
    check_equal(json.loads(found[2][3])["action"], "view", "a mapped row without customer")
    check("action" not in json.loads(found[3][3]), "a mapped row without action")
    value = json.loads(found[0][3])
    check_equal((found[0][2], value["id"], value["action"]),
                ("u1", "rows.csv:0000000002", "view"), "the mapped row")


def test_missing_topics_and_brokers_are_told(context):
    kafka = context.kafka()
    path = write_events(context)
    for command in (("produce", "--input", path), ("generate", "--interactions", 10)):
        done = waymark(*command, "--brokers", kafka.bootstrap, "--topic", "nowhere", expect=2)
        check("no topic nowhere" in done.stderr and "waymark topics create" in done.stderr,
              done.stderr)
        away = ("--brokers", f"127.0.0.1:{harness.free_port()}", "--topic", "t", "--set",
                "kafka.connect_timeout=1s")
        started = time.monotonic()
        done = waymark(*command, *away, expect=3)
        check("within 1s" in done.stderr and "hint" in done.stderr, done.stderr)
        check(time.monotonic() - started < 10, "it gave up in time")
    check("nowhere" not in kafka.topics(), "asking for a topic does not create it")


def test_generate_writes_to_a_topic(context):
    kafka = context.kafka()
    kafka.create_topic("generated", partitions=3)
    truth = context.path("truth.jsonl")
    counts = json.loads(waymark("generate", "--profiles", 40, "--interactions", 2000, "--bad", 0.05,
                                "--brokers", kafka.bootstrap, "--topic", "generated", "--truth",
                                truth, "--json").stdout)
    check_equal(sum(end_offsets(kafka, "generated").values()), counts["items"], "records")
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    check_equal(len(lines), counts["items"], "lines of truth")
    check("null_value" in {line.get("reason") for line in lines}, "null values are among them")
    found = records(kafka, "generated", 300)
    for _, partition, key, value in found:
        if key != "null":
            check_equal(partition, murmur2(key.encode()) % 3, f"partition of {key}")
    good = {line["id"] for line in lines if line["outcome"] != "dead_letter"}
    parsed = [json.loads(value) for _, _, _, value in found if value.endswith("}}")]
    fine = [value for value in parsed if value.get("id") in good]
    check(len(fine) > 100, f"good ones among the first: {len(fine)}")
    check(not any("key" in value for value in fine), "the customer is only in the key")


def test_a_rate_is_kept_and_an_interruption_counts(context):
    kafka = context.kafka()
    kafka.create_topic("paced", partitions=1)
    target = ("--brokers", kafka.bootstrap, "--topic", "paced")
    started = time.monotonic()
    waymark("generate", "--interactions", 300, "--profiles", 10, "--bad", 0, "--duplicates", 0,
            "--rate", 200, *target)
    took = time.monotonic() - started
    check(1.4 < took < 6, f"300 at 200 a second in {took:.1f} s")
    check_equal(end_offsets(kafka, "paced"), {0: 300}, "all arrived")
    process = context.process("slow", [WAYMARK, "generate", "--rate", 50, "--json", *target])
    harness.wait_until(lambda: end_offsets(kafka, "paced")[0] > 320, 30, "it sends", interval=0.2)
    process.send(signal.SIGTERM)
    check_equal(process.wait(20), 130, "exit code")
    counts = json.loads(process.output()[process.output().index("{"):])
    sent = end_offsets(kafka, "paced")[0] - 300
    check(sent in (counts["items"], counts["items"] - 1), f"{sent} arrived, told: {counts}")


MAPPING = """\
fields:
  key: "{who}"
  time: {column: when, format: "%Y-%m-%d %H:%M:%S"}
  channel: web
  action: "{what}"
"""

if __name__ == "__main__":
    harness.main()
