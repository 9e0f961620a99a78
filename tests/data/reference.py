"""What the reference scripts share: finding the data, reading it, counting sessions, reporting.

The scripts recompute the figures of the real data sets from the raw files alone. They know nothing
of Waymark's models, mappings or code, so that agreement means something.
"""

import argparse
import csv
import datetime
import gzip
import io
import json
import os
import sys

EXIT_SKIPPED = 77
MINUTE = 60_000
HOUR = 60 * MINUTE
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def parse_arguments(description, sequences=False):
    parser = argparse.ArgumentParser(description=description)
    default = os.environ.get("WAYMARK_DATA") or os.path.join(
        os.path.dirname(REPOSITORY), "shared", "data")
    parser.add_argument("--data", default=default, help="folder of the data sets (%(default)s)")
    if sequences:
        parser.add_argument("--sequences", metavar="FILE",
                            help="write one line a journey: its key, a tab, stage>stage>…")
    arguments = parser.parse_args()
    if not os.path.isdir(arguments.data):
        print(f"SKIPPED: no data at {arguments.data}; name it by --data or WAYMARK_DATA",
              file=sys.stderr)
        sys.exit(EXIT_SKIPPED)
    return arguments


def read_rows(folder, name, delimiter=","):
    """The rows of a gzipped table, each a dict, in file order."""
    with gzip.open(os.path.join(folder, name), "rb") as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, "utf-8", newline=""), delimiter=delimiter)


def to_ms(moment):
    """Milliseconds since the epoch, what is finer cut off. A moment without zone is UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return (moment - EPOCH) // datetime.timedelta(milliseconds=1)


def count_sessions(times_by_customer, gap):
    """Sessions begun; a distance equal to the gap stays in the session."""
    sessions = 0
    for times in times_by_customer.values():
        times = sorted(times)
        sessions += 1 + sum(later - earlier > gap for earlier, later in zip(times, times[1:]))
    return sessions


def without_repeats(stages):
    """A stage that follows itself was not entered again."""
    return [s for i, s in enumerate(stages) if i == 0 or s != stages[i - 1]]


def write_sequences(path, sequences):
    if path:
        with open(path, "w", encoding="utf-8") as out:
            for key in sorted(sequences):
                out.write(f"{key}\t{'>'.join(sequences[key])}\n")


def report(figures, expected):
    """Prints the figures as JSON; fails where one differs from what the data's README states."""
    json.dump(figures, sys.stdout, indent=2, sort_keys=True)
    sys.stdout.write("\n")
    wrong = {k: (figures.get(k), v) for k, v in expected.items() if figures.get(k) != v}
    for name, (found, stated) in sorted(wrong.items()):
        print(f"{name}: {found}, but {stated} is stated", file=sys.stderr)
    sys.exit(1 if wrong else 0)
