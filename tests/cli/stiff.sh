#!/bin/sh
# Lyapunov exponents where HH is stiff: an exponent is its eigenvalue, or the run is refused and says why; what the step does to them is told.
# Usage: stiff.sh PATH-OF-hh4lif-dynamics
set -u
. "$(dirname "$0")/check.sh"
dynamics=$(absolute "$1")
scratch
short='--set slif_duration_ms=1000 --quiet --out out'

# number FILE METRIC I: the I-th of a list
number() { metrics "$1" | sed -n "s/^ *\"$2\": \[\(.*\)\],*\$/\1/p" | cut -d, -f"$3"; }
# near A B TOLERANCE
near() { awk "BEGIN { d = $1 - $2; exit !(d <= $3 && -d <= $3) }"; }
# is_eigenvalue I: exponent I of HH at rest
is_eigenvalue() {
    a=$(number out/dynamics/lyapunov-rest.json spectrum_hh_per_ms "$1")
    b=$(number out/dynamics/lyapunov-rest.json eigenvalues_re_per_ms "$1")
    check "exponent $1 is its eigenvalue: $a, $b" near "$a" "$b" 1e-6
}

# At rest under a hyperpolarising current: 36 per ms at -15, where the published step would take 2 from it.
# shellcheck disable=SC2086
ends 0 "$dynamics" --case lyapunov-rest --set i0=-15 $short
is_eigenvalue 4
check "it is the stiff one" near "$(number out/dynamics/lyapunov-rest.json eigenvalues_re_per_ms 4)" -35.7 0.1
check "the step's share is told" near "$(number out/dynamics/lyapunov-rest.json step_error_hh_per_ms 4)" 0 1e-6
# shellcheck disable=SC2086
refused 'parameter i0 is "-25": expected a number from -20 to 300' "$dynamics" --case lyapunov-rest --set i0=-25
refused 'too fast for the steps of this case' "$dynamics" --case lyapunov-rest --set i0=-8 --set model.hh.gL=0.05
says i0

# Under a sine: the longest step that is allowed bends the stiffest exponent by less than 1 %; where the current makes HH stiffer, it is
# refused.
few='--set duration_ms=1000 --set trajectories=8'
# shellcheck disable=SC2086
ends 0 "$dynamics" --case lyapunov-chaotic --set step_ms=0.03 $few $short
check "the step's share: about 0.027" near "$(number out/dynamics/lyapunov-chaotic.json step_error_hh_per_ms 4)" 0.027 0.002
# shellcheck disable=SC2086
refused 'parameter step_ms is "0.05": expected a number from 0.0001 to 0.03' "$dynamics" --case lyapunov-chaotic --set step_ms=0.05 $few
# shellcheck disable=SC2086
refused 'the step of 0.03 ms is too long here: it changes exponent 4 of HH' "$dynamics" --case lyapunov-chaotic \
    --set step_ms=0.03 --set i0=-10 --set amplitude=30 $few
finish 15
