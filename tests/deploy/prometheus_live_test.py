"""A real Prometheus with our rules scrapes a real process: what it says while all is well, and once
the process is gone."""

import json
import urllib.parse

import prometheus_rules as rules  # finds the harness, too
import harness
from harness import WAYMARK, check, check_equal

# The demo's customers live in the past, and what else runs on the machine may fill its disk. The
# demo has neither Kafka nor a state that was there before, and within seconds few customers rate or
# miss a target.
MAY_BE_RAISED = {"WaymarkEventTimeBehind", "WaymarkDiskFilling"}
WITHOUT_DATA = {"topic:waymark_consumer_lag_records:sum",
                "instance:waymark_restore_remaining_records:sum",
                "stage:waymark_satisfaction:mean1d",
                "stage:waymark_stage_target_missed_per_stay:ratio_rate1d"}


class Prometheus:
    """With our sample settings, but for the target and a faster pace."""

    def __init__(self, context, target):
        settings = rules.load(rules.FOLDER / "prometheus.yaml")
        settings["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        settings["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
        folder = context.path("prometheus")
        folder.mkdir()
        for path in rules.RULE_FILES:
            text = path.read_text(encoding="utf-8").replace("interval: 1m", "interval: 1s")
            (folder / path.name).write_text(text, encoding="utf-8")
        (folder / "prometheus.yaml").write_text(rules.yaml.safe_dump(settings), encoding="utf-8")
        self.address = f"127.0.0.1:{harness.free_port()}"
        self.process = context.process("prometheus", [
            "prometheus", "--log.level=warn", f"--config.file={folder / 'prometheus.yaml'}",
            f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={self.address}"])
        harness.wait_until(lambda: self.get("/-/ready")[0] == 200, 30,
                           f"Prometheus is ready: {self.process.output()}")

    def get(self, path):
        return harness.http_get(f"http://{self.address}{path}")

    def ask(self, path):
        status, body = self.get(path)
        check_equal(status, 200, f"{path}: {body[:500]}\nstatus")
        return json.loads(body)["data"]

    def query(self, text):
        return self.ask("/api/v1/query?" + urllib.parse.urlencode({"query": text}))["result"]

    def rules(self):
        return [rule for group in self.ask("/api/v1/rules")["groups"] for rule in group["rules"]]

    def raised(self):
        """{alert: state} of those that are not silent."""
        return {rule["name"]: rule["state"] for rule in self.rules()
                if rule["type"] == "alerting" and rule["state"] != "inactive"}


def demo(context):
    port = harness.free_port()
    process = context.process("demo", [
        WAYMARK, "demo", "--rate", "300", "--profiles", "200", "--models",
        harness.ROOT / "config/models", "--set", f"http.port={port}", "--set",
        "cache.bytes_max=64MiB"])
    return process, f"127.0.0.1:{port}"


def evaluated(prometheus):
    return [rule for rule in prometheus.rules() if rule["lastEvaluation"] > "0002"]


def test_all_rules_work_on_a_running_process(context):
    process, target = demo(context)
    prometheus = Prometheus(context, target)
    all_rules = len(rules.rules("alert")) + len(rules.rules("record"))
    harness.wait_until(lambda: len(evaluated(prometheus)) == all_rules, 90,
                       "every rule is evaluated", interval=0.5)
    lacking = lambda: {name for name in rules.recorded() if not prometheus.query(name)}
    harness.wait_until(lambda: lacking() <= WITHOUT_DATA, 40, "what is recorded has data",
                       interval=0.5)
    faulty = [(rule["name"], rule["lastError"]) for rule in prometheus.rules()
              if rule["health"] != "ok"]
    check_equal(faulty, [], "rules with faults")
    check_equal(prometheus.raised().keys() - MAY_BE_RAISED, set(), "alerts on a healthy process")
    check(process.running, process.output()[-1000:])

    process.kill()
    harness.wait_until(lambda: prometheus.raised().get("WaymarkDown") == "pending", 20,
                       "it is seen that the process is gone", interval=0.5)


if __name__ == "__main__":
    rules.main("prometheus")
