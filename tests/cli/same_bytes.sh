#!/bin/sh
# tests/same_bytes.sh from outside, on this build against itself and against results that were doctored.
# Usage: same_bytes.sh PATH-OF-same_bytes.sh BUILD-FOLDER
set -u
. "$(dirname "$0")/check.sh"
tool=$(absolute "$1")
build=$(absolute "$2")
scratch
patterns="equivalence/xor-0-0 efficiency/operations"
export KEEP="$work/kept"

ends 0 "$tool" "$build" "$build" $patterns
prints "equivalence/xor-0-0"
prints "0 differ"
levels=$(grep -c '^efficiency/operations .* 3  same$' stdout)
check "a row for each level" [ "$levels" -ge 1 ]

# the same results as those of two builds
cp -r kept two
for folder in kept/a.*; do cp -r "$folder" "two/b.${folder#kept/a.}"; done
mkdir other && ln -s "$build/experiments" other/experiments
ends 0 "$tool" "$build" other --results two $patterns
prints "$((4 * levels)) same, 0 differ"

sed -i 's/"schema"/"schema "/' two/b.generic.1/efficiency.*/efficiency/operations.json
ends 0 "$tool" "$build" other --results two $patterns
sed -i '/"metrics"/,$s/1/2/' two/b.generic.1/efficiency.*/efficiency/operations.json
ends 1 "$tool" "$build" other --results two $patterns
prints "differs: metrics"
prints "$((4 * levels - 1)) same, 1 differ"
for file in two/b.generic.3/equivalence.*/equivalence/*.csv; do echo 1 >>"$file"; done
ends 1 "$tool" "$build" other --results two $patterns
check "a changed series is named" grep -q '^equivalence/xor-0-0 .* generic  *3  differs: .*csv' stdout
rm two/b.generic.3/efficiency.*/efficiency/operations.json
ends 1 "$tool" "$build" other --results two $patterns
prints "3 differ"

ends 2 "$tool" "$build" "$build" nothing/at-all
ends 2 "$tool" "$build" "$work/no-build"
finish 12
