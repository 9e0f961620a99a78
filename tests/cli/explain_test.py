"""`waymark explain` on a state that `waymark replay` left behind."""
import json
import shutil
import unittest

from sample_journeys import MODELS, Case, interaction, story, traffic


class ExplainTest(Case):
    def explain(self, state, *arguments, code=0):
        return self.run_waymark("explain", "--models", MODELS, "--state", state, *arguments,
                                code=code)

    def explained(self, state, *arguments):
        return json.loads(self.explain(state, *arguments, "--json").stdout)

    def replayed(self, records, *options, **parts):
        return self.replay(records, "output", "--keep-state", *options, **parts) / "state"

    def signals(self, state, **fields):
        return [signal for signal in self.read(state.parent / "signals.jsonl")
                if all(signal.get(name) == value for name, value in fields.items())]

    def alone(self, state):
        """The state without the output beside it."""
        moved = self.folder / "alone" / "state"
        moved.parent.mkdir()
        shutil.copytree(state, moved)
        return moved

    def test_a_sentence_the_rule_and_the_evidence(self):
        state = self.replayed(story())
        signal = self.signals(state, kind="STAGE_ENTERED", stage="purchase")[0]
        text = self.explain(state, signal["id"]).stdout
        for part in (f"signal {signal['id']}  STAGE_ENTERED purchase",
                     "Customer crm:Ada moved from the stage 'comparison' to 'purchase' of the "
                     "journey 'Six stages' on 2 April 2024 at 09:20 UTC because the "
                     "customer ordered P1 on the website, at 'home-page' (interaction e5).",
                     "rule", "stage 'purchase' of purchase/six-stages/1", "six-stages.yaml:",
                     "what held of it", "evidence, 1 interaction", "2024-04-02T09:20:00Z"):
            self.assertIn(part, text)

    def test_json_has_it_by_fields(self):
        state = self.replayed(story())
        signal = self.signals(state, kind="STAGE_ENTERED", stage="purchase")[0]
        told, = self.explained(state, signal["id"])
        self.assertEqual(told["signal"], signal)
        self.assertEqual(told["rule"]["kind"], "stage")
        self.assertTrue(told["rule"]["file"].endswith("six-stages.yaml"))
        self.assertEqual([line["what"] for line in told["rule"]["says"]],
                         ["enter", "what held of it"])
        self.assertEqual([e["interaction"]["action"] for e in told["evidence"]], ["order"])
        self.assertFalse(told["by_time"])
        self.assertNotIn("awaited", told)

    def test_what_time_brings_tells_what_was_awaited(self):
        state = self.replayed(story(), "--now", "2024-08-01T00:00:00Z")
        signal = self.signals(state, kind="ABANDONED", profile_id="crm:Bob")[0]
        self.assertEqual(signal["last_touchpoint"], "home-page")
        told, = self.explained(state, signal["id"])
        self.assertTrue(told["by_time"])
        self.assertEqual(told["awaited"]["until"], signal["time"])
        self.assertEqual(told["awaited"]["until"] - told["awaited"]["since"], 90 * 86_400_000)
        self.assertIn("nothing was heard for 90 days", told["sentence"])

    def test_every_signal_of_a_replay_is_found_and_told(self):
        state = self.replayed(traffic(5, 400, 4), files=20)
        signals = self.read(state.parent / "signals.jsonl")
        self.assertGreater(len(signals), 200)
        told = self.explained(state, *[signal["id"] for signal in signals])
        self.assertEqual([t["signal"] for t in told], signals)
        for one in told:
            self.assertTrue(one["sentence"].endswith("."), one["sentence"])
            self.assertEqual([e["id"] for e in one["evidence"]], one["signal"]["evidence"])
            self.assertTrue(all("interaction" in e for e in one["evidence"]))

    def test_without_output_the_profiles_are_searched(self):
        state = self.replayed(traffic(5, 400, 30))
        last = self.read(state.parent / "signals.jsonl")[-1]
        alone = self.alone(state)
        told, = self.explained(alone, last["id"])
        self.assertEqual(told["signal"], last)
        narrowed, = self.explained(alone, last["id"], "--profile", last["profile_id"])
        self.assertEqual(narrowed, told)
        result = self.explain(alone, "0" * 24, "--search-max", "1", code=1)
        self.assertIn("none of 1 profile brings it", result.stderr)
        self.assertIn("--search-max", result.stderr)

    def test_unknown_signals_and_profiles_are_told(self):
        state = self.replayed(story())
        result = self.explain(state, "0" * 24, code=1)
        self.assertIn("no signal '000", result.stderr)
        self.assertIn("none of 2 profiles", result.stderr)
        self.assertIn("hint:", result.stderr)
        result = self.explain(state, "0" * 24, "--profile", "crm:Ada", code=1)
        self.assertIn("profile 'crm:Ada' has no signal", result.stderr)
        self.assertIn("no profile 'crm:Eve'",
                      self.explain(state, "0" * 24, "--profile", "crm:Eve", code=1).stderr)
        # Those that are known are told all the same.
        signal = self.signals(state, kind="FIRST_TOUCH")[0]
        result = self.explain(state, "0" * 24, signal["id"], code=1)
        self.assertIn("was met for the first time", result.stdout)

    def test_retracted_and_revised_signals_are_said_to_be_so(self):
        # The order comes first and begins the journey; what came before it arrives later.
        late = [interaction(5, "Ada", 2000, "order"), interaction(1, "Ada", 0, "read")]
        state = self.replayed(late, "--revisions", "all", files=2)
        rows = self.read(state.parent / "signals.jsonl")
        gone = [row for row in rows if row.get("retracted") and row["kind"] == "FIRST_TOUCH"][0]
        result = self.explain(state, gone["id"], code=1)
        self.assertIn(f"signal '{gone['id']}' (FIRST_TOUCH web of profile 'crm:Ada'",
                      result.stderr)
        self.assertIn("was retracted by revision", result.stderr)
        self.assertNotIn("was retracted", self.explain(self.alone(state), gone["id"],
                                                       code=1).stderr)
        again = self.explain(self.folder / "alone" / "state", gone["id"], "--signals",
                             state.parent, code=1)
        self.assertEqual(again.stderr, result.stderr)

    def test_corrected_interactions_count_as_corrected(self):
        records = story() + [interaction(9, "Bob", 200, "correct", command="CORRECT",
                                         refers_to={"source_system": "shop", "id": "e4"})]
        records[-1]["action"] = "order"
        state = self.replayed(records)
        written = self.signals(state, profile_id="crm:Bob", kind="STAGE_ENTERED")
        self.assertEqual([signal["stage"] for signal in written], ["purchase"])
        told, = self.explained(state, written[0]["id"])
        self.assertEqual(told["signal"], written[0])
        self.assertIn("ordered something", told["sentence"])
        shown = json.loads(self.run_waymark("journey", "show", "--models", MODELS, "--state",
                                            state, "crm:Bob", "--json").stdout)[0]
        self.assertIn(written[0]["id"], [signal["id"] for signal in shown["signals"]])

    def test_wrong_usage(self):
        self.assertIn("holds no state", self.explain(self.folder / "no", "0", code=2).stderr)
        state = self.replayed(story())
        result = self.explain(state, "0", "--signals", self.folder / "no", code=2)
        self.assertIn("hint:", result.stderr)
        self.run_waymark("explain", code=2)


if __name__ == "__main__":
    unittest.main()
