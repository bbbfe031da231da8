#!/bin/sh
# hh4lif-information from outside: what is refused, and where the images are installed also what a variant switches, threads, a run that is
# stopped and resumed, shuffled labels, and the distances.
# Usage: information.sh PATH-OF-hh4lif-information
set -u
. "$(dirname "$0")/check.sh"
information=$(absolute "$1")
scratch

ends 3 "$information" --case vib-hh --set mnist_dir="$work/nothing" --out out
says "$work/nothing"
says "./reproduce"
ends 2 "$information" --case vib-hh --set variant=published --out out
says "as_published"
ends 2 "$information" --case vib-neuron --set neuron=relu --out out
says 'no learning neuron "relu"'
ends 2 "$information" --case vib-hh --set neuron=lif --out out
ends 2 "$information" --case vib-hh --set average=1 --out out
ends 2 "$information" --case vib-lif --set cell.g_na=1 --out out
ends 2 "$information" --case beta --set betas=1,0,1 --out out
says "betas has 1 twice"
ends 2 "$information" --case beta --set beta=1 --out out
ends 77 "$information" --case distance --out empty
says "run these first"

number() { sed -n "s/.*\"$1\": \[*\([^],]*\).*/\1/p" "$2" | head -n 1; } # FIELD FILE: first number of its array
of() { metrics "$1/information/$2.json" >"$3"; }
set -- --quiet --seeds 2 --set train_limit=300 --set test_limit=150 --set epochs=2 --set channels=60 --set latent=16 --set shots=3
all='--case vib-lif --case vib-hh --case vib-slif2hh --case stated-vib-lif --case distance'
# shellcheck disable=SC2086
if reason=$("$information" "$@" $all --threads 1 --out one 2>&1); then
    ends 0 "$information" "$@" --case vib-hh --threads 3 --out three
    of one vib-hh m1
    of three vib-hh m2
    check "there are metrics" [ -s m1 ]
    check "the same metrics on one and three threads" cmp -s m1 m2
    check "the same table" cmp -s one/information/vib-hh-plane.csv three/information/vib-hh-plane.csv
    check "a row before training and one an epoch, for two seeds" [ "$(wc -l <one/information/vib-lif-plane.csv)" -eq 7 ]
    # ---- distances ----
    check "a row for each place and seed" [ "$(wc -l <one/information/distance-points.csv)" -eq 9 ]
    check "the first seed's distance of HH and LIF is that of their points" awk "BEGIN {
        x = $(number reported_i_zx_bits one/information/vib-hh.json) - $(number reported_i_zx_bits one/information/vib-lif.json)
        y = $(number reported_i_zy_bits one/information/vib-hh.json) - $(number reported_i_zy_bits one/information/vib-lif.json)
        d = sqrt(x * x + y * y) / $(sed -n 2p one/information/distance-points.csv | cut -d, -f5) - 1
        exit !(d * d < 1e-20) }"
    check "the switches are recorded" grep -q '"as_published": "class one batch best_test"' one/information/distance.json
    # ---- the variants ----
    of one vib-lif m1
    of one stated-vib-lif m3
    check "both tasks' entropy is one task's and 3.32 bits more" awk "BEGIN {
        d = $(number reported_i_zy_bits m3) - 3.3219280948873626 - $(tr -d ' \n' <m3 | sed 's/.*"i_zy_bits_published":\[\[[^],]*,\([^],]*\)\].*/\1/')
        exit !(d * d < 1e-18) }"
    check "as stated it reports the last epoch" grep -q '"reported_epoch": \[2, 2\]' m3
    ends 0 "$information" "$@" --case vib-lif --case stated-vib-lif --set beta=5 --out beta
    of beta vib-lif m2
    check "as published beta has no effect" cmp -s m1 m2
    of beta stated-vib-lif m2
    check "as stated it takes information away" \
        awk "BEGIN { exit !($(number reported_i_zx_bits m2) < $(number reported_i_zx_bits m3)) }"
    cp beta/information/vib-lif.json one/information/vib-lif.json
    ends 3 "$information" --quiet --case distance --out one
    says "its beta is not that of the results beside it"
    ends 0 "$information" "$@" --case vib-lif --set variant=as_stated --out beta
    of beta vib-lif m2
    check "the variant is the case as stated" cmp -s m3 m2
    cp beta/information/vib-lif.json one/information/vib-lif.json
    ends 3 "$information" --quiet --case distance --out one
    says 'expected the switches "class one batch best_test"'
    # ---- the curve over beta ----
    ends 0 "$information" "$@" --case beta --set betas=0.001,5 --out curve
    check "a point for each of three models, two seeds, two betas" [ "$(wc -l <curve/information/beta-curve.csv)" -eq 13 ]
    check "at the first beta it is that of the case as stated" \
        [ "$(grep '^lif,1,' curve/information/beta-curve.csv | head -n 1 | cut -d, -f4)" = "$(number reported_i_zx_bits m3)" ]
    check "a larger beta leaves less" \
        awk -F, '$1 == "lif" && $2 == 1 { if (n++ && $4 >= before) bad = 1; before = $4 } END { exit bad || n != 2 }' curve/information/beta-curve.csv
    # ---- labels in another order: the untrained network is the same, the training is not ----
    ends 0 "$information" "$@" --seed 2 --seeds 1 --case vib-lif --set labels=shuffled --out one
    of one vib-lif m2
    check "the untrained network is the same" [ "$(sed -n '/untrained_i_zx/s/.*, \(.*\)\].*/\1/p' m1)" = "$(number untrained_i_zx_bits m2)" ]
    check "the training is not" [ "$(grep train_loss m1)" != "$(grep train_loss m2)" ]
    ends 3 "$information" --quiet --case distance --out one
    says "its labels is not that of the results beside it"
    sed 's/\("reported_i_zy_bits": \[\)[^,]*/\1null/' one/information/vib-slif2hh.json >other
    cp other one/information/vib-hh.json
    ends 3 "$information" --quiet --case distance --out one
    says "value 0 of reported_i_zy_bits is no number"
    cp three/information/vib-hh.json one/information/vib-hh.json
    sed 's/"seeds": \[1, 2\]/"seeds": [3, 4]/' one/information/vib-slif2hh.json >other
    cp other one/information/vib-slif2hh.json
    ends 3 "$information" --quiet --case distance --out one
    says "its seeds are not those of hh beside it"
    # ---- stopped and resumed ----
    set -- --quiet --seeds 1 --set train_limit=3000 --set test_limit=150 --set epochs=3 --set channels=100 --set shots=2 --case stated-vib-slif2hh
    ends 0 "$information" "$@" --out whole
    "$information" "$@" --out pieces >stdout 2>stderr &
    pid=$!
    sleep 1.2
    kill -TERM $pid 2>/dev/null
    wait $pid
    ends 0 "$information" "$@" --resume --out pieces
    of whole stated-vib-slif2hh m1
    of pieces stated-vib-slif2hh m2
    check "the same metrics after a stop and --resume" cmp -s m1 m2
    check "no checkpoint is left" [ ! -e pieces/information/checkpoints ]
    finish 30
fi
echo "  note: no training runs here: $reason"
finish 8
