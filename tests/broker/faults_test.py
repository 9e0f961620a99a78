"""waymark run under faults, over a real Kafka: every interaction counts once, whatever dies.

Several processes of one group are killed, stopped and continued, doubled and halved; the broker
dies under them. The oracle is `waymark replay` of the same input: what is committed equals it, none
lost, none doubled even among records of one revision; no transaction stays open; and a bare machine
restores from the topics what the live one knows. WAYMARK_TEST_FULL=1 makes the runs longer.
"""

import json
import random
import shutil
import signal
import time

import harness
from deployment import MODELS, Service, generate, metrics, readiness, replay, waymark
from harness import FULL, WAYMARK, check, check_equal

EXIT_KAFKA = 3  # what a fenced process ends with; its supervisor starts it again


class Cluster:
    """Processes of one deployment, each with a folder and a port of its own, kept running."""

    def __init__(self, service, count, ends=(), **settings):
        self.service, self.settings = service, settings
        self.ends = ends  # exit codes that are borne with, beside those of good order
        self.places = [{"state__directory": service.context.path(f"state-{i}"),
                        "http__port": harness.free_port()} for i in range(count)]
        self.processes = [None] * count
        self.starts = 0

    def start(self, index):
        self.starts += 1
        self.processes[index] = self.service.start(
            f"run-{index}-{self.starts}", **self.places[index], **self.settings)

    def start_all(self):
        for index in range(len(self.places)):
            self.start(index)

    def running(self):
        return [i for i, p in enumerate(self.processes) if p is not None and p.running]

    def revive(self):
        """As a supervisor would: who ended because another took its place comes back."""
        for index, process in enumerate(self.processes):
            if process is None or process.running:
                continue
            check(process.returncode in (EXIT_KAFKA, *self.ends),
                  f"how it ended: {process.returncode} {process.output()[-3000:]}")
            self.start(index)

    def kill(self, index):
        self.processes[index].kill()

    def leave(self, index):
        """A stop in good order; where the group moves on at that moment, the rest is the next's."""
        code = self.processes[index].stop()
        check(code in (0, *self.ends),
              f"a stop in good order: {code} {self.processes[index].output()[-3000:]}")
        self.processes[index] = None

    def wait_ready(self, timeout=60):
        def ready():
            self.revive()
            return all(readiness(p)[0] == 200 for p in self.processes if p is not None)
        harness.wait_until(ready, timeout, "all are ready")

    def stop_all(self):
        self.wait_ready()
        for index in self.running():
            self.leave(index)


class Feeder:
    """Produces a file at a rate, meanwhile."""

    def __init__(self, service, events, rate):
        self.process = service.context.process(
            "produce", [WAYMARK, *service.produce_command(events, "--rate", rate)])

    @property
    def running(self):
        return self.process.running

    def finish(self, timeout=120):
        check_equal(self.process.wait(timeout), 0, f"produce: {self.process.output()[-2000:]}")


def open_transactions(service):
    done = service.kafka.tool("TransactionsCommand", "--bootstrap-server",
                              service.kafka.bootstrap, "list")
    return [line for line in done.stdout.splitlines()
            if service.name in line and ("Ongoing" in line or "Prepare" in line)]


def journeys_of(state):
    """{profile: what the state knows of it}"""
    listed = json.loads(waymark("journey", "list", "--state", state, "--models", MODELS,
                                "--limit", 0, "--json").stdout)
    rows = listed["profiles"] if isinstance(listed, dict) else listed
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def settle(service, cluster, events):
    """Drains what is left, and compares the topics with the replay."""
    cluster.stop_all()
    service.drain(timeout=180)
    replay(service.context.path("out"), events)
    service.check_same(service.context.path("out"))
    check_equal(open_transactions(service), [], "open transactions")


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
