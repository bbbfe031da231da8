// The distances between two spike trains on which claim D1 is decided. All are 0 for identical trains.
#ifndef H4L_DYNAMICS_MEASURES_H
#define H4L_DYNAMICS_MEASURES_H

#include "analysis/spike_train.h"

enum h4l_measure {
    H4L_MEASURE_ISI,    // ISI-distance
    H4L_MEASURE_SPIKE,  // SPIKE-distance
    H4L_MEASURE_UNSYNC, // 1 - SPIKE-synchronisation
    H4L_MEASURE_VP,     // Victor-Purpura
    H4L_MEASURE_VR,     // van Rossum (2001)
    H4L_MEASURE_GAMMA,  // 1 - coincidence factor (one-to-one)
    H4L_MEASURE_ISI_W1, // Wasserstein distance of the distributions of intervals, ms
    H4L_MEASURE_CV,     // |difference of the coefficients of variation|
    H4L_MEASURE_LV,     // |difference of the local variations|
    H4L_MEASURES
};
extern const char *const h4l_measure_names[H4L_MEASURES]; // as metrics
enum { H4L_TRAIN_MEASURES = H4L_MEASURE_ISI_W1 };         // the first ones compare spike by spike

struct h4l_measure_options {
    double duration_ms, q_per_ms, tau_ms, delta_ms; // window 0 .. duration
};

// ret[H4L_MEASURES] of a (HH, or the first repetition) and b. A measure that only one of the trains has (CV of a train with two
// spikes, say) is NaN; where neither has it, 0.
int h4l_measure_all(struct h4l_spikes a, struct h4l_spikes b, const struct h4l_measure_options *o,
                    double ret[H4L_MEASURES], struct h4l_err *err);

#endif
