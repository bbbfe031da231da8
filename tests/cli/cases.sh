#!/bin/sh
# The cases whose values no other script looks at, small: what follows from something else in a result does, and known values come
# out.
# Usage: cases.sh CONTROL DYNAMICS EFFICIENCY FITTING: the programs hh4lif-...
set -u
. "$(dirname "$0")/check.sh"
control=$(absolute "$1")
dynamics=$(absolute "$2")
efficiency=$(absolute "$3")
fitting=$(absolute "$4")
scratch
metric() { sed -n "s/^ *\"$2\": \([^,]*\),*\$/\1/p" "$1"; }
near() { # near FILE METRIC VALUE TOLERANCE
    check "$2 is $3 within $4, got $(metric "$1" "$2")" \
        awk -v got="$(metric "$1" "$2")" -v is="$3" -v by="$4" 'BEGIN { d = got - is; exit !(got != "" && d <= by && -d <= by) }'
}
rows() { check "$1" awk -F, "$2" "$3"; } # rows WHAT AWK-PROGRAM CSV

# ---- D4: the equations of 1952 have these points (Hassard 1978; Rinzel and Miller 1980) ----
ends 0 "$dynamics" --case bifurcations --out out --quiet
result=out/dynamics/bifurcations.json
near $result hopf_lower_uA_per_cm2 9.78 0.01
near $result hopf_upper_uA_per_cm2 154.5 0.05
near $result fold_of_cycles_uA_per_cm2 6.26 0.01
check "the lower one is subcritical, the upper one supercritical" [ "$(metric $result hopf_lower_criticality) $(metric $result hopf_upper_criticality)" = '"subcritical" "supercritical"' ]
rows "an equilibrium is stable where all real parts are negative" \
    'NR > 1 && $7 != ($6 < 0) { bad = 1 } END { exit bad || NR < 100 }' out/dynamics/bifurcation-equilibria.csv
rows "unstable between the Hopf points, stable outside" \
    'NR > 1 && $7 == ($1 > 9.776 && $1 < 154.52) { bad = 1 } END { exit bad }' out/dynamics/bifurcation-equilibria.csv
rows "a cycle is stable where no multiplier is outside the unit circle" \
    'NR > 1 && $7 != ($6 == 0) { bad = 1 } END { exit bad || NR < 20 }' out/dynamics/bifurcation-cycles.csv

# ---- channels of the learning HH neuron in the pendulums ----
ends 0 "$control" --case gates --set neurons=20 --out out --quiet
for task in ip idp; do
    rows "$task: gates stay between 0 and 1, a mean is not above its largest" \
        'NR > 1 { for (i = 2; i <= 7; i += 2) bad += $i < 0 || $i > $(i + 1) || $(i + 1) > 1 } END { exit bad || NR != 16 }' out/control/gates-$task.csv
    near out/control/gates.json spikes_compared_$task 300 0 # 20 neurons, 15 steps
    check "$task: no more spikes differ than there are" [ "$(metric out/control/gates.json spikes_differing_without_channels_$task | cut -d. -f1)" -le 300 ]
done
metrics out/control/gates.json >first
ends 0 "$control" --case gates --set neurons=20 --out out --quiet --threads 1
metrics out/control/gates.json >second
check "gates: the same on one thread" cmp -s first second

# ---- F2: bytes of a network ----
ends 0 "$efficiency" --case memory --out out --quiet
rows "4 bytes for a parameter and its gradient, 8 for its two moments" \
    'NR > 1 { bad += $3 != 4 * $2 || $4 != $3 || $5 != 2 * $3 || $6 <= 0 } END { exit bad || NR != 9 }' out/efficiency/memory-models.csv

# ---- F4: synaptic operations, where the images are ----
"$efficiency" --case synapses --set train_steps=1 --set images=1 --out out --quiet >stdout 2>stderr
status=$?
if [ $status -ne 0 ] && grep -q 'is not here' stderr; then
    echo "       (no images: synapses are not counted)"
else
    check "exit 0, got $status" [ $status -eq 0 ]
    objects() { sed -n "/\"$1\": {/,/}/p" out/efficiency/synapses.json | sed -n 's/^ *"\([^"]*\)": \([0-9.]*\),*$/\1 \2/p'; }
    objects dense_operations_per_image >dense
    objects effective_macs_per_image >macs
    objects effective_acs_per_image >acs
    check "eight networks" [ "$(grep -c . dense)" -eq 8 ]
    check "no more effective operations than dense ones" \
        awk 'FILENAME == "dense" { dense[$1] = $2; next } { sum[$1] += $2 } END { for (m in dense) bad += !(m in sum) || sum[m] > dense[m] || sum[m] <= 0; exit bad }' dense macs acs
fi

# ---- E5: sub-networks of one to six units: four constants a unit, and one report delay ----
ends 0 "$fitting" --case units --set hh_dt_ms=0.05 --set duration_ms=60 --set per_class=1 --set heldout_per_class=2 --set fits=1 --set starts=2 \
    --set evaluations=1000 --out out --quiet
result=out/fitting/units.json
for k in 1 2 3 4 5 6; do
    near $result free_constants_k$k $((4 * k + 1)) 0
    check "gamma of $k units is at most 1" awk -v x="$(metric $result gamma_mean_k$k)" 'BEGIN { exit !(x != "" && x <= 1) }'
done
near $result free_constants_k6_own 30 0
finish 30
