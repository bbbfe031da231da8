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
# toy VALUE [fail|slow] --out DIR ...
echo "$@"
first=$1
echo run >>"$WORK/runs"
case $2 in
fail) exit 3 ;;
slow) [ -e "$WORK/fast" ] || { trap 'exit 130' TERM; sleep 30 & wait $!; } ;;
esac
while [ "$1" != --out ]; do shift; done
echo done >"$2/result"
mkdir -p "$2/toy" && printf 'value\n%s\n' "$first" >"$2/toy/table.csv"
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
run 0 cells --programs programs --out out --resume
check "nothing ran again" [ "$(wc -l <runs)" -eq 5 ]
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

# ---- started as several ranks that know nothing of each other ----
ends 2 env OMPI_COMM_WORLD_SIZE=4 "$sweep" cells --programs programs --out ranks
says "started as 4 ranks"
ends 2 env SLURM_STEP_NUM_TASKS=2 "$sweep" cells --programs programs --out ranks
check "nothing was run" [ ! -e ranks ]

run 2
run 2 cells --programs nowhere --out out4
run 2 cells --jobs 0
run 3 no-such-file --programs programs
finish 35
