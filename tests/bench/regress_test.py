#!/usr/bin/env python3
"""Lets bench/regress.py compare results that are made up, and refuse what it cannot compare."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "bench/regress.py"


def call(*arguments, script=SCRIPT):
    """Its exit code and all it says."""
    done = subprocess.run([sys.executable, "-B", script, *map(str, arguments)],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class FolderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


class CompareTest(FolderTest):
    def result(self, name, runs):
        """A file as bench_path writes it; a run is (benchmark, ns, allocations)."""
        path = self.folder / name
        path.write_text(json.dumps({"context": {}, "benchmarks": [
            {"name": f"{benchmark}/manual_time", "run_type": "iteration", "real_time": 1,
             "ns/event": time, "allocs/event": allocations, "bytes/event": 0}
            for benchmark, time, allocations in runs]}))
        return path

    def compare(self, base, now, *options):
        return call("--compare", self.result("base", base), self.result("now", now), *options)

    def expect(self, code, base, now, *words, options=()):
        got, text = self.compare(base, now, *options)
        self.assertEqual(got, code, text)
        for word in words:
            self.assertRegex(text, word)

    def test_equal(self):
        same = [("fold/a", 100, 2), ("fold/b", 0, 0)]
        self.expect(0, same, same, r"0 of 2 have grown")

    def test_time_within_the_share(self):
        self.expect(0, [("fold/a", 100, 2)], [("fold/a", 109, 2)], r"fold/a .* 1\.09")

    def test_time_grew(self):
        self.expect(1, [("fold/a", 100, 2), ("fold/b", 100, 2)],
                    [("fold/a", 111, 2), ("fold/b", 100, 2)],
                    r"(?m)^fold/a .*100\.0 .*111\.0 +1\.11 .* slower$", r"1 of 2 have grown")

    def test_the_share_is_asked_for(self):
        base, now = [("fold/a", 100, 2)], [("fold/a", 111, 2)]
        self.expect(0, base, now, options=("--share", "0.2"))
        self.expect(1, base, now, options=("--share", "0.05"))

    def test_shrank(self):
        self.expect(0, [("fold/a", 100, 8)], [("fold/a", 40, 1)], r"(?m) 0\.40 .*8\.00 .*1\.00$")

    def test_allocations_grew(self):
        self.expect(1, [("fold/a", 100, 10)], [("fold/a", 100, 10.3)], "allocates more")
        self.expect(1, [("fold/a", 100, 0)], [("fold/a", 100, 0.06)], "allocates more")

    def test_allocations_grew_by_little(self):
        self.expect(0, [("fold/a", 100, 10)], [("fold/a", 100, 10.1)])
        self.expect(0, [("fold/a", 100, 0)], [("fold/a", 100, 0.04)])

    def test_both_grew(self):
        self.expect(1, [("fold/a", 100, 1)], [("fold/a", 300, 2)], "slower, allocates more")

    def test_what_one_side_has_is_named_and_does_not_fail(self):
        self.expect(0, [("a", 1, 1), ("gone", 1, 1)], [("a", 1, 1), ("new", 900, 9)],
                    r"gone +only base", r"new +only now", "0 of 1")

    def test_the_fastest_run_counts(self):
        self.expect(0, [("a", 100, 1)], [("a", 190, 1), ("a", 101, 1), ("a", 150, 1)], "101.0")

    def test_nothing_in_common(self):
        self.expect(2, [("a", 1, 1)], [("b", 1, 1)], "no benchmark is on both sides")

    def test_no_result(self):
        good = self.result("good", [("a", 1, 1)])
        for text in ("", "{}", "[]", '{"benchmarks": [{"name": "a"}]}'):
            bad = self.folder / "bad"
            bad.write_text(text)
            code, said = call("--compare", good, bad)
            self.assertEqual(code, 2, text)
            self.assertIn("is no result of bench_path", said)
        self.assertEqual(call("--compare", good, self.folder / "missing")[0], 2)


class UsageTest(FolderTest):
    def test_wrong_usage(self):
        for wrong in (["--share", "-1"], ["--share", "nan"], ["--share", "much"],
                      ["--repetitions", "0"], ["--only", "("], ["--compare", "one"], ["more"]):
            code, said = call(*wrong)
            self.assertEqual(code, 2, wrong)
            self.assertIn("usage:", said)

    def git(self, *arguments):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
                       cwd=self.folder, check=True, capture_output=True)

    def test_a_base_that_cannot_be_compared(self):
        (self.folder / "bench").mkdir()
        script = pathlib.Path(shutil.copy(SCRIPT, self.folder / "bench"))
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "one")
        code, said = call("--base", "HEAD", script=script)
        self.assertEqual(code, 2, said)
        self.assertRegex(said, "the base [0-9a-f]{12} has no bench_path\nhint: .*--base")
        code, said = call("--base", "nowhere", script=script)
        self.assertEqual(code, 2, said)
        self.assertIn("nowhere", said)
        # There is neither a remote branch nor a commit before.
        self.assertEqual(call(script=script)[0], 2)


if __name__ == "__main__":
    unittest.main()
