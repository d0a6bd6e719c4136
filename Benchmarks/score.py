"""What scoring a file of predictions costs, beside pandas with scikit-learn on the same file.

Sluice scores within a run, so its figure is a run whose evaluation writes the file, less the same run with a hundred
rows: reading, counting, and taking the file into the store. First both sides must give the same numbers. Then they take
turns. A figure is the median (minimum to maximum). Nothing here passes or fails on a time: it prints, and people read.
"""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".bench" / "score"
SLUICE = os.environ["SLUICE"]
DUCKDB = str(Path(os.environ["SLUICE_TOOLS"]) / "duckdb")
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
RUNS = int(os.environ.get("RUNS", "5"))
GIT = ["git", "-c", "user.name=Bench", "-c", "user.email=bench@example.org"]

DATA = """
SELECT setseed(0.5);
COPY (SELECT i AS id, (random() < p)::INT AS label, (p > 0.5)::INT AS prediction, p AS score,
['UA', 'AA', 'DL', 'B6', 'EV', 'MQ'][1 + i % 6] AS carrier, 'AP' || (i * 7919 % 40) AS origin
FROM (SELECT range AS i, random() AS p FROM range($ROWS))) TO '$FILE' (HEADER);
"""

POLICY = """\
version: 1
model: bench
train: { run: cp seed model, deps: [seed], outs: [model], model: model }
evaluate:
  run: test -f ${model} && cp '$FILE' ${predictions}
  predictions: predictions.csv
"""


def make(rows):
    file = CACHE / f"{rows}.csv"
    if not file.exists():
        script = DATA.replace("$ROWS", str(rows)).replace("$FILE", str(file))
        subprocess.run([DUCKDB, "-no-init", "-batch", "-c", script], check=True, stdout=subprocess.DEVNULL)
    return file


def project(folder, file):
    folder.mkdir()
    (folder / "seed").write_text("seed\n")
    (folder / "sluice.yaml").write_text(POLICY.replace("$FILE", str(file)))
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Start"]):
        subprocess.run([*GIT, *command], cwd=folder, check=True)
    return folder


def measure(command, folder, **environment):
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wall = time.perf_counter() - began
    if done.returncode != 0:
        raise SystemExit(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return wall, done.stdout


def main():
    CACHE.mkdir(parents=True, exist_ok=True)
    large, small = make(ROWS), make(100)
    work = Path(tempfile.mkdtemp(prefix="sluice-score-"))
    try:
        homes = {"SLUICE_HOME": str(work / "home")}
        with_large, with_small = project(work / "large", large), project(work / "small", small)
        python = [os.environ["PYTHON"], str(ROOT / "Benchmarks" / "score" / "sklearn_score.py"), str(large)]

        told = json.loads(measure([SLUICE, "run", "--json"], with_large, **homes)[1])
        expected = json.loads(measure(python, work)[1])
        ours = told["challenger_metrics"]
        for name, value in expected["metrics"].items():
            if abs(ours[name] - value) > 1e-9:
                raise SystemExit(f"{name}: Sluice says {ours[name]}, scikit-learn {value}")
        print(f"both sides agree on {len(expected['metrics'])} metrics of {ROWS} rows")

        measure([SLUICE, "run"], with_small, **homes)
        times = {"run with 100 rows": [], f"run with {ROWS} rows": [], "scikit-learn": []}
        for _ in range(RUNS):
            for name, sample in zip(times, (
                    measure([SLUICE, "run"], with_small, **homes)[0], measure([SLUICE, "run"], with_large, **homes)[0],
                    measure(python, work)[0])):
                times[name].append(sample)
        for name, values in times.items():
            print(f"  {name:<24} {statistics.median(values):6.2f} s   ({min(values):.2f} to {max(values):.2f})")
        few, many, other = (statistics.median(values) for values in times.values())
        print(f"  {'scoring, the difference':<24} {many - few:6.2f} s   scikit-learn {other / (many - few):.1f} times")
        (ROOT / ".bench" / "score.json").write_text(json.dumps({"rows": ROWS, "seconds": times}, indent=2) + "\n")
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(work)], check=False)
        shutil.rmtree(work, ignore_errors=True)


main()
