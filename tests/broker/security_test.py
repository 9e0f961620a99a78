"""Kafka over TLS, with SASL/SCRAM and with client certificates, and what is told where it fails."""

import json
import pathlib
import sys

import harness
from deployment import Service, generate, metrics, readiness, replay, wait_consumed, waymark
from harness import check, check_equal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority  # noqa: E402

USER, PASSWORD = "waymark", "a-secret-of-the-test"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
PLAIN = ("org.apache.kafka.common.security.plain.PlainLoginModule required "
         f'user_{USER}="{PASSWORD}";')
# Brokers from 4.0 on refuse SCRAM of librdkafka before 2.6.1, a fault of the library; this one does
# not.
LENIENT = "3.9.1"


class SecureKafka:
    """A broker that listens with SASL_SSL (SCRAM, PLAIN) and SSL (client certificates), too."""

    def __init__(self, context, version=None):
        folder = context.path(f"pki-{version}")
        folder.mkdir()
        self.authority = Authority(folder)
        certificate, key = self.authority.issue("broker")
        self.client = self.authority.issue("client")
        store = folder / "broker.pem"
        store.write_bytes(key.read_bytes() + certificate.read_bytes())
        self.sasl, self.ssl = harness.free_port(), harness.free_port()
        settings = {
            "ssl.keystore.type": "PEM", "ssl.keystore.location": store,
            "ssl.truststore.type": "PEM", "ssl.truststore.location": self.authority.certificate,
            "listener.name.ssl.ssl.client.auth": "required",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": SCRAM,
            "listener.name.sasl_ssl.plain.sasl.jaas.config": PLAIN}
        self.kafka = harness.Kafka(context.path(f"kafka-{version}"), settings,
                                   (f"SASL_SSL:{self.sasl}", f"SSL:{self.ssl}"), version).start()
        self.kafka.tool("kafka.admin.ConfigCommand", "--alter", "--add-config",
                        f"SCRAM-SHA-512=[password={PASSWORD}]", "--entity-type", "users",
                        "--entity-name", USER)

    def by_password(self, mechanism="SCRAM-SHA-512"):
        return {"kafka.brokers": f"127.0.0.1:{self.sasl}",
                "librdkafka.security.protocol": "SASL_SSL",
                "librdkafka.ssl.ca.location": self.authority.certificate,
                "librdkafka.sasl.mechanisms": mechanism,
                "librdkafka.sasl.username": USER,
                "librdkafka.sasl.password": "env:KAFKA_PASSWORD"}

    def by_certificate(self, pair=None):
        certificate, key = pair or self.client
        return {"kafka.brokers": f"127.0.0.1:{self.ssl}",
                "librdkafka.security.protocol": "SSL",
                "librdkafka.ssl.ca.location": self.authority.certificate,
                "librdkafka.ssl.certificate.location": certificate,
                "librdkafka.ssl.key.location": key}


def as_options(settings):
    return [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]


def run_over(context, secure, name, settings, events):
    """A whole deployment over the secured listener: topics, produce, run, diff with the replay."""
    service = Service(_Of(context, secure.kafka), name, partitions=0)
    options = as_options(settings)
    waymark("topics", "create", "--prefix", name, "--input", *service.inputs, "--partitions", 2,
            *options, "--set", "timeline.retention=100y", env={"KAFKA_PASSWORD": PASSWORD})
    waymark("produce", "--input", events, "--topic", service.inputs[0], *options,
            env={"KAFKA_PASSWORD": PASSWORD})
    service.settings.update(settings)
    process = service.start(name, env={"KAFKA_PASSWORD": PASSWORD})
    harness.wait_until(lambda: readiness(process)[0] == 200, 60, f"ready: {process.output()}")
    wait_consumed(process, events.read_bytes().count(b"\n"))
    text = metrics(process)
    check((harness.metric(text, "waymark_transactions_total", result="commit") or 0) > 0,
          "transactions are committed")
    check_equal(process.stop(), 0, process.output()[-2000:])
    check(PASSWORD not in process.output(), "the password is nowhere in the log")
    # What came out is compared over the listener in the clear.
    plain = Service(_Of(context, secure.kafka), name, partitions=0)
    plain.drain()
    plain.check_same(context.path("out"))


class _Of:
    """The test's context with another broker."""

    def __init__(self, context, kafka):
        self._context, self._kafka = context, kafka

    def kafka(self):
        return self._kafka

    def __getattr__(self, name):
        return getattr(self._context, name)


def described(settings, password=PASSWORD):
    """(exit code, output)"""
    done = harness.run([harness.WAYMARK, "topics", "describe", "--prefix", "x", "--set",
                        "kafka.connect_timeout=8s", *as_options(settings)], check=False,
                       env={"KAFKA_PASSWORD": password}, timeout=60)
    check(PASSWORD not in done.stdout + done.stderr, "the password is nowhere")
    return done.returncode, done.stdout + done.stderr


def library_does_scram():
    version = harness.run([harness.WAYMARK, "version"]).stdout
    return "SASL/SCRAM is refused" not in version


def wait_for_user(secure):
    """The broker takes a moment to learn of a new one."""
    harness.wait_until(lambda: described(secure.by_password())[0] == 0, 30,
                       f"the user is known: {described(secure.by_password())}", interval=1)


def test_over_tls_with_client_certificates_and_with_passwords(context):
    secure = SecureKafka(context)
    events = generate(context, profiles=50, interactions=2000)
    replay(context.path("out"), events)
    for name, settings in (("certificate", secure.by_certificate()),
                           ("plain", secure.by_password("PLAIN"))):
        run_over(context, secure, name, settings, events)

    # What goes wrong at the door is told with what to look at.
    code, text = described(secure.by_password("PLAIN"), password="wrong")
    check_equal(code, 3, f"a wrong password: {text}")
    check("uthentication" in text and "librdkafka.sasl" in text, text)
    stranger = Authority(context.path("pki-None"), "stranger")
    code, text = described({**secure.by_password("PLAIN"),
                            "librdkafka.ssl.ca.location": stranger.certificate})
    check_equal(code, 3, f"a broker that is not trusted: {text}")
    check("certificate verify failed" in text, text)
    code, text = described(secure.by_certificate(stranger.issue("somebody")))
    check_equal(code, 3, f"a certificate that the broker does not trust: {text}")
    code, text = described({"kafka.brokers": f"127.0.0.1:{secure.sasl}"})
    check_equal(code, 3, f"in the clear: {text}")
    if not library_does_scram():
        code, text = described(secure.by_password())
        check_equal(code, 3, text)
        check("SCRAM of librdkafka before 2.6.1" in text, text)

    # Before anything connects, `check` tells which files can't be read.
    gone = {**secure.by_password(), "librdkafka.ssl.ca.location": context.path("gone.crt")}
    done = harness.run([harness.WAYMARK, "check", "--models", harness.ROOT / "config/models",
                        *as_options(gone)], check=False, env={"KAFKA_PASSWORD": PASSWORD})
    check_equal(done.returncode, 2, done.stdout + done.stderr)
    check("gone.crt" in done.stdout + done.stderr, done.stdout + done.stderr)
    shown = harness.run([harness.WAYMARK, "config", "show", "--json",
                         *as_options(secure.by_password())], env={"KAFKA_PASSWORD": PASSWORD})
    check(PASSWORD not in shown.stdout, shown.stdout)
    passed = {row["name"]: row["value"] for row in json.loads(shown.stdout)["settings"]}
    check_equal(passed["librdkafka.sasl.password"], "(secret)", "the password")


def test_over_tls_with_scram(context):
    secure = SecureKafka(context, None if library_does_scram() else LENIENT)
    wait_for_user(secure)
    events = generate(context, profiles=50, interactions=2000)
    replay(context.path("out"), events)
    run_over(context, secure, "scram", secure.by_password(), events)
    code, text = described(secure.by_password(), password="wrong")
    check_equal(code, 3, f"a wrong password: {text}")


if __name__ == "__main__":
    harness.main()
