"""waymark check, config and version: each fault has its place and a hint."""

import re
import shutil

from cli import ROOT, check, check_equal, check_fault, harness, waymark, waymark_json

MODELS = ROOT / "config/models"


def write(context, name, text):
    path = context.path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_check_says_what_it_checked(context):
    done = waymark("check", "--config", ROOT / "config/waymark.yaml", "--models", MODELS)
    check("no faults" in done.stdout, done.stdout)
    check("purchase/six-stages version 1, 6 stages" in done.stdout, done.stdout)
    found = waymark_json("check", "--models", MODELS, "--json")
    check_equal((found["good"], found["faults"]), (True, []), "json")
    check_equal([model["model"] for model in found["models"]], ["six-stages"], "models")


def test_check_reports_every_fault_at_its_place(context):
    config = write(context, "w.yaml",
                   "session:\n  gap: 5x\nkafka:\n  brokerz: a:1\n"
                   "librdkafka:\n  no.such.key: 1\n  linger.ms: 5\n"
                   "rocksdb:\n  max_open_files: 500\n  no_such_option: 1\n")
    models = write(context, "models/m.yaml", "family: purchase\nmodel: m\nstages: 7\n").parent
    done = waymark("check", "--config", config, "--models", models, expect=2)
    check_fault(done, f"{config}:2:3: session.gap: '5x' is no duration", "30s, 10m",
                f"{config}:4:3: there is no setting kafka.brokerz", "did you mean kafka.brokers",
                f"{config}:6:3: ", "no.such.key", f"{config}:10:3: rocksdb.no_such_option: ")
    for good in ("linger.ms", "max_open_files"):
        check(good not in done.stderr, f"what is good is not named: {done.stderr}")
    check(re.search(rf"{re.escape(str(models))}/m\.yaml:3:\d+: ", done.stderr),
          f"the model's fault has its place: {done.stderr}")
    faults = waymark_json("check", "--config", config, "--models", models, "--json",
                          expect=2)["faults"]
    check_equal([fault["line"] for fault in faults][:4], [2, 4, 6, 10],
                "lines")
    check(f"{len(faults)} faults" in done.stderr, done.stderr)


def test_check_finds_what_is_wrong_between_models(context):
    folder = context.path("models")
    folder.mkdir()
    for name in ("a.yaml", "b.yaml"):
        shutil.copy(MODELS / "six-stages.yaml", folder / name)
    done = waymark("check", "--models", folder, expect=2)
    check_fault(done, "b.yaml:", "six-stages")


def test_check_warns_of_important_groups_without_a_model(context):
    customer = write(context, "models/customer.yaml",
                     "customer: c\ntarget_groups:\n  - {name: young-adults, important: true}\n"
                     "  - {name: seniors}\n")
    folder = customer.parent
    shutil.copy(MODELS / "six-stages.yaml", folder)
    done = waymark("check", "--models", folder)
    check_fault(done, f"warning: {customer}:3:12: important target group 'young-adults' has no "
                "model of its own", "hint")
    check("seniors" not in done.stderr and "no faults" in done.stdout, "nothing else is said")
    found = waymark_json("check", "--models", folder, "--json")
    lacking = [warning for warning in found["warnings"] if "target group" in warning]
    check_equal((found["good"], len(lacking), found["customer"]["target_groups"]), (True, 1, 2),
                "json")
    write(context, "models/own.yaml",
          "family: purchase\nmodel: own\nextends: six-stages\n"
          "scope: {target_group: young-adults}\n")
    check("target group" not in waymark("check", "--models", folder).stderr, "it has its own now")


def test_check_reads_mappings(context):
    good = ROOT / "config/examples/loans/mapping.yaml"
    if good.exists():
        check("mapping" in waymark("check", "--models", MODELS, "--mapping", good).stdout, "good")
    bad = write(context, "bad.yaml", "nonsense: 1\n")
    check_fault(waymark("check", "--models", MODELS, "--mapping", bad, expect=2), f"{bad}:1:")
    gone = context.path("gone.yaml")
    check_fault(waymark("check", "--models", MODELS, "--mapping", gone, expect=2), str(gone))


def test_files_that_are_not_there(context):
    gone = context.path("gone.yaml")
    check_fault(waymark("check", "--config", gone, expect=2), str(gone), "hint")
    check_fault(waymark("check", "--models", context.path("none"), expect=2), "none")
    empty = context.path("empty")
    empty.mkdir()
    check_fault(waymark("check", "--models", empty, expect=2), "empty")


def test_config_show_tells_where_values_come_from(context):
    config = write(context, "w.yaml", "session:\n  gap: 10m\n")
    shown = waymark_json("config", "show", "--config", config, "--set", "workers.count=3",
                         "--json", env={"WAYMARK_HTTP_PORT": "9999"})["settings"]
    by_name = {entry["name"]: entry for entry in shown}
    check_equal(by_name["session.gap"], {"name": "session.gap", "value": "10m", "source": "file",
                                         "where": f"{config}:2:3"}, "file")
    check_equal(by_name["http.port"]["where"], "environment WAYMARK_HTTP_PORT", "environment")
    check_equal((by_name["workers.count"]["value"], by_name["workers.count"]["source"]),
                ("3", "command_line"), "command line")
    check_equal(by_name["time.disorder"]["source"], "default", "default")
    text = waymark("config", "show", "--config", config).stdout
    check(re.search(r"session\.gap +10m +\S+w\.yaml:2:3", text), text)


def test_config_show_hides_secrets_and_refuses_faults(context):
    shown = waymark("config", "show", "--set", "librdkafka.sasl.password=geheim").stdout
    check("geheim" not in shown and "sasl.password" in shown, shown)
    check_fault(waymark("config", "show", "--set", "session.gap=never", expect=2), "session.gap")


def test_the_sample_and_the_tables(context):
    sample = waymark("config", "sample").stdout
    check_equal(sample, (ROOT / "config/waymark.yaml").read_text(), "config/waymark.yaml")
    check_equal(waymark_json("check", "--config", write(context, "s.yaml", sample), "--models",
                             MODELS, "--json")["faults"], [], "the sample has no faults")
    settings = waymark("config", "settings").stdout.splitlines()
    check(settings[0].startswith("| Setting |") and "`session.gap`" in settings[2], settings[0])
    metrics = waymark("config", "metrics").stdout
    check("| `waymark_records_consumed_total` | counter |" in metrics, metrics[:200])


def test_version_names_the_libraries_and_their_faults(context):
    text = waymark("version").stdout
    check(re.match(r"waymark \d+\.\d+\.\d+ \(\w+\)\n", text), text)
    version = waymark_json("version", "--json")
    for library in ("librdkafka", "RocksDB", "protobuf", "prometheus-cpp", "simdjson"):
        check(re.match(r"\d+\.\d+", version["libraries"].get(library, "")), f"{library}: {version}")
    if version["libraries"]["librdkafka"].startswith("2.0."):
        check(any("batch" in fault["fault"] for fault in version["known_faults"]), "known faults")
    check_equal(waymark("--version").stdout.strip(), text.splitlines()[0], "--version")


def test_every_command_has_help(context):
    top = waymark("--help").stdout
    for command in ("replay", "generate", "produce", "check", "explain", "topics", "config",
                    "version"):
        check(command in top, f"{command} stands in the help")
        check("Usage" in waymark(command, "--help").stdout, f"{command} --help")
    check_equal(waymark("no-such-command", expect=2).stdout, "", "nothing on standard output")


if __name__ == "__main__":
    harness.main()
