#!/bin/sh
# What a result says of its parameters: every case of every family, as small as it goes, records a value for each parameter that
# --help lists, and none is null; several arms say what differs; any learning neuron is a network and a policy by name.
# Cases whose data or simulator is not installed here are passed over.
# Usage: parameters.sh EQUIVALENCE DYNAMICS FITTING EFFICIENCY MULTITASK CONTROL INFORMATION: the programs hh4lif-...
set -u
. "$(dirname "$0")/check.sh"
equivalence=$(absolute "$1")
dynamics=$(absolute "$2")
fitting=$(absolute "$3")
efficiency=$(absolute "$4")
multitask=$(absolute "$5")
control=$(absolute "$6")
information=$(absolute "$7")
scratch

parameters() { sed -n '/^  "parameters"/,/^  }/p' "$1"; }
recorded() { # recorded FILE: every parameter has a value
    parameters "$1" >p
    check "parameters: $1" [ "$(grep -c . p)" -gt 1 ]
    check "none is null: $1" [ "$(grep -c null p)" -eq 0 ]
}
value() { parameters "$1" | sed -n "s/^    \"$2\": \(.*[^,]\),*\$/\1/p"; }
is() { check "$2 is $3 in $1" [ "$(value "$1" "$2")" = "$3" ]; }
# small PROGRAM CASES ARGUMENT...: runs these cases into the folder out; those that cannot run here leave no result
small() {
    program=$1
    cases=$2
    shift 2
    for case in $cases; do
        set -- --case "$case" "$@"
        ran=$((ran + 1))
    done
    "$program" --out out --quiet "$@" >stdout 2>stderr
    status=$?
    check "exit 0, or no data (3) or simulator (77) here, got $status: $cases" expr " 0 3 77 " : ".* $status "
}
all_cases() { "$1" --list | sed 's/ .*//'; }
ran=0

small "$equivalence" single --set dt_ms=0.05 --set t_end_ms=5 --set float_run_ms=5
small "$equivalence" 'xor-40-40 xor-40-0 xor-0-40 xor-0-0 fc' --set dt_ms=0.02 --set t_end_ms=2
small "$equivalence" 'slif-const slif-sine slif-square slif-sawtooth slif-triangle' --set slif_duration_ms=10
small "$equivalence" slif-map --set slif_duration_ms=5 --set slif_map_frequencies=2 --set slif_map_amplitudes=2
small "$equivalence" slif-jitter --set slif_duration_ms=5 --set slif_jitter_draws=1
printf 't_ms,I_uA_per_cm2\n0,10\n5,10\n' >current.csv
small "$equivalence" own --current current.csv
printf '1\n2\n4\n' >train.txt

small "$dynamics" bifurcations
small "$dynamics" fi-curve --set currents_uA_per_cm2=10
small "$dynamics" 'lyapunov-rest lyapunov-periodic' --set slif_duration_ms=1000
small "$dynamics" lyapunov-chaotic --set slif_duration_ms=1000 --set duration_ms=8000 --set trajectories=8
small "$dynamics" spike-metrics --set a=train.txt --set b=train.txt
small "$dynamics" spike-timing --set runs=2 --set duration_ms=100
small "$dynamics" frequency --set duration_ms=4096
small "$dynamics" network --set networks=2 --set trajectories=2 --set lyapunov_ms=10 --set exponents=1 --set step_ms=0.05 \
    --set window_ms=50 --set raster_ms=100

fit='--set hh_dt_ms=0.05 --set starts=1 --set evaluations=1000 --set per_class=1 --set heldout_per_class=2 --set fits=1 --set duration_ms=50'
# shellcheck disable=SC2086 # the settings are words
{
    small "$fitting" 'heldout units' $fit
    small "$fitting" topologies $fit --set topologies=1
    small "$fitting" sensitivity $fit --set jitter_draws=2
}

small "$efficiency" 'operations exchange-rate'
small "$efficiency" memory --set batch=2
small "$efficiency" speed --set rounds=3 --set batches=1 --set batch=2
small "$efficiency" simulated-time --set rounds=3 --set simulated_ms=1
small "$efficiency" synapses --set train_steps=0 --set images=1

multi='--seeds 1 --set train_limit=20 --set test_limit=4 --set epochs=1 --set batch=20 --set channels=8'
control_='--seeds 1 --set steps=12 --set start_steps=4 --set evaluate_every=0 --set evaluate_episodes=1 --set batch=4'
# shellcheck disable=SC2086
{
    small "$multitask" "$(all_cases "$multitask" | grep -v -e samples -e true-hh -e truehh)" $multi
    small "$multitask" "$(all_cases "$multitask" | grep truehh)" $multi --set window_ms=3.6 --set dt_ms=0.05
    small "$multitask" 'samples true-hh-gradient'
    small "$control" trajectory --set steps=2
    small "$control" "$(all_cases "$control" | grep -v -e trajectory -e gates -e aggregate -e '^noise-idp-lif$')" $control_
    small "$control" gates --set neurons=2
    small "$control" noise-idp-lif --seeds 2 ${control_#--seeds 1 } # an aggregate is over seeds
    small "$control" aggregate
    small "$information" "$(all_cases "$information")" $multi --set shots=2
}
listed=0
for program in "$equivalence" "$dynamics" "$fitting" "$efficiency" "$multitask" "$control" "$information"; do
    listed=$((listed + $(all_cases "$program" | wc -l)))
done
for result in out/*/*.json; do
    recorded "$result"
done
check "every case of every family was run: $ran of $listed" [ "$ran" -eq "$listed" ]

# ---- what the case knows itself, and what does not act ----
result=out/multitask/fc-hh.json
if [ -e $result ]; then
    is $result threshold 0.20000000000000001
    is $result g_na 120.0
    is $result window 15
    is $result decay '"none"'
    is $result trained_dir '"none"'
    is out/multitask/fc-lif.json g_na '"none"'
    is out/multitask/fc-lif.json reset '"on"'
    # the first arm above, and what is different in another one under "arms"
    parameters out/multitask/noise-fc-lif.json | tr -d ' \n' >p
    check "amplitudes arm by arm" grep -qF '"arms":{"a25":{"noise":25.0},"a50":{"noise":50.0},"a75":{"noise":75.0}}' p
    is out/multitask/noise-fc-lif.json noise 0.0
    # shellcheck disable=SC2086
    ends 0 "$multitask" --case fc-hh $multi --set threshold=0.25 --out given --quiet
    is given/multitask/fc-hh.json threshold 0.25
    # --resume keeps a case with its derived values, and makes it again for others
    # shellcheck disable=SC2086
    ends 0 "$multitask" --case fc-hh $multi --set threshold=0.25 --out given --resume
    prints 'fc-hh  kept'
    # shellcheck disable=SC2086
    ends 0 "$multitask" --case fc-hh $multi --out given --resume
    prints 'fc-hh  done'
    is given/multitask/fc-hh.json threshold 0.20000000000000001
fi

# ---- any learning neuron by name ----
ends 0 "$multitask" --list-neurons
sed 's/ .*//' stdout >neurons
check "there are neurons" [ "$(grep -c . neurons)" -ge 5 ]
ends 0 "$control" --list-neurons
sed 's/ .*//' stdout | cmp -s - neurons
check "the policies' neurons are the networks'" [ $? -eq 0 ]
while read -r neuron; do
    # shellcheck disable=SC2086
    {
        small "$multitask" 'fc-neuron conv-neuron' $multi --set neuron="$neuron" --out "of/$neuron"
        small "$control" 'ip-neuron idp-neuron' $control_ --set neuron="$neuron" --out "of/$neuron"
    }
    for result in of/"$neuron"/*/*.json; do
        [ -e "$result" ] && recorded "$result"
    done
    for pair in multitask/fc multitask/conv control/ip control/idp; do
        published=out/$pair-$neuron.json
        [ -e "$published" ] || continue
        metrics "$published" >m1
        metrics "of/$neuron/$pair-neuron.json" >m2
        check "same metrics as the published case: $pair-$neuron" cmp -s m1 m2
    done
done <neurons
ends 2 "$multitask" --case fc-lif --set neuron=hh --out out
finish 60
