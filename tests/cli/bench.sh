#!/bin/sh
# hh4lif-bench from outside: its options, exit statuses and JSON lines. Nothing here looks at a speed.
# Usage: bench.sh PATH-OF-hh4lif-bench
set -u
. "$(dirname "$0")/check.sh"
program=$(absolute "$1")
[ -x "$program" ] || exit 99
scratch
unset H4L_SIMD

expect() { # expect STATUS ARGUMENT...
    wanted=$1
    shift
    ends "$wanted" "$program" "$@"
}
prints() { check "stdout has: $1" grep -q -- "$1" stdout; }

expect 0 --help
prints '--only'
expect 0 --version
prints 'simd'
expect 0 --list
for name in sgemm_gflops hh_steps_per_s hh_steps_per_s_float hh_steps_per_s_plain lif_steps_per_s; do
    prints "^$name "
done

# A line of JSON per benchmark with the keys of the interface; a figure that is positive.
line='^{"benchmark":"NAME","value":[0-9][0-9.e+]*,"unit":"neuron-steps/s","threads":THREADS,"best":[0-9.e+]*,"repetitions":[0-9]*,"simd":"SIMD"}$'
expect 0 --json --seconds 0.001 --threads 1 --only hh_steps_per_s --only lif_steps_per_s_plain
check 'two lines' [ "$(wc -l <stdout)" -eq 2 ]
for name in hh_steps_per_s lif_steps_per_s_plain; do
    prints "$(echo "$line" | sed "s/NAME/$name/; s/THREADS/1/; s/SIMD/[a-z0-9]*/")"
done
check 'no zero' [ "$(grep -c '"value":0' stdout)" -eq 0 ]
expect 0 --json --seconds 0.001 --threads 2 --only 'hh_steps_per_s*'
check 'three lines' [ "$(grep -c '"threads":2' stdout)" -eq 3 ]
expect 0 --seconds 0.001 --only 'lif_*'
prints '^lif_steps_per_s .*neuron-steps/s'
prints "^$(nproc) threads*, instruction level"

# Matrix products: the rate, its share of the ceiling, and that of the products alone.
expect 0 --json --seconds 0.05 --threads 1 --only fc_lif_train_samples_per_s
check 'three lines' [ "$(wc -l <stdout)" -eq 3 ]
for name in fc_lif_train_samples_per_s_fraction_of_ceiling fc_lif_train_samples_per_s_products_fraction_of_ceiling; do
    prints "^{\"benchmark\":\"$name\",\"value\":[0-9][0-9.e+-]*,\"unit\":\"1\","
done
check 'no zero share' [ "$(grep -c '"value":0,\|"value":0\.0,' stdout)" -eq 0 ]

H4L_SIMD=generic
export H4L_SIMD
expect 0 --json --seconds 0.001 --threads 1 --only hh_steps_per_s_float
prints "$(echo "$line" | sed "s/NAME/hh_steps_per_s_float/; s/THREADS/1/; s/SIMD/generic/")"
H4L_SIMD=mmx
expect 2 --only hh_steps_per_s
says 'H4L_SIMD is "mmx"'
unset H4L_SIMD

expect 2 --only hh_step_per_s
says 'did you mean hh_steps_per_s?'
check 'nothing printed' [ ! -s stdout ]
expect 2 --only 'hh_zz*'
expect 2 --threads 0
says '--threads'
expect 2 --seconds -1
says '--seconds'
expect 2 --frobnicate
expect 2 file

finish 35
