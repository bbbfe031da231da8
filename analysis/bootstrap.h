// Bootstrap intervals: percentile and BCa, for one sample, for several, and stratified.
//
// The data are `groups` samples one behind the other in x, group g with sizes[g] values; each group is resampled within
// itself. One group is the ordinary bootstrap; two groups give differences and ratios of independent samples; one group
// per task gives the stratified bootstrap of reinforcement learning scores. For paired samples pass the differences.
//
// Resample r uses the random stream (seed, "bootstrap", r): the result depends on nothing but data, statistic, resamples
// and seed, and on no number of threads. For samples below about 20 values a bootstrap interval of a mean is too narrow
// (for 5 normal values a 95 % interval covers about 82 %): use h4l_t_interval there.
#ifndef H4L_ANALYSIS_BOOTSTRAP_H
#define H4L_ANALYSIS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/threads.h"

#include "analysis/statistics.h"

// The statistic of a (re)sample, a copy that it may change; else pure, as it is called from several threads. Must be finite,
// also with one value of a group left out.
typedef double (*h4l_statistic_fn)(double *x, const size_t *sizes, size_t groups, void *ctx);

struct h4l_bootstrap_options {
    double level;          // 0 < level < 1, for instance 0.95
    size_t resamples;      // >= 100; 10000 for an interval that is reported
    uint64_t seed;         //
    struct h4l_pool *pool; // NULL: serial
};

struct h4l_bootstrap {
    double estimate;                // the statistic of the data
    double standard_error;          // sample sd of the resampled statistics
    struct h4l_interval percentile; // Efron's percentile interval
    struct h4l_interval bca; // bias-corrected and accelerated (Efron, J. Am. Stat. Assoc. 82, 1987)
    double bias_z, acceleration; // z0 and a of the BCa interval
};

// Both intervals of statistic(ctx). Each group needs at least 2 values. The acceleration is from the jackknife, for
// several groups with the groups' influence values weighted by 1/size (Davison & Hinkley 1997, section 5.3).
// H4L_E_RANGE, H4L_E_NUMERIC (a resampled
// statistic is not finite), H4L_E_NOMEM.
int h4l_bootstrap(const double *x, const size_t *sizes, size_t groups, h4l_statistic_fn statistic,
                  void *ctx, const struct h4l_bootstrap_options *options, struct h4l_bootstrap *ret,
                  struct h4l_err *err);

// Statistics for h4l_bootstrap; ctx is not used.
double h4l_stat_mean(double *x, const size_t *sizes, size_t groups,
                     void *ctx); // of all values
double h4l_stat_median(double *x, const size_t *sizes, size_t groups,
                       void *ctx); // of all values
double h4l_stat_iqm(double *x, const size_t *sizes, size_t groups,
                    void *ctx); // of all values
// mean of group 0 minus mean of group 1; two groups.
double h4l_stat_mean_difference(double *x, const size_t *sizes, size_t groups, void *ctx);
// mean of group 0 over mean of group 1; two groups.
double h4l_stat_mean_ratio(double *x, const size_t *sizes, size_t groups, void *ctx);
// Probability of improvement (Agarwal et al. 2021): groups come in pairs (0, 1), (2, 3), ..., one pair per task; the mean
// over tasks of P(a value of the first > a value of the second) + P(equal) / 2.
double h4l_stat_improvement(double *x, const size_t *sizes, size_t groups, void *ctx);

#endif
