// HH neurons: N per thread, form A, forward Euler, dt = 0.01 ms, I = 10, spread over the phases of their limit cycle.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neuron/tv_fast.h"
#include "rows.h"

enum { N = 1000, STEPS = 100, PLAIN_STEPS = 5, ROWS = 64 };
static const double DT = 0.01, INPUT = 10;

// The neurons of one thread.
struct worker {
    double V[N], m[N], h[N], n[N], I[N];
    float V_float[N], m_float[N], h_float[N], n_float[N], I_float[N];
    double rows[ROWS][N];
    uint8_t level[(N + 7) / 8];
    uint32_t count[N];
    double u[5][N], error[N]; // tv neurons
};

struct neurons {
    struct h4l_pool *pool;
    struct h4l_hh_fast *fast;
    struct worker *workers;
};

static void euler(double x[H4L_HH_DIM], double I)
{
    double dx[H4L_HH_DIM];

    h4l_hh_rhs(&h4l_hh_form_a, x, I, dx);
    for (int j = 0; j < H4L_HH_DIM; j++)
        x[j] += DT * dx[j];
}

static void start(struct worker *w)
{
    double x[H4L_HH_DIM] = {-65, 0.05, 0.6, 0.32};

    memset(w, 0, sizeof *w);
    for (int i = 0; i < 5000; i++) // 50 ms: on the cycle
        euler(x, INPUT);
    for (int i = 0; i < N; i++) {
        w->V[i] = x[H4L_HH_V], w->m[i] = x[H4L_HH_M], w->h[i] = x[H4L_HH_H], w->n[i] = x[H4L_HH_N];
        w->V_float[i] = (float)w->V[i], w->m_float[i] = (float)w->m[i];
        w->h_float[i] = (float)w->h[i], w->n_float[i] = (float)w->n[i];
        w->u[4][i] = w->V[i];
        w->I[i] = INPUT, w->I_float[i] = (float)INPUT;
        for (int k = 0; k < ROWS; k++)
            w->rows[k][i] = INPUT;
        euler(x, INPUT), euler(x, INPUT), euler(x, INPUT);
    }
}

static void fast_block(void *ctx, int worker, int workers)
{
    const struct neurons *p = ctx;
    struct worker *w = &p->workers[worker];
    struct h4l_hh_array x = {N, w->V, w->m, w->h, w->n};

    (void)workers;
    h4l_hh_fast_run(p->fast, &x, (struct h4l_hh_input){w->I, 0}, STEPS, NULL);
}

static void float_block(void *ctx, int worker, int workers)
{
    const struct neurons *p = ctx;
    struct worker *w = &p->workers[worker];
    struct h4l_hh_array_float x = {N, w->V_float, w->m_float, w->h_float, w->n_float};

    (void)workers;
    h4l_hh_fast_run_float(p->fast, &x, (struct h4l_hh_input_float){w->I_float, 0}, STEPS, NULL);
}

static void driven_block(void *ctx, int worker, int workers)
{
    const struct neurons *p = ctx;
    struct worker *w = &p->workers[worker];
    struct h4l_hh_array x = {N, w->V, w->m, w->h, w->n};
    struct h4l_hh_spikes spikes = {-40, w->level, NULL, w->count};

    (void)workers;
    for (int k = 0; k < STEPS; k++)
        h4l_hh_fast_run(p->fast, &x, (struct h4l_hh_input){w->rows[k % ROWS], N}, 1, &spikes);
}

static void exp_block(void *ctx, int worker, int workers)
{
    const struct neurons *p = ctx;
    struct worker *w = &p->workers[worker];
    struct h4l_hh_array x = {N, w->V, w->m, w->h, w->n};

    (void)workers;
    h4l_hh_fast_run_exp(p->fast, &x, (struct h4l_hh_input){w->I, 0}, STEPS, NULL);
}

static void tv_block(void *ctx, int worker, int workers)
{
    const struct neurons *p = ctx;
    struct worker *w = &p->workers[worker];
    struct h4l_hh_array x = {N, w->V, w->m, w->h, w->n};
    struct h4l_tv_array y = {w->u[0], w->u[1], w->u[2], w->u[3], w->u[4]};
    struct h4l_tv_compare compare = {-40, w->error, w->count};
    struct h4l_tv_options options = {.rebase = H4L_TV_REBASE};

    (void)workers;
    h4l_tv_fast_run(p->fast, &x, &y, &options, (struct h4l_hh_input){w->I, 0}, STEPS, &compare,
                    NULL);
}

static void plain_block(void *ctx, int worker, int workers)
{
    const struct neurons *p = ctx;
    struct worker *w = &p->workers[worker];

    (void)workers;
    for (int k = 0; k < PLAIN_STEPS; k++)
        for (int i = 0; i < N; i++) {
            double x[H4L_HH_DIM] = {w->V[i], w->m[i], w->h[i], w->n[i]};

            euler(x, w->I[i]);
            w->V[i] = x[H4L_HH_V], w->m[i] = x[H4L_HH_M], w->h[i] = x[H4L_HH_H];
            w->n[i] = x[H4L_HH_N];
        }
}

struct task {
    struct neurons *neurons;
    h4l_block_fn block;
};

static int work(void *ctx, struct h4l_err *err)
{
    const struct task *task = ctx;

    (void)err;
    h4l_pool_run(task->neurons->pool, task->block, task->neurons);
    return H4L_OK;
}

// What was timed must have been firing neurons: all potentials within a spike's range, and not all at rest.
static int check(const struct neurons *p, int threads, int is_float, struct h4l_err *err)
{
    for (int t = 0; t < threads; t++) {
        double least = INFINITY, most = -INFINITY;

        for (int i = 0; i < N; i++) {
            const struct worker *w = &p->workers[t];
            double V = is_float ? (double)w->V_float[i] : w->V[i];

            if (!(V > -90 && V < 60))
                return h4l_fail(err, H4L_E_INTERNAL, "HH neuron %d ended at %g mV", i, V);
            if (!(w->error[i] < 1e-6))
                return h4l_fail(err, H4L_E_INTERNAL, "tv neuron %d was %g mV off", i, w->error[i]);
            least = fmin(least, V);
            most = fmax(most, V);
        }
        if (!(most - least > 20))
            return h4l_fail(err, H4L_E_INTERNAL, "HH neurons ended within %g mV: none fires",
                            most - least);
    }
    return H4L_OK;
}

static int run(struct h4l_bench *bench, h4l_block_fn block, int steps, int is_float,
               struct h4l_err *err)
{
    struct neurons p = {.pool = bench->pool};
    struct task task = {&p, block};
    int code = h4l_hh_fast_create(&h4l_hh_form_a, DT, bench->simd, &p.fast, err);

    if (code)
        return code;
    p.workers = malloc((size_t)bench->threads * sizeof *p.workers);
    if (!p.workers) {
        h4l_hh_fast_destroy(p.fast);
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for HH neurons");
    }
    for (int t = 0; t < bench->threads; t++)
        start(&p.workers[t]);
    code = h4l_bench_time(bench, work, &task, (double)N * steps * bench->threads, err);
    if (!code)
        code = check(&p, bench->threads, is_float, err);
    free(p.workers);
    h4l_hh_fast_destroy(p.fast);
    return code;
}

int h4l_bench_hh(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, fast_block, STEPS, 0, err);
}

int h4l_bench_hh_float(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, float_block, STEPS, 1, err);
}

int h4l_bench_hh_driven(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, driven_block, STEPS, 0, err);
}

int h4l_bench_hh_exp(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, exp_block, STEPS, 0, err);
}

int h4l_bench_tv(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, tv_block, STEPS, 0, err);
}

int h4l_bench_hh_plain(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, plain_block, PLAIN_STEPS, 0, err);
}
