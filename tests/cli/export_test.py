"""`waymark export` at its edges: what is an event, escaping, files that must not be touched.

That process miners open what it writes is for tests/exports.
"""
import csv
import gzip
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import unittest
import xml.etree.ElementTree as ET

from sample_journeys import BINARY, MODELS, Case, interaction, story, traffic

FORMATS = ("xes", "csv", "ocel-json", "ocel-sqlite")
XES = "{http://www.xes-standard.org/}"


def attributes_of(element):
    """{key: value} of what stands directly below a trace or event."""
    return {child.get("key"): child.get("value") for child in element if child.get("key")}


class ExportTest(Case):
    def export(self, source, form, *options, name=None, code=0):
        """The bytes written."""
        path = self.folder / (name or f"log.{form}")
        self.run_waymark("export", source, "--format", form, "--output", path, "--force", *options,
                         code=code)
        return path.read_bytes() if code == 0 else None

    def rows(self, source, *options):
        text = self.export(source, "csv", *options).decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def summary(self, source, form, *options):
        done = self.run_waymark("export", source, "--format", form, "--output",
                                self.folder / "log", "--force", "--json", *options)
        return json.loads(done.stdout)

    def traces(self, source, *options):
        """[(attributes, [attributes of an event])]"""
        log = ET.fromstring(self.export(source, "xes", *options))
        return [(attributes_of(trace), [attributes_of(e) for e in trace.iter(XES + "event")])
                for trace in log.iter(XES + "trace")]

    def test_rows_of_csv(self):
        out = self.replay(story(), "out")
        text = self.export(out, "csv", "--case", "session").decode("utf-8")
        self.assertTrue(text.startswith("case,activity,timestamp,customer,"))
        self.assertEqual(text.count("\r\n"), text.count("\n"))
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        cases = {}
        for row in rows:
            cases.setdefault(row["case"], []).append(row["id"])
        self.assertEqual(sorted(cases.values()), [["e1", "e2"], ["e3"], ["e4"], ["e5", "e6"]])
        order = next(row for row in rows if row["id"] == "e5")
        told = {name: order[name] for name in ("activity", "timestamp", "value", "currency",
                                               "product", "touchpoint", "nps", "kind")}
        self.assertEqual(told, {"activity": "order", "timestamp": "2024-04-02T09:20:00.000Z",
                                "value": "19.5", "currency": "EUR", "product": "P1",
                                "touchpoint": "home-page", "nps": "", "kind": "CUSTOMER"})

    def test_attributes_of_traces_and_events(self):
        out = self.replay(story(), "out")
        placed = {step["interaction"]["id"]: step["placements"][0]
                  for step in self.read(out / "steps.jsonl") if step.get("placements")}
        traces = dict((attributes["concept:name"], (attributes, events))
                      for attributes, events in self.traces(out))
        attributes, events = traces[placed["e5"]["journey_id"]]
        self.assertEqual(attributes["customer"], "crm:Ada")
        self.assertEqual(attributes["family"], placed["e5"]["family"])
        self.assertEqual(attributes["model_version"], str(placed["e5"]["model_version"]))
        order = next(event for event in events if event["id"] == "e5")
        self.assertEqual(order["time:timestamp"], "2024-04-02T09:20:00.000Z")
        self.assertEqual((order["concept:name"], order["lifecycle:transition"]),
                         ("order", "complete"))
        self.assertEqual(order["org:group"], placed["e5"]["department"])
        self.assertEqual(order["stage"], placed["e5"]["stage"])
        self.assertNotIn("satisfaction", order)
        self.assertNotIn("journey", order)

    def test_text_survives_as_far_as_the_format_holds_it(self):
        text = "<a> & \"b\", 'c'\r\nd\te \u00fc\U0001f600"
        control = "x\u0000\u0001\u000by\ufffe\uffffz"
        out = self.replay([interaction(1, "Ada", 0, "view", touchpoint=text, product=control)],
                          "out")
        (_, [event]), = self.traces(out)
        self.assertEqual(event["touchpoint"], text)
        self.assertEqual(event["product"], "x" + "\ufffd" * 3 + "y" + "\ufffd" * 2 + "z")
        row, = self.rows(out)
        self.assertEqual((row["touchpoint"], row["product"]), (text, control))
        log = json.loads(self.export(out, "ocel-json"))
        told = {entry["name"]: entry["value"] for entry in log["events"][0]["attributes"]}
        self.assertEqual(told["touchpoint"], text)
        self.assertIn("product:" + control, {thing["id"] for thing in log["objects"]})
        self.export(out, "ocel-sqlite")
        with sqlite3.connect(self.folder / "log.ocel-sqlite") as database:
            self.assertEqual(database.execute("SELECT touchpoint FROM event_view").fetchall(),
                             [(text,)])

    def test_checks_walks_and_corrections_are_no_events(self):
        records = story() + [
            interaction(7, "Ada", 2, "consult", kind="STAFF"),
            interaction(8, "Ada", 3, "view", kind="MYSTERY_CHECK", check_type="store"),
            interaction(9, "Ada", 4, "view", kind="OBSERVED_WALK"),
            interaction(10, "Ada", 2500, "correct", command="CORRECT", product="P9",
                        refers_to={"id": "e5"})]
        out = self.replay(records, "out")
        for case in ("journey", "profile"):
            rows = {row["id"]: row for row in self.rows(out, "--case", case)}
            self.assertEqual(set(rows), {"e1", "e2", "e3", "e4", "e5", "e6", "e7"})
            self.assertEqual(rows["e7"]["kind"], "STAFF")
            self.assertEqual(rows["e5"]["product"], "P9")
        self.assertNotIn("e7", {row["id"] for row in self.rows(out, "--case", "session")})
        summary = self.summary(out, "csv", "--case", "session")
        self.assertEqual((summary["steps"], summary["events"], summary["cases"]), (10, 6, 4))
        self.assertEqual(summary["left_out"], {"no_event": 3, "no_case": 1})
        self.assertEqual(self.summary(out, "ocel-json")["events"], 7)

    def two_families(self, records):
        """Replayed under the six stages, and the model of a ticket beside them."""
        models = self.folder / "models"
        models.mkdir()
        shutil.copy(MODELS / "six-stages.yaml", models)
        shutil.copy(MODELS / "service/ticket.yaml", models)
        self.run_waymark("replay", "--models", models, "--output", self.folder / "out",
                         "--input", self.write("in.jsonl", records))
        return self.folder / "out"

    def test_interaction_in_two_families_is_an_event_of_both(self):
        records = [*story(), interaction(7, "Ada", 2100, "complain", attributes={"ticket": "T1"})]
        out = self.two_families(records)
        steps = self.read(out / "steps.jsonl")
        placed = {step["interaction"]["id"]: step.get("placements", []) for step in steps}
        several = [id_ for id_, places in placed.items() if len(places) > 1]
        self.assertIn("e7", several)
        expected = sorted((place["journey_id"], id_, place["family"])
                          for id_, places in placed.items() for place in places)
        rows = self.rows(out)
        self.assertEqual(sorted((row["case"], row["id"], row["family"]) for row in rows), expected)
        for family in {entry[2] for entry in expected}:
            rows = self.rows(out, "--family", family)
            self.assertEqual(sorted((row["case"], row["id"], row["family"]) for row in rows),
                             [entry for entry in expected if entry[2] == family])
            events = self.summary(out, "ocel-json", "--family", family)
            self.assertEqual(events["events"], len(rows))
            self.assertEqual(events["objects"]["journey"], len({row["case"] for row in rows}))
        self.assertEqual(len(self.rows(out, "--case", "profile")), len(records))

    def test_unknown_family_names_the_known(self):
        out = self.replay(story(), "out")
        result = self.run_waymark("export", out, "--format", "xes", "--output",
                                  self.folder / "log.xes", "--family", "purchse", code=2)
        self.assertIn("no journey of the family 'purchse'", result.stderr)
        self.assertIn("hint: there are ", result.stderr)
        self.assertEqual(list(self.folder.glob("log*")), [])

    def test_activities_by_other_fields(self):
        out = self.replay([interaction(1, "Ada", 0, "read"),
                           interaction(2, "Ada", 1, "order", touchpoint="")], "out")

        def activities(*options):
            return [row["activity"] for row in self.rows(out, "--case", "profile", *options)]
        self.assertEqual(activities(), ["read", "order"])
        self.assertEqual(activities("--activity", "touchpoint"), ["home-page", "(no touchpoint)"])
        self.assertEqual(activities("--activity", "touchpoint,action"), ["home-page+read", "order"])
        # The option takes one word, whatever follows.
        done = self.run_waymark("export", "--format", "csv", "--output", "-", "--activity",
                                "touchpoint,action", out)
        self.assertIn("home-page+read", done.stdout)
        stages = [row["stage"] for row in self.rows(out, "--case", "profile")]
        self.assertEqual(activities("--activity", "stage"), stages)

    def test_attributes_and_resource(self):
        record = interaction(1, "Ada", 0, "read", attributes={"number": "INC1", "who": "Kim"})
        out = self.replay([record, interaction(2, "Ada", 1, "view")], "out")
        (_, [first, second]), = self.traces(out, "--attribute", "number", "--resource", "who")
        self.assertEqual((first["number"], first["org:resource"]), ("INC1", "Kim"))
        self.assertNotIn("org:resource", second)
        rows = self.rows(out, "--attribute", "number", "--resource", "who")
        self.assertEqual([(row["number"], row["resource"]) for row in rows],
                         [("INC1", "Kim"), ("", "")])
        result = self.run_waymark("export", out, "--format", "csv", "--output", self.folder / "x",
                                  "--attribute", "channel", code=2)
        self.assertIn("the name of another column", result.stderr)

    def test_same_input_gives_the_same_bytes(self):
        records = traffic(3, 600, 40)
        a = self.replay(records, "a")
        b = self.replay(list(reversed(records)), "b", "--revisions", "all", "--workers", "2",
                        "--compress", "gz", files=9)
        for form in FORMATS:
            with self.subTest(form=form):
                self.assertEqual(self.export(a, form), self.export(b, form, name="other"))

    def test_existing_file_is_not_touched(self):
        out = self.replay(story(), "out")
        for form in FORMATS:
            path = self.folder / f"kept.{form}"
            path.write_text("kept", encoding="utf-8")
            result = self.run_waymark("export", out, "--format", form, "--output", path, code=2)
            self.assertIn("exists already", result.stderr)
            self.assertIn("--force", result.stderr)
            self.assertEqual(path.read_text(encoding="utf-8"), "kept")
            self.run_waymark("export", out, "--format", form, "--output", path, "--force")
            self.assertNotEqual(path.read_bytes(), b"kept")
        self.assertEqual(list(self.folder.glob("*.partial")), [])

    def test_faults_leave_nothing_behind(self):
        source = self.folder / "steps.jsonl"
        source.write_text('{"profile_id":"x"}\n{oops\n', encoding="utf-8")
        for form in FORMATS:
            result = self.run_waymark("export", source, "--format", form, "--output",
                                      self.folder / "log", code=2)
            self.assertIn("record 2", result.stderr)
            self.run_waymark("export", source, "--format", form, "--output",
                             self.folder / "absent" / "log", code=2)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["steps.jsonl"])

    def test_interrupted_run_leaves_nothing_behind(self):
        line = json.dumps({"interaction": {"id": "e1", "time": 1, "channel": "web",
                                           "action": "view"}, "profile_id": "x"}) + "\n"
        for form in FORMATS:
            folder = self.folder / f"from-{form}"
            folder.mkdir()
            os.mkfifo(folder / "steps.jsonl")
            process = subprocess.Popen(
                [BINARY, "export", folder, "--format", form, "--output", self.folder / "log"],
                stderr=subprocess.PIPE, text=True)
            with open(folder / "steps.jsonl", "w", encoding="utf-8") as steps:
                self.assertTrue((self.folder / "log.partial").exists())
                process.send_signal(signal.SIGTERM)
                feed = threading.Thread(target=self.feed, args=(steps, line))
                feed.start()
                _, said = process.communicate(timeout=60)
                feed.join()
            self.assertEqual(process.returncode, 130, said)
            self.assertEqual(list(self.folder.glob("log*")), [])

    @staticmethod
    def feed(steps, line):
        try:
            steps.write(line * 100_000)
            steps.flush()
        except BrokenPipeError:
            pass

    def test_standard_output_holds_the_log_alone(self):
        out = self.replay(story(), "out")
        for form in ("xes", "csv", "ocel-json"):
            done = self.run_waymark("export", out, "--format", form, "--output", "-")
            self.assertEqual(done.stdout.encode(), self.export(out, form).replace(b"\r\n", b"\n"))
            self.assertIn("6 events", done.stderr)
        result = self.run_waymark("export", out, "--format", "ocel-sqlite", "--output", "-", code=2)
        self.assertIn("needs a plain file", result.stderr)

    def test_packed_files(self):
        out = self.replay(story(), "out")
        for form in ("xes", "csv", "ocel-json"):
            plain = self.export(out, form)
            self.assertEqual(gzip.decompress(self.export(out, form, name="log.gz")), plain)
            self.assertEqual(self.export(out, form, name="log.zst")[:4], b"\x28\xb5\x2f\xfd")
        self.export(out, "ocel-sqlite", name="log.sqlite.gz", code=2)

    def test_wrong_usage(self):
        out = self.replay(story(), "out")
        (self.folder / "empty").mkdir()
        path = self.folder / "log"
        for arguments in ([self.folder / "absent", "--format", "xes"],
                          [self.folder / "empty", "--format", "xes"],
                          [out / "journeys.jsonl", "--format", "xes"],
                          [out, "--format", "ocel-json", "--case", "session"]):
            result = self.run_waymark("export", *arguments, "--output", path, code=2)
            self.assertIn("hint:", result.stderr)
        self.run_waymark("export", out, "--format", "parquet", "--output", path, code=2)
        self.run_waymark("export", out, "--format", "xes", code=2)
        self.run_waymark("export", out, "--format", "xes", "--output", self.folder, code=2)
        self.run_waymark("export", out, "--format", "csv", "--output", path, "--case", "x", code=2)
        self.assertFalse(path.exists())

    def test_nothing_makes_an_empty_log(self):
        source = self.folder / "steps.jsonl"
        source.write_text("", encoding="utf-8")
        self.assertEqual(self.traces(source), [])
        self.assertEqual(self.rows(source), [])
        self.assertEqual(json.loads(self.export(source, "ocel-json")),
                         {"objectTypes": [], "eventTypes": [], "objects": [], "events": []})
        self.export(source, "ocel-sqlite")
        self.assertIn("0 events in 0 journeys", self.run_waymark(
            "export", source, "--format", "xes", "--output", self.folder / "log").stdout)

    def test_too_many_event_types_are_refused(self):
        out = self.replay([interaction(i, "Ada", i, f"act {i}") for i in range(1001)], "out")
        result = self.run_waymark("export", out, "--format", "ocel-json", "--output",
                                  self.folder / "log", code=2)
        self.assertIn("more than 1000 different activities", result.stderr)
        self.export(out, "ocel-sqlite", "--activity", "touchpoint")


if __name__ == "__main__":
    unittest.main()
