#!/bin/sh
# Suite claim: runs the quick tier of one family and holds its results against the registered figures (the quick tier has no
# verdict); then the checker itself is tried on them with everything that can be wrong (mutations).
#   family.sh FAMILY PROGRAM CLAIMS MUTATION REGISTRY RESULTS
set -u
family=$1 program=$2 claims=$3 mutation=$4 registry=$5 results=$6

rm -rf "${results:?}/$family" || exit 99
"$program" --tier quick --out "$results" --threads 1 --progress never
status=$?
if [ $status -eq 77 ]; then
    echo "the quick tier of $family cannot run here"
    exit 77
fi
if [ $status -eq 3 ] && [ ! -e "$(dirname "$0")/../../data/mnist" ]; then
    echo "$family reads MNIST, which is not in data/mnist: ./reproduce setup fetches it"
    exit 77
fi
[ $status -le 1 ] || { echo "hh4lif-$family ended with status $status"; exit 1; }
[ -n "$(ls "$results/$family" 2>/dev/null)" ] || { echo "hh4lif-$family measured nothing"; exit 1; }

echo "---- claims"
"$claims" --results "$results" --registry "$registry" --without-suite --family "$family" --tier quick || exit 1

echo "---- mutations"
"$mutation" "$registry/claims.json" "$results/$family" || exit 1
