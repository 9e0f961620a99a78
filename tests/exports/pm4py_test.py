"""What `waymark export` writes, opened by pm4py: exactly the cases, events and objects that the
steps tell of. Generated traffic, and a real set where its data are (WAYMARK_DATA).
"""

import csv
import gzip
import itertools
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
sys.path.insert(0, str(HERE.parent / "deploy"))

import expected  # noqa: E402
from cli import (ROOT, check, check_equal, generate, harness, waymark,  # noqa: E402
                 waymark_json)
from tools import python_tools  # noqa: E402

INCIDENTS = "support-incidents-2016/incident_event_log.csv.gz"
INCIDENT_ROWS = None if harness.FULL else 5_000
# What pm4py calls things.
CASE, ACTIVITY, TIME = "case:concept:name", "concept:name", "time:timestamp"
KEYS = {"department": "org:group"}


class Pm4py:
    """A process that opens one file after another, since starting it takes seconds."""

    _reader = None

    @classmethod
    def reads(cls, context, form, path):
        if cls._reader is None:
            lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
            python = python_tools([line for line in lines if not line.startswith("#")]) / "python"
            cls._reader = subprocess.Popen(
                [python, HERE / "pm4py_reader.py", HERE / "ocel20.schema.json"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            threading.Thread(target=cls._listen, args=(cls._reader.stderr,), daemon=True).start()
        cls._reader.stdin.write(f"{form}\t{path}\n")
        cls._reader.stdin.flush()
        for line in cls._reader.stdout:
            if line.startswith("{"):  # not pm4py's greeting
                return json.loads(line)
        cls._reader = None
        context.path("pm4py.log").write_text("".join(cls._said), encoding="utf-8")
        raise harness.Failure(f"pm4py can't open {path}: {''.join(cls._said[-5:])}")

    _said = []

    @classmethod
    def _listen(cls, stream):
        cls._said.extend(stream)


def export(context, source, form, name, *options):
    path = context.path(name)
    summary = waymark_json("export", source, "--format", form, "--output", path, "--json",
                           *options, timeout=300)
    return path, summary


def generated(context):
    """Traffic that comes late and twice, in journeys of four families side by side."""
    events = generate(context, profiles=100, interactions=2000, seed=11,
                      extra=("--late", "0.1", "--duplicates", "0.05"))
    models = context.path("models")
    models.mkdir()
    for name in ("six-stages", "customer", "loyalty/three-purchases", "onboarding/welcome",
                 "reactivation/activity"):
        shutil.copy(ROOT / f"config/models/{name}.yaml", models)
    waymark("replay", "--input", events, "--models", models, "--output", context.path("out"))
    families = {placement["family"] for step in expected.steps_of(context.path("out/steps.jsonl"))
                for placement in step.get("placements", ())}
    check_equal(len(families), 4, "families")
    return context.path("out")


def incidents(context):
    data = harness.DATA / INCIDENTS
    if not data.exists():
        context.skip(f"no data at {data}; name their folder by WAYMARK_DATA")
    with gzip.open(data, "rt", encoding="utf-8", newline="") as whole:
        lines = [line for _, line in zip(range(INCIDENT_ROWS or sys.maxsize), whole)]
    rows = context.path("incident_event_log.csv")
    rows.write_text("".join(lines), encoding="utf-8", newline="")
    example = ROOT / "config/examples/incidents"
    waymark("replay", "--input", rows, "--mapping", example / "mapping.yaml", "--models",
            example / "models", "--output", context.path("out"), timeout=300)
    return context.path("out")


def check_same(found, wanted, what):
    """Equal dicts or sets; where they are not, what differs, not both in full."""
    if found == wanted:
        return
    if isinstance(wanted, dict):
        odd = [(key, found.get(key), wanted.get(key)) for key in sorted({*found, *wanted})
               if found.get(key) != wanted.get(key)]
    else:
        odd = sorted(set(found) ^ set(wanted))
    raise harness.Failure(f"{what}: {len(odd)} differ of {len(wanted)}, such as {odd[:2]}")


def as_floats(facts):
    return {name: float(value) if isinstance(value, int) else value
            for name, value in facts.items()}


def check_case_counts(found, summary, cases):
    events = sum(len(events) for _, events in cases.values())
    check_equal((summary["events"], summary["cases"]), (events, len(cases)), "in the summary")
    check_equal((found["begins"], found["ends"], found["edges"]),
                (len(cases), len(cases), events - len(cases)), "of the graph that pm4py mines")


def check_xes(context, out, case, *options, activity="action", suffix=".xes"):
    path, summary = export(context, out, "xes", case + suffix, "--case", case, *options)
    found = Pm4py.reads(context, "xes", path)
    cases = expected.cases_of(expected.steps_of(out / "steps.jsonl"), case, activity)
    check_case_counts(found, summary, cases)
    of_case = {"journey": ("customer", "journey", "family", "model", "model_version"),
               "session": ("customer", "session"), "profile": ("customer",)}[case]
    wanted, got = {}, {}
    for name, (attributes, events) in cases.items():
        for number, event in enumerate(events):
            row = {KEYS.get(key, key): value for key, value in as_floats(event).items()
                   if key not in of_case and key not in ("activity", "timestamp")}
            row.update({f"case:{key}": value for key, value in as_floats(attributes).items()})
            row.update({CASE: name, ACTIVITY: event["activity"], TIME: event["timestamp"],
                        "lifecycle:transition": "complete"})
            wanted[name, number] = row
    places = {}
    for row in found["rows"]:
        name = row[CASE]
        got[name, places.setdefault(name, 0)] = row
        places[name] += 1
    check_same(got, wanted, f"events of XES by {case}")


def check_csv(context, out, case):
    path, summary = export(context, out, "csv", f"{case}.csv", "--case", case)
    found = Pm4py.reads(context, "csv", path)
    cases = expected.cases_of(expected.steps_of(out / "steps.jsonl"), case)
    check_case_counts(found, summary, cases)
    kept = {}
    for name, (_, events) in cases.items():
        for event in events:
            row = {**as_floats(event), "case": name, TIME: event["timestamp"]}
            del row["timestamp"]
            kept[name, event["id"], event["source"]] = row
    got = {}
    for row in found["rows"]:
        # Beside the columns of the file, format_dataframe makes those that pm4py goes by.
        check_equal((row[CASE], row[ACTIVITY]), (row["case"], row["activity"]), "as pm4py has it")
        got[row["case"], row["id"], row["source"]] = {
            name: value for name, value in row.items()
            if name not in (CASE, ACTIVITY, "timestamp") and not name.startswith("@@")}
    check_equal(len(found["rows"]), len(got), "rows of their own")
    with open(path, encoding="utf-8", newline="") as file:
        written = [(row["case"], row["id"]) for row in csv.DictReader(file)]
    check_same(events_by_case(written),
               {name: [event["id"] for event in events] for name, (_, events) in cases.items()},
               "order of the rows")
    check_same(got, kept, f"rows of CSV by {case}")


def events_by_case(pairs):
    """{case: its events}; fails where the rows of a case do not stand together."""
    cases = {}
    for name, rows in itertools.groupby(pairs, key=lambda pair: pair[0]):
        check(name not in cases, f"the events of {name} stand together")
        cases[name] = [event for _, event in rows]
    return cases


def check_objects(found, summary, wanted):
    check_equal(found["faults"], [], "faults that pm4py's validation finds")
    check_equal(found["types"], sorted(set(wanted.types.values())), "object types")
    counts = {kind: 0 for kind in wanted.types.values()}
    for kind in wanted.types.values():
        counts[kind] += 1
    check_equal((summary["events"], summary["objects"]), (len(wanted.events), counts), "summary")
    events = {row.pop("ocel:eid"): (row.pop("ocel:activity"), row.pop("ocel:timestamp"), row)
              for row in found["events"]}
    check_same(events, {name: (kind, time, as_floats(facts))
                        for name, (kind, time, facts) in wanted.events.items()}, "events")
    relations = [(row["ocel:eid"], row["ocel:oid"], row["ocel:qualifier"])
                 for row in found["relations"]]
    check_equal(len(relations), len(set(relations)), "relations of their own")
    check_same(set(relations), wanted.relations, "relations")
    between = {(row["ocel:oid"], row["ocel:oid_2"], row["ocel:qualifier"])
               for row in found["o2o"]}
    check_same(between, wanted.between, "relations between objects")
    check_equal(found["flat"], sum(kind == "journey" for _, _, kind in wanted.relations),
                "events by journey")


def objects_of(found):
    """{object: (type, values)}, and the changes as a set."""
    objects = {row.pop("ocel:oid"): (row.pop("ocel:type"), row) for row in found["objects"]}
    changes = {(row["ocel:oid"], row["ocel:timestamp"], row["ocel:field"],
                row.get(row["ocel:field"])) for row in found["changes"]}
    return objects, changes


def check_ocel_sqlite(context, out):
    path, summary = export(context, out, "ocel-sqlite", "log.sqlite")
    found = Pm4py.reads(context, "ocel-sqlite", path)
    wanted = expected.Objects(expected.steps_of(out / "steps.jsonl"))
    check_objects(found, summary, wanted)
    objects, changes = objects_of(found)
    check_same(objects, {name: (kind, as_floats(wanted.initial[name]))
                         for name, kind in wanted.types.items()}, "objects")
    check_same(changes, set(wanted.changes), "changes")
    with sqlite3.connect(path) as database:
        check_equal(database.execute("PRAGMA foreign_key_check").fetchall(), [], "foreign keys")
        check_equal(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "integrity")


def check_ocel_json(context, out):
    path, summary = export(context, out, "ocel-json", "log.json")
    found = Pm4py.reads(context, "ocel-json", path)
    wanted = expected.Objects(expected.steps_of(out / "steps.jsonl"))
    check_objects(found, summary, wanted)
    raw = json.loads(path.read_text(encoding="utf-8"))
    initial, changes = {}, set()
    for entry in raw["objects"]:
        values = initial.setdefault(entry["id"], {})
        for value in entry["attributes"]:
            if value["time"] == "1970-01-01T00:00:00.000Z":
                values[value["name"]] = value["value"]
            else:
                changes.add((entry["id"], value["time"], value["name"], value["value"]))
    check_same(initial, wanted.initial, "values that objects begin with")
    check_same(changes, {(name, expected.time_text(time), attribute, value)
                         for name, time, attribute, value in wanted.changes}, "changes")
    objects, told = objects_of(found)
    check_equal(len(objects), len(wanted.types), "objects")
    # What an object does not begin with, pm4py takes from the first change.
    check(told <= set(wanted.changes), "pm4py finds changes that the steps tell of")
    check_declared(raw)


def check_declared(raw):
    """Types and attributes that occur are those that are declared."""
    for kind in ("object", "event"):
        declared = {entry["name"]: {a["name"] for a in entry["attributes"]}
                    for entry in raw[kind + "Types"]}
        used = {}
        for entry in raw[kind + "s"]:
            used.setdefault(entry["type"], set()).update(a["name"] for a in entry["attributes"])
        check_equal(set(used), set(declared), f"{kind} types")
        for name, attributes in used.items():
            check(attributes <= declared[name], f"attributes of {name} are declared")
            check(kind == "object" or attributes == declared[name], f"no other of {name}")


def test_generated_traffic_as_xes(context):
    out = generated(context)
    check_xes(context, out, "journey")
    check_xes(context, out, "session", "--activity", "touchpoint", activity="touchpoint",
              suffix=".xes.gz")
    check_xes(context, out, "profile")


def test_generated_traffic_as_csv(context):
    out = generated(context)
    check_csv(context, out, "journey")
    check_csv(context, out, "profile")


def test_generated_traffic_as_ocel(context):
    out = generated(context)
    check_ocel_sqlite(context, out)
    check_ocel_json(context, out)


def test_incidents(context):
    out = incidents(context)
    check_xes(context, out, "journey")
    check_csv(context, out, "journey")
    check_ocel_sqlite(context, out)
    check_ocel_json(context, out)


if __name__ == "__main__":
    harness.main()
