#!/usr/bin/env python3
"""Support incidents: callers, sessions, reopened incidents, and the states of each."""

import collections
import datetime
import os

import reference

DONE = ("resolved", "closed")
EXPECTED = {
    "events": 141_712, "steps": 141_683, "dead_letters": 29, "duplicates": 0,
    "customers": 5_244, "incidents": 24_918, "reopened": 275, "reopened_counting_new": 276,
    "sessions_30m": 90_140, "sessions_60m": 82_852, "sessions_24h": 45_769,
}


def stage_of(state):
    """The state in words; none for the state -100, which is no state at all."""
    return None if state == "-100" else state.lower().replace(" ", "-")


def is_reopened(stages, counting_new):
    def is_open(stage):
        return stage == "active" or stage.startswith("awaiting") or (
            counting_new and stage == "new")
    return any(a in DONE and is_open(b) for a, b in zip(stages, stages[1:]))


def main():
    arguments = reference.parse_arguments(__doc__, sequences=True)
    folder = os.path.join(arguments.data, "support-incidents-2016")
    journeys, times = collections.defaultdict(list), collections.defaultdict(list)
    ids, incidents = collections.Counter(), set()
    events = unknown = 0
    for events, row in enumerate(reference.read_rows(folder, "incident_event_log.csv.gz"), start=1):
        incidents.add(row["number"])
        if row["caller_id"] == "?":
            unknown += 1
            continue
        moment = datetime.datetime.strptime(row["sys_updated_at"], "%d/%m/%Y %H:%M")
        time, version = reference.to_ms(moment), int(row["sys_mod_count"])
        ids[row["caller_id"], row["number"], version, time] += 1
        times[row["caller_id"]].append(time)
        journeys[row["caller_id"], row["number"]].append((time, version, row["incident_state"]))
    sequences = {}
    for (caller, number), updates in journeys.items():
        stages = [stage_of(state) for _, _, state in sorted(updates)]
        sequences[f"{caller}/{number}"] = reference.without_repeats([s for s in stages if s])
    reference.write_sequences(arguments.sequences, sequences)
    duplicates = sum(n - 1 for n in ids.values())
    reference.report({
        "events": events, "dead_letters": unknown, "duplicates": duplicates,
        "steps": events - unknown - duplicates, "customers": len(times),
        "incidents": len(incidents), "journeys": len(journeys),
        "last_state": dict(collections.Counter(s[-1] for s in sequences.values())),
        "reopened": sum(is_reopened(s, False) for s in sequences.values()),
        "reopened_counting_new": sum(is_reopened(s, True) for s in sequences.values()),
        "sessions_30m": reference.count_sessions(times, 30 * reference.MINUTE),
        "sessions_60m": reference.count_sessions(times, reference.HOUR),
        "sessions_24h": reference.count_sessions(times, 24 * reference.HOUR),
    }, EXPECTED)


if __name__ == "__main__":
    main()
