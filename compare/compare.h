// Comparing two sets of results, one's own and a colleague's: metric by metric, with the registered tolerances, a test where
// there are seeds, and the verdicts that follow. Pure functions on JSON values but for the reading and the printing.
#ifndef H4L_COMPARE_H
#define H4L_COMPARE_H

#include <stdio.h>

#include "base/err.h"
#include "base/json.h"

#define H4L_COMPARISON_SCHEMA "hh4lif.comparison/1"

// Reads the results below path: one result file; or a folder with CASE.json, FAMILY/CASE.json, or the cells of a sweep,
// CELL/FAMILY/CASE.json. *ret: object, "FAMILY/CASE" or "CELL/FAMILY/CASE" -> the result. JSON files of another schema are
// passed over in a folder. H4L_E_DATA: missing, corrupt, no result in it, one case twice.
int h4l_compare_read(const char *path, json_t **ret, struct h4l_err *err);

// What is registered for the results' families (see docs/claims-format.md): an array of registries.
//
// *ret:
//   {"schema", "provenance": [{"group": "machine"|"kernels"|"versions"|"data", "what", "a" [values], "b" [values]}: what differs],
//    "parameters": [{"case", "what", "a", "b"}: tier, seed and parameters that differ],
//    "only_a" [case], "only_b" [case],
//    "metrics": [{"case", "metric" (objects flattened, joined by '/'), "outcome": "same"|"within"|"differs",
//       "size" (largest absolute difference, null where the values are no numbers or not as many), "relative" (size over
//       A's largest value), "tolerance" (the least registered, null: none for a number that differs), "note" (text or null),
//       "seeds": null or {"n_a", "n_b", "difference" (mean of B minus mean of A), "interval" [lo, hi], "level", "p",
//                "p_adjusted" (Holm, over the metrics that differ and have seeds), "judged": "no difference seen"|"different"}}],
//    "verdicts": [{"claim", "tier", "a", "b"}: those that differ], "verdicts_compared",
//    "counts": {"cases", "metrics", "same", "within", "differs", "tested", "judged_different"}}
//
// H4L_E_DATA: no case is in both. H4L_E_NOMEM.
int h4l_compare(const json_t *a, const json_t *b, const json_t *registries, json_t **ret,
                struct h4l_err *err);

// H4L_OK, or H4L_E_CHECK where a metric differs beyond its tolerance.
int h4l_compare_status(const json_t *comparison, struct h4l_err *err);

// One form of the output each; name_a and name_b are what the user called the two.
struct h4l_compare_names {
    const char *a, *b;
};
int h4l_compare_print_text(FILE *stream, const struct h4l_compare_names *names,
                           const json_t *comparison, struct h4l_err *err);
int h4l_compare_print_json(FILE *stream, const struct h4l_compare_names *names,
                           const json_t *comparison, struct h4l_err *err);
int h4l_compare_print_csv(FILE *stream, const struct h4l_compare_names *names,
                          const json_t *comparison, struct h4l_err *err);
int h4l_compare_print_markdown(FILE *stream, const struct h4l_compare_names *names,
                               const json_t *comparison, struct h4l_err *err);

#endif
