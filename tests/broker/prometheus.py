"""A real Prometheus (the Debian package) that scrapes services, for the suites that ask it."""

import json
import math
import shutil
import urllib.parse

import harness

SCRAPE_SECONDS = 1


class Prometheus:
    """Scrapes `ports` of the loopback interface every second as the job `job`.

    `rules` is the text of a file of rules, evaluated every second, too.
    """

    def __init__(self, context, job, ports, rules=None):
        program = shutil.which("prometheus")
        if program is None:
            raise harness.Skip("no prometheus here: deploy/dev/install-packages test")
        self.port = harness.free_port()
        folder = context.path("prometheus")
        folder.mkdir()
        config = {
            "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "scrape_timeout": "1s",
                       "evaluation_interval": f"{SCRAPE_SECONDS}s"},
            "scrape_configs": [{"job_name": job, "file_sd_configs": [
                {"files": ["targets.json"], "refresh_interval": "1s"}]}]}
        self.targets = folder / "targets.json"
        self.scrape(ports)
        if rules:
            (folder / "rules.yaml").write_text(rules, encoding="utf-8")
            config["rule_files"] = ["rules.yaml"]
        # Any JSON is YAML.
        (folder / "prometheus.yaml").write_text(json.dumps(config), encoding="utf-8")
        self.process = context.process("prometheus", [
            program, f"--config.file={folder}/prometheus.yaml",
            f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{self.port}",
            "--log.level=warn"])
        harness.wait_until(self._ready, 30, f"Prometheus is ready: {self.process.output()[-2000:]}")

    def scrape(self, ports):
        """From now on these."""
        fresh = self.targets.with_suffix(".fresh")
        fresh.write_text(json.dumps([{"targets": [f"127.0.0.1:{port}" for port in ports]}]),
                         encoding="utf-8")
        fresh.replace(self.targets)

    def _ready(self):
        harness.check(self.process.running, f"Prometheus runs: {self.process.output()[-2000:]}")
        return harness.http_get(f"http://127.0.0.1:{self.port}/-/ready")[0] == 200

    def instant(self, query, time=None):
        """[(labels, [(time, value)])] of one moment."""
        parameters = {"query": query, **({"time": time} if time is not None else {})}
        return self._ask("query", parameters)

    def range(self, query, start, end, step=SCRAPE_SECONDS):
        """[(labels, [(time, value)…])], without values that are no numbers."""
        return self._ask("query_range", {"query": query, "start": start, "end": end, "step": step})

    def _ask(self, what, parameters):
        status, body = harness.http_get(
            f"http://127.0.0.1:{self.port}/api/v1/{what}?{urllib.parse.urlencode(parameters)}", 20)
        harness.check(status == 200, f"{parameters['query']}: {status} {body[:1000]}")
        series = json.loads(body)["data"]["result"]
        return [(one["metric"], _numbers(one.get("values") or [one["value"]])) for one in series]


def _numbers(samples):
    pairs = [(time, float(value)) for time, value in samples]
    return [(time, value) for time, value in pairs if math.isfinite(value)]
