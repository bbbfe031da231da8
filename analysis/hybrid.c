#include "analysis/hybrid.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int h4l_hybrid_create(const struct h4l_hybrid *hybrid, int k, h4l_event_fn observe, void *observer,
                      struct h4l_hybrid_run *ret, struct h4l_err *err)
{
    size_t d = (size_t)hybrid->flow.dim, v = (size_t)k, e = (size_t)hybrid->events;
    struct h4l_hybrid_run run = {
        .hybrid = hybrid, .k = k, .observe = observe, .observer = observer};
    int code = h4l_rk4_create(&hybrid->flow, k, &run.rk4, err);

    if (code)
        return code;
    run.memory = calloc(2 * e + 4 * d + d * (v + 1) + v, sizeof *run.memory);
    if (!run.memory) {
        h4l_rk4_destroy(&run.rk4);
        return h4l_fail(err, H4L_E_NOMEM, "events: no memory for %d variables", hybrid->flow.dim);
    }
    run.g = run.memory;
    run.g_end = run.g + e;
    run.x_old = run.g_end + e;
    run.x_try = run.x_old + d;
    run.gradient = run.x_try + d;
    run.f_minus = run.gradient + d;
    run.W_old = run.f_minus + d;
    run.shift = run.W_old + d * (v + 1);
    *ret = run;
    return H4L_OK;
}

void h4l_hybrid_destroy(struct h4l_hybrid_run *run)
{
    h4l_rk4_destroy(&run->rk4);
    free(run->memory);
    run->memory = NULL;
}

// Value of event function e after a step of length s from (t, x).
static double value_after(struct h4l_hybrid_run *r, double t, double s, const double *x, int e)
{
    const struct h4l_hybrid *y = r->hybrid;

    memcpy(r->x_try, x, (size_t)y->flow.dim * sizeof *x);
    h4l_rk4_step_state(&r->rk4, t, s, r->x_try);
    y->values(y->flow.ctx, t + s, r->x_try, r->g_end);
    return r->g_end[e];
}

// The length s in (0, h] after which g_e has just reached 0, given low = g_e(0) < 0 <= g_e(h) = high: false position in the
// Illinois variant, with a bisection now and then so that it cannot crawl.
static double event_length(struct h4l_hybrid_run *r, double t, double h, const double *x, int e,
                           double low, double high)
{
    double a = 0, b = h;
    int side = 0;

    for (int round = 0; high != 0; round++) {
        double middle = a + (b - a) / 2, s = (a * high - b * low) / (high - low);
        if (!(middle > a && middle < b) || b - a <= 2 * DBL_EPSILON * fabs(t))
            break;
        if (round % 8 == 7 || !(s > a && s < b))
            s = middle;
        double g = value_after(r, t, s, x, e);
        if (g >= 0) {
            b = s;
            high = g;
            low = side == 1 ? low / 2 : low;
            side = 1;
        } else {
            a = s;
            low = g;
            high = side == -1 ? high / 2 : high;
            side = -1;
        }
    }
    return b;
}

// Jump e at (t, x) and all the jumps that it sets off, on the state and on the k + 1 columns of `columns`.
static int cascade(struct h4l_hybrid_run *r, double t, int e, double *x, double *columns,
                   long *budget, struct h4l_err *err)
{
    const struct h4l_hybrid *y = r->hybrid;

    for (;;) {
        if (--*budget < 0)
            return h4l_fail(err, H4L_E_NUMERIC,
                            "events: endless jumps at t = %g (event %d); a jump must take its "
                            "event function below 0",
                            t, e);
        if (r->observe)
            r->observe(r->observer, t, e, x);
        y->jump(y->flow.ctx, e, t, x, columns, r->k ? r->k + 1 : 0);
        y->values(y->flow.ctx, t, x, r->g);
        e = 0;
        while (e < y->events && !(r->g[e] >= 0))
            e++;
        if (e == y->events)
            return H4L_OK;
    }
}

// The cascade of event e with the saltation of W.
static int saltate(struct h4l_hybrid_run *r, double t, int e, double *x, double *W, long *budget,
                   struct h4l_err *err)
{
    const struct h4l_hybrid *y = r->hybrid;
    int d = y->flow.dim, k = r->k, n = k + 1, code;
    double *columns = r->W_old, *f_plus = r->rk4.dx, speed = 0;

    if (!k)
        return cascade(r, t, e, x, NULL, budget, err);
    y->flow.eval(y->flow.ctx, t, x, r->f_minus, NULL);
    y->gradient(y->flow.ctx, e, t, x, r->gradient);
    for (int v = 0; v < k; v++)
        r->shift[v] = 0;
    for (int i = 0; i < d;
         i++) { // F(x-) is one more column, so that one call carries all through DR
        speed += r->gradient[i] * r->f_minus[i];
        for (int v = 0; v < k; v++) {
            r->shift[v] += r->gradient[i] * W[i * k + v];
            columns[i * n + v] = W[i * k + v];
        }
        columns[i * n + k] = r->f_minus[i];
    }
    if ((code = cascade(r, t, e, x, columns, budget, err)))
        return code;
    y->flow.eval(y->flow.ctx, t, x, f_plus, NULL);
    for (int i = 0; i < d; i++)
        for (int v = 0; v < k; v++)
            W[i * k + v] =
                columns[i * n + v] + (f_plus[i] - columns[i * n + k]) * (r->shift[v] / speed);
    return H4L_OK;
}

// The first event within the step of length h from (t, x), and its time after the step's start; -1 if none.
static int first_event(struct h4l_hybrid_run *r, double t, double h, const double *x, double *first)
{
    int which = -1;

    *first = h;
    if (r->hybrid->events)
        value_after(r, t, h, x, 0);
    for (int e = 0; e < r->hybrid->events; e++)
        if (r->g[e] < 0 && r->g_end[e] >= 0) {
            *first = event_length(r, t, *first, x, e, r->g[e], r->g_end[e]);
            which = e;
            value_after(r, t, *first, x, 0); // the others are now judged at this earlier end
        }
    return which;
}

int h4l_hybrid_step(struct h4l_hybrid_run *r, double t, double h, double *x, double *W,
                    struct h4l_err *err)
{
    const struct h4l_hybrid *y = r->hybrid;
    size_t bytes = (size_t)y->flow.dim * sizeof *x, columns = bytes * (size_t)r->k;
    long budget = 1000L * y->events;

    y->values(y->flow.ctx, t, x, r->g);
    while (h > 0) {
        int crossed = 0, code;
        memcpy(r->x_old, x, bytes);
        if (columns)
            memcpy(r->W_old, W, columns);
        h4l_rk4_step(&r->rk4, t, h, x, W);
        y->values(y->flow.ctx, t + h, x, r->g_end);
        for (int e = 0; e < y->events && !crossed; e++)
            crossed = r->g[e] < 0 && r->g_end[e] >= 0;
        if (!crossed)
            return H4L_OK;
        double first;
        memcpy(x, r->x_old, bytes);
        if (columns)
            memcpy(W, r->W_old, columns);
        int e = first_event(r, t, h, x, &first);
        if (e < 0) // rounding: the crossing seen above is gone; it will show in the next step
            first = h;
        h4l_rk4_step(&r->rk4, t, first, x, W);
        t += first;
        h -= first;
        if (e >= 0 && (code = saltate(r, t, e, x, W, &budget, err)))
            return code;
    }
    return H4L_OK;
}
