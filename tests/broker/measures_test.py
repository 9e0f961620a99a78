"""The map over a real Kafka: whatever dies, its figures are those of a replay, and every instance
shows them as a whole."""

import json
import random
import shutil
import time

import harness
from cluster import Cluster, Feeder
from deployment import MODELS, Service, generate, replay, waymark
from harness import check, check_equal

MODEL = "six-stages"
END = "2025-01-01T00:00:00Z"  # of generated traffic


def drawn(source, *arguments):
    done = waymark("map", source, "--models", MODELS, "--model", MODEL, "--json", *arguments)
    return json.loads(done.stdout)


def asked(port, path):
    status, body = harness.http_get(f"http://127.0.0.1:{port}/api/v1/{path}")
    check_equal(status, 200, f"{path}: {body[:300]}")
    return json.loads(body)


def shown(port):
    """The map as an instance shows it, but for how often it changed there."""
    figures = asked(port, f"map?model={MODEL}")
    del figures["revision"]
    return figures


def difference(one, other, path=""):
    """Where two maps differ, for messages."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            found = difference(one.get(key), other.get(key), f"{path}.{key}")
            if found:
                return found
        return ""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (a, b) in enumerate(zip(one, other)):
            found = difference(a, b, f"{path}[{index}]")
            if found:
                return found
        return ""
    return "" if one == other else f"{path}: {str(one)[:300]} against {str(other)[:300]}"


def test_figures_outlive_kills_and_bare_disks(context):
    rng = random.Random(3)
    events = generate(context, interactions=30_000)
    service = Service(context, "map", partitions=4, settings={
        "kafka.transaction_timeout": "5s", "workers.count": 1,
        "measures.retention": "100y"}.items())
    cluster = Cluster(service, 2)
    cluster.start_all()
    feeder = Feeder(service, events, rate=2_500)
    for _ in range(3):
        time.sleep(rng.uniform(2, 4))
        index = rng.choice(cluster.running())
        cluster.kill(index)
        cluster.start(index)
        cluster.revive()
    feeder.finish()
    cluster.wait_ready()
    ports = [place["http__port"] for place in cluster.places]
    # Both have read what both have committed, and come to the same picture of it.
    harness.wait_until(lambda: shown(ports[0])["journeys"]["started"] > 500
                       and shown(ports[0]) == shown(ports[1]), 60, "one picture in both")
    cluster.stop_all()
    service.drain(timeout=120)
    out = context.path("out")
    replay(out, events)
    want = drawn(out)
    topics = f"kafka://{service.kafka.bootstrap}/{service.name}"
    check_equal(difference(drawn(topics), want), "", "after kills")
    shutil.rmtree(service.state)
    for place in cluster.places:
        shutil.rmtree(place["state__directory"])
    service.drain(timeout=120)
    check_equal(difference(drawn(topics), want), "", "after a restore of everything")


def test_days_are_kept_as_long_as_is_said(context):
    events = generate(context, interactions=4_000)
    service = Service(context, "days", partitions=2, settings={
        "measures.retention": "10d"}.items())
    service.produce(events)
    service.drain(now=END)
    source = f"kafka://{service.kafka.bootstrap}/{service.name}"
    kept = drawn(source)
    check_equal(kept["period"]["first"], "2024-12-22", f"ten days before the end: {kept['period']}")
    out = context.path("out")
    replay(out, events, now=END)
    same_days = drawn(out, "--from-day", kept["period"]["first"])
    check_equal(kept["journeys"]["started"], same_days["journeys"]["started"], "those days whole")


def test_a_deployment_goes_on_without(context):
    events = generate(context, interactions=3_000)
    service = Service(context, "without", partitions=2, settings={
        "measures.enabled": "false"}.items())
    service.produce(events)
    service.drain()
    service.settings["measures.enabled"] = "true"
    process = service.start()
    harness.wait_until(lambda: "was begun without measures" in process.output(), 30,
                       "it says why its map is empty")
    harness.wait_until(lambda: asked(service.port, "status")["ready"], 30, "ready")
    check_equal(asked(service.port, "status")["measures"]["enabled"], False, "told by its status")
    check_equal(shown(service.port)["journeys"]["started"], 0, "no figures")


def test_the_setting_of_the_first_start_holds(context):
    events = generate(context, interactions=2_000)
    service = Service(context, "held", partitions=2)
    service.produce(events)
    service.drain()
    refused = waymark("run", *service.options(measures__enabled="false"), "--drain", expect=2)
    check("this deployment keeps measures" in refused.stderr, refused.stderr)


def test_who_comes_from_before_needs_no_topic(context):
    """A version that knew no measures has neither their topic nor its marks say so."""
    service = Service(context, "before", partitions=0)
    waymark("topics", "create", "--brokers", service.kafka.bootstrap, "--prefix", service.name,
            "--input", *service.inputs, "--partitions", 2, "--set", "timeline.retention=100y",
            "--set", "measures.enabled=false")
    missing = waymark("run", *service.options(), "--drain", expect=2)
    check("missing topics: before.measures" in missing.stderr, missing.stderr)
    service.produce(generate(context, interactions=2_000))
    service.settings["measures.enabled"] = "false"
    service.drain()
    service.settings["measures.enabled"] = "true"
    service.drain()


if __name__ == "__main__":
    harness.main()
