#!/bin/sh
# What the documents say of pandas: the example analysis on the registered results, and each line of docs/files.md on the file that it
# names. 77: no python3 here has pandas.
# Usage: pandas_example.sh PYTHON SOURCE-ROOT BUILD-ROOT
set -u
. "$(dirname "$0")/check.sh"
source=$2 build=$3
has_pandas() { "$1" -c 'import pandas' 2>/dev/null; }
python=$1
has_pandas "$python" || python=/usr/bin/python3 # a python of one's own may hide the system's, which has Debian's python3-pandas
has_pandas "$python" || {
    echo "pandas is missing"
    exit 77
}
scratch
ends 0 "$python" "$source/docs/pandas-example.py" "$source/results/reference"
# HH's accuracy in the first task over five seeds: 72.365 73.23 72.675 73.11 72.75
check "a row fc-hh 72.83 0.35" grep -Eq '^fc-hh +72\.83 +0\.35' stdout
check "five seeds of five policies" [ "$(sed -n '/^Last step/,$p' stdout | grep -cE '^[1-5]( +[0-9]+){5}$')" -eq 5 ]

# ---- docs/files.md: the lines as they stand ----
ends 0 "$build/experiments/dynamics/hh4lif-dynamics" --case fi-curve --set currents_uA_per_cm2=10 --out results/latest --quiet
ends 0 "$build/claims/hh4lif-claims" --format json --claim E1 --output verdicts.json
ends 0 "$build/compare/hh4lif-compare" --format csv --output difference.csv results/latest results/latest
echo 'efficiency --case operations --seed {1..2}' >cells
ends 0 "$build/sweep/hh4lif-sweep" cells --programs "$build/experiments/efficiency" --out results/sweep
sed -n '/^```python/,/^```/p' "$source/docs/files.md" | sed '/^```/d' >lines
sed '/^ *$/d; s/^import.*/&, sys/; /=/s/^\([a-z]*\) = .*/&\nassert len(\1) > 0, "\1"/' lines >script.py
check "six lines that load a file" [ "$(grep -c '^assert' script.py)" -eq 6 ]
ends 0 "$python" script.py
for file in results/latest/dynamics/*.csv; do
    ends 0 "$python" -c 'import sys, pandas as pd; t = pd.read_csv(sys.argv[1]); assert len(t) and len(t.columns) > 1' "$file"
done
finish 10
