#!/bin/sh
# hh4lif-compare from outside: what it calls the same, within tolerance and different; seeds; verdicts; every format and exit status.
# Usage: compare.sh PATH-OF-hh4lif-compare
. "$(dirname "$0")/claims_fixture.sh"
compare() { # compare STATUS ARGUMENT...: with the fixture's registry beside the suite's own
    s=$1
    shift
    expect "$s" --registry reg "$@"
}
other() { # other CASE METRICS [SEDSCRIPT]: a result of the colleague's
    result "$1" "$2" "${3:-}"
    mkdir -p theirs/fam
    mv "res/fam/$1.json" theirs/fam/
    results
}
copy() { # copy: the colleague has the same
    rm -rf theirs
    cp -r res theirs
}

# ---- the same ----
copy
compare 0 res theirs
shows "same machine, kernels, versions and data"
shows "4 metrics of 2 cases: 4 the same bytes, 0 within the registered tolerance, 0 differ; 0 of 3 verdicts differ"
compare 0 res/fam/one.json theirs/fam/one.json
shows "2 metrics of 1 cases"
compare 0 res theirs/fam/one.json
shows "2 metrics of 1 cases"
shows "only in A: fam/two"
compare 0 res/fam theirs
shows "4 metrics of 2 cases"

# ---- within the registered tolerance: 0.5 of G1.reference, the bound of G1.tiny does not count as it is no error's ----
other two '"value_mV": 2.5, "right": 5'
compare 0 res theirs
shows "within   value_mV: by 0.25 (relative 0.11), registered tolerance 0.5"
other two '"value_mV": 3, "right": 5'
compare 1 res theirs
shows "differs  value_mV: by 0.75 (relative 0.33), registered tolerance 0.5"
says "1 of 4 metrics differ beyond a registered tolerance"
copy
other one '"value_mV": 3, "tiny": 7e-13'
compare 0 res theirs
shows "within   tiny: by 5e-13"

# ---- what has no tolerance; other shapes and kinds; the verdict that follows ----
copy
other two '"value_mV": 2.25, "right": 5.000000000000001'
compare 1 res theirs
shows "differs  right: by 8.88178e-16"
other one '"value_mV": 5, "tiny": 2e-13'
compare 1 res theirs
shows "different verdicts"
shows "G1 (full tier): A reproduced, B not-reproduced"
shows "1 of 3 verdicts differ"
copy
other two '"value_mV": null, "right": [5, 5], "new": 1'
compare 1 res theirs
shows "differs  value_mV: another kind of value"
shows "differs  right: another kind of value"
shows "differs  new: only in B: a number"

# ---- machine, kernels, versions and parameters come first ----
copy
other two '"value_mV": 2.5, "right": 5' 's/a CPU/another CPU/; s/"gsl": "2.7"/"gsl": "2.8", "openblas": "0.3.21 Haswell"/; s/"threads": 2/"threads": 3/; s/"steps": 10/"steps": 20/'
compare 0 res theirs
first "different machine" "different kernels" stdout
first "different kernels" "different versions" stdout
first "different versions" "different parameters" stdout
first "different parameters" "within   value_mV" stdout
shows "another CPU"
shows "fam/two  steps: A 10, B 20"
other two '"value_mV": 2.5, "right": 5' 's/"steps": 10/"steps": 0.3/'
compare 0 res theirs
shows "fam/two  steps: A 10, B 0.3"

# ---- all of it in Markdown and CSV: names and values with the signs of the format ----
other two '"value_mV": 2.5, "right": 5, "a \"b\", c|d": 1' 's/a CPU/a | CPU/; s/"gsl": "2.7"/"gsl": "2.8"/; s/"steps": 10/"steps": 20, "way": "a|b"/'
other one '"value_mV": 5, "tiny": 2e-13'
result extra '"m": 1'
mv res/fam/extra.json theirs/fam
compare 1 --format markdown res theirs
shows '| machine | cpu | a CPU | a CPU, a \| CPU |'
shows '| fam/two | steps | 10 | 20 |'
shows '| fam/two | way | not there | a\|b |'
shows '| fam/two | a "b", c\|d | differs | only in B: a number |'
shows '| G1 | full | reproduced | not-reproduced |'
compare 1 --format csv res theirs
shows '"a ""b"", c|d",differs,,,,only in B: a number,'
other two '"value_mV": 5, "right": 2'
compare 1 --format markdown res theirs
shows '| G2.right | full | yes | no |'

# ---- seeds ----
copy
seeded() { # seeded FILE ACCURACIES LOSSES
    result seeds "\"seeds\": [1, 2, 3, 4], \"accuracy\": $2, \"loss\": $3, \"name\": [\"a\", \"b\", \"c\", \"d\"]"
    mv res/fam/seeds.json "$1"
}
seeded a.json '[[0, 80], [0, 81], [0, 82], [0, 83]]' '[1, 2, 3, 4]'
seeded b.json '[[0, 90], [0, 91], [0, 92], [0, 93]]' '[1.5, 2, 3, 4]'
compare 1 a.json b.json
shows "differs  accuracy: by 10 (relative 0.12); seeds: different, mean of B minus A 10 [7.76"
shows "differs  loss: by 0.5 (relative 0.12); seeds: no difference seen, mean of B minus A 0.125"
shows "(2 of them with seeds: 1 judged different)"
# Welch's p of these means, 10 apart with four values of variance 5/3 each: t = 10.954, 6 degrees of freedom; Holm doubles it.
shows "p 3.44e-05, after Holm 6.87e-05"

# ---- formats ----
compare 1 --format csv a.json b.json
shows "case,metric,outcome,size,relative,tolerance,note,n_a,n_b,difference,low,high,level,p,p_adjusted,seeds"
shows "fam/seeds,accuracy,differs,10,"
shows "fam/seeds,name,same,"
check "a header and one row a metric" [ "$(wc -l <stdout)" -eq 5 ]
check "as many fields in every row" [ "$(awk -F, '{ print NF }' stdout | sort -u)" = 16 ]
compare 1 --format json a.json b.json
shows '"schema": "hh4lif.comparison/1"'
shows '"judged": "different"'
compare 1 --format markdown a.json b.json
shows "| fam/seeds | accuracy | differs | by 10"
compare 1 --output out/deep/c.csv --format csv a.json b.json
check "nothing on stdout with --output" [ ! -s stdout ]
shows "fam/seeds,accuracy,differs,10," out/deep/c.csv

# ---- values of every kind; machines of many values; what stands in a folder beside results ----
kind() { # kind FILE METRICS CPU
    result kinds "$2" "s/a CPU/$3/"
    sed -i 's/"case": "[a-z]*"/"case": "'"$(basename "$1" .json)"'"/' res/fam/kinds.json
    mkdir -p "$(dirname "$1")"
    mv res/fam/kinds.json "$1"
}
for i in 1 2 3 4 5; do
    kind "ka/fam/k$i.json" '"flag": true, "word": "a", "list": [1, "x"], "of": {"y": 1}, "gone": 1, "seeds": [1, 2], "per": ["a", 2]' "CPU a"
    kind "kb/fam/k$i.json" '"flag": false, "word": "b", "list": [1, "x", 3], "of": {"y": 2, "z": 1}, "seeds": [1, 2], "per": [1, 2], "a": "x", "b": true, "c": null, "d": {}, "e": []' "CPU b$i"
done
sed -i 's/"gsl": "2.7"/"gsl": "2.7", "onnx": "1"/' kb/fam/k1.json
sed -i 's/"tier": "full"/"tier": "quick"/' kb/fam/k5.json
mkdir -p kb/fam/deep/deeper/deepest
echo '{"x": 1}' >kb/fam/notes.json
cp kb/fam/k1.json kb/fam/deep/deeper/deepest/k9.json
compare 1 ka kb
shows "CPU b1, CPU b2, CPU b3 and 2 more"
shows "not there"
shows "differs  flag: another kind of value"
shows "differs  word: "
shows "differs  gone: only in A: a number"
shows "differs  a: only in B: a text"
shows "differs  b: only in B: true or false"
shows "differs  c: only in B: null"
compare 1 --format markdown ka kb
shows "| machine | cpu | CPU a | CPU b1, CPU b2, CPU b3 and 2 more |"
sed 's/"family": "fam", //' a.json >nameless.json
compare 3 nameless.json a.json
says "nameless.json: expected a result with family, case and metrics"
for part in case metrics; do
    sed "s/\"$part\": /\"x$part\": /" a.json >nameless.json
    compare 3 nameless.json a.json
    says "nameless.json: expected a result with family, case and metrics"
done
ends 4 sh -c '"$1" --format json "$2" "$3" >/dev/full' sh "$program" a.json b.json

# ---- a sweep's cells ----
mkdir -p sw1/c1/fam sw1/c2/fam
cp a.json sw1/c1/fam/
cp b.json sw1/c2/fam/
cp -r sw1 sw2
compare 0 sw1 sw2
shows "8 metrics of 2 cases"

# ---- 2 and 3 ----
compare 2
says "expected two folders or files"
compare 2 a.json
compare 2 a.json b.json res
compare 2 --format yaml a.json b.json
says "expected one of text|json|csv|markdown"
compare 3 a.json res/fam/two.json
says "nothing to compare"
compare 3 res nowhere
says "nowhere: no such file or folder"
mkdir empty
compare 3 res empty
says "found none"
echo '{ "schema": "other" }' >other.json
compare 3 other.json a.json
says "other.json: expected a result file"
head -c 100 a.json >theirs/fam/cut.json
compare 3 res theirs
says "theirs/fam/cut.json:"
rm theirs/fam/cut.json
cp a.json theirs/fam/
cp a.json theirs/fam/again.json
compare 3 theirs theirs
says "a second result of fam/seeds"
echo '[]' >reg/fam/claims.json
compare 3 a.json b.json
expect 0 --help
shows "Exit status: 0 nothing differs"
finish 60
