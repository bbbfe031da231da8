#!/bin/sh
# ./reproduce --neuron: the comparison of a neuron with HH and LIF on small runs, and what is refused.
# Usage: neuron.sh BUILD-ROOT SOURCE-ROOT
set -u
. "$(dirname "$0")/check.sh"
build=$1 source=$2
scratch
idx() { # idx FILE TYPE-AND-SIZES COUNT: that many bytes, 0 to 9 in turn
    { printf "$2"; awk -v n="$3" 'BEGIN { for (i = 0; i < n; i++) printf "%c", 48 + i % 10 }' | tr '0-9' '\000-\011'; } >"ready/$1"
}
mkdir ready
for split in train t10k; do
    idx $split-images-idx3-ubyte '\0\0\010\003\0\0\0\040\0\0\0\012\0\0\0\012' 3200
    idx $split-labels-idx2-ubyte '\0\0\010\002\0\0\0\040\0\0\0\002' 64
done
compare() { # compare NAME [ARGUMENT]...
    name=$1
    shift
    "$source/experiments/compare-neuron" --programs "$build" --threads 1 \
        --dynamics '--set runs=2 --set duration_ms=4096 --set slif_duration_ms=1000' --learning '--set epochs=1 --set data_dir=ready --seeds 2' "$@" "$name"
}
ends 0 compare adlif --out out
cp stdout table
for text in '# adlif, quick tier' '| SPIKE-distance, const | ' '| coherence with HH, mean | ' '| LIF | ' '| learning: 2 seeds of 32 images, 1 epochs; mean ± sd | adlif | ' \
    '| accuracy, digits, % | ' '| LIF neurons that one is worth, digits | ' '| LIF neurons that one is worth, clothing | ' '| parameters | '; do
    check "the table has: $text" grep -qF -- "$text" table
done
check "no row without a number" sh -c '[ -s table ] && ! grep -q -- "—" table'
check "two exponents of adLIF, four of HH" [ "$(sed -n 's/^| \(adlif\|HH\) | \(.*,.*\) |$/\2/p' table | awk -F, '{ printf "%d ", NF }')" = '2 4 ' ]
check "its first number is that of the result" [ "$(sed -n 's/^| SPIKE-distance, const | \([^ ]*\) .*/\1/p' table)" = \
    "$(sed -n 's/.*"mean_measures_adlif_const": \[[^,]*, \([^,]*\),.*/\1/p' out/dynamics/spike-timing.json | awk '{ printf "%.3g", $1 }')" ]
check "LIF has its one exponent" [ "$(sed -n 's/^| LIF | \([-0-9.e]*\) |$/\1/p' table)" = \
    "$(sed -n 's/.*"largest_lif_per_ms": \(.*\),/\1/p' out/dynamics/lyapunov-periodic.json | awk '{ printf "%.3g", $1 }')" ]
check "the rate is that of its case" grep -qF "| LIF neurons that one is worth, digits | $(sed -n 's/^1,raw pixels: digits,measured,//p' \
    out/rate-adlif/efficiency/exchange-rate.csv | awk -F, '{ printf $1 != "" ? $1 == "above" ? "over %.3g" : "under %.3g" : "%.3g (", $3 }')" table
check "the same table is kept" cmp -s table out/neuron.md

# ---- one that only learns ----
ends 0 compare ann --out learns
check "no part that it has no row for" sh -c '! grep -q SPIKE stdout && grep -q "^| accuracy, digits" stdout'

# ---- ./reproduce, without a run ----
ends 0 "$source/reproduce" --list
check "a line for each family" [ "$(grep -cE '^[a-z]+ +[A-Z]' stdout)" -eq "$(ls "$source"/experiments/*/claims.json | wc -l)" ]
prints 'multitask    Multi-task learning: which neurons'
ends 2 compare nobody
says "no neuron 'nobody': simulated are hh "
says "docs/your-neuron.md"
ends 2 "$source/reproduce" --neuron adex --family dynamics
says "--neuron goes without --family"
ends 2 "$source/reproduce" --neuron ../x
ends 2 "$source/reproduce" test --neuron adex
finish 24
