#!/bin/sh
# Suite claim, last: the generated parts of README.md and REPRODUCE.md say what the quick tier of all families measures.
#   docs.sh REPORT SOURCE RESULTS FAMILY...
set -u
report=$1 source=$2 results=$3
shift 3

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
"$report" --results "$results" --tier quick --check-docs "$source/README.md" --check-docs "$source/REPRODUCE.md"
