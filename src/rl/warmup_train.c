#include "rl/warmup_train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rl/train.h"
#include "rl/warmup_student.h"

enum {
    BATCH = 128,
    TRIES = 12,
    HELD_OUT_SEED = 20240816,
    EXPERT_STATES = 10,
    SHORT = 20,
    LONG = 60
};

struct h4l_warmup_training h4l_warmup_training_defaults(enum h4l_pendulum_kind kind, uint64_t seed)
{
    return (struct h4l_warmup_training){
        .kind = kind,
        .seed = seed,
        .expert_steps = 40000,
        .expert_width = 64,
        .rounds = 12,
        .samples = 8000,
        .updates = 6000,
        .hidden = 32,
        .learning_rate = 4e-3,
    };
}

static int check_spec(const struct h4l_warmup_training *s, struct h4l_err *err)
{
    const struct {
        const char *name;
        double value, min, max;
    } rows[] = {
        {"expert_steps", (double)s->expert_steps, 1000, 1e7},
        {"expert_width", s->expert_width, 1, 1024},
        {"rounds", s->rounds, 1, 1000},
        {"samples", s->samples, 64, 1000000},
        {"updates", s->updates, 1, 1000000},
        {"hidden", s->hidden, 1, 128},
        {"learning_rate", s->learning_rate, 1e-9, 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!(rows[i].value >= rows[i].min && rows[i].value <= rows[i].max))
            return h4l_fail(err, H4L_E_RANGE, "%s = %g: must lie between %g and %g", rows[i].name,
                            rows[i].value, rows[i].min, rows[i].max);
    return H4L_OK;
}

// ---- players: expert or policy ----

struct player {
    struct h4l_sac *expert; // NULL: policy plays
    const struct h4l_warmup *policy;
};

// The expert's mean and log_std; its window is one observation.
static void ask_expert(struct h4l_sac *expert, const double *obs, double *ret_mean,
                       double *ret_log_std)
{
    float window[H4L_PENDULUM_MAX_OBS];

    for (int i = 0; i < h4l_sac_spec(expert)->n_obs; i++)
        window[i] = (float)obs[i];
    h4l_sac_policy(expert, 1, window, ret_mean, ret_log_std, NULL);
}

static double act(const struct player *p, const double *obs, double eps)
{
    double mean, log_std;

    if (!p->expert)
        return h4l_warmup_act(p->policy, obs, eps);
    ask_expert(p->expert, obs, &mean, &log_std);
    return h4l_sac_spec(p->expert)->action_limit * tanh(mean + exp(log_std) * eps);
}

// n episodes from the starts (seed, purpose, 0..n-1); eps from the same streams after the start.
static void play(struct h4l_pendulum *pendulum, enum h4l_pendulum_kind kind,
                 const struct player *player, uint64_t seed, const char *purpose, int n,
                 bool sampled, struct h4l_warmup_trial *ret)
{
    struct h4l_warmup_trial trial = {.episodes = n};
    double steps = 0, native = 0, shaped = 0;

    for (int i = 0; i < n; i++) {
        struct h4l_rng rng;
        struct h4l_pendulum_step step = {0};
        double obs[H4L_PENDULUM_MAX_OBS];
        h4l_rng_init(&rng, seed, purpose, (uint64_t)i);
        h4l_pendulum_reset(pendulum, &rng, obs);
        while (!step.terminated && !step.truncated) {
            double eps = sampled ? h4l_rng_normal(&rng) : 0;
            h4l_pendulum_step(pendulum, act(player, obs, eps), &step);
            memcpy(obs, step.obs, sizeof obs);
            steps++;
            native += step.reward;
            shaped += h4l_pendulum_shaped_reward(kind, obs, false, false);
        }
        trial.balanced += !step.terminated;
    }
    trial.mean_length = steps / n;
    trial.native_return = native / n;
    trial.shaped_reward_per_step = shaped / steps;
    *ret = trial;
}

int h4l_warmup_try(const struct h4l_warmup *policy, enum h4l_pendulum_kind kind, int n,
                   bool sampled, struct h4l_warmup_trial *ret, struct h4l_err *err)
{
    struct player player = {.policy = policy};
    struct h4l_pendulum *pendulum;
    int code = h4l_pendulum_create(kind, &pendulum, err);

    if (code)
        return code;
    if (policy->n_obs != h4l_pendulum_n_obs(pendulum))
        code = h4l_fail(err, H4L_E_DATA, "the policy sees %d numbers, the environment gives %d",
                        policy->n_obs, h4l_pendulum_n_obs(pendulum));
    else
        play(pendulum, kind, &player, HELD_OUT_SEED, "warm-up held out", n, sampled, ret);
    h4l_pendulum_destroy(pendulum);
    return code;
}

// Worst of mean and sampled actions, episodes that last the time limit before reward: what the best state is chosen by.
static double score(const struct h4l_warmup_trial both[2])
{
    double worst = INFINITY;

    for (int k = 0; k < 2; k++)
        worst = fmin(worst, 1e3 * both[k].balanced + both[k].mean_length / 10 +
                                both[k].shaped_reward_per_step);
    return worst;
}

// ---- the training ----

struct training {
    const struct h4l_warmup_training *spec;
    h4l_warmup_progress progress;
    void *ctx;
    struct h4l_train *run; // the expert's
    struct h4l_sac *expert;
    struct h4l_pendulum *pendulum;
    struct h4l_student *student;
    // Data: what was seen, and what the expert would do.
    size_t n;
    float *obs, *mean, *log_std;
    // The best policy so far.
    struct h4l_warmup best;
    double best_score;
};

static int report(const struct training *t, const char *what, long done, long all,
                  const struct h4l_warmup_trial both[2], struct h4l_err *err)
{
    char text[200];

    snprintf(text, sizeof text,
             "%s %ld of %ld: balanced %d and %d of %d episodes (mean, sampled actions), shaped "
             "reward per step %.2f and %.2f",
             what, done, all, both[0].balanced, both[1].balanced, both[0].episodes,
             both[0].shaped_reward_per_step, both[1].shaped_reward_per_step);
    if (t->progress && !t->progress(t->ctx, text))
        return h4l_fail(err, H4L_E_INTERRUPT, "the training was stopped");
    return H4L_OK;
}

static void try_both(struct training *t, const struct player *player,
                     struct h4l_warmup_trial both[2])
{
    for (int k = 0; k < 2; k++)
        play(t->pendulum, t->spec->kind, player, t->spec->seed, "warm-up trial", TRIES, k == 1,
             &both[k]);
}

static int start_expert(struct training *t, struct h4l_err *err)
{
    const struct h4l_warmup_training *s = t->spec;
    struct h4l_train_spec spec;
    int code = h4l_train_published("relu", s->kind, false, &spec, err);

    if (code)
        return code;
    spec.seed = s->seed;
    spec.steps = s->expert_steps;
    spec.start_steps = 1000;
    spec.sac.observations = spec.sac.repeat = 1;
    spec.sac.hidden = spec.sac.heads = spec.sac.critics = s->expert_width;
    code = h4l_train_create(&spec, NULL, &t->run, err);
    if (!code)
        t->expert = h4l_train_agent(t->run);
    return code;
}

static int train_expert(struct training *t, struct h4l_err *err)
{
    long steps = t->spec->expert_steps;
    size_t size = h4l_sac_size(t->expert, H4L_SAC_POLICY);
    double best = -INFINITY, *kept = malloc(size * sizeof *kept);
    struct player player = {.expert = t->expert};
    int code = kept ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "out of memory for the expert");

    for (long i = 1; !code && i <= EXPERT_STATES; i++) {
        struct h4l_warmup_trial both[2];
        code = h4l_train_advance(t->run, steps * i / EXPERT_STATES, err);
        if (code)
            break;
        try_both(t, &player, both);
        if (score(both) > best) {
            best = score(both);
            h4l_sac_get(t->expert, H4L_SAC_POLICY, kept);
        }
        code = report(t, "expert, step", h4l_train_counted(t->run), steps, both, err);
    }
    if (!code && best < 1e3 * TRIES)
        code = h4l_fail(err, H4L_E_CHECK,
                        "the expert never balanced all of its %d trials within %ld steps: take "
                        "another seed or more steps",
                        TRIES, steps);
    if (!code)
        h4l_sac_set(t->expert, H4L_SAC_POLICY, kept);
    free(kept);
    return code;
}

// A start of the task with all its deviations half as large again: what is learnt must reach to the edge of the task's starts.
static void reset_wide(struct h4l_pendulum *pendulum, struct h4l_rng *rng, double *ret_obs)
{
    double q[H4L_PENDULUM_MAX_DOF], v[H4L_PENDULUM_MAX_DOF];

    h4l_pendulum_reset(pendulum, rng, ret_obs);
    h4l_pendulum_state(pendulum, q, v);
    for (int i = 0; i < h4l_pendulum_n_dof(pendulum); i++) {
        q[i] *= 1.5;
        v[i] *= 1.5;
    }
    h4l_pendulum_reset_to(pendulum, q, v, ret_obs);
}

// Adds `samples` observations from episodes of the player, sampled actions, with the expert's answer to each. Episodes end after SHORT and
// LONG steps in turn: getting from a start to the middle takes some 20, and half of the data should be of that.
static void collect(struct training *t, const struct player *player, int round)
{
    int O = h4l_pendulum_n_obs(t->pendulum);
    size_t end = t->n + (size_t)t->spec->samples;
    struct h4l_rng rng;
    struct h4l_pendulum_step step = {0};
    double obs[H4L_PENDULUM_MAX_OBS], mean, log_std;
    int left = 0;
    bool brief = false;

    h4l_rng_init(&rng, t->spec->seed, "warm-up data", (uint64_t)round);
    for (; t->n < end; t->n++) {
        if (step.terminated || left-- == 0) {
            left = (brief = !brief) ? SHORT - 1 : LONG - 1;
            reset_wide(t->pendulum, &rng, obs);
        }
        ask_expert(t->expert, obs, &mean, &log_std);
        for (int i = 0; i < O; i++)
            t->obs[t->n * (size_t)O + (size_t)i] = (float)obs[i];
        // Beyond 3, tanh is at its end: nothing is gained by following the expert further.
        t->mean[t->n] = (float)fmax(-3, fmin(mean, 3));
        t->log_std[t->n] = (float)fmax(-3, fmin(log_std, 0));
        h4l_pendulum_step(t->pendulum, act(player, obs, h4l_rng_normal(&rng)), &step);
        memcpy(obs, step.obs, sizeof obs);
    }
}

// Mean and deviation of each entry in the first round's data scale what the policy sees; an entry that hardly moves keeps its size.
static int start_student(struct training *t, struct h4l_err *err)
{
    int O = h4l_pendulum_n_obs(t->pendulum);
    double center[H4L_PENDULUM_MAX_OBS] = {0}, scale[H4L_PENDULUM_MAX_OBS] = {0};
    struct h4l_rng rng;

    for (size_t i = 0; i < t->n * (size_t)O; i++)
        center[i % (size_t)O] += (double)t->obs[i] / (double)t->n;
    for (size_t i = 0; i < t->n * (size_t)O; i++) {
        double off = (double)t->obs[i] - center[i % (size_t)O];
        scale[i % (size_t)O] += off * off / (double)t->n;
    }
    for (int i = 0; i < O; i++)
        scale[i] = fmax(sqrt(scale[i]), 0.01);
    h4l_rng_init(&rng, t->spec->seed, "warm-up weights", 0);
    t->student = h4l_student_create(O, t->spec->hidden, BATCH, center, scale, &rng);
    return t->student ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "out of memory for a warm-up policy");
}

// `updates` steps on batches drawn from all data; the learning rate falls along a half cosine over all rounds.
static void fit(struct training *t, int round)
{
    const struct h4l_warmup_training *s = t->spec;
    size_t O = (size_t)h4l_pendulum_n_obs(t->pendulum);
    float obs[BATCH * H4L_PENDULUM_MAX_OBS], mean[BATCH], log_std[BATCH];
    struct h4l_rng rng;

    h4l_rng_init(&rng, s->seed, "warm-up batches", (uint64_t)round);
    for (int k = 0; k < s->updates; k++) {
        double done = (round + (double)k / s->updates) / s->rounds;
        for (size_t i = 0; i < BATCH; i++) {
            size_t from = (size_t)h4l_rng_below(&rng, t->n);
            memcpy(obs + i * O, t->obs + from * O, O * sizeof *obs);
            mean[i] = t->mean[from];
            log_std[i] = t->log_std[from];
        }
        h4l_student_step(t->student, obs, mean, log_std,
                         s->learning_rate * (0.01 + 0.99 * 0.5 * (1 + cos(M_PI * done))));
    }
}

static int imitate(struct training *t, struct h4l_err *err)
{
    const struct h4l_warmup_training *s = t->spec;
    struct h4l_warmup policy = {0};
    int code = H4L_OK;

    for (int round = 0; !code && round < s->rounds; round++) {
        struct player player = {.expert = round ? NULL : t->expert, .policy = &policy};
        struct h4l_warmup_trial both[2];

        collect(t, &player, round);
        if (round == 0)
            code = start_student(t, err);
        if (code)
            break;
        fit(t, round);
        h4l_warmup_free(&policy);
        code = h4l_student_export(t->student, h4l_pendulum_max_action(t->pendulum), &policy, err);
        if (code)
            break;
        try_both(t, &(struct player){.policy = &policy}, both);
        code = report(t, "imitation, round", round + 1, s->rounds, both, err);
        if (!code && score(both) > t->best_score) {
            h4l_warmup_free(&t->best);
            t->best_score = score(both);
            code =
                h4l_student_export(t->student, h4l_pendulum_max_action(t->pendulum), &t->best, err);
        }
    }
    h4l_warmup_free(&policy);
    return code;
}

int h4l_warmup_train(const struct h4l_warmup_training *spec, h4l_warmup_progress progress,
                     void *ctx, struct h4l_warmup *ret, struct h4l_err *err)
{
    struct training t = {.spec = spec, .progress = progress, .ctx = ctx, .best_score = -INFINITY};
    int code = check_spec(spec, err);

    if (!code)
        code = h4l_pendulum_create(spec->kind, &t.pendulum, err);
    if (!code)
        code = start_expert(&t, err);
    if (!code) {
        size_t n = (size_t)spec->rounds * (size_t)spec->samples;
        t.obs = calloc(n * (size_t)h4l_pendulum_n_obs(t.pendulum), sizeof *t.obs);
        t.mean = calloc(n, sizeof *t.mean);
        t.log_std = calloc(n, sizeof *t.log_std);
        if (!t.obs || !t.mean || !t.log_std)
            code = h4l_fail(err, H4L_E_NOMEM, "out of memory for %zu samples", n);
    }
    if (!code)
        code = train_expert(&t, err);
    if (!code)
        code = imitate(&t, err);
    if (code)
        h4l_warmup_free(&t.best);
    else
        *ret = t.best;
    h4l_train_destroy(t.run);
    h4l_pendulum_destroy(t.pendulum);
    h4l_student_destroy(t.student);
    free(t.obs);
    free(t.mean);
    free(t.log_std);
    return code;
}

// ---- the file ----

static json_t *tensor(int rows, int cols, const double *values)
{
    json_t *shape = cols ? json_pack("[ii]", rows, cols) : json_pack("[i]", rows);
    json_t *data = json_array();

    for (int i = 0; i < rows * (cols ? cols : 1); i++)
        h4l_json_add(&data, json_real(values[i]));
    return json_pack("{s:o, s:o}", "shape", shape, "data", data);
}

json_t *h4l_warmup_json(const struct h4l_warmup *p)
{
    int H = p->hidden;
    json_t *tensors = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "lif1.weight", tensor(H, p->n_obs, p->w1),
        "lif1.bias", tensor(H, 0, p->b1), "lif2.weight", tensor(H, H, p->w2), "lif2.bias",
        tensor(H, 0, p->b2), "mean_head.weight", tensor(1, H, p->w_mean), "mean_head.bias",
        tensor(1, 0, p->b_mean), "log_std_head.weight", tensor(1, H, p->w_std), "log_std_head.bias",
        tensor(1, 0, p->b_std));

    return json_pack("{s:i, s:i, s:i, s:f, s:f, s:f, s:[f,f], s:o}", "n_obs", p->n_obs, "hidden", H,
                     "time_steps", p->time_steps, "action_limit", p->action_limit, "decay",
                     p->decay, "threshold", p->threshold, "log_std_clamp", p->log_std_min,
                     p->log_std_max, "tensors", tensors);
}
