"""What an export must tell, worked out from the steps of a replay alone, as JSON has them."""

import collections
import datetime
import json

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
NOT_EVENTS = ("MYSTERY_CHECK", "OBSERVED_WALK")
# Fields of an interaction under their own names.
TEXTS = ("channel", "touchpoint", "action", "category", "need", "impulse", "intent", "currency")
THINGS = ("account", "product", "campaign", "contract")
RATINGS = ("satisfaction", "nps", "emotion", "need_fulfilment")


def steps_of(path):
    """The steps that are events, in the order of their customers."""
    with open(path, encoding="utf-8") as lines:
        steps = [json.loads(line) for line in lines]
    steps = [step for step in steps if step["interaction"].get("kind") not in NOT_EVENTS
             and step["interaction"].get("command") != "CORRECT"]
    return sorted(steps, key=order_of)


def order_of(step):
    interaction = step["interaction"]
    return (step["profile_id"], interaction["time"], interaction.get("sequence", 0),
            interaction.get("source", {}).get("system", ""), interaction["id"])


def present(facts):
    return {name: value for name, value in facts.items() if value not in (None, "")}


def facts_of(step, placement):
    """What is told of an event beside its case: {column: value}."""
    first, counts = step["interaction"], step.get("corrected", step["interaction"])
    facts = {name: counts.get(name) for name in TEXTS}
    facts.update({name: counts.get("rating", {}).get(name) for name in RATINGS})
    facts["id"] = first["id"]
    facts["source"] = first.get("source", {}).get("system")
    facts["kind"] = counts.get("kind", "CUSTOMER").replace("KIND_UNSPECIFIED", "CUSTOMER")
    facts["stage"] = placement.get("stage")
    facts["station"] = placement.get("station")
    facts["department"] = (placement or counts.get("source", {})).get("department")
    if "value_micros" in counts:
        facts["value"] = counts["value_micros"] / 1e6
    return present(facts)


def things_of(step):
    counts = step.get("corrected", step["interaction"])
    return present({name: counts.get(name) for name in THINGS})


def people_of(step):
    return present({name: step.get(name) for name in ("persona", "target_group")})


def journey_of(placement):
    return present({"journey": placement.get("journey_id"), "family": placement.get("family"),
                    "model": placement.get("model"),
                    "model_version": placement.get("model_version", 0) if placement else None})


def placed(steps, case):
    """(case id, step, placement) of each event."""
    for step in steps:
        placements = step.get("placements", [])
        if case == "journey":
            for placement in placements:
                yield placement["journey_id"], step, placement
        else:
            name = step.get("session_id") if case == "session" else step["profile_id"]
            if name:
                yield name, step, (placements or [{}])[0]


def cases_of(steps, case, activity="action"):
    """{case: (attributes, [event])}, each event all that is told of it, its case included."""
    cases = {}
    for name, step, placement in placed(steps, case):
        attributes, events = cases.setdefault(name, ({}, []))
        facts = facts_of(step, placement)
        event = {**facts, **things_of(step), **people_of(step), **journey_of(placement),
                 "customer": step["profile_id"],
                 "activity": facts.get(activity) or f"(no {activity})",
                 "timestamp": step["interaction"]["time"]}
        event.update(present({"session": step.get("session_id")}))
        events.append(event)
        # As of the last event.
        attributes.clear()
        attributes.update(people_of(step), customer=step["profile_id"])
        if case == "journey":
            attributes.update({key: value for key, value in journey_of(placement).items()
                               if key != "journey"})
    return cases


def time_text(ms):
    time = EPOCH + datetime.timedelta(milliseconds=ms)
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


def event_id(step):
    interaction = step["interaction"]
    parts = (step["profile_id"], interaction.get("source", {}).get("system", ""),
             interaction["id"])
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


class Objects:
    """The object-centric log: events, objects, relations, and how objects change."""

    def __init__(self, steps):
        self.events = {}  # id -> (type, time, facts)
        self.relations = set()  # (event, object, qualifier)
        self.between = set()  # (object, object, qualifier)
        self.types = {}  # object -> type
        self.initial = {}  # object -> {attribute: value}
        self.changes = []  # (object, time, attribute, value)
        self._states = collections.defaultdict(dict)  # object -> {time: state}
        for step in steps:
            self._add(step)
        for name, states in self._states.items():
            self._tell(name, states)

    def _add(self, step):
        placements = step.get("placements", [])
        facts = facts_of(step, (placements or [{}])[0])
        event, time = event_id(step), step["interaction"]["time"]
        self.events[event] = (facts["action"], time, facts)

        def relate(kind, key, **state):
            name = f"{kind}:{key}"
            self.types[name] = kind
            self.relations.add((event, name, kind))
            self._states[name][time] = present(state)
            return name
        customer = relate("customer", step["profile_id"], **people_of(step))
        for placement in placements:
            state = journey_of(placement)
            name = relate("journey", state.pop("journey"), stage=placement.get("stage"), **state)
            self.between.add((name, customer, "customer"))
        if step.get("session_id"):
            name = relate("session", step["session_id"], start=time_text(step["session_start"]))
            self.between.add((name, customer, "customer"))
        for kind, key in things_of(step).items():
            name = relate(kind, key)
            if kind == "account":
                self.between.add((customer, name, "account"))

    def _tell(self, name, states):
        times = sorted(states)
        held = self.initial[name] = states[times[0]]
        for time in times[1:]:
            for attribute in sorted({*held, *states[time]}):
                value = states[time].get(attribute, "")
                if value != held.get(attribute, ""):
                    self.changes.append((name, time, attribute, value))
            held = states[time]
