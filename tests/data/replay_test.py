"""The real data sets, replayed with their example mappings and models: what their READMEs state.

The figures stated are counted by the reference scripts beside this file from the raw files alone.
Skipped where the data are not there (WAYMARK_DATA, or shared/data beside the repository).
"""

import collections
import csv
import gzip
import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

import reference  # noqa: E402
from bank_calls_reference import seconds_of, start_of  # noqa: E402
from cli import (OUTPUTS, ROOT, check, check_equal, harness, lines, waymark,  # noqa: E402
                 waymark_json)

INCIDENTS = ("incidents", "support-incidents-2016", "incident_event_log.csv.gz")
BANK = ("bank-calls", "bank-calls-1999-02", "calls.tsv.gz")
LOANS = ("loans", "loan-applications-bpi2012", "events.csv.gz")
SHOP = ("shop", "shop-journeys-2022-2024", "events.csv.gz")
CANONICAL = ("steps", "signals", "journeys")
DAY = 24 * reference.HOUR


def input_of(data_set):
    path = harness.DATA / data_set[1] / data_set[2]
    if not path.exists():
        raise harness.Skip(f"no data at {path}; name their folder by WAYMARK_DATA")
    return path


def replay(data_set, output, *arguments, mapping="mapping.yaml", source=None):
    """Replays a set with its example; returns the summary."""
    example = ROOT / "config/examples" / data_set[0]
    return waymark_json("replay", "--input", source or input_of(data_set), "--output", output,
                        "--mapping", example / mapping, "--models", example / "models",
                        "--summary", "json", *arguments, timeout=300)


def check_counts(summary, **expected):
    check_equal({name: summary[name] for name in expected}, expected, "summary")
    check_equal(summary["inputs"], summary["steps"] + summary["duplicates"]
                + sum(summary["dead_letters"].values()), "every record is accounted for")


def check_outputs(folder, summary):
    """The files say what the summary says."""
    customers, sessions, steps = set(), set(), 0
    for step in rows(folder / "steps.jsonl"):
        steps += 1
        customers.add(step["profile_id"])
        sessions.add((step["profile_id"], step["session_id"]))
    check_equal((steps, len(customers), len(sessions)),
                (summary["steps"], summary["profiles"], summary["sessions"]), "in the steps")
    letters = collections.Counter(
        letter["reason"] for letter in lines(folder / "dead-letters.jsonl"))
    check_equal(dict(letters), summary["dead_letters"], "in the dead letters")
    check_equal(sum(1 for _ in rows(folder / "journeys.jsonl")), len(customers), "snapshots")


def check_gaps(context, data_set, **sessions):
    """`sessions` at other gaps than the default's, such as gap_24h=45_769."""
    for name, expected in sessions.items():
        gap = name.partition("_")[2]
        summary = replay(data_set, context.path(name), "--set", f"session.gap={gap}")
        check_equal(summary["sessions"], expected, f"sessions at {gap}")


def rows(path):
    with open(path, encoding="utf-8") as text:
        for line in text:
            yield json.loads(line)


def sequences_of(folder, key_of):
    """{key: stages entered, in their order} and {key: journey ids}, from the steps in order."""
    stages, journeys = collections.defaultdict(list), collections.defaultdict(set)
    for step in rows(folder / "steps.jsonl"):
        key = key_of(step)
        for placement in step.get("placements", ()):
            journeys[key].add(placement["journey_id"])
            stage = placement.get("stage")
            if stage and stages[key][-1:] != [stage]:
                stages[key].append(stage)
    return stages, journeys


def check_sequences(context, script, found):
    """Line by line what the reference script finds in the raw file."""
    path = context.path("sequences.txt")
    harness.run([sys.executable, ROOT / "tests/data" / script, "--data", harness.DATA,
                 "--sequences", path], timeout=300)
    expected = dict(line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    found = {key: ">".join(stages) for key, stages in found.items()}
    # An incident that never had a state is in the reference with no stage.
    found.update({key: "" for key, stages in expected.items() if not stages and key not in found})
    check_equal(len(found), len(expected), "sequences")
    wrong = sorted(key for key in expected if found.get(key) != expected[key])
    check(not wrong, f"{len(wrong)} of {len(expected)} sequences differ, such as " + "; ".join(
        f"{key}: {found.get(key)}, expected {expected[key]}" for key in wrong[:3]))


def test_incidents(context):
    out = context.path("out")
    summary = replay(INCIDENTS, out)
    check_counts(summary, inputs=141_712, steps=141_683, duplicates=0,
                 dead_letters={"no_customer": 29}, profiles=5_244, sessions=90_140)
    check_outputs(out, summary)
    check_gaps(context, INCIDENTS, gap_60m=82_852, gap_24h=45_769)


def test_incidents_go_through_the_states_of_their_tickets(context):
    out = context.path("out")
    summary = replay(INCIDENTS, out)
    found, journeys = sequences_of(
        out, lambda s: f"{s['profile_id']}/{s['interaction']['attributes']['number']}")
    check_sequences(context, "incidents_reference.py", found)
    check_equal({len(ids) for ids in journeys.values()}, {1}, "runs of an incident")
    check_equal(len(set().union(*journeys.values())), summary["journeys"], "journeys")
    back = sum(any(a in ("resolved", "closed") and (b == "active" or b.startswith("awaiting"))
                   for a, b in zip(stages, stages[1:])) for stages in found.values())
    check_equal(back, 275, "reopened")


def test_bank_calls(context):
    out = context.path("out")
    summary = replay(BANK, out)
    check_counts(summary, inputs=33_344, steps=13_786, duplicates=0,
                 dead_letters={"no_customer": 19_558}, profiles=4_081, sessions=11_918)
    check_outputs(out, summary)
    check_gaps(context, BANK, gap_24h=7_861)


def test_bank_calls_by_service_line(context):
    times = collections.defaultdict(list)
    folder = input_of(BANK).parent
    for row in reference.read_rows(folder, BANK[2], "\t"):
        times[row["type"]].append(start_of(row))
    out = context.path("out")
    summary = replay(BANK, out, mapping="by-service-line.yaml")
    check_counts(summary, inputs=33_344, steps=33_344, duplicates=0, dead_letters={}, profiles=6,
                 sessions=reference.count_sessions(times, 30 * reference.MINUTE))
    check_outputs(out, summary)
    daily = replay(BANK, context.path("daily"), "--set", "session.gap=24h",
                   mapping="by-service-line.yaml")
    check_equal(daily["sessions"], reference.count_sessions(times, DAY), "sessions at 24h")


def test_loans(context):
    out = context.path("out")
    summary = replay(LOANS, out)
    check_counts(summary, inputs=262_200, steps=262_200, duplicates=0, dead_letters={},
                 profiles=13_087, sessions=67_220, journeys=13_087, ids_derived=262_200)
    check_outputs(out, summary)
    check_gaps(context, LOANS, gap_60m=61_225, gap_24h=35_203)


def test_loans_end_as_the_bank_decided(context):
    out = context.path("out")
    replay(LOANS, out)
    found, journeys = sequences_of(out, lambda step: step["profile_id"])
    check_sequences(context, "loans_reference.py", found)
    check_equal({len(ids) for ids in journeys.values()}, {1}, "runs of an application")
    ends = collections.Counter()
    for snapshot in rows(out / "journeys.jsonl"):
        check_equal(len(snapshot["journeys"]), 1, "journeys of an application")
        journey = snapshot["journeys"][0]
        check_equal({journey["id"]}, journeys[snapshot["profile"]["id"]], "its journey")
        ends[journey["status"], journey["stage"] if journey["status"] != "OPEN" else ""] += 1
    check_equal(dict(ends), {("COMPLETED", "declined"): 7_635, ("ABANDONED", "cancelled"): 2_807,
                             ("COMPLETED", "approved"): 2_246, ("OPEN", ""): 399}, "ends")


def test_what_follows_a_loans_outcome_stays_with_its_run(context):
    out = context.path("out")
    replay(LOANS, out)
    outcomes, later, elsewhere = {}, set(), 0
    for step in rows(out / "steps.jsonl"):
        case, time = step["profile_id"], step["interaction"]["time"]
        placements = step.get("placements", [])
        if case not in outcomes:
            if placements and placements[0].get("stage") in ("approved", "declined", "cancelled"):
                outcomes[case] = (time, placements[0]["journey_id"], placements[0]["stage"])
            continue
        ended, journey, stage = outcomes[case]
        elsewhere += [(p["journey_id"], p.get("stage")) for p in placements] != [(journey, stage)]
        if time > ended:
            later.add(case)
    check_equal(len(later), 8_334, "applications with steps after the outcome")
    check_equal(elsewhere, 0, "later steps that are not with the closed run")


def test_shop(context):
    out = context.path("out")
    summary = replay(SHOP, out)
    check_counts(summary, inputs=16_008, steps=16_004, duplicates=4, dead_letters={}, profiles=250,
                 sessions=2_220)
    check_outputs(out, summary)
    check_gaps(context, SHOP, gap_24h=1_098)
    actions = collections.Counter(step["interaction"]["attributes"]["event_type"]
                                  for step in rows(out / "steps.jsonl"))
    check_equal(sum(actions.values()), 16_004, "steps with their type")
    check_equal(len({step["profile_id"] for step in rows(out / "steps.jsonl")
                     if step["interaction"]["action"] == "order"}), 36, "visitors with an order")


def outputs(folder, names):
    return {name: (folder / f"{name}.jsonl").read_bytes() for name in names}


def test_workers_do_not_show(context):
    for data_set in (SHOP, INCIDENTS):
        first = None
        for workers in (1, 2, 3):
            folder = context.path(f"{data_set[0]}-{workers}")
            replay(data_set, folder, "--workers", workers)
            first = first or outputs(folder, OUTPUTS)
            check(outputs(folder, OUTPUTS) == first, f"{data_set[0]}: {workers} workers")


def reordered(context, data_set, name, change):
    """A copy of the set whose rows `change` put into another order, and what it is joined with."""
    source = input_of(data_set)
    folder = context.path(name)
    folder.mkdir()
    for other in source.parent.iterdir():
        if other.name != source.name:
            (folder / other.name).symlink_to(other)
    delimiter = "\t" if ".tsv" in source.name else ","
    with gzip.open(source, "rt", encoding="utf-8", newline="") as text:
        check(all(len(row) > 1 for row in csv.reader(text, delimiter=delimiter)), "whole rows")
        text.seek(0)
        header, *body = text.read().splitlines(keepends=True)
    change(body)
    with gzip.open(folder / source.name, "wt", encoding="utf-8", newline="",
                   compresslevel=1) as text:
        text.writelines([header, *body])
    return folder / source.name


def test_the_order_of_the_rows_does_not_show(context):
    for data_set in (INCIDENTS, BANK, SHOP):
        in_order = context.path(f"{data_set[0]}-in-order")
        summary = replay(data_set, in_order)
        for name, change in (("reversed", list.reverse), ("shuffled", random.Random(7).shuffle)):
            source = reordered(context, data_set, f"{data_set[0]}-{name}-rows", change)
            folder = context.path(f"{data_set[0]}-{name}")
            found = replay(data_set, folder, source=source)
            for count in ("inputs", "steps", "duplicates", "dead_letters", "sessions", "journeys",
                          "signals", "horizon"):
                check_equal(found[count], summary[count], f"{data_set[0]} {name}: {count}")
            waymark("diff", in_order, folder, timeout=120)
            check(outputs(folder, CANONICAL) == outputs(in_order, CANONICAL),
                  f"{data_set[0]} {name}: the same bytes")


def end_of(row):
    """The last time in the row, by the clock of the day on which the call began."""
    clocks = [seconds_of(row[name]) for name in ("vru_entry", "vru_exit", "q_start", "q_exit",
                                                 "ser_start", "ser_exit")]
    return start_of(row) + 1000 * (max(clocks) - clocks[0])


def check_lateness(path):
    """A call's record is written when it ends: what the set's description says of its lateness."""
    late, newest = [], None
    for row in csv.DictReader(gzip.open(path, "rt", encoding="utf-8"), delimiter="\t"):
        start = start_of(row)
        newest = max(start, newest or start)
        if start < newest:
            late.append(newest - start)
    check_equal((len(late), max(late)), (17_406, 4_199_000), "records out of order, milliseconds")


def test_calls_that_arrive_as_they_end(context):
    with gzip.open(input_of(BANK), "rt", encoding="utf-8") as text:
        names = text.readline().rstrip("\n").split("\t")

    def by(key):
        def change(body):
            body.sort(key=lambda line: key(dict(zip(names, line.rstrip("\n").split("\t")))))
        return change

    orders = {
        "sorted": by(start_of),
        "ended": by(end_of),
        "reversed": list.reverse,
        "shuffled": random.Random(11).shuffle,
    }
    sources = {name: reordered(context, BANK, name, change) for name, change in orders.items()}
    check_lateness(sources["ended"])
    # The service lines are six profiles of up to 21,460 calls: the disorder falls inside them.
    for mapping in ("mapping.yaml", "by-service-line.yaml"):
        want = None
        for name, source in sources.items():
            folder = context.path(f"{name}-{mapping}")
            summary = replay(BANK, folder, source=source, mapping=mapping)
            found = (outputs(folder, CANONICAL), summary["sessions"], summary["horizon"])
            want = want or found
            check(found == want, f"{mapping}, {name}: as in order")


if __name__ == "__main__":
    harness.main()
