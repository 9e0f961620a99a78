"""Holds what stands on the views of the page against recomputed figures."""
import collections

import pandas
import shown
import written
from recomputed import BAD, CUSTOMER, STAFF, exact_quantile

SKETCH_ERROR = 0.01  # stated in ARCHITECTURE.md
OUTCOMES = ("completed", "abandoned", "switched", "expired", "restarted")
WORDS = {"went on": "onward", **{name: name for name in OUTCOMES}}
SCORES = {"satisfaction": written.mean, "need_fulfilment": written.mean,
          "emotion": written.signed}
NONE = "–"


class Audit:
    """Compares, and keeps what differs."""

    def __init__(self):
        self.compared = 0
        self.faults = []

    def equal(self, on_page, wanted, what):
        self.compared += 1
        if on_page != wanted:
            self.faults.append(f"{what}: {on_page!r} on the page, {wanted!r} recomputed")

    def duration(self, on_page, values, share, what):
        """Within the sketch's error and the rounding of what is written."""
        self.compared += 1
        if not values:
            return self.equal(on_page, NONE, what)
        wanted = exact_quantile(values, share)
        try:
            have, rounding = written.duration_of(on_page)
        except ValueError as fault:
            return self.faults.append(f"{what}: {fault}")
        if abs(have - wanted) > SKETCH_ERROR * wanted + rounding + 1:
            self.faults.append(f"{what}: {on_page} on the page, {wanted:.0f} ms recomputed")

    def mean_duration(self, on_page, values, what):
        have, rounding = written.duration_of(on_page)
        self.equal(abs(have - sum(values) / len(values)) <= rounding + 1, True,
                   f"{what}: {on_page} of {values[:3]}…")


def scores(answers, key):
    return answers[key].dropna()


def nps_of(answers):
    given = scores(answers, "nps")
    if given.empty:
        return NONE
    score = 100 * ((given >= 9).sum() - (given <= 6).sum()) / len(given)
    return f"{written.signed(score, 0)} ({written.short(len(given))})"


def check_score(audit, text, answers, key, what):
    given = scores(answers, key)
    wanted = ([SCORES[key](given.mean()), f"({written.short(len(given))})"] if len(given)
              else [NONE, "not rated"])
    audit.equal(text.split("\n")[:2], wanted, f"{what} {key}")


def check_summary(audit, figures, truth, is_whole, name):
    ends = truth.ends[truth.ends.outcome != "restarted"]
    counts = collections.Counter(truth.ends.outcome)
    wanted = {"Journeys started": written.count(len(truth.of_kind("JOURNEY_STARTED"))),
              "Open now": written.count(sum(truth.open_by_stage().values())) if is_whole else NONE,
              "Conversion": written.percent(counts["completed"] / len(ends), 1) if len(ends)
              else NONE,
              "Abandoned or switched": written.count(sum(counts[how] for how in BAD)),
              "Net promoter score": nps_of(truth.answers)}
    for label, text in wanted.items():
        audit.equal(figures[label][0], text, f"{name}: {label}")
    audit.duration(figures["Duration, median"][0], truth.ends.duration.tolist(), 0.5,
                   f"{name}: duration of journeys")
    if is_whole:
        check_spread(audit, figures, truth, name)
    given = scores(truth.answers, "satisfaction")
    if len(given):
        audit.equal(figures["Satisfaction"], [
            written.mean(given.mean()), f"{written.count(len(given))} answer"
            + ("s" if len(given) > 1 else "")], f"{name}: satisfaction")


def check_spread(audit, figures, truth, name):
    spread = truth.spread()
    wanted = [NONE]
    if spread:
        wanted = [written.mean(sum(spread) / len(spread) / 1000, 2),
                  f"in {written.count(len(spread))} journey" + ("s" if len(spread) > 1 else "")]
    audit.equal(figures.get("Spread between channels", [NONE]), wanted,
                f"{name}: spread between channels")


def check_stations(audit, page, truth, name):
    stations = truth.stations()
    for stage, rows in zip(truth.stages, shown.lines(page, "stations")):
        here = {station: told for (at, station), told in stations.items() if at == stage}
        for station, text in rows:
            what = f"{name}, {stage}, {station}"
            count, stays = here.pop(station, None) or here.pop(f"{stage}/{station}", (0, []))
            if stays:
                audit.duration(text, stays, 0.5, f"{what}: stay")
            else:
                audit.equal(text, written.short(count), f"{what}: interactions")
        audit.equal(here, {}, f"{name}, {stage}: stations that are not shown")


def check_people(audit, page, truth, is_whole, name):
    cells = {key: shown.cells(page, key) for key in ("open", "entered", "conversion",
                                                     "interactions", "duration")}
    ends, opened, back = shown.lines(page, "ends"), truth.open_by_stage(), truth.came_back()
    flows = truth.flows()
    for place, stage in enumerate(truth.stages):
        what = f"{name}, {stage}"
        if is_whole:
            audit.equal(cells["open"][place], written.count(opened[stage]), f"{what}: in it now")
        entered = (truth.entries().stage == stage).sum()
        wanted = [written.count(entered)]
        if back[stage]:
            wanted.append(f"{written.count(back[stage])} came back")
        audit.equal(cells["entered"][place].split("\n"), wanted, f"{what}: entered")
        ways = collections.Counter({how: flows.get((stage, f"@{how}"), 0) for how in OUTCOMES})
        ways["onward"] = sum(count for (before, after), count in flows.items()
                             if before == stage and not after.startswith("@"))
        over = sum(ways.values())
        audit.equal({WORDS[word]: text for word, text in ends[place]},
                    {how: f"{written.count(count)} {written.percent(count / over)}"
                     for how, count in ways.items() if count}, f"{what}: how stays end")
        share = truth.conversion(stage)
        audit.equal(cells["conversion"][place].split(" target")[0].split(" below")[0],
                    NONE if share is None else written.percent(share), f"{what}: conversion")
        check_stays(audit, cells["duration"][place], truth, stage, what)
        contacts = truth.contacts[truth.contacts.stage == stage]
        wanted = [written.count((contacts.kind == CUSTOMER).sum())]
        if (contacts.kind == STAFF).any():
            wanted.append(f"+ {written.count((contacts.kind == STAFF).sum())} by staff")
        audit.equal(cells["interactions"][place].split("\n"), wanted, f"{what}: interactions")


def check_stays(audit, text, truth, stage, what):
    stays = truth.stays(stage)
    if not stays:
        return audit.equal(text, "no stay yet", f"{what}: stays")
    median, middle, *missed = text.split("\n")
    audit.duration(median.split(" / ")[0], stays, 0.5, f"{what}: median stay")
    low, high = middle.removeprefix("80 %: ").split(" to ")
    audit.duration(low, stays, 0.1, f"{what}: 10 % of stays")
    audit.duration(high, stays, 0.9, f"{what}: 90 % of stays")
    late = (truth.of_kind("TARGET_MISSED").stage == stage).sum()
    entered = (truth.entries().stage == stage).sum()
    audit.equal(missed, [f"{written.count(late)} missed the target "
                         f"({written.percent(late / entered)})"] if late else [],
                f"{what}: missed")


def check_experience(audit, page, truth, name):
    for key in (*SCORES, "nps"):
        for stage, text in zip(truth.stages, shown.cells(page, key)):
            answers = truth.answers[truth.answers.stage == stage]
            if key == "nps":
                audit.equal(text, nps_of(answers), f"{name}, {stage}: NPS")
            else:
                check_score(audit, text, answers, key, f"{name}, {stage}:")


def check_touchpoints(audit, page, truth, name):
    for stage, found in zip(truth.stages, shown.touchpoints(page)):
        used = truth.contacts[(truth.contacts.stage == stage) & (truth.contacts.touchpoint != "")
                              & (truth.contacts.kind == CUSTOMER)]
        counts = used.groupby(["touchpoint", "channel"]).size().to_dict()
        audit.equal({(row["name"], row["channel"]): row["use"] for row in found if row["use"]},
                    {place: written.short(count) for place, count in counts.items()},
                    f"{name}, {stage}: use of touchpoints")
        answers = truth.answers[truth.answers.stage == stage]
        once = collections.Counter(row["name"] for row in found)
        for row in found:
            if once[row["name"]] > 1 or not row["use"]:
                continue
            given = scores(answers[answers.touchpoint == row["name"]], "satisfaction")
            audit.equal(row["rating"], written.mean(given.mean()) if len(given) else "",
                        f"{name}, {stage}, {row['name']}: rating")


def check_company(audit, page, truth, name):
    work, handed, systems = (shown.lines(page, key) for key in
                             ("departments", "handovers", "systems_used"))
    waits = truth.handovers()
    for place, stage in enumerate(truth.stages):
        what = f"{name}, {stage}"
        contacts = truth.contacts[truth.contacts.stage == stage]
        counts = contacts[contacts.department != ""].groupby("department").size()
        audit.equal(dict(work[place]), {each: written.percent(count / len(contacts)) for
                                        each, count in counts.items()}, f"{what}: departments")
        here = {f"{before} → {after}": values for (before, after, at), values in waits.items()
                if at == stage}
        most = sorted(map(len, here.values()), reverse=True)[:5]
        audit.equal([row[1] for row in handed[place]], list(map(written.short, most)),
                    f"{what}: handovers")
        for way, count, *median in handed[place]:
            audit.equal(count, written.short(len(here[way])), f"{what}: {way}")
            audit.duration(median[0], here[way], 0.5, f"{what}: {way}")
        used = contacts[contacts.system != ""].groupby(["system", "process"]).size()
        audit.equal(collections.Counter(map(tuple, systems[place])), collections.Counter(
            (system, written.short(count)) for (system, _), count in used.items()),
            f"{what}: systems")


def check_tables(audit, page, truth, name):
    flows = {(word_of(before), word_of(after)): written.count(count)
             for (before, after), count in truth.flows().items()}
    audit.equal({(row[0], row[1]): row[2] for row in shown.table(page, "flows")}, flows,
                f"{name}: flows")
    pairs = truth.pairs()
    rows = shown.table(page, "pairs")
    audit.equal({(row[0], row[1]): row[2] for row in rows},
                {way: written.count(len(values)) for way, values in pairs.items()},
                f"{name}: pairs of stages")
    for before, after, _, median, high, _ in rows:
        if (before, after) in pairs:
            audit.duration(median, pairs[before, after], 0.5, f"{name}: {before} to {after}")
            audit.duration(high, pairs[before, after], 0.9, f"{name}: {before} to {after}, 90 %")
    check_paths(audit, page, truth, name)
    contacts = truth.contacts[truth.contacts.kind == CUSTOMER]
    audit.equal({row[0]: row[1] for row in shown.table(page, "channels") if row[1] != "0"}, {
        channel: written.count(count) for channel, count in
        contacts.groupby("channel").size().items()}, f"{name}: channels")


def check_paths(audit, page, truth, name):
    """The most frequent; what is beyond a hundred is told together, cut ones by their beginning."""
    ends = truth.ends.assign(path=truth.ends.path.map("\n".join))
    wanted = ends.groupby("path").outcome.value_counts().unstack(fill_value=0)
    for path, *counts in (row[:5] for row in shown.table(page, "paths")):
        if path not in wanted.index:
            audit.equal(path.startswith("all other") or "…" in path or path == "", True,
                        f"{name}: a path {path!r}")
            continue
        row = wanted.loc[path]
        audit.equal(counts, [written.count(row.sum()), *(
            written.count(row.get(how, 0)) for how in OUTCOMES[:3])], f"{name}: path {path!r}")


def word_of(name):
    return "Beginning" if name == "" else name.removeprefix("@")


def check_map(audit, page, truth, name, is_whole=True):
    shown.unfold(page)
    check_summary(audit, shown.figures(page), truth, is_whole, name)
    if is_whole:
        check_stations(audit, page, truth, name)
    check_people(audit, page, truth, is_whole, name)
    check_experience(audit, page, truth, name)
    check_touchpoints(audit, page, truth, name)
    check_company(audit, page, truth, name)
    check_tables(audit, page, truth, name)


def check_touchpoint(audit, page, truth, touchpoint, name):
    """The view of one touchpoint, over all its channels."""
    figures = shown.figures(page)
    used = truth.contacts[(truth.contacts.touchpoint == touchpoint)
                          & (truth.contacts.kind == CUSTOMER)]
    audit.equal(figures["Interactions"][0], written.count(len(used)), f"{name}: interactions")
    answers = truth.answers[truth.answers.touchpoint == touchpoint]
    for label, key in (("Satisfaction", "satisfaction"), ("Emotion", "emotion"),
                       ("Need fulfilment", "need_fulfilment")):
        check_score(audit, "\n".join(figures[label]), answers, key, name)
    audit.equal(figures["Net promoter score"][0], nps_of(answers), f"{name}: NPS")
    text = page.inner_text("main")
    harm = truth.harm(touchpoint)
    if harm:
        ratio, low, high, with_it, without, _ = harm
        for each in (f"{written.ratio(ratio)}, between {written.ratio(low)} and "
                     f"{written.ratio(high)}", written.percent(with_it, 1),
                     written.percent(without, 1)):
            audit.equal(each in text, True, f"{name}: {each} stands there")
    last = truth.ends[truth.ends.last_touchpoint == touchpoint]
    for stage, rows in last[last.outcome.isin(BAD)].groupby("stage"):
        counts = collections.Counter(rows.outcome)
        each = f"abandoned {written.count(counts['abandoned'])} · switched " \
               f"{written.count(counts['switched'])}"
        audit.equal(each in text, True, f"{name}: last in {stage}: {each}")


def check_rankings(audit, page, truth, name):
    rows = {row[0]: row for row in shown.table(page, "harm")}
    used = set().union(*truth.ends.touchpoints) if len(truth.ends) else set()
    harms = {each: truth.harm(each) for each in used}
    audit.equal(set(rows), {each for each, harm in harms.items() if harm}, f"{name}: ranked")
    for touchpoint, row in rows.items():
        if not harms.get(touchpoint):
            continue
        ratio, low, high, with_it, without, journeys = harms[touchpoint]
        what = f"{name}: harm of {touchpoint}"
        audit.equal(row[1], f"{written.ratio(ratio)}, between {written.ratio(low)} and "
                    f"{written.ratio(high)}", what)
        audit.equal(row[3], f"{written.percent(with_it)} / {written.percent(without)}", what)
        audit.equal(row[4], written.count(journeys), f"{what}: journeys")
        audit.equal(row[5].startswith("harmful"), low > 1, f"{what}: verdict")


def check_improvements(audit, page, truth, name):
    """How much of the distance to a target there is, times who pass, times who end badly there."""
    for row in shown.table(page, "improvements"):
        stage, measure, _, target, distance, journeys, potential = row[:7]
        entered = (truth.entries().stage == stage).sum()
        left = (truth.of_kind("STAGE_LEFT").stage == stage).sum()
        ended = truth.ends[(truth.ends.stage == stage) & (truth.ends.outcome != "restarted")]
        effect = ended.outcome.isin(BAD).sum() / (left + len(ended))
        share = {"Duration": lambda at: (truth.of_kind("TARGET_MISSED").stage == at).sum()
                 / entered,
                 "Satisfaction": lambda at: (float(target) - scores(
                     truth.answers[truth.answers.stage == at], "satisfaction").mean()) / 4,
                 "Conversion": lambda at: float(target.rstrip("%")) / 100 - truth.conversion(at)
                 }[measure](stage)
        what = f"{name}: {measure} of {stage}"
        audit.equal(distance.removesuffix(" too long"), written.percent(share), what)
        audit.equal(journeys, written.count(entered), f"{what}: journeys")
        audit.equal(potential, written.count(written.rounded(share * entered * effect, 0)),
                    f"{what}: potential")


def check_internal(audit, page, truth, name):
    shown.unfold(page)
    work, waits = truth.work(), truth.handovers()
    whole = sum(work.values())
    handed = collections.Counter()
    for (before, after, _), values in waits.items():
        handed[before, after] += len(values)
    total = sum(handed.values())
    names = {each for way in handed for each in way} | set(work)
    rows = {row[0]: row for row in shown.table(page, "departments")}
    audit.equal(set(rows), names, f"{name}: departments")
    frame = pandas.DataFrame([(before, after, value) for (before, after, _), values in
                              waits.items() for value in values],
                             columns=["before", "after", "ms"])
    for each in names & set(rows):
        row, what = rows[each], f"{name}, {each}"
        mine = work.get(each, 0)
        given = sum(count for (before, _), count in handed.items() if before == each)
        taken = sum(count for (_, after), count in handed.items() if after == each)
        audit.equal(row[1], written.count(mine), f"{what}: interactions")
        audit.equal(row[2], written.percent(mine / whole), f"{what}: share of work")
        audit.equal(row[3], written.percent((given + taken) / (2 * total)) if total else "0%",
                    f"{what}: share of handovers")
        audit.equal(row[5], f"{written.count(taken)} / {written.count(given)}", f"{what}: handed")
        for cell, side in ((row[6], "after"), (row[7], "before")):
            values = frame[frame[side] == each].ms.tolist()
            if values:
                audit.mean_duration(cell.split("\n")[0], values, f"{what}: waiting")
        caused = frame[frame["after"] == each].ms.sum() / frame.ms.sum() if total else 0
        if mine:
            audit.equal(row[8], written.mean(caused / (mine / whole)), f"{what}: imbalance")
    check_handovers(audit, page, truth, name)


def check_handovers(audit, page, truth, name):
    waits = truth.handovers()
    if not waits:
        return
    ways = collections.defaultdict(list)
    for (before, after, _), values in waits.items():
        ways[before, after] += values
    for before, after, text in shown.matrix(page):
        values = ways.get((before, after), [])
        if not values:
            audit.equal(text in ("", "·"), True, f"{name}: {before} to {after}: {text!r}")
            continue
        count, mean = text.split("\n")
        audit.equal(count, written.count(len(values)), f"{name}: {before} to {after}")
        audit.mean_duration(mean, values, f"{name}: {before} to {after}")
    rows = shown.table(page, "ways")
    audit.equal(len(rows), len(waits), f"{name}: ways of handing over")
    audit.equal(sum(int(row[3].replace(",", "")) for row in rows),
                sum(map(len, waits.values())), f"{name}: handovers in all")
