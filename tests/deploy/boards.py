"""The dashboards as their tests see them: panels, and the metrics and labels of their queries."""

import dataclasses
import json
import re

import harness

FOLDER = harness.ROOT / "deploy/grafana/dashboards"
# What Prometheus itself adds.
TARGET_LABELS = {"job", "instance"}
BUILT_IN = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity", "topic", "partition"}}

SELECTOR = re.compile(r"\b([A-Za-z_:][\w:]*)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"')
GROUPING = re.compile(r"\bby \(([^)]*)\) \(")
LEGEND_LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclasses.dataclass
class Query:
    """A query of a panel, an annotation or a variable."""
    where: str
    text: str
    legend: str = ""
    instant: bool = False


def read():
    """{file name: dashboard}"""
    return {path.name: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(FOLDER.glob("*.json"))}


def panels(board):
    """The panels with data: rows have none."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def queries_of_panel(board, panel):
    return [Query(f"{board['title']}: {panel['title']} [{target['refId']}]", target["expr"],
                  target["legendFormat"], bool(target.get("instant")))
            for target in panel["targets"]]


def queries_beside(board):
    """Of annotations and variables. label_values(SELECTOR, LABEL) is asked as the series are."""
    found = [Query(f"{board['title']}: event {event['name']}", event["expr"], event["textFormat"])
             for event in board["annotations"]["list"]]
    for variable in board["templating"]["list"]:
        if variable["type"] != "query":
            continue
        asked = re.fullmatch(r"label_values\((\w+)(\{.*\})?, (\w+)\)", variable["query"])
        harness.check(asked, f"variable {variable['name']}: {variable['query']}")
        name, matchers, label = asked.groups()
        found.append(Query(f"{board['title']}: variable {variable['name']}",
                           f"count by ({label}) ({name}{matchers or '{}'})", f"{{{{{label}}}}}",
                           instant=True))
    return found


def declared_metrics():
    """{name: (type, labels)} as the binary declares them."""
    table = harness.run([harness.WAYMARK, "config", "metrics"]).stdout
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| [^|]* \| ([^|]*) \|", table, re.M)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def labels_of(name, declared):
    """The labels of a series that is declared or built in; None where there is no such series."""
    if name in BUILT_IN:
        return BUILT_IN[name] | TARGET_LABELS
    if name in declared and declared[name][0] != "histogram":
        return declared[name][1] | TARGET_LABELS
    base, _, part = name.rpartition("_")
    if part in ("bucket", "sum", "count") and declared.get(base, ("",))[0] == "histogram":
        return declared[base][1] | TARGET_LABELS | ({"le"} if part == "bucket" else set())
    return None


def metric_of(name, declared):
    """The declared metric that a series belongs to."""
    return name if name in declared else name.rpartition("_")[0]


def selectors(text):
    """[(series, labels that it is asked for)]"""
    return [(name, {label for label in MATCHER.findall(matchers)})
            for name, matchers in SELECTOR.findall(text)]


def groupings(text):
    """[(labels, what is aggregated by them)]"""
    found = []
    for match in GROUPING.finditer(text):
        labels = {label.strip() for label in match.group(1).split(",") if label.strip()}
        found.append((labels, _to_closing(text, match.end())))
    return found


def _to_closing(text, begin):
    """From behind a parenthesis to the one that closes it."""
    depth = 1
    for at in range(begin, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin:at]
    raise harness.Failure(f"a parenthesis is not closed: {text}")
