#!/usr/bin/env python3
"""The filter predicts how loan applications end: learned from the first 70 %, tried on the rest.

    tests/data/loans_outcome_test.py [--data FOLDER]

After half of the interactions of an application its outcome must be right at least ten points more
often than the most frequent outcome always is. Printed beside it: a plain logistic regression on
the numbers of interactions in each stage, learned from and tried on the same applications.
"""
import collections
import datetime
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import reference
from loans_reference import OUTCOMES, STAGE_OF_ACTIVITY

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "config/examples/loans"
POINTS = 10
HELD_OUT = 0.3


def fit(events):
    with tempfile.TemporaryDirectory(prefix="waymark-loans-") as folder:
        done = subprocess.run(
            [os.environ["WAYMARK_BINARY"], "model", "fit", "--models", EXAMPLES / "models", "--on",
             events, "--mapping", EXAMPLES / "mapping.yaml", "--outcomes", "--holdout",
             str(HELD_OUT), "--states", "2", "--tries", "4", "--rounds", "60", "--temporary",
             folder, "--output", f"{folder}/filter.yaml", "--json"],
            stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def applications(folder):
    """(start, stage counts in the first half, outcome) of those that ended, by their start."""
    cases = collections.defaultdict(list)
    for number, row in enumerate(reference.read_rows(folder, "events.csv.gz")):
        time = reference.to_ms(datetime.datetime.fromisoformat(row["timestamp"]))
        cases[row["case_id"]].append((time, number, row["activity"]))
    found = []
    for events in cases.values():
        stages, stage = [], None
        for _, _, activity in sorted(events):
            stage = STAGE_OF_ACTIVITY.get(activity, stage)
            stages.append(stage)
            if stage in OUTCOMES:
                half = stages[:(len(stages) + 1) // 2]
                found.append((min(events)[0], collections.Counter(half), stage))
                break
    return sorted(found, key=lambda application: application[0])


def features(counts):
    names = sorted(set(STAGE_OF_ACTIVITY.values()))
    return [1.0] + [math.log1p(counts[name]) for name in names]


def scores(weights, x):
    raw = [sum(w * v for w, v in zip(row, x)) for row in weights]
    top = max(raw)
    parts = [math.exp(value - top) for value in raw]
    return [part / sum(parts) for part in parts]


def regression(learned, rounds=12, rate=0.1):
    """Multinomial logistic regression by stochastic gradient descent."""
    rows = [(features(counts), OUTCOMES.index(outcome)) for _, counts, outcome in learned]
    weights = [[0.0] * len(rows[0][0]) for _ in OUTCOMES]
    dice = random.Random(1)
    for turn in range(rounds):
        dice.shuffle(rows)
        step = rate / (1 + turn)
        for x, outcome in rows:
            for index, share in enumerate(scores(weights, x)):
                error = (index == outcome) - share
                weights[index] = [w + step * error * v for w, v in zip(weights[index], x)]
    return weights


def area_under_curve(scored):
    """The probability that a random positive is placed above a random negative."""
    scored = sorted(scored)
    ranks, at = 0.0, 0
    while at < len(scored):
        end = at
        while end < len(scored) and scored[end][0] == scored[at][0]:
            end += 1
        ranks += sum(positive for _, positive in scored[at:end]) * (at + end + 1) / 2
        at = end
    positives = sum(positive for _, positive in scored)
    return (ranks - positives * (positives + 1) / 2) / (positives * (len(scored) - positives))


def main():
    arguments = reference.parse_arguments(__doc__)
    folder = os.path.join(arguments.data, "loan-applications-bpi2012")
    told = fit(os.path.join(folder, "events.csv.gz"))["held_out"]
    journeys = told["journeys"]
    right = 100 * told["outcomes_right_at_half"] / journeys
    base = 100 * told["most_frequent_outcome"] / journeys
    found = applications(folder)
    kept = int(len(found) * (1 - HELD_OUT))
    weights = regression(found[:kept])
    tried = [(scores(weights, features(counts)), outcome) for _, counts, outcome in found[kept:]]
    plain = 100 * sum(OUTCOMES[s.index(max(s))] == outcome for s, outcome in tried) / len(tried)
    print(f"{'':34}{'right':>8}", *(f"{'AUC ' + outcome:>16}" for outcome in OUTCOMES))
    print(f"{'most frequent outcome':34}{base:7.1f}%")
    print(f"{'logistic regression, stage counts':34}{plain:7.1f}%",
          *(f"{area_under_curve([(s[i], o == outcome) for s, o in tried]):16.3f}"
            for i, outcome in enumerate(OUTCOMES)))
    print(f"{'filter':34}{right:7.1f}%",
          *(f"{told['area_under_curve'][outcome]:16.3f}" for outcome in OUTCOMES))
    print(f"{journeys:,} applications held out")
    if right < base + POINTS:
        sys.exit(f"the filter is {right - base:.1f} points above the base rate, not {POINTS}")


if __name__ == "__main__":
    main()
