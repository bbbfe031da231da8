// The coincidence factor Gamma between a recorded and a predicted spike train.
#ifndef H4L_ANALYSIS_SPIKE_COINCIDENCE_H
#define H4L_ANALYSIS_SPIKE_COINCIDENCE_H

#include "analysis/spike_train.h"

enum h4l_matching {
    H4L_MATCH_GREEDY, // a data spike counts when any model spike is near; one model spike may serve several data spikes
    H4L_MATCH_ONE_TO_ONE, // each spike of either train is used at most once; the largest such matching
};

struct h4l_gamma_options {
    double delta_ms; // precision: spikes coincide when |dt| <= delta
    enum h4l_matching matching;
    int strict; // 1: |dt| = delta does not count
};

struct h4l_gamma {
    double gamma;
    size_t coincidences;
    double expected,
        norm; // expected coincidences of a Poisson train of the model's rate; 1 - 2 rate delta
};

// Kistler, Gerstner & van Hemmen (Neural Comput. 1997), Jolivet et al. (J. Neurosci. Methods 2008):
//     Gamma = (N_coinc - 2 nu delta N_data) / ((N_data + N_model) / 2) / (1 - 2 nu delta),   nu = N_model / window length
// 1: perfect; 0: no better than chance; not symmetric in data and model. Times are rounded numbers, so a difference
// within a few units in the last place of delta is treated as equal to it (multiples of 0.001 ms would else decide by their rounding).
// gamma is NaN when both trains are empty and from 2 nu delta = 1 on (delta of half a mean interval or more), where chance alone
// hits every spike and the formula divides by nothing or by a negative number. O(n). H4L_E_RANGE: delta not >= 0 and finite, trains as h4l_spikes_check_window.
int h4l_gamma(struct h4l_spikes data, struct h4l_spikes model, struct h4l_window window,
              const struct h4l_gamma_options *options, struct h4l_gamma *ret, struct h4l_err *err);

#endif
