#!/bin/sh
# Case own of hh4lif-equivalence: a current of the user's. What it gives for currents whose answers are known, and what it refuses.
# Usage: own.sh PATH-OF-hh4lif-equivalence
set -u
. "$(dirname "$0")/check.sh"
program=$(absolute "$1")
scratch
own() { # own STATUS FILE ARGUMENT...
    s=$1 f=$2
    shift 2
    ends "$s" "$program" --case own --current "$f" --out out --progress never "$@"
}
value() { sed -n "s/^ *\"$2\": \(.*[^,]\),\{0,1\}\$/\1/p" "$1" | head -n 1; } # value FILE NAME: a line of the file has one
count() { value "$@" | tr -d '[] ' | tr ',' '\n' | grep -c .; }
same() { check "$1: $2 is $3" [ "$2" = "$3" ]; }
result=out/equivalence/own.json

# ---- constant currents: the spike count of single, the trains of slif-const ----
printf 't_ms,I_uA_per_cm2\n0,10\n100,10\n' >const.csv
own 0 const.csv
same "HH spikes under 10" "$(count $result spike_times_hh_ms)" 7
same "tv-LIF2HH spikes" "$(value $result spike_times_tv_ms)" "$(value $result spike_times_hh_ms)"
same "samples that differ" "$(value $result samples_differing_exact_order)" 0
check "error below 1e-9 mV" awk -v x="$(value $result max_abs_error_mV_exact_order)" 'BEGIN { exit !(x > 0 && x < 1e-9) }'
ends 0 "$program" --case single --set float_run_ms=1 --set dt_ms=0.001 --out single --progress never
same "error of single, to the last bit" "$(value $result max_abs_error_mV_exact_order)" \
    "$(value single/equivalence/single.json max_abs_error_mV_exact_order_const10 | tr -d '[]')"
printf 't_ms,I_uA_per_cm2\n0,9\n80,9\n' >nine.csv
own 0 nine.csv
ends 0 "$program" --case slif-const --out slif --progress never
same "s-LIF2HH spikes under 9" "$(value $result spike_times_lif_ms)" \
    "$(value slif/equivalence/slif-const.json spike_times_lif_layer1_ms)"

# ---- linear between the rows; other columns and comments do not matter; time may start anywhere ----
printf '# made by hand\nt_ms,V_mV,I_uA_per_cm2\n0,1,0\n50,2,20\n' >ramp.csv
own 0 ramp.csv
mv $result ramp.json
awk 'BEGIN { print "t_ms,I_uA_per_cm2"; for (k = 0; k <= 100; k++) printf "%.17g,%.17g\n", k / 2, k / 5 }' >dense.csv
own 0 dense.csv
same "a ramp by two rows and by 101" "$(value ramp.json spike_times_hh_ms)" "$(value $result spike_times_hh_ms)"
same "s-LIF2HH under both" "$(value ramp.json spike_times_lif_ms)" "$(value $result spike_times_lif_ms)"
awk -F, 'NR == 1 { print; next } { printf "%.17g,%s\n", $1 + 1024, $2 }' dense.csv >later.csv
own 0 later.csv
same "spikes of the same current 1024 ms later" "$(value $result spike_times_lif_ms | tr -d '[]' | tr ',' '\n' | awk '{ print $1 - 1024 }')" \
    "$(value ramp.json spike_times_lif_ms | tr -d '[]' | tr ',' '\n' | awk '{ print $1 + 0 }')"
check "the trace starts with the file" [ "$(sed -n 2p out/equivalence/own-trace.csv | cut -d, -f1)" = 1024 ]
check "a row of potentials every 0.05 ms" [ "$(wc -l <out/equivalence/own-trace.csv)" -eq 1002 ]

# ---- silence: from rest nothing happens, and what does not exist is null ----
printf 't_ms,I_uA_per_cm2\n0,0\n100,0\n' >zero.csv
own 0 zero.csv --set start=rest
same "no spike" "$(value $result spike_times_hh_ms)" '[]'
same "gamma of two silent trains" "$(value $result gamma)" null
same "their SPIKE-distance" "$(value $result spike_distance)" 0.0
own 0 zero.csv
same "the published start fires once" "$(count $result spike_times_hh_ms)" 1
own 0 nine.csv --set slif_lif_threshold_mV=35
check "half the threshold, more spikes" [ "$(count $result spike_times_lif_ms)" -gt 5 ]
check "the file's hash is kept" grep -q "\"nine.csv\": \"$(sha256sum nine.csv | cut -d' ' -f1)\"" $result

# ---- refused ----
rm -r out
bad() { # bad TEXT-OF-MESSAGE: of the file bad.csv
    own 3 bad.csv
    says "bad.csv"
    says "$1"
}
printf 't_ms,I_uA_per_cm2\n0,1\n2,1\n1,1\n' >bad.csv
bad "sample 3: time 1 ms does not come after the one before it, 2 ms"
printf 't_ms,I_uA_per_cm2\n0,1\n1,nan\n' >bad.csv
bad "is not finite"
printf 't_ms,I_uA_per_cm2\n0,1\n1,\n' >bad.csv
bad "is not finite"
printf 't_ms,I_uA_per_cm2\n0,1\n1,x\n' >bad.csv
bad 'bad.csv:3:3: expected a number, found "x"'
printf 't_ms,I_nA\n0,1\n1,1\n' >bad.csv
bad "there is no column I_uA_per_cm2"
printf '0,1\n1,1\n' >bad.csv
bad "there is no column t_ms"
printf 't_ms,I_uA_per_cm2\n0,1\n' >bad.csv
bad "expected at least two rows, found 1"
printf 't_ms,I_uA_per_cm2\n0,1e200\n10,1e200\n' >bad.csv
bad 'not a time within'
printf 't_ms,I_uA_per_cm2\n0,1e8\n10,1e8\n' >bad.csv
bad "left the finite numbers"
: >bad.csv
bad "expected a header line"
own 3 absent.csv
says "absent.csv"
ends 77 "$program" --case own --out out
says "give --current FILE"
own 2 const.csv --set start=anywhere
ends 2 "$program" --current const.csv --out out
says "it belongs to own"
check "no result of a refused run" [ ! -e out/equivalence/own.json ]

# ---- no part of a run of all cases, but listed ----
ends 0 "$program" --list
prints "own "

# ---- a signal ends a long run at once ----
printf 't_ms,I_uA_per_cm2\n0,10\n1000000,10\n' >long.csv
"$program" --case own --current long.csv --out out --progress never >stdout 2>stderr &
sleep 1
kill -TERM $!
began=$(date +%s)
wait $!
status=$?
check "ended by the signal (status $status)" [ $status -eq 143 ]
check "within a second or two" [ $(($(date +%s) - began)) -le 2 ]
check "nothing half-written" [ -z "$(ls out/equivalence)" ]
finish 60
