"""Interventions: the figures before and after are those of the rows, and no fold knows of them."""
import collections
import datetime
import json
import math
import re
import shutil
import signal
import statistics

import openapi_test  # before cli, whose folders hold another api_test
import cli
from cli import check, check_equal, harness

MODELS = cli.ROOT / "config/models"
MODEL = "six-stages"
STAGE, TOUCHPOINT = "information", "checkout"
BAD = ("ABANDONED", "SWITCHED")
DAYS = 40
DAY = datetime.timedelta(days=1)
Z = statistics.NormalDist().inv_cdf(0.975)


def day_of(row):
    return datetime.datetime.fromtimestamp(row["time"] / 1000, datetime.timezone.utc).date()


def noted(context, day):
    """A folder of the models, with two interventions in one of them."""
    folder = context.path("models")
    shutil.copytree(MODELS, folder)
    file = folder / "six-stages.yaml"
    file.write_text(file.read_text(encoding="utf-8") + f"""
interventions:
  - id: guest-checkout
    what: {{en: Order without an account, de: Bestellen ohne Konto}}
    at: {day}T15:00Z
    aim: acquisition
    where: {{stage: {STAGE}}}
    owner: Sales
  - {{id: shorter, what: A shorter form, at: {day + DAY}, aim: satisfaction,
     where: {{touchpoint: {TOUCHPOINT}}}}}
""", encoding="utf-8")
    return folder, file


def replayed(context, name, events, models):
    folder = context.path(name)
    cli.waymark("replay", "--input", events, "--output", folder, "--models", models)
    return folder


def served(context, folder, models):
    process = context.process("map", [harness.WAYMARK, "map", folder, "--models", models,
                                      "--serve", "--set", "http.port=0"])
    found = harness.wait_until(lambda: re.search(r"http://[^/]+", process.output()), 20,
                               f"its address; {process.output()}")
    return process, found.group(0)


def told(address, more=f"&days={DAYS}"):
    """As the server says it, and as its description says."""
    return openapi_test.check_answer(address, "/api/v1/interventions",
                                     f"/api/v1/interventions?model={MODEL}{more}")["interventions"]


def middle_of(folder):
    """The day in the middle of those with signals."""
    days = sorted({day_of(row) for row in cli.lines(folder / "signals.jsonl")
                   if row.get("model") == MODEL})
    return days[len(days) // 2]


def wilson(part, whole):
    share, room = part / whole, Z * Z / whole
    half = Z * math.sqrt(share * (1 - share) / whole + room / (4 * whole))
    return (share + room / 2 - half) / (1 + room), (share + room / 2 + half) / (1 + room)


def newcombe(before, after):
    (l1, u1), (l2, u2) = wilson(*after), wilson(*before)
    p1, p2 = after[0] / after[1], before[0] / before[1]
    return (p1 - p2, p1 - p2 - math.hypot(p1 - l1, u2 - p2),
            p1 - p2 + math.hypot(u1 - p1, p2 - l2))


def check_share(measure, before, after, what):
    for side, (part, whole) in (("before", before), ("after", after)):
        check_equal(measure[side]["count"], whole, f"{what} {side}")
        check(abs(measure[side]["value"] - part / whole) < 1e-9, f"{what} {side}: {measure}")
    value, low, high = newcombe(before, after)
    have = measure["difference"]
    for name, want in (("value", value), ("low", low), ("high", high)):
        check(abs(have[name] - want) < 1e-9, f"{what} {name}: {have} is {want}")


def of(one, name):
    return next(measure for measure in one["measures"] if measure["measure"] == name)


def sides(rows, day):
    """Counts of kinds before and after a day."""
    before, after = collections.Counter(), collections.Counter()
    for row in rows:
        away = (day_of(row) - day).days
        if 0 < abs(away) <= DAYS:
            (before if away < 0 else after)[row["kind"]] += 1
    return before, after


def test_figures_are_those_of_the_rows(context):
    events = cli.generate(context, profiles=600, interactions=20_000, seed=7)
    first = replayed(context, "first", events, MODELS)
    day = middle_of(first)
    models, _ = noted(context, day)
    folder = replayed(context, "out", events, models)
    for name in cli.OUTPUTS:
        check_equal((folder / f"{name}.jsonl").read_text(), (first / f"{name}.jsonl").read_text(),
                    f"{name} are the same with and without interventions")
    _, address = served(context, folder, models)
    touchpoint, one = told(address)
    check_equal((one["id"], touchpoint["id"]), ("guest-checkout", "shorter"), "newest first")
    check_equal((one["day"], one["days"], one["judged_by"]), (str(day), DAYS, "conversion"), "one")
    check_equal(one["overlaps"], ["shorter"], "the other is in the same days")
    rows = [row for row in cli.lines(folder / "signals.jsonl") if row.get("model") == MODEL]
    here = [row for row in rows if row.get("stage") == STAGE]
    before, after = sides(here, day)

    def over(counts):
        return sum(counts[kind] for kind in ("STAGE_LEFT", "JOURNEY_COMPLETED", *BAD))
    check(over(before) > 30 and over(after) > 30, f"enough to compare: {before}, {after}")
    check_share(of(one, "conversion"),
                *((counts["STAGE_LEFT"] + counts["JOURNEY_COMPLETED"], over(counts))
                  for counts in (before, after)), "conversion")
    check_share(of(one, "bad_end_share"),
                *((sum(counts[kind] for kind in BAD), over(counts))
                  for counts in (before, after)), "bad ends")
    check_duration(of(one, "duration"), here, day)
    for point in of(one, "conversion")["course"]:
        counts = collections.Counter(row["kind"] for row in here
                                     if str(day_of(row)) == point["day"])
        check_equal(point["count"], over(counts), point["day"])
    check_answers(of(touchpoint, "satisfaction"), folder, day + DAY)


def check_duration(measure, here, day):
    values = {"before": [], "after": []}
    for row in here:
        away = (day_of(row) - day).days
        if row["kind"] == "STAGE_LEFT" and 0 < abs(away) <= DAYS:
            values["before" if away < 0 else "after"].append(row["stage_duration_ms"])
    for side, stays in values.items():
        check_equal(measure[side]["count"], len(stays), f"stays {side}")
        want = sorted(stays)[(len(stays) - 1) // 2]
        check(abs(measure[side]["value"] - want) <= 0.01 * want + 1, f"{side}: {measure}, {want}")


def answers_of(step):
    """(touchpoint, placements, rating): of the step itself, of steps before it, of another."""
    i = step["interaction"]
    rating, rated = i.get("rating"), step.get("rated")
    here = (i.get("touchpoint", ""), step.get("placements", []))
    given = [(*here, other["rating"]) for other in step.get("ratings", [])]
    if rating and "refers_to" not in i:
        given.append((*here, rating))
    if rating and rated:
        given.append((rated.get("touchpoint", ""), rated.get("placements", []), rating))
    return given


def check_answers(measure, folder, day):
    answers = {"before": [], "after": []}
    for step in cli.lines(folder / "steps.jsonl"):
        away = (day_of(step["interaction"]) - day).days
        if step["interaction"].get("kind", "CUSTOMER") != "CUSTOMER" or not 0 < abs(away) <= DAYS:
            continue
        for touchpoint, placements, rating in answers_of(step):
            if touchpoint == TOUCHPOINT and "satisfaction" in rating:
                answers["before" if away < 0 else "after"] += [
                    rating["satisfaction"] for place in placements if place["model"] == MODEL]
    for side, values in answers.items():
        check(len(values) > 3, f"answers {side}: {values}")
        check_equal(measure[side]["count"], len(values), f"answers {side}")
        check(abs(measure[side]["value"] - statistics.mean(values)) < 1e-9, f"mean {side}")
    # With so many answers Student's distribution is close to the normal one, and wider.
    error = math.sqrt(sum(statistics.variance(values) / len(values)
                          for values in answers.values()))
    half = measure["difference"]["high"] - measure["difference"]["value"]
    check(Z * error < half < 1.4 * Z * error, f"interval: {measure['difference']}, {error}")


def test_files_are_read_again(context):
    folder = replayed(context, "out", cli.generate(context), MODELS)
    day = middle_of(folder)
    models, file = noted(context, day)
    process, address = served(context, folder, models)
    check_equal([one["id"] for one in told(address)], ["shorter", "guest-checkout"], "at first")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("id: shorter", "id: other"), encoding="utf-8")
    process.send(signal.SIGHUP)
    harness.wait_until(lambda: told(address)[0]["id"] == "other", 20, "what the file says")
    file.write_text(text.replace("aim: satisfaction", "aim: luck"), encoding="utf-8")
    process.send(signal.SIGHUP)
    harness.wait_until(lambda: "unknown aim 'luck'" in process.output(), 20, "the fault")
    check_equal([one["id"] for one in told(address)], ["other", "guest-checkout"], "stays")
    done = cli.waymark("check", "--models", models, expect=2)
    check(re.search(r"six-stages\.yaml:\d+:\d+: unknown aim 'luck'", done.stderr), done.stderr)


def test_what_is_wrong_is_refused(context):
    folder = replayed(context, "out", cli.generate(context), MODELS)
    _, address = served(context, folder, MODELS)
    check_equal(told(address), [], "the model has none")
    for query, code, text in (("", 400, "model is missing"), ("model=none", 404, "no such model"),
                              (f"model={MODEL}&days=0", 400, "days is none: 0"),
                              (f"model={MODEL}&days=1e9", 400, "days is none: 1e9"),
                              (f"model={MODEL}&from=2024-01-01", 400, "unknown parameter from")):
        have, body = harness.http_get(f"{address}/api/v1/interventions?{query}")
        check_equal((have, text in json.loads(body)["error"]), (code, True), f"{query}: {body}")


if __name__ == "__main__":
    harness.main()
