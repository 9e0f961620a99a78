"""The Helm chart: Helm takes it, Kubernetes' schemas take what it renders, Waymark takes the
settings in it, and what it should refuse it refuses.
"""

import json
import re

import tools
import yaml
from harness import ROOT, WAYMARK, check, check_equal, main, run

CHART = ROOT / "deploy/helm/waymark"
HERE = ROOT / "tests/deploy"
VALUES = sorted((HERE / "values").glob("*.yaml"))
# The oldest that the chart names, and one of the newest.
KUBERNETES = ("1.29", "1.36")
# Kinds that Kubernetes itself has no schema of.
CUSTOM = {"ScaledObject", "ServiceMonitor", "PrometheusRule"}

_rendered = {}


def template(values, check=True):
    return run([tools.helm(), "template", "prod", CHART, "--namespace", "journeys",
                "--kube-version", KUBERNETES[-1], "--values", values], check=check)


def manifests(name):
    """What the chart renders from tests/deploy/values/NAME.yaml."""
    if name not in _rendered:
        text = template(HERE / f"values/{name}.yaml").stdout
        _rendered[name] = [one for one in yaml.safe_load_all(text) if one]
    return _rendered[name]


def one(name, kind, ending=""):
    found = [m for m in manifests(name) if m["kind"] == kind
             and m["metadata"]["name"].endswith(ending)]
    check_equal(len(found), 1, f"{name}: objects of kind {kind}, named …{ending}")
    return found[0]


def pod(name):
    return one(name, "StatefulSet")["spec"]["template"]["spec"]


def container(name):
    return pod(name)["containers"][0]


def settings(name):
    return yaml.safe_load(one(name, "ConfigMap", "-settings")["data"]["waymark.yaml"])


def leaves(values, prefix=""):
    for key, value in values.items():
        if isinstance(value, dict) and value and key not in ("settings", "resources", "labels"):
            yield from leaves(value, f"{prefix}{key}.")
        elif key == "resources":
            yield from (f"resources.{part}" for part in value)
        else:
            yield prefix + key


def test_helm_lints_it(context):
    del context
    for values in VALUES:
        run([tools.helm(), "lint", "--strict", CHART, "--kube-version", KUBERNETES[-1],
             "--values", values])


def test_kubernetes_takes_what_it_renders(context):
    validate = tools.python_tool("kubernetes-validate")
    files = []
    for values in VALUES:
        for index, manifest in enumerate(manifests(values.stem)):
            if manifest["kind"] not in CUSTOM:
                files.append(context.path(f"{values.stem}-{index}-{manifest['kind']}.yaml"))
                files[-1].write_text(yaml.safe_dump(manifest), encoding="utf-8")
    for version in KUBERNETES:
        run([validate, "--strict", "--quiet", "--kubernetes-version", version, *files])
    wrong = context.path("wrong.yaml")
    wrong.write_text(files[-1].read_text(encoding="utf-8").replace("spec:", "specs:"),
                     encoding="utf-8")
    check(run([validate, "--strict", wrong], check=False).returncode != 0, "a fault is seen")


def make_secrets(folder):
    """What the Secrets of values/secured.yaml hold."""
    for name in ("kafka-ca", "http-tls", "http-token"):
        (folder / name).mkdir(parents=True)
    (folder / "http-token/token").write_text("secret", encoding="utf-8")
    tls = folder / "http-tls"
    run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=waymark",
         "-keyout", tls / "tls.key", "-out", tls / "tls.crt"])
    for copy in (tls / "ca.crt", folder / "kafka-ca/ca.crt"):
        copy.write_bytes((tls / "tls.crt").read_bytes())


def test_waymark_takes_the_settings(context):
    secrets = context.path("secrets")
    make_secrets(secrets)
    for values in VALUES:
        folder = context.path(values.stem)
        (folder / "models").mkdir(parents=True)
        for name, text in one(values.stem, "ConfigMap", "-models")["data"].items():
            (folder / "models" / name).write_text(text, encoding="utf-8")
        text = yaml.safe_dump(settings(values.stem)).replace("/run/secrets", str(secrets))
        (folder / "waymark.yaml").write_text(text, encoding="utf-8")
        run([WAYMARK, "check", "--config", folder / "waymark.yaml", "--models",
             folder / "models"], env={"KAFKA_PASSWORD": "secret"})


def test_bad_values_are_refused(context):
    cases = yaml.safe_load((HERE / "values_refused.yaml").read_text(encoding="utf-8"))
    for index, case in enumerate(cases):
        values = context.path(f"bad-{index}.yaml")
        values.write_text(yaml.safe_dump(case["values"]), encoding="utf-8")
        done = template(values, check=False)
        check(done.returncode != 0, f"{case['values']} is refused")
        check(case["says"] in done.stderr, f"{case['says']}: {done.stderr[:1500]}")


def test_it_is_confined(context):
    del context
    for values in VALUES:
        spec, main_container = pod(values.stem), container(values.stem)
        for name in ("automountServiceAccountToken", "enableServiceLinks"):
            check_equal(spec[name], False, name)
        security = spec["securityContext"]
        check(security["runAsNonRoot"] and security["runAsUser"] == 10001, f"{security}")
        check_equal(security["seccompProfile"], {"type": "RuntimeDefault"}, "seccomp")
        check_equal(main_container["securityContext"],
                    {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                     "capabilities": {"drop": ["ALL"]}}, "of the container")
        mounted = {mount["name"] for mount in main_container["volumeMounts"]}
        claimed = one(values.stem, "StatefulSet")["spec"].get("volumeClaimTemplates", [])
        there = {v["name"] for v in spec["volumes"]} | {c["metadata"]["name"] for c in claimed}
        check_equal(mounted, there, "mounts and volumes")
        for volume in spec["volumes"]:
            if "configMap" in volume:
                one(values.stem, "ConfigMap", volume["configMap"]["name"])


def test_an_instance_comes_back_as_itself(context):
    del context
    spec = one("default", "StatefulSet")["spec"]
    variables = {v["name"]: v.get("valueFrom") for v in container("default")["env"]}
    check_equal(variables["WAYMARK_KAFKA_INSTANCE_ID"],
                {"fieldRef": {"fieldPath": "metadata.name"}}, "instance id")
    advertised = next(v["value"] for v in container("default")["env"]
                      if v["name"] == "WAYMARK_HTTP_ADVERTISED")
    check_equal(advertised, f"$(WAYMARK_KAFKA_INSTANCE_ID).{spec['serviceName']}:8080",
                "where other pods reach it")
    check_equal(spec["volumeClaimTemplates"][0]["metadata"]["name"], "state", "volume")
    check_equal(spec["persistentVolumeClaimRetentionPolicy"]["whenScaled"], "Retain", "volumes")
    headless = one("default", "Service", "-headless")
    check_equal(headless["metadata"]["name"], spec["serviceName"], "service of the names")
    check_equal(headless["spec"]["clusterIP"], "None", "headless")
    labels = spec["template"]["metadata"]["labels"]
    for service in (headless, one("default", "Service", "prod-waymark")):
        check(service["spec"]["selector"].items() <= labels.items(), "selectors find the pods")
    budget = one("default", "PodDisruptionBudget")["spec"]
    check_equal(budget["maxUnavailable"], 1, "away at once")
    check(budget["selector"]["matchLabels"].items() <= labels.items(), "the budget finds the pods")


def test_times_fit_the_settings(context):
    del context
    sample = tools.sample_settings()
    check(pod("default")["terminationGracePeriodSeconds"] >
          tools.seconds(sample["shutdown"]["timeout"]) +
          tools.seconds(sample["kafka"]["transaction_timeout"]), "a stop is waited for")
    probes = container("default")
    check_equal([probes[f"{p}Probe"]["httpGet"]["path"] for p in
                 ("startup", "liveness", "readiness")], ["/livez", "/livez", "/readyz"], "probes")
    start = probes["startupProbe"]
    check(start["periodSeconds"] * start["failureThreshold"] >
          tools.seconds(sample["kafka"]["connect_timeout"]), "a start is waited for")


def test_secrets_are_references(context):
    del context
    http, tls = settings("secured")["http"], "/run/secrets/http-tls/"
    check_equal(http, {"address": "0.0.0.0", "port": 8443, "tls": {
        "certificate": tls + "tls.crt", "key": tls + "tls.key", "client_ca": tls + "ca.crt"},
        "token": "file:/run/secrets/http-token/token"}, "http")
    check_equal(container("secured")["livenessProbe"]["httpGet"]["scheme"], "HTTPS", "probes")
    mounts = {m["name"]: m["mountPath"] for m in container("secured")["volumeMounts"]}
    check_equal(mounts["secret-kafka-ca"], "/run/secrets/kafka-ca", "mount")
    check(container("secured")["image"].startswith("waymark@sha256:0"), "the digest wins")
    endpoint = one("secured", "ServiceMonitor")["spec"]["endpoints"][0]
    check_equal((endpoint["scheme"], endpoint["authorization"]["credentials"]["name"]),
                ("https", "waymark-token"), "how it is scraped")


def test_scaling_is_bounded_and_slow(context):
    del context
    check("replicas" not in one("autoscaling-keda", "StatefulSet")["spec"], "left to the scaler")
    check_equal(one("default", "StatefulSet")["spec"]["replicas"], 2, "replicas")
    keda = one("autoscaling-keda", "ScaledObject")["spec"]
    check_equal((keda["minReplicaCount"], keda["maxReplicaCount"]), (3, 12), "within partitions")
    check_equal(keda["scaleTargetRef"]["name"],
                one("autoscaling-keda", "StatefulSet")["metadata"]["name"], "target")
    trigger = keda["triggers"][0]["metadata"]
    check_equal(trigger["query"], 'max(waymark_consumer_lag_seconds{namespace="journeys",'
                'pod=~"prod-waymark-[0-9]+"})', "query")
    hpa = one("autoscaling-hpa", "HorizontalPodAutoscaler")["spec"]
    check_equal((hpa["maxReplicas"], hpa["metrics"][0]["external"]["target"]),
                (4, {"type": "Value", "value": "30"}), "of the autoscaler")
    own = keda["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    for behavior in (own, hpa["behavior"]):
        down = behavior["scaleDown"]
        check(down["stabilizationWindowSeconds"] >= 3600, f"slow: {down}")
        check_equal(down["policies"][0]["value"], 1, "one instance a step")


def test_traffic_is_bounded(context):
    del context
    for name, ports in (("default", [9092]), ("secured", [9094]), ("monitored", [9092, 9094])):
        dns, kafka, pods = one(name, "NetworkPolicy")["spec"]["egress"]
        check_equal([p["port"] for p in pods["ports"]], ["http"], "what other pods hold")
        check_equal({p["port"] for p in dns["ports"]}, {53}, "DNS")
        check_equal([p["port"] for p in kafka["ports"]], ports, f"{name}: Kafka")
        check(("to" in kafka) == (name == "monitored"), "peers where they are named")


def test_rules_and_dashboards_are_the_projects(context):
    del context
    check_equal([m["kind"] for m in manifests("default") if m["kind"] in CUSTOM], [], "optional")
    for path in (ROOT / "deploy/prometheus").glob("*.rules.yaml"):
        rule = one("monitored", "PrometheusRule", path.name.removesuffix(".rules.yaml"))
        check_equal(rule["spec"], yaml.safe_load(path.read_text(encoding="utf-8")), path.name)
    boards = one("monitored", "ConfigMap", "-dashboards")["data"]
    there = {path.name for path in (ROOT / "deploy/grafana/dashboards").glob("*.json")}
    check(there and set(boards) == there, f"dashboards: {set(boards)}, expected {there}")
    for text in boards.values():
        json.loads(text)
    monitor = one("monitored", "ServiceMonitor")["spec"]
    labels = one("monitored", "Service", "-headless")["metadata"]["labels"]
    check(monitor["selector"]["matchLabels"].items() <= labels.items(), "it finds the service")


def test_every_value_is_explained(context):
    del context
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    table = (CHART / "README.md").read_text(encoding="utf-8").split("## Values")[1]
    told = {name for row in table.splitlines() if row.startswith("| `")
            for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    check_equal(told ^ set(leaves(values)), set(), "values told or there, but not both")


def test_the_schema_knows_every_section(context):
    del context
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    known = set(schema["properties"]["settings"]["properties"])
    check_equal(known, set(tools.sample_settings()), "sections of waymark.yaml")


if __name__ == "__main__":
    main()
