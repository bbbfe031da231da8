// Inside of rl/sac.h: the agent, and what its arithmetic, which is compiled once per type (sac_real.c), does for it.
#ifndef H4L_RL_SAC_PRIVATE_H
#define H4L_RL_SAC_PRIVATE_H

#include "base/simd.h"
#include "rl/sac.h"

enum {
    H4L_SAC_CRITIC_TENSORS = 12,
    H4L_SAC_POLICY_TENSORS = 12 + 2 * (H4L_CELL_MAX_INPUTS + H4L_CELL_MAX_UNITS),
    H4L_SAC_LEARNED = 7, // pieces of the state that an agent's arithmetic holds
};

// A piece of the agent's state.
struct h4l_sac_part {
    void *at;
    size_t bytes;
};

struct h4l_sac_type {
    int row; // a row of neurons is a multiple of so many
    // Makes sac->agent, zeroed; false: out of memory. And frees it (NULL is allowed).
    bool (*create)(struct h4l_sac *sac);
    void (*destroy)(struct h4l_sac *sac);
    // As the functions of the same name in sac.h.
    void (*get)(const struct h4l_sac *sac, enum h4l_sac_set set, double *ret_values);
    void (*set)(struct h4l_sac *sac, enum h4l_sac_set set, const double *values);
    void (*policy)(struct h4l_sac *sac, int n, const float *windows, double *ret_mean,
                   double *ret_log_std, double *ret_z);
    void (*critics)(struct h4l_sac *sac, int n, const float *obs, const float *actions,
                    double *ret_qa, double *ret_qb);
    void (*update)(struct h4l_sac *sac, const struct h4l_sac_batch *batch, const double *eps_next,
                   const double *eps_policy, struct h4l_sac_losses *ret);
    // Sets the neurons' constants from the spec, dt[H] and rates[H].
    void (*neurons)(struct h4l_sac *sac);
    // What training changes: parameters of policy, critics and targets, Adam's moments.
    void (*learned)(const struct h4l_sac *sac, struct h4l_sac_part ret[H4L_SAC_LEARNED]);
};
extern const struct h4l_sac_type h4l_sac_type_float, h4l_sac_type_double;

struct h4l_sac {
    struct h4l_sac_spec spec;
    const struct h4l_sac_type *type;
    enum h4l_simd level;
    int P, R, M;       // projections, trains, mixing weights
    int Hp;            // neurons of a row in memory: H up to whole vectors
    size_t projection; // numbers of one projection: 2 B W Hp
    size_t n_policy, n_critic;
    struct h4l_sac_tensor policy[H4L_SAC_POLICY_TENSORS], critic[H4L_SAC_CRITIC_TENSORS];
    size_t n_policy_tensors;
    size_t at_in[H4L_CELL_MAX_INPUTS][2], at_head[2][6],
        at_critic[2][6]; // offsets: weight, bias, ...
    size_t mix;          // of the mixing weights
    double *dt;          // [H]
    double *rates;       // [H][6]
    double *scratch;     // [B]
    uint64_t updates;    // Adam's count
    struct h4l_sac_agent *agent;
};

#endif
