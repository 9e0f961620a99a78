"""The dashboards against what the binary declares, without Grafana and Prometheus.

That they are what their source makes is the test deploy_grafana_generated.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "broker"))

import boards  # noqa: E402
import harness  # noqa: E402
from harness import check, check_equal  # noqa: E402

GRID_COLUMNS = 24
VARIABLES = {"datasource", "job", "instance", "model", "__rate_interval", "__range"}
# Metrics of ours that no board shows, each with the reason.
NOT_SHOWN = {}
# Of one person, or without bound: never a label.
PERSONAL = {"profile", "profile_id", "customer", "customer_id", "identifier", "email", "id"}


def every_query(board):
    return boards.queries_beside(board) + [query for panel in boards.panels(board)
                                           for query in boards.queries_of_panel(board, panel)]


def test_the_boards_belong_together(_):
    found = boards.read()
    check_equal(sorted(found), ["journeys.json", "operations.json", "state.json"], "files")
    uids = {board["uid"] for board in found.values()}
    check_equal(uids, {"waymark-operations", "waymark-state", "waymark-journeys"}, "uids")
    for name, board in found.items():
        check_equal(board["tags"], ["waymark"], f"{name}: tags")
        link, = board["links"]
        check(link["tags"] == board["tags"] and link["includeVars"] and link["keepTime"],
              f"{name}: links to the others")
        check(len(board["annotations"]["list"]) == 2, f"{name}: starts and settings are marked")
        check(board["description"], f"{name}: a description")


def test_panels_are_explained(_):
    for name, board in boards.read().items():
        ids = [panel["id"] for panel in board["panels"]]
        check_equal(len(set(ids)), len(ids), f"{name}: numbers of panels that differ")
        for panel in boards.panels(board):
            where = f"{name}: panel {panel.get('title')!r}"
            check(panel.get("title"), f"{where}: a title")
            check(len(panel.get("description", "")) > 20, f"{where}: a description")
            check(panel["description"].rstrip().endswith("."), f"{where}: a sentence")
            check(panel["fieldConfig"]["defaults"].get("unit"), f"{where}: a unit")
            check_equal(panel["datasource"], {"type": "prometheus", "uid": "${datasource}"},
                        f"{where}: the data source chosen")
            check(panel["targets"], f"{where}: a query")


def test_panels_fill_the_grid(_):
    for name, board in boards.read().items():
        taken = {}
        for panel in board["panels"]:
            at = panel["gridPos"]
            check(at["x"] + at["w"] <= GRID_COLUMNS, f"{name}: {panel['title']} is too wide")
            for x in range(at["x"], at["x"] + at["w"]):
                for y in range(at["y"], at["y"] + at["h"]):
                    other = taken.setdefault((x, y), panel["title"])
                    check(other == panel["title"],
                          f"{name}: {panel['title']} lies over {other} at {x}, {y}")
        check_equal(boards.panels(board)[0]["type"], "stat", f"{name}: numbers come first")


def test_queries_ask_for_what_is_declared(_):
    declared = boards.declared_metrics()
    check(len(declared) > 50, f"the binary tells its metrics: {len(declared)}")
    for board in boards.read().values():
        for query in every_query(board):
            named = {name for name, _ in boards.selectors(query.text)}
            check(named, f"{query.where}: a metric: {query.text}")
            bare = set(re.findall(r"\b(?:waymark|process)_\w+", query.text)) - named
            check(not bare, f"{query.where}: {bare} would be of all jobs: {query.text}")
            for name, labels in boards.selectors(query.text):
                known = boards.labels_of(name, declared)
                check(known is not None, f"{query.where}: there is no {name}")
                check(labels <= known, f"{query.where}: {name} has no label {labels - known}")
                scoped = name == "ALERTS" or "variable" in query.where or {
                    "job", "instance"} <= labels
                check(scoped, f"{query.where}: {name} is not of the instances chosen")
            for labels, what in boards.groupings(query.text):
                for name, _ in boards.selectors(what):
                    known = boards.labels_of(name, declared)
                    check(labels <= known or "group_" in what,
                          f"{query.where}: {name} has no label {labels - known}")


def test_queries_use_variables_that_there_are(_):
    for name, board in boards.read().items():
        own = {variable["name"] for variable in board["templating"]["list"]}
        check(own <= VARIABLES, f"{name}: variables {own}")
        for query in every_query(board):
            used = set(re.findall(r"\$(\w+)", query.text))
            check(used <= VARIABLES and used & {"job", "instance", "model"} <= own,
                  f"{query.where}: no such variable among {used}")
            check(not re.search(r"rate\([^)]*\[\d", query.text),
                  f"{query.where}: a rate over a fixed range: {query.text}")


def test_legends_name_labels_that_there_are(_):
    for board in boards.read().values():
        for panel in boards.panels(board):
            queries = boards.queries_of_panel(board, panel)
            legends = [query.legend for query in queries]
            check(all(legends) and len(set(legends)) == len(legends),
                  f"{board['title']}: {panel['title']}: legends {legends}")
            for query in queries:
                told = set(boards.LEGEND_LABEL.findall(query.legend))
                check(not told & PERSONAL, f"{query.where}: no person in a legend")
                by = {label for labels, _ in boards.groupings(query.text) for label in labels}
                check(told <= by, f"{query.where}: the query loses {told - by}")


def test_every_metric_is_shown(_):
    declared = boards.declared_metrics()
    shown = {boards.metric_of(name, declared) for board in boards.read().values()
             for query in every_query(board) for name, _ in boards.selectors(query.text)}
    ours = {name for name in declared if name.startswith("waymark_")}
    check_equal(sorted(ours - shown - NOT_SHOWN.keys()), [], "metrics that no board shows")
    check_equal(sorted(NOT_SHOWN.keys() & shown), [], "metrics that are shown after all")
    check_equal(sorted(NOT_SHOWN.keys() - ours), [], "metrics that there are no more")
    personal = {name: labels & PERSONAL for name, (_, labels) in declared.items()}
    check_equal({name for name, labels in personal.items() if labels}, set(),
                "metrics with a label of one person")


if __name__ == "__main__":
    harness.main()
