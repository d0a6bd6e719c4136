"""What a user waits for, measured as whole processes, beside the tool that Sluice replaces.

Each figure is the median (minimum to maximum) of RUNS measurements after one that does not count; the two sides take
turns, so that a machine that slows down slows both. Nothing here passes or fails: it prints, and people read.
"""

import datetime
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SLUICE = os.environ["SLUICE"]
DVC = os.environ["DVC"]
RUNS = int(os.environ.get("RUNS", "7"))
GIT = ["git", "-c", "user.name=Bench", "-c", "user.email=bench@example.org"]


def measure(command, cwd, before=None, environment=None):
    """Wall seconds, CPU seconds and largest resident bytes of one call, children included."""
    if before:
        before()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=cwd, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = child.communicate()
    wall = time.perf_counter() - began
    if child.returncode != 0:
        raise SystemExit(f"{command} ended with {child.returncode}:\n{output.decode()}{errors.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    return wall, cpu


def peak(command, cwd, environment=None):
    """Largest resident bytes of the process itself, its children left out."""
    report = subprocess.run(
        [sys.executable, "-c", PEAK, *command], cwd=cwd, env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(report.stdout.splitlines()[-1])


# Polls VmHWM of the process while it runs: ru_maxrss would count the largest child.
PEAK = """
import json, subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
high = 0
while child.poll() is None:
    try:
        for line in open(f"/proc/{child.pid}/status"):
            if line.startswith("VmHWM"): high = max(high, int(line.split()[1]))
    except OSError:
        pass
    time.sleep(0.005)
print(json.dumps(high * 1024))
"""


def show(title, rows):
    print(f"\n{title}")
    width = max(len(name) for name, _ in rows)
    for name, values in rows:
        middle = statistics.median(values)
        print(f"  {name:<{width}}  {middle * 1000:9.1f} ms   ({min(values) * 1000:.1f} to {max(values) * 1000:.1f})")


def in_turn(sides):
    """`sides`: name to a function that gives one measurement in seconds."""
    for run in sides.values():
        run()
    results = {name: [] for name in sides}
    for _ in range(RUNS):
        for name, run in sides.items():
            results[name].append(run())
    return list(results.items())


def repository(folder, files):
    folder.mkdir(parents=True)
    subprocess.run([*GIT, "init", "-q", "-b", "main"], cwd=folder, check=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    commit(folder, "Start")
    return folder


def commit(folder, subject):
    subprocess.run([*GIT, "add", "-A"], cwd=folder, check=True)
    subprocess.run([*GIT, "commit", "-q", "--allow-empty", "-m", subject], cwd=folder, check=True)


POLICY = """\
version: 1
model: bench
train: { pipeline: dvc.yaml, model: s%d }
"""


def chain(count):
    """A chain of `cp` stages, which cost next to nothing themselves."""
    stages = ["stages:"]
    for number in range(count):
        stages.append(
            f"  stage{number}:\n    cmd: cp s{number} s{number + 1}\n    deps: [s{number}]\n    outs: [s{number + 1}]")
    return {"dvc.yaml": "\n".join(stages) + "\n", "s0": "seed\n", "sluice.yaml": POLICY % count}


def dvc_ready(folder):
    copy = folder.with_name(folder.name + "-dvc")
    shutil.copytree(folder, copy)
    subprocess.run([DVC, "init", "-q"], cwd=copy, check=True)
    commit(copy, "Use DVC")
    return copy


def start(work):
    rows = in_turn({
        "sluice --version": lambda: measure([SLUICE, "--version"], work)[0],
        "dvc --version": lambda: measure([DVC, "--version"], work)[0],
    })
    show("cold start", rows)


def no_op(work):
    for count in (1, 200):
        folder = repository(work / f"noop{count}", chain(count))
        home = {"SLUICE_HOME": str(work / f"noop{count}-home")}
        measure([SLUICE, "run"], folder, environment=home)
        other = dvc_ready(folder)
        measure([DVC, "repro", "-q"], other)
        show(f"nothing changed, {count} stages", in_turn({
            "sluice run": lambda: measure([SLUICE, "run"], folder, environment=home)[0],
            "dvc repro": lambda: measure([DVC, "repro"], other)[0],
        }))


def stages(work):
    count = 200
    folder = repository(work / "stages", chain(count))
    other = dvc_ready(folder)
    home = {"SLUICE_HOME": str(work / "stages-home")}
    number = 0

    def fresh(place):
        nonlocal number
        number += 1
        (place / "s0").write_text(f"seed {number}\n")
        commit(place, f"Seed {number}")

    def shell():
        script = "cp s0 t0; for n in $(seq 0 199); do sh -c \"cp t$n t$((n + 1))\" || exit 1; done"
        return measure(["sh", "-c", script], folder)[0]

    rows = in_turn({
        "sluice run": lambda: measure([SLUICE, "run"], folder, lambda: fresh(folder), home)[0],
        "sh loop": shell,
        **({"dvc repro": lambda: measure([DVC, "repro", "-q"], other, lambda: fresh(other))[0]}
           if os.environ.get("SLOW") else {}),
    })
    show(f"{count} trivial stages, all run" + ("" if os.environ.get("SLOW") else " (SLOW=1 adds dvc, a minute a run)"), rows)
    medians = {name: statistics.median(values) for name, values in rows}
    overhead = (medians["sluice run"] - medians["sh loop"]) / count
    print(f"  overhead per stage beyond the command: {overhead * 1000:.2f} ms")
    last = json.loads(subprocess.run(
        [SLUICE, "runs", "--json", "--limit", "1"], cwd=folder, env={**os.environ, **home}, capture_output=True,
        check=True).stdout)["runs"][0]["run"]
    detail = json.loads(subprocess.run(
        [SLUICE, "show", str(last), "--json"], cwd=folder, env={**os.environ, **home}, capture_output=True,
        check=True).stdout)
    walls = [stage["usage"]["wall"] for stage in detail["stages"] if stage.get("usage")]
    print(f"  of that inside the supervised command (sandbox included): {statistics.median(walls) * 1000:.2f} ms")


def first_stage(work):
    files = {f"src/p{number % 50}/f{number}.py": f"value = {number}\n" * 20 for number in range(5000)}
    files["sluice.yaml"] = (
        "version: 1\nmodel: bench\ntests: { unit: 'true' }\n"
        "train: { run: cp src/p0/f0.py model, deps: [src/p0/f0.py], outs: [model], model: model }\n")
    folder = repository(work / "many", files)
    home = {"SLUICE_HOME": str(work / "many-home")}
    number = 0

    def pause():
        # ext4 keeps away from inodes that were deleted in the last five seconds, and searches long for others: without
        # a pause, each side would pay for the tree that the other has just removed. Pushes are further apart than that.
        subprocess.run(["sync"], check=True)
        time.sleep(6)

    def push():
        nonlocal number
        pause()
        number += 1
        (folder / "src/p0/f0.py").write_text(f"value = {number}\n")
        commit(folder, f"Change {number}")
        began = datetime.datetime.now(datetime.timezone.utc)
        output = subprocess.run(
            [SLUICE, "run", "--json"], cwd=folder, env={**os.environ, **home}, capture_output=True, check=True).stdout
        stage = min(stage["started_at"] for stage in json.loads(output)["stages"] if "started_at" in stage)
        return (datetime.datetime.fromisoformat(stage.replace("Z", "+00:00")) - began).total_seconds()

    def worktree():
        target = work / "worktree"
        if target.exists():
            subprocess.run(["git", "worktree", "remove", "--force", str(target)], cwd=folder, check=True)
            pause()
        return measure(["git", "worktree", "add", "-q", "--detach", str(target)], folder)[0]

    def clone():
        shutil.rmtree(work / "clone", ignore_errors=True)
        pause()
        return measure(["git", "clone", "-q", "--depth", "1", f"file://{folder}", str(work / "clone")], work)[0]

    show("push to first stage running, 5,000 files", in_turn({
        "sluice run": push,
        "git worktree add alone": worktree,
        "git clone --depth 1 alone (what a CI job does first)": clone,
    }))


def cancel(work):
    """A stage that ignores TERM and whose child has left its process group, until no process of it is left."""
    stubborn = (
        "import signal, subprocess, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen(['setsid', 'sh', '-c', 'trap \"\" TERM; sleep 987654'])\ntime.sleep(987654)\n")
    folder = repository(work / "cancel", {
        "sluice.yaml": "version: 1\nmodel: bench\ntrain: { run: python3 s.py, deps: [s.py], outs: [m], model: m }\n",
        "s.py": stubborn,
    })
    home = {**os.environ, "SLUICE_HOME": str(work / "cancel-home")}

    def left():
        return subprocess.run(["pgrep", "-f", "sleep 987654"], stdout=subprocess.DEVNULL).returncode == 0

    def once():
        run = subprocess.Popen(
            [SLUICE, "run", "--again"], cwd=folder, env=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not left():
            time.sleep(0.02)
        runs = json.loads(subprocess.run(
            [SLUICE, "runs", "--json", "--limit", "1"], cwd=folder, env=home, capture_output=True, check=True).stdout)
        began = time.perf_counter()
        subprocess.run(
            [SLUICE, "cancel", str(runs["runs"][0]["run"])], cwd=folder, env=home, check=True, stdout=subprocess.DEVNULL)
        if left():
            raise SystemExit("cancel returned and a process was left")
        took = time.perf_counter() - began
        run.wait()
        return took

    show("cancel until no process is left (two seconds are the stage's own)", in_turn({"sluice cancel": once}))


def memory(work):
    loud = {
        "sluice.yaml": "version: 1\nmodel: bench\ntrain: { run: python3 loud.py, deps: [loud.py], outs: [m], model: m }\n",
        "loud.py": "import sys\nfor _ in range(1024): sys.stdout.write('x' * 1048575 + '\\n')\nopen('m', 'w').write('m')\n",
    }
    quiet = {**loud, "loud.py": "open('m', 'w').write('m')\n"}
    print("\nlargest resident memory of the sluice process")
    for name, files in (("a stage that prints nothing", quiet), ("a stage that prints 1 GiB", loud)):
        folder = repository(work / name.replace(" ", "-"), files)
        home = {"SLUICE_HOME": str(work / (name.replace(" ", "-") + "-home"))}
        print(f"  {name}: {peak([SLUICE, 'run'], folder, home) / 1e6:.1f} MB")
    print(f"  --version: {peak([SLUICE, '--version'], work) / 1e6:.1f} MB")
    print(f"  dvc --version: {peak([DVC, '--version'], work) / 1e6:.1f} MB")


BENCHMARKS = {"start": start, "no-op": no_op, "stages": stages, "first-stage": first_stage, "cancel": cancel, "memory": memory}


def main():
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise SystemExit(f"no benchmark '{unknown[0]}'; there are: {', '.join(BENCHMARKS)}")
    for variable in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        os.environ[variable] = "/dev/null"
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {RUNS} measurements each")
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder:
        for name in names:
            work = Path(folder) / name
            work.mkdir()
            BENCHMARKS[name](work)
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)


if __name__ == "__main__":
    main()
