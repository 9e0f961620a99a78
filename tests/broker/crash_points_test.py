"""waymark run killed at each of its crash points; a broker stands still at one, a worker hangs.

The program waymark_crashing is waymark, but for the points that src/base/crash_point.h speaks of:
there it dies by SIGKILL, stops the broker or hangs. The points are those of tests/simulation, here
beside the real I/O of librdkafka and RocksDB. The oracle is `waymark replay` of the same input.
"""

import os
import pathlib
import re
import shutil
import signal

import harness
from cluster import EXIT_KAFKA, Feeder, journeys_of, open_transactions
from deployment import Service, consumed, generate, replay, split
from harness import check, check_equal

BUILT = harness.ROOT / "build/release/tests/broker/crashing/waymark_crashing"
PROGRAM = pathlib.Path(os.environ.get("WAYMARK_CRASHING_BINARY", BUILT))

# With the pass at which it dies. Where nothing is committed yet a start looks into the topics.
AT_START = ("reader.next:3", "reader.open:2", "producer.init:2", "consumer.committed:3")
IN_FLOW = ("consumer.poll:20", "producer.begin:2", "producer.send:40", "producer.flush:2",
           "producer.send_offsets:2", "producer.commit:2", "producer.committed:2", "store.get:60",
           "store.ingest:3", "store.ingested:3", "store.write:5", "store.written:5",
           "store.flush:2", "store.flushed:2")
WITHOUT_STATE = ("reader.next:4", "store.ingested:2")
AFTER_HALF_A_LOAD = ("store.erase",)
IN_ABORT = ("producer.abort", "producer.aborted")


def start(service, log, orders, **changed):
    """`orders`: {"CRASH_AT": "producer.commit:2"} and the like."""
    if not PROGRAM.exists():
        service.context.skip(f"not built: {PROGRAM}")
    process = service.context.process(log, [PROGRAM, "run", *service.options(**changed)],
                                      env=orders)
    process.port = service.port
    return process


def wait_for_words(process, words, timeout):
    """`words`: a regular expression."""
    try:
        harness.wait_until(lambda: re.search(words, process.output()), timeout,
                           f"'{words}' is logged")
    except harness.Failure as failure:
        raise harness.Failure(f"{failure}: {process.output()[-3000:]}") from None


class Victim:
    """The one process of a deployment: started again and again to die at one point after another.

    As a static member it has its partitions back at once. A slice of the input comes in each time.
    """

    def __init__(self, service, slices):
        self.service, self.slices = service, iter(slices)

    def start(self, point, orders=(), **changed):
        self.point = point
        self.feeder = Feeder(self.service, next(self.slices), rate=250)
        self.process = start(self.service, f"at-{point}",
                             {"CRASH_AT": point, **dict(orders)}, **changed)

    def expect_death(self):
        code, told = self.process.wait(60), self.process.output()
        name = self.point.partition(":")[0]
        check(f"crash point: killed at {name}\n" in told, f"it came by {name}: {told[-3000:]}")
        check_equal(code, -signal.SIGKILL, f"the end at {name}")
        check("sets nothing" not in told, f"the order is no setting: {told[:3000]}")
        self.feeder.finish()

    def die_at(self, point, **changed):
        self.start(point, **changed)
        self.expect_death()


def die_in_abort(victim, point):
    """The broker stands still at a flush: what is not delivered in time is aborted.

    The transaction is open for long enough that the broker knows of it.
    """
    broker = victim.service.kafka.pid
    victim.start(point, {"STOP_AT": f"producer.flush:2 {broker}"}, commit__interval="1s",
                 librdkafka__message__timeout__ms=1000)
    try:
        wait_for_words(victim.process, "transaction aborted", 60)
    finally:
        os.kill(broker, signal.SIGCONT)
    victim.expect_death()


def settle(service, events):
    service.drain(timeout=180)
    replay(service.context.path("out"), events)
    service.check_same(service.context.path("out"))
    check_equal(open_transactions(service), [], "open transactions")


def test_killed_at_each_point(context):
    points = (*AT_START, *IN_FLOW, *WITHOUT_STATE, *AFTER_HALF_A_LOAD, *IN_ABORT)
    events = generate(context, profiles=300, interactions=300 * (len(points) + 1))
    slices = split(events, *[1 / (len(points) + 1)] * (len(points) + 1))
    service = Service(context, "points", partitions=4,
                      settings={"kafka.instance_id": "victim"}.items())
    service.produce(slices[0])
    victim = Victim(service, slices[1:])
    for point in (*AT_START, *IN_FLOW):
        victim.die_at(point)
    for point in WITHOUT_STATE:
        shutil.rmtree(service.state)
        victim.die_at(point)
    for point in AFTER_HALF_A_LOAD:
        victim.die_at(point)
    for point in IN_ABORT:
        die_in_abort(victim, point)
    settle(service, events)
    live = journeys_of(service.state)
    shutil.rmtree(service.state)
    service.drain(timeout=180)
    check(len(live) > 150, f"profiles: {len(live)}")
    bare = journeys_of(service.state)
    check(bare == live, "a bare machine restores the same journeys: "
          f"{sorted(set(bare) ^ set(live))[:4]}")


def test_broker_stands_still_at_commit(context):
    """Longer than a commit may take: what became of it is unknown, yet all counts once.

    Where some output had not been delivered yet, the commit is refused, and nothing of it counts.
    """
    events = generate(context, profiles=300, interactions=4_500)
    service = Service(context, "still", partitions=4, settings={"workers.count": 1}.items())
    broker = service.kafka.pid
    feeder = Feeder(service, events, rate=300)
    process = start(service, "run", {"STOP_AT": f"producer.commit:20 {broker}"},
                    librdkafka__debug="cgrp")
    try:
        wait_for_words(process, "the outcome is unknown|_MSG_TIMED_OUT", 90)
    finally:
        os.kill(broker, signal.SIGCONT)
    before = process.output()
    check("stopped another at producer.commit\n" in before, f"the broker stood still: {before}")
    taken = consumed(process)
    harness.wait_until(lambda: consumed(process) > taken, 60,
                       f"it goes on: {process.output()[-3000:]}")
    feeder.finish()
    check_equal(process.stop(), 0, f"a stop in good order: {process.output()[-3000:]}")
    settle(service, events)


def test_a_dead_owners_transaction_is_ended(context):
    """The broker alone would end it after its timeout: ten minutes here, far beyond this test's."""
    events = generate(context, profiles=300, interactions=6_000)
    service = Service(context, "owner", partitions=4, settings={
        "workers.count": 1, "workers.stall_timeout": "11m", "kafka.session_timeout": "6s",
        "kafka.transaction_timeout": "10m"}.items())
    feeder = Feeder(service, events, rate=400)
    owner = start(service, "owner", {"CRASH_AT": "producer.commit:20"})
    check_equal(owner.wait(60), -signal.SIGKILL, f"the owner's end: {owner.output()[-3000:]}")
    left = open_transactions(service)
    check(left, "the owner left a transaction open")
    heir = service.start("heir", state__directory=context.path("state-heir"),
                         http__port=harness.free_port())
    wait_for_words(heir, "ended the transaction that the owner before left open", 90)
    feeder.finish()
    check_equal(heir.stop(), 0, f"a stop in good order: {heir.output()[-3000:]}")
    settle(service, events)


def test_worker_hangs(context):
    """Beyond help: the process ends by itself, for its supervisor to start it again."""
    events = generate(context, profiles=300, interactions=3_000)
    service = Service(context, "hanging", partitions=4,
                      settings={"kafka.instance_id": "one", "workers.stall_timeout": "8s"}.items())
    service.produce(events)
    process = start(service, "run", {"HANG_AT": "producer.flush:2"})
    code, told = process.wait(60), process.output()
    check("crash point: hanging at producer.flush\n" in told, f"it came by: {told[-3000:]}")
    check_equal(code, EXIT_KAFKA, f"the end: {told[-3000:]}")
    check(re.search(r"worker-[01] gave no sign of life for \d+ s", told), told[-3000:])
    settle(service, events)


def test_stop_that_hangs(context):
    """It ends after shutdown.timeout all the same, as in a crash."""
    events = generate(context, profiles=300, interactions=3_000)
    service = Service(context, "stuck", partitions=4,
                      settings={"kafka.instance_id": "one", "shutdown.timeout": "2s"}.items())
    service.produce(events)
    process = start(service, "run", {"HANG_AT": "producer.flush:2"})
    wait_for_words(process, "crash point: hanging at producer.flush", 60)
    code, told = process.stop(), process.output()
    check_equal(code, EXIT_KAFKA, f"the end: {told[-3000:]}")
    check("the stop took longer than 2s" in told, told[-3000:])
    settle(service, events)


if __name__ == "__main__":
    harness.main()
