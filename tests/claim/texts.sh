#!/bin/sh
# Suite claim: README.md and the other documents say what docs/text and results/reference make of them, every raw result is as the
# manifest has it and is read; and no drift between the three goes unnoticed. Nothing is run and no kernel counts: on every machine.
#   texts.sh CLAIMS MUTATION SOURCE WORK
set -u
claims=$1 mutation=$2 source=$3 work=$4

"$claims" --check-texts || exit 1
rm -rf "${work:?}" && mkdir -p "$work/docs" "$work/results" || exit 99
cp -r "$source/docs/text" "$work/docs/" && cp -r "$source/results/reference" "$work/results/" || exit 99
(cd "$source" && ls experiments/*/claims.json experiments/*/verdicts.json) | while read -r file; do
    mkdir -p "$work/$(dirname "$file")" && cp "$source/$file" "$work/$file" || exit 99
done || exit 99
chmod -R u+w "$work" || exit 99
(cd "$source/docs/text" && find . -type f) | while read -r file; do
    mkdir -p "$work/$(dirname "$file")" && cp "$source/$file" "$work/$file" || exit 99
done || exit 99
H4L_DATADIR=$work "$mutation" "$work"
status=$?
rm -rf "${work:?}"
exit $status
