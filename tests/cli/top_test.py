"""`waymark top`: pictures of a running instance, live on a terminal, as lines and as JSON."""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import cli
from cli import check, check_equal, harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority  # noqa: E402

MODELS = cli.ROOT / "config/models"
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
PATIENCE_S = 30


def started(context, *settings):
    options = [part for setting in settings for part in ("--set", setting)]
    process = context.process("demo", [
        harness.WAYMARK, "demo", "--rate", 1500, "--seed", 5, "--models", MODELS,
        "--set", "http.port=0", *options])
    found = harness.wait_until(
        lambda: re.search(r"(https?://[^/]+)/metrics", process.output()), 20,
        f"its address; {process.output()}")
    process.address = found.group(1)
    return process


def counting(context, *settings):
    """One that has figures, and where it can be asked."""
    process = started(context, *settings)
    harness.wait_until(lambda: figures(process.address)["started"] > 50, PATIENCE_S, "journeys")
    return process


def figures(address):
    code, body = harness.http_get(f"{address}/api/v1/map?model=six-stages")
    return json.loads(body)["journeys"] if code == 200 else {"started": 0}


class OnTerminal:
    """`waymark top` with a terminal of its own."""

    def __init__(self, *arguments, columns=120, rows=30):
        self.screen, theirs = pty.openpty()
        self.before = termios.tcgetattr(theirs)
        self.theirs = theirs
        self.resize(columns, rows)
        self.process = subprocess.Popen(
            [str(part) for part in (harness.WAYMARK, "top", *arguments)], stdin=theirs,
            stdout=theirs, stderr=theirs, start_new_session=True)
        self.text = ""

    def resize(self, columns, rows):
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, condition, what):
        """Reads on until the condition holds of what came since the last call."""
        seen, end = "", time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if select.select([self.screen], [], [], 0.1)[0]:
                try:
                    seen += os.read(self.screen, 65536).decode()
                except OSError:
                    break
            if condition(seen):
                self.text += seen
                return seen
        raise harness.Failure(f"never came: {what}; {seen[-2000:]!r}")

    def press(self, key):
        os.write(self.screen, key.encode())

    def ended(self):
        """The exit code; the terminal is as it was."""
        self.until(lambda seen: LEAVE in seen, "the screen before")
        code = self.process.wait(PATIENCE_S)
        check_equal(termios.tcgetattr(self.theirs)[3], self.before[3], "modes of the terminal")
        os.close(self.theirs)
        os.close(self.screen)
        return code


def frames(text):
    """What was drawn, picture by picture, without the commands to the terminal."""
    return [re.sub(r"\x1b\[[?0-9]*[A-Za-z]", "", each) for each in text.split("\x1b[H")[1:]]


def fits(frame, columns, rows):
    lines = frame.splitlines()
    return 5 < len(lines) <= rows and max(map(len, lines)) <= columns


def test_one_picture(context):
    process = counting(context)
    text = cli.waymark("top", "--url", process.address, "--once").stdout
    check(text.startswith("six-stages   20") and process.address in text, text)
    for words in ("journeys: ", "stage ", "now", "entered", "went on", "median stay",
                  "Search for information", "waited for most: ", " behind"):
        check(words in text, f"{words!r} in {text}")
    check("\x1b" not in text, "nothing for a terminal")
    at_home = cli.waymark("top", "--once", "--set",
                          f"http.port={process.address.rpartition(':')[2]}").stdout
    check("Search for information" in at_home, "the instance that the settings name")


def test_json_says_what_the_map_says(context):
    process = counting(context)
    process_top = context.process("top", [harness.WAYMARK, "top", "--url", process.address,
                                          "--json", "--interval", "300ms"])
    # Maps are drawn anew at most once a second.
    harness.wait_until(lambda: process_top.output().count("\n") >= 8, PATIENCE_S, "lines")
    process_top.send(signal.SIGINT)
    check_equal(process_top.wait(PATIENCE_S), 0, "ended by Ctrl-C")
    rows = [json.loads(line) for line in process_top.output().splitlines()]
    check("came_in" not in rows[0]["stages"][0], "nothing came in since the first")
    for before, now in zip(rows, rows[1:]):
        for then, stage in zip(before["stages"], now["stages"]):
            check_equal(stage["came_in"], stage["entered"] - then["entered"], stage["name"])
            check_equal(stage["went_out"], stage["left"] - then["left"], stage["name"])
            check_equal(stage["open"], stage["entered"] - stage["left"], stage["name"])
    check(rows[-1]["journeys"]["started"] > rows[0]["journeys"]["started"], "it is live")
    check(rows[-1]["records_per_second"] > 0 and "lag_seconds" in rows[-1], "of the instance")
    last = figures(process.address)
    check(rows[-1]["journeys"]["started"] <= last["started"], "no more than there are")


def test_live_on_a_terminal(context):
    process = counting(context)
    top = OnTerminal("--url", process.address, "--interval", "300ms")
    first = top.until(lambda seen: seen.count("q quits") >= 3, "three pictures")
    check(first.startswith(ENTER), f"on the other screen: {first[:80]!r}")
    pictures = frames(first)
    check("records/s" in pictures[1], f"how many come in: {pictures[1]}")
    check("in " in pictures[1] and "out" in pictures[1], f"what came in since: {pictures[1]}")
    check(pictures[0].split("journeys: ")[1][:20] != pictures[2].split("journeys: ")[1][:20],
          "the numbers change")
    top.resize(60, 12)
    top.until(lambda seen: any(fits(frame, 60, 12) for frame in frames(seen)[:-1]),
              "a smaller picture")
    top.press("q")
    check_equal(top.ended(), 0, "by q")


def test_ctrl_c_gives_the_terminal_back(context):
    process = counting(context)
    top = OnTerminal("--url", process.address, "--interval", "300ms")
    top.until(lambda seen: "q quits" in seen, "a picture")
    top.process.send_signal(signal.SIGINT)
    check_equal(top.ended(), 0, "by Ctrl-C")


def test_an_outage_is_told_and_outlived(context):
    process = counting(context)
    top = OnTerminal("--url", process.address, "--interval", "200ms")
    top.until(lambda seen: "q quits" in seen, "a picture")
    process.send(signal.SIGINT)
    process.wait(PATIENCE_S)
    seen = top.until(lambda seen: "asked again and again" in seen, "the fault")
    check("no answer from" in seen and "Search for information" in frames(seen)[-1],
          "beside what was known")
    top.press("q")
    check_equal(top.ended(), 0, "by q")


def test_a_token_over_tls(context):
    authority = Authority(context.directory)
    certificate, key = authority.issue("server")
    secret = context.path("token")
    secret.write_text("a-secret-of-the-test\n")
    process = started(context, f"http.tls.certificate={certificate}", f"http.tls.key={key}",
                      f"http.token=file:{secret}")
    trusted = ("--url", process.address, "--ca-file", authority.certificate, "--once")
    asked = (*trusted, "--token-file", secret)
    harness.wait_until(lambda: harness.run([harness.WAYMARK, "top", *asked], check=False)
                       .returncode == 0, PATIENCE_S, "a picture")
    text = cli.waymark("top", *asked).stdout
    check("Search for information" in text and "a-secret" not in text, text)
    cli.check_fault(cli.waymark("top", *trusted, expect=2), "wants a token", "--token-file")
    done = cli.waymark("top", "--url", process.address, "--once", "--token-file", secret, expect=3)
    cli.check_fault(done, "no answer from", "certificate verify failed", "hint")
    stranger = Authority(context.directory, "stranger")
    cli.waymark("top", "--url", process.address, "--once", "--token-file", secret, "--ca-file",
                stranger.certificate, expect=3)


def test_faults_come_with_hints(context):
    free = harness.free_port()
    done = cli.waymark("top", "--url", f"http://127.0.0.1:{free}", "--once", expect=3)
    cli.check_fault(done, "no answer from 127.0.0.1", "does an instance run there?")
    for url in ("localhost:8080", "ftp://host", "http://", "http://host:0", "http://host:x",
                "http://host/path", "http://host:70000"):
        done = cli.waymark("top", "--url", url, "--once", expect=2)
        cli.check_fault(done, "is no address of a server", "http://HOST:PORT")
    empty = context.path("empty")
    empty.write_text("\n")
    done = cli.waymark("top", "--once", "--token-file", empty, expect=2)
    cli.check_fault(done, "holds no token", "http.token")
    done = cli.waymark("top", "--once", "--interval", "1ms", expect=2)
    cli.check_fault(done, "is no duration of 100ms or more")
    process = started(context)
    done = cli.waymark("top", "--url", process.address, "--once", "--model", "nö", expect=2)
    cli.check_fault(done, "there is no such model: nö", "hint")


if __name__ == "__main__":
    harness.main()
