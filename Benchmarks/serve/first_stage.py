"""From a push until its first stage runs, by a hook and by a webhook, beside the checkout alone.

The clock starts when the branch has moved (by the hook) or when the webhook is sent, and ends when the store has the
stage's start, which is before its command: that is written down and measured too.
"""

import hashlib
import hmac
import json
import re
import sqlite3
import statistics
import subprocess
import time
import urllib.request
import uuid
from datetime import datetime

from common import IS_SHORT, SECRET, Server, git, show

POLICY = """version: 1
model: bench
triggers: {push: {}}
train: {run: "date +%s%N; echo 1 > model", model: model}
evaluate: {run: "cat ${model} && echo '{\\"x\\": 1}' > ${metrics}", metrics: metrics.json}
gates: [{metric: x, min: 0}]
"""
PUSHES = 4 if IS_SHORT else 12
PAUSE = 2


def make_repository(folder, files):
    work = folder / "work"
    work.mkdir(parents=True)
    git("init", "-q", "-b", "main", cwd=work)
    (work / "sluice.yaml").write_text(POLICY)
    for number in range(files):
        path = work / f"src/{number % 50}/{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"file {number}\n" * 20)
    git("add", "-A", cwd=work)
    git("commit", "-qm", "Start", cwd=work)
    bare = folder / "acme/bench.git"
    bare.parent.mkdir()
    git("clone", "-q", "--bare", str(work), str(bare), cwd=folder)
    return work, bare


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def wait_for_run(home, commit):
    """Seconds since 1970 at which the run's training began, in the store and by its own clock; then it is over."""
    end = time.monotonic() + 60
    with sqlite3.connect(f"file:{home}/sluice.db?mode=ro", uri=True) as database:
        while time.monotonic() < end:
            time.sleep(0.05)
            row = database.execute(
                "SELECT run.id, stage.started_at FROM run JOIN stage ON stage.run = run.id"
                " WHERE run.commit_id = ? AND run.finished_at IS NOT NULL AND stage.name LIKE 'train%'",
                (commit,)).fetchone()
            if row and row[1]:
                [log] = (home / "runs" / str(row[0])).glob("stages/train*/*/output.log")
                # The run before removes its tree and the disk works on: most pushes do not come within that second.
                time.sleep(PAUSE)
                return moment(row[1]), int(re.search(r"^\d{19}$", log.read_text(), re.MULTILINE).group()) / 1e9
    return None


def send_webhook(server, before, after):
    body = json.dumps({
        "ref": "refs/heads/main", "before": before, "after": after,
        "repository": {"id": 1, "name": "bench", "full_name": "acme/bench"},
        "sender": {"id": 3, "login": "ada", "type": "User"}}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/webhooks/github", body, {
            "Content-Type": "application/json", "X-GitHub-Event": "push", "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()})
    began = time.time()
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 202, answer.status
    return began


def checkout_alone(folder, bare):
    """What git itself takes to write the tree, the same number of times."""
    times = []
    for number in range(PUSHES):
        began = time.perf_counter()
        git("worktree", "add", "-q", "--detach", str(folder / f"tree{number}"), "main", cwd=bare)
        times.append((time.perf_counter() - began) * 1000)
        git("worktree", "remove", "--force", str(folder / f"tree{number}"), cwd=bare)
    return times


def pushes(folder, files, by_hook):
    folder.mkdir()
    work, bare = make_repository(folder, files)
    source = f"{{git: '{bare}', poll: 1h}}" if by_hook else "{forge: github, repository: acme/bench, poll: 1h}"
    server = Server(folder, source)
    if by_hook:
        (folder / "token").write_text(server.token())
        (folder / "token").chmod(0o600)
        server.call(
            "hook", "install", str(bare), "--server", f"http://127.0.0.1:{server.port}", "--project", "bench",
            "--token-file", str(folder / "token"))
    # The server's first look starts a run of what is there.
    first = git("rev-parse", "HEAD", cwd=work)
    wait_for_run(server.home, first)
    stored, commands = [], []
    for number in range(PUSHES):
        before = git("rev-parse", "HEAD", cwd=work)
        (work / "src/0/0.txt").write_text(f"change {number}\n")
        git("commit", "-qam", f"Change {number}", cwd=work)
        commit = git("rev-parse", "HEAD", cwd=work)
        git("push", "-q", str(bare), "main", cwd=work)
        began = (bare / "refs/heads/main").stat().st_mtime if by_hook else send_webhook(server, before, commit)
        started = wait_for_run(server.home, commit)
        if started:
            stored.append((started[0] - began) * 1000)
            commands.append((started[1] - began) * 1000)
    server.end()
    return stored, commands, checkout_alone(folder, bare)


def measure(scratch):
    print(f"push to first stage, {PUSHES} pushes each", flush=True)
    for files in (50, 5000):
        for by_hook in (True, False):
            way = "hook" if by_hook else "webhook"
            what = f"push to first stage by {way}, {files:,} files"
            stored, commands, alone = pushes(scratch / f"stage-{files}-{way}", files, by_hook)
            if not stored:
                show(what, "not measured: no run", "250 ms")
                continue
            show(
                what, f"{statistics.median(stored):.0f} ms ({min(stored):.0f} to {max(stored):.0f}); "
                f"its command {statistics.median(commands):.0f} ms", "250 ms",
                f"`git worktree add` alone {statistics.median(alone):.0f} ms ({min(alone):.0f} to {max(alone):.0f})",
                stored=stored, commands=commands, alone=alone)
