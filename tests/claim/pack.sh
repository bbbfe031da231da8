#!/bin/sh
# Suite claim, last: results that are packed for keeping lose nothing. The quick tier of all families is packed and unpacked again:
# every JSON and series comes back with the same bytes, every table that was left out with the same bytes in the columns it has.
#   pack.sh PACK TABLES RESULTS
set -u
results=$3
[ -n "$(ls "$results" 2>/dev/null)" ] || { echo "no results: the tests of this suite have not run here"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
mkdir "$work/again"
"$1" "$results" "$work/packed" || exit 1
[ -z "$(find "$work/packed" -name '*.csv')" ] || { echo "FAILED: a table is left beside the archives"; exit 1; }
"$2" "$work/packed" "$work/again" || exit 1

(cd "$results" && find . -mindepth 2 -maxdepth 2 \( -name '*.json' -o -name '*.csv' \)) >"$work/names"
n=0 derived=0 failed=0
while read -r name; do
    n=$((n + 1))
    case $name in
    ./control/*-evaluation.csv | ./control/*-noise.csv)
        [ ! -e "$work/again/$name" ] && continue ;;
    ./control/*-band.csv | ./multitask/*-final.csv)
        columns=$(head -n 1 "$work/again/$name" | tr -cd , | wc -c)
        derived=$((derived + 1))
        cut -d, -f "1-$((columns + 1))" "$results/$name" | cmp - "$work/again/$name" && continue
        ;;
    *) cmp "$results/$name" "$work/again/$name" && continue ;;
    esac
    echo "FAILED: $name"
    failed=$((failed + 1))
done <"$work/names"
echo "$n files, $derived of them tables that were made again, $failed failed"
[ "$n" -gt 0 ] && [ "$failed" -eq 0 ]
