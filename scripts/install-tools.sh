#!/usr/bin/env bash
# Installs what Sluice needs on Debian: C libraries and programs by apt, uv and DuckDB's program from PyPI into .tools/.
# Does nothing where it is there already, so every make target may call it.
# --tests adds what only tests need: a browser that looks at pages, and what talks to the server and makes its certificates.
set -euo pipefail
cd "$(dirname "$0")/.."

UV_VERSION=0.13.9
DUCKDB_VERSION=1.5.6
packages=(bubblewrap ca-certificates git libgit2-dev libsqlite3-dev pkg-config python3 python3-venv rclone tzdata)
[ "${1:-}" != --tests ] || packages+=(chromium curl openssl)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    echo "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null
fi

stamp=".tools/installed-uv-$UV_VERSION-duckdb-$DUCKDB_VERSION"
if [ ! -e "$stamp" ]; then
    echo "installing uv $UV_VERSION and duckdb $DUCKDB_VERSION into .tools"
    rm -rf .tools
    python3 -m venv .tools/venv
    .tools/venv/bin/pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" "duckdb-cli==$DUCKDB_VERSION"
    mkdir -p .tools/bin
    ln -s ../venv/bin/uv .tools/bin/uv
    # The program itself, not its Python launcher: it starts ten times as fast.
    ln -s "$(.tools/venv/bin/python -c 'import duckdb_cli, os; print(os.path.join(os.path.dirname(duckdb_cli.__file__), "duckdb"))')" .tools/bin/duckdb
    .tools/bin/uv --version >/dev/null
    .tools/bin/duckdb -version >/dev/null
    touch "$stamp"
fi
