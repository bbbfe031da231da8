#!/bin/sh
# Suite claim: the results that are kept (results/reference) give the verdicts that are registered, and the registered figures.
#   reference.sh CLAIMS
set -u
"$1" --summary >reference.txt
status=$?
cat reference.txt
grep -q '^kept results: [1-9][0-9]* of [1-9][0-9]* registered figures agree$' reference.txt || { echo "FAILED: no figure, or one that differs"; exit 1; }
grep -qE '^[1-9][0-9]* claims of the paper: ' reference.txt || { echo "FAILED: no total"; exit 1; }
exit $status
