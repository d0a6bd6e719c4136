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

# With whichever debugger works here; the toolchain's needs a Python that Debian may not have.
stacks() {
    if command -v gdb >/dev/null; then
        timeout 180 gdb -batch -p "$1" -ex 'thread apply all backtrace 8'
    else
        timeout 180 lldb --batch -p "$1" -o 'thread backtrace all'
    fi
}

# The tests' own process, not `swift test`: that one prints what it still holds when the tests are gone.
end_what_hangs() {
    sleep "$((minutes * 60))" &
    trap 'kill $!; exit' TERM
    wait $!
    local tests
    for tests in $(pgrep -f -- "^$PWD/\.build/.*PackageTests\.xctest"); do
        {
            echo "the tests were ended after $minutes minutes; the processes were:"
            ps -e -o pid=,ppid=,etime=,time=,stat=,args= --forest | cut -c 1-140
            # What tells most comes last: a CI may show the end of a log alone.
            stacks "$tests" 2>&1 | cut -c 1-160 | tail -n 150
            echo "what the threads of $tests wait in:"
            for thread in /proc/"$tests"/task/*; do
                echo "$(cat "$thread/comm" "$thread/wchan" 2>/dev/null | tr '\0\n' '  ')"
            done | sort | uniq -c | sort -rn | head -n 40
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

# Names of tests in the lines that go on so.
tests_that() { sed -nE "s/.*[◇✔✘➜] Test (case .* to )?(\"[^\"]*\"|[A-Za-z0-9_]+\(\)) $1.*/\2/p" "$log" | sort -u; }

if [ "$status" -ne 0 ]; then
    cat "$stuck"
    echo
    echo "what failed:"
    # The lines of an issue: the mark, then what its values were.
    grep -aE -A4 '✘ Test .* recorded an issue' "$log" | cut -c 1-600 | grep -avE '^(--|.?\[?.*[◇✔] )' | tail -n 60
    grep -aE '✘ (Test|Suite) .* (failed|with [0-9]+ issues?)' "$log" | cut -c 1-300 | tail -n 20
    grep -aiE 'fatal error|crashed|signal code|error: Exited' "$log" | cut -c 1-300 | tail -n 5
    # Lines get lost where thousands come at once, so this says something only of tests that were ended.
    if [ -s "$stuck" ]; then
        comm -23 <(tests_that 'started\.') <(tests_that '(passed|failed|skipped|with )') \
            | sed 's/^/no end was told of: /' | tail -n 40
    fi
fi
exit "$status"
