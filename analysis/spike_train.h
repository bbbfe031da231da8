// Spike trains: validation, detection in a sampled potential, rates, and statistics of the interspike intervals (ISIs).
//
// A spike train is an ascending array of spike times with its length. Times are in ms throughout, rates in spikes per ms
// (1000 times that in Hz), but nothing here depends on the unit. Distances between two trains: spike_distance.h
// (ISI-distance, SPIKE-distance, SPIKE-synchronisation), spike_metric.h (Victor-Purpura, van Rossum, ISI distributions)
// and spike_coincidence.h (coincidence factor Gamma).
#ifndef H4L_ANALYSIS_SPIKE_TRAIN_H
#define H4L_ANALYSIS_SPIKE_TRAIN_H

#include <stddef.h>

#include "base/err.h"

struct h4l_spikes {
    const double *t; // ascending spike times; may be NULL when n is 0
    size_t n;
};

// The observation window of one or two trains.
struct h4l_window {
    double start, end; // start < end
};

// H4L_OK when every time is finite and each is larger than the one before; H4L_E_RANGE names the first bad spike.
int h4l_spikes_check(struct h4l_spikes train, struct h4l_err *err);
// The same, and every spike lies in [window.start, window.end], and the window is not empty.
int h4l_spikes_check_window(struct h4l_spikes train, struct h4l_window window, struct h4l_err *err);

// ---- detection ----

enum h4l_crossing {
    H4L_CROSSING_SAMPLE, // time of the first sample above the level
    H4L_CROSSING_LINEAR, // linear interpolation between the two samples around the crossing
};

// Upward crossings of a level in a sampled signal, one sample at a time, so that long runs need no stored trace.
// A crossing needs a sample at or below the level followed by one above it (V > level). A signal that starts above the
// level has no crossing there. Once crossed, the detector waits until the signal has been at or below `rearm`.
struct h4l_detector {
    double level, rearm; // rearm <= level; equal: plain crossings
    enum h4l_crossing how;
    double previous_t, previous_V;
    int armed, started;
};

// Starts a detector; level and rearm in the signal's unit. H4L_E_RANGE unless both are finite and rearm <= level.
int h4l_detector_init(double level, double rearm, enum h4l_crossing how, struct h4l_detector *ret,
                      struct h4l_err *err);
// Takes the sample (t, V), t larger than the one before. Returns 1 and the spike's time in *ret_t for a crossing, else 0.
// A NaN sample is left out.
int h4l_detector_push(struct h4l_detector *detector, double t, double V, double *ret_t);

// All spikes of V[0..n-1] at times start + k step. Writes at most `capacity` times to ret_t; *ret_n is the number found.
// H4L_E_RANGE when there are more than capacity (n/2 always suffices) or step is not positive.
int h4l_detect(const double *V, size_t n, double start, double step,
               const struct h4l_detector *detector, size_t capacity, double *ret_t, size_t *ret_n,
               struct h4l_err *err);

// ---- rates ----

// Number of spikes over length of window, 1/ms. H4L_E_RANGE as h4l_spikes_check_window.
int h4l_spikes_rate(struct h4l_spikes train, struct h4l_window window, double *ret_per_ms,
                    struct h4l_err *err);
// Time histogram: bins of equal width over the window, ret[bins] in 1/ms (bin k is [start + k w, start + (k+1) w), the last
// one closed). H4L_E_RANGE; bins >= 1.
int h4l_spikes_histogram(struct h4l_spikes train, struct h4l_window window, size_t bins,
                         double *ret_per_ms, struct h4l_err *err);
// Rate at time t seen through the causal kernel exp(-s/tau)/tau, at the points start + k step, k = 0..points-1 (a spike
// at exactly a point counts there): O(points + spikes). H4L_E_RANGE unless tau > 0, step > 0 and the train is ascending.
int h4l_spikes_smooth_rate(struct h4l_spikes train, double tau, double start, double step,
                           size_t points, double *ret_per_ms, struct h4l_err *err);

// ---- intervals ----

// Statistics of the n-1 intervals of a train. Those that are not defined (too few intervals) are NaN.
struct h4l_isi_stats {
    size_t n;              // number of intervals
    double mean, min, max; // ms; n >= 1
    double sd;             // ms, standard deviation with divisor n (the population formula); n >= 1
    double cv;             // coefficient of variation sd / mean; n >= 2
    double cv2;            // mean of 2 |I[i+1] - I[i]| / (I[i+1] + I[i]) (Holt et al. 1996); n >= 2
    double
        lv; // 3 / (n-1) sum of ((I[i] - I[i+1]) / (I[i] + I[i+1]))^2 (Shinomoto et al. 2003); n >= 2
};

// H4L_E_RANGE where h4l_spikes_check fails.
int h4l_spikes_isi(struct h4l_spikes train, struct h4l_isi_stats *ret, struct h4l_err *err);
// The intervals themselves: ret[train.n - 1] (nothing for n < 2).
void h4l_spikes_intervals(struct h4l_spikes train, double *ret_ms);

#endif
