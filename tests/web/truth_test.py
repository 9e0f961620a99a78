"""The page tells the truth: what a real server shows in a real Chromium is what an independent
script finds in steps.jsonl and signals.jsonl.

Over generated traffic, by all models of config/models that it concerns, and over the real data sets
of a shop and of a service desk (WAYMARK_DATA; skipped where they are not).
"""
import contextlib
import json
import re
import urllib.parse

import browser as browsers
import harness
from browser import go, launched, visited
from harness import ROOT, check, check_equal

MODELS = [ROOT / "config/models", *sorted(
    folder for folder in (ROOT / "config/models").iterdir()
    if folder.is_dir() and folder.name != "schema")]
PERIOD = {"from": "2024-03-15", "to": "2024-08-31"}


@contextlib.contextmanager
def served(context, source, models, *mapping):
    """(address, folder) of the page over a replay of a file."""
    folder = context.path("out")
    options = [part for each in models for part in ("--models", each)]
    harness.run([harness.WAYMARK, "replay", "--input", source, "--output", folder, "--keep-state",
                 *options, *mapping], timeout=300)
    process = context.process("map", [harness.WAYMARK, "map", folder, "--serve", *options, "--set",
                                      "http.port=0"])
    found = harness.wait_until(lambda: re.search(r"http://[^/]+", process.output()), 30,
                               "its address")
    yield found.group(0), folder
    process.stop()


def generated(context):
    events = context.path("events.jsonl")
    harness.run([harness.WAYMARK, "generate", "--profiles", 300, "--interactions", 9_000,
                 "--seed", 3, "--output", events])
    return served(context, events, MODELS)


def real(context, example, folder, name):
    source = harness.DATA / folder / name
    if not source.exists():
        raise harness.Skip(f"no data at {source}; name their folder by WAYMARK_DATA")
    example = ROOT / "config/examples" / example
    return served(context, source, [example / "models"], "--mapping", example / "mapping.yaml")


def answer(address, path, **query):
    text = f"{address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
    code, body = harness.http_get(text)
    check_equal(code, 200, text)
    return json.loads(body)


def concerned(address):
    """The models that journeys were begun under, with their stages in order."""
    found = [model["name"] for model in answer(address, "models")["models"]
             if model["journeys_started"]]
    return {name: [stage["name"] for stage in answer(address, "map", model=name)["stages"]]
            for name in found}


def of(view, model, **query):
    return f"#/{view}?{urllib.parse.urlencode({'model': model, **query})}"


def walk(page, rows, audit, name, stages, **selection):
    """All views of a model's journeys, of one selection."""
    import map_audit
    from recomputed import Selection
    truth = Selection(rows, name, stages, selection.get("persona"), selection.get("from"),
                      selection.get("to"))
    what = " ".join([name, *selection.values()])
    go(page, of("map", name, **selection))
    map_audit.check_map(audit, page, truth, what, not selection)
    go(page, of("rankings", name, **selection))
    if len(truth.ends):
        map_audit.check_rankings(audit, page, truth, what)
        map_audit.check_improvements(audit, page, truth, what)
    go(page, of("internal", name, **selection))
    map_audit.check_internal(audit, page, truth, what)
    used = truth.contacts[truth.contacts.touchpoint != ""].touchpoint.value_counts()
    for touchpoint in [*used.index[:2], *(each for each in ("checkout", "hotline")
                                          if each in used.index)]:
        go(page, of(f"touchpoint/{urllib.parse.quote(touchpoint, safe='')}", name, **selection))
        map_audit.check_touchpoint(audit, page, truth, touchpoint, f"{what}, {touchpoint}")
    return truth


def finish(audit, least):
    print(f"  {audit.compared} figures compared")
    check(audit.compared > least, f"enough was compared: {audit.compared}")
    check(not audit.faults, f"{len(audit.faults)} differ:\n  " + "\n  ".join(audit.faults[:20]))


def check_sketch(address, truths):
    """Quantiles of the API beside exact ones; tells the largest error."""
    from recomputed import exact_quantile
    worst, compared = 0.0, 0
    for name, truth in truths.items():
        for stage in answer(address, "map", model=name)["stages"]:
            values = truth.stays(stage["name"])
            for share in (10, 50, 90, 99):
                exact = exact_quantile(values, share / 100) if values else 0
                if exact >= 100:  # below that the half millisecond of rounding is more
                    have = stage["duration"][f"p{share}_ms"]
                    worst, compared = max(worst, abs(have - exact) / exact), compared + 1
    print(f"  {compared} quantiles: off by at most {100 * worst:.3f} % of the exact ones")
    check(compared > 10 and worst <= 0.0101, f"within a hundredth: {worst}")


def check_customer(page, rows, folder):
    """The customer with the longest history that is shown at once: its steps and journeys."""
    from recomputed import lines
    name = max((each for each in rows.steps if rows.steps[each] < 50), key=rows.steps.get)
    go(page, f"#/customer?q={urllib.parse.quote(name)}")
    page.wait_for_selector("section.profile h1")
    check_equal(page.inner_text("section.profile h1"), name, "found by the address alone")
    check_equal(page.locator(".session-list li").count(), rows.steps[name], f"steps of {name}")
    told = next(row for row in lines(folder / "journeys.jsonl") if row["profile"]["id"] == name)
    while page.get_by_role("button", name="Show more").count():
        page.get_by_role("button", name="Show more").first.click()
    check_equal(page.locator("article.journey").count(), len(told["journeys"]), "journeys")
    text = page.inner_text("main")
    for journey in told["journeys"]:
        check(all(stage in text for stage in journey["stages"]), f"stages of {name}")


def check_accessible(page, views):
    import accessibility_test
    page.evaluate(accessibility_test.axe_source())
    found = []
    for view in views:
        go(page, view)
        found += accessibility_test.faults(page, view)
    check(not found, "faults of accessibility:\n" + "\n".join(found))


def test_generated_traffic_by_all_models(context):
    from map_audit import Audit
    from recomputed import Rows
    with generated(context) as (address, folder):
        rows, models, audit = Rows(folder), concerned(address), Audit()
        check(len(models) > 5, f"models that it concerns: {list(models)}")
        with visited(launched(), address) as page:
            truths = {name: walk(page, rows, audit, name, stages)
                      for name, stages in models.items()}
            check_customer(page, rows, folder)
            check_accessible(page, [of(view, "six-stages") for view in
                                    ("map", "rankings", "internal", "touchpoint/checkout")])
        check_sketch(address, truths)
        finish(audit, 1500)


def test_a_persona_and_a_period(context):
    from map_audit import Audit
    from recomputed import Rows
    with generated(context) as (address, folder):
        rows, models, audit = Rows(folder), concerned(address), Audit()
        with visited(launched(), address) as page:
            for name, selection in (("six-stages", {"persona": "young", **PERIOD}),
                                    ("six-stages", PERIOD), ("activity", {"persona": "family"}),
                                    ("welcome", PERIOD)):
                walk(page, rows, audit, name, models[name], **selection)
        finish(audit, 1500)


def test_a_comparison(context):
    import written
    from map_audit import Audit
    from recomputed import BAD, Rows, Selection
    import shown
    with generated(context) as (address, folder):
        rows, audit = Rows(folder), Audit()
        stages = concerned(address)["six-stages"]
        a = Selection(rows, "six-stages", stages, "business")
        b = Selection(rows, "six-stages", stages, "young")
        where = of("map", "six-stages", persona="business", **{"b.persona": "young"})
        with visited(launched(), address, f"{where}&compare=side") as page:
            for stage, text in zip(stages, shown.cells(page, "entered")):
                both = [written.count((each.entries().stage == stage).sum()) for each in (a, b)]
                audit.equal([line for line in text.split("\n") if line.replace(",", "").isdigit()],
                            both, f"{stage}: entered, beside each other")
            go(page, f"{where}&compare=difference")
            for stage, text, ends in zip(stages, shown.cells(page, "entered"),
                                         shown.cells(page, "ends")):
                first, second = ((each.entries().stage == stage).sum() for each in (a, b))
                audit.equal(f"{written.count(first)} → {written.count(second)}" in text, True,
                            f"{stage}: entered {first} and {second} in {text!r}")
                for how in ("completed", *BAD):
                    shares = [share_of_ends(each, stage, how) for each in (a, b)]
                    words = " → ".join(map(written.percent, shares))
                    audit.equal(words in ends, True, f"{stage}: {how} {words} in {ends!r}")
        finish(audit, 25)


def share_of_ends(truth, stage, how):
    over = {way: count for way, count in truth.flows().items() if way[0] == stage}
    return over.get((stage, f"@{how}"), 0) / sum(over.values())


def test_a_shop(context):
    from map_audit import Audit
    from recomputed import Rows
    with real(context, "shop", "shop-journeys-2022-2024", "events.csv.gz") as (address, folder):
        rows, models, audit = Rows(folder), concerned(address), Audit()
        truths = {}
        with visited(launched(), address) as page:
            for name, stages in models.items():
                truths[name] = walk(page, rows, audit, name, stages)
                walk(page, rows, audit, name, stages, **{"from": "2023-01-01",
                                                         "to": "2023-06-30"})
            check_customer(page, rows, folder)
            check_accessible(page, [of(view, name) for view in ("map", "rankings", "internal")])
        check_sketch(address, truths)
        finish(audit, 150)


def test_a_service_desk(context):
    from map_audit import Audit
    from recomputed import Rows
    with real(context, "incidents", "support-incidents-2016", "incident_event_log.csv.gz") as (
            address, folder):
        rows, models, audit = Rows(folder), concerned(address), Audit()
        check_equal(list(models), ["incident"], "the model")
        with visited(launched(), address) as page:
            truth = walk(page, rows, audit, "incident", models["incident"])
            check(sum(map(len, truth.handovers().values())) > 10_000, "handovers of groups")
            check_customer(page, rows, folder)
            check_accessible(page, [of(view, "incident") for view in ("map", "internal")])
        check_sketch(address, {"incident": truth})
        finish(audit, 500)


if __name__ == "__main__":
    browsers.use_our_python()
    harness.main()
