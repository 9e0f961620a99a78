#!/usr/bin/env python3
"""Sessions of all four sets at any gap, each customer's events taken by themselves.

Reads the files with nothing but a split of the lines, as a second opinion on the other scripts.
"""

import calendar
import collections
import gzip
import os
import re
import time

import reference

GAPS = {"30m": 30 * 60_000, "60m": 60 * 60_000, "24h": 24 * 3_600_000}
EXPECTED = {
    "incidents_30m": 90_140, "incidents_60m": 82_852, "incidents_24h": 45_769,
    "bank-calls_30m": 11_918, "bank-calls_24h": 7_861,
    "loans_30m": 67_220, "loans_60m": 61_225, "loans_24h": 35_203,
    "shop_30m": 2_220, "shop_24h": 1_098,
}
FRACTION = re.compile(r"\.(\d{3})")
ZONE = re.compile(r"([+-])(\d\d):(\d\d)$")


def utc_ms(text, form):
    return calendar.timegm(time.strptime(text, form)) * 1000


def iso_ms(text):
    zone = ZONE.search(text)
    offset = 0
    if zone:
        sign = 1 if zone.group(1) == "+" else -1
        offset = sign * (int(zone.group(2)) * 60 + int(zone.group(3))) * 60_000
    fraction = FRACTION.search(text)
    milliseconds = int(fraction.group(1)) if fraction else 0
    return utc_ms(text[:19].replace("T", " "), "%Y-%m-%d %H:%M:%S") + milliseconds - offset


# Of each set: its file, the separator, the customer's column, who is unknown, the time of a row.
SETS = {
    "incidents": ("support-incidents-2016/incident_event_log.csv.gz", ",", "caller_id", "?",
                  lambda row: utc_ms(row["sys_updated_at"], "%d/%m/%Y %H:%M")),
    "bank-calls": ("bank-calls-1999-02/calls.tsv.gz", "\t", "customer_id", "0",
                   lambda row: utc_ms(row["date"] + row["vru_entry"], "%y%m%d%H:%M:%S")),
    "loans": ("loan-applications-bpi2012/events.csv.gz", ",", "case_id", None,
              lambda row: iso_ms(row["timestamp"])),
    "shop": ("shop-journeys-2022-2024/events.csv.gz", ",", "user_id", None,
             lambda row: iso_ms(row["ts"])),
}


def read_times(path, separator, customer, unknown, time_of):
    times = collections.defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        names = next(lines).rstrip("\r\n").split(separator)
        for line in lines:
            row = dict(zip(names, line.rstrip("\r\n").split(separator)))
            if row[customer] != unknown:
                times[row[customer]].append(time_of(row))
    return times


def count(times, gap):
    sessions = 0
    for moments in times.values():
        last = None
        for moment in sorted(moments):
            if last is None or moment > last + gap:
                sessions += 1
            last = moment
    return sessions


def main():
    arguments = reference.parse_arguments(__doc__)
    figures = {}
    for name, (path, *columns) in SETS.items():
        times = read_times(os.path.join(arguments.data, path), *columns)
        figures[name + "_customers"] = len(times)
        for gap_name, gap in GAPS.items():
            figures[f"{name}_{gap_name}"] = count(times, gap)
    reference.report(figures, EXPECTED)


if __name__ == "__main__":
    main()
