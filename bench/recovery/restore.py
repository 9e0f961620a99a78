#!/usr/bin/env python3
"""How long an instance needs on a bare machine until it is ready: everything comes from the topics.

    bench/recovery/restore.py [--profiles N] [--interactions M] [--workers W] [--runs R]

Fills a deployment once, then starts it R times with an empty state folder, and prints each time.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from cluster import ROOT, Deployment, megabytes


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / "build/release/waymark")
    parser.add_argument("--profiles", type=int, default=200_000)
    parser.add_argument("--interactions", type=int, default=2_000_000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--perf", help="file for a profile of the last run (needs perf)")
    parser.add_argument("--directory", help="for all files (default: a temporary folder)")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=a.directory) as folder:
        with Deployment(a.binary, pathlib.Path(folder), a.partitions,
                        {"workers.count": a.workers}) as deployment:
            source = deployment.generate(a.profiles, a.interactions)
            deployment.call(deployment.produce(source))
            filling = deployment.run("fill", drain=True)
            if filling.popen.wait() != 0:
                raise SystemExit(f"see {filling.log}")
            read = {topic: deployment.topic_bytes(f"bench.{topic}")
                    for topic in ("journeys", "steps")}
            print(f"{a.interactions:,} interactions; journeys {megabytes(read['journeys'])}, "
                  f"steps {megabytes(read['steps'])} on the broker's disk")
            for number in range(a.runs):
                began = time.monotonic()
                process = deployment.run(f"bare-{number}")
                if a.perf and number == a.runs - 1:
                    subprocess.Popen(["perf", "record", "-q", "-o", a.perf, "-p",
                                      str(process.popen.pid)], stderr=subprocess.DEVNULL)
                process.wait("readiness", process.ready, 1800)
                seconds = time.monotonic() - began
                records = process.metric("waymark_restore_records_total")
                profiles = process.metric("waymark_profiles")
                cpu = cpu_seconds(process.popen.pid)
                process.popen.terminate()  # leaves the group, so that the next need not wait
                process.popen.wait()
                state = deployment.folder / f"state-bare-{number}"
                size = sum(f.stat().st_size for f in state.rglob("*") if f.is_file())
                shutil.rmtree(state)
                print(f"ready after {seconds:.1f} s ({cpu:.1f} CPU s): {profiles:,.0f} profiles "
                      f"from {records:,.0f} records, {records / seconds:,.0f} a second, "
                      f"{megabytes(size)} of state")


main()
