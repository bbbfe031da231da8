// Lyapunov spectra of the HH neuron under a sine current, all four exponents: RK4 with four tangent vectors, QR every 0.26 ms.
#include <stdlib.h>
#include <string.h>

#include "analysis/lyapunov.h"
#include "neuron/hh_tangent.h"
#include "rows.h"
#include "sim/wave_lanes.h"

enum { LANES = H4L_HH_TANGENT_LANES, PER_QR = 13, QRS = 50, TRANSIENT = 20 };
#define STEP_MS 0.02

struct worker {
    double x[H4L_HH_DIM * LANES], exponents[H4L_HH_DIM * LANES];
    double time[LANES]; // ms, of the next call's first step
    int code;
    struct h4l_err err;
};

struct task {
    struct h4l_pool *pool;
    struct h4l_hh_tangent *kernel;
    struct h4l_hh_flow flow;
    struct h4l_wave wave;
    struct worker *workers;
};

// What the callbacks see.
struct view {
    const struct task *task;
    const double *time;
};

static void advance(const void *ctx, long first, long steps, double *state)
{
    const struct view *v = ctx;
    double I[(2 * PER_QR + 1) * LANES], start[LANES];

    for (int j = 0; j < LANES; j++)
        start[j] = v->time[j] + STEP_MS * (double)first;
    h4l_wave_lanes(&v->task->wave, start, LANES, STEP_MS / 2, 2 * (size_t)steps + 1, I);
    h4l_hh_tangent_run(v->task->kernel, STEP_MS, LANES, (size_t)steps, I, state);
}

static const struct h4l_lyapunov_options options = {.exponents = H4L_HH_DIM,
                                                    .step = STEP_MS,
                                                    .steps_per_qr = PER_QR,
                                                    .transient_qr = TRANSIENT,
                                                    .qr_per_block = QRS,
                                                    .blocks = 1};

static void fast_block(void *ctx, int worker, int workers)
{
    const struct task *t = ctx;
    struct worker *w = &t->workers[worker];
    struct view view = {t, w->time};
    struct h4l_ensemble e = {
        .dim = H4L_HH_DIM, .exponents = H4L_HH_DIM, .n = LANES, .ctx = &view, .advance = advance};

    (void)workers;
    w->code = h4l_lyapunov_ensemble(&e, &options, w->x, w->exponents, &w->err);
    for (int j = 0; j < LANES; j++)
        w->time[j] += STEP_MS * PER_QR * (QRS + TRANSIENT);
}

static void eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct task *task = ctx;

    h4l_hh_flow_eval(&task->flow, x, h4l_wave_value(&task->wave, t), ret_dx, ret_J);
}

static void plain_block(void *ctx, int worker, int workers)
{
    const struct task *t = ctx;
    struct worker *w = &t->workers[worker];
    struct h4l_flow flow = {.dim = H4L_HH_DIM, .ctx = t, .eval = eval};
    struct h4l_lyapunov_options o = options;

    (void)workers;
    o.start = w->time[0];
    w->code = h4l_lyapunov_flow(&flow, &o, w->x, w->exponents, &w->err);
    w->time[0] += STEP_MS * PER_QR * (QRS + TRANSIENT);
}

struct work {
    struct task *task;
    h4l_block_fn block;
    int threads;
};

static int work(void *ctx, struct h4l_err *err)
{
    const struct work *w = ctx;

    h4l_pool_run(w->task->pool, w->block, w->task);
    for (int t = 0; t < w->threads; t++)
        if (w->task->workers[t].code)
            return h4l_fail(err, w->task->workers[t].code, "%s", w->task->workers[t].err.message);
    return H4L_OK;
}

static int run(struct h4l_bench *bench, h4l_block_fn block, int lanes, struct h4l_err *err)
{
    // 10 + 2.5 sin(2 pi 0.17 t): chaotic
    struct task task = {.pool = bench->pool, .wave = h4l_wave_sine(10, 2.5, 0.17, 0)};
    struct work w = {&task, block, bench->threads};
    double rest[H4L_HH_DIM];
    int code = h4l_hh_tangent_create(&h4l_hh_form_a, bench->simd, &task.kernel, err);

    if (code)
        return code;
    h4l_hh_flow_init(&h4l_hh_form_a, &task.flow);
    task.workers = calloc((size_t)bench->threads, sizeof *task.workers);
    if (!task.workers) {
        h4l_hh_tangent_destroy(task.kernel);
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for trajectories");
    }
    h4l_hh_steady_state(&h4l_hh_form_a, -65, rest);
    for (int t = 0; t < bench->threads; t++)
        for (int j = 0; j < lanes; j++) {
            task.workers[t].time[j] = j;
            for (int i = 0; i < H4L_HH_DIM; i++)
                task.workers[t].x[i * lanes + j] = rest[i];
        }
    code = h4l_bench_time(bench, work, &w,
                          (double)lanes * PER_QR * (QRS + TRANSIENT) * bench->threads, err);
    // What was timed must have been exponents of HH: finite, descending in sum, contracting.
    const double *e = task.workers[0].exponents;
    double sum = e[0] + e[1] + e[2] + e[3];
    if (!code && !(sum < -1 && sum > -60))
        code = h4l_fail(err, H4L_E_INTERNAL, "the exponents of HH add up to %g per ms", sum);
    h4l_hh_tangent_destroy(task.kernel);
    free(task.workers);
    return code;
}

int h4l_bench_lyapunov(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, fast_block, LANES, err);
}

int h4l_bench_lyapunov_plain(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, plain_block, 1, err);
}
