"""waymark run on broken ground, over a real Kafka: what disks and topics lost behind its back.

Damaged, full, foreign and old folders of state; topics that were cut, grown, compacted or set up
wrongly. What can be rebuilt from the topics is rebuilt, and ends equal to `waymark replay`; what
can't be right is refused with a hint. Nothing goes wrong in silence.
"""

import json
import os
import shutil
import subprocess
import time

import harness
from deployment import (MODELS, NOW, Service, consumed, generate, metrics, readiness, replay,
                        split, wait_consumed, waymark)
from harness import WAYMARK, check, check_equal

EXIT_USAGE, EXIT_STORE = 2, 4


def service_of(context, name, **settings):
    """With small caches, so that it reads from the disk; who died is replaced at once."""
    dotted = {key.replace("__", "."): value for key, value in settings.items()}
    return Service(context, name, partitions=dotted.pop("partitions", 2), settings={
        "workers.count": 1, "cache.bytes_max": "1MiB", "state.block_cache_bytes": "1MiB",
        "state.flush_interval": "1s", "kafka.instance_id": name, **dotted}.items())


def tables(service):
    return sorted(service.state.glob("*.sst"))


def flip(file, parts=8):
    """A byte is changed in so many places."""
    size = file.stat().st_size
    with open(file, "r+b") as data:
        for part in range(parts):
            at = size * (2 * part + 1) // (2 * parts)
            data.seek(at)
            was = data.read(1)[0]
            data.seek(at)
            data.write(bytes([was ^ 0x10]))


def drain(service, *arguments, expect=(0,), **changed):
    done = harness.run([WAYMARK, "run", *service.options(**changed), "--drain", *arguments],
                       check=False, timeout=90)
    with open(service.context.path("drain.log"), "a", encoding="utf-8") as log:
        log.write(done.stderr + done.stdout)
    check(done.returncode in expect, f"exit code {done.returncode}: {done.stderr[-3000:]}")
    return done


def finish(service, *inputs, restarts=0):
    """Drains, started again where the store is found damaged; the end equals the replay."""
    for left in range(restarts, -1, -1):
        done = drain(service, "--now", NOW, expect=(0, EXIT_STORE) if left else (0,))
        if done.returncode == 0:
            break
        check("start again" in done.stderr, f"the hint: {done.stderr[-2000:]}")
    replay(service.context.path("out"), *inputs)
    service.check_same(service.context.path("out"))


def check_refused(service, *texts, **changed):
    done = drain(service, expect=(EXIT_USAGE,), **changed)
    for text in (*texts, "hint"):
        check(text in done.stderr, f"'{text}' stands in: {done.stderr[-2000:]}")


def wait_ready(process, timeout=30):
    harness.wait_until(lambda: readiness(process)[0] == 200, timeout,
                       f"ready: {process.output()[-3000:]}")


def rebuilds(process, reason):
    return harness.metric(metrics(process), "waymark_state_rebuilds_total", reason=reason)


def configure(service, topic, **settings):
    text = ",".join(f"{key.replace('_', '.')}=[{value}]" for key, value in settings.items())
    service.kafka.tool("kafka.admin.ConfigCommand", "--alter", "--entity-type", "topics",
                       "--entity-name", f"{service.name}.{topic}", "--add-config", text)


def ends(service, topic):
    done = service.kafka.tool("GetOffsetShell", "--topic", f"{service.name}.{topic}")
    return {int(p): int(o) for _, p, o in (line.split(":") for line in done.stdout.split())}


def delete_before(service, topic, offsets):
    """Removes the records before {partition: offset}; -1 stands for all there are."""
    file = service.context.path("offsets.json")
    file.write_text(json.dumps({"version": 1, "partitions": [
        {"topic": f"{service.name}.{topic}", "partition": partition, "offset": offset}
        for partition, offset in offsets.items()]}))
    service.kafka.tool("DeleteRecordsCommand", "--offset-json-file", file)


def journeys_of(service):
    listed = json.loads(waymark("journey", "list", "--state", service.state, "--models", MODELS,
                                "--limit", 0, "--json").stdout)
    rows = listed["profiles"] if isinstance(listed, dict) else listed
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


# ---- damage ----


def test_damaged_between_two_runs(context):
    events = generate(context, interactions=10_000)
    first, second, third = split(events, 0.4, 0.3, 0.3)
    service = service_of(context, "between")
    service.produce(first)
    drain(service)
    table = max(tables(service), key=lambda file: file.stat().st_size)
    os.truncate(table, table.stat().st_size // 2)
    service.produce(second)
    process = service.start()
    wait_ready(process)
    check("is damaged and is emptied" in process.output(), f"it says so: {process.output()}")
    check_equal(rebuilds(process, "corrupt"), 1, "rebuilds counted")
    check_equal(process.stop(), 0, f"a stop in good order: {process.output()[-2000:]}")
    for table in tables(service):
        flip(table)
    service.produce(third)
    finish(service, events, restarts=1)


def test_damaged_while_it_runs(context):
    events = generate(context, interactions=10_000)
    first, second = split(events, 0.5, 0.5)
    service = service_of(context, "meanwhile")
    service.produce(first)
    process = service.start()
    wait_consumed(process, len(first.read_bytes().splitlines()))
    harness.wait_until(lambda: len(tables(service)) > 2, 20, "tables")
    for table in tables(service):
        flip(table)
    service.produce(second)
    total = len(events.read_bytes().splitlines())
    harness.wait_until(lambda: not process.running or consumed(process) >= total, 60,
                       "an end, or all is read")
    if process.running:
        process.stop()
    check(process.returncode in (0, EXIT_STORE), f"how it ended: {process.output()[-2000:]}")
    if process.returncode == EXIT_STORE:
        check("start again" in process.output(), f"the hint: {process.output()[-2000:]}")
    finish(service, events, restarts=1)


def test_a_full_disk(context):
    service = service_of(context, "full")
    service.state.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", service.state],
                             check=False, capture_output=True)
    if mounted.returncode != 0:
        context.skip(f"no disk of its own may be mounted: {mounted.stderr.decode().strip()}")
    try:
        fill_and_go_on(context, service)
    finally:
        subprocess.run(["umount", "--lazy", service.state], check=True)


def fill(ballast):
    """Takes all the room there is."""
    subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=4k", "oflag=append",
                    "conv=notrunc"], check=False, capture_output=True)


def fill_and_go_on(context, service):
    events = generate(context, interactions=20_000)
    first, second = split(events, 0.5, 0.5)
    service.produce(first)
    process = service.start()
    wait_consumed(process, len(first.read_bytes().splitlines()) // 2)
    ballast = service.state / "ballast"
    fill(ballast)
    service.produce(second)
    check_equal(process.wait(60), EXIT_STORE, f"exit code: {process.output()[-2000:]}")
    check("is full" in process.output(), f"the hint: {process.output()[-2000:]}")
    check(not (service.state / "DAMAGED").exists(), "a full disk is no damage")
    fill(ballast)
    drain(service, expect=(EXIT_STORE,))
    ballast.unlink()
    finish(service, events)


# ---- whose folder ----


def test_more_partitions_than_before(context):
    service = service_of(context, "grown")
    service.produce(generate(context, interactions=2_000))
    drain(service)
    service.kafka.tool("TopicCommand", "--alter", "--topic", "grown[.](?!models$).*",
                       "--partitions", 3)
    for folder in (service.state, context.path("new")):
        check_refused(service, "had 2 partitions when its group last committed",
                      "new kafka.prefix and kafka.group", state__directory=folder)


def test_a_folder_of_another_deployment(context):
    events = generate(context, interactions=2_000)
    owner, other = service_of(context, "owner"), service_of(context, "other")
    owner.produce(events)
    drain(owner)
    check_refused(other, "belongs to kafka.prefix 'owner', not 'other'", "state.directory",
                  state__directory=owner.state)
    check_refused(owner, "kafka.group 'owner', not 'others'", kafka__group="others")
    finish(owner, events)


def test_a_folder_that_is_too_old(context):
    events = generate(context, interactions=4_000)
    first, second = split(events, 0.5, 0.5)
    service = service_of(context, "old")
    configure(service, "journeys", delete_retention_ms=6_000)
    service.produce(first)
    drain(service)
    process = service.start("young")
    wait_ready(process)
    check_equal(rebuilds(process, "stale"), 0, "young enough")
    check_equal(process.stop(), 0, "a stop in good order")
    time.sleep(3.2)
    process = service.start()
    wait_ready(process)
    check_equal(rebuilds(process, "stale"), 1, f"rebuilt: {process.output()}")
    check("delete.retention.ms" in process.output(), f"it says why: {process.output()}")
    check_equal(process.stop(), 0, "a stop in good order")
    service.produce(second)
    finish(service, events)


# ---- topics ----


def test_topics_that_do_not_keep_what_they_must(context):
    service = service_of(context, "kept")
    configure(service, "steps", cleanup_policy="compact,delete")
    check_refused(service, "kept.steps is compacted", "cleanup.policy=delete")
    configure(service, "steps", cleanup_policy="delete", retention_ms=86_400_000 * 30)
    check_refused(service, "kept.steps keeps steps for 30d", "timeline.retention")
    done = drain(service, timeline__retention="30d")
    check("without a margin" in done.stderr, f"a warning: {done.stderr}")
    configure(service, "journeys", cleanup_policy="delete")
    check_refused(service, "kept.journeys is not kept", "cleanup.policy=compact",
                  timeline__retention="20d")


def test_input_that_was_removed_before_it_was_read(context):
    events = generate(context, interactions=6_000)
    first, second, third = split(events, 0.4, 0.3, 0.3)
    service = service_of(context, "lost", partitions=1)
    service.produce(first)
    drain(service)
    read = ends(service, "in")[0]
    service.produce(second)
    lost = len(second.read_bytes().splitlines()) // 2
    delete_before(service, "in", {0: read + lost})
    process = service.start()
    wait_ready(process)
    check(f"lost.in[0]: {lost} records lost" in process.output(),
          f"it says so: {process.output()}")
    check_equal(harness.metric(metrics(process), "waymark_records_lost_total", topic="lost.in"),
                lost, "records lost")
    check_equal(process.stop(), 0, "a stop in good order")
    service.produce(third)
    kept = context.path("kept.jsonl")
    kept.write_bytes(b"".join(second.read_bytes().splitlines(keepends=True)[lost:]))
    finish(service, first, kept, third)


def test_input_that_was_made_anew(context):
    """As a broker does that has lost its disk; where the topic is deleted, offsets go with it."""
    events = context.path("events.jsonl")
    waymark("generate", "--profiles", 300, "--interactions", 3_000, "--bad", 0, "--output", events)
    service = service_of(context, "anew")
    service.produce(events)
    drain(service)
    service.kafka.stop()
    for partition in (0, 1):
        shutil.rmtree(service.kafka.directory / "data" / f"anew.in-{partition}")
    service.kafka.start()
    check_refused(service, "made anew or has lost its end", "new kafka.group")
    service.state = context.path("second-state")
    service.settings["kafka.group"] = "anew-2"
    service.produce(events)
    finish(service, events)


def check_same_but_steps(service, *inputs):
    out = service.context.path("out")
    replay(out, *inputs)
    done = harness.run([WAYMARK, "diff", f"kafka://{service.kafka.bootstrap}/{service.name}", out,
                        "--only", "signals", "journeys", "dead-letters", "--most", 3], check=False)
    check_equal(done.returncode, 0, f"diff: {done.stdout[:4000]}{done.stderr[:1000]}")


def test_steps_removed_that_state_and_snapshots_hold(context):
    events = context.path("ordered.jsonl")
    waymark("generate", "--profiles", 300, "--interactions", 6_000, "--seed", 11, "--late", 0,
            "--duplicates", 0, "--bad", 0, "--output", events)
    rows = sorted(events.read_text().splitlines(), key=lambda row: json.loads(row)["time"])
    events.write_text("".join(f"{row}\n" for row in rows))
    first, second = split(events, 0.6, 0.4)
    service = service_of(context, "trimmed")
    service.produce(first)
    drain(service)
    delete_before(service, "steps", {0: -1, 1: -1})
    service.produce(second)
    drain(service, "--now", NOW)
    check_same_but_steps(service, events)
    live = journeys_of(service)
    shutil.rmtree(service.state)
    drain(service, "--now", NOW)
    check(journeys_of(service) == live, "a bare machine finds the same in the snapshots")


def test_journeys_that_were_compacted(context):
    """A bare machine finds in a compacted topic what the live one knows."""
    kafka = context.kafka()
    kafka.tool("kafka.admin.ConfigCommand", "--alter", "--entity-type", "brokers",
               "--entity-default", "--add-config", "log.cleaner.backoff.ms=200")
    service = service_of(context, "compacted", partitions=1)
    configure(service, "journeys", min_cleanable_dirty_ratio="0.001", segment_ms=100,
              max_compaction_lag_ms=200)
    events = generate(context, profiles=300, interactions=6_000)
    parts = split(events, 0.25, 0.25, 0.25, 0.25)
    for part in parts[:-1]:
        service.produce(part)
        drain(service)
        time.sleep(0.3)
    checkpoint = kafka.directory / "data" / "cleaner-offset-checkpoint"
    harness.wait_until(lambda: any(line.startswith("compacted.journeys ") and
                                   int(line.split()[-1]) > 300
                                   for line in checkpoint.read_text().splitlines()),
                       40, "the topic is compacted", interval=0.2)
    live = journeys_of(service)
    shutil.rmtree(service.state)
    drain(service)
    check(journeys_of(service) == live, "the same journeys")
    shutil.rmtree(service.state)
    service.produce(parts[-1])
    finish(service, events)


if __name__ == "__main__":
    harness.main()
