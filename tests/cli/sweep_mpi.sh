#!/bin/sh
# hh4lif-sweep under mpirun with two and four ranks against the run of processes: the same cells once each, the same results,
# --resume, a stop in the middle.
# Usage: sweep_mpi.sh PATH-OF-hh4lif-sweep-mpi PATH-OF-hh4lif-efficiency PATH-OF-hh4lif-sweep
set -u
. "$(dirname "$0")/check.sh"
sweep=$(absolute "$1")
efficiency=$(absolute "$2") plain=$(absolute "$3")
scratch
# Open MPI starts nothing as root, and no more ranks than cores, unless it is told to; other MPIs do not read these.
OMPI_ALLOW_RUN_AS_ROOT=1
OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM OMPI_MCA_rmaps_base_oversubscribe

ids() { sed -n 's/^\([0-9a-f]\{12\}\),0,.*/\1/p' "$1"; }

mkdir programs
cat >programs/hh4lif-efficiency <<END
#!/bin/sh
echo run >>"$work/runs"
exec "$efficiency" "\$@"
END
chmod +x programs/hh4lif-efficiency
echo 'efficiency --case operations --seed {1..5}' >cells
ends 0 "$sweep" cells --programs programs --out processes --jobs 2
: >runs
ends 0 mpirun -n 2 "$sweep" cells --programs programs --out ranks
check "five cells ran, each once" [ "$(wc -l <runs)" -eq 5 ]
check "both ranks took some" sh -c 'grep -q "rank 0 of 2: 3 cells run" stderr && grep -q "rank 1 of 2: 2 cells run" stderr'
ids processes/sweep.csv >a
ids ranks/sweep.csv >b
check "the table lists the same five cells" sh -c '[ "$(wc -l <a)" -eq 5 ] && cmp -s a b'
while read -r id; do
    for out in processes ranks; do
        sed -n '/^  "metrics"/,/^  }/p' $out/"$id"/efficiency/operations.json >$out.metrics
    done
    check "cell $id: the same metrics" sh -c '[ -s ranks.metrics ] && cmp -s processes.metrics ranks.metrics'
done <a
rm ranks/"$(sed -n 4p a)"/done ranks/sweep.csv
: >runs
ends 0 mpirun -n 2 "$sweep" cells --programs programs --out ranks --resume
check "--resume ran only the cell that was missing" [ "$(sed -n 's/.*: \([0-9]*\) cells run.*/\1/p' stderr | sort | tr '\n' ' ')" = '0 1 ' ]
check "and asked every cell's program once" [ "$(wc -l <runs)" -eq 5 ]
check "the table is whole again" [ "$(ids ranks/sweep.csv | wc -l)" -eq 5 ]
echo 'efficiency --case nothing' >>cells
ends 1 mpirun -n 2 "$sweep" cells --programs programs --out ranks --resume
check "the message counts the failure" grep -q "1 of 6 cells failed" stderr
ends 3 mpirun -n 2 "$sweep" no-such-file --out ranks
# ---- four ranks, stopped while a cell runs, taken up again: the same bytes as one process ----
sed -i '$d' cells
cat >programs/hh4lif-efficiency <<END
#!/bin/sh
case "\$*" in *'--seed 3 '*) [ -e "$work/fast" ] || { : >"$work/slow"; trap 'exit 130' TERM; sleep 60 & wait \$!; } ;; esac
exec "$efficiency" "\$@"
END
mpirun -n 4 "$sweep" cells --programs programs --out four >stdout 2>stderr &
pid=$!
tries=0
until [ -e slow ] && [ "$(ls four/*/done 2>/dev/null | wc -l)" -eq 4 ] || [ $tries -ge 300 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -TERM $pid
wait $pid
check "a stopped sweep fails" [ $? -ne 0 ]
check "four cells are whole, one is not, nothing is joined" sh -c '[ "$(ls four/*/done | wc -l)" -eq 4 ] && [ ! -e four/sweep.csv ]'
touch fast
ends 0 mpirun -n 4 "$sweep" cells --programs programs --out four --resume
check "only the cell that was stopped ran again" [ "$(grep -c '1 cells run' stderr)" -eq 1 ]
cut -d, -f 1,2,4- four/sweep.csv >a
cut -d, -f 1,2,4- processes/sweep.csv >b
check "sweep.csv is that of one process, but for the seconds" sh -c '[ -s a ] && cmp -s a b'
for file in processes/efficiency/*.csv; do
    check "${file##*/}: the same bytes" cmp -s "$file" four/efficiency/"${file##*/}"
done

# ---- the program that is installed: over ranks where it has MPI, refused where it has none; never every cell in every rank ----
mpirun -n 2 "$plain" cells --out plain >stdout 2>stderr
status=$?
check "two ranks of it share the cells or end with 2" sh -c 'case $1 in 0) grep -q "rank 1 of 2" stderr ;; 2) grep -q "started as 2 ranks" stderr ;; *) false ;; esac' sh $status
finish 23
