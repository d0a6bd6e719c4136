"""What a server costs: durable deliveries, push to first stage, rest, and a long history.

Nothing here passes or fails: it prints a table in which the limits stand that the project holds itself to, and people read.
Read by Benchmarks/serve.sh, which has what it needs.
"""

import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

SLUICE = os.environ["SLUICE"]
SECONDS = int(os.environ.get("SECONDS_EACH", "10"))
STORED = int(os.environ.get("BENCH_RUNS", "1000000"))
HERE = Path(__file__).parent
SECRET = "a secret of the benchmark"
BODY = 7000
rows = []


def show(what, ours, limit, other=""):
    rows.append((what, ours, limit, other))
    print(f"  {what}: {ours}   {other}", flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit("the server ended before it listened")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("nobody listens")


class Server:
    """`sluice serve` on a home of its own."""

    def __init__(self, folder, project, more=""):
        self.folder, self.port = Path(folder), free_port()
        self.home = self.folder / "home"
        settings = self.folder / "server.yaml"
        settings.write_text(
            f"version: 1\nlisten: {{port: {self.port}}}\n"
            f"forges: {{github: {{api: 'http://127.0.0.1:9', clone: '{folder}', token: {{env: FORGE_TOKEN}}, "
            f"webhook_secrets: [{{env: FORGE_SECRET}}]}}}}\nprojects: {{bench: {project}}}\n{more}")
        self.variables = dict(
            os.environ, SLUICE_HOME=str(self.home), FORGE_TOKEN="none", FORGE_SECRET=SECRET)
        self.log = open(self.folder / "serve.log", "ab")
        self.process = subprocess.Popen(
            [SLUICE, "serve", "--config", str(settings)], env=self.variables, stderr=self.log,
            stdin=subprocess.DEVNULL)
        wait_for(self.port, self.process)

    def call(self, *arguments, cwd=None):
        return subprocess.run(
            [SLUICE, *arguments], env=self.variables, cwd=cwd, check=True, capture_output=True, text=True).stdout

    def token(self):
        self.call("user", "add", "bench", "--role", "admin")
        return self.call("token", "create", "bench").strip()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def make_deliveries(path, count):
    """Distinct pushes as GitHub sends them, all of one length, with their signatures."""
    zeros = "0" * 40
    with open(path, "wb") as out:
        for number in range(count):
            after = hashlib.sha1(str(number).encode()).hexdigest()
            payload = {
                "ref": f"refs/heads/bench-{number:08}", "before": zeros, "after": after, "created": True,
                "deleted": False, "forced": False, "head_commit": {"id": after},
                "repository": {"id": 1, "name": "bench", "full_name": "acme/bench", "owner": {"login": "acme", "id": 2}},
                "pusher": {"name": "ada"}, "sender": {"id": 3, "login": "ada", "type": "User"}, "padding": "",
            }
            empty = len(json.dumps(payload))
            payload["padding"] = "x" * (BODY - empty)
            body = json.dumps(payload).encode()
            assert len(body) == BODY
            signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            out.write(signature.encode() + str(uuid.UUID(int=number)).encode() + body)


def wrk(url, file):
    call = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{SECONDS}s", "--latency", "-s", str(HERE / "serve/deliver.lua"), url],
        env=dict(os.environ, DELIVERIES=str(file), RECORD=str(BODY + 100)), check=True, capture_output=True, text=True)
    found = re.search(r"FIGURES (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", call.stdout)
    requests, micros, middle, last, refused, broken = (int(text) for text in found.groups())
    return {
        "rate": requests / (micros / 1e6), "p50": middle / 1000, "p99": last / 1000, "bad": refused + broken,
        "requests": requests,
    }


def words(figures):
    bad = f", {figures['bad']} not taken" if figures["bad"] else ""
    return f"{figures['rate']:,.0f}/s, p50 {figures['p50']:.1f} ms, p99 {figures['p99']:.1f} ms{bad}"


def deliveries(scratch):
    print("deliveries of 7 KB, 32 connections, signed and distinct", flush=True)
    file = scratch / "deliveries"
    make_deliveries(file, 4500 * SECONDS)
    folder = scratch / "sluice"
    folder.mkdir()
    bare = folder / "acme/bench.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    server = Server(folder, "{forge: github, repository: acme/bench}")
    ours = wrk(f"http://127.0.0.1:{server.port}/webhooks/github", file)
    server.end()
    with sqlite3.connect(server.home / "sluice.db") as database:
        stored = database.execute("SELECT count(*) FROM event").fetchone()[0]
    assert stored >= ours["requests"] - ours["bad"] or stored >= 4500 * SECONDS, (stored, ours)

    port = free_port()
    hooks = scratch / "hooks.json"
    hooks.write_text(json.dumps([{
        "id": "bench", "execute-command": "/bin/true", "success-http-response-code": 202,
        "trigger-rule": {"match": {
            "type": "payload-hmac-sha256", "secret": SECRET,
            "parameter": {"source": "header", "name": "X-Hub-Signature-256"}}}}]))
    process = subprocess.Popen(
        ["webhook", "-hooks", str(hooks), "-ip", "127.0.0.1", "-port", str(port)], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    wait_for(port, process)
    theirs = wrk(f"http://127.0.0.1:{port}/hooks/bench", file)
    process.kill()
    process.wait()

    port = free_port()
    process = subprocess.Popen(
        [os.environ["FLASK_PYTHON"], str(HERE / "serve/receiver.py"), str(port), str(scratch / "flask.db")],
        env=dict(os.environ, FORGE_SECRET=SECRET), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(port, process)
    flask = wrk(f"http://127.0.0.1:{port}/hook", file)
    process.kill()
    process.wait()
    show(
        "durable deliveries", words(ours), "2,000/s, p99 under 20 ms",
        f"webhook (keeps nothing, runs /bin/true): {words(theirs)}; Flask, waitress, SQLite FULL: {words(flask)}")


POLICY = """version: 1
model: bench
triggers: {push: {}}
train: {run: "date +%s%N > model && sleep 0.1", model: model}
evaluate: {run: "echo '{\\"x\\": 1}' > ${metrics}", metrics: metrics.json}
gates: [{metric: x, min: 0}]
"""


def git(*arguments, cwd):
    return subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments], cwd=cwd, check=True,
        capture_output=True, text=True).stdout.strip()


def first_stage(scratch):
    print("push to first stage, 5,000 files", flush=True)
    folder = scratch / "stage"
    work = folder / "work"
    work.mkdir(parents=True)
    git("init", "-q", "-b", "main", cwd=work)
    (work / "sluice.yaml").write_text(POLICY)
    for number in range(5000):
        path = work / f"src/{number % 50}/{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"file {number}\n" * 20)
    git("add", "-A", cwd=work)
    git("commit", "-qm", "Start", cwd=work)
    bare = folder / "acme/bench.git"
    bare.parent.mkdir()
    git("clone", "-q", "--bare", str(work), str(bare), cwd=folder)
    server = Server(folder, f"{{git: '{bare}', poll: 1h}}")
    (bare / "sluice-token").write_text(server.token())
    (bare / "sluice-token").chmod(0o600)
    server.call(
        "hook", "install", str(bare), "--server", f"http://127.0.0.1:{server.port}", "--project", "bench")
    took = []
    for number in range(8):
        (work / "src/0/0.txt").write_text(f"change {number}\n")
        git("commit", "-qam", f"Change {number}", cwd=work)
        commit = git("rev-parse", "HEAD", cwd=work)
        git("push", "-q", str(bare), "main", cwd=work)
        pushed = (bare / "refs/heads/main").stat().st_mtime_ns
        end = time.monotonic() + 60
        while time.monotonic() < end:
            time.sleep(0.2)
            runs = json.loads(server.call("runs", "--commit", commit, "--json"))["runs"]
            if runs and runs[0]["state"] in ("judged", "errored"):
                detail = json.loads(server.call("show", str(runs[0]["run"]), "--json"))
                stage = next(stage for stage in detail["stages"] if stage["name"].startswith("train"))
                began = stage["started_at"]
                start = time.mktime(time.strptime(began[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
                milliseconds = int(began[20:23])
                took.append(start * 1000 + milliseconds - pushed / 1e6)
                break
    server.end()
    if not took:
        show("push to first stage, 5,000 files", "not measured: no run", "250 ms")
        return
    took = took[1:] or took
    show(
        "push to first stage, 5,000 files",
        f"{statistics.median(took):.0f} ms ({min(took):.0f} to {max(took):.0f})", "250 ms",
        "by the hook; the push's own time is not in it")


def idle(scratch):
    print("rest, 60 s", flush=True)
    folder = scratch / "idle"
    folder.mkdir()
    bare = folder / "acme/bench.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    server = Server(folder, f"{{git: '{bare}'}}")
    time.sleep(5)

    def used():
        fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = used()
    time.sleep(60)
    cpu = used() - before
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    resident, anonymous = (int(re.search(rf"{key}:\s+(\d+)", status).group(1)) / 1024 for key in ("VmRSS", "RssAnon"))
    server.end()
    show(
        "rest, one project polled every 30 s", f"{resident:.0f} MB resident ({anonymous:.0f} MB its own), "
        f"{cpu * 1000 / 60:.1f} ms CPU a second", "60 MB")


def history(scratch):
    print(f"history of {STORED:,} runs", flush=True)
    folder = scratch / "history"
    folder.mkdir()
    bare = folder / "acme/bench.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    server = Server(folder, f"{{git: '{bare}', poll: 1h}}")
    token = server.token()
    server.end()
    subprocess.run(
        [sys.executable, str(HERE / "fill_runs.py"), str(server.home / "sluice.db"), "--runs", str(STORED)], check=True)
    server = Server(folder, f"{{git: '{bare}', poll: 1h}}")

    def took(path):
        times = []
        for _ in range(15):
            request = urllib.request.Request(
                f"http://127.0.0.1:{server.port}{path}", headers={"Authorization": f"Bearer {token}"})
            began = time.perf_counter()
            with urllib.request.urlopen(request) as answer:
                answer.read()
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times), max(times)

    first = json.loads(urllib.request.urlopen(urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/v1/runs?limit=1", headers={"Authorization": f"Bearer {token}"})).read())
    run = first["runs"][0]
    paths = [
        "/api/v1/runs?limit=50", f"/api/v1/runs?limit=50&before={STORED // 2}",
        f"/api/v1/runs?limit=50&model={run['model']}", f"/api/v1/runs?commit={run['commit'][:8]}",
        "/api/v1/runs?unfinished=true", f"/api/v1/runs/{run['run']}", "/api/v1/models", "/api/v1/queue",
        "/api/v1/events?limit=50",
    ]
    for path in paths:
        middle, most = took(path)
        show(f"{STORED:,} runs: GET {path.split('before=')[0]}", f"{middle:.1f} ms (at most {most:.1f})", "50 ms")
    server.end()


PARTS = {"deliveries": deliveries, "first-stage": first_stage, "idle": idle, "history": history}


def main():
    chosen = sys.argv[1:] or list(PARTS)
    for name in chosen:
        if name not in PARTS:
            raise SystemExit(f"no such part: {name}; there are {', '.join(PARTS)}")
    scratch = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
    try:
        for name in chosen:
            PARTS[name](scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print("\n| what | sluice | limit | beside it |\n|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


main()
