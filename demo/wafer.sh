#!/usr/bin/env bash
# A client's batch files, good and bad: the commands of templates/wafer-batches/README.md, as they stand there.
#
#   SLUICE=path/to/sluice demo/wafer.sh [FOLDER]
#
# Works in FOLDER (default: .demo-wafer beside this script's folder), which is removed first and stands for `~`; nothing
# outside it is touched. Each command must end with the exit code that the README gives it (0 where it says nothing).
#
# Also read: SLUICE_TOOLS (where uv and duckdb are, as Sluice reads it).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=${1:-$here/.demo-wafer}
SLUICE=$(realpath "${SLUICE:-$here/.build-release/release/sluice}")
started=$SECONDS

bold='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; fi

fail() { printf '\nDEMO FAILED: %s\n' "$*" >&2; exit 1; }
trap 'printf "\nDEMO FAILED at line %s: %s\n" "$LINENO" "$BASH_COMMAND" >&2' ERR

sluice() { "$SLUICE" "$@"; }

for tool in git python3; do
    command -v "$tool" > /dev/null || fail "$tool is needed and is not installed"
done
[ -x "$SLUICE" ] || fail "there is no $SLUICE; build it first, or set SLUICE"
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
export GIT_AUTHOR_NAME="Dana Demo" GIT_AUTHOR_EMAIL=dana@example.org
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

# The commands of the README's first section, with `~` in the demo's folder.
mapfile -t commands < <(
    sed -n '/^## In /,/^## What /{/^```sh$/,/^```$/{/^```/!p}}' "$here/templates/wafer-batches/README.md" \
        | sed -e "s|~/|$work/|g" -e "s|\\\$HOME|$work|g"
)
[ "${#commands[@]}" -gt 10 ] || fail "the README's commands were not found"

cd "$here"
for command in "${commands[@]}"; do
    want=0 got=0
    if [[ $command =~ \#\ exit\ code\ ([0-9]+) ]]; then want=${BASH_REMATCH[1]}; fi
    printf '\n%s$ %s%s\n' "$bold" "${command%%  *\#*}" "$plain"
    eval "$command" || got=$?
    [ "$got" -eq "$want" ] || fail "'$command' ended with $got, expected $want"
done

# What the README says is so.
check() {
    python3 - "$@" <<'PYTHON'
import json, subprocess, sys
sluice = sys.argv[1]
def ask(*arguments):
    return json.loads(subprocess.run([sluice, *arguments, "--json"], stdout=subprocess.PIPE, check=True).stdout)
def same(what, found, expected):
    if found != expected:
        raise SystemExit(f"{what}: {found}, expected {expected}")
runs = {run["run"]: run for run in ask("runs")["runs"]}
same("verdicts", {number: run["verdict"] for number, run in runs.items()}, {1: "passed", 2: "passed"})
same("what started them", {run["trigger"] for run in runs.values()}, {"data"})
same("batches of the newest snapshot", len(ask("data", "show", "batches")["files"]), 10)
same("files held", len(ask("data", "why")["refused"]), 7)
same("the champion", [v["aliases"] for v in ask("models")["versions"] if v["version"]["version"] == 1], [["champion"]])
PYTHON
}
check "$SLUICE"
[ -e "$SLUICE_HOME/deploy/wafer-faults/serving/current/model.joblib" ] || fail "the approved model is not deployed"
held=$(find "$work/wafer-drop/wafers/quarantine" -name '*.reason.json' | wc -l)
[ "$held" -eq 9 ] || fail "$held reasons lie in quarantine, expected 9"

printf '\n    both runs passed, 7 files are held; took %s seconds\n' $((SECONDS - started))
printf '    to look around: cd %s/wafers && export SLUICE_HOME=%s\n' "$work" "$SLUICE_HOME"
