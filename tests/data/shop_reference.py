#!/usr/bin/env python3
"""Shop journeys: visitors, duplicates, sessions, and who turns out to be the same person."""

import collections
import datetime
import os

import reference

LINKS = ("email_link_id", "site_uid", "sms_link_id")
EXPECTED = {
    "events": 16_008, "steps": 16_004, "duplicates": 4, "dead_letters": 0, "customers": 250,
    "customers_with_order": 36, "naive_join_rows": 16_036,
    "sessions_30m": 2_220, "sessions_24h": 1_098,
    "by_event_customers": 248, "by_event_sessions_30m": 2_214, "by_event_sessions_24h": 1_093,
    "by_link_customers": 246, "by_link_sessions_30m": 2_212, "by_link_sessions_24h": 1_091,
}


class Persons:
    """Visitors joined by what they share (union-find)."""

    def __init__(self):
        self.parent = {}

    def find(self, name):
        self.parent.setdefault(name, name)
        while self.parent[name] != name:
            name = self.parent[name]
        return name

    def join(self, a, b):
        self.parent[self.find(b)] = self.find(a)

    def join_sharers(self, visitors_by_token):
        for visitors in visitors_by_token.values():
            first, *others = sorted(visitors)
            for other in others:
                self.join(first, other)

    def gather(self, times):
        joined = collections.defaultdict(list)
        for visitor, moments in times.items():
            joined[self.find(visitor)] += moments
        return joined


def sessions(figures, prefix, times):
    figures[prefix + "customers"] = len(times)
    figures[prefix + "sessions_30m"] = reference.count_sessions(times, 30 * reference.MINUTE)
    figures[prefix + "sessions_24h"] = reference.count_sessions(times, 24 * reference.HOUR)


def main():
    arguments = reference.parse_arguments(__doc__)
    folder = os.path.join(arguments.data, "shop-journeys-2022-2024")
    times, visitors_of_event = collections.defaultdict(list), collections.defaultdict(set)
    records, types, order_by = collections.Counter(), collections.Counter(), set()
    for row in reference.read_rows(folder, "events.csv.gz"):
        visitor, event = row["user_id"], row["event_id"]
        times[visitor].append(reference.to_ms(datetime.datetime.fromisoformat(row["ts"])))
        visitors_of_event[event].add(visitor)
        records[visitor, event] += 1
        types[row["event_type"]] += 1
        if row["event_type"] == "Order Completed":
            order_by.add(visitor)
    visitors_of_link = collections.defaultdict(set)
    for row in reference.read_rows(folder, "landings.csv.gz"):
        for kind in LINKS:
            if row[kind]:
                visitors_of_link[kind, row[kind]] |= visitors_of_event.get(row["event_id"], set())
    figures = {
        "events": sum(records.values()), "steps": len(records), "dead_letters": 0,
        "duplicates": sum(n - 1 for n in records.values()), "customers_with_order": len(order_by),
        "naive_join_rows": count_naive_join(folder, records),
    }
    figures.update({f"type_{name}": count for name, count in types.items()})
    sessions(figures, "", times)
    persons = Persons()
    persons.join_sharers(visitors_of_event)
    sessions(figures, "by_event_", persons.gather(times))
    persons.join_sharers({k: v for k, v in visitors_of_link.items() if v})
    sessions(figures, "by_link_", persons.gather(times))
    reference.report(figures, EXPECTED)


def count_naive_join(folder, records):
    """Rows of a plain left join of the events to the landings, some of which stand twice."""
    rows = reference.read_rows(folder, "landings.csv.gz")
    landings = collections.Counter(row["event_id"] for row in rows)
    return sum(count * max(1, landings[event]) for (_, event), count in records.items())


if __name__ == "__main__":
    main()
