"""`waymark map` and measures.jsonl: every figure is what steps.jsonl and signals.jsonl give.

The figures are recomputed here from the rows alone, in Python that shares nothing with Waymark.
"""
import collections
import csv
import io
import json
import math
import random
import re
import signal

import cli
from cli import check, check_equal, harness

ENDS = {"JOURNEY_COMPLETED": "completed", "ABANDONED": "abandoned", "SWITCHED": "switched"}
MODEL = "six-stages"


class Rows:
    """What a replay has written, of one model."""

    def __init__(self, folder):
        self.steps = cli.lines(folder / "steps.jsonl")
        self.signals = [row for row in cli.lines(folder / "signals.jsonl")
                        if row.get("model") == MODEL]

    def placed(self):
        """(step, placement) of each contact of a customer in the model."""
        for step in self.steps:
            if step["interaction"].get("kind", "CUSTOMER") != "CUSTOMER":
                continue
            for placement in step.get("placements", []):
                if placement["model"] == MODEL:
                    yield step, placement

    def of_kind(self, kind):
        return [row for row in self.signals if row["kind"] == kind]


def replayed(context, name, events):
    folder = context.path(name)
    cli.waymark("replay", "--input", events, "--output", folder, "--models", MODELS)
    return folder


def drawn(folder, *arguments):
    return cli.waymark_json("map", folder, "--models", MODELS, "--model", MODEL, "--json",
                            *arguments)


MODELS = cli.ROOT / "config/models"


def prepared(context, seed=3):
    events = cli.generate(context, profiles=400, interactions=12_000, seed=seed)
    folder = replayed(context, "out", events)
    return events, folder, Rows(folder)


def exact_quantile(values, share):
    return sorted(values)[math.floor(share * (len(values) - 1))]


def check_close(have, want, what):
    """Within the stated error, and the half millisecond of rounding."""
    check(abs(have - want) <= 0.01 * want + 1, f"{what}: {have} is near {want}")


def test_contacts_are_those_of_the_steps(context):
    _, folder, rows = prepared(context)
    counted = drawn(folder)
    by_stage = collections.Counter(placement.get("stage", "") for _, placement in rows.placed())
    by_touchpoint = collections.Counter(
        (placement.get("stage", ""), step["interaction"].get("touchpoint", ""),
         step["interaction"]["channel"]) for step, placement in rows.placed())
    check(sum(by_stage.values()) > 5_000, f"enough to compare: {by_stage}")
    for stage in counted["stages"]:
        check_equal(stage["interactions"], by_stage[stage["name"]], stage["name"])
        for touchpoint in stage["touchpoints"]:
            where = (stage["name"], touchpoint["name"], touchpoint["channel"])
            check_equal(touchpoint["interactions"], by_touchpoint[where], str(where))


def test_flows_stays_and_journeys_are_those_of_the_signals(context):
    _, folder, rows = prepared(context)
    counted = drawn(folder)
    flows = collections.Counter((row.get("previous_stage", ""), row["stage"])
                                for row in rows.of_kind("STAGE_ENTERED"))
    have = {(flow["from"], flow["to"]): flow["count"] for flow in counted["flows"]}
    check_equal({way: count for way, count in have.items() if not way[1].startswith("@")},
                dict(flows), "flows")
    check_equal(counted["journeys"]["started"], len(rows.of_kind("JOURNEY_STARTED")), "started")
    for kind, name in ENDS.items():
        check_equal(counted["journeys"][name], len(rows.of_kind(kind)), name)
        exits = collections.Counter(row.get("stage", "") for row in rows.of_kind(kind))
        for stage in counted["stages"]:
            check_equal(stage["exits"][name], exits[stage["name"]], f"{stage['name']} {name}")
    stays = collections.defaultdict(list)
    for row in rows.of_kind("STAGE_LEFT"):
        stays[row["stage"]].append(row["stage_duration_ms"])
    missed = collections.Counter(row["stage"] for row in rows.of_kind("TARGET_MISSED"))
    for stage in counted["stages"]:
        check_equal(stage["left"], len(stays[stage["name"]]), stage["name"])
        check_equal(stage["duration"].get("missed", 0), missed[stage["name"]], stage["name"])
        check_durations(stage["duration"], stays[stage["name"]], stage["name"])


def check_durations(have, values, what):
    check_equal(have["count"], len(values), what)
    if not values:
        return
    check_equal(have["mean_ms"], math.floor(sum(values) / len(values) + 0.5), f"{what}: mean")
    for share, name in ((0.1, "p10_ms"), (0.5, "p50_ms"), (0.9, "p90_ms"), (0.99, "p99_ms")):
        check_close(have[name], exact_quantile(values, share), f"{what}: {name}")


def test_handovers_wait_as_the_signals_say(context):
    _, folder, rows = prepared(context)
    waits = collections.defaultdict(list)
    for row in rows.of_kind("HANDOVER"):
        way = (row["previous_department"], row["department"], row["stage"])
        waits[way].append(row.get("waiting_ms", 0))
    have = {(one["from"], one["to"], one["stage"]): one for one in drawn(folder)["handovers"]}
    check_equal(set(have), set(waits), "ways")
    for way, values in waits.items():
        check_durations(have[way]["waiting"], values, str(way))


def test_ratings_count_where_they_belong(context):
    _, folder, rows = prepared(context)
    answers = collections.Counter()
    for step in rows.steps:
        rating = step["interaction"].get("rating", {})
        if step["interaction"].get("kind", "CUSTOMER") == "CUSTOMER" and "refers_to" not in \
                step["interaction"]:
            places = [p for p in step.get("placements", []) if p["model"] == MODEL]
            if "satisfaction" in rating:
                answers.update(p.get("stage", "") for p in places)
        for other in step.get("ratings", []):
            if "satisfaction" in other["rating"]:
                answers.update(p.get("stage", "") for p in step.get("placements", [])
                               if p["model"] == MODEL)
        rated = step.get("rated")
        if rated and "satisfaction" in rating:
            answers.update(p.get("stage", "") for p in rated.get("placements", [])
                           if p["model"] == MODEL)
    for stage in drawn(folder)["stages"]:
        count = stage.get("satisfaction", {"count": 0})["count"]
        check_equal(count, answers[stage["name"]], stage["name"])
        check(count or "mean" not in stage.get("satisfaction", {}), "no mean of no answers")
        check(stage.get("nps", {"count": 1})["count"], "what nobody answered is absent")


def test_order_of_arrival_never_shows(context):
    events, folder, _ = prepared(context)
    records = events.read_bytes().splitlines(keepends=True)
    random.Random(1).shuffle(records)
    mixed = context.path("mixed.jsonl")
    mixed.write_bytes(b"".join(records))
    again = replayed(context, "again", mixed)
    check_equal((again / "measures.jsonl").read_text(), (folder / "measures.jsonl").read_text(),
                "the cells")


def test_a_selection_is_a_part_of_the_whole(context):
    _, folder, rows = prepared(context)
    whole = drawn(folder)
    personas = {step.get("persona", "") for step in rows.steps}
    parts = [drawn(folder, "--persona", persona) for persona in sorted(personas) if persona]
    check(len(parts) > 2, f"personas: {personas}")
    nobody = collections.Counter(placement.get("stage", "") for step, placement in rows.placed()
                                 if not step.get("persona"))
    for index, stage in enumerate(whole["stages"]):
        together = sum(part["stages"][index]["interactions"] for part in parts)
        check_equal(together + nobody[stage["name"]], stage["interactions"], stage["name"])
    first, last = whole["period"]["first"], whole["period"]["last"]
    by_days = [drawn(folder, "--to-day", first), drawn(folder, "--from-day", last)]
    for part in by_days:
        check(0 < part["journeys"]["started"] + part["journeys"]["completed"] + sum(
            stage["interactions"] for stage in part["stages"]), "a day has figures")
        check("open" not in part["stages"][0], "what is open now is not known by day")


def test_formats_hold_the_same_table(context):
    _, folder, _ = prepared(context)

    def text(form):
        return cli.waymark("map", folder, "--models", MODELS, "--model", MODEL, "--format",
                           form).stdout
    table = list(csv.reader(io.StringIO(text("csv"))))
    check_equal(len(table[0]), 7, "six stages and a heading")
    check(all(len(row) == 7 for row in table), "each row has a cell for each stage")
    entered = next(row for row in table if row[0] == "Entered")
    check_equal([int(cell) for cell in entered[1:]],
                [stage["entered"] for stage in drawn(folder)["stages"]], "entered")
    markdown = text("markdown").splitlines()
    check_equal(len(markdown), len(table) + 1, "a row each, and the line beneath the heading")
    page = text("html")
    check(page.startswith("<!DOCTYPE html>") and page.count("<tr>") == len(table), page[:200])
    check("Inspiration" in text("table"), "in a terminal, too")


def served(context, name, *arguments):
    process = context.process(name, [harness.WAYMARK, "map", *arguments, "--models", MODELS,
                                     "--serve", "--set", "http.port=0"])
    found = harness.wait_until(lambda: re.search(r"http://[^/]+", process.output()), 20,
                               f"its address; {process.output()}")
    return process, found.group(0)


def test_served_as_a_page(context):
    events = cli.generate(context)
    folder = context.path("out")
    cli.waymark("replay", "--input", events, "--output", folder, "--models", MODELS,
                "--keep-state")
    process, address = served(context, "map", folder)
    told = json.loads(harness.http_get(f"{address}/api/v1/map?model={MODEL}")[1])
    told.pop("revision")
    check_equal(told, drawn(folder), "the figures of the table")
    check("<title>" in harness.http_get(f"{address}/")[1], "the page")
    check_equal(harness.http_get(f"{address}/readyz")[0], 200, "ready")
    status = json.loads(harness.http_get(f"{address}/api/v1/status")[1])
    check_equal((status["ready"], status["measures"]["complete"]), (True, True), "all is there")
    customer = cli.lines(folder / "journeys.jsonl")[0]["profile"]["id"]
    found = harness.http_get(f"{address}/api/v1/profiles/{customer}/timeline?limit=500")
    have = [step["interaction"]["id"] for step in json.loads(found[1])["steps"]]
    check_equal(sorted(have), sorted(step["interaction"]["id"] for step in cli.lines(
        folder / "steps.jsonl") if step["profile_id"] == customer), "the steps of a customer")
    process.send(signal.SIGINT)
    check_equal(process.wait(20), 0, process.output())


def test_served_without_customers(context):
    folder = replayed(context, "out", cli.generate(context))
    process, address = served(context, "map", folder)
    check("there is no state of customers" in process.output(), process.output())
    code, body = harness.http_get(f"{address}/api/v1/profiles?q=somebody")
    check_equal(code, 404, body)
    check("--keep-state" in json.loads(body)["hint"], body)
    for arguments, fault, hint in (
            ((context.path("nowhere"),), "no such file or folder", "waymark replay"),
            ((folder, "--state", context.path("gone")), "holds no state", "--keep-state")):
        done = cli.waymark("map", *arguments, "--models", MODELS, "--serve", "--set",
                           "http.port=0", expect=2)
        cli.check_fault(done, fault, hint)
    cli.waymark("map", folder, "--models", MODELS, "--state", folder, expect=2)


def test_faults_are_told(context):
    _, folder, _ = prepared(context)
    done = cli.waymark("map", context.path("nowhere"), "--models", MODELS, expect=2)
    cli.check_fault(done, "no such file or folder", "waymark replay")
    done = cli.waymark("map", folder, "--models", MODELS, "--model", "nope", expect=2)
    cli.check_fault(done, "there is no such model: nope", "six-stages")
    done = cli.waymark("map", folder, "--models", MODELS, "--model", MODEL, "--from-day", "then",
                       expect=2)
    cli.check_fault(done, "from is no day", "2024-01-31")
    broken = context.path("broken.jsonl")
    broken.write_text('{"kind":"CONTACT"}\n', encoding="utf-8")
    done = cli.waymark("map", broken, "--models", MODELS, expect=2)
    cli.check_fault(done, "broken.jsonl:1", "no cell of measures")


if __name__ == "__main__":
    harness.main()
