#include "analysis/lyapunov.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A direction in general position for restarts: the fractional parts of multiples of the golden ratio.
static double generic(int i)
{
    return fmod(0.618033988749894848 * (i + 1), 1) - 0.5;
}

static double dot(const double *W, int dim, int k, int a, int b)
{
    double sum = 0;

    for (int i = 0; i < dim; i++)
        sum += W[i * k + a] * W[i * k + b];
    return sum;
}

static void remove_previous(double *W, int dim, int k, int v)
{
    for (int u = 0; u < v; u++) {
        double c = dot(W, dim, k, u, v);
        for (int i = 0; i < dim; i++)
            W[i * k + v] -= c * W[i * k + u];
    }
}

void h4l_orthonormalise(double *W, int dim, int k, double *ret_norms)
{
    for (int v = 0; v < k; v++) {
        double before = sqrt(dot(W, dim, k, v, v));
        remove_previous(W, dim, k, v);
        double norm = sqrt(dot(W, dim, k, v, v));
        if (norm < 0.5 * before) { // cancellation: a second pass restores orthogonality to rounding
            remove_previous(W, dim, k, v);
            norm = sqrt(dot(W, dim, k, v, v));
        }
        ret_norms[v] = norm;
        for (int attempt = 0; !(norm > 1e-14 * before) && !isnan(norm); attempt++) {
            ret_norms[v] = 0;
            for (int i = 0; i < dim; i++)
                W[i * k + v] = generic(i + dim * (v + k * attempt));
            before = 1;
            remove_previous(W, dim, k, v);
            remove_previous(W, dim, k, v);
            norm = sqrt(dot(W, dim, k, v, v));
        }
        for (int i = 0; i < dim; i++)
            W[i * k + v] /= norm;
    }
}

void h4l_generic_basis(int dim, int k, double *ret_W)
{
    double *W = ret_W;

    for (int v = 0; v < k; v++) {
        for (int i = 0; i < dim; i++)
            W[i * k + v] = generic(i + dim * v);
        for (int pass = 0; pass < 2; pass++)
            remove_previous(W, dim, k, v);
        double norm = sqrt(dot(W, dim, k, v, v));
        for (int i = 0; i < dim; i++)
            W[i * k + v] /= norm;
    }
}

static int check(const struct h4l_lyapunov_options *o, int dim, int flow, struct h4l_err *err)
{
    if (o->exponents < 1 || o->exponents > dim)
        return h4l_fail(err, H4L_E_RANGE, "Lyapunov: %d exponents of a system of dimension %d",
                        o->exponents, dim);
    if (o->steps_per_qr < 1 || o->transient_qr < 0 || o->qr_per_block < 1 || o->blocks < 1)
        return h4l_fail(err, H4L_E_RANGE,
                        "Lyapunov: %ld steps per orthonormalisation, %ld in the transient, %ld per "
                        "block, %d blocks; expected >= 1, >= 0, >= 1, >= 1",
                        o->steps_per_qr, o->transient_qr, o->qr_per_block, o->blocks);
    if (flow && !(o->step > 0 && isfinite(o->step) && isfinite(o->start)))
        return h4l_fail(err, H4L_E_RANGE, "Lyapunov: start %g, step %g; expected step > 0",
                        o->start, o->step);
    return H4L_OK;
}

static int all_finite(const double *x, int n)
{
    for (int i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return 0;
    return 1;
}

// What the three estimators share: blocks of orthonormalisations, each after `burst` has advanced the system by steps_per_qr
// steps from step number `first` and left the growth factors in growth[k].
typedef int (*burst_fn)(void *run, long first, double *growth, struct h4l_err *err);

struct blocks {
    const struct h4l_lyapunov_options *o;
    int k, dim;
    double time_per_qr;
    burst_fn burst;
    void *run;
    const double *x;
};

// Mean exponents of block b into sum[k]; growth[k] is scratch.
static int run_block(const struct blocks *s, int b, double *sum, double *growth,
                     struct h4l_err *err)
{
    const struct h4l_lyapunov_options *o = s->o;
    long first = o->transient_qr + b * o->qr_per_block;
    int code;

    for (int v = 0; v < s->k; v++)
        sum[v] = 0;
    for (long i = 0; i < o->qr_per_block; i++) {
        if ((code = s->burst(s->run, (first + i) * o->steps_per_qr, growth, err)))
            return code;
        for (int v = 0; v < s->k; v++)
            sum[v] += log(growth[v]);
    }
    for (int v = 0; v < s->k; v++)
        sum[v] /= (double)o->qr_per_block * s->time_per_qr;
    if (o->stop && o->stop(o->stop_ctx))
        return h4l_fail(err, H4L_E_INTERRUPT, "interrupted in block %d of %d", b + 1, o->blocks);
    if (!all_finite(s->x, s->dim))
        return h4l_fail(
            err, H4L_E_NUMERIC,
            "Lyapunov: the state left the finite numbers in block %d; use a smaller step", b + 1);
    return H4L_OK;
}

static int run_blocks(const struct blocks *s, double *ret_blocks, struct h4l_err *err)
{
    size_t k = (size_t)s->k, n = (size_t)s->o->blocks;
    double *growth = malloc(k * (n + 1) * sizeof *growth), *blocks = growth + k;
    int code = H4L_OK;

    if (!growth)
        return h4l_fail(err, H4L_E_NOMEM, "Lyapunov: no memory for %zu blocks", n);
    for (long i = 0; i < s->o->transient_qr && !code; i++)
        code = s->burst(s->run, i * s->o->steps_per_qr, growth, err);
    for (size_t b = 0; b < n && !code; b++)
        code = run_block(s, (int)b, blocks + b * k, growth, err);
    if (!code)
        memcpy(ret_blocks, blocks, k * n * sizeof *blocks);
    free(growth);
    return code;
}

struct flow_run {
    const struct h4l_lyapunov_options *o;
    const struct h4l_flow *flow;
    struct h4l_rk4 rk4;
    double *x, *W; // two trajectories: W is the second state
    double distance;
};

static int flow_burst(void *run, long first, double *growth, struct h4l_err *err)
{
    struct flow_run *r = run;
    const struct h4l_flow *f = r->flow;
    int k = r->o->exponents;

    for (long i = 0; i < r->o->steps_per_qr; i++)
        h4l_rk4_step(&r->rk4, r->o->start + (double)(first + i) * r->o->step, r->o->step, r->x,
                     r->W);
    if (f->quotient)
        f->quotient(f->ctx, r->x, r->W, k);
    h4l_orthonormalise(r->W, f->dim, k, growth);
    (void)err;
    return H4L_OK;
}

int h4l_lyapunov_flow(const struct h4l_flow *flow, const struct h4l_lyapunov_options *o, double *x,
                      double *ret_blocks, struct h4l_err *err)
{
    struct flow_run run = {.o = o, .flow = flow, .x = x};
    int code = check(o, flow->dim, 1, err), k = o->exponents;
    double *norms;

    if (code || (code = h4l_rk4_create(flow, k, &run.rk4, err)))
        return code;
    run.W = malloc(((size_t)flow->dim + 1) * (size_t)k * sizeof *run.W);
    if (!run.W) {
        h4l_rk4_destroy(&run.rk4);
        return h4l_fail(err, H4L_E_NOMEM, "Lyapunov: no memory for %d vectors", k);
    }
    norms = run.W + (size_t)flow->dim * (size_t)k;
    h4l_generic_basis(flow->dim, k, run.W);
    if (flow->quotient)
        flow->quotient(flow->ctx, x, run.W, k);
    h4l_orthonormalise(run.W, flow->dim, k, norms);
    struct blocks b = {o, k, flow->dim, (double)o->steps_per_qr * o->step, flow_burst, &run, x};
    code = run_blocks(&b, ret_blocks, err);
    free(run.W);
    h4l_rk4_destroy(&run.rk4);
    return code;
}

static int pair_burst(void *run, long first, double *growth, struct h4l_err *err)
{
    struct flow_run *r = run;
    const struct h4l_flow *f = r->flow;
    double *d = r->rk4.xs, square = 0;

    for (long i = 0; i < r->o->steps_per_qr; i++) {
        double t = r->o->start + (double)(first + i) * r->o->step;
        h4l_rk4_step_state(&r->rk4, t, r->o->step, r->x);
        h4l_rk4_step_state(&r->rk4, t, r->o->step, r->W);
    }
    for (int i = 0; i < f->dim; i++)
        d[i] = r->W[i] - r->x[i];
    if (f->quotient)
        f->quotient(f->ctx, r->x, d, 1);
    for (int i = 0; i < f->dim; i++)
        square += d[i] * d[i];
    double share = r->distance / sqrt(square);
    for (int i = 0; i < f->dim; i++)
        r->W[i] = r->x[i] + share * d[i];
    growth[0] = 1 / share;
    (void)err;
    return H4L_OK;
}

int h4l_lyapunov_two_trajectories(const struct h4l_flow *flow, const struct h4l_lyapunov_options *o,
                                  double distance, double *x, double *ret_blocks,
                                  struct h4l_err *err)
{
    struct flow_run run = {.o = o, .flow = flow, .x = x, .distance = distance};
    struct h4l_lyapunov_options one = *o;
    int code;

    one.exponents = 1;
    if ((code = check(&one, flow->dim, 1, err)))
        return code;
    if (!(distance > 0 && isfinite(distance)))
        return h4l_fail(err, H4L_E_RANGE, "Lyapunov: distance %g of the trajectories, expected > 0",
                        distance);
    if ((code = h4l_rk4_create(flow, 0, &run.rk4, err)))
        return code;
    run.W = malloc((size_t)flow->dim * sizeof *run.W);
    if (!run.W) {
        h4l_rk4_destroy(&run.rk4);
        return h4l_fail(err, H4L_E_NOMEM, "Lyapunov: no memory for %d variables", flow->dim);
    }
    h4l_generic_basis(flow->dim, 1, run.W);
    if (flow->quotient)
        flow->quotient(flow->ctx, x, run.W, 1);
    for (int i = 0; i < flow->dim; i++)
        run.W[i] = x[i] + distance * run.W[i];
    struct blocks b = {&one, 1, flow->dim, (double)o->steps_per_qr * o->step, pair_burst, &run, x};
    code = run_blocks(&b, ret_blocks, err);
    free(run.W);
    h4l_rk4_destroy(&run.rk4);
    return code;
}

struct map_run {
    const struct h4l_lyapunov_options *o;
    const struct h4l_map *map;
    double *x, *next, *J, *W, *product;
};

static int map_burst(void *run, long first, double *growth, struct h4l_err *err)
{
    struct map_run *r = run;
    int d = r->map->dim, k = r->o->exponents;

    for (long i = 0; i < r->o->steps_per_qr; i++) {
        r->map->step(r->map->ctx, (size_t)(first + i), r->x, r->next, r->J);
        h4l_tangent_product(r->J, r->W, d, k, r->product);
        memcpy(r->x, r->next, (size_t)d * sizeof *r->x);
        memcpy(r->W, r->product, (size_t)(d * k) * sizeof *r->W);
    }
    h4l_orthonormalise(r->W, d, k, growth);
    (void)err;
    return H4L_OK;
}

int h4l_lyapunov_map(const struct h4l_map *map, const struct h4l_lyapunov_options *o, double *x,
                     double *ret_blocks, struct h4l_err *err)
{
    size_t d = (size_t)map->dim, k;
    struct map_run run = {.o = o, .map = map, .x = x};
    int code = check(o, map->dim, 0, err);

    if (code)
        return code;
    k = (size_t)o->exponents;
    run.next = malloc((d + d * d + 2 * d * k) * sizeof *run.next);
    if (!run.next)
        return h4l_fail(err, H4L_E_NOMEM, "Lyapunov: no memory for %d variables", map->dim);
    run.J = run.next + d;
    run.W = run.J + d * d;
    run.product = run.W + d * k;
    h4l_generic_basis(map->dim, o->exponents, run.W);
    struct blocks b = {o, o->exponents, map->dim, (double)o->steps_per_qr, map_burst, &run, x};
    code = run_blocks(&b, ret_blocks, err);
    free(run.next);
    return code;
}

struct jump_run {
    const struct h4l_lyapunov_options *o;
    struct h4l_hybrid_run run;
    double *x, *W;
};

static int jump_burst(void *run, long first, double *growth, struct h4l_err *err)
{
    struct jump_run *r = run;
    const struct h4l_flow *f = &r->run.hybrid->flow;

    for (long i = 0; i < r->o->steps_per_qr; i++) {
        double t = r->o->start + (double)(first + i) * r->o->step;
        int code = h4l_hybrid_step(&r->run, t, r->o->step, r->x, r->W, err);
        if (code)
            return code;
    }
    h4l_orthonormalise(r->W, f->dim, r->o->exponents, growth);
    return H4L_OK;
}

int h4l_lyapunov_hybrid(const struct h4l_hybrid *hybrid, const struct h4l_lyapunov_options *o,
                        double *x, double *ret_blocks, struct h4l_err *err)
{
    int dim = hybrid->flow.dim, k = o->exponents, code = check(o, dim, 1, err);
    struct jump_run run = {.o = o, .x = x};

    if (code || (code = h4l_hybrid_create(hybrid, k, NULL, NULL, &run.run, err)))
        return code;
    run.W = malloc((size_t)dim * (size_t)k * sizeof *run.W);
    if (!run.W) {
        h4l_hybrid_destroy(&run.run);
        return h4l_fail(err, H4L_E_NOMEM, "Lyapunov: no memory for %d vectors", k);
    }
    h4l_generic_basis(dim, k, run.W);
    struct blocks b = {o, k, dim, (double)o->steps_per_qr * o->step, jump_burst, &run, x};
    code = run_blocks(&b, ret_blocks, err);
    free(run.W);
    h4l_hybrid_destroy(&run.run);
    return code;
}

void h4l_lyapunov_summary(const double *blocks, size_t n, int k, double *ret_mean,
                          double *ret_stderr)
{
    for (int v = 0; v < k; v++) {
        double mean = 0, square = 0;
        for (size_t b = 0; b < n; b++)
            mean += blocks[b * (size_t)k + (size_t)v] / (double)n;
        for (size_t b = 0; b < n; b++) {
            double d = blocks[b * (size_t)k + (size_t)v] - mean;
            square += d * d;
        }
        if (ret_mean)
            ret_mean[v] = mean;
        if (ret_stderr)
            ret_stderr[v] = n > 1 ? sqrt(square / (double)(n - 1) / (double)n) : NAN;
    }
}

double h4l_kaplan_yorke(const double *spectrum, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++) {
        if (sum + spectrum[i] < 0)
            return i + sum / fabs(spectrum[i]);
        sum += spectrum[i];
    }
    return n;
}
