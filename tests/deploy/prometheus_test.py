"""The alerts, their tests and their runbooks: that each is right, and that they belong together."""

import concurrent.futures
import re
import shutil
import subprocess

import prometheus_rules as rules  # finds the harness, too
import harness
from harness import ROOT, check, check_equal

SECTIONS = ["What it means", "Check", "Likely causes and what to do", "Over when", "Escalate"]


def promtool(*arguments, timeout=120):
    return harness.run(["promtool", *arguments], timeout=timeout)


def test_rules_and_settings_are_valid(context):
    promtool("check", "rules", *rules.RULE_FILES)
    said = promtool("check", "config", rules.FOLDER / "prometheus.yaml").stdout
    check("2 rule files found" in said, f"the sample loads both rule files: {said}")


def test_alerts_fire_and_keep_silent(context):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in pool.map(lambda path: promtool("test", "rules", path), rules.test_files()):
            pass


def exp_severities(case):
    return {alert["exp_labels"]["severity"] for alert in case["exp_alerts"]}


# Silence where nothing that the alert looks at is there would prove nothing.
def is_about(group, rule):
    series = {re.match(r"[\w:]+", entry["series"])[0] for entry in group["input_series"]}
    return bool(series & rules.base_names(rule["expr"]))


def cases():
    for path in rules.test_files():
        for group in rules.load(path)["tests"]:
            for case in group["alert_rule_test"]:
                yield path, group, case


def test_each_alert_has_a_firing_and_a_silent_case(context):
    for rule in rules.rules("alert"):
        name, severity = rules.alert_key(rule)
        verdicts = {severity in exp_severities(case) for path, group, case in cases()
                    if case["alertname"] == name and path.name != "healthy.test.yaml"
                    and is_about(group, rule)}
        check_equal(verdicts, {True, False}, f"{name} ({severity}) is tested firing and silent")


def test_each_alert_is_silent_on_a_healthy_service(context):
    for group in rules.load(rules.TESTS / "healthy.test.yaml")["tests"]:
        silent = {case["alertname"] for case in group["alert_rule_test"] if not case["exp_alerts"]}
        check_equal(silent, {rule["alert"] for rule in rules.rules("alert")}, group["name"])
        given = {re.match(r"[\w:]+", entry["series"])[0] for entry in group["input_series"]}
        asked = set().union(*(rules.base_names(rule["expr"]) for rule in rules.rules("alert")))
        absent = {name for name in asked - given if name.startswith(("waymark_", "process_"))}
        # Counters that begin with their first fault.
        check_equal(absent, {"waymark_fatal_errors_total", "waymark_records_lost_total",
                             "waymark_state_rebuilds_total"}, "metrics that it does not have")


def test_groups_are_evaluated_in_order(context):
    order = [group["name"] for group in rules.groups()]
    check_equal(len(set(order)), len(order), "names of groups")
    for path in rules.test_files():
        check_equal(sorted(rules.load(path)["group_eval_order"]), sorted(order), path.name)


def check_query(query, where, metrics):
    known = {**metrics, **rules.FOREIGN, **rules.recorded()}
    unknown = rules.names(query) - set(known)
    check(not unknown, f"{where}: nobody declares {sorted(unknown)}")
    for name, labels in rules.labels_matched(query).items():
        foreign = labels - rules.labels_of(name, metrics)
        check(not foreign, f"{where}: {name} has no label {sorted(foreign)}")
    carried = rules.labels_made(query).union(
        *(rules.labels_of(name, metrics) for name in rules.names(query)))
    foreign = rules.labels_grouped(query) - carried
    check(not foreign, f"{where}: nothing has the label {sorted(foreign)}")
    return carried


def test_metrics_and_labels_are_declared(context):
    metrics = rules.declared()
    for record, query in rules.recorded().items():
        check(re.fullmatch(r"[a-z]+:\w+:\w+", record), f"{record}: level:metric:operations")
        check_query(query, record, metrics)
    for rule in rules.rules("alert"):
        carried = check_query(rule["expr"], rule["alert"], metrics)
        told = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
        check(told <= carried, f"{rule['alert']} has no label {sorted(told - carried)}")


def test_queries_name_nothing_else(context):
    """The check above sees what it is meant to see."""
    metrics = rules.declared()
    wrong = ("waymark_no_such_metric > 0", "rate(no_function_nor_metric[5m])",
             'waymark_consumer_lag_seconds{customer="7"} > 0',
             "sum by (customer) (waymark_consumer_lag_seconds)",
             "topic:waymark_consumer_lag_seconds:max{partition_id=\"1\"}")
    for query in wrong:
        try:
            check_query(query, "query", metrics)
        except harness.Failure:
            continue
        raise harness.Failure(f"nothing said against: {query}")


def test_alerts_say_what_they_should(context):
    seen = set()
    for rule in rules.rules("alert"):
        name, severity = rules.alert_key(rule)
        check((name, severity) not in seen, f"{name} ({severity}) is there once")
        seen.add((name, severity))
        check(re.fullmatch(r"Waymark[A-Z]\w+", name), f"{name}: begins with Waymark")
        check_equal(set(rule["labels"]), {"severity"}, f"labels of {name}")
        check(severity in ("page", "ticket", "info"), f"{name}: severity {severity}")
        notes = rule["annotations"]
        check_equal(set(notes), {"summary", "description", "runbook_url"}, f"annotations of {name}")
        check("{{" not in notes["summary"] and len(notes["summary"]) <= 75, f"{name}: summary")
        check("{{ $" in notes["description"] or "{{ with $" in notes["description"],
              f"{name}: the description has values")
        check_equal(notes["runbook_url"], f"deploy/runbooks/{name}.md", f"runbook of {name}")


def pages():
    return {path.stem: path.read_text(encoding="utf-8")
            for path in rules.RUNBOOKS.glob("*.md") if path.stem != "README"}


def test_each_alert_has_a_runbook_and_each_runbook_an_alert(context):
    alerts = {}
    for rule in rules.rules("alert"):
        name, severity = rules.alert_key(rule)
        alerts.setdefault(name, set()).add(severity)
    check_equal(sorted(set(pages()) ^ set(alerts)), [], "pages without alert, alerts without page")
    index = (rules.RUNBOOKS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \| ([a-z, ]+) \|", index, re.M)
    check(all(name == target for name, target, _ in rows), f"links of the index: {rows}")
    listed = {name: set(severities.split(", ")) for name, _, severities in rows}
    for name in set(listed) | set(alerts):
        check_equal(listed.get(name), alerts.get(name), f"severities of {name} in the index")
    for name, text in pages().items():
        check(text.startswith(f"# {name}\n"), f"{name}: title")
        check_equal(re.findall(r"^## (.*)$", text, re.M), SECTIONS, f"sections of {name}")
        told = set(re.findall(r"\*\*(page|ticket|info)\*\*", text))
        check_equal(told, alerts[name], f"severities that {name} tells of")


def test_links_of_the_pages_lead_somewhere(context):
    for path in [*rules.RUNBOOKS.glob("*.md"), *rules.FOLDER.glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            check((path.parent / link).exists(), f"{path.name}: no {link}")


def blocks(language):
    """(page, text) of the fenced blocks in a language."""
    for path in [*rules.RUNBOOKS.glob("*.md"), *rules.FOLDER.glob("*.md")]:
        text = path.read_text(encoding="utf-8")
        for block in re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S):
            yield path.name, block


def test_queries_of_the_pages_can_be_asked(context):
    metrics = rules.declared()
    found = [(page, line.split(" #")[0].strip()) for page, block in blocks("promql")
             for line in block.splitlines() if line.strip()]
    check(len(found) > 20, f"pages have queries: {len(found)}")
    for page, query in found:
        check_query(query, page, metrics)
    file = context.path("queries.yaml")
    file.write_text(rules.yaml.safe_dump({"groups": [{"name": "pages", "rules": [
        {"record": f"query_{i}", "expr": query} for i, (_, query) in enumerate(found)]}]}),
        encoding="utf-8")
    promtool("check", "rules", file)


def test_commands_and_settings_of_the_pages_exist(context):
    known = {}
    for page, block in blocks("sh"):
        for command in re.findall(r"(?:^|; )waymark ([a-z]+(?: [a-z]+)?)\b", block, re.M):
            words = tuple(command.split())
            if words not in known:
                known[words] = harness.run([harness.WAYMARK, *words, "--help"], check=False)
            check_equal(known[words].returncode, 0, f"{page}: waymark {' '.join(words)}")
    check(known, "pages have commands")
    settings = set(re.findall(r"^\| `([a-z_.]+)`", harness.run(
        [harness.WAYMARK, "config", "settings"]).stdout, re.M))
    rooms = {setting.split(".")[0] for setting in settings}
    for page, text in pages().items():
        for name in re.findall(r"`([a-z_]+\.[a-z_.]+)`", text):
            if name.split(".")[0] in rooms and not name.startswith("waymark."):
                check(name in settings or name.startswith(("librdkafka.", "rocksdb.")),
                      f"{page}: there is no setting {name}")


def test_log_lines_of_the_pages_are_written(context):
    """What the pages look for in the log stands in a message of the source."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.cc"))
    source = re.sub(r'"\s*\n\s*"', "", source)
    count = 0
    for page, block in blocks("sh"):
        for pattern in re.findall(r'journalctl -u waymark.*\| grep (?:-E )?"([^"]+)"', block):
            for words in pattern.split("|"):
                count += 1
                check(words in source or words in ("ERROR", "WARN"), f"{page}: '{words}'")
    check(count > 15, f"log lines in the pages: {count}")


def test_yaml_of_the_pages_is_right(context):
    """Snippets of scrape settings are taken by Prometheus."""
    count = 0
    for page, block in blocks("yaml"):
        parsed = rules.yaml.safe_load(block)
        if "scrape_configs" not in parsed:
            continue
        count += 1
        file = context.path(f"scrape-{count}.yaml")
        file.write_text(block, encoding="utf-8")
        promtool("check", "config", "--syntax-only", file)
    check(count >= 2, f"scrape settings in the pages: {count}")


def test_runbook_links_can_be_made_full(context):
    """The command of the README, over a copy of the rules."""
    readme = (rules.FOLDER / "README.md").read_text(encoding="utf-8")
    command = re.search(r"^sed .*runbook_url.*$", readme, re.M)
    check(command, "the README has a command for links")
    shutil.copy(rules.FOLDER / "alerts.rules.yaml", context.path("alerts.rules.yaml"))
    subprocess.run(["bash", "-c", command[0]], cwd=context.directory, check=True)
    changed = rules.load(context.path("alerts.rules.yaml"))
    links = [rule["annotations"]["runbook_url"] for group in changed["groups"]
             for rule in group["rules"]]
    check(all(re.fullmatch(r"https://\S+/Waymark\w+\.md", link) for link in links),
          f"links: {links[:2]}")
    promtool("check", "rules", context.path("alerts.rules.yaml"))


if __name__ == "__main__":
    rules.main("promtool")
