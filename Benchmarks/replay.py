"""How long it takes to try a policy on recorded runs, as a whole process.

Two runs are real: a champion, and a challenger that is compared with it on the same rows, over all rows and by slices. The
challenger's records are then copied until there are 500 and 5,000 runs. Each figure is the median (minimum to maximum) of
RUNS calls after one that does not count. Nothing here passes or fails: it prints, and people read.
"""

import os
import resource
import sqlite3
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

SLUICE = os.environ["SLUICE"]
RUNS = int(os.environ.get("RUNS", "7"))
COUNTS = [int(count) for count in os.environ.get("BENCH_RECORDED", "500,5000").split(",")]

POLICY = """version: 1
model: bench
train:
  run: python3 train.py
  params: [slope]
  outs: [model.json]
  model: model.json
  metrics: [loss.csv]
evaluate:
  run: python3 evaluate.py ${model} ${predictions}
  predictions: predictions.csv
gates:
  - { metric: auc, min: %s }
  - { metric: auc, against: champion, max_drop: 0.5 }
  - { metric: auc, slice: carrier, min: 0.3, min_rows: 50 }
  - { metric: auc, slice: carrier, against: champion, max_drop: 0.4, min_rows: 50 }
  - { metric: auc, against: promotions, last: 5, max_drop: 0.5 }
  - { metric: model_bytes, max: 50 MB }
"""

FILES = {
    "params.yaml": "slope: 1.0\n",
    "train.py": """
import json
slope = float(open("params.yaml").read().split(":")[1])
json.dump({"slope": slope}, open("model.json", "w"))
with open("loss.csv", "w") as out:
    out.write("epoch,loss\\n")
    for epoch in range(200):
        out.write(f"{epoch},{0.3 + 0.7 * 0.9 ** epoch}\\n")
""",
    "evaluate.py": """
import json, random, sys
slope = json.load(open(sys.argv[1]))["slope"]
draw = random.Random(7)
with open(sys.argv[2], "w") as out:
    out.write("id,label,score,carrier,origin\\n")
    for row in range(4000):
        label = int(draw.random() < 0.4)
        score = min(max(0.5 + 0.2 * slope * (label - 0.5) + draw.gauss(0, 0.2), 0), 1)
        out.write(f"{row},{label},{score:.6f},c{draw.randrange(15)},o{draw.randrange(3)}\\n")
""",
}

COPIES = """
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :copies)
INSERT INTO %s (%s) SELECT %s FROM number CROSS JOIN %s AS old WHERE %s
"""


def sluice(project, *arguments):
    return subprocess.run(
        [SLUICE, *arguments], cwd=project / "repository", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "SLUICE_HOME": str(project / "home"), "NO_COLOR": "1"})


def prepare(project):
    repository = project / "repository"
    repository.mkdir()
    for name, text in {**FILES, "sluice.yaml": POLICY % "0.5"}.items():
        (repository / name).write_text(text)

    def commit(subject):
        git = ["git", "-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
        subprocess.run([*git, "add", "-A"], cwd=repository, check=True)
        subprocess.run([*git, "commit", "-q", "-m", subject], cwd=repository, check=True)

    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=repository, check=True)
    commit("Start")
    for call in (["run"], ["approve", "1", "--as", "alice"]):
        outcome = sluice(project, *call)
        if outcome.returncode != 0:
            raise SystemExit(f"sluice {call} ended with {outcome.returncode}:\n{outcome.stderr.decode()}")
    (repository / "params.yaml").write_text("slope: 1.1\n")
    commit("Try another slope")
    outcome = sluice(project, "run")
    if outcome.returncode != 0:
        raise SystemExit(f"the second run ended with {outcome.returncode}:\n{outcome.stderr.decode()}")
    (repository / "stricter.yaml").write_text(POLICY % "0.99")


def copy(project, copies):
    """Makes runs 3, 4, … from the rows of run 2."""
    found = next((project / "home").glob("*.db"))
    database = sqlite3.connect(found)

    def rows(table, key, changes):
        names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        names = [name for name in names if name in changes or not (name == "id" and key != "id")]
        values = [changes.get(name, f"old.{name}") for name in names]
        database.execute(
            COPIES % (table, ", ".join(names), ", ".join(values), table, f"old.{key} = 2"), {"copies": copies})

    highest = database.execute("SELECT max(id) FROM run").fetchone()[0]
    rows("run", "id", {"id": f"{highest} + n"})
    for table in ("plan", "conclusion"):
        rows(table, "run", {"run": f"{highest} + n"})
    rows("version", "run", {"run": f"{highest} + n", "version": f"{highest} + n"})
    database.commit()
    size = database.execute("SELECT length(body) FROM conclusion WHERE run = 2").fetchone()[0]
    database.close()
    return size


def main():
    with tempfile.TemporaryDirectory(prefix="sluice-replay-") as folder:
        project = Path(folder)
        prepare(project)
        recorded = 2
        print("a policy tried on recorded runs (sluice policy replay)")
        for count in COUNTS:
            size = copy(project, count - recorded)
            recorded = count
            seconds = []
            for turn in range(RUNS + 1):
                began = time.perf_counter()
                outcome = sluice(project, "policy", "replay", "--against", "stricter.yaml", "--limit", str(count))
                if outcome.returncode != 1 or f"on {count:d} judged runs" not in outcome.stdout.decode():
                    raise SystemExit(outcome.stdout.decode() + outcome.stderr.decode())
                if turn > 0:
                    seconds.append(time.perf_counter() - began)
            middle = statistics.median(seconds)
            print(
                f"  {count:>6,} runs, {size / 1000:.0f} kB each  {middle * 1000:9.1f} ms"
                f"   ({min(seconds) * 1000:.1f} to {max(seconds) * 1000:.1f})")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"  largest resident memory of any of these processes  {peak:.0f} MB")


main()
