"""Processes, started and watched from outside: the same way for every system."""
import ctypes
import os
import signal
import subprocess
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 0.1
FOLDER_EACH = 20  # samples
PR_SET_PDEATHSIG = 1


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def machine_seconds():
    """Busy seconds of all cores, whoever had them."""
    with open("/proc/stat", encoding="ascii") as stat:
        fields = list(map(int, stat.readline().split()[1:9]))
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def describe():
    """The machine, in a few words."""
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        models = [line.partition(":")[2].strip() for line in info
                  if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{os.cpu_count()} cores, {(models or ['?'])[0]}, {memory:.0f} GB of memory"


def folder_bytes(folder):
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_blocks * 512
            except OSError:
                pass  # removed meanwhile
    return total


class Process:
    """A process, its CPU time as it went on, and the size of its folder at its largest."""

    def __init__(self, command, log, folder):
        self.log, self.folder = log, folder
        self.samples = []  # (seconds since the epoch, CPU seconds)
        self.folder_bytes_max = 0
        self.usage = self.status = None
        self.over = threading.Event()
        self.busy_before = machine_seconds()
        self.started = time.time()
        with open(log, "wb") as out:
            self.popen = subprocess.Popen(list(map(str, command)), stdout=out, stderr=out,
                                          cwd=folder, preexec_fn=die_with_parent)
        self.pid = self.popen.pid
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        self.watcher.start()

    def watch(self):
        count = 0
        while not self.over.wait(SAMPLE_SECONDS):
            try:
                self.samples.append((time.time(), cpu_seconds(self.pid)))
            except OSError:
                return
            if count % FOLDER_EACH == 0:
                self.folder_bytes_max = max(self.folder_bytes_max, folder_bytes(self.folder))
            count += 1

    def cpu_at(self, moment):
        """CPU seconds used until then, in between two samples."""
        before = (self.started, 0.0)
        for sample in self.samples:
            if sample[0] >= moment:
                share = (moment - before[0]) / max(1e-6, sample[0] - before[0])
                return before[1] + share * (sample[1] - before[1])
            before = sample
        return before[1]

    def wait(self, seconds):
        """Its exit code; killed, and an error, where it takes longer."""
        killer = threading.Timer(seconds, self.kill)
        killer.start()
        try:
            _, status, self.usage = os.wait4(self.pid, 0)
        finally:
            killer.cancel()
        self.ended = time.time()
        self.busy = machine_seconds() - self.busy_before
        self.popen.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.over.set()
        self.watcher.join()
        self.folder_bytes_max = max(self.folder_bytes_max, folder_bytes(self.folder))
        return self.status

    @property
    def running(self):
        return self.status is None

    @property
    def cpu(self):
        return self.usage.ru_utime + self.usage.ru_stime

    @property
    def memory_mb(self):
        return self.usage.ru_maxrss / 1024

    def kill(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def stop(self, seconds=60):
        """By SIGTERM."""
        if self.running:
            os.kill(self.pid, signal.SIGTERM)
            self.wait(seconds)
        return self.status

    def abandon(self):
        if self.running:
            self.kill()
            self.wait(10)

    def tail(self):
        with open(self.log, "rb") as log:
            return log.read().decode("utf-8", "replace")[-2000:]
