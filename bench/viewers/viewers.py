#!/usr/bin/env python3
"""What live viewers cost: throughput over a backlog without them, and with them.

    bench/viewers/viewers.py [--viewers 200] [--windows 4] [--seconds 20] [--rate R]

One Kafka, one `waymark run` with default settings and models, the backlog of `waymark generate`.
The crowd, bench/viewers/crowd.py, comes and goes on the same machine, so that the throughput pays
for the clients, too; what the service takes of the cores does not. The surest figure is the share
of the service's processor time that its serving threads take: what they take, interactions lack.
With --rate interactions come at that rate instead, so that the difference in cores alone tells:
also on a machine that others use, too.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "recovery"))

from cluster import ROOT, Deployment  # noqa: E402

CROWD = pathlib.Path(__file__).with_name("crowd.py")
PAUSE = 2  # seconds for a crowd to come or go
SERVING = ("http", "events", "measures")  # threads that work for viewers


def cpu_of(stat):
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_serving(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(cpu_of(task / "stat") for task in tasks
               if (task / "comm").read_text().strip() in SERVING)


def measure(process, seconds):
    """(interactions a second, cores kept busy by the service, CPU seconds for a million, share of
    them in the threads that serve viewers)"""
    def look():
        return (time.monotonic(), process.metric("waymark_records_consumed_total"),
                cpu_of(pathlib.Path(f"/proc/{process.popen.pid}/stat")),
                cpu_of_serving(process.popen.pid))
    begin = look()
    time.sleep(seconds)
    end = look()
    taken = end[1] - begin[1]
    if taken <= 0:
        raise SystemExit("nothing was taken: the backlog is used up, choose more --interactions")
    took, cpu = end[0] - begin[0], end[2] - begin[2]
    return taken / took, cpu / took, 1e6 * cpu / taken, (end[3] - begin[3]) / cpu


def with_crowd(process, count, seconds):
    command = [sys.executable, CROWD, process.port, count, "six-stages"]
    crowd = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(PAUSE)
        got = measure(process, seconds)
        told = json.loads(crowd.communicate(timeout=30)[0])
    finally:
        crowd.kill()
        crowd.wait()
    time.sleep(PAUSE)
    return got, told


def compare(process, a):
    ratios = []
    print("     interactions/s         cores          CPU s/M     serving's share   the crowd",
          flush=True)
    for _ in range(a.windows):
        alone = measure(process, a.seconds)
        crowded, told = with_crowd(process, a.viewers, a.seconds)
        again = measure(process, a.seconds)
        base = [statistics.mean(pair) for pair in zip(alone, again)]
        ratios.append([crowded[0] / base[0], crowded[2] / base[2], crowded[1] - base[1],
                       crowded[3] - base[3]])
        print(f"{base[0]:8,.0f} → {crowded[0]:7,.0f}   {base[1]:5.3f} → {crowded[1]:5.3f}   "
              f"{base[2]:5.2f} → {crowded[2]:5.2f}   {base[3]:5.1%} → {crowded[3]:5.1%}   {told}",
              flush=True)
    rate, cpu, cores, share = (statistics.median(column) for column in zip(*ratios))
    print(f"median: throughput {rate - 1:+.1%}, CPU s/M {cpu - 1:+.1%}, {cores:+.3f} cores "
          f"of {os.cpu_count()}; of the service's processor time {share:+.1%} serve viewers")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / "build/release/waymark")
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--windows", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--profiles", type=int, default=50_000)
    parser.add_argument("--interactions", type=int, default=8_000_000)
    parser.add_argument("--rate", type=int, default=0, help="0: a backlog, as fast as it goes")
    parser.add_argument("--directory", help="for all files (default: a temporary folder)")
    a = parser.parse_args()
    settings = {"http.streams_max": a.viewers + 10, "http.connections_max": 2 * a.viewers + 10}
    with tempfile.TemporaryDirectory(dir=a.directory) as folder:
        with Deployment(a.binary, pathlib.Path(folder), 4, settings) as deployment:
            generate = [a.binary, "generate", "--profiles", a.profiles, "--interactions",
                        a.interactions, "--seed", 7, "--rate", a.rate, "--brokers",
                        deployment.settings["kafka.brokers"], "--topic", "bench.input"]
            feeding = None
            if a.rate:
                feeding = subprocess.Popen(list(map(str, generate)), stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
            else:
                deployment.call(generate)
            process = deployment.run("a")
            try:
                process.wait("some records", lambda: process.metric(
                    "waymark_records_consumed_total") > (10 * a.rate or 100_000))
                compare(process, a)
            finally:
                if feeding:
                    feeding.kill()
                    feeding.wait()


if __name__ == "__main__":
    main()
