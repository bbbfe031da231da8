#!/bin/sh
# --set model.NEURON.NAME=VALUE: a simulated neuron's constants reach every case, are recorded where they were given, and nothing else passes.
# Usage: model_constants.sh DYNAMICS FITTING: the programs hh4lif-...
set -u
. "$(dirname "$0")/check.sh"
dynamics=$(absolute "$1")
fitting=$(absolute "$2")
scratch

run() { # run FOLDER CASE ARGUMENT...
    folder=$1 case=$2
    shift 2
    ends 0 "$dynamics" --quiet --threads 1 --out "$folder" --case "$case" "$@"
}
value() { sed -n "s/^ *\"$1\": \([^,]*\),*\$/\1/p" "$2"; }
near() { awk -v a="$1" -v b="$2" -v e="$3" 'BEGIN { exit !(a != "" && a - b <= e && b - a <= e) }'; }

# ---- before anything runs ----
refused 'unknown constant model.hh.gna; did you mean model.hh.gNa? (--list-neurons shows them)' "$dynamics" --case fi-curve --set model.hh.gna=1
refused 'unknown constant model.tv.gNa; did you mean model.hh.gNa?' "$dynamics" --case fi-curve --set model.tv.gNa=110
refused 'parameter model.hh.gNa is "much": expected a number' "$dynamics" --case fi-curve --set model.hh.gNa=much
refused 'parameter model.hh.gNa' "$dynamics" --case fi-curve --set model.hh.gNa=501
check "the range is named" grep -q '500' stderr
refused 'model.hh.gNa' "$dynamics" --case fi-curve --set model.hh.gNa=nan
refused 'is not used by the chosen cases' "$dynamics" --case spike-metrics --set model.hh.gNa=110
refused 'model.adex.b: the neuron adex is no part of this run (--set neuron=adex' "$dynamics" --case fi-curve --set model.adex.b=1
refused 'model.slif2hh.U: the neuron slif2hh is no part of this run' "$dynamics" --case bifurcations --set model.slif2hh.U=1
refused 'neuron adex: gL / C exp((cut - VT) / D) is' "$dynamics" --case fi-curve --set neuron=adex --set model.adex.D=1
refused 'neuron slif2hh: U is 70 mV; it must lie below the threshold, 70 mV' "$dynamics" --case fi-curve --set model.slif2hh.U=70
refused 'model.adlif.EL = -40: the neuron adlif does not rest' \
    "$dynamics" --case fi-curve --set currents_uA_per_cm2=10 --set neuron=adlif --set model.adlif.EL=-40
refused 'model.hh.gNa: the neuron hh is no part of this run' "$fitting" --case heldout --set model.hh.gNa=110
refused 'the neuron hh does not keep firing at 10 uA/cm^2' "$dynamics" --case fi-curve --set currents_uA_per_cm2=10 --set model.hh.gNa=100
check "what to do" grep -q 'model.hh.NAME' stderr
refused 'lyapunov-periodic: with model.hh.gNa = 100: HH does not settle on a periodic orbit at i0 = 10' "$dynamics" --case lyapunov-periodic --set model.hh.gNa=100
check "said once" [ "$(grep -o 'does not settle' stderr | wc -l)" -eq 1 ]
ends 0 "$dynamics" --help
check "the help has them" grep -q 'model.NAME=NUMBER' stdout
check "each by name" grep -q 'hh.gNa' stdout
ends 0 "$dynamics" --list-neurons
check "they are listed with value, unit and range" grep -qF 'model.hh.gNa = 120 mS/cm^2 (0 to 500): largest conductance of sodium' stdout
check "under their neuron" [ "$(sed -n '/^slif2hh /,/^lif /p' stdout | grep -c '^ *model\.slif2hh\.')" -eq 4 ]

# ---- they reach the computation, and are recorded ----
timing="--set runs=2 --set duration_ms=300"
# shellcheck disable=SC2086 # words
run plain spike-timing $timing
# shellcheck disable=SC2086
run published spike-timing $timing --set model.hh.gNa=120
# shellcheck disable=SC2086
run given spike-timing $timing --set model.hh.gNa=100 --set model.slif2hh.threshold=60 --set model.hh.gNa=110
for folder in plain published given; do metrics $folder/dynamics/spike-timing.json >$folder.metrics; done
check "there are metrics" [ -s plain.metrics ]
check "the published value changes nothing" cmp -s plain.metrics published.metrics
check "another one does" [ "$(cmp -s plain.metrics given.metrics; echo $?)" -eq 1 ]
check "nothing is recorded where none was given" [ "$(grep -c 'model\.' plain/dynamics/spike-timing.json)" -eq 0 ]
check "gNa is recorded, the last one" grep -q '"model.hh.gNa": 110.0' given/dynamics/spike-timing.json
check "the threshold is recorded" grep -q '"model.slif2hh.threshold": 60.0' given/dynamics/spike-timing.json
# shellcheck disable=SC2086
run given spike-timing $timing --set model.hh.gNa=105 --resume
check "--resume makes a case with another constant again" grep -q '"model.hh.gNa": 105.0' given/dynamics/spike-timing.json
# shellcheck disable=SC2086
ends 0 "$dynamics" --quiet --case spike-timing $timing --set model.hh.gNa=110
check "in a folder of its own" [ "$(find results/set -name spike-timing.json | grep -c 'model\.hh\.gNa=110')" -eq 1 ]

# ---- tv stays HH, exponent by exponent, where HH is another neuron ----
set -- --set model.hh.C=1.25 --set model.hh.gNa=110 --set model.hh.gK=34 --set model.hh.v_m=41
run rest lyapunov-rest --set slif_duration_ms=1000 "$@"
result=rest/dynamics/lyapunov-rest.json
check "within the error bar" near "$(value tv_deviation_over_error_bar $result)" 0 1
check "three exponents of -1/C" [ "$(value predicted_tv_per_ms $result | grep -c .)" -eq 0 -o "$(sed -n '/"predicted_tv_per_ms"/,/]/p' $result | grep -c -- '-0\.8')" -ge 1 ]
run chaotic lyapunov-chaotic --set duration_ms=8000 --set trajectories=8 --set slif_duration_ms=1000 "$@"
check "by the vector kernels, too" near "$(value tv_deviation_over_error_bar chaotic/dynamics/lyapunov-chaotic.json)" 0 1
run fi fi-curve --set currents_uA_per_cm2=10 --set model.slif2hh.decay=0.85 "$@"
run periodic lyapunov-periodic --set slif_duration_ms=1000 "$@"
check "on the cycle" near "$(value tv_deviation_over_error_bar periodic/dynamics/lyapunov-periodic.json)" 0 1
run bifurcations bifurcations "$@"
run frequency frequency --set duration_ms=4096 --set neuron=adex --set model.adex.b=0.5 "$@"
run network network --set networks=2 --set trajectories=2 --set lyapunov_ms=10 --set raster_ms=100 --set window_ms=50 --set exponents=1 --set step_ms=0.05 "$@"
run network-plain network --set networks=2 --set trajectories=2 --set lyapunov_ms=10 --set raster_ms=100 --set window_ms=50 --set exponents=1 --set step_ms=0.05
metrics network/dynamics/network.json >a
metrics network-plain/dynamics/network.json >b
check "the network has them" [ "$(cmp -s a b; echo $?)" -eq 1 ]

# ---- a candidate of the fits ----
small="--set hh_dt_ms=0.05 --set duration_ms=60 --set per_class=1 --set heldout_per_class=2 --set starts=1 --set evaluations=1000 --set fits=1"
# shellcheck disable=SC2086
ends 0 "$fitting" --quiet --threads 1 --out fits --case heldout $small --set neuron=hh,adlif --set model.adlif.b=0.5
check "HH is as published" [ "$(value gamma_mean_hh_published fits/fitting/heldout.json)" = 1.0 ]
check "the other one says that it is not" [ -n "$(value gamma_mean_adlif_set fits/fitting/heldout.json)" ]
finish 60
