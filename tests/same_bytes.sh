#!/bin/sh
# Do two builds compute the same? Runs every case of every family at a small scale in both, at each instruction level that the
# machine has and with 1 and 3 threads, and compares `metrics` and series byte for byte. With one build twice only its numbers of
# threads are compared. About five minutes on two cores.
# Usage: same_bytes.sh BUILD_A BUILD_B [FAMILY/CASE-PATTERN]...        such as 'multitask/fc-*'
#        same_bytes.sh BUILD_A BUILD_B --results FOLDER [PATTERN]...   compares again what lies in FOLDER, kept from a run
# KEEP=FOLDER keeps the results. One row per case, level and threads; then counts. Exit status: 0 all are the same, 1 some differ,
# 2 wrong usage.
set -u

# FAMILY|GLOBS|ARGUMENTS: how small. A case belongs to the first row that names it; a row's cases run in one process.
scales() {
    cat <<'END'
control|trajectory|--set steps=50
control|gates|--set neurons=50
control|*|--seeds 2 --set steps=90 --set start_steps=30 --set evaluate_every=45 --set evaluate_episodes=1 --set hidden=24 --set heads=24 --set critics=24
dynamics|bifurcations|
dynamics|fi-curve|--set currents_uA_per_cm2=7,20
dynamics|lyapunov-chaotic|--set duration_ms=2000 --set trajectories=8 --set slif_duration_ms=1000
dynamics|lyapunov-*|--set slif_duration_ms=1000
dynamics|spike-timing|--set runs=3 --set duration_ms=200
dynamics|frequency|--set duration_ms=4096
dynamics|network|--set networks=2 --set window_ms=50 --set raster_ms=100 --set trajectories=2 --set exponents=2 --set lyapunov_ms=10 --set step_ms=0.05
dynamics|spike-metrics|--set a=WORK/a.txt --set b=WORK/b.txt
efficiency|operations memory exchange-rate|
efficiency|speed|--set rounds=3 --set batches=1
efficiency|simulated-time|--set rounds=3 --set simulated_ms=1
efficiency|synapses|--set train_steps=1 --set images=1
equivalence|single|--set dt_ms=0.05,0.01 --set t_end_ms=40 --set float_run_ms=40
equivalence|xor-* fc|--set dt_ms=0.02
equivalence|own|--current WORK/current.csv --set dt_ms=0.02
equivalence|slif-map|--set slif_hh_dt_ms=0.01 --set slif_map_frequencies=5 --set slif_map_amplitudes=3
equivalence|slif-jitter|--set slif_hh_dt_ms=0.01 --set slif_jitter_draws=9
equivalence|slif-*|--set slif_hh_dt_ms=0.01
fitting|sensitivity|--set duration_ms=60 --set per_class=1 --set heldout_per_class=2 --set fits=1 --set starts=2 --set evaluations=1000 --set jitter_draws=2
fitting|*|--set duration_ms=60 --set per_class=1 --set heldout_per_class=2 --set fits=1 --set starts=2 --set evaluations=1000
information|distance|
information|*|--seeds 2 --set batch=20 --set epochs=2 --set train_limit=50 --set test_limit=20
multitask|samples|
multitask|*|--seeds 1 --set batch=20 --set epochs=2 --set train_limit=50 --set test_limit=20
END
}

inputs() { # the files that cases of the user's need
    printf '%s\n' 10 21 33.5 47 60 71 >"$1/a.txt"
    printf '%s\n' 11 20 35 46.5 63 >"$1/b.txt"
    printf 't_ms,I_uA_per_cm2\n0,0\n5,15\n30,5\n40,20\n' >"$1/current.csv"
}

program() { echo "$1/experiments/$2/hh4lif-$2"; } # BUILD FAMILY
cases_of() { "$(program "$1" "$2")" --list 2>/dev/null | awk '{ print $1 }'; }
matches() { # NAME GLOB...
    name=$1
    shift
    for glob; do
        case $name in $glob) return 0 ;; esac
    done
    return 1
}

# A job: ROW BUILD LEVEL THREADS. The row's cases are in $work/ROW.cases, its other arguments in $work/ROW.arguments.
if [ "${1:-}" = --job ]; then
    row=$2 build=$3 level=$4 threads=$5
    family=${row%%.*}
    out=$work/$build.$level.$threads/$row
    mkdir -p "$out"
    eval "folder=\$build_$build"
    set -f
    # shellcheck disable=SC2046
    H4L_SIMD=$level OPENBLAS_NUM_THREADS=1 "$(program "$folder" "$family")" --quiet --threads "$threads" --out "$out" \
        $(sed 's/^/--case /' "$work/$row.cases.$build") $(cat "$work/$row.arguments") >"$out/log" 2>&1
    exit 0
fi

usage() {
    sed -n '/^# Usage/,/^# 2 wrong/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

[ $# -ge 2 ] || usage
build_a=$(cd "$1" 2>/dev/null && pwd) || usage
build_b=$(cd "$2" 2>/dev/null && pwd) || usage
shift 2
old=
if [ "${1:-}" = --results ]; then
    [ -d "${2:-}" ] || usage
    old=$(cd "$2" && pwd)
    shift 2
fi
set -f
patterns=${*:-*}
builds="a b"
[ "$build_a" != "$build_b" ] || builds=a
work=${old:-${KEEP:-}}
if [ -z "$work" ]; then
    work=$(mktemp -d) || exit 99
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work" && work=$(cd "$work" && pwd) || exit 99
export work build_a build_b
inputs "$work"

# The levels, as the program itself names them where it refuses another one.
set +f
families=$(for folder in "$build_a"/experiments/*/; do
    family=$(basename "$folder")
    [ ! -x "$(program "$build_a" "$family")" ] || echo "$family"
done)
set -f
levels=$(H4L_SIMD=none "$(program "$build_a" efficiency)" --case operations --out "$work" 2>&1 |
    sed -n 's/.*this machine has: \([^(;]*\).*/\1/p' | tr -d ,)
[ -n "$families" ] && [ -n "$levels" ] || { echo "same_bytes.sh: $build_a has no programs of the families" >&2; exit 2; }

# ---- what runs: $work/jobs has a line for each process, $work/all one for each case ----
: >"$work/jobs"
: >"$work/all"
for family in $families; do
    cases_of "$build_a" "$family" >"$work/$family.list.a"
    cases_of "$build_b" "$family" >"$work/$family.list.b"
    awk '!seen[$0]++' "$work/$family.list.a" "$work/$family.list.b" >"$work/$family.list"
    scales | grep "^$family|" >"$work/$family.scales"
    : >"$work/$family.taken"
    n=0
    while IFS='|' read -r _ globs arguments; do
        n=$((n + 1))
        row=$family.$n
        echo "$arguments" | sed "s|WORK|$work|g" >"$work/$row.arguments"
        : >"$work/$row.cases.a"
        : >"$work/$row.cases.b"
        while read -r case; do
            matches "$case" $globs && ! grep -qx -- "$case" "$work/$family.taken" || continue
            echo "$case" >>"$work/$family.taken"
            matches "$family/$case" $patterns || continue
            echo "$family $case $row" >>"$work/all"
            for build in $builds; do
                grep -qx -- "$case" "$work/$family.list.$build" && echo "$case" >>"$work/$row.cases.$build"
            done
        done <"$work/$family.list"
        for build in $builds; do
            [ -s "$work/$row.cases.$build" ] || continue
            for level in $levels; do
                for threads in 1 3; do echo "$row $build $level $threads" >>"$work/jobs"; done
            done
        done
    done <"$work/$family.scales"
done
[ -s "$work/all" ] || { echo "same_bytes.sh: no case matches: $patterns" >&2; exit 2; }
[ -n "$old" ] || xargs -n 4 -P "$(getconf _NPROCESSORS_ONLN)" sh "$0" --job <"$work/jobs"

# ---- what came out ----
metrics() { sed -n '/^  "metrics"/,/^  }/p' "$1" 2>/dev/null; }
series() { # FOLDER CASE: the names of the case's series, which its result lists
    sed -n '/^  "series"/,/^  \]/p' "$1/$2.json" 2>/dev/null | grep -o '[^"/]*\.csv' | sort -u
}
# FOLDER FOLDER CASE: in what they differ, "" where they do not; none: neither has a result.
difference() {
    if [ ! -s "$1/$3.json" ] && [ ! -s "$2/$3.json" ]; then
        echo none
    elif [ ! -s "$1/$3.json" ] || [ ! -s "$2/$3.json" ]; then
        echo "only one has a result"
    elif [ -z "$(metrics "$1/$3.json")" ] || [ "$(metrics "$1/$3.json")" != "$(metrics "$2/$3.json")" ]; then
        echo metrics
    elif [ "$(series "$1" "$3")" != "$(series "$2" "$3")" ]; then
        echo "list of series"
    else
        for file in $(series "$1" "$3"); do
            cmp -s "$1/$file" "$2/$file" || echo "$file"
        done | head -n 1
    fi
}

same=0 differ=0 skipped=0
verdict() { # FAMILY CASE LEVEL THREADS DIFFERENCE
    case $5 in
    "") same=$((same + 1)) word=same ;;
    not* | none*) skipped=$((skipped + 1)) word=$5 ;;
    *) differ=$((differ + 1)) word="differs: $5" ;;
    esac
    printf '%-38s %-8s %d  %s\n' "$1/$2" "$3" "$4" "$word"
}
while read -r family case row; do
    for level in $levels; do
        one=$work/a.$level.1/$row/$family
        if [ "$builds" = a ]; then
            verdict "$family" "$case" "$level" 3 "$(difference "$one" "$work/a.$level.3/$row/$family" "$case")"
            continue
        fi
        for build in a b; do
            grep -qx -- "$case" "$work/$family.list.$build" || { verdict "$family" "$case" "$level" 1 "not in $build"; continue 2; }
        done
        for threads in 1 3; do
            what=$(difference "$one" "$work/b.$level.$threads/$row/$family" "$case")
            [ -n "$what" ] || [ $threads = 1 ] || what=$(difference "$one" "$work/a.$level.3/$row/$family" "$case")
            verdict "$family" "$case" "$level" $threads "$what"
        done
    done
done <"$work/all"
echo "$same same, $differ differ, $skipped without results to compare"
[ $differ = 0 ] && [ $same -gt 0 ]
