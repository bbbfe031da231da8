// Claims: registry rows in, result files in, verdicts out. Pure functions on JSON values. A registry is here as
// h4l_registry_expand leaves it: one row per check, "cases" an object {name: {"seed", "parameters"}}, and in each claim
// "registered" {tier: {verdict date reason parts}}; docs/claims-format.md says what the rows mean.
#ifndef H4L_CLAIMS_CLAIMS_H
#define H4L_CLAIMS_CLAIMS_H

#include <jansson.h>

#include "base/err.h"

#define H4L_CLAIMS_SCHEMA "hh4lif.claims/2"
#define H4L_RESULT_SCHEMA "hh4lif.result/1"
#define H4L_VERDICTS_SCHEMA "hh4lif.verdicts/1"

// Checks a registry: schema, every key's name and type, directions and statistics that fit together, cases that are
// declared, registered verdicts that exist. H4L_E_DATA: "claims[3] (E4) checks[0] (E4.counts): ...".
int h4l_claims_validate(const json_t *registry, struct h4l_err *err);

struct h4l_claims_query {
    const char *claim; // id of the only claim to look at; NULL: all of the registry
    const char *
        tier; // "quick", "standard" or "full": results of another tier are refused; NULL: the results' own tier
    const char *version; // results made by another version are refused as stale; NULL: any version
    const char
        *commit; // results made by another commit get a warning: they may be stale; NULL: none does
};

// Evaluates the claims of a valid registry. results: object, case name -> the content of its result file, or a text that
// says why it could not be read; a case that is not in it counts as missing. The caller owns *ret:
//
//   {"schema", "family", "claims": [{
//      "id" "title" "source" "beyond_paper" "statement" "criterion" "audit" "figures" "command" "commands"   from the row
//      "family", "tier", "surrogate" (text or null), "files" [name of each result and series file],
//      "verdict" (null: error), "registered" {verdict date reason parts} or null,
//      "larger" [{tier verdict date reason parts}: what is registered for the tiers above this one, smallest first],
//      "state": "as registered" | "verdict changed" | "not registered" | "outside tolerance" | "error",
//      "errors" [text], "warnings" [text, one for each other commit that made results], "parts" [{part verdict registered}],
//      "runs" [{"file" "case" "seed" and from the provenance "version" "git_commit" "git_dirty" "compiler" "flags" "cpu"
//               "simd" "threads" "started" "seconds" "libraries" "argv" "data" "peak_rss_bytes"}],
//      "cost" {"seconds" "threads" "cpu" "peak_rss_bytes" "git_commit"},
//      "checks" [{"id" "title" "role" "part" "statistic" "direction" "unit" "why" "measured" (what was measured, as text)
//         "timing" (true: a time, so another value in every run)
//         "outcome": "met" | "unmet" | "undecided" | "error", "message",
//         "got" "expected" "tolerance" (numbers, texts or null), "got_text" "expected_text" "tolerance_text",
//         "used" (share of the tolerance, null: above every share), "interval" [lo, hi], "level", "n", "p", "p_adjusted",
//         "minimum_detectable_difference"}] }]}
//
// H4L_E_USAGE: no such claim. H4L_E_NOMEM. Whatever is wrong with results is reported inside and is no failure of the call.
int h4l_claims_evaluate(const json_t *registry, const json_t *results,
                        const struct h4l_claims_query *query, json_t **ret, struct h4l_err *err);

// The order in which claims are shown: error, changed or not registered or outside tolerance, then by verdict:
// not-reproduced, inconclusive, reproduced-with-caveat, reproduced; equal ones in registry order. Sorts the array in place.
int h4l_claims_sort(json_t *claims, struct h4l_err *err);

// Counts over an array of evaluated claims: {"claims", "checks", "error", "changed", "unregistered" (no verdict for the tier),
// "reproduced", "with_caveat", "not_reproduced", "inconclusive", "references" (= "references_met" + "references_outside" +
// "references_not_measured")}; NULL without memory.
json_t *h4l_claims_summary(const json_t *claims);

// H4L_OK; H4L_E_CHECK where a verdict is not the registered one or a figure is outside its tolerance; H4L_E_DATA where a
// claim could not be evaluated, or where there are none (nothing measured is no pass).
int h4l_claims_status(const json_t *claims, struct h4l_err *err);

// The four verdicts by rank: 0 "not-reproduced", 1 "inconclusive", 2 "reproduced-with-caveat", 3 "reproduced".
enum { H4L_VERDICTS = 4 };
extern const char *const h4l_verdict_names[H4L_VERDICTS];
// What may be registered in place of a surrogate's verdict: it was seen to differ between machines (training is chaotic, so that
// another CPU's last digits give other curves from the same seed), and is not compared.
#define H4L_MACHINE_DEPENDENT "machine-dependent"
// Rank of a verdict's name, -1 if it is none (also for NULL).
int h4l_verdict_rank(const char *name);

#endif
