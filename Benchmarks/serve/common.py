"""What the parts share: a server on a home of its own, what a process used, and the table."""

import atexit
import os
import platform
import re
import signal
import socket
import statistics
import subprocess
import time
from pathlib import Path

SLUICE = os.environ["SLUICE"]
HERE = Path(__file__).parent
SECRET = "a secret of the benchmark"
IS_SHORT = os.environ.get("BENCH_SHORT", "") not in ("", "0")
rows = []
figures = {}


def show(what, ours, limit="", other="", **values):
    """A row of the table; `values` go to the file of figures."""
    rows.append((what, ours, limit, other))
    figures[what] = values
    print(f"  {what}: {ours}" + (f"   (limit {limit})" if limit else "") + (f"   {other}" if other else ""), flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    """Seconds until somebody listens."""
    began = time.monotonic()
    while time.monotonic() < began + 60:
        if process.poll() is not None:
            raise SystemExit("the server ended before it listened")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return time.monotonic() - began
        except OSError:
            time.sleep(0.005)
    raise SystemExit("nobody listens")


def cpu(pid):
    """CPU seconds of a process and of its children that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """Resident megabytes, and those of them that are the process's own."""
    status = Path(f"/proc/{pid}/status").read_text()
    return tuple(int(re.search(rf"{key}:\s+(\d+)", status).group(1)) / 1024 for key in ("VmRSS", "RssAnon"))


class Server:
    """`sluice serve` on a home of its own; `folder` is also what clones of its forge are taken from."""

    def __init__(self, folder, project, home=None):
        self.folder, self.port = Path(folder), free_port()
        self.home = Path(home) if home else self.folder / "home"
        settings = self.folder / "server.yaml"
        settings.write_text(
            f"version: 1\nlisten: {{port: {self.port}}}\n"
            f"forges: {{github: {{api: 'http://127.0.0.1:9', clone: '{folder}', token: {{env: FORGE_TOKEN}}, "
            f"webhook_secrets: [{{env: FORGE_SECRET}}]}}}}\nprojects: {{bench: {project}}}\n")
        self.variables = dict(os.environ, SLUICE_HOME=str(self.home), FORGE_TOKEN="none", FORGE_SECRET=SECRET)
        self.log = open(self.folder / "serve.log", "ab")
        self.process = subprocess.Popen(
            [SLUICE, "serve", "--config", str(settings)], env=self.variables, stderr=self.log,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        atexit.register(self.process.kill)
        self.start = wait_for(self.port, self.process)

    def call(self, *arguments, cwd=None):
        return subprocess.run(
            [SLUICE, *arguments], env=self.variables, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout

    def token(self):
        self.call("user", "add", "bench", "--role", "admin")
        return self.call("token", "create", "bench").strip()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()


def git(*arguments, cwd):
    return subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments], cwd=cwd, check=True,
        capture_output=True, text=True).stdout.strip()


def machine(folder):
    """The machine in a line; what a write to its disk costs decides most of what is measured."""
    name = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    place = os.open(folder / "fsync", os.O_CREAT | os.O_RDWR)
    times = []
    for number in range(200):
        os.pwrite(place, b"x" * 4096, number * 4096)
        began = time.perf_counter()
        os.fdatasync(place)
        times.append((time.perf_counter() - began) * 1000)
    os.close(place)
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True).stdout.strip()
    times.sort()
    return (
        f"{os.cpu_count()} cores ({name.group(1).strip() if name else platform.machine()}), Linux {platform.release()}, "
        f"{kind}, fdatasync of 4 KB {statistics.median(times):.2f} ms, p99 {times[-2]:.1f} ms, "
        f"load at the start {os.getloadavg()[0]:.1f}")
