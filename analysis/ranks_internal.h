// What the rank tests of hypothesis.h share.
#ifndef H4L_ANALYSIS_RANKS_INTERNAL_H
#define H4L_ANALYSIS_RANKS_INTERNAL_H

#include <stddef.h>

#include "analysis/hypothesis.h"

struct h4l_ranked {
    double value;
    int marked; // counts in the sum: of the first group, or positive
};

// Sorts x[n] by value and writes twice the middle ranks, so that they are whole numbers, to ret_rank[n]; *ret_sum: their sum over the
// marked. Returns the sum of t^3 - t over the groups of t equal values.
double h4l_ranks_doubled(struct h4l_ranked *x, size_t n, size_t *ret_rank, size_t *ret_sum);
// The p values from P(W <= w) and P(W >= w).
struct h4l_p_values h4l_ranks_p(double le, double ge);

#endif
