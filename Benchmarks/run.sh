#!/usr/bin/env bash
# Every benchmark, each beside the tool that it replaces, in the same run on the same machine.
#
#   make bench                 all of them
#   Benchmarks/run.sh NAME…    some: start, no-op, stages, first-stage, cancel, memory
#
# Reads SLUICE (the program), SLUICE_TOOLS, RUNS (how often each is measured, default 7).
set -euo pipefail
cd "$(dirname "$0")/.."
SLUICE=$(realpath "${SLUICE:-.build-release/release/sluice}")
export SLUICE

# DVC is what people use today; it lives in a folder of its own and is only installed for this.
if [ ! -x .tools/bench/bin/dvc ]; then
    echo "installing dvc for the comparison"
    python3 -m venv .tools/bench
    .tools/bench/bin/pip install --quiet --disable-pip-version-check dvc==3.67.1
fi
export DVC="$PWD/.tools/bench/bin/dvc"
export DVC_NO_ANALYTICS=1
exec python3 Benchmarks/bench.py "$@"
