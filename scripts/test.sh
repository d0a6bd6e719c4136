#!/usr/bin/env bash
# test.sh WIDTH [swift test's arguments]: runs the built tests, WIDTH at a time, and says at the end what failed and why:
# between thousands of lines of what passed, nobody finds it, and a CI that shows the end of a log alone never tells.
# After SLUICE_TEST_MINUTES (40) the tests are ended, and it is said which of them hang and what they wait for.
set -uo pipefail
width=$1; shift
minutes=${SLUICE_TEST_MINUTES:-40}
log=$(mktemp)
stuck=$(mktemp)
trap 'rm -f "$log" "$stuck"' EXIT

# The tests' own process, not `swift test`: that one prints what it still holds when the tests are gone.
end_what_hangs() {
    sleep "$((minutes * 60))" &
    trap 'kill $!; exit' TERM
    wait $!
    local tests
    for tests in $(pgrep -f -- "^$PWD/\.build/.*PackageTests\.xctest"); do
        {
            echo "the tests were ended after $minutes minutes; the processes were:"
            ps -e -o pid=,ppid=,etime=,time=,stat=,args= --forest | cut -c 1-200
            timeout 180 lldb --batch -p "$tests" -o 'thread backtrace all' 2>&1 | cut -c 1-300 | tail -n 400
        } >"$stuck"
        kill -9 "$tests"
    done
    # What the tests have left running can hold the pipe open that `swift test` reads to its end.
    pkill -9 -f -- "^$PWD/\.build/.*/sluice "
}
end_what_hangs &
watcher=$!

swift test --skip-build --experimental-maximum-parallelization-width "$width" "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
kill "$watcher" 2>/dev/null
wait "$watcher"

# Names of tests in the lines that end so.
tests_that() { grep -aoE "Test (case .* to )?(\".*\"|[A-Za-z0-9_]+\(.*\)) .*$1" "$log" | grep -aoE '"[^"]*"|[A-Za-z0-9_]+\(' | sort -u; }

if [ "$status" -ne 0 ]; then
    cat "$stuck"
    echo
    echo "what failed:"
    # The lines of an issue: the mark, then what its values were.
    grep -aE -A4 '✘ Test .* recorded an issue' "$log" | cut -c 1-600 | grep -avE '^(--|.?\[?.*[◇✔] )' | tail -n 60
    grep -aE '✘ (Test|Suite) .* (failed|with [0-9]+ issues?)' "$log" | cut -c 1-300 | tail -n 20
    grep -aiE 'fatal error|crashed|signal code|error: Exited' "$log" | cut -c 1-300 | tail -n 5
    comm -23 <(tests_that 'started\.') <(tests_that '(passed|failed|skipped)') | sed 's/^/never ended: /' | tail -n 30
fi
exit "$status"
