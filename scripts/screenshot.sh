#!/usr/bin/env bash
# screenshot.sh REPORT.html OUT.png [WIDTH] [dark]: a picture of a report, as small as pngquant and optipng make it.
# HEIGHT cuts it below so many pixels, SCALE=2 draws it for screens of twice the density.
set -euo pipefail
if [ "$#" -lt 2 ]; then
    echo "usage: screenshot.sh REPORT.html OUT.png [WIDTH] [dark]" >&2
    exit 64
fi
here=$(cd "$(dirname "$0")" && pwd)
command -v chromium >/dev/null || { echo "screenshot.sh: no chromium: scripts/install-tools.sh --tests" >&2; exit 69; }
python3 "$here/browser.py" shoot "$1" "$2" "${3:-1400}" ${4:+"$4"}
if command -v pngquant >/dev/null; then pngquant --force --skip-if-larger --output "$2" 64 "$2" || true; fi
if command -v optipng >/dev/null; then optipng -quiet -o4 "$2"; fi
