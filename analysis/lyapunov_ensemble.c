#include "analysis/lyapunov.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct run {
    const struct h4l_ensemble *e;
    const struct h4l_lyapunov_options *o;
    double *state;         // [(dim + dim * k) * n]
    double *x, *W, *norms; // of one trajectory
};

static void gather(const struct run *r, size_t j)
{
    size_t d = (size_t)r->e->dim, k = (size_t)r->e->exponents, n = r->e->n;

    for (size_t i = 0; i < d; i++)
        r->x[i] = r->state[i * n + j];
    for (size_t i = 0; i < d * k; i++)
        r->W[i] = r->state[(d + i) * n + j];
}

static void scatter(const struct run *r, size_t j)
{
    size_t d = (size_t)r->e->dim, k = (size_t)r->e->exponents, n = r->e->n;

    for (size_t i = 0; i < d; i++)
        r->state[i * n + j] = r->x[i];
    for (size_t i = 0; i < d * k; i++)
        r->state[(d + i) * n + j] = r->W[i];
}

// One stretch between orthonormalisations; adds the logarithms of the growth to logs[j * stride + i] unless logs is NULL.
static void burst(const struct run *r, long qr, double *logs, size_t stride)
{
    const struct h4l_ensemble *e = r->e;

    e->advance(e->ctx, qr * r->o->steps_per_qr, r->o->steps_per_qr, r->state);
    for (size_t j = 0; j < e->n; j++) {
        gather(r, j);
        if (e->quotient)
            e->quotient(e->ctx, r->x, r->W, e->exponents);
        h4l_orthonormalise(r->W, e->dim, e->exponents, r->norms);
        for (int i = 0; i < e->exponents && logs; i++)
            logs[j * stride + (size_t)i] += log(r->norms[i]);
        scatter(r, j);
    }
}

static int ensemble_blocks(const struct run *r, double *blocks, struct h4l_err *err)
{
    const struct h4l_lyapunov_options *o = r->o;
    size_t k = (size_t)r->e->exponents, stride = k * (size_t)o->blocks, n = r->e->n;
    double length = (double)o->qr_per_block * (double)o->steps_per_qr * o->step;
    long qr = 0;

    memset(blocks, 0, stride * n * sizeof *blocks);
    for (; qr < o->transient_qr; qr++)
        burst(r, qr, NULL, 0);
    for (int b = 0; b < o->blocks; b++) {
        for (long i = 0; i < o->qr_per_block; i++, qr++)
            burst(r, qr, blocks + (size_t)b * k, stride);
        if (o->stop && o->stop(o->stop_ctx))
            return h4l_fail(err, H4L_E_INTERRUPT, "interrupted in block %d of %d", b + 1,
                            o->blocks);
        for (size_t i = 0; i < (size_t)r->e->dim * n; i++)
            if (!isfinite(r->state[i]))
                return h4l_fail(err, H4L_E_NUMERIC,
                                "Lyapunov: trajectory %zu left the finite numbers in block %d; use "
                                "a smaller step",
                                i % n + 1, b + 1);
    }
    for (size_t i = 0; i < stride * n; i++)
        blocks[i] /= length;
    return H4L_OK;
}

static int check_ensemble(const struct h4l_ensemble *e, const struct h4l_lyapunov_options *o,
                          struct h4l_err *err)
{
    if (e->exponents < 1 || e->exponents > e->dim || e->n < 1)
        return h4l_fail(err, H4L_E_RANGE,
                        "Lyapunov: %d exponents of a system of dimension %d, %zu trajectories",
                        e->exponents, e->dim, e->n);
    if (o->steps_per_qr < 1 || o->transient_qr < 0 || o->qr_per_block < 1 || o->blocks < 1 ||
        !(o->step > 0))
        return h4l_fail(err, H4L_E_RANGE,
                        "Lyapunov: step %g, %ld steps per orthonormalisation, %ld in the "
                        "transient, %ld per block, %d blocks; expected > 0, >= 1, >= 0, >= 1, >= 1",
                        o->step, o->steps_per_qr, o->transient_qr, o->qr_per_block, o->blocks);
    return H4L_OK;
}

int h4l_lyapunov_ensemble(const struct h4l_ensemble *e, const struct h4l_lyapunov_options *o,
                          double *x, double *ret_blocks, struct h4l_err *err)
{
    size_t d = (size_t)e->dim, k = (size_t)e->exponents;
    int code = check_ensemble(e, o, err);

    if (code)
        return code;
    size_t rows = d * (1 + k), results = k * (size_t)o->blocks * e->n;
    double *memory = malloc((rows * e->n + d + d * k + k + results) * sizeof *memory);
    if (!memory)
        return h4l_fail(err, H4L_E_NOMEM, "Lyapunov: no memory for %zu trajectories", e->n);
    struct run r = {.e = e, .o = o, .state = memory, .x = memory + rows * e->n};
    double *blocks = r.x + d + d * k + k;
    r.W = r.x + d;
    r.norms = r.W + d * k;
    memcpy(r.state, x, d * e->n * sizeof *x);
    for (size_t j = 0; j < e->n; j++) {
        for (size_t i = 0; i < d; i++)
            r.x[i] = x[i * e->n + j];
        h4l_generic_basis(e->dim, e->exponents, r.W);
        if (e->quotient)
            e->quotient(e->ctx, r.x, r.W, e->exponents);
        h4l_orthonormalise(r.W, e->dim, e->exponents, r.norms);
        scatter(&r, j);
    }
    if (!(code = ensemble_blocks(&r, blocks, err)))
        memcpy(ret_blocks, blocks, results * sizeof *blocks);
    memcpy(x, r.state, d * e->n * sizeof *x);
    free(memory);
    return code;
}
