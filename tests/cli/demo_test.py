"""waymark demo: generated customers through the whole pipeline, and what it tells of itself."""

import json
import re
import signal

from cli import check, check_equal, harness

METRICS = ("waymark_timers_pending", "waymark_timers_fired_total", "waymark_cache_bytes",
           "waymark_end_to_end_latency_seconds_count", "waymark_stage_transitions_total",
           "waymark_rocksdb_estimated_keys", "waymark_processing_duration_seconds_count")


def started(context):
    process = context.process("demo", [
        harness.WAYMARK, "demo", "--rate", 3000, "--seed", 5, "--models",
        harness.ROOT / "config/models", "--set", "http.port=0", "--set",
        "state.flush_interval=1s"])
    found = harness.wait_until(lambda: re.search(r"http://([^/]+)/metrics", process.output()), 20,
                               f"its address; {process.output()}")
    return process, f"http://{found.group(1)}"


def test_it_shows_customers_and_metrics_until_it_is_stopped(context):
    process, address = started(context)

    def told():
        check(process.running, f"the demo runs: {process.output()}")
        text = harness.http_get(f"{address}/metrics")[1]
        return text if all(harness.metric(text, name) for name in METRICS) else None
    text = harness.wait_until(told, 30, f"all of {METRICS}")
    check_equal(harness.metric(text, "waymark_state", state="ready"), 1, "ready")
    check_equal(harness.metric(text, "waymark_state", state="failed"), 0, "failed")
    check(json.loads(harness.http_get(f"{address}/readyz")[1])["ready"], "ready")
    harness.wait_until(lambda: "latest:" in process.output(), 20, "findings")
    process.send(signal.SIGINT)
    check_equal(process.wait(30), 0, f"exit code; {process.output()}")
    lines = process.output().splitlines()
    check_equal([line for line in lines if line != line.rstrip()], [], "spaces at the end")
    check(any(re.search(r"stages entered: \w+ [\d,]+  \w+", line) for line in lines), lines)


if __name__ == "__main__":
    harness.main()
