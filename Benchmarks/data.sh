#!/usr/bin/env bash
# Tests and drift of data files, beside bare DuckDB and the Python tools for it, in the same run on the same machine.
#
#   make bench-data                        1 and 10 million rows (an hour, 12 GB of disk in .bench)
#   BENCH_ROWS=1000000 make bench-data     1 million only
#
# Reads SLUICE (the program), SLUICE_TOOLS (where duckdb is), BENCH_ROWS (a list), RUNS (how often up to a million rows are
# measured, default 3; more rows once). The table goes to .bench/data.md, all figures to .bench/data.json.
set -euo pipefail
cd "$(dirname "$0")/.."
SLUICE=$(realpath "${SLUICE:-.build-release/release/sluice}")
export SLUICE
export SLUICE_TOOLS=${SLUICE_TOOLS:-$PWD/.tools/bin}

# Each in a folder of its own: they do not agree on what they need.
environment() {
    local name=$1
    shift
    [ -e ".bench/env/$name/installed" ] && return
    echo "installing $1 for the comparison"
    rm -rf ".bench/env/$name"
    "$SLUICE_TOOLS/uv" venv --quiet ".bench/env/$name"
    "$SLUICE_TOOLS/uv" pip install --quiet --python ".bench/env/$name/bin/python" "$@"
    touch ".bench/env/$name/installed"
}
environment frames 'pandera[pandas,polars]==0.35.0' pandas==2.3.3 polars==2.1.0 pyarrow==26.0.1 scipy==1.17.1
environment gx great-expectations==1.24.1 pandas==2.3.3 pyarrow==26.0.1
environment frictionless frictionless==5.21.0
environment evidently evidently==0.7.23 pandas==2.3.3 pyarrow==26.0.1
exec python3 Benchmarks/data.py
