"""Opens event logs with pm4py. Run by the Python that has pm4py, with the JSON schema of OCEL.

Each line of standard input is FORMAT, a tab and a file; its answer, a line of JSON, what was found.
"""

import json
import math
import sys
import warnings

import pandas
import pm4py

warnings.simplefilter("ignore")
# Columns of CSV; all others are texts.
NUMBERS = ("model_version", "value", "satisfaction", "nps", "emotion", "need_fulfilment")


def plain(value):
    """As JSON has it; None where it is absent."""
    if value is None or value is pandas.NaT or value is pandas.NA:
        return None
    if isinstance(value, pandas.Timestamp):
        return value.value // 1_000_000
    if hasattr(value, "timestamp"):
        return round(value.timestamp() * 1000)
    if isinstance(value, str):
        return value
    value = float(value)
    return None if math.isnan(value) else value


def records(frame):
    rows = [{name: plain(value) for name, value in row.items()}
            for row in frame.to_dict(orient="records")]
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def case_log(frame):
    """Rows, and that pm4py takes it for an event log: it mines one."""
    rows = records(frame)
    graph, begins, ends = pm4py.discover_dfg(frame)
    return {"rows": rows, "edges": sum(graph.values()), "begins": sum(begins.values()),
            "ends": sum(ends.values())}


def read_csv(path):
    frame = pandas.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    for name in NUMBERS:
        frame[name] = pandas.to_numeric(frame[name])
    frame["timestamp"] = pandas.to_datetime(frame["timestamp"], format="ISO8601")
    return case_log(pm4py.format_dataframe(frame, case_id="case", activity_key="activity",
                                           timestamp_key="timestamp"))


def object_log(log, faults):
    flat = pm4py.ocel_flattening(log, "journey")
    return {"events": records(log.events), "objects": records(log.objects),
            "relations": records(log.relations), "o2o": records(log.o2o),
            "changes": records(log.object_changes), "faults": faults,
            "types": sorted(pm4py.ocel_get_object_types(log)), "flat": len(flat)}


def read_json(path, schema):
    from pm4py.objects.ocel.validation import jsonocel
    is_valid = jsonocel.apply(path, schema)
    return object_log(pm4py.read_ocel2_json(path), [] if is_valid else ["the JSON schema"])


def read_sqlite(path):
    from pm4py.objects.ocel.validation import ocel20_rel_validation
    satisfied, faults = ocel20_rel_validation.apply(path)
    assert satisfied
    return object_log(pm4py.read_ocel2_sqlite(path), list(faults))


def read(form, path, schema):
    if form == "xes":
        return case_log(pm4py.read_xes(path))
    if form == "csv":
        return read_csv(path)
    return read_json(path, schema) if form == "ocel-json" else read_sqlite(path)


for line in sys.stdin:
    print(json.dumps(read(*line.rstrip("\n").split("\t"), sys.argv[1])), flush=True)
