#!/bin/sh
# The report's first screen on the kept results: the answer in words with its marks and totals, the way to each claim by its name and
# back, and nothing else unfolded.
# Usage: page.sh PATH-OF-hh4lif-report REFERENCE-RESULTS
set -u
. "$(dirname "$0")/../cli/check.sh"
report=$(absolute "$1") reference=$2
scratch
ends 0 "$report" --results "$reference/full" --output page.html
count() { grep -o -- "$1" page.html | grep -c .; }
check "five parts of the argument" [ "$(grep -c '^<li><b>[A-Z][a-z]*\.</b> .*class="badge' page.html)" -eq 5 ]
for part in Theory Dynamics Cost; do
    check "$part says what was found" grep -q "^<li><b>$part\.</b>.*class=\"found\"" page.html
done
check "one line of totals" [ "$(count '[1-9][0-9]* claims of the paper: ')" -eq 1 ]
sections=$(count '<section id="[A-Z][0-9]"')
check "a section for each claim: $sections" [ "$sections" -ge 23 ]
check "a way to each by its name" [ "$(grep -cE '^<li><a href="#[A-Z][0-9]"><b>.*</span> .{9}' page.html)" -eq "$sections" ]
check "and back" [ "$(count 'class="back" href="#row-')" -eq "$sections" ]
check "only figures that are outside, or were not measured, are unfolded" [ "$(grep '<details open>' page.html | grep -vc 'Registered figures .*: 0 of ')" -eq 0 ]
check "the answer, the table and all else in this order" [ "$(grep -oE 'id="(answer|verdicts|E1|reading|provenance)"' page.html | tr -d '\n')" = 'id="answer"id="verdicts"id="E1"id="reading"id="provenance"' ]
finish 11
