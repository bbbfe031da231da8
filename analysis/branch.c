#include "analysis/bifurcation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/dense.h"
#include "analysis/orbit.h"

// A point of a branch is the vector y = (x_0 / (scale sqrt(m)), ..., x_{m-1} / (scale sqrt(m)), period / period_scale,
// p / p_scale) of the m nodes; its length is the arc length.
enum { M = H4L_BRANCH_NODES, LONG = M * H4L_SYSTEM_DIM + 2 };

struct branch {
    struct h4l_shooting *s;
    const struct h4l_branch_options *o;
    int d, n;                          // dimension of the system; of y
    double *A, *b;                     // [n * n], [n]: the linear system
    struct h4l_orbit_linear linear[M]; // of the segments
};

static double scale_of(const struct branch *b, int i)
{
    if (i < M * b->d)
        return b->s->system->scale[i % b->d] * sqrt(M);
    return i == M * b->d ? b->o->period_scale : b->o->p_scale;
}

static void move(const struct branch *b, struct h4l_branch_point *p, const double *dy, double share)
{
    for (int i = 0; i < M * b->d; i++)
        p->nodes[i] += share * dy[i] * scale_of(b, i);
    p->orbit.period += share * dy[b->n - 2] * b->o->period_scale;
    p->orbit.p += share * dy[b->n - 1] * b->o->p_scale;
    memcpy(p->orbit.x, p->nodes, (size_t)b->d * sizeof *p->nodes);
}

// Residuals and derivatives of all segments: each must end at the next node, the last one at node 0.
static int linearise(struct branch *b, const struct h4l_branch_point *p, struct h4l_err *err)
{
    for (int k = 0; k < M; k++) {
        struct h4l_orbit segment = {.p = p->orbit.p, .period = p->orbit.period / M};
        memcpy(segment.x, p->nodes + k * b->d, (size_t)b->d * sizeof *segment.x);
        int code = h4l_orbit_linearise(b->s, &segment, &b->linear[k], err);
        if (code)
            return code;
        for (int i = 0; i < b->d; i++) // from "end minus start" to "end minus next node"
            b->linear[k].residual[i] += p->nodes[k * b->d + i] - p->nodes[(k + 1) % M * b->d + i];
    }
    return H4L_OK;
}

// The matrix of the segments' equations, the phase condition (no shift of node 0 along the orbit) and one more row.
static void assemble(struct branch *b, const double *row)
{
    int d = b->d, n = b->n;

    memset(b->A, 0, (size_t)n * (size_t)n * sizeof *b->A);
    for (int k = 0; k < M; k++) {
        const struct h4l_orbit_linear *l = &b->linear[k];
        for (int i = 0; i < d; i++) {
            double *line = b->A + (k * d + i) * n, unit = scale_of(b, i);
            for (int j = 0; j < d; j++)
                line[k * d + j] += l->M[i * d + j] * scale_of(b, j) / unit;
            line[(k + 1) % M * d + i] -= 1;
            line[n - 2] = l->by_T[i] / M * b->o->period_scale / unit;
            line[n - 1] = l->by_p[i] * b->o->p_scale / unit;
        }
    }
    for (int i = 0; i < d; i++)
        b->A[(n - 2) * n + i] = b->linear[0].f[i] / scale_of(b, i);
    memcpy(b->A + (n - 1) * n, row, (size_t)n * sizeof *row);
}

// The branch's tangent from the assembled matrix, with a positive component along its last row.
static int find_tangent(struct branch *b, double *tangent, struct h4l_err *err)
{
    double norm = 0;
    int code;

    for (int i = 0; i < b->n; i++)
        b->b[i] = i == b->n - 1;
    if ((code = h4l_solve(b->A, b->n, b->b, b->b, err)))
        return code;
    for (int i = 0; i < b->n; i++)
        norm += b->b[i] * b->b[i];
    for (int i = 0; i < b->n; i++)
        tangent[i] = b->b[i] / sqrt(norm);
    return H4L_OK;
}

// Newton's method onto the branch within the hyperplane orthogonal to `row`, then the tangent. *rounds: steps it took.
static int correct(struct branch *b, const double *row, struct h4l_branch_point *p, double *tangent,
                   int *rounds, struct h4l_err *err)
{
    double last = INFINITY;
    int code;

    for (*rounds = 1; *rounds <= 10; ++*rounds) {
        double step = 0, speed = 0;
        if ((code = linearise(b, p, err)))
            return code;
        assemble(b, row);
        for (int k = 0; k < M; k++)
            for (int i = 0; i < b->d; i++) {
                b->b[k * b->d + i] = -b->linear[k].residual[i] / scale_of(b, i);
                speed = fmax(speed, fabs(b->linear[k].f[i]) / scale_of(b, i));
            }
        b->b[b->n - 2] = b->b[b->n - 1] = 0;
        if ((code = h4l_solve(b->A, b->n, b->b, b->b, err)))
            return code;
        for (int i = 0; i < b->n; i++)
            step = fmax(step, fabs(b->b[i]));
        if (!(step < 1) || !(speed * p->orbit.period > 1e-7))
            break;
        move(b, p, b->b, 1);
        if (!(p->orbit.period > 0))
            break;
        if (step < 1e-13 || (step < 1e-9 && step > last / 4))
            return find_tangent(b, tangent, err);
        last = step;
    }
    return h4l_fail(err, H4L_E_NUMERIC,
                    "branch of periodic orbits at parameter %.10g: no convergence", p->orbit.p);
}

// Multipliers from the product of the segments' matrices, and how many are outside the unit circle.
static int describe(struct branch *b, struct h4l_branch_point *p, struct h4l_err *err)
{
    double product[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM], next[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM];
    int d = b->d, trivial = 0, code;

    memcpy(product, b->linear[0].M, sizeof product);
    for (int k = 1; k < M; k++) {
        h4l_tangent_product(b->linear[k].M, product, d, d, next);
        memcpy(product, next, sizeof product);
    }
    if ((code = h4l_eigenvalues(product, d, p->multipliers, err)))
        return code;
    h4l_sort_by_modulus(p->multipliers, d);
    for (int i = 1; i < d; i++)
        if (hypot(p->multipliers[i].re - 1, p->multipliers[i].im) <
            hypot(p->multipliers[trivial].re - 1, p->multipliers[trivial].im))
            trivial = i;
    p->unstable = 0;
    for (int i = 0; i < d; i++)
        p->unstable += i != trivial && hypot(p->multipliers[i].re, p->multipliers[i].im) > 1;
    return H4L_OK;
}

// Whether the branch ends at this point.
static int at_end(struct branch *b, const struct h4l_branch_point *point, int *ret,
                  struct h4l_err *err)
{
    const struct h4l_branch_options *o = b->o;
    double least, most;
    int code;

    *ret = point->orbit.p < o->p_min || point->orbit.p > o->p_max ||
           (o->point && o->point(o->point_ctx, point));
    if (*ret || !(o->extent_min > 0))
        return H4L_OK;
    if ((code = h4l_orbit_extremes(b->s, &point->orbit, 0, &least, &most, err)))
        return code;
    *ret = most - least < o->extent_min;
    return H4L_OK;
}

// Distributes the nodes of the orbit that starts at point->orbit.
static int set_nodes(struct branch *b, struct h4l_branch_point *p, struct h4l_err *err)
{
    double x[H4L_SYSTEM_DIM];
    int code;

    memcpy(x, p->orbit.x, sizeof x);
    b->s->p = p->orbit.p;
    for (int k = 0; k < M; k++) {
        memcpy(p->nodes + k * b->d, x, (size_t)b->d * sizeof *x);
        if ((code = h4l_precise_run(&b->s->plain, 0, p->orbit.period / M, x, NULL, err)))
            return code;
    }
    return H4L_OK;
}

static int branch_create(struct h4l_shooting *s, const struct h4l_branch_options *o,
                         struct branch *b, struct h4l_err *err)
{
    b->s = s;
    b->o = o;
    b->d = s->system->dim;
    b->n = M * b->d + 2;
    b->A = malloc((size_t)b->n * (size_t)(b->n + 1) * sizeof *b->A);
    b->b = b->A + b->n * b->n;
    return b->A ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "branch of periodic orbits: no memory");
}

static int start_point(struct branch *b, const double *first, struct h4l_branch_point *p,
                       struct h4l_err *err)
{
    double row[LONG] = {0};
    int rounds, code;

    memcpy(row, first, (size_t)b->d * sizeof *row);
    row[b->n - 2] = first[b->d];
    row[b->n - 1] = first[b->d + 1];
    if ((code = set_nodes(b, p, err)) || (code = correct(b, row, p, p->tangent, &rounds, err)))
        return code;
    return describe(b, p, err);
}

// From `point` to the next one; *step is adapted.
static int next_point(struct branch *b, struct h4l_branch_point *point, double *step,
                      struct h4l_err *err)
{
    for (;;) {
        struct h4l_branch_point next = *point;
        double cosine = 0;
        int rounds;
        move(b, &next, point->tangent, *step);
        int code = correct(b, point->tangent, &next, next.tangent, &rounds, err);
        for (int i = 0; i < b->n && !code; i++)
            cosine += point->tangent[i] * next.tangent[i];
        if (code && code != H4L_E_NUMERIC)
            return code;
        if (!code && cosine > 0.95) {
            if ((code = describe(b, &next, err)))
                return code;
            *point = next;
            if (rounds <= 5)
                *step = fmin(*step * 1.5, b->o->step_max);
            return H4L_OK;
        }
        *step /= 2; // failed, or turned so sharply that it may have jumped to another branch
        if (*step < b->o->step_min)
            return h4l_fail(err, H4L_E_NUMERIC,
                            "branch of periodic orbits: stuck at parameter %.10g, period %g",
                            point->orbit.p, point->orbit.period);
    }
}

int h4l_branch_run(struct h4l_shooting *s, const struct h4l_orbit *start, const double *first,
                   const struct h4l_branch_options *o, struct h4l_branch_point *ret_last,
                   struct h4l_err *err)
{
    struct h4l_branch_point point = {.orbit = *start};
    struct branch b;
    double step = o->step;
    int end = 0, code = branch_create(s, o, &b, err);

    if (code)
        return code;
    if (!(code = start_point(&b, first, &point, err)))
        code = at_end(&b, &point, &end, err);
    for (int count = 1; !code && !end && count < o->points; count++)
        if (!(code = next_point(&b, &point, &step, err)))
            code = at_end(&b, &point, &end, err);
    free(b.A);
    if (!code && ret_last)
        *ret_last = point;
    return code;
}

void h4l_orbit_from_hopf(const struct h4l_system *system, const struct h4l_hopf *hopf,
                         double amplitude, struct h4l_orbit *ret, double *ret_first)
{
    const double pi = 3.141592653589793;
    struct h4l_orbit o = {.p = hopf->p, .period = 2 * pi / hopf->omega};
    double norm = 0;

    for (int i = 0; i < system->dim; i++) {
        o.x[i] = hopf->x[i] + amplitude * hopf->right[i].re;
        ret_first[i] = hopf->right[i].re / system->scale[i];
        norm = hypot(norm, ret_first[i]);
    }
    for (int i = 0; i < system->dim; i++)
        ret_first[i] /= norm;
    ret_first[system->dim] = ret_first[system->dim + 1] = 0;
    *ret = o;
}

// Arc length of point c along the tangent of a.
static double arc_to(const struct branch *b, const struct h4l_branch_point *a,
                     const struct h4l_branch_point *c)
{
    double sum = a->tangent[b->n - 2] * (c->orbit.period - a->orbit.period) / b->o->period_scale +
                 a->tangent[b->n - 1] * (c->orbit.p - a->orbit.p) / b->o->p_scale;

    for (int i = 0; i < M * b->d; i++)
        sum += a->tangent[i] * (c->nodes[i] - a->nodes[i]) / scale_of(b, i);
    return sum;
}

int h4l_fold_find(struct h4l_shooting *s, const struct h4l_branch_options *o,
                  const struct h4l_branch_point *a, const struct h4l_branch_point *c,
                  struct h4l_orbit *ret, struct h4l_err *err)
{
    struct h4l_branch_point point = *a;
    struct branch b;
    double tangent[LONG];
    int rounds, side = 0, code = branch_create(s, o, &b, err);

    if (code)
        return code;
    double low = 0, high = arc_to(&b, a, c), at_low = a->tangent[b.n - 1],
           at_high = c->tangent[b.n - 1];
    if (!(at_low * at_high < 0))
        code =
            h4l_fail(err, H4L_E_NUMERIC,
                     "fold of cycles: dp does not change sign between parameters %.10g and %.10g",
                     a->orbit.p, c->orbit.p);
    // False position (Illinois) on dp. p is stationary at the fold, so its error is of second order in the arc length's.
    for (int round = 0; round < 60 && !code && high - low > 1e-10; round++) {
        double arc = (low * at_high - high * at_low) / (at_high - at_low);
        point = *a;
        move(&b, &point, a->tangent, arc);
        if ((code = correct(&b, a->tangent, &point, tangent, &rounds, err)))
            break;
        double value = tangent[b.n - 1];
        if (fabs(value) < 1e-9)
            break;
        if (value * at_low > 0) {
            low = arc;
            at_low = value;
            at_high = side == 1 ? at_high / 2 : at_high;
            side = 1;
        } else {
            high = arc;
            at_high = value;
            at_low = side == -1 ? at_low / 2 : at_low;
            side = -1;
        }
    }
    free(b.A);
    if (code)
        return h4l_fail_context(err, code, "fold of cycles");
    *ret = point.orbit;
    return H4L_OK;
}
