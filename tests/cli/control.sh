#!/bin/sh
# hh4lif-control from outside: wrong usage, the recorded trajectories byte for byte, missing and corrupt warm-up files, threads, and
# runs that are stopped and resumed. Without MuJoCo: that it says what to install.
# Usage: control.sh PATH-OF-hh4lif-control FOLDER-OF-TEST-DATA
set -u
. "$(dirname "$0")/check.sh"
XDG_DATA_HOME=/nonexistent
export XDG_DATA_HOME
control=$(absolute "$1")
data=$(cd "$2" && pwd)
sources=$(cd "$(dirname "$0")/../.." && pwd)
scratch

run() { # run STATUS ARGUMENT...
    wanted=$1
    shift
    ends "$wanted" "$control" "$@"
}

# ---- wrong usage: what is wrong, and what is allowed ----
run 2 --case ip-lif --set variant=as_printed --out out
check "the choices are named" grep -q "as_published" stderr
run 2 --case ip-izhikevich --out out
run 2 --case ip-lif --set steps=1 --out out
run 2 --case ip-lif --set qpos=0,0 --out out
check "the message says where the parameter belongs" grep -q "trajectory" stderr
run 2 --case gates --seeds 3 --out out
check "nothing is left" [ ! -e out/control/ip-lif.json ]

# ---- without MuJoCo ----
"$control" --case trajectory --out out --quiet >stdout 2>stderr
if [ $? -eq 77 ]; then
    check "it says what to install" grep -q "libmujoco" stderr
    run 77 --case stated-ip-lif --out out
    run 77 --case gates --out out
    run 77 --case ip-lif --out out
    finish 12
fi

# ---- the simulator: recorded trajectories ----
trajectory() { # trajectory FILE ENV QPOS QVEL AMPLITUDE PHASE
    run 0 --case trajectory --set env="$2" --set qpos="$3" --set qvel="$4" --set amplitude="$5" --set phase="$6" --out out --quiet
    check "$1 byte for byte" cmp -s out/control/trajectory.csv "$data/$1"
}
trajectory inverted_pendulum_case0.csv ip 0,0 0,0 0.05 0
trajectory inverted_pendulum_case1.csv ip 0.005,-0.008 -0.01,0.007 0.3 0.7
trajectory inverted_double_pendulum_case0.csv idp 0,0,0 0,0,0 0.05 0
trajectory inverted_double_pendulum_case1.csv idp 0.05,-0.08,0.03 -0.1,0.15,-0.05 0.3 0.7
run 2 --case trajectory --set env=idp --set qpos=0,0 --out out
check "the message says how many joints there are" grep -q "3 joints" stderr

# ---- the warm-up policy ----
run 3 --case ip-lif --warmup "$work/nothing.json" --out out
check "a missing file is named" grep -q "nothing.json" stderr
check "and how to do without" grep -q -- "--warmup none" stderr
cat >warmup.json <<'END'
{"n_obs": 4, "hidden": 2, "time_steps": 15, "action_limit": 3, "decay": 0.2, "threshold": 0.2, "log_std_clamp": [-20, 2],
 "tensors": {"lif1.weight": {"data": [1, 2, 0.3, 0.4, -1, -2, -0.3, -0.4]}, "lif1.bias": {"data": [0.05, 0.05]},
  "lif2.weight": {"data": [1, 0, 0, 1]}, "lif2.bias": {"data": [0, 0]}, "mean_head.weight": {"data": [0.5, -0.5]},
  "mean_head.bias": {"data": [0]}, "log_std_head.weight": {"data": [0, 0]}, "log_std_head.bias": {"data": [-2]}}}
END
head -c 200 warmup.json >cut.json
run 3 --case ip-lif --warmup cut.json --out out
check "a file that is cut off is named" grep -q "cut.json" stderr
sed 's/\[0.5, -0.5\]/[0.5]/' warmup.json >short.json
run 3 --case ip-lif --warmup short.json --out out
check "the tensor is named" grep -q "mean_head.weight" stderr
run 3 --case idp-lif --warmup warmup.json --out out
check "a policy of the other pendulum is refused" grep -q "another environment" stderr
check "no result of a failed run" [ ! -e out/control/ip-lif.json ]

# ---- training: any number of threads, stopped and resumed, the same bytes ----
set -- --case ip-hh --warmup warmup.json --quiet --seeds 3 --set hidden=32 --set heads=32 --set critics=32 --set start_steps=200 \
    --set evaluate_every=500 --set steps=
run 0 "$@"1500 --threads 1 --out one
run 0 "$@"1500 --threads 3 --out three
metrics one/control/ip-hh.json >m1
metrics three/control/ip-hh.json >m3
check "there are metrics" grep -q area_under_curve m1
check "the same metrics on one and three threads" cmp -s m1 m3
check "the same learning curves" cmp -s one/control/ip-hh-curve.csv three/control/ip-hh-curve.csv
check "the same episode before and after" cmp -s one/control/ip-hh-strip.csv three/control/ip-hh-strip.csv
check "no place in a sweep where none was asked for" [ ! -e one/control/ip-hh-noise.csv ]
run 0 --case idp-lif --warmup none --quiet --seeds 2 --set steps=100 --set start_steps=90 --set state_noise=0.01 --out noisy
check "noise set by hand: its place in the sweep, by seed" [ "$(cut -d, -f1-3 noisy/control/idp-lif-noise.csv | tr '\n' ' ')" = \
    "state_noise,reward_noise,seed 0.01,0,1 0.01,0,2 " ]

# ---- packed for keeping, and unpacked: series as they were, tables made again with the same bytes ----
mkdir -p one-again cells/a
"$sources/results/pack" one one-packed || exit 99
cp -r noisy/control cells/a
printf 'id,status,seconds,cell\na,0,1,control\n' >cells/sweep.csv
tar -czf one-packed/control/cells.tar.gz -C cells a/control/idp-lif.json sweep.csv
"$sources/plots/tables" one-packed one-again || exit 99
for file in ip-hh.json ip-hh-curve.csv ip-hh-strip.csv ip-hh-final.csv; do
    check "$file comes back" cmp one/control/$file one-again/control/$file
done
cut -d, -f1-3 one/control/ip-hh-band.csv >band
check "ip-hh-band.csv comes back, mean and standard deviation" cmp band one-again/control/ip-hh-band.csv
check "the cells' table comes back" cmp noisy/control/idp-lif-noise.csv one-again/control/idp-lif-noise.csv

run 0 "$@"5000 --threads 2 --out whole
"$control" "$@"5000 --threads 2 --out broken >stdout 2>stderr &
pid=$!
sleep 0.6
kill -TERM $pid 2>/dev/null
wait $pid
if [ -e broken/control/checkpoints ]; then
    check "no result of a stopped run" [ ! -e broken/control/ip-hh.json ]
    "$control" "$@"5000 --threads 1 --resume --out broken >stdout 2>stderr & # and once more, without a warning
    pid=$!
    sleep 0.4
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    cp -r broken others
    run 0 "$@"1500 --threads 2 --resume --out others
    says "ip-hh: seed 1 is trained anew; others/control/checkpoints/ip-hh-1: belongs to a run with other parameters"
    metrics others/control/ip-hh.json >mo
    check "from a checkpoint of other parameters nothing goes on: the metrics of an unbroken run" cmp -s m1 mo
    run 0 "$@"5000 --threads 2 --resume --out broken
    metrics whole/control/ip-hh.json >mw
    metrics broken/control/ip-hh.json >mb
    check "the same metrics after two stops and --resume" cmp -s mw mb
    check "the same learning curves" cmp -s whole/control/ip-hh-curve.csv broken/control/ip-hh-curve.csv
    check "no checkpoint is left" [ ! -e broken/control/checkpoints ]
else
    echo "  note: this machine finished before it could be stopped"
fi

# ---- aggregates: only of what is there ----
run 77 --case aggregate --out empty
check "it says which cases to run first" grep -q "ip-\*" stderr
run 0 --case aggregate --out one --quiet
check "interquartile mean of the case that is there" grep -q '"hh": \[' one/control/aggregate.json
check "of enough seeds nothing is left out" sh -c '! grep -q left_out one/control/aggregate.json'
run 0 --case ip-lif --warmup none --quiet --seeds 1 --set steps=100 --set start_steps=90 --out single
run 77 --case aggregate --out single
says "has results of one seed only"
cp single/control/ip-lif.json one/control/
run 0 --case aggregate --out one --quiet
check "beside others it is named" grep -q '"left_out_with_one_seed": \["ip-lif"\]' one/control/aggregate.json

# ---- more seeds than a case can run ----
run 2 --case ip-lif --warmup none --seeds 65 --out seeds
says "--seeds is 65: expected a whole number from 1 to 64"

finish 62
