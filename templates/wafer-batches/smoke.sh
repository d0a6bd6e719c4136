#!/bin/sh
# Does what was deployed serve? Loads serving/current and judges one wafer with it. Exit 0 means yes.
set -eu

serving=${SLUICE_DEPLOY_DIR:-.}/serving
target=$(readlink "$serving/current") || { echo "nothing is deployed: no $serving/current" >&2; exit 1; }

# The link must lead to the version that is being promoted, not to one that was left there.
case $target in
    "${SLUICE_MODEL_VERSION:-${target%%-*}}"-*) ;;
    *) echo "serving/current leads to $target, not to version $SLUICE_MODEL_VERSION" >&2; exit 1 ;;
esac

echo "serving/current -> $target"
exec python predict.py "$serving/current/model.joblib"
