"""What the suites of the command line share: running waymark, and reading what it writes.

They use the runner of tests/broker/harness.py, without a broker.
"""

import collections
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "broker"))

import harness  # noqa: E402
from harness import ROOT, check, check_equal  # noqa: E402

OUTPUTS = ("steps", "signals", "journeys", "dead-letters", "measures")


def waymark(*arguments, expect=0, **options):
    """Runs the binary to its end; fails the test where the exit code is not `expect`."""
    done = harness.run([harness.WAYMARK, *arguments], check=False, **options)
    if done.returncode != expect:
        raise harness.Failure(f"exit code {done.returncode}, expected {expect}: "
                              f"{' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done


def waymark_json(*arguments, **options):
    return json.loads(waymark(*arguments, **options).stdout)


def generate(context, name="events.jsonl", profiles=60, interactions=3000, seed=5, extra=()):
    """A file of traffic in the test's folder; returns its path."""
    path = context.path(name)
    waymark("generate", "--profiles", profiles, "--interactions", interactions, "--seed", seed,
            "--output", path, *extra)
    return path


def replay(inputs, output, *arguments):
    """Replays with the default model; returns the summary."""
    return waymark_json("replay", "--input", *inputs, "--output", output, "--models",
                        ROOT / "config/models", "--summary", "json", *arguments)


def lines(path):
    with open(path, encoding="utf-8") as text:
        return [json.loads(line) for line in text]


def outcomes(truth):
    """(steps, duplicates, {reason: dead letters}) of a truth file."""
    counts = collections.Counter()
    reasons = collections.Counter()
    for line in lines(truth):
        counts[line["outcome"]] += 1
        if line["outcome"] == "dead_letter":
            reasons[line["reason"]] += 1
    return counts["step"], counts["duplicate"], dict(reasons)


def check_fault(done, *texts):
    """One clear message on standard error, each of `texts` in it, and nothing of a crash."""
    for text in texts:
        check(text in done.stderr, f"'{text}' stands in: {done.stderr}")
    for trace in ("terminate called", "Segmentation", "Assertion"):
        check(trace not in done.stderr, f"no crash: {done.stderr}")


__all__ = ["OUTPUTS", "ROOT", "check", "check_equal", "check_fault", "generate", "harness",
           "lines", "outcomes", "replay", "waymark", "waymark_json"]
