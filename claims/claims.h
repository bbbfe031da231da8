// Claims: registry rows in, result files in, verdicts out. Pure functions on JSON values. A registry is here as
// h4l_registry_expand leaves it: one object per row and per check, "cases" {name: {"seed", "parameters"}}, and in each row
// "registered" {"verdict" "date" "reason" "first_round" {"tier" "verdict" "date" "reason"}}; docs/claims-format.md says what
// the rows mean.
#ifndef H4L_CLAIMS_CLAIMS_H
#define H4L_CLAIMS_CLAIMS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"

#define H4L_CLAIMS_SCHEMA "hh4lif.claims/3"
#define H4L_RESULT_SCHEMA "hh4lif.result/1"
#define H4L_VERDICTS_SCHEMA "hh4lif.verdicts/2"

// Checks a registry: schema, every key's name and type, directions and statistics that fit together, cases that are
// declared, registered verdicts that exist. H4L_E_DATA: "claims[3] (E4) row E4.sine checks[0] (E4.sine.counts): ...".
int h4l_claims_validate(const json_t *registry, struct h4l_err *err);

struct h4l_claims_query {
    const char *claim;  // id of the only claim to look at; NULL: all of the registry
    const char *row;    // id of the only row, without its claim's figures; NULL: all of a claim
    const char *folder; // where the results lie, as a word for the shell; NULL: kept results
    const char *
        tier; // "quick", "standard" or "full": results of another tier are refused; NULL: the results' own tier
    const char *version; // results made by another version are refused as stale; NULL: any version
    const char
        *commit; // results made by another commit get a warning: they may be stale; NULL: none does
    bool
        by_run; // results go by "RUN/CASE" and decide each row in its own tier; else by "CASE", and only rows of their tier
    bool no_rows, no_figures; // leave out the one half
    bool as_found;            // judge as many values as there are, whichever seeds they are of
};

// Evaluates the claims of a valid registry. results: object, name -> the content of its result file, or a text that says why it
// could not be read, or {"missing": text}; what is not in it counts as missing. The caller owns *ret:
//
//   {"schema", "family", "claims": [{
//      "id" "title" "source" "kind" ("claim" | "question") "statement" (in full) "figures" (drawings) "command" "family"
//      "verdict" "headline"          those of its first row, which stands for the claim; null where no row was judged
//      "rows" [ROW]                  below; empty where the results are of the quick tier, which has no verdict
//      "checks" [CHECK]              the registered figures: must be "met" on every machine ("role" is "reference")
//      "tier"                        of those figures; "figures_of" ("this machine" | "kept results") is added by evaluate.h
//      "outside"                     true: of a registry that is not the suite's; added by evaluate.h
//      "state"                       "as registered" | "verdict changed" | "not registered" | "as found" (other seeds than the
//                                    registered ones) | "outside tolerance" | "nothing measured" | "error"
//      "errors" [text]               of the figures
//      "warnings" [text]             one for each other commit that made results
//      "files" [result and series files]
//      "runs" [{"file" "case" "seed" and from the provenance "version" "git_commit" "git_dirty" "compiler" "flags" "cpu"
//               "simd" "threads" "started" "seconds" "libraries" "argv" "data" "peak_rss_bytes"}]
//      "cost" {"seconds" "threads" "cpu" "peak_rss_bytes" "git_commit"}
//   }]}
//
// ROW, one statement in one setting:
//      "id" "claim" "kind" "statement" (at most 12 words) "setting" "criterion" "tier" "results" (the run) "power"
//      "edition" {"number" "date" "reason"} where the criterion changed
//      "seed" "planned" (registered n, null: exact) "of" ("seeds", "fits"; null: exact) "n" (found) "complete" "as_found"
//      "verdict"                     claim: "reproduced" "reproduced-with-caveat" "not-reproduced" "inconclusive"; question: "yes"
//                                    "no" "open"; null: error. Not complete: "inconclusive" or "open"
//      "caveats" [text]              those that hold
//      "reversed"                    a difference that should be above 0 has an interval wholly below it
//      "headline"                    with its numbers, or "0 of 10 seeds"
//      "effect" "unit" "interval" [lo, hi] "level" "effect_of"   of the check that stands for the row; null: not measured
//      "registered" {"verdict" "date" "reason"} or null
//      "first_round" {"tier" "verdict" "date" "reason" "checks" [CHECK on the first round's results]} or null: exploratory
//      "state"                       as a claim's, and "incomplete"
//      "errors" [text] "commands" [text] "rank" (of the checks alone)
//      "checks" [CHECK]
//
// CHECK:
//      "id" "title" "role" ("criterion" | "caveat" | "against": shows a "no" | "description" | "reference") "statistic" "direction" "unit" "why"
//      "measured" (what was measured, as text) "timing" (true: a time, so another value in every run)
//      "outcome"                     criterion: "met" | "met small" | "refuted" | "undecided"; else "met" | "unmet" | "undecided";
//                                    "not measured" (row not complete); "described"; "error", with "message"
//      "got" "expected" "tolerance" (numbers, texts or null), "got_text" "expected_text" "tolerance_text", "used" (share of the
//      tolerance, null: above every share); with a statistic: "interval" [lo, hi] and "level" (not for two values), "n", "values",
//      "values_against" (single values), "p" "p_refuted" "p_refuted_adjusted" "standard_error" "df" "minimum_detectable_difference"
//      deciding nothing: "beside" {"rank_test" {"name" "statistic" "p" (two-sided, exact)} "improvement" {"estimate" "interval" "level" "method"}}
//      of a row's test from 10 values on; "pooled" {"estimate" "interval" "level" "n" "first_round" (its share of n)} over both rounds
//
// H4L_E_USAGE: no such claim or row. H4L_E_NOMEM. H4L_E_DATA: a headline names what is not there. Whatever is wrong with results is
// reported inside and is no failure of the call.
int h4l_claims_evaluate(const json_t *registry, const json_t *results,
                        const struct h4l_claims_query *query, json_t **ret, struct h4l_err *err);

// The order in which claims are shown: those with an error, changed, unregistered or outside tolerance first; then the claims of the
// paper, then questions; each in the order E, D, L, R, F, A, others, by number. Sorts the array in place.
int h4l_claims_sort(json_t *claims, struct h4l_err *err);

// Counts over an array of evaluated claims. By the verdict of their first row: "claims" (= "reproduced" + "with_caveat" +
// "not_reproduced" + "inconclusive" + "error"), apart from them "questions" (= "yes" + "no" + "open" + "question_error"). Where no row was
// judged both are 0. "rows", "incomplete", "changed", "unregistered" (rows); "figures" (= "figures_agree" + "figures_outside" +
// "figures_not_measured"). NULL without memory.
json_t *h4l_claims_summary(const json_t *claims);
// One number of the summary by its name, which needs no memory.
int h4l_claims_count(const json_t *claims, const char *name);

// H4L_OK; H4L_E_CHECK where a verdict is not the registered one or a figure is outside its tolerance; H4L_E_DATA where something
// could not be evaluated, or where there is nothing (nothing measured is no pass). A row that is not complete is no failure, unless it was asked
// for by itself in a folder that lacks a result of it.
int h4l_claims_status(const json_t *claims, struct h4l_err *err);

// Verdicts by rank: 0 "not-reproduced" or "no", 1 "inconclusive" or "open", 2 "reproduced-with-caveat" or "yes", 3 "reproduced" or "yes".
enum { H4L_VERDICTS = 4 };
// NULL for a rank outside these.
const char *h4l_verdict_name(int question, int rank);
// Rank of a verdict's name, -1 if it is none (also for NULL).
int h4l_verdict_rank(const char *name);

#endif
