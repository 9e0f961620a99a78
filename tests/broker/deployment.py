"""A deployment of the service, for the suites that drive it."""

import collections
import json
import re

import harness
from harness import ROOT, WAYMARK, check, check_equal

NOW = "2025-06-01T00:00:00Z"  # after all generated traffic
MODELS = ROOT / "config/models"


def waymark(*arguments, expect=0, timeout=120, env=None):
    done = harness.run([WAYMARK, *arguments], check=False, timeout=timeout, env=env)
    if done.returncode != expect:
        raise harness.Failure(f"exit code {done.returncode}, expected {expect}: "
                              f"{' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done


class Service:
    """One deployment of the service: its topics, its folder of state, its settings."""

    def __init__(self, context, name, inputs=("in",), models=MODELS, partitions=3, settings=()):
        self.context, self.name, self.models = context, name, models
        self.kafka = context.kafka()
        self.inputs = [f"{name}.{topic}" for topic in inputs]
        self.state = context.path(f"{name}-state")
        self.port = harness.free_port()
        self.settings = {
            "kafka.brokers": self.kafka.bootstrap, "kafka.input_topics": ",".join(self.inputs),
            "kafka.prefix": name, "kafka.group": name, "kafka.session_timeout": "6s",
            "kafka.transaction_timeout": "6s", "kafka.connect_timeout": "20s",
            "commit.interval": "50ms", "snapshot.interval": "1s", "state.flush_interval": "1s",
            "timeline.retention": "100y", "workers.count": 2, **dict(settings)}
        if partitions:
            self.create(partitions)

    def options(self, **changed):
        out = ["--models", self.models]
        every = {**self.settings, "state.directory": self.state, "http.port": self.port,
                 **{key.replace("__", "."): value for key, value in changed.items()}}
        for key, value in every.items():
            out += ["--set", f"{key}={value}"]
        return out

    def create(self, partitions):
        waymark("topics", "create", "--brokers", self.kafka.bootstrap, "--prefix", self.name,
                "--input", *self.inputs, "--partitions", partitions, "--set",
                "timeline.retention=100y")

    def produce_command(self, source, *arguments, topic=0):
        return ["produce", "--input", source, "--brokers", self.kafka.bootstrap, "--topic",
                self.inputs[topic], *arguments]

    def produce(self, source, *arguments, topic=0):
        waymark(*self.produce_command(source, *arguments, topic=topic))

    def start(self, log="run", env=None, **changed):
        process = self.context.process(log, [WAYMARK, "run", *self.options(**changed)], env=env)
        process.port = changed.get("http__port", self.port)
        return process

    def drain(self, now=NOW, timeout=90):
        done = waymark("run", *self.options(), "--drain", "--now", now, timeout=timeout)
        with open(self.context.path("drain.log"), "a", encoding="utf-8") as log:
            log.write(done.stderr + done.stdout)

    def check_same(self, replayed):
        """The topics say what the folder says, and nothing twice."""
        done = harness.run([WAYMARK, "diff", f"kafka://{self.kafka.bootstrap}/{self.name}",
                            replayed, "--json", "--most", "3"], check=False, timeout=120)
        check_equal(done.returncode, 0, f"diff of {self.name} and its replay: {done.stdout[:6000]}"
                                        f"{done.stderr[:2000]}\nexit code")
        doubled = re.findall(r'"doubled[^"]*": *(\d+)', done.stdout)
        check(doubled and set(doubled) == {"0"}, f"nothing doubled: {done.stdout[:3000]}")


def replay(output, *inputs, now=NOW, models=MODELS, arguments=()):
    return json.loads(waymark("replay", "--input", *inputs, "--output", output, "--models", models,
                              "--now", now, "--summary", "json", *arguments, timeout=300).stdout)


def metrics(process):
    return harness.http_get(f"http://127.0.0.1:{process.port}/metrics")[1]


def readiness(process):
    return harness.http_get(f"http://127.0.0.1:{process.port}/readyz")


def consumed(process):
    return harness.metric(metrics(process), "waymark_records_consumed_total") or 0


def wait_consumed(process, count, timeout=60):
    def reached():
        check(process.running, f"the service runs: {process.output()[-3000:]}")
        return consumed(process) >= count
    harness.wait_until(reached, timeout, f"{count} records taken; {process.output()[-1500:]}",
                       interval=0.03)


def generate(context, *arguments, name="events.jsonl", profiles=600, interactions=60_000, seed=11,
             late=0.1, bad=0.01):
    path = context.path(name)
    waymark("generate", "--profiles", profiles, "--interactions", interactions, "--seed", seed,
            "--late", late, "--duplicates", 0.03, "--bad", bad, "--output", path, *arguments)
    return path


def split(path, *shares):
    """The file cut into as many files, of these shares of its lines."""
    lines = path.read_bytes().splitlines(keepends=True)
    parts, begin = [], 0
    for index, share in enumerate(shares):
        end = len(lines) if index == len(shares) - 1 else begin + int(len(lines) * share)
        part = path.with_name(f"{path.stem}-{index}.jsonl")
        part.write_bytes(b"".join(lines[begin:end]))
        parts.append(part)
        begin = end
    return parts


def truth_of(path):
    """(steps, duplicates, {reason: dead letters})"""
    with open(path, encoding="utf-8") as text:
        rows = [json.loads(line) for line in text]
    outcomes = collections.Counter(row["outcome"] for row in rows)
    reasons = collections.Counter(row["reason"] for row in rows if row["outcome"] == "dead_letter")
    return outcomes["step"], outcomes["duplicate"], dict(reasons)
