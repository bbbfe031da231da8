#include "analysis/flow.h"

#include <stdlib.h>
#include <string.h>

// Constant sizes let the compiler unroll and vectorise; the sizes that matter (HH, tv-LIF2HH) get their own copy.
static inline __attribute__((always_inline)) void product(const double *J, const double *W, int dim,
                                                          int k, double *dW)
{
    for (int i = 0; i < dim; i++) {
        for (int v = 0; v < k; v++)
            dW[i * k + v] = 0;
        for (int j = 0; j < dim; j++) {
            double a = J[i * dim + j];
            for (int v = 0; v < k; v++)
                dW[i * k + v] += a * W[j * k + v];
        }
    }
}

void h4l_tangent_product(const double *restrict J, const double *restrict W, int dim, int k,
                         double *restrict ret_dW)
{
    if (dim == 4 && k == 4)
        product(J, W, 4, 4, ret_dW);
    else if (dim == 4 && k == 5) // with the sensitivity to a parameter
        product(J, W, 4, 5, ret_dW);
    else if (dim == 8 && k == 7)
        product(J, W, 8, 7, ret_dW);
    else if (dim == 8 && k == 8)
        product(J, W, 8, 8, ret_dW);
    else
        product(J, W, dim, k, ret_dW);
}

int h4l_rk4_create(const struct h4l_flow *flow, int k, struct h4l_rk4 *ret, struct h4l_err *err)
{
    size_t d = (size_t)flow->dim, v = (size_t)k, jacobian = k && !flow->tangent ? d * d : 0;
    double *p = calloc(3 * d + jacobian + 3 * d * v + 1, sizeof *p);

    if (!p)
        return h4l_fail(err, H4L_E_NOMEM, "integrator: no memory for %d variables", flow->dim);
    *ret = (struct h4l_rk4){.flow = flow,
                            .k = k,
                            .memory = p,
                            .dx = p,
                            .xs = p + d,
                            .sum = p + 2 * d,
                            .J = p + 3 * d,
                            .dW = p + 3 * d + jacobian,
                            .Ws = p + 3 * d + jacobian + d * v,
                            .sumW = p + 3 * d + jacobian + 2 * d * v};
    return H4L_OK;
}

void h4l_rk4_destroy(struct h4l_rk4 *rk4)
{
    free(rk4->memory);
    *rk4 = (struct h4l_rk4){0};
}

static inline void evaluate(struct h4l_rk4 *r, double t, const double *x, const double *W)
{
    const struct h4l_flow *f = r->flow;

    if (f->tangent) {
        f->tangent(f->ctx, t, x, W, r->k, r->dx, r->dW);
        return;
    }
    f->eval(f->ctx, t, x, r->dx, r->J);
    h4l_tangent_product(r->J, W, f->dim, r->k, r->dW);
}

// y = x + a * d; s = (first ? 0 : s) + b * d
static inline void stage(const double *restrict x, const double *restrict d, double a, double b,
                         int first, double *restrict y, double *restrict s, int n)
{
    for (int i = 0; i < n; i++) {
        y[i] = x[i] + a * d[i];
        s[i] = (first ? 0 : s[i]) + b * d[i];
    }
}

static inline void finish(double *restrict x, const double *restrict s, const double *restrict d,
                          double h, int n)
{
    for (int i = 0; i < n; i++)
        x[i] += h / 6 * (s[i] + d[i]);
}

void h4l_rk4_step(struct h4l_rk4 *r, double t, double h, double *x, double *W)
{
    int d = r->flow->dim, n = d * r->k;

    if (!r->k) {
        h4l_rk4_step_state(r, t, h, x);
        return;
    }
    evaluate(r, t, x, W);
    stage(x, r->dx, h / 2, 1, 1, r->xs, r->sum, d);
    stage(W, r->dW, h / 2, 1, 1, r->Ws, r->sumW, n);
    evaluate(r, t + h / 2, r->xs, r->Ws);
    stage(x, r->dx, h / 2, 2, 0, r->xs, r->sum, d);
    stage(W, r->dW, h / 2, 2, 0, r->Ws, r->sumW, n);
    evaluate(r, t + h / 2, r->xs, r->Ws);
    stage(x, r->dx, h, 2, 0, r->xs, r->sum, d);
    stage(W, r->dW, h, 2, 0, r->Ws, r->sumW, n);
    evaluate(r, t + h, r->xs, r->Ws);
    finish(x, r->sum, r->dx, h, d);
    finish(W, r->sumW, r->dW, h, n);
}

void h4l_rk4_step_state(struct h4l_rk4 *r, double t, double h, double *x)
{
    const struct h4l_flow *f = r->flow;
    int d = f->dim;

    f->eval(f->ctx, t, x, r->dx, NULL);
    stage(x, r->dx, h / 2, 1, 1, r->xs, r->sum, d);
    f->eval(f->ctx, t + h / 2, r->xs, r->dx, NULL);
    stage(x, r->dx, h / 2, 2, 0, r->xs, r->sum, d);
    f->eval(f->ctx, t + h / 2, r->xs, r->dx, NULL);
    stage(x, r->dx, h, 2, 0, r->xs, r->sum, d);
    f->eval(f->ctx, t + h, r->xs, r->dx, NULL);
    finish(x, r->sum, r->dx, h, d);
}
