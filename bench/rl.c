// Reinforcement learning: whole training runs of the published agents, and the simulator with and without the task around it.
#include <math.h>
#include <stdlib.h>

#include "base/provenance.h"
#include "rl/train.h"
#include "rows.h"

enum { FILLED = 300, LEAST = 5, MOST = 1000, PER_SECONDS = 20, STEPS = 1000, RESTART = 5 };

// ---- training ----

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

// A run can only stop where an episode ends, so a repetition is as many whole episodes as last 1/20 of bench->seconds.
static int time_run(struct h4l_bench *bench, struct h4l_train *run, struct h4l_err *err)
{
    double rates[MOST], wanted = bench->seconds / PER_SECONDS, total = 0;
    int n = 0, code = h4l_train_advance(run, FILLED, err);

    while (!code && n < MOST && (n < LEAST || total < bench->seconds) && !h4l_train_done(run)) {
        double begin = h4l_now(), took = 0;
        long before = h4l_train_counted(run);

        while (!code && took < wanted && !h4l_train_done(run)) {
            code = h4l_train_advance(run, h4l_train_counted(run) + 1, err);
            took = h4l_now() - begin;
        }
        rates[n++] = (double)(h4l_train_counted(run) - before) / fmax(took, 1e-9);
        total += took;
    }
    if (code)
        return code;
    qsort(rates, (size_t)n, sizeof *rates, compare);
    bench->median = n % 2 ? rates[n / 2] : (rates[n / 2 - 1] + rates[n / 2]) / 2;
    bench->best = rates[n - 1];
    bench->repetitions = n;
    return H4L_OK;
}

// Floating-point operations of the matrix products of one update: what h4l_sac_update cannot do without.
static double flop(const struct h4l_sac_spec *s)
{
    double inputs = h4l_cell_inputs(&s->neuron),
           z = (double)s->hidden * h4l_cell_trains(&s->neuron);
    double project = inputs * s->observations * s->n_obs * s->hidden;
    double first = 2 * z * s->heads, heads = first + 2.0 * s->heads * s->heads + 2.0 * s->heads;
    double critic = (double)(s->n_obs + 1) * s->critics,
           critics = 2 * (critic + (double)s->critics * s->critics + s->critics);

    // Policy forward on both windows, and back: gradients to its weights, and to all inputs but the observations. Critics: targets,
    // critics and critics after their step forward; gradients to weights, to hidden layers, and (one critic a sample) to actions.
    return 2.0 * s->batch *
           (3 * project + 4 * heads + 3 * critics + critics + 1.5 * (critics - 2 * critic) +
            critic);
}

static int train(struct h4l_bench *bench, enum h4l_pendulum_kind kind, const char *model,
                 struct h4l_err *err)
{
    struct h4l_train_spec spec;
    struct h4l_train *run = NULL;
    int code = h4l_train_published(model, kind, false, &spec, err);

    if (!code) {
        spec.seed = 1;
        spec.steps = 500000;
        spec.start_steps = FILLED;
        code = h4l_train_create(&spec, NULL, &run, err);
    }
    if (!code) {
        bench->flop_per_unit = flop(&spec.sac);
        code = time_run(bench, run, err);
    }
    for (long i = 0; !code && i < h4l_train_counted(run); i++)
        if (!isfinite(h4l_train_rewards(run)[i]))
            code =
                h4l_fail(err, H4L_E_INTERNAL, "%s: the reward of step %ld is not finite", model, i);
    h4l_train_destroy(run);
    return code;
}

#define ROW(env, kind, model)                                                                      \
    int h4l_bench_sac_##env##_##model(struct h4l_bench *bench, struct h4l_err *err)                \
    {                                                                                              \
        return train(bench, kind, #model, err);                                                    \
    }
H4L_BENCH_AGENTS(ROW)

// ---- the simulator ----

struct walk {
    struct h4l_pendulum *pendulum;
    struct h4l_rng rng;
    double actions[STEPS], sum; // of the rewards
};

// A reset every few steps, before the pendulum falls: what a limit does once it has fallen is not to be timed.
static void restart(struct walk *w, int i)
{
    double obs[H4L_PENDULUM_MAX_OBS];

    if (i % RESTART == 0)
        h4l_pendulum_reset(w->pendulum, &w->rng, obs);
}

static int walk(void *ctx, struct h4l_err *err)
{
    struct walk *w = ctx;
    struct h4l_pendulum_step step;

    (void)err;
    for (int i = 0; i < STEPS; i++) {
        restart(w, i);
        h4l_pendulum_step(w->pendulum, w->actions[i], &step);
        w->sum += step.reward;
    }
    return H4L_OK;
}

// The same controls and resets, but of the task's step only the simulator's part.
static int walk_bare(void *ctx, struct h4l_err *err)
{
    struct walk *w = ctx;

    (void)err;
    for (int i = 0; i < STEPS; i++) {
        restart(w, i);
        h4l_pendulum_bare_step(w->pendulum, w->actions[i]);
    }
    return H4L_OK;
}

static int start_walk(enum h4l_pendulum_kind kind, struct walk *ret, struct h4l_err *err)
{
    int code = h4l_pendulum_create(kind, &ret->pendulum, err);

    if (code)
        return code;
    h4l_rng_init(&ret->rng, 1, "bench pendulum", 0);
    for (int i = 0; i < STEPS; i++)
        ret->actions[i] = h4l_rng_between(&ret->rng, -0.01, 0.01);
    return H4L_OK;
}

static int check_walk(const struct walk *w, struct h4l_err *err)
{
    return w->sum > 0 && isfinite(w->sum)
               ? H4L_OK
               : h4l_fail(err, H4L_E_INTERNAL, "the pendulum's rewards sum to %g", w->sum);
}

static int simulate(struct h4l_bench *bench, enum h4l_pendulum_kind kind, struct h4l_err *err)
{
    struct walk w = {0};
    int code = start_walk(kind, &w, err);

    if (!code)
        code = h4l_bench_time(bench, walk, &w, STEPS, err);
    if (!code)
        code = check_walk(&w, err);
    h4l_pendulum_destroy(w.pendulum);
    return code;
}

// Both in turn, so that what else the machine does meets both: the median of the quotients, and the quotient of the bests.
static int share(struct h4l_bench *bench, enum h4l_pendulum_kind kind, struct h4l_err *err)
{
    enum { TURNS = 9 };
    struct walk w = {0};
    double quotients[TURNS], best = 0, best_bare = 0;
    int code = start_walk(kind, &w, err);

    for (int i = 0; !code && i < TURNS; i++) {
        struct h4l_bench task = *bench, bare = *bench;
        task.seconds = bare.seconds = bench->seconds / (2 * TURNS);
        code = h4l_bench_time(&task, walk, &w, STEPS, err);
        if (!code)
            code = h4l_bench_time(&bare, walk_bare, &w, STEPS, err);
        quotients[i] = code ? 0 : task.median / bare.median;
        best = fmax(best, task.best);
        best_bare = fmax(best_bare, bare.best);
    }
    if (!code)
        code = check_walk(&w, err);
    h4l_pendulum_destroy(w.pendulum);
    if (code)
        return code;
    qsort(quotients, TURNS, sizeof *quotients, compare);
    bench->median = quotients[TURNS / 2];
    bench->best = best / best_bare;
    bench->repetitions = TURNS;
    return H4L_OK;
}

#define PENDULUM(env, kind)                                                                        \
    int h4l_bench_pendulum_##env(struct h4l_bench *bench, struct h4l_err *err)                     \
    {                                                                                              \
        return simulate(bench, kind, err);                                                         \
    }                                                                                              \
    int h4l_bench_pendulum_##env##_share(struct h4l_bench *bench, struct h4l_err *err)             \
    {                                                                                              \
        return share(bench, kind, err);                                                            \
    }
PENDULUM(ip, H4L_IP)
PENDULUM(idp, H4L_IDP)
