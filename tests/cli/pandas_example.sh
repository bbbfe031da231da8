#!/bin/sh
# The example analysis of the documents, on the registered results: pandas_example.sh PYTHON SOURCE. 77: python3 has no pandas.
set -u
python=$1 source=$2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

"$python" "$source/docs/pandas-example.py" "$source/results/reference" >"$work/out" 2>"$work/err"
status=$?
cat "$work/out" "$work/err"
[ $status -ne 77 ] || exit 77
[ $status -eq 0 ] || { echo "FAILED: exit $status"; exit 1; }
# HH's accuracy in the first task over five seeds: 72.365 73.23 72.675 73.11 72.75
grep -Eq '^fc-hh +72\.83 +0\.35' "$work/out" || { echo "FAILED: expected a row fc-hh 72.83 0.35"; exit 1; }
[ "$(sed -n '/^Last step/,$p' "$work/out" | grep -cE '^[1-5]( +[0-9]+){5}$')" -eq 5 ] ||
    { echo "FAILED: expected five seeds of five policies"; exit 1; }
