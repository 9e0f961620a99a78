"""waymark model temporal-profile: what it writes, and what journeys are flagged by it.

Means, deviations and flags are worked out here from signals.jsonl, in Python that shares nothing
with Waymark.
"""
import collections
import json
import random
import re
import statistics

import cli
from cli import check, check_equal, check_fault, harness, waymark, waymark_json

MODEL = """family: delivery
model: parcel
stages:
  - {name: ordered, enter: {action: order}}
  - {name: packed, enter: {action: pack}}
  - {name: delivered, enter: {action: deliver}, closes: completed}
"""
START = 1_704_103_200_000
HOUR = 3_600_000
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": HOUR, "d": 24 * HOUR, "w": 168 * HOUR,
         "y": 8760 * HOUR}


def duration(text):
    return sum(int(n) * UNITS[unit] for n, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))


def folder_of(context, name, profile=""):
    folder = context.path(name)
    folder.mkdir()
    (folder / "parcel.yaml").write_text(MODEL + profile)
    return folder


def parcels(context, count=200, seed=7):
    """Orders, packed and delivered after normal times; each fiftieth parcel lies about for long."""
    draw, rows = random.Random(seed), []
    for number in range(count):
        at = START + number * HOUR
        late = 20 * 24 * HOUR if number % 50 == 10 else 0
        for action, hours, spread in (("order", 0, 0), ("pack", 24, 4), ("deliver", 48, 8)):
            at += int(max(1.0, draw.gauss(hours, spread)) * HOUR) if hours else 0
            at += late if action == "deliver" else 0
            rows.append({"id": f"{action}-{number}", "key": f"crm:{number}", "time": at,
                         "channel": "web", "action": action})
    rows.sort(key=lambda row: row["time"])
    path = context.path("parcels.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def replayed(context, name, models, events):
    output = context.path(name)
    waymark("replay", "--input", events, "--output", output, "--models", models)
    return output


def first_entries(output):
    """{journey: {stage: time}} as the signals have it."""
    entries = collections.defaultdict(dict)
    for row in sorted(cli.lines(output / "signals.jsonl"), key=lambda row: row["time"]):
        if row["kind"] == "STAGE_ENTERED":
            entries[row["journey_id"]].setdefault(row["stage"], row["time"])
    return entries


def times(entries):
    found = collections.defaultdict(list)
    for stages in entries.values():
        names = list(stages)
        for i, to in enumerate(names):
            for before in names[:i]:
                found[before, to].append(stages[to] - stages[before])
    return found


def pairs_of(text):
    pattern = r"\{from: (\w+), to: (\w+), mean: (\w+), deviation: (\w+)\}"
    return {(a, b): (duration(mean), duration(deviation))
            for a, b, mean, deviation in re.findall(pattern, text)}


def expected_flags(entries, pairs, zeta):
    """{(journey, stage): (from, time, too slow)} of the farthest pair."""
    flags = {}
    for journey, stages in entries.items():
        for stage, entered in stages.items():
            far = [(abs(entered - stages[a] - mean) / deviation, a, entered - stages[a],
                    entered - stages[a] > mean)
                   for (a, b), (mean, deviation) in pairs.items()
                   if b == stage and a in stages and stages[a] < entered]
            if far and max(far)[0] > zeta:
                flags[journey, stage] = max(far)[1:]
    return flags


def test_it_writes_what_python_finds(context):
    models, events = folder_of(context, "models"), parcels(context)
    output = replayed(context, "out", models, events)
    measured = times(first_entries(output))
    done = waymark("model", "temporal-profile", output, "--models", models)
    pairs = pairs_of(done.stdout)
    check(done.stdout.startswith("temporal_profile:\n  zeta: 3\n  pairs:\n"), done.stdout)
    check_equal(set(pairs), set(measured), "pairs")
    for way, values in measured.items():
        mean, deviation = pairs[way]
        check(abs(mean - statistics.fmean(values)) <= 500, f"{way}: {mean}")
        want = statistics.pstdev(values)
        check(abs(deviation - want) <= 0.02 * want + 0.01 * mean, f"{way}: {deviation}, {want}")
    told = waymark_json("model", "temporal-profile", output, "--models", models, "--json",
                        "--zeta", "2.5")
    check_equal((told["model"], told["zeta"]), ("parcel", 2.5), "head")
    check_equal({(row["from"], row["to"]): (row["mean_ms"], row["deviation_ms"])
                 for row in told["pairs"]}, pairs, "JSON and YAML")
    check(all(row["journeys"] == 200 for row in told["pairs"]), told)


def test_what_it_writes_flags_the_journeys_that_python_flags(context):
    models, events = folder_of(context, "models"), parcels(context)
    output = replayed(context, "out", models, events)
    path = context.path("profile.yaml")
    waymark("model", "temporal-profile", output, "--models", models, "--output", path,
            "--zeta", "2")
    profile = path.read_text()
    judged = replayed(context, "judged", folder_of(context, "usual", profile), events)
    found = [row for row in cli.lines(judged / "signals.jsonl")
             if row.get("detector") == "temporal-profile"]
    want = expected_flags(first_entries(judged), pairs_of(profile), 2)
    have = {(row["journey_id"], row["stage"]):
            (row["temporal_deviation"]["from"], row["temporal_deviation"]["time_ms"],
             row["name"] == "too-slow") for row in found}
    check_equal(have, want, "flags")
    check(len(want) > 8 and len({slow for *_, slow in want.values()}) == 2, want)
    for row in found:
        of, pair = row["temporal_deviation"], pairs_of(profile)
        check_equal((of["mean_ms"], of["deviation_ms"]), pair[of["from"], row["stage"]], "usual")
        far = (of["time_ms"] - of["mean_ms"]) / of["deviation_ms"] * 1000
        check(abs(of["deviations_milli"] - far) <= 1, row)
        check_equal(len(row["evidence"]), 2, "evidence")
    shown = waymark_json("map", judged, "--models", context.path("usual"), "--json")
    counted = collections.Counter((of, stage) for (_, stage), (of, *_) in want.items())
    check_equal({(row["from"], row["to"]): row["unusual"] for row in shown["pairs"]},
                {way: counted[way] for way in pairs_of(profile)}, "counted by pair")


def test_a_flag_is_explained(context):
    profile = ("temporal_profile: {pairs: [{from: ordered, to: packed, mean: 1d, "
               "deviation: 2h}]}\n")
    models, events = folder_of(context, "models", profile), context.path("one.jsonl")
    rows = [("order", START), ("pack", START + 36 * HOUR)]
    events.write_text("".join(json.dumps({"id": action, "key": "crm:1", "time": at, "channel":
                                          "web", "action": action}) + "\n" for action, at in rows))
    output = context.path("out")
    waymark("replay", "--input", events, "--output", output, "--models", models, "--keep-state")
    flag, = [row for row in cli.lines(output / "signals.jsonl") if row.get("name") == "too-slow"]
    told, = waymark_json("explain", flag["id"], "--state", output / "state", "--models", models,
                         "--json")
    check("unusually late" in told["sentence"] and "it took 1 day and 12 hours from the stage "
          "'ordered', where journeys take 1 day: 6 deviations of 2 hours longer"
          in told["sentence"], told["sentence"])
    check_equal({line["what"]: line["text"] for line in told["rule"]["says"]},
                {"from": "ordered", "to": "packed", "mean": "1d", "deviation": "2h", "zeta": "3"},
                "rule")
    check_equal((told["rule"]["kind"], told["rule"]["line"]), ("temporal-profile", 7), "place")


def test_what_says_too_little_is_left_out(context):
    models, events = folder_of(context, "models"), parcels(context, count=20)
    output = replayed(context, "out", models, events)
    done = waymark("model", "temporal-profile", output, "--models", models, expect=2)
    check_fault(done, "no pair of stages was passed by 30 journeys", "--journeys-min",
                "left out: ordered to packed, 20 journeys: fewer than 30 journeys")
    check_equal(done.stdout, "", "nothing is written")
    told = waymark_json("model", "temporal-profile", output, "--models", models, "--json",
                        "--journeys-min", "20")
    check(all("left_out" not in row for row in told["pairs"]), told)


def test_what_it_refuses(context):
    models, events = folder_of(context, "models"), parcels(context, count=20)
    output = replayed(context, "out", models, events)
    ask = ("model", "temporal-profile", output, "--models", models)
    check_fault(waymark(*ask, "--model", "parcle", expect=2), "there is no such model: parcle",
                "known are parcel")
    check_fault(waymark(*ask, "--from-day", "soon", expect=2), "from is no day: soon")
    check_fault(waymark(*ask, "--zeta", "0", expect=2), "--zeta")
    check_fault(waymark("model", "temporal-profile", context.path("none"), "--models", models,
                        expect=2), "no such file or folder")
    check_fault(waymark(*ask, "--journeys-min", "20", "--output", context.path("no") / "file",
                        expect=2), "can't be written")


if __name__ == "__main__":
    harness.main()
