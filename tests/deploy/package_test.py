"""The Debian package in a bare Debian: what it depends on is enough, and it installs, runs, stops,
upgrades and goes, over a real Kafka.

The bare Debian holds the smallest set of packages and what ours names, nothing else. It is made
once below build/tools. Wants root.
"""

import hashlib
import os
import pathlib
import re
import shutil
import time

import tools  # first, since it finds harness
import container_test
import harness
from harness import ROOT, WAYMARK, check, check_equal, free_port, http_get, main, metric, run

BUILD = pathlib.Path(WAYMARK).parent
CONFINED = ROOT / "tests/deploy/confined"
CONFIG = "/etc/waymark/waymark.yaml"
MODEL = "/etc/waymark/models/six-stages.yaml"
# What dpkg and adduser write on their own account.
NOT_OURS = re.compile(r"var/(lib/dpkg|log|cache)|run/adduser|etc/(passwd|group|shadow|gshadow)-?$")
# What a running systemd makes.
OF_SYSTEMD = re.compile(r"(run|tmp|sys|proc|dev|var/tmp|var/lib/systemd)/"
                        r"|etc/(machine-id|.pwd.lock)")

_made = {}


def package(context):
    """The package, made by CPack from the build folder once."""
    if "package" not in _made:
        folder = context.directory.parent / "package"
        run(["cpack", "-B", folder], cwd=BUILD, timeout=120)
        _made["package"] = next(folder.glob("*.deb"))
    return _made["package"]


def field(deb, name):
    return run(["dpkg-deb", "--field", deb, name]).stdout.strip()


def bare_debian(deb, *more):
    """A root file system with the smallest Debian, what the package depends on, and `more`."""
    names = re.findall(r"(?:^|, )([a-z0-9][a-z0-9.+-]+)", field(deb, "Depends")) + list(more)
    key = hashlib.sha256(" ".join(sorted(names)).encode()).hexdigest()[:12]
    with tools.made_once(f"debian-{key}") as (folder, is_new):
        if is_new:
            tools.make(["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root",
                        "--include=" + ",".join(names), "bookworm", folder], timeout=300)
    return folder


def child_of(pid):
    """The only child of a process; None where there is none yet."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    except (OSError, TypeError):
        return None
    return children.split()[0] if children.split() else None


def name_of(pid):
    return pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()


class Machine:
    """A copy of the bare Debian."""

    def __init__(self, context, *more):
        if os.geteuid() != 0:
            context.skip("root alone may install packages")
        self.context = context
        self.root = context.path("root")
        run(["cp", "-a", bare_debian(package(context), *more), self.root])
        self.enter = ["chroot", self.root]

    def run(self, *command, check=True):
        return run([*self.enter, *command], check=check,
                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C",
                        "DEBIAN_FRONTEND": "noninteractive"})

    def boot(self):
        """Starts its systemd. From then on commands are run beside it."""
        for unit in ("systemd-resolved", "systemd-networkd", "systemd-timesyncd", "systemd-udevd",
                     "systemd-logind", "getty.target"):
            self.run("systemctl", "--quiet", "mask", unit)
        for file, text in (("hosts", "127.0.0.1 localhost\n"), ("hostname", "machine\n")):
            self.path(f"/etc/{file}").write_text(text, encoding="utf-8")
        self.container = outer = self.context.process(
            "boot", ["unshare", "--mount", ROOT / "tests/deploy/boot", self.root])

        def first():
            check(outer.running, f"the container runs: {outer.output()}")
            inner = child_of(child_of(outer.pid))
            return inner if inner and name_of(inner) == "systemd" else None
        pid = harness.wait_until(first, 20, "systemd is started")
        self.enter = ["nsenter", "--target", pid, "--mount", "--pid", "--uts", "--ipc", "--cgroup",
                      "--root", "--wd=/"]
        harness.wait_until(lambda: self.run("systemctl", "is-system-running", check=False).stdout
                           .strip() in ("running", "degraded"), 30, "systemd has started")

    def unit(self, name):
        """A property of the service's unit."""
        return self.run("systemctl", "show", "--property", name, "--value",
                        "waymark").stdout.strip()

    def dpkg(self, *arguments):
        return self.run("dpkg", "--force-confdef", "--force-confold", *arguments)

    def install(self, deb):
        shutil.copy(deb, self.root / "new.deb")
        self.dpkg("--install", "/new.deb")
        (self.root / "new.deb").unlink()

    def path(self, inside):
        return self.root / inside.lstrip("/")

    def text(self, inside):
        return self.path(inside).read_text(encoding="utf-8")

    def confined(self, *command):
        """What runs a command as the service runs."""
        return ["unshare", "--mount", CONFINED, self.root, *command]

    def files(self):
        found = set()
        for folder, folders, names in os.walk(self.root):
            for name in folders + names:
                path = os.path.relpath(os.path.join(folder, name), self.root)
                if not NOT_OURS.match(path):
                    found.add(path)
        return found


def newer(context, deb, version):
    """The package as a later version, whose settings and models as shipped have changed."""
    folder = context.path("newer")
    run(["dpkg-deb", "--raw-extract", deb, folder])
    for name, old, new in (("DEBIAN/control", r"^Version: .*$", f"Version: {version}"),
                           (CONFIG.lstrip("/"), r"\Z", "# as shipped later\n"),
                           (MODEL.lstrip("/"), r"\Z", "# as shipped later\n")):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(old, new, text, flags=re.M), encoding="utf-8")
    made = context.path("newer.deb")
    run(["dpkg-deb", "--build", "-Zgzip", "-z1", folder, made])
    return made


def started(machine, name, port):
    """The unit's command, run as the unit runs it, until it is ready."""
    command = re.search("^ExecStart=(.*)$", machine.text("/lib/systemd/system/waymark.service"),
                        re.M).group(1).split()
    process = machine.context.process(name, machine.confined(*command), env={
        "WAYMARK_HTTP_PORT": str(port), "INSTANCE": "machine"})
    harness.wait_until(lambda: http_get(f"http://127.0.0.1:{port}/readyz")[0] == 200
                       or not process.running, 60, f"ready: {process.output()[-2000:]}")
    check(process.running, f"it runs: {process.output()[-3000:]}")
    return process


def set_brokers(machine, bootstrap):
    """As an operator does who installs the package."""
    text = machine.text(CONFIG)
    check('brokers: ["localhost:9092"]' in text, f"the brokers are named: {text}")
    machine.path(CONFIG).write_text(text.replace("localhost:9092", bootstrap), encoding="utf-8")


def test_lintian_is_content(context):
    done = run(["lintian", "--tag-display-limit", "0", "--fail-on", "error,warning",
                package(context)], check=False, timeout=120)
    check_equal((done.returncode, done.stdout), (0, ""), "lintian")
    run(["man", "--warnings", "--local-file", ROOT / "deploy/debian/waymark.1"])


def test_what_it_depends_on_is_enough(context):
    machine = Machine(context)
    machine.install(package(context))
    for command in (["version"], ["check", "--config", CONFIG],
                    ["test", "/usr/share/waymark/models/retail/retail.test.yaml"]):
        run(machine.confined("/usr/bin/waymark", *command))
    shown = run(machine.confined("/usr/bin/waymark", "config", "show", "--config", CONFIG)).stdout
    check("/var/lib/waymark" in shown and "/etc/waymark/models" in shown, shown)
    refused = run(machine.confined("/usr/bin/touch", "/tmp/file"), check=False)
    check("Read-only file system" in refused.stderr, f"nothing else is written: {refused.stderr}")
    state = machine.path("/var/lib/waymark").stat()
    check_equal(state.st_mode & 0o777, 0o750, "mode of the state's folder")
    check(state.st_uid != 0, "the state is the service's")


def test_the_user_of_the_image_has_the_state(context):
    machine = Machine(context)
    machine.run("sh", "-c", container_test.of_stage(1, "RUN")[0])
    machine.install(package(context))
    state = machine.path("/var/lib/waymark").stat()
    user = container_test.of_stage(1, "USER")[0]
    check_equal(f"{state.st_uid}:{state.st_gid}", user, "owner of the state")
    check_equal(run(machine.confined("/usr/bin/id", "--user")).stdout.strip(),
                user.split(":", maxsplit=1)[0], "the user that the service runs as")


def test_it_runs_upgrades_and_goes(context):
    kafka = context.kafka()
    machine, port = Machine(context), free_port()
    before = machine.files()
    machine.install(package(context))
    set_brokers(machine, kafka.bootstrap)
    run([WAYMARK, "topics", "create", "--brokers", kafka.bootstrap, "--partitions", 2])
    run([WAYMARK, "generate", "--brokers", kafka.bootstrap, "--profiles", 20, "--interactions",
         200])
    process = started(machine, "first", port)
    url = f"http://127.0.0.1:{port}/metrics"
    harness.wait_until(lambda: (metric(http_get(url)[1], "waymark_interactions_processed_total")
                                or 0) >= 190, 60, "interactions are processed")
    check_equal(process.stop(), 0, f"exit code: {process.output()[-2000:]}")

    machine.install(newer(context, package(context), "99.0"))
    check_equal(machine.run("dpkg-query", "--show", "--showformat=${Version}", "waymark").stdout,
                "99.0", "version")
    check(kafka.bootstrap in machine.text(CONFIG), "edited settings stay")
    check("as shipped later" not in machine.text(CONFIG), "and are not mixed with new ones")
    check("as shipped later" in machine.text(MODEL), "a model that nobody edited is the new one")
    process = started(machine, "second", port)
    check_equal(process.stop(), 0, f"exit code: {process.output()[-2000:]}")

    machine.dpkg("--remove", "waymark")
    check(kafka.bootstrap in machine.text(CONFIG), "settings outlive a removal")
    check(any(machine.path("/var/lib/waymark").iterdir()), "state outlives a removal")
    machine.dpkg("--purge", "waymark")
    check_equal(sorted(machine.files() - before), [], "left behind")
    check("waymark" not in machine.text("/etc/passwd") + machine.text("/etc/group"), "the user")


def test_systemd_runs_it(context):
    kafka = context.kafka()
    machine, port = Machine(context, "systemd"), free_port()
    machine.boot()
    before = machine.files()
    machine.install(package(context))
    check_equal((machine.unit("ActiveState"), machine.unit("UnitFileState")),
                ("inactive", "disabled"), "it waits to be told its brokers")
    set_brokers(machine, kafka.bootstrap)
    machine.path("/etc/default/waymark").write_text(f"WAYMARK_HTTP_PORT={port}\n", "utf-8")
    run([WAYMARK, "topics", "create", "--brokers", kafka.bootstrap, "--partitions", 2])
    machine.run("systemctl", "enable", "--now", "waymark")
    check_equal(machine.unit("ActiveState"), "active", "it is started")
    url = f"http://127.0.0.1:{port}"
    harness.wait_until(lambda: http_get(f"{url}/readyz")[0] == 200, 60, "ready")

    machine.run("systemctl", "reload", "waymark")
    harness.wait_until(lambda: metric(http_get(f"{url}/metrics")[1], "waymark_config_reloads_total",
                                      result="success") == 1, 20, "settings were read again")
    first = machine.unit("MainPID")
    machine.install(newer(context, package(context), "99.0"))
    check(machine.unit("MainPID") != first, "an upgrade restarts it")
    check_equal((machine.unit("ActiveState"), machine.unit("NRestarts")), ("active", "0"),
                "it runs")
    dies_and_comes_back(machine)

    machine.path(CONFIG).write_text("session:\n  gap: soon\n", encoding="utf-8")
    machine.run("systemctl", "restart", "waymark", check=False)
    harness.wait_until(lambda: machine.unit("ActiveState") == "failed", 20, "it is given up")
    check_equal(machine.unit("ExecMainStatus"), "2", "exit code of faulty settings")

    machine.dpkg("--purge", "waymark")
    check_equal(machine.unit("LoadState"), "not-found", "the unit")
    left = {path for path in machine.files() - before if not OF_SYSTEMD.match(path)}
    check_equal(sorted(left), ["etc/default/waymark"], "left behind, the operator's own aside")
    check_equal(machine.container.stop(), 0, f"the container: {machine.container.output()}")


def dies_and_comes_back(machine):
    """Killed, or standing still for longer than the watchdog waits, it is started again."""
    machine.run("mkdir", "-p", "/run/systemd/system/waymark.service.d")
    machine.run("sh", "-c", "printf '[Service]\\nWatchdogSec=4\\nRestartSec=0\\n' >"
                " /run/systemd/system/waymark.service.d/short.conf")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "waymark")
    time.sleep(6)
    check_equal((machine.unit("NRestarts"), machine.unit("ActiveState")), ("0", "active"),
                "its signs of life are heard")
    for signal, result in (("KILL", "1"), ("STOP", "2")):
        machine.run("systemctl", "kill", "--kill-who=main", f"--signal={signal}", "waymark")
        harness.wait_until(lambda: (machine.unit("NRestarts"), machine.unit("ActiveState")) ==
                           (result, "active"), 30, f"started again after {signal}")


if __name__ == "__main__":
    main()
