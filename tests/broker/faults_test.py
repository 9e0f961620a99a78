"""waymark run under faults, over a real Kafka: every interaction counts once, whatever dies.

Several processes of one group are killed, stopped and continued, doubled and halved; the broker
dies under them. The oracle is `waymark replay` of the same input: what is committed equals it, none
lost, none doubled even among records of one revision; no transaction stays open; and a bare machine
restores from the topics what the live one knows. WAYMARK_TEST_FULL=1 makes the runs longer.
"""

import random
import shutil
import signal
import time

import harness
from cluster import Cluster, Feeder, journeys_of, settle
from deployment import Service, generate, metrics
from harness import FULL, check

def test_killed_all_the_time(context):
    """Three processes, each SIGKILLed again and again."""
    rng = random.Random(1)
    kills = 40 if FULL else 6
    events = generate(context, profiles=2_000, interactions=1_000_000 if FULL else 100_000)
    service = Service(context, "kills", partitions=6,
                      settings={"kafka.transaction_timeout": "5s", "workers.count": 1}.items())
    cluster = Cluster(service, 3)
    cluster.start_all()
    feeder = Feeder(service, events, rate=5_000 if FULL else 3_500)
    for _ in range(kills):
        time.sleep(rng.uniform(2, 5))
        index = rng.choice(cluster.running())
        cluster.kill(index)
        time.sleep(rng.uniform(0, 2))
        cluster.start(index)
        cluster.revive()
    feeder.finish(timeout=600)
    settle(service, cluster, events)
    live = journeys_of(service.state)
    shutil.rmtree(service.state)
    service.drain(timeout=180)
    check(len(live) > 1_000, f"profiles: {len(live)}")
    check(journeys_of(service.state) == live, "a bare machine restores the same journeys")


def test_zombies(context):
    """A process stands still until another has its partitions, then goes on as before."""
    rounds = 20 if FULL else 3
    events = generate(context, interactions=60_000)
    service = Service(context, "zombies", partitions=4,
                      settings={"kafka.transaction_timeout": "5s", "workers.count": 1}.items())
    cluster = Cluster(service, 2)
    cluster.start_all()
    feeder = Feeder(service, events, rate=60_000 / (rounds * 14))
    for number in range(rounds):
        cluster.wait_ready()
        time.sleep(1)
        sleeper, other = cluster.processes[number % 2], cluster.processes[1 - number % 2]
        sleeper.send(signal.SIGSTOP)
        harness.wait_until(
            lambda o=other: harness.metric(metrics(o), "waymark_assigned_partitions") == 4, 60,
            f"the other takes over: {other.output()[-1500:]}")
        sleeper.send(signal.SIGCONT)
        time.sleep(2)
        cluster.revive()
    feeder.finish()
    settle(service, cluster, events)


def test_broker_dies_under_load(context):
    """The broker is killed, then stopped; work goes on within a minute of its return."""
    rounds = 10 if FULL else 2
    events = generate(context, interactions=60_000)
    service = Service(context, "broken", partitions=4, settings={"workers.count": 1}.items())
    cluster = Cluster(service, 2)
    service.produce(events)
    cluster.start_all()
    for number in range(rounds):
        time.sleep(1)
        if number % 2 == 0:
            service.kafka.kill()
        else:
            service.kafka.stop()
        time.sleep(5 if not FULL else 5 + 4 * number)
        service.kafka.start()
        cluster.wait_ready()
    settle(service, cluster, events)


def storm(context, assignment, ends=()):
    """From one process to four and back, all the time."""
    seconds = 600 if FULL else 20
    events = generate(context, interactions=40_000)
    service = Service(context, f"storm-{assignment}", partitions=8, settings={
        "kafka.transaction_timeout": "5s", "workers.count": 1,
        "kafka.assignment": assignment}.items())
    cluster = Cluster(service, 4, ends)
    cluster.start(0)
    feeder = Feeder(service, events, rate=40_000 / seconds)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for index in (1, 2, 3):
            cluster.start(index)
            time.sleep(0.5)
        time.sleep(6)
        for index in (1, 2, 3):
            cluster.revive()
            cluster.leave(index)
        time.sleep(4)
        cluster.revive()
    feeder.finish()
    settle(service, cluster, events)


def test_rebalance_storm_cooperative(context):
    """librdkafka before 2.10 aborts now and then in its sticky assignor: a crash like any other."""
    storm(context, "cooperative", ends=(-signal.SIGABRT, -signal.SIGSEGV))


def test_rebalance_storm_eager(context):
    storm(context, "eager")


if __name__ == "__main__":
    harness.main()
