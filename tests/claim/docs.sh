#!/bin/sh
# Suite claim, last: the generated parts of README.md and REPRODUCE.md say what the quick tier of all families measures. Training
# and fits end in other digits on another CPU, or with the kernels that OpenBLAS has for another: there the comparison is left out,
# with the reason.
#   docs.sh REPORT CLAIMS SOURCE RESULTS FAMILY...
set -u
report=$1 claims=$2 source=$3 results=$4
shift 4

grep -q '<!-- generated: ' "$source/README.md" "$source/REPRODUCE.md" 2>/dev/null || {
    echo "README.md and REPRODUCE.md have no generated parts"
    exit 77
}
for family in "$@"; do
    if [ -z "$(ls "$results/$family" 2>/dev/null)" ]; then
        echo "no results of $family: its test of this suite has not run here"
        exit 77
    fi
done
machines() { # the machines in the lines on cost: "AMD EPYC, avx512, OpenBLAS 0.3.21 Haswell"
    sed -n 's/^Cost: .*(\(.*\))$/\1/p' | sort -u
}
written=$(machines <"$source/REPRODUCE.md")
here=$("$claims" --results "$results" --tier quick --format markdown | machines)
[ -n "$written" ] && [ -n "$here" ] || { echo "no lines on cost: is the form of the document another one?"; exit 1; }
if [ "$written" != "$here" ]; then
    echo "the documents were measured on $written, these results on $here: last digits differ"
    exit 77
fi
"$report" --results "$results" --tier quick --check-docs "$source/README.md" --check-docs "$source/REPRODUCE.md"
