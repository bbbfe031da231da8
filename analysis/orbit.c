#include "analysis/bifurcation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/dense.h"
#include "analysis/lyapunov.h"
#include "analysis/orbit.h"

static void flow_eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct h4l_shooting *s = ctx;

    (void)t;
    s->system->eval(s->system->ctx, s->p, x, ret_dx, ret_J, ret_J ? s->scratch : NULL);
}

// Tangent vectors and, in the last column, the sensitivity to the parameter: S' = J S + dF/dp.
static void flow_tangent(const void *ctx, double t, const double *x, const double *W, int k,
                         double *ret_dx, double *ret_dW)
{
    const struct h4l_shooting *s = ctx;
    int d = s->system->dim;
    double *dp = s->scratch, *J = dp + d;

    (void)t;
    s->system->eval(s->system->ctx, s->p, x, ret_dx, J, dp);
    h4l_tangent_product(J, W, d, k, ret_dW);
    for (int i = 0; i < d; i++)
        ret_dW[i * k + k - 1] += dp[i];
}

int h4l_shooting_create(const struct h4l_system *system, struct h4l_shooting *ret,
                        struct h4l_err *err)
{
    int d = system->dim, code;

    if (d < 1 || d > H4L_SYSTEM_DIM)
        return h4l_fail(err, H4L_E_RANGE, "shooting: dimension %d, expected 1..%d", d,
                        H4L_SYSTEM_DIM);
    *ret = (struct h4l_shooting){.system = system};
    ret->flow = (struct h4l_flow){.dim = d, .ctx = ret, .eval = flow_eval};
    ret->varied = ret->flow;
    ret->varied.tangent = flow_tangent;
    ret->scratch = malloc((size_t)(d + d * d) * sizeof *ret->scratch);
    if (!ret->scratch)
        return h4l_fail(err, H4L_E_NOMEM, "shooting: no memory");
    if ((code = h4l_precise_create(&ret->flow, 0, 1e-13, &ret->plain, err)) ||
        (code = h4l_precise_create(&ret->varied, d + 1, 1e-13, &ret->full, err))) {
        h4l_shooting_destroy(ret);
        return code;
    }
    return H4L_OK;
}

void h4l_shooting_destroy(struct h4l_shooting *s)
{
    h4l_precise_destroy(&s->plain);
    h4l_precise_destroy(&s->full);
    free(s->scratch);
    s->scratch = NULL;
}

int h4l_orbit_linearise(struct h4l_shooting *s, const struct h4l_orbit *orbit,
                        struct h4l_orbit_linear *ret, struct h4l_err *err)
{
    int d = s->system->dim, n = d + 1, code;
    double W[H4L_SYSTEM_DIM * (H4L_SYSTEM_DIM + 1)], x[H4L_SYSTEM_DIM];

    s->p = orbit->p;
    memcpy(x, orbit->x, sizeof x);
    for (int i = 0; i < d; i++)
        for (int v = 0; v < n; v++)
            W[i * n + v] = i == v;
    if ((code = h4l_precise_run(&s->full, 0, orbit->period, x, W, err)))
        return h4l_fail_context(err, code, "shooting at parameter %.10g", orbit->p);
    for (int i = 0; i < d; i++) {
        ret->residual[i] = x[i] - orbit->x[i];
        for (int j = 0; j < d; j++)
            ret->M[i * d + j] = W[i * n + j];
        ret->by_p[i] = W[i * n + d];
    }
    flow_eval(s, 0, x, ret->by_T, NULL);
    flow_eval(s, 0, orbit->x, ret->f, NULL);
    return H4L_OK;
}

int h4l_orbit_find(struct h4l_shooting *s, struct h4l_orbit *orbit, struct h4l_err *err)
{
    const double *scale = s->system->scale;
    struct h4l_orbit o = *orbit;
    struct h4l_orbit_linear l;
    double last = INFINITY;
    int d = s->system->dim, n = d + 1, code;

    for (int round = 0; round < 30; round++) {
        double A[(H4L_SYSTEM_DIM + 1) * (H4L_SYSTEM_DIM + 1)], b[H4L_SYSTEM_DIM + 1], step = 0,
                                                                                      speed = 0;
        if ((code = h4l_orbit_linearise(s, &o, &l, err)))
            return code;
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < d; j++)
                A[i * n + j] = l.M[i * d + j] - (i == j);
            A[i * n + d] = l.by_T[i];
            b[i] = -l.residual[i];
            A[d * n + i] = l.f[i] / (scale[i] * scale[i]); // no shift along the orbit
            speed = fmax(speed, fabs(l.f[i]) / scale[i]);
        }
        A[d * n + d] = b[d] = 0;
        if (!(speed * o.period > 1e-6))
            return h4l_fail(err, H4L_E_NUMERIC,
                            "periodic orbit at parameter %.10g: ran into an equilibrium", o.p);
        if ((code = h4l_solve(A, n, b, b, err)))
            return h4l_fail_context(err, code, "periodic orbit at parameter %.10g", o.p);
        for (int i = 0; i < d; i++)
            step = fmax(step, fabs(b[i]) / scale[i]);
        step = fmax(step, fabs(b[d]) / o.period);
        double share = step > 0.1 ? 0.1 / step : 1;
        for (int i = 0; i < d; i++)
            o.x[i] += share * b[i];
        o.period += share * b[d];
        if (!(step < INFINITY) || !(o.period > 0))
            break;
        if (step < 1e-14 || (step < 1e-9 && step > last / 4)) {
            *orbit = o;
            return H4L_OK;
        }
        last = step;
    }
    return h4l_fail(err, H4L_E_NUMERIC, "periodic orbit at parameter %.10g: no convergence",
                    orbit->p);
}

int h4l_orbit_guess(struct h4l_shooting *s, double p, const double *x, double settle, int i,
                    double level, struct h4l_orbit *ret, struct h4l_err *err)
{
    struct h4l_orbit o = {.p = p};
    double t, horizon = settle + 1000;
    int code;

    s->p = p;
    memcpy(o.x, x, (size_t)s->system->dim * sizeof *x);
    if ((code = h4l_precise_run(&s->plain, 0, settle, o.x, NULL, err)) ||
        (code =
             h4l_precise_to_section(&s->plain, settle, horizon, i, level, 1, o.x, NULL, &t, err)) ||
        (code = h4l_precise_to_section(&s->plain, 0, 1000, i, level, 1, o.x, NULL, &o.period, err)))
        return h4l_fail_context(err, code, "periodic orbit at parameter %.10g", p);
    *ret = o;
    return H4L_OK;
}

int h4l_orbit_to_section(struct h4l_shooting *s, int i, double level, int direction,
                         struct h4l_orbit *orbit, struct h4l_err *err)
{
    double x[H4L_SYSTEM_DIM], t;
    int code;

    s->p = orbit->p;
    memcpy(x, orbit->x, sizeof x);
    if ((code = h4l_precise_to_section(&s->plain, 0, 2 * orbit->period, i, level, direction, x,
                                       NULL, &t, err)))
        return code;
    memcpy(orbit->x, x, sizeof x);
    return H4L_OK;
}

// The turning point of variable i within `span` after x, where its slope changes sign; value into *ret.
static int turning_point(struct h4l_shooting *s, const double *x, double span, int i, double *ret,
                         struct h4l_err *err)
{
    double a = 0, b = span, y[H4L_SYSTEM_DIM], F[H4L_SYSTEM_DIM],
           J[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM], value = x[i];
    double t = span / 2, start_slope;
    int code, d = s->system->dim;

    flow_eval(s, 0, x, F, NULL);
    start_slope = F[i];
    for (int round = 0; round < 60; round++) {
        memcpy(y, x, (size_t)d * sizeof *x);
        if ((code = h4l_precise_run(&s->plain, 0, t, y, NULL, err)))
            return code;
        flow_eval(s, 0, y, F, J);
        value = y[i];
        if (F[i] * start_slope > 0)
            a = t;
        else
            b = t;
        double curvature = 0;
        for (int j = 0; j < d; j++)
            curvature += J[i * d + j] * F[j];
        double next = t - F[i] / curvature;
        if (!(next > a && next < b))
            next = (a + b) / 2;
        if (fabs(next - t) < 1e-10 * span || fabs(F[i]) < 1e-13 * fabs(start_slope))
            break;
        t = next;
    }
    *ret = value;
    return H4L_OK;
}

int h4l_orbit_extremes(struct h4l_shooting *s, const struct h4l_orbit *orbit, int i,
                       double *ret_min, double *ret_max, struct h4l_err *err)
{
    enum { SEGMENTS = 200 };
    double x[H4L_SYSTEM_DIM], before[H4L_SYSTEM_DIM], F[H4L_SYSTEM_DIM],
        span = orbit->period / SEGMENTS;
    double least = orbit->x[i], most = orbit->x[i];
    int code;

    s->p = orbit->p;
    memcpy(x, orbit->x, sizeof x);
    flow_eval(s, 0, x, F, NULL);
    for (int k = 0; k < SEGMENTS; k++) {
        double slope = F[i], turn;
        memcpy(before, x, sizeof x);
        if ((code = h4l_precise_run(&s->plain, 0, span, x, NULL, err)))
            return code;
        flow_eval(s, 0, x, F, NULL);
        if (slope * F[i] < 0) {
            if ((code = turning_point(s, before, span, i, &turn, err)))
                return code;
            least = fmin(least, turn);
            most = fmax(most, turn);
        }
    }
    if (ret_min)
        *ret_min = least;
    if (ret_max)
        *ret_max = most;
    return H4L_OK;
}

static int by_modulus(const void *a, const void *b)
{
    const struct h4l_complex *u = a, *v = b;
    double x = hypot(u->re, u->im), y = hypot(v->re, v->im);

    return (x < y) - (x > y);
}

void h4l_sort_by_modulus(struct h4l_complex *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, by_modulus);
}

int h4l_orbit_multipliers(struct h4l_shooting *s, const struct h4l_orbit *orbit,
                          struct h4l_complex *ret, struct h4l_err *err)
{
    struct h4l_orbit_linear l;
    int d = s->system->dim, code;

    if ((code = h4l_orbit_linearise(s, orbit, &l, err)) ||
        (code = h4l_eigenvalues(l.M, d, ret, err)))
        return code;
    h4l_sort_by_modulus(ret, d);
    return H4L_OK;
}

// One period of QR from the frame W (dim + 1 columns, the last one unused): logs[dim] of the growth, mean divergence.
static int qr_period(struct h4l_shooting *s, const struct h4l_orbit *orbit, double *W, double *logs,
                     double *divergence, struct h4l_err *err)
{
    enum {
        SEGMENTS = 1024
    }; // the trapezoid rule for the divergence converges geometrically on a closed orbit
    int d = s->system->dim, n = d + 1, code;
    double x[H4L_SYSTEM_DIM], F[H4L_SYSTEM_DIM], J[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM],
        norms[H4L_SYSTEM_DIM], frame[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM];

    memcpy(x, orbit->x, sizeof x);
    *divergence = 0;
    for (int v = 0; v < d; v++)
        logs[v] = 0;
    for (int k = 0; k < SEGMENTS; k++) {
        flow_eval(s, 0, x, F, J);
        for (int i = 0; i < d; i++)
            *divergence += J[i * d + i] / SEGMENTS;
        if ((code = h4l_precise_run(&s->full, 0, orbit->period / SEGMENTS, x, W, err)))
            return code;
        for (int i = 0; i < d; i++)
            for (int v = 0; v < d; v++)
                frame[i * d + v] = W[i * n + v];
        h4l_orthonormalise(frame, d, d, norms);
        for (int v = 0; v < d; v++)
            logs[v] += log(norms[v]);
        for (int i = 0; i < d; i++)
            for (int v = 0; v < n; v++)
                W[i * n + v] = v < d ? frame[i * d + v] : 0;
    }
    return H4L_OK;
}

int h4l_orbit_exponents(struct h4l_shooting *s, const struct h4l_orbit *orbit, double *ret,
                        double *ret_divergence, struct h4l_err *err)
{
    int d = s->system->dim, n = d + 1, code;
    double basis[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM],
        W[H4L_SYSTEM_DIM * (H4L_SYSTEM_DIM + 1)] = {0}, logs[H4L_SYSTEM_DIM], last[H4L_SYSTEM_DIM],
                                             divergence;

    h4l_generic_basis(d, d, basis);
    for (int i = 0; i < d; i++)
        for (int v = 0; v < d; v++)
            W[i * n + v] = basis[i * d + v];
    s->p = orbit->p;
    for (int v = 0; v < d; v++)
        logs[v] = INFINITY;
    for (int round = 0; round < 60; round++) {
        double change = 0;
        memcpy(last, logs, sizeof last);
        if ((code = qr_period(s, orbit, W, logs, &divergence, err)))
            return code;
        for (int v = 0; v < d; v++)
            change = fmax(change, fabs(logs[v] - last[v]));
        if (change < 1e-11)
            break;
    }
    // A complex pair (or a double multiplier) never settles one by one, but its sum does: share it out evenly.
    for (int v = 0, from = 0; v < d; v++) {
        double now = 0, before = 0;
        for (int u = from; u <= v; u++) {
            now += logs[u];
            before += last[u];
        }
        if (fabs(now - before) > 1e-8 && v + 1 < d)
            continue;
        for (int u = from; u <= v; u++)
            ret[u] = now / (v + 1 - from) / orbit->period;
        from = v + 1;
    }
    if (ret_divergence)
        *ret_divergence = divergence;
    return H4L_OK;
}
