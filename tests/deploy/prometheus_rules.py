"""Reads what deploy/prometheus and its tests hold: rules, queries, the names in them."""

import functools
import re
import shutil
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "broker"))

import harness  # noqa: E402
from harness import ROOT, check  # noqa: E402

FOLDER = ROOT / "deploy/prometheus"
RUNBOOKS = ROOT / "deploy/runbooks"
TESTS = ROOT / "tests/deploy/prometheus"
RULE_FILES = (FOLDER / "recording.rules.yaml", FOLDER / "alerts.rules.yaml")

# Of what is scraped: Prometheus and service discovery add them.
TARGET_LABELS = {"job", "instance", "cluster", "namespace", "pod", "container"}
# What others measure, with the labels of theirs that we use.
FOREIGN = {
    "up": set(),
}
WORDS = {"sum", "min", "max", "avg", "count", "topk", "and", "or", "unless", "bool", "offset",
         "absent", "changes", "delta", "deriv", "histogram_quantile", "increase", "label_replace",
         "avg_over_time", "max_over_time", "predict_linear", "rate", "time"}
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
GROUPING = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)")
SELECTOR = re.compile(r"([A-Za-z_:][\w:]*)\s*\{([^}]*)\}")
NAME = re.compile(r"(?<![\w.])[A-Za-z_:][\w:]*")
DURATION = re.compile(r"\[[^\]]*\]|\b\d+(?:\.\d+)?(?:ms|[smhdwy])?\b")


def main(tool):
    """Runs the suite; without the tool nothing of it, which is said loudly."""
    if shutil.which(tool) is None:
        print(f"SKIPPED: no {tool} here (hint: deploy/dev/install-packages test)")
        sys.exit(harness.EXIT_SKIPPED)
    harness.main()


@functools.cache
def load(path):
    return yaml.load(Path(path).read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader",
                                                                    yaml.SafeLoader))


def groups():
    """Those of all rule files, in order."""
    return [group for path in RULE_FILES for group in load(path)["groups"]]


def rules(kind):
    """All of a kind: `alert` or `record`."""
    return [rule for group in groups() for rule in group["rules"] if kind in rule]


def alert_key(rule):
    return rule["alert"], rule["labels"]["severity"]


def test_files():
    return sorted(TESTS.glob("*.test.yaml"))


@functools.cache
def recorded():
    return {rule["record"]: rule["expr"] for rule in rules("record")}


@functools.cache
def declared():
    """{metric: labels} of the binary; a histogram by the names of its series."""
    table = harness.run([harness.WAYMARK, "config", "metrics"]).stdout
    metrics = {}
    for row in re.findall(r"^\| `(\w+)` \| (\w+) \| [^|]* \| ([^|]*) \|", table, re.M):
        name, kind, labels = row[0], row[1], set(re.findall(r"`(\w+)`", row[2]))
        if kind == "histogram":
            metrics.update({f"{name}_bucket": labels | {"le"}, f"{name}_sum": labels,
                            f"{name}_count": labels})
        else:
            metrics[name] = labels
    check(len(metrics) > 50, f"the binary declares metrics: {table[:300]}")
    return metrics


def names(query):
    """Metrics and recorded rules that a query asks for."""
    bare = STRING.sub('""', query)
    bare = re.sub(r"\{[^}]*\}", " ", GROUPING.sub(" ", bare))
    return {name for name in NAME.findall(DURATION.sub(" ", bare)) if name not in WORDS}


def base_names(query):
    """The same with what is recorded replaced by what it is made of."""
    known = recorded()
    return {base for name in names(query)
            for base in (base_names(known[name]) if name in known else {name})}


def label_list(text):
    return {label.strip() for label in text.split(",") if label.strip()}


def labels_grouped(query):
    return {label for match in GROUPING.findall(query) for label in label_list(match)}


def labels_matched(query):
    """{metric: labels in braces behind it}"""
    found = {}
    for name, matchers in SELECTOR.findall(STRING.sub('""', query)):
        found.setdefault(name, set()).update(re.findall(r"(\w+)\s*[=!]", matchers))
    return found


def labels_made(query):
    return set(re.findall(r'label_replace\(.*?,\s*"(\w+)"', query, re.S))


def labels_of(name, metrics):
    """Those that series of this name may carry."""
    known = recorded()
    if name in known:
        made = labels_made(known[name])
        inner = [labels_of(part, metrics) for part in names(known[name])]
        return set().union(made, *inner)
    own = metrics.get(name, FOREIGN.get(name))
    return set() if own is None else own | TARGET_LABELS
