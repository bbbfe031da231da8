// Exchange rate of two curves: how much more of B's units reach what A reaches. For docs/second-round.md, "Exchange rate".
#ifndef H4L_ANALYSIS_EXCHANGE_H
#define H4L_ANALYSIS_EXCHANGE_H

#include <stddef.h>

#include "base/err.h"

// The non-decreasing sequence next to y[0..n-1] in least squares, equal weights, into ret[0..n-1] (may be y itself): pool adjacent
// violators. (Ayer et al., Ann. Math. Stat. 26, 1955.)
void h4l_isotonic(const double *y, size_t n, double *ret);

enum h4l_reach { H4L_REACHED, H4L_REACH_ABOVE, H4L_REACH_BELOW };

// The least x at which the curve through (x[i], y[i]), made monotone and linear between its points, is at target. x ascending, n >= 1.
// Where it does not get there, *ret is the nearest end: x[n-1] for H4L_REACH_ABOVE (more than the last is needed), x[0] for
// H4L_REACH_BELOW (less than the first suffices). H4L_E_RANGE: x not ascending, or a number that is not finite. H4L_E_NOMEM.
int h4l_reach_of(const double *x, const double *y, size_t n, double target, double *ret,
                 enum h4l_reach *ret_reach, struct h4l_err *err);

struct h4l_rate {
    enum h4l_reach reach;
    double k;      // the rate; where it is not reached, the bound that holds in every seed
    double lo, hi; // its interval; NaN where there is none
};

// The rate 2^mean(log2_k) with Student's t interval of the mean of log2_k[0..n-1] over seeds. Where a seed's curve does not reach
// (reach[i]), there is no interval, and k is the least (above) or greatest (below) of all: a bound for each. n >= 1; no interval for
// one seed. H4L_E_RANGE: some seeds above and some below, or a bad level.
int h4l_exchange_rate(const double *log2_k, const enum h4l_reach *reach, size_t n, double level,
                      struct h4l_rate *ret, struct h4l_err *err);

#endif
