"""The tests beside the shipped models say what the models do: each fails when its rule is broken.

Each rule of each model is broken in turn. Some test of its folder must then fail, and each test
must fail for some rule.
"""

import copy
import json
import os
import shutil
import sys

try:
    import yaml
except ImportError:
    # Another Python may stand before Debian's, which has the packages.
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", *sys.argv])

from cli import ROOT, check, check_equal, harness

SHIPPED = ROOT / "config/models"
NEVER = {"action": "what-nobody-does"}
JOURNEY_RULES = ("start", "reentry", "reopen", "abandon_after", "lifetime", "retention", "ends",
                 "key", "value", "relevant_set")


class Text(yaml.SafeLoader):
    """Reads every scalar as the text it is, as waymark does."""


Text.yaml_implicit_resolvers = {}


def broken(model):
    """(what is broken, the model without it) for each rule; then, named None, with each condition
    that begins or moves something holding always: what must not happen has tests, too.
    """
    def change(path, what):
        out = copy.deepcopy(model)
        at = out
        for key in path[:-1]:
            at = at[key]
        what(at, path[-1])
        return out

    def never(of, key):
        of[key] = NEVER

    def always(of, key):
        of[key] = "always"

    def drop(of, key):
        del of[key]

    if "scope" in model:
        yield "scope", change(("scope",), never)
    for rule in JOURNEY_RULES:
        if rule in model.get("journey", {}):
            how = never if rule in ("start", "value") else drop
            yield f"journey.{rule}", change(("journey", rule), how)
    for number, stage in enumerate(model.get("stages", ())):
        at = ("stages", number)
        yield f"stages.{stage['name']}", change((*at, "enter"), never)
        for key in ("from", "closes"):
            if key in stage:
                yield f"stages.{stage['name']}.{key}", change((*at, key), drop)
        for place, station in enumerate(stage.get("stations", ())):
            yield (f"stages.{stage['name']}.{station['name']}",
                   change((*at, "stations", place, "when"), never))
    if "start" in model.get("journey", {}):
        yield None, change(("journey", "start"), always)
    for number in range(len(model.get("stages", ()))):
        yield None, change(("stages", number, "enter"), always)
    for number, signal in enumerate(model.get("signals", ())):
        if "when" in signal:
            yield None, change(("signals", number, "when"), always)
        yield f"signals.{signal['name']}", change(("signals", number), drop)


def run(folder):
    """{test: passed}; None where the models can't be used without the rule."""
    done = harness.run([harness.WAYMARK, "test", folder, "--json"], check=False)
    told = json.loads(done.stdout)
    if told["faults"]:
        return None
    return {test["name"]: test["passed"] for file in told["files"] for test in file["tests"]}


def survey(context, folder):
    """(rules that no test misses, tests that miss no rule, how many rules were broken)"""
    # What it extends lies beside it.
    whole = context.path(folder.name)
    shutil.copytree(SHIPPED, whole)
    work = whole / folder.name
    sound = run(work)
    check(sound and all(sound.values()), f"{folder.name} passes: {sound}")
    unseen, idle, count = [], set(sound), 0
    for file in sorted(work.glob("*.yaml")):
        if file.name.endswith(".test.yaml"):
            continue
        text = file.read_text()
        for what, model in broken(yaml.load(text, Text)):
            file.write_text(yaml.safe_dump(model, allow_unicode=True))
            found = run(work)
            if found is None:
                continue
            count += what is not None
            failed = {name for name, passed in found.items() if not passed}
            idle -= failed
            if what is not None and not failed:
                unseen.append(f"{folder.name}/{file.name}: {what}")
        file.write_text(text)
    return unseen, [f"{folder.name}: {name}" for name in sorted(idle)], count


def test_each_test_fails_when_its_rule_is_broken(context):
    folders = sorted({path.parent for path in SHIPPED.glob("*/*.test.yaml")})
    check(len(folders) >= 8, f"folders: {folders}")
    unseen, idle, count = [], [], 0
    for folder in folders:
        more = survey(context, folder)
        unseen += more[0]
        idle += more[1]
        count += more[2]
    print(f"{count} rules were broken")
    check(count > 150, f"rules broken: {count}")
    check_equal(unseen, [], "rules that no test misses")
    check_equal(idle, [], "tests that miss no rule")


if __name__ == "__main__":
    harness.main()
