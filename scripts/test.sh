#!/usr/bin/env bash
# test.sh WIDTH [swift test's arguments]: runs the built tests, WIDTH at a time, and says at the end what failed and why:
# between thousands of lines of what passed, nobody finds it, and a CI that shows the end of a log alone never tells.
set -uo pipefail
width=$1; shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test --skip-build --experimental-maximum-parallelization-width "$width" "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
    echo
    echo "what failed:"
    # The lines of an issue: the mark, then what its values were.
    grep -aE -A4 '✘ Test .* recorded an issue' "$log" | cut -c 1-600 | grep -avE '^(--|.?\[?.*[◇✔] )' | tail -n 60
    grep -aE '✘ (Test|Suite) .* (failed|with [0-9]+ issues?)' "$log" | cut -c 1-300 | tail -n 20
    grep -aiE 'fatal error|crashed|signal code|error: Exited' "$log" | cut -c 1-300 | tail -n 5
fi
exit "$status"
