// Windows of true HH neurons with their derivatives: N per thread, form A, forward Euler, 1000 steps of 0.02 ms, constant
// currents from below to far above the first spike.
#include <math.h>
#include <stdlib.h>

#include "neuron/true_hh_fast.h"
#include "rows.h"

enum { N = 64 };

// The layer of one thread.
struct worker {
    float I[N], rate[N], d_current[N];
    struct h4l_true_hh_report report;
    void *scratch;
};

struct layers {
    struct h4l_pool *pool;
    struct h4l_true_hh_fast *fast;
    struct worker *workers;
};

static void block(void *ctx, int worker, int workers)
{
    const struct layers *p = ctx;
    struct worker *w = &p->workers[worker];
    struct h4l_true_hh_windows x = {.N = N,
                                    .I = w->I,
                                    .I_stride = N,
                                    .rate = w->rate,
                                    .d_current = w->d_current,
                                    .d_current_stride = N,
                                    .least = -20,
                                    .most = 500};

    (void)workers;
    h4l_true_hh_fast_run(p->fast, &x, w->scratch, &w->report);
}

static int work(void *ctx, struct h4l_err *err)
{
    struct layers *p = ctx;

    (void)err;
    h4l_pool_run(p->pool, block, p);
    return H4L_OK;
}

static int start(struct layers *p, int threads, struct h4l_err *err)
{
    size_t bytes = h4l_true_hh_fast_scratch(p->fast);

    p->workers = calloc((size_t)threads, sizeof *p->workers);
    if (!p->workers)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for true HH neurons");
    for (int t = 0; t < threads; t++) {
        p->workers[t].scratch = aligned_alloc(64, bytes);
        if (!p->workers[t].scratch)
            return h4l_fail(err, H4L_E_NOMEM, "out of memory for true HH neurons");
        for (int i = 0; i < N; i++)
            p->workers[t].I[i] = -8 + 40.0f * (float)i / N;
    }
    return H4L_OK;
}

// Some windows must have fired and some not, and the derivatives be those of a live layer.
static int check(const struct layers *p, int threads, struct h4l_err *err)
{
    for (int t = 0; t < threads; t++) {
        const struct worker *w = &p->workers[t];
        double steepest = 0;

        for (int i = 0; i < N; i++)
            steepest = fmax(steepest, fabs((double)w->d_current[i]));
        if (w->report.blown_up || w->rate[0] > 1e-6f || w->rate[N - 1] < 0.1f || steepest < 0.01)
            return h4l_fail(
                err, H4L_E_INTERNAL, "true HH: rates %g to %g, steepest %g, %zu blown up",
                (double)w->rate[0], (double)w->rate[N - 1], steepest, w->report.blown_up);
    }
    return H4L_OK;
}

int h4l_bench_true_hh_bptt(struct h4l_bench *bench, struct h4l_err *err)
{
    struct h4l_true_hh window = h4l_true_hh_default;
    struct layers p = {.pool = bench->pool};
    int code = h4l_true_hh_fast_create(&window, bench->simd, &p.fast, err);

    if (!code)
        code = start(&p, bench->threads, err);
    if (!code)
        code =
            h4l_bench_time(bench, work, &p, (double)N * (double)window.steps * bench->threads, err);
    if (!code)
        code = check(&p, bench->threads, err);
    for (int t = 0; p.workers && t < bench->threads; t++)
        free(p.workers[t].scratch);
    free(p.workers);
    h4l_true_hh_fast_destroy(p.fast);
    return code;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

// Both in turn, so that what else the machine does meets both: the median of the quotients, and the quotient of the bests.
int h4l_bench_true_hh_share(struct h4l_bench *bench, struct h4l_err *err)
{
    enum { TURNS = 9 };
    double quotients[TURNS], best = 0, best_forward = 0;
    int code = 0;

    for (int i = 0; !code && i < TURNS; i++) {
        struct h4l_bench bptt = *bench, forward = *bench;

        bptt.seconds = forward.seconds = bench->seconds / (2 * TURNS);
        code = h4l_bench_true_hh_bptt(&bptt, err);
        if (!code)
            code = h4l_bench_hh_float(&forward, err);
        quotients[i] = code ? 0 : bptt.median / forward.median;
        best = fmax(best, bptt.best);
        best_forward = fmax(best_forward, forward.best);
    }
    if (code)
        return code;
    qsort(quotients, TURNS, sizeof *quotients, by_value);
    bench->median = quotients[TURNS / 2];
    bench->best = best / best_forward;
    bench->repetitions = TURNS;
    return H4L_OK;
}
