#!/bin/sh
# Suite claim: the committed reference results (results/reference) still give the verdicts that are registered for their tier.
#   reference.sh CLAIMS REFERENCE
# REFERENCE/claims.list names them, a claim and a tier a line; REFERENCE/TIER holds the results.
set -u
claims=$1 reference=$2
list=$reference/claims.list
n=0
failed=0

while read -r id tier rest; do
    case $id in '' | \#*) continue ;; esac
    [ -n "$tier" ] && [ -z "$rest" ] || { echo "$list: expected 'CLAIM TIER', found '$id $tier $rest'"; exit 1; }
    n=$((n + 1))
    echo "---- $id, $tier tier"
    "$claims" --claim "$id" --tier "$tier" --results "$reference/$tier" --summary || {
        echo "FAILED: $id, $tier tier"
        failed=$((failed + 1))
    }
done <"$list" || exit 1
echo "$n claims, $failed failed"
[ "$n" -gt 0 ] && [ "$failed" -eq 0 ]
