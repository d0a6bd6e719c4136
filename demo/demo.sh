#!/usr/bin/env bash
# The whole story on real data, from an empty folder to a promoted model, and six attempts that do not get through.
#
#   SLUICE=path/to/sluice demo/demo.sh [FOLDER]
#
# Works in FOLDER (default: .demo beside this script's folder), which is removed first; nothing outside it is touched.
# Every exit code is checked: the demo ends with 0 only if everything went as it says.
#
# Also read: SLUICE_TOOLS (where uv and duckdb are, as Sluice reads it), FLIGHTS (a folder to keep the data in between
# two demos).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
templates=$here/templates
work=${1:-$here/.demo}
SLUICE=$(realpath "${SLUICE:-$here/.build-release/release/sluice}")
started=$SECONDS

# --- saying and checking ---------------------------------------------------------------------------------------------

bold='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; fi

step() { printf '\n%s=== %s%s\n' "$bold" "$*" "$plain"; }
say() { printf '    %s\n' "$*"; }
fail() { printf '\nDEMO FAILED: %s\n' "$*" >&2; exit 1; }
trap 'printf "\nDEMO FAILED at line %s: %s\n" "$LINENO" "$BASH_COMMAND" >&2' ERR

sluice() { "$SLUICE" "$@"; }

# expect CODE COMMAND…: shows a command, runs it, and insists on its exit code.
expect() {
    local want=$1 got=0
    shift
    printf '%s$ %s%s\n' "$bold" "$*" "$plain"
    "$@" || got=$?
    [ "$got" -eq "$want" ] || fail "'$*' ended with $got, expected $want"
}

# same WHAT ACTUAL EXPECTED
same() { [ "$2" = "$3" ] || fail "$1 is '$2', expected '$3'"; }

# value KEY: the first value of that key, however deep, in the JSON on standard input.
value() {
    python3 -c '
import json, sys
def find(node, key):
    if isinstance(node, dict):
        if key in node:
            return [node[key]]
        node = list(node.values())
    return [hit for part in node for hit in find(part, key)] if isinstance(node, list) else []
hits = find(json.load(sys.stdin), sys.argv[1])
print(hits[0] if hits else "")
' "$1"
}

newest_run() {
    sluice runs --json | python3 -c '
import json, sys
def runs(node):
    if isinstance(node, dict):
        yield from [node["run"]] if isinstance(node.get("run"), int) else []
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from runs(part)
print(max(runs(json.load(sys.stdin))))
'
}

serving() { readlink "$SLUICE_HOME/deploy/flight-delay/serving/current"; }

# change "NAME…" MESSAGE: applies some of the demo's patches and commits them.
change() {
    local name
    for name in $1; do git apply --index "$templates/flight-delay-demo/$name.patch"; done
    git commit -q -m "$2"
    git --no-pager show --stat --format='    commit %h: %s' HEAD
}

# --- ready -----------------------------------------------------------------------------------------------------------

for tool in git python3; do
    command -v "$tool" > /dev/null || fail "$tool is needed and is not installed"
done
[ -x "$SLUICE" ] || fail "there is no $SLUICE; build it first, or set SLUICE"
if [ -z "${UV:-}" ]; then
    IFS=: read -r -a folders <<< "${SLUICE_TOOLS:-}"
    for folder in "${folders[@]}"; do
        if [ -x "$folder/uv" ]; then export UV=$folder/uv; break; fi
    done
fi

case $work in
    "" | / | "$HOME" | "$here") fail "'$work' is no folder for a demo: it would be removed" ;;
esac
if [ -e "$work" ]; then
    # Only ever remove a folder that a demo has made.
    [ -e "$work/.sluice-demo" ] || fail "$work exists and was not made by a demo; remove it or name another folder"
    chmod -R u+w "$work"
    rm -rf "$work"
fi
mkdir -p "$work"
work=$(cd "$work" && pwd)
touch "$work/.sluice-demo"

export SLUICE_HOME=$work/home
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
flights=${FLIGHTS:-$work/flights}

step "1. A repository from the template"
cp -R "$templates/flight-delay" "$work/repository"
cd "$work/repository"
git init -q -b main
git config user.name "Dana Demo"
git config user.email "dana@example.org"
git config commit.gpgsign false
git add -A
git commit -q -m "Start from the flight-delay template"
say "a git repository in $work/repository, and Sluice's own state in $SLUICE_HOME"
expect 0 sluice doctor
expect 0 sluice policy check

step "2. Real data: every flight that left New York in 2013"
expect 0 python3 tools/get_flights.py "$flights"

step "3. January to March arrive, month by month"
for month in 01 02 03; do
    expect 0 sluice data add flights "$flights/flights_2013-$month.csv"
done

step "4. The first run: test, train, evaluate, and wait for a person"
expect 0 sluice run
first=$(newest_run)
same "the verdict of run $first" "$(sluice show "$first" --json | value verdict)" passed
[ ! -e "$SLUICE_HOME/deploy/flight-delay/serving/current" ] || fail "something was deployed before anyone approved"
say "the gates passed, and nothing is deployed yet"

step "5. Asked again, nothing has changed, so nothing is run again"
expect 0 sluice run
same "the newest run" "$(newest_run)" "$first"

step "6. Alice approves: the model is promoted, deployed and asked about one flight"
expect 0 sluice approve "$first" --as alice
say "serving/current -> $(serving)"

step "7. April and May arrive, and then a June that somebody has edited by hand"
for month in 04 05; do
    expect 0 sluice data add flights "$flights/flights_2013-$month.csv"
done
mkdir -p "$work/edited"
# One departure time in words, and one airport that is not New York's.
sed -e '100s/^2013,6,\([0-9]*\),[^,]*,[^,]*,/2013,6,\1,517,five o'"'"'clock,/' -e '200s/,\(EWR\|JFK\|LGA\),/,XXX,/' \
    "$flights/flights_2013-06.csv" > "$work/edited/flights_2013-06.csv"
if cmp -s "$flights/flights_2013-06.csv" "$work/edited/flights_2013-06.csv"; then fail "the edit did nothing"; fi
before=$(serving)
expect 0 sluice data add flights "$work/edited/flights_2013-06.csv"
expect 1 sluice run
edited=$(newest_run)
same "the verdict of run $edited" "$(sluice show "$edited" --json | value verdict)" failed
say "the data test names file, column and value; nothing was trained on it"

step "8. The right June takes its place: a new challenger against the champion"
expect 0 sluice data add flights "$flights/flights_2013-06.csv"
expect 0 sluice run
second=$(newest_run)
say "both models are scored on the same June flights, which neither has seen"
same "what is serving" "$(serving)" "$before"
expect 0 sluice approve "$second" --as alice
[ "$(serving)" != "$before" ] || fail "the approved model is not serving"
before_good=$(serving)
say "serving/current -> $before_good"

step "9. Better on the whole, and worse in the evening: a slice refuses it"
git switch -q -c without-jetblue
change "good-minutes bad-slice" "Look at minutes, and leave JetBlue out of the training"
expect 1 sluice run
sliced=$(newest_run)
same "the verdict of run $sliced" "$(sluice show "$sliced" --json | value verdict)" failed
same "what is serving" "$(serving)" "$before_good"
git switch -q main

step "10. A good change: the time of day to the minute, and smaller trees"
change good-minutes "Look at minutes, not hours"
good_commit=$(git rev-parse HEAD)
expect 0 sluice run
good=$(newest_run)
expect 0 sluice approve "$good" --as alice
before=$(serving)
say "serving/current -> $before"

step "11. A higher number that means nothing: no difference"
git switch -q -c without-destination
change no-difference "Do without the destination, and promote only what is better"
expect 1 sluice run
noise=$(newest_run)
same "the verdict of run $noise" "$(sluice show "$noise" --json | value verdict)" failed
say "what would that policy have said about the runs before it? And one that is stricter in every part of the day?"
expect 0 sluice policy replay
sed 's/max_drop: 0.007/max_drop: 0.001/' sluice.yaml > "$work/stricter.yaml"
expect 1 sluice policy replay --against "$work/stricter.yaml"
git switch -q main

step "12. A bad change: the time of day is dropped. The gates refuse it"
git switch -q -c drop-features
change bad-dropped-features "Simplify: the time of day is not needed"
expect 1 sluice run
dropped=$(newest_run)
same "the verdict of run $dropped" "$(sluice show "$dropped" --json | value verdict)" failed
say "and nobody can approve it by mistake:"
expect 1 sluice approve "$dropped" --as alice
same "what is serving" "$(serving)" "$before"

step "13. A leak: the model may look at the departure delay. A unit test refuses it"
git switch -q -c leak main
change bad-leak "Use the departure delay"
expect 1 sluice run
leak=$(newest_run)
same "what is serving" "$(serving)" "$before"

step "14. The same leak, with the unit test bent to fit. Every gate says yes, and a person says no"
git switch -q -c leak-and-test main
change bad-leak-and-test "Use the departure delay, and allow it"
expect 0 sluice run
bent=$(newest_run)
expect 0 sluice reject "$bent" --as alice \
    --reason "the departure delay is not known before departure; an AUC over 0.9 from a schedule is too good to be true"
same "what is serving" "$(serving)" "$before"
git switch -q main

step "15. Make the promoted model again, from its commit alone, without any cache"
expect 0 sluice reproduce "$good_commit"
say "exit code 0: every output has the same bytes"

step "16. Who, what, when and why, and the report for a pull request and for a browser"
expect 0 sluice compare "$second" "$good"
expect 0 sluice models
expect 0 sluice runs
expect 0 sluice why "$good_commit"
expect 0 sluice audit verify
for run in "$sliced" "$good" "$noise"; do
    sluice show "$run" --markdown --limit 65536 > "$work/report-$run.md"
    sluice show "$run" --html > "$work/report-$run.html"
done
say "reports: $work/report-$good.md and .html (also $sliced and $noise)"

step "What happened"
cat <<SUMMARY
    run $first   first model, January to March             approved by alice, promoted
    run $edited   a June edited by hand                     refused by the data test
    run $second   January to June                           compared with run $first, approved, promoted
    run $sliced   better on the whole, worse in the evening refused by a gate on slices
    run $good   a good change                             compared with run $second, approved, promoted, reproduced
    run $noise   a higher number, no difference            refused: not shown to be better
    run $dropped   the time of day dropped                   refused by the gates
    run $leak   a leak                                    refused by a unit test
    run $bent   a leak with the unit test bent            passed the gates, rejected by alice

    serving: $(serving)
    took $((SECONDS - started)) seconds; to look around: cd $work/repository && export SLUICE_HOME=$SLUICE_HOME
SUMMARY
