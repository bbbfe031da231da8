#include "cmaes.h"

#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct member {
    double value;
    size_t at; // its point
};

// What goes on over restarts.
struct search {
    const struct h4l_cmaes *how;
    double *best, best_value;
    long left; // evaluations
    int code;
};

// One run; names as in the tutorial.
struct strategy {
    size_t n, lambda, mu;
    double mu_eff, c_sigma, c_c, c_1, c_mu, damps, expected; // expected length of n normal numbers
    double sigma;
    double *memory;                                                // all arrays that follow
    double *weight, *mean, *p_sigma, *p_c, *move, *normal, *point; // [mu], [n] ..., [lambda * n]
    struct member *member;                                         // [lambda], sorted
    gsl_matrix *C, *B, *scratch; // covariance; its eigenvectors by columns
    gsl_vector *D;               // and the square roots of its eigenvalues
    gsl_eigen_symmv_workspace *work;
};

static void release(struct strategy *s)
{
    free(s->memory);
    free(s->member);
    gsl_matrix_free(s->C);
    gsl_matrix_free(s->B);
    gsl_matrix_free(s->scratch);
    gsl_vector_free(s->D);
    gsl_eigen_symmv_free(s->work);
}

static void constants(struct strategy *s)
{
    double n = (double)s->n, sum = 0, squares = 0;

    for (size_t i = 0; i < s->mu; i++) {
        s->weight[i] = log(((double)s->lambda + 1) / 2) - log((double)i + 1);
        sum += s->weight[i];
    }
    for (size_t i = 0; i < s->mu; i++) {
        s->weight[i] /= sum;
        squares += s->weight[i] * s->weight[i];
    }
    s->mu_eff = 1 / squares;
    s->c_sigma = (s->mu_eff + 2) / (n + s->mu_eff + 5);
    s->damps = 1 + 2 * fmax(0, sqrt((s->mu_eff - 1) / (n + 1)) - 1) + s->c_sigma;
    s->c_c = (4 + s->mu_eff / n) / (n + 4 + 2 * s->mu_eff / n);
    s->c_1 = 2 / ((n + 1.3) * (n + 1.3) + s->mu_eff);
    s->c_mu =
        fmin(1 - s->c_1, 2 * (s->mu_eff - 2 + 1 / s->mu_eff) / ((n + 2) * (n + 2) + s->mu_eff));
    s->expected = sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
}

static int begin(const struct search *search, size_t lambda, struct strategy *ret,
                 struct h4l_err *err)
{
    size_t n = (size_t)search->how->n, mu = lambda / 2;
    struct strategy s = {.n = n, .lambda = lambda, .mu = mu, .sigma = search->how->step};

    s.memory = calloc(mu + (5 + lambda) * n, sizeof *s.memory);
    s.member = malloc(lambda * sizeof *s.member);
    s.C = gsl_matrix_alloc(n, n);
    s.B = gsl_matrix_alloc(n, n);
    s.scratch = gsl_matrix_alloc(n, n);
    s.D = gsl_vector_alloc(n);
    s.work = gsl_eigen_symmv_alloc(n);
    if (!s.memory || !s.member || !s.C || !s.B || !s.scratch || !s.D || !s.work) {
        release(&s);
        return h4l_fail(err, H4L_E_NOMEM, "CMA-ES: out of memory for %zu constants", n);
    }
    s.weight = s.memory;
    s.mean = s.weight + mu;
    s.p_sigma = s.mean + n;
    s.p_c = s.p_sigma + n;
    s.move = s.p_c + n;
    s.normal = s.move + n;
    s.point = s.normal + n;
    memcpy(s.mean, search->best, n * sizeof *s.mean);
    gsl_matrix_set_identity(s.C);
    constants(&s);
    *ret = s;
    return H4L_OK;
}

// C = B D^2 B'. False where C is no longer a covariance, or the population has come together.
static bool decompose(struct strategy *s)
{
    double lo, hi;

    gsl_matrix_memcpy(s->scratch, s->C);
    gsl_eigen_symmv(s->scratch, s->D, s->B, s->work);
    gsl_vector_minmax(s->D, &lo, &hi);
    if (!(lo > 0 && hi < 1e14 * lo && s->sigma * sqrt(hi) > 1e-7 && s->sigma < 1e3))
        return false;
    for (size_t i = 0; i < s->n; i++)
        gsl_vector_set(s->D, i, sqrt(gsl_vector_get(s->D, i)));
    return true;
}

// x back into [0, 1], mirrored at the walls as often as it takes.
static double mirrored(double x)
{
    double y = fabs(x - 2 * floor(x / 2)); // 0..2

    return y > 1 ? 2 - y : y;
}

static void draw(struct strategy *s, struct h4l_rng *rng, double *ret)
{
    for (size_t i = 0; i < s->n; i++)
        s->normal[i] = gsl_vector_get(s->D, i) * h4l_rng_normal(rng);
    for (size_t i = 0; i < s->n; i++) {
        double sum = 0;

        for (size_t j = 0; j < s->n; j++)
            sum += gsl_matrix_get(s->B, i, j) * s->normal[j];
        ret[i] = mirrored(s->mean[i] + s->sigma * sum);
    }
}

static double value_of(struct search *search, const double *z)
{
    double value = search->how->value(search->how->ctx, z, &search->code);

    search->left--;
    if (isnan(value))
        value = HUGE_VAL;
    if (search->code == H4L_OK && value < search->best_value) {
        search->best_value = value;
        memmove(search->best, z, (size_t)search->how->n * sizeof *z);
    }
    return value;
}

static int by_value(const void *a, const void *b)
{
    const struct member *p = a, *q = b;

    if (p->value != q->value)
        return p->value < q->value ? -1 : 1;
    return p->at < q->at ? -1 : p->at > q->at;
}

// A generation: points, values, best first. False where the evaluations end before it does.
static bool sample(struct strategy *s, struct search *search)
{
    for (size_t k = 0; k < s->lambda; k++) {
        double *point = s->point + k * s->n;

        if (search->left <= 0 || search->code != H4L_OK)
            return false;
        draw(s, search->how->rng, point);
        s->member[k] = (struct member){value_of(search, point), k};
    }
    qsort(s->member, s->lambda, sizeof *s->member, by_value);
    return search->code == H4L_OK;
}

// p_sigma: by the move in units of the covariance, B D^-1 B' move. Returns its length.
static double lengthen_path(struct strategy *s)
{
    double keep = 1 - s->c_sigma, take = sqrt(s->c_sigma * (2 - s->c_sigma) * s->mu_eff),
           length = 0;

    for (size_t j = 0; j < s->n; j++) {
        double sum = 0;

        for (size_t i = 0; i < s->n; i++)
            sum += gsl_matrix_get(s->B, i, j) * s->move[i];
        s->normal[j] = sum / gsl_vector_get(s->D, j);
    }
    for (size_t i = 0; i < s->n; i++) {
        double sum = 0;

        for (size_t j = 0; j < s->n; j++)
            sum += gsl_matrix_get(s->B, i, j) * s->normal[j];
        s->p_sigma[i] = keep * s->p_sigma[i] + take * sum;
        length += s->p_sigma[i] * s->p_sigma[i];
    }
    return sqrt(length);
}

// The covariance from p_c and from the better half, whose points are there as moves from the old mean.
static void turn(struct strategy *s, double keep)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j <= i; j++) {
            double c = keep * gsl_matrix_get(s->C, i, j) + s->c_1 * s->p_c[i] * s->p_c[j];

            for (size_t k = 0; k < s->mu; k++) {
                const double *y = s->point + s->member[k].at * s->n;

                c += s->c_mu * s->weight[k] * y[i] * y[j];
            }
            gsl_matrix_set(s->C, i, j, c);
            gsl_matrix_set(s->C, j, i, c);
        }
}

static void adapt(struct strategy *s, long generation)
{
    double length, straight, take = sqrt(s->c_c * (2 - s->c_c) * s->mu_eff), h;

    memset(s->move, 0, s->n * sizeof *s->move);
    for (size_t k = 0; k < s->mu; k++) {
        double *y = s->point + s->member[k].at * s->n;

        for (size_t i = 0; i < s->n; i++) {
            y[i] = (y[i] - s->mean[i]) / s->sigma;
            s->move[i] += s->weight[k] * y[i];
        }
    }
    length = lengthen_path(s);
    straight = length / sqrt(1 - pow(1 - s->c_sigma, 2 * ((double)generation + 1)));
    h = straight < (1.4 + 2 / ((double)s->n + 1)) * s->expected;
    for (size_t i = 0; i < s->n; i++) {
        s->mean[i] += s->sigma * s->move[i];
        s->p_c[i] = (1 - s->c_c) * s->p_c[i] + h * take * s->move[i];
    }
    turn(s, 1 - s->c_1 - s->c_mu + (1 - h) * s->c_1 * s->c_c * (2 - s->c_c));
    s->sigma *= exp(s->c_sigma / s->damps * (length / s->expected - 1));
}

// Until there is nothing more to find with this population, or nothing left.
static void evolve(struct strategy *s, struct search *search)
{
    long patience = 20 + 30 * (long)s->n / (long)s->lambda, since = 0;

    for (long generation = 0; since < patience && decompose(s); generation++) {
        double before = search->best_value;

        if (!sample(s, search) || s->member[0].value == s->member[s->lambda - 1].value)
            return;
        since = search->best_value < before ? 0 : since + 1;
        adapt(s, generation);
    }
}

int h4l_cmaes(const struct h4l_cmaes *how, double *z, struct h4l_err *err)
{
    struct search search = {
        .how = how, .best = z, .best_value = HUGE_VAL, .left = how->evaluations};
    size_t lambda = 4 + (size_t)(3 * log(how->n < 1 ? 1 : how->n));

    if (how->n < 1 || how->n > 1000 || how->evaluations < 1 || !(how->step > 0 && how->step <= 1))
        return h4l_fail(err, H4L_E_RANGE,
                        "CMA-ES: %d constants, step %g, %ld evaluations; expected 1..1000, 0..1, "
                        "at least 1",
                        how->n, how->step, how->evaluations);
    value_of(&search, z);
    while (search.left > 0 && search.code == H4L_OK) {
        struct strategy s = {.n = 0};
        int code = begin(&search, lambda, &s, err);

        if (code != H4L_OK)
            return code;
        evolve(&s, &search);
        release(&s);
        if (lambda < 1000) // a plateau for good must not take all memory
            lambda *= 2;
    }
    return search.code;
}
