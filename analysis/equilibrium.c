#include "analysis/bifurcation.h"

#include <complex.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "analysis/dense.h"

static double scaled_norm(const struct h4l_system *s, const double *v)
{
    double largest = 0;

    for (int i = 0; i < s->dim; i++)
        largest = fmax(largest, fabs(v[i]) / s->scale[i]);
    return largest;
}

int h4l_equilibrium(const struct h4l_system *s, double p, double *x, struct h4l_err *err)
{
    double y[H4L_SYSTEM_DIM], F[H4L_SYSTEM_DIM], J[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM],
        dp[H4L_SYSTEM_DIM], last = INFINITY;

    memcpy(y, x, (size_t)s->dim * sizeof *y);
    for (int round = 0; round < 60; round++) {
        double step;
        int code;
        s->eval(s->ctx, p, y, F, J, dp);
        if ((code = h4l_solve(J, s->dim, F, F, err)))
            return h4l_fail_context(err, code, "equilibrium at parameter %g", p);
        step = scaled_norm(s, F);
        if (!isfinite(step))
            break;
        double share = step > 0.2 ? 0.2 / step : 1;
        for (int i = 0; i < s->dim; i++)
            y[i] -= share * F[i];
        if (step <= 1e-15 || (step < 1e-10 && step >= last / 2)) {
            memcpy(x, y, (size_t)s->dim * sizeof *y);
            return H4L_OK;
        }
        last = step;
    }
    return h4l_fail(err, H4L_E_NUMERIC, "equilibrium at parameter %g: no convergence", p);
}

int h4l_equilibrium_eigenvalues(const struct h4l_system *s, double p, const double *x,
                                struct h4l_complex *ret, struct h4l_err *err)
{
    double F[H4L_SYSTEM_DIM], J[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM], dp[H4L_SYSTEM_DIM];

    s->eval(s->ctx, p, x, F, J, dp);
    return h4l_eigenvalues(J, s->dim, ret, err);
}

// The complex pair with the largest real part: its upper member. 0 if all eigenvalues are real.
static struct h4l_complex critical_pair(const struct h4l_complex *values, int n)
{
    for (int i = 0; i < n; i++)
        if (values[i].im > 0)
            return values[i];
    return (struct h4l_complex){0, 0};
}

static int pair_at(const struct h4l_system *s, double p, double *x, struct h4l_complex *values,
                   double *ret_real_part, struct h4l_err *err)
{
    struct h4l_complex pair;
    int code;

    if ((code = h4l_equilibrium(s, p, x, err)) ||
        (code = h4l_equilibrium_eigenvalues(s, p, x, values, err)))
        return code;
    pair = critical_pair(values, s->dim);
    if (pair.im <= 0)
        return h4l_fail(err, H4L_E_NUMERIC,
                        "Hopf point: no complex pair of eigenvalues at parameter %.17g", p);
    *ret_real_part = pair.re;
    return H4L_OK;
}

// ---- first Lyapunov coefficient ----

struct centre {
    const struct h4l_system *s;
    double p;
    const double *x;
};

// ret = d/dh J(x + h a) (order 1) or d2/dh2 J(x + h a) (order 2) at h = 0, eighth order in a step of 1/100 of the scale.
static void jacobian_derivative(const struct centre *c, const double *a, int order, double *ret)
{
    static const double first[5] = {0, 4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280},
                        second[5] = {-205.0 / 72, 8.0 / 5, -1.0 / 5, 8.0 / 315, -1.0 / 560};
    const struct h4l_system *s = c->s;
    int n = s->dim * s->dim;
    double size = scaled_norm(s, a), h = size > 0 ? 0.01 / size : 1;
    double y[H4L_SYSTEM_DIM], F[H4L_SYSTEM_DIM], J[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM],
        dp[H4L_SYSTEM_DIM];

    for (int i = 0; i < n; i++)
        ret[i] = 0;
    for (int k = -4; k <= 4; k++) {
        double weight =
            order == 2 ? second[k < 0 ? -k : k] / (h * h) : (k < 0 ? -first[-k] : first[k]) / h;
        for (int i = 0; i < s->dim; i++)
            y[i] = c->x[i] + k * h * a[i];
        s->eval(s->ctx, c->p, y, F, J, dp);
        for (int i = 0; i < n; i++)
            ret[i] += weight * J[i];
    }
}

static void split(const double complex *q, int n, double *re, double *im)
{
    for (int i = 0; i < n; i++) {
        re[i] = creal(q[i]);
        im[i] = cimag(q[i]);
    }
}

// Second derivative of F applied to (u, v).
static void bilinear(const struct centre *c, const double complex *u, const double complex *v,
                     double complex *ret)
{
    int n = c->s->dim;
    double re[H4L_SYSTEM_DIM] = {0}, im[H4L_SYSTEM_DIM] = {0}, Jr[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM],
           Ji[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM];

    split(u, n, re, im);
    jacobian_derivative(c, re, 1, Jr);
    jacobian_derivative(c, im, 1, Ji);
    for (int i = 0; i < n; i++) {
        ret[i] = 0;
        for (int j = 0; j < n; j++)
            ret[i] += (Jr[i * n + j] + I * Ji[i * n + j]) * v[j];
    }
}

// Third derivative applied to (q, q, conj q) = (q, a, a) + (q, b, b) with q = a + i b.
static void trilinear(const struct centre *c, const double complex *q, double complex *ret)
{
    int n = c->s->dim;
    double re[H4L_SYSTEM_DIM] = {0}, im[H4L_SYSTEM_DIM] = {0}, Jr[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM],
           Ji[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM];

    split(q, n, re, im);
    jacobian_derivative(c, re, 2, Jr);
    jacobian_derivative(c, im, 2, Ji);
    for (int i = 0; i < n; i++) {
        ret[i] = 0;
        for (int j = 0; j < n; j++)
            ret[i] += (Jr[i * n + j] + Ji[i * n + j]) * q[j];
    }
}

static double complex pairing(const double complex *p, const double complex *v, int n)
{
    double complex sum = 0; // p is a left eigenvector p' J = lambda p', so no conjugation

    for (int i = 0; i < n; i++)
        sum += p[i] * v[i];
    return sum;
}

static int first_coefficient(const struct centre *c, const double *J, double omega,
                             const double complex *q, const double complex *left, double *ret,
                             struct h4l_err *err)
{
    int n = c->s->dim, code;
    double complex conj_q[H4L_SYSTEM_DIM], A[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM],
        D[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM], b[H4L_SYSTEM_DIM], h11[H4L_SYSTEM_DIM],
        h20[H4L_SYSTEM_DIM], third[H4L_SYSTEM_DIM];

    for (int i = 0; i < n; i++)
        conj_q[i] = conj(q[i]);
    for (int i = 0; i < n * n; i++) {
        A[i] = J[i];
        D[i] = -J[i] + (i % (n + 1) ? 0 : 2 * omega * I);
    }
    bilinear(c, q, conj_q, b);
    if ((code = h4l_solve_complex(A, n, b, h11, err)))
        return code;
    bilinear(c, q, q, b);
    if ((code = h4l_solve_complex(D, n, b, h20, err)))
        return code;
    trilinear(c, q, third);
    double complex sum = pairing(left, third, n);
    bilinear(c, q, h11, b);
    sum -= 2 * pairing(left, b, n);
    bilinear(c, conj_q, h20, b);
    sum += pairing(left, b, n);
    *ret = creal(sum) / (2 * omega);
    return H4L_OK;
}

// d lambda / dp along the equilibria: left' (dJ/dp) right, the derivative of the Jacobian along (dx/dp, 1).
static int pair_slope(const struct h4l_system *s, double p, const double *x,
                      const double complex *left, const double complex *right, double *ret,
                      struct h4l_err *err)
{
    double span = 1e-3, weight[2] = {4.0 / 3, -1.0 / 3}, slope = 0; // fourth order
    int n = s->dim;

    for (int k = 0; k < 2; k++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double y[H4L_SYSTEM_DIM], F[H4L_SYSTEM_DIM], J[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM],
                dp[H4L_SYSTEM_DIM], step = span * (k + 1);
            memcpy(y, x, (size_t)n * sizeof *y);
            int code = h4l_equilibrium(s, p + sign * step, y, err);
            if (code)
                return code;
            s->eval(s->ctx, p + sign * step, y, F, J, dp);
            double complex sum = 0;
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                    sum += left[i] * J[i * n + j] * right[j];
            slope += sign * weight[k] * creal(sum) / (2 * step);
        }
    *ret = slope;
    return H4L_OK;
}

static int describe_hopf(const struct h4l_system *s, struct h4l_hopf *h, struct h4l_err *err)
{
    int n = s->dim, code;
    double F[H4L_SYSTEM_DIM], J[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM], dp[H4L_SYSTEM_DIM];
    double complex right[H4L_SYSTEM_DIM], left[H4L_SYSTEM_DIM];
    struct centre c = {s, h->p, h->x};

    s->eval(s->ctx, h->p, h->x, F, J, dp);
    h->omega = critical_pair(h->eigenvalues, n).im;
    if ((code = h4l_eigenvector(J, n, I * h->omega, 0, right, err)) ||
        (code = h4l_eigenvector(J, n, I * h->omega, 1, left, err)))
        return code;
    double complex share = pairing(left, right, n);
    for (int i = 0; i < n; i++) {
        left[i] /= share;
        h->right[i] = (struct h4l_complex){creal(right[i]), cimag(right[i])};
    }
    if ((code = pair_slope(s, h->p, h->x, left, right, &h->slope, err)))
        return code;
    return first_coefficient(&c, J, h->omega, right, left, &h->lyapunov_coefficient, err);
}

// One end of the bracket around the Hopf point: parameter, equilibrium, real part of the pair.
struct end {
    double p, real, x[H4L_SYSTEM_DIM];
};

// Follows the equilibria from `from` to p in steps, so that Newton's method stays on the branch.
static int follow(const struct h4l_system *s, const struct end *from, double p, struct end *ret,
                  struct h4l_complex *values, struct h4l_err *err)
{
    struct end e = *from;
    int code;

    for (int k = 1; k <= 10; k++)
        if ((code = h4l_equilibrium(s, from->p + (p - from->p) * k / 10, e.x, err)))
            return code;
    e.p = p;
    if ((code = pair_at(s, p, e.x, values, &e.real, err)))
        return code;
    *ret = e;
    return H4L_OK;
}

int h4l_hopf_find(const struct h4l_system *s, double low, double high, const double *guess,
                  struct h4l_hopf *ret, struct h4l_err *err)
{
    struct h4l_hopf h = {0};
    struct end a = {.p = low}, b = {0}, c;
    int code, side = 0;

    memcpy(a.x, guess, (size_t)s->dim * sizeof *guess);
    if ((code = pair_at(s, low, a.x, h.eigenvalues, &a.real, err)))
        return code;
    c = a;
    for (int k = 1; k <= 10; k++)
        if ((code = follow(s, &c, low + (high - low) * k / 10, &c, h.eigenvalues, err)))
            return code;
    b = c;
    if (!(a.real * b.real < 0))
        return h4l_fail(err, H4L_E_NUMERIC,
                        "Hopf point: the real part of the pair is %g at %g and %g at %g, no "
                        "crossing in between",
                        a.real, low, b.real, high);
    // False position (Illinois) on the real part, which is smooth in p.
    double at_a = a.real, at_b = b.real;
    for (int round = 0; round < 100; round++) {
        double p = (a.p * at_b - b.p * at_a) / (at_b - at_a), tiny = 4 * DBL_EPSILON * fabs(p);
        if ((code = follow(s, &a, p, &c, h.eigenvalues, err)))
            return code;
        if (fabs(c.real) < 1e-17 || fabs(c.p - a.p) < tiny || fabs(c.p - b.p) < tiny)
            break;
        if (c.real * a.real > 0) {
            a = c;
            at_a = c.real;
            at_b = side == 1 ? at_b / 2 : at_b;
            side = 1;
        } else {
            b = c;
            at_b = c.real;
            at_a = side == -1 ? at_a / 2 : at_a;
            side = -1;
        }
    }
    h.p = c.p;
    memcpy(h.x, c.x, sizeof h.x);
    if ((code = describe_hopf(s, &h, err)))
        return code;
    *ret = h;
    return H4L_OK;
}
