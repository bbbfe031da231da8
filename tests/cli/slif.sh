#!/bin/sh
# The cases slif-* of hh4lif-equivalence from outside: the published counts and measures, parameters, errors, the same bytes for
# any number of threads. Usage: slif.sh PATH-OF-hh4lif-equivalence
set -u
. "$(dirname "$0")/check.sh"
program=$(absolute "$1")
scratch

expect() { # expect STATUS ARGUMENT...
    wanted=$1
    shift
    ends "$wanted" "$program" --quiet "$@"
}
has() { # has FILE NAME VALUE: a metric
    found=$(metrics "$1" | sed -n "s/^ *\"$2\": \(.*[^,]\),*\$/\1/p")
    check "$1: $2 is $found, expected $3" [ "$found" = "$3" ]
}
near() { # near FILE NAME VALUE: a metric to 12 digits
    found=$(metrics "$1" | sed -n "s/^ *\"$2\": \(.*[^,]\),*\$/\1/p")
    check "$1: $2 is $found, expected $3" awk "BEGIN { d = ($found + 0) - ($3); if (d < 0) d = -d; exit !(\"$found\" != \"\" && d < 1e-12) }"
}

# ---- the five waveforms ----
for row in const:5:5 sine:8:8 square:7:6 sawtooth:6:14 triangle:5:4; do
    wave=${row%%:*} counts=${row#*:}
    expect 0 --case "slif-$wave"
    json=results/latest/equivalence/slif-$wave.json
    has "$json" spike_count_hh "${counts%:*}"
    has "$json" spike_count_lif "${counts#*:}"
    has "$json" lif_steps_differing_from_single_unit 0
    for part in hh lif spikes; do
        check "slif-$wave-$part.csv is there" [ -s "results/latest/equivalence/slif-$wave-$part.csv" ]
    done
done
r=results/latest/equivalence
near $r/slif-const.json mean_isi_difference_ms -0.23175
near $r/slif-const.json mean_abs_time_difference_over_isi 0.0401661004152510
near $r/slif-sine.json mean_isi_difference_ms -0.480714285714286
near $r/slif-sine.json mean_abs_time_difference_over_isi 0.172989210397254
for wave in square sawtooth triangle; do # the counts differ: the published measures do not exist
    has $r/slif-$wave.json mean_isi_difference_ms null
    has $r/slif-$wave.json mean_abs_time_difference_over_isi null
done
has $r/slif-const.json gamma 1.0
has $r/slif-const.json lif_steps_unit_4_above_threshold_alone 69
has $r/slif-sine.json lif_steps_unit_4_above_threshold_alone 53
has $r/slif-sawtooth.json lif_steps_unit_4_above_threshold_alone 52
has $r/slif-const.json spike_times_lif_ms '[14.0, 29.0, 44.0, 59.0, 74.0]'

# ---- parameters ----
expect 0 --case slif-sine --out a --set slif_frequency_per_ms=0.1 --set slif_amplitude_uA_per_cm2=5
check "the effective frequency is recorded" grep -q '"slif_frequency_per_ms": 0.1' a/equivalence/slif-sine.json
check "it changes the outcome" sh -c '! cmp -s a/equivalence/slif-sine-spikes.csv results/latest/equivalence/slif-sine-spikes.csv'
expect 0 --case slif-const --out a --set slif_offset_uA_per_cm2=0
has a/equivalence/slif-const.json spike_times_hh_ms '[]'
has a/equivalence/slif-const.json gamma null
expect 2 --case slif-const --set slif_frequency_per_ms=0.1
says slif_frequency_per_ms
expect 2 --case slif-sine --set slif_hh_dt_ms=0
says slif_hh_dt_ms
expect 2 --case slif-jitter --set slif_jitter_leak=both
says 'leak|decay'
expect 2 --case slif-map --set slif_map_frequencies=1
says slif_map_frequencies
expect 2 --case slif-const --out b --set slif_lif_dt_ms=100 # no whole step in 80 ms
says 'lif.dt_ms = 100'
expect 2 --case slif-jitter --out b --set slif_duration_ms=1 # which the user set, not the step that is drawn
says 'slif_duration_ms = 1: expected at least 1.2'
expect 0 --case slif-map --out silent --set slif_hh_dt_ms=0.01 --set slif_map_frequencies=2 --set slif_map_amplitudes=2 --set slif_duration_ms=2
check "what nobody measured has its reason" grep -q '"const_counts_agree_percent": "no neuron spikes' silent/equivalence/slif-map.json
for case in slif-const slif-map slif-jitter; do # forward Euler explodes: the user's step is to blame, not the program
    expect 2 --case $case --out b --set slif_hh_dt_ms=0.1
    says 'with slif_hh_dt_ms = 0.1: '
    says 'left the finite numbers'
done
expect 2 --case slif-sine --out b --set slif_offset_uA_per_cm2=1e4 --set slif_hh_dt_ms=0.05
says 'with slif_offset_uA_per_cm2 = 10000, slif_hh_dt_ms = 0.05: '
expect 2 --case fc --out b --set dt_ms=0.05 --set drive_max_uA_per_cm2=1000 --set drive_min_uA_per_cm2=900
says 'with dt_ms = 0.05, drive_min_uA_per_cm2 = 900, drive_max_uA_per_cm2 = 1000: '
check "nothing is left of a failed case" sh -c '[ -z "$(find b -type f)" ]'

# ---- the same bytes for any number of threads, others for another seed ----
small='--case slif-map --case slif-jitter --set slif_hh_dt_ms=0.01 --set slif_map_frequencies=3 --set slif_map_amplitudes=4 --set slif_jitter_draws=5'
for threads in 1 2 3 7; do
    # shellcheck disable=SC2086
    expect 0 $small --threads $threads --out t$threads
    for case in slif-map slif-jitter; do
        metrics t$threads/equivalence/$case.json >t$threads.$case
        check "$case: metrics with $threads threads" sh -c "[ -s t$threads.$case ] && cmp -s t1.$case t$threads.$case"
    done
    for file in t1/equivalence/*.csv; do
        check "${file##*/} with $threads threads" cmp -s "$file" "t$threads/equivalence/${file##*/}"
    done
done
# shellcheck disable=SC2086
expect 0 $small --seed 2 --out s2
check "another seed, other draws" sh -c '! cmp -s t1/equivalence/slif-jitter-draws.csv s2/equivalence/slif-jitter-draws.csv'
check "another seed, other noise" sh -c '! cmp -s t1/equivalence/slif-map-noise.csv s2/equivalence/slif-map-noise.csv'
check "another seed, the same waveforms" cmp -s t1/equivalence/slif-map-sine.csv s2/equivalence/slif-map-sine.csv

# ---- without jitter every draw is the published chain ----
expect 0 --case slif-jitter --set slif_jitter_share=0 --set slif_jitter_draws=2 --out j
for row in const:100 sine:100 square:0 sawtooth:0 triangle:0; do
    has j/equivalence/slif-jitter.json "${row%:*}_all_counts_agree_percent" "${row#*:}.0"
    has j/equivalence/slif-jitter.json "${row%:*}_all_criterion_holds_percent" "${row#*:}.0"
done
# the published cell of the map is the published chain
expect 0 --case slif-map --set slif_map_frequencies=3 --set slif_map_amplitudes=3 --out j
check "sine: 8 and 8 spikes in the published cell" grep -q '^1,1,.*,8,8,8,3,' j/equivalence/slif-map-sine.csv
check "square: 7 and 6" grep -q '^1,1,.*,7,6,6,1,' j/equivalence/slif-map-square.csv
check "sawtooth: 6 and 14" grep -q '^1,1,.*,6,14,14,1,' j/equivalence/slif-map-sawtooth.csv
check "triangle: 5 and 4" grep -q '^1,1,.*,5,4,4,1,' j/equivalence/slif-map-triangle.csv
check "const: 5 and 5" grep -q '^1,1,0,9,5,5,5,3,' j/equivalence/slif-map-const.csv

finish 105
