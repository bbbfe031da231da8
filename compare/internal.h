// What the files of the comparison share.
#ifndef H4L_COMPARE_INTERNAL_H
#define H4L_COMPARE_INTERNAL_H

#include <stdbool.h>

#include "compare/compare.h"

// One case as both sides have it.
struct h4l_pair_of_results {
    const char *name; // "FAMILY/CASE" or "CELL/FAMILY/CASE"
    const json_t *a, *b;
    const json_t *registries;
};

// Appends what differs in provenance over the cases of both sides; see compare.h.
int h4l_compare_provenance(const json_t *a, const json_t *b, json_t *list, struct h4l_err *err);
// Appends tier, seed and parameters of one case that differ.
int h4l_compare_parameters(const struct h4l_pair_of_results *pair, json_t *list,
                           struct h4l_err *err);
// Appends a row per metric of one case.
int h4l_compare_metrics(const struct h4l_pair_of_results *pair, json_t *list, struct h4l_err *err);

// Whether a and b lie within what is registered for element `at` of that metric of the case; *ret_tolerance: the registered
// number, NAN where there is none.
bool h4l_compare_tolerated(const struct h4l_pair_of_results *pair, const char *metric, size_t at,
                           double a, double b, double *ret_tolerance);

// The "seeds" of a row whose metric holds a value per seed in both (see compare.h), without p_adjusted; NULL where it does
// not, or where one side has fewer than two.
json_t *h4l_compare_seeds(const struct h4l_pair_of_results *pair, const json_t *a, const json_t *b);
// Holm's adjustment over all rows with seeds, and what follows.
int h4l_compare_judge_seeds(json_t *rows, struct h4l_err *err);

// Appends the verdicts that differ; *ret_compared: how many both sides have.
int h4l_compare_verdicts(const json_t *a, const json_t *b, const json_t *registries, json_t *list,
                         size_t *ret_compared, struct h4l_err *err);

// Appends a value made by json_pack, which may be NULL for want of memory.
int h4l_compare_append(json_t *list, json_t *value_stolen, struct h4l_err *err);

#endif
