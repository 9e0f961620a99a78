"""Live events over a real Kafka: any instance tells what all find, and a client that is cut off
goes on with whichever instance it comes back to."""

import collections
import http.client
import json
import random

import harness
from cluster import Cluster, Feeder
from deployment import Service, generate
from harness import check, check_equal


class Client:
    """Follows all signals from now on, or from a place on, wherever it is connected."""

    def __init__(self, place=None):
        self.place, self.resets = place, 0
        self.rows = []  # (profile, id, revision, type) of each event
        self.connection = self.answer = None

    def connect(self, port):
        self.close()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=40)
        headers = {"Last-Event-ID": self.place} if self.place else {}
        self.connection.request("GET", "/api/v1/stream?types=signal,retraction", headers=headers)
        self.answer = self.connection.getresponse()
        check_equal(self.answer.status, 200, f"taken by {port}")
        return self

    def read(self, until):
        """Whole events, until it holds or the connection ends."""
        kind, data = "", None
        while not until():
            line = self.answer.readline().decode()
            if not line:
                return
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "id":
                self.place = value
            elif field == "event":
                kind = value
            elif field == "data":
                self.take(kind, json.loads(value))

    def take(self, kind, data):
        if kind == "reset":
            self.resets += 1
        else:
            self.rows.append((data["profile_id"], data["id"], data["revision"], kind))

    def close(self):
        if self.connection:
            self.answer.close()
            self.connection.close()


def told(port, name, **labels):
    return harness.metric(harness.http_get(f"http://127.0.0.1:{port}/metrics")[1], name, **labels)


def by_customer(service):
    """{customer: how many signals the topic has}, by the tools of Kafka."""
    done = service.kafka.tool(
        "consumer.ConsoleConsumer", "--topic", f"{service.name}.signals", "--from-beginning",
        "--timeout-ms", 4000, "--property", "print.key=true", "--property", "print.value=false",
        "--consumer-property", "isolation.level=read_committed")
    return collections.Counter(done.stdout.split())


def two_instances(context, name):
    service = Service(context, name, settings={"workers.count": 1}.items())
    cluster = Cluster(service, 2)
    cluster.start_all()
    cluster.wait_ready()
    return service, cluster, [place["http__port"] for place in cluster.places]


def test_nothing_is_lost_nor_twice_through_cuts_and_restarts(context):
    rng = random.Random(7)
    service, cluster, ports = two_instances(context, "cuts")
    client = Client().connect(ports[0])
    client.read(lambda: client.place)
    begin = client.place
    whole = Client(begin).connect(ports[1])
    feeder = Feeder(service, generate(context, interactions=12_000, profiles=300), rate=1_500)
    for turn in range(8):
        wanted = len(client.rows) + rng.randrange(1, 900)
        for one in (client, whole):
            one.read(lambda one=one, most=wanted: len(one.rows) >= most)
        if turn == 4:
            cluster.leave(0)
            cluster.start(0)
        cluster.wait_ready()
        client.connect(rng.choice(ports))
    feeder.finish()
    cluster.wait_ready()
    want = settled(service)
    late = Client(begin).connect(ports[0])
    for one in (client, whole, late):
        one.read(lambda one=one: len(one.rows) >= sum(want.values()))
        check_equal(one.resets, 0, "never too late")
        check_equal(len(set(one.rows)), len(one.rows), "none came twice")
        check_equal(collections.Counter(row[0] for row in one.rows), want, "all came")
        one.close()
    check(sum(want.values()) > 5_000, f"enough to tell: {sum(want.values())}")
    check_equal(told(ports[1], "waymark_http_streams_cut_total"), 0, "nobody was cut off")
    cluster.stop_all()


def settled(service):
    """What the topic has once nothing new comes."""
    before = None
    for _ in range(10):
        now = by_customer(service)
        if now == before:
            return now
        before = now
    raise harness.Failure("signals keep coming")


def test_a_stop_ends_streams_in_good_order(context):
    _, cluster, ports = two_instances(context, "stop")
    client = Client().connect(ports[0])
    client.read(lambda: client.place)
    cluster.leave(0)
    client.read(lambda: False)  # an end that was not said raises
    client.connect(ports[1])
    cluster.stop_all()


if __name__ == "__main__":
    harness.main()
