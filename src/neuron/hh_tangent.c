#include "neuron/hh_tangent.h"

#include <stdlib.h>

#include "neuron/hh_tangent_internal.h"

struct h4l_hh_tangent {
    const struct h4l_tangent_kernels *kernels;
    struct h4l_hh_fast *fast; // owns the rates' constants
    struct h4l_hh_tangent_consts consts;
};

static const struct h4l_tangent_kernels *const kernels[] = H4L_LEVELS_OF(h4l_tangent_kernels);

int h4l_hh_tangent_create(const struct h4l_hh *hh, enum h4l_simd level, struct h4l_hh_tangent **ret,
                          struct h4l_err *err)
{
    struct h4l_hh_tangent *t = malloc(sizeof *t);
    int code;

    if (!t)
        return h4l_fail(err, H4L_E_NOMEM, "HH neurons: out of memory");
    if ((code = h4l_hh_fast_create(hh, 1, level, &t->fast, err))) { // checks parameters and level
        free(t);
        return code;
    }
    t->kernels = kernels[level];
    t->consts = (struct h4l_hh_tangent_consts){
        .rates = t->fast->consts,
        .C = hh->C,
        .g = {hh->gNa, hh->gK, hh->gL},
        .E = {hh->ENa, hh->EK, hh->EL},
        .v_m = hh->v_m,
        .v_n = hh->v_n,
    };
    *ret = t;
    return H4L_OK;
}

void h4l_hh_tangent_destroy(struct h4l_hh_tangent *tangent)
{
    if (tangent)
        h4l_hh_fast_destroy(tangent->fast);
    free(tangent);
}

void h4l_hh_tangent_run(const struct h4l_hh_tangent *tangent, double h, size_t N, size_t steps,
                        const double *I, double *state)
{
    tangent->kernels->hh(&tangent->consts, h, N, steps, I, state);
}

void h4l_tv_tangent_run(const struct h4l_hh_tangent *tangent, double h, size_t N, size_t steps,
                        const double *I, double *state)
{
    tangent->kernels->tv(&tangent->consts, h, N, steps, I, state);
}

void h4l_hh_rk4_run(const struct h4l_hh_tangent *tangent, double h, size_t N, size_t steps,
                    const double *I, size_t stride, double *state)
{
    tangent->kernels->hh_bare(&tangent->consts, h, N, steps, I, stride, state);
}
