// Descriptive statistics and closed-form intervals.
//
// A function that returns a double returns NaN where the value does not exist (too few numbers, a number that is not
// finite), so that a check on it fails closed. Sums are compensated and moments use two passes: 15 digits on data whose
// mean is 1e7 times their spread.
#ifndef H4L_ANALYSIS_STATISTICS_H
#define H4L_ANALYSIS_STATISTICS_H

#include <stddef.h>

#include "base/err.h"

struct h4l_interval {
    double lo, hi;
};

// Neumaier's compensated sum of x[0..n-1]; 0 for n = 0. (Neumaier, ZAMM 54, 1974.)
double h4l_sum(const double *x, size_t n);
// Arithmetic mean, n >= 1.
double h4l_mean(const double *x, size_t n);
// Sample standard deviation (divisor n - 1), n >= 2; NAN where a value is not finite or the squares overflow.
double h4l_sd(const double *x, size_t n);
// Least and greatest value, n >= 1.
double h4l_min(const double *x, size_t n);
double h4l_max(const double *x, size_t n);

// Quantile q in [0, 1] by linear interpolation of the order statistics (type 7 of Hyndman & Fan 1996), n >= 1.
// Sorts x, so that no memory is needed that might not be there.
double h4l_quantile(double *x, size_t n, double q);
// The same for x that is sorted in ascending order.
double h4l_quantile_sorted(const double *x, size_t n, double q);
double h4l_median(double *x, size_t n); // sorts x

// Interquartile mean: mean of what is left when the floor(n / 4) least and as many greatest values are dropped, n >= 1.
// (Agarwal et al., NeurIPS 2021, for scores of reinforcement learning runs.) Sorts x.
double h4l_iqm(double *x, size_t n);

// Sorts x in ascending order.
void h4l_sort(double *x, size_t n);

// Two-sided interval of the mean by Student's t, n >= 2, 0 < level < 1. H4L_E_RANGE.
int h4l_t_interval(const double *x, size_t n, double level, struct h4l_interval *ret,
                   struct h4l_err *err);

// Wilson's score interval of a proportion, 0 <= successes <= trials, trials >= 1, 0 < level < 1. H4L_E_RANGE.
// (Wilson, J. Am. Stat. Assoc. 22, 1927.)
int h4l_wilson_interval(size_t successes, size_t trials, double level, struct h4l_interval *ret,
                        struct h4l_err *err);

// Least-squares slope of y against x, n >= 2 and at least two different x. With the logarithms of error and step: the
// measured order of convergence.
double h4l_slope(const double *x, const double *y, size_t n);

// True when every x[0..n-1] is finite.
int h4l_all_finite(const double *x, size_t n);

#endif
