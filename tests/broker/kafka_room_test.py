"""src/kafka against a real Kafka: runs the GoogleTest program broker_test_kafka."""

import os
import pathlib
import re

import harness
from harness import check

BUILT = harness.ROOT / "build/release/tests/broker/kafka/broker_test_kafka"
PROGRAM = pathlib.Path(os.environ.get("WAYMARK_BROKER_TEST_KAFKA", BUILT))


def test_the_kafka_room(context):
    if not PROGRAM.exists():
        context.skip(f"not built: {PROGRAM}")
    kafka = context.kafka()
    done = harness.run([PROGRAM, "--gtest_brief=1"], timeout=280, check=False,
                       env={"WAYMARK_BROKERS": kafka.bootstrap})
    check(done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
    passed = re.search(r"\[  PASSED  \] (\d+) test", done.stdout)
    check(passed and int(passed.group(1)) > 0, f"tests were run: {done.stdout}")
    check("SKIPPED" not in done.stdout, f"none was skipped: {done.stdout}")


if __name__ == "__main__":
    harness.main()
