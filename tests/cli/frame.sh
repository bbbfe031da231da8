#!/bin/sh
# The frame of the experiment programs, from outside: every common option, every exit status, and what is left on disk.
# Usage: frame.sh PATH-OF-hh4lif-selftest
set -u
. "$(dirname "$0")/check.sh"
program=$(absolute "$1")
[ -x "$program" ] || exit 99
sources=$(cd "$(dirname "$0")/../.." && pwd)
scratch

run() { # run ARGUMENT...: fills stdout, stderr, status
    "$program" "$@" >stdout 2>stderr
    status=$?
}
expect() { # expect STATUS ARGUMENT...
    wanted=$1
    shift
    run "$@"
    check "exit $wanted: $*" [ "$status" -eq "$wanted" ]
}
in_json() { check "$1 has: $2" grep -qF -- "$2" "$1"; }
lacks() { check "not there: $1" [ ! -e "$1" ]; }
is_empty() { check "$1 is empty" [ ! -s "$1" ]; }
no_leftovers() {
    find "$1" -name '.*' ! -name . >hidden
    check "nothing half-written in $1" [ ! -s hidden ]
}
same_metrics() {
    metrics "$1" >m1
    metrics "$2" >m2
    check "same metrics: $1 $2" [ -s m1 ]
    check "identical: $1 $2" cmp -s m1 m2
}

# ---- answers without work ----
expect 0 --help
prints 'Does the frame of the experiment programs keep its promises?'
for option in list list-files list-neurons list-parameters case tier seed seeds out threads resume progress quiet set help version usage label; do
    prints "--$option"
done
prints 'levels_mV'
prints 'Exit status'
check 'help fits 80 columns' [ "$(awk 'length > 79' stdout | grep -c .)" -eq 0 ]
is_empty stderr
expect 0 --usage
prints '--case'
expect 0 --version
prints 'hh4lif '
for word in commit compiler flags simd openblas gsl jansson; do prints "$word"; done
built=$(sed -n 's/^ *commit *//p' stdout)
tree=$(git --no-optional-locks -C "$sources" rev-parse HEAD 2>/dev/null)
if [ "${built%% *}" = "$tree" ] && git --no-optional-locks -C "$sources" diff --quiet HEAD; then
    check "built from this commit, unchanged: $built" [ "$built" = "$tree" ]
else
    echo "       (the commit is not checked: the tree has changed, or is no repository; built from $built)"
fi
expect 0 --list
check 'four cases, each with a text' [ "$(awk 'NF > 1' stdout | grep -c .)" -eq 4 ]
expect 0 --list --case 'faulty*'
check 'two cases fit the pattern' [ "$(grep -c . stdout)" -eq 2 ]
expect 0 --list-neurons
prints 'one     the first'
prints 'second  the last'
check 'two neurons' [ "$(grep -c . stdout)" -eq 2 ]
expect 0 --list-files
prints 'trace-walks.csv'
prints '| `sum` | mV | where it ends |'
lacks results
expect 0 --list-parameters
check 'a head, and a line for each case and parameter' [ "$(grep -c . stdout)" -eq 13 ]
check 'a name, a kind and a text in each' [ "$(awk -F'\t' 'NF == 8 && $2 != "" && $3 != "" && $8 != ""' stdout | grep -c .)" -eq 13 ]
expect 0 --list-parameters --case trace --tier standard
check 'the ranges, and the value of the tier' grep -q "^trace	steps	INT	1	1000000		100	steps of each walk$" stdout
check 'a list of numbers' grep -q "^trace	levels_mV	REAL,...	-9	9		-1,0.25	levels$" stdout
check 'a file has no range' grep -q "^trace	label	FILE					a label$" stdout
lacks results
for option in --help --version --list --list-files --list-neurons --list-parameters; do
    "$program" $option >/dev/full 2>stderr
    status=$?
    check "exit 4: $option on a full disk" [ $status -eq 4 ]
    says 'cannot write to standard output'
done

# ---- wrong usage: exit 2, the name, what is allowed, the nearest name ----
expect 2 --no-such-option
says no-such-option
expect 2 --theads 3
says '--theads; did you mean --threads?'
expect 2 --se 3
says '--se'
expect 2 --case
says 'error: --case needs a value: NAME'
expect 2 --case trace --tier
says '--tier needs a value: quick|standard|full'
expect 2 --case no-such-case
says no-such-case
expect 2 --case trac
says 'trac: no such case; did you mean trace?'
expect 2 --case trace --case 'x*'
says 'x*'
expect 2 trace
says 'unexpected argument trace'
expect 2 --tier fast
says '--tier is "fast": expected one of quick|standard|full'
expect 2 --tier qick
says 'did you mean quick?'
for number in abc '' -1 1.5 1e3 99999999999999999999 '1 '; do
    expect 2 --seed "$number"
    says "--seed is \"$number\": expected a whole number from 0 to"
done
expect 2 --seeds 0
says '--seeds is "0": expected a whole number from 1 to'
expect 2 --case absent --seeds 2
says '--seeds: the case absent runs one seed; use --seed'
expect 2 --case absent --case 'faulty*' --seeds 2
says '--seeds: each of the chosen cases runs one seed; use --seed'
expect 2 --threads 0
says '--threads is "0"'
expect 2 --progress sometimes
says 'auto|always|never'
expect 2 --out ''
says --out
expect 2 --set steps
says 'expected NAME=VALUE'
expect 2 --set =3
expect 2 --set no_such_parameter=1
says no_such_parameter
expect 2 --case trace --set step=20
says 'unknown parameter step; did you mean steps?'
expect 2 --case absent --set steps=20
says 'parameter steps is not used by the chosen cases; it belongs to trace'
expect 2 --case trace --set steps=0
says 'parameter steps is "0": expected a whole number from 1 to 1000000'
expect 2 --case trace --set width=nan
says 'parameter width is "nan": expected a number from 0 to 10'
expect 2 --case trace --set width=11
expect 2 --case trace --set levels_mV=1,,2
says 'levels_mV is "1,,2": expected numbers from -9 to 9'
expect 2 --case trace --set levels_mV=1,10
expect 2 --case faulty --set how=H4L_E_CHEK
says 'did you mean H4L_E_CHECK?'
env H4L_SIMD=mmx "$program" --case trace 2>stderr
status=$?
check 'exit 2: a wrong H4L_SIMD' [ $status -eq 2 ]
says 'H4L_SIMD is "mmx"'
lacks results

# ---- whoever reads our output may leave before its end ----
(
    sleep 0.3
    "$program" --list >&1
    echo $? >left
) 2>stderr | true
sleep 0.6
check 'exit 0: the reader has left' [ "$(cat left)" -eq 0 ]
is_empty stderr

# ---- a changed assumption has a folder of its own: nothing measured as registered is replaced ----
expect 0 --case trace --set steps=20 --set width=0.25 --quiet
in_json results/set/steps=20,width=0.25/selftest/trace.json '"steps": 20'
expect 0 --case trace --set label=a/b
prints 'results/set/label=a_b-'
expect 0 --case trace --set 'label=a b'
check 'other texts, other folders' [ "$(ls -d results/set/label=a_b-* | wc -l)" -eq 2 ]
lacks results/latest
rm -r results

# ---- a case that ends well ----
expect 0 --case trace
result=results/latest/selftest/trace.json
prints 'trace  done'
prints "$result"
prints 'mean_mV'
prints ' 6 values, '
prints '  mean '
prints 'walk_s'
prints '-  nobody measured it'
check 'no list is cut short' [ "$(grep -c '\.\.\.' stdout)" -eq 0 ]
is_empty stderr
for text in '"schema": "hh4lif.result/1"' '"family": "selftest"' '"case": "trace"' '"tier": "quick"' '"seed": 1' \
    '"label": "none"' '"levels_mV": [-1.0, 0.25]' '"steps": 10' '"width": 0.5' '"half_width": 0.25' '"wait_s": 0.0' \
    '"infinite_mV": null' '"missing_ms": null' '"counts": [1, -2]' '"file": "trace-walks.csv"' \
    '"columns": ["walk", "sum"]' '"units": ["", "mV"]' '"version"' '"git_commit"' '"git_dirty"' '"compiler"' '"flags"' \
    '"libraries"' '"cpu"' '"simd"' '"threads"' '"hostname_hash"' '"started"' '"seconds"' '"peak_rss_bytes"' '"argv"' \
    '"walks.bin": "00"' '"walk_s": 0.5'; do
    in_json $result "$text"
done
in_json $result '"infinite_mV": "beyond all numbers"'
in_json $result '"missing_ms": "nobody measured it"'
check 'a reason only where there is no value' [ "$(sed -n '/"undefined"/,/}/p' $result | grep -c .)" -eq 4 ]
check 'series: header and three rows' [ "$(grep -c . results/latest/selftest/trace-walks.csv)" -eq 4 ]
check 'series: names of the columns' [ "$(head -n 1 results/latest/selftest/trace-walks.csv)" = walk,sum ]
check 'keys are sorted' [ "$(grep -o '^  "[a-z]*"' $result | sort -c 2>&1 | wc -l)" -eq 0 ]
no_leftovers results
expect 0 --case 'tr*' --case trace --out elsewhere --quiet
is_empty stdout
is_empty stderr
expect 0 --case trace --out t --tier standard --seed 5 --seeds 2 --set steps=20 --set steps=30 --label=x
in_json t/selftest/trace.json '"tier": "standard"'
in_json t/selftest/trace.json '"seed": 5'
in_json t/selftest/trace.json '"seeds": 2'
in_json t/selftest/trace.json '"steps": 30'
in_json t/selftest/trace.json '"label": "x"'
expect 0 --case trace --out t --tier full
in_json t/selftest/trace.json '"steps": 100'

# ---- the same numbers for any number of threads, another for another seed ----
for threads in 1 2 3 7; do
    expect 0 --case trace --out "threads-$threads" --threads $threads --set steps=50
    same_metrics threads-1/selftest/trace.json threads-$threads/selftest/trace.json
    check 'same series' cmp -s threads-1/selftest/trace-walks.csv threads-$threads/selftest/trace-walks.csv
done
expect 0 --case trace --out other --seed 2 --set steps=50
metrics threads-1/selftest/trace.json >m1
metrics other/selftest/trace.json >m2
check 'another seed, other metrics' [ "$(cmp -s m1 m2 && echo same)" != same ]

# ---- each failure and its exit status ----
fault() { # fault NAME STATUS
    expect "$2" --case faulty --set how="$1" --out faults
    lacks faults/selftest/faulty.json
    lacks faults/selftest/faulty.csv
    no_leftovers faults
}
fault H4L_E_CHECK 1
says 'error: faulty: asked to fail'
prints 'faulty  check failed'
fault H4L_E_DATA 3
fault H4L_E_NOMEM 4
fault H4L_E_IO 4
fault H4L_E_SKIP 77
fault H4L_E_NUMERIC 2 # what was set is to blame, and is named
says 'error: faulty: with how = H4L_E_NUMERIC: asked to fail'
fault H4L_E_USAGE 2
says 'error: faulty: with how = H4L_E_USAGE: asked to fail'
fault H4L_E_RANGE 2
says 'error: faulty: with how = H4L_E_RANGE: asked to fail'
expect 99 --case faulty --out faults # nothing was set: the program is
says 'error: faulty: asked to fail'
fault H4L_E_INTERNAL 99
fault H4L_E_INTERRUPT 130
fault twice 99
says 'measured twice: answer'
fault unrecorded 99
says 'the case recorded no value of the parameter depth'
expect 99 --case faulty-silent --out faults
says 'the case measured nothing'
expect 77 --case absent --out faults
says 'absent: not run: this case never runs here'
expect 0 --case absent --case trace --out faults
expect 0 --case absent --case trace --seeds 2 --out faults
expect 99 --out all
check 'the other cases ran' [ -s all/selftest/trace.json ]
expect 99 --case 'faulty*' --set how=H4L_E_CHECK --out all
expect 1 --case absent --case faulty --set how=H4L_E_CHECK --out all

# ---- folders and disks ----
: >file
expect 4 --case trace --out file/below
says 'file'
says 'Not a directory'
expect 4 --case trace --out /proc/none
says /proc/none
expect 4 --case trace --out file
(
    ulimit -f 20
    "$program" --case trace --set rows=1000 --set steps=1 --out small >stdout 2>stderr
)
status=$?
check 'exit 4: the disk is full while the series is written' [ $status -eq 4 ]
says 'File too large'
lacks small/selftest/trace.json
lacks small/selftest/trace-walks.csv
no_leftovers small
expect 0 --case trace --out small --set rows=5
cp -r small/selftest before
(
    ulimit -f 20
    "$program" --case trace --set rows=1000 --set steps=1 --out small >stdout 2>stderr
)
status=$?
check 'exit 4: the disk is full again' [ $status -eq 4 ]
check 'the earlier result is as it was' diff -r before small/selftest
"$program" --case trace --out small >/dev/full 2>stderr
status=$?
check 'exit 4: stdout is full' [ $status -eq 4 ]
check 'but the result is complete' [ -s small/selftest/trace.json ]

# ---- seeds: a number that JSON and a table hold exactly, or refused with the range ----
expect 0 --case trace --out s --seed 9000000000000000
in_json s/selftest/trace.json '"seed": 9000000000000000'
for seed in 9000000000000001 9223372036854775807 18446744073709551615 -1; do
    expect 2 --case trace --out s --seed $seed
    says "--seed is \"$seed\": expected a whole number from 0 to 9000000000000000"
done
expect 2 --case trace --out s --seeds 1000001
says '--seeds is "1000001": expected a whole number from 1 to 1000000'
rm -r s

# ---- control characters of a text reach the terminal spelt out ----
expect 2 --case "$(printf 'tr\033[31mace\302\233\357\273\277')"
says '--case tr\x1b[31mace\u009b\ufeff: no such case'

# ---- resume ----
expect 0 --case trace --out r --resume
prints 'trace  done'
cp r/selftest/trace.json first.json
expect 0 --case trace --out r --resume --threads 1
prints 'trace  kept'
check 'the kept result is untouched' cmp -s first.json r/selftest/trace.json
anew() { # anew WHY ARGUMENT...: not kept, for a reason that is said
    why=$1
    shift
    expect 0 --case trace --out r --resume "$@"
    prints 'trace  done'
    says "trace: run anew; the result that is there is $why"
}
again() { # again WHY ARGUMENT...: not kept, nor on the way back
    anew "$@"
    anew "$1"
}
again 'of other seeds' --seed 2
again 'of another tier: ' --tier standard
again 'of other seeds' --seeds 3
again 'of other parameters' --set width=0.75
rm r/selftest/trace-walks.csv
anew 'not whole: its table trace-walks.csv is not there'
head -c 300 first.json >r/selftest/trace.json
anew 'not whole: it is no JSON'
sed 's/"walks.bin": "00"/"file": "00"/' first.json >r/selftest/trace.json
anew 'made from other data: file has changed'
# bound to the program: each part of it as another program would have left it
for part in git_commit compiler flags simd glibc; do
    sed "s/\"$part\": \"[^\"]*\"/\"$part\": \"other\"/" first.json >r/selftest/trace.json
    anew "made by another program: $part other, here "
done
sed 's/"\(jansson\|openblas\)": "[^"]*"/"\1": "0"/' first.json >r/selftest/trace.json
expect 0 --case trace --out r --resume
prints 'trace  kept'
if ! grep -q '"simd": "generic"' first.json; then
    ends 0 env H4L_SIMD=generic "$program" --case trace --out r --resume
    says 'made by another program: simd '
    anew 'made by another program: simd generic, here '
fi
expect 0 --case trace --out r --resume --quiet
is_empty stderr
expect 0 --case trace --out r
prints 'trace  done'

# ---- signals ----
signal() { # signal NAME STATUS
    "$program" --case trace --case absent --set wait_s=20 --out s >stdout 2>stderr &
    pid=$!
    tries=0
    until [ "$(find s -name '.trace-walks.csv.*' 2>/dev/null)" ] || [ $tries -gt 400 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    check "the case is running" [ $tries -le 400 ]
    kill -s "$1" $pid
    wait $pid
    status=$?
    check "exit $2 after SIG$1" [ $status -eq "$2" ]
    lacks s/selftest/trace.json
    lacks s/selftest/trace-walks.csv
}
signal TERM 143
says 'trace: interrupted after'
no_leftovers s
# Started under nohup everything below this shell ignores SIGHUP, and rightly so (bit 0 of the mask).
case $(sed -n 's/^SigIgn:.*\(.\)$/\1/p' /proc/self/status 2>/dev/null) in
[13579bdf]) echo "  --   SIGHUP is ignored here: not tried" ;;
*)
    signal HUP 129
    no_leftovers s
    ;;
esac
signal KILL 137
rm -r s

finish 225
