#!/usr/bin/env python3
"""Calls to a bank: known and unknown customers, sessions, outcomes."""

import collections
import datetime
import os

import reference

EXPECTED = {
    "events": 33_344, "steps": 13_786, "dead_letters": 19_558, "duplicates": 0,
    "customers": 4_081, "calls_over_midnight": 22, "outcome_AGENT": 27_162, "outcome_HANG": 5_904,
    "outcome_PHANTOM": 278, "sessions_30m": 11_918, "sessions_24h": 7_861,
    "late_within_customer": 50,
}


def start_of(row):
    return reference.to_ms(
        datetime.datetime.strptime(f"{row['date']} {row['vru_entry']}", "%y%m%d %H:%M:%S"))


def seconds_of(clock):
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def length_of(row):
    """Seconds from the start to the last time of the call, and whether midnight is between.

    0:00:00 means that there was no queue or no agent. A clock far behind the start's has passed
    midnight; a minute behind is bad data.
    """
    start, length, midnight = seconds_of(row["vru_entry"]), 0, False
    for name in ("vru_exit", "q_exit", "ser_exit"):
        end = seconds_of(row[name])
        if end == 0 and name != "vru_exit":
            continue
        if end + 12 * 3600 < start:
            end += 24 * 3600
            midnight = True
        length = max(length, end - start)
    return length, midnight


def count_late(calls):
    """Calls that a customer began before one already written down; a call is written at its end."""
    late, newest = 0, {}
    for _, customer, start in sorted(calls, key=lambda call: call[0]):
        late += start < newest.get(customer, start)
        newest[customer] = max(start, newest.get(customer, start))
    return late


def main():
    arguments = reference.parse_arguments(__doc__)
    folder = os.path.join(arguments.data, "bank-calls-1999-02")
    times, ids = collections.defaultdict(list), collections.Counter()
    outcomes, known_outcomes = collections.Counter(), collections.Counter()
    calls = []
    events = midnight = 0
    for events, row in enumerate(reference.read_rows(folder, "calls.tsv.gz", "\t"), start=1):
        outcomes[row["outcome"]] += 1
        length, passes_midnight = length_of(row)
        midnight += passes_midnight
        if row["customer_id"] == "0":
            continue
        known_outcomes[row["outcome"]] += 1
        ids[row["customer_id"], row["vru+line"], row["call_id"], row["date"]] += 1
        time = start_of(row)
        times[row["customer_id"]].append(time)
        calls.append((time + 1000 * length, row["customer_id"], time))
    steps = sum(known_outcomes.values())
    figures = {
        "events": events, "dead_letters": events - steps, "customers": len(times),
        "duplicates": sum(n - 1 for n in ids.values()), "calls_over_midnight": midnight,
        "steps": len(ids), "known_gave_up": known_outcomes["HANG"],
        "known_phantom": known_outcomes["PHANTOM"], "late_within_customer": count_late(calls),
        "sessions_30m": reference.count_sessions(times, 30 * reference.MINUTE),
        "sessions_24h": reference.count_sessions(times, 24 * reference.HOUR),
    }
    figures.update({f"outcome_{name}": count for name, count in outcomes.items()})
    reference.report(figures, EXPECTED)


if __name__ == "__main__":
    main()
