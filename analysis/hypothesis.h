// Tests of hypotheses: t tests, equivalence (TOST), rank and sign-flip tests, Holm's adjustment, power.
//
// "A is better than B" needs a test or an interval of the difference; "A equals B" needs an equivalence test with a margin
// fixed in advance: a difference that is not significant is not equality. With fewer than 2 values, values that are not
// finite or parameters outside their range every function returns H4L_E_RANGE.
#ifndef H4L_ANALYSIS_HYPOTHESIS_H
#define H4L_ANALYSIS_HYPOTHESIS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#include "analysis/statistics.h"

struct h4l_p_values {
    double two_sided;
    double greater; // of the alternative "the difference is above 0"
    double less;    // of the alternative "the difference is below 0"
};

struct h4l_t_test {
    double estimate, standard_error; // of the difference
    double t, df; // t is +-infinity where the standard error is 0 and the estimate is not
    struct h4l_p_values p;
    struct h4l_interval interval; // two-sided, of the difference
};

// Paired t test of d[0..n-1] = a[i] - b[i] against 0 with the interval of the given level. Differences that are all the
// same have standard error 0: p is then 0, or 1 where all are exactly 0.
int h4l_paired_t(const double *d, size_t n, double level, struct h4l_t_test *ret,
                 struct h4l_err *err);

// Welch's test of mean(a) - mean(b), unequal variances, degrees of freedom after Welch and Satterthwaite.
// (Welch, Biometrika 34, 1947.)
int h4l_welch_t(const double *a, size_t n_a, const double *b, size_t n_b, double level,
                struct h4l_t_test *ret, struct h4l_err *err);

// The same from what is known of an estimate: its standard error (0 or more) and degrees of freedom (above 0), against 0.
int h4l_t_of(double estimate, double standard_error, double df, double level,
             struct h4l_t_test *ret, struct h4l_err *err);

// Mean of a over fits and stimuli minus that of b, both [fits][stimuli] on the same stimuli (fits_b 0: minus nothing). Both the
// fits and the stimuli are samples: standard error sqrt(sA^2/F_A + sB^2/F_B + sD^2/S), sA and sB the standard deviations over
// the fits of a model's mean, sD that over the stimuli of the difference of the fits' means; degrees of freedom after
// Satterthwaite (Biometrics Bull. 2, 1946). At least 2 fits and 2 stimuli. H4L_E_RANGE, H4L_E_NOMEM.
int h4l_fits_t(const double *a, size_t fits_a, const double *b, size_t fits_b, size_t stimuli,
               double level, struct h4l_t_test *ret, struct h4l_err *err);

struct h4l_tost {
    struct h4l_t_test
        test; // its interval has level 1 - 2 alpha, as belongs to the two one-sided tests
    double p_above, p_below; // of "difference > -margin" and "difference < margin"
    double p;                // the greater of the two
    int equivalent;          // p < alpha: the interval lies inside (-margin, margin)
    int different;           // the interval lies wholly outside [-margin, margin]
};

// Two one-sided tests of abs(difference) < margin, margin > 0, 0 < alpha < 0.5. (Schuirmann, J. Pharmacokinet. Biopharm.
// 15, 1987.) Neither equivalent nor different means: undecided with this many values.
int h4l_tost_paired(const double *d, size_t n, double margin, double alpha, struct h4l_tost *ret,
                    struct h4l_err *err);
int h4l_tost_welch(const double *a, size_t n_a, const double *b, size_t n_b, double margin,
                   double alpha, struct h4l_tost *ret, struct h4l_err *err);

struct h4l_rank_test {
    double w;  // sum of the ranks of the positive differences
    size_t n;  // differences that are not 0
    int exact; // 0: normal approximation with continuity and tie correction
    struct h4l_p_values p;
};

// Wilcoxon's signed-rank test of d[0..n-1]; zeros are left out, ties get middle ranks. Exact up to 50 differences that are
// not 0, also with ties (the distribution over all signs given the ranks). All zero: p = 1. H4L_E_NOMEM.
int h4l_wilcoxon_signed_rank(const double *d, size_t n, struct h4l_rank_test *ret,
                             struct h4l_err *err);

struct h4l_rank_sum {
    double u; // pairs (one of a, one of b) in which that of a is the greater, equal ones half
    struct h4l_p_values p;
};

// The Mann-Whitney test of two independent groups, exact also with ties (the distribution over all ways to choose n_a of the
// middle ranks). At least 2 values each, 100 together. H4L_E_NOMEM. (Mann & Whitney, Ann. Math. Stat. 18, 1947.)
int h4l_mann_whitney(const double *a, size_t n_a, const double *b, size_t n_b,
                     struct h4l_rank_sum *ret, struct h4l_err *err);

// Probability of improvement, P(a value of a is above one of b) = u / (n_a n_b), 0 <= u <= n_a n_b, and its interval: the
// score method, the variance taken at the bound itself (Newcombe, Stat. Med. 25, 2006, method 5).
int h4l_improvement(double u, size_t n_a, size_t n_b, double level, double *ret,
                    struct h4l_interval *ret_interval, struct h4l_err *err);

struct h4l_flip_test {
    double mean;
    size_t arrangements; // sign patterns looked at
    int exact;           // all of them
    struct h4l_p_values p;
};

// Permutation test of the mean of paired differences under random signs. Exact for n <= 20 (all 2^n patterns); above, from
// `resamples` >= 100 patterns of the stream (seed, "sign flip", 0), with p = (1 + hits) / (1 + resamples). Sums within a
// relative 1e-12 of each other count as equal.
int h4l_sign_flip(const double *d, size_t n, uint64_t seed, size_t resamples,
                  struct h4l_flip_test *ret, struct h4l_err *err);

// Holm's step-down adjustment of p[0..n-1] (each in [0, 1]); ret_adjusted may be p. H4L_E_RANGE, H4L_E_NOMEM.
// (Holm, Scand. J. Stat. 6, 1979.)
int h4l_holm(const double *p, size_t n, double *ret_adjusted, struct h4l_err *err);

// Power of the two-sided paired t test with n >= 2 pairs, sd > 0 of the differences, true mean difference delta,
// 0 < alpha < 1 (from the noncentral t distribution).
int h4l_paired_t_power(size_t n, double sd, double delta, double alpha, double *ret_power,
                       struct h4l_err *err);

// The least true difference that this test finds with the given power, alpha < power < 1.
int h4l_minimum_detectable_difference(size_t n, double sd, double alpha, double power,
                                      double *ret_delta, struct h4l_err *err);

#endif
