// Time-resolved, parameter-free comparison of two spike trains: ISI-distance, SPIKE-distance, SPIKE-synchronisation.
//
// Sources: Kreuz, Haas, Morelli, Abarbanel & Politi (J. Neurosci. Methods 2007) for the ISI-distance; Kreuz, Chicharro,
// Houghton, Andrzejak & Mormann (J. Neurophysiol. 2013) for the SPIKE-distance with its rate weighting; Kreuz, Mulansky &
// Bozanic (J. Neurophysiol. 2015) for SPIKE-synchronisation; Satuvuori et al. (J. Neurosci. Methods 2017) for the edges.
// All three cost O(n_a + n_b) and are symmetric in a and b.
//
// Near the ends of the window one neighbour of each instant is missing. Two conventions:
//   H4L_EDGE_MAX  the missing interval is as long as the neighbouring one, or reaches to the edge if that is longer, and
//                 the distance of its outer spike is that of the first (last) spike (Satuvuori et al. 2017; PySpike);
//   H4L_EDGE_AUX  both trains get auxiliary spikes at the two edges (Kreuz et al. 2013).
// A train without spikes is treated as one with spikes at both edges.
#ifndef H4L_ANALYSIS_SPIKE_DISTANCE_H
#define H4L_ANALYSIS_SPIKE_DISTANCE_H

#include "analysis/spike_train.h"

enum h4l_spike_edge { H4L_EDGE_MAX, H4L_EDGE_AUX };

// Mean over the window of |nu_a - nu_b| / max(nu_a, nu_b), nu the current interspike interval: 0 (identical) to 1.
// H4L_E_RANGE: a spike outside the window or not ascending; H4L_E_NOMEM.
int h4l_isi_distance(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window window,
                     enum h4l_spike_edge edge, double *ret, struct h4l_err *err);

// Mean over the window of (S_a nu_b + S_b nu_a) / (2 <nu>^2), where S_a interpolates between the distances of the spike before and
// after to their nearest spikes in the other train: 0 (identical) to 1. The profile is linear between spikes, so the mean is exact.
int h4l_spike_distance(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window window,
                       enum h4l_spike_edge edge, double *ret, struct h4l_err *err);

// Time-resolved profile: S(t) (or the ISI ratio) at `points` instants evenly spread over the window, both ends included.
enum h4l_profile { H4L_PROFILE_ISI, H4L_PROFILE_SPIKE };
int h4l_distance_profile(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window window,
                         enum h4l_spike_edge edge, enum h4l_profile which, size_t points,
                         double *ret, struct h4l_err *err);

// Share of all spikes that have a partner in the other train closer than half the smallest of the intervals around both:
// 0 to 1. `inclusive` counts a partner at exactly that half as well (the source is strict). A missing interval does not
// bound; two trains of one spike each are bounded by half the window. 1 when both trains are empty.
int h4l_spike_synchronization(struct h4l_spikes a, struct h4l_spikes b, struct h4l_window window,
                              int inclusive, double *ret, struct h4l_err *err);

#endif
