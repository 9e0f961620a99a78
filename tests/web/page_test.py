"""The page in a real browser, on a server that stands in for the API."""
import re
import urllib.parse

import browser as browsers
import harness
import mock_models
from browser import ask, go, launched, opened, until
from harness import check, check_equal
from shown import table as shown_table

VIEWS = ["#/map", "#/customer", "#/customer?id=customer-000119", "#/touchpoint",
         "#/touchpoint/hotline", "#/rankings", "#/internal", "#/quality"]
ODD = urllib.parse.quote(mock_models.ODD["name"], safe="")
# A key of text/en.js that has no words would be shown as it is.
RAW_KEY = re.compile(r"\b(?:nav|map|row|column|group|figure|customer|touchpoint|quality|internal|"
                     r"rankings|intervention|error|empty|state|flow|signal|outcome)\.[a-z_]+\b")
LARGE_MS_MOST = 3000
SHOW_AND_MEASURE = """async (where) => {
  const main = document.querySelector('main');
  main.removeAttribute('aria-busy');
  performance.clearResourceTimings();
  const start = performance.now();
  location.hash = where;
  while (main.getAttribute('aria-busy') !== 'false') {
    await new Promise((resume) => setTimeout(resume, 5));
  }
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  const painted = performance.now() - start;
  const answer = performance.getEntriesByType('resource').find(({name}) => name.includes('/map?'));
  return {painted, answered: answer.responseEnd - start, size: answer.decodedBodySize,
    drawn: performance.getEntriesByName('waymark-draw').at(-1).duration};
}"""


def number(value):
    return f"{value:,}"


def shown(page):
    return page.inner_text("main")


def row_texts(page, key):
    return page.locator(f"tr.row-{key} td").all_inner_texts()


def test_each_view_in_themes_languages_and_widths(_):
    with opened(launched()) as (page, _):
        for width in (360, 1024, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            crossed = (("de", "light"), ("en", "dark")) if width == 1024 else ()
            for language, theme in (("en", "light"), ("de", "dark"), *crossed):
                page.evaluate("""([language, theme]) => {
                  localStorage.setItem('waymark.language', language);
                  localStorage.setItem('waymark.theme', theme);
                }""", [language, theme])
                page.reload()
                for view in VIEWS:
                    go(page, view)
                    where = f"{view} at {width}, {language}, {theme}"
                    check_view(page, where, width, language, theme)


def check_view(page, where, width, language, theme):
    found = page.evaluate("""() => ({
      language: document.documentElement.lang, theme: document.documentElement.dataset.theme,
      width: document.documentElement.scrollWidth, heads: document.querySelectorAll('h1').length,
      text: document.querySelector('main').innerText, current:
        document.querySelectorAll('nav [aria-current=page]').length})""")
    check_equal((found["language"], found["theme"]), (language, theme), f"{where}: as chosen")
    check(found["width"] <= width, f"{where}: {found['width']} pixels wide")
    check_equal(found["heads"], 1, f"{where}: first-level heads")
    check_equal(found["current"], 1, f"{where}: marked in the navigation")
    check(len(found["text"]) > 40, f"{where}: is empty")
    check(not RAW_KEY.search(found["text"]), f"{where}: shows a key: "
          f"{RAW_KEY.search(found['text'])}")


def test_the_map_shows_the_servers_numbers(_):
    with opened(launched()) as (page, world):
        answer = ask(world, "map", model="six-stages")
        stages = answer["stages"]
        check_equal(page.locator("th.stage .title").all_inner_texts(),
                    [stage["titles"]["en"] for stage in stages], "stages")
        check_equal([text.split("\n")[0] for text in row_texts(page, "open")],
                    [number(stage["open"]) for stage in stages], "in it now")
        check_equal([text.split("\n")[0] for text in row_texts(page, "entered")],
                    [number(stage["entered"]) for stage in stages], "entered")
        for stage, text in zip(stages, row_texts(page, "satisfaction")):
            check(f"{stage['satisfaction']['mean']:.1f}" in text, f"satisfaction in {text!r}")
        for stage, text in zip(stages, row_texts(page, "conversion")):
            check(f"{round(stage['conversion']['actual'] * 100)}%" in text, f"share in {text!r}")
            check(f"{round(stage['conversion']['target'] * 100)}%" in text, f"target in {text!r}")
        summary = page.inner_text(".summary")
        for value in ("started", "open", "completed"):
            check(number(answer["journeys"][value]) in summary, f"{value} in the summary")
        check_flows(page, answer)
        check_pairs(page, answer)
        check_touchpoints(page, stages)


def check_flows(page, answer):
    page.locator("summary", has_text="Flow between stages").click()
    rows = page.locator("details[open] tbody tr").all_inner_texts()
    check_equal(len(rows), len(answer["flows"]), "rows of the table of flows")
    titles = page.evaluate("[...document.querySelectorAll('.flow title')].map(e => e.textContent)")
    for flow in answer["flows"]:
        if flow["from"] and not flow["to"].startswith("@"):
            wanted = f"{flow['from']} → {flow['to']}: {number(flow['count'])} journeys"
            check(wanted in titles, f"drawn: {wanted}")


def check_pairs(page, answer):
    page.locator("summary", has_text="From stage to stage").click()
    rows = {(row[0], row[1]): row[-1] for row in shown_table(page, "pairs")}
    check_equal(rows, {(pair["from"], pair["to"]): number(pair["unusual"])
                       for pair in answer["pairs"]}, "unusual journeys by pair")


def check_touchpoints(page, stages):
    cells = page.locator("tr.row-touchpoints td")
    for i, stage in enumerate(stages):
        text = cells.nth(i).inner_text()
        most = max(stage["touchpoints"], key=lambda each: each["interactions"])
        check(most["name"] in text, f"{most['name']} in {stage['name']}")
        unused = [each for each in stage["touchpoints"] if not each["interactions"]]
        check(not unused or "never used" in text, f"unused ones in {stage['name']}")


def test_other_views_show_the_servers_numbers(_):
    with opened(launched(), "#/rankings") as (page, world):
        for row in ask(world, "rankings", model="six-stages")["harm"]:
            text = page.locator(f"tr[data-key='{row['touchpoint']}']").inner_text()
            for value in (f"{row['odds_ratio']:.2f}", number(row["journeys"])):
                check(value in text, f"{value} of {row['touchpoint']} in {text!r}")
        go(page, "#/internal")
        for row in ask(world, "internal", model="six-stages")["departments"]:
            text = page.locator(f"tr[data-key='{row['name']}']").first.inner_text()
            check(number(row["interactions"]) in text, f"{row['name']} in {text!r}")
        go(page, "#/quality")
        records = ask(world, "quality")["records"]
        for key in ("consumed", "steps", "duplicates", "dead_letters", "late", "ids_derived"):
            check(number(records[key]) in shown(page), f"{key}")
        check("It adds up." in shown(page), "the sum")
        for word in ("shop.interactions/0/900", "field action is missing <b>0</b>", "crm",
                     "fax in no model", "old-landing-page"):
            check(word in shown(page), word)
        go(page, "#/touchpoint/hotline")
        row = next(each for each in ask(world, "map", model="six-stages")["touchpoints"]
                   if each["name"] == "hotline")
        for value in (number(row["interactions"]), f"{row['harm']['odds_ratio']:.2f}",
                      f"{row['harm']['risk_with'] * 100:.1f}%".replace(".0%", "%")):
            check(value in shown(page), f"{value} of the hotline")
        surveys, checks = (page.locator(f"[data-key={key}]").inner_text()
                           for key in ("answers", "checks"))
        check("mystery check" in checks and "mystery" not in surveys, "checks stand apart")


def test_interventions_before_and_after(_):
    with opened(launched(), "#/rankings?model=six-stages&from=2024-02-01") as (page, world):
        told = ask(world, "interventions", model="six-stages")["interventions"]
        cards = page.locator("article.intervention")
        check_equal(cards.locator("h3").all_inner_texts(),
                    ["An app", "A guide in three steps", "Call back within a day",
                     "Order without an account"], "newest first")
        check("other things may have changed, too" in shown(page), "what it can't say")
        check("days do not yet reach" not in shown(page), "words")
        for one, text in zip(told, cards.all_inner_texts()):
            judged = next(m for m in one["measures"] if m["measure"] == one["judged_by"])
            if not one["days"]:
                check("Figures do not yet reach to both sides" in text, text)
                continue
            for side in ("before", "after"):
                check(f"(n = {number(judged[side]['count'])})" in text, f"{side} in {text!r}")
        check_equal(cards.locator("svg.course").count(), 3, "drawings")
        check("no intervention" not in shown(page).lower(), "there are some")
        purchase = page.locator("article[data-key='guest-checkout']")
        judged = next(m for m in told[-1]["measures"] if m["measure"] == "conversion")
        for value in (judged["before"]["value"], judged["after"]["value"]):
            check(f"{value * 100:.1f}%".replace(".0%", "%") in purchase.inner_text(), f"{value}")
        label = purchase.locator("svg.course").get_attribute("aria-label")
        check("95 % between" in label and "better" in label, label)
        dots = purchase.locator("circle.dot-before").count(), purchase.locator(
            "circle.dot-day").count(), purchase.locator("circle.dot-after").count()
        check_equal(dots, (told[-1]["days"], 1, told[-1]["days"]), "days drawn")
        check("In the same days: A guide in three steps, Call back within a day."
              in purchase.inner_text(), purchase.inner_text())
        check_intervention_table(page, purchase, judged)
        check_done_last(page, world, told)
        page.get_by_role("button", name="retention").click()
        until(page, "document.querySelectorAll('article.intervention').length === 1", "its aim")
        go(page, "#/rankings?model=fifty-stages")
        check("No intervention is noted." in shown(page), "none")


def check_done_last(page, world, told):
    """Each improvement names what was done in its stage, and the course of its own figure."""
    rows = ask(world, "rankings", model="six-stages", from_="2024-02-01")["improvements"]
    texts = page.locator("[data-key=improvements] tbody tr").all_inner_texts()
    named = 0
    for row, text in zip(rows, texts):
        done = [one for one in told if one["where"].get("stage") == row["stage"]]
        named += len(done)
        for one in done[:1]:
            check(one["what"]["en"] in text, f"{one['id']} in {text!r}")
        check(done or text.rstrip().endswith("–"), f"nothing was done: {text!r}")
    check(named > 0, f"some of them: {rows}")


def check_intervention_table(page, card, judged):
    """The same by the keyboard, as a table."""
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    rows = card.locator("details[open] tbody tr")
    check_equal(rows.count(), len(judged["course"]), "days in the table")
    check("The day itself" in rows.nth(judged["course"].index(next(
        point for point in judged["course"] if point["part"] == "day"))).inner_text(), "its day")


def test_a_customer_is_found_and_shown(_):
    with opened(launched(), "#/customer", allowed=("404",)) as (page, _):
        field = page.get_by_label("Identifier or customer id")
        field.fill("email:nobody@example.org")
        page.keyboard.press("Enter")
        page.locator(".refused", has_text="NAMESPACE:VALUE").wait_for()
        field.fill("loyalty:77")
        page.keyboard.press("Enter")
        page.get_by_text("Several customers match").wait_for()
        field.fill("email:anna@example.org")
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('customer-000119')")
        check("id=customer-000119" in page.url, "the address names the customer")
        check_equal(page.locator(".session-list li").count(), 26, "steps in the list")
        check_equal(page.locator(".timeline [role=option]").count(), 26, "marks in the drawing")
        check("Waited for forty minutes." in shown(page), "a comment")
        check("The customer complained at hotline." in shown(page), "a signal's reason")
        flagged = page.locator(".signal-list li", has_text="unusually slow")
        check("12 days, usually 3 days ± 2 days" in flagged.inner_text(), flagged.inner_text())
        page.locator("[role=option][tabindex='0']").focus()
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
        check("app-home" in page.inner_text(".chosen-step"), "the arrow keys walk the steps")


def test_keyboard_alone(_):
    with opened(launched(), "#/rankings") as (page, _):
        def focused():
            return page.evaluate("(document.activeElement.getAttribute('aria-label') || "
                                 "document.activeElement.textContent).trim()")
        page.keyboard.press("Tab")
        check_equal(focused(), "Skip to the content", "first stop")
        page.keyboard.press("Enter")
        check_equal(page.evaluate("document.activeElement.id"), "main", "skipped to")
        check("#/rankings" in page.url, "the address stays the view's")
        go(page, "#/map")
        page.evaluate("document.activeElement.blur(); document.getElementById('skip').focus()")
        stops = []
        for _ in range(26):
            page.keyboard.press("Tab")
            stops.append(focused())
        for name in ("Waymark", "Journey map", "Data quality", "Pause live updates", "Compare"):
            check(name in stops or any(stop.startswith(name) for stop in stops),
                  f"{name} can be reached: {stops}")
        fold = page.get_by_role("button", name="Experience")
        fold.focus()
        page.keyboard.press("Enter")
        check_equal(fold.get_attribute("aria-expanded"), "false", "folded")
        check_equal(page.locator("tr.row-satisfaction").count(), 0, "rows of a folded group")
        check_equal(focused().lstrip("›"), "Experience", "focus stays")
        go(page, "#/rankings")
        page.get_by_role("button", name="Journeys").first.focus()
        page.keyboard.press("Enter")
        check_equal(page.locator("th[aria-sort]").first.get_attribute("aria-sort"), "descending",
                    "sorted")


def test_two_selections_compared(_):
    with opened(launched()) as (page, world):
        page.get_by_role("button", name="Compare").click()
        page.locator("[name='b.persona']").select_option("young")
        page.wait_for_selector(".summary.compared")
        until(page, "location.hash.includes('b.persona=young')", "the address keeps it")
        a, b = (ask(world, "map", model="six-stages", **query)["stages"]
                for query in ({}, {"persona": "young"}))
        until(page, "wanted => document.querySelector('tr.row-open td').innerText.includes(wanted)",
              "the second selection", number(b[0]["open"]))
        for one, other, text in zip(a, b, row_texts(page, "open")):
            check(number(one["open"]) in text and number(other["open"]) in text,
                  f"both in {text!r}")
        page.get_by_role("button", name="Difference").click()
        page.wait_for_selector("tr.row-open .delta")
        for one, other, text in zip(a, b, row_texts(page, "open")):
            check(f"−{number(one['open'] - other['open'])}" in text, f"the difference in {text!r}")
        url = page.url
        page.goto("about:blank")
        page.goto(url)
        page.wait_for_selector("tr.row-open .delta")
        check_equal(page.locator("[name='b.persona']").input_value(), "young", "from the address")


def test_links_keep_the_selection(_):
    with opened(launched(), "#/map?model=six-stages&persona=young") as (page, _):
        page.get_by_role("link", name="Rankings").click()
        page.wait_for_selector("h1:has-text('Rankings')")
        check("persona=young" in page.url, f"kept in {page.url}")
        check_equal(page.locator("[name=persona]").input_value(), "young", "chosen")


def test_live_updates_touch_only_what_changed(_):
    with opened(launched()) as (page, world):
        until(page, "document.querySelector('.pace').innerText.includes('Live')", "the stream")
        page.evaluate("""() => {
          document.querySelectorAll('main *').forEach((element) => { element.seenBefore = true; });
          document.querySelector('[name=persona]').focus();
        }""")
        before = ask(world, "map", model="six-stages")
        world.move_on(50)
        after = ask(world, "map", model="six-stages")
        check(before["journeys"]["started"] != after["journeys"]["started"], "the mock moves on")
        until(page, "wanted => document.querySelector('.summary').innerText.includes(wanted)",
              "the new number", number(after["journeys"]["started"]))
        check(page.evaluate("document.getAnimations().length") > 0, "changes are marked")
        made, kept = page.evaluate("""() => {
          const all = [...document.querySelectorAll('main .map *')];
          return [all.filter((e) => !e.seenBefore).length, all.filter((e) => e.seenBefore).length];
        }""")
        check(made <= 5 < kept, f"{made} elements of the map are new, {kept} were kept")
        check_equal(page.evaluate("document.activeElement.name"), "persona", "focus stays")
        check(page.locator(".ticker li").count() > 0, "a signal is told")


def test_pause_and_a_lost_connection(_):
    lost = ("Failed to load resource", "net::ERR")
    with opened(launched(), allowed=lost) as (page, world):
        until(page, "document.querySelector('.pace').innerText.includes('Live')", "the stream")
        page.get_by_role("button", name="Pause live updates").click()
        shown_then = page.inner_text(".summary")
        world.move_on(50)
        page.wait_for_timeout(1900)
        check_equal(page.inner_text(".summary"), shown_then, "while paused")
        page.get_by_role("button", name="Pause live updates").click()
        wanted = number(ask(world, "map", model="six-stages")["journeys"]["started"])
        until(page, "wanted => document.querySelector('.summary').innerText.includes(wanted)",
              "what was missed", wanted)
        world.set_connected(False)
        page.get_by_text("The connection to the server is lost").wait_for()
        check(wanted in page.inner_text(".summary"), "what was shown stays")
        world.set_connected(True)
        page.get_by_role("button", name="Try now").click()
        until(page, "document.getElementById('banner').innerText === ''", "the banner goes")
        until(page, "document.getElementById('live').innerText.includes('Connected again')",
              "it is said")
        check_equal(world.streams[-1], ({"model": "six-stages", "per_second": "5"}, None),
                    "what it asks for: no more than can be looked at")


def test_one_customer_is_followed_without_a_gap(_):
    lost = ("Failed to load resource", "net::ERR")
    with opened(launched(), "#/customer?id=customer-000119", allowed=lost) as (page, world):
        until(page, "document.querySelector('.pace').innerText.includes('Live')", "the stream")
        check_equal(world.streams, [({"profile": "customer-000119"}, None)], "its signals alone")
        world.requests.clear()
        world.move_on(7)
        for _ in range(60):
            if any("profiles/customer-000119" in request for request in world.requests):
                break
            page.wait_for_timeout(80)
        check(any("profiles/customer-000119" in request for request in world.requests),
              f"it is fetched again: {world.requests}")
        world.set_connected(False)
        page.get_by_text("The connection to the server is lost").wait_for()
        world.set_connected(True)
        page.get_by_role("button", name="Try now").click()
        until(page, "document.getElementById('banner').innerText === ''", "the banner goes")
        check_equal(world.streams[-1], ({"profile": "customer-000119"}, "7"), "where it was")
        go(page, "#/map?model=six-stages")
        for _ in range(60):
            if world.streams[-1][0] == {"model": "six-stages", "per_second": "5"}:
                break
            page.wait_for_timeout(80)
        check_equal(world.streams[-1], ({"model": "six-stages", "per_second": "5"}, None),
                    "another view, another stream")


def test_less_motion(_):
    with opened(launched(), reduced_motion="reduce") as (page, world):
        world.move_on(50)
        wanted = number(ask(world, "map", model="six-stages")["journeys"]["started"])
        until(page, "wanted => document.querySelector('.summary').innerText.includes(wanted)",
              "the new number", wanted)
        check_equal(page.evaluate("document.getAnimations().length"), 0, "animations")


def test_a_token_is_asked_for(_):
    refused = ("401",)
    with opened(launched(), token="geheim", allowed=refused) as (page, world):
        page.get_by_label("Token").fill("geheim")
        page.get_by_role("button", name="Use this token").click()
        page.wait_for_selector("table.map")
        check_equal(page.evaluate("sessionStorage.getItem('waymark.token')"), "geheim", "kept")
        check_equal(page.evaluate("localStorage.getItem('waymark.token')"), None, "not for long")
        check(not any("geheim" in request for request in world.requests), "in no address")
        until(page, "document.querySelector('.pace').innerText.includes('Live')", "the stream")


def test_faults_come_with_hints(_):
    with opened(launched(), "#/map?model=nothing", allowed=("404",)) as (page, _):
        check("no model is named 'nothing'" in shown(page), "the fault")
        check("GET /api/v1/models lists them" in shown(page), "the hint")
        go(page, "#/touchpoint/nowhere?model=six-stages")
        check("No such touchpoint" in shown(page), "a touchpoint that is not")


def test_nothing_yet(_):
    with opened(launched(), scenario="empty") as (page, _):
        for view, words in (("#/map", "No figures yet"), ("#/quality", "No record read yet"),
                            ("#/rankings", "Nothing to rank yet")):
            go(page, view)
            check(words in shown(page), f"{words!r} at {view}")
            check(page.locator(".todo li").count() > 0, f"{view}: what to do")
        go(page, "#/map")
        check(page.locator("th.stage").count() == 6, "the stages of the model")
    with opened(launched(), scenario="off") as (page, _):
        check("measures.enabled" in shown(page), "the setting that is off")


def test_what_customers_write_stays_text(_):
    views = [f"#/map?model={ODD}", f"#/map?model={ODD}&compare=side", f"#/rankings?model={ODD}",
             f"#/internal?model={ODD}", f"#/touchpoint?model={ODD}",
             "#/customer?id=customer-000666", f"#/map?model={ODD}&compare=difference",
             f"#/touchpoint/{urllib.parse.quote(mock_models.SCRIPT, safe='')}?model={ODD}"]
    with opened(launched(), views[0], width=1024) as (page, _):
        for view in views:
            go(page, view)
            text = shown(page)
            check("<script>window.pwned=1</script>" in text, f"{view}: as it was written")
            found = page.evaluate("""() => ({
              pwned: window.pwned, width: document.documentElement.scrollWidth,
              scripts: document.querySelectorAll('main script, main img, main iframe').length})""")
            check_equal(found.get("pwned"), None, f"{view}: nothing was run")
            check_equal(found["scripts"], 0, f"{view}: elements made of text")
            check(found["width"] <= 1024, f"{view}: {found['width']} pixels wide")


def test_fifty_stages_with_two_hundred_touchpoints(_):
    with opened(launched()) as (page, world):
        answer = ask(world, "map", model="fifty-stages")
        check_equal((len(answer["stages"]), len(answer["stages"][0]["touchpoints"])), (50, 200),
                    "of the model")
        took = page.evaluate(SHOW_AND_MEASURE, "#/map?model=fifty-stages")
        elements = page.evaluate("document.querySelectorAll('*').length")
        print(f"  50 x 200: {took['size'] / 1e6:.1f} MB, answered after {took['answered']:.0f} ms, "
              f"on the screen after {took['painted']:.0f} ms, of it {took['drawn']:.0f} ms making "
              f"{elements} elements")
        check(took["painted"] < LARGE_MS_MOST, "usable soon")
        page.get_by_role("button", name="Show more").first.click()
        first = page.locator("tr.row-touchpoints td").first
        check(first.locator("li").count() > 40, "more of them")
        page.locator(".overview button").last.click()
        until(page, "document.getElementById('map-scroll').scrollLeft > 1000", "the last stage")


def test_words_in_both_languages(_):
    with opened(launched()) as (page, _):
        english, german = page.evaluate("""async () => {
          const keys = (node, path) => Object.entries(node).flatMap(([key, value]) =>
            typeof value === 'string' ? [path + key] : keys(value, `${path}${key}.`));
          const { en } = await import('/web/text/en.js');
          const { de } = await import('/web/text/de.js');
          return [keys(en, ''), keys(de, '')];
        }""")
        check_equal(sorted(english), sorted(german), "keys")
        page.get_by_role("button", name="Deutsch").click()
        until(page, "document.documentElement.lang === 'de'", "the other language")
        check("12.480" in page.inner_text(".summary"), "numbers as they are written in German")
        page.reload()
        page.wait_for_selector("table.map")
        check_equal(page.evaluate("document.documentElement.lang"), "de", "remembered")


if __name__ == "__main__":
    browsers.use_our_python()
    harness.main()
