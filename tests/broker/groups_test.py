"""The consumer group of `waymark run` over a real Kafka: static members, shares of the input."""

import collections
import json
import re
import shutil
import time

import harness
from cluster import Cluster, Feeder, settle
from deployment import Service, consumed, generate, metrics, readiness, replay, split
from harness import check, check_equal


def generations(cluster):
    return [harness.metric(metrics(p), "waymark_group_generation") for p in cluster.processes]


def test_rolling_restart_of_static_members(context):
    """Each comes back within the session's time: nobody else's partitions move."""
    events = generate(context, profiles=300, interactions=6_000)
    service = Service(context, "rolling", partitions=6,
                      settings={"workers.count": 1, "kafka.session_timeout": "12s"}.items())
    cluster = Cluster(service, 3)
    for place, name in zip(cluster.places, "abc"):
        place["kafka__instance_id"] = name
    cluster.start_all()
    cluster.wait_ready()
    harness.wait_until(
        lambda: [harness.metric(metrics(p), "waymark_assigned_partitions")
                 for p in cluster.processes] == [2, 2, 2], 30, "each has its share")
    before = generations(cluster)
    check(len(set(before)) == 1 and before[0] > 0, f"of one generation: {before}")
    feeder = Feeder(service, events, rate=400)
    for index in range(3):
        cluster.leave(index)
        cluster.start(index)
        cluster.wait_ready()
    check(feeder.running, "all this while the input flows")
    feeder.finish()
    check_equal(generations(cluster), before, "the generation after the restarts")
    settle(service, cluster, events)


def test_warm_copies_take_over(context):
    """The survivor of two has kept up with the other's partitions: it reads next to nothing."""
    events = generate(context, profiles=2_000, interactions=30_000)
    service = Service(context, "warm", partitions=4, settings={
        "workers.count": 1, "standby.partitions_max": 4, "standby.interval": "200ms"}.items())
    cluster = Cluster(service, 2)
    cluster.start_all()
    harness.wait_until(
        lambda: [harness.metric(metrics(p), "waymark_assigned_partitions")
                 for p in cluster.processes] == [2, 2], 60, "each has its share")
    service.produce(events)
    harness.wait_until(lambda: sum(map(consumed, cluster.processes)) >= 30_000, 60, "all is taken")
    survivor = cluster.processes[1]

    def lag():
        return [harness.metric(metrics(survivor), "waymark_standby_lag_records", partition=str(p))
                for p in range(4)]
    harness.wait_until(lambda: sorted(map(str, lag())) == ["0.0", "0.0", "None", "None"], 30,
                       f"copies of what the other owns: {lag()}")
    time.sleep(2)
    before = harness.metric(metrics(survivor), "waymark_restore_records_total")
    cluster.kill(0)
    harness.wait_until(
        lambda: harness.metric(metrics(survivor), "waymark_assigned_partitions") == 4
        and readiness(survivor)[0] == 200, 60, f"it takes over: {survivor.output()[-2000:]}")
    read = harness.metric(metrics(survivor), "waymark_restore_records_total") - before
    check(read < 3_000, f"records read to take over 15,000 interactions: {read}")
    check("keeping a warm copy" in survivor.output(), survivor.output()[-2000:])
    cluster.start(0)
    settle(service, cluster, events)


def known_to_old_formats(events):
    """Scores by touchpoint, what ratings refer to, and which touchpoint was a journey's last are
    known from format 4 on."""
    lines = events.read_bytes().splitlines()
    for i, line in enumerate(lines):
        try:
            interaction = json.loads(line)
        except ValueError:
            continue  # a dead letter to be
        for field in ("rating", "refers_to", "touchpoint"):
            interaction.pop(field, None)
        lines[i] = json.dumps(interaction).encode()
    events.write_bytes(b"".join(line + b"\n" for line in lines))
    return events


def test_formats_of_state(context):
    """An upgrade goes on writing what the old version reads, until the operator says otherwise."""
    events = known_to_old_formats(generate(context, profiles=300, interactions=4_000))
    parts = split(events, 0.25, 0.25, 0.25, 0.25)
    service = Service(context, "layouts", settings={"workers.count": 1}.items())

    def run(part, setting):
        service.produce(part)
        service.settings["state.format"] = setting
        service.drain()
        return context.path("drain.log").read_text().rpartition("waymark starts")[2]
    run(parts[0], "oldest")
    check("still written in format 1" in run(parts[1], "keep"), "it says that it could go on")
    shutil.rmtree(service.state)
    told = run(parts[2], "newest")
    check(re.search(r"moves from format 1 to [2-9]", told), f"it says that it does: {told}")
    told = run(parts[3], "keep")
    check("format" not in told, f"the newest is nothing to speak of: {told}")
    replay(context.path("out"), events)
    service.check_same(context.path("out"))


def steps_by_partition(service):
    """{partition: the times at which its steps were published}"""
    done = service.kafka.tool(
        "consumer.ConsoleConsumer", "--topic", f"{service.name}.steps", "--from-beginning",
        "--timeout-ms", 3000, "--isolation-level", "read_committed",
        *(part for name, shown in (("timestamp", "true"), ("partition", "true"), ("value", "false"))
          for part in ("--property", f"print.{name}={shown}")))
    times = collections.defaultdict(list)
    for at, partition in re.findall(r"CreateTime:(\d+)\tPartition:(\d+)", done.stdout):
        times[int(partition)].append(int(at))
    return times


def partition_of(key, partitions):
    """As Kafka's clients choose it: murmur2."""
    mix, mask = 0x5BD1E995, 0xFFFFFFFF
    value, full = 0x9747B28C ^ len(key), len(key) // 4 * 4
    for at in range(0, full, 4):
        word = int.from_bytes(key[at:at + 4], "little") * mix & mask
        word = (word ^ word >> 24) * mix & mask
        value = value * mix & mask ^ word
    if full < len(key):
        value = (value ^ int.from_bytes(key[full:], "little")) * mix & mask
    value = (value ^ value >> 13) * mix & mask
    return ((value ^ value >> 15) & 0x7FFFFFFF) % partitions


def put_hot_first(context, events, partitions, rest):
    """All interactions for partition 0, then `rest` for the others."""
    hot, others = [], []
    for line in events.read_bytes().splitlines(keepends=True):
        key = re.search(rb'"key":"([^"]+)"', line)
        if key:
            (others if partition_of(key[1], partitions) else hot).append(line)
    path = context.path("hot-first.jsonl")
    path.write_bytes(b"".join(hot + others[:rest]))
    return path, len(hot)


def watch_inflight(process, until_taken):
    """Waits until so many records are taken; {metric: the most that was seen of it}"""
    most = {"records": 0, "bytes": 0}

    def is_taken():
        told = metrics(process)
        for name, before in most.items():
            most[name] = max(before, harness.metric(told, f"waymark_inflight_{name}") or 0)
        return (harness.metric(told, "waymark_records_consumed_total") or 0) >= until_taken
    harness.wait_until(is_taken, 120, f"{until_taken} are taken: {process.output()[-1500:]}")
    return most


def test_hot_partition_leaves_the_others_their_share(context):
    """A few records behind the huge backlog of one partition are committed long before its end."""
    events, backlog = put_hot_first(context, generate(context, interactions=200_000), 4, rest=400)
    service = Service(context, "hot", settings={
        "workers.count": 1, "inflight.bytes_max": "1MiB", "commit.records_max": 2_000,
        "librdkafka.statistics.interval.ms": 100}.items(), partitions=4)
    service.produce(events)
    process = service.start()
    most = watch_inflight(process, until_taken=backlog + 400)
    check(most["records"] > 0 and most["bytes"] > 0, f"what is fetched ahead is told: {most}")
    check(most["records"] < backlog / 2, f"and is a part of the backlog of {backlog}: {most}")
    harness.wait_until(lambda: harness.metric(metrics(process), "waymark_inflight_bytes") == 0, 30,
                       "and nothing is in the end")
    check_equal(process.stop(), 0, "a stop in good order")
    published = steps_by_partition(service)
    hot = published.pop(0)
    others = [at for times in published.values() for at in times]
    check(len(hot) > backlog / 2 and len(others) > 200, f"steps: {len(hot)} and {len(others)}")
    before = sum(at <= max(others) for at in hot)
    check(before < len(hot) / 2, f"{before} of {len(hot)} went before the last of the others")
    service.drain()
    replay(context.path("out"), events)
    service.check_same(context.path("out"))


if __name__ == "__main__":
    harness.main()
