// The frozen policy that plays the first steps of each episode in the published training code: two LIF layers, the current
// observation shown for T = 15 steps, the second layer's spikes averaged, linear mean and log_std (clamped).
#ifndef H4L_RL_WARMUP_H
#define H4L_RL_WARMUP_H

#include "base/err.h"

struct h4l_warmup {
    int n_obs, hidden, time_steps; // O, H (published 32), T (published 15)
    double decay, threshold, action_limit, log_std_min, log_std_max;
    double *w1, *b1, *w2, *b2;               // [H][O], [H], [H][H], [H]
    double *w_mean, *b_mean, *w_std, *b_std; // [H], [1], [H], [1]
};

// Reads a policy from a JSON file {"n_obs", "hidden", "action_limit", "time_steps", "decay", "threshold", "log_std_clamp",
// "tensors": {"lif1.weight": {"shape": [H, O], "data": [...]}, "lif1.bias", "lif2.*", "mean_head.*", "log_std_head.*"}}.
// H4L_E_DATA names file, tensor, what was expected and found; n_obs must equal the environment's.
int h4l_warmup_read(const char *path, int n_obs, struct h4l_warmup *ret, struct h4l_err *err);
void h4l_warmup_free(struct h4l_warmup *policy); // harmless on a zeroed struct

// Mean and clamped log_std for one observation; counts of spikes in ret_spikes1[H], ret_spikes2[H] (NULL: not wanted).
void h4l_warmup_forward(const struct h4l_warmup *policy, const double *obs, double *ret_mean,
                        double *ret_log_std, int *ret_spikes1, int *ret_spikes2);
// Action: limit * tanh(mean + exp(log_std) * eps).
double h4l_warmup_act(const struct h4l_warmup *policy, const double *obs, double eps);

#endif
