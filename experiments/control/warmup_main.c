// hh4lif-warmup: trains the policy that plays the first steps of each control episode, or tries one from a file.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/json.h"
#include "base/log.h"
#include "base/provenance.h"
#include "rl/warmup_train.h"

enum {
    KEY_ENV = 1000,
    KEY_SEED,
    KEY_OUT,
    KEY_TRY,
    KEY_EXPERT_STEPS,
    KEY_ROUNDS,
    KEY_UPDATES,
    KEY_QUIET
};
enum { HELD_OUT = 14 };

struct options {
    int env;                                       // -1: not given; else enum h4l_pendulum_kind
    long long seed, expert_steps, rounds, updates; // of the last three, 0: the default
    const char *out, *policy;
    int quiet;
    struct h4l_err *err;
};

static const struct argp_option options_table[] = {
    {"env", KEY_ENV, "NAME", 0, "ip (InvertedPendulum) or idp (InvertedDoublePendulum)", 0},
    {"out", KEY_OUT, "FILE", 0, "write the trained policy there", 0},
    {"try", KEY_TRY, "FILE", 0, "train nothing; try the policy of this file", 0},
    {"seed", KEY_SEED, "N", 0, "seed of the training (default 1)", 0},
    {"expert-steps", KEY_EXPERT_STEPS, "N", 0, "environment steps of the expert (default 40000)",
     0},
    {"rounds", KEY_ROUNDS, "N", 0, "rounds of imitation (default 12)", 0},
    {"updates", KEY_UPDATES, "N", 0, "gradient steps of a round (default 6000)", 0},
    {"quiet", KEY_QUIET, NULL, 0, "no progress", 0},
    {0}};

static int set_option(struct options *o, int key, char *arg)
{
    switch (key) {
    case KEY_ENV:
        return h4l_arg_choice("--env", arg, "ip|idp", &o->env, o->err);
    case KEY_SEED:
        return h4l_arg_int("--seed", arg, 0, 1LL << 53, &o->seed, o->err);
    case KEY_OUT:
        o->out = arg;
        return H4L_OK;
    case KEY_TRY:
        o->policy = arg;
        return H4L_OK;
    case KEY_EXPERT_STEPS:
        return h4l_arg_int("--expert-steps", arg, 1000, 10000000, &o->expert_steps, o->err);
    case KEY_ROUNDS:
        return h4l_arg_int("--rounds", arg, 1, 1000, &o->rounds, o->err);
    case KEY_UPDATES:
        return h4l_arg_int("--updates", arg, 1, 1000000, &o->updates, o->err);
    case KEY_QUIET:
        o->quiet = 1;
        return H4L_OK;
    case ARGP_KEY_END:
        if (o->env < 0)
            return h4l_fail(o->err, H4L_E_USAGE, "--env is missing: ip or idp");
        if (!o->out == !o->policy)
            return h4l_fail(o->err, H4L_E_USAGE,
                            "give either --out FILE (train) or --try FILE (try a policy)");
        return H4L_OK;
    default:
        return h4l_args_is_event(key)
                   ? H4L_OK
                   : h4l_fail(o->err, H4L_E_USAGE,
                              "unexpected argument \"%s\": only options are allowed", arg);
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    return set_option(state->input, key, arg) ? EINVAL : 0;
}

static const struct argp argp = {
    options_table,
    parse_option,
    NULL,
    "Trains the warm-up policy that plays the first steps of each episode of the published control "
    "experiments: two LIF layers of 32 neurons.\v"
    "An expert is trained by soft actor-critic on the published shaped reward, then imitated. The "
    "trained policy is tried on 14 starts that took no part in its training, once with its mean "
    "and once with "
    "sampled actions; the outcome is shown and stands in the file. results/warmup/ip.json and "
    "idp.json are made by\n"
    "  hh4lif-warmup --env ip --seed 1 --out results/warmup/ip.json\n"
    "  hh4lif-warmup --env idp --seed 1 --out results/warmup/idp.json\n"
    "Exit status: 0 done; 1 the expert never learned to balance (another seed may); 2 wrong usage; "
    "3 the policy of --try cannot be read; 4 out of memory or disk; 77 built without MuJoCo; "
    "130 interrupted.",
    NULL,
    NULL,
    NULL};

// ---- trials ----

// Tries the policy with mean and sampled actions, shows and returns the outcome {"mean_action": {...}, "sampled_action": {...}}.
static int try_policy(const struct h4l_warmup *policy, enum h4l_pendulum_kind kind, json_t **ret,
                      struct h4l_err *err)
{
    static const char *const names[] = {"mean_action", "sampled_action"};
    json_t *both = json_object();

    for (int k = 0; k < 2; k++) {
        struct h4l_warmup_trial t;
        int code = h4l_warmup_try(policy, kind, HELD_OUT, k == 1, &t, err);

        if (code) {
            json_decref(both);
            return code;
        }
        printf("%s: balanced %d of %d episodes, mean length %.1f, native return %.2f, shaped "
               "reward per step %.3f\n",
               k ? "sampled actions" : "mean actions", t.balanced, t.episodes, t.mean_length,
               t.native_return, t.shaped_reward_per_step);
        h4l_json_set(&both, names[k],
                     json_pack("{s:i, s:i, s:f, s:f, s:f}", "episodes", t.episodes, "balanced",
                               t.balanced, "mean_length", t.mean_length, "native_return",
                               t.native_return, "shaped_reward_per_step",
                               t.shaped_reward_per_step));
    }
    *ret = both;
    return H4L_OK;
}

static int try_file(const struct options *o, struct h4l_err *err)
{
    struct h4l_pendulum *pendulum;
    struct h4l_warmup policy = {0};
    json_t *outcome = NULL;
    int code = h4l_pendulum_create((enum h4l_pendulum_kind)o->env, &pendulum, err);

    if (code)
        return code;
    code = h4l_warmup_read(o->policy, h4l_pendulum_n_obs(pendulum), &policy, err);
    h4l_pendulum_destroy(pendulum);
    if (!code)
        code = try_policy(&policy, (enum h4l_pendulum_kind)o->env, &outcome, err);
    json_decref(outcome);
    h4l_warmup_free(&policy);
    return code;
}

// ---- training ----

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static bool show(void *ctx, const char *text)
{
    const struct options *o = ctx;

    if (!o->quiet)
        h4l_log(H4L_LOG_INFO, "%s", text);
    return !stopped;
}

static int write_policy(const struct options *o, const struct h4l_warmup_training *spec,
                        const struct h4l_warmup *policy, json_t *outcome, json_t *provenance,
                        struct h4l_err *err)
{
    json_t *file = h4l_warmup_json(policy);
    json_t *training = json_pack(
        "{s:I, s:I, s:i, s:i, s:i, s:i, s:f}", "seed", (json_int_t)spec->seed, "expert_steps",
        (json_int_t)spec->expert_steps, "expert_width", spec->expert_width, "rounds", spec->rounds,
        "samples", spec->samples, "updates", spec->updates, "learning_rate", spec->learning_rate);
    int code;

    h4l_json_set(&file, "schema", json_string("hh4lif.warmup/1"));
    h4l_json_set(&file, "environment", json_string(o->env ? "idp" : "ip"));
    h4l_json_set(&file, "training", training);
    h4l_json_set(&file, "held_out", json_incref(outcome));
    h4l_json_set(&file, "provenance", json_incref(provenance));
    code = file ? h4l_json_write(o->out, file, err)
                : h4l_fail(err, H4L_E_NOMEM, "out of memory for %s", o->out);
    json_decref(file);
    return code;
}

static int train(const struct options *o, int argc, char **argv, struct h4l_err *err)
{
    struct h4l_warmup_training spec =
        h4l_warmup_training_defaults((enum h4l_pendulum_kind)o->env, (uint64_t)o->seed);
    struct h4l_warmup policy = {0};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    json_t *outcome = NULL, *provenance = NULL;

    if (o->expert_steps)
        spec.expert_steps = (long)o->expert_steps;
    if (o->rounds)
        spec.rounds = (int)o->rounds;
    if (o->updates)
        spec.updates = (int)o->updates;
    sigaction(SIGINT, &action, NULL); // the second one ends the program at once
    sigaction(SIGTERM, &action, NULL);
    int code = h4l_provenance(argc, argv, 1, &provenance, err);
    if (!code)
        code = h4l_warmup_train(&spec, show, (void *)o, &policy, err);
    if (!code)
        code = try_policy(&policy, spec.kind, &outcome, err);
    if (!code)
        code = h4l_provenance_finish(provenance, err);
    if (!code)
        code = write_policy(o, &spec, &policy, outcome, provenance, err);
    json_decref(outcome);
    json_decref(provenance);
    h4l_warmup_free(&policy);
    return code;
}

int main(int argc, char **argv)
{
    struct h4l_err err = {0};
    struct options options = {.env = -1, .seed = 1, .err = &err};
    int code;

    h4l_args_begin("hh4lif-warmup", argv);
    code = h4l_args_parse(&argp, argc, argv, &options, &err);
    if (!code)
        code = options.policy ? try_file(&options, &err) : train(&options, argc, argv, &err);
    return h4l_args_end(code, &err);
}
