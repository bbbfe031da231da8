#include "neuron/true_hh_fast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neuron/true_hh_internal.h"

enum { OWN = H4L_TRUE_HH_OWN, BLOCK_BYTES = 4 << 20, PAIR_BYTES = 3 << 19 };

static const struct h4l_true_hh_kernels *const kernels[] = H4L_LEVELS_OF(h4l_true_hh_kernels);

// The same neuron with potentials measured from the window's start: near rest, where a last bit decides when a spike comes, a float then
// resolves ten times more.
static struct h4l_hh from_start(const struct h4l_true_hh *w)
{
    struct h4l_hh hh = w->hh;

    hh.ENa -= w->start, hh.EK -= w->start, hh.EL -= w->start;
    hh.v_0 += w->start, hh.v_n += w->start, hh.v_m += w->start, hh.v_h += w->start;
    return hh;
}

// The channels' currents per conductance near the start, and the gates' increments (true_hh.c has the same in double).
static void prepare_tangent(const struct h4l_true_hh *w, struct h4l_true_hh_tangent *ret)
{
    const struct h4l_hh *hh = &w->hh;
    double x[H4L_HH_DIM], per_C = w->dt / hh->C;
    struct h4l_hh_rates r, s;

    h4l_hh_steady_state(hh, w->start, x);
    h4l_hh_rates(hh, w->start, &r);
    h4l_hh_rates_derivative(hh, w->start, &s);
    double m = x[1], h = x[2], n = x[3], Na = x[0] - hh->ENa, K = x[0] - hh->EK;
    const double p[3] = {m * m * m * h, n * n * n * n, 1}, E[3] = {hh->ENa, hh->EK, hh->EL};
    const double rate[3][2] = {{r.am, r.bm}, {r.ah, r.bh}, {r.an, r.bn}};
    const double slope[3][2] = {{s.am, s.bm}, {s.ah, s.bh}, {s.an, s.bn}};

    memset(ret, 0, sizeof *ret);
    for (int i = H4L_HH_M; i < H4L_HH_DIM; i++)
        ret->x[i] = (float)x[i]; // V is measured from here
    for (int j = 0; j < 3; j++) {
        ret->at[j] = (float)(per_C * p[j] * (x[0] - E[j]));
        ret->by[j][0] = (float)(per_C * p[j]);
        ret->decay[j] = (float)(w->dt * (rate[j][0] + rate[j][1]));
        ret->by_V[j] = (float)(w->dt * (slope[j][0] * (1 - x[1 + j]) - slope[j][1] * x[1 + j]));
    }
    ret->by[0][1] = (float)(per_C * 3 * m * m * h * Na);
    ret->by[0][2] = (float)(per_C * m * m * m * Na);
    ret->by[1][3] = (float)(per_C * 4 * n * n * n * K);
}

size_t h4l_true_hh_fast_block(size_t steps, size_t tile)
{
    size_t cached = BLOCK_BYTES / (H4L_TRUE_HH_NOTES * tile * sizeof(float));
    size_t block = (size_t)ceil(sqrt((double)steps));

    block = block < cached ? cached : block;
    return block < steps ? block : steps;
}

// Rows that a step notes for vectors side by side, at least as many as for one with derivatives by own constants.
enum { WIDE_NOTES = H4L_TRUE_HH_NOTES * H4L_TRUE_HH_WIDEST };
_Static_assert((int)WIDE_NOTES >= (int)H4L_TRUE_HH_NOTES_OWN, "rows");

static void prepare(struct h4l_true_hh_fast *fast)
{
    const struct h4l_true_hh *w = &fast->window;
    double shared[OWN];

    fast->consts = (struct h4l_true_hh_consts){
        .steps = w->steps,
        .pieces = w->pieces,
        .block = h4l_true_hh_fast_block(w->steps, fast->kernels->tile),
        .wide = w->steps * WIDE_NOTES * fast->kernels->tile * sizeof(float) <= PAIR_BYTES,
        .weights = fast->weights,
        .dt = (float)w->dt,
        .per_dt = (float)(1 / w->dt),
        .per_C = (float)(w->dt / w->hh.C),
        .theta = (float)(w->theta - w->start),
        .per_k = (float)(1 / w->k),
        .theta_k = (float)((w->start - w->theta) / w->k),
        .fifth = {(float)(1e-9 * exp((w->theta + fmin(w->hh.v_m, w->hh.v_n)) / 2)),
                  (float)(1e-9 * exp((w->theta + fmax(w->hh.v_m, w->hh.v_n)) / 2))},
        .half_width2 = (float)(w->half_width * w->half_width),
        .crossing = (float)(1 / w->dt),
        .slope = (float)(1 / (2 * w->half_width * w->dt)),
    };
    h4l_true_hh_shared(&w->hh, shared);
    for (int i = 0; i < OWN; i++)
        fast->consts.shared[i] = (float)shared[i];
    prepare_tangent(w, &fast->consts.tangent);
    memcpy(fast->consts.start, fast->consts.tangent.x, sizeof fast->consts.start);
}

int h4l_true_hh_fast_create(const struct h4l_true_hh *window, enum h4l_simd level,
                            struct h4l_true_hh_fast **ret, struct h4l_err *err)
{
    struct h4l_true_hh_fast *fast;
    struct h4l_hh hh = from_start(window);
    double *weights;
    int code = h4l_true_hh_check(window, err);

    if (code)
        return code;
    if (window->exponential)
        return h4l_fail(err, H4L_E_RANGE, "true HH: exponential Euler has no fast version");
    fast = calloc(1, sizeof *fast);
    weights = calloc(window->steps, sizeof *weights);
    if (!fast || !weights || !(fast->weights = calloc(window->steps + 1, sizeof(float)))) {
        free(fast), free(weights);
        return h4l_fail(err, H4L_E_NOMEM, "true HH: out of memory for %zu steps", window->steps);
    }
    fast->window = *window;
    fast->kernels = kernels[level];
    h4l_true_hh_weights(window, weights);
    for (size_t k = 0; k < window->steps; k++)
        fast->weights[k + 1] = (float)weights[k];
    free(weights);
    prepare(fast);
    if ((code = h4l_hh_fast_create(&hh, window->dt, level, &fast->rates, err))) {
        h4l_true_hh_fast_destroy(fast);
        return code;
    }
    *ret = fast;
    return H4L_OK;
}

void h4l_true_hh_fast_destroy(struct h4l_true_hh_fast *fast)
{
    if (!fast)
        return;
    h4l_hh_fast_destroy(fast->rates);
    free(fast->weights);
    free(fast);
}

// ---- scratch memory: notes, kept states, and a tile's rows for the windows that are too few for one ----

struct parts {
    size_t notes, kept, rest; // bytes, multiples of 64
};

static struct parts parts_of(const struct h4l_true_hh_fast *fast)
{
    const struct h4l_true_hh_consts *c = &fast->consts;
    size_t row = fast->kernels->tile * sizeof(float), blocks = c->steps / c->block + 1;
    struct parts p = {.notes = c->block * row * (c->wide ? WIDE_NOTES : H4L_TRUE_HH_NOTES_OWN),
                      .kept = blocks * H4L_TRUE_HH_KEPT * H4L_TRUE_HH_WIDEST * row,
                      .rest = (2 * c->pieces + 2 * OWN + 1) * row};

    p.notes = (p.notes + 63) / 64 * 64;
    p.kept = (p.kept + 63) / 64 * 64;
    p.rest = (p.rest + 63) / 64 * 64;
    return p;
}

size_t h4l_true_hh_fast_scratch(const struct h4l_true_hh_fast *fast)
{
    struct parts p = parts_of(fast);

    return p.notes + p.kept + p.rest;
}

// ---- running ----

static void copy_rows(float *to, size_t to_stride, const float *from, size_t from_stride,
                      size_t rows, size_t n)
{
    for (size_t r = 0; r < rows; r++)
        memcpy(to + r * to_stride, from + r * from_stride, n * sizeof *to);
}

// The last windows, x->N of them, too few for a tile: copies them into one. The spare ones of the tile repeat no one's: they are zero.
static void run_rest(const struct h4l_true_hh_fast *fast, struct h4l_true_hh_job job, float *rest)
{
    const struct h4l_true_hh_windows *x = job.x;
    size_t tile = fast->kernels->tile, pieces = fast->consts.pieces;
    float *I = rest, *d = I + pieces * tile, *own = d + pieces * tile, *d_own = own + OWN * tile;
    float *rate = d_own + OWN * tile;
    struct h4l_true_hh_windows whole = *x;

    memset(rest, 0, (2 * pieces + 2 * OWN + 1) * tile * sizeof *rest);
    copy_rows(I, tile, x->I, x->I_stride, pieces, x->N);
    if (x->own)
        copy_rows(own, tile, x->own, x->own_stride, OWN, x->N);
    whole.N = tile;
    whole.I = I, whole.own = x->own ? own : NULL, whole.rate = rate;
    whole.d_current = x->d_current ? d : NULL, whole.d_own = x->d_own ? d_own : NULL;
    whole.I_stride = whole.own_stride = whole.d_current_stride = whole.d_own_stride = tile;
    job.x = &whole;
    fast->kernels->run(&job);
    memcpy(x->rate, rate, x->N * sizeof *rate);
    if (x->d_current)
        copy_rows(x->d_current, x->d_current_stride, d, tile, pieces, x->N);
    if (x->d_own)
        copy_rows(x->d_own, x->d_own_stride, d_own, tile, OWN, x->N);
}

static bool finite_column(const float *rows, size_t stride, size_t n, size_t i)
{
    bool finite = true;

    for (size_t r = 0; rows && r < n; r++)
        finite &= isfinite(rows[r * stride + i]) != 0;
    return finite;
}

static void clear_column(float *rows, size_t stride, size_t n, size_t i)
{
    for (size_t r = 0; rows && r < n; r++)
        rows[r * stride + i] = 0;
}

// Takes out what blew up, and bounds the derivatives.
static void check(const struct h4l_true_hh_fast *fast, const struct h4l_true_hh_windows *x,
                  struct h4l_true_hh_report *report)
{
    size_t pieces = fast->consts.pieces;

    for (size_t i = 0; i < x->N; i++) {
        if (!isfinite(x->rate[i]) || !finite_column(x->d_current, x->d_current_stride, pieces, i) ||
            !finite_column(x->d_own, x->d_own_stride, OWN, i)) {
            report->blown_up++;
            x->rate[i] = 0;
            clear_column(x->d_current, x->d_current_stride, pieces, i);
            clear_column(x->d_own, x->d_own_stride, OWN, i);
        }
    }
    for (size_t p = 0; p < pieces; p++)
        for (size_t i = 0; i < x->N; i++) {
            float I = x->I[p * x->I_stride + i];
            report->outside += I < x->least || I > x->most;
            if (!(x->d_current && x->clip > 0))
                continue;
            float *d = &x->d_current[p * x->d_current_stride + i];
            report->clipped += fabsf(*d) > x->clip;
            *d = fminf(fmaxf(*d, -x->clip), x->clip);
        }
}

void h4l_true_hh_fast_run(const struct h4l_true_hh_fast *fast, const struct h4l_true_hh_windows *x,
                          void *scratch, struct h4l_true_hh_report *report)
{
    struct parts p = parts_of(fast);
    float *notes = scratch, *kept = notes + p.notes / sizeof(float);
    size_t whole = x->N - x->N % fast->kernels->tile;
    struct h4l_true_hh_windows tiles = *x, rest = *x;
    struct h4l_true_hh_job job = {.rates = fast->rates->consts_float,
                                  .consts = &fast->consts,
                                  .notes = notes,
                                  .kept = kept,
                                  .linear = fast->window.linear,
                                  .spikes = fast->window.spikes,
                                  .cut = fast->window.cut};

    tiles.N = whole;
    job.x = &tiles;
    fast->kernels->run(&job);
    rest.N = x->N - whole;
    if (rest.N) {
        rest.I += whole;
        rest.rate += whole;
        rest.own = x->own ? x->own + whole : NULL;
        rest.d_current = x->d_current ? x->d_current + whole : NULL;
        rest.d_own = x->d_own ? x->d_own + whole : NULL;
        job.x = &rest;
        run_rest(fast, job, kept + p.kept / sizeof(float));
    }
    check(fast, x, report);
}
