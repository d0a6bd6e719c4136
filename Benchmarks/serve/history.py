"""A home with very many runs: start, lists and searches, over HTTP and from the command line."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from common import HERE, IS_SHORT, Server, cpu, memory, show

STORED = int(os.environ.get("BENCH_RUNS", "50000" if IS_SHORT else "1000000"))
TIMES = 15


def fill(scratch, project):
    """The home, made once; BENCH_HISTORY names a folder in which it stays for the next time."""
    kept = os.environ.get("BENCH_HISTORY")
    folder = Path(kept) if kept else scratch
    mark = folder / f"filled-{STORED}"
    folder.mkdir(parents=True, exist_ok=True)
    if not mark.exists():
        shutil.rmtree(folder / "home", ignore_errors=True)
        server = Server(folder, project)
        token = server.token()
        server.end()
        subprocess.run(
            [sys.executable, str(HERE.parent / "fill_runs.py"), str(server.home / "sluice.db"), "--runs", str(STORED)],
            check=True)
        mark.write_text(token)
    return folder, mark.read_text()


def measure(scratch):
    print(f"history of {STORED:,} runs", flush=True)
    bare = scratch / "acme/bench.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    project = f"{{git: '{bare}', poll: 1h}}"
    folder, token = fill(scratch, project)
    starts = []
    for _ in range(3):
        server = Server(folder, project)
        starts.append(server.start * 1000)
        server.end()
    server = Server(folder, project)
    size = sum(file.stat().st_size for file in server.home.glob("sluice.db*")) / 1e9
    show(f"{STORED:,} runs: the server listens after", f"{statistics.median(starts):.0f} ms", "",
         f"database of {size:.1f} GB", starts=starts)

    def ask(path):
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{path}", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    run = ask("/api/v1/runs?limit=1&state=judged")["runs"][0]
    slowest = 0
    for what, path in questions(run):
        times, before = [], cpu(server.process.pid)
        for _ in range(TIMES):
            began = time.perf_counter()
            answer = ask(path)
            times.append((time.perf_counter() - began) * 1000)
        used = (cpu(server.process.pid) - before) * 1000 / TIMES
        count = next((len(value) for value in answer.values() if isinstance(value, list)), 1)
        slowest = max(slowest, statistics.median(times))
        show(f"{STORED:,} runs, HTTP: {what}", f"{statistics.median(times):.1f} ms (first {times[0]:.1f}, at most "
             f"{max(times):.1f}; {used:.1f} ms CPU), {count} found", "50 ms", times=times, cpu=used)
    for arguments in commands(run):
        times = []
        for _ in range(TIMES):
            began = time.perf_counter()
            server.call("runs", *arguments)
            times.append((time.perf_counter() - began) * 1000)
        slowest = max(slowest, statistics.median(times))
        show(f"{STORED:,} runs: `{' '.join(['sluice runs', *arguments])}`", f"{statistics.median(times):.1f} ms (at most "
             f"{max(times):.1f})", "50 ms", times=times)
    resident, own = memory(server.process.pid)
    server.end()
    show(f"{STORED:,} runs: after all that", f"{resident:.0f} MB resident ({own:.0f} MB its own); the slowest median "
         f"{slowest:.0f} ms", "", resident=resident, own=own)


def questions(run):
    def runs(**query):
        return "/api/v1/runs?" + "&".join(f"{key}={value}" for key, value in query.items())
    return [
        ("the newest 50", runs(limit=50)),
        ("50 from the middle", runs(limit=50, before=STORED // 2)),
        ("a model", runs(model=run["model"])),
        ("a project", runs(project=run["model"].replace("model", "project"))),
        ("a state", runs(state="errored")),
        ("a state that no run is in", runs(state="running")),
        ("a model and a state", runs(model=run["model"], state="cancelled")),
        ("a trigger", runs(trigger="schedule")),
        ("a commit's first 4 digits", runs(commit=run["commit"][:4])),
        ("a commit's first 10 digits", runs(commit=run["commit"][:10])),
        ("a pull request", runs(pull_request=STORED // 16)),
        ("an author", runs(text="nakamura")),
        ("a branch", runs(text="main")),
        ("the number of one branch", runs(text=f"work+{STORED // 2 + 1}")),
        ("two words", runs(text="night+flights")),
        ("a word's beginning", runs(text="revert+air")),
        ("two letters", runs(text="mi")),
        ("words and a state", runs(text="night+flights", state="errored")),
        ("words and a state that no run is in", runs(text="night+flights", state="running")),
        ("words, a model and a state", runs(text="learning+rate", model=run["model"], state="cancelled")),
        ("words and a commit", runs(text="ada", commit=run["commit"][:4])),
        ("words that nobody wrote", runs(text="zebra")),
        ("words that never stand together", runs(text="night+label")),
        ("one run", f"/api/v1/runs/{run['run']}"),
        ("the models", "/api/v1/models"),
        ("the queue", "/api/v1/queue"),
        ("the newest events", "/api/v1/events?limit=50"),
        ("why a commit", f"/api/v1/why?subject={run['commit']}"),
    ]


def commands(run):
    return [
        [], ["--before", str(STORED // 2)], ["--model", run["model"]], ["--commit", run["commit"][:8]],
    ]
