#!/bin/sh
# hh4lif-claims from outside: what it shows, every option, every exit status, and what it must refuse.
# Usage: claims.sh PATH-OF-hh4lif-claims FOLDER-OF-THE-COMMITTED-REGISTRIES
registries=$2
. "$(dirname "$0")/claims_fixture.sh"
run() { # run STATUS ARGUMENT...: on the fixture
    s=$1
    shift
    expect "$s" --results res --registry reg "$@"
}

# ---- what it shows ----
run 0
shows "G1  a <b>bold</b> & \"quoted\" | claim (Fig. 1)"
shows "reproduced (as registered, quick tier, SURROGATE)"
shows "larger run  standard tier: not-reproduced"
shows "got 3 mV | expected below 4 mV | tolerance - | used 0.75"
shows "got 2.25 | expected 2 | tolerance 0.5 | used 0.5"
shows "not-reproduced (as registered, quick tier)"
shows "beyond the paper"
shows "2 claims: 1 not reproduced, 1 reproduced; 5 checks, of 2 reference figures all within tolerance"
first "G2  a claim that fails" "G1  a <b>bold" stdout
expect 0 --results res --registry reg/fam --summary
shows "G2   not-reproduced          as registered: a claim that fails"
shows "as registered, surrogate: a <b>bold"
check "one line a claim, one a part, one sum, one warning" [ "$(wc -l <stdout)" -eq 6 ]
run 0 --claim G1
lacks "G2"
run 0 --family fam --tier quick
run 0 --list
shows "G1   fam          a <b>bold</b>"
run 0 --format json
shows '"schema": "hh4lif.verdicts/1"'
shows '"outcome": "unmet"'
run 0 --format markdown
shows '| G2* | two is above four | Fig. 2 | ✗ not reproduced — left ✗; right ✓ | two is not above four |'
shows '| **✗ not reproduced** (standard tier); ✓ reproduced (surrogate, quick tier) | it is four <there> *quick tier, surrogate:* it is three |'
shows '**Larger run.** ✗ not reproduced (standard tier, registered 2025-02-28). it is four <there>'
shows 'below 1 % of the bound'
shows 'Cost: 2.5 s on 2 threads (a CPU)'
run 0 --format csv
shows 'fam,G1,quick,reproduced,as registered,G1.value,criterion,,met,one: value_mV,value,less,3,4,,0.75,mV,,,,,'
run 0 --format junit
shows '<testsuite name="G1" tests="4" failures="0" errors="0" time="2.500">'
shows '<testcase classname="fam" name="G1.value">'
run 0 --format json --output out/deep/claims.json
check "nothing on stdout with --output" [ ! -s stdout ]
shows '"claims"' out/deep/claims.json
expect 0 --help
shows "Exit status: 0 all figures"
expect 0 --version
shows "hh4lif "

# ---- a result of another commit: told, and no error ----
built=$("$program" --version | sed -n 's/^ *commit *//p')
run 0 # the fixture's own commit is another one
shows "warning     made by commit 0123456789, this is "
shows "2 claims rest on results that another commit made"
run 0 --summary
shows "2 claims rest on results that another commit made"
run 0 --format json
shows '"made by commit 0123456789, this is '
commit_of() { # commit_of COMMIT: of both results
    result one '"value_mV": 3, "tiny": 2e-13' "s/0123456789abcdef/$1/"
    result two '"value_mV": 2.25, "right": 5' "s/0123456789abcdef/$1/"
}
commit_of "${built%% *}"
run 0
lacks "made by commit"
lacks "another commit"
results

# ---- data of one's own: no registered claim is judged, unless its registry asks for such ----
result one '"value_mV": 3, "tiny": 2e-13' 's/"threads": 2/"threads": 2, "data_check": "none"/'
run 3
shows "made on data of the user's own (data_check none), on which no registered claim is judged"
results

# ---- 1: not as registered ----
result one '"value_mV": 5, "tiny": 2e-13'
run 1
shows "CHANGED, registered: reproduced"
says "1 of 2 claims are not as registered"
run 1 --format junit
shows '<failure message="CHANGED, registered: reproduced"/>'
first "G1" "G2" stdout
results
result two '"value_mV": 2.75, "right": 5'
run 1
shows "OUTSIDE ITS TOLERANCE"
run 1 --format junit
shows '<failure message="outside tolerance"/>'
result two '"value_mV": 2.25, "right": 3' # only a part changes
run 1
shows "CHANGED"
results
sed 's/"tier": "quick"/"tier": "full"/' res/fam/one.json >one && sed 's/"tier": "quick"/"tier": "full"/' res/fam/two.json >two
mv one res/fam/one.json && mv two res/fam/two.json
run 1
shows "NOT REGISTERED FOR THIS TIER (full)"
shows "; 2 verdicts not registered for this tier"
says "2 of 2 claims have no verdict registered for this tier"
results

# ---- 2: wrong usage ----
run 2 --no-such-option
run 2 --famly fam
says "did you mean --family?"
run 2 --tier fast
says 'quick|standard|full'
run 2 --format xml
says 'junit'
run 2 --claim Z9
says "no such claim"
run 2 --family other
says "no registry of that family"
run 2 stray
says 'unexpected argument "stray"'

# ---- 3: missing, corrupt, stale ----
refuses() { # refuses WHAT MESSAGE
    run 3
    says "could not be evaluated"
    shows "$2"
    lacks "used 0.75"
    results
}
rm res/fam/one.json
run 3 --summary
shows "of 2 reference figures 1 within tolerance, 0 outside, 1 not measured"
lacks "all within"
refuses "missing" "not there; make it by: build/experiments/fam/hh4lif-fam --case one --out res"
cp -r res "re's dir" && rm "re's dir/fam/one.json"
expect 3 --results "re's dir" --registry reg
shows "--case one --out 're'\\''s dir'"
head -c 200 res/fam/one.json >cut && mv cut res/fam/one.json
refuses "cut off" "expected JSON, found an error"
: >res/fam/one.json
refuses "empty" "expected JSON, found an error"
echo '[1]' >res/fam/one.json
refuses "array" "res/fam/one.json: expected an object"
result one '"tiny": 2e-13'
refuses "metric missing" "metric value_mV: expected a value, found nothing"
result one '"value_mV": null, "tiny": 2e-13'
refuses "null" "expected a finite number, found null"
result one '"value_mV": NaN, "tiny": 2e-13'
refuses "NaN" "expected JSON, found an error"
result one '"value_mV": "3", "tiny": 2e-13'
refuses "text for number" "expected numbers, found a text"
result one '"value_mV": 3, "tiny": 2e-13' 's/result.1/result\/0/'
refuses "stale schema" 'expected schema "hh4lif.result/1", found "hh4lif.result/0"'
result one '"value_mV": 3, "tiny": 2e-13' 's/"steps": 10/"steps": 11/'
refuses "parameter" "parameter steps: the claim is registered for 10, found 11"
result one '"value_mV": 3, "tiny": 2e-13' 's/"seed": 1/"seed": 2/'
refuses "seed" "expected seed 1, found 2"
result one '"value_mV": 3, "tiny": 2e-13' 's/"tier": "quick"/"tier": "full"/'
run 3 # mixed tiers
shows 'fam/two.json: expected tier "full", found "quick"'
results
result one '"value_mV": 3, "tiny": 2e-13' "s/\"version\": \"$version\"/\"version\": \"0.0.0\"/"
refuses "stale version" "made by version 0.0.0"
cp res/fam/two.json res/fam/one.json
refuses "swapped file" 'expected case "one", found "two"'
run 3 --tier full
shows 'expected tier "full", found "quick"'
expect 3 --results nowhere --registry reg
expect 3 --results res --registry nowhere
says "expected claims.json or */claims.json, found neither"
mkdir -p broken/fam
head -c 900 reg/fam/claims.json >broken/fam/claims.json
expect 3 --results res --registry broken
says "broken/fam/claims.json:"
sed 's/"criterion": "below 4"/"criterium": "below 4"/' reg/fam/claims.json >broken/fam/claims.json
expect 3 --results res --registry broken
says 'claims[0] (G1): unknown key "criterium"'
sed 's,hh4lif.claims/2,hh4lif.claims/1,' reg/fam/claims.json >broken/fam/claims.json
expect 3 --results res --registry broken
says "expected the schema hh4lif.claims/2, found hh4lif.claims/1"
sed 's/"{side} value"/"{part} value"/' reg/fam/claims.json >broken/fam/claims.json
expect 3 --results res --registry broken
says 'broken/fam/claims.json: claims[1] (G2): {part}: no "for" around it has that name'
cp reg/fam/claims.json broken/fam
expect 1 --results res --registry broken # no verdicts.json: nothing is registered yet
says "2 of 2 claims have no verdict registered for this tier"
sed 's/"G2"/"G3"/' reg/fam/verdicts.json >broken/fam/verdicts.json
expect 3 --results res --registry broken
says 'verdicts: no claim has the id "G3"'
head -c 100 reg/fam/verdicts.json >broken/fam/verdicts.json
expect 3 --results res --registry broken
says "broken/fam/verdicts.json:"

# ---- the layout of registries ----
for file in claims verdicts; do
    cp reg/fam/$file.json $file.json
    expect 0 --format-registry $file.json
    cp $file.json once.json
    expect 0 --format-registry $file.json
    check "formatted twice is formatted once" cmp -s $file.json once.json
    check "$file.json is laid out" sh -c '! cmp -s "$1" "$2"' sh $file.json reg/fam/$file.json
done
mkdir -p formatted/fam && mv claims.json verdicts.json formatted/fam
run 0 && mv stdout unformatted
expect 0 --results res --registry formatted
check "the layout changes no verdict" cmp -s stdout unformatted
expect 3 --format-registry nowhere.json
for file in "$registries"/*/claims.json "$registries"/*/verdicts.json; do
    cp "$file" committed.json
    expect 0 --format-registry committed.json
    check "$file is in that layout" cmp -s "$file" committed.json
done

# ---- 4: output cannot be written; nothing half-written stays ----
: >file
run 4 --output file/claims.txt
says "file/"
mkdir folder
run 4 --output folder
says "folder"
run 4 --output /dev/full
says "No space left on device"
"$program" --results res --registry reg >/dev/full 2>stderr
check "exit 4 with a full standard output" [ $? -eq 4 ]
check "no temporary files" [ -z "$(find . -name '*.tmp')" ]
finish 1
