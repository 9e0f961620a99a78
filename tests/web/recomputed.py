"""The figures of the page, computed once more from steps.jsonl and signals.jsonl with pandas.

It shares nothing with Waymark but what the rows mean (proto/waymark/v1): no cell, no fold, no model
beside the order of its stages.
"""
import bisect
import collections
import json
import math

import pandas

CUSTOMER, STAFF, SYSTEM = "CUSTOMER", "STAFF", "SYSTEM"
AT_WORK = (CUSTOMER, STAFF, SYSTEM)
ENDS = {"JOURNEY_COMPLETED": "completed", "ABANDONED": "abandoned", "SWITCHED": "switched"}
BAD = ("abandoned", "switched")
ANSWERS = ("satisfaction", "nps", "emotion", "need_fulfilment")
DAY_MS = 86_400_000
CLOSED_KEPT = 8  # of a customer: journeys.closed_max
NORMAL_95 = 1.959963984540054


def lines(path):
    with open(path, encoding="utf-8") as text:
        for line in text:
            yield json.loads(line)


def day_of(ms):
    return pandas.Timestamp(ms // DAY_MS * DAY_MS, unit="ms").strftime("%Y-%m-%d")


def exact_quantile(values, share):
    return sorted(values)[math.floor(share * (len(values) - 1))]


def mantel_haenszel(strata):
    """(odds ratio, low, high) over [(bad with, good with, bad without, good without)].

    The interval is that of Robins, Breslow and Greenland (1986); where a sum is 0, that of one
    table with half a journey added to each field.
    """
    table = pandas.DataFrame(strata, columns=list("abcd"), dtype=float)
    both = table[(table.a + table.b > 0) & (table.c + table.d > 0)]
    n = both.sum(axis=1)
    r, s = both.a * both.d / n, both.b * both.c / n
    p, q = (both.a + both.d) / n, (both.b + both.c) / n
    if r.sum() > 0 and s.sum() > 0:
        ratio = r.sum() / s.sum()
        variance = ((p * r).sum() / (2 * r.sum() ** 2)
                    + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
                    + (q * s).sum() / (2 * s.sum() ** 2))
    else:
        a, b, c, d = table.sum() + 0.5
        ratio, variance = a * d / (b * c), 1 / a + 1 / b + 1 / c + 1 / d
    half = NORMAL_95 * math.sqrt(variance)
    return ratio, ratio * math.exp(-half), ratio * math.exp(half)


class Rows:
    """What a replay has written, as frames: contacts, answers, signals, ends."""

    def __init__(self, folder):
        self.steps = collections.Counter()  # by customer
        self._channels = {}  # by journey, time and touchpoint
        self._history = collections.defaultdict(list)
        self._place = {}
        contacts, answers = [], []
        for step in lines(folder / "steps.jsonl"):
            self.steps[step["profile_id"]] += 1
            if step["interaction"].get("kind", CUSTOMER) in AT_WORK:
                self._note_audience(step)
                contacts += self._contacts(step)
            if step["interaction"].get("kind", CUSTOMER) == CUSTOMER:
                answers += self._answers(step)
        self.contacts = pandas.DataFrame(contacts)
        self.answers = pandas.DataFrame(answers, columns=[
            "model", "stage", "journey", "touchpoint", "channel", "persona", "target_group", "time",
            "day", *ANSWERS])
        self.signals = self._signals(list(lines(folder / "signals.jsonl")))
        self.journeys = {row.journey_id: row.time for row in self.signals[
            self.signals.kind == "JOURNEY_STARTED"].itertuples()}

    def _note_audience(self, step):
        """What type of customer it was, step by step in the order of the fold."""
        i, history = step["interaction"], self._history[step["profile_id"]]
        self._place[step["profile_id"], i["id"]] = len(history)
        history.append((i["time"], step.get("persona", ""), step.get("target_group", "")))

    def _audience(self, profile, time, evidence):
        """As of a signal: by the step that brought it, else by the last one until then."""
        history = self._history[profile]
        for name in reversed(evidence or []):
            place = self._place.get((profile, name))
            if place is not None and history[place][0] == time:
                return history[place][1:]
        known = bisect.bisect_right(history, time, key=lambda each: each[0])
        return history[known - 1][1:] if known else ("", "")

    def _contacts(self, step):
        i = step["interaction"]
        source = i.get("source", {})
        for at in step.get("placements", []):
            self._channels[at["journey_id"], i["time"], i.get("touchpoint", "")] = i["channel"]
            yield {
                "id": i["id"], "model": at["model"], "journey": at["journey_id"],
                "stage": at.get("stage", ""), "station": at.get("station", ""),
                "department": at.get("department", ""),
                "time": i["time"], "kind": i.get("kind", CUSTOMER),
                "touchpoint": i.get("touchpoint", ""), "channel": i["channel"],
                "system": source.get("system", ""), "process": source.get("process", ""),
                "persona": step.get("persona", ""),
                "target_group": step.get("target_group", ""), "day": day_of(i["time"])}

    def _answers(self, step):
        """Of a rating with the step, of those that came before it, and of another step."""
        i = step["interaction"]
        rating, rated = i.get("rating"), step.get("rated")
        own = (step.get("placements"), i.get("touchpoint", ""), i["time"])
        given = [(other["rating"], *own) for other in step.get("ratings", [])]
        if rating and "refers_to" not in i:
            given.append((rating, *own))
        if rating and rated:
            given.append((rating, rated.get("placements"), rated.get("touchpoint", ""),
                          rated.get("time")))
        for each, placements, touchpoint, time in given:
            for at in placements or []:
                yield {"model": at["model"], "stage": at.get("stage", ""),
                       "journey": at["journey_id"], "touchpoint": touchpoint,
                       "channel": self._channels.get((at["journey_id"], time, touchpoint), ""),
                       "persona": step.get("persona", ""),
                       "target_group": step.get("target_group", ""),
                       "time": i["time"], "day": day_of(i["time"]),
                       **{key: each.get(key) for key in ANSWERS}}

    def _signals(self, signals):
        for row in signals:
            persona, group = self._audience(row["profile_id"], row["time"], row.get("evidence"))
            row.update(persona=persona, target_group=group, day=day_of(row["time"]))
        frame = pandas.DataFrame(signals)
        for name in ("model", "stage", "previous_stage", "department", "previous_department",
                     "last_touchpoint", "detector", "journey_id", "name"):
            frame[name] = frame[name].fillna("") if name in frame else ""
        for name in ("stage_duration_ms", "waiting_ms"):
            frame[name] = frame[name].fillna(0) if name in frame else 0
        return frame


class Selection:
    """The figures of one model, of these customers and days alone where they are named."""

    def __init__(self, rows, model, stages, persona=None, first=None, last=None):
        self.stages = stages  # in the model's order
        self._all = rows.signals[rows.signals.model == model]
        self._contacts_of_all = rows.contacts[rows.contacts.model == model]
        self._journeys = rows.journeys

        def of(frame):
            frame = frame[frame.model == model]
            if persona is not None:
                frame = frame[frame.persona == persona]
            if first is not None:
                frame = frame[frame.day >= first]
            return frame if last is None else frame[frame.day <= last]
        self.contacts, self.answers, self.signals = map(
            of, (rows.contacts, rows.answers, rows.signals))
        self._selected = set(self.signals.id)
        self._reopened = collections.defaultdict(list)
        for row in self._all[self._all.detector == "reopen"].sort_values("time").itertuples():
            self._reopened[row.journey_id].append(row.time)
        self._note_forgotten()
        self.ends = self._ends()

    def of_kind(self, kind):
        return self.signals[self.signals.kind == kind]

    def entries(self):
        return self.of_kind("STAGE_ENTERED")

    def open_by_stage(self):
        """Now: journeys that began or were opened again once more than they ended."""
        balance = collections.Counter()
        for row in self._all.itertuples():
            if row.kind == "JOURNEY_STARTED" or (row.kind == "REACTIVATED"
                                                 and row.detector == "reopen"):
                balance[row.journey_id] += 1
            elif _outcome(row):
                balance[row.journey_id] -= 1
        at = {journey: ways[-1].stage for journey, ways in self._ways().items()}
        return collections.Counter(at.get(journey, "") for journey, count in balance.items()
                                   if count > 0)

    def flows(self):
        """{(from, to): journeys}; a way out is to "@completed" and so on."""
        ways = collections.Counter(zip(self.entries().previous_stage, self.entries().stage))
        ways.update(zip(self.ends.stage, "@" + self.ends.outcome))
        return dict(ways)

    def conversion(self, stage):
        left = (self.of_kind("STAGE_LEFT").stage == stage).sum()
        ended = self.ends[(self.ends.stage == stage) & (self.ends.outcome != "restarted")]
        on = left + (ended.outcome == "completed").sum()
        return on / (left + len(ended)) if left + len(ended) else None

    def came_back(self):
        """Entries by stage of journeys that had been in it before."""
        first = {row.id for journey in self._ways() for row in self._first_entries(journey)}
        again = self.entries()[~self.entries().id.isin(first)]
        return collections.Counter(again.stage)

    def stays(self, stage):
        left = self.of_kind("STAGE_LEFT")
        return left[left.stage == stage].stage_duration_ms.tolist()

    def stations(self):
        """{(stage, station): [interactions, stays in ms]}"""
        found = collections.defaultdict(lambda: [0, []])
        for (stage, station), count in self.contacts.groupby(["stage", "station"]).size().items():
            if station:
                found[stage, station][0] = count
        for (stage, station), stay in self._station_stays():
            found[stage, station][1].append(stay)
        return found

    def _station_stays(self):
        """((stage, station), ms) of each stay that has ended."""
        events = collections.defaultdict(list)  # by journey: time, rank at that time, where it is
        for row in self._contacts_of_all.itertuples():
            events[row.journey].append((row.time, 1, (row.stage, row.station)))
        for row in self._all[self._all.kind == "STAGE_LEFT"].itertuples():
            events[row.journey_id].append((row.time, 0, None))
        for journey, ends in self._ends_of().items():
            events[journey] += [(end.time, 2, None) for end in ends]
        for each in events.values():
            at, since = None, 0
            for time, _, place in sorted(each, key=lambda event: event[:2]):
                if place == at:
                    continue
                if at and at[1]:
                    yield at, time - since
                at, since = place, time

    def spread(self):
        """[between the channels of a journey that were rated, in thousandths of a point]"""
        found = []
        rated = self.answers.dropna(subset=["satisfaction"])
        by_journey = {journey: rows for journey, rows in rated.groupby("journey")}
        for journey, ends in self._ends_of().items():
            rows, since = by_journey.get(journey), -math.inf
            if rows is None:
                continue
            for end in ends:
                mine = rows[(rows.time > since) & (rows.time <= end.time) & (rows.channel != "")]
                means = mine.groupby("channel").satisfaction.agg(
                    lambda given: 1000 * int(given.sum()) // len(given))
                if len(means) > 1:
                    found.append(means.max() - means.min())
                since = end.time
        return found

    def handovers(self):
        """{(from, to, stage): [waiting in ms]}"""
        found = collections.defaultdict(list)
        for row in self.of_kind("HANDOVER").itertuples():
            found[row.previous_department, row.department, row.stage].append(row.waiting_ms)
        return found

    def work(self):
        """Interactions by department, of customers, staff and systems."""
        named = self.contacts[self.contacts.department != ""]
        return named.groupby("department").size().to_dict()

    def paths(self):
        return collections.Counter(self.ends.path)

    def pairs(self):
        """{(from, to): [ms from entering the one first to entering the other first]}"""
        found = collections.defaultdict(list)
        for journey in self._ways():
            for row in self._first_entries(journey):
                if row.id not in self._selected:
                    continue
                first = {}
                for stage, time, name in self._trail(journey, row.time):
                    if name == row.id:
                        break
                    first.setdefault(stage, time)
                for stage, time in first.items():
                    found[stage, row.stage].append(row.time - time)
        return found

    def harm(self, touchpoint):
        """(odds ratio, low, high, risk with, risk without, journeys with it), or None."""
        judged = self.ends[self.ends.outcome != "restarted"]
        has = judged.touchpoints.map(lambda names: touchpoint in names).astype(bool)
        bad = judged.outcome.isin(BAD)
        if has.all() or not has.any():
            return None
        strata = [((has & bad & at).sum(), (has & ~bad & at).sum(), (~has & bad & at).sum(),
                   (~has & ~bad & at).sum())
                  for at in (judged.farthest == stage for stage in judged.farthest.unique())]
        return (*mantel_haenszel(strata), bad[has].mean(), bad[~has].mean(), int(has.sum()))

    def _ways(self):
        """{journey: its STAGE_ENTERED in their order}; those of one moment by what came before."""
        if not hasattr(self, "_known_ways"):
            self._known_ways = {}
            entries = self._all[self._all.kind == "STAGE_ENTERED"].sort_values("time")
            for row in entries.itertuples():
                self._known_ways.setdefault(row.journey_id, []).append(row)
            for journey, rows in self._known_ways.items():
                self._known_ways[journey] = _chained(rows)
        return self._known_ways

    def _first_entries(self, journey):
        """Of stages that it had not been in before, as far as is still known of it."""
        known, forgotten, last = set(), list(self._forgotten.get(journey, [])), None
        for row in self._ways()[journey]:
            while forgotten and forgotten[0] <= row.time:
                forgotten.pop(0)
                known = {last}  # in which it ended
            last = row.stage
            if row.stage not in known:
                known.add(row.stage)
                yield row

    def _note_forgotten(self):
        """{journey: when it was opened again after others of its customer had taken its place}"""
        self._forgotten = collections.defaultdict(list)
        runs = collections.defaultdict(dict)  # of a customer: {journey: it is open}
        for row in self._all.sort_values("time", kind="stable").itertuples():
            mine = runs[row.profile_id]
            if row.kind == "JOURNEY_STARTED":
                mine[row.journey_id] = True
            elif row.detector == "reopen":
                if row.journey_id not in mine:
                    self._forgotten[row.journey_id].append(row.time)
                mine[row.journey_id] = True
            elif _outcome(row) and row.journey_id in mine:
                mine[row.journey_id] = False
                closed = [journey for journey, is_open in mine.items() if not is_open]
                for journey in closed[:max(0, len(closed) - CLOSED_KEPT)]:
                    del mine[journey]

    def _trail(self, journey, until):
        """[(stage, time, id)]: the way up to a moment, since it began or was opened again last."""
        began = [time for time in self._reopened[journey] if time <= until]
        ways = self._ways().get(journey, [])
        trail = [(row.stage, row.time, row.id) for row in ways if row.time <= until]
        if not began:
            return trail
        before = [each for each in trail if each[1] < began[-1]]
        again = [(before[-1][0], began[-1], None)] if before else []
        return again + [each for each in trail if each[1] >= began[-1]]

    def _ends_of(self):
        found = collections.defaultdict(list)
        for row in self._all.sort_values("time").itertuples():
            if _outcome(row):
                found[row.journey_id].append(row)
        return found

    def _ends(self):
        """The ends of journeys, with what happened on the way."""
        steps = collections.defaultdict(list)
        for step in self._contacts_of_all.itertuples():
            steps[step.journey].append(step)
        rows = []
        for journey, ends in self._ends_of().items():
            for end in ends:
                # What it ended with is the last that it had taken in.
                taken = steps.get(journey, [])
                last = [place for place, step in enumerate(taken) if step.id in end.evidence]
                taken = taken[:max(last) + 1] if last else [s for s in taken if s.time <= end.time]
                ways = [row for row in self._ways().get(journey, []) if row.time <= end.time]
                path = [stage for stage, _, _ in self._trail(journey, end.time)]
                order = [self.stages.index(row.stage) for row in ways]
                if end.id in self._selected:
                    rows.append({
                        "stage": end.stage, "outcome": _outcome(end), "time": end.time,
                        "duration": end.time - self._journeys[journey],
                        "farthest": max(order, default=-1), "path": tuple(path),
                        "touchpoints": frozenset(s.touchpoint for s in taken) - {""},
                        "last_touchpoint": end.last_touchpoint})
        return pandas.DataFrame(rows, columns=["stage", "outcome", "time", "duration", "farthest",
                                               "path", "touchpoints", "last_touchpoint"])


def _outcome(row):
    if row.kind in ENDS:
        return ENDS[row.kind]
    if row.kind == "LIFECYCLE" and row.journey_id and row.name in ("expired", "restarted") and \
            row.detector in ("lifetime", "version"):
        return row.name
    return ""


def _chained(entries):
    """Rows by time; of those of one moment each follows on the stage before it."""
    ordered, now = [], ""
    while entries:
        moment = [row for row in entries if row.time == entries[0].time]
        found = next((row for row in moment if row.previous_stage == now), moment[0])
        entries.remove(found)
        ordered.append(found)
        now = found.stage
    return ordered
