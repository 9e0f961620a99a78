"""The description of the API: it is one, it names every route, and answers are as it says."""

import json
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "deploy"))

import jsonschema  # noqa: E402
from api_test import MODEL, customer, started  # noqa: E402
from cli import ROOT, check, check_equal, harness  # noqa: E402
from tools import python_tools  # noqa: E402

FILE = ROOT / "src/api/openapi.json"
DOCUMENT = json.loads(FILE.read_text(encoding="utf-8"))
# Of the page: files, no part of the API.
PAGE = re.compile(r"/$|/web/")


def validator(schema):
    """Of a schema that refers to the document's components."""
    return jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def fetch(address, path, accept="application/json"):
    request = urllib.request.Request(address + path, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def resolved(part):
    if "$ref" not in part:
        return part
    found = DOCUMENT
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def check_answer(address, route, path, want=200):
    """The answer has the code, form and properties that the document gives to the route."""
    status, headers, body = fetch(address, path)
    check_equal(status, want, f"{path}: {body[:300]}")
    said = resolved(DOCUMENT["paths"][route]["get"]["responses"][str(status)])
    schema = said["content"]["application/json"]["schema"]
    check(headers["Content-Type"].startswith("application/json"), headers["Content-Type"])
    value = json.loads(body)
    faults = [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:300]}"
              for fault in validator(schema).iter_errors(value)]
    check(not faults, f"{path} is as the document says: {faults[:5]}")
    return value


def test_it_is_a_description(_):
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    python = python_tools([line for line in lines if not line.startswith("#")]) / "python"
    done = subprocess.run([python, "-m", "openapi_spec_validator", str(FILE)], text=True,
                          capture_output=True, timeout=60, check=False)
    check_equal(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])


def test_examples_are_as_their_schemas_say(_):
    count = 0
    for path, route in DOCUMENT["paths"].items():
        for name, parameter in ((p["name"], p) for p in map(resolved, route["get"].get(
                "parameters", []))):
            if "example" in parameter:
                validator(parameter["schema"]).validate(parameter["example"])
                count += 1
            check(parameter["description"], f"{path}: what {name} is")
        for said in map(resolved, route["get"]["responses"].values()):
            for content in said.get("content", {}).values():
                if "example" in content:
                    validator(content["schema"]).validate(content["example"])
                    count += 1
    check(count > 10, f"there are examples: {count}")


def test_it_names_every_route(context):
    address = started(context)
    status, _, body = fetch(address, "/api/v1/openapi.json")
    check_equal((status, json.loads(body)), (200, DOCUMENT), "served as it stands in the source")
    # A path that the document has and the program has not would be answered 404 with this error.
    for route in DOCUMENT["paths"]:
        path = route.replace("{id}", "nobody").replace("{signal}", "none")
        status, _, body = fetch(address, path + "?unknown=1") if "stream" not in route else (
            400, {}, b"")
        check(b"there is nothing at" not in body, f"{route} is a route: {status}")
        check(status != 405, f"{route} is asked by GET")


def test_it_names_no_fewer_routes_than_the_program(_):
    """Every pattern that the sources give to the router."""
    known = set()
    for file in (ROOT / "src").rglob("*.cc"):
        known |= set(re.findall(r'"(/(?:api/v1/[^"?]*|metrics|livez|readyz))["?]',
                                file.read_text(encoding="utf-8")))
    patterns = {path for path in known if not path.endswith("/")}
    check("/api/v1/profiles" in patterns and "/api/v1/map" in patterns, patterns)
    missing = patterns - DOCUMENT["paths"].keys()
    check_equal(missing, set(), "routes that the document does not name")


def test_answers_are_as_it_says(context):
    address = started(context)
    name = customer(address)
    harness.wait_until(lambda: check_answer(address, "/api/v1/status", "/api/v1/status")
                       ["measures"]["cells"] > 1000, 30, "figures")
    for what in ("status", "models", "quality", "measures?limit=1000", f"map?model={MODEL}",
                 f"map?model={MODEL}&version=1&persona=young&from=2000-01-01",
                 f"rankings?model={MODEL}", f"interventions?model={MODEL}&days=7",
                 f"internal?model={MODEL}",
                 f"trends?model={MODEL}&measure=satisfaction",
                 f"trends?model={MODEL}&measure=entered&stage=purchase",
                 f"profiles?q={name}"):
        check_answer(address, "/api/v1/" + what.split("?")[0], "/api/v1/" + what)
    one = "/api/v1/profiles/{id}"
    here = f"/api/v1/profiles/{name}"
    check_answer(address, one, here)
    check(check_answer(address, f"{one}/timeline", f"{here}/timeline")["steps"], "steps")
    signals = check_answer(address, f"{one}/signals", f"{here}/signals")["signals"]
    check(all(row["explanation"]["sentence"] for row in signals), "each signal has its reason")
    for row in signals[:10]:
        told = check_answer(address, f"{one}/signals/{{signal}}", f"{here}/signals/{row['id']}")
        check_equal(told["sentence"], row["explanation"]["sentence"], "the same reason")
    check_answer(address, "/livez", "/livez")
    check_answer(address, "/readyz", "/readyz")


def test_refusals_are_as_it_says(context):
    address = started(context)
    customer(address)
    for route, path, want in (("map", "map", 400), ("map", "map?model=none", 404),
                              ("profiles/{id}", "profiles/nobody", 404),
                              ("profiles/{id}/timeline", "profiles/nobody/timeline?limit=x", 400),
                              ("measures", "measures?kind=NONE", 400),
                              ("measures", "measures?after=x&limit=0", 400)):
        check_answer(address, f"/api/v1/{route}", f"/api/v1/{path}", want)
    for path in ("status", "measures", "profiles/nobody", "quality"):
        status, _, body = fetch(address, f"/api/v1/{path}", accept="text/csv")
        check_equal(status, 406, f"{path}: {body[:200]}")
        check(json.loads(body)["hint"], "it says what can be had")


if __name__ == "__main__":
    harness.main()
