"""waymark test: passing, failing, malformed and missing test files, as their writers meet them."""

import json

from cli import ROOT, check, check_equal, check_fault, harness, waymark

MODELS = ROOT / "config/models"

GOOD = f"""models: {MODELS}
settings: {{session.gap: 5m}}
tests:
  - name: from the ad to the page
    customer: crm:1
    interactions:
      - {{id: ad, at: 2024-03-01T09:00Z, channel: print, action: read, touchpoint: newspaper-ad}}
      - {{id: page, at: +6m, channel: web, action: view, touchpoint: product-page}}
    expect:
      steps: [{{id: ad, stage: inspiration}}, {{id: page, stage: information}}]
      sessions: [[ad], [page]]
  - name: nobody abandons in an hour
    customer: crm:1
    interactions: [{{id: ad, at: 2024-03-01T09:00Z, channel: print, action: read}}]
    now: +1h
    expect: {{no_signals: [ABANDONED]}}
"""
BAD = GOOD.replace("stage: information", "stage: comparison").replace("[ad], [page]", "[ad, page]")


def write(context, name, text):
    path = context.path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_passes(context):
    done = waymark("test", write(context, "good.test.yaml", GOOD))
    check("good.test.yaml: 2 tests" in done.stdout, done.stdout)
    check(done.stdout.endswith("2 tests: 2 passed, 0 failed\n"), done.stdout)


def test_a_failure_names_place_expected_found_and_the_journey(context):
    path = write(context, "bad.test.yaml", BAD)
    done = waymark("test", path, expect=1)
    for text in ("FAIL  from the ad to the page", f"{path}:10:56: crm:1: step 2 (page): stage",
                 "expected  comparison", "found     information", f"{path}:11:7: crm:1: sessions",
                 "expected  [ad, page]", "found     [ad] [page]", "what came out for crm:1:",
                 "web view product-page", "purchase-1 information", "STAGE_ENTERED information",
                 "2 tests: 1 passed, 1 failed"):
        check(text in done.stdout, f"'{text}' stands in: {done.stdout}")
    check("nobody abandons" not in done.stdout, "what passed is not told")


def test_json_tells_the_same(context):
    path = write(context, "bad.test.yaml", BAD)
    told = json.loads(waymark("test", path, "--json", expect=1).stdout)
    check_equal((told["good"], told["tests"], told["failed"]), (False, 2, 1), "sums")
    tests = told["files"][0]["tests"]
    check_equal([(test["passed"], test["orders"]) for test in tests], [(False, 6), (True, 6)],
                "tests")
    failure = tests[0]["failures"][0]
    check_equal({name: failure[name] for name in ("line", "column", "expected", "found")},
                {"line": 10, "column": 56, "expected": "comparison", "found": "information"},
                "failure")
    good = json.loads(waymark("test", write(context, "good.test.yaml", GOOD), "--json").stdout)
    check_equal((good["good"], good["failed"], good["faults"]), (True, 0, []), "a good file")


def test_a_folder_is_searched_and_filtered(context):
    write(context, "all/a/one.test.yaml", GOOD)
    write(context, "all/two.test.yml", BAD)
    write(context, "all/model.yaml", "no test file")
    done = waymark("test", context.path("all"), expect=1)
    check("4 tests: 3 passed, 1 failed" in done.stdout, done.stdout)
    check(done.stdout.index("a/one.test.yaml") < done.stdout.index("two.test.yml"), "sorted")
    done = waymark("test", context.path("all"), "--filter", "nobody")
    check("2 tests: 2 passed, 0 failed, 2 left out by --filter" in done.stdout, done.stdout)
    check_fault(waymark("test", context.path("all"), "--filter", "xyz", expect=2),
                "no test has 'xyz' in its name")


def test_models_of_the_command_line_override(context):
    path = write(context, "t.test.yaml", GOOD.replace(f"models: {MODELS}\n", ""))
    check_fault(waymark("test", path, expect=2), "t.test.yaml:1:1:", "--models")
    waymark("test", path, "--models", MODELS)
    other = write(context, "other.yaml", "family: f\nmodel: m\nstages: [{name: only}]\n")
    done = waymark("test", write(context, "g.test.yaml", GOOD), "--models", other, expect=1)
    check("expected  inspiration" in done.stdout and "found     only" in done.stdout, done.stdout)


def test_models_lie_relative_to_the_file(context):
    write(context, "deep/models/m.yaml", "family: f\nmodel: m\nstages: [{name: only}]\n")
    write(context, "deep/models/n.yaml", "family: g\nmodel: n\nstages: [{name: sole}]\n")
    text = """models: [models/m.yaml, models/n.yaml]
tests:
  - name: two models
    customer: c
    interactions: [{id: a, at: 2024-03-01, channel: web, action: view}]
    expect: {steps: [{id: a, placements: [{stage: only}, {stage: sole}]}]}
"""
    waymark("test", write(context, "deep/t.test.yaml", text))


def test_every_fault_of_every_file_is_told_at_once(context):
    one = write(context, "one.test.yaml", GOOD.replace("channel: web", "chanel: web").replace(
        "session.gap: 5m", "session.gap: soon"))
    two = write(context, "two.test.yaml", GOOD.replace("ABANDONED", "ABANDONNED").replace(
        str(MODELS), "nowhere").replace("session.gap", "kafka.group"))
    done = waymark("test", one, two, expect=2)
    check_fault(done, "one.test.yaml:8:29: unknown field 'chanel'", "did you mean 'channel'?",
                "one.test.yaml:2:12:", "session.gap", "two.test.yaml:16:27:", "'ABANDONED'?",
                "two.test.yaml:2:12: the setting 'kafka.group' changes no test",
                "two.test.yaml:1:9: ", "no test was run")
    check_equal(done.stdout, "", "nothing was run")
    told = json.loads(waymark("test", one, two, "--json", expect=2).stdout)
    check_equal((told["good"], told["tests"]), (False, 0), "sums")
    check({"file", "line", "column", "message", "hint"} == set(told["faults"][0]), "fields")


def test_files_that_are_none(context):
    check_fault(waymark("test", context.path("no.test.yaml"), expect=2), "no.test.yaml")
    check_fault(waymark("test", write(context, "empty.test.yaml", ""), expect=2),
                "empty.test.yaml:1:1: the file is empty")
    context.path("none").mkdir()
    check_fault(waymark("test", context.path("none"), expect=2), "no test file in this folder")
    large = write(context, "large.test.yaml", "#" * (1024 * 1024 + 1))
    check_fault(waymark("test", large, expect=2), "large.test.yaml")
    binary = context.path("binary.test.yaml")
    binary.write_bytes(b"\xff\xfe\x00")
    check_fault(waymark("test", binary, expect=2), "binary.test.yaml:1:1: a byte that is not")
    check_fault(waymark("test", expect=2), "FILE")


def test_a_bad_model_is_told_with_its_place(context):
    write(context, "models/m.yaml", "family: f\nmodel: m\nstages: [{name: only, entre: never}]\n")
    text = GOOD.replace(str(MODELS), "models")
    paths = [write(context, f"{name}.test.yaml", text) for name in "ab"]
    done = waymark("test", *paths, expect=2)
    check_fault(done, "m.yaml:3:23: unknown key 'entre'")
    check_equal(done.stderr.count("unknown key 'entre'"), 1, "a fault of two tests is told once")


def test_what_must_not_be_has_a_name_that_could_be(context):
    text = GOOD.replace("no_signals: [ABANDONED]", "no_signals: [{stage: infromation}]")
    done = waymark("test", write(context, "never.test.yaml", text), expect=2)
    check_fault(done, "never.test.yaml:", "unknown stage 'infromation'",
                "did you mean 'information'?", "no test was run")


def test_help_names_the_exit_codes(_context):
    done = waymark("test", "--help")
    check("0 all passed, 1 a test failed, 2 a file" in done.stdout, done.stdout)


if __name__ == "__main__":
    harness.main()
