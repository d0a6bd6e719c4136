"""What a schema test and a drift test cost, beside DuckDB with SQL written by hand and the Python tools for it.

First every side must give the right answer on files with planted faults, so that nobody is fast by not looking. Then
they take turns, so that a machine that slows down slows all. A figure is the median; memory is the sum of the peaks of
all processes that are there at the same time. Nothing here passes or fails on a time: it prints, and people read.
"""

import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "Benchmarks" / "data"
CACHE = ROOT / ".bench" / "data"
SLUICE = os.environ["SLUICE"]
DUCKDB = str(Path(os.environ["SLUICE_TOOLS"]) / "duckdb")
SCHEMA = str(SOURCES / "schema.json")
ROWS = [int(part) for part in os.environ.get("BENCH_ROWS", "1000000 10000000").replace(",", " ").split()]
RUNS = int(os.environ.get("RUNS", "3"))
# Seconds after which a side is measured once only.
SLOW = 10
# Rows that a tool is given at most: more would take hours, or more memory than a machine has.
LIMITS = {"frictionless": 100_000, "great expectations": 1_000_000, "evidently": 1_000_000, "pandas + scipy": 1_000_000}


# What is run

def duckdb(script, **values):
    """Runs one of our SQL files; the answer is its rows."""
    text = (SOURCES / script).read_text()
    for name, value in values.items():
        text = text.replace(f"${name}", str(value))
    path = CACHE / f"run-{script}"
    path.write_text(text)
    return [DUCKDB, "-no-init", "-batch", "-bail", "-jsonlines", "-f", str(path)]


def python(environment, script, *arguments):
    return [str(ROOT / ".bench" / "env" / environment / "bin" / "python"), str(SOURCES / script), *arguments]


def checks(file):
    kind = file.rsplit(".", 1)[1]
    sides = {
        "sluice": [SLUICE, "data", "check", file, "--schema", SCHEMA, "--json"],
        "duckdb": duckdb(f"check-{kind}.sql", FILE=file),
        "pandera on polars": python("frames", "pandera_check.py", "polars", file, SCHEMA),
        "pandera on pandas": python("frames", "pandera_check.py", "pandas", file, SCHEMA),
        "great expectations": python("gx", "gx_check.py", file, SCHEMA),
    }
    # Of Parquet it takes every null of a number for one that is out of range.
    if kind == "csv":
        sides["frictionless"] = python("frictionless", "frictionless_check.py", file, SCHEMA)
    return sides


def drifts(new, old, rows):
    kind = new.rsplit(".", 1)[1]
    percent = min(100, 10_000_000 / rows)
    return {
        "sluice": [SLUICE, "data", "drift", new, "--reference", old, "--json"],
        "duckdb": duckdb(f"drift-{kind}.sql", NEW=new, OLD=old, PERCENT=percent),
        "pandas + scipy": python("frames", "scipy_drift.py", new, old),
        "evidently": python("evidently", "evidently_drift.py", new, old),
    }


# What they answer

def broken(side, output):
    """The columns that a side says break a rule."""
    if side == "sluice":
        columns = {finding.get("column") or finding["check"] for finding in json.loads(output)["findings"]}
        return sorted(columns)
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if side != "duckdb":
        return lines[-1]["columns"]
    counts = next(line for line in lines if "records" in line)
    return sorted({
        name.rsplit("_", 1)[0] for name, count in counts.items()
        if name not in ("records", "flagged_there") and int(count) > 0})


def measures(side, output):
    """Column to measures."""
    if side == "sluice":
        return {
            column["column"]: {measure["measure"]: measure["value"] for measure in column["measures"]}
            for column in json.loads(output)["columns"]}
    if side == "duckdb":
        return {line["name"]: line for line in map(json.loads, output.splitlines())}
    return json.loads(output.splitlines()[-1])


# The data

def make(name, rows, seed, shift):
    """Makes NAME.csv and NAME.parquet, once."""
    if (CACHE / f"{name}.csv").exists():
        return
    print(f"making {name}", flush=True)
    command = duckdb("rows.sql", ROWS=rows, SEED=seed, SHIFT=shift, OUT=CACHE / f"{name}-part")
    subprocess.run(command, check=True)
    for ending in ("parquet", "csv"):
        (CACHE / f"{name}-part.{ending}").rename(CACHE / f"{name}.{ending}")


# Record to column and text: one fault each that every side has to see.
FAULTS = {
    3: ("code", "xx-123456"), 5: ("email", "nobody"), 8: ("quantity", "101"), 12: ("age", "4x"), 21: ("price", ""),
    34: ("rate", "1.5"), 55: ("temperature", "-61"), 89: ("latitude", "90.5"), 101: ("day", "2024-02-30"),
    120: ("moment", "2023-12-31T23:59:59"), 133: ("active", "maybe"), 144: ("country", "XX"), 160: ("status", ""),
    177: ("label", "2"), 200: ("id", "1000000021")}
# Spellings that the schema does not allow and that most parsers take.
SPELLINGS = {10: ("score", "1_000"), 20: ("longitude", " 12.5"), 30: ("quantity", "12.0"), 40: ("rate", "nan")}
# Parquet has types, so some faults cannot be there.
UNTYPED = ("age", "day", "active")


def plant(name, faults):
    lines = (CACHE / "300.csv").read_text().splitlines()
    names = lines[0].split(",")
    for record, (column, text) in faults.items():
        cells = lines[record].split(",")
        cells[names.index(column)] = text
        lines[record] = ",".join(cells)
    (CACHE / f"{name}.csv").write_text("\n".join(lines) + "\n")


def plant_parquet(faults):
    changes = []
    for record, (column, text) in faults.items():
        value = f"'{text}'" if text else "NULL"
        changes.append(f"CASE WHEN n = {record - 1} THEN {value} ELSE {column} END AS {column}")
    sql = (
        f"COPY (SELECT * EXCLUDE (n) REPLACE ({', '.join(changes)}) FROM (SELECT row_number() OVER () - 1 AS n, * "
        f"FROM '{CACHE}/300.parquet')) TO '{CACHE}/planted.parquet' (FORMAT parquet);")
    subprocess.run([DUCKDB, "-no-init", "-batch", "-bail", "-c", sql], check=True)


# Measuring

def tree(process):
    """The process and all below it."""
    found = [process]
    for one in found:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                found += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())
        except OSError:
            pass
    return found


def watch(process, isOver, peak):
    while not isOver.wait(0.02):
        total = 0
        for one in tree(process):
            try:
                for line in Path(f"/proc/{one}/status").read_text().splitlines():
                    if line.startswith("VmHWM"):
                        total += int(line.split()[1])
            except OSError:
                pass
        peak[0] = max(peak[0], total)


def measure(command):
    """Wall seconds, CPU seconds and megabytes of one call with all that it starts, and what it printed."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=CACHE, stdout=output, stderr=errors, stdin=subprocess.DEVNULL)
        isOver, peak = threading.Event(), [0]
        watcher = threading.Thread(target=watch, args=(child.pid, isOver, peak))
        watcher.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        isOver.set()
        watcher.join()
        output.seek(0)
        errors.seek(0)
        text = output.read()
        if child.returncode not in (0, 1) or not text.strip():
            raise SystemExit(f"{' '.join(command)[:300]} ended with {child.returncode}:\n{errors.read()[-3000:]}")
    # Programs that end sooner than they are looked at: the largest of them.
    megabytes = max(peak[0], usage.ru_maxrss) / 1000
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "megabytes": megabytes}, text


def in_turn(sides, runs):
    results = {name: [] for name in sides}
    for _ in range(runs):
        for name, command in sides.items():
            # Once is enough for what takes long.
            if not results[name] or results[name][0]["wall"] < SLOW:
                results[name].append(measure(command)[0])
    return {
        name: {key: statistics.median(one[key] for one in all_runs) for key in ("wall", "cpu", "megabytes")}
        for name, all_runs in results.items()}


# The story

def answers():
    """Every side on planted faults. Ends the program if one does not see them."""
    plant("planted", FAULTS)
    plant_parquet({record: fault for record, fault in FAULTS.items() if fault[0] not in UNTYPED})
    for ending in ("csv", "parquet"):
        wanted = sorted(column for column, _ in FAULTS.values() if ending == "csv" or column not in UNTYPED)
        for file, expected in ((f"300.{ending}", []), (f"planted.{ending}", wanted)):
            for side, command in checks(str(CACHE / file)).items():
                found = broken(side, measure(command)[1])
                if found != expected:
                    raise SystemExit(f"{side} says {found} of {file}, and {expected} is right")
    plant("spellings", SPELLINGS)
    unseen = {}
    for side, command in checks(str(CACHE / "spellings.csv")).items():
        found = broken(side, measure(command)[1])
        unseen[side] = sorted(column for column, _ in SPELLINGS.values() if column not in found)

    make("drift-old", 100_000, 1, 0)
    make("drift-new", 100_000, 2, 1)
    for ending in ("csv", "parquet"):
        exact = None
        new, old = (str(CACHE / f"drift-{side}.{ending}") for side in ("new", "old"))
        sides = drifts(new, old, 100_000)
        for side in ("pandas + scipy", "sluice", "duckdb", "evidently"):
            found = measures(side, measure(sides[side])[1])
            if side == "evidently":
                # Distances of its own: over a tenth for what was moved, below for what was not.
                right = found["temperature"]["score"] > 0.1 > found["weight"]["score"]
            else:
                exact = exact or found
                right = all(
                    abs(found[column][measure] - exact[column][measure]) < 0.01
                    for column, measure in (
                        ("temperature", "ks"), ("temperature", "psi"), ("temperature", "wasserstein"), ("price", "ks"),
                        ("weight", "ks"), ("country", "linf"), ("country", "js"), ("status", "linf")))
            if not right:
                raise SystemExit(f"{side} measures drift wrongly: {json.dumps(found)[:2000]}")
    print("every side sees what was planted")
    return unseen


def table(title, results):
    base = results["duckdb"]["cpu"]
    lines = [f"| {title} | wall s | CPU s | MB | CPU against DuckDB |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, one in results.items():
        factor = one.get("factor", 1)
        label = name if factor == 1 else f"{name} (of {1 / factor:.0%} of the rows, times {factor:.0f})"
        lines.append(
            f"| {label} | {one['wall'] * factor:.2f} | {one['cpu'] * factor:.2f} | {one['megabytes']:.0f} "
            f"| {one['cpu'] * factor / base:.2f} |")
    return "\n".join(lines)


def bench(rows):
    runs = RUNS if rows <= 1_000_000 else 1
    make(f"{rows}", rows, 2, 1)
    make(f"{rows}-old", rows, 1, 0)
    tables, figures = [], {}
    for ending in ("csv", "parquet"):
        new, old = (str(CACHE / f"{rows}{side}.{ending}") for side in ("", "-old"))
        for work, sides in (("schema test", checks(new)), ("statistics and drift", drifts(new, old, rows))):
            fitting = {name: side for name, side in sides.items() if LIMITS.get(name, rows) >= rows}
            title = f"{work}, {rows:,} rows of {ending}"
            print(f"measuring {title}", flush=True)
            results = in_turn(fitting, runs)
            if "frictionless" in sides and "frictionless" not in fitting and rows <= 1_000_000:
                make("100000", 100_000, 2, 1)
                command = checks(str(CACHE / "100000.csv"))["frictionless"]
                results["frictionless"] = {**in_turn({"it": command}, 1)["it"], "factor": rows / 100_000}
            figures[title] = results
            tables.append(table(title, results))
            print("\n" + tables[-1] + "\n", flush=True)
    return tables, figures


def small():
    """The fixed costs: 300 rows."""
    tables, figures = [], {}
    for ending in ("csv", "parquet"):
        file = str(CACHE / f"300.{ending}")
        for work, sides in (("schema test", checks(file)), ("statistics and drift", drifts(file, file, 300))):
            results = in_turn(sides, 1)
            # What ends at once is in the noise of one.
            results |= in_turn({name: side for name, side in sides.items() if name in ("sluice", "duckdb")}, 21)
            title = f"{work}, 300 rows of {ending}"
            figures[title] = results
            tables.append(table(title, results))
            print("\n" + tables[-1] + "\n", flush=True)
    return tables, figures


NOTES = """\
What is not the same work:

- DuckDB's side is SQL written by hand for this schema (`Benchmarks/data`): counts of what breaks each rule, without the
  records, and without a look for records that DuckDB reads wrongly. Its drift is told which columns are numbers, and takes
  `1_000` and blanks beside a number for one; Sluice finds the kinds out.
- pandera and Great Expectations get columns that pandas or polars have parsed, pandas + scipy and Evidently too. They name
  no record that cannot be read.
- pandas + scipy is exact and sorts both files in memory. Evidently has one measure a column, and code and email left out.
- Sluice tells the record and the line of a fault, frictionless its row, pandera the row of the parsed table.
- Memory is the sum of the largest resident sizes of all processes at one time.
"""


def main():
    CACHE.mkdir(parents=True, exist_ok=True)
    head = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, median of {RUNS} (above a million rows: 1)"
    print(head)
    make("300", 300, 1, 0)
    unseen = answers()
    lines = [f"- Spellings that the schema forbids ({', '.join(repr(text) for _, text in SPELLINGS.values())}) and that went unseen: "
             + "; ".join(f"{side} {len(columns)} of {len(SPELLINGS)}" for side, columns in unseen.items()) + "."]
    tables, figures = small()
    for rows in ROWS:
        more, found = bench(rows)
        tables += more
        figures |= found
    report = head + "\n\n" + "\n\n".join(tables) + "\n\n" + NOTES + "\n".join(lines) + "\n"
    (ROOT / ".bench" / "data.md").write_text(report)
    (ROOT / ".bench" / "data.json").write_text(json.dumps({"unseen": unseen, "figures": figures}, indent=1) + "\n")
    print(NOTES + "\n".join(lines))


if __name__ == "__main__":
    main()
