// The evolution strategy with covariance matrix adaptation, CMA-ES, in the cube [0, 1]^n.
//
// Source: Hansen 2016, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772, with its default constants, weights of the better half
// alone, and restarts with twice the population (Auger and Hansen 2005, IEEE CEC). A point outside the cube is mirrored at its
// walls, and the mirrored one counts. A restart begins at the best point so far; there is one when the population has come together, its
// values are all the same, or it has long found nothing better.
#ifndef H4L_FITTING_CMAES_H
#define H4L_FITTING_CMAES_H

#include "base/err.h"
#include "base/rng.h"

// The value at z[n]; NaN counts as the worst. Where *ret_code is set to another code than H4L_OK the search ends.
typedef double h4l_cmaes_fn(void *ctx, const double *z, int *ret_code);

struct h4l_cmaes {
    int n;            // 1..1000
    double step;      // first standard deviation, more than 0, at most 1
    long evaluations; // so many calls of `value` are made, >= 1
    h4l_cmaes_fn *value;
    void *ctx;
    struct h4l_rng *rng;
};

// Minimises from z[n], which becomes the best point found; the first evaluation is of z itself. H4L_E_RANGE, H4L_E_NOMEM, or the code of
// `value`, then without a message.
int h4l_cmaes(const struct h4l_cmaes *how, double *z, struct h4l_err *err);

#endif
