#!/usr/bin/env python3
"""What a rebalance costs: two instances at work, a third joins, then leaves in good order.

    bench/recovery/rebalance.py [--rate R] [--assignment eager|cooperative]

Prints the steady throughput, the longest time in which nothing was taken anywhere, and how much of
ten seconds' work around the change was missing.
"""
import argparse
import pathlib
import subprocess
import tempfile
import time

from cluster import ROOT, Deployment

WINDOW = 10.0


def watch(processes, seconds):
    """[(time, records taken in all)]"""
    seen, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        taken = sum(p.metric("waymark_records_consumed_total") for p in processes
                    if p.popen.poll() is None)
        seen.append((time.monotonic(), taken))
        time.sleep(0.05)
    return seen


def standstill(seen):
    """The longest time without a record."""
    longest, since = 0.0, seen[0][0]
    for (_, before), (now, after) in zip(seen, seen[1:]):
        if after > before:
            longest, since = max(longest, now - since), now
    return longest


def tell(name, seen, steady):
    rate = (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0])
    print(f"{name}: {rate:,.0f} a second over {WINDOW:.0f} s ({rate / steady - 1:+.0%}), longest "
          f"standstill {standstill(seen):.2f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / "build/release/waymark")
    parser.add_argument("--profiles", type=int, default=50_000)
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--assignment", default="eager")
    parser.add_argument("--directory", help="for all files (default: a temporary folder)")
    a = parser.parse_args()
    settings = {"workers.count": 1, "kafka.assignment": a.assignment}
    with tempfile.TemporaryDirectory(dir=a.directory) as folder:
        with Deployment(a.binary, pathlib.Path(folder), 6, settings) as deployment:
            source = deployment.generate(a.profiles, 90 * a.rate)
            running = [deployment.run(name) for name in "ab"]
            for process in running:
                process.wait("its share",
                             lambda p=process: p.metric("waymark_assigned_partitions") == 3)
            command = list(map(str, deployment.produce(source, "--rate", a.rate)))
            feeding = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            try:
                time.sleep(10)
                steady_seen = watch(running, WINDOW)
                steady = (steady_seen[-1][1] - steady_seen[0][1]) / WINDOW
                tell("steady", steady_seen, steady)
                running.append(deployment.run("c"))
                tell("a third joins", watch(running, WINDOW), steady)
                time.sleep(5)
                running.pop().popen.terminate()
                tell("it leaves", watch(running, WINDOW), steady)
            finally:
                feeding.kill()
                feeding.wait()


main()
