"""What a server costs: durable deliveries, push to first stage, rest, and a long history.

Nothing here passes or fails but that what was acknowledged is there: it prints a table in which the limits stand that
the project holds itself to, and people read. Read by Benchmarks/serve.sh, which has what it needs.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "serve"))

import common
import deliveries
import first_stage
import history
import idle

PARTS = {"deliveries": deliveries, "first-stage": first_stage, "idle": idle, "history": history}


def main():
    chosen = sys.argv[1:] or list(PARTS)
    for name in chosen:
        if name not in PARTS:
            raise SystemExit(f"no such part: {name}; there are {', '.join(PARTS)}")
    # Not in /tmp, which may be in memory: a write has to reach a disk.
    folder = Path(os.environ.get("BENCH_FOLDER", ".bench/serve")).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="run-", dir=folder))
    try:
        where = common.machine(scratch)
        print(where, flush=True)
        for name in chosen:
            part = scratch / name
            part.mkdir()
            PARTS[name].measure(part)
    finally:
        if "BENCH_KEEP" not in os.environ:
            shutil.rmtree(scratch, ignore_errors=True)
    lines = [where, "", "| what | sluice | limit | beside it |", "|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in common.rows]
    (folder / "serve.md").write_text("\n".join(lines) + "\n")
    (folder / "serve.json").write_text(json.dumps({"machine": where, "figures": common.figures}, indent=1))
    print("\n" + "\n".join(lines[2:]))
    print(f"\nin {folder}/serve.md; every figure in serve.json")


main()
