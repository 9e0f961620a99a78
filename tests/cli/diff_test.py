"""`waymark diff` on outputs of `waymark replay`, equal ones and such as were tampered with."""
import json
import shutil
import unittest

from sample_journeys import Case, story, traffic

KINDS = ("steps", "signals", "journeys", "dead-letters")


class DiffTest(Case):
    def diff(self, a, b, *options, code):
        result = self.run_waymark("diff", a, b, "--json", *options, code=code)
        return json.loads(result.stdout)

    def changed(self, output, kind, change):
        """A copy of the output in which `change` was made to the list of the kind's records."""
        copy = self.folder / f"changed-{kind}"
        shutil.copytree(output, copy)
        path = copy / f"{kind}.jsonl"
        records = self.read(path)
        change(records)
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        return copy

    def test_equal_outputs_have_no_difference(self):
        a = self.replay(story() + [{"id": "bad"}], "a")
        found = self.diff(a, a, code=0)
        self.assertTrue(found["same"])
        self.assertEqual({kind: found[kind]["rows_a"] for kind in KINDS if kind != "signals"},
                         {"steps": 6, "journeys": 2, "dead-letters": 1})
        self.assertGreater(found["signals"]["rows_b"], 5)
        self.assertIn("no difference", self.run_waymark("diff", a, a).stdout)

    def test_order_of_records_and_of_fields_is_no_difference(self):
        a = self.replay(story(), "a")

        def turn_around(records):
            records[:] = [dict(reversed(record.items())) for record in reversed(records)]
        for kind in ("steps", "signals", "journeys"):
            self.diff(a, self.changed(a, kind, turn_around), code=0)

    def test_formats_and_packing_are_no_difference(self):
        records = traffic(1, 300, 5)
        a = self.replay(records, "a")
        for name, options in {"b": ("--output-format", "protobuf", "--compress", "zst"),
                              "c": ("--compress", "gz")}.items():
            found = self.diff(a, self.replay(records, name, *options), code=0)
            self.assertEqual(found["steps"]["rows_b"], 300)

    def test_changed_field_is_named(self):
        a = self.replay(story(), "a")

        def change(records):
            records[2]["interaction"]["touchpoint"] = "product-page"
        b = self.changed(a, "steps", change)
        found = self.diff(a, b, code=1)
        self.assertEqual(found["steps"]["different"], 1)
        self.assertEqual(found["signals"]["different"], 0)
        self.assertEqual(len(found["differences"]), 1)
        difference = found["differences"][0]
        self.assertEqual((difference["field"], difference["field_a"], difference["field_b"]),
                         ("interaction.touchpoint", '"home-page"', '"product-page"'))
        text = self.run_waymark("diff", a, b, code=1).stdout
        self.assertIn('interaction.touchpoint is "home-page" in A, "product-page" in B', text)

    def test_missing_rows_are_told_of_by_side(self):
        a = self.replay(story(), "a")
        for kind in ("steps", "signals", "journeys"):
            b = self.changed(a, kind, lambda records: records.pop(1))
            found = self.diff(a, b, code=1)
            self.assertEqual((found[kind]["only_a"], found[kind]["only_b"]), (1, 0))
            found = self.diff(b, a, code=1)
            self.assertEqual((found[kind]["only_a"], found[kind]["only_b"]), (0, 1))
            self.assertIn("b", found["differences"][0])
            self.assertNotIn("a", found["differences"][0])

    def test_differences_shown_are_limited_but_all_counted(self):
        a = self.replay(traffic(2, 200, 3), "a")
        b = self.changed(a, "steps", lambda records: records.clear())
        found = self.diff(a, b, "--most", "3", code=1)
        self.assertEqual(len(found["differences"]), 3)
        self.assertEqual(found["steps"]["only_a"], 200)

    def test_doubled_raw_records_are_a_fault(self):
        a = self.replay(story(), "a", "--revisions", "all")
        b = self.changed(a, "signals", lambda records: records.append(records[-1]))
        found = self.diff(a, b, code=1)
        self.assertEqual((found["signals"]["doubled_a"], found["signals"]["doubled_b"]), (0, 1))
        self.assertEqual(found["signals"]["different"], 0)

    def test_dead_letters_compare_by_reason_and_value(self):
        bad = [{"id": "bad"}, {"id": "bad"}, {"id": "worse"}]
        a = self.replay(bad, "a")
        b = self.replay(story() + list(reversed(bad)), "b")
        self.diff(a, b, "--only", "dead-letters", "--raw", code=0)
        c = self.replay(bad[1:], "c")
        found = self.diff(a, c, "--only", "dead-letters", "--raw", code=1)
        self.assertEqual(found["dead-letters"]["only_a"], 1)

    def test_single_files_compare_with_folders(self):
        a = self.replay(story(), "a")
        found = self.diff(a / "steps.jsonl", a, code=0)
        self.assertEqual([kind for kind in KINDS if kind in found], ["steps"])

    def test_incremental_output_converges_to_the_canonical_view(self):
        for seed, customers, files in ((1, 1, 40), (2, 7, 60), (3, 40, 100)):
            with self.subTest(seed=seed):
                records = traffic(seed, 600, customers)
                a = self.replay(records, f"whole-{seed}")
                b = self.replay(records, f"parts-{seed}", "--revisions", "all", "--workers", "2",
                                files=files)
                self.assertGreater(len(self.read(b / "steps.jsonl")), 600, "steps were revised")
                found = self.diff(a, b, code=0)
                self.assertEqual(found["steps"]["rows_b"], 600)
                c = self.replay(list(reversed(records)), f"back-{seed}", files=files // 2)
                self.diff(a, c, code=0)

    def test_wrong_usage_is_told_apart_from_a_difference(self):
        a = self.replay(story(), "a")
        (self.folder / "empty").mkdir()
        (self.folder / "notes.txt").write_text("nothing", encoding="utf-8")
        for other in (self.folder / "absent", self.folder / "empty", self.folder / "notes.txt"):
            result = self.run_waymark("diff", a, other, code=2)
            self.assertIn("hint:", result.stderr)
        self.run_waymark("diff", a / "steps.jsonl", a / "signals.jsonl", code=2)
        self.run_waymark("diff", a, a, "--only", "stepps", code=2)
        self.run_waymark("diff", a, code=2)
        (a / "journeys.jsonl").unlink()
        self.run_waymark("diff", a, self.replay(story(), "b"), code=2)

    def test_malformed_record_is_a_fault_with_its_place(self):
        a = self.replay(story(), "a")
        b = self.folder / "steps.jsonl"
        b.write_text('{"profile_id":"x"}\n{oops\n', encoding="utf-8")
        result = self.run_waymark("diff", a, b, code=2)
        self.assertIn("record 2", result.stderr)


if __name__ == "__main__":
    unittest.main()
