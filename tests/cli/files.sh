#!/bin/sh
# docs/files.md says what the programs of this build say: files.sh SOURCE BUILD. Anything else is printed as a difference.
set -u
source=$1 build=$2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

if ! "$source/docs/make-files" "$build" >"$work/files.md"; then
    echo "FAILED: docs/make-files $build"
    exit 1
fi
if ! diff -u "$source/docs/files.md" "$work/files.md"; then
    echo "FAILED: docs/files.md is not what the programs list; expected: docs/make-files BUILD > docs/files.md"
    exit 1
fi
for family in equivalence dynamics fitting multitask control efficiency information; do # no column without a unit and a meaning
    "$build/experiments/$family/hh4lif-$family" --list-files | grep '^|' | awk -F' *[|] *' '
        NF != 5 || $2 == "" || $3 == "" || $4 == "" { print "FAILED: " $0; bad = 1 } END { exit bad || NR < 3 }' || exit 1
done
echo "docs/files.md is current"
