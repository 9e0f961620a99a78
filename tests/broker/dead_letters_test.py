"""waymark dead-letters: looking at what was refused, and sending it back."""

import json
import time

import harness
from deployment import Service, waymark
from harness import check, check_equal

GOOD = {"time": 1_700_000_000_000, "channel": "web", "action": "view"}


def rows_of(service, *arguments):
    done = waymark("dead-letters", "list", "--brokers", service.kafka.bootstrap, "--set",
                   f"kafka.prefix={service.name}", "--json", *arguments)
    return [json.loads(line) for line in done.stdout.splitlines()]


def redrive(service, *arguments):
    done = waymark("dead-letters", "redrive", *service.kafka_options(), "--json", *arguments)
    return json.loads(done.stdout)


class Letters(Service):
    def kafka_options(self):
        chosen = ("kafka.brokers", "kafka.prefix", "kafka.group", "kafka.session_timeout",
                  "kafka.transaction_timeout", "kafka.connect_timeout")
        return [part for name in chosen for part in ("--set", f"{name}={self.settings[name]}")]


def produce(service, *lines):
    path = service.context.path("events.jsonl")
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    service.produce(path)


def test_what_was_refused_is_listed_and_sent_back_once(context):
    service = Letters(context, "letters", settings={"interaction.bytes_max": "4KiB",
                                                    "time.future_skew": "0s"})
    soon = time.time() + 12
    large = json.dumps({"key": "eve", "id": "5", **GOOD, "attributes": {"text": "x" * 9000}})
    produce(service, json.dumps({"key": "ann", "id": "1", **GOOD}), "no json at all",
            json.dumps({"key": "bob", "id": "2", "channel": "web", "action": "view"}),
            json.dumps({"key": "cid", "id": "3", **GOOD, "time": int(soon * 1000)}), large)
    service.drain(now="2025-01-01T00:00:00Z")
    found = rows_of(service)
    check_equal(sorted(row["reason"] for row in found),
                ["missing_field", "time_in_future", "too_large", "unparsable"], "all of them")
    by_reason = {row["reason"]: row for row in found}
    check_equal(by_reason["unparsable"]["value"], "no json at all", "the raw record")
    check_equal(by_reason["unparsable"]["topic"], service.inputs[0], "where it came from")
    check("value_hash" in by_reason["too_large"], "it was cut")
    check_equal([row["reason"] for row in rows_of(service, "--reason", "unparsable")],
                ["unparsable"], "one reason")
    text = waymark("dead-letters", "list", "--brokers", service.kafka.bootstrap, "--set",
                   f"kafka.prefix={service.name}", "--limit", 2).stdout
    check("4 dead letters" in text and "the newest 2 shown" in text, text)

    harness.wait_until(lambda: time.time() > soon, 20, "the future has come")
    check_equal(redrive(service, "--reason", "time_in_future"),
                {"sent": 1, "cut": 0, "reasons": {"time_in_future": {"sent": 1, "cut": 0}}},
                "sent back")
    check_equal(redrive(service, "--reason", "time_in_future")["sent"], 0, "once")
    service.drain(now="2100-01-01T00:00:00Z")
    shown = waymark("journey", "show", "cid", "--state", service.state, "--models",
                    service.models).stdout
    check("cid" in shown, shown)

    # What can't be taken is a dead letter again, and goes back again when it is asked for.
    sent = redrive(service)
    check_equal(sent["reasons"], {"unparsable": {"sent": 1, "cut": 0},
                                  "missing_field": {"sent": 1, "cut": 0},
                                  "too_large": {"sent": 0, "cut": 1}}, "the rest")
    service.drain(now="2100-01-01T00:00:00Z")
    again = [row["reason"] for row in rows_of(service)]
    check_equal(sorted(again), ["missing_field", "missing_field", "time_in_future", "too_large",
                                "unparsable", "unparsable"], "refused again")
    check_equal(redrive(service, "--reason", "unparsable")["sent"], 1, "the new one alone")


def test_nothing_there_and_wrong_words(context):
    service = Letters(context, "nothing")
    text = waymark("dead-letters", "list", *service.kafka_options()).stdout
    check_equal(text, "0 dead letters\n", "an empty topic")
    check_equal(waymark("dead-letters", "redrive", *service.kafka_options()).stdout,
                "nothing to send back\n", "an empty topic")
    done = waymark("dead-letters", "list", *service.kafka_options(), "--reason", "odd", expect=2)
    check("there is no reason 'odd'" in done.stderr and "bad_value" in done.stderr, done.stderr)
    done = waymark("dead-letters", "list", "--brokers", service.kafka.bootstrap, "--set",
                   "kafka.prefix=none", expect=2)
    check("none.dead-letters" in done.stderr, done.stderr)


if __name__ == "__main__":
    harness.main()
