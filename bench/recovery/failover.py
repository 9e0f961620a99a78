#!/usr/bin/env python3
"""How long the partitions of a killed instance stand still, with warm copies and without.

    bench/recovery/failover.py [--interactions M] [--rate R] [--runs N] [--session S]

Two instances share a topic. One is killed by SIGKILL under load; the other takes over. Noticed is
when the broker removes the dead member (its session has timed out); from then on it counts until
the survivor has restored everything and commits again.
"""
import argparse
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

from cluster import ROOT, Deployment

PARTITIONS = 4


def settings_of(a):
    return {"workers.count": 1, "kafka.session_timeout": a.session,
            "kafka.transaction_timeout": "5s",
            "state.flush_interval": "10s", "snapshot.interval": "10s", "log.level": a.log}


def fail_over(a, folder, shadows, spare):
    """Seconds until the loss is noticed, and from then on until all is worked on again."""
    with Deployment(a.binary, folder, PARTITIONS, settings_of(a)) as deployment:
        deployment.call(deployment.produce(deployment.generate(a.profiles, a.interactions)))
        own = {"standby.partitions_max": PARTITIONS if shadows else 0}
        first = deployment.run("a", {**own, "kafka.instance_id": "a"})
        second = deployment.run("b", {**own, "kafka.instance_id": "b"})
        half = PARTITIONS // 2
        for process in (first, second):
            process.wait("its share", lambda p=process: p.ready() and p.metric(
                "waymark_assigned_partitions") == half)
        total = lambda: sum(p.metric("waymark_records_consumed_total") for p in (first, second))
        first.wait("the history", lambda: total() >= a.interactions)
        more = deployment.generate(a.profiles, 60 * a.rate, seed=8)
        feeding = subprocess.Popen(list(map(str, deployment.produce(more, "--rate", a.rate))),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(12)  # snapshots and copies are under way
            if shadows:
                second.wait("copies", lambda: second.metric("waymark_standby_lag_records") < a.rate)
            removed = len(deployment.removals())
            if spare:
                return take_identity(deployment, first)
            killed = time.time()
            first.popen.kill()
            first.popen.wait()
            second.wait("notice", lambda: len(deployment.removals()) > removed, 120)
            noticed = deployment.removals()[-1]
            second.wait("take-over", lambda: second.ready() and second.metric(
                "waymark_assigned_partitions") == PARTITIONS, 300)
            ended = time.time()
            if a.keep:
                shutil.copy(second.log, "failover-survivor.log")
            return noticed - killed, ended - noticed
        finally:
            feeding.kill()
            feeding.wait()


def take_identity(deployment, first):
    """The other way: a spare with a copy of the state starts under the dead one's identity."""
    os.kill(first.popen.pid, signal.SIGSTOP)
    copy = deployment.folder / "state-spare"
    shutil.copytree(deployment.folder / "state-a", copy)
    (copy / "LOCK").unlink(missing_ok=True)
    first.popen.kill()
    first.popen.wait()
    noticed = time.time()
    spare = deployment.run("spare", {"kafka.instance_id": "a"})
    spare.wait("take-over", lambda: spare.ready() and spare.metric(
        "waymark_assigned_partitions") == PARTITIONS // 2, 300)
    return 0.0, time.time() - noticed


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / "build/release/waymark")
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--interactions", type=int, default=600_000)
    parser.add_argument("--rate", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--session", default="6s")
    parser.add_argument("--log", default="info", help="level of the instances' logs")
    parser.add_argument("--keep", action="store_true", help="keep the logs of the last run")
    parser.add_argument("--only", choices=["cold", "warm", "spare"])
    parser.add_argument("--directory", help="for all files (default: a temporary folder)")
    a = parser.parse_args()
    ways = {"cold": (False, False), "warm": (True, False), "spare": (False, True)}
    for name, (shadows, spare) in ways.items():
        if a.only not in (None, name):
            continue
        results = []
        for _ in range(a.runs):
            with tempfile.TemporaryDirectory(dir=a.directory) as folder:
                results.append(fail_over(a, pathlib.Path(folder), shadows, spare))
                print(f"{name}: noticed after {results[-1][0]:.1f} s, "
                      f"then {results[-1][1]:.2f} s", flush=True)
        print(f"{name}: median {statistics.median(r[1] for r in results):.2f} s from notice to "
              f"ready", flush=True)


main()
