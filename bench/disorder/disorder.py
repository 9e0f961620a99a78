#!/usr/bin/env python3
"""What disorder and long customers cost: replays of the same interactions, measured from outside.

    bench/disorder/disorder.py [--interactions N] [--runs R] [--only disorder|length|giant]

disorder: customers in bursts as sessions are; a share of the interactions arrives up to ten minutes
late. length: customers of 1, 10, 100 … interactions each, in order and with 2 % late. giant: all
interactions are one customer's. Each row takes its turn R times; printed are medians of CPU seconds
per million interactions (user and system), and the ratio to the row's reference.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LATE_MAX_S = 600
START = 1_700_000_000
CHANNELS = ("web", "app", "email", "store")
ACTIONS = ("view", "search", "compare", "add_to_cart", "order", "use", "rate")


def traffic(customers, steps, late_share, seed=5):
    """(arrival, time, customer, number) of each interaction: sessions of eight, a minute apart."""
    dice = random.Random(seed)
    span = max(86_400, customers * steps // 100)
    for customer in range(customers):
        sessions = sorted(dice.randrange(span) for _ in range((steps + 7) // 8))
        for number in range(steps):
            time = START + sessions[number // 8] + 60 * (number % 8)
            late = dice.random() < late_share
            yield time + (dice.randrange(1, LATE_MAX_S) if late else 0), time, customer, number


def write(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        for _, time, customer, number in sorted(rows):
            out.write(json.dumps({
                "key": f"c{customer}", "id": f"{customer}-{number}", "time": time * 1000,
                "channel": CHANNELS[number % len(CHANNELS)], "touchpoint": "product-page",
                "action": ACTIONS[(customer + number) % len(ACTIONS)], "product": f"p{number % 50}",
                "source": {"system": "shop"}}, separators=(",", ":")) + "\n")


def replay(arguments, source, folder):
    """CPU seconds, and MiB at the peak."""
    output = folder / "out"
    command = [arguments.binary, "replay", "--input", source, "--output", output, "--workers", "1",
               "--models", ROOT / "config/models"]
    with open(folder / "log", "ab") as log:
        process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: see {(folder / 'log').read_text()[-2000:]}")
    subprocess.run(["rm", "-rf", output], check=True)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def rows_of(arguments):
    """name, customers, steps each, share that is late, name of the reference."""
    total = arguments.interactions
    if arguments.only in (None, "disorder"):
        for share in (0, 0.02, 0.2):
            yield f"{share:.0%} late", total // 40, 40, share, "0% late"
    if arguments.only in (None, "length"):
        for share in (0, 0.02):
            for steps in (1, 10, 100, 1_000, 10_000):
                name = f"{steps:,} a customer, {share:.0%} late"
                yield name, max(1, total // steps), steps, share, f"10 a customer, {share:.0%} late"
    if arguments.only in (None, "giant"):
        for share in (0, 0.02):
            yield f"one customer, {share:.0%} late", 1, total, share, "one customer, 0% late"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / "build/release/waymark")
    parser.add_argument("--interactions", type=int, default=400_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=("disorder", "length", "giant"))
    arguments = parser.parse_args()
    rows = list(rows_of(arguments))
    taken = {name: [] for name, *_ in rows}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for index, (_, customers, steps, share, _) in enumerate(rows):
            write(folder / f"{index}.jsonl", traffic(customers, steps, share))
        for _ in range(arguments.runs):
            for index, (name, *_) in enumerate(rows):
                taken[name].append(replay(arguments, folder / f"{index}.jsonl", folder))
    print(f"{'':32}{'CPU s per million':>18}{'ratio':>8}{'peak MiB':>10}")
    medians = {}
    for name, customers, steps, *_ in rows:
        cpu = statistics.median(seconds for seconds, _ in taken[name])
        medians[name] = cpu / (customers * steps) * 1e6
    for name, *_, reference in rows:
        peak = max(mib for _, mib in taken[name])
        ratio = medians[name] / medians[reference]
        print(f"{name:32}{medians[name]:18.2f}{ratio:8.2f}{peak:10,.0f}")


main()
