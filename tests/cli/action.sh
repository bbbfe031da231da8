#!/bin/sh
# The shell of each step of action.yml, as a runner would run it, on small results: agreement, a difference, and a build that failed.
# Usage: action.sh PATH-OF-hh4lif-claims SOURCE-ROOT
source=$2
. "$(dirname "$0")/claims_fixture.sh"

# step N: the N-th block of shell of action.yml
step() {
    awk -v n="$1" '
        /^      run: \|$/ { found++; on = found == n; next }
        on && /^ *$/ { print ""; next }
        on && !/^        / { on = 0 }
        on { print substr($0, 9) }' "$source/action.yml"
}
for n in 1 2 3; do
    step $n >step$n.sh
    check "step $n is shell" sh -n step$n.sh
done
check "there are three of them" [ -s step3.sh -a -z "$(step 4)" ]

mkdir -p suite/build/claims
cat >suite/reproduce <<'END'
#!/bin/sh
echo "$@" >>asked
mkdir -p "$5" && cp -r "$RESULTS"/* "$5"
exit "$REPRODUCE_STATUS"
END
cat >suite/build/claims/hh4lif-claims <<END
#!/bin/sh
exec "$program" --registry "$work/reg" --without-suite "\$@"
END
chmod +x suite/reproduce suite/build/claims/hh4lif-claims
run() { # run STATUS-OF-REPRODUCE: all steps as the runner has them
    : >summary
    : >output
    for n in 1 2; do
        ends 0 env GITHUB_ACTION_PATH="$work/suite" GITHUB_OUTPUT=output GITHUB_STEP_SUMMARY=summary TIER=full FAMILIES='fam' OUT=out \
            RESULTS="$work/res" REPRODUCE_STATUS="$1" sh -e step$n.sh
    done
    cp stdout annotations
    ends "$1" env STATUS="$(sed -n 's/^status=//p' output)" sh -e step3.sh
}
run 0
check "what ./reproduce is asked" grep -qx -- '--yes --tier full --out out --family fam' asked
check "summary: all as registered" grep -q '^## hh4lif, full tier: \([0-9]*\) of \1 checks as registered$' summary
check "a row per claim" sh -c 'grep -q "^| G1 | [1-9][0-9]* | 0 | 0 |\$" summary && grep -q "^| G2 | " summary'
check "and the verdicts" grep -q '^| id | .*verdict' summary
check "nothing of the claims' texts" sh -c '! grep -q "^### " summary'
check "no annotation" [ ! -s annotations ]
result two '"value_mV": 7, "right": 5'
run 1
check "summary: one differs" grep -q '^| G1 | [1-9][0-9]* | [1-9] | 0 |$' summary
check "the difference is annotated with its check" grep -q '^::error title=hh4lif G1.reference::' annotations
check "in plain text" sh -c '! grep -q "&quot;\|&lt;" annotations'
rm suite/build/claims/hh4lif-claims
run 99
check "a build that failed is annotated" grep -q '^::error title=hh4lif::there is nothing to judge' annotations

# ---- the workflows use what is there ----
check "nightly runs the action at the standard tier" sh -c 'grep -q "uses: \./$" "$1" && grep -q "tier: standard" "$1"' sh "$source/.github/workflows/nightly.yml"
if python3 -c 'import yaml' 2>/dev/null; then
    for file in action.yml .github/workflows/ci.yml .github/workflows/nightly.yml; do
        ends 0 python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$source/$file"
    done
fi
finish 20
