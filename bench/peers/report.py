"""One table of all results: medians, least and most, and the ratio of Waymark to each."""
import json
import statistics

from variants import REFERENCE, VARIANTS

# Heading, key of the result, decimals.
THROUGHPUT = [
    ("interactions/s", "rate", 0), ("steady", "rate_steady", 0), ("with start", "rate_wall", 0),
    ("CPU s/M", "cpu", 2), ("CPU steady", "cpu_steady", 2), ("broker s/M", "broker_cpu", 2),
    ("memory MB", "memory_mb", 0), ("state MB", "state_mb", 0), ("B/step", "bytes_out", 0),
    ("disk B", "topics_bytes", 0),
    ("others CPU s", "other_cpu_s", 1)]
LATENCY = [("p50 ms", "p50", 0), ("p99", "p99", 0), ("p99.9", "p999", 0),
           ("uncommitted: p50 ms", "u50", 0), ("p99", "u99", 0), ("p99.9", "u999", 0),
           ("cores", "cores", 2), ("broker", "broker_cores", 2), ("others", "other_cores", 2)]
START_UP = [("first output s", "seconds", 2), ("CPU s", "cpu", 2)]
RESTORE = [("caught up s", "seconds", 2), ("customers/s", "customers_rate", 0), ("CPU s", "cpu", 2),
           ("memory MB", "memory_mb", 0), ("read MB", "read_mb", 0)]
LEGEND = """
Medians (least..most). ×: what Waymark has (the first of its variants in the table), divided by
what this one has in the same round, median. CPU: seconds of the process per million interactions;
memory: its largest resident set. README.md explains the columns.

Variants:"""
SCALE = [("interactions/s", "rate", 0), ("steady", "rate_steady", 0), ("CPU s/M", "cpu", 2),
         ("CPU steady", "cpu_steady", 2), ("memory MB of all", "memory_mb", 0)]
COLUMNS = {"latency": LATENCY, "start-up": START_UP, "restore": RESTORE, "scale": SCALE}
SPREAD = {"rate", "rate_steady", "cpu", "p99", "seconds"}
RATIOS = {"rate": "rate", "rate_steady": "steady", "cpu": "CPU", "cpu_steady": "CPU steady",
          "p99": "p99", "seconds": "s"}


def read(paths):
    rows = []
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            rows += [{**json.loads(line), "file": str(path)} for line in lines]
    return rows


def number(value, decimals):
    return f"{value:,.{decimals}f}"


def cell(rows, key, decimals):
    values = [row[key] for row in rows if row.get(key) is not None]
    if not values:
        return "-"
    text = number(statistics.median(values), decimals)
    if key in SPREAD and len(values) > 1:
        text += f" ({number(min(values), decimals)}..{number(max(values), decimals)})"
    return text


def ratio(rows, reference, key):
    """The median of Waymark / this one, round by round."""
    by_round = {(row["file"], row["round"]): row for row in reference}
    values = []
    for row in rows:
        other = by_round.get((row["file"], row["round"]), {})
        if row.get(key) and other.get(key):
            values.append(other[key] / row[key])
    return f"{statistics.median(values):.2f}" if values else "-"


def print_table(title, rows, columns):
    variants = {}
    for row in rows:
        variants.setdefault(row["variant"], []).append(row)
    names = [name for name in VARIANTS if name in variants]
    reference = REFERENCE if REFERENCE in variants else next(
        (name for name in names if VARIANTS[name].system == "waymark"), None)
    compared = [column[1] for column in columns if column[1] in RATIOS] if reference else []
    print(f"\n### {title}\n")
    heads = ["variant", "runs"] + [column[0] for column in columns]
    heads += [f"×{RATIOS[key]}" for key in compared]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for name in names:
        cells = [name, str(len(variants[name]))]
        cells += [cell(variants[name], key, decimals) for _, key, decimals in columns]
        cells += [ratio(variants[name], variants[reference], key) for key in compared]
        print("| " + " | ".join(cells) + " |")


def title_of(kind, traffic):
    return f"{kind}: " + ", ".join(f"{key} {value:,}" if isinstance(value, int) else
                                   f"{key} {value}" for key, value in traffic)


def report(paths):
    tables = {}
    for row in read(paths):
        if row["kind"] == "machine":
            print(row["text"])
            continue
        traffic = tuple(sorted(row["traffic"].items()))
        tables.setdefault((row["kind"], traffic), []).append(row)
    for (kind, traffic), rows in tables.items():
        print_table(title_of(kind, traffic), rows, COLUMNS.get(kind, THROUGHPUT))
    print(LEGEND)
    for name in VARIANTS:
        if any(row["variant"] == name for rows in tables.values() for row in rows):
            print(f"  {name:18} {VARIANTS[name].system}: {VARIANTS[name].help}")
