#!/usr/bin/env bash
# Scoring a file of predictions: all metrics, two slice columns and the pictures, beside pandas with scikit-learn.
#
#   make bench-report                      a million rows
#   BENCH_ROWS=100000 Benchmarks/score.sh
#
# Reads SLUICE (the program), SLUICE_TOOLS (where uv and duckdb are), BENCH_ROWS, RUNS (how often each is measured,
# default 5). The figures go to .bench/score.json.
set -euo pipefail
cd "$(dirname "$0")/.."
SLUICE=$(realpath "${SLUICE:-.build-release/release/sluice}")
export SLUICE
export SLUICE_TOOLS=${SLUICE_TOOLS:-$PWD/.tools/bin}
environment=.bench/env/sklearn
if [ ! -e "$environment/installed" ]; then
    echo "installing scikit-learn for the comparison"
    rm -rf "$environment"
    "$SLUICE_TOOLS/uv" venv --quiet --python 3.11 "$environment"
    "$SLUICE_TOOLS/uv" pip install --quiet --python "$environment/bin/python" scikit-learn==1.7.2 pandas==2.3.3
    touch "$environment/installed"
fi
PYTHON=$(realpath -s "$environment/bin/python") exec python3 Benchmarks/score.py
