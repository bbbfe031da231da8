// Replay memory of an agent that sees windows of observations: one entry holds the W + 1 observations that a transition
// needs (the window before the step and, shifted by one, the window after it), the last action, reward and mask.
#ifndef H4L_RL_REPLAY_H
#define H4L_RL_REPLAY_H

#include <stddef.h>

#include "base/err.h"
#include "base/rng.h"
#include "rl/sac.h"

struct h4l_replay {
    size_t capacity, size,
        next;     // entries: room, used, where the next one goes (the oldest is overwritten)
    size_t entry; // floats of one entry: (W + 1) O + 3
    int n_obs, observations; // O, W
    float *entries;
};

// Room for `capacity` >= 1 transitions of windows of `observations` observations with n_obs entries. H4L_E_NOMEM, H4L_E_RANGE.
int h4l_replay_create(size_t capacity, int n_obs, int observations, struct h4l_replay *ret,
                      struct h4l_err *err);
void h4l_replay_free(struct h4l_replay *replay); // harmless on a zeroed struct

// Adds a transition: obs [W + 1][O], oldest first; mask 0 if the last one is terminal, else 1.
void h4l_replay_add(struct h4l_replay *replay, const float *obs, float action, float reward,
                    float mask);

// Draws n different transitions (n <= size) uniformly and fills the arrays behind a batch: state, next_state [n][W][O],
// action, reward, mask [n]. Uses a varying number of words of rng (a draw that came before is drawn again).
void h4l_replay_sample(const struct h4l_replay *replay, struct h4l_rng *rng, size_t n,
                       float *ret_state, float *ret_next_state, float *ret_action,
                       float *ret_reward, float *ret_mask);

#endif
