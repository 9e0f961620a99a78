"""Bad models, as their writers meet them: each fault has its file, line, column and a hint, at once
and within bounds of time and memory."""

import json
import re
import resource
import subprocess
import time

from cli import check, check_equal, harness, waymark

SECONDS_MAX = 20  # on a busy machine; the slowest takes well under one
BYTES_MAX = 256 << 20

HEAD = "family: f\nmodel: m\n"
STAGES = "stages:\n  - {name: s, enter: always}\n"
GOOD = HEAD + STAGES

# (name, text, place, part of the message, part of the hint)
ONE_FAULT = [
    ("empty", "", "1:1", "the file is empty", "README"),
    ("only a comment", "# words\n", "1:1", "the file is empty", ""),
    ("a list", "- a\n- b\n", "1:1", "must be a map of keys, not a list", "family:"),
    ("plain text", "hello\n", "1:1", "must be a map of keys, not text", "family:"),
    ("two documents", GOOD + "---\n" + GOOD, "5:1", "more than one document", "two files"),
    ("NUL", "family: f\0\n", "1:10", "a control character, code 0", "plain text"),
    ("no UTF-8", b"family: \xff\n", "1:9", "not UTF-8", "save the file as UTF-8"),
    ("a tab", "family: f\n\tmodel: m\n", "2:1", "tab", "spaces"),
    ("a tab before a list", HEAD + "stages:\n\t- name: s\n", "4:2", "illegal block entry", "tabs"),
    ("open bracket", HEAD + "stages: [a\nscope: b\n", "4:6", "no valid YAML", "']'"),
    ("open brace", HEAD + "scope: {a\n", "4:1", "no valid YAML", "'}'"),
    ("crooked", HEAD + "stages:\n  - name: s\n   enter: x\n", "5:4", "no valid YAML", "indented"),
    ("colon in text", GOOD + "title: a: b\n", "5:9", "no valid YAML", "quotes"),
    ("unknown anchor", GOOD + "scope: *x\n", "5:8", "anchor is not defined", "'&name'"),
    ("duplicate key", GOOD + "family: g\n", "5:1", "key 'family' is repeated", "once"),
    ("unknown key", GOOD + "titel: x\n", "5:1", "unknown key 'titel'", "'title'"),
    ("a number too large", GOOD + "version: 99999999999999999999\n", "5:10",
     "from 1 to 2147483647, not '99999999999999999999'", "digits"),
    ("an amount too large", GOOD + "scope: {value: {at_least: 99999999999999}}\n", "5:27",
     "compared with a number, not '99999999999999'", "12 digits"),
    ("a bad duration", GOOD + "journey: {lifetime: 90 days}\n", "5:21",
     "a duration longer than zero, not '90 days'", "14d"),
    ("a duration too long", GOOD + "journey: {lifetime: 999999999999y}\n", "5:21", "duration",
     "3y"),
    ("within nothing", GOOD + "detectors: [{name: d, sequence: [{when: always}], within: 0}]\n",
     "5:59", "longer than zero, not '0'", "30m"),
    ("NaN", GOOD + "filter: {warn_from: nan, symbols: [{name: a, when: always}]}\n", "5:21",
     "from 0 to 1, not 'nan'", "0.5"),
    ("infinite", HEAD + "stages: [{name: s, targets: {conversion: .inf}}]\n", "3:42",
     "from 0 to 1, not '.inf'", "0.5"),
    ("infinite amount", GOOD + "scope: {value: {less_than: inf}}\n", "5:28",
     "compared with a number, not 'inf'", "1.5"),
    ("probabilities", GOOD + "filter:\n  symbols: [{name: a, when: always}]\n  states:\n"
     "    - {name: x, stage: s, start: 1, emits: {a: 0.9}}\n", "8:44", "add up to 90 %",
     "hundredth"),
    ("duplicate name", HEAD + "stages: [{name: s}, {name: s, enter: always}]\n", "3:28",
     "stage 's' stands twice", "name of its own"),
    ("station twice", HEAD + "stages: [{name: s, stations: [{name: a, when: always}, "
     "{name: a, when: never}]}]\n", "3:63", "station 'a' stands twice", "name of its own"),
    ("signal twice", GOOD + "signals: [{name: a, when: always}, {name: a, when: never}]\n", "5:43",
     "name 'a' stands twice", "name"),
    ("detector twice", GOOD + "detectors: [{name: a, when: always}, {name: a, when: never}]\n",
     "5:45", "name 'a' stands twice", "name"),
    ("touchpoint twice", GOOD + "touchpoints: [{name: a, channel: web}, {name: a, channel: app}]\n",
     "5:47", "touchpoint 'a' stands twice", "name"),
    ("persona twice", GOOD + "personas: [{name: a}, {name: a}]\n", "5:30",
     "persona 'a' stands twice", "name"),
    ("two kinds of detector", GOOD + "detectors: [{name: d, silence: 1d, stay: 2d, in: s}]\n",
     "5:36", "has both 'silence' and 'stay'", "make it two"),
    ("no kind of detector", GOOD + "detectors: [{name: d, within: 1d}]\n", "5:13",
     "says nothing to be found", "silence"),
    ("no enter", HEAD + "stages: [{name: s, from: t}, {name: t, enter: always}]\n", "3:20",
     "'from' without 'enter'", "enter: always"),
    ("a station without a condition", HEAD + "stages: [{name: s, stations: [{name: a}]}]\n", "3:31",
     "'when'", "when"),
    ("found by waymark", GOOD + "signals: [{name: a, kind: STAGE_ENTERED, when: always}]\n", "5:27",
     "can't publish STAGE_ENTERED", "CUSTOM"),
    ("unreachable", HEAD + "stages: [{name: s}, {name: t, enter: always, from: t}]\n", "3:28",
     "can't be reached", "'from'"),
    ("a contradiction", HEAD + "scope: {persona: a, all: [{persona: b}]}\n" + STAGES, "3:8",
     "'scope' contradicts itself", "'any:'"),
    ("extends itself", "family: f\nmodel: m\nextends: m\n", "3:10", "m extends m", "itself"),
    ("extends nothing", "family: f\nmodel: m\nextends: n\n", "3:10", "no model 'n'", "among"),
    ("removes nothing", None, "3:11", "there is no 'x' among the 'signals' to remove", "remove"),
    ("deep", GOOD + "scope: " + "[" * 40 + "]" * 40 + "\n", "5:39", "deeper than 32 levels", "any"),
    ("very deep", GOOD + "scope: " + "[" * 500_000 + "\n", None, "deeper than 32 levels", "any"),
    ("ten thousand alternatives", HEAD + "scope: {any: [" +
     ", ".join(f"{{action: a{i}}}" for i in range(10_000)) + "]}\n" + STAGES, None,
     "more than 10000 values", "prefix"),
    ("ten thousand values", HEAD + "scope: {action: [" +
     ", ".join(f"a{i}" for i in range(10_000)) + "]}\n" + STAGES, None,
     "more than 10000 values", "prefix"),
    ("10 MB", GOOD + "description: >\n" + ("  " + "x" * 97 + "\n") * 100_000, "1:1",
     "larger than 1048576 bytes", "split"),
    ("billion laughs", "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n"
        for i in range(9)), None, "more than 10000 values, aliases expanded", ""),
    ("long text repeated", "a: &a " + "x" * 500_000 + "\nb: [" + "*a, " * 5000 + "]\n", None,
     "bytes, aliases expanded", "aliases"),
    ("inside its own anchor", GOOD + "scope: &a {any: [*a]}\n", "5:18", "its own anchor", "&name"),
]


def look(folder):
    """What check says of a folder, within the bounds of time and memory."""
    before = time.monotonic()
    done = subprocess.run(
        [harness.WAYMARK, "check", "--models", str(folder), "--json"], capture_output=True,
        text=True, check=False, timeout=SECONDS_MAX,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (BYTES_MAX, BYTES_MAX)))
    check(done.returncode in (0, 2), f"{folder}: exit code {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)["faults"], time.monotonic() - before


def write(context, name, text):
    path = context.path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def place_of(fault):
    return f"{fault['line']}:{fault['column']}"


def test_each_bad_model_has_one_fault_with_its_place_and_a_hint(context):
    slowest = 0.0
    for number, (name, text, place, message, hint) in enumerate(ONE_FAULT):
        if text is None:
            write(context, f"{number}/base.yaml", GOOD.replace("model: m", "model: base"))
            text = "model: m\nextends: base\nsignals: [{name: x, remove: true}]\npriority: 1\n"
        path = write(context, f"{number}/m.yaml", text)
        faults, seconds = look(path.parent)
        slowest = max(slowest, seconds)
        check_equal(len(faults), 1, f"{name}: faults {faults}")
        fault = faults[0]
        check_equal(fault["file"], str(path), name)
        check(fault["line"] > 0 and fault["column"] > 0, f"{name}: no place: {fault}")
        check(place is None or place_of(fault) == place, f"{name}: at {place_of(fault)}: {fault}")
        check(message in fault["message"], f"{name}: {fault['message']}")
        check(fault["hint"] and hint in fault["hint"], f"{name}: hint {fault['hint']}")
        check(len(fault["message"]) + len(fault["hint"]) < 400, f"{name}: too long: {fault}")
    print(f"{len(ONE_FAULT)} bad models, the slowest refused in {slowest:.2f} s")


def test_all_faults_of_several_files_at_once_in_order_none_from_another(context):
    folder = context.path("models")
    write(context, "models/a.yaml", GOOD.replace("model: m", "model: first"))
    write(context, "models/b.yaml", GOOD.replace("model: m", "model: second"))
    write(context, "models/c.yaml", "model: c\nextends: d\n")
    write(context, "models/d.yaml", "model: d\nextends: e\n")
    write(context, "models/e.yaml", "model: e\nextends: c\n")
    # The bad name is used again, and what it names stays known: one fault.
    write(context, "models/g.yaml", """family: g
model: g
journey: {abandon_after: soon}
stages:
  - {name: Look At, enter: {acton: view}}
  - {name: t, enter: {visited: Look At}, from: [Look At], tagets: {}}
""")
    write(context, "models/h.yaml", "family: h\nmodel: [\n")
    write(context, "models/i.yaml", "model: i\nextends: h\n")
    (folder / "x.yaml").mkdir()
    faults, _ = look(folder)
    told = [(fault["file"].rsplit("/", 1)[1], place_of(fault), fault["message"])
            for fault in faults]
    wanted = [
        ("b.yaml", "2:8", "same scope and priority"),
        ("e.yaml", "2:10", "in a circle: c extends d extends e extends c"),
        ("g.yaml", "3:26", "must be a duration"),
        ("g.yaml", "5:12", "'Look At' is no name"),
        ("g.yaml", "5:29", "unknown field 'acton'"),
        ("g.yaml", "6:59", "unknown key 'tagets'"),
        ("h.yaml", "3:1", "no valid YAML"),
        ("x.yaml", "0:0", "is no file"),
    ]
    check_equal([(file, place) for file, place, _ in told], [(f, p) for f, p, _ in wanted], "order")
    for (_, _, message), (file, _, part) in zip(told, wanted):
        check(part in message, f"{file}: {message}")
    check(all(fault["hint"] for fault in faults), f"a hint for each: {faults}")
    # As people read it.
    done = waymark("check", "--models", folder, expect=2)
    check(re.search(r"g\.yaml:5:29: unknown field 'acton' \(hint: did you mean 'action'\?\)",
                    done.stderr), done.stderr)
    check(done.stderr.rstrip().endswith("8 faults"), done.stderr)


def test_thousands_of_faults_stay_readable(context):
    path = write(context, "many/m.yaml", GOOD + "signals:\n" + "  - {colour: red}\n" * 3000)
    faults, _ = look(path.parent)
    check_equal(len(faults), 101, "faults told")
    check("more faults are left out" in faults[-1]["message"], faults[-1])


if __name__ == "__main__":
    harness.main()
