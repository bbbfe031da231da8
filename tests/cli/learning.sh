#!/bin/sh
# hh4lif-multitask and hh4lif-efficiency from outside: operation counts, missing data, and where MNIST is installed also a training
# run on one and on two threads, and one that is killed and resumed.
# Usage: learning.sh PATH-OF-hh4lif-multitask PATH-OF-hh4lif-efficiency
set -u
. "$(dirname "$0")/check.sh"
multitask=$(absolute "$1")
efficiency=$(absolute "$2")
scratch

# ---- operation counts: the published counter gives every published figure, the corrected one differs in one ----
ends 0 "$efficiency" --case operations --out out --quiet
for key in published reproduced corrected; do
    tr -d ' \n' <out/efficiency/operations.json | grep -o "\"$key\":\[[^]]*\]" | sed "s/\"$key\"://" >$key
    check "three lists of $key figures" [ "$(wc -l <$key)" -eq 3 ]
done
check "published and reproduced figures are the same" cmp -s published reproduced
tr ',' '\n' <published >p
tr ',' '\n' <corrected >c
check "it is 22.1778 for 22.032" sh -c 'diff p c | grep -q "> 22.1778" && [ "$(diff p c | grep -c "^>")" -eq 1 ]'

# ---- data that is not there ----
ends 3 "$multitask" --case fc-hh --set mnist_dir="$work/nothing" --out out
check "the message names the folder" grep -q "$work/nothing" stderr
check "and how to get the data" grep -q "./reproduce" stderr
check "nothing is left" [ ! -e out/multitask/fc-hh.json ]
ends 3 "$multitask" --case fc-lif --case fc-hh --case conv-lif --set mnist_dir="$work/nothing" --out out
check "many cases that miss the same say it once" [ "$(grep -c . stderr)" -eq 2 ]
says "the same of 2 more cases, the last of them conv-lif"
mkdir broken && echo "not gzip" >broken/train-images-idx3-ubyte
ends 3 "$multitask" --case fc-hh --set mnist_dir="$work/broken" --out out
check "a foreign file is named" grep -q "broken/train-images-idx3-ubyte" stderr
ends 2 "$multitask" --case fc-hh --set selection=best --out out
check "best needs a validation split" grep -q "validation" stderr
ends 2 "$multitask" --case fc-hh --set epochs=0 --out out
ends 2 "$multitask" --case fc-topology --set topology="3+1 outptu all" --out out
check "a bad topology is named with its place" grep -q 'fc-topology: topology "3+1 outptu all": topology, column 5' stderr
ends 2 "$multitask" --case fc-hh --set topology=2+2 --out out
# what all arms of a case fix is no parameter of it: it would do nothing, or make their names wrong
ends 2 "$multitask" --case audit-input-scale-fc --set input_scale=2 --out out
check "the scales of a sweep of scales stand" grep -q "parameter input_scale is not used by the chosen cases" stderr
ends 2 "$multitask" --case width-fc --set channels=64 --out out
check "the widths of a sweep of widths stand" grep -q "parameter channels is not used by the chosen cases" stderr

# ---- the gradient of one true HH neuron: plain and fast agree, a window that is no whole number of steps is refused ----
ends 0 "$multitask" --case true-hh-gradient --set current_uA_per_cm2=7 --set window_ms=20 --set dt_ms=0.02 --out out --quiet
metrics out/multitask/true-hh-gradient.json >gradient
metric() { tr -d ' \n' <gradient | sed "s/.*\"$1\":\([^,}]*\).*/\1/"; }
check "rate and derivative as tests/unit/true_hh.c has them" \
    awk "BEGIN { exit !($(metric rate) - 0.1066 < 1e-4 && 0.1066 - $(metric rate) < 1e-4 && $(metric d_rate_d_current) > 0.076) }"
check "the fast derivative is within 1e-3" \
    awk "BEGIN { d = $(metric d_rate_d_current_float) / $(metric d_rate_d_current) - 1; exit !(d < 1e-3 && d > -1e-3) }"
ends 2 "$multitask" --case true-hh-gradient --set dt_ms=0.03 --out out
check "the step is named" grep -q "whole number of steps" stderr

# ---- layers of true HH neurons, on spike-time patterns, which need no data: metrics on one and three threads, and the probe ----
set -- --case timing-truehh --quiet --seeds 1 --set channels=24 --set dt_ms=0.05 --set epochs=1 --set train_limit=40 --set test_limit=20
ends 0 "$multitask" "$@" --threads 1 --out t1
ends 0 "$multitask" "$@" --threads 3 --out t3
metrics t1/multitask/timing-truehh.json >m1
metrics t3/multitask/timing-truehh.json >m3
check "true HH: the same metrics on one and three threads" cmp -s m1 m3
check "the gradient's horizon has 41 points before and after training, and an exponent" \
    [ "$(grep -c '^fc-truehh,0,.*,-\{0,1\}0\.[0-9]*$' t1/multitask/timing-truehh-horizon.csv)" -eq 82 ]
check "its channels carry charge" grep -q '"sodium_charge_share": \[0\.[1-9]' t1/multitask/timing-truehh.json
ends 0 "$multitask" "$@" --set membrane=passive --out passive
check "a passive membrane's do not" grep -q '"sodium_charge_share": \[0\.0\]' passive/multitask/timing-truehh.json
check "its constants are shared" [ "$(grep -c '"own_' t1/multitask/timing-truehh.json)" -eq 0 ]
ends 2 "$multitask" "$@" --set constants=trained --out own
says "dt_ms is 0.05; with trained constants it must be at most 0.02"
ends 0 "$multitask" "$@" --set constants=trained --set dt_ms=0.02 --set learning_rate=0.01 --threads 1 --out own
ends 0 "$multitask" "$@" --set constants=trained --set dt_ms=0.02 --set learning_rate=0.01 --threads 3 --out own3
metrics own/multitask/timing-truehh.json >m1
metrics own3/multitask/timing-truehh.json >m3
check "trained constants are the same on 1 and 3 threads" cmp -s m1 m3
check "they have moved, neuron by neuron" [ "$(grep -c '"own_[a-z_]*_sd": \[0\.00*[1-9]' own/multitask/timing-truehh.json)" -eq 6 ]
parameters_of() { sed -n 's/^    "parameters": \([0-9]*\),*$/\1/p' "$1/multitask/timing-truehh.json"; }
check "six more parameters for each of 24 neurons" \
    [ $(($(parameters_of own) - $(parameters_of t1))) -eq 144 ]
# their neurons replaced when they are trained
set -- "$@" --set transfer_images=20 --set current_gain=4
ends 0 "$multitask" "$@" --set readout=spikes --threads 1 --out t1
ends 0 "$multitask" "$@" --set readout=spikes --threads 3 --out t3
metrics t1/multitask/timing-truehh.json >m1
metrics t3/multitask/timing-truehh.json >m3
check "transfer: the same metrics on one and three threads" cmp -s m1 m3
transferred() { sed -n "s/^ *\"transfer_$1\": \[\([^]]*\)\],*\$/\1/p" m1; }
check "every prediction through tv-LIF2HH is HH's" [ "$(transferred tv_lif2hh_same_predictions_percent)" = 100.0 ]
check "it sends as much, and not nothing" awk "BEGIN {
    d = $(transferred tv_lif2hh_mean_rate) - $(transferred truehh_mean_rate); exit !(d < 1e-9 && d > -1e-9 && $(transferred truehh_mean_rate) > 0.1) }"
check "fitted s-LIF2HH sends something else, and not nothing" awk "BEGIN {
    d = $(transferred slif2hh_mean_rate) - $(transferred truehh_mean_rate); exit !((d > 1e-3 || d < -1e-3) && $(transferred slif2hh_mean_rate) > 0.01) }"
ends 0 "$multitask" "$@" --out smooth
check "with the smooth readout there is tv-LIF2HH" grep -q '"transfer_tv_lif2hh_same_predictions_percent": \[100.0\]' smooth/multitask/timing-truehh.json
check "and no s-LIF2HH" grep -q '"transfer_slif2hh_mean_rate": \[null\]' smooth/multitask/timing-truehh.json
check "with the reason" grep -q 'LIF units have no potential' smooth/multitask/timing-truehh.json
ends 2 "$multitask" "$@" --set membrane=linear --out out
says "leave transfer_images at 0"
ends 3 "$multitask" "$@" --set readout=spikes --set transfer_fit=t1/multitask/timing-truehh.json --out out
says "no constants_slif2hh"
ends 3 "$multitask" "$@" --set readout=spikes --set transfer_fit=nowhere.json --out out
ends 2 "$multitask" --case timing-truehh --set dt_ms=0.035 --out out
check "a window that is no whole number of steps is refused" grep -q "whole number" stderr
ends 2 "$multitask" --case timing-truehh --set threshold=1 --out out
ends 2 "$multitask" --case rows-lif --set window=7 --out out
check "rows: the window divides the side" grep -q "divides the side, 36" stderr
# each unit spikes once in every pattern: shown their mean, a network can only guess
ends 0 "$multitask" --case timing-lif --quiet --seeds 1 --set train_limit=200 --set test_limit=100 --set epochs=2 --set probe=mean \
    --out mean
check "the mean of spike times has no class" grep -q '"final_accuracy_task1_percent": \[10\.0\]' mean/multitask/timing-lif.json

# ---- training, where the data is ----
if "$multitask" --case samples --out out --quiet >stdout 2>stderr; then
    set -- --case fc-hh --quiet --seeds 1 --set train_limit=1000 --set test_limit=200 --set epochs=3
    ends 0 "$multitask" "$@" --threads 1 --out one
    ends 0 "$multitask" "$@" --threads 2 --out two
    metrics one/multitask/fc-hh.json >m1
    metrics two/multitask/fc-hh.json >m2
    check "there are metrics" [ -s m1 ]
    check "the same metrics on one and two threads" cmp -s m1 m2
    "$multitask" "$@" --threads 2 --out three >stdout 2>stderr &
    pid=$!
    sleep 1
    kill -TERM $pid 2>/dev/null
    wait $pid
    ends 0 "$multitask" "$@" --threads 2 --resume --out three
    metrics three/multitask/fc-hh.json >m3
    check "the same metrics after a stop and --resume" cmp -s m1 m3
    # ---- milestones: 10, 20, 30 in the noise runs of all networks, 20, 30 in the clean ones of the convolutional ----
    set -- --quiet --seeds 1 --set train_limit=16 --set test_limit=10 --set epochs=32 --set channels=4
    ends 0 "$multitask" "$@" --case conv-lif --case noise-conv-lif --out milestones
    drops() { # ARM FILE: epochs before which the learning rate was lowered
        awk -F, -v arm="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
            $at["arm"] == arm { r = $at["learning_rate"]; if (last && r < last) print $at["epoch"]; last = r }' "$2" | xargs
    }
    check "clean: 20, 30" [ "$(drops conv-lif milestones/multitask/conv-lif-epochs.csv)" = "20 30" ]
    check "without noise, beside the noisy ones: 10, 20, 30" \
        [ "$(drops a0 milestones/multitask/noise-conv-lif-epochs.csv)" = "10 20 30" ]
    check "noisy: 10, 20, 30" [ "$(drops a75 milestones/multitask/noise-conv-lif-epochs.csv)" = "10 20 30" ]
    # ---- networks that another case has trained ----
    set -- --quiet --seeds 1 --set train_limit=256 --set test_limit=100 --set epochs=2 --set channels=128
    ends 0 "$multitask" "$@" --case audit-channels-fc --out alone
    ends 0 "$multitask" "$@" --case fc-hh --set trained_dir=kept --out shared
    check "a trained network is kept" [ "$(ls kept | wc -l)" -eq 1 ]
    touch -d "2000-01-01" kept/*
    ends 0 "$multitask" "$@" --case audit-channels-fc --set trained_dir=kept --out shared
    check "another case takes it and adds its own" [ "$(ls kept | wc -l)" -eq 2 ]
    check "without training it again" [ "$(find kept -type f ! -newermt 2001-01-01 | wc -l)" -eq 1 ]
    metrics alone/multitask/audit-channels-fc.json >m1
    metrics shared/multitask/audit-channels-fc.json >m2
    check "the same metrics with and without" cmp -s m1 m2
    # ---- a look inside the networks ----
    number() { sed -n "s/.*\"$1\": \[\([^],]*\).*/\1/p" "$2" | head -n 1; } # FIELD FILE: first number of its array
    check "channels have traces step by step" [ "$(wc -l <alone/multitask/audit-channels-fc-traces.csv)" -ge 16 ]
    check "the channels of the published network carry next to nothing" \
        awk "BEGIN { exit !($(number peak_i_na_over_leak alone/multitask/audit-channels-fc.json) < 1e-7) }"
    ends 0 "$multitask" "$@" --case audit-channels-fc --set g_na=1e6 --out alive
    check "channels that are at work are seen" \
        awk "BEGIN { exit !($(number peak_i_na_over_leak alive/multitask/audit-channels-fc.json) > 1e-5) }"
    ends 0 "$multitask" "$@" --case fc-hh --set window=1 --out onestep
    check "a window of one step has two output levels at most" \
        awk "BEGIN { x = $(number output_levels onestep/multitask/fc-hh.json); exit !(x >= 1 && x <= 2) }"
    ends 0 "$multitask" "$@" --case factorial-fc --set trained_dir=kept --out shared
    sed -n '/"share_of_gap_task1"/,/}/p' shared/multitask/factorial-fc.json >shares
    check "LIF goes none of the way from LIF to HH, and HH all of it" \
        [ "$(number lif shares)/$(number hh shares)" = 0.0/1.0 ]
    for file in kept/*; do echo >>"$file"; done
    ends 3 "$multitask" "$@" --case fc-hh --set trained_dir=kept --out shared
    check "a damaged one is named" grep -q "kept/.* damaged" stderr
    ends 0 "$multitask" --case fc-topology --set topology="2+2" --quiet --seeds 1 --set train_limit=256 \
        --set test_limit=100 --set epochs=1 --out out
    check "a topology trains, and is noted" grep -q '"topology": "2+2"' out/multitask/fc-topology.json
    check "no checkpoint is left" [ ! -e three/multitask/checkpoints ]
else
    echo "  note: no training runs here: $(cat stderr)"
fi

finish 21
