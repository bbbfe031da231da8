#!/bin/sh
# Suite claim: README.md and the other documents say what docs/text and results/reference make of them, every raw result is as the
# manifest has it and is read; and no drift between the three goes unnoticed. Nothing is run and no kernel counts: on every machine.
#   texts.sh CLAIMS MUTATION SOURCE WORK
set -u
. "$(dirname "$0")/../copy_texts.sh"
claims=$1 mutation=$2 source=$3 work=$4

"$claims" --check-texts || exit 1
rm -rf "${work:?}"
copy_texts "$source" "$work" || exit 99
H4L_DATADIR=$work "$mutation" "$work"
status=$?
rm -rf "${work:?}"
exit $status
