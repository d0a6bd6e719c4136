"""Deliveries of 7 KB, signed and distinct, from 64 callers: ours durable, beside what keeps nothing and what people write.

Each program in turn, several rounds, so that a bad moment of the machine hits all of them. Flat out, every caller sends
its next delivery when the one before is answered; at a pace, a delivery's time counts from when it was due.
"""

import atexit
import hashlib
import hmac
import json
import os
import sqlite3
import statistics
import subprocess
import uuid

from common import HERE, IS_SHORT, SECRET, Server, cpu, free_port, show, wait_for

BODY = 7000
RECORD = 64 + 36 + BODY
CALLERS = 64
PACE = 2000
SECONDS = float(os.environ.get("SECONDS_EACH", "2" if IS_SHORT else "5"))
ROUNDS = 1 if IS_SHORT else 3


LINKS = """archive assignees blobs branches collaborators comments commits compare contents contributors deployments
downloads events forks git_commits git_refs git_tags git hooks issue_comment issue_events issues keys labels languages
merges milestones mirror notifications pulls releases ssh stargazers statuses subscribers subscription svn tags teams
trees""".split()


def payload():
    """A push with the members, and of the size, that GitHub sends."""
    api, page = "https://api.github.com/repos/acme/bench", "https://github.com/acme/bench"
    user = {"name": "acme", "email": "acme@example.org", "login": "acme", "id": 2, "node_id": "MDQ6VXNlcjI=",
            "gravatar_id": "", "type": "Organization", "site_admin": False}
    for link in ("avatar", "html", "followers", "following", "gists", "starred", "subscriptions", "repos", "events"):
        user[f"{link}_url"] = f"https://api.github.com/users/acme/{link}"
    repository = {
        "id": 1, "node_id": "MDEwOlJlcG9zaXRvcnkx", "name": "bench", "full_name": "acme/bench", "private": False,
        "owner": user, "html_url": page, "description": "Predicts delays of flights", "fork": False, "url": page,
        "created_at": 1557933565, "updated_at": "2026-05-15T15:20:41Z", "pushed_at": 1557933657, "homepage": None,
        "size": 4711, "stargazers_count": 0, "watchers_count": 0, "language": "Python", "has_issues": True,
        "has_projects": True, "has_downloads": True, "has_wiki": True, "has_pages": True, "forks_count": 1,
        "mirror_url": None, "archived": False, "disabled": False, "open_issues_count": 2, "license": None, "forks": 1,
        "open_issues": 2, "watchers": 0, "default_branch": "main", "stargazers": 0, "master_branch": "main"}
    for link in LINKS:
        repository[f"{link}_url"] = f"{api}/{link}{{/sha}}"
    person = {"name": "Ada Stone", "email": "ada@example.org", "username": "ada"}
    commit = {
        "id": "a" * 40, "tree_id": "b" * 40, "distinct": True, "message": "Weigh rare airports less",
        "timestamp": "2026-05-15T15:20:41Z", "url": f"{page}/commit/{'a' * 40}", "author": person,
        "committer": person, "added": [], "removed": [], "modified": ["train.py", "params.yaml"]}
    push = {
        "ref": "refs/heads/bench-00000000", "before": "0" * 40, "after": "a" * 40, "repository": repository,
        "pusher": {"name": "ada", "email": "ada@example.org"}, "organization": user, "sender": dict(user, login="ada"),
        "created": True, "deleted": False, "forced": False, "base_ref": None, "compare": f"{page}/compare/main",
        "commits": [commit], "head_commit": commit}
    text = json.dumps(push, separators=(",", ":"))
    return text + " " * (BODY - len(text))


def make_deliveries(path, count):
    """Distinct pushes, all of one length, with their signatures."""
    text = payload()
    with open(path, "wb") as out:
        for number in range(count):
            after = hashlib.sha1(str(number).encode()).hexdigest()
            body = text.replace("a" * 40, after).replace("bench-00000000", f"bench-{number:08}").encode()
            assert len(body) == BODY
            signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            out.write(signature.encode() + str(uuid.UUID(int=number)).encode() + body)


def load(program, port, path, file, rate):
    answer = subprocess.run(
        [program, str(port), path, str(file), str(RECORD), str(CALLERS), str(rate), str(SECONDS)], check=True,
        capture_output=True, text=True).stdout
    return json.loads(answer)


class Sluice:
    name = "sluice"

    def __init__(self, scratch):
        self.folder = scratch
        subprocess.run(["git", "init", "-q", "--bare", str(scratch / "acme/bench.git")], check=True)
        self.server = Server(scratch, "{forge: github, repository: acme/bench}")
        self.port, self.process, self.path = self.server.port, self.server.process, "/webhooks/github"

    def end(self):
        self.server.end()

    def kept(self):
        with sqlite3.connect(self.server.home / "sluice.db") as database:
            return database.execute(
                "SELECT count(DISTINCT delivery) FROM delivery JOIN event ON event.id = delivery.event"
                " WHERE event.key LIKE 'push:%'").fetchone()[0]


class Receiver:
    """A program that is measured beside Sluice, as `process`."""

    def end(self):
        self.process.kill()
        self.process.wait()


class Webhook(Receiver):
    """Debian's webhook. The rule's second half never holds, so it verifies, reads the JSON, and starts nothing."""

    name = "webhook"
    rules = [{"match": {"type": "value", "value": "never", "parameter": {"source": "payload", "name": "ref"}}}]

    def __init__(self, scratch):
        signature = {"match": {
            "type": "payload-hmac-sha256", "secret": SECRET,
            "parameter": {"source": "header", "name": "X-Hub-Signature-256"}}}
        hooks = scratch / "hooks.json"
        hooks.write_text(json.dumps([{
            "id": "bench", "execute-command": "/bin/true", "success-http-response-code": 202,
            "trigger-rule-mismatch-http-response-code": 202, "trigger-rule": {"and": [signature, *self.rules]}}]))
        self.port, self.path = free_port(), "/hooks/bench"
        self.process = subprocess.Popen(
            ["webhook", "-hooks", str(hooks), "-ip", "127.0.0.1", "-port", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.process.kill)
        wait_for(self.port, self.process)

    def kept(self):
        return None


class WebhookAndTrue(Webhook):
    """As it is meant to be used: a program is started for each delivery."""

    name = "webhook, and /bin/true for each"
    rules = []


class Flask(Receiver):
    name = "Flask, waitress, SQLite"

    def __init__(self, scratch):
        self.port, self.path, self.database = free_port(), "/hook", scratch / "flask.db"
        self.process = subprocess.Popen(
            [os.environ["FLASK_PYTHON"], str(HERE / "receiver.py"), str(self.port), str(self.database)],
            env=dict(os.environ, FORGE_SECRET=SECRET), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.process.kill)
        wait_for(self.port, self.process)

    def kept(self):
        with sqlite3.connect(self.database) as database:
            return database.execute("SELECT count(*) FROM delivery").fetchone()[0]


def measure(scratch):
    print(f"deliveries of 7 KB, {CALLERS} callers, {SECONDS:g} s each, {ROUNDS} rounds", flush=True)
    program = scratch / "deliver"
    subprocess.run(
        [os.environ.get("CC", "clang"), "-O2", "-Wall", "-o", str(program), str(HERE / "deliver.c")], check=True)
    file = scratch / "deliveries"
    make_deliveries(file, int(10_000 * SECONDS))
    for rate, limit in ((0, "2,000/s"), (PACE, "p99 under 20 ms")):
        found = {}
        for number in range(ROUNDS):
            for kind in (Sluice, Webhook, WebhookAndTrue, Flask):
                folder = scratch / f"{kind.__name__}-{rate}-{number}"
                folder.mkdir()
                target = kind(folder)
                before = cpu(target.process.pid)
                result = load(program, target.port, target.path, file, rate)
                result["server_cpu"] = cpu(target.process.pid) - before
                target.end()
                kept = target.kept()
                # Never answered and yet kept is no fault; answered and not kept would be.
                if kept is not None and (kept < result["taken"] or kept > result["sent"]):
                    raise SystemExit(f"{kind.name} took {result['taken']} deliveries and kept {kept}")
                if kept is not None and not result["unanswered"] and not result["broken"] and kept != result["taken"]:
                    raise SystemExit(f"{kind.name} took {result['taken']} deliveries and kept {kept}")
                result["kept"] = kept
                found.setdefault(kind.name, []).append(result)
        tell(found, rate, limit)
    file.unlink()


def tell(found, rate, limit):
    what = "deliveries flat out" if rate == 0 else f"deliveries, {rate:,} a second due"
    for name, results in found.items():
        show(what if name == "sluice" else f"{what}: {name}", words(results), limit if name == "sluice" else "",
             "all that was answered 202 is in the database, once" if name == "sluice" else "", rounds=results)


def words(results):
    def middle(key):
        return statistics.median(result[key] for result in results)
    rates = sorted(result["taken"] / result["seconds"] for result in results)
    bad = sum(result["refused"] + result["broken"] + result["unanswered"] for result in results)
    shares = [
        statistics.median(result[key] / result["seconds"] for result in results) for key in ("server_cpu", "cpu")]
    each = statistics.median(result["server_cpu"] * 1000 / max(1, result["taken"]) for result in results)
    return (
        f"{statistics.median(rates):,.0f}/s ({rates[0]:,.0f} to {rates[-1]:,.0f}), p50 {middle('p50'):.1f} ms, "
        f"p99 {middle('p99'):.1f} ms, at most {max(result['most'] for result in results):.0f} ms; "
        f"{shares[0]:.2f} cores ({each:.2f} ms CPU each), load maker {shares[1]:.2f}" + (f"; {bad} not taken" if bad else ""))
