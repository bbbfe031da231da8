#include "rl/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/grow.h"
#include "base/param.h"
#include "base/provenance.h"

enum { EVALUATION_SEED = 20240816 };

// Random streams of a run, one a purpose, so that no use of one moves another.
enum stream {
    RESET,
    RANDOM_ACTION,
    POLICY,
    WARMUP,
    SAMPLE,
    UPDATE,
    STATE_NOISE,
    REWARD_NOISE,
    STREAMS
};
static const char *const stream_names[STREAMS] = {
    "control reset",  "control random action", "control policy",      "control warm-up",
    "control sample", "control update",        "control state noise", "control reward noise",
};

struct h4l_train {
    struct h4l_train_spec spec;
    const struct h4l_warmup *warmup;
    struct h4l_pendulum *env, *trial; // training, evaluation
    struct h4l_sac *sac;
    struct h4l_replay replay;
    struct h4l_rng rng[STREAMS];
    void (*watch)(void *ctx, int k);
    void *watch_ctx;
    // Of the episode under way: the last W + 1 observations, oldest first, and the current one in double.
    bool in_episode;
    int k; // environment steps made in this episode
    double obs[H4L_PENDULUM_MAX_OBS];
    float history[(H4L_CELL_MAX_WINDOW + 1) * H4L_PENDULUM_MAX_OBS];
    struct h4l_train_episode episode;
    // Records.
    long counted;
    float *rewards; // [steps]
    struct h4l_train_episode *episodes;
    size_t n_episodes, room_episodes;
    struct h4l_train_evaluation *evaluations;
    size_t n_evaluations, room_evaluations;
    // One batch.
    float *state, *next_state, *action, *reward, *mask;
    double *eps_next, *eps_policy;
};

int h4l_train_published(const char *model, enum h4l_pendulum_kind kind, bool as_stated,
                        struct h4l_train_spec *ret, struct h4l_err *err)
{
    struct h4l_train_spec spec = {
        .kind = kind, .steps = kind == H4L_IP ? 101100 : 301100, .start_steps = 2000};
    int code = h4l_sac_published(model, kind == H4L_IDP, &spec.sac, err);

    if (code)
        return code;
    if (as_stated) {
        spec.intended_reward = spec.limit_is_no_failure = true;
        spec.sac.heads = spec.sac.critics = 128;
    }
    *ret = spec;
    return H4L_OK;
}

static int check_spec(const struct h4l_train_spec *s, struct h4l_err *err)
{
    const struct {
        const char *name;
        double value, min, max;
    } rows[] = {
        {"steps", (double)s->steps, 1, 1e8},
        {"start_steps", (double)s->start_steps, 0, 1e8},
        {"state_noise", s->state_noise, 0, 1e3},
        {"reward_noise", s->reward_noise, 0, 1e3},
        {"evaluate_every", (double)s->evaluate_every, 0, 1e8},
        {"evaluate_episodes", s->evaluate_episodes, 0, 1000},
        {"batch", s->sac.batch, 1, 1024},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!(rows[i].value >= rows[i].min && rows[i].value <= rows[i].max))
            return h4l_fail(err, H4L_E_RANGE, "%s = %g: must lie between %g and %g", rows[i].name,
                            rows[i].value, rows[i].min, rows[i].max);
    return H4L_OK;
}

static int allocate(struct h4l_train *run, struct h4l_err *err)
{
    const struct h4l_train_spec *s = &run->spec;
    size_t B = (size_t)s->sac.batch, window = (size_t)s->sac.observations * (size_t)s->sac.n_obs;
    size_t capacity = (size_t)s->steps < 1000000 ? (size_t)s->steps * 2
                                                 : 1000000; // published 1e6; warm-up steps add some
    int code;

    if ((code = h4l_pendulum_create(s->kind, &run->env, err)) ||
        (code = h4l_pendulum_create(s->kind, &run->trial, err)) ||
        (code = h4l_sac_create(&s->sac, H4L_FLOAT, s->seed, &run->sac, err)) ||
        (code = h4l_replay_create(capacity < 1000000 ? capacity : 1000000, s->sac.n_obs,
                                  s->sac.observations, &run->replay, err)))
        return code;
    run->rewards = calloc((size_t)s->steps, sizeof *run->rewards);
    run->state = calloc(B * window, sizeof(float));
    run->next_state = calloc(B * window, sizeof(float));
    run->action = calloc(B, sizeof(float));
    run->reward = calloc(B, sizeof(float));
    run->mask = calloc(B, sizeof(float));
    run->eps_next = calloc(B, sizeof(double));
    run->eps_policy = calloc(B, sizeof(double));
    if (!run->rewards || !run->state || !run->next_state || !run->action || !run->reward ||
        !run->mask || !run->eps_next || !run->eps_policy)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for a training run");
    return H4L_OK;
}

int h4l_train_create(const struct h4l_train_spec *spec, const struct h4l_warmup *warmup,
                     struct h4l_train **ret, struct h4l_err *err)
{
    int code = check_spec(spec, err);

    if (code)
        return code;
    struct h4l_train *run = calloc(1, sizeof *run);
    if (!run)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for a training run");
    run->spec = *spec;
    run->warmup = warmup;
    code = allocate(run, err);
    if (!code && spec->sac.n_obs != h4l_pendulum_n_obs(run->env))
        code = h4l_fail(err, H4L_E_RANGE, "n_obs = %d: this environment gives %d", spec->sac.n_obs,
                        h4l_pendulum_n_obs(run->env));
    if (code) {
        h4l_train_destroy(run);
        return code;
    }
    for (int i = 0; i < STREAMS; i++)
        h4l_rng_init(&run->rng[i], spec->seed, stream_names[i], 0);
    *ret = run;
    return H4L_OK;
}

void h4l_train_destroy(struct h4l_train *run)
{
    if (!run)
        return;
    h4l_pendulum_destroy(run->env);
    h4l_pendulum_destroy(run->trial);
    h4l_sac_destroy(run->sac);
    h4l_replay_free(&run->replay);
    free(run->rewards);
    free(run->episodes);
    free(run->evaluations);
    free(run->state);
    free(run->next_state);
    free(run->action);
    free(run->reward);
    free(run->mask);
    free(run->eps_next);
    free(run->eps_policy);
    free(run);
}

// Makes room for one more record of `size` bytes in a growing array.
static int grow(void *array, size_t n, size_t *room, size_t size, struct h4l_err *err)
{
    return h4l_grow(array, n, room, size)
               ? H4L_OK
               : h4l_fail(err, H4L_E_NOMEM, "out of memory for the records of a training run");
}

// ---- windows of observations ----

// Appends obs as the newest of the history of W + 1; `fill` makes it all of them (start of an episode).
static void remember(float *history, const struct h4l_sac_spec *s, const double *obs, bool fill)
{
    size_t O = (size_t)s->n_obs, W = (size_t)s->observations;

    if (!fill)
        memmove(history, history + O, W * O * sizeof *history);
    for (size_t row = fill ? 0 : W; row <= W; row++)
        for (size_t i = 0; i < O; i++)
            history[row * O + i] = (float)obs[i];
}

// The window that ends with the newest observation.
static const float *newest_window(const float *history, const struct h4l_sac_spec *s)
{
    return history + s->n_obs;
}

// ---- evaluation ----

struct h4l_train_trial h4l_train_try(struct h4l_train *run, uint64_t start, h4l_train_see see,
                                     void *ctx)
{
    const struct h4l_sac_spec *s = &run->spec.sac;
    float history[(H4L_CELL_MAX_WINDOW + 1) * H4L_PENDULUM_MAX_OBS];
    double obs[H4L_PENDULUM_MAX_OBS], q[H4L_PENDULUM_MAX_DOF], v[H4L_PENDULUM_MAX_DOF];
    struct h4l_train_trial trial = {0};
    struct h4l_pendulum_step step = {0};
    struct h4l_rng rng;

    h4l_rng_init(&rng, EVALUATION_SEED, "control evaluation", start);
    h4l_pendulum_reset(run->trial, &rng, obs);
    remember(history, s, obs, true);
    if (see) {
        h4l_pendulum_state(run->trial, q, v);
        see(ctx, q, v, NAN, NULL);
    }
    while (!step.terminated && !step.truncated) {
        double action = h4l_sac_act(run->sac, newest_window(history, s), 0);
        h4l_pendulum_step(run->trial, action, &step);
        remember(history, s, step.obs, false);
        trial.native_return += step.reward;
        trial.length++;
        if (see) {
            h4l_pendulum_state(run->trial, q, v);
            see(ctx, q, v, action, &step);
        }
    }
    trial.terminated = step.terminated;
    return trial;
}

static int evaluate(struct h4l_train *run, struct h4l_err *err)
{
    double sum = 0, length = 0;
    int code = grow(&run->evaluations, run->n_evaluations, &run->room_evaluations,
                    sizeof *run->evaluations, err);

    if (code)
        return code;
    for (int i = 0; i < run->spec.evaluate_episodes; i++) {
        struct h4l_train_trial trial = h4l_train_try(run, (uint64_t)i, NULL, NULL);
        sum += trial.native_return;
        length += trial.length;
    }
    run->evaluations[run->n_evaluations++] = (struct h4l_train_evaluation){
        .counted = run->counted,
        .mean_return = sum / run->spec.evaluate_episodes,
        .mean_length = length / run->spec.evaluate_episodes,
    };
    return H4L_OK;
}

// ---- the loop ----

static int update(struct h4l_train *run, struct h4l_err *err)
{
    size_t B = (size_t)run->spec.sac.batch;
    struct h4l_sac_batch batch = {run->state, run->next_state, run->action, run->reward, run->mask};
    struct h4l_sac_losses losses;

    if (run->replay.size <= B)
        return H4L_OK;
    h4l_replay_sample(&run->replay, &run->rng[SAMPLE], B, run->state, run->next_state, run->action,
                      run->reward, run->mask);
    for (size_t i = 0; i < B; i++)
        run->eps_next[i] = h4l_rng_normal(&run->rng[UPDATE]);
    for (size_t i = 0; i < B; i++)
        run->eps_policy[i] = h4l_rng_normal(&run->rng[UPDATE]);
    h4l_sac_update(run->sac, &batch, run->eps_next, run->eps_policy, &losses);
    if (!isfinite(losses.qa) || !isfinite(losses.qb) || !isfinite(losses.policy))
        return h4l_fail(err, H4L_E_NUMERIC,
                        "training diverged at counted step %ld: losses %g, %g, %g", run->counted,
                        losses.qa, losses.qb, losses.policy);
    return H4L_OK;
}

static bool warming_up(const struct h4l_train *run)
{
    return run->warmup && run->k < run->spec.sac.observations;
}

static double choose_action(struct h4l_train *run)
{
    const struct h4l_sac_spec *s = &run->spec.sac;

    if (warming_up(run))
        return h4l_warmup_act(run->warmup, run->obs, h4l_rng_normal(&run->rng[WARMUP]));
    if (run->counted < run->spec.start_steps)
        return h4l_rng_between(&run->rng[RANDOM_ACTION], -s->action_limit, s->action_limit);
    return h4l_sac_act(run->sac, newest_window(run->history, s), h4l_rng_normal(&run->rng[POLICY]));
}

// The reward that goes into the memory: from a noisy copy of the next observation where reward noise is on.
static double stored_reward(struct h4l_train *run, const double *obs, bool failed, double clean)
{
    double noisy[H4L_PENDULUM_MAX_OBS];

    if (run->spec.reward_noise <= 0)
        return clean;
    for (int i = 0; i < run->spec.sac.n_obs; i++)
        noisy[i] = obs[i] + run->spec.reward_noise * h4l_rng_normal(&run->rng[REWARD_NOISE]);
    return h4l_pendulum_shaped_reward(run->spec.kind, noisy, failed, run->spec.intended_reward);
}

static void start_episode(struct h4l_train *run)
{
    h4l_pendulum_reset(run->env, &run->rng[RESET], run->obs);
    remember(run->history, &run->spec.sac, run->obs, true);
    run->k = 0;
    run->episode = (struct h4l_train_episode){0};
    run->in_episode = true;
}

static int end_episode(struct h4l_train *run, struct h4l_err *err)
{
    int code =
        grow(&run->episodes, run->n_episodes, &run->room_episodes, sizeof *run->episodes, err);

    if (code)
        return code;
    run->episode.counted = run->counted;
    run->episode.length = run->k;
    run->episodes[run->n_episodes++] = run->episode;
    run->in_episode = false;
    return H4L_OK;
}

// One environment step with what belongs to it.
static int one_step(struct h4l_train *run, struct h4l_err *err)
{
    const struct h4l_train_spec *s = &run->spec;
    struct h4l_pendulum_step step;
    bool counts = !warming_up(run);
    int code = update(run, err);

    if (code)
        return code;
    double action = choose_action(run);
    h4l_pendulum_step(run->env, action, &step);
    run->k++;
    bool over = step.terminated || step.truncated;
    bool failed = s->limit_is_no_failure ? step.terminated : over;
    double reward = h4l_pendulum_shaped_reward(s->kind, step.obs, failed, s->intended_reward);
    for (int i = 0; i < s->sac.n_obs; i++) {
        bool noisy = s->state_noise > 0 && run->k > s->sac.observations;
        run->obs[i] =
            step.obs[i] + (noisy ? s->state_noise * h4l_rng_normal(&run->rng[STATE_NOISE]) : 0);
    }
    double kept = stored_reward(run, run->obs, failed, reward);
    remember(run->history, &s->sac, run->obs, false);
    if (run->k >= s->sac.observations || !run->warmup)
        h4l_replay_add(&run->replay, run->history, (float)action, (float)kept,
                       step.truncated || !over ? 1 : 0);
    run->episode.native_return += step.reward;
    run->episode.shaped_return += reward;
    if (counts) {
        run->rewards[run->counted++] = (float)reward;
        if (s->evaluate_every > 0 && s->evaluate_episodes > 0 &&
            run->counted % s->evaluate_every == 0 && (code = evaluate(run, err)))
            return code;
    }
    return over ? end_episode(run, err) : H4L_OK;
}

int h4l_train_advance(struct h4l_train *run, long until, struct h4l_err *err)
{
    int code = H4L_OK;

    while (!code && run->counted < run->spec.steps && (run->in_episode || run->counted < until)) {
        if (!run->in_episode)
            start_episode(run);
        code = one_step(run, err);
        if (run->watch)
            run->watch(run->watch_ctx, run->k);
    }
    return code;
}

void h4l_train_watch(struct h4l_train *run, void (*step)(void *ctx, int k), void *ctx)
{
    run->watch = step;
    run->watch_ctx = ctx;
}

long h4l_train_counted(const struct h4l_train *run)
{
    return run->counted;
}

bool h4l_train_done(const struct h4l_train *run)
{
    return run->counted >= run->spec.steps;
}

const float *h4l_train_rewards(const struct h4l_train *run)
{
    return run->rewards;
}

size_t h4l_train_episodes(const struct h4l_train *run, const struct h4l_train_episode **ret)
{
    *ret = run->episodes;
    return run->n_episodes;
}

size_t h4l_train_evaluations(const struct h4l_train *run, const struct h4l_train_evaluation **ret)
{
    *ret = run->evaluations;
    return run->n_evaluations;
}

struct h4l_sac *h4l_train_agent(struct h4l_train *run)
{
    return run->sac;
}

const struct h4l_replay *h4l_train_replay(const struct h4l_train *run)
{
    return &run->replay;
}

// ---- checkpoints: header, streams, records, agent, memory, SHA-256 of all before it ----

static const char magic[16] = "hh4lif.train/3\n";

struct header {
    char magic[16];
    char spec[64]; // SHA-256 of everything in the spec that the run's bytes depend on
    uint64_t agent_bytes, counted, n_episodes, n_evaluations, replay_size, replay_next;
    uint64_t streams[STREAMS];
    char program[64]; // what wrote it, see base/provenance.h
};

// The first 48 bits of the SHA-256 of an array's bytes: as many as a double holds exactly, with room.
static double short_hash(const double *values, size_t n)
{
    char hex[65];

    h4l_sha256(values, n * sizeof *values, hex);
    hex[12] = 0;
    return (double)strtoull(hex, NULL, 16);
}

// A number that stands for the warm-up policy's parameters: with another policy a run is another run.
static double warmup_hash(const struct h4l_warmup *p)
{
    if (!p)
        return 0;
    size_t O = (size_t)p->n_obs, H = (size_t)p->hidden;
    const double parts[] = {
        (double)p->n_obs,
        (double)p->hidden,
        (double)p->time_steps,
        p->decay,
        p->threshold,
        p->action_limit,
        p->log_std_min,
        p->log_std_max,
        short_hash(p->w1, H * O),
        short_hash(p->b1, H),
        short_hash(p->w2, H * H),
        short_hash(p->b2, H),
        short_hash(p->w_mean, H),
        short_hash(p->b_mean, 1),
        short_hash(p->w_std, H),
        short_hash(p->b_std, 1),
    };

    return 1 + short_hash(parts, sizeof parts / sizeof parts[0]);
}

// Every number of the spec but its seed and its neuron.
#define NUMBER(place) H4L_MEMBER(struct h4l_train_spec, #place, place)
static const struct h4l_member spec_members[] = {
    NUMBER(kind),
    NUMBER(steps),
    NUMBER(start_steps),
    NUMBER(intended_reward),
    NUMBER(limit_is_no_failure),
    NUMBER(state_noise),
    NUMBER(reward_noise),
    NUMBER(evaluate_every),
    NUMBER(evaluate_episodes),
    NUMBER(sac.graded),
    NUMBER(sac.n_obs),
    NUMBER(sac.observations),
    NUMBER(sac.repeat),
    NUMBER(sac.hidden),
    NUMBER(sac.heads),
    NUMBER(sac.critics),
    NUMBER(sac.action_limit),
    NUMBER(sac.gamma),
    NUMBER(sac.tau),
    NUMBER(sac.alpha),
    NUMBER(sac.learning_rate),
    NUMBER(sac.batch),
    NUMBER(sac.published_log_prob),
    NUMBER(sac.dt_max),
    NUMBER(sac.rate_max),
};
enum { SPEC_MEMBERS = sizeof spec_members / sizeof *spec_members };

// Hashed as numbers: a struct's padding must not decide whether a run may go on.
static void spec_hash(const struct h4l_train_spec *s, const struct h4l_warmup *warmup,
                      char ret_hex[65])
{
    const struct h4l_sac_spec *a = &s->sac;
    double numbers[3 + SPEC_MEMBERS + H4L_CELL_MAX_VALUES] = {
        (double)(s->seed >> 32), (double)(s->seed & 0xffffffff), warmup_hash(warmup)};
    struct h4l_cell_value values[H4L_CELL_MAX_VALUES];
    char hex[65], text[96 + H4L_TOPOLOGY_TEXT], topology[H4L_TOPOLOGY_TEXT] = "";
    int n = h4l_cell_values(&a->neuron, values);

    for (int i = 0; i < SPEC_MEMBERS; i++)
        numbers[3 + i] = h4l_member_number(&spec_members[i], s);
    for (int i = 0; i < n; i++)
        numbers[3 + SPEC_MEMBERS + i] = values[i].value;
    if (a->neuron.cell->uses & H4L_CELL_TOPOLOGY)
        h4l_topology_print(&a->neuron.topology, topology, sizeof topology);
    h4l_sha256(numbers, sizeof numbers, hex);
    snprintf(text, sizeof text, "%s %.24s %s", hex, a->neuron.cell->name, topology);
    h4l_sha256(text, strlen(text), ret_hex);
}

// What stands in a checkpoint of this run by this program, whatever it has done.
static int origin_of(const struct h4l_train_spec *spec, const struct h4l_warmup *warmup,
                     struct header *ret, struct h4l_err *err)
{
    char hex[65];
    int code = h4l_program_identity(hex, err);

    if (code)
        return code;
    memcpy(ret->program, hex, sizeof ret->program);
    spec_hash(spec, warmup, hex);
    memcpy(ret->spec, hex, sizeof ret->spec);
    memcpy(ret->magic, magic, sizeof magic);
    return H4L_OK;
}

static int header_of(const struct h4l_train *run, struct header *ret, struct h4l_err *err)
{
    struct header h = {
        .agent_bytes = h4l_sac_state_bytes(run->sac),
        .counted = (uint64_t)run->counted,
        .n_episodes = run->n_episodes,
        .n_evaluations = run->n_evaluations,
        .replay_size = run->replay.size,
        .replay_next = run->replay.next,
    };
    int code = origin_of(&run->spec, run->warmup, &h, err);

    if (code)
        return code;
    for (int i = 0; i < STREAMS; i++)
        h.streams[i] = h4l_rng_tell(&run->rng[i]);
    *ret = h;
    return H4L_OK;
}

static size_t checkpoint_bytes(const struct h4l_train *run, const struct header *h)
{
    return sizeof *h + h->agent_bytes + h->counted * sizeof(float) +
           h->n_episodes * sizeof(struct h4l_train_episode) +
           h->n_evaluations * sizeof(struct h4l_train_evaluation) +
           h->replay_size * run->replay.entry * sizeof(float) + 64;
}

static void put(char **to, const void *from, size_t n)
{
    if (n)
        memcpy(*to, from, n);
    *to += n;
}

int h4l_train_save(const struct h4l_train *run, const char *path, struct h4l_err *err)
{
    struct header h;
    size_t n;
    struct h4l_file file = {0};
    char hex[65], *bytes, *to;
    int code = header_of(run, &h, err);

    if (code)
        return code;
    if (run->in_episode && !h4l_train_done(run))
        return h4l_fail(err, H4L_E_INTERNAL, "a checkpoint can only be written between episodes");
    n = checkpoint_bytes(run, &h);
    to = bytes = malloc(n);
    if (!bytes)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for a checkpoint of %zu MB", n / 1000000);
    put(&to, &h, sizeof h);
    h4l_sac_save(run->sac, to);
    to += h.agent_bytes;
    put(&to, run->rewards, (size_t)h.counted * sizeof *run->rewards);
    put(&to, run->episodes, run->n_episodes * sizeof *run->episodes);
    put(&to, run->evaluations, run->n_evaluations * sizeof *run->evaluations);
    put(&to, run->replay.entries, run->replay.size * run->replay.entry * sizeof(float));
    h4l_sha256(bytes, (size_t)(to - bytes), hex);
    put(&to, hex, 64);
    code = h4l_file_begin(path, &file, err);
    if (!code) {
        fwrite(bytes, 1, n, file.stream); // a failed write shows at commit
        code = h4l_file_commit(&file, err);
    }
    free(bytes);
    return code;
}

// H4L_E_DATA: the checkpoint is one of another run or another program.
static int check_origin(const char *path, const struct header *found, const struct header *mine,
                        struct h4l_err *err)
{
    if (memcmp(found->magic, mine->magic, sizeof mine->magic) != 0)
        return h4l_fail(err, H4L_E_DATA, "%s: a checkpoint of another version", path);
    if (memcmp(found->spec, mine->spec, sizeof mine->spec) != 0)
        return h4l_fail(err, H4L_E_DATA, "%s: belongs to a run with other parameters", path);
    if (memcmp(found->program, mine->program, sizeof mine->program) != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: written by another program (commit, compiler, flags, instruction "
                        "level or libraries)",
                        path);
    return H4L_OK;
}

int h4l_train_belongs(const struct h4l_train_spec *spec, const struct h4l_warmup *warmup,
                      const char *path, struct h4l_err *err)
{
    struct header mine = {0}, found = {0};
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(&found, 1, sizeof found, file) : 0;
    const size_t name = strcspn(magic, "/");
    int code;

    if (file)
        fclose(file);
    if (n < sizeof found || memcmp(found.magic, magic, name) != 0)
        return H4L_OK; // none, or what loading refuses
    code = origin_of(spec, warmup, &mine, err);
    return code ? code : check_origin(path, &found, &mine, err);
}

// Checks a checkpoint's bytes against the run; the header goes to ret.
static int check_bytes(const struct h4l_train *run, const char *path, const char *bytes, size_t n,
                       struct header *ret, struct h4l_err *err)
{
    struct header mine, h;
    char hex[65];
    int code = header_of(run, &mine, err);

    if (code)
        return code;
    if (n < sizeof h + 64)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: %zu bytes are too few for a checkpoint: remove the file to start anew",
                        path, n);
    memcpy(&h, bytes, sizeof h);
    if (memcmp(h.magic, magic, sizeof magic) != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: not a checkpoint of this version: remove the file to start anew",
                        path);
    h4l_sha256(bytes, n - 64, hex);
    if (memcmp(hex, bytes + n - 64, 64) != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: damaged (its checksum does not fit): remove the file to start anew",
                        path);
    code = check_origin(path, &h, &mine, err);
    if (code)
        return code;
    // Numbers beyond the file's own size would wrap the sum of its parts. The memory fills from its beginning.
    if (h.agent_bytes != mine.agent_bytes || h.n_episodes > n || h.n_evaluations > n ||
        h.counted > (uint64_t)run->spec.steps || h.replay_size > run->replay.capacity ||
        h.replay_next >= run->replay.capacity ||
        (h.replay_size < run->replay.capacity && h.replay_next != h.replay_size) ||
        n != checkpoint_bytes(run, &h))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: its sizes do not fit together: remove the file to start anew", path);
    *ret = h;
    return H4L_OK;
}

// Array of n records copied from *from, which moves on; NULL for n = 0 or no memory.
static void *take(const char **from, size_t n, size_t size)
{
    void *copy = n ? malloc(n * size) : NULL;

    if (copy)
        memcpy(copy, *from, n * size);
    *from += n * size;
    return copy;
}

int h4l_train_load(struct h4l_train *run, const char *path, struct h4l_err *err)
{
    struct header h = {0};
    char *bytes;
    size_t n;
    int code = h4l_read_file(path, (size_t)4 << 30, &bytes, &n, err);

    if (code)
        return code;
    code = check_bytes(run, path, bytes, n, &h, err);
    if (code) {
        free(bytes);
        return code;
    }
    const char *from = bytes + sizeof h, *agent = from;
    from += h.agent_bytes;
    const char *rewards = from;
    from += h.counted * sizeof(float);
    struct h4l_train_episode *episodes = take(&from, (size_t)h.n_episodes, sizeof *episodes);
    struct h4l_train_evaluation *evaluations =
        take(&from, (size_t)h.n_evaluations, sizeof *evaluations);
    if ((h.n_episodes && !episodes) || (h.n_evaluations && !evaluations))
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory reading %s", path);
    else
        code = h4l_sac_restore(run->sac, agent, (size_t)h.agent_bytes, err);
    if (code) {
        free(episodes);
        free(evaluations);
        free(bytes);
        return code;
    }
    memcpy(run->rewards, rewards, (size_t)h.counted * sizeof(float));
    memcpy(run->replay.entries, from, (size_t)h.replay_size * run->replay.entry * sizeof(float));
    free(run->episodes);
    free(run->evaluations);
    run->episodes = episodes;
    run->evaluations = evaluations;
    run->n_episodes = run->room_episodes = (size_t)h.n_episodes;
    run->n_evaluations = run->room_evaluations = (size_t)h.n_evaluations;
    run->counted = (long)h.counted;
    run->replay.size = (size_t)h.replay_size;
    run->replay.next = (size_t)h.replay_next;
    run->in_episode = false;
    for (int i = 0; i < STREAMS; i++)
        h4l_rng_seek(&run->rng[i], h.streams[i]);
    free(bytes);
    return H4L_OK;
}
