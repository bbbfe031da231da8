#!/bin/sh
# hh4lif-sweep from outside, with a toy in place of an experiment: every cell once, logs, failures, --resume, a stop.
# Usage: sweep.sh PATH-OF-hh4lif-sweep
set -u
. "$(dirname "$0")/check.sh"
sweep=$(absolute "$1")
scratch

run() { # run STATUS ARGUMENT...
    wanted=$1
    shift
    ends "$wanted" "$sweep" "$@"
}

mkdir programs
cat >programs/hh4lif-toy <<'END'
#!/bin/sh
# toy VALUE [fail|slow|table] --out DIR ...
echo "$@"
first=$1 how=$2
out=$(echo "$*" | sed 's/.*--out //; s/ .*//')
case "$*" in *--resume*) [ -e "$out/toy/$first.json" ] && exit ;; esac
echo run >>"$WORK/runs"
case $how in
fail) exit 3 ;;
slow) [ -e "$WORK/fast" ] || { trap 'exit 130' TERM; sleep 30 & wait $!; } ;;
esac
mkdir -p "$out/toy"
echo done >"$out/result"
printf 'value\n%s\n' "$first" >"$out/toy/table.csv"
[ "$how" = table ] && cp "$WORK/$first.csv" "$out/toy/table.csv"
cat >"$out/toy/$first.json" <<JSON
{ "schema": "hh4lif.result/1", "family": "toy", "case": "$first", "seed": 1, "parameters": {}, "metrics": { "value": 1 }, "series": [], "provenance": {} }
JSON
END
chmod +x programs/hh4lif-toy
WORK=$work
export WORK

echo 'toy {1..5} ok' >cells
run 0 cells --programs programs --out out --jobs 3
check "five cells ran" [ "$(wc -l <runs)" -eq 5 ]
check "five results" [ "$(ls out/*/result | wc -l)" -eq 5 ]
check "five logs" [ "$(ls out/*/log | wc -l)" -eq 5 ]
check "a table of five" [ "$(grep -c ',0,' out/sweep.csv)" -eq 5 ]
seconds=$(cut -d, -f3 out/sweep.csv)
run 0 cells --programs programs --out out --resume
check "nothing ran again" [ "$(wc -l <runs)" -eq 5 ]
says "0 cells run, 5 kept"
check "the seconds are those of the run" [ "$(cut -d, -f3 out/sweep.csv)" = "$seconds" ]
rm "$(ls out/*/toy/*.json | head -n 1)" && rm -r "$(ls -d out/*/toy | tail -n 1)"
run 0 cells --programs programs --out out --resume
says "2 cells run, 3 kept"
check "cells without their result ran again, whatever their mark says" [ "$(wc -l <runs)" -eq 7 ]
: >runs
for i in 1 2 3 4 5; do echo run >>runs; done
run 0 cells --out out --join --programs nowhere
says "0 cells run, 0 kept"
run 2 cells --out out --join --resume
run 2 cells cells --out out
says 'one file of cells is expected, found also "cells"'
run 2 cells --out out --threads 0
echo 'toy 6 ok' >>cells
run 0 cells --programs programs --out out --resume
check "the cells' tables are joined in their order" [ "$(cut -d, -f1 out/toy/table.csv | tr '\n' ' ')" = 'value 1 2 3 4 5 6 ' ]
check "each row names its cell" sh -c 'sed 1d out/toy/table.csv | cut -d, -f2 >a; sed 1d out/sweep.csv | cut -d, -f1 | cmp -s - a'
check "only the new cell ran" [ "$(wc -l <runs)" -eq 6 ]

printf 'toy 1 ok\ntoy 2 fail\n' >bad
run 1 bad --programs programs --out out2 --jobs 1
check "the message counts the failure" grep -q "1 of 2 cells failed" stderr
check "the table has its status" grep -q ',3,' out2/sweep.csv
check "the other cell is there" [ "$(ls out2/*/result | wc -l)" -eq 1 ]

printf 'toy 1 ok\ntoy 2 slow\n' >slow
"$sweep" slow --programs programs --out out3 --jobs 1 >stdout 2>stderr &
pid=$!
tries=0
while [ "$(wc -l <runs)" -lt 10 ] && [ $tries -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -TERM $pid
wait $pid
check "a stopped sweep ends with 130" [ $? -eq 130 ]
touch fast
run 0 slow --programs programs --out out3 --resume
check "it was taken up again" [ "$(ls out3/*/result | wc -l)" -eq 2 ]

# ---- tables as other programs write them: without a last line end, with CRLF, quotes and blank lines; one that does not fit ----
printf 'a' >1.csv
printf 'a' >2.csv
echo 'toy {1,2} table' >tables
run 0 tables --programs programs --out tables-out
check "a header alone, without a line end, twice" [ "$(cat tables-out/toy/table.csv)" = a,cell ]
printf 'a,b\r\n1,"x\ny, ""z"""\r\n\r\n2,' >1.csv
printf 'a,b\r\n3,4' >2.csv
printf 'a,b\n5\n' >3.csv
printf 'a,c\n6,7\n' >4.csv
: >5.csv
printf 'a,b\n8,\0\n' >6.csv
echo 'toy {1..6} table' >tables
run 0 tables --programs programs --out tables-out
ids=$(sed 1d tables-out/sweep.csv | cut -d, -f1 | head -n 2 | tr '\n' ' ')
printf 'a,b,cell\n1,"x\ny, ""z""",%s\n2,,%s\n3,4,%s\n' ${ids% * } ${ids% * } ${ids#* } >expected
check "whole rows, each with its cell" cmp expected tables-out/toy/table.csv
says "has a row with other fields than its header; it is left out of tables-out/toy/table.csv"
says "has other columns; it is left out"
says "is empty; it is left out"
says "is no text; it is left out"

# ---- what is no file of cells ----
bad() { # bad TEXT-OF-MESSAGE, of the file bad
    run 2 bad --programs programs --out bad-out
    says "$1"
}
printf '{,}\n' >bad
bad 'line 1: "" is no experiment family'
printf 'toy {1..9223372036854775807}\n' >bad
bad "line 1: {1..9223372036854775807} must rise and have at most 100000 values"
printf 'toy 1\ntoy {1..1000} {1..1000} {1..1000}\n' >bad
bad "line 2: its braces give more than 100000 cells"
printf '\033[31mtoy 1\n' >bad
bad 'line 1: "\x1b[31mtoy" is no experiment family'
printf 'toy 1\0\n' >bad
run 3 bad --programs programs --out bad-out
says "expected a text of cells, found a 0 byte"
printf '\357\273\277toy 1 ok\r\n' >bom
run 0 bom --programs programs --out bom-out
check "nothing was run of what is no file of cells" [ ! -e bad-out ]

# ---- a part of the cells, as one task of an array; the last run joins ----
for part in 3 1 2; do
    run 0 cells --programs programs --out parts --part $part/3 --jobs 1
    check "part $part joins nothing" [ ! -e parts/sweep.csv ]
done
before=$(wc -l <runs)
run 0 cells --programs programs --out parts --resume
check "nothing was left to run" [ "$(wc -l <runs)" -eq "$before" ]
check "three parts give the same table" cmp -s parts/toy/table.csv out/toy/table.csv
for part in 0/3 4/3 1 1/3x; do
    run 2 cells --programs programs --out parts --part $part
done
says "expected K/N"

# ---- joined while a cell has not run: its row is there, without a status, and the exit status tells ----
cp cells more
echo 'toy 7 ok' >>more
run 1 more --out parts --join
says "7 cells"
check "the row of the cell that did not run has no status" grep -q '^[0-9a-f]*,,,toy 7 ok' parts/sweep.csv
run 0 more --programs programs --out parts --resume --threads 2
check "the programs get the threads" sh -c 'grep -q -- "--threads 2" parts/*/log'

# ---- started as several ranks that know nothing of each other ----
ends 2 env OMPI_COMM_WORLD_SIZE=4 "$sweep" cells --programs programs --out ranks
says "started as 4 ranks"
ends 2 env SLURM_STEP_NUM_TASKS=2 "$sweep" cells --programs programs --out ranks
check "nothing was run" [ ! -e ranks ]

run 2
run 2 cells --programs nowhere --out out4
run 2 cells --jobs 0
run 3 no-such-file --programs programs
finish 60
