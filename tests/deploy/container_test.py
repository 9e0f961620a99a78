"""The Dockerfile and the compose file, as far as can be told without a container engine."""

import http.server
import json
import os
import pathlib
import re
import shutil
import threading

import tools
import yaml
from harness import ROOT, WAYMARK, check, check_equal, free_port, main, run

DOCKER = ROOT / "deploy/docker"
DOCKERFILE = DOCKER / "Dockerfile"


def instructions():
    """[(stage, instruction, rest)] of the Dockerfile, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.M)
    stage, out = -1, []
    for line in text.replace("\\\n", " ").splitlines():
        name, _, rest = line.strip().partition(" ")
        stage += name == "FROM"
        if name:
            out.append((stage, name, " ".join(rest.split())))
    return out


def of_stage(stage, name):
    return [rest for at, found, rest in instructions() if (at, found) == (stage, name)]


def shown_to_docker():
    """What Dockerfile.dockerignore lets into the build."""
    lines = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    return [line[1:] for line in lines if line.startswith("!")]


def compose_project():
    """The compose file as the Compose Specification's own parser understands it, every profile."""
    done = run([tools.compose(), "--format", "json", DOCKER / "compose.yaml"], cwd=DOCKER)
    return json.loads(done.stdout)


def test_no_complaint_of_hadolint(context):
    hadolint = tools.python_tool("hadolint")
    run([hadolint, DOCKERFILE])
    bad = context.path("Dockerfile")
    bad.write_text(DOCKERFILE.read_text(encoding="utf-8").replace("--yes ", ""), encoding="utf-8")
    check(run([hadolint, bad], check=False).returncode != 0, "a question of apt-get is seen")


def test_what_is_copied_is_enough_to_build(context):
    tree = context.path("waymark")
    for rest in of_stage(0, "COPY"):
        *sources, target = rest.split()
        for source in sources:
            check(source.startswith(tuple(shown_to_docker())), f"{source} is let into the build")
            goal = tree / target / source if target == "./" else tree / target
            goal.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, goal)
    build = context.path("build")
    run(["cmake", "-S", tree, "-B", build, "-G", "Ninja", "-DWAYMARK_TESTS=OFF",
         "-DWAYMARK_BENCH=OFF"], timeout=120)
    # Every file that the build and the package name is there.
    unmade = run(["ninja", "-C", build, "-n", "waymark"], timeout=120)
    check("missing" not in unmade.stdout, unmade.stdout[-2000:])
    check((build / "CPackConfig.cmake").exists(), "the package can be made")


def test_the_image_runs_without_rights(context):
    del context
    last = max(stage for stage, _, _ in instructions())
    check_equal(last, 1, "a stage to build in, and one to run")
    user = of_stage(last, "USER")[-1]
    check(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), f"the user is a number, not root: {user}")
    check_equal(of_stage(last, "STOPSIGNAL"), ["SIGTERM"], "signal")
    check_equal(of_stage(last, "VOLUME"), ["/var/lib/waymark"], "volume")
    check_equal(json.loads(of_stage(last, "ENTRYPOINT")[0]), ["waymark"], "entry point")
    check_equal(json.loads(of_stage(last, "CMD")[0])[0], "run", "command")


def answer_with(code):
    """The port of a server that answers every request so."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802  (named by the library)
            self.send_response(code if self.path == "/livez" else 404)
            self.end_headers()

        def log_message(self, *arguments):
            del arguments
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def test_the_health_check_tells_the_truth(context):
    del context
    said = of_stage(1, "HEALTHCHECK")[0].partition(" CMD ")[2]
    program, *arguments = json.loads(said.replace("/etc/waymark", str(ROOT / "deploy/debian")))
    check_equal(program, "waymark", "program")

    def probe(port):
        return run([WAYMARK, *arguments], check=False, timeout=20, env={
            "WAYMARK_HTTP_ADDRESS": "0.0.0.0", "WAYMARK_HTTP_PORT": str(port)}).returncode
    check_equal(probe(answer_with(200)), 0, "alive")
    check(probe(answer_with(503)) != 0, "not alive")
    check(probe(free_port()) != 0, "nobody there")


def test_every_service_is_confined(context):
    del context
    services = compose_project()["services"]
    check_equal(set(services), {"kafka", "topics", "waymark", "waymark-2", "load", "prometheus",
                                "grafana"}, "services")
    for name in set(services) - {"kafka"}:
        service = services[name]
        check(service.get("read_only") and service.get("cap_drop") == ["ALL"] and
              service.get("security_opt") == ["no-new-privileges:true"], f"{name} is confined")
    for name, service in services.items():
        for port in service.get("ports", []):
            check_equal(port.get("host_ip"), "127.0.0.1", f"{name} is reached from")
    sample = tools.sample_settings()
    grace = tools.seconds(services["waymark"]["stop_grace_period"].replace("1m0s", "60s"))
    check(grace > tools.seconds(sample["shutdown"]["timeout"]) +
          tools.seconds(sample["kafka"]["transaction_timeout"]), "a stop is waited for")
    optional = {name: service["profiles"] for name, service in services.items()
                if service.get("profiles")}
    check_equal(optional, {"load": ["load"], "waymark-2": ["two"]}, "only where asked for")


def test_what_is_mounted_is_there(context):
    del context
    project = compose_project()
    for name, service in project["services"].items():
        for volume in service.get("volumes", []):
            if volume["type"] == "bind":
                check(os.path.exists(volume["source"]), f"{name} mounts {volume['source']}")
            else:
                check(volume["source"] in project["volumes"], f"{name}: {volume['source']}")
        if "build" in service:
            check_equal(service["build"]["context"], str(ROOT), "the build's folder")


def container_port(service):
    return service["ports"][0]["target"]


def test_services_name_each_other(context):
    """What Prometheus scrapes and Grafana asks are services of the compose file."""
    del context
    services = compose_project()["services"]
    config = yaml.safe_load((DOCKER / "prometheus.yaml").read_text(encoding="utf-8"))
    for job in config["scrape_configs"]:
        for source in job["dns_sd_configs"]:
            check(set(source["names"]) == {"waymark", "waymark-2"} <= set(services), f"{source}")
            port = container_port(services["waymark"])
            check_equal(source["port"], port, "the port that is scraped")
    rules = [v for v in services["prometheus"]["volumes"] if v["target"].endswith("/rules")]
    check(list(pathlib.Path(rules[0]["source"]).glob("*.rules.yaml")), "there are rules")
    given = services["grafana"]["environment"]
    for source in (ROOT / "deploy/grafana/provisioning/datasources").iterdir():
        asked = set(re.findall(r": *\$\{?([A-Z_]+)", source.read_text(encoding="utf-8")))
        check(asked and asked <= set(given), f"{source.name} wants {asked}")
    host = re.fullmatch(r"http://([a-z]+):9090", given["PROMETHEUS_URL"]).group(1)
    check(host in services, f"Grafana asks {host}")


def test_commands_and_variables_are_waymarks(context):
    del context
    services = compose_project()["services"]
    for name in ("topics", "load"):
        command = services[name]["command"]
        words = [word for word in command if not word.startswith("-")]
        known = run([WAYMARK, *words[:2 if name == "topics" else 1], "--help"]).stdout
        for option in (word for word in command if word.startswith("--")):
            check(option in known, f"{name}: {option}")
    for name in ("waymark", "waymark-2"):
        done = run([WAYMARK, "config", "show"], env=services[name]["environment"])
        check("sets nothing" not in done.stdout + done.stderr, done.stderr)
        check("kafka:9092" in done.stdout, done.stdout[:2000])


if __name__ == "__main__":
    main()
