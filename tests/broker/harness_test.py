"""The harness and deploy/dev/kafka themselves, against the real Kafka."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import textwrap
import time

import harness
from harness import check, check_equal


def test_run_reports_exit_code_and_output(context):
    done = harness.run(["sh", "-c", "echo out; echo err >&2; exit 3"], check=False)
    check_equal((done.returncode, done.stdout, done.stderr), (3, "out\n", "err\n"), "result")
    check_fails(lambda: harness.run(["sh", "-c", "echo spoken; exit 3"]), "spoken")
    check_fails(lambda: harness.run(["sleep", "10"], timeout=0.2), "no end after 0.2 s")


def test_waymark_is_not_told_what_speaks_to_the_suites(context):
    os.environ.setdefault("WAYMARK_BINARY", harness.WAYMARK)
    show = [harness.WAYMARK, "config", "show"]
    check("sets nothing" not in harness.run(show).stderr, "no warning")
    process = context.process("shown", show)
    process.wait(20)
    check("sets nothing" not in process.output(), "nor in the background")
    told = harness.run(show, env={"WAYMARK_NONSENSE": "1"}).stderr
    check("WAYMARK_NONSENSE sets nothing" in told, f"what a test adds is there: {told}")


def test_process_is_stopped_and_killed(context):
    process = context.process("sleeper", ["sh", "-c", "echo up; exec sleep 60"])
    harness.wait_until(lambda: "up" in process.output(), 5, "the process speaks")
    check(process.running, "it runs")
    check_equal(process.stop(), -signal.SIGTERM, "exit code after stop")
    other = context.process("other", ["sleep", "60"])
    other.kill()
    check_equal(other.returncode, -signal.SIGKILL, "exit code after kill")


def test_wait_until_names_what_it_waited_for(context):
    check_fails(lambda: harness.wait_until(lambda: False, 0.1, "pigs fly"), "pigs fly")


def test_http_get_and_metric(context):
    port = harness.free_port()
    check_equal(harness.http_get(f"http://127.0.0.1:{port}/")[0], 0, "status without a server")
    text = 'a_total{x="1",y="2"} 3\na_total{x="1",y="3"} 4\nb 5\n# HELP a_total 1\n'
    context.path("metrics").write_text(text)
    context.process("server", [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", port],
                    cwd=context.directory)
    url = f"http://127.0.0.1:{port}/"
    harness.wait_until(lambda: harness.http_get(url)[0] == 200, 10, "the server answers")
    check_equal(harness.http_get(url + "nothing")[0], 404, "status of a missing page")
    body = harness.http_get(url + "metrics")[1]
    check_equal(harness.metric(body, "a_total", x="1"), 7.0, "sum over y")
    check_equal(harness.metric(body, "a_total", y="3"), 4.0, "one series")
    check_equal(harness.metric(body, "b"), 5.0, "without labels")
    check_equal(harness.metric(body, "a"), None, "a name that is only a prefix")


def test_runner_verdicts_and_exit_codes(context):
    def suite(body):
        file = context.path("suite_test.py")
        file.write_text("import harness\n" + textwrap.dedent(body) + "\nharness.main()\n")
        return harness.run([sys.executable, file], check=False, env={
            "PYTHONPATH": str(harness.ROOT / "tests/broker"),
            "WAYMARK_TEST_LOGS": str(context.path("logs"))})

    good = "def test_good(context): pass\n"
    skip = "def test_skip(context): context.skip('too dark')\n"
    bad = ("def test_bad(context):\n  context.path('x.log').write_text('clue')\n"
           "  harness.check(False, 'nope')\n")
    check_equal(suite(good).returncode, 0, "all passed")
    check_equal(suite(good + skip).returncode, 0, "passed and skipped")
    skipped = suite(skip)
    check_equal(skipped.returncode, 77, "all skipped")
    check("too dark" in skipped.stdout, "the reason is printed")
    failed = suite(good + bad)
    check_equal(failed.returncode, 1, "one failed")
    for text in ("nope", "[ FAIL ] test_bad"):
        check(text in failed.stdout, "the failure is printed")
    check("1 passed, 1 failed, 0 skipped" in failed.stdout, "the sum is printed")
    kept = list(context.path("logs").rglob("x.log"))
    check_equal([file.read_text() for file in kept], ["clue"], "logs kept on failure")


def test_kafka_missing_jars_skip(context):
    empty = context.path("empty")
    empty.mkdir()
    done = harness.run([harness.KAFKA_SCRIPT, "start", "--dir", context.path("kafka")], check=False,
                       env={"WAYMARK_KAFKA_JARS": str(empty)})
    check_equal(done.returncode, harness.EXIT_UNAVAILABLE, "exit code without jars")
    check("hint: " in done.stderr, "a hint is given")


def test_kafka_wrong_setting_is_reported(context):
    kafka = harness.Kafka(context.path("kafka"), settings={"process.roles": "conductor"})
    try:
        kafka.start()
    except harness.Failure as failure:
        check("conductor" in str(failure), f"the log's tail names the value: {failure}")
    else:
        raise harness.Failure("started with a wrong setting")
    check(not kafka.running, "nothing runs")


def test_kafka_keeps_data_over_stop_and_kill(context):
    kafka = harness.Kafka(context.path("kafka"), settings={"log.retention.ms": "1234567"}).start()
    port = kafka.port
    check(kafka.running, "it runs after start")
    kafka.create_topic("things", partitions=3, cleanup_policy="compact")
    check_equal(kafka.topics(), ["things"], "topics")
    kafka.produce("things", ["a\t1", "b\t2", "a\t3"])
    check_equal(sorted(kafka.consume("things", count=3)), ["a\t1", "a\t3", "b\t2"], "records")
    check_equal(len(kafka.consume("things", timeout=3)), 3, "records until nothing more comes")
    properties = (kafka.directory / "server.properties").read_text()
    check("1234567" in properties, "the setting is passed on")

    kafka.stop()
    check(not kafka.running, "it runs no more after stop")
    kafka.stop()
    kafka.start()
    check_equal(kafka.port, port, "port after a restart")
    check_equal(len(kafka.consume("things", count=3)), 3, "records after a restart")

    pid = int((kafka.directory / "pid").read_text())
    kafka.kill()
    check(not alive(pid), "the process is gone after kill")
    kafka.start()
    check_equal(len(kafka.consume("things", count=3)), 3, "records after a crash")
    again = harness.run([harness.KAFKA_SCRIPT, "start", "--dir", kafka.directory])
    check("already runs" in again.stderr, "a second start leaves it alone")


def test_kafka_spares_a_foreign_process(context):
    sleeper = context.process("sleeper", ["sleep", "60"])
    directory = context.path("kafka")
    directory.mkdir()
    (directory / "pid").write_text(f"{sleeper.pid}\n")
    kafka = harness.Kafka(directory)
    check(not kafka.running, "a stale pid file is no broker")
    kafka.stop()
    kafka.kill()
    check(sleeper.running, "the process that has the number now still runs")


def test_two_brokers_and_the_end_of_their_parent(context):
    shared = context.kafka()
    directory = pathlib.Path(tempfile.mkdtemp(dir=context.directory))
    code = ("import harness, sys, time; k = harness.Kafka(sys.argv[1]).start(); "
            "print(k.port, flush=True); time.sleep(600)")
    parent = subprocess.Popen([sys.executable, "-c", code, str(directory)],
                              stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": str(harness.ROOT / "tests/broker")})
    try:
        port = int(parent.stdout.readline())
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    check(port != shared.port, "two brokers have two ports")
    harness.wait_until(lambda: not harness.Kafka(directory).running, 10,
                       "the broker of a killed parent ends")
    check(shared.running, "the other one runs on")


def alive(pid):
    """Whether it runs; a process that has ended but was not yet waited for does not."""
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def check_fails(action, text):
    started = time.monotonic()
    try:
        action()
    except harness.Failure as failure:
        check(text in str(failure), f"'{text}' stands in: {failure}")
        return
    passed = time.monotonic() - started
    raise harness.Failure(f"no failure after {passed:.1f} s, wanted one with '{text}'")


if __name__ == "__main__":
    harness.main()
