// Discrete LIF neurons: N per thread with constant inputs around the threshold of firing.
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "neuron/lif_fast.h"
#include "rows.h"

enum { N = 1000, STEPS = 1000 };

struct worker {
    double v[N], I[N];
    float v_float[N], I_float[N];
};

struct neurons {
    struct h4l_pool *pool;
    enum h4l_simd simd;
    struct worker *workers;
};

static void start(struct worker *w, int index)
{
    struct h4l_rng rng;

    memset(w, 0, sizeof *w);
    h4l_rng_init(&rng, 1, "bench lif", (uint64_t)index);
    for (int i = 0; i < N; i++) {
        w->I[i] = h4l_rng_between(&rng, 0, 0.5);
        w->I_float[i] = (float)w->I[i];
    }
}

static void fast_block(void *ctx, int worker, int workers)
{
    const struct neurons *p = ctx;
    struct worker *w = &p->workers[worker];

    (void)workers;
    h4l_lif_fast_run(&h4l_lif_learning, p->simd, N, w->v, w->I, 0, STEPS, NULL);
}

static void float_block(void *ctx, int worker, int workers)
{
    const struct neurons *p = ctx;
    struct worker *w = &p->workers[worker];

    (void)workers;
    h4l_lif_fast_run_float(&h4l_lif_learning, p->simd, N, w->v_float, w->I_float, 0, STEPS, NULL);
}

static void plain_block(void *ctx, int worker, int workers)
{
    const struct neurons *p = ctx;
    struct worker *w = &p->workers[worker];

    (void)workers;
    for (int k = 0; k < STEPS; k++)
        for (int i = 0; i < N; i++)
            h4l_lif_step(&h4l_lif_learning, w->I[i], &w->v[i]);
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

// What was timed must have been LIF neurons, some above threshold and some not.
static int check(const struct neurons *p, int is_float, struct h4l_err *err)
{
    const struct worker *w = &p->workers[0];
    int above = 0;

    for (int i = 0; i < N; i++)
        above += (is_float ? (double)w->v_float[i] : w->v[i]) > h4l_lif_learning.threshold;
    if (above == 0 || above == N)
        return h4l_fail(err, H4L_E_INTERNAL, "%d of %d LIF neurons ended above threshold", above,
                        N);
    return H4L_OK;
}

static int run(struct h4l_bench *bench, h4l_block_fn block, int is_float, struct h4l_err *err)
{
    struct neurons p = {.pool = bench->pool, .simd = bench->simd};
    struct task task = {&p, block};
    int code;

    p.workers = malloc((size_t)bench->threads * sizeof *p.workers);
    if (!p.workers)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for LIF neurons");
    for (int t = 0; t < bench->threads; t++)
        start(&p.workers[t], t);
    code = h4l_bench_time(bench, work, &task, (double)N * STEPS * bench->threads, err);
    if (!code)
        code = check(&p, is_float, err);
    free(p.workers);
    return code;
}

int h4l_bench_lif(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, fast_block, 0, err);
}

int h4l_bench_lif_float(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, float_block, 1, err);
}

int h4l_bench_lif_plain(struct h4l_bench *bench, struct h4l_err *err)
{
    return run(bench, plain_block, 0, err);
}
