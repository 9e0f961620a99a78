#!/usr/bin/env python3
"""How long single customers take to be looked up while interactions come in.

    bench/lookup/lookup.py [--profiles N] [--interactions M] [--rate R] [--clients C] [--seconds S]

Starts a Kafka and `waymark run`, lets it take M interactions of N customers, then produces R more a
second while C clients, each on a connection it keeps, ask for random customers for S seconds: the
profile, the first page of the timeline, the signals. Prints p50, p99 and the greatest of each in
milliseconds as seen by the clients, which share the machine, and which share of the answers the
server itself made within 3 ms. The aim: a p99 of 5 ms for a profile.
"""
import argparse
import http.client
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTITIONS = 4
AIM_MS = 5


class Deployment:
    """A Kafka and one instance, ended with the `with` block."""

    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.log = open(folder / "lookup.log", "ab")
        self.processes = []

    def call(self, *command):
        done = subprocess.run(list(map(str, command)), stdout=self.log, stderr=self.log,
                              check=False)
        if done.returncode != 0:
            sys.exit(f"failed: {' '.join(map(str, command))}\n"
                     f"{(self.folder / 'lookup.log').read_text()[-2000:]}")

    def start(self, *command, log="lookup.log"):
        with open(self.folder / log, "ab") as out:
            self.processes.append(subprocess.Popen(list(map(str, command)), stdout=out,
                                                   stderr=out))

    def __enter__(self):
        a = self.arguments
        self.call(ROOT / "deploy/dev/kafka", "start", "--dir", self.folder / "kafka", "--port", 0,
                  "--with-parent", os.getpid())
        bootstrap = (self.folder / "kafka/bootstrap").read_text().strip()
        self.own = ["--set", f"kafka.brokers={bootstrap}", "--set", "kafka.input_topics=in",
                    "--set", "timeline.retention=100y"]
        self.call(a.binary, "topics", "create", "--partitions", PARTITIONS, *self.own)
        self.start(a.binary, "run", *self.own, "--models", ROOT / "config/models", "--set",
                   "http.port=0", "--set", f"state.directory={self.folder}/state", log="run.log")
        self.port = self.wait_for(lambda: re.search(r"http port (\d+)",
                                                    (self.folder / "run.log").read_text()))
        self.port = int(self.port.group(1))
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()
        subprocess.run([ROOT / "deploy/dev/kafka", "stop", "--dir", self.folder / "kafka"],
                       stdout=subprocess.DEVNULL, check=False)

    def produce(self, source, *more):
        return [self.arguments.binary, "produce", "--input", source, "--topic", "in", *self.own,
                *more]

    def ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def wait_for(self, look, patience=600):
        until = time.monotonic() + patience
        while time.monotonic() < until:
            found = look()
            if found:
                return found
            time.sleep(0.2)
        sys.exit(f"waited in vain; {(self.folder / 'run.log').read_text()[-2000:]}")


class Client(threading.Thread):
    """Asks on until `stop`; keeps how long each answer took, by what was asked."""

    def __init__(self, port, names, seed, stop):
        super().__init__()
        self.port, self.names, self.stop = port, names, stop
        self.dice = random.Random(seed)
        self.took = {"profile": [], "timeline": [], "signals": []}

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.is_set():
            # Mostly profiles: that is what services ask for.
            what = self.dice.choice(("profile",) * 8 + ("timeline", "signals"))
            path = f"/api/v1/profiles/{self.dice.choice(self.names)}"
            began = time.perf_counter()
            connection.request("GET", path if what == "profile" else f"{path}/{what}")
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                sys.exit(f"{path}: {answer.status}")
            self.took[what].append(1000 * (time.perf_counter() - began))
            time.sleep(0.002)


def known_customers(deployment, source):
    with open(source, encoding="utf-8") as rows:
        names = sorted({json.loads(row)["key"] for row in rows})
    last = names[-1]
    deployment.wait_for(lambda: deployment.ask(f"/api/v1/profiles/{last}")[0] == 200)
    return [name for name in names if deployment.ask(f"/api/v1/profiles/{name}")[0] == 200]


def made_within_3_ms(deployment, route):
    """The share of a route's answers, by the server's own histogram."""
    _, text = deployment.ask("/metrics")
    name = "waymark_http_request_duration_seconds"
    label = re.escape(f'route="{route}"')

    def value(suffix, more):
        found = re.search(rf"^{name}_{suffix}{{{label}{more}}} (\S+)$", text.decode(), re.M)
        return float(found.group(1))
    return value("bucket", ',le="0.003"') / value("count", "")


def print_times(clients, seconds, deployment):
    print("| asked | a second | p50 ms | p99 ms | greatest ms | made within 3 ms |\n"
          "|---|---|---|---|---|---|")
    for what in ("profile", "timeline", "signals"):
        took = sorted(ms for client in clients for ms in client.took[what])
        p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
        route = "/api/v1/profiles/{id}" + ("" if what == "profile" else f"/{what}")
        print(f"| {what} | {len(took) / seconds:,.0f} | {p50:.2f} | {p99:.2f} | {took[-1]:.1f} "
              f"| {made_within_3_ms(deployment, route):.2%} |")
        if what == "profile":
            met = p99 <= AIM_MS
    print(f"the aim of {AIM_MS} ms is {'met' if met else 'missed'}")


def measure(arguments, folder):
    history, live = folder / "history.jsonl", folder / "live.jsonl"
    with Deployment(arguments, folder) as deployment:
        a = arguments
        for path, count, seed in ((history, a.interactions, 7),
                                  (live, max(a.rate, 1) * (a.seconds + 30), 8)):
            deployment.call(a.binary, "generate", "--profiles", a.profiles, "--interactions",
                            count, "--seed", seed, "--bad", 0, "--output", path)
        deployment.call(*deployment.produce(history))
        names = known_customers(deployment, history)
        if a.rate > 0:
            deployment.start(*deployment.produce(live, "--rate", a.rate))
        time.sleep(5)
        stop = threading.Event()
        clients = [Client(deployment.port, names, seed, stop) for seed in range(a.clients)]
        for client in clients:
            client.start()
        time.sleep(a.seconds)
        stop.set()
        for client in clients:
            client.join()
        print(f"{len(names):,} customers, {a.interactions:,} interactions, then {a.rate:,} a "
              f"second; {a.clients} clients")
        print_times(clients, a.seconds, deployment)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / "build/release/waymark")
    parser.add_argument("--profiles", type=int, default=20_000)
    parser.add_argument("--interactions", type=int, default=600_000)
    parser.add_argument("--rate", type=int, default=5_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(arguments, pathlib.Path(folder))


main()
