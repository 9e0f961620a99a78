#!/usr/bin/env python3
"""Waymark beside Kafka Streams, Flink and the bare client library: one job, one machine, one table.

  build     the C++ tools and Waymark (preset release), the Java peers (Maven), Kafka's jars
  run       the common job over one input, as fast as it goes
  latency   from sending to seeing at a paced rate, for readers of committed and of all records
  growth    the same job while customers grow from 20,000 to 2,000,000 and more
  restore   until a process whose disk was lost has caught up
  start-up  until the first committed output
  scale     one, two and four processes of one group, a worker each
  report    the table of what was measured; of files given, or of the newest
  all       build, then all of it, then the report

Each starts a broker of its own and ends it, however it is left. Every output is read back and must
be what an independent fold of the input says. Results: DIRECTORY/results/*.jsonl.
"""
import argparse
import pathlib
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from bench import BUILD, KAFKA, ROOT, WAYMARK, Bench, Failure, check_variants  # noqa: E402
from latency import latency  # noqa: E402
from report import report  # noqa: E402
from restore import restore, start_up  # noqa: E402
from scale import scale  # noqa: E402
from throughput import interleave  # noqa: E402
from variants import (DISORDER, GROWTH, LATENCY, RESTORE, RUN, SCALE, START_UP,  # noqa: E402
                      VARIANTS)

SEED = 1
DISORDER_SHARE = 0.02
PEERS_CUSTOMERS_MAX = 2_000_000  # of growth, beyond which Waymark is alone
COLD = {"shape": "rounds", "customers": 2_000_000}
QUICK = {"runs": 1, "interactions": 400_000, "customers": 50_000, "restore_customers": 50_000,
         "restore_runs": 1, "latency_runs": 1, "seconds": 6,
         "growth_customers": [20_000, 200_000]}


def build():
    for program, package in (("javac", "default-jdk-headless"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise Failure(f"no {program} found\nhint: apt-get install {package}")
    commands = [["cmake", "--preset", "release"],
                ["cmake", "--build", "build/release", "--target", "waymark", "peers_tool",
                 "peers_ceilings"],
                ["mvn", "-B", "-q", "-f", "bench/peers/java/pom.xml", f"-Dpeers.build={BUILD}",
                 "package"],
                [KAFKA, "fetch"]]
    for command in commands:
        print("==>", *command, flush=True)
        if subprocess.run(list(map(str, command)), cwd=ROOT, check=False).returncode != 0:
            raise Failure("the build failed, see above")


def traffic_of(a, **more):
    return {"interactions": a.interactions, "customers": a.customers, "shape": a.shape,
            "seed": SEED, **more}


def run(bench, names):
    a = bench.arguments
    if a.disorder != "only":
        interleave(bench, names, traffic_of(a), "run")
    if a.disorder != "no":
        late = [name for name in (a.only or DISORDER) if name in DISORDER]
        interleave(bench, late, traffic_of(a, disorder=DISORDER_SHARE), "disorder")


def growth(bench, names):
    a = bench.arguments
    kinds = [{"shape": shape, "customers": customers, "interactions": a.interactions}
             for shape in ("bursts", "uniform") for customers in a.growth_customers]
    if COLD["customers"] in a.growth_customers:
        kinds.append({**COLD, "interactions": 2 * COLD["customers"]})
    for kind in kinds:
        few = kind["customers"] <= PEERS_CUSTOMERS_MAX
        if not few:
            kind["interactions"] = 2 * kind["customers"]
        able = [name for name in names if few or VARIANTS[name].system == "waymark"]
        interleave(bench, able, traffic_of(a, **kind), "growth")
        bench.empty_all()


def scale_up(bench, names):
    scale(bench, names, traffic_of(bench.arguments))


COMMANDS = {"run": (run, RUN), "latency": (latency, LATENCY), "growth": (growth, GROWTH),
            "restore": (restore, RESTORE), "start-up": (start_up, START_UP),
            "scale": (scale_up, SCALE)}


def wanted(arguments):
    """The commands to be done, and the variants of each."""
    commands = COMMANDS if arguments.command == "all" else [arguments.command]
    out = {}
    for command in commands:
        names = COMMANDS[command][1]
        if arguments.only:
            names = arguments.only if arguments.command != "all" else [
                name for name in names if name in arguments.only]
        out[command] = names
    return out


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["build", *COMMANDS, "report", "all"])
    parser.add_argument("files", nargs="*", help="report: results to read")
    add = parser.add_argument_group("sizes").add_argument
    add("--quick", action="store_true", help="small sizes, one run: does it all work?")
    add("--runs", type=int, default=5, help="of each variant, in turn (default 5)")
    add("--only", type=lambda text: text.split(","), help="variants: " + ", ".join(VARIANTS))
    add("--interactions", type=int, default=4_000_000)
    add("--customers", type=int, default=200_000)
    add("--shape", default="zipf", choices=["zipf", "uniform", "bursts", "rounds"],
        help="of the traffic of `run` (default zipf)")
    add("--growth-customers", type=lambda text: [int(part) for part in text.split(",")],
        default=[20_000, 200_000, 2_000_000],
        help="growth: beyond 2,000,000 Waymark is alone, two interactions each "
        "(default 20000,200000,2000000)")
    add("--rate", type=int, default=20_000, help="latency: interactions a second (default 20000)")
    add("--seconds", type=int, default=20, help="latency: to warm up, and to measure (default 20)")
    add("--latency-runs", type=int, default=3, help="default 3")
    add("--restore-customers", type=int, default=1_000_000, help="default 1000000")
    add("--restore-runs", type=int, default=3, help="default 3")
    add("--disorder", choices=["no", "also", "only"],
        help="run: 2 %% of the interactions up to a minute late (default no; of all: also)")
    parser.add_argument("--waymark", default=WAYMARK, help="the program that is measured (default "
                        "build/release/waymark; see tuned.py)")
    parser.add_argument("--directory", default=BUILD, help="for all that is written "
                        "(default build/peers)")
    arguments = parser.parse_args()
    arguments.disorder = arguments.disorder or ("also" if arguments.command == "all" else "no")
    if arguments.quick:
        for name, value in QUICK.items():
            if getattr(arguments, name, None) == parser.get_default(name):
                setattr(arguments, name, value)
    for name in arguments.only or []:
        if name not in VARIANTS:
            parser.error(f"unknown variant '{name}': take of {', '.join(VARIANTS)}")
    return arguments


def measure(arguments):
    commands = wanted(arguments)
    names = [name for chosen in commands.values() for name in chosen]
    if arguments.command in ("run", "all") and arguments.disorder != "no":
        names += [name for name in DISORDER if name in (arguments.only or DISORDER)]
    with Bench(arguments) as bench:
        check_variants(bench, dict.fromkeys(names))
        for command, chosen in commands.items():
            COMMANDS[command][0](bench, chosen)
            bench.empty_all()
    report([bench.results])
    print(f"\nresults: {bench.results}")


def newest(directory):
    found = sorted((pathlib.Path(directory) / "results").glob("*.jsonl"))
    if not found:
        raise Failure(f"no results in {directory}\nhint: bench/peers/peers.py run")
    return found[-1:]


def main():
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if arguments.command == "build":
            build()
        elif arguments.command == "report":
            report(arguments.files or newest(arguments.directory))
        else:
            if arguments.command == "all":
                build()
            measure(arguments)
    except Failure as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
