"""The unit file: systemd knows all of it, it is confined, and its times fit the service's."""

import re

import tools
from harness import ROOT, WAYMARK, check, check_equal, main, run

UNIT = ROOT / "deploy/systemd/waymark.service"
# As `systemd-analyze security` counts, of 100. May only shrink.
EXPOSURE_MAX = 12


def settings_of(unit):
    """{name: value} of the unit, the last of each name."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Za-z]+=", line))


def unit_with(context, pattern="", replacement=""):
    """A copy of the unit that runs the program as it was built, and differs as said."""
    text = UNIT.read_text(encoding="utf-8")
    changed = re.sub(pattern, replacement, text, flags=re.M) if pattern else text
    check(not pattern or changed != text, f"{pattern} is in the unit")
    copy = context.path("waymark.service")
    copy.write_text(changed.replace("/usr/bin/waymark", WAYMARK), encoding="utf-8")
    return copy


def faults_of(unit):
    done = run(["systemd-analyze", "verify", "--man=no", unit], check=False)
    return done.returncode, [line for line in (done.stdout + done.stderr).splitlines()
                             if "waymark" in line]


def exposure(unit, most):
    return run(["systemd-analyze", "security", "--offline=true", f"--threshold={most}", unit],
               check=False)


def test_systemd_knows_every_setting(context):
    check_equal(faults_of(unit_with(context)), (0, []), "exit code and faults")
    said = faults_of(unit_with(context, "^ProtectSystem=", "ProtectSystems="))[1]
    check(any("ProtectSystems" in line for line in said), f"an unknown setting is told: {said}")


def test_it_is_confined(context):
    done = exposure(unit_with(context), EXPOSURE_MAX)
    overall = done.stdout.strip().splitlines()[-1]
    check_equal(done.returncode, 0, f"exit code: {overall}")
    print(f"         {overall}")
    for dropped in ("CapabilityBoundingSet=", "SystemCallFilter=", "ProtectSystem="):
        without = unit_with(context, f"^{re.escape(dropped)}.*\n", "")
        check(exposure(without, EXPOSURE_MAX).returncode != 0, f"without {dropped} it is seen")


def test_times_fit_the_settings(context):
    del context
    unit = settings_of(UNIT)
    sample = tools.sample_settings()
    kafka = sample["kafka"]
    stop = (tools.seconds(sample["shutdown"]["timeout"]) +
            tools.seconds(kafka["transaction_timeout"]))
    check(int(unit["TimeoutStopSec"]) > stop, "a stop in good order is waited for")
    check(int(unit["TimeoutStartSec"]) > tools.seconds(kafka["connect_timeout"]),
          "a start that looks for its brokers is waited for")
    check_equal(unit["RestartPreventExitStatus"], "2", "exit code of faulty settings")
    check_equal(unit["StartLimitIntervalSec"], "0", "restarts without end")


if __name__ == "__main__":
    main()
