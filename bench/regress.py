#!/usr/bin/env python3
"""Fails when a room on the path of an interaction has become slower, or allocates more.

    bench/regress.py [--base COMMIT] [--share 0.10] [--only REGEX] [--repetitions N]
    bench/regress.py --compare BASE.json NOW.json [--share 0.10]

Builds bench_path (bench/path) of the working tree and of the base commit, that one in a worktree
under build/, and runs them in turn, both on this machine. What counts of each benchmark is the
fastest of its runs: what else the machine does makes runs slower. What seems to have grown is
measured as often again before it is said.

It has grown where its time did by more than the share, or its allocations an event by more than 2 %
and more than 0.05. Benchmarks that only one side has are named. --compare takes two results that
bench_path wrote by --benchmark_out, and runs nothing.

Exit code: 0 nothing has grown, 1 something has, 2 nothing could be compared.
"""
import argparse
import dataclasses
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
WORK = ROOT / "build/regress"
PROGRAM = "build/release/bench/path/bench_path"
MIN_TIME = 0.2  # seconds a benchmark and run
ALLOCATIONS_SHARE = 0.02
ALLOCATIONS_LEAST = 0.05  # an event


class Failure(Exception):
    """What is told to the user, without a trace."""


@dataclasses.dataclass
class Figures:
    """Of one event."""
    nanoseconds: float
    allocations: float

    def least(self, other):
        return Figures(min(self.nanoseconds, other.nanoseconds),
                       min(self.allocations, other.allocations))


def read_results(path):
    """Name -> figures, of a file that bench_path has written."""
    results = {}
    try:
        for run in json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["benchmarks"]:
            if run["run_type"] == "iteration":
                figures = Figures(run["ns/event"], run["allocs/event"])
                merge(results, {plain_name(run["name"]): figures})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(f"{path} is no result of bench_path: {error!r}") from error
    return results


def plain_name(name):
    return name.removesuffix("/manual_time")


def merge(into, results):
    for name, figures in results.items():
        into[name] = figures.least(into[name]) if name in into else figures


def faults_of(base, now, share):
    """In words; none: it has not grown."""
    faults = []
    if now.nanoseconds > base.nanoseconds * (1 + share):
        faults.append("slower")
    if now.allocations > base.allocations + max(ALLOCATIONS_LEAST,
                                                ALLOCATIONS_SHARE * base.allocations):
        faults.append("allocates more")
    return faults


def find_grown(base, now, share):
    return [name for name in base if name in now and faults_of(base[name], now[name], share)]


def report(base, now, share):
    """Prints the table; the exit code."""
    both = [name for name in base if name in now]
    if not both:
        raise Failure("no benchmark is on both sides")
    print(f"{'benchmark':28} {'base ns':>10} {'now ns':>10} {'ratio':>6} {'base allocs':>12} "
          f"{'now allocs':>11}")
    for name in both:
        old, new = base[name], now[name]
        ratio = new.nanoseconds / old.nanoseconds if old.nanoseconds else 1
        print(f"{name:28} {old.nanoseconds:10.1f} {new.nanoseconds:10.1f} {ratio:6.2f} "
              f"{old.allocations:12.2f} {new.allocations:11.2f}  "
              f"{', '.join(faults_of(old, new, share))}".rstrip())
    for side, names in (("base", base.keys() - now.keys()), ("now", now.keys() - base.keys())):
        for name in sorted(names):
            print(f"{name:28} only {side}")
    grown = find_grown(base, now, share)
    print(f"{len(grown)} of {len(both)} have grown by more than {share:.0%} of time or "
          f"{ALLOCATIONS_SHARE:.0%} of allocations")
    return 1 if grown else 0


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise Failure(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def find_base(asked):
    """The commit to compare with."""
    if asked:
        return git("rev-parse", "--verify", f"{asked}^{{commit}}")
    try:
        base = git("merge-base", "HEAD", "origin/main")
    except Failure:
        return git("rev-parse", "HEAD~1")
    is_now = base == git("rev-parse", "HEAD") and not git("status", "--porcelain")
    return git("rev-parse", "HEAD~1") if is_now else base


class Side:
    """One of the two programs, and what it has measured."""

    def __init__(self, name, source):
        self.name, self.source = name, source
        self.program = source / PROGRAM
        self.all_names = []
        self.results = {}
        self.log = WORK / f"build-{name}.log"
        self.log.unlink(missing_ok=True)

    def call(self, *command):
        with open(self.log, "ab") as out:
            done = subprocess.run(command, cwd=self.source, stdout=out, stderr=out, check=False)
        if done.returncode != 0:
            raise Failure(f"failed: {' '.join(command)}\nsee {self.log}")

    def build(self, jobs, *options):
        print(f"building bench_path: {self.name}", flush=True)
        self.call("cmake", "--preset", "release", *options)
        self.call("cmake", "--build", "build/release", "--target", "bench_path", "-j", str(jobs))

    def names(self, only):
        done = subprocess.run([self.program, "--benchmark_list_tests=true"], capture_output=True,
                              text=True, check=True)
        return [name for name in map(plain_name, done.stdout.split()) if re.search(only, name)]

    def measure(self, names):
        out = WORK / "result.json"
        wanted = "|".join(map(re.escape, names))
        done = subprocess.run(
            [self.program, f"--benchmark_filter=^({wanted})/", f"--benchmark_min_time={MIN_TIME}",
             f"--benchmark_out={out}", "--benchmark_out_format=json"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"bench_path failed ({self.name}): {done.stderr.strip()}")
        merge(self.results, read_results(out))


class Worktree:
    """The base commit's files, as long as they are needed."""

    def __init__(self, commit):
        self.commit, self.folder = commit, WORK / "base"

    def __enter__(self):
        self.remove()
        git("worktree", "add", "--detach", str(self.folder), self.commit)
        return self.folder

    def __exit__(self, *_):
        # Nothing long follows; what is half removed would stay.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self.remove()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        git("worktree", "prune")


def measure_in_turn(sides, names, repetitions):
    for number in range(repetitions):
        print(f"run {number + 1} of {repetitions}: {len(names)} benchmarks each", flush=True)
        for side in sides if number % 2 == 0 else reversed(sides):
            mine = [name for name in names if name in side.all_names]
            if mine:
                side.measure(mine)


def compare_builds(arguments):
    commit = find_base(arguments.base)
    try:
        git("cat-file", "-e", f"{commit}:bench/path/CMakeLists.txt")
    except Failure:
        raise Failure(f"the base {commit[:12]} has no bench_path\n"
                      "hint: name a later commit by --base") from None
    print(f"base: {git('log', '-1', '--format=%h %s', commit)}")
    if git("diff", "--name-only", commit, "--", "bench/path"):
        print("bench/path is not the same on both sides: what it measures may have changed")
    WORK.mkdir(parents=True, exist_ok=True)
    now = Side("now", ROOT)
    now.build(arguments.jobs)
    with Worktree(commit) as folder:
        base = Side("base", folder)
        base.build(arguments.jobs, "-DWAYMARK_TESTS=OFF")
        for side in (base, now):
            side.all_names = side.names(arguments.only)
        names = list(dict.fromkeys(base.all_names + now.all_names))
        if not names:
            raise Failure(f"no benchmark is named like {arguments.only}")
        measure_in_turn([base, now], names, arguments.repetitions)
        grown = find_grown(base.results, now.results, arguments.share)
        if grown:
            print("once more, what seems to have grown")
            measure_in_turn([base, now], grown, arguments.repetitions)
    return report(base.results, now.results, arguments.share)


def parse_arguments():
    first, _, rest = __doc__.partition("\n")
    parser = argparse.ArgumentParser(description=first, epilog=rest,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", metavar="COMMIT",
                        help="what to compare with (default: where this branch left origin/main; "
                             "HEAD~1 where nothing has changed since, or there is none)")
    parser.add_argument("--share", type=float, default=0.10,
                        help="by how much of its time a benchmark may grow (default: 0.10)")
    parser.add_argument("--only", metavar="REGEX", default="",
                        help="benchmarks by name, such as '^fold/|state'")
    parser.add_argument("--repetitions", type=int, default=5, metavar="N",
                        help="runs of each side (default: 5)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N",
                        help="of the builds (default: 2)")
    parser.add_argument("--compare", nargs=2, metavar=("BASE", "NOW"),
                        help="compare two results")
    arguments = parser.parse_args()
    if not arguments.share >= 0:
        parser.error("--share is 0 or more")
    if arguments.repetitions < 1 or arguments.jobs < 1:
        parser.error("--repetitions and --jobs are 1 or more")
    try:
        re.compile(arguments.only)
    except re.error as error:
        parser.error(f"--only is no regular expression: {error}")
    return arguments


def main():
    # So that the worktree goes, too, where the script is asked to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    arguments = parse_arguments()
    try:
        if arguments.compare:
            return report(*map(read_results, arguments.compare), arguments.share)
        return compare_builds(arguments)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
