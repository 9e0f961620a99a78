#!/usr/bin/env python3
"""What history backfilled beside live traffic costs the live interactions, over a real Kafka.

    bench/history/history.py [--interactions N] [--history-rate R] [--rate R] [--seconds S] …

A live stream at a fixed rate first runs alone; then old interactions of the same customers, spread
over the past year in random order, are produced to the same topic until all are steps. Printed is
how long live ones took from being sent to being seen, committed, in the steps topic; the ratio of
the two p99 (demanded: 1.5 at most); and the input's lag. Needs the targets waymark and
history_traffic. The demanded size is --interactions 10000000.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/recovery"))

from cluster import Deployment  # noqa: E402

RATIO_MAX = 1.5


class LagWatch:
    """The most that the input's lag came to while a process was watched."""

    def __init__(self, process):
        self.process = process
        self.records = self.seconds = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.over.wait(1):
            self.records = max(self.records, self.process.metric("waymark_consumer_lag_records"))
            self.seconds = max(self.seconds, self.process.largest("waymark_consumer_lag_seconds"))

    def stop(self):
        self.over.set()
        self.thread.join()


def measure(arguments, deployment):
    """What history_traffic tells, the lag and the service's CPU seconds."""
    process = deployment.run("history", {"workers.count": arguments.workers})
    process.wait("readiness", process.ready)
    options = deployment.settings
    command = [arguments.traffic, f"brokers={options['kafka.brokers']}", "topic=bench.input",
               "steps=bench.steps", f"customers={arguments.customers}", f"rate={arguments.rate}",
               f"history={arguments.interactions}", f"history_rate={arguments.history_rate}",
               f"alone_seconds={arguments.seconds}",
               f"beside_seconds_max={arguments.seconds_max}"]
    lag = LagWatch(process)
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=False)
    lag.stop()
    if done.returncode != 0 or process.popen.poll() is not None:
        sys.exit(f"failed, see above and {process.log}")
    refolds = process.metric("waymark_refolds_total")
    return json.loads(done.stdout), lag, process.metric("process_cpu_seconds_total"), refolds


def report(arguments, told, lag, cpu, refolds):
    print(f"{arguments.rate:,} live a second over {arguments.customers:,} customers, "
          f"{arguments.partitions} partitions, {arguments.workers} worker(s); "
          f"{arguments.interactions:,} old ones at {arguments.history_rate:,} a second")
    print(f"{'':10}{'live':>12}{'p50 ms':>12}{'p99 ms':>12}{'max ms':>12}{'never seen':>12}")
    for name in ("alone", "beside"):
        row = told[name]
        print(f"{name:10}{row['count']:12,}{row['p50_ms']:12,.1f}{row['p99_ms']:12,.1f}"
              f"{row['max_ms']:12,.1f}{row['unseen']:12,}")
    ratio = told["beside"]["p99_ms"] / told["alone"]["p99_ms"]
    print(f"p99 beside history / alone: {ratio:.2f} (demanded: {RATIO_MAX} at most)")
    print(f"history: {told['history_seen']:,} of {arguments.interactions:,} were steps after "
          f"{told['history_seconds']:,} s ({told['history_produced']:,} produced); steps published "
          f"again: {told['steps_again']:,}; re-folds: {refolds:,.0f}")
    print(f"lag at most: {lag.records:,.0f} records, {lag.seconds:,.1f} s; "
          f"service: {cpu:,.1f} CPU s")
    return ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / "build/release/waymark")
    parser.add_argument("--traffic",
                        default=ROOT / "build/release/bench/history/history_traffic")
    parser.add_argument("--interactions", type=int, default=200_000, help="old ones")
    parser.add_argument("--history-rate", type=int, default=5_000, help="old ones a second")
    parser.add_argument("--rate", type=int, default=2_000, help="live ones a second")
    parser.add_argument("--customers", type=int, help="default: one for 100 old interactions")
    parser.add_argument("--seconds", type=float, default=20, help="of live traffic alone")
    parser.add_argument("--seconds-max", type=float, default=600, help="beside history")
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--directory", help="for all files (default: a temporary folder)")
    parser.add_argument("--strict", action="store_true", help="exit code 1 over the ratio")
    arguments = parser.parse_args()
    arguments.customers = arguments.customers or max(100, arguments.interactions // 100)
    with tempfile.TemporaryDirectory(dir=arguments.directory) as folder:
        with Deployment(arguments.binary, pathlib.Path(folder), arguments.partitions,
                        {}) as deployment:
            ratio = report(arguments, *measure(arguments, deployment))
    if arguments.strict and ratio > RATIO_MAX:
        sys.exit(1)


main()
