# For claims.sh and report.sh: a small registry and its results in $work, and how to check. Sourced with the program as $1.
set -u
. "$(dirname "$0")/check.sh"
program=$(absolute "$1")
scratch
version=$("$program" --version | sed -n '1s/^hh4lif //p')

expect() { # expect STATUS ARGUMENT...
    wanted=$1
    shift
    ends "$wanted" "$program" "$@"
}
shows() { check "output has: $1" grep -qF -- "$1" "${2:-stdout}"; }
lacks() { check "output lacks: $1" sh -c '! grep -qF -- "$1" "$2"' sh "$1" "${2:-stdout}"; }
first() { # first TEXT OTHER FILE: TEXT stands on an earlier line
    a=$(grep -nF -- "$1" "$3" | head -n 1 | cut -d: -f1)
    b=$(grep -nF -- "$2" "$3" | head -n 1 | cut -d: -f1)
    check "'$1' (line ${a:-none}) before '$2' (line ${b:-none})" [ "${a:-0}" -gt 0 -a "${a:-0}" -lt "${b:-0}" ]
}

mkdir -p reg/fam res/fam res/figures
# G1 holds, G2 does not; the texts hold what HTML and Markdown must not take literally.
cat >reg/fam/claims.json <<'END'
{ "schema": "hh4lif.claims/3", "family": "fam",
  "cases": ["one", "two"], "pins": { "o*": { "steps": 10 } },
  "claims": [
    { "id": "G1", "kind": "claim", "title": "a <b>bold</b> & \"quoted\" | claim", "source": "Fig. 1",
      "statement": "in full: three is <script>alert(1)</script> three",
      "rows": [
        { "id": "G1", "statement": "three is <script>alert(1)</script> three", "setting": "as published", "criterion": "below 4",
          "tier": "full", "results": "main", "headline": "the value is {value} mV",
          "checks": [ { "id": "G1.value", "title": "the value", "x": { "case": "one", "metric": "value_mV" },
                        "statistic": "value", "direction": "less", "bound": 4, "unit": "mV", "why": "four is too many" } ] } ],
      "checks": [
        { "id": "G1.tiny", "title": "a rounding error", "x": { "case": "one", "metric": "tiny" },
          "statistic": "value", "direction": "at_most", "bound": 1e-9, "why": "rounding" },
        { "id": "G1.reference", "title": "the other value", "x": { "case": "two", "metric": "value_mV" },
          "statistic": "value", "direction": "within", "reference": 2, "tolerance": 0.5, "why": "measured before" } ],
      "figures": [ { "file": "good", "caption": "A < B", "alt": "a \"curve\"" },
                   { "file": "evil", "caption": "refused", "alt": "refused" },
                   { "file": "absent", "caption": "not drawn", "alt": "not drawn" } ] },
    { "id": "G2", "kind": "question", "title": "a claim that fails", "source": "—", "statement": "Is two above four?",
      "rows": [
        { "for": { "side": [ { "side": "left", "metric": "value_mV" }, { "side": "right", "metric": "right" } ] },
          "id": "G2.{side}", "statement": "Is two above four?", "setting": "the {side} side", "criterion": "above 4", "tier": "full",
          "results": "main", "headline": "it is {value}",
          "checks": [ { "id": "G2.{side}.value", "title": "{side} value", "x": { "case": "two", "metric": "{metric}" },
                        "statistic": "value", "direction": "greater", "bound": 4, "why": "the claim" } ] },
        { "id": "G2.seeds", "statement": "Is it so on five seeds?", "setting": "five seeds", "criterion": "above 0", "tier": "full",
          "results": "seeds", "seed": 101, "n": 5, "headline": "{mean} ({mean:interval})",
          "checks": [ { "id": "G2.seeds.mean", "title": "mean over seeds", "x": { "case": "two", "metric": "by_seed" },
                        "statistic": "mean_interval", "direction": "above", "delta": 1, "why": "the claim" } ] } ] } ] }
END
cat >reg/fam/verdicts.json <<'END'
{ "schema": "hh4lif.registered/2", "family": "fam",
  "verdicts": {
    "G1": { "verdict": "reproduced", "date": "2025-01-31", "reason": "it is three",
            "first_round": { "tier": "standard", "verdict": "not-reproduced", "date": "2025-02-28", "reason": "it is four <there>" } },
    "G2.left": { "verdict": "no", "date": "2025-01-31", "reason": "two is not above four" },
    "G2.right": { "verdict": "yes", "date": "2025-01-31", "reason": "five is" } } }
END
result() { # result CASE METRICS [SEDSCRIPT]
    sed "${3:-}" >"res/fam/$1.json" <<END
{ "schema": "hh4lif.result/1", "family": "fam", "case": "$1", "tier": "full", "seed": 1,
  "parameters": { "steps": 10 }, "metrics": { $2 }, "series": [ { "file": "$1-trace.csv" } ],
  "provenance": { "version": "$version", "git_commit": "0123456789abcdef", "git_dirty": false, "seconds": 1.25,
    "threads": 2, "cpu": "a CPU", "started": "2025-01-31T12:00:00Z", "peak_rss_bytes": 2000000, "libraries": { "gsl": "2.7" } } }
END
}
kept() { # kept RUN CASE: what stands in res becomes a kept result of that run
    mkdir -p "reg/reference/$1/fam"
    cp "res/fam/$2.json" "reg/reference/$1/fam"
}
results() {
    result one '"value_mV": 3, "tiny": 2e-13'
    result two '"value_mV": 2.25, "right": 5'
}
results
kept main one
kept main two
