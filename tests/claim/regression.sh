#!/bin/sh
# This build against the registered results, by hh4lif-compare: the cases of the paper's scale that take a second. The gates of the
# pendulums' HH policies are simulated anew, and what stands over all agents is made anew from their registered results.
# So is the exchange rate, which must be made anew where a result that it reads came in or changed:
#     hh4lif-efficiency --tier full --case exchange-rate --out OUT; results/pack OUT results/reference/full
# Usage: regression.sh PATH-OF-hh4lif-control PATH-OF-hh4lif-compare REFERENCE-RESULTS PATH-OF-hh4lif-efficiency
set -u
. "$(dirname "$0")/../cli/check.sh"
control=$(absolute "$1") compare=$(absolute "$2") reference=$3 efficiency=$(absolute "$4")
scratch
rate() { sed -n '/"rate": {/,/}/p' "$1/efficiency/exchange-rate.json"; } # to the three digits that its rows show
ends 0 "$efficiency" --tier full --case exchange-rate --out new --quiet
check "there is a kept exchange rate" [ -n "$(rate "$reference/full")" ]
check "the exchange rate is the kept one" [ "$(rate new)" = "$(rate "$reference/full")" ]
mkdir -p new/control
cp "$reference"/full/control/*.json new/control
rm new/control/gates.json new/control/aggregate.json
"$control" --tier full --case gates --case aggregate --out new --threads 1 --quiet >stdout 2>stderr
status=$?
[ $status != 77 ] || {
    cat stderr
    exit 77
}
check "both cases run" [ $status = 0 ]
for case in gates aggregate; do
    ends 0 "$compare" "$reference/full/control/$case.json" new/control/$case.json
    check "$case: every metric has the registered bytes" grep -q '^[1-9][0-9]* metrics of 1 cases: \([0-9]*\) the same bytes, 0 within the registered tolerance, 0 differ$' stdout
done
sed -i '0,/\(": *\)\([0-9]\.[0-9]*\)/s//\1 9\2/' new/control/gates.json
ends 1 "$compare" "$reference/full/control/gates.json" new/control/gates.json
finish 9
