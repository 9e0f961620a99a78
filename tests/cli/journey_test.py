"""`waymark journey show|list` on a state that `waymark replay` left behind."""
import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import unittest

from sample_journeys import BINARY, MODELS, Case, story, traffic


class JourneyTest(Case):
    def journey(self, command, state, *arguments, code=0):
        return self.run_waymark("journey", command, "--models", MODELS, "--state", state,
                                *arguments, code=code)

    def replayed(self, records, *options, **parts):
        return self.replay(records, "output", "--keep-state", *options, **parts) / "state"

    def test_show_tells_everything_of_a_profile(self):
        text = self.journey("show", self.replayed(story()), "crm:Ada").stdout
        for part in ("profile crm:Ada", "identifiers   crm:Ada", "interactions  5",
                     "last seen     2024-04-02T09:21:00Z", "purchase/six-stages/1",
                     "timeline, 5 steps", "FIRST_TOUCH", "SESSION_STARTED", "STAGE_ENTERED"):
            self.assertIn(part, text)
        self.assertNotIn("Bob", text)
        lines = text[text.index("timeline"):].splitlines()
        self.assertEqual(lines[1].split(),
                         ["time", "channel", "touchpoint", "action", "stage", "session"])
        # Columns are aligned under their headings.
        for line in lines[2:7]:
            self.assertEqual(line[lines[1].index("action") - 1], " ")
            self.assertNotEqual(line[lines[1].index("action")], " ")

    def test_signals_are_those_of_the_replay(self):
        state = self.replayed(traffic(5, 400, 4), files=20)
        shown = json.loads(self.journey("show", state, "crm:C2", "--json").stdout)[0]
        written = [signal for signal in self.read(state.parent / "signals.jsonl")
                   if signal["profile_id"] == "crm:C2"]
        self.assertGreater(len(written), 20)

        def by_id(signals):
            return sorted(signals, key=lambda signal: signal["id"])
        self.assertEqual(by_id(shown["signals"]), by_id(written))
        steps = [step for step in self.read(state.parent / "steps.jsonl")
                 if step["profile_id"] == "crm:C2"]
        self.assertEqual([step["interaction"]["id"] for step in shown["steps"]],
                         [step["interaction"]["id"] for step in steps])
        journeys = [record for record in self.read(state.parent / "journeys.jsonl")
                    if record["profile"]["id"] == "crm:C2"][0]
        self.assertEqual(shown["profile"], journeys["profile"])
        for journey in shown["journeys"]:
            journey.pop("replaces", None)
        self.assertEqual(shown["journeys"], journeys["journeys"])

    def test_lines_fit_the_terminal(self):
        state = self.replayed(story())
        whole = self.journey("show", state, "crm:Ada").stdout
        self.assertGreater(max(map(len, whole.splitlines())), 80)
        for width in (80, 40):
            text = self.on_terminal(width, "journey", "show", "--models", MODELS, "--state", state,
                                    "crm:Ada")
            tables = text[text.index("timeline"):].splitlines()
            self.assertLessEqual(max(map(len, tables)), width)
            self.assertEqual("- time" in text, width == 40, "narrow: a block for each row")

    def on_terminal(self, width, *arguments):
        terminal, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
        with subprocess.Popen([BINARY, *map(str, arguments)], stdout=end) as process:
            os.close(end)
            text = b""
            while True:
                try:
                    piece = os.read(terminal, 4096)
                except OSError:  # how Linux tells that the other end is closed
                    break
                if not piece:
                    break
                text += piece
            self.assertEqual(process.wait(), 0)
        os.close(terminal)
        return text.decode()

    def test_long_timelines_show_the_newest(self):
        state = self.replayed(traffic(6, 100, 1))
        text = self.journey("show", state, "crm:C0", "--limit", "10").stdout
        self.assertIn("90 earlier ones are left out", text)
        self.assertNotIn("left out", self.journey("show", state, "crm:C0", "--limit", "0").stdout)

    def test_unknown_profile_is_told(self):
        result = self.journey("show", self.replayed(story()), "crm:Eve", code=1)
        self.assertIn("no profile 'crm:Eve'", result.stderr)
        self.assertIn("hint:", result.stderr)

    def test_list_names_profiles_and_filters_them(self):
        state = self.replayed(story())
        listed = json.loads(self.journey("list", state, "--json").stdout)
        self.assertEqual({entry["id"]: entry["interactions"] for entry in listed},
                         {"crm:Ada": 5, "crm:Bob": 1})
        text = self.journey("list", state).stdout.splitlines()
        self.assertEqual(len(text), 3)
        self.assertTrue(any("crm:Ada" in line and "purchase:use" in line for line in text), text)
        using = json.loads(self.journey("list", state, "--json", "--stage", "use").stdout)
        self.assertEqual([entry["id"] for entry in using], ["crm:Ada"])
        none = self.journey("list", state, "--json", "--status", "switched").stdout
        self.assertEqual(json.loads(none), [])
        self.assertEqual(json.loads(self.journey("list", state, "--json", "--family", "x").stdout),
                         [])

    def test_list_is_limited(self):
        state = self.replayed(traffic(7, 200, 30))
        self.assertEqual(len(json.loads(self.journey("list", state, "--json", "--limit",
                                                     "5").stdout)), 5)
        self.assertIn("and more", self.journey("list", state, "--limit", "5").stdout)
        everyone = self.journey("list", state, "--limit", "0").stdout.splitlines()
        self.assertEqual(len(everyone), 31)

    def test_other_models_are_warned_of(self):
        state = self.replayed(story())
        models = self.folder / "models"
        models.mkdir()
        text = (MODELS / "six-stages.yaml").read_text(encoding="utf-8")
        (models / "six-stages.yaml").write_text(
            text.replace("abandon_after: 90d", "abandon_after: 80d"), encoding="utf-8")
        result = self.run_waymark("journey", "show", "--models", models, "--state", state,
                                  "crm:Ada")
        self.assertIn("other models", result.stderr)
        self.assertNotIn("other models", self.journey("show", state, "crm:Ada").stderr)

    def test_folder_without_state_is_wrong_usage(self):
        result = self.journey("list", self.folder / "absent", code=2)
        self.assertIn("holds no state", result.stderr)
        self.assertFalse((self.folder / "absent").exists())


if __name__ == "__main__":
    unittest.main()
