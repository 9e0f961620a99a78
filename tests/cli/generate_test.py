"""waymark generate: the same seed gives the same bytes, the counts are what was asked for."""

import gzip
import signal

from cli import (check, check_equal, check_fault, generate, harness, lines, outcomes, waymark,
                 waymark_json)


def test_the_same_seed_gives_the_same_bytes(context):
    first = generate(context, "a.jsonl", seed=11)
    second = generate(context, "b.jsonl", seed=11)
    other = generate(context, "c.jsonl", seed=12)
    check(first.read_bytes() == second.read_bytes(), "equal seeds, equal traffic")
    check(first.read_bytes() != other.read_bytes(), "other seed, other traffic")
    truths = [context.path(f"{name}.jsonl.truth.jsonl").read_bytes() for name in "ab"]
    check(truths[0] == truths[1], "equal truth")


def test_counts_are_as_asked_for(context):
    path = context.path("e.jsonl")
    counts = waymark_json("generate", "--profiles", 100, "--interactions", 4000, "--seed", 3,
                          "--duplicates", 0.05, "--bad", 0.02, "--late", 0.1, "--noise", 0.3,
                          "--output", path, "--json")
    check_equal(counts["interactions"], 4000, "interactions")
    check(150 < counts["duplicates"] < 250, f"duplicates about 200: {counts}")
    check(50 < counts["bad"] < 120, f"bad about 80: {counts}")
    check(300 < counts["late"] < 500, f"late about 400: {counts}")
    check(900 < counts["noise"] < 1400, f"noise about 1200: {counts}")
    check_equal(counts["items"], 4000 + counts["duplicates"] + counts["bad"], "items")
    with open(path, "rb") as data:
        check_equal(sum(1 for _ in data), counts["items"], "lines")
    steps, duplicates, reasons = outcomes(f"{path}.truth.jsonl")
    check_equal((steps, duplicates, sum(reasons.values())),
                (4000, counts["duplicates"], counts["bad"]), "truth")


def test_start_and_span_bound_the_times(context):
    path = generate(context, extra=["--start", "2020-02-01T00:00:00Z", "--span", "30d", "--bad",
                                    0, "--late", 0])
    times = [line["time"] for line in lines(path)]
    start = 1_580_515_200_000
    check(min(times) >= start, "nothing before the start")
    check(sorted(times)[len(times) // 2] < start + 31 * 86_400_000, "most within the span")


def test_packed_files_hold_the_same(context):
    plain = generate(context, "p.jsonl").read_bytes()
    packed = generate(context, "p.jsonl.gz")
    check(gzip.decompress(packed.read_bytes()) == plain, "gz holds the same lines")
    check_equal(generate(context, "p.jsonl.zst").read_bytes()[:4], b"\x28\xb5\x2f\xfd", "zstd")


def test_standard_output_is_the_traffic_alone(context):
    path = generate(context, profiles=5, interactions=100, extra=["--bad", 0])
    done = waymark("generate", "--profiles", 5, "--interactions", 100, "--seed", 5, "--bad", 0,
                   "--output", "-")
    check(done.stdout == path.read_text(), "the same as in a file")
    check("interactions" in done.stderr, "the counts stand on standard error")
    check(not context.path("-.truth.jsonl").exists(), "no truth beside standard output")


def test_truth_goes_where_it_is_told(context):
    generate(context, "x.jsonl", extra=["--truth", context.path("t.jsonl")])
    check(context.path("t.jsonl").exists(), "named truth file")
    check(not context.path("x.jsonl.truth.jsonl").exists(), "no other truth file")
    generate(context, "y.jsonl", extra=["--no-truth"])
    check(not context.path("y.jsonl.truth.jsonl").exists(), "no truth file")


def test_wrong_usage_is_refused(context):
    out = context.path("o.jsonl")
    check_fault(waymark("generate", expect=2), "no place to write to", "hint", "--output")
    check_fault(waymark("generate", "--output", out, "--topic", "t", expect=2), "both")
    check_fault(waymark("generate", "--output", out, "--late", 2, expect=2), "late_share", "0.9")
    check_fault(waymark("generate", "--output", out, "--profiles", 0, expect=2), "profiles")
    check_fault(waymark("generate", "--output", out, "--start", "soon", expect=2), "--start")
    check_fault(waymark("generate", "--output", out, "--span", "1x", expect=2), "--span")
    check_fault(waymark("generate", "--output", out, "--format", "protobuf", "--bad", 0.1,
                        expect=2), "bad records")
    check_fault(waymark("generate", "--output", context.path("no/such/o.jsonl"), expect=2),
                "no/such/o.jsonl")
    check(not list(context.directory.iterdir()), "nothing was left behind")


def test_an_interruption_leaves_no_file(context):
    process = context.process("g", [harness.WAYMARK, "generate", "--rate", 20, "--output",
                                    context.path("slow.jsonl")])
    harness.wait_until(lambda: context.path("slow.jsonl.partial").exists(), 10, "it writes")
    process.send(signal.SIGINT)
    check_equal(process.wait(10), 130, "exit code")
    check_equal([file.name for file in context.directory.iterdir()], ["g.log"], "files")


if __name__ == "__main__":
    harness.main()
