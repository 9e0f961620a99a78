"""Whole inputs, as fast as they go: `run` and `growth`."""
import time

from bench import Failure, Run
from machine import cpu_seconds
from variants import VARIANTS

RUN_SECONDS_MAX = 1800
SETTLE_SECONDS = 2
SAMPLE_FROM = "waymark"
WARM_UP = -1  # the round of what is not reported


def verify(run, told, expected):
    """Ends the benchmark where an output is not what it must be."""
    passed_through = run.variant.system == "ceiling"
    good = told["count"] == expected["interactions" if passed_through else "count"]
    if run.variant.check == "equal" and not run.unordered:
        good = good and told["checksum"] == expected["checksum"]
    if not good:
        raise Failure(f"the output of {run.variant_name} is wrong: {told}, expected {expected}\n"
                      "hint: peers_tool expect and check with rows= write what can be compared")


def read_output(run, expected):
    """What lies in the steps topic; of Waymark, which may revise, the newest of each step."""
    options = {}
    if run.variant.system == "waymark":
        options["order"] = "time"
    elif run.variant.check == "count":
        options["count"] = "only"
    told = run.bench.ask("check", topic=run.steps, **options)
    verify(run, told, expected)
    return told


def rates(process, told):
    """From the broker's times of append: of all, and of the second half."""
    count, half = told["records"], told["records"] - told["half_count"]
    begin, middle, end = (told[name] / 1000 for name in ("first_ms", "half_ms", "last_ms"))
    out = {"rate": count / max(0.001, end - begin), "bytes_out": told["bytes_mean"]}
    if half > 0 and end > middle:
        steady = process.cpu_at(end) - process.cpu_at(middle)
        out |= {"rate_steady": half / (end - middle), "cpu_steady": steady / half * 1e6}
    return out


def measure(bench, name, round_number, traffic, kind):
    source, expected = bench.fill(**traffic)
    with Run(bench, name, source) as run:
        # Peers fold what comes late as it comes.
        run.unordered = traffic.get("disorder", 0) > 0 and run.variant.system != "waymark"
        time.sleep(SETTLE_SECONDS)
        broker = cpu_seconds(bench.broker_pid)
        process = run.start()
        if process.wait(RUN_SECONDS_MAX) != 0:
            raise Failure(f"{name} ended with {process.status}:\n{process.tail()}")
        millions = expected["interactions"] / 1e6
        broker_cpu = cpu_seconds(bench.broker_pid) - broker
        wall = process.ended - process.started
        result = {
            "kind": kind, "variant": name, "round": round_number, "traffic": traffic,
            "rate_wall": expected["interactions"] / wall, "cpu": process.cpu / millions,
            "broker_cpu": broker_cpu / millions, "memory_mb": process.memory_mb,
            "other_cpu_s": process.busy - process.cpu - broker_cpu,
            "state_mb": process.folder_bytes_max / 1e6,
            "topics_bytes": bench.topic_bytes(run.name) / expected["interactions"]}
        if run.variant.check == "none":
            result["rate"] = result["rate_wall"]
        else:
            result |= rates(process, read_output(run, expected))
        if name == SAMPLE_FROM or (bench.sampled is None and run.variant.system == "waymark"):
            take_sample(bench, run)
    if kind != "warm-up":
        bench.keep(result)
    shown = {key: f"{result[key]:,.1f}" for key in ("rate", "rate_steady", "cpu", "cpu_steady",
                                                    "memory_mb", "other_cpu_s") if key in result}
    print(f"{kind} {round_number} {name:18}", *(f"{k} {v}" for k, v in shown.items()), flush=True)
    return result


def take_sample(bench, run):
    """Real records for the ceilings, of this run."""
    tails, states = bench.folder / "tails", bench.folder / "states"
    told = bench.ask("sample", topic=run.steps, state_topic=run.states, file=tails,
                     state_file=states)
    bench.sampled = {"tails": tails, "states": states,
                     "share": told["snapshots"] / max(1, told["steps"])}
    print(f"sample for the ceilings: {told}", flush=True)


def sample_first(bench, names):
    """The ceilings need real records before the first of them runs."""
    passing = any(VARIANTS[name].settings.get("mode") == "pass" for name in names)
    if passing and bench.sampled is None and VARIANTS[names[0]].system != "waymark":
        raise Failure("the pass ceilings take the bytes of a run of Waymark\n"
                      f"hint: name it first, as in --only {SAMPLE_FROM},pass")


def warm_up(bench, name, traffic):
    """Once: a broker just started spends as much on compiling itself as on the records."""
    if not bench.is_warm:
        measure(bench, name, WARM_UP, traffic, "warm-up")
        bench.is_warm = True


def interleave(bench, names, traffic, kind):
    """A B C A B C, so that slow spells of the machine hit all alike."""
    sample_first(bench, names)
    warm_up(bench, names[0], traffic)
    for round_number in range(bench.arguments.runs):
        for name in names:
            measure(bench, name, round_number, traffic, kind)
