"""Processes of one deployment kept running under faults, and what must hold in the end."""

import json

import harness
from deployment import MODELS, readiness, replay, waymark
from harness import WAYMARK, check, check_equal

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
        process = self.processes[index]
        # Before that it has not even begun to listen to signals.
        harness.wait_until(lambda: "waymark starts" in process.output() or not process.running, 30,
                           "it starts")
        code = process.stop()
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
    check("TransactionState" in done.stdout, f"transactions are listed: {done.stdout}")
    return [line for line in done.stdout.splitlines() if "Ongoing" in line or "Prepare" in line]


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
