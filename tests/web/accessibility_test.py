"""No serious fault of accessibility in any view, by axe-core."""
import pathlib

import browser as browsers
import harness
from browser import go, launched, opened
from harness import check_equal

VIEWS = ["#/map", "#/map?model=six-stages&compare=side&b.persona=young",
         "#/map?model=six-stages&compare=difference&b.persona=young", "#/customer",
         "#/customer?id=customer-000119", "#/touchpoint", "#/touchpoint/hotline", "#/rankings",
         "#/internal", "#/quality"]
SERIOUS = ("serious", "critical")


def axe_source():
    import axe_playwright_python
    folder = pathlib.Path(axe_playwright_python.__file__).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")


def faults(page, view, rules=None):
    found = page.evaluate("""async rules => (await axe.run({
      resultTypes: ['violations'], elementRef: false,
      ...(rules ? {runOnly: {type: 'rule', values: rules}} : {})})).violations""", rules)
    return [f"{view}: {each['id']}: {each['help']} at {node['target']} "
            f"{node['failureSummary'][:300]}"
            for each in found if each["impact"] in SERIOUS for node in each["nodes"][:3]]


def check_all(theme, width, views, rules=None):
    with opened(launched(), theme=theme, width=width) as (page, _):
        page.evaluate(axe_source())
        found = []
        for view in views:
            go(page, view)
            found += faults(page, view, rules)
        check_equal(found, [], f"{theme}, {width}")


def test_light(_):
    check_all("light", 1280, VIEWS)


def test_dark(_):
    # All that differs; views whose colours are those of another are left out.
    check_all("dark", 1280, [VIEWS[i] for i in (0, 2, 4, 6, 7, 8)], ["color-contrast"])


def test_narrow(_):
    check_all("light", 360, VIEWS[:1] + VIEWS[4:7])


def test_states_without_figures(_):
    for scenario in ("empty", "off"):
        with opened(launched(), scenario=scenario) as (page, _):
            page.evaluate(axe_source())
            check_equal(faults(page, scenario), [], scenario)
    with opened(launched(), token="geheim", allowed=("401",)) as (page, _):
        page.wait_for_selector("dialog[open]")
        page.evaluate(axe_source())
        check_equal(faults(page, "token"), [], "the dialog")


if __name__ == "__main__":
    browsers.use_our_python()
    harness.main()
