"""The answers of the API to the map, the rankings, the interventions, the internal view and the
trends."""
import datetime
import math

from mock_figures import (AS_OF, DAY_MS, FIRST_DAY, LAST_DAY, Figures, days_of, duration,
                          generator, score)


def model_row(model, figures=True):
    row = {"family": model["family"], "name": model["name"], "titles": model["titles"],
           "description": model["description"], "versions": model["versions"],
           "journeys_started": model["started"] if figures else 0,
           "personas": model["personas"], "target_groups": model["target_groups"]}
    if figures:
        row |= {"first_day": str(FIRST_DAY), "last_day": str(LAST_DAY)}
    return row


def input_row(topic, consumed, rejected, lag_records, lag_seconds):
    return {"topic": topic, "consumed": consumed, "rejected": rejected,
            "rejected_share": rejected / consumed, "lag_records": lag_records,
            "lag_seconds": lag_seconds}


def journeys(figures):
    closed = {k: figures.outcome(k) for k in ("completed", "abandoned", "switched", "expired",
                                              "restarted")}
    total = sum(closed.values())
    out = {"started": figures.started, **closed, "open": figures.started - total,
           "duration": duration(total, 41 * DAY_MS, .8),
           "value_micros": {"sum": total * 61_370_000},
           "interactions": sum(s["interactions"] for s in figures.stages()),
           "channel_spread": {"mean": .84, "journeys": total // 5}}
    if total:
        out["conversion"] = round(closed["completed"] / total, 4)
    return out


def merged_score(scores):
    answers = [s for s in scores if s["count"]]
    if not answers:
        return {"count": 0}
    cells = [sum(s["distribution"][i] for s in answers) for i in range(5)]
    count = sum(s["count"] for s in answers)
    return {"count": count, "distribution": cells,
            "mean": round(sum(s["mean"] * s["count"] for s in answers) / count, 3)}


def merged_nps(all_nps):
    count = sum(n["count"] for n in all_nps)
    if not count:
        return {"count": 0}
    parts = {k: sum(n.get(k, 0) for n in all_nps) for k in ("promoters", "passives", "detractors")}
    return {"count": count, **parts,
            "score": round(100 * (parts["promoters"] - parts["detractors"]) / count, 1)}


def harm_of(name, closed):
    """Odds ratio of ending badly with and without the touchpoint; rare ones are kept."""
    rng = generator("harm", name)
    risk_without = .31 + rng.uniform(-.03, .03)
    odds = math.exp(rng.gauss(0, .38)) * (2.4 if name in ("hotline", "invoice") else 1)
    risk_with = odds * risk_without / (1 - risk_without + odds * risk_without)
    error = math.sqrt(1 / max(1, closed * risk_with) + 1 / max(1, closed * (1 - risk_with)))
    return {"odds_ratio": round(odds, 3), "low": round(odds * math.exp(-1.96 * error), 3),
            "high": round(odds * math.exp(1.96 * error), 3), "risk_with": round(risk_with, 4),
            "risk_without": round(risk_without, 4), "rare": closed < 30}


def touchpoints(figures):
    out = []
    for each in figures.model["touchpoints"]:
        used = [t for stage in figures.stages() for t in stage["touchpoints"]
                if t["name"] == each["name"]]
        row = {**each, "interactions": sum(t["interactions"] for t in used),
               "nps": merged_nps([t["nps"] for t in used])}
        for key in ("satisfaction", "emotion", "need_fulfilment"):
            row[key] = merged_score([t[key] for t in used])
        closed = row["interactions"] // 3
        if each["name"] == "service-desk":
            closed = min(closed, 17)
        row["journeys"] = {"closed": closed, "completed": int(closed * .52),
                           "abandoned": int(closed * .35), "switched": int(closed * .07)}
        if closed:
            row["harm"] = harm_of(each["name"], closed)
        out.append(row)
    return out


def handovers(figures):
    stages, out = figures.stages(), []
    for one, other in zip(stages, stages[1:]):
        pairs = [(one["dimensions"]["owner"], other["dimensions"]["owner"]),
                 *((other["dimensions"]["owner"], p) for p in other["dimensions"]["participants"])]
        for i, (source, to) in enumerate(pairs):
            count = figures.flows.get((one["name"], other["name"]), 0) // (1 + 2 * i)
            if source and to and source != to and count:
                out.append({"from": source, "to": to, "stage": other["name"], "count": count,
                            "waiting": duration(count, (5 + 19 * i) * 3_600_000, .9)})
    return out


def paths(figures):
    names = [stage["name"] for stage in figures.model["stages"]][:6]
    shapes = [names, names[:3], names[:1], names[:2], names[:5], names[:4],
              [*names[:3], names[1], *names[2:5]]]
    shares = [.19, .14, .13, .11, .09, .06, .03]
    out = []
    for stages, share in zip(shapes, shares):
        n = int(figures.started * share)
        done = int(n * (.8 if len(stages) > 4 else .02))
        out.append({"stages": stages, "journeys": n, "completed": done,
                    "abandoned": (n - done) * 3 // 4, "switched": (n - done) // 9})
    rest = figures.started - sum(p["journeys"] for p in out)
    return [*out, {"other": True, "stages": [], "journeys": rest, "completed": rest // 3,
                   "abandoned": rest // 4, "switched": rest // 20}]


def probes(model):
    names = [each["name"] for each in model["touchpoints"]]
    rows = [("MYSTERY_CHECK", "store", "store-floor", "store", "young", 24, 2.9),
            ("MYSTERY_CHECK", "store", "till", "store", "family", 18, 3.6),
            ("MYSTERY_CHECK", "calling", "hotline", "hotline", "business", 31, 2.4),
            ("MYSTERY_CHECK", "service", "service-desk", "service", "", 12, 3.1),
            ("OBSERVED_WALK", "", "checkout", "web", "young", 6, 3.3)]
    return [{"kind": k, "check_type": c, "touchpoint": t, "channel": ch, "persona": p,
             "count": n, "satisfaction": score(n, mean)}
            for k, c, t, ch, p, n, mean in rows if t in names]


def channels(rows):
    names = dict.fromkeys(row["channel"] for row in rows)
    return [{"name": name,
             "interactions": sum(r["interactions"] for r in rows if r["channel"] == name),
             "satisfaction": merged_score([r["satisfaction"] for r in rows
                                           if r["channel"] == name])} for name in names]


def pairs(figures):
    stages, out = figures.stages(), []
    for i, one in enumerate(stages):
        for other in stages[i + 1:i + 3]:
            n = min(one["entered"], other["entered"]) // 2
            out.append({"from": one["name"], "to": other["name"], "journeys": n,
                        "duration": duration(n, one["duration"].get("p50_ms", 1) * 1.4),
                        "deviation_ms": one["duration"].get("mean_ms", 0) // 2,
                        "unusual": n // 50})
    return out


def map_answer(model, selection, tick):
    figures = Figures(model, selection, tick)
    stages, rows = figures.stages(), touchpoints(figures)
    days = days_of(selection)
    version = selection.get("version")
    return {
        "model": {k: model[k] for k in ("family", "name", "titles", "description")} |
                 {"version": int(version) if version else None},
        "selection": {"version": int(version) if version else None,
                      "persona": selection.get("persona"),
                      "target_group": selection.get("target_group"),
                      "from": str(days[0]) if days else selection.get("from"),
                      "to": str(days[-1]) if days else selection.get("to")},
        "revision": 1000 + tick, "as_of": AS_OF + 1000 * tick, "journeys": journeys(figures),
        "satisfaction": merged_score([s["satisfaction"] for s in stages]),
        "nps": merged_nps([s["nps"] for s in stages]),
        "emotion": merged_score([s["emotion"] for s in stages]),
        "need_fulfilment": merged_score([s["need_fulfilment"] for s in stages]),
        "stages": stages,
        "flows": [{"from": a, "to": b, "count": n} for (a, b), n in figures.flows.items()],
        "pairs": pairs(figures), "paths": paths(figures), "handovers": handovers(figures),
        "probes": probes(model), "touchpoints": rows, "channels": channels(rows)}


def verdict(harm):
    if harm["low"] > 1:
        return "suspected" if harm["rare"] else "harmful"
    return "suspected" if harm["rare"] and harm["odds_ratio"] > 1.5 else "none"


def rankings(model, selection, tick):
    figures = Figures(model, selection, tick)
    harm = [{"touchpoint": row["name"], "channel": row["channel"],
             "journeys": row["journeys"]["closed"], **row["harm"], "verdict": verdict(row["harm"])}
            for row in touchpoints(figures) if "harm" in row]
    harm.sort(key=lambda row: -row["low"])
    out = []
    for stage in figures.stages():
        actual = stage["satisfaction"].get("mean")
        target = stage["satisfaction"]["target"]
        if actual and actual < target:
            out.append({"stage": stage["name"], "measure": "satisfaction", "actual": actual,
                        "target": target, "distance": round((target - actual) / target, 3),
                        "journeys": stage["entered"], "effect": .13,
                        "potential": int(stage["entered"] * .13), "aim": "satisfaction"})
        share = stage["conversion"].get("actual")
        wanted = stage["conversion"].get("target")
        if share and wanted and share < wanted:
            out.append({"stage": stage["name"], "measure": "conversion", "actual": share,
                        "target": wanted, "distance": round((wanted - share) / wanted, 3),
                        "journeys": stage["entered"], "effect": round(wanted - share, 3),
                        "potential": int(stage["entered"] * (wanted - share)),
                        "aim": "acquisition"})
    out.sort(key=lambda row: -row["potential"])
    return {"harm": harm, "improvements": out}


def course_value(measure, shift, rng):
    """(value, count) of one day."""
    count = rng.randint(9, 60)
    middle = {"conversion": .41, "bad_end_share": .3, "satisfaction": 3.6,
              "duration": 9 * DAY_MS}[measure]
    better = 1 if measure in ("conversion", "satisfaction") else -1
    return middle * (1 + better * shift + rng.gauss(0, .06)), count


def measure_course(measure, done, length, shift, rng):
    points = []
    for offset in range(-length, length + 1):
        value, count = course_value(measure, shift * (offset > 0), rng)
        part = "before" if offset < 0 else "after" if offset > 0 else "day"
        points.append({"day": str(done + datetime.timedelta(days=offset)), "value": value,
                       "count": count, "part": part})

    def side(part):
        rows = [point for point in points if point["part"] == part]
        count = sum(row["count"] for row in rows)
        if not count:
            return {"count": 0}
        return {"count": count, "value": sum(r["value"] * r["count"] for r in rows) / count}
    out = {"measure": measure,
           "better": "higher" if measure in ("conversion", "satisfaction") else "lower",
           "before": side("before"), "after": side("after")}
    verdict = "too_few"
    if length > 3:
        value = out["after"]["value"] - out["before"]["value"]
        half = .09 * out["before"]["value"]
        out["difference"] = {"value": value, "low": value - half, "high": value + half}
        is_up = value > 0
        verdict = ("not_distinguishable" if abs(value) < half else
                   "better" if is_up == (out["better"] == "higher") else "worse")
    return out | {"verdict": verdict, "course": points}


def intervention(done, rng):
    name, what, day, aim, judged, where, owner, shift = done
    day = datetime.date.fromisoformat(day)
    length = max(0, min(28, (day - FIRST_DAY).days, (LAST_DAY - day).days))
    names = ["conversion", "satisfaction", "duration", "bad_end_share"]
    if "stage" not in where:
        names.remove("duration")
    measures = [measure_course(each, day, length, shift, rng) for each in names]
    out = {"id": name, "what": what, "day": str(day), "aim": aim, "where": where, "days": length,
           "at": int(datetime.datetime.combine(day, datetime.time(9),
                                               datetime.timezone.utc).timestamp() * 1000)}
    if owner:
        out["owner"] = owner
    if length:
        out["before"] = {"from": str(day - datetime.timedelta(days=length)),
                         "to": str(day - datetime.timedelta(days=1))}
        out["after"] = {"from": str(day + datetime.timedelta(days=1)),
                        "to": str(day + datetime.timedelta(days=length))}
    else:
        for each in measures:
            each["course"] = []
    return out | {"judged_by": judged, "measures": measures, "overlaps": [],
                  "verdict": next(m["verdict"] for m in measures if m["measure"] == judged)}


def interventions(model, selection, tick):
    rng = generator("interventions", model["name"], sorted(selection.items()))
    rows = [intervention(done, rng) for done in model.get("interventions", ())]
    for row in rows:
        row["overlaps"] = [other["id"] for other in rows if other is not row and row["days"] and
                           row["before"]["from"] <= other["day"] <= row["after"]["to"]]
    rows.sort(key=lambda row: row["day"], reverse=True)
    return {"days": 28, "interventions": rows, "left_out": 0, "revision": 1000 + tick,
            "caveat": "a comparison of before and after: other things may have changed, too"}


def internal(model, selection, tick):
    figures = Figures(model, selection, tick)
    moves = handovers(figures)
    names = sorted({d["name"] for s in figures.stages() for d in s["departments"]} |
                   {m[k] for m in moves for k in ("from", "to")})
    work = {n: sum(d["interactions"] for s in figures.stages() for d in s["departments"]
                   if d["name"] == n) for n in names}
    everything = max(1, sum(work.values()))
    passed = max(1, 2 * sum(m["count"] for m in moves))
    departments = []
    for name in names:
        into = [m for m in moves if m["to"] == name]
        out = [m for m in moves if m["from"] == name]
        share = (sum(m["count"] for m in into) + sum(m["count"] for m in out)) / passed
        work_share = work[name] / everything
        departments.append({
            "name": name, "interactions": work[name], "work_share": round(work_share, 4),
            "handovers_in": sum(m["count"] for m in into),
            "handovers_out": sum(m["count"] for m in out),
            "waiting_in_ms": sum(m["waiting"]["mean_ms"] * m["count"] for m in into),
            "waiting_out_ms": sum(m["waiting"]["mean_ms"] * m["count"] for m in out),
            "handover_share": round(share, 4),
            "imbalance": round(share / work_share, 2) if work_share else None})
    return {
        "stages": [{"name": s["name"], "titles": s["titles"], "owner": s["dimensions"]["owner"],
                    "participants": s["dimensions"]["participants"],
                    "has_owner": bool(s["dimensions"]["owner"]),
                    "interactions": s["interactions"], "departments": s["departments"]}
                   for s in figures.stages()],
        "departments": [{k: v for k, v in d.items() if v is not None} for d in departments],
        "handovers": moves,
        "systems": [{**system, "stage": s["name"]} for s in figures.stages()
                    for system in s["systems"]],
        "findings": findings(figures, departments)}


def findings(figures, departments):
    out = [{"kind": "no_owner", "stage": s["name"],
            "text": {"en": f"Nobody owns the stage {s['name']}.",
                     "de": f"Die Phase {s['name']} gehört niemandem."}}
           for s in figures.stages() if not s["dimensions"]["owner"]]
    for each in departments:
        if (each["imbalance"] or 0) > 1.3:
            out.append({"kind": "handovers", "department": each["name"],
                        "text": {"en": f"{each['name']} takes part in more handovers than its "
                                       "share of the work would explain.",
                                 "de": f"{each['name']} ist an mehr Übergaben beteiligt, als ihr "
                                       "Anteil an der Arbeit erklärt."}})
    return out


def trends(model, selection, tick, measure):
    figures, days = Figures(model, selection, tick), days_of(selection)
    rng = generator("trend", model["name"], measure, sorted(selection.items()))
    middle = {"interactions": 840, "started": 250, "completed": 61, "abandoned": 74,
              "conversion": .41, "satisfaction": 3.8, "nps": 22, "duration_p50": 11 * DAY_MS}
    points, level = [], 0.0
    for i, day in enumerate(days):
        level = .8 * level + rng.gauss(0, .05)
        weekly = .12 * math.sin(i / 7 * 2 * math.pi)
        value = middle[measure] * (1 + level + (weekly if middle[measure] > 50 else weekly / 4))
        points.append({"day": str(day), "value": round(value, 3),
                       "count": max(1, figures.started // max(1, len(days)))})
    return {"measure": measure, "points": points}
