#!/usr/bin/env bash
# Installs what Sluice needs on Debian: C libraries and programs by apt, uv and DuckDB's program from PyPI into .tools/.
# Does nothing where it is there already, so every make target may call it.
# --tests adds what only tests need: a browser that looks at pages, what talks to the server and makes its certificates, a
# tester that follows its OpenAPI document, and nginx, which is unpacked and not installed, so that no service starts.
set -euo pipefail
cd "$(dirname "$0")/.."

UV_VERSION=0.13.9
DUCKDB_VERSION=1.5.6
packages=(bubblewrap ca-certificates git libgit2-dev libsqlite3-dev pkg-config python3 python3-venv rclone tzdata)
[ "${1:-}" != --tests ] || packages+=(chromium curl openssl zstd)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
if [ "${#missing[@]}" -gt 0 ]; then
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

[ "${1:-}" = --tests ] || exit 0

SCHEMATHESIS_VERSION=4.32.5
stamp=".tools/tests/installed-schemathesis-$SCHEMATHESIS_VERSION"
if [ ! -e "$stamp" ]; then
    echo "installing schemathesis $SCHEMATHESIS_VERSION into .tools/tests"
    rm -rf .tools/tests
    python3 -m venv .tools/tests
    .tools/tests/bin/pip install --quiet --disable-pip-version-check "schemathesis==$SCHEMATHESIS_VERSION"
    .tools/tests/bin/schemathesis --version >/dev/null
    ln -sfn ../tests/bin/schemathesis .tools/bin/schemathesis
    touch "$stamp"
fi

if [ ! -e .tools/nginx/usr/sbin/nginx ]; then
    echo "unpacking nginx into .tools/nginx"
    rm -rf .tools/nginx && mkdir -p .tools/nginx
    (
        cd .tools/nginx
        # The lists of packages may be old, or not there.
        apt-get download -qq nginx >/dev/null 2>&1 || { "${as_root[@]}" apt-get update -qq; apt-get download -qq nginx >/dev/null 2>&1; }
        dpkg-deb -x nginx_*.deb .
        rm nginx_*.deb
    )
    ln -sfn ../nginx/usr/sbin/nginx .tools/bin/nginx
    .tools/bin/nginx -v 2>/dev/null
fi
