"""A day of those who operate Waymark, told to them by the dashboards and alerts they have.

The rules are those of deploy/prometheus with a minute become a second, the queries those of the
dashboards in deploy/grafana. At each point they must say what is true, and nothing else.
"""

import json
import re
import signal
import subprocess
import threading
import time

import harness
from cluster import EXIT_KAFKA, Feeder, open_transactions
from deployment import Service, consumed, generate, readiness, replay
from harness import ROOT, check, check_equal
from prometheus import Prometheus

JOB = "waymark"
EXIT_STORE = 4
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
SCALE = 60  # as many times faster
LAG_SECONDS = 4  # what is much on such a day
BUDGETS = {"WaymarkLatency", "WaymarkDeadLetters"}


def faster(text):
    """Rules whose durations are SCALE times as short, and that call less a great lag."""
    def shorter(match):
        seconds = int(match.group(2)) * UNITS[match.group(3)]
        return f"{match.group(1)}{max(round(seconds / SCALE), 1)}s{match.group(4)}"
    text = re.sub(r"(\[)(\d+)([smhdw])(\])", shorter, text)
    text = re.sub(r"(\b(?:for|interval): )(\d+)([smhdw])()\b", shorter, text)
    text = re.sub(r"(\boffset )(\d+)([smhdw])()\b", shorter, text)
    return re.sub(r"(consumer_lag_seconds:max > )\d+", rf"\g<1>{LAG_SECONDS}", text)


def rules():
    """All groups in one file."""
    texts = [(ROOT / f"deploy/prometheus/{name}.rules.yaml").read_text(encoding="utf-8")
             for name in ("recording", "alerts")]
    return "groups:\n" + "".join(faster(text).partition("groups:\n")[2] for text in texts)


class Watch:
    """What who watches sees: the alerts that fire, and the panels of the dashboards."""

    def __init__(self, prometheus):
        self.prometheus = prometheus
        self.boards = [json.loads(path.read_text(encoding="utf-8"))
                       for path in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json"))]

    def firing(self):
        found = self.prometheus.instant('ALERTS{alertstate="firing"}')
        return {labels["alertname"] for labels, _ in found}

    def disturbing(self):
        """Without the tickets of error budgets, which remember for hours what was."""
        found = self.prometheus.instant('ALERTS{alertstate="firing"}')
        return {labels["alertname"] for labels, _ in found
                if not (labels["severity"] == "ticket" and labels["alertname"] in BUDGETS)}

    def panel(self, title):
        """The first number of a panel; None where it shows none."""
        panel = next(p for board in self.boards for p in board["panels"] if p["title"] == title)
        query = panel["targets"][0]["expr"]
        for variable, value in (("$__rate_interval", "5s"), ("$job", JOB), ("$instance", ".*")):
            query = query.replace(variable, value)
        found = self.prometheus.instant(query)
        return found[0][1][0][1] if found and found[0][1] else None

    def wait_for(self, alert, timeout=60):
        self._wait(lambda: alert in self.firing(), timeout, alert)

    def wait_quiet(self, timeout=60):
        self._wait(lambda: not self.disturbing(), timeout, "quiet")

    def wait_shown(self, title, holds, timeout=30):
        def shown():
            value = self.panel(title)
            return value is not None and holds(value)
        self._wait(shown, timeout, f"panel {title!r}")

    def _wait(self, predicate, timeout, what):
        try:
            harness.wait_until(predicate, timeout, what, interval=0.3)
        except harness.Failure as failure:
            raise harness.Failure(f"{failure}; firing: {self.firing()}") from None


class WeakMachine:
    """Gives a process a part of its time, so that a small load is more than it can do."""

    RUNS, RESTS = 0.03, 0.47  # seconds

    def __init__(self, process):
        self.process = process
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._go_on, daemon=True)
        self.thread.start()

    def _go_on(self):
        while self.process.running and not self.ended.is_set():
            self.process.send(signal.SIGSTOP)
            time.sleep(self.RESTS)
            self.process.send(signal.SIGCONT)
            time.sleep(self.RUNS)

    def end(self):
        self.ended.set()
        self.thread.join()


class Deployment:
    """Two places for an instance, each with a name in the group and a disk of its own."""

    def __init__(self, context, service):
        self.context, self.service = context, service
        self.ports = [harness.free_port(), harness.free_port()]
        self.disks = [context.path("disk-a"), context.path("disk-b")]
        self.processes = [None, None]
        self.starts = 0

    def supervise(self):
        """As systemd and Kubernetes do: who ended because Kafka refused it comes back."""
        def look():
            while True:
                for index, process in enumerate(self.processes):
                    if process is not None and process.returncode == EXIT_KAFKA:
                        self.start(index)
                time.sleep(0.2)
        threading.Thread(target=look, daemon=True).start()

    def start(self, index):
        self.starts += 1
        self.processes[index] = self.service.start(
            f"run-{'ab'[index]}-{self.starts}", state__directory=self.disks[index],
            http__port=self.ports[index], kafka__instance_id=f"waymark-{index}")

    def wait_ready(self, index, timeout=60):
        process = self.processes[index]
        harness.wait_until(lambda: readiness(process)[0] == 200, timeout,
                           f"ready: {process.output()[-2000:]}")

    def consumed(self):
        return sum(consumed(p) for p in self.processes if p is not None and p.running)


def capacity(deployment, service, events):
    """Interactions a second that one instance takes of a backlog."""
    service.produce(events)
    total = events.read_bytes().count(b"\n")
    harness.wait_until(lambda: deployment.consumed() > 0, 30, "it begins")
    begun, before = time.monotonic(), deployment.consumed()
    harness.wait_until(lambda: deployment.consumed() >= total, 60, "the backlog is taken")
    return (total - before) / (time.monotonic() - begun)


def test_the_day(context):
    service = Service(context, "day", partitions=4, settings={"workers.count": 1})
    deployment = Deployment(context, service)
    for disk in deployment.disks:
        disk.mkdir()
    size = ["-t", "tmpfs", "-o", "size=96m", "tmpfs"]
    mounted = subprocess.run(["mount", *size, deployment.disks[0]], check=False,
                             capture_output=True)
    try:
        run_day(context, service, deployment, mounted.returncode == 0)
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "--lazy", deployment.disks[0]], check=True)


def run_day(context, service, deployment, has_own_disk):
    a, b = 0, 1
    morning = generate(context, name="morning.jsonl", profiles=200, interactions=20_000, seed=1,
                       bad=0)
    deployment.start(a)
    deployment.supervise()
    watch = Watch(Prometheus(context, JOB, deployment.ports[:1], rules()))
    deployment.wait_ready(a)
    weak = WeakMachine(deployment.processes[a])
    rate = capacity(deployment, service, morning)
    watch.wait_quiet(timeout=90)
    watch.wait_shown("Instances down", lambda shown: shown == 0)
    watch.wait_shown("Not ready", lambda shown: shown == 0)
    day = generate(context, name="day.jsonl", profiles=500, interactions=int(rate * 90), seed=2,
                   bad=0)
    feeder = Feeder(service, day, int(rate * 1.5))
    scale_to_two(watch, deployment, weak, rate)
    kill_one(watch, deployment, b)
    check_equal(feeder.finish(180), None, "the day's traffic")
    restart_broker(watch, service)
    garbage = flood(context, watch, service, deployment)
    inputs = [morning, day, garbage]
    if has_own_disk:
        inputs.append(fill_disk(context, watch, service, deployment, a))
    inputs.append(upgrade(context, watch, service, deployment))
    for process in deployment.processes:
        check_equal(process.stop(), 0, process.output()[-2000:])
    service.drain(timeout=180)
    replay(context.path("out"), *inputs)
    service.check_same(context.path("out"))
    check_equal(open_transactions(service), [], "open transactions")


def scale_to_two(watch, deployment, weak, rate):
    tell(f"one does {rate:.0f} a second; more comes")
    watch.wait_for("WaymarkLagHigh", timeout=90)
    watch.wait_shown("Worst lag", lambda shown: shown > LAG_SECONDS)
    tell("a second instance")
    watch.prometheus.scrape(deployment.ports)
    deployment.start(1)
    deployment.wait_ready(1)
    other = WeakMachine(deployment.processes[1])
    watch.wait_shown("Worst lag", lambda shown: shown < LAG_SECONDS, timeout=120)
    weak.end()
    other.end()
    watch.wait_quiet(timeout=90)


def kill_one(watch, deployment, index):
    tell("one is killed")
    deployment.processes[index].kill()
    watch.wait_for("WaymarkInstanceDown")
    check("WaymarkDown" not in watch.firing(), "one still answers")
    check_equal(watch.panel("Instances down"), 1, "panel")
    deployment.start(index)
    deployment.wait_ready(index)
    watch.wait_shown("Instances down", lambda shown: shown == 0)
    watch.wait_quiet(timeout=90)


def restart_broker(watch, service):
    tell("the broker restarts")
    service.kafka.stop()
    watch.wait_shown("Not ready", lambda shown: shown == 2, timeout=60)
    watch.wait_for("WaymarkNotReady", timeout=60)
    service.kafka.start()
    watch.wait_shown("Not ready", lambda shown: shown == 0, timeout=90)
    watch.wait_quiet(timeout=90)


def flood(context, watch, service, deployment):
    tell("a producer floods garbage")
    garbage = context.path("garbage.jsonl")
    garbage.write_text("".join(f"garbage {i}\n" for i in range(3000)), encoding="utf-8")
    service.produce(garbage, "--rate", 400)
    watch.wait_for("WaymarkDeadLetters")
    lines = sum(p.output().count("is a dead letter: unparsable") for p in deployment.processes)
    check(1 <= lines <= 10, f"some lines of the log tell of it, not thousands: {lines}")
    watch.wait_quiet(timeout=150)
    return garbage


def fill_disk(context, watch, service, deployment, index):
    tell("a disk fills")
    check_equal(len(watch.prometheus.instant("waymark_state_disk_free_bytes")), 2, "both tell")
    ballast = deployment.disks[index] / "ballast"
    subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=4k"], check=False,
                   capture_output=True)
    watch.wait_for("WaymarkDiskFilling", timeout=60)
    evening = generate(context, name="evening.jsonl", profiles=500, interactions=4000, seed=3,
                       bad=0)
    service.produce(evening)
    process = deployment.processes[index]
    check_equal(process.wait(90), EXIT_STORE, process.output()[-2000:])
    watch.wait_for("WaymarkInstanceDown")
    ballast.unlink()
    deployment.start(index)
    deployment.wait_ready(index)
    watch.wait_quiet(timeout=120)
    return evening


def upgrade(context, watch, service, deployment):
    tell("an upgrade, one after the other")
    night = generate(context, name="night.jsonl", profiles=300, interactions=20_000, seed=4, bad=0)
    feeder = Feeder(service, night, 2000)
    for index, process in enumerate(list(deployment.processes)):
        check_equal(process.stop(), 0, "a stop in good order")
        deployment.start(index)
        deployment.wait_ready(index)
    check_equal(feeder.finish(120), None, "the night's traffic")
    check("WaymarkDown" not in watch.firing(), watch.firing())
    watch.wait_shown("Worst lag", lambda shown: shown < 1, timeout=60)
    watch.wait_quiet(timeout=90)
    return night


def tell(what):
    print(f"         {what}", flush=True)


if __name__ == "__main__":
    harness.main()
