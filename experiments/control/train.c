#include "control.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/statistics.h"
#include "base/file.h"
#include "base/log.h"
#include "base/provenance.h"

enum {
    CHECKPOINT_S = 60,   // least time between two checkpoints of a seed
    STRIP_STEPS = 100,   // length of the strip
    FINAL_EPISODES = 10, // of the evaluation at the end
    FINGERPRINT = 60,    // windows, and transitions (fewer than start_steps)
};

struct work {
    struct h4l_run *run;
    const struct h4l_control_plan *plan;
    struct h4l_control_record *records; // [seeds]
    _Atomic long done;                  // counted steps of all seeds
    _Atomic long found;                 // of them, in checkpoints
    _Atomic int finished;               // seeds
};

static char *checkpoint_path(const struct work *w, size_t i)
{
    char *path = NULL;
    int made = asprintf(&path, "%s/checkpoints/%s-%llu", h4l_run_dir(w->run), w->plan->c->name,
                        (unsigned long long)h4l_run_seed(w->run) + (unsigned long long)i);

    return made < 0 ? NULL : path;
}

// ---- strips ----

struct strip {
    struct h4l_control_strip *to;
    int n_dof;
};

static void see(void *ctx, const double *q, const double *v, double action,
                const struct h4l_pendulum_step *step)
{
    struct strip *s = ctx;

    (void)step;
    if (s->to->n >= STRIP_STEPS)
        return;
    struct h4l_control_pose *pose = &s->to->poses[s->to->n++];
    memcpy(pose->q, q, (size_t)s->n_dof * sizeof *q);
    memcpy(pose->v, v, (size_t)s->n_dof * sizeof *v);
    pose->action = action;
}

static int film(struct h4l_train *train, enum h4l_pendulum_kind kind, struct h4l_control_strip *ret,
                struct h4l_err *err)
{
    struct strip s = {ret, kind == H4L_IP ? 2 : 3};

    ret->poses = calloc(STRIP_STEPS, sizeof *ret->poses);
    if (!ret->poses)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the poses of an episode");
    h4l_train_try(train, 0, see, &s);
    return H4L_OK;
}

// ---- fingerprints ----

static int read_out(struct h4l_train *train, double *ret, struct h4l_err *err)
{
    struct h4l_sac *sac = h4l_train_agent(train);
    const struct h4l_sac_spec *spec = h4l_sac_spec(sac);
    size_t n = (size_t)spec->hidden * (size_t)h4l_cell_trains(&spec->neuron);
    size_t values = (size_t)(spec->observations * spec->n_obs);
    float *window = calloc(values, sizeof *window);
    double *z = calloc(n, sizeof *z), mean, log_std, sum = 0;
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "control fingerprint", 0);
    for (int i = 0; window && z && i < FINGERPRINT; i++) {
        for (size_t k = 0; k < values; k++)
            window[k] = (float)(3 * h4l_rng_normal(&rng));
        h4l_sac_policy(sac, 1, window, &mean, &log_std, z);
        sum += h4l_sum(z, n);
    }
    bool done = window && z;
    free(window);
    free(z);
    if (!done)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the readout of a policy");
    *ret = sum / FINGERPRINT / (double)n;
    return H4L_OK;
}

// The reward stands before the mask at the end of an entry (rl/replay.h).
static double first_stored(const struct h4l_replay *replay)
{
    size_t n = replay->size < FINGERPRINT ? replay->size : FINGERPRINT;
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)replay->entries[(i + 1) * replay->entry - 2];
    return n ? sum / (double)n : NAN;
}

// ---- one seed ----

static int hash_parameters(struct h4l_sac *sac, struct h4l_control_record *ret, struct h4l_err *err)
{
    size_t n = h4l_sac_size(sac, H4L_SAC_POLICY), critics = h4l_sac_size(sac, H4L_SAC_CRITIC);
    double *values = calloc(n + critics, sizeof *values);

    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the trained parameters");
    h4l_sac_get(sac, H4L_SAC_POLICY, values);
    h4l_sac_get(sac, H4L_SAC_CRITIC, values + n);
    h4l_sha256(values, (n + critics) * sizeof *values, ret->parameters_sha256);
    ret->policy_parameters = n;
    ret->critic_parameters = critics;
    free(values);
    return H4L_OK;
}

static void *copy_of(const void *from, size_t n, size_t size)
{
    void *to = calloc(n + 1, size);

    if (to && n)
        memcpy(to, from, n * size);
    return to;
}

// What is kept of a finished run.
static int take_record(struct h4l_train *train, struct h4l_control_record *ret, struct h4l_err *err)
{
    const struct h4l_train_episode *episodes;
    const struct h4l_train_evaluation *evaluations;
    long counted = h4l_train_counted(train);

    ret->n_episodes = h4l_train_episodes(train, &episodes);
    ret->n_evaluations = h4l_train_evaluations(train, &evaluations);
    ret->rewards = copy_of(h4l_train_rewards(train), (size_t)counted, sizeof *ret->rewards);
    ret->episodes = copy_of(episodes, ret->n_episodes, sizeof *episodes);
    ret->evaluations = copy_of(evaluations, ret->n_evaluations, sizeof *evaluations);
    if (!ret->rewards || !ret->episodes || !ret->evaluations)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the record of a run");
    ret->first_stored_reward = first_stored(h4l_train_replay(train));
    ret->final.counted = counted;
    for (int i = 0; i < FINAL_EPISODES; i++) {
        struct h4l_train_trial trial = h4l_train_try(train, (uint64_t)i, NULL, NULL);
        ret->final.mean_return += trial.native_return;
        ret->final.mean_length += trial.length;
    }
    ret->final.mean_return /= FINAL_EPISODES;
    ret->final.mean_length /= FINAL_EPISODES;
    return hash_parameters(h4l_train_agent(train), ret, err);
}

// Reports progress from the main thread, which is worker 0.
static void show_progress(struct work *w, int worker)
{
    char label[60];

    if (worker != 0)
        return;
    snprintf(label, sizeof label, "%d of %d seeds done", atomic_load(&w->finished), w->plan->seeds);
    h4l_run_progress_found(w->run, (double)atomic_load(&w->found));
    h4l_run_progress(w->run, label, (double)atomic_load(&w->done),
                     (double)w->plan->o.train.steps * w->plan->seeds);
}

// Another process that works on other cases in the same folder may remove the folder of checkpoints just when it has become
// empty: once more makes it anew.
static int save(const struct h4l_train *train, const char *path, struct h4l_err *err)
{
    int code = h4l_train_save(train, path, err);

    return code == H4L_E_IO ? h4l_train_save(train, path, err) : code;
}

// ---- how long until it stops ----

// A seed stops at the end of an episode, and saves. What that takes is measured step by step: learning begins within an episode, and
// from then on a step takes many times as long as before.
struct pace {
    const struct h4l_run *run;
    const struct h4l_train *train;
    double at, step_s, evaluation_s, save_s;
    size_t evaluations;
    int longest; // steps of an episode so far
};

static struct pace pace_of(const struct h4l_run *run, const struct h4l_train *train)
{
    struct pace p = {.run = run, .train = train};
    const struct h4l_train_episode *episodes;
    const struct h4l_train_evaluation *unused;
    size_t n = h4l_train_episodes(train, &episodes);

    p.evaluations = h4l_train_evaluations(train, &unused);
    for (size_t i = 0; i < n; i++)
        p.longest = episodes[i].length > p.longest ? episodes[i].length : p.longest;
    return p;
}

static void note_step(void *ctx, int k)
{
    struct pace *p = ctx;
    const struct h4l_train_evaluation *unused;
    size_t evaluations = h4l_train_evaluations(p->train, &unused);
    double now = h4l_now(), took = now - p->at, least = fmin(took, p->step_s);

    if (evaluations != p->evaluations)
        p->evaluation_s = took;
    else
        p->step_s = took;
    p->at = now;
    p->evaluations = evaluations;
    p->longest = k > p->longest ? k : p->longest;
    // The less of two: a step that the machine held up says nothing of the next.
    h4l_run_expect(p->run, least * p->longest + p->evaluation_s + p->save_s);
}

// Trains to the end, with checkpoints by time. Interrupted: leaves a checkpoint.
static int train_on(struct work *w, struct h4l_train *train, const char *path, int worker,
                    struct h4l_err *err)
{
    struct pace pace = pace_of(w->run, train);
    double saved = h4l_now();
    bool held = false; // before the first episode is through there is nothing to save
    int code = H4L_OK;

    h4l_train_watch(train, note_step, &pace);
    while (code == H4L_OK && !h4l_train_done(train)) {
        long before = h4l_train_counted(train);
        pace.at = h4l_now();
        code = h4l_train_advance(train, before + 1, err); // to the end of an episode
        if (!held)
            h4l_run_hold(w->run);
        held = true;
        atomic_fetch_add(&w->done, h4l_train_counted(train) - before);
        show_progress(w, worker);
        bool stop = h4l_run_interrupted(w->run);
        if (code == H4L_OK && (stop || h4l_now() - saved > CHECKPOINT_S)) {
            double began = h4l_now();
            code = save(train, path, err);
            saved = h4l_now();
            pace.save_s = saved - began;
        }
        if (code == H4L_OK && stop && !h4l_train_done(train))
            code = h4l_fail(err, H4L_E_INTERRUPT, "interrupted; --resume goes on from here");
    }
    h4l_train_watch(train, NULL, NULL);
    if (held)
        h4l_run_release(w->run);
    return code;
}

static int train_seed(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    struct work *w = ctx;
    struct h4l_control_record *record = &w->records[i];
    struct h4l_train_spec spec = w->plan->o.train;
    struct h4l_train *train = NULL;
    char *path = checkpoint_path(w, i);
    double started = h4l_now();
    int code;

    spec.seed += i;
    code = path ? h4l_train_create(&spec, w->plan->warms_up ? &w->plan->warmup : NULL, &train, err)
                : h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");
    if (code == H4L_OK && i == 0)
        code = film(train, spec.kind, &record->strips[0], err);
    if (code == H4L_OK && i == 0)
        code = read_out(train, &record->untrained_readout, err);
    if (code == H4L_OK && !h4l_run_resume(w->run))
        unlink(path); // of an earlier run: what follows must not be taken for its continuation
    else if (code == H4L_OK && access(path, F_OK) == 0)
        code = h4l_train_load(train, path, err);
    if (code == H4L_OK) {
        atomic_fetch_add(&w->found, h4l_train_counted(train));
        atomic_fetch_add(&w->done, h4l_train_counted(train));
        code = train_on(w, train, path, worker, err);
    }
    // A case of many seeds may be stopped later: a seed that took its time is kept.
    if (code == H4L_OK && h4l_now() - started > CHECKPOINT_S)
        code = save(train, path, err);
    if (code == H4L_OK && i == 0)
        code = film(train, spec.kind, &record->strips[1], err);
    if (code == H4L_OK)
        code = take_record(train, record, err);
    if (code == H4L_OK)
        atomic_fetch_add(&w->finished, 1);
    h4l_train_destroy(train);
    free(path);
    return code;
}

// With --resume: a checkpoint of another run or program is nothing to go on from, and the user is told.
static int drop_others(const struct work *w, struct h4l_err *err)
{
    struct h4l_train_spec spec = w->plan->o.train;
    int code = H4L_OK;

    for (size_t i = 0; i < (size_t)w->plan->seeds && code == H4L_OK; i++, spec.seed++) {
        char *path = checkpoint_path(w, i);

        code =
            path ? h4l_train_belongs(&spec, w->plan->warms_up ? &w->plan->warmup : NULL, path, err)
                 : h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");
        if (code == H4L_E_DATA) {
            h4l_log(H4L_LOG_WARN, "%s: seed %llu is trained anew; %s", w->plan->c->name,
                    (unsigned long long)spec.seed, err->message);
            unlink(path);
            code = H4L_OK;
        }
        free(path);
    }
    return code;
}

static void remove_checkpoints(const struct work *w)
{
    for (size_t i = 0; i < (size_t)w->plan->seeds; i++) {
        char *path = checkpoint_path(w, i);

        if (path)
            unlink(path);
        free(path);
    }
    h4l_run_checkpoints_done(w->run);
}

static void free_records(struct h4l_control_record *records, int n)
{
    for (int i = 0; records && i < n; i++) {
        free(records[i].rewards);
        free(records[i].episodes);
        free(records[i].evaluations);
        free(records[i].strips[0].poses);
        free(records[i].strips[1].poses);
    }
    free(records);
}

int h4l_control_train(struct h4l_run *run, struct h4l_err *err)
{
    struct h4l_control_plan plan = {0};
    struct work w = {.run = run, .plan = &plan};
    double started = h4l_now();
    int code = h4l_control_plan(run, &plan, err);

    if (code)
        return code;
    w.records = calloc((size_t)plan.seeds, sizeof *w.records);
    if (!w.records)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the records of %d seeds", plan.seeds);
    if (code == H4L_OK && h4l_run_resume(run))
        code = drop_others(&w, err);
    if (code == H4L_OK)
        code = h4l_parallel_for(h4l_run_pool(run), (size_t)plan.seeds, train_seed, &w, err);
    if (code == H4L_OK) {
        h4l_provenance_timing(run, "train_s", h4l_now() - started);
        code = h4l_control_report(run, &plan, w.records, err);
    }
    if (code == H4L_OK)
        remove_checkpoints(&w);
    free_records(w.records, plan.seeds);
    h4l_warmup_free(&plan.warmup);
    return code;
}
