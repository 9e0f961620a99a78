"""What is compared: each variant is one system with its settings."""
import dataclasses
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COMMON_JOB = [HERE / "models/common-job/common-job.yaml"]
SIX_STAGES = sorted((ROOT / "config/models").glob("*.yaml"))
DETECTORS = [*SIX_STAGES, HERE / "models/detectors/twenty-detectors.yaml"]

# What the peers do not do either: no timeline of steps beside the state, no signals, no steps that
# ratings refer to, one journey a customer, state published by the clock alone. Memory for state:
# a third of what the peers have.
WAYMARK_COMMON = {"timeline.enabled": "false", "measures.enabled": "false",
                  "signals.publish": "none", "rating.references": "false",
                  "journeys.closed_max": "1", "snapshot.on_stage_change": "false",
                  "cache.bytes_max": "1GiB", "commit.interval": "1s"}

JAVA_COMMON = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-XX:+UseParallelGC"]
KSTREAMS_JAVA = [*JAVA_COMMON, "-Xms4g", "-Xmx4g", "-Xmn1500m"]
FLINK_JAVA = [*JAVA_COMMON, "-Xms3g", "-Xmx3g", "-XX:MaxDirectMemorySize=1g"] + [
    f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in (
        "java.lang", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.text",
        "java.time", "java.util", "java.util.concurrent", "java.util.concurrent.atomic",
        "java.util.concurrent.locks", "sun.nio.ch")]


@dataclasses.dataclass(frozen=True)
class Variant:
    system: str  # waymark, kstreams, flink or ceiling
    settings: dict
    help: str
    check: str = "equal"  # of the output: equal, count or none
    models: tuple = ()  # files, of Waymark


def waymark(text, models=None, check="equal", **settings):
    dotted = {name.replace("__", "."): value for name, value in settings.items()}
    return Variant("waymark", dotted, text, check, tuple(models or COMMON_JOB))


def common(text, **settings):
    given = {name.replace(".", "__"): value for name, value in WAYMARK_COMMON.items()}
    return waymark(text, **{**given, **settings})


def peer(system, text, **settings):
    return Variant(system, settings, text)


def ceiling(text, check="none", **settings):
    return Variant("ceiling", settings, text, check)


VARIANTS = {
    "waymark": common("the common job; snapshots each 10 s"),
    "waymark-1s": common("the same, snapshots each 1 s: as often as the peers commit their state",
                         snapshot__interval="1s"),
    "waymark-100ms": common("the common job, commits each 100 ms", commit__interval="100ms"),
    "waymark-20ms": common("the common job, commits each 20 ms", commit__interval="20ms"),
    "waymark-timeline": waymark("the common job with timeline and signals",
                                commit__interval="1s"),
    "waymark-full": waymark("all defaults, models of config/models", SIX_STAGES, "count"),
    "waymark-detectors": common("models of config/models and 20 detectors", models=DETECTORS,
                                check="count"),
    "kstreams": peer("kstreams", "record cache 256 MB"),
    "kstreams-nocache": peer("kstreams", "no record cache", cache_mb=0),
    "kstreams-100ms": peer("kstreams", "commits each 100 ms, its default", commit_ms=100),
    "flink": peer("flink", "RocksDB, incremental checkpoints each 1 s"),
    "flink-heap": peer("flink", "state on the heap, full checkpoints each 1 s", store="hashmap"),
    "flink-200ms": peer("flink", "RocksDB, checkpoints each 200 ms", commit_ms=200),
    "consume": ceiling("librdkafka: consume", mode="consume", threads=1),
    "parse": ceiling("librdkafka: consume, parse", mode="parse", threads=1),
    "pass": ceiling("librdkafka: the bytes of Waymark's steps, transactions, one thread", "count",
                    mode="pass", threads=1),
    "pass-2t": ceiling("the same, two threads", "count", mode="pass", threads=2),
    "pass-states": ceiling("steps and snapshots, one thread", "count", mode="pass", threads=1,
                           states=1),
    "pass-states-2t": ceiling("the same, two threads", "count", mode="pass", threads=2, states=1),
}

# What each command runs unless --only says otherwise.
RUN = ["waymark", "waymark-1s", "waymark-100ms", "waymark-full", "waymark-detectors", "kstreams",
       "flink", "flink-heap", "consume", "parse", "pass", "pass-2t", "pass-states",
       "pass-states-2t"]
DISORDER = ["waymark-timeline", "kstreams", "flink", "flink-heap"]
GROWTH = ["waymark", "kstreams", "kstreams-nocache", "flink", "flink-heap"]
LATENCY = ["waymark", "waymark-100ms", "waymark-20ms", "kstreams", "kstreams-100ms", "flink",
           "flink-200ms"]
START_UP = ["waymark-100ms", "kstreams-100ms", "flink-200ms"]
SCALE = ["waymark"]
RESTORE = ["waymark", "kstreams", "flink"]
REFERENCE = "waymark"  # what the others are compared with
# Peers under paced load: short batches, so that they do not wait.
PACED = {"kstreams": {"linger_ms": 10}, "flink": {"linger_ms": 10, "buffer_ms": 5}}
