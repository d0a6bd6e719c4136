#!/usr/bin/env bash
# A year of flights, dropped month by month: what drift says, and that a run is started exactly when the policy says so.
#
#   SLUICE=path/to/sluice demo/seasons.sh [FOLDER]
#
# The policy watches a drop, compares each new month with what the champion was trained on, and starts a run only for a
# month that is over its limits ('triggers.drift'). A person approves what passes the gates, so the champion moves with
# the seasons. Works in FOLDER (default: .demo-seasons beside this script's folder), which is removed first.
#
# Also read: SLUICE_TOOLS (where uv and duckdb are, as Sluice reads it), FLIGHTS (a folder that holds the data already).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=${1:-$here/.demo-seasons}
SLUICE=$(realpath "${SLUICE:-$here/.build-release/release/sluice}")
started=$SECONDS

fail() { printf '\nDEMO FAILED: %s\n' "$*" >&2; exit 1; }
trap 'printf "\nDEMO FAILED at line %s: %s\n" "$LINENO" "$BASH_COMMAND" >&2' ERR
[ -x "$SLUICE" ] || fail "there is no $SLUICE; build it first, or set SLUICE"
if [ -z "${UV:-}" ]; then
    IFS=: read -r -a folders <<< "${SLUICE_TOOLS:-}"
    for folder in "${folders[@]}"; do
        if [ -x "$folder/uv" ]; then export UV=$folder/uv; break; fi
    done
fi
if [ -e "$work" ]; then
    # Only ever remove a folder that a demo has made.
    [ -e "$work/.sluice-demo" ] || fail "$work exists and was not made by a demo; remove it or name another folder"
    chmod -R u+w "$work"
    rm -rf "$work"
fi
mkdir -p "$work/drop"
work=$(cd "$work" && pwd)
touch "$work/.sluice-demo"
export SLUICE_HOME=$work/home GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
flights=${FLIGHTS:-$work/flights}

cp -R "$here/templates/flight-delay" "$work/repository"
cd "$work/repository"
python3 - "$work/drop" << 'PYTHON'
import pathlib, sys
policy = pathlib.Path("sluice.yaml")
text = policy.read_text()
before = "    append: true\n"
assert text.count(before) == 1
text = text.replace(before, before + f"""    drop: {sys.argv[1]}
    files: 'flights_(?<date>\\d{{4}}-\\d{{2}})\\.csv'
    settle: 0.2s
    drift:
      columns: [dep_delay, arr_delay, carrier, origin, dest, air_time]
      psi: 0.1
      nullFractionDelta: 0.05
""")
text = text.replace("datasets:\n", "triggers:\n  drift: { dataset: flights }\n\ndatasets:\n", 1)
policy.write_text(text)
PYTHON
git init -q -b main
git add -A
git -c user.name="Dana Demo" -c user.email=dana@example.org commit -q -m "Watch a drop of flights, and retrain on drift"
python3 tools/get_flights.py "$flights" > "$work/get_flights.log"

# runs: how many there are.
runs() { "$SLUICE" runs --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["runs"]))'; }

# drifted: the columns that are over their limits in the newest snapshot, as `sluice data drift` has them.
drifted() {
    { "$SLUICE" data drift flights --json "$@" || true; } | python3 -c '
import json, sys
drift = json.load(sys.stdin)
over = {finding["column"] for finding in drift["findings"]}
psi = {c["column"]: m["value"] for c in drift["columns"] for m in c["measures"] if m["measure"] == "psi"}
limited = ["dep_delay", "arr_delay", "carrier", "origin", "dest", "air_time"]
worst = max(limited, key=lambda name: psi.get(name, 0))
print("{}|{} {:.3f}".format(", ".join(sorted(over)) or "-", worst, psi[worst]))
'
}

# Training holds the last month back, so it takes two.
for month in 01 02; do
    cp "$flights/flights_2013-$month.csv" "$work/drop/"
    "$SLUICE" watch --once > "$work/watch-$month.log" 2>&1 || fail "month $month: $(cat "$work/watch-$month.log")"
    [ "$(runs)" = 0 ] || fail "a run was started although there is nothing to compare month $month with"
done
"$SLUICE" run > "$work/run-01.log" 2>&1 || fail "the first run: $(tail -5 "$work/run-01.log")"
"$SLUICE" approve 1 --as dana > /dev/null 2>&1

printf '%-7s  %-18s  %-30s  %s\n' month "farthest (psi)" "over a limit" "what followed"
printf '%-7s  %-18s  %-30s  %s\n' 2013-01 "" "" "no run: nothing to compare with"
IFS='|' read -r over worst <<< "$(drifted --against 1)"
printf '%-7s  %-18s  %-30s  %s\n' 2013-02 "$worst" "$over" "first run by hand, approved: champion"
for month in 03 04 05 06 07 08 09 10 11 12; do
    before=$(runs)
    cp "$flights/flights_2013-$month.csv" "$work/drop/"
    code=0
    "$SLUICE" watch --once > "$work/watch-$month.log" 2>&1 || code=$?
    [ "$code" -lt 2 ] || fail "month $month: $(cat "$work/watch-$month.log")"
    IFS='|' read -r over worst <<< "$(drifted)"
    after=$(runs)
    if [ "$over" = - ]; then
        [ "$after" = "$before" ] || fail "month $month has not drifted, and a run was started"
        grep -q "has not drifted" "$work/watch-$month.log" || fail "nobody said why month $month started no run"
        followed="no run"
    else
        [ "$after" = $((before + 1)) ] || fail "month $month has drifted, and no run was started"
        auc=$("$SLUICE" show "$after" --json | python3 -c '
import json, sys
run = json.load(sys.stdin)
gate = next(g for g in run["gates"] if g["metric"] == "auc" and g.get("champion") is not None)
print("auc {:.3f} against {:.3f}".format(gate["challenger"], gate["champion"]))')
        if [ "$code" = 0 ]; then
            "$SLUICE" approve "$after" --as dana > /dev/null 2>&1
            followed="run $after: $auc, approved: champion"
        else
            followed="run $after: $auc, refused by a gate"
        fi
    fi
    printf '%-7s  %-18s  %-30s  %s\n' "2013-$month" "$worst" "$over" "$followed"
done
printf '\nthe year took %s s\n' $((SECONDS - started))
