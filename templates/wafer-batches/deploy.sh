#!/bin/sh
# Put a model in place for serving: ./deploy.sh MODEL
#
# Copies the model into a directory of its own and then switches the link serving/current to it in one step, so that
# a reader sees the old model or the new one, never half of one. Running it twice changes nothing.
#
# Sluice gives: SLUICE_DEPLOY_DIR (a directory that outlives the run), SLUICE_RUN, SLUICE_MODEL_NAME,
# SLUICE_MODEL_VERSION, SLUICE_MODEL_DIGEST, SLUICE_ALIAS.
set -eu

[ $# -eq 1 ] || { echo "usage: ./deploy.sh MODEL" >&2; exit 2; }
model=$1
[ -f "$model" ] || { echo "no such model: $model" >&2; exit 1; }

serving=${SLUICE_DEPLOY_DIR:-.}/serving
digest=${SLUICE_MODEL_DIGEST:-$(sha256sum "$model" | cut -d' ' -f1)}
digest=${digest##*:}
name=${SLUICE_MODEL_VERSION:-0}-$(printf %.12s "$digest")
mkdir -p "$serving"

if ! cmp -s "$model" "$serving/$name/model.joblib"; then
    part=$(mktemp -d "$serving/.part-XXXXXX")
    trap 'rm -rf "$part"' EXIT
    chmod 755 "$part"
    cp "$model" "$part/model.joblib"
    chmod 644 "$part/model.joblib"
    {
        echo "model:   ${SLUICE_MODEL_NAME:-?} version ${SLUICE_MODEL_VERSION:-?}"
        echo "digest:  $digest"
        echo "run:     ${SLUICE_RUN:-?}"
        echo "alias:   ${SLUICE_ALIAS:-?}"
    } > "$part/about.txt"
    rm -rf "${serving:?}/$name"
    mv "$part" "$serving/$name"
fi

ln -sfn "$name" "$serving/.next-$$"
mv -T "$serving/.next-$$" "$serving/current"
echo "serving/current -> $name"
