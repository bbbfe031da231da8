#!/bin/sh
# Suite claim: the committed runs at the paper's scale against an independent implementation of the same networks.
#   accuracy.sh REFERENCE EXPECTED      (results/reference/full/multitask, tests/data/learning_accuracy.csv)
# EXPECTED holds one seed on another draw of the images, twelve epochs: the mean of our seeds after the twelfth has to lie within a
# percentage point of it. The bound is the one that came with the numbers; the spread of our own seeds is 0.2 to 0.7 points. s-LIF2HH with
# pixels / 255 is left out: its seeds lie between 63 and 77, so that one seed says nothing of another.
set -u
reference=$(mktemp -d) expected=$2
trap 'rm -rf "$reference"' EXIT
tar -xzf "$1/series.tar.gz" -C "$reference" || { echo "FAILED: $1/series.tar.gz cannot be unpacked"; exit 1; }
awk -F, -v reference="$reference" '
function compare(model, name, arm,    file, line, f, n, sum, t, differ, rows) {
    file = reference "/" name "-epochs.csv"
    n = sum[1] = sum[2] = rows = 0
    while ((getline line < file) > 0) {
        rows++
        split(line, f, ",")
        if (f[1] == arm && f[3] == 11) {
            n++
            sum[1] += f[4]
            sum[2] += f[5]
        }
    }
    close(file)
    if (!rows) {
        printf "FAILED: %s cannot be read or is empty\n", file
        failed++
    } else if (n < 3 || !((model, 1) in want)) {
        printf "FAILED: %s: %d seeds of %s after epoch 12, at least 3 expected, beside %s in the numbers to compare with\n", file, n, arm, model
        failed++
    }
    for (t = 1; n >= 3 && t <= 2; t++) {
        differ = sum[t] / n - want[model, t]
        printf "%-18s task%d  %6.2f of %d seeds, expected %6.2f: %+.2f points\n", model, t, sum[t] / n, n, want[model, t], differ
        compared++
        if (differ > 1 || differ < -1) {
            printf "FAILED: more than 1 point\n"
            failed++
        }
    }
}
$3 == 11 { want[$1, 1] = $5; want[$1, 2] = $6 }
END {
    compare("lif", "fc-lif", "fc-lif")
    compare("hh", "fc-hh", "fc-hh")
    compare("slif2hh", "fc-slif2hh", "fc-slif2hh")
    compare("ann", "fc-ann", "fc-ann")
    compare("lif input/255", "audit-scale-fc", "lif_255")
    compare("hh gNa=gK=0", "audit-channels-fc", "no_channels")
    printf "%d compared, %d failed\n", compared, failed
    exit !(compared > 0 && !failed)
}' "$expected"
