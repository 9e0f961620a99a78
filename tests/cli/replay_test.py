"""waymark replay: nothing vanishes, the same input gives the same bytes, and its edges."""

import gzip
import json
import shutil
import signal
import subprocess

from cli import (OUTPUTS, ROOT, check, check_equal, check_fault, generate, harness, lines,
                 outcomes, replay, waymark)

MODELS = ("--models", ROOT / "config/models")


def outputs(folder):
    return {name: (folder / f"{name}.jsonl").read_bytes() for name in OUTPUTS}


def check_sums(summary, truth):
    steps, duplicates, reasons = outcomes(truth)
    check_equal(summary["steps"], steps, "steps")
    check_equal(summary["duplicates"], duplicates, "duplicates")
    check_equal(summary["dead_letters"], reasons, "dead letters by reason")
    check_equal(summary["inputs"], steps + duplicates + sum(reasons.values()), "inputs")


def test_every_record_is_accounted_for(context):
    events = generate(context, profiles=200, interactions=20_000,
                      extra=["--bad", 0.02, "--duplicates", 0.04, "--late", 0.1])
    summary = replay([events], context.path("out"))
    check_sums(summary, f"{events}.truth.jsonl")
    check(len(summary["dead_letters"]) >= 6, f"many reasons: {summary['dead_letters']}")
    check_equal(len(lines(context.path("out/steps.jsonl"))), summary["steps"], "lines of steps")
    letters = lines(context.path("out/dead-letters.jsonl"))
    check_equal(len(letters), sum(summary["dead_letters"].values()), "lines of dead letters")
    wrong = {(t["record"] + 1, t["reason"]) for t in lines(f"{events}.truth.jsonl")
             if t["outcome"] == "dead_letter"}
    check_equal({(letter["offset"], letter["reason"]) for letter in letters}, wrong,
                "each dead letter names its line and reason")


def test_workers_do_not_show(context):
    events = generate(context, profiles=150, interactions=15_000, extra=["--bad", 0.01])
    reference = None
    for workers in (1, 2, 5):
        folder = context.path(f"out{workers}")
        replay([events], folder, "--workers", workers)
        reference = reference or outputs(folder)
        check(outputs(folder) == reference, f"the same bytes with {workers} workers")


def test_a_second_run_gives_the_same(context):
    events = generate(context)
    folder = context.path("out")
    replay([events], folder)
    first = outputs(folder)
    replay([events], folder)
    check(outputs(folder) == first, "the same bytes")
    check_equal(sorted(file.name for file in folder.iterdir()),
                sorted(f"{name}.jsonl" for name in OUTPUTS), "files")


def test_packed_inputs_and_outputs(context):
    replay([generate(context, "p.jsonl", extra=["--bad", 0])], context.path("plain"))
    reference = outputs(context.path("plain"))
    for kind in ("gz", "zst"):
        events = generate(context, f"p.jsonl.{kind}", extra=["--bad", 0])
        replay([events], context.path(kind))
        check(outputs(context.path(kind)) == reference, f"the same from .{kind}")
        replay([events], context.path(f"{kind}-out"), "--compress", kind)
        packed = context.path(f"{kind}-out") / f"steps.jsonl.{kind}"
        if kind == "gz":
            check(gzip.decompress(packed.read_bytes()) == reference["steps"], "gz output")
        elif shutil.which("zstd"):
            unpacked = subprocess.run(["zstd", "-dcq", packed], capture_output=True, check=True)
            check(unpacked.stdout == reference["steps"], "zst output")


def test_a_protobuf_file_gives_the_same(context):
    replay([generate(context, "p.jsonl", extra=["--bad", 0])], context.path("json"))
    events = generate(context, "p.pb", extra=["--format", "protobuf"])
    replay([events], context.path("protobuf"))
    check(outputs(context.path("json")) == outputs(context.path("protobuf")), "the same outputs")


def test_until_leaves_out_what_comes_later(context):
    events = generate(context, extra=["--bad", 0, "--duplicates", 0])
    times = sorted(line["time"] for line in lines(events))
    until = times[len(times) // 2]
    summary = replay([events], context.path("out"), "--until", until)
    kept = sum(1 for time in times if time <= until)
    check_equal((summary["steps"], summary["left_out"]), (kept, len(times) - kept), "counts")
    check(max(step["interaction"]["time"] for step in lines(context.path("out/steps.jsonl")))
          <= until, "nothing later")


def test_a_stated_now_refuses_the_future(context):
    events = generate(context, extra=["--bad", 0, "--duplicates", 0, "--late", 0])
    times = sorted(line["time"] for line in lines(events))
    now = times[-1] - 86_400_000
    summary = replay([events], context.path("out"), "--now", now)
    ahead = sum(1 for time in times if time > now + 600_000)
    check(ahead > 0, "some lie in the future")
    check_equal(summary["dead_letters"], {"time_in_future": ahead}, "refused")


def silent_and_returning():
    """Ann is seen once; Bob too, and again six years later."""
    day = 86_400_000
    start = 1_420_070_400_000  # 2015
    event = {"channel": "web", "touchpoint": "home-page", "action": "read"}
    return "".join(json.dumps({**event, "id": f"e{n}", "key": key,
                               "time": start + days * day}) + "\n"
                   for n, (key, days) in enumerate([("ann", 0), ("bob", 1), ("bob", 2200)]))


def test_who_is_forgotten_is_in_the_steps_and_in_all_revisions_alone(context):
    events = context.path("events.jsonl")
    events.write_text(silent_and_returning())
    for kind, option, known in (("canonical", [], ["bob"]),
                                ("all", ["--revisions", "all"], ["ann", "bob"]),
                                ("kept", ["--set", "profile.retention=5000d"], ["ann", "bob"])):
        out = context.path(kind)
        summary = replay([events], out, *option)
        check_equal(summary["steps"], 3, f"{kind}: steps")
        journeys = lines(out / "journeys.jsonl")
        check_equal(sorted({j["profile"]["id"] for j in journeys}), known, f"{kind}: journeys")
    last = lines(context.path("canonical/journeys.jsonl"))[0]["profile"]
    check_equal(last["first_seen"], last["last_seen"], "who comes back after it begins anew")
    # Kept, bob's second visit belongs to what he began with.
    for other, journeys, steps in (("canonical", 0, 0), ("kept", 1, 1), ("all", 1, 0)):
        found = json.loads(waymark("diff", context.path("canonical"), context.path(other),
                                   "--json", expect=min(journeys, 1)).stdout)
        compared = found["steps"]["rows_b"], found["steps"]["different"]
        check_equal(compared, (3, steps), other)
        check_equal(found["journeys"]["rows_b"] - found["journeys"]["rows_a"], journeys, other)


def test_strict_turns_dead_letters_into_an_exit_code(context):
    events = generate(context, extra=["--bad", 0.02])
    arguments = ("replay", "--input", events, "--output", context.path("out"), *MODELS)
    waymark(*arguments)
    waymark(*arguments, "--strict", expect=1)
    clean = generate(context, "clean.jsonl", extra=["--bad", 0])
    waymark("replay", "--input", clean, "--output", context.path("o2"), *MODELS, "--strict")


def test_empty_inputs(context):
    empty = context.path("empty.jsonl")
    empty.touch()
    summary = replay([empty], context.path("out"))
    check_equal((summary["inputs"], summary["steps"], summary["dead_letters"]), (0, 0, {}), "sums")
    check_equal(set(outputs(context.path("out")).values()), {b""}, "empty files")
    blank = context.path("blank.jsonl")
    blank.write_text("\n\r\n\n")
    check_equal(replay([blank], context.path("out2"))["inputs"], 0, "blank lines are no records")


def test_a_last_line_without_its_end_counts(context):
    path = context.path("e.jsonl")
    line = json.dumps({"key": "a", "time": 1_700_000_000_000, "channel": "web", "action": "view"})
    path.write_text(line + "\n" + line)
    summary = replay([path], context.path("out"))
    check_equal((summary["steps"], summary["ids_derived"]), (2, 2), "steps")
    ids = sorted(step["interaction"]["id"] for step in lines(context.path("out/steps.jsonl")))
    check_equal(ids, ["e.jsonl:0000000001", "e.jsonl:0000000002"], "derived ids")


def test_what_cannot_be_read_is_told(context):
    events = generate(context)
    out = context.path("out")
    check_fault(waymark("replay", "--input", context.path("no.jsonl"), "--output", out, *MODELS,
                        expect=2), "no.jsonl", "no such file")
    odd = context.path("events.dat")
    shutil.copy(events, odd)
    check_fault(waymark("replay", "--input", odd, "--output", out, *MODELS, expect=2),
                "events.dat", "--format")
    check_fault(waymark("replay", "--input", events, "--output", out, *MODELS, "--format", "xml",
                        expect=2), "--format", "xml")
    check_fault(waymark("replay", "--input", events, "--output", out, *MODELS, "--format",
                        "protobuf", expect=2), "protobuf", "--format")
    check_fault(waymark("replay", "--input", context.directory, "--output", out, *MODELS,
                        "--format", "jsonl", expect=2), context.directory.name)
    check(not any((out / f"{name}.jsonl").exists() for name in OUTPUTS), "no output files")


def test_a_packed_file_cut_short_is_told(context):
    for kind in ("gz", "zst"):
        events = generate(context, f"e.jsonl.{kind}")
        events.write_bytes(events.read_bytes()[:-2000])
        done = waymark("replay", "--input", events, "--output", context.path("out"), *MODELS,
                       expect=2)
        check_fault(done, f"e.jsonl.{kind}")
        check(not context.path("out/steps.jsonl").exists(), "no output files")


def test_two_inputs_of_one_name_are_refused(context):
    events = generate(context)
    context.path("other").mkdir()
    shutil.copy(events, context.path("other/events.jsonl"))
    done = waymark("replay", "--input", events, context.path("other/events.jsonl"), "--output",
                   context.path("out"), *MODELS, expect=2)
    check_fault(done, "events.jsonl", "hint")


def test_an_output_that_cannot_be_written_is_told(context):
    events = generate(context)
    context.path("file").touch()
    done = waymark("replay", "--input", events, "--output", context.path("file/out"), *MODELS,
                   expect=2)
    check_fault(done, "file/out", "hint", "--output")


def test_bad_models_and_settings_stop_it_before_it_starts(context):
    events = generate(context)
    out = context.path("out")
    check_fault(waymark("replay", "--input", events, "--output", out, "--set", "session.gap=x",
                        expect=2), "session.gap")
    bad = context.path("bad.yaml")
    bad.write_text("family: f\nmodel: m\n")
    check_fault(waymark("replay", "--input", events, "--output", out, "--models", bad, expect=2),
                "bad.yaml:")
    check(not out.exists(), "nothing was begun")


def test_an_interruption_leaves_no_output(context):
    events = generate(context, profiles=5000, interactions=300_000, extra=["--no-truth"])
    for number in (signal.SIGINT, signal.SIGTERM):
        out = context.path(f"out{int(number)}")
        process = context.process(f"r{int(number)}", [harness.WAYMARK, "replay", "--input", events,
                                                      "--output", out, *MODELS])
        harness.wait_until(lambda: (out / "steps.jsonl.partial").exists(), 20, "it writes")
        process.send(number)
        check_equal(process.wait(30), 130, "exit code")
        check_equal(list(out.iterdir()), [], "files")
        check("interrupted" in process.output(), process.output())


if __name__ == "__main__":
    harness.main()
