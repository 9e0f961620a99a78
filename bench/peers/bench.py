"""The benchmark's ground: the broker, the input topics, the runs and their commands."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

from machine import Process, describe
from variants import FLINK_JAVA, KSTREAMS_JAVA, ROOT, VARIANTS

BUILD = ROOT / "build/peers"
BINARIES = ROOT / "build/release"
WAYMARK = BINARIES / "waymark"
TOOL = BINARIES / "bench/peers/peers_tool"
CEILINGS = BINARIES / "bench/peers/peers_ceilings"
KAFKA = ROOT / "deploy/dev/kafka"
PARTITIONS = 4
WORKERS = 2
# The broker stamps each batch, which is how rates are measured for all alike.
BROKER = ["log.message.timestamp.type=LogAppendTime", "log.retention.ms=-1",
          "log.segment.delete.delay.ms=1000"]


class Failure(Exception):
    """What is told to the user, without a trace."""


def call(command, log, timeout=1800):
    with open(log, "ab") as out:
        done = subprocess.run(list(map(str, command)), stdout=out, stderr=out, timeout=timeout,
                              check=False)
    if done.returncode != 0:
        raise Failure(f"failed: {' '.join(map(str, command))}\nsee {log}")


def first_line(command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=ROOT,
                          check=False)
    return (done.stdout.splitlines() or ["unknown"])[0]


class Bench:
    """A broker of its own, and a folder for all that is written."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.waymark = pathlib.Path(arguments.waymark).resolve()
        self.folder = pathlib.Path(arguments.directory).resolve()
        self.logs = self.folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        results = self.folder / "results"
        results.mkdir(exist_ok=True)
        self.results = results / time.strftime("%Y%m%d-%H%M%S.jsonl")
        self.calls = self.logs / "calls.log"
        self.kafka = self.folder / "kafka"
        self.names = {}  # of inputs, by their traffic
        self.inputs = {}  # what they hold, and what must come out
        self.number = 0
        self.sampled = None
        self.is_warm = False  # the broker

    def __enter__(self):
        for program in (self.waymark, TOOL, CEILINGS):
            if not program.exists():
                raise Failure(f"{program} is missing\nhint: bench/peers/peers.py build")
        call([KAFKA, "stop", "--dir", self.kafka], self.calls)
        shutil.rmtree(self.kafka, ignore_errors=True)
        for left in self.folder.glob("run-*"):
            shutil.rmtree(left)
        settings = [part for setting in BROKER for part in ("--set", setting)]
        call([KAFKA, "start", "--dir", self.kafka, "--port", "0", "--with-parent", os.getpid(),
              *settings], self.calls)
        self.brokers = (self.kafka / "bootstrap").read_text().strip()
        self.broker_pid = int((self.kafka / "pid").read_text())
        self.keep({"kind": "machine", "text": f"{time.strftime('%Y-%m-%d %H:%M')}: {describe()}; "
                                              f"{first_line([self.waymark, 'version'])}; commit "
                                              f"{first_line(['git', 'rev-parse', 'HEAD'])}"})
        return self

    def __exit__(self, *_):
        call([KAFKA, "stop", "--dir", self.kafka, "--kill"], self.calls)
        shutil.rmtree(self.kafka, ignore_errors=True)

    def tool_command(self, command, **options):
        return [str(TOOL), command, f"brokers={self.brokers}",
                *(f"{name}={value}" for name, value in options.items())]

    def tool(self, command, **options):
        """What it prints."""
        done = subprocess.run(self.tool_command(command, **options), capture_output=True,
                              text=True, timeout=1800, check=False)
        if done.returncode != 0:
            raise Failure(f"peers_tool {command} {options}: {done.stderr}")
        return done.stdout.strip()

    def ask(self, command, **options):
        return json.loads(self.tool(command, **options).splitlines()[-1])

    def topics(self, begin):
        return [name for name in self.tool("list").split() if name.startswith(begin)]

    def forget(self, begin):
        names = self.topics(begin)
        if names:
            self.tool("delete", topics=",".join(names))

    def topic_bytes(self, begin):
        """On the broker's disk."""
        logs = (self.kafka / "data").glob(f"{begin}*/*.log")
        return sum(log.stat().st_size for log in logs)

    def fill(self, **traffic):
        """An input topic with this traffic, made once; its name and what must come out."""
        key = json.dumps(traffic, sort_keys=True)
        name = self.names.get(key)
        if name not in self.inputs:
            self.number += 1
            self.names[key] = name = f"in-{self.number}"
            self.tool("create", topics=name)
            made = self.ask("generate", topic=name, **traffic)
            order = {"order": "time"} if traffic.get("disorder", 0) > 0 else {}
            self.inputs[name] = {**made, **self.ask("expect", topic=name, **order)}
            print(f"input {name}: {traffic} {self.inputs[name]}", flush=True)
        return name, self.inputs[name]

    def empty(self, name):
        """Drops an input topic that is no longer needed."""
        self.inputs.pop(name, None)
        self.forget(name)

    def empty_all(self):
        for name in list(self.inputs):
            self.empty(name)

    def keep(self, result):
        with open(self.results, "a", encoding="utf-8") as out:
            out.write(json.dumps(result) + "\n")


class Run:
    """One variant over one input: its names, its folder, its command."""

    def __init__(self, bench, name, source, more=None):
        bench.number += 1
        self.bench, self.variant_name, self.source = bench, name, source
        self.variant = VARIANTS[name]
        self.settings = {**self.variant.settings, **(more or {})}
        self.name = f"run-{bench.number}"
        self.steps = f"{self.name}.steps"
        self.states = f"{self.name}.journeys"
        self.folder = bench.folder / self.name
        self.state = self.folder / "state"
        self.state.mkdir(parents=True)
        self.unordered = False
        self.process = None

    def __enter__(self):
        self.make_topics()
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.abandon()
        self.bench.forget(self.name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_topics(self):
        if self.variant.system == "waymark":
            self.copy_models()
            call([self.bench.waymark, "topics", "create", "--partitions", PARTITIONS,
                  *self.waymark_settings()], self.bench.calls)
        elif self.variant.check != "none":
            topics = [self.steps] + ([self.states] if self.settings.get("states") else [])
            self.bench.tool("create", topics=",".join(topics), partitions=PARTITIONS)

    def copy_models(self):
        models = self.folder / "models"
        models.mkdir()
        for path in self.variant.models:
            shutil.copy(path, models)

    def start(self, drain=True, **more):
        """With drain it ends when the input of now is used up."""
        log = self.bench.logs / f"{self.name}-{self.variant_name}.log"
        self.process = Process(self.command(drain, **more), log, self.state)
        return self.process

    def command(self, drain, **more):
        make = {"waymark": self.waymark_command, "kstreams": self.kstreams_command,
                "flink": self.flink_command, "ceiling": self.ceiling_command}
        return make[self.variant.system](drain, **more)

    def waymark_settings(self):
        settings = {"kafka.brokers": self.bench.brokers, "kafka.input_topics": self.source,
                    "kafka.prefix": self.name, "kafka.group": self.name,
                    "kafka.transactional_id_prefix": self.name, "workers.count": WORKERS,
                    "state.directory": self.state, "http.port": 0, **self.settings}
        return [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]

    def waymark_command(self, drain):
        return [self.bench.waymark, "run", *(["--drain"] if drain else []), "--models",
                self.folder / "models", *self.waymark_settings()]

    def java_command(self, options, module, main, settings):
        given = {"brokers": self.bench.brokers, "app": self.name, "in": self.source,
                 "out": self.steps, "dir": self.state, "threads": WORKERS, **settings,
                 **self.settings}
        jars = BUILD / "java" / module
        return ["java", *options, *(f"-Dpeers.{name}={value}" for name, value in given.items()),
                "-cp", f"{jars}/*:{jars}/lib/*", f"waymark.peers.{main}"]

    def expected(self, drain):
        return self.bench.inputs[self.source]["interactions"] if drain else 0

    def kstreams_command(self, drain):
        return self.java_command(KSTREAMS_JAVA, "kstreams", "KStreamsJob",
                                 {"expect": self.expected(drain)})

    def flink_command(self, drain, recover=""):
        # Checkpoints stand for storage that outlives the machine.
        return self.java_command(FLINK_JAVA, "flink", "FlinkJob", {
            "expect": self.expected(drain), "checkpoints": self.state / "checkpoints",
            **({"recover": recover} if recover else {})})

    def ceiling_command(self, _):
        settings = dict(self.settings)
        mode, with_states = settings.pop("mode"), settings.pop("states", 0)
        if mode == "pass":
            sample = self.bench.sampled
            settings |= {"out": self.steps, "group": self.name, "tails": sample["tails"]}
            if with_states:
                settings |= {"states": sample["states"], "state_topic": self.states,
                             "state_share": sample["share"]}
        return [CEILINGS, mode, f"brokers={self.bench.brokers}", f"in={self.source}",
                *(f"{name}={value}" for name, value in settings.items())]

    def check_settings(self):
        """Fails with Waymark's own words where it does not know a setting."""
        if self.variant.system != "waymark":
            return
        done = subprocess.run(
            list(map(str, [self.bench.waymark, "check", "--models", self.folder / "models",
                           *self.waymark_settings()])), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            faults = re.sub(r"\n+", "\n  ", (done.stdout + done.stderr).strip())
            raise Failure(f"waymark refuses the variant {self.variant_name}:\n  {faults}\n"
                          f"hint: build a waymark that knows it, or leave it out by --only")


def check_variants(bench, names):
    """Before anything is measured: does this build of Waymark know what is asked of it?"""
    for name in names:
        if VARIANTS[name].system == "waymark":
            run = Run(bench, name, "none")
            run.copy_models()
            try:
                run.check_settings()
            finally:
                shutil.rmtree(run.folder)
