#include "analysis/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

// State and tangent vectors in one array y = (x, W), as GSL wants it.
struct impl {
    gsl_odeiv2_step *step;
    gsl_odeiv2_control *control;
    gsl_odeiv2_evolve *evolve;
    double *y, *J;
    size_t n;
};

static int gsl_rhs(double t, const double y[], double dydt[], void *params)
{
    const struct h4l_precise *p = params;
    const struct h4l_flow *f = p->flow;
    const struct impl *impl = p->impl;
    size_t d = (size_t)f->dim;

    if (!p->k) {
        f->eval(f->ctx, t, y, dydt, NULL);
    } else if (f->tangent) {
        f->tangent(f->ctx, t, y, y + d, p->k, dydt, dydt + d);
    } else {
        f->eval(f->ctx, t, y, dydt, impl->J);
        h4l_tangent_product(impl->J, y + d, f->dim, p->k, dydt + d);
    }
    for (size_t i = 0; i < d; i++)
        if (!isfinite(dydt[i]))
            return GSL_EBADFUNC;
    return GSL_SUCCESS;
}

int h4l_precise_create(const struct h4l_flow *flow, int k, double tolerance,
                       struct h4l_precise *ret, struct h4l_err *err)
{
    size_t d = (size_t)flow->dim, n = d * (1 + (size_t)k);
    struct impl *impl;

    if (!(tolerance >= 1e-14 && tolerance <= 1e-2))
        return h4l_fail(err, H4L_E_RANGE, "integration: tolerance %g, expected 1e-14 .. 1e-2",
                        tolerance);
    *ret = (struct h4l_precise){flow, k, tolerance, NULL};
    impl = ret->impl = calloc(1, sizeof *impl);
    if (impl) {
        impl->n = n;
        impl->y = malloc((n + d * d) * sizeof *impl->y);
        impl->step = gsl_odeiv2_step_alloc(gsl_odeiv2_step_rk8pd, n);
        if (impl->step) // it uses what it did not get (KNOWN_ISSUES.md): not where there is no memory
            impl->control = gsl_odeiv2_control_y_new(tolerance, tolerance);
        impl->evolve = gsl_odeiv2_evolve_alloc(n);
    }
    if (!impl || !impl->y || !impl->step || !impl->control || !impl->evolve) {
        h4l_precise_destroy(ret);
        return h4l_fail(err, H4L_E_NOMEM, "integration: no memory for %d variables", flow->dim);
    }
    impl->J = impl->y + n;
    return H4L_OK;
}

void h4l_precise_destroy(struct h4l_precise *p)
{
    struct impl *impl = p->impl;

    if (impl) {
        if (impl->evolve)
            gsl_odeiv2_evolve_free(impl->evolve);
        if (impl->control)
            gsl_odeiv2_control_free(impl->control);
        if (impl->step)
            gsl_odeiv2_step_free(impl->step);
        free(impl->y);
        free(impl);
    }
    p->impl = NULL;
}

static void pack(const struct h4l_precise *p, double *y, const double *x, const double *W)
{
    size_t d = (size_t)p->flow->dim, v = (size_t)p->k;

    memcpy(y, x, d * sizeof *y);
    if (v && W)
        memcpy(y + d, W, d * v * sizeof *y);
    else if (v) // vectors nobody asked for: rest at zero
        memset(y + d, 0, d * v * sizeof *y);
}

static void unpack(const struct h4l_precise *p, const double *y, double *x, double *W)
{
    size_t d = (size_t)p->flow->dim, v = (size_t)p->k;

    memcpy(x, y, d * sizeof *y);
    if (v && W)
        memcpy(W, y + d, d * v * sizeof *y);
}

// One controlled step of y from *t towards t_end, with the step size *h that the control proposes.
static int advance(struct h4l_precise *p, double *t, double t_end, double *h, double *y,
                   struct h4l_err *err)
{
    struct impl *impl = p->impl;
    gsl_odeiv2_system system = {gsl_rhs, NULL, impl->n, p};
    double before = *t;
    int status =
        gsl_odeiv2_evolve_apply(impl->evolve, impl->control, impl->step, &system, t, t_end, h, y);

    if (status != GSL_SUCCESS || *t == before || !isfinite(y[0]))
        return h4l_fail(err, H4L_E_NUMERIC,
                        "integration stopped at t = %g: the right-hand side is not finite or no "
                        "step is small enough",
                        before);
    return H4L_OK;
}

static int run(struct h4l_precise *p, double t, double t_end, double *y, struct h4l_err *err)
{
    struct impl *impl = p->impl;
    double h = fmin(0.01, fabs(t_end - t)) * (t_end < t ? -1 : 1);

    gsl_odeiv2_evolve_reset(impl->evolve);
    gsl_odeiv2_step_reset(impl->step);
    while (t != t_end) {
        int code = advance(p, &t, t_end, &h, y, err);
        if (code)
            return code;
    }
    return H4L_OK;
}

int h4l_precise_run(struct h4l_precise *p, double t, double t_end, double *x, double *W,
                    struct h4l_err *err)
{
    struct impl *impl = p->impl;
    int code;

    pack(p, impl->y, x, W);
    if ((code = run(p, t, t_end, impl->y, err)))
        return code;
    unpack(p, impl->y, x, W);
    return H4L_OK;
}

// Newton's method on the time: y at t near the crossing, moved onto it.
static int polish(struct h4l_precise *p, double *t, int i, double level, double *y,
                  struct h4l_err *err)
{
    const struct h4l_flow *f = p->flow;
    double *dx = malloc((size_t)f->dim * sizeof *dx);
    int code = H4L_OK;

    if (!dx)
        return h4l_fail(err, H4L_E_NOMEM, "section: no memory for %d variables", f->dim);
    for (int round = 0; round < 20 && !code; round++) {
        f->eval(f->ctx, *t, y, dx, NULL);
        double move = (level - y[i]) / dx[i];
        if (!isfinite(move))
            code = h4l_fail(err, H4L_E_NUMERIC, "section: tangential crossing at t = %g", *t);
        else if (fabs(move) < 1e-15 * fmax(1, fabs(*t)))
            break;
        else if (!(code = run(p, *t, *t + move, y, err)))
            *t += move;
    }
    free(dx);
    return code;
}

int h4l_precise_to_section(struct h4l_precise *p, double t, double t_end, int i, double level,
                           int direction, double *x, double *W, double *ret_t, struct h4l_err *err)
{
    struct impl *impl = p->impl;
    double *y = impl->y, h = 0.01;
    double previous = fabs(x[i] - level) < 1e-9 ? 0 : (x[i] - level) * direction;
    int code;

    pack(p, y, x, W);
    gsl_odeiv2_evolve_reset(impl->evolve);
    gsl_odeiv2_step_reset(impl->step);
    while (t < t_end) {
        if ((code = advance(p, &t, t_end, &h, y, err)))
            return code;
        double now = (y[i] - level) * direction;
        if (previous < 0 && now >= 0) {
            if ((code = polish(p, &t, i, level, y, err)))
                return code;
            unpack(p, y, x, W);
            *ret_t = t;
            return H4L_OK;
        }
        previous = now;
    }
    return h4l_fail(err, H4L_E_NUMERIC, "section: no crossing of %g before t = %g", level, t_end);
}
