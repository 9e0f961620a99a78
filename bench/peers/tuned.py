#!/usr/bin/env python3
"""Builds build/tuned/waymark: release, optimized at link time and by a profile of itself at work.

An instrumented build takes the work of this benchmark over a real Kafka: the common job, the
defaults with the models of config/models, late arrivals, and a restore from the topics. Then it is
built anew with what was counted. About 25 minutes on 2 cores. Whether it pays:

  bench/peers/peers.py run --only waymark,kstreams --waymark build/tuned/waymark
"""
import argparse
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from bench import BUILD, ROOT, Bench, Failure  # noqa: E402
from peers import build, traffic_of  # noqa: E402
from restore import restore_one  # noqa: E402
from throughput import measure  # noqa: E402

TUNED = ROOT / "build/tuned"
PROFILE = TUNED / "profile"
SIZES = {"interactions": 600_000, "customers": 60_000, "shape": "zipf",
         "restore_customers": 100_000, "waymark": TUNED / "waymark", "directory": BUILD}
LATE = {"disorder": 0.02}


def compile_for(use):
    for command in (["cmake", "--preset", "tuned", f"-DWAYMARK_PROFILE={use}"],
                    ["cmake", "--build", "--preset", "tuned"]):
        print("==>", *command, flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            raise Failure("the build failed, see above")


def train():
    with Bench(argparse.Namespace(**SIZES)) as bench:
        for name, more in (("waymark", {}), ("waymark-1s", {}), ("waymark-timeline", LATE),
                           ("waymark-full", {})):
            measure(bench, name, 0, traffic_of(bench.arguments, **more), "training")
        restore_one(bench, "waymark", 0)
    if not list(PROFILE.glob("*.gcda")):
        raise Failure(f"no profile was written to {PROFILE}")


def main():
    argparse.ArgumentParser(description=__doc__,
                            formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    build()
    shutil.rmtree(PROFILE, ignore_errors=True)
    compile_for("generate")
    train()
    compile_for("use")
    print(f"built: {TUNED / 'waymark'}")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)
