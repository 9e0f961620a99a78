"""Starting: with nothing (`start-up`), and with all to be restored (`restore`)."""
import json
import shutil
import subprocess
import time

from bench import Failure, Run
from machine import die_with_parent
from variants import PACED, VARIANTS

SEED = 3
STOP_SECONDS = 120
WAIT_SECONDS = 1800
CHECKPOINT_SECONDS = 4  # until what is committed is in a checkpoint for sure
MARKERS = 2000
LATER_HOURS = 48
BACKLOG = {"interactions": 1000, "customers": 500, "shape": "uniform", "seed": SEED}


class Listener:
    """Waits, beside, until so many committed records have come to a topic."""

    def __init__(self, bench, topic, count, begin="end"):
        command = bench.tool_command("await", topic=topic, count=count, seconds=WAIT_SECONDS,
                                     **{"from": begin})
        self.popen = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      text=True, preexec_fn=die_with_parent)
        told = self.popen.stderr.readline()
        if told != "listening\n":
            raise Failure(told)

    def result(self, process):
        """When the first and the last came, in seconds since the epoch."""
        while self.popen.poll() is None:
            if process.popen.poll() is not None:
                self.popen.kill()
                raise Failure(f"the process ended:\n{process.tail()}")
            time.sleep(0.05)
        out, fault = self.popen.communicate()
        if self.popen.returncode != 0:
            raise Failure(fault)
        told = json.loads(out.splitlines()[-1])
        return told["first_ms"] / 1000, told["last_ms"] / 1000


def start_up(bench, names):
    source, _ = bench.fill(**BACKLOG)
    # The broker makes its own topics for the first of all: that round does not count.
    for round_number in range(-1, bench.arguments.runs):
        for name in names:
            with Run(bench, name, source, PACED.get(VARIANTS[name].system)) as run:
                listener = Listener(bench, run.steps, 1)
                process = run.start(drain=False)
                first, _ = listener.result(process)
                result = {"kind": "start-up", "variant": name, "round": round_number,
                          "traffic": BACKLOG, "seconds": first - process.started,
                          "cpu": process.cpu_at(first)}
                process.stop(STOP_SECONDS)
            if round_number >= 0:
                bench.keep(result)
            print(result, flush=True)


def newest_checkpoint(run):
    found = [path.parent for path in (run.state / "checkpoints").glob("*/chk-*/_metadata")]
    if not found:
        raise Failure(f"{run.variant_name} left no checkpoint")
    return max(found, key=lambda path: path.stat().st_mtime)


def lose_disk(run):
    """Leaves what stands for other storage: Flink's checkpoints. How it is told of them."""
    for path in run.state.iterdir():
        if path.name != "checkpoints":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return {"recover": newest_checkpoint(run)} if run.variant.system == "flink" else {}


def stored_bytes(run):
    """What a restore has to read: the topics that hold the state, or the checkpoints."""
    if run.variant.system == "flink":
        return sum(path.stat().st_size for path in (run.state / "checkpoints").rglob("*")
                   if path.is_file())
    return sum(run.bench.topic_bytes(topic) for topic in run.bench.topics(run.name)
               if topic.endswith((".journeys", "-changelog")))


def fill_state(bench, run, expected):
    listener = Listener(bench, run.steps, expected, "beginning")
    process = run.start(drain=False)
    listener.result(process)
    time.sleep(CHECKPOINT_SECONDS)
    process.stop(STOP_SECONDS)


def restore_one(bench, name, round_number):
    customers = bench.arguments.restore_customers
    traffic = {"interactions": 2 * customers, "customers": customers, "shape": "rounds",
               "duplicates": 0, "seed": SEED}
    source, expected = bench.fill(**traffic)
    with Run(bench, name, source) as run:
        fill_state(bench, run, expected["count"])
        recover = lose_disk(run)
        stored = stored_bytes(run)
        # The input is used up, so that what comes next shows when the state is there again.
        markers = {**traffic, "interactions": MARKERS, "seed": SEED + 1,
                   "after_hours": LATER_HOURS}
        listener = Listener(bench, run.steps, MARKERS)
        bench.tool("generate", topic=source, **markers)
        process = run.start(drain=False, **recover)
        _, last = listener.result(process)
        result = {"kind": "restore", "variant": name, "round": round_number,
                  "traffic": {"customers": customers}, "seconds": last - process.started,
                  "cpu": process.cpu_at(last), "read_mb": stored / 1e6,
                  "customers_rate": customers / (last - process.started)}
        process.stop(STOP_SECONDS)
        result["memory_mb"] = process.memory_mb
        verify(bench, run)
    bench.empty(source)
    bench.keep(result)
    print(result, flush=True)


def verify(bench, run):
    """Was it the old state? Then the whole output is what the whole input says."""
    order = {"order": "time"} if run.variant.system == "waymark" else {}
    expected = bench.ask("expect", topic=run.source)
    told = bench.ask("check", topic=run.steps, **order)
    if any(told[field] != expected[field] for field in ("count", "checksum")):
        raise Failure(f"{run.variant_name} did not restore its state: {told}, expected {expected}")


def restore(bench, names):
    for round_number in range(bench.arguments.restore_runs):
        for name in names:
            restore_one(bench, name, round_number)
