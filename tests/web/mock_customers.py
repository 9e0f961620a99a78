"""Customers of the mock: a profile with its journeys, its steps newest first, its signals."""
from mock_figures import AS_OF, DAY_MS, generator
from mock_models import ARABIC, EMOJI, IMAGE, LONG, SCRIPT

MINUTE_MS = 60_000
_WAY = [  # days after the first, then what was done: channel, touchpoint, action, stage
    (0, "print", "newspaper-ad", "read", "inspiration"),
    (0, "search", "search-engine", "search", "information"),
    (0, "web", "home-page", "view", "information"),
    (0, "web", "product-page", "view", "information"),
    (3, "web", "guide", "read", "information"),
    (3, "web", "newsletter-form", "subscribe", "information"),
    (9, "email", "newsletter", "open", "information"),
    (9, "web", "product-page", "view", "information"),
    (9, "web", "comparison-tool", "compare", "comparison"),
    (11, "partner", "review-portal", "read", "comparison"),
    (12, "store", "sales-talk", "consult", "comparison"),
    (12, "store", "store-floor", "view", "comparison"),
    (15, "web", "basket", "add_to_cart", "purchase"),
    (15, "web", "checkout", "checkout", "purchase"),
    (15, "web", "checkout", "order", "purchase"),
    (18, "mail", "delivery", "deliver", "use"),
    (18, "email", "welcome-mail", "open", "use"),
    (19, "app", "app-home", "login", "use"),
    (21, "app", "app-home", "use", "use"),
    (24, "hotline", "hotline", "complain", "use"),
    (24, "hotline", "hotline", "support", "use"),
    (26, "service", "repair-visit", "repair", "use"),
    (30, "app", "app-home", "use", "use"),
    (34, "email", "survey", "rate", "advocacy"),
    (36, "partner", "review-portal", "review", "advocacy"),
    (37, "social", "social-post", "recommend", "advocacy"),
]
_RATINGS = {10: {"satisfaction": 5, "emotion": 2}, 14: {"satisfaction": 4},
            19: {"satisfaction": 1, "emotion": -2, "comment": "Waited for forty minutes."},
            21: {"satisfaction": 4, "need_fulfilment": 5},
            23: {"satisfaction": 5, "nps": 9, "comment": "In the end all went well."}}


def _times():
    start = AS_OF - 38 * DAY_MS
    return [start + day * DAY_MS + (9 * 60 + 7 * i) * MINUTE_MS % DAY_MS
            for i, (day, *_) in enumerate(_WAY)]


def _department(channel):
    return {"store": "Sales", "hotline": "Service", "service": "Service", "app": "IT",
            "mail": "Logistics"}.get(channel, "Marketing")


def steps_of(profile, odd):
    """Oldest first."""
    out, times, entered, previous = [], sorted(_times()), None, ""
    session = (0, 0)
    for i, (_, channel, touchpoint, action, stage) in enumerate(_WAY):
        if stage != previous:
            entered = times[i]
        before, previous = (previous if stage != previous else ""), stage
        if times[i] - session[1] > 30 * MINUTE_MS:
            session = (times[i], times[i])
        session = (session[0], times[i])
        name = [SCRIPT, ARABIC, EMOJI, LONG, IMAGE][i % 5] if odd else touchpoint
        interaction = {"id": f"e-{i:05}", "time": times[i], "channel": channel, "touchpoint": name,
                       "action": action, "kind": "STAFF" if action == "repair" else "CUSTOMER",
                       "source": {"system": "crm" if channel == "store" else "web",
                                  "process": "sale", "department": _department(channel)}}
        if i in _RATINGS:
            interaction["rating"] = dict(_RATINGS[i])
            if odd:
                interaction["rating"]["comment"] = SCRIPT
        if action == "order":
            interaction |= {"value_micros": 129_990_000, "currency": "EUR", "product": "lamp-17"}
        placement = {"family": "purchase", "model": "six-stages", "model_version": 2,
                     "journey_id": "j-51ab", "stage": stage, "stage_entered": entered,
                     "department": _department(channel)}
        if before:
            placement["previous_stage"] = before
        out.append({"interaction": interaction, "profile_id": profile,
                    "session_id": f"s-{session[0]}", "session_start": session[0],
                    "persona": "young", "target_group": "consumers", "placements": [placement],
                    "revision": 7})
    return out


def signals_of(profile, odd):
    """Newest first, each with its sentence."""
    steps, out = steps_of(profile, odd), []

    def add(i, kind, name, sentence, **more):
        step = steps[i]
        out.append({"id": f"sig-{len(out):03}", "profile_id": profile, "journey_id": "j-51ab",
                    "family": "purchase", "model": "six-stages", "model_version": 2, "kind": kind,
                    "name": name, "time": step["interaction"]["time"],
                    "stage": step["placements"][0]["stage"], "detector": name,
                    "evidence": [step["interaction"]["id"]],
                    "explanation": {"sentence": SCRIPT if odd else sentence}, **more})

    add(0, "JOURNEY_STARTED", "", "A journey of six-stages began with read of newspaper-ad.")
    for i, step in enumerate(steps):
        if "previous_stage" in step["placements"][0]:
            stage = step["placements"][0]["stage"]
            add(i, "STAGE_ENTERED", stage, f"The rule of {stage} holds for this interaction.",
                previous_stage=step["placements"][0]["previous_stage"])
    add(10, "FIRST_PERSONAL_CONTACT", "", "The first contact with a person: sales-talk, after 10 "
        "contacts without one.")
    add(19, "IRRITATION", "complaint-or-bad-rating", "The customer complained at hotline.")
    add(21, "CUSTOM", "too-slow", "The customer came to the stage late.",
        temporal_deviation={"from": "purchase", "time_ms": 12 * DAY_MS, "mean_ms": 3 * DAY_MS,
                            "deviation_ms": 2 * DAY_MS, "deviations_milli": 4500})
    add(25, "ADVOCACY", "stands-up-for-us", "The customer recommended in social-post.")
    return sorted(out, key=lambda signal: -signal["time"])


def journey_of(steps):
    stages = {}
    for step in steps:
        row = stages.setdefault(step["placements"][0]["stage"], {
            "visits": 1, "time_ms": 0, "interactions": 0, "satisfaction_sum": 0,
            "satisfaction_count": 0})
        row["interactions"] += 1
        said = step["interaction"].get("rating", {}).get("satisfaction")
        if said:
            row["satisfaction_sum"] += said
            row["satisfaction_count"] += 1
    marks = [(step["placements"][0]["stage_entered"], step["placements"][0]["stage"])
             for step in steps]
    entered = list(dict.fromkeys(marks))
    for (start, name), (end, _) in zip(entered, [*entered[1:], (AS_OF, "")]):
        stages[name]["time_ms"] += end - start
    return {"id": "j-51ab", "family": "purchase", "model": "six-stages", "model_version": 2,
            "status": "OPEN", "started": steps[0]["interaction"]["time"],
            "last_activity": steps[-1]["interaction"]["time"], "stage": "advocacy",
            "stage_entered": marks[-1][0], "stages": stages,
            "touchpoints": sorted({s["interaction"]["touchpoint"] for s in steps}),
            "channels": sorted({s["interaction"]["channel"] for s in steps}),
            "relevant_set": ["lamp-17", "lamp-9"], "value_micros": 129_990_000}


def profile_answer(profile, odd):
    steps = steps_of(profile, odd)
    rng = generator("profile", profile)
    return {"profile": {"id": profile,
                        "identifiers": [{"namespace": "crm", "value": profile[-6:]},
                                        {"namespace": "email", "value": "anna@example.org"},
                                        {"namespace": "cookie", "value": f"c{rng.random():.6f}"}],
                        "attributes": {"birthday": "1991-04-03", "time_zone": "Europe/Berlin",
                                       "language": SCRIPT if odd else "de"},
                        "target_group": "consumers", "persona": SCRIPT if odd else "young",
                        "consent": "FULL", "first_seen": steps[0]["interaction"]["time"],
                        "last_seen": steps[-1]["interaction"]["time"],
                        "customer_status": "NEW"},
            "journeys": [journey_of(steps),
                         {"id": "j-07", "family": "service", "model": "service-issues",
                          "model_version": 1, "status": "COMPLETED",
                          "started": steps[19]["interaction"]["time"],
                          "last_activity": steps[21]["interaction"]["time"],
                          "stage": "repaired", "stages": {}}],
            "touchpoints": {"sales-talk": {"satisfaction_sum": 5, "satisfaction_count": 1}},
            "stale": False, "as_of": AS_OF}


def page_of(rows, limit, before):
    """The rows after the cursor `before`, and the next cursor where there are more."""
    start = int(before or 0)
    rest = rows[start:start + limit]
    return rest, (str(start + limit) if start + limit < len(rows) else None)
