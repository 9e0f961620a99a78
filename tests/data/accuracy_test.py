#!/usr/bin/env python3
"""Tests of accuracy.py on replays written by hand, and how well generated traffic is detected."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def truth_row(number, stage, signals=(), noise=False, day=0):
    return {"record": number, "outcome": "step", "profile": "c1", "source_system": "web",
            "id": f"i{number}", "time": day * 86_400_000 + number, "script": "E4",
            "family": "purchase", "run": 1, "stage": stage, "noise": noise,
            "signals": [dict(signal) for signal in signals]}


def step(number, stage, family="purchase"):
    return {"interaction": {"id": f"i{number}", "source": {"system": "web"}}, "profile_id": "c1",
            "placements": [{"family": family, "stage": stage}]}


def signal(kind, evidence, name=""):
    return {"profile_id": "c1", "kind": kind, "name": name, "family": "purchase",
            "evidence": evidence}


class AccuracyTest(unittest.TestCase):
    def measure(self, truth, steps, signals, *more):
        with tempfile.TemporaryDirectory() as folder:
            for name, rows in (("truth", truth), ("steps", steps), ("signals", signals)):
                with open(os.path.join(folder, name + ".jsonl"), "w", encoding="utf-8") as file:
                    file.writelines(json.dumps(row) + "\n" for row in rows)
            done = subprocess.run(
                [sys.executable, os.path.join(HERE, "accuracy.py"), "--json", "--output", folder,
                 "--truth", os.path.join(folder, "truth.jsonl"), *more],
                capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout), done.returncode

    def test_counts_stages(self):
        truth = [truth_row(0, "information"), truth_row(1, "information"), truth_row(2, "purchase"),
                 {"record": 3, "outcome": "dead_letter", "reason": "no_customer"}]
        steps = [step(0, "information"), step(1, "purchase"), step(2, "purchase")]
        result, code = self.measure(truth, steps, [])
        self.assertEqual(code, 0)
        self.assertEqual(result["stages"]["information"]["precision"], 1.0)
        self.assertEqual(result["stages"]["information"]["recall"], 0.5)
        self.assertEqual(result["stages"]["purchase"]["precision"], 0.5)
        self.assertAlmostEqual(result["macro_f1"], 0.6667, places=4)

    def test_family_of_the_script_counts(self):
        truth = [truth_row(0, "use")]
        two = step(0, "use")
        two["placements"].insert(0, {"family": "service", "stage": "report"})
        self.assertEqual(self.measure(truth, [two], [])[0]["accuracy"], 1.0)
        self.assertEqual(self.measure(truth, [two], [], "--family", "service")[0]["accuracy"], 0.0)

    def test_missing_and_unknown_steps_are_faults(self):
        truth = [truth_row(0, "use")]
        self.assertEqual(self.measure(truth, [], [])[0]["missing"], 1)
        result, code = self.measure(truth, [step(0, "use"), step(9, "use")], [])
        self.assertEqual((result["unknown"], code), (1, 1))

    def test_noise_can_be_left_out(self):
        truth = [truth_row(0, "use"), truth_row(1, "use", noise=True)]
        steps = [step(0, "use"), step(1, "information")]
        self.assertEqual(self.measure(truth, steps, [])[0]["accuracy"], 0.5)
        self.assertEqual(self.measure(truth, steps, [], "--skip-noise")[0]["accuracy"], 1.0)

    def test_signals_as_many_and_at_the_place(self):
        truth = [truth_row(0, "use", [{"kind": "IRRITATION"}]),
                 truth_row(1, "use", [{"kind": "MICRO_MOMENT", "name": "objective"}])]
        signals = [signal("IRRITATION", ["i1"]), signal("MICRO_MOMENT", ["i1"], "objective"),
                   signal("MICRO_MOMENT", ["i0"], "objective")]
        result, _ = self.measure(truth, [step(0, "use"), step(1, "use")], signals)
        self.assertEqual(result["signals"]["IRRITATION"]["f1"], 1.0)
        self.assertEqual(result["signals_at_place"]["IRRITATION"]["f1"], 0.0)
        self.assertEqual(result["signals"]["MICRO_MOMENT/objective"]["precision"], 0.5)
        self.assertEqual(result["signals_at_place"]["MICRO_MOMENT/objective"]["recall"], 1.0)

    def test_silence_that_is_still_young_is_not_expected(self):
        truth = [truth_row(0, "use", [{"kind": "ABANDONED"}]),
                 truth_row(1, "use", [{"kind": "ABANDONED"}], day=200),
                 truth_row(2, "use", day=210)]
        steps = [step(number, "use") for number in range(3)]
        result, _ = self.measure(truth, steps, [signal("ABANDONED", ["i0"])])
        self.assertEqual(result["signals"]["ABANDONED"]["expected"], 1)
        self.assertEqual(result["signals_at_place"]["ABANDONED"]["f1"], 1.0)


@unittest.skipUnless("WAYMARK_BINARY" in os.environ, "needs the program")
class GeneratedTraffic(unittest.TestCase):
    def test_stages_of_the_default_model_are_found(self):
        waymark = os.environ["WAYMARK_BINARY"]
        models = os.path.join(HERE, "../../config/models")
        with tempfile.TemporaryDirectory() as folder:
            events = os.path.join(folder, "in.jsonl")
            for arguments in (
                    ["generate", "--profiles", "1000", "--interactions", "20000", "--seed", "3",
                     "--output", events],
                    ["replay", "--input", events, "--output", folder, "--models", models]):
                subprocess.run([waymark, *arguments], check=True, capture_output=True)
            done = subprocess.run(
                [sys.executable, os.path.join(HERE, "accuracy.py"), "--json", "--output", folder,
                 "--truth", events + ".truth.jsonl", "--min-macro-f1", "0.85"],
                capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
