"""What operators do to a running service, and what it tells them, over a real Kafka."""

import json
import signal

import harness
from deployment import Service, generate, metrics, readiness, wait_consumed
from harness import WAYMARK, check, check_equal

GOOD = {"id": "1", "time": 1_700_000_000_000, "channel": "web", "action": "view"}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def start(service, config, log="run"):
    """With a settings file, and ready."""
    process = service.context.process(log, [WAYMARK, "run", "--config", config,
                                            *service.options()])
    process.port = service.port
    harness.wait_until(lambda: readiness(process)[0] == 200, 60,
                       f"ready: {process.output()[-2000:]}")
    return process


def reload(process, result, count):
    process.send(signal.SIGHUP)
    harness.wait_until(lambda: harness.metric(metrics(process), "waymark_config_reloads_total",
                                              result=result) == count, 20,
                       f"reload {count} ends as {result}: {process.output()[-2000:]}")


def open_seconds(process):
    """(transactions, seconds for which they were open)"""
    text = metrics(process)
    return (harness.metric(text, "waymark_transaction_open_seconds_count"),
            harness.metric(text, "waymark_transaction_open_seconds_sum"))


def test_sighup_takes_up_what_needs_no_restart(context):
    service = Service(context, "reload")
    del service.settings["commit.interval"]
    config = context.path("waymark.yaml")
    config.write_text("commit:\n  interval: 50ms\n", encoding="utf-8")
    process = start(service, config)
    before = harness.metric(metrics(process),
                            "waymark_config_last_reload_success_timestamp_seconds")
    check(before > 0, "the start counts as reading them")

    config.write_text("commit:\n  interval: 2s\nlog:\n  level: debug\nsession:\n  gap: 45m\n",
                      encoding="utf-8")
    reload(process, "success", 1)
    log = process.output()
    check("settings were read again: commit.interval=2s, log.level=debug" in log, log[-2000:])
    check("need a restart: session.gap\n" in log, log[-2000:])
    count, seconds = open_seconds(process)
    traffic = generate(context, profiles=20, interactions=200)
    service.produce(traffic)
    wait_consumed(process, 100)
    harness.wait_until(lambda: open_seconds(process)[0] > count, 20, "a transaction more")
    now_count, now_seconds = open_seconds(process)
    check((now_seconds - seconds) / (now_count - count) > 1.0,
          f"transactions gather for two seconds: {now_count - count} in {now_seconds - seconds} s")

    config.write_text("commit:\n  interval: soon\nlog:\n  level: loud\n", encoding="utf-8")
    reload(process, "failure", 1)
    log = process.output()
    check("faulty, those before stay in force" in log and "waymark.yaml:2" in log
          and "waymark.yaml:4" in log, f"both faults with their places: {log[-2000:]}")
    check_equal(readiness(process)[0], 200, "it goes on")

    # What still needs a restart is told again; what was taken up is not.
    config.write_text("commit:\n  interval: 2s\nlog:\n  level: debug\nsession:\n  gap: 45m\n",
                      encoding="utf-8")
    told = process.output().count("need a restart: session.gap")
    reload(process, "success", 2)
    log = process.output()
    check("settings were read again: nothing to take up" in log, log[-2000:])
    check_equal(log.count("need a restart: session.gap"), told + 1, "told again")
    check_equal(process.stop(), 0, "exit code")


# A record for each reason why one is refused; "erased" needs a person who was erased.
REFUSED = {
    "null_value": None,
    "unparsable": "no json",
    "too_large": json.dumps({**GOOD, "attributes": {"text": "x" * 5000}}),
    "missing_field": json.dumps({**GOOD, "channel": ""}),
    "bad_value": json.dumps({**GOOD, "rating": {"satisfaction": 9}}),
    "no_customer": json.dumps(GOOD),
    "time_out_of_range": json.dumps({**GOOD, "time": 1000}),
    "time_in_future": json.dumps({**GOOD, "time": 7_900_000_000_000}),
    "older_than_timeline": json.dumps({**GOOD, "time": 1_500_000_000_000}),
    "unknown_command": json.dumps({**GOOD, "command": "JUMP"}),
}


def send(service, rows, *headers):
    """Each a (key, value), with None for none; headers as name:value."""
    options = ["--property", "parse.key=true", "--property", "null.marker=NULL"]
    if headers:
        options += ["--property", "parse.headers=true"]
    lines = []
    for key, value in rows:
        head = [",".join(headers)] if headers else []
        lines.append("\t".join([*head, key or "NULL", "NULL" if value is None else value]))
    service.kafka.tool("ConsoleProducer", "--topic", service.inputs[0], *options,
                       stdin="".join(line + "\n" for line in lines))


def test_each_reason_to_refuse_moves_its_counter_and_is_logged(context):
    service = Service(context, "reasons", settings={
        "interaction.bytes_max": "4KiB", "timeline.retention": "400d"})
    process = context.process("run", [WAYMARK, "run", "--log-format", "json", *service.options()])
    process.port = service.port
    harness.wait_until(lambda: readiness(process)[0] == 200, 60, f"ready: {process.output()}")
    # What is older than the timeline shows once time has come so far.
    send(service, [("ann", json.dumps(GOOD))])
    wait_consumed(process, 1)
    send(service, [(None if reason == "no_customer" else "ann", value)
                   for reason, value in REFUSED.items()])
    wait_consumed(process, 1 + len(REFUSED))

    def committed():
        return harness.metric(metrics(process), "waymark_dead_letters_total") == len(REFUSED)
    harness.wait_until(committed, 20, f"all are dead letters: {metrics(process)[:3000]}")
    text = metrics(process)
    for reason in REFUSED:
        check_equal(harness.metric(text, "waymark_dead_letters_total", reason=reason), 1, reason)
        check_equal(harness.metric(text, "waymark_records_rejected_total", reason=reason,
                                   topic=service.inputs[0]), 1, f"{reason} by topic")
    for reason in ("time_in_future", "time_out_of_range"):
        check_equal(harness.metric(text, "waymark_quarantined_total", reason=reason), 1, reason)
    check_equal(process.stop(), 0, "exit code")
    logged = {}
    for line in process.output().splitlines():
        row = json.loads(line)
        if "reason" in row and "offset" in row:
            logged[row["reason"]] = row
    check_equal(sorted(logged), sorted(REFUSED), "a line for each")
    row = logged["unparsable"]
    check_equal((row["level"], row["topic"], row["partition"] in (0, 1, 2)),
                ("warning", service.inputs[0], True), f"where it is: {row}")
    check("is a dead letter: unparsable" in row["message"], row)


def with_headers(kafka, topic, count):
    """[(headers, value)] of the topic."""
    done = kafka.tool("consumer.ConsoleConsumer", "--topic", topic, "--from-beginning",
                      "--max-messages", count, "--timeout-ms", 20_000, "--property",
                      "print.headers=true", "--consumer-property",
                      "isolation.level=read_committed", timeout=60)
    return done.stdout.split("\n")


def test_a_trace_goes_through_to_step_signal_and_dead_letter(context):
    service = Service(context, "traces", partitions=1)
    process = service.start()
    harness.wait_until(lambda: readiness(process)[0] == 200, 60, f"ready: {process.output()}")
    send(service, [("ann", json.dumps(GOOD)), ("ann", "no json")], f"traceparent:{TRACE}")
    send(service, [("ann", json.dumps({**GOOD, "id": "2", "time": GOOD["time"] + 1000}))])
    wait_consumed(process, 3)
    for topic, least in (("steps", 2), ("signals", 3), ("dead-letters", 1)):
        lines = with_headers(service.kafka, f"{service.name}.{topic}", least)
        traced = [line for line in lines if f"traceparent:{TRACE}" in line]
        check(traced, f"{topic}: {lines}")
    steps = "\n".join(with_headers(service.kafka, f"{service.name}.steps", 2))
    check_equal(steps.count(f"traceparent:{TRACE}"), 1, "the other step belongs to none")

    # The histogram of the latency names it, where it is asked for in the newer format.
    def shown():
        status, text = harness.http_get(f"http://127.0.0.1:{process.port}/metrics", accept=
                                        "application/openmetrics-text; version=1.0.0")
        return text if f'# {{trace_id="{TRACE[3:35]}"}}' in text else None
    text = harness.wait_until(shown, 20, "an exemplar")
    check(text.endswith("# EOF\n"), text[-200:])
    check_equal(process.stop(), 0, "exit code")


def test_what_is_open_is_told_and_lives_through_a_restart(context):
    service = Service(context, "open")
    process = service.start()
    harness.wait_until(lambda: readiness(process)[0] == 200, 60, f"ready: {process.output()}")
    rows = [(f"customer-{i}", json.dumps({**GOOD, "touchpoint": "product-page"}))
            for i in range(20)]
    send(service, rows)
    wait_consumed(process, 20)

    def open_now():
        text = metrics(process)
        return (harness.metric(text, "waymark_journeys_open", model="six-stages",
                               stage="information"),
                harness.metric(text, "waymark_sessions_open"))
    harness.wait_until(lambda: open_now() == (20, 20), 20, f"open: {open_now()}")
    check_equal(process.stop(), 0, "exit code")
    process = service.start("again")
    harness.wait_until(lambda: open_now() == (20, 20), 60, f"as before: {open_now()}")
    check_equal(process.stop(), 0, "exit code")
    # And upon another machine, which has the topics alone.
    process = service.start("elsewhere", state__directory=context.path("elsewhere"))
    harness.wait_until(lambda: open_now() == (20, 20), 60, f"as before: {open_now()}")
    check_equal(process.stop(), 0, "exit code")


if __name__ == "__main__":
    harness.main()
