// Comparing the output trains of the HH chain and of the s-LIF2HH chain: claim E4, its map and its jitter.
#ifndef H4L_EQUIVALENCE_SLIF_COMPARE_H
#define H4L_EQUIVALENCE_SLIF_COMPARE_H

#include "analysis/spike_train.h"
#include "sim/slif_chain.h"

// The acceptance criterion of E4: equal spike counts and mean |time difference| / ISI below this.
#define H4L_SLIF_CRITERION 0.2

struct h4l_slif_comparison {
    size_t n_hh, n_lif;
    // The two published measures. Both exist only where the counts agree and are at least 2 (else NaN):
    double mean_isi_difference_ms;            // mean ISI of s-LIF2HH minus mean ISI of HH
    double mean_abs_time_difference_over_isi; // mean |t_LIF[i] - t_HH[i]| over the mean ISI of HH
    // Coincidence factor, data HH, model s-LIF2HH, one-to-one matching. NaN when both are silent, or when the model fires
    // so often that chance alone brings one of its spikes within delta of any instant (2 rate delta >= 1).
    double gamma;
    double spike_distance; // SPIKE-distance over the whole run, 0 (same) to 1
};

// Compares two trains over [0, duration]; delta is the precision of gamma, ms. H4L_E_RANGE, H4L_E_NOMEM.
int h4l_slif_compare(struct h4l_spikes hh, struct h4l_spikes lif, double duration_ms,
                     double delta_ms, struct h4l_slif_comparison *ret, struct h4l_err *err);

// What a comparison says about the claim.
enum h4l_slif_verdict {
    H4L_SLIF_SILENT, // neither neuron fires: the counts agree, there is nothing to time
    H4L_SLIF_COUNTS_DIFFER,
    H4L_SLIF_COUNTS_AGREE, // but the criterion fails, or one spike each leaves no interval to measure by
    H4L_SLIF_HOLDS,        // equal counts and the time difference is below H4L_SLIF_CRITERION
};
enum h4l_slif_verdict h4l_slif_verdict(const struct h4l_slif_comparison *comparison);

// The number of steps in which sub-network 1 (steps: what h4l_chain_run_lif gave for layer 1) does not do what one LIF unit of the same
// constants and input, resetting itself, would do. 0: four units are worth one.
size_t h4l_slif_unlike_single(const struct h4l_chain *chain, const struct h4l_s_lif_flags *steps);

#endif
