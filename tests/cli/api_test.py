"""The page and the API of a running process: customers, paging, refusals, the page itself."""
import gzip
import json
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from cli import check, check_equal, harness

MODEL = "six-stages"


def started(context):
    process = context.process("demo", [
        harness.WAYMARK, "demo", "--rate", 3000, "--seed", 5, "--models",
        harness.ROOT / "config/models", "--set", "http.port=0", "--set",
        "state.flush_interval=1s"])
    found = harness.wait_until(lambda: re.search(r"http://([^/]+)/metrics", process.output()), 20,
                               f"its address; {process.output()}")
    return f"http://{found.group(1)}"


def get(address, path, status=200):
    code, body = harness.http_get(address + path)
    check_equal(code, status, f"{path}: {body[:300]}")
    return json.loads(body)


def customer(address):
    """One with a longer history."""
    def found():
        for number in range(200):
            name = f"customer-{number:06d}"
            code, body = harness.http_get(f"{address}/api/v1/profiles/{name}")
            if code == 200 and json.loads(body)["interactions"] > 12:
                return name
        return None
    return harness.wait_until(found, 30, "a customer with some history")


def every_page(address, path, name, limit):
    rows, before = [], ""
    while True:
        page = get(address, f"{path}?limit={limit}{before}")
        rows += page[name]
        check(len(page[name]) <= limit, "no page is longer than asked for")
        if "next" not in page:
            return rows
        before = f"&before={page['next']}"


def test_a_customer_is_told_of(context):
    address = started(context)
    name = customer(address)
    check_equal(get(address, f"/api/v1/profiles?q={name}")["profiles"], [{"id": name}], "found")
    told = get(address, f"/api/v1/profiles/{name}")
    check_equal(told["profile"]["id"], name, "its profile")
    check(told["journeys"], "its journeys")
    path = f"/api/v1/profiles/{name}"
    steps = every_page(address, f"{path}/timeline", "steps", 5)
    check(len(steps) >= told["interactions"], f"all steps: {len(steps)}")
    times = [step["interaction"]["time"] for step in steps]
    check_equal(times, sorted(times, reverse=True), "newest first")
    check_equal(len({(s["interaction"]["source"]["system"], s["interaction"]["id"])
                     for s in steps}), len(steps), "each once")
    signals = every_page(address, f"{path}/signals", "signals", 7)
    check(any(signal["kind"] == "SESSION_STARTED" for signal in signals), "signals")
    check(all(signal["evidence"] for signal in signals), "each with its evidence")


def in_form(address, path, **headers):
    """(headers, bytes)"""
    request = urllib.request.Request(address + path, headers=headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.headers, answer.read()


def decoded(message, content):
    """The text that protoc makes of a message."""
    done = subprocess.run(["protoc", f"--decode=waymark.v1.{message}", "-I", harness.ROOT / "proto",
                           "waymark/v1/api.proto"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def test_answers_come_as_protobuf_too(context):
    address = started(context)
    name = customer(address)
    path = f"/api/v1/profiles/{name}"
    for part, message, words in (
            ("", "ProfileAnswer", (f'id: "{name}"', "interactions: ", "as_of: ")),
            ("/timeline?limit=3", "TimelinePage", ("steps {", f'profile_id: "{name}"', "next: ")),
            ("/signals?limit=3", "SignalsPage", ("signal {", "sentence: ", "next: "))):
        headers, content = in_form(address, path + part, Accept="application/x-protobuf")
        check_equal(headers["Content-Type"], "application/x-protobuf", part)
        check_equal(headers["Vary"].split(", ")[0], "Accept", "caches must know")
        text = decoded(message, content)
        for word in words:
            check(word in text, f"{word} in {text[:500]}")
    rows, after = [], ""
    while True:
        page = get(address, f"/api/v1/measures?kind=EXIT&limit=50{after}")
        rows += page["cells"]
        if "next" not in page:
            break
        after = f"&after={page['next']}"
    check(all(row["kind"] == "EXIT" and row["counts"] for row in rows), "cells of exits")
    keys = [json.dumps({k: v for k, v in row.items() if k != "counts"}) for row in rows]
    check(len(keys) > 20 and len(set(keys)) == len(keys), f"each cell once: {len(keys)}")
    _, content = in_form(address, "/api/v1/measures?kind=EXIT&limit=5",
                         Accept="application/x-protobuf")
    check_equal(decoded("MeasuresPage", content).count("kind: EXIT"), 5, "a page of cells")


def test_long_answers_are_packed_for_who_takes_that(context):
    address = started(context)
    customer(address)
    path = "/api/v1/openapi.json"
    headers, packed = in_form(address, path, **{"Accept-Encoding": "gzip"})
    check_equal(headers["Content-Encoding"], "gzip", "packed")
    check_equal(headers["Vary"], "Accept-Encoding", "caches must know")
    _, plain = in_form(address, path)
    check(gzip.decompress(packed) == plain, "the same")
    check(len(packed) < len(plain) / 2, f"{len(packed)} of {len(plain)} bytes")


def test_what_is_wrong_is_refused(context):
    address = started(context)
    name = customer(address)
    for path, status, text in (
            ("/api/v1/profiles/nobody", 404, "no profile nobody"),
            ("/api/v1/profiles", 400, "q is missing"),
            (f"/api/v1/profiles/{name}/timeline?limit=0", 400, "limit is none: 0"),
            (f"/api/v1/profiles/{name}/timeline?limits=5", 400, "unknown parameter limits"),
            ("/api/v1/map", 400, "model is missing"),
            (f"/api/v1/map?model={MODEL}&version=x", 400, "version is no number"),
            (f"/api/v1/map?model={MODEL}&to=2024-02-30", 400, "to is no day"),
            (f"/api/v1/map?model={MODEL}&persons=young", 400, "unknown parameter persons"),
            ("/api/v1/measures?after=zz", 400, "after is none: zz"),
            (f"/api/v1/trends?model={MODEL}&measure=luck", 400, "measure is none"),
            (f"/api/v1/trends?model={MODEL}&measure=nps&stage=x", 404, "has no stage x"),
            ("/api/v1/status?verbose=1", 400, "unknown parameter verbose"),
            ("/api/v1/everything", 404, "")):
        check(text in get(address, path, status)["error"], f"{path}: {text}")
    odd = urllib.parse.quote("crm:Zoë/?#%", safe="")
    check("crm:Zoë/?#%" in get(address, f"/api/v1/profiles/{odd}", 404)["error"], "names as given")


def test_figures_of_one_map_agree(context):
    address = started(context)
    harness.wait_until(lambda: get(address, "/api/v1/status")["measures"]["cells"] > 1000, 30,
                       "figures")
    figures = get(address, f"/api/v1/map?model={MODEL}")
    entered = {stage["name"]: stage["entered"] for stage in figures["stages"]}
    flows = {name: sum(flow["count"] for flow in figures["flows"] if flow["to"] == name)
             for name in entered}
    check_equal(flows, entered, "who enters a stage comes from somewhere")
    for stage in figures["stages"]:
        gone = sum(flow["count"] for flow in figures["flows"] if flow["from"] == stage["name"])
        ended = sum(stage["exits"].values())
        check_equal(gone, stage["left"] + ended, f"who leaves {stage['name']} goes somewhere")
        check_equal(stage["open"], stage["entered"] - gone, f"the others are in {stage['name']}")
    names = [model["name"] for model in get(address, "/api/v1/models")["models"]]
    check(MODEL in names, names)
    days = get(address, f"/api/v1/trends?model={MODEL}&measure=started")["points"]
    check(len(days) > 3 and days == sorted(days, key=lambda point: point["day"]), "by day")
    ranking = get(address, f"/api/v1/rankings?model={MODEL}")
    lows = [row["low"] for row in ranking["harm"]]
    check_equal(lows, sorted(lows, reverse=True), "worst first")
    work = [row["work_share"] for row in get(address, f"/api/v1/internal?model={MODEL}")
            ["departments"]]
    check(abs(sum(work) - 1) < 1e-9, f"shares of all work: {work}")


def test_the_page_comes_with_the_program(context):
    address = started(context)
    with urllib.request.urlopen(f"{address}/", timeout=5) as answer:
        page = answer.read().decode()
        check("default-src 'none'" in answer.headers["Content-Security-Policy"], "its policy")
        tag = answer.headers["ETag"]
    check(page.startswith("<!") and "<script" in page, page[:200])
    for path in re.findall(r'(?:src|href)="(/web/[^"]+)"', page):
        with urllib.request.urlopen(address + path, timeout=5) as answer:
            check(answer.read(), path)
            kind = answer.headers["Content-Type"]
            check(path.endswith(".js") == kind.startswith("text/javascript"), f"{path}: {kind}")
    again = urllib.request.Request(f"{address}/", headers={"If-None-Match": tag})
    try:
        urllib.request.urlopen(again, timeout=5)
        check(False, "what the browser has is not sent again")
    except urllib.error.HTTPError as unchanged:
        check_equal(unchanged.code, 304, "unchanged")


if __name__ == "__main__":
    harness.main()
