"""waymark model: what other models would change, and filters learned from interactions."""

import json

from cli import ROOT, check, check_equal, check_fault, generate, harness, waymark, waymark_json

MODELS = ROOT / "config/models"


def other_models(context, change):
    """The default models with a change of the six stages' text."""
    folder = context.path("other")
    folder.mkdir()
    for name in ("six-stages.yaml", "customer.yaml"):
        text = (MODELS / name).read_text()
        (folder / name).write_text(change(text) if name == "six-stages.yaml" else text)
    return folder


def diff(context, events, folder, expect):
    return waymark_json("model", "diff", MODELS, folder, "--on", events, "--temporary",
                        context.path("."), "--json", expect=expect)


def test_the_same_models_change_nothing(context):
    events = generate(context)
    found = diff(context, events, other_models(context, lambda text: text), 0)
    check(found["same"] and found["customers"] > 0 and not found["moves"], found)
    done = waymark("model", "diff", MODELS, MODELS, "--on", events, "--temporary",
                   context.path("."))
    check(done.stdout.startswith("no difference"), done.stdout)
    left = [path.name for path in context.path(".").iterdir() if "waymark-model" in path.name]
    check_equal(left, [], "temporary folders")


def test_it_names_who_stands_elsewhere_and_which_signals_come_and_go(context):
    events = generate(context)
    change = other_models(context, lambda text: text.replace(
        "name: stands-up-for-us", "name: stands-up").replace(
            "abandon_after: 90d", "abandon_after: 1d"))
    found = diff(context, events, change, 1)
    check(not found["same"] and 0 < found["customers_moved"] < found["customers"],
          found["moves"])
    for move in found["moves"]:
        check(move["from"] != move["to"] and move["customers"] >= len(move["examples"]) > 0, move)
    check(sum(move["customers"] for move in found["moves"]) >= found["customers_moved"], "moves")
    signals = {(s["kind"], s["name"]): s for s in found["signals"]}
    gone = signals[("ADVOCACY", "stands-up-for-us")]
    come = signals[("ADVOCACY", "stands-up")]
    check(gone["after"] == 0 and gone["gone"] == gone["before"] > 0, gone)
    check_equal((come["before"], come["come"]), (0, gone["before"]), "renamed")
    done = waymark("model", "diff", MODELS, change, "--on", events, "--temporary",
                   context.path("."), expect=1)
    for words in ("would stand elsewhere", "stands-up", "such as"):
        check(words in done.stdout, f"'{words}' in {done.stdout}")


def test_faults_are_told_before_anything_is_replayed(context):
    events = generate(context)
    bad = other_models(context, lambda text: text.replace("family: purchase", "famly: purchase"))
    check_fault(waymark("model", "diff", MODELS, bad, "--on", events, expect=2), "famly", "family")
    check_fault(waymark("model", "diff", MODELS, MODELS, "--on", context.path("none.jsonl"),
                        expect=2), "none.jsonl", "no such file")


def test_a_filter_is_learned_and_can_be_used(context):
    events = generate(context, profiles=300, interactions=12_000)
    out = context.path("filter.yaml")
    told = waymark_json("model", "fit", "--models", MODELS, "--on", events, "--temporary",
                        context.path("."), "--output", out, "--json")
    held = told["held_out"]
    check_equal(told["states"], 6, "one for each stage")
    check(held["stages_right"] > 0.7 * held["interactions"] > 0, held)
    again = context.path("again.yaml")
    waymark("model", "fit", "--models", MODELS, "--on", events, "--temporary", context.path("."),
            "--output", again)
    check_equal(out.read_text(), again.read_text(), "the same again")
    folder = other_models(context, lambda text: text + out.read_text().replace(
        "decides: rules", "decides: rules\n  warns: true"))
    waymark("check", "--models", folder)
    result = context.path("out")
    waymark("replay", "--input", events, "--output", result, "--models", folder)
    steps = [json.loads(line) for line in open(result / "steps.jsonl", encoding="utf-8")]
    placed = [p for step in steps for p in step.get("placements", []) if p.get("stage")]
    check(all(abs(sum(s["probability"] for s in p["stage_probabilities"]) - 1) < 0.001
              and p["stage_entropy"] >= 0 for p in placed), "probabilities add up to 1")
    signals = [json.loads(line) for line in open(result / "signals.jsonl", encoding="utf-8")]
    warned = [s for s in signals if s.get("name") == "filter-disagrees"]
    check(0 < len(warned) < len(steps) / 4, f"{len(warned)} warnings")


def test_without_labels_it_learns_states_of_its_own(context):
    events = generate(context, profiles=100, interactions=4_000)
    told = waymark_json("model", "fit", "--models", MODELS, "--on", events, "--labels", "none",
                        "--rounds", 20, "--output", context.path("f.yaml"), "--json")
    check(told["rounds"] > 1, told)
    check_fault(waymark("model", "fit", "--models", MODELS, "--on", events, "--labels", "none",
                        "--outcomes", expect=2), "--outcomes", "hint")
    check_fault(waymark("model", "fit", "--models", MODELS, "--on", events, "--symbols", "stage",
                        expect=2), "--symbols", "action")
    check_fault(waymark("model", "fit", "--models", MODELS, "--on", events, "--model", "x",
                        expect=2), "no model 'x'")


if __name__ == "__main__":
    harness.main()
