#!/usr/bin/env python3
"""Whole runs, measured from outside: replay from JSON and protobuf, and run over a real Kafka.

    bench/whole/whole.py [--profiles N] [--interactions M] [--runs R] [--workers W] [--kafka]

Makes the traffic once, then takes each run in turn, R times, and prints the medians. CPU seconds
are the process's own, user and system apart: the kernel's share for files depends on the machine.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def measure(command, log):
    """Runs a command to its end: wall seconds, user and system CPU seconds, peak MiB."""
    started = time.monotonic()
    with open(log, "ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\nsee {log}")
    return wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / 1024


def call(command, log):
    measure(command, log)


class Bench:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.log = folder / "whole.log"
        self.common = ["--models", ROOT / "config/models"]
        self.results = {}

    def generate(self, name, kind):
        a = self.arguments
        path = self.folder / name
        call([a.binary, "generate", "--profiles", str(a.profiles), "--interactions",
              str(a.interactions), "--seed", "7", "--format", kind, "--output", path], self.log)
        return path

    def replay(self, name, source, kind):
        output = self.folder / "out"
        subprocess.run(["rm", "-rf", output], check=True)
        result = measure(
            [self.arguments.binary, "replay", "--input", source, "--output", output,
             "--output-format", kind, "--workers", str(self.arguments.workers), *self.common],
            self.log)
        self.results.setdefault(name, []).append(result)

    def run_over_kafka(self, name, bootstrap, number, settings=()):
        """A fresh group and prefix each time, so that every run reads all of the input."""
        own = ["--set", f"kafka.brokers={bootstrap}", "--set", f"kafka.prefix=bench{number}",
               "--set", f"kafka.group=bench{number}", "--set", "kafka.input_topics=bench.input",
               "--set", f"state.directory={self.folder}/state{number}", "--set", "http.port=0",
               "--set", f"workers.count={self.arguments.workers}"]
        call([self.arguments.binary, "topics", "create", "--partitions", "4", *own], self.log)
        result = measure([self.arguments.binary, "run", "--drain", *own, *settings, *self.common],
                         self.log)
        self.results.setdefault(name, []).append(result)

    def print_results(self):
        count = self.arguments.interactions
        print(f"{count:,} interactions of {self.arguments.profiles:,} customers, "
              f"{self.arguments.workers} worker(s), median of {self.arguments.runs}")
        print("| run | interactions/s | CPU s per million (user + system) "
              "| interactions per CPU second | peak MiB |")
        print("|---|---|---|---|---|")
        for name, results in self.results.items():
            wall, user, system, peak = (statistics.median(r[i] for r in results) for i in range(4))
            million = count / 1e6
            print(f"| {name} | {count / wall:,.0f} | {(user + system) / million:.1f} "
                  f"({user / million:.1f} + {system / million:.1f}) "
                  f"| {count / (user + system):,.0f} | {peak:,.0f} |")


def measure_kafka(bench, source):
    kafka = ROOT / "deploy/dev/kafka"
    directory = bench.folder / "kafka"
    call([kafka, "start", "--dir", directory, "--port", "0", "--with-parent", str(os.getpid())],
         bench.log)
    try:
        bootstrap = (directory / "bootstrap").read_text().strip()
        own = ["--set", f"kafka.brokers={bootstrap}", "--set", "kafka.input_topics=bench.input"]
        call([bench.arguments.binary, "topics", "create", "--partitions", "4", *own,
              "--set", "kafka.prefix=bench"], bench.log)
        call([bench.arguments.binary, "produce", "--input", source, "--topic", "bench.input", *own],
             bench.log)
        for number in range(bench.arguments.runs):
            bench.run_over_kafka("run --drain, Kafka to Kafka", bootstrap, number)
    finally:
        subprocess.run([kafka, "stop", "--dir", directory], check=False,
                       stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / "build/release/waymark")
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--interactions", type=int, default=600_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kafka", action="store_true", help="over a real Kafka, too")
    parser.add_argument("--directory", help="for all files (default: a temporary folder)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.directory) as folder:
        bench = Bench(arguments, pathlib.Path(folder))
        json_lines = bench.generate("in.jsonl", "jsonl")
        protobuf = bench.generate("in.pb", "protobuf")
        for _ in range(arguments.runs):
            bench.replay("replay, JSON lines to JSON lines", json_lines, "jsonl")
            bench.replay("replay, protobuf to protobuf", protobuf, "protobuf")
        if arguments.kafka:
            measure_kafka(bench, json_lines)
        bench.print_results()


main()
