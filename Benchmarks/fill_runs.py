#!/usr/bin/env python3
"""Fills the database of a home with many runs, as a server that was busy for two years would have left it.

    fill_runs.py DATABASE [--runs 1000000] [--projects 20]

DATABASE is the sluice.db of a home that sluice has opened before (so that it has its schema), and that nobody has
open now. Every run is over. Rows are written in the format that sluice writes, with one exception: the journal gets
no entries, so its chain stays intact and says nothing of these runs. Nothing of them lies in the content store.
"""

import argparse
import hashlib
import json
import sqlite3
import sys
import time

SUBJECTS = ["Add", "Fix", "Tune", "Drop", "Weigh", "Split", "Clean", "Rework", "Revert", "Measure"]
THINGS = ["the carrier feature", "missing hours", "the learning rate", "rare airports", "label noise", "the loss",
          "wind by month", "night flights", "the schema", "early stopping"]
PEOPLE = ["Ada Stone <ada@example.org>", "Ben Okoro <ben@example.org>", "Chloé Martin <chloe@example.org>",
          "Dai Nakamura <dai@example.org>", "Eva Lind <eva@example.org>"]
STATES = ["judged"] * 7 + ["errored"] + ["cancelled"] * 2
CAUSES = ["push"] * 4 + ["pull_request"] * 4 + ["data", "schedule"]
START = 1_700_000_000


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def policy(model):
    return {
        "approval": {"by": [], "notByAuthor": False, "required": 1}, "datasets": [],
        "gates": [{"condition": {"atLeast": {"_0": 0.5}}, "metric": "auc"}],
        "limits": {"output": 67108864, "time": 86400}, "model": model,
        "promotion": {"alias": "champion", "deploy": [], "rollsBack": True, "verify": []},
        "reproduction": {"tolerance": 1e-09}, "sandbox": {"network": False, "requirement": "best_effort"},
        "tests": [],
        "train": {"metrics": ["metrics.json"], "model": "model.json", "work": {"command": {
            "commands": ["python3 train.py"], "deps": ["train.py"], "outs": ["model.json"], "params": []}}},
    }


STAGES = [{"after": [], "alwaysRuns": False, "commands": ["python3 train.py"], "deps": ["train.py"], "frozen": False,
           "kind": {"train": {}}, "name": "train:model",
           "outs": [{"cached": True, "path": "model.json", "persists": False, "role": "data"}], "params": []}]
EVIDENCE = {part: sha(part) for part in ["code", "data", "environment", "metrics", "parameters", "policy", "report"]}


def trigger(cause, number, when):
    if cause == "push":
        return {"push": {"_0": "main"}}, {"branch": {"_0": "main"}}
    if cause == "pull_request":
        pull = number // 8 + 1
        return {"pullRequest": {"_0": pull, "base": "main"}}, {"pullRequest": {"_0": pull}}
    if cause == "data":
        return {"data": {"_0": "flights", "snapshot": number % 900 + 1}}, {"data": {}}
    return {"schedule": {"cron": "0 3 * * 1", "due": when}}, {"schedule": {}}


def pull_request(number, commit):
    return {"author": {"id": str(number % 50), "login": f"person{number % 50}"}, "base": "main", "head": commit,
            "headBranch": f"work/{number}", "headRepository": "acme/flights", "isDraft": False, "isFork": False,
            "number": number, "state": "open", "title": "Try another way", "updatedAt": "2026-01-01T00:00:00Z"}


def state_body(state, number):
    if state == "judged":
        return {"judged": {"_0": {"passed": {}} if number % 3 else {"failed": {"_0": []}}}}
    if state == "errored":
        return {"errored": {"_0": {"kind": "environment", "message": "the machine was switched off"}}}
    return {"cancelled": {"reason": f"superseded by run {number + 1}"}}


class Filler:
    def __init__(self, database, projects):
        self.database = database
        self.projects = projects
        last = database.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()[0]
        self.first = last + 1
        self.event = database.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0] + 1 - self.first
        self.bodies = {}

    def hex(self, text):
        return text.encode().hex()

    def batch(self, start, end):
        rows = {name: [] for name in ["run", "plan", "conclusion", "stage", "ticket", "event", "run_text"]}
        for number in range(start, end):
            self.row(number, rows)
        return rows

    def row(self, number, rows):
        mixed = (number * 2654435761) & 0xFFFFFFFF
        project = f"project-{mixed % self.projects}"
        model = f"model-{mixed % self.projects}"
        state = STATES[(mixed >> 8) % len(STATES)]
        cause = CAUSES[(mixed >> 12) % len(CAUSES)]
        subject = f"{SUBJECTS[(mixed >> 4) % 10]} {THINGS[(mixed >> 16) % 10]} {number}"
        author = PEOPLE[(mixed >> 20) % 5]
        commit = hashlib.sha1(str(number // 2).encode()).hexdigest()
        seconds = START + number * 60
        created, ended = stamp(seconds), stamp(seconds + 50)
        started = stamp(seconds + 5) if state != "cancelled" else None
        fact, lane = trigger(cause, number, created)
        repository = f"/srv/sluice/clones/{project}.git"
        fingerprint = sha(f"plan {number}")
        event = self.event + number
        if model not in self.bodies:
            self.bodies[model] = canonical(policy(model))
        body = canonical({
            "commit": commit, "commitAuthor": author, "commitSubject": subject, "dirty": False, "parameters": {},
            "policy": 0, "policyDigest": sha(model), "repository": repository, "snapshots": [], "stages": STAGES,
            "tree": commit, "trigger": fact, "uncommitted": []}).replace('"policy":0', '"policy":' + self.bodies[model])
        pull = pull_request(fact["pullRequest"]["_0"], commit) if cause == "pull_request" else None
        ticket = {"at": created, "event": event, "lane": lane, "priority": 0, "project": project, "run": number}
        if pull:
            ticket["pullRequest"] = pull
        after = canonical(state_body(state, number))
        rows["event"].append((
            event, f"filled:{number}", canonical({
                "at": created, "by": "ada", "key": f"filled:{number}",
                "kind": {"branchMoved": {"_0": "main", "after": commit}}, "project": project,
                "repository": repository}),
            canonical({"started": {"_0": number}}), created, commit, number, project))
        rows["run"].append((number, fingerprint, repository, model, commit, canonical(fact), state, after, created,
                            started, ended, project, cause))
        rows["plan"].append((number, body))
        if state == "judged":
            verdict = "passed" if number % 3 else "failed"
            rows["conclusion"].append((number, verdict, canonical({
                "challenger": {"auc": 0.71}, "evidence": EVIDENCE, "gates": [],
                "verdict": {"passed": {}} if verdict == "passed" else {"failed": {"_0": []}},
                "warnings": []}), canonical(EVIDENCE)))
        stage = {"judged": "succeeded", "errored": "errored", "cancelled": "cancelled"}[state]
        stage_body = {
            "succeeded": {"succeeded": {"_0": {"metrics": {"auc": 0.71}, "outs": {}}}},
            "errored": {"errored": {"_0": {"kind": "environment", "message": "the machine was switched off"}}},
            "cancelled": {"cancelled": {}}}[stage]
        rows["stage"].append((number, 0, "train:model", '{"train":{}}', stage, canonical(stage_body), started, ended))
        rows["ticket"].append((
            number, project, model, {"branch": "branch", "pullRequest": "pull_request"}.get(
                next(iter(lane)), next(iter(lane))),
            canonical(lane), 0, pull["number"] if pull else None, commit, event, canonical(ticket)))
        words = f"{subject} {author}"
        if cause == "push":
            words += " main main"
        if pull:
            words += f" {pull['headBranch']} {pull['title']} {pull['author']['login']}"
        rows["run_text"].append((
            number, words, f"p{self.hex(project)} m{self.hex(model)} c{self.hex(cause)} h{commit[:10]}"
            + (f" n{pull['number']}" if pull else "")))

    def write(self, rows):
        put = self.database.executemany
        put("INSERT INTO run (id, fingerprint, repository, model, commit_id, trigger_body, state, state_body, created_at,"
            " started_at, finished_at, project, cause) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", rows["run"])
        put("INSERT INTO event (id, key, body, outcome, settled_at, commit_id, run, project) VALUES (?,?,?,?,?,?,?,?)",
            rows["event"])
        put("INSERT INTO plan (run, body) VALUES (?,?)", rows["plan"])
        put("INSERT INTO conclusion (run, verdict, body, evidence) VALUES (?,?,?,?)", rows["conclusion"])
        put("INSERT INTO stage (run, ordinal, name, kind, state, state_body, started_at, finished_at)"
            " VALUES (?,?,?,?,?,?,?,?)", rows["stage"])
        put("INSERT INTO ticket (run, shared, project, model, lane, lane_body, priority, pull_request, commit_id, event,"
            " body) VALUES (?,0,?,?,?,?,?,?,?,?,?)", rows["ticket"])
        put("INSERT INTO run_text (rowid, words, facets) VALUES (?,?,?)", rows["run_text"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--projects", type=int, default=20)
    arguments = parser.parse_args()
    database = sqlite3.connect(f"file:{arguments.database}?mode=rw", uri=True, isolation_level=None)
    if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'ticket'").fetchone():
        sys.exit(f"{arguments.database} has no schema of a server yet; open the home with sluice first")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -500000")
    filler = Filler(database, arguments.projects)
    begin = time.monotonic()
    # Sorted once at the end instead of in the order in which rows come: several times as fast.
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('run', 'event', 'ticket')").fetchall()
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}")
    end = filler.first + arguments.runs
    for start in range(filler.first, end, 20_000):
        database.execute("BEGIN IMMEDIATE")
        filler.write(filler.batch(start, min(start + 20_000, end)))
        database.execute("COMMIT")
    for _, sql in indexes:
        database.execute(sql)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    print(f"{arguments.runs} runs in {time.monotonic() - begin:.0f} s; the journal says nothing of them")


if __name__ == "__main__":
    main()
