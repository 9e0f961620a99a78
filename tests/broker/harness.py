"""What the tests against a real Kafka stand on: a broker, processes, waiting, and a small runner.

A suite is a script with functions named `test_…`, each taking a Context, run in the
order of the file:

    import harness

    def test_produce(context):
        kafka = context.kafka()                      # one broker for the whole suite
        kafka.create_topic("in", partitions=3)
        harness.run([harness.WAYMARK, "produce", "--brokers", kafka.bootstrap, …])

    if __name__ == "__main__":
        harness.main()

`python3 tests/broker/SUITE.py [NAME…]` runs all tests or those whose name holds one of NAMEs.
Exit: 0 all passed, 1 something failed, 77 everything was skipped.

Everything runs on the loopback interface. Python's standard library only.
"""

import atexit
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
WAYMARK = os.environ.get("WAYMARK_BINARY", str(ROOT / "build/release/waymark"))
KAFKA_SCRIPT = os.environ.get("WAYMARK_KAFKA", str(ROOT / "deploy/dev/kafka"))
DATA = pathlib.Path(os.environ.get("WAYMARK_DATA", ROOT / "../shared/data")).resolve()
FULL = os.environ.get("WAYMARK_TEST_FULL") == "1"

# What speaks to the suites alone. To a process of waymark it would be a setting that sets nothing.
OWN_VARIABLES = ("WAYMARK_BINARY", "WAYMARK_CRASHING_BINARY", "WAYMARK_BROKER_TEST_KAFKA",
                 "WAYMARK_KAFKA", "WAYMARK_KAFKA_JARS", "WAYMARK_KAFKA_HEAP", "WAYMARK_DATA",
                 "WAYMARK_TEST_FULL", "WAYMARK_TEST_LOGS")

EXIT_SKIPPED = 77  # SKIP_RETURN_CODE of the ctest entries
EXIT_UNAVAILABLE = 69  # deploy/dev/kafka: the jars cannot be had
# Of a test that failed.
KEPT_KINDS = (".log", ".1", ".properties", ".yaml", ".json")
KEPT_BYTES_MAX = 20_000_000


class Skip(Exception):
    """The test cannot be run here; the text says why."""


class Failure(AssertionError):
    """An expectation did not hold; the text says which."""


def check(condition, what):
    """Fails the test with `what` unless `condition` holds."""
    if not condition:
        raise Failure(what)


def check_equal(actual, expected, what):
    if actual != expected:
        raise Failure(f"{what}: {actual!r}, expected {expected!r}")


# ---- processes ----


def environment(command, added=None):
    """Of a process that runs `command`: ours without OWN_VARIABLES, but for scripts that read them;
    and what is added."""
    is_script = command[0] in (KAFKA_SCRIPT, sys.executable)
    kept = {name: value for name, value in os.environ.items()
            if is_script or name not in OWN_VARIABLES}
    return {**kept, **(added or {})}


def run(command, timeout=60, check=True, cwd=None, env=None, stdin=None):
    """Runs `command` to its end and returns the subprocess.CompletedProcess, output as text.

    Fails the test after `timeout` seconds and, where `check` is set, on any exit code but 0,
    quoting the output. `env` is added to the environment.
    """
    command = [str(part) for part in command]
    shown = " ".join(command)
    try:
        done = subprocess.run(
            command, timeout=timeout, cwd=cwd, env=environment(command, env), input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    except subprocess.TimeoutExpired as expired:
        said = _text(expired.stdout) + _text(expired.stderr)
        raise Failure(f"no end after {timeout} s: {shown}\n{said}") from None
    if check and done.returncode != 0:
        said = _tail(done.stdout) + _tail(done.stderr)
        raise Failure(f"exit code {done.returncode}: {shown}\n{said}")
    return done


class Process:
    """A process in the background, its output in a file. Ended with the suite at the latest."""

    def __init__(self, command, log, cwd=None, env=None):
        self.command = [str(part) for part in command]
        self.log = pathlib.Path(log)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as output:
            self._popen = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd=cwd, env=environment(self.command, env))
        _to_end.append(self.kill)

    @property
    def pid(self):
        return self._popen.pid

    @property
    def running(self):
        return self._popen.poll() is None

    @property
    def returncode(self):
        """The exit code, negative for a signal, None while it runs."""
        return self._popen.poll()

    def output(self):
        return self.log.read_text(errors="replace")

    def send(self, number):
        if self.running:
            self._popen.send_signal(number)

    def wait(self, timeout):
        """Returns the exit code; fails the test where that takes over `timeout` seconds."""
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            shown = " ".join(self.command)
            raise Failure(f"no end after {timeout} s: {shown}\n{_tail(self.output())}") from None

    def stop(self, timeout=30):
        """SIGTERM; returns the exit code."""
        self.send(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self):
        """SIGKILL, as in a crash."""
        self.send(signal.SIGKILL)
        self._popen.wait()


def _text(output):
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""


def _tail(text, lines=40):
    kept = text.splitlines()[-lines:]
    return "".join(f"  | {line}\n" for line in kept)


# ---- network and waiting ----


def free_port():
    """A free port of the loopback interface, below those of outgoing connections."""
    for _ in range(100):
        candidate = 20000 + int.from_bytes(os.urandom(2), "big") % 12000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
                return candidate
            except OSError:
                continue
    raise Failure("no free port found")


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def http_get(url, timeout=5, accept=None):
    """Returns (status, body). Status 0 and the reason where nobody answers."""
    request = urllib.request.Request(url, headers={"Accept": accept} if accept else {})
    try:
        with _opener.open(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except (OSError, urllib.error.URLError) as error:
        return 0, str(error)


def metric(text, name, **labels):
    """The sum of the samples of `name` that carry `labels`; None where there is none."""
    total = None
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    for line in text.splitlines():
        series, _, value = line.rpartition(" ")
        found, _, carried = series.partition("{")
        if found == name and all(pair in carried.rstrip("}").split(",") for pair in wanted):
            total = (total or 0.0) + float(value)
    return total


def wait_until(predicate, timeout, what, interval=0.05):
    """The first true value of `predicate()`; fails naming `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise Failure(f"waited {timeout} s in vain: {what}")
        time.sleep(interval)


# ---- Kafka ----


class Kafka:
    """A broker of its own in `directory`, on a free port of the loopback interface.

    It ends with this process at the latest, however this process ends.
    """

    def __init__(self, directory, settings=None, listeners=(), version=None):
        """`listeners`: more of them, as "SASL_SSL:PORT". `version`: another one than usual."""
        self.environment = {"WAYMARK_KAFKA_VERSION": version} if version else None
        self.directory = pathlib.Path(directory)
        self.settings = dict(settings or {})
        self.listeners = list(listeners)
        self.port = 0

    @property
    def bootstrap(self):
        return f"127.0.0.1:{self.port}"

    @property
    def running(self):
        return self._script("status", check=False).returncode == 0

    @property
    def log(self):
        return self.directory / "kafka.log"

    @property
    def pid(self):
        return int((self.directory / "pid").read_text())

    def start(self):
        """Starts or restarts it, on the port it had; returns when it answers. No jars: skips."""
        options = ["--port", self.port, "--with-parent", os.getpid()]
        for key, value in self.settings.items():
            options += ["--set", f"{key}={value}"]
        for listener in self.listeners:
            options += ["--listener", listener]
        done = self._script("start", *options, timeout=1200, check=False)
        if done.returncode == EXIT_UNAVAILABLE:
            raise Skip(f"no Kafka here: {done.stderr.strip()}")
        if done.returncode != 0:
            raise Failure(f"Kafka did not start\n{_tail(done.stderr)}")
        self.port = int((self.directory / "bootstrap").read_text().strip().rpartition(":")[2])
        if self.stop not in _to_end:
            _to_end.append(self.stop)
        return self

    def stop(self):
        """SIGTERM; the data stays."""
        self._script("stop")

    def kill(self):
        """SIGKILL, as in a crash; the data stays."""
        self._script("stop", "--kill")

    def tool(self, name, *arguments, timeout=60, check=True, stdin=None):
        """Runs a class under org.apache.kafka.tools (or a full class name) against this broker."""
        name = name if name.startswith(("org.", "kafka.")) else f"org.apache.kafka.tools.{name}"
        return run([KAFKA_SCRIPT, "tool", name, "--bootstrap-server", self.bootstrap, *arguments],
                   timeout=timeout, check=check, stdin=stdin, env=self.environment)

    def create_topic(self, name, partitions=1, **settings):
        """Settings are the topic's, underscores for dots: cleanup_policy="compact"."""
        options = []
        for key, value in settings.items():
            options += ["--config", f"{key.replace('_', '.')}={value}"]
        self.tool("TopicCommand", "--create", "--topic", name, "--partitions", partitions, *options)

    def topics(self):
        return self.tool("TopicCommand", "--list").stdout.split()

    def produce(self, topic, lines):
        """Writes text records; a line `key<TAB>value` has a key."""
        lines = list(lines)
        keyed = any("\t" in line for line in lines)
        options = ["--property", "parse.key=true"] if keyed else []
        self.tool("ConsoleProducer", "--topic", topic, *options,
                  stdin="".join(line + "\n" for line in lines))

    def consume(self, topic, count=None, committed=True, timeout=15):
        """The records from the start, as `key<TAB>value`: `count` of them, or all there are.

        Without a count it ends when nothing more came for `timeout` seconds.
        """
        options = ["--max-messages", count] if count is not None else []
        level = "read_committed" if committed else "read_uncommitted"
        done = self.tool(
            "consumer.ConsoleConsumer", "--topic", topic, "--from-beginning", "--timeout-ms",
            int(timeout * 1000), "--property", "print.key=true", "--consumer-property",
            f"isolation.level={level}", *options, timeout=timeout + 60)
        return done.stdout.splitlines()

    def _script(self, command, *options, timeout=120, check=True):
        return run([KAFKA_SCRIPT, command, "--dir", self.directory, *options], timeout=timeout,
                   check=check, env=self.environment)


# ---- runner ----

_to_end = []


def _end_all():
    while _to_end:
        end = _to_end.pop()
        try:
            end()
        except Exception as error:  # the others must be ended as well
            print(f"while cleaning up: {error}", file=sys.stderr)


class Context:
    """What a test is given: a folder of its own and the suite's broker."""

    def __init__(self, suite, directory):
        self._suite = suite
        self.directory = directory

    def path(self, name):
        return self.directory / name

    def kafka(self):
        """The suite's one broker, started at first use and again if a test left it stopped."""
        return self._suite.kafka()

    def process(self, name, command, **options):
        """A background process that logs to NAME.log in the test's folder."""
        return Process(command, self.path(f"{name}.log"), **options)

    def skip(self, reason):
        raise Skip(reason)


class _Suite:
    def __init__(self, name):
        self.name = name
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"waymark-{name}-"))
        logs = os.environ.get("WAYMARK_TEST_LOGS", ROOT / "build/broker-logs")
        self.logs = pathlib.Path(logs) / name
        self.counts = {"PASS": 0, "FAIL": 0, "SKIP": 0}
        self._kafka = None

    def kafka(self):
        if self._kafka is None:
            self._kafka = Kafka(self.directory / "kafka")
        if not (self._kafka.port and self._kafka.running):
            self._kafka.start()
        return self._kafka

    def run_one(self, function):
        directory = self.directory / function.__name__
        directory.mkdir()
        print(f"[ RUN  ] {function.__name__}", flush=True)
        started, running_before = time.monotonic(), len(_to_end)
        verdict, text = "PASS", ""
        try:
            function(Context(self, directory))
        except Skip as skip:
            verdict, text = "SKIP", str(skip)
        except Failure as failure:
            verdict, text = "FAIL", f"{failure}\n{_where(failure)}"
        except Exception:
            verdict, text = "FAIL", traceback.format_exc()
        if verdict == "FAIL":
            text += f"\nlogs: {self._keep_logs(function.__name__)}"
        self._end_since(running_before)
        if verdict != "FAIL":
            shutil.rmtree(directory, ignore_errors=True)
        self.counts[verdict] += 1
        for line in text.splitlines():
            print(f"         {line}")
        print(f"[ {verdict} ] {function.__name__} ({time.monotonic() - started:.1f} s)", flush=True)

    def _end_since(self, position):
        """Ends what a test started, but not the suite's broker."""
        kept = [end for end in _to_end[position:]
                if self._kafka is not None and end == self._kafka.stop]
        started = _to_end[position:]
        del _to_end[position:]
        mine = [end for end in started if end not in kept]
        _to_end.extend(kept)
        for end in reversed(mine):
            try:
                end()
            except Exception as error:
                print(f"         while cleaning up: {error}", file=sys.stderr)

    def _keep_logs(self, test):
        """Copies what tells the story: logs and small files of the test, and the brokers' logs."""
        target = self.logs / test
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for folder in (self.directory / test, self.directory / "kafka"):
            for file in folder.rglob("*"):
                wanted = file.suffix in KEPT_KINDS or file.parent == folder
                if not wanted or not file.is_file() or "data" in file.parts:
                    continue
                if file.stat().st_size < KEPT_BYTES_MAX:
                    copy = target / file.relative_to(self.directory)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, copy)
        return target


def _where(error):
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if frame.filename != __file__]
    if not frames:
        return ""
    last = frames[-1]
    return f"at {os.path.basename(last.filename)}:{last.lineno}: {last.line}"


def main():
    """Runs the tests of the calling script and exits."""
    script = sys.modules["__main__"]
    names = sys.argv[1:]
    if any(name.startswith("-") for name in names):
        print(f"usage: {sys.argv[0]} [NAME…]\n{script.__doc__ or ''}")
        sys.exit(0 if names[0] in ("-h", "--help") else 2)
    functions = [value for name, value in vars(script).items()
                 if name.startswith("test_") and callable(value)]
    chosen = [f for f in functions if not names or any(name in f.__name__ for name in names)]
    if not chosen:
        known = ", ".join(f.__name__ for f in functions)
        print(f"no test named {' or '.join(names)}; there are: {known}")
        sys.exit(2)

    # SIGTERM ends what was started too: sys.exit runs the clean-up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    suite = _Suite(pathlib.Path(script.__file__).stem)
    # Run last to first: processes end before their folder goes.
    atexit.register(shutil.rmtree, suite.directory, ignore_errors=True)
    atexit.register(_end_all)
    try:
        for function in chosen:
            suite.run_one(function)
    except KeyboardInterrupt:
        print("interrupted")
        sys.exit(130)
    counts = suite.counts
    print(f"{counts['PASS']} passed, {counts['FAIL']} failed, {counts['SKIP']} skipped")
    if counts["FAIL"]:
        sys.exit(1)
    sys.exit(0 if counts["PASS"] else EXIT_SKIPPED)
