#!/bin/sh
# Case exchange-rate of hh4lif-efficiency: a known rate from made results, what is not there is said, and what is refused.
# Usage: exchange.sh PATH-OF-hh4lif-efficiency
set -u
. "$(dirname "$0")/check.sh"
program=$(absolute "$1")
scratch
run() { # run STATUS FOLDER
    ends "$1" "$program" --case exchange-rate --set results="$2" --out out --progress never
}
table=out/efficiency/exchange-rate.csv
row() { check "row: $1" grep -qx -- "$1" $table; }

# ---- nothing there: no number, anywhere ----
mkdir -p none
run 0 none
row '1,raw pixels: digits,missing,,,,,,'
check "no measure has a number" [ "$(grep -c ',missing,,,,,,$' $table)" -eq 11 ]

# ---- accuracy 10 log2 of the width for LIF; HH is worth 4 of them in digits, more than any width tried in clothing ----
mkdir -p made/standard/multitask
{
    printf '{ "metrics": {'
    for task in 1 2; do
        printf '"final_accuracy_task%d_percent": {' $task
        for width in 64 128 256 512 1024 2048 4096; do
            awk -v w=$width -v t=$task 'BEGIN { x = 10 * log(w) / log(2); hh = t == 1 ? x + 20 : 200
                printf "%s\"lif_%d\": [%.15g, %.15g], \"hh_%d\": [%.15g, %.15g]", (w > 64 ? "," : ""), w, x, x, w, hh, hh }'
        done
        printf '}%s' "$([ $task = 1 ] && echo ,)"
    done
    printf '} }\n'
} >made/standard/multitask/width-fc.json
run 0 made
row '1,raw pixels: digits,exploratory,,512,4,4,4,2'
row '2,raw pixels: clothing,exploratory,above,512,8,,,2'
row '5,each at its best scale: digits,missing,,,,,,'
says_answer() { check "the terminal says: $1" grep -qE "^ *(rate +)?$1\$" stdout; }
says_answer 'digits_raw +4 \(4 to 4\), n = 2'
says_answer 'clothing_raw +above 8, n = 2'
says_answer 'time +not measured yet'
check "that is all, and the rest is counted" [ "$(grep -c '^    [a-z(]' stdout)" -eq 2 ]
check "six more" grep -qx '    (6 more in the result)' stdout
check "no line is long, or cut short" [ -z "$(tail -n +2 stdout | grep -E '.{121}|\.\.\.| $')" ]
# what a simulated second costs comes from kept timings: a ratio of speeds, so the rate is one over it
mkdir -p made/full/efficiency
cat >made/full/efficiency/simulated-time.json <<'END'
{ "metrics": {"rounds": 20}, "provenance": {"timings": {"ratio_hh_over_lif": 0.0625, "ratio_hh_over_lif_low": 0.03125}} }
END
run 0 made
row '13,time per simulated second,measured,,1,16,8,32,20'
rm -r made/full
check "the largest width is a bound" grep -q '"digits_raw_4096": "above"' out/efficiency/exchange-rate.json

# ---- another neuron in HH's place: worth 2 LIF neurons in digits, less than 1/8 in clothing ----
neuron() { # neuron FOLDER DIGITS CLOTHING
    mkdir -p "mine/learning-$1/multitask"
    echo "{ \"metrics\": { \"final_accuracy_task1_percent\": [$2, $2], \"final_accuracy_task2_percent\": [$3, $3] } }" \
        >"mine/learning-$1/multitask/fc-neuron.json"
}
level=10
for width in 64 128 256 512 1024 2048 4096; do
    neuron lif-$width $level $level
    level=$((level + 10))
done
neuron mine-512 50 5
compared() { # compared STATUS NAME
    ends "$1" "$program" --case exchange-rate --set results=mine --set neuron="$2" --out out --progress never
}
compared 0 mine
row '1,raw pixels: digits,measured,,512,2,2,2,2'
row '2,raw pixels: clothing,measured,below,512,0.125,,,2'
check "these two alone" [ "$(wc -l <$table)" -eq 3 ]
compared 3 yours
says 'mine/learning-yours-512/multitask/fc-neuron.json: not there; ./reproduce --neuron yours makes it'

# ---- refused ----
run 3 nowhere
says 'nowhere: no such folder; expected one that holds TIER/FAMILY/CASE.json'
sed 's/"lif_64": [^]]*]/"lif_64": []/' made/standard/multitask/width-fc.json >short.json
mv short.json made/standard/multitask/width-fc.json
run 3 made
says 'width-fc.json: expected metric "final_accuracy_task1_percent/lif_64" with 1 to 32 values'

finish 20
