"""From sending to seeing, at a paced rate: `latency`."""
import time

from bench import Failure, Run
from machine import cpu_seconds, machine_seconds
from variants import PACED, VARIANTS

UP_SECONDS = 8  # until the load begins
TAIL_SECONDS = 3  # of load behind what is measured, as the tool has it
STOP_SECONDS = 60
CUSTOMERS = 200_000


def measure(bench, name, round_number, seconds):
    rate = bench.arguments.rate
    source = f"live-{bench.number}"
    bench.tool("create", topics=source)
    bench.inputs[source] = {"interactions": 0}
    with Run(bench, name, source, PACED.get(VARIANTS[name].system)) as run:
        process = run.start(drain=False)
        time.sleep(UP_SECONDS)
        began, busy = time.time(), machine_seconds()
        cpu, broker = cpu_seconds(process.pid), cpu_seconds(bench.broker_pid)
        told = bench.ask("probe", **{"in": source}, out=run.steps, rate=rate, warm=seconds,
                         seconds=seconds, customers=CUSTOMERS)
        passed = time.time() - began
        if process.popen.poll() is not None:
            raise Failure(f"{name} ended under paced load:\n{process.tail()}")
        cpu, broker = cpu_seconds(process.pid) - cpu, cpu_seconds(bench.broker_pid) - broker
        others = machine_seconds() - busy - cpu - broker
        process.stop(STOP_SECONDS)
    bench.empty(source)
    committed, uncommitted = told["committed"], told["uncommitted"]
    if committed["seen"] < told["sent"]:
        raise Failure(f"{name}: of {told['sent']} sent only {committed['seen']} were seen")
    result = {"kind": "latency", "variant": name, "round": round_number,
              "traffic": {"rate": rate, "customers": CUSTOMERS, "seconds": seconds},
              "p50": committed["p50"], "p99": committed["p99"], "p999": committed["p999"],
              "max": committed["max"], "u50": uncommitted["p50"], "u99": uncommitted["p99"],
              "u999": uncommitted["p999"], "cores": cpu / passed, "broker_cores": broker / passed,
              "other_cores": others / passed}
    bench.keep(result)
    print({key: value for key, value in result.items() if key not in ("kind", "traffic")},
          flush=True)


def latency(bench, names):
    for round_number in range(bench.arguments.latency_runs):
        for name in names:
            measure(bench, name, round_number, bench.arguments.seconds)
