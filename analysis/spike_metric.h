// Metrics of spike trains with a time scale (Victor-Purpura, van Rossum), and distances between distributions of intervals.
#ifndef H4L_ANALYSIS_SPIKE_METRIC_H
#define H4L_ANALYSIS_SPIKE_METRIC_H

#include "analysis/spike_train.h"

// Victor & Purpura (J. Neurophysiol. 1996), spike time metric: the least cost of turning a into b, where adding or
// deleting a spike costs 1 and moving it by dt costs q |dt|. q in 1/ms, 0 <= q <= infinity (infinity: only exactly
// coincident spikes are kept). O(n_a n_b) time, O(n_b) memory. H4L_E_RANGE, H4L_E_NOMEM.
int h4l_victor_purpura(struct h4l_spikes a, struct h4l_spikes b, double q_per_ms, double *ret,
                       struct h4l_err *err);

// The same for long trains: look(ctx, n) is called every few milliseconds, n of the n_a n_b steps after the call before. Anything
// but 0 from it ends the computation with H4L_E_INTERRUPT.
struct h4l_watch {
    int (*look)(void *ctx, size_t steps);
    void *ctx;
};
int h4l_victor_purpura_watched(struct h4l_spikes a, struct h4l_spikes b, double q_per_ms,
                               const struct h4l_watch *watch, double *ret, struct h4l_err *err);

// van Rossum (Neural Comput. 2001): the L2 distance of the trains filtered with exp(-t/tau), in O(n_a + n_b). *ret is D,
// a metric (D^2 is not). H4L_VAN_ROSSUM_2001: D^2 = (1/tau) integral of the squared difference, so one unmatched spike
// has D^2 = 1/2, as in the source; H4L_VAN_ROSSUM_UNIT: (2/tau), so that it has D = 1. tau > 0, ms. H4L_E_RANGE.
enum h4l_van_rossum { H4L_VAN_ROSSUM_2001, H4L_VAN_ROSSUM_UNIT };
int h4l_van_rossum(struct h4l_spikes a, struct h4l_spikes b, double tau_ms,
                   enum h4l_van_rossum normalisation, double *ret, struct h4l_err *err);

// Distances between the distributions of two samples (intervals, say; any order). ret_ks: the Kolmogorov-Smirnov distance, the
// largest difference of the empirical distribution functions, 0..1; ret_w1: the Wasserstein (earth mover's) distance, the area
// between them, in the samples' unit. Either may be NULL. H4L_E_RANGE for an empty sample or NaN; H4L_E_NOMEM.
int h4l_sample_distance(const double *a, size_t n_a, const double *b, size_t n_b, double *ret_ks,
                        double *ret_w1, struct h4l_err *err);

#endif
