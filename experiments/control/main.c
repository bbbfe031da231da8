// hh4lif-control: which neurons learn to balance the pendulums, as the code was published and as the paper states it. Claims R1 to
// R3; see README.md beside this file.
#include "control.h"

#include "cell/cell.h"

// Groups of cases with parameters of their own.
enum {
    PUBLISHED = 1, // they train, as published
    STATED = 2,    // they train, as the paper states it: other defaults
    TRAINING = PUBLISHED | STATED,
    NOISY = 4,
    TRAJECTORY = 8,
    GATES = 16,
    ANY_NEURON = 32
};

// A case that trains: its name, one line about it, the parameters it takes, and its fields.
#define CASE(name_, summary_, takes_, ...)                                                         \
    {                                                                                              \
        name_, summary_, h4l_control_train,                                                        \
            &(const struct h4l_control_case){.name = name_, __VA_ARGS__},                          \
            (takes_) | H4L_MANY_SEEDS                                                              \
    }
// One model on a pendulum. set: before the name; how: "as published".
#define IP(set, how, takes, model_, what, budget_)                                                 \
    CASE(set "ip-" model_, "InvertedPendulum, " how ": " what, takes, .model = model_,             \
         .kind = H4L_IP, .budget = budget_)
#define IDP(set, how, takes, model_, what, budget_)                                                \
    CASE(set "idp-" model_, "InvertedDoublePendulum, " how ": " what, takes, .model = model_,      \
         .kind = H4L_IDP, .budget = budget_)
// The models that the claims compare, and all.
#define THREE(on, budget, ...)                                                                     \
    on(__VA_ARGS__, "lif", "LIF", budget), on(__VA_ARGS__, "hh", "HH (learning form)", budget),    \
        on(__VA_ARGS__, "slif2hh", "s-LIF2HH", budget)
#define FIVE(on, budget, wide, other, ...)                                                         \
    THREE(on, budget, __VA_ARGS__),                                                                \
        on(__VA_ARGS__, "4lif", "four times as many LIF neurons", wide),                           \
        on(__VA_ARGS__, "ann", "binary activation (ANN)", other)
#define FIVE_IP(...) FIVE(IP, H4L_CONTROL_IP, H4L_CONTROL_WIDE, H4L_CONTROL_OTHER, __VA_ARGS__)
#define FIVE_IDP(...) FIVE(IDP, H4L_CONTROL_IDP, H4L_CONTROL_WIDE2, H4L_CONTROL_OTHER2, __VA_ARGS__)
#define THREE_IDP(...) THREE(IDP, H4L_CONTROL_IDP, __VA_ARGS__)
// One change against ip-MODEL.
#define AUDIT(name, what, model_, ...)                                                             \
    CASE("audit-" name "-ip", what ", otherwise ip-" model_, PUBLISHED, .model = model_,           \
         .kind = H4L_IP, .budget = H4L_CONTROL_IP, __VA_ARGS__)

// Any learning neuron.
#define NEURON(name, pendulum, kind_, budget_)                                                     \
    CASE(name "-neuron", pendulum ", as published: the neuron of --set neuron (--list-neurons)",   \
         PUBLISHED | ANY_NEURON | H4L_ON_DEMAND, .kind = kind_, .budget = budget_)

static const struct h4l_case cases[] = {
    {"trajectory", "the simulator alone under a sine of control", h4l_control_trajectory, NULL,
     TRAJECTORY},
    FIVE_IP("", "as published", PUBLISHED),
    FIVE_IDP("", "as published", PUBLISHED),
    THREE_IDP("noise-", "state and reward noise, as published", PUBLISHED | NOISY),
    FIVE_IP("stated-", "as stated", STATED),
    FIVE_IDP("stated-", "as stated", STATED),
    THREE_IDP("stated-noise-", "state and reward noise, as stated", STATED | NOISY),
    AUDIT("channels", "HH without its Na and K channels", "hh", .no_channels = true),
    AUDIT("timescale", "LIF with the per-neuron time constants of HH", "lif", .hh_time = true),
    CASE("audit-relu-ip", "plain ReLU policy instead of the binary activation, otherwise ip-ann",
         PUBLISHED, .model = "relu", .kind = H4L_IP, .budget = H4L_CONTROL_IP),
    NEURON("ip", "InvertedPendulum", H4L_IP, H4L_CONTROL_IP),
    NEURON("idp", "InvertedDoublePendulum", H4L_IDP, H4L_CONTROL_IDP),
    {"gates", "gate and conductance courses of the HH policies; spikes with and without channels",
     h4l_control_gates, NULL, GATES},
    {"aggregate",
     "interquartile means and probabilities of improvement over the results in the folder",
     h4l_control_aggregate, NULL, 0},
};

#define NUMBER(name, place, ...) H4L_NUMBER(struct h4l_control_options, name, place, __VA_ARGS__)
#define CHOICE(name, place, ...) H4L_CHOICE(struct h4l_control_options, name, place, __VA_ARGS__)
#define PATH(name, place, ...) H4L_FILE(struct h4l_control_options, name, place, __VA_ARGS__)

static const struct h4l_param params[] = {
    CHOICE("variant", as_stated, "as_published|as_stated", PUBLISHED,
           "as_published: as the code runs; as_stated: the reward reads the angle, the time limit "
           "is no failure, heads and critics of 128 for all models, no warm-up",
           "as_published"),
    CHOICE("variant", as_stated, "as_published|as_stated", STATED, "the same", "as_stated"),
    CHOICE("reward", train.intended_reward, "published|intended", TRAINING,
           "InvertedPendulum: the shaped reward reads the velocity of the cart (published) or the "
           "angle of the pole (intended; not given: by variant)",
           H4L_OWN),
    CHOICE("time_limit", train.limit_is_no_failure, "failure|truncation", TRAINING,
           "whether step 1000 of an episode costs the 10 of a fall (not given: by variant)",
           H4L_OWN),
    {.member = H4L_MEMBER(struct h4l_control_options, "neuron", neuron),
     .of = ANY_NEURON,
     .help = "neuron of the policy: a name of --list-neurons",
     .defaults = {"lif"}},
    PATH("warmup", warmup, "none", TRAINING,
         "file of the policy that plays the first five steps of each episode, or none (not given: "
         "by variant, results/warmup/ip.json or idp.json of the source tree, then of "
         "$XDG_DATA_HOME/hh4lif/warmup)"),
    NUMBER("steps", train.steps, 2, 1e8, TRAINING,
           "counted environment steps of a run (not given: by tier and case)", H4L_OWN),
    NUMBER("steps", trajectory_steps, 1, 1e7, TRAJECTORY, "environment steps", "200"),
    NUMBER("start_steps", train.start_steps, 0, 1e8, TRAINING,
           "counted steps with random actions before the agent acts", "100", "2000"),
    NUMBER("state_noise", train.state_noise, 0, 1000, NOISY,
           "standard deviation of the noise on each entry of an observation", "0.002"),
    NUMBER("state_noise", train.state_noise, 0, 1000, TRAINING, "the same", "0"),
    NUMBER(
        "reward_noise", train.reward_noise, 0, 1000, NOISY,
        "standard deviation of the noise on each entry of what the stored reward is computed from",
        "0.1"),
    NUMBER("reward_noise", train.reward_noise, 0, 1000, TRAINING, "the same", "0"),
    NUMBER("evaluate_every", train.evaluate_every, 0, 1e8, TRAINING,
           "counted steps between two evaluations with the mean action; 0: none", "1000", "2000",
           "5000"),
    NUMBER("evaluate_episodes", train.evaluate_episodes, 1, 1000, TRAINING,
           "episodes of an evaluation, with the same starts in all runs", "2", "5"),
    NUMBER("hidden", train.sac.hidden, 1, 8192, TRAINING,
           "neurons of the first layer (not given: the model's)", H4L_OWN),
    NUMBER("heads", train.sac.heads, 1, 8192, TRAINING,
           "width of the two output heads (not given: by model and variant)", H4L_OWN),
    NUMBER("critics", train.sac.critics, 1, 8192, TRAINING,
           "width of the critics (not given: by model and variant)", H4L_OWN),
    NUMBER("batch", train.sac.batch, 1, 1024, TRAINING, "transitions of an update (not given: 64)",
           H4L_OWN),
    NUMBER("threshold", train.sac.neuron.threshold, -1e6, 1e6, TRAINING,
           "spike threshold (not given: the model's)", H4L_OWN),
    NUMBER("half_width", train.sac.neuron.half_width, 1e-9, 1e6, TRAINING,
           "half width of the surrogate window (not given: the model's)", H4L_OWN),
    NUMBER("alpha", train.sac.alpha, 0, 1000, TRAINING, "weight of the entropy (not given: 0.2)",
           H4L_OWN),
    NUMBER("learning_rate", train.sac.learning_rate, 0, 1, TRAINING,
           "of both optimisers (not given: 3e-4)", H4L_OWN),
    CHOICE("log_prob", train.sac.published_log_prob, "stable|published", TRAINING,
           "log-probability of an action: stable near saturation, or 1 - tanh^2 in float32 as "
           "published",
           "stable"),
    CHOICE("env", env, "ip|idp", TRAJECTORY, "InvertedPendulum or InvertedDoublePendulum", "ip"),
    NUMBER("qpos", qpos, -100, 100, TRAJECTORY,
           "start positions: m, rad (, rad) (not given: zeros)", H4L_OWN),
    NUMBER("qvel", qvel, -1000, 1000, TRAJECTORY,
           "start velocities: m/s, rad/s (, rad/s) (not given: zeros)", H4L_OWN),
    NUMBER("amplitude", amplitude, -1000, 1000, TRAJECTORY,
           "control at step t: amplitude sin(0.3 (t - 1) + phase)", "0.05"),
    NUMBER("phase", phase, -1000, 1000, TRAJECTORY, "rad", "0"),
    NUMBER("neurons", neurons, 1, 1e7, GATES, "HH neurons drawn per environment", "12800"),
    NUMBER("input_sd", input_sd, 0, 1e6, GATES,
           "standard deviation of the random input current, a new one per observation", "1"),
};

static const struct h4l_undefined undefined[] = {
    {"trajectory", "first_terminated_step", "no step ended the episode"},
    {NULL, "native_return_mean", "no episode ended"},
    {0}};

int main(int argc, char **argv)
{
    static const struct h4l_series *const series[] = {
        &h4l_control_curve_series,      &h4l_control_band_series,  &h4l_control_final_series,
        &h4l_control_evaluation_series, &h4l_control_strip_series, &h4l_control_noise_series,
        &h4l_control_iqm_series,        &h4l_control_gates_series, &h4l_trajectory_ip_series,
        &h4l_trajectory_idp_series};
    static const struct h4l_constants constants = {
        "cell",
        "a constant that the policy's neuron has of its own, such as cell.tau_w of adex; a wrong "
        "name lists them.",
        TRAINING, NULL};
    static const struct h4l_family family = {
        .name = "control",
        .question = "Do SAC agents with HH and s-LIF2HH policies learn to balance the pendulums "
                    "alike, and better than LIF, "
                    "also under noise (claims R1 to R3)? And does it hold with the reward, the "
                    "time limit, the critics and "
                    "the warm-up as one would state them?",
        .cases = cases,
        .n_cases = sizeof cases / sizeof *cases,
        .params = params,
        .n_params = sizeof params / sizeof *params,
        .series = series,
        .n_series = sizeof series / sizeof *series,
        .constants = &constants,
        .neuron = h4l_cell_listed,
        .undefined = undefined,
        .options_size = sizeof(struct h4l_control_options)};

    return h4l_family_main(&family, argc, argv);
}
