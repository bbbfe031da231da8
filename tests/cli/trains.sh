#!/bin/sh
# Case spike-metrics of hh4lif-dynamics on one file with many trains: its formats, the matrices against the distances of two files,
# refusals, and a signal in a long run.
# Usage: trains.sh PATH-OF-hh4lif-dynamics
set -u
. "$(dirname "$0")/check.sh"
program=$(absolute "$1")
scratch
trains() { # trains STATUS FILE ARGUMENT...
    s=$1 f=$2
    shift 2
    ends "$s" "$program" --case spike-metrics --set trains="$f" --out out --progress never "$@"
}
value() { sed -n "s/^ *\"$2\": \(.*[^,]\),\{0,1\}\$/\1/p" "$1"; } # value FILE NAME: a line of the file has one
at() { value "$1" "$2" | tr -d '[] ' | cut -d, -f"$3"; }          # at FILE NAME PLACE: of an array, from 1
same() { check "$1: $2 is $3" [ "$2" = "$3" ]; }
result=out/dynamics/spike-metrics.json

# ---- the matrices hold what two files give ----
printf '1\n4\n9.5\n' >a.txt
printf '2\n4.5\n9\n12\n' >b.txt
printf '3\n' >c.txt
printf '1 4 9.5\n2,4.5,9,12\n\n# a comment\n3\n' >all.txt
trains 0 all.txt --set t_end_ms=20
cp $result all.json
same "trains" "$(value all.json train_names)" '["1", "2", "3"]'
same "spikes" "$(value all.json spikes)" '[3, 4, 1]'
for pair in 'a b 2 4' 'a c 3 7' 'b c 6 8'; do
    set -- $pair
    ends 0 "$program" --case spike-metrics --set a="$1.txt" --set b="$2.txt" --set t_end_ms=20 --out two --progress never
    for metric in isi_distance spike_distance victor_purpura van_rossum; do
        of_two=$(value two/dynamics/spike-metrics.json $metric)
        same "$metric of $1 and $2" "$(at all.json ${metric}_matrix "$3")" "$of_two"
        same "$metric of $2 and $1" "$(at all.json ${metric}_matrix "$4")" "$of_two"
    done
done
for metric in isi_distance spike_distance victor_purpura van_rossum; do
    same "$metric: nine values, row by row" "$(value all.json ${metric}_matrix | tr ',' '\n' | wc -l)" 9
    same "$metric of b and itself" "$(at all.json ${metric}_matrix 5)" 0.0
done
same "a row per pair" "$(cut -d, -f1,2 out/dynamics/spike-metrics-pairs.csv | tr '\n' ' ')" 'train_a,train_b 1,2 1,3 2,3 '

# ---- any number of threads; semicolons, byte-order mark, other line ends ----
trains 0 all.txt --set t_end_ms=20 --threads 3
check "three threads give the same" sh -c 'metrics() { sed -n "/^  \"metrics\"/,/^  }/p" "$1"; }; [ "$(metrics all.json)" = "$(metrics '$result')" ]'
printf '\357\273\2771;4;9.5\r\n2;4.5;9;12\r\n3\r\n' >bom.txt
trains 0 bom.txt --set t_end_ms=20
same "a byte-order mark and CRLF" "$(value $result van_rossum_matrix)" "$(value all.json van_rossum_matrix)"
printf '\357\273\2771\r\n4\r\n9.5\r\n' >a-bom.txt
ends 0 "$program" --case spike-metrics --set a=a-bom.txt --set b=a.txt --out two --progress never
same "a byte-order mark in one of two files" "$(value two/dynamics/spike-metrics.json victor_purpura)" 0.0

# ---- the suite's own CSV: the other columns name the train ----
printf 'model,layer,t_ms\n0,1,1\n0,2,2\n0,1,4\n0,2,4.5\n0,1,9.5\n0,2,9\n0,2,12\n1,1,3\n' >spikes.csv
trains 0 spikes.csv --set t_end_ms=20
same "trains of a CSV file" "$(value $result train_names)" '["model=0 layer=1", "model=0 layer=2", "model=1 layer=1"]'
for metric in isi_distance spike_distance victor_purpura van_rossum; do
    same "$metric of the CSV file" "$(value $result ${metric}_matrix)" "$(value all.json ${metric}_matrix)"
done
printf 'cell,t_ms,depth\nPV,1,a b\nSST,2,a b\nPV,3,c\n' >text.csv
trains 0 text.csv
same "columns of text" "$(value $result train_names)" '["cell=PV depth=a b", "cell=SST depth=a b", "cell=PV depth=c"]'

# ---- refused ----
rm -r out
bad() { # bad TEXT-OF-MESSAGE: of the file bad.txt
    trains 3 bad.txt
    says "bad.txt"
    says "$1"
}
printf '1 2\n3 x\n' >bad.txt
bad 'line 2: expected a spike time (ms), found "x"'
printf '1 2\n3 nan\n' >bad.txt
bad 'line 2: expected a spike time'
printf '1 2\n3 2\n' >bad.txt
bad 'line 2: expected a later time than 3'
printf '1 2 3\n' >bad.txt
bad "expected at least two trains, found 1"
printf 'model,time_s\n0,1\n' >bad.txt
bad "expected a header with a column t_ms"
printf 'model,t_ms\n0,1\n0\n' >bad.txt
bad "line 3: expected 2 fields as in the header, found 1"
printf 'model,t_ms\n0,2\n1,1\n0,1\n' >bad.txt
bad "line 4: expected a later time than 2"
seq 1001 >bad.txt
bad "more than 1000 trains"
trains 3 absent.txt
trains 2 all.txt --set t_end_ms=9
says "1: spikes from"
trains 2 all.txt --set a=a.txt
says "not both"
ends 77 "$program" --case spike-metrics --out out
says "--set trains=FILE"
check "no result of a refused run" [ ! -e $result ]

printf '1\n\033[31m2\n' >bad.txt
bad 'line 2: expected a spike time (ms), found "\x1b[31m2"'
printf '10\r20\r30\r' >bad.txt # line ends of forty years ago
ends 3 "$program" --case spike-metrics --set a=bad.txt --set b=a.txt --out out --progress never
says 'line 1: expected one spike time (ms), found "10\r20\r30\r"'

# ---- a signal ends a Victor-Purpura distance of 200 000 spikes at once, of a pair and of many ----
stopped() { # stopped ARGUMENT...
    "$program" --case spike-metrics --out out --threads 2 "$@" >stdout 2>stderr &
    pid=$!
    sleep 2
    kill -TERM $pid
    began=$(date +%s)
    wait $pid
    status=$?
    check "ended by the signal (status $status)" [ $status -eq 143 ]
    check "within a second or two" [ $(($(date +%s) - began)) -le 2 ]
    check "nothing half-written" [ -z "$(ls out/dynamics)" ]
}
seq 1 5 1000000 >long-a.txt
seq 2 5 1000000 >long-b.txt
stopped --set a=long-a.txt --set b=long-b.txt --progress always
check "progress was shown" grep -q "spike-metrics, Victor-Purpura" stderr
for f in long-a.txt long-b.txt long-a.txt; do tr '\n' ' ' <$f && echo; done >long.txt
stopped --set trains=long.txt --progress always
check "progress was shown" grep -q "spike-metrics, pairs" stderr
finish 80
