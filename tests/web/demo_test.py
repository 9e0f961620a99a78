"""The page on the program itself: `waymark demo` in a real browser, followed live."""
import re
import signal

import browser as browsers
import harness
from browser import SHOWN, Faults, launched, until
from harness import check, check_equal

PACE = "word => document.querySelector('.pace').innerText.includes(word)"
STARTED = "document.querySelector('.summary').innerText"


def started(context):
    process = context.process("demo", [
        harness.WAYMARK, "demo", "--rate", 500, "--seed", 5, "--models",
        harness.ROOT / "config/models", "--set", "http.port=0"])
    found = harness.wait_until(lambda: re.search(r"(http://[^/]+)/metrics", process.output()), 20,
                               f"its address; {process.output()}")
    address = found.group(1)
    harness.wait_until(lambda: harness.http_get(f"{address}/readyz")[0] == 200, 30, "ready")
    return process, address


def told(address, kind):
    return harness.metric(harness.http_get(f"{address}/metrics")[1],
                          "waymark_http_stream_events_total", type=kind)


def test_the_page_follows_the_program(context):
    process, address = started(context)
    page = launched().new_page(viewport={"width": 1280, "height": 900}, locale="en")
    page.set_default_timeout(browsers.WAIT_MS)
    faults = Faults(page, address)
    faults.allowed = ("Failed to load resource", "net::ERR")  # Once the program has ended.
    page.goto(f"{address}/#/map?model=six-stages")
    page.wait_for_selector(SHOWN)
    until(page, PACE, "the stream", "Live")
    page.wait_for_selector(".ticker li a")
    before = page.evaluate(STARTED)
    until(page, f"before => {STARTED} !== before", "other figures", before)
    check(told(address, "measures") >= 1, "by an event of the stream")
    page.get_by_role("button", name="Pause live updates").click()
    page.wait_for_timeout(500)  # What was asked for before may still come.
    paused = page.evaluate(STARTED)
    events = told(address, "measures")
    harness.wait_until(lambda: told(address, "measures") >= events + 3, 20, "more events")
    check_equal(page.evaluate(STARTED), paused, "while paused")
    page.get_by_role("button", name="Pause live updates").click()
    until(page, f"before => {STARTED} !== before", "what was missed", paused)
    # The customer of a signal is followed alone, and comes with a history.
    page.locator(".ticker li a").first.click()
    page.wait_for_selector(SHOWN)
    check("customer" in page.url, page.url)
    until(page, PACE, "the stream of one customer", "Live")
    check_equal(faults.found, [], "faults")
    process.send(signal.SIGINT)
    check_equal(process.wait(30), 0, f"exit code; {process.output()[-2000:]}")
    page.get_by_text("The connection to the server is lost").wait_for()
    page.close()


if __name__ == "__main__":
    browsers.use_our_python()
    harness.main()
