#!/usr/bin/env python3
"""Loan applications: sessions, outcomes, and the sequence of stages of each application."""

import collections
import datetime
import os

import reference

STAGE_OF_ACTIVITY = {
    "A_SUBMITTED": "submitted",
    "A_PARTLYSUBMITTED": "partly-submitted",
    "A_PREACCEPTED": "preaccepted",
    "A_ACCEPTED": "accepted",
    "A_FINALIZED": "finalized",
    "O_SENT": "offer-sent",
    "O_SENT_BACK": "offer-sent-back",
    "A_APPROVED": "approved",
    "A_DECLINED": "declined",
    "A_CANCELLED": "cancelled",
}
OUTCOMES = ("approved", "declined", "cancelled")
EXPECTED = {
    "events": 262_200, "customers": 13_087, "duplicates": 0, "dead_letters": 0,
    "sessions_30m": 67_220, "sessions_60m": 61_225, "sessions_24h": 35_203,
    "declined": 7_635, "cancelled": 2_807, "approved": 2_246, "open": 399,
    "applications_with_later_events": 8_334,
}


def follow(events):
    """The stages up to the outcome, and whether anything has a time after it."""
    stages, outcome_time = [], None
    for time, _, activity in sorted(events):
        if outcome_time is not None:
            if time > outcome_time:
                return stages, True
            continue
        stage = STAGE_OF_ACTIVITY.get(activity)
        if stage:
            stages.append(stage)
        if stage in OUTCOMES:
            outcome_time = time
    return stages, False


def main():
    arguments = reference.parse_arguments(__doc__, sequences=True)
    folder = os.path.join(arguments.data, "loan-applications-bpi2012")
    cases = collections.defaultdict(list)
    lines = 0
    for lines, row in enumerate(reference.read_rows(folder, "events.csv.gz"), start=1):
        time = reference.to_ms(datetime.datetime.fromisoformat(row["timestamp"]))
        cases[row["case_id"]].append((time, lines, row["activity"]))
    sequences, last, later = {}, collections.Counter(), 0
    for case, events in cases.items():
        stages, has_later = follow(events)
        later += has_later
        sequences[case] = reference.without_repeats(stages)
        last[stages[-1] if stages[-1] in OUTCOMES else "open"] += 1
    reference.write_sequences(arguments.sequences, sequences)
    times = {case: [e[0] for e in events] for case, events in cases.items()}
    figures = {
        "events": lines, "customers": len(cases), "duplicates": 0, "dead_letters": 0,
        "sessions_30m": reference.count_sessions(times, 30 * reference.MINUTE),
        "sessions_60m": reference.count_sessions(times, reference.HOUR),
        "sessions_24h": reference.count_sessions(times, 24 * reference.HOUR),
        "applications_with_later_events": later,
        "distinct_sequences": len({tuple(s) for s in sequences.values()}),
    }
    figures.update({name: last[name] for name in OUTCOMES + ("open",)})
    reference.report(figures, EXPECTED)


if __name__ == "__main__":
    main()
