#!/bin/sh
# docs/your-claim.md as a stranger follows it: its commands, typed as they stand, in a folder that has the documents and nothing else.
# Usage: your_claim.sh DOCS FOLDER-OF-hh4lif-equivalence FOLDER-OF-hh4lif-claims
set -u
docs=$1
. "$(dirname "$0")/check.sh"
PATH=$2:$3:$PATH
scratch
mkdir docs && cp -r "$docs/your-claim" docs/
n=0
sed -n '/^## In five steps/,/^1\. /s/^    \(cp\|hh4lif-\)/\1/p' "$docs/your-claim.md" >commands
while read -r line; do
    n=$((n + 1))
    check "as typed: $line" sh -c "$line" </dev/null
done <commands
check "six commands" [ "$n" -eq 6 ]
ends 0 hh4lif-claims --without-suite --registry mine --results mine/results
check "the last line" [ "$(tail -n 1 stdout)" = "this machine: 1 of 1 registered figures agree" ]
check "its own claim alone" grep -q "^1 claim: 1 reproduced$" stdout
check "the table has the row of the question" grep -q "^equivalence,U1,U1.slif,question," mine/claims.csv
check "the template is in its layout" cmp -s mine/claims.json docs/your-claim/claims.json
# Another current, another answer: what was registered shows it.
sed 's/,15$/,6/' docs/your-claim/current.csv >mine/current.csv
ends 0 hh4lif-equivalence --tier full --case own --current mine/current.csv --out mine/results --quiet
ends 1 hh4lif-claims --without-suite --registry mine --results mine/results
check "a figure that differs" grep -q "OUTSIDE ITS TOLERANCE" stdout
# Kept where others can judge them.
cp docs/your-claim/current.csv mine/
ends 0 hh4lif-equivalence --tier full --case own --current mine/current.csv --out mine/results --quiet
mkdir -p mine/reference/run/equivalence && cp mine/results/equivalence/own.json mine/reference/run/equivalence/
sed 's/"tier": "full"/"tier": "full", "results": "run"/' docs/your-claim/claims.json >mine/claims.json
ends 0 hh4lif-claims --without-suite --registry mine
check "kept results" [ "$(tail -n 1 stdout)" = "kept results: 1 of 1 registered figures agree" ]
# Beside the suite's own, whose ids are taken.
ends 0 hh4lif-claims --registry mine --family equivalence --summary
check "U1 beside E1" sh -c 'grep -q "^U1  *reproduced" stdout && grep -q "^E1  *reproduced" stdout'
sed -i 's/U1/E1/g' mine/claims.json mine/verdicts.json
ends 3 hh4lif-claims --registry mine
says "mine/claims.json: the id E1 is in "
ends 0 hh4lif-claims --without-suite --registry mine
check "under 80 lines" [ "$(wc -l <"$docs/your-claim.md")" -lt 80 ]
finish 1
