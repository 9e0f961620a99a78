"""A Kafka and processes of one deployment, for what is measured of their dying and coming back."""

import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    def __init__(self, command, log, port):
        self.port, self.log = port, log
        self.popen = subprocess.Popen(list(map(str, command)), stdout=open(log, "wb"),
                                      stderr=subprocess.STDOUT)

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def ready(self):
        return self.get("/readyz")[0] == 200

    def series(self, name):
        found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", self.get("/metrics")[1], re.M)
        return list(map(float, found))

    def metric(self, name):
        """The sum over all series."""
        return sum(self.series(name))

    def largest(self, name):
        return max(self.series(name), default=0)

    def wait(self, what, condition, seconds=600):
        until = time.monotonic() + seconds
        while not condition():
            if self.popen.poll() is not None:
                raise SystemExit(f"ended while waiting for {what}: see {self.log}")
            if time.monotonic() > until:
                raise SystemExit(f"no {what} within {seconds} s: see {self.log}")
            time.sleep(0.01)


class Deployment:
    """One Kafka, one deployment of the service on it; used as a context."""

    def __init__(self, binary, folder, partitions, settings):
        self.binary, self.folder, self.partitions = binary, folder, partitions
        self.settings = dict(settings)
        self.processes = []

    def __enter__(self):
        self.script = ROOT / "deploy/dev/kafka"
        self.kafka = self.folder / "kafka"
        self.call([self.script, "start", "--dir", self.kafka, "--port", "0", "--with-parent",
                   os.getpid(), "--set", "group.initial.rebalance.delay.ms=0"])
        bootstrap = (self.kafka / "bootstrap").read_text().strip()
        self.settings.update({"kafka.brokers": bootstrap, "kafka.input_topics": "bench.input",
                              "kafka.prefix": "bench", "kafka.group": "bench"})
        self.call([self.binary, "topics", "create", "--partitions", self.partitions,
                   *self.options({"timeline.retention": "100y"})])
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.popen.kill()
            process.popen.wait()
        subprocess.run([self.script, "stop", "--dir", self.kafka], check=False,
                       stdout=subprocess.DEVNULL)

    def options(self, more=()):
        out = []
        for key, value in {**self.settings, **dict(more)}.items():
            out += ["--set", f"{key}={value}"]
        return out

    def call(self, command):
        with open(self.folder / "calls.log", "ab") as log:
            status = subprocess.call(list(map(str, command)), stdout=log, stderr=log)
        if status != 0:
            raise SystemExit(f"failed: {' '.join(map(str, command))}: see {self.folder}/calls.log")

    def generate(self, profiles, interactions, seed=7):
        path = self.folder / f"in-{seed}.jsonl"
        self.call([self.binary, "generate", "--profiles", profiles, "--interactions", interactions,
                   "--seed", seed, "--output", path])
        return path

    def produce(self, source, *arguments):
        return [self.binary, "produce", "--input", source, "--topic", "bench.input", *arguments,
                *self.options()]

    def run(self, name, more=(), drain=False):
        port = free_port()
        own = {"http.port": port, "state.directory": self.folder / f"state-{name}", **dict(more),
               "timeline.retention": "100y"}
        process = Process([self.binary, "run", "--models", ROOT / "config/models",
                           *(["--drain"] if drain else []), *self.options(own)],
                          self.folder / f"run-{name}-{len(self.processes)}.log", port)
        self.processes.append(process)
        return process

    def topic_bytes(self, topic):
        """On the broker's disk."""
        logs = self.kafka.glob(f"**/{topic}-[0-9]*/*.log")
        return sum(log.stat().st_size for log in logs)

    def removals(self):
        """When the broker noticed that a member was gone: seconds since the epoch."""
        text = (self.kafka / "kafka.log").read_text(errors="replace")
        found = re.findall(r"^(\S+?)\.(\d+) .* has failed, removing it from the group", text, re.M)
        today = time.strftime("%Y-%m-%d ")
        return [time.mktime(time.strptime(today + at, "%Y-%m-%d %H:%M:%S")) + int(ms) / 1000
                for at, ms in found]


def megabytes(count):
    return f"{count / 1e6:,.0f} MB"

