"""What operators do to a running service, and what it tells them, over a real Kafka."""

import signal

import harness
from deployment import Service, generate, metrics, readiness, wait_consumed
from harness import WAYMARK, check, check_equal


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


if __name__ == "__main__":
    harness.main()
