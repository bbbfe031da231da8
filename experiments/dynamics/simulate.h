// One neuron under a waveform, with what the experiments look at: spikes, and the signals of its row averaged over each
// millisecond (the step of stepped neurons, so that all have the same sampling).
//
// Flows: RK4 from rest, the current taken at the times of its stages; where it is held over intervals (noise) the value in the middle
// serves for the whole step. Spike of a smooth neuron: the time of the first sample above the threshold after one below; of a
// resetting one: its event, found within the step. Stepped neurons: their map from rest, spikes at the start of the step.
#ifndef H4L_DYNAMICS_SIMULATE_H
#define H4L_DYNAMICS_SIMULATE_H

#include "analysis/spike_train.h"
#include "neuron/model.h"
#include "sim/waveform.h"

struct h4l_sim {
    double duration_ms;  // whole ms
    double dt_ms;        // 1 / whole number; of flows
    double threshold_mV; // of smooth neurons
    const struct h4l_wave *stimulus;
    const struct h4l_wave *noise; // a second current, for repetitions; NULL: none
};

struct h4l_sim_result {
    double *t; // spike times, ms
    size_t n, room;
    // The model's signals in each ms (neuron/model.h; where it lists none: its potential): of a flow their means, of a map their values
    // before the reset. NULL unless asked for.
    double *signal[H4L_MODEL_SIGNALS];
};

// H4L_E_NOMEM, H4L_E_NUMERIC.
int h4l_simulate(const struct h4l_sim *sim, const struct h4l_neuron *neuron, bool with_signals,
                 struct h4l_sim_result *ret, struct h4l_err *err);
void h4l_sim_free(struct h4l_sim_result *result); // harmless on a zeroed struct
struct h4l_spikes h4l_sim_train(const struct h4l_sim_result *result);

#endif
