#!/bin/sh
# hh4lif-claims from outside: what it shows, every option, every exit status, and what it must refuse.
# Usage: claims.sh PATH-OF-hh4lif-claims FOLDER-OF-THE-COMMITTED-REGISTRIES
registries=$2
. "$(dirname "$0")/../copy_texts.sh"
. "$(dirname "$0")/claims_fixture.sh"
run() { # run STATUS ARGUMENT...: on the fixture
    s=$1
    shift
    expect "$s" --results res --without-suite --registry reg "$@"
}

# ---- what it shows ----
run 0
shows "G1  a <b>bold</b> & \"quoted\" | claim (Fig. 1): reproduced (as registered)"
shows "  G1  three is <script>alert(1)</script> three (as published, full tier)"
shows "headline    the value is 3 mV"
shows "first round not-reproduced (exploratory, standard tier, 2025-02-28)"
shows "got 3 mV | expected below 4 mV | tolerance - | used 0.75"
shows "got 2.25 | expected 2 | tolerance 0.5 | used 0.5"
shows "G2*  a claim that fails (—): no (as registered)"
shows "open (0 of 5 seeds)"
shows "1 claim: 1 reproduced; 1 question: 1 no"
check "the last line is the agreement" [ "$(tail -n 1 stdout)" = "this machine: 2 of 2 registered figures agree" ]
first "G1  a <b>bold" "G2*  a claim that fails" stdout
expect 0 --results res --without-suite --registry reg/fam --summary
shows "G1         reproduced              the value is 3 mV"
shows "G2.left    no                      it is 2.25"
shows "G2.seeds   open                    0 of 5 seeds"
check "one line a row, one warning, two sums" [ "$(wc -l <stdout)" -eq 7 ]
run 0 --claim G1
lacks "G2"
run 0 --family fam --tier full
run 0 --list
shows "G1   fam          a <b>bold</b>"
lacks "equivalence"
run 0 --row G2.left --summary
shows "G2.left    no                      it is 2.25"
check "one row, a warning and the sum: no other row, no figure" [ "$(wc -l <stdout)" -eq 3 ]
run 0 --row G2.left --format json
shows '"verdict": "no"'
lacks 'G2.right'
run 3 --row G2.left --tier quick
says "no claim was evaluated"
run 2 --row G2.up
says "--row G2.up: no such row; --summary shows what there is"
run 2 --row G2.left --claim G1
says "no such row"

# ---- beside the suite's own claims ----
expect 0 --registry reg --list
shows "G1   fam          a <b>bold</b>"
shows "E1   equivalence  "
expect 0 --registry reg --claim G2 --summary
shows "G2.left    no                      it is 2.25"
expect 0 --registry reg --claim E1 --summary
shows "E1         reproduced"
expect 2 --without-suite --list
says "--without-suite: no claims are left; name a folder of your own by --registry DIR"
expect 3 --registry reg --registry reg/fam --list
says "reg/fam/claims.json: the id G1 is in reg/fam/claims.json, too"
mkdir -p clash/fam
sed 's/"G2/"E1/; s/"G2/"E1/g' reg/fam/claims.json >clash/fam/claims.json
expect 3 --registry clash --list
says "clash/fam/claims.json: the id E1 is in "
says "or leave the suite's claims out by --without-suite"
expect 0 --registry clash --without-suite --list
rm -r clash
mkdir -p more/fam
for file in claims verdicts; do sed 's/"G/"H/g' reg/fam/$file.json >more/fam/$file.json; done
expect 0 --registry reg --registry more --list
for id in E1 G1 H1; do shows "$id   "; done
expect 0 --registry reg --registry more --without-suite --results res --summary
shows "this machine: 4 of 4 registered figures agree"
rm -r more
run 0 --format json
shows '"schema": "hh4lif.verdicts/2"'
shows '"outcome": "refuted"'
shows '"statements": ['
shows '"headline": "the value is 3 mV"'
shows '"agree": 2'
run 0 --format markdown
shows '| G2.left* | Is two above four? | ✗ | – | it is 2.25 |'
lacks '| G2.right*' # a question's further row is in its section alone
shows '| G1 | three is <script>alert(1)</script> three | ✓ | ✗ | the value is 3 mV |'
shows '**First round (exploratory).** ✗ not reproduced (standard tier, 2025-02-28). it is four <there>'
shows 'below 1 % of the bound'
shows 'Cost: 2.5 s on 2 threads (a CPU)'
result two '"value_mV": 2.25, "right": 5' 's/a CPU/another CPU/' # runs of one claim may come from several machines
run 0 --format markdown
shows 'Cost: 2.5 s on 2 threads (a CPU; another CPU)'
run 0 --format json
shows '"cpu": "several CPUs"'
results
run 0 --format csv
shows 'fam,G1,G1,claim,as published,reproduced,as registered,,full,G1.value,criterion,met,the value,3,mV,,,,,,,,less,4,,0.75,'
shows 'fam,G1,,,,,,,full,G1.tiny,reference,met,a rounding error,2.0000000000000001e-13,,,,,,,,,at_most,1.0000000000000001e-09,,'
run 0 --format junit
shows '<testsuite name="G1" tests="3" failures="0" errors="0" skipped="0" time="2.500">'
shows '<testcase classname="fam" name="G1.tiny">'
shows '<skipped message="0 of 5 seeds"/>'
run 0 --format json --output out/deep/claims.json
check "nothing on stdout with --output" [ ! -s stdout ]
shows '"claims"' out/deep/claims.json
expect 0 --help
shows "Exit status: 0 all figures"
expect 0 --version
shows "hh4lif "

# ---- kept results: each row on its run; figures on what is there ----
expect 0 --without-suite --registry reg --summary
shows "G1         reproduced              the value is 3 mV"
check "the last line says whose figures" [ "$(tail -n 1 stdout)" = "kept results: 2 of 2 registered figures agree" ]
lacks "another commit"
by_seed() { # by_seed FIRST VALUES: a run of seeds, kept
    n=$(echo "$2" | tr -cd , | wc -c)
    seeds=$(seq -s , "$1" $(($1 + n)))
    result two "\"value_mV\": 2.25, \"right\": 5, \"seeds\": [$seeds], \"by_seed\": [$2]" "s/\"seed\": 1,/\"seed\": $1,/"
    kept seeds two
    results
}
by_seed 101 "1.5, 1.2, 1.9"
expect 0 --without-suite --registry reg --summary
shows "G2.seeds   open                    3 of 5 seeds"
by_seed 101 "1.5, 1.2, 1.9, 1.4, 1.7"
expect 1 --without-suite --registry reg --summary
shows "G2.seeds   yes                     1.54 (1.2 to 1.88) (NOT REGISTERED YET)"
says "1 of 2 claims have a verdict that is not registered yet"
by_seed 101 "1.5, 1.2, 1.9, 1.4, 1.7, 1.6"
expect 3 --without-suite --registry reg --summary
says "6 seeds are there, 5 are registered: --seeds-as-found judges them"
expect 0 --without-suite --registry reg --summary --seeds-as-found
shows "1.55 (1.3 to 1.8) (as found: 6 seeds, not the registered 5)"
by_seed 1 "1.5, 1.2, 1.9, 1.4, 1.7"
expect 3 --without-suite --registry reg --summary
shows "expected seed 101, found 1"
rm -r reg/reference/seeds

# ---- one row in a folder that has nothing for it: no pass ----
for row in G1 G2.seeds; do
    for folder in nowhere "an empty one"; do
        mkdir -p "an empty one"
        expect 3 --without-suite --registry reg --results "$folder" --tier full --row $row
        lacks "as registered"
    done
    expect 3 --without-suite --registry reg --results nowhere --row $row
done
says "G2.seeds: no results of the full tier and the registered seeds in nowhere, missing: fam/two.json; make them by: "
says "hh4lif-fam --tier full --seed 101 --seeds 5 --case two --out nowhere"
expect 3 --without-suite --registry reg --results "an empty one" --row G1
says "G1: no results of the full tier in 'an empty one', missing: fam/one.json; make them by: "
says "hh4lif-fam --tier full --case one --out 'an empty one'"
run 3 --row G2.seeds # of other seeds
says "missing: fam/two.json"
sed -i 's/"tier": "full"/"tier": "quick"/' res/fam/two.json
run 3 --row G2.seeds --tier full # of another tier, and other seeds
says "missing: fam/two.json"
run 3 --row G2.left --tier full
says 'expected tier "full", found "quick"'
results
expect 0 --without-suite --registry reg --row G2.seeds # kept results: a run that is to come

# ---- several goes of one row, and what its n can find ----
go() { # go FOLDER FIRST VALUES [SEDSCRIPT]: results of some seeds in a folder of their own
    n=$(echo "$3" | tr -cd , | wc -c)
    mkdir -p "$1/fam"
    result two "\"value_mV\": 2.25, \"right\": 5, \"seeds\": [$(seq -s , "$2" $(($2 + n)))], \"by_seed\": [$3]" "s/\"seed\": 1,/\"seed\": $2,/;${4:-}"
    cp res/fam/two.json "$1/fam"
    [ "$1" = b ] || cp res/fam/one.json "$1/fam"
    results
}
go b 104 "1.4, 1.7"
go a 101 "1.5, 1.2, 1.9"
expect 1 --without-suite --registry reg --results b --results a --summary --seeds-as-found # the other rows take seed 1
shows "G2.seeds   yes                     1.54 (1.2 to 1.88) (NOT REGISTERED YET)" # five, as registered
go b 103 "1.4, 1.7"
expect 3 --without-suite --registry reg --results a --results b --summary
shows "seed 103 is in two folders"
go b 104 "1.4, 1.7" 's/"steps": 10/"steps": 11/'
expect 3 --without-suite --registry reg --results a --results b --summary
shows 'two folders have it, and parameter steps differs, 10 and 11: not to be joined'
go b 104 "1.4, 1.7" 's/"steps": 10/"steps": 10, "decay": 0.5/'
expect 3 --without-suite --registry reg --results a --results b --summary
shows 'two folders have it, and parameter decay differs, none and 0.5: not to be joined'
go b 104 "1.4, 1.7" 's/"tier": "full"/"tier": "quick"/'
expect 3 --without-suite --registry reg --results a --results b --summary
shows 'two folders have it, and tier differs, "full" and "quick": not to be joined'
go a 101 "1.5, 1.2, 1.9" 's/"steps": 10/"steps": 10, "seeds": 3/' # goes of another number of seeds
go b 104 "1.4, 1.7" 's/"steps": 10/"steps": 10, "seeds": 2/'
for order in "a b" "b a"; do
    expect 1 --without-suite --registry reg --results "${order% *}" --results "${order#* }" --summary --seeds-as-found
    shows "G2.seeds   yes                     1.54 (1.2 to 1.88) (NOT REGISTERED YET)"
done
go a 101 "1.5, 1.2, 1.9"
go b 104 "1.4, 1.7, 1.5"
expect 0 --without-suite --registry reg --results a --results b --summary --seeds-as-found
shows "(as found: 6 seeds, not the registered 5)"
expect 0 --without-suite --registry reg --power
shows "G2.seeds.mean                no spread is known yet"
expect 0 --without-suite --registry reg --results a --results b --seeds-as-found --power # sd of the six: 0.2422
check "power and the smallest difference" grep -qE '^G2\.seeds\.mean +5 +0\.242 +6 .* 1\.00 +0\.[89][0-9] +0\.4[0-9]*$' stdout
rm -r a b

# ---- the quick tier has no verdict ----
for case in one two; do sed -i 's/"tier": "full"/"tier": "quick"/' res/fam/$case.json; done
run 0 --summary
lacks "reproduced"
shows "G1                                 2 of 2 registered figures agree"
check "agreement" [ "$(tail -n 1 stdout)" = "this machine: 2 of 2 registered figures agree" ]
results

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
result one '"value_mV": 3, "tiny": 2e-13' 's/"threads": 2/"threads": 2, "data_check": "none"/; s/"steps": 10/"steps": 5/'
run 3
shows "made on data of the user's own (data_check none)" # and not the steps first, which follow from the data
lacks "parameter steps"
results

# ---- what the user set and no claim pins: none is judged; one that pins it is ----
result one '"value_mV": 3, "tiny": 2e-13' 's/"steps": 10/"steps": 10, "model.hh.gNa": 110/'
run 3
shows "parameter model.hh.gNa: the claim is registered for the case's own value (a claim of one's own pins another), found 110"
lacks "used 0.75"
cp reg/fam/claims.json kept-claims
sed -i 's/"o\*": { "steps": 10 }/"o*": { "steps": 10, "model.hh.gNa": 110 }/' reg/fam/claims.json
run 0 --claim G1
shows "used 0.75"
cp kept-claims reg/fam/claims.json
asked() { # asked WORDS: one is the result of a command line with these words, and takes g_na and trained_dir
    result one '"value_mV": 3, "tiny": 2e-13' \
        "s/\"steps\": 10/\"steps\": 10, \"g_na\": 0, \"trained_dir\": \"kept\"/;s/\"threads\": 2/\"threads\": 2, \"argv\": [\"fam\", $1]/"
}
asked '"--case", "one"' # the case's own value
run 0
for words in '"--set", "g_na=0"' '"--set=g_na=0"' '"--set", "steps=10", "--set", "g_na=0"'; do
    asked "$words"
    run 3
    shows "parameter g_na: the claim is registered for the case's own value (a claim of one's own pins another), found 0"
    lacks "used 0.75"
    run 3 --row G1
done
kept main one
expect 3 --without-suite --registry reg # kept results, too
asked '"--set", "steps=10", "--set", "of_another_case=3", "--set", "trained_dir=kept"' # pinned; not taken; only a place
run 0
kept main one
expect 0 --without-suite --registry reg
asked '"--set", "g_na=0"'
kept main one
sed -i 's|"o\*": { "steps": 10 }|"o*": { "steps": 10 }, "main/*e": { "g_na": 0 }|' reg/fam/claims.json # what the row's run is made with
expect 0 --without-suite --registry reg
run 0 --row G1
sed -i 's|"g_na": 0 }|"g_na": 2 }|' reg/fam/claims.json
expect 3 --without-suite --registry reg
run 3 --row G1
shows "parameter g_na: the claim is registered for 2, found 0"
mv kept-claims reg/fam/claims.json
results
kept main one

# ---- 1: not as registered ----
result one '"value_mV": 5, "tiny": 2e-13'
run 1
shows "CHANGED, registered: reproduced"
says "1 of 2 claims are not as registered"
run 1 --format junit
shows '<failure message="CHANGED, registered: reproduced"/>'
results
result two '"value_mV": 2.75, "right": 5'
run 1
shows "OUTSIDE ITS TOLERANCE"
shows "this machine: 1 of 2 registered figures agree; 1 outside tolerance, 0 not measured"
run 1 --format junit
shows '<failure message="outside tolerance"/>'
result two '"value_mV": 2.25, "right": 3' # only a second row changes
run 1
shows "CHANGED, registered: yes"
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
shows "this machine: 1 of 2 registered figures agree; 0 outside tolerance, 1 not measured"
refuses "missing" "not there; make it by: build/experiments/fam/hh4lif-fam --case one --out res"
cp -r res "re's dir" && rm "re's dir/fam/one.json"
expect 3 --results "re's dir" --without-suite --registry reg
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
result one '"value_mV": 3, "tiny": 2e-13' 's/"tier": "full"/"tier": "quick"/'
run 3 # mixed tiers
shows 'fam/two.json: expected tier "quick", found "full"'
results
result one '"value_mV": 3, "tiny": 2e-13' "s/\"version\": \"$version\"/\"version\": \"0.0.0\"/"
refuses "stale version" "made by version 0.0.0"
cp res/fam/two.json res/fam/one.json
refuses "swapped file" 'expected case "one", found "two"'
run 3 --tier standard
shows 'expected tier "standard", found "full"'
expect 3 --results nowhere --without-suite --registry reg
expect 3 --results res --without-suite --registry nowhere
says "expected claims.json or */claims.json, found neither"
mkdir -p broken/fam
head -c 900 reg/fam/claims.json >broken/fam/claims.json
expect 3 --results res --without-suite --registry broken
says "broken/fam/claims.json:"
sed 's/"criterion": "below 4"/"criterium": "below 4"/' reg/fam/claims.json >broken/fam/claims.json
expect 3 --results res --without-suite --registry broken
says 'claims[0] (G1) row G1: unknown key "criterium"'
sed 's,hh4lif.claims/3,hh4lif.claims/2,' reg/fam/claims.json >broken/fam/claims.json
expect 3 --results res --without-suite --registry broken
says "expected the schema hh4lif.claims/3, found hh4lif.claims/2"
sed 's/"{side} value"/"{part} value"/' reg/fam/claims.json >broken/fam/claims.json
expect 3 --results res --without-suite --registry broken
says 'broken/fam/claims.json: claims[1] (G2): {part}: no "for" around it has that name'
cp reg/fam/claims.json broken/fam
expect 1 --results res --without-suite --registry broken # no verdicts.json: nothing is registered yet
says "2 of 2 claims have a verdict that is not registered yet"
sed 's/"G2.left"/"G3.left"/' reg/fam/verdicts.json >broken/fam/verdicts.json
expect 3 --results res --without-suite --registry broken
says 'verdicts: no row has the id "G3.left"'
head -c 100 reg/fam/verdicts.json >broken/fam/verdicts.json
expect 3 --results res --without-suite --registry broken
says "broken/fam/verdicts.json:"

# ---- the documents are what the kept results make of docs/text; one that is not is named, and made anew ----
source=$(dirname "$2")
expect 0 --check-texts
copy_texts "$source" tree || exit 99
texts() { # texts STATUS ARGUMENT
    H4L_DATADIR=$work/tree expect "$1" "$2"
}
texts 0 --texts # elsewhere the programs are named as installed ones
texts 0 --check-texts
cp tree/docs/findings.md findings.md
sed -i 's/^Is one Hodgkin/Was one Hodgkin/' tree/docs/findings.md
texts 1 --check-texts
says "docs/findings.md"
texts 0 --texts
check "the document is made anew" cmp -s findings.md tree/docs/findings.md
texts 0 --check-texts
cp tree/results/reference/full/equivalence/single.json tree/results/reference/full/equivalence/unread.json
texts 1 --check-texts
says "unread.json"
rm -r tree

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
expect 0 --results res --without-suite --registry formatted
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
"$program" --results res --without-suite --registry reg >/dev/full 2>stderr
check "exit 4 with a full standard output" [ $? -eq 4 ]
check "no temporary files" [ -z "$(find . -name '*.tmp')" ]
finish 1
