// Trains a warm-up policy (rl/warmup.h): first an expert, then two LIF layers that imitate it.
//
// 1. Expert: a plain ReLU policy that sees only the current observation, by soft actor-critic (rl/train.h) on the published shaped
//    reward, without a warm-up policy. It is tried every tenth of its steps; the best of these states is kept.
// 2. Imitation with dataset aggregation (Ross, Gordon, Bagnell 2011): in the first round the expert plays, in later ones the
//    policy as it is; the expert's mean and log_std at every visited observation join the data, and the policy
//    is fitted to all of it by back-propagation through time with the rectangular surrogate of the published networks.
// 3. After each round the policy is tried; the best round is kept.
//
// All trials here use starts of their own: h4l_warmup_trial's held-out starts take no part in any choice.
#ifndef H4L_RL_WARMUP_TRAIN_H
#define H4L_RL_WARMUP_TRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "rl/pendulum.h"
#include "rl/warmup.h"

struct h4l_warmup_training {
    enum h4l_pendulum_kind kind;
    uint64_t seed;
    long expert_steps; // environment steps of the expert, 1000..1e7
    int expert_width;  // of its layers, 1..1024
    int rounds;        // of imitation, 1..1000
    int samples;       // observations that join the data in a round, 64..1000000
    int updates;       // gradient steps of a round, 1..1000000
    int hidden;        // neurons of each layer, 1..128
    double learning_rate;
};

// What the committed policies were made with.
struct h4l_warmup_training h4l_warmup_training_defaults(enum h4l_pendulum_kind kind, uint64_t seed);

// How a policy did in n episodes.
struct h4l_warmup_trial {
    int episodes, balanced;        // balanced: lasted the 1000 steps of the time limit
    double mean_length;            // steps
    double native_return;          // mean of an episode's sum
    double shaped_reward_per_step; // published shaped reward without the -10 at an episode's end
};

// Plays n episodes from the held-out starts 0..n-1 (streams of their own, the same for every policy), with mean or sampled actions.
// H4L_E_SKIP without MuJoCo; H4L_E_DATA if the policy sees another number of observations.
int h4l_warmup_try(const struct h4l_warmup *policy, enum h4l_pendulum_kind kind, int n,
                   bool sampled, struct h4l_warmup_trial *ret, struct h4l_err *err);

// Told how far the training is: text of one line, valid during the call. Returns false to stop (then H4L_E_INTERRUPT).
typedef bool (*h4l_warmup_progress)(void *ctx, const char *text);

// The same bytes for the same spec on the same machine. H4L_E_RANGE, H4L_E_SKIP (no MuJoCo), H4L_E_NOMEM, H4L_E_NUMERIC (the
// expert diverged), H4L_E_CHECK (it never learned to balance: another seed or more steps).
int h4l_warmup_train(const struct h4l_warmup_training *spec, h4l_warmup_progress progress,
                     void *ctx, struct h4l_warmup *ret, struct h4l_err *err);

// The policy in the format that h4l_warmup_read takes. NULL: out of memory.
json_t *h4l_warmup_json(const struct h4l_warmup *policy);

#endif
