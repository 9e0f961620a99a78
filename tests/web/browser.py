"""A headless Chromium on the page: what every test of the page needs.

Anything that a page says on its console, asks of another host or breaks of its policy fails the
test at its end.
"""
import atexit
import contextlib
import functools
import os
import pathlib
import shutil
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "deploy"), str(HERE.parent / "broker")]

import harness  # noqa: E402
import mock_server  # noqa: E402
from harness import check_equal  # noqa: E402

SHOWN = "main[aria-busy=false]"
WAIT_MS = 30_000


def use_our_python():
    """Goes on with the Python that has the packages of requirements.txt."""
    if harness.ROOT / "build/tools" in pathlib.Path(sys.prefix).parents:
        return
    import tools  # Needs packages that the other Python does not have.
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    try:
        folder = tools.python_tools([line for line in lines if not line.startswith("#")])
    except harness.Skip as skip:
        print(f"skipped: {skip}")
        sys.exit(harness.EXIT_SKIPPED)
    python = str(folder / "python")
    os.execv(python, [python, "-B", *sys.argv])


def chromium():
    found = shutil.which("chromium")
    if not found:
        raise harness.Skip("no chromium (package chromium)")
    if not mock_server.D3.exists():
        raise harness.Skip(f"no {mock_server.D3} (package node-d3)")
    return found


@functools.cache
def launched():
    """The one browser of this process. The sandbox needs rights that root in a container lacks."""
    from playwright.sync_api import sync_playwright
    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
    atexit.register(browser.close)
    return browser


class Faults:
    """What a page did that it must not."""

    def __init__(self, page, address):
        self.found, self.allowed = [], ()
        host = urllib.parse.urlsplit(address).netloc
        page.on("console", lambda message: self.note(f"console: {message.text}")
                if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.note(f"error: {error}"))
        page.on("request", lambda request: self.note(f"asked {request.url}")
                if urllib.parse.urlsplit(request.url).netloc != host
                and not request.url.startswith("data:") else None)

    def note(self, text):
        if not any(allowed in text for allowed in self.allowed):
            self.found.append(text)


@contextlib.contextmanager
def visited(browser, address, where="#/map", *, width=1280, theme="light", language="en",
            reduced_motion="no-preference", allowed=(), is_shown=True):
    """The page of a server; `allowed`: texts of faults that are expected."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme,
                            locale=language, reduced_motion=reduced_motion)
    page.set_default_timeout(WAIT_MS)
    faults = Faults(page, address)
    faults.allowed = allowed
    try:
        page.goto(f"{address}/{where}")
        if is_shown:
            page.wait_for_selector(SHOWN)
        yield page
        check_equal(faults.found, [], f"faults of {where}")
    finally:
        page.close()


@contextlib.contextmanager
def opened(browser, where="#/map", *, scenario="plain", token=None, **options):
    """A page on a mock of its own: (page, world)."""
    world = mock_server.World(scenario, token)
    server = mock_server.Server(world).start()
    try:
        with visited(browser, server.address, where, is_shown=token is None, **options) as page:
            yield page, world
    finally:
        world.set_connected(False)
        server.shutdown()


def go(page, where):
    """Another address within the page, until it is shown."""
    page.evaluate("""where => {
      if (location.hash === where) return;
      document.querySelector('main').removeAttribute('aria-busy');
      location.hash = where;
    }""", where)
    page.wait_for_selector(SHOWN)


def ask(world, path, **query):
    """What the mock answers at this moment."""
    answers = mock_server.Answers(world)
    return getattr(answers, path)({key.rstrip("_"): value for key, value in query.items()})


def until(page, condition, what, argument=None):
    """Waits until a function of the page holds; by polling, since the policy forbids eval."""
    for _ in range(100):
        if page.evaluate(condition, argument):
            return
        page.wait_for_timeout(80)
    raise harness.Failure(f"never came: {what}")
