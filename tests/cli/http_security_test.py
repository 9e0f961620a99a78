"""The HTTP port with TLS, token and client certificates."""

import http.client
import json
import pathlib
import re
import signal
import socket
import ssl
import sys

from cli import check, check_equal, harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority  # noqa: E402

TOKEN = "a-secret-of-the-test"


def started(context, *settings, name="demo"):
    options = [part for setting in settings for part in ("--set", setting)]
    process = context.process(name, [
        harness.WAYMARK, "demo", "--rate", 50, "--seed", 5, "--models",
        harness.ROOT / "config/models", "--set", "http.port=0", *options])
    found = harness.wait_until(
        lambda: re.search(r"https?://127\.0\.0\.1:(\d+)/metrics", process.output()), 20,
        f"its address; {process.output()}")
    process.port = int(found.group(1))
    return process


def get(process, path, tls=None, token=None):
    """(status, body); status 0 and the fault where there is no answer."""
    try:
        if tls is None:
            connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=10)
        else:
            connection = http.client.HTTPSConnection("127.0.0.1", process.port, timeout=10,
                                                     context=tls)
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException) as fault:
        return 0, str(fault)


def client_of(authority, pair=None):
    context = ssl.create_default_context(cafile=str(authority.certificate))
    if pair is not None:
        context.load_cert_chain(*map(str, pair))
    return context


def test_a_token_guards_all_but_the_probes(context):
    secret = context.path("token")
    secret.write_text(TOKEN + "\n")
    process = started(context, f"http.token=file:{secret}")
    check_equal(get(process, "/livez")[0], 200, "livez")
    check_equal(get(process, "/readyz")[0] in (200, 503), True, "readyz")
    status, body = get(process, "/metrics")
    check_equal(status, 401, "metrics without the token")
    check("Authorization: Bearer" in json.loads(body)["hint"], body)
    for wrong in ("", "x", TOKEN + "x", TOKEN[:-1]):
        check_equal(get(process, "/metrics", token=wrong)[0], 401, f"the token {wrong!r}")
    check_equal(get(process, "/nothing")[0], 401, "what there is, only the token tells")
    check_equal(get(process, "/api/v1/models")[0], 401, "figures without the token")
    check_equal(get(process, "/")[0], 200, "the page holds nothing of anybody's")
    status, text = get(process, "/metrics", token=TOKEN)
    check_equal(status, 200, "metrics with the token")
    check_equal(harness.metric(text, "waymark_http_auth_failures_total"), 7, "refusals are counted")
    process.send(signal.SIGINT)
    check_equal(process.wait(30), 0, process.output())
    check(TOKEN not in process.output(), "the secret is nowhere in the output")
    shown = harness.run([harness.WAYMARK, "config", "show", "--set",
                         f"http.token=file:{secret}"]).stdout
    check(TOKEN not in shown and "(secret)" in shown, shown)


def test_tls_speaks_to_those_who_trust_it(context):
    authority = Authority(context.directory)
    certificate, key = authority.issue("server")
    process = started(context, f"http.tls.certificate={certificate}", f"http.tls.key={key}")
    check(f"https://127.0.0.1:{process.port}/metrics" in process.output(), process.output())
    check_equal(get(process, "/metrics", client_of(authority))[0], 200, "over TLS")
    stranger = Authority(context.directory, "stranger")
    status, fault = get(process, "/metrics", client_of(stranger))
    check(status == 0 and "certificate verify failed" in fault, fault)
    check_equal(get(process, "/livez")[0], 0, "nothing is said in the clear")
    old = client_of(authority)
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    check_equal(get(process, "/livez", old)[0], 0, "no TLS before 1.2")
    with socket.create_connection(("127.0.0.1", process.port), timeout=10) as raw:
        raw.sendall(b"\x00" * 100)
    check_equal(get(process, "/livez", client_of(authority))[0], 200, "noise does no harm")
    process.send(signal.SIGINT)
    check_equal(process.wait(30), 0, process.output())


def test_a_client_certificate_does_instead_of_the_token(context):
    authority = Authority(context.directory)
    certificate, key = authority.issue("server")
    clients = Authority(context.directory, "clients")
    process = started(context, f"http.tls.certificate={certificate}", f"http.tls.key={key}",
                      f"http.tls.client_ca={clients.certificate}", f"http.token={TOKEN}")
    good = client_of(authority, clients.issue("scraper"))
    check_equal(get(process, "/metrics", good)[0], 200, "with a certificate")
    check_equal(get(process, "/metrics", client_of(authority))[0], 401, "with none")
    check_equal(get(process, "/readyz", client_of(authority))[0] in (200, 503), True, "the probe")
    check_equal(get(process, "/metrics", client_of(authority), TOKEN)[0], 200, "with the token")
    strangers = Authority(context.directory, "strangers")
    check_equal(get(process, "/livez", client_of(authority, strangers.issue("other")))[0], 0,
                "with a stranger's certificate")
    # The server may end the handshake after the client has.
    harness.wait_until(lambda: harness.metric(get(process, "/metrics", good)[1],
                                              "waymark_http_auth_failures_total") == 2, 10,
                       "both are counted")
    process.send(signal.SIGINT)
    check_equal(process.wait(30), 0, process.output())


def test_health_asks_the_service_of_this_machine(context):
    authority = Authority(context.directory)
    certificate, key = authority.issue("server")
    settings = (f"http.tls.certificate={certificate}", f"http.tls.key={key}",
                f"http.token={TOKEN}")
    process = started(context, *settings)
    asked = [part for setting in (*settings, f"http.port={process.port}")
             for part in ("--set", setting)]

    def health(*arguments):
        done = harness.run([harness.WAYMARK, "health", *arguments, *asked], check=False)
        return done.returncode, done.stdout, done.stderr
    code, said, _ = health()
    check_equal((code, json.loads(said)["live"]), (0, True), "it lives")
    harness.wait_until(lambda: health("--ready")[0] == 0, 20, "and is ready")
    process.send(signal.SIGINT)
    check_equal(process.wait(30), 0, process.output())
    code, said, fault = health()
    check_equal((code, said), (1, ""), "nobody answers")
    check("no answer from 127.0.0.1" in fault and "hint" in fault, fault)


def faults_of(*settings):
    options = [part for setting in settings for part in ("--set", setting)]
    done = harness.run([harness.WAYMARK, "check", "--models", harness.ROOT / "config/models",
                        *options], check=False)
    return done.returncode, done.stdout + done.stderr


def test_check_tells_what_is_wrong_with_the_files(context):
    authority = Authority(context.directory)
    certificate, key = authority.issue("server")
    other = authority.issue("other")[1]
    code, text = faults_of(f"http.tls.certificate={certificate}", f"http.tls.key={key}")
    check_equal(code, 0, text)
    for settings, wanted in (
            ((f"http.tls.certificate={certificate}",), "http.tls.certificate is nothing without"),
            ((f"http.tls.client_ca={certificate}",), "http.tls.client_ca is nothing without"),
            ((f"http.tls.certificate={context.path('gone')}", f"http.tls.key={key}"),
             "http.tls.certificate: "),
            ((f"http.tls.certificate={certificate}", f"http.tls.key={other}"), "http.tls.key: "),
            ((f"http.tls.certificate={certificate}", f"http.tls.key={key}",
              f"http.tls.client_ca={key}"), "http.tls.client_ca: "),
            ((f"http.token=file:{context.path('gone')}",), "cannot read the secret file"),
            (("http.token=env:WAYMARK_TEST_NOWHERE",), "WAYMARK_TEST_NOWHERE")):
        code, text = faults_of(*settings)
        check_equal(code, 2, f"{settings}: {text}")
        check(wanted in text, f"{settings}: {text}")


if __name__ == "__main__":
    harness.main()
