"""Interactions of a few customers for the tests of the command line, and how to replay them."""
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

BINARY = os.environ["WAYMARK_BINARY"]
MODELS = pathlib.Path(__file__).resolve().parents[2] / "config" / "models"
START_MS = 1_711_929_600_000
MINUTE_MS = 60_000
ACTIONS = ("view", "read", "search", "compare", "quote", "add_to_cart", "checkout", "order", "use",
           "complain", "rate", "review", "recommend", "switch", "cancel", "support")


def interaction(number, customer, minute, action, **fields):
    record = {"id": f"e{number}", "time": START_MS + minute * MINUTE_MS, "channel": "web",
              "identifiers": [{"namespace": "crm", "value": customer}], "touchpoint": "home-page",
              "action": action, "source": {"system": "shop"}}
    record.update(fields)
    return record


def story():
    """One customer's way from looking around to using, in three sessions, and another's start."""
    return [interaction(1, "Ada", 0, "read"),
            interaction(2, "Ada", 10, "search", product="P1"),
            interaction(3, "Ada", 90, "compare", product="P1"),
            interaction(4, "Bob", 95, "view"),
            interaction(5, "Ada", 2000, "order", product="P1", value=19.5, currency="EUR"),
            interaction(6, "Ada", 2001, "use", channel="app")]


def traffic(seed, count, customers):
    """Events in no order at all, some of them twice (alike, or with another time), some bad."""
    chance = random.Random(seed)
    records = []
    for number in range(count):
        records.append(interaction(number, f"C{chance.randrange(customers)}",
                                   chance.randrange(200 * 24 * 60), chance.choice(ACTIONS),
                                   product=f"P{chance.randrange(3)}"))
        if chance.random() < 0.1:
            copy = dict(chance.choice(records))
            if chance.random() < 0.5:
                copy["time"] += chance.randrange(-90, 90) * MINUTE_MS
            records.append(copy)
        if chance.random() < 0.02:
            records.append({"id": f"bad{number}"})
    chance.shuffle(records)
    return records


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="waymark-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_waymark(self, *arguments, code=0):
        result = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True,
                                timeout=120, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def write(self, name, records):
        path = self.folder / name
        path.write_text("".join(json.dumps(record, separators=(",", ":")) + "\n"
                                for record in records), encoding="utf-8")
        return path

    def read(self, path):
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def replay(self, records, output, *options, files=1):
        """Replays the records, cut into so many files: each is a batch of its own."""
        size = -(-len(records) // files)
        inputs = [self.write(f"{output}-{part:03}.jsonl", records[part * size:(part + 1) * size])
                  for part in range(files)]
        self.run_waymark("replay", "--models", MODELS, "--output", self.folder / output, *options,
                         "--input", *inputs)
        return self.folder / output
