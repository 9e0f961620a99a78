#!/usr/bin/env python3
"""Waymark beside Kafka Streams, Flink and the bare client library: one job, one machine, one table.

  build     the C++ tools and Waymark (preset release), the Java peers (Maven), Kafka's jars
  run       the common job over one input, as fast as it goes; then the same with 2 % disorder
  latency   from sending to seeing at a paced rate, for readers of committed and of all records
  growth    the same job while customers grow from 20,000 to 2,000,000 and more
  restore   until a process whose disk was lost has caught up
  start-up  until the first committed output
  report    the table of what was measured; of files given, or of the newest
  all       build, then all of it, then the report

Each starts a broker of its own and ends it, however it is left. Every output is read back and must
be what an independent fold of the input says. Results: DIRECTORY/results/*.jsonl.
"""
import argparse
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import bench as ground  # noqa: E402
from bench import BUILD, KAFKA, ROOT, Bench, Failure, check_variants  # noqa: E402
from report import report  # noqa: E402
from throughput import interleave  # noqa: E402
from variants import DISORDER, GROWTH, LATENCY, RESTORE, RUN, START_UP, VARIANTS  # noqa: E402

MAIN_SEED = 1
QUICK = {"runs": 1, "interactions": 400_000, "customers": 50_000, "restore_customers": 50_000,
         "seconds": 8, "growth_customers": [20_000, 200_000]}


def build(_):
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


def chosen(arguments, names):
    return [name for name in arguments.only or names if arguments.only or name in names]


def run(bench):
    a = bench.arguments
    traffic = {"interactions": a.interactions, "customers": a.customers, "shape": a.shape,
               "seed": MAIN_SEED}
    if a.disorder != "only":
        interleave(bench, chosen(a, RUN), traffic, "run")
    if a.disorder != "no":
        late = {**traffic, "disorder": 0.02}
        interleave(bench, [name for name in chosen(a, DISORDER) if name in DISORDER], late,
                   "disorder")


COMMANDS = {"run": (run, [*RUN, *DISORDER])}


def names_of(arguments):
    _, names = COMMANDS[arguments.command]
    return list(dict.fromkeys(chosen(arguments, names)))


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
    add("--disorder", default="no", choices=["no", "also", "only"],
        help="run: 2 %% of the interactions up to a minute late (default no)")
    parser.add_argument("--directory", default=BUILD, help="for all that is written "
                        "(default build/peers)")
    arguments = parser.parse_args()
    if arguments.quick:
        for name, value in QUICK.items():
            if getattr(arguments, name, None) == parser.get_default(name):
                setattr(arguments, name, value)
    for name in arguments.only or []:
        if name not in VARIANTS:
            parser.error(f"unknown variant '{name}': take of {', '.join(VARIANTS)}")
    return arguments


def measure(arguments):
    with Bench(arguments) as bench:
        check_variants(bench, names_of(arguments))
        COMMANDS[arguments.command][0](bench)
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
            build(arguments)
        elif arguments.command == "report":
            report(arguments.files or newest(arguments.directory))
        else:
            measure(arguments)
    except Failure as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)


main()
