#!/bin/sh
# hh4lif-fitting from outside: wrong usage, small fits on one and on two threads, fits that are stopped and resumed, topologies of the
# user's own.
# Usage: fitting.sh PATH-OF-hh4lif-fitting
set -u
. "$(dirname "$0")/check.sh"
fitting=$(absolute "$1")
scratch

run() { # run STATUS ARGUMENT...
    wanted=$1
    shift
    ends "$wanted" "$fitting" --quiet "$@"
}
same() { # same WHAT FILE FILE
    metrics "$2" >m1
    metrics "$3" >m2
    check "$1: there are metrics" [ -s m1 ]
    check "$1: they are the same" cmp -s m1 m2
}

# ---- wrong usage ----
run 2 --set evaluations=many
says evaluations
run 2 --set evaluations=10
run 2 --case units --set duration_ms=60 --set starts=117 --set evaluations=1959 # 10 of the first round, 9 of the second
says 'each start gets 9, expected at least 10'
run 2 --set dt_ms=0.5
says dt_ms
run 2 --set noise_share=1.5
run 2 --set delta_ms=6 # half a mean interval of a neuron that spikes 80 times in a second
says 'expected a number from 0.1 to 5'
run 2 --case units --set delta_ms=5 --set duration_ms=50 --set evaluations=1000
says 'delta_ms = 5: HH spikes 5 times in the 50 ms of a stimulus'
run 2 --case units --set variants=three # not a parameter of that case
run 2 --case topologies --set variants=two
says "paper"
run 2 --case topologies --set topologies="3+1|5x"
says "5x"
run 2 --case topologies --set topologies="3+1||1"
run 3 --case topologies --set topology_file=nowhere.txt
says nowhere.txt
check "nothing is left of what failed" [ -z "$(find . -name '*.json')" ]

# ---- small fits ----
small="--set hh_dt_ms=0.05 --set duration_ms=60 --set per_class=1 --set heldout_per_class=2 --set starts=2 --set evaluations=1000"
# shellcheck disable=SC2086 # the parameters are words
run 0 $small --set fits=2 --case heldout --case sensitivity --set jitter_draws=2 --threads 1 --out one
run 0 $small --set fits=2 --case heldout --case sensitivity --set jitter_draws=2 --threads 2 --out two
for case in heldout sensitivity; do
    same "$case on one and two threads" one/fitting/$case.json two/fitting/$case.json
done
for file in stimuli classes raster raster-rows fi; do
    check "heldout-$file.csv has a row" [ "$(head -n 2 one/fitting/heldout-$file.csv | grep -c .)" -eq 2 ]
    check "the same on one and two threads" cmp -s one/fitting/heldout-$file.csv two/fitting/heldout-$file.csv
done
check "a unit has a delay" grep -q '"free_constants_lif": 4' one/fitting/heldout.json
run 2 --case units --set report_delay=some
says "free"
run 2 --case units --set last_search=newton
says "sbplx"
# shellcheck disable=SC2086
run 0 $small --set fits=1 --case heldout --set report_delay=none --set last_search=sbplx --threads 2 --out none
check "without one" grep -q '"free_constants_lif": 3' none/fitting/heldout.json
check "the adaptive neuron keeps its own" grep -q '"free_constants_aeif": 10' none/fitting/heldout.json
check "the adaptive neuron has ten constants" grep -q '"free_constants_aeif": 10' one/fitting/heldout.json
check "the dynamic threshold has two more than the SRM, and a delay" grep -q '"free_constants_srm_dynamic": 16' one/fitting/heldout.json
check "two stimuli of Kistler's noise have a share of hits each" [ "$(metrics one/fitting/heldout.json | grep -A3 '"kistler_hit_share_srm0_hh": ' | tr -d ' \n' | sed 's/].*//' | tr -cd , | wc -c)" -eq 1 ]
check "two fits have two rows of Gamma" [ "$(grep '"gamma_fits_by_stimuli_aeif": ' one/fitting/heldout.json | tr -cd '[' | wc -c)" -eq 3 ]
run 0 $small --set fits=2 --case sensitivity --set jitter_draws=2 --seed 2 --threads 2 --out seed
metrics one/fitting/sensitivity.json >m1
metrics seed/fitting/sensitivity.json >m2
check "another seed gives other metrics" sh -c '! cmp -s m1 m2'

# ---- neurons with their published constants ----
run 0 --list-neurons
check "the neurons are listed" grep -q '^slif2hh ' stdout
run 2 --case heldout --set neuron=hhh
says "did you mean hh?"
# shellcheck disable=SC2086
run 0 $small --set fits=1 --case heldout --set neuron=hh,slif2hh --threads 2 --out neuron
value() { sed -n "s/^ *\"$1\": \([^,]*\),*\$/\1/p" neuron/fitting/heldout.json; }
check "HH predicts itself" [ "$(value gamma_mean_hh_published)" = 1.0 ]
check "s-LIF2HH as a neuron is s-LIF2HH as a sub-network" [ "$(value gamma_mean_slif2hh_published)" = "$(value gamma_mean_published)" ]

# ---- stopped and resumed ----
set -- $small --case topologies --set evaluations=2000 --set topologies="3+1|ring4 reset own|2+2|1+3|1" --set fits=2 --threads 1
run 0 "$@" --out whole
"$fitting" --quiet "$@" --out parts >stdout 2>stderr &
pid=$!
tries=0
while [ -z "$(ls parts/fitting/fits 2>/dev/null)" ] && [ $tries -lt 200 ]; do # stop once a fit is there
    sleep 0.05
    tries=$((tries + 1))
done
kill -TERM $pid 2>/dev/null
wait $pid
status=$?
check "stopped by SIGTERM: exit 143" [ $status -eq 143 ]
check "no result yet" [ ! -e parts/fitting/topologies.json ]
kept=$(ls parts/fitting/fits | wc -l)
check "$kept of 10 fits are kept" [ "$kept" -ge 1 ]
run 0 "$@" --resume --out parts
same "stopped and resumed" whole/fitting/topologies.json parts/fitting/topologies.json
check "the same series" cmp -s whole/fitting/topologies.csv parts/fitting/topologies.csv
check "the topologies are named" grep -q gamma_mean_ring4_reset_own parts/fitting/topologies.json

# A checkpoint that is not one is made again, and so is one of another fit.
first=$(ls parts/fitting/fits | head -n 1)
echo '{"z": [0.5]}' >"parts/fitting/fits/$first"
rm parts/fitting/topologies.json
run 0 "$@" --resume --out parts
same "with a broken checkpoint" whole/fitting/topologies.json parts/fitting/topologies.json

# Fits are bound to the program: at another instruction level they are made anew, which is said.
if ! grep -q '"simd": "generic"' whole/fitting/topologies.json; then
    # shellcheck disable=SC2086
    set -- --quiet $small --case topologies --set topologies=1 --set fits=1
    ends 0 "$fitting" "$@" --out level
    ends 0 env H4L_SIMD=generic "$fitting" "$@" --out generic
    ends 0 env H4L_SIMD=generic "$fitting" "$@" --resume --out level
    says "fitted anew; the 1 that lie in level/fitting/fits are of another program or other parameters"
    same "of another level" generic/fitting/topologies.json level/fitting/topologies.json
    ends 0 env H4L_SIMD=generic "$fitting" "$@" --set topologies=2 --resume --out level
    check "fits of other models are nothing that is made anew" sh -c '! grep -q "fitted anew" stderr'
fi
run 2 "$@" --seeds 101 --out seeds
says "--seeds is 101: expected a whole number from 1 to 100"

# ---- a topology from a file ----
printf '\357\273\2773+1 reset own\r\n' >own.txt # with the byte-order mark of some editors
run 0 $small --case topologies --set topologies=1 --set topology_file=own.txt --out file
check "it is fitted" grep -q gamma_mean_3+1_reset_own file/fitting/topologies.json
echo '2+1' >own.txt
run 0 $small --case topologies --set topologies=1 --set topology_file=own.txt --resume --out file
says "run anew; the result that is there is made from other data: own.txt has changed"
check "another topology in it is another result" grep -q gamma_mean_2+1 file/fitting/topologies.json

finish 40
