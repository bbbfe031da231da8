// Soft actor-critic with a spiking first layer in the policy, as the published training code builds it.
//
//   policy: window of W observations, each shown for R time steps (T = W R) -> neuron layer (H neurons, U units each)
//           -> mean of the spikes over T: z[H U] -> two heads z -> D -> ReLU -> D -> ReLU -> 1: mean, log_std in [-20, 2]
//   action: a = limit * tanh(mean + exp(log_std) * eps), eps standard normal
//   critics: two networks (last observation, action) -> C -> ReLU -> C -> ReLU -> 1, and their slow copies (targets)
//
// Letters: B batch, W observations in a window, T time steps, H neurons, U units of a neuron, P input projections,
// D width of the heads, C width of the critics, O observation entries. All tensors row-major, weights [out][in].
//
// One source in two precisions: double is the definition (held to reference updates), float trains. One agent is used by
// one thread; its results do not depend on anything else that runs.
#ifndef H4L_RL_SAC_H
#define H4L_RL_SAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rng.h"
#include "cell/cell.h"

enum h4l_precision { H4L_FLOAT, H4L_DOUBLE };

struct h4l_sac_spec {
    struct h4l_cell_constants neuron; // window is T = observations * repeat
    bool
        graded; // readout of the potentials instead of spikes: with "ann" the plain ReLU policy (audit); memoryless cells only
    int n_obs;  // O, 1..64
    int observations; // W, published 5
    int repeat;       // R, published 3
    int hidden;       // H, published 128 (4LIF 512)
    int heads;        // D, published = H
    int critics;      // C, published = H
    double action_limit;
    double gamma, tau, alpha, learning_rate; // published 0.99, 0.005, 0.2, 3e-4
    int batch;                               // B, published 64
    // The published code computes 1 - tanh(u)^2, which loses its digits in float32 near saturation; the default is stable.
    bool published_log_prob;
    // The policy's gradient of the last update can be read (H4L_SAC_POLICY_GRADIENT). Else most of it is gone when Adam has taken it.
    bool keep_gradient;
    // HH: per-neuron dt uniform in (0, dt_max), the six rates uniform in (0, rate_max). dt_max 0: every neuron has neuron.dt.
    // LIF with dt_max > 0 takes HH's time constants: v <- (1 - 0.3 dt) v (1 - s) + dt I (audit).
    double dt_max, rate_max;
};

// The published agents: model "lif", "hh", "slif2hh", "4lif", "ann", and for the audits "relu"; double_pendulum selects the
// thresholds and sizes of InvertedDoublePendulum. H4L_E_USAGE names the allowed models.
int h4l_sac_published(const char *model, bool double_pendulum, struct h4l_sac_spec *ret,
                      struct h4l_err *err);

// One tensor of the agent. Names as in the reference files: policy neuron_in.weight [H][O] (s-LIF2HH neuron_in_a, _b, _c
// and neuron_mix [1][3]), mean_h1, mean_h2, mean_out, std_h1, std_h2, std_out; critic qa_h1 [C][O + 1], qa_h2, qa_out, qb_*.
struct h4l_sac_tensor {
    char name[24];
    int rows, cols; // cols 1: a bias
    size_t offset;  // into the flat array of its set
};

enum h4l_sac_set { H4L_SAC_POLICY, H4L_SAC_CRITIC, H4L_SAC_TARGET, H4L_SAC_POLICY_GRADIENT };

struct h4l_sac;

// Builds an agent with Xavier-uniform weights and zero biases from the streams (seed, "sac ...", 0); targets equal critics.
// H4L_E_RANGE names the field; H4L_E_NOMEM.
int h4l_sac_create(const struct h4l_sac_spec *spec, enum h4l_precision precision, uint64_t seed,
                   struct h4l_sac **ret, struct h4l_err *err);
void h4l_sac_destroy(struct h4l_sac *sac); // NULL is allowed
const struct h4l_sac_spec *h4l_sac_spec(const struct h4l_sac *sac);

// The tensors of a set, and the number of parameters in it.
size_t h4l_sac_tensors(const struct h4l_sac *sac, enum h4l_sac_set set,
                       const struct h4l_sac_tensor **ret);
size_t h4l_sac_size(const struct h4l_sac *sac, enum h4l_sac_set set);
// Copies a whole set out of or into the agent (h4l_sac_size doubles).
void h4l_sac_get(const struct h4l_sac *sac, enum h4l_sac_set set, double *ret_values);
void h4l_sac_set(struct h4l_sac *sac, enum h4l_sac_set set, const double *values);
// HH: per-neuron dt[H] and rates[H][6], replacing the drawn ones. H4L_E_RANGE unless all are finite and dt > 0.
int h4l_sac_set_hh(struct h4l_sac *sac, const double *dt, const double *rates, struct h4l_err *err);

// Policy on n windows [n][W][O] (n <= batch): ret_mean[n], ret_log_std[n], ret_z [n][H U] (NULL: not wanted).
void h4l_sac_policy(struct h4l_sac *sac, int n, const float *windows, double *ret_mean,
                    double *ret_log_std, double *ret_z);
// Both critics on n observations [n][O] and actions [n] (n <= batch).
void h4l_sac_critics(struct h4l_sac *sac, int n, const float *obs, const float *actions,
                     double *ret_qa, double *ret_qb);
// Action for one window [W][O]: sampled with eps, or the mean's action for eps = 0.
double h4l_sac_act(struct h4l_sac *sac, const float *window, double eps);

// A batch of transitions, B each: windows before and after [B][W][O], and the last action, reward, mask (0: terminal).
struct h4l_sac_batch {
    const float *state, *next_state, *action, *reward, *mask;
};
struct h4l_sac_losses {
    double qa, qb, policy;
};
// One update as published: target with a fresh action sample (eps_next[B]) from the target critics; mean squared errors of
// both critics, one Adam step; policy loss mean(alpha log p - min(Qa, Qb)) with a fresh sample (eps_policy[B]) and the
// critics just updated, one Adam step; target <- (1 - tau) target + tau critic.
void h4l_sac_update(struct h4l_sac *sac, const struct h4l_sac_batch *batch, const double *eps_next,
                    const double *eps_policy, struct h4l_sac_losses *ret);

// The whole trainable state (parameters, targets, Adam's moments and count, HH constants) as bytes for a checkpoint: the
// same agent on the same machine goes on with the same bytes. h4l_sac_restore: H4L_E_DATA if n does not fit the spec.
size_t h4l_sac_state_bytes(const struct h4l_sac *sac);
void h4l_sac_save(const struct h4l_sac *sac, void *ret_bytes);
int h4l_sac_restore(struct h4l_sac *sac, const void *bytes, size_t n, struct h4l_err *err);

#endif
