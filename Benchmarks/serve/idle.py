"""A server with nothing to do: what it holds and what it uses."""

import subprocess
import time

from common import IS_SHORT, Server, cpu, memory, show

SECONDS = 15 if IS_SHORT else 60


def measure(scratch):
    print(f"rest, {SECONDS} s", flush=True)
    bare = scratch / "acme/bench.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    server = Server(scratch, f"{{git: '{bare}'}}")
    time.sleep(5)
    before = cpu(server.process.pid)
    time.sleep(SECONDS)
    used = (cpu(server.process.pid) - before) * 1000 / SECONDS
    resident, own = memory(server.process.pid)
    server.end()
    show("rest, one project polled every 30 s", f"{resident:.0f} MB resident ({own:.0f} MB its own), "
         f"{used:.1f} ms CPU a second", "60 MB, no CPU", resident=resident, own=own, cpu=used)
