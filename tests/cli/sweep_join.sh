#!/bin/sh
# What hh4lif-sweep makes of its cells' files: tables and sweep.csv with the parameters, results over seeds as one run writes them and
# as hh4lif-claims and hh4lif-compare read them.
# Usage: sweep_join.sh PATH-OF-hh4lif-sweep PATH-OF-hh4lif-multitask PATH-OF-hh4lif-equivalence PATH-OF-hh4lif-claims DOCS-FOLDER
set -u
. "$(dirname "$0")/check.sh"
sweep=$(absolute "$1") multitask=$(absolute "$2") equivalence=$(absolute "$3") claims=$(absolute "$4") docs=$5
scratch
mkdir programs ready
ln -s "$multitask" "$equivalence" programs
idx() { # idx FILE TYPE-AND-SIZES COUNT: that many bytes, 0 to 9 in turn
    { printf "$2"; awk -v n="$3" 'BEGIN { for (i = 0; i < n; i++) printf "%c", 48 + i % 10 }' | tr '0-9' '\000-\011'; } >"ready/$1"
}
for split in train t10k; do
    idx $split-images-idx3-ubyte '\0\0\010\003\0\0\0\040\0\0\0\012\0\0\0\012' 3200
    idx $split-labels-idx2-ubyte '\0\0\010\002\0\0\0\040\0\0\0\002' 64
done

# ---- over a parameter ----
echo 'equivalence --case slif-const --set slif_lif_threshold_mV={35,70}' >cells
ends 0 "$sweep" cells --programs programs --out parameter
table=parameter/equivalence/slif-const-spikes.csv
check "a joined table has the cell and its parameter" [ "$(head -n 1 $table)" = model,layer,t_ms,cell,slif_lif_threshold_mV ]
check "16 and 5 spikes of the last layer" [ "$(awk -F, '$1 == 1 && $2 == 2 { n[$5]++ } END { print n[35], n[70] }' $table)" = '16 5' ]
check "columns of sweep.csv" grep -q '^id,status,seconds,cell,slif_lif_threshold_mV,family,case,.*,spike_count_lif,' parameter/sweep.csv
check "they carry values" [ "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "spike_count_lif") k = i } NR > 1 { printf "%s:%s ", $5, $k }' parameter/sweep.csv)" = '35:16 70:5 ' ]
check "no result over cells that differ in more than the seed" [ ! -e parameter/equivalence/slif-const.json ]
says "slif-const.json is not joined: the cells differ in more than the seed"

# ---- what --resume keeps is what the programs keep ----
resumed() { # resumed RUN KEPT WHAT: how many cells are run and kept by it, and the table is as it was
    ends 0 "$sweep" cells --programs programs --out parameter --resume
    check "$3: $1 run, $2 kept" grep -q ": $1 cells run, $2 kept" stderr
    check "$3: the same table" cmp -s $table before.csv
}
cp $table before.csv
resumed 0 2 "whole cells"
for result in parameter/*/equivalence/slif-const.json; do
    head -c 1000 $result >cut && cp cut $result
    break
done
resumed 1 1 "a result that is cut off"
rm -r "$(ls -d parameter/*/equivalence | tail -n 1)"
resumed 1 1 "a folder that is gone"
rm "$(ls parameter/*/equivalence/slif-const-spikes.csv | tail -n 1)"
resumed 1 1 "a table that is gone"
if ! grep -q '"simd": "generic"' parameter/*/equivalence/slif-const.json; then
    rm programs/hh4lif-equivalence
    printf '#!/bin/sh\nH4L_SIMD=generic exec "%s" "$@"\n' "$equivalence" >programs/hh4lif-equivalence
    chmod +x programs/hh4lif-equivalence
    ends 0 "$sweep" cells --programs programs --out parameter --resume
    says "2 cells run, 0 kept"
    check "its log says why" [ "$(cat parameter/*/log | grep -c 'run anew; the result that is there is made by another program: simd')" -eq 2 ]
    ln -sf "$equivalence" programs/hh4lif-equivalence
fi

# ---- the same by the script for Slurm's arrays in docs/cluster.md, as its tasks would run it ----
sed -n '/^```sh/,/^```$/p' "$docs/cluster.md" | sed '1d; /^```/,$d' >array.sh
check "it is an array" grep -q '^#SBATCH --array=' array.sh
mkdir bin && ln -s "$sweep" bin/hh4lif-sweep
for task in 2 1; do
    ends 0 env PATH="$work/bin:$PATH" HH4LIF_CELLS=cells HH4LIF_OUT=array SLURM_CPUS_PER_TASK=1 SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=2 \
        sh array.sh
done
ends 0 "$sweep" cells --out array --resume
says "0 cells run, 2 kept"
rm -r array/equivalence array/sweep.csv
ends 0 "$sweep" cells --out array --join
check "the tasks' tables joined are those of one process" cmp -s $table array/equivalence/slif-const-spikes.csv

# ---- over seeds: what one run writes ----
echo 'multitask --tier full --case {fc-lif,audit-channels-fc} --seed {1..3} --seeds 1 --set epochs=2 --set data_dir=ready --set data_check=none' >cells
ends 0 "$sweep" cells --programs programs --out seeds
ends 0 "$multitask" --tier full --case fc-lif --case audit-channels-fc --seeds 3 --set epochs=2 --set data_dir=ready --set data_check=none --out one --quiet
for case in fc-lif audit-channels-fc; do
    metrics seeds/multitask/$case.json >a
    metrics one/multitask/$case.json >b
    check "$case: metrics as one run has them" sh -c '[ -s a ] && cmp -s a b'
    check "$case: three seeds" grep -q '"seeds": 3' seeds/multitask/$case.json
done
check "it names its cells" [ "$(grep joined_cells seeds/multitask/fc-lif.json | grep -o '"[0-9a-f]\{12\}"' | wc -l)" -eq 3 ]
cut -d, -f 1-6 seeds/multitask/fc-lif-final.csv >a
cut -d, -f 1-6 one/multitask/fc-lif-final.csv >b
check "the table has one run's rows" cmp -s a b
sed -i 's/{1..3}/{1..2}/' cells
ends 0 "$sweep" cells --programs programs --out seeds --resume
check "with two cells left it has two seeds" grep -q '"seeds": 2' seeds/multitask/fc-lif.json
echo 'multitask --tier full --case fc-lif --seed 2 --seeds 2 --set epochs=2 --set data_dir=ready --set data_check=none' >>cells
ends 0 "$sweep" cells --programs programs --out seeds --resume
says "fc-lif.json is not joined: a seed is there twice"
check "and the old one is gone" [ ! -e seeds/multitask/fc-lif.json ]

# ---- judged ----
mkdir -p registry/multitask
cat >registry/multitask/claims.json <<'END'
{ "schema": "hh4lif.claims/3", "family": "multitask", "cases": ["audit-channels-fc"],
  "pins": { "*": { "data_check": "none" } },
  "claims": [
    { "id": "S1", "kind": "claim", "title": "seeds of a sweep", "source": "-", "statement": "two seeds",
      "rows": [
        { "id": "S1", "statement": "two seeds", "setting": "own images", "criterion": "two seeds", "tier": "full", "n": 2, "headline": "{n}",
          "checks": [ { "id": "S1.n", "title": "accuracy", "x": { "case": "audit-channels-fc", "metric": "final_accuracy_task1_percent/hh" },
                        "statistic": "mean_interval", "n": 2, "pairs": "seeds", "direction": "greater", "bound": -1000, "why": "it is a number" } ] } ] } ] }
END
ends 3 "$claims" --registry registry --without-suite --results seeds --tier full
says "parameter epochs: the claim is registered for the case's own value (a claim of one's own pins another), found 2"
sed -i 's/"data_check": "none"/"data_check": "none", "epochs": 2/' registry/multitask/claims.json
ends 1 "$claims" --registry registry --without-suite --results seeds --tier full
says "a verdict that is not registered yet"
check "hh4lif-claims judges the two seeds" grep -q 'met  *criterion S1.n' stdout
finish 40
