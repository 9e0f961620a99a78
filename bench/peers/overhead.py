#!/usr/bin/env python3
"""What metrics cost: their share of the processor time of the common job, by perf.

    overhead.py [--interactions N]

Runs `peers.py run --only waymark` with the program under `perf record`, scrapes it each second, and
adds up the samples that lie in the code of metrics: what tasks count, what is open, what the client
library reports, the registry, the exposition over HTTP. It needs perf and what peers.py needs.
"""

import argparse
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import threading
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parent
WAYMARK = FOLDER.parents[1] / "build/release/waymark"
PORT = 18_080
OURS = re.compile(r"metrics::|OpenJourneys|SignalCounts|prometheus::|Exemplar|serve::|WorkerProbe"
                  r"|Meter")
WRAPPER = """#!/bin/bash
[ "$1" = run ] || exec {waymark} "$@"
args=()
for a in "$@"; do args+=("${{a/http.port=0/http.port={port}}}"); done
exec perf record -F 499 -g -o {folder}/perf.$$.data -- {waymark} "${{args[@]}}"
"""


def scrape(ended, sizes):
    while not ended.wait(1):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics", timeout=2) as answer:
                sizes.append(len(answer.read()))
        except OSError:
            pass  # between two processes


def share(data):
    """Percent of the samples that lie in what is counted here."""
    report = subprocess.run(["perf", "report", "-i", data, "--no-children", "-g", "none", "--sort",
                             "symbol"], capture_output=True, text=True, check=True).stdout
    lines = [line for line in report.splitlines() if line.strip() and not line.startswith("#")]
    return sum(float(line.split("%")[0]) for line in lines if OURS.search(line))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interactions", type=int, default=4_000_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="waymark-overhead-") as folder:
        wrapper = pathlib.Path(folder) / "waymark"
        wrapper.write_text(WRAPPER.format(waymark=WAYMARK, port=PORT, folder=folder))
        wrapper.chmod(wrapper.stat().st_mode | stat.S_IEXEC)
        ended, sizes = threading.Event(), []
        thread = threading.Thread(target=scrape, args=(ended, sizes))
        thread.start()
        try:
            subprocess.run([FOLDER / "peers.py", "run", "--only", "waymark", "--runs", "1",
                            "--interactions", str(wanted.interactions), "--waymark", wrapper],
                           check=True)
        finally:
            ended.set()
            thread.join()
        newest = max(pathlib.Path(folder).glob("perf.*.data"), key=os.path.getmtime)
        print(f"metrics: {share(newest):.2f} % of the samples, scraped {len(sizes)} times, "
              f"{max(sizes, default=0):,} bytes at most")


if __name__ == "__main__":
    sys.exit(main())
