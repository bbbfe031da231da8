// One neuron of each model under a waveform, with what the experiments look at: spikes, and the potential averaged over each
// millisecond (the step of s-LIF2HH, so that all models have the same sampling).
//
// HH and tv-LIF2HH (gates of its own): RK4 from rest, the current taken at the beginning, middle and end of the step; where it is
// held over intervals (noise) the value in the middle serves for the whole step. Spike: the time of the first sample above
// the threshold after one below. s-LIF2HH: the published map from u = 0, spikes at the start of the step in which they occur.
#ifndef H4L_DYNAMICS_SIMULATE_H
#define H4L_DYNAMICS_SIMULATE_H

#include "analysis/spike_train.h"
#include "sim/waveform.h"

enum h4l_sim_model { H4L_SIM_HH, H4L_SIM_TV, H4L_SIM_S_LIF };

struct h4l_sim {
    double duration_ms; // whole ms
    double dt_ms;       // 1 / whole number; of HH and tv-LIF2HH
    double threshold_mV;
    const struct h4l_wave *stimulus;
    const struct h4l_wave *noise; // a second current, for repetitions; NULL: none
};

struct h4l_sim_result {
    double *t; // spike times, ms
    size_t n, room;
    double *
        mean; // potential of each ms: HH, tv: V averaged; s-LIF2HH: u_1 before the reset. NULL unless asked for
    double *output; // s-LIF2HH: u_4 before the reset; else NULL
};

// Runs a model. with_potentials: fill mean (and output). H4L_E_NOMEM, H4L_E_NUMERIC.
int h4l_simulate(const struct h4l_sim *sim, enum h4l_sim_model model, int with_potentials,
                 struct h4l_sim_result *ret, struct h4l_err *err);
void h4l_sim_free(struct h4l_sim_result *result); // harmless on a zeroed struct
struct h4l_spikes h4l_sim_train(const struct h4l_sim_result *result);

#endif
