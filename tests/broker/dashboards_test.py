"""Every query of the dashboards, against a real Prometheus that scrapes a service under load.

Two instances over a real Kafka take traffic with late, doubled and bad records; meanwhile one is
stopped, its state is damaged, and it comes back; settings are read again. What a healthy day does
not show (EMPTY) has to be empty, so that the list stays true.
"""

import datetime
import math
import os
import pathlib
import re
import signal
import sys
import time

import harness
from cluster import Cluster, Feeder
from deployment import Service, consumed, generate, metrics, readiness
from harness import check, check_equal
from prometheus import SCRAPE_SECONDS, Prometheus

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "deploy"))

import boards  # noqa: E402

JOB = "waymark"
RECORDS, PROFILES, RATE = 24_000, 600, 2000
# Panels whose series appear only with a fault that no test of a minute brings about.
EMPTY = {
    "Failed deliveries": "the broker takes every record",
}
# An alert that always fires, for the panels that show alerts.
RULES = """
groups:
  - name: drill
    rules:
      - alert: WaymarkDrill
        expr: up == 1
        labels: {severity: none}
"""


class Day:
    """What happened, as Prometheus saw it."""

    def __init__(self, prometheus, begin, end):
        self.prometheus, self.begin, self.end = prometheus, begin, end

    def expand(self, text):
        """As Grafana fills in its variables, with everything chosen."""
        values = {"job": JOB, "instance": ".*", "model": ".*",
                  "__range": f"{int(self.end - self.begin)}s",
                  "__rate_interval": f"{4 * SCRAPE_SECONDS}s"}
        return re.sub(r"\$(\w+)", lambda name: values[name.group(1)], text)

    def ask(self, query):
        """[(labels, numbers)] of the series that have any."""
        text = self.expand(query.text)
        found = (self.prometheus.instant(text, self.end) if query.instant
                 else self.prometheus.range(text, self.begin, self.end))
        return [(labels, [value for _, value in samples]) for labels, samples in found if samples]

    def latest(self, board, title):
        """What a panel of one number shows at the end."""
        panel = next(panel for panel in boards.panels(board) if panel["title"] == title)
        series = self.ask(boards.queries_of_panel(board, panel)[0])
        return series[0][1][-1] if len(series) == 1 else math.nan


def traffic(context):
    """A year of it that ends at about this moment."""
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=365)
    return generate(context, "--start", start.strftime("%Y-%m-%dT%H:%M:%SZ"), "--span", "364d",
                    interactions=RECORDS, profiles=PROFILES)


def stop_damage_and_restart(cluster):
    """Of the second instance: a rebalance, a rebuild from the topics, another rebalance."""
    cluster.leave(1)
    table = max((pathlib.Path(cluster.places[1]["state__directory"])).glob("*.sst"),
                key=lambda file: file.stat().st_size)
    os.truncate(table, table.stat().st_size // 2)
    cluster.start(1)
    cluster.wait_ready()


def live_through(context):
    events = traffic(context)
    service = Service(context, "boards", partitions=4, settings={
        "workers.count": 1, "standby.partitions_max": 4, "kafka.instance_id": ""})
    cluster = Cluster(service, 2)
    ports = [place["http__port"] for place in cluster.places]
    prometheus = Prometheus(context, JOB, ports, RULES)
    begin = time.time()
    cluster.start_all()
    cluster.wait_ready()
    feeder = Feeder(service, events, RATE)
    harness.wait_until(lambda: consumed(cluster.processes[1]) > RECORDS / 10, 30, "both work")
    time.sleep(2)  # so that its state is on disk
    stop_damage_and_restart(cluster)
    first = cluster.processes[0]
    first.send(signal.SIGHUP)
    harness.wait_until(lambda: harness.metric(metrics(first), "waymark_config_reloads_total",
                                              result="success") == 1, 20, "settings read again")
    feeder.finish()
    harness.wait_until(lambda: all(used_up(process) for process in cluster.processes), 30,
                       "the input is used up")
    time.sleep(3 * SCRAPE_SECONDS)
    check_equal([readiness(process)[0] for process in cluster.processes], [200, 200], "ready")
    end = time.time()
    cluster.stop_all()
    return Day(prometheus, begin, end)


def used_up(process):
    return harness.metric(metrics(process), "waymark_consumer_lag_seconds") == 0


def complaints_about_panels(day):
    """What is wrong with the answers, and the panels that have none."""
    wrong, empty = [], set()
    for board in boards.read().values():
        for panel in boards.panels(board):
            answers = [(query, day.ask(query)) for query in boards.queries_of_panel(board, panel)]
            if any(series for _, series in answers):
                wrong += [text for query, series in answers
                          for text in complaints_about_answer(day, query, series)]
                wrong += complaints_about_legends(panel, answers)
            else:
                empty.add(panel["title"])
    return wrong, empty


def complaints_about_answer(day, query, series):
    if not series:
        return [f"no data: {query.where}: {day.expand(query.text)}"]
    carried = {label for labels, _ in series for label in labels}
    missing = set(boards.LEGEND_LABEL.findall(query.legend)) - carried
    return [f"{query.where}: no series has the label {label}" for label in missing]


def complaints_about_legends(panel, answers):
    """Each series of a panel has a name of its own; tables have columns for that."""
    if panel["type"] == "table":
        return []
    names = [boards.LEGEND_LABEL.sub(lambda label: labels.get(label.group(1), ""), query.legend)
             for query, series in answers for labels, _ in series]
    return [f"{panel['title']}: more than one series is called '{name}'"
            for name in sorted(set(names)) if names.count(name) > 1]


def complaints_about_numbers(day, board, expected):
    """Of {title: (lowest, highest)}: what the first numbers of a board show at the end."""
    shown = {title: day.latest(board, title) for title in expected}
    return [f"{title}: {shown[title]}, expected {low} to {high}"
            for title, (low, high) in expected.items() if not low <= shown[title] <= high]


NUMBERS = {
    "operations.json": {
        "Instances down": (0, 0), "Not ready": (0, 0), "Worst lag": (0, 0),
        "Alerts firing": (2, 2), "Watermarks stuck": (0, 0), "Partitions restoring": (0, 0),
        "Time to restore": (0, 0), "Fatal errors": (0, 0)},
    "state.json": {
        "Customers": (PROFILES * 0.9, PROFILES), "State on disk": (10_000, 1e9),
        "Held back": (0, 1), "Most memory": (1e7, 4e9), "Open files": (0.00001, 0.5)},
    "journeys.json": {
        "Open journeys": (1, 10 * PROFILES), "Conversion": (0.01, 1), "Abandoned": (0.001, 1),
        "Switched": (0.0001, 1), "Satisfaction": (1, 5), "Net promoter score": (-100, 100),
        "Took too long": (0.001, 1), "Signals taken back": (0.0001, 1)},
}


def test_every_query_finds_something(context):
    day = live_through(context)
    found = boards.read()
    wrong, empty = complaints_about_panels(day)
    for board in found.values():
        for query in boards.queries_beside(board):
            wrong += complaints_about_answer(day, query, day.ask(query))
    for name, expected in NUMBERS.items():
        wrong += complaints_about_numbers(day, found[name], expected)
    ends = [day.latest(found["journeys.json"], title)
            for title in ("Conversion", "Abandoned", "Switched")]
    if not abs(sum(ends) - 1) < 0.001:
        wrong.append(f"not all ends are told: {ends}")
    wrong += [f"{title}: no data at all" for title in empty - EMPTY.keys()]
    wrong += [f"{title}: has data, though {EMPTY[title]}" for title in EMPTY.keys() - empty]
    check(not wrong, "\n         ".join(wrong))


if __name__ == "__main__":
    harness.main()
