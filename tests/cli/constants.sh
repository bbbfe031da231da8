#!/bin/sh
# --set cell.NAME=VALUE: a neuron's own constants reach the computation, are recorded where they were given, and nothing else passes.
# Usage: constants.sh MULTITASK CONTROL: the programs hh4lif-...
set -u
. "$(dirname "$0")/check.sh"
multitask=$(absolute "$1")
control=$(absolute "$2")
scratch

# ---- in a policy ----
run() { # run FOLDER ARGUMENT...: the smallest policy of AdEx; 77 where there is no simulator
    folder=$1
    shift
    "$control" --case ip-neuron --set neuron=adex --warmup none --quiet --seeds 1 --set steps=90 --set start_steps=30 \
        --set evaluate_every=45 --set evaluate_episodes=1 --set hidden=24 --set heads=24 --set critics=24 --out "$folder" "$@" \
        >stdout 2>stderr
    status=$?
}
result=control/ip-neuron.json
run plain
if [ $status -eq 77 ]; then
    echo "       (no simulator: policies are not run)"
else
    check "exit 0, got $status" [ $status -eq 0 ]
    run published --set cell.tau_w=144
    run given --set cell.tau_w=144 --set cell.b=0.25 --set cell.tau_w=20
    for folder in plain published given; do metrics $folder/$result >$folder.metrics; done
    check "there are metrics" [ -s plain.metrics ]
    check "the published value changes nothing" cmp -s plain.metrics published.metrics
    check "another one does" [ "$(cmp -s plain.metrics given.metrics; echo $?)" -eq 1 ]
    check "nothing is recorded where none was given" [ "$(grep -c 'cell\.' plain/$result)" -eq 0 ]
    check "tau_w is recorded, the last one" grep -q '"cell.tau_w": 20.0' given/$result
    check "b is recorded" grep -q '"cell.b": 0.25' given/$result
    run given --set cell.b=0.25 --set cell.tau_w=20 --resume
    metrics given/$result >again
    check "the same constants, kept or made again: the same metrics" cmp -s given.metrics again
    run given --set cell.b=0.5 --set cell.tau_w=20 --resume
    check "--resume makes a case with another constant again" grep -q '"cell.b": 0.5' given/$result
    refused 'no constant tau; it has: dt, tau_m, tau_w, sharpness, a, b' "$control" --case ip-neuron --set neuron=adex --warmup none --set cell.tau=3
    refused 'tau_w is -1; it must be positive' "$control" --case ip-neuron --set neuron=adex --warmup none --set cell.tau_w=-1
    refused 'lif has no constants of its own' "$control" --case ip-lif --warmup none --set cell.tau=3
    refused 'draw a step each' "$control" --case ip-hh --warmup none --set cell.dt=0.1
fi

# ---- before anything runs ----
refused 'parameter cell.b is "much": expected a number' "$control" --case ip-neuron --set cell.b=much
refused 'cell.b is not used by the chosen cases; it belongs to ip-*' "$control" --case trajectory --set cell.b=1
refused 'unknown parameter cell.' "$control" --case ip-hh --set cell.=1
refused 'unknown parameter cells.b' "$control" --case ip-hh --set cells.b=1
refused 'use --set g_na=3' "$multitask" --case fc-hh --set cell.g_na=3
ends 0 "$control" --help
check "the help has them" grep -q 'cell.NAME=NUMBER' stdout

# ---- in a network, where the data are ----
train() {
    folder=$1
    shift
    "$multitask" --case fc-neuron --set neuron=adlif --quiet --seeds 1 --set batch=20 --set epochs=1 --set train_limit=60 --set test_limit=20 \
        --set channels=32 --out "$folder" "$@" >stdout 2>stderr
    status=$?
}
train net
if [ $status -eq 3 ]; then
    echo "       (no MNIST: networks are not run)"
else
    check "exit 0, got $status" [ $status -eq 0 ]
    train adapted --set cell.b=0.75
    check "the network's constant is recorded" grep -q '"cell.b": 0.75' adapted/multitask/fc-neuron.json
    metrics net/multitask/fc-neuron.json >a
    metrics adapted/multitask/fc-neuron.json >b
    check "and changes the training" [ "$(cmp -s a b; echo $?)" -eq 1 ]
    train net --set cell.c=1
    check "exit 2, got $status" [ $status -eq 2 ]
    check "its neuron's constants are listed" grep -qF 'adlif has no constant c; it has: rho, a, b' stderr
fi
finish 12
