"""The models topic over a real Kafka: publishing, who sees what, and what is refused."""

import json
import shutil
import signal
import subprocess
from datetime import datetime, timezone

import harness
from cluster import Cluster, Feeder
from deployment import MODELS, Service, generate, metrics, readiness, replay, split, waymark
from harness import WAYMARK, check, check_equal

MODEL = """\
family: {family}
model: {model}
version: {version}
{head}scope: {{segment: {model}}}
stages:
  - {{name: look, enter: {{action: {action}}}}}
  - {{name: buy, enter: {{action: order}}}}
"""


NEXT = "effective_from: 2025-01-01\n"


def write_model(folder, model, version=1, action="view", family="purchase", head="", name=None):
    folder.mkdir(exist_ok=True)
    file = folder / (name or f"{model}-{version}.yaml")
    file.write_text(MODEL.format(family=family, model=model, version=version, action=action,
                                 head=head))
    return file


def where(service):
    return ("--brokers", service.kafka.bootstrap, "--prefix", service.name)


def publish(service, *paths, expect=0, arguments=()):
    done = waymark("model", "publish", *paths, *where(service), "--json", *arguments,
                   expect=expect)
    return json.loads(done.stdout)


def outcomes(published):
    return {f"{m['model']}/{m['version']}": m["outcome"] for m in published["models"]}


def listed(service):
    found = json.loads(waymark("model", "list", *where(service), "--json").stdout)
    return [f"{m['family']}/{m['model']}/{m['version']}" for m in found]


def loaded(process):
    """FAMILY/MODEL/VERSION of what the process works with."""
    out = set()
    for line in metrics(process).splitlines():
        if not line.startswith("waymark_models_loaded{"):
            continue
        labels = dict(pair.split("=") for pair in line[line.index("{") + 1:line.index("}")]
                      .replace('"', "").split(","))
        out.add(f"{labels['family']}/{labels['model']}/{labels['version']}")
    return out


def wait_ready(process):
    def ready():
        check(process.running, f"the service runs: {process.output()[-3000:]}")
        return readiness(process)[0] == 200
    harness.wait_until(ready, 60, "the service is ready")
    return process


def refused(process, *texts):
    check_equal(process.wait(40), 2, f"exit code: {process.output()[-2000:]}")
    for text in texts:
        check(text in process.output(), f"{text!r} is said: {process.output()[-2000:]}")


def test_publish_list_and_show(context):
    service = Service(context, "shown")
    files = context.path("models")
    write_model(files, "retail")
    planned = publish(service, files, arguments=["--dry-run"])
    check_equal(outcomes(planned), {"retail/1": "new"}, "what a dry run says")
    check_equal(listed(service), [], "a dry run writes nothing")
    check_equal(outcomes(publish(service, files)), {"retail/1": "new"}, "first")
    special = files / "special.yaml"
    special.write_text("model: special\nextends: retail\nscope: {segment: s}\n")
    check_equal(outcomes(publish(service, files)), {"retail/1": "unchanged", "special/1": "new"},
                "second")
    shown = waymark("model", "show", "purchase/special/1", *where(service)).stdout
    check("extends" not in shown and "name: buy" in shown, f"it stands for itself: {shown}")
    alone = context.path("alone")
    alone.mkdir()
    (alone / "special.yaml").write_text(shown)
    check_equal(outcomes(publish(service, alone)), {"special/1": "unchanged"}, "what was shown")
    text = waymark("model", "list", *where(service)).stdout
    check("special" in text and "waymark " in text, f"who published: {text}")
    missing = waymark("model", "show", "purchase/nothing/1", *where(service), expect=1).stderr
    check("waymark model list" in missing, missing)
    nowhere = waymark("model", "list", "--brokers", service.kafka.bootstrap, "--prefix", "nowhere",
                      expect=2).stderr
    check("nowhere.models" in nowhere and "topics create" in nowhere, nowhere)


def test_what_is_refused_changes_nothing(context):
    service = Service(context, "refusing")
    files = context.path("models")
    write_model(files, "retail")
    publish(service, files)
    write_model(files, "retail", action="read")
    write_model(files, "other")
    found = publish(service, files, expect=2)
    check_equal(outcomes(found), {"retail/1": "refused", "other/1": "held back"}, "outcomes")
    fault = found["faults"][0]
    check("stages.look.enter.action" in fault["message"] and "version" in fault["hint"]
          and fault["line"] == 2, f"what differs, and where: {fault}")
    rival = context.path("rival")
    write_model(rival, "rival", name="rival.yaml")
    text = (rival / "rival.yaml").read_text().replace("segment: rival", "segment: retail")
    (rival / "rival.yaml").write_text(text)
    said = waymark("model", "publish", rival, *where(service), expect=2)
    check("same scope and priority" in said.stderr and "nothing was published" in said.stderr,
          f"checked against what is in the topic: {said.stderr}")
    (rival / "rival.yaml").write_text("family: [\n")
    publish(service, rival, expect=2)
    check_equal(listed(service), ["purchase/retail/1"], "what is published")


def test_publishers_at_once(context):
    """Of those who say different things of one version one wins; nobody's other models are lost."""
    service = Service(context, "racing")
    racers = []
    for number in range(6):
        files = context.path(f"models-{number}")
        write_model(files, "retail", action="view" if number % 2 else "read")
        write_model(files, f"own-{number}")
        racers.append(subprocess.Popen(
            [WAYMARK, "model", "publish", files, *where(service)], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True))
    said = [racer.communicate(timeout=60)[0] for racer in racers]
    codes = [racer.returncode for racer in racers]
    check(codes in ([0, 2] * 3, [2, 0] * 3), f"one content wins: {codes} {said}")
    winners = [number for number, code in enumerate(codes) if code == 0]
    expected = sorted(["purchase/retail/1"] + [f"purchase/own-{n}/1" for n in winners])
    check_equal(sorted(listed(service)), expected, "all of the winners, nothing of the others")


def noted(process):
    code, body = harness.http_get(
        f"http://127.0.0.1:{process.port}/api/v1/interventions?model=retail")
    check_equal(code, 200, body)
    return [one["id"] for one in json.loads(body)["interventions"]]


def test_interventions_belong_to_files_not_to_versions(context):
    service = Service(context, "interventions")
    service.models = context.path("models")

    def note(*lines):
        file = write_model(service.models, "retail")
        file.write_text(file.read_text() + "interventions:\n" + "".join(
            f"  - {{id: {line}, aim: care, what: Done, at: 2024-04-01, where: {{stage: look}}}}\n"
            for line in lines))
    note("first")
    process = wait_ready(service.start())
    check_equal(noted(process), ["first"], "of its files")
    shown = waymark("model", "show", "purchase/retail/1", *where(service)).stdout
    check("look" in shown and "interventions" not in shown, shown)
    note("first", "second")
    process.send(signal.SIGHUP)
    harness.wait_until(lambda: noted(process) == ["second", "first"], 20, "read again")
    note("first", "first")
    process.send(signal.SIGHUP)
    harness.wait_until(lambda: "intervention 'first' stands twice" in process.output(), 20, "fault")
    check_equal(noted(process), ["second", "first"], "those before stay")
    check_equal(harness.metric(metrics(process), "waymark_config_reloads_total",
                               result="failure"), 1, "told to who watches")
    check_equal(process.stop(), 0, "stopped in good order")
    note("third")
    process = wait_ready(service.start("again"))
    check_equal(noted(process), ["third"], "no new version was needed")
    check_equal(process.stop(), 0, "stopped in good order")


def test_run_publishes_its_files_and_works_with_all(context):
    service = Service(context, "sharing", settings={"workers.count": 1}.items())
    first, second = context.path("first"), context.path("second")
    write_model(first, "retail")
    write_model(second, "care", family="care")
    service.models = first
    one = wait_ready(service.start("one", kafka__instance_id="one"))
    check_equal(loaded(one), {"purchase/retail/1"}, "its own")
    service.models = second
    two = wait_ready(service.start("two", kafka__instance_id="two",
                                   state__directory=context.path("state-two"),
                                   http__port=harness.free_port()))
    both = {"purchase/retail/1", "care/care/1"}
    check_equal(loaded(two), both, "what others published, too")
    harness.wait_until(lambda: harness.metric(metrics(one), "waymark_models_followed_total") == 1,
                       10, "the first sees what came")
    wait_ready(one)  # Its group has had a member more.
    check_equal([one.stop(), two.stop()], [0, 0], "stopped in good order")
    # The same version with another content.
    write_model(first, "retail", action="read")
    service.models = first
    refused(service.start("other"), "was published with another content", "raise 'version'")
    check_equal(listed(service), ["purchase/retail/1", "care/care/1"], "nothing changed")
    # A bare machine that has but a newer file.
    shutil.rmtree(first)
    shutil.rmtree(service.state)
    write_model(first, "retail", version=2, action="read", head=NEXT)
    bare = wait_ready(service.start("bare"))
    check_equal(loaded(bare), both | {"purchase/retail/2"}, "old versions are there")
    check_equal(bare.stop(), 0, "stopped in good order")


def test_a_model_of_a_newer_version_ends_the_process(context):
    service = Service(context, "newer", settings={"workers.count": 1}.items())
    service.models = context.path("models")
    write_model(service.models, "retail")
    process = wait_ready(service.start(models__upgrade_grace="3s", models__follow_interval="100ms"))
    broken = {"family": "purchase", "model": "next", "of_tomorrow": 1, "stages": []}
    service.kafka.produce("newer.models", ["purchase/next/1\t" + json.dumps(broken)])
    harness.wait_until(lambda: readiness(process)[0] != 200, 20, "it is not ready any more")
    check_equal(harness.metric(metrics(process), "waymark_models_unreadable"), 1, "metric")
    check("purchase/next/1" in readiness(process)[1], f"why: {readiness(process)}")
    refused(process, "of_tomorrow", "newer.models offset", "models.upgrade_grace")
    refused(service.start("again"), "purchase/next/1", "of_tomorrow", "newer version of waymark")
    said = waymark("model", "publish", service.models, *where(service), expect=2).stderr
    check("purchase/next/1" in said, said)


def test_the_topic_is_checked_at_the_start(context):
    service = Service(context, "checked", partitions=0)
    service.models = context.path("models")
    write_model(service.models, "retail")
    service.kafka.create_topic("checked.models", partitions=2, cleanup_policy="compact")
    said = waymark("topics", "create", *where(service), "--input", "checked.in", expect=2).stderr
    check("checked.models has 2 partitions, not 1" in said, said)
    service.name = service.settings["kafka.prefix"] = "kept"
    service.create(3)
    service.kafka.tool("kafka.admin.ConfigCommand", "--alter", "--entity-type", "topics",
                       "--entity-name", "kept.models", "--add-config", "cleanup.policy=delete")
    refused(service.start("delete"), "kept.models", "cleanup.policy=compact")
    check_equal(listed(service), [], "nothing was published")

def event_time(events, share):
    """The event time before which this share of the interactions lies."""
    times = []
    for line in events.read_bytes().splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue  # generated as one that can't be read
        if isinstance(row, dict) and isinstance(row.get("time"), int):
            times.append(row["time"])
    at = datetime.fromtimestamp(sorted(times)[int(len(times) * share)] // 1000, timezone.utc)
    return at.isoformat()


def test_swap_under_load(context):
    """Versions that are published while the input flows: in the end the topics say what a replay
    under all of them says, with nothing lost and nothing twice."""
    events = generate(context, profiles=400, interactions=12_000)
    parts = split(events, 0.5, 0.5)
    service = Service(context, "swapped", settings={"workers.count": 1}.items())
    service.models = context.path("models")
    service.models.mkdir()
    for name in ("six-stages.yaml", "customer.yaml"):
        shutil.copyfile(MODELS / name, service.models / name)
    replay(context.path("before"), events, models=service.models)
    cluster = Cluster(service, 2)
    cluster.start_all()
    cluster.wait_ready()
    service.produce(parts[0])
    feeder = Feeder(service, parts[1], rate=600)
    for version, fate, share in ((2, "pin", 0.3), (3, "restart", 0.6)):
        (service.models / f"six-stages-{version}.yaml").write_text(
            f"model: six-stages\nextends: six-stages\nversion: {version}\nfate: {fate}\n"
            f"effective_from: {event_time(events, share)}\n"
            f"journey: {{abandon_after: {10 - version}d}}\n")
        found = outcomes(publish(service, service.models))
        check_equal(found.pop(f"six-stages/{version}"), "new", "outcome")
        check_equal(set(found.values()), {"unchanged"}, "the others")
        for process in cluster.processes:
            harness.wait_until(lambda p=process: f"purchase/six-stages/{version}" in loaded(p), 20,
                               f"version {version} is taken up: {process.output()[-2000:]}")
        check(feeder.running, "all this while the input flows")
    feeder.finish()
    cluster.stop_all()
    restarted = [row["id"] for place in cluster.places for row in json.loads(waymark(
        "journey", "list", "--state", place["state__directory"], "--models", service.models,
        "--status", "restarted", "--limit", 0, "--json").stdout)]
    check(len(restarted) > 20, f"journeys began anew while it ran: {len(restarted)}")
    service.drain()
    replay(context.path("after"), events, models=service.models)
    service.check_same(context.path("after"))
    same = harness.run([WAYMARK, "diff", context.path("before"), context.path("after")],
                       check=False).returncode
    check_equal(same, 1, "the versions say something else: exit code of diff")


if __name__ == "__main__":
    harness.main()
