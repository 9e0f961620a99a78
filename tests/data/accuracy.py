#!/usr/bin/env python3
"""Measures how well a replay found what the generator's scripts meant.

usage: accuracy.py --truth FILE --output DIR [--family NAME] [--ignore-profile] [--skip-noise]
                   [--silence-days N] [--json] [--min-macro-f1 X]

Reads steps.jsonl and signals.jsonl (plain or .gz) of a replay's output folder and the truth file
of `waymark generate`. Stages: per interaction, joined on (profile, source.system, id); those of
mystery checks and observed walks, which stand in no journey, are left out. Signals: per profile
and kind, as many found as expected count as right ("found"), and more strictly those whose
evidence names the interaction of the truth ("at the place"). Signals that fall due after the end
of the data are left out, and those of which the truth does not speak: other names of LIFECYCLE.
What follows from all that a customer did, whatever the script meant (first touch, handover,
loyalty, silence and return), is worked out here from the truth's stages and the interactions.
Exit code 1: below --min-macro-f1 or --min-signals-f1, or steps missing or too many.
"""
import argparse
import gzip
import json
import os
import sys
from collections import Counter, defaultdict

STAGES = ["inspiration", "information", "comparison", "purchase", "use", "advocacy"]
DAY_MS = 86_400_000
# Who owns a stage in the default model.
OWNERS = {"inspiration": "Marketing", "information": "Marketing", "comparison": "Sales",
          "purchase": "Sales", "use": "Service", "advocacy": "Service"}
# As the default customer file says.
PURCHASES, LOYAL, LOYAL_WITHIN_DAYS = {"order", "purchase", "sign", "renew"}, 3, 365
LEAVES, INACTIVE_DAYS = {"cancel", "switch"}, 180
# The truth means a welcome that was finished, the default customer file one that was not.
NOT_JUDGED = {"LIFECYCLE/onboarding"}
# Worked out here, whatever the scripts name.
DERIVED = {"FIRST_TOUCH", "HANDOVER", "LOYAL", "INACTIVE", "REACTIVATED"}
WITHOUT_JOURNEY = {"MYSTERY_CHECK", "OBSERVED_WALK"}
# Kinds that become true only after a silence.
SILENT = {"ABANDONED", "INACTIVE", "NEGLECTED"}
NO_STAGE = "(none)"


def lines(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def find(folder, name):
    for ending in ("", ".gz"):
        path = os.path.join(folder, name + ending)
        if os.path.exists(path):
            return path
    sys.exit(f"accuracy: {name} is not in {folder}")


def milliseconds(value):
    return int(value) if value is not None else 0


class Truth:
    """The truth of the steps, by key; duplicates and dead letters are only counted."""

    def __init__(self, path, ignore_profile):
        self.ignore_profile = ignore_profile
        self.steps = {}
        self.walked = []  # (profile, time, sequence, id, truth row, step) of what was found
        self.outcomes = Counter()
        for row in lines(path):
            self.outcomes[row["outcome"]] += 1
            if row["outcome"] == "step":
                self.steps[self.key(row["profile"], row["source_system"], row["id"])] = row

    def key(self, profile, system, identifier):
        return ("" if self.ignore_profile else profile, system, identifier)


class Score:
    """Precision, recall and F1 of one class."""

    def __init__(self, right=0, found=0, expected=0):
        self.right, self.found, self.expected = right, found, expected

    @property
    def precision(self):
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self):
        return self.right / self.expected if self.expected else 0.0

    @property
    def f1(self):
        both = self.found + self.expected
        return 2 * self.right / both if both else 0.0

    def row(self):
        return {"precision": round(self.precision, 4), "recall": round(self.recall, 4),
                "f1": round(self.f1, 4), "found": self.found, "expected": self.expected}


def stage_of(step, truth_row, family):
    """The stage in the family asked for, else in that of the script, else in the only one."""
    placements = step.get("placements") or []
    wanted = family or truth_row["family"]
    for placement in placements:
        if placement.get("family") == wanted:
            return placement.get("stage") or NO_STAGE
    if not family and len(placements) == 1:
        return placements[0].get("stage") or NO_STAGE
    return NO_STAGE


def read_stages(args, truth):
    """Counts (true stage, found stage) and finds the end of the data."""
    confusion = Counter()
    by_script = defaultdict(Counter)
    seen = set()
    unknown = 0
    horizon = 0
    for step in lines(find(args.output, "steps.jsonl")):
        if step.get("retracted"):
            continue
        interaction = step["interaction"]
        key = truth.key(step.get("profile_id", ""), interaction.get("source", {}).get("system", ""),
                        interaction.get("id", ""))
        row = truth.steps.get(key)
        if row is None:
            unknown += 1
            continue
        horizon = max(horizon, row["time"])
        seen.add(key)
        truth.walked.append((row["profile"], row["time"], milliseconds(interaction.get("sequence")),
                             row["source_system"], row["id"], row, step))
        if args.skip_noise and row["noise"] or interaction.get("kind") in WITHOUT_JOURNEY:
            continue
        found = stage_of(step, row, args.family)
        confusion[row["stage"], found] += 1
        by_script[row["script"]][found == row["stage"]] += 1
    return confusion, by_script, len(truth.steps) - len(seen), unknown, horizon


def stage_scores(confusion):
    scores = {}
    for stage in STAGES:
        scores[stage] = Score(confusion[stage, stage],
                              sum(n for (_, found), n in confusion.items() if found == stage),
                              sum(n for (true, _), n in confusion.items() if true == stage))
    return scores


def label_of(kind, name, names):
    return f"{kind}/{name}" if kind in names and name else kind


def expected_signals(truth, horizon, silence_ms):
    """(profile, label) → ids of the interactions where it is expected; the kinds with names."""
    names = {"MICRO_MOMENT", "LIFECYCLE"}
    expected = defaultdict(list)
    for row in truth.steps.values():
        for signal in row["signals"]:
            kind = signal["kind"]
            if kind in DERIVED:
                continue
            due = signal.get("due", row["time"] + (silence_ms if kind in SILENT else 0))
            if due < horizon or (due == horizon and kind not in SILENT):
                label = label_of(kind, signal.get("name"), names)
                profile = "" if truth.ignore_profile else row["profile"]
                expected[profile, label].append(row["id"])
    for profile, steps in by_profile(truth).items():
        profile = "" if truth.ignore_profile else profile
        for kind, identifier in derived_signals(steps, horizon):
            expected[profile, kind].append(identifier)
    return {key: ids for key, ids in expected.items() if key[1] not in NOT_JUDGED}, names


def by_profile(truth):
    """profile → its steps of journeys as (time, truth row, step), in order."""
    steps = defaultdict(list)
    for profile, time, _, _, _, row, step in sorted(truth.walked, key=lambda walked: walked[:5]):
        if step["interaction"].get("kind") not in WITHOUT_JOURNEY:
            steps[profile].append((time, row, step))
    return steps


def derived_signals(steps, horizon):
    """(kind, id of the interaction) of what follows from all that one customer did."""
    own = [(time, row, step) for time, row, step in steps
           if step["interaction"].get("kind", "CUSTOMER") == "CUSTOMER"]
    if own:
        yield "FIRST_TOUCH", own[0][1]["id"]
    yield from silences(own, horizon)
    yield from loyalty(own)
    before = {}
    for _, row, _ in steps:
        owner = OWNERS[row["stage"]]
        if before.get(row["run"], owner) != owner:
            yield "HANDOVER", row["id"]
        before[row["run"]] = owner


def silences(own, horizon):
    """Who has left for good is not called inactive."""
    left = False
    bought = False
    for (time, row, step), after in zip(own, [*own[1:], None]):
        action = step["interaction"]["action"]
        left = (left or bought and action in LEAVES) and action not in PURCHASES
        bought = bought or action in PURCHASES
        due = time + INACTIVE_DAYS * DAY_MS
        if left or due >= horizon or after and after[0] <= due:
            continue
        yield "INACTIVE", row["id"]
        if after:
            yield "REACTIVATED", after[1]["id"]


def loyalty(own):
    """Each time that so many purchases, of different sessions, lie within the time."""
    bought, is_loyal = {}, False
    for time, row, step in own:
        if step["interaction"]["action"] not in PURCHASES:
            continue
        before = [t for t in bought.values() if time - t <= LOYAL_WITHIN_DAYS * DAY_MS]
        is_loyal = len(before) >= LOYAL
        bought.setdefault(step["session_id"], time)
        now = [t for t in bought.values() if time - t <= LOYAL_WITHIN_DAYS * DAY_MS]
        if len(now) >= LOYAL and not is_loyal:
            yield "LOYAL", row["id"]


def found_signals(args, truth, labels, names):
    """(profile, label) → evidence of each signal found, for the labels that the truth knows."""
    found = defaultdict(list)
    plain = {label.split("/")[0] for label in labels}
    for signal in lines(find(args.output, "signals.jsonl")):
        if signal.get("retracted") or signal["kind"] not in plain:
            continue
        if args.family and signal.get("family") not in ("", None, args.family):
            continue
        label = label_of(signal["kind"], signal.get("name"), names)
        if label not in labels:
            continue
        profile = "" if truth.ignore_profile else signal["profile_id"]
        found[profile, label].append(set(signal.get("evidence") or []))
    return found


def signal_scores(expected, found):
    """label → (found: as many as expected, at the place: with the interaction as evidence)."""
    loose, strict = defaultdict(Score), defaultdict(Score)
    for key in set(expected) | set(found):
        label = key[1]
        ids, evidence = expected.get(key, []), found.get(key, [])
        open_ids = Counter(ids)
        placed = 0
        for named in evidence:
            hit = next((identifier for identifier in named if open_ids[identifier] > 0), None)
            if hit is not None:
                open_ids[hit] -= 1
                placed += 1
        for scores, right in ((loose, min(len(ids), len(evidence))), (strict, placed)):
            scores[label].right += right
            scores[label].found += len(evidence)
            scores[label].expected += len(ids)
    return loose, strict


def macro_f1(scores):
    counted = [score.f1 for score in scores.values() if score.expected]
    return sum(counted) / len(counted) if counted else 0.0


def print_table(title, scores):
    print(f"{title:<34}{'precision':>10}{'recall':>9}{'F1':>8}{'found':>10}{'expected':>10}")
    for name, score in scores.items():
        print(f"  {name:<32}{score.precision:>10.3f}{score.recall:>9.3f}{score.f1:>8.3f}"
              f"{score.found:>10}{score.expected:>10}")
    print(f"  {'macro F1':<32}{'':>19}{macro_f1(scores):>8.3f}\n")


def print_confusion(confusion):
    columns = STAGES + [NO_STAGE]
    print("truth \\ found".ljust(16) + "".join(f"{name[:11]:>13}" for name in columns))
    for stage in STAGES:
        print(stage.ljust(16) + "".join(f"{confusion[stage, name]:>13}" for name in columns))
    print()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--truth", required=True)
    parser.add_argument("--output", required=True, help="output folder of the replay")
    parser.add_argument("--family", help="measure this family only")
    parser.add_argument("--ignore-profile", action="store_true",
                        help="profiles have other names than the truth's keys (stitching)")
    parser.add_argument("--skip-noise", action="store_true", help="leave noise out of the stages")
    parser.add_argument("--silence-days", type=int, default=90,
                        help="silence after which a journey counts as gone (90)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--min-macro-f1", type=float, default=0.0, help="of the stages")
    parser.add_argument("--min-signals-f1", type=float, default=0.0,
                        help="macro F1 of the signals found")
    return parser.parse_args()


def main():
    args = arguments()
    truth = Truth(args.truth, args.ignore_profile)
    confusion, by_script, missing, unknown, horizon = read_stages(args, truth)
    stages = stage_scores(confusion)
    expected, names = expected_signals(truth, horizon, args.silence_days * DAY_MS)
    found = found_signals(args, truth, {label for _, label in expected}, names)
    loose, strict = (dict(sorted(part.items())) for part in signal_scores(expected, found))
    total = sum(confusion.values())
    right = sum(confusion[stage, stage] for stage in STAGES)
    accuracy = right / total if total else 0.0
    scripts = {name: round(counts[True] / sum(counts.values()), 4)
               for name, counts in sorted(by_script.items())}
    if args.json:
        print(json.dumps({
            "steps": total, "missing": missing, "unknown": unknown, "accuracy": round(accuracy, 4),
            "macro_f1": round(macro_f1(stages), 4),
            "signals_macro_f1": round(macro_f1(loose), 4),
            "stages": {name: score.row() for name, score in stages.items()},
            "scripts": scripts,
            "signals": {name: score.row() for name, score in loose.items()},
            "signals_at_place": {name: score.row() for name, score in strict.items()}}, indent=1))
    else:
        print(f"steps {total}, missing {missing}, not in the truth {unknown}; "
              f"stage accuracy {accuracy:.3f}\n")
        print_table("stages", stages)
        print_confusion(confusion)
        print("accuracy by script: " + "  ".join(f"{k} {v:.3f}" for k, v in scripts.items()) + "\n")
        print_table("signals: found", loose)
        print_table("signals: at the place", strict)
    low = macro_f1(stages) < args.min_macro_f1 or macro_f1(loose) < args.min_signals_f1
    return 1 if missing or unknown or low else 0


if __name__ == "__main__":
    sys.exit(main())
