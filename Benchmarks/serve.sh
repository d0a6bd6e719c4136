#!/usr/bin/env bash
# The server, beside Debian's webhook program and a Flask receiver with SQLite, in the same run on the same machine.
#
#   make bench-serve                all of it, a quarter of an hour; BENCH_SHORT=1: two minutes, with 50,000 stored runs
#   Benchmarks/serve.sh NAME…       some: deliveries, first-stage, idle, history
#
# Reads SLUICE (the program), SLUICE_TOOLS, SECONDS_EACH (of load, default 5), BENCH_RUNS (stored runs, default 1000000),
# BENCH_HISTORY (a folder in which the home with these stays), BENCH_FOLDER (where to work, default .bench/serve).
set -euo pipefail
cd "$(dirname "$0")/.."
SLUICE=$(realpath "${SLUICE:-.build-release/release/sluice}")
export SLUICE

if ! dpkg-query -W -f='${Status}' webhook 2>/dev/null | grep -q 'install ok installed'; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    echo "installing webhook for the comparison"
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq webhook >/dev/null
fi
if [ ! -x .tools/bench-serve/bin/waitress-serve ]; then
    echo "installing flask and waitress for the comparison"
    python3 -m venv .tools/bench-serve
    .tools/bench-serve/bin/pip install --quiet --disable-pip-version-check flask==3.1.2 waitress==3.0.2
fi
export FLASK_PYTHON="$PWD/.tools/bench-serve/bin/python"
exec python3 Benchmarks/serve.py "$@"
