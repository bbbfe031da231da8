// The pendulum experiments: cases as one agent each, trained with the published loop on several seeds.
#ifndef H4L_CONTROL_H
#define H4L_CONTROL_H

#include "base/family.h"
#include "rl/train.h"

enum { H4L_CONTROL_MAX_SEEDS = 64 };

// How much a case trains in each tier, unless --set or --seeds say otherwise.
enum h4l_control_budget {
    H4L_CONTROL_IP,     // the models that the claims compare, and their audits
    H4L_CONTROL_IDP,    //
    H4L_CONTROL_OTHER,  // ANN, InvertedPendulum
    H4L_CONTROL_OTHER2, // ANN, InvertedDoublePendulum
    H4L_CONTROL_WIDE,   // 4LIF, InvertedPendulum: costs several times as much
    H4L_CONTROL_WIDE2,  // 4LIF, InvertedDoublePendulum
};

// Values of the parameters, which main.c lists.
struct h4l_control_options {
    bool as_stated;              // else as published
    struct h4l_train_spec train; // the agent and its training
    const char *neuron;          // of a case without a model
    const char *warmup;          // NULL: by variant; "none"
    enum h4l_pendulum_kind env;  // trajectory
    long trajectory_steps;
    struct h4l_reals qpos, qvel;
    double amplitude, phase;
    long neurons; // gates
    double input_sd;
};

struct h4l_control_case {
    const char *name, *model; // model NULL: --set neuron
    enum h4l_pendulum_kind kind;
    enum h4l_control_budget budget;
    bool no_channels; // HH: gNa = gK = 0
    bool hh_time;     // LIF: HH's per-neuron time constants
};

// What a training case runs: the effective parameters of its case.
struct h4l_control_plan {
    const struct h4l_control_case *c;
    struct h4l_control_options o; // of o.train.seed: the first run
    int seeds;
    long window; // steps of the moving mean: 1000, or half of the steps where that is less
    struct h4l_warmup warmup;
    bool warms_up;
    char warmup_sha256[65];
};

// From --tier, --seeds and --set; records the effective values. H4L_E_SKIP without MuJoCo, H4L_E_DATA for the warm-up file,
// H4L_E_RANGE, H4L_E_USAGE. The plan's warm-up policy is to be freed.
int h4l_control_plan(struct h4l_run *run, struct h4l_control_plan *ret, struct h4l_err *err);

// One seed's record.
struct h4l_control_pose {
    double q[H4L_PENDULUM_MAX_DOF], v[H4L_PENDULUM_MAX_DOF], action;
};
struct h4l_control_strip { // the episode of the first evaluation start, or its first part
    size_t n;
    struct h4l_control_pose *poses;
};
struct h4l_control_record {
    float *rewards; // [steps]
    struct h4l_train_episode *episodes;
    size_t n_episodes;
    struct h4l_train_evaluation *evaluations;
    size_t n_evaluations;
    struct h4l_train_evaluation final;  // of the agent at the end of the training
    struct h4l_control_strip strips[2]; // untrained, trained; of the first seed
    // Fingerprints of the first seed, from before its networks have any influence on what happens: they tell whose numbers
    // these are.
    double
        untrained_readout; // mean readout of the untrained policy over fixed random windows: the model
    double
        first_stored_reward; // mean of the first stored rewards, random actions all: environment, variant, noise
    size_t policy_parameters, critic_parameters;
    char parameters_sha256[65];
};

// The CSV files of the cases, each declared where it is written.
extern const struct h4l_series h4l_control_curve_series, h4l_control_band_series,
    h4l_control_final_series, h4l_control_evaluation_series, h4l_control_strip_series,
    h4l_control_noise_series, h4l_control_iqm_series, h4l_control_gates_series,
    h4l_trajectory_ip_series, h4l_trajectory_idp_series;

// A case of struct h4l_control_case.
int h4l_control_train(struct h4l_run *run, struct h4l_err *err);
// Its metrics and series, from the records of its seeds.
int h4l_control_report(struct h4l_run *run, const struct h4l_control_plan *plan,
                       const struct h4l_control_record *records, struct h4l_err *err);

// trajectory: the simulator under a sine of control.
int h4l_control_trajectory(struct h4l_run *run, struct h4l_err *err);
// gates: gate and conductance courses of the HH policies.
int h4l_control_gates(struct h4l_run *run, struct h4l_err *err);
// aggregate: interquartile means, probabilities of improvement and their intervals from the results that lie in the folder.
int h4l_control_aggregate(struct h4l_run *run, struct h4l_err *err);

// H4L_E_SKIP, with what to install, in a build without MuJoCo.
int h4l_control_need_simulator(struct h4l_err *err);

#endif
