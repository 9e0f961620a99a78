"""One group of one, two and four processes on one machine: `scale`."""
import contextlib
import shutil
import time

from bench import Failure, Run
from throughput import RUN_SECONDS_MAX, SETTLE_SECONDS, rates, read_output, warm_up

PROCESSES = [1, 2, 4]
ONE_WORKER = {"workers.count": 1}


class Member(Run):
    """Another process of the group that the first one makes the topics of."""

    def __init__(self, bench, first):
        super().__init__(bench, first.variant_name, first.source, ONE_WORKER)
        self.first = first

    def make_topics(self):
        self.copy_models()
        self.name = self.first.name

    def __exit__(self, *_):
        if self.process:
            self.process.abandon()
        shutil.rmtree(self.folder, ignore_errors=True)


class Group:
    """The processes taken as one."""

    def __init__(self, processes):
        self.processes = processes

    def cpu_at(self, moment):
        return sum(process.cpu_at(moment) for process in self.processes)

    def wait(self):
        for process in self.processes:
            if process.wait(RUN_SECONDS_MAX) != 0:
                raise Failure(f"one of the group ended with {process.status}:\n{process.tail()}")


def measure(bench, name, round_number, traffic, count):
    source, expected = bench.fill(**traffic)
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(Run(bench, name, source, ONE_WORKER))
        members = [stack.enter_context(Member(bench, first)) for _ in range(count - 1)]
        time.sleep(SETTLE_SECONDS)
        group = Group([run.start() for run in (first, *members)])
        group.wait()
        cpu = sum(process.cpu for process in group.processes)
        result = {"kind": "scale", "variant": name, "round": round_number,
                  "traffic": {**traffic, "processes": count},
                  "cpu": cpu / expected["interactions"] * 1e6,
                  "memory_mb": sum(process.memory_mb for process in group.processes),
                  **rates(group, read_output(first, expected))}
    bench.keep(result)
    print(result, flush=True)


def scale(bench, names, traffic):
    warm_up(bench, names[0], traffic)
    for round_number in range(bench.arguments.runs):
        for name in names:
            for count in PROCESSES:
                measure(bench, name, round_number, traffic, count)
