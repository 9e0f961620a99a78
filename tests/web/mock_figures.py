"""Figures for the mock's models: plausible, consistent with each other, the same for the same
selection and moment."""
import datetime
import math
import random
import zlib

from mock_models import DAY_MS

FIRST_DAY = datetime.date(2024, 1, 2)
LAST_DAY = datetime.date(2024, 2, 20)
AS_OF = int(datetime.datetime(2024, 2, 20, 21, 46, 55,
                              tzinfo=datetime.timezone.utc).timestamp() * 1000)
SHARES = {"young": .34, "business": .22, "family": .29, "consumers": .71, "trade": .24}
OUTCOMES = ("completed", "abandoned", "switched", "expired", "restarted")


def generator(*words):
    return random.Random(zlib.crc32("|".join(map(str, words)).encode()))


def days_of(selection):
    first = max(FIRST_DAY, datetime.date.fromisoformat(selection.get("from") or str(FIRST_DAY)))
    last = min(LAST_DAY, datetime.date.fromisoformat(selection.get("to") or str(LAST_DAY)))
    return [first + datetime.timedelta(days=i) for i in range((last - first).days + 1)]


def duration(count, median_ms, spread=1.0):
    """Quantiles of a log-normal distribution."""
    if count <= 0:
        return {"count": 0}
    at = {name: int(median_ms * math.exp(spread * z)) for name, z in
          (("p10_ms", -1.2816), ("p50_ms", 0), ("p90_ms", 1.2816), ("p99_ms", 2.3263))}
    return {"count": count, "mean_ms": int(median_ms * math.exp(spread * spread / 2)), **at,
            "relative_error": 0.01}


def score(count, mean, least=1):
    """Answers from `least` to `least` + 4 around a mean."""
    if count <= 0:
        return {"count": 0}
    weights = [math.exp(-((i + least - mean) ** 2) / 1.9) for i in range(5)]
    cells = [int(count * w / sum(weights)) for w in weights]
    cells[max(range(5), key=lambda i: weights[i])] += count - sum(cells)
    total = sum((i + least) * n for i, n in enumerate(cells))
    return {"count": count, "mean": round(total / count, 3), "distribution": cells}


def nps(count, satisfaction):
    if count <= 0:
        return {"count": 0}
    promoters = int(count * min(.75, max(.08, (satisfaction - 2.6) / 2.6)))
    detractors = int(count * min(.6, max(.06, (4.6 - satisfaction) / 3.2)))
    return {"count": count, "score": round(100 * (promoters - detractors) / count, 1),
            "promoters": promoters, "detractors": detractors,
            "passives": count - promoters - detractors}


class Figures:
    """All figures of one model and selection at one moment (`tick` counts live updates)."""

    def __init__(self, model, selection, tick):
        self.model, self.selection = model, selection
        share = len(days_of(selection)) / ((LAST_DAY - FIRST_DAY).days + 1)
        for key in ("persona", "target_group"):
            if selection.get(key):
                share *= SHARES.get(selection[key], .2)
        if selection.get("version"):
            share *= .4 if int(selection["version"]) == 1 else .6
        self.random = generator(model["name"], sorted(selection.items()))
        self.started = int((model["started"] + 7 * tick) * share)
        self.shift = self.random.uniform(-.25, .25) if selection else 0.0
        self.lean = {stage["name"]: self.random.uniform(.8, 1) if selection else 1
                     for stage in model["stages"]}
        self.flow()

    def flow(self):
        """How many went where: what has entered a stage and not left it is open."""
        names = [stage["name"] for stage in self.model["stages"]]
        first = {names[0]: .74, names[1]: .2, names[2]: .06} if len(names) > 2 else {names[0]: 1}
        self.begun = {name: int(self.started * share) for name, share in first.items()}
        self.begun[names[0]] += self.started - sum(self.begun.values())
        entered = dict.fromkeys(names, 0.0)
        for _ in range(80):
            onto = dict(self.begun)
            for stage in self.model["stages"]:
                for name, share in stage["onward"].items():
                    share *= self.lean[stage["name"]]
                    onto[name] = onto.get(name, 0) + entered[stage["name"]] * share
            entered = {name: onto.get(name, 0) for name in names}
        self.flows = {("", name): n for name, n in self.begun.items() if n}
        for stage in self.model["stages"]:
            for name, share in {**stage["onward"],
                                **{f"@{k}": v for k, v in stage["exits"].items()}}.items():
                lean = 2 - self.lean[stage["name"]] if name[0] == "@" else self.lean[stage["name"]]
                n = int(entered[stage["name"]] * share * lean)
                if n:
                    self.flows[(stage["name"], name)] = n

    def into(self, name):
        return sum(n for (_, to), n in self.flows.items() if to == name)

    def out_of(self, name):
        return sum(n for (source, _), n in self.flows.items() if source == name)

    def exits(self, name):
        return {k: self.flows.get((name, f"@{k}"), 0) for k in OUTCOMES}

    def outcome(self, kind):
        return sum(n for (_, to), n in self.flows.items() if to == f"@{kind}")

    def stage(self, stage):
        name, mean = stage["name"], stage["satisfaction"] + self.shift
        entered, left, exits = self.into(name), self.out_of(name), self.exits(name)
        again = sum(n for (source, to), n in self.flows.items()
                    if to == name and self.place(source) > self.place(name))
        went_on = left - sum(exits.values()) + exits["completed"]
        targets, rated = stage["targets"], int(entered * .21)
        long = duration(left, stage["median_ms"], .95)
        if "days" in targets:
            long["target_ms"] = targets["days"] * DAY_MS
            long["missed"] = int(left * .17)
            long["missed_share"] = round(long["missed"] / left, 4) if left else 0
        out = {"name": name, "titles": {k: v for k, v in stage["titles"].items() if v},
               "dimensions": stage["dimensions"], "entered": entered, "reentered": again,
               "left": left, "exits": exits, "duration": long,
               "conversion": {"target": targets["conversion"]} if "conversion" in targets else {},
               "satisfaction": {**score(rated, mean), "target": targets["satisfaction"]},
               "nps": nps(rated // 3, mean), "emotion": score(rated // 2, (mean - 3.2) * .9, -2),
               "need_fulfilment": score(rated // 4, mean - .1),
               "interactions": entered * 4, "staff_interactions": entered // 3}
        if left:
            out["conversion"]["actual"] = round(went_on / left, 4)
        if not (self.selection.get("from") or self.selection.get("to")):
            out["open"] = entered - left
        out.update(self.stage_parts(stage, entered, mean))
        return out

    def place(self, name):
        names = [stage["name"] for stage in self.model["stages"]]
        return names.index(name) if name in names else -1

    def stage_parts(self, stage, entered, mean):
        used = self.touchpoints_in(stage)
        rng = generator(self.model["name"], stage["name"])
        departments = [d for d in dict.fromkeys(
            [stage["dimensions"]["owner"], *stage["dimensions"]["participants"], "Service"]) if d]
        weights = [.62, .24, .14][:len(departments)]
        total = entered * 4
        shares = [w / sum(weights) for w in weights]
        return {
            "stations": [{"name": f"{stage['name']}/{word}", "interactions": int(entered * share),
                          "duration": duration(int(entered * share), stage["median_ms"] * share)}
                         for word, share in (("begin", .7), ("middle", .35))],
            "touchpoints": [self.touchpoint(each, int(entered * rng.uniform(.05, 1.2)),
                                            mean + rng.uniform(-.7, .5)) for each in used],
            "departments": [{"name": name, "interactions": int(total * share),
                             "share": round(share, 3)}
                            for name, share in zip(departments, shares)],
            "systems": [{"system": name, "process": "order", "interactions": int(total * .8)}
                        for name in stage["dimensions"]["systems"]],
            "signals": [{"kind": kind, "name": name, "count": int(entered * share)} for
                        kind, name, share in (("IRRITATION", "complaint-or-bad-rating", .06),
                                              ("MICRO_MOMENT", "objective", .41),
                                              ("TARGET_MISSED", "duration", .11),
                                              ("ADVOCACY", "stands-up-for-us", .04))],
            "exits_by_touchpoint": [{"touchpoint": each["name"], "abandoned": int(entered * .04),
                                     "switched": int(entered * .01)} for each in used[:3]]}

    def touchpoints_in(self, stage):
        if len(self.model["touchpoints"]) > 100:
            return self.model["touchpoints"]
        names = stage["dimensions"]["touchpoints_online"] + \
            stage["dimensions"]["touchpoints_offline"]
        return [each for each in self.model["touchpoints"] if each["name"] in names]

    def touchpoint(self, each, interactions, mean):
        if each["name"] in self.model["unused"]:
            interactions = 0
        rated = int(interactions * .16)
        return {**each, "interactions": interactions, "satisfaction": score(rated, mean),
                "nps": nps(rated // 3, mean), "emotion": score(rated // 2, (mean - 3.2) * .9, -2),
                "need_fulfilment": score(rated // 4, mean - .1)}

    def stages(self):
        if not hasattr(self, "made"):
            self.made = [self.stage(stage) for stage in self.model["stages"]]
        return self.made
