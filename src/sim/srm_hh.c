// Response kernels computed from an HH neuron.
#include "sim/srm.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_complex_math.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit.h>
#include <math.h>
#include <string.h>

#include "sim/integrators.h"

enum { N = H4L_HH_DIM };

// Rest at I = 0 by Newton's method on the potential, with the gates at their steady state.
static int find_rest(const struct h4l_hh *hh, double ret_x[N], struct h4l_err *err)
{
    double V = -hh->v_0, step = 1;

    for (int i = 0; i < 100 && fabs(step) > 1e-12; i++) {
        double slope, x[N];

        h4l_hh_steady_state(hh, V + 1e-5, x);
        slope = h4l_hh_ionic_current(hh, x);
        h4l_hh_steady_state(hh, V - 1e-5, x);
        slope = (slope - h4l_hh_ionic_current(hh, x)) / 2e-5;
        h4l_hh_steady_state(hh, V, x);
        step = h4l_hh_ionic_current(hh, x) / slope;
        V -= step;
    }
    if (!(fabs(step) < 1e-9))
        return h4l_fail(err, H4L_E_NUMERIC, "spike response model: no rest of the HH neuron found");
    h4l_hh_steady_state(hh, V, ret_x);
    return H4L_OK;
}

// Eigenvalues sorted out into the modes. part: real and imaginary part of the potential's share in each of them.
static int take_modes(const gsl_vector_complex *values, double part[N][2], struct h4l_srm *m,
                      struct h4l_err *err)
{
    int real = 0, pair = -1, reals[N];

    for (size_t i = 0; i < N; i++) {
        double imaginary = GSL_IMAG(gsl_vector_complex_get(values, i));

        if (imaginary == 0)
            reals[real++] = (int)i;
        else if (imaginary > 0)
            pair = (int)i;
    }
    if (real != 2 || pair < 0)
        return h4l_fail(err, H4L_E_NUMERIC,
                        "spike response model: the Jacobian at rest has %d real eigenvalues, "
                        "expected two and a pair",
                        real);
    for (int i = 0; i < 2; i++) {
        double rate = -GSL_REAL(gsl_vector_complex_get(values, (size_t)reals[i])),
               other = -GSL_REAL(gsl_vector_complex_get(values, (size_t)reals[1 - i]));

        *(rate > other ? &m->a : &m->b) = rate;
        m->kappa[rate > other ? H4L_SRM_FAST : H4L_SRM_SLOW] = part[reals[i]][0];
    }
    m->c = -GSL_REAL(gsl_vector_complex_get(values, (size_t)pair));
    m->omega = GSL_IMAG(gsl_vector_complex_get(values, (size_t)pair));
    m->kappa[H4L_SRM_COS] = 2 * part[pair][0]; // the pair's two terms are conjugates
    m->kappa[H4L_SRM_SIN] = -2 * part[pair][1];
    return H4L_OK;
}

// The modes, and kappa: the potential's response to a unit charge, V(0+) = 1/C.
static int linearise(const struct h4l_hh *hh, const double rest[N], struct h4l_srm *m,
                     struct h4l_err *err)
{
    double J[N * N];
    int code = H4L_E_NOMEM, sign;
    gsl_matrix_view view = gsl_matrix_view_array(J, N, N);
    gsl_vector_complex *values = gsl_vector_complex_alloc(N);
    gsl_matrix_complex *vectors = gsl_matrix_complex_alloc(N, N),
                       *lu = gsl_matrix_complex_alloc(N, N);
    gsl_vector_complex *start = gsl_vector_complex_calloc(N), *share = gsl_vector_complex_alloc(N);
    gsl_eigen_nonsymmv_workspace *work = gsl_eigen_nonsymmv_alloc(N);
    gsl_permutation *order = gsl_permutation_alloc(N);
    double part[N][2];

    if (!values || !vectors || !lu || !start || !share || !work || !order) {
        h4l_fail(err, code, "spike response model: out of memory");
        goto done;
    }
    h4l_hh_jacobian(hh, rest, J);
    code = H4L_E_NUMERIC;
    if (gsl_eigen_nonsymmv(&view.matrix, values, vectors, work)) {
        h4l_fail(err, code, "spike response model: the Jacobian's eigenvalues do not converge");
        goto done;
    }
    gsl_vector_complex_set(start, H4L_HH_V, gsl_complex_rect(1 / hh->C, 0));
    gsl_matrix_complex_memcpy(lu, vectors);
    gsl_linalg_complex_LU_decomp(lu, order, &sign);
    gsl_linalg_complex_LU_solve(lu, order, start, share);
    for (size_t i = 0; i < N; i++) { // the potential's part of each eigenvector
        gsl_complex v = gsl_complex_mul(gsl_matrix_complex_get(vectors, H4L_HH_V, i),
                                        gsl_vector_complex_get(share, i));

        part[i][0] = GSL_REAL(v);
        part[i][1] = GSL_IMAG(v);
    }
    code = take_modes(values, part, m, err);
done:
    gsl_permutation_free(order);
    gsl_eigen_nonsymmv_free(work);
    gsl_vector_complex_free(share);
    gsl_vector_complex_free(start);
    gsl_matrix_complex_free(lu);
    gsl_matrix_complex_free(vectors);
    gsl_vector_complex_free(values);
    return code;
}

enum { SLOW_MODES = 3, SAMPLES_PER_MS = 10 };
static const double onset = 0.5; // ms: the pulse

// False when there was no spike.
static bool record_spike(const struct h4l_hh *hh, const double rest[N],
                         double ret_v[H4L_SRM_RECORDED])
{
    const int per_sample = 10, lead = (int)(onset * SAMPLES_PER_MS);
    const double h = 1.0 / (SAMPLES_PER_MS * per_sample);
    bool spiked = false;
    double x[N];

    memcpy(x, rest, sizeof x);
    for (int k = 0; k < lead + H4L_SRM_RECORDED; k++) {
        double I = k < lead ? 40 : 0;

        for (int i = 0; i < per_sample; i++)
            h4l_hh_step(hh, H4L_RK4, h, (const double[3]){I, I, I}, x);
        spiked |= x[H4L_HH_V] - rest[H4L_HH_V] > 65;
        if (k >= lead)
            ret_v[k - lead] = x[H4L_HH_V] - rest[H4L_HH_V];
    }
    return spiked;
}

// eta: least squares of the slow modes to the potential from the refractory time on. (The fast mode has died out by then.)
static int after_potential(const double v[H4L_SRM_RECORDED], struct h4l_srm *m, struct h4l_err *err)
{
    size_t first = (size_t)(m->refractory_ms * SAMPLES_PER_MS), n = H4L_SRM_RECORDED - first;
    gsl_vector_const_view tail = gsl_vector_const_view_array(v + first, n);
    gsl_vector *amplitude = gsl_vector_alloc(SLOW_MODES);
    gsl_matrix *modes = gsl_matrix_alloc(n, SLOW_MODES),
               *covariance = gsl_matrix_alloc(SLOW_MODES, SLOW_MODES);
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(n, SLOW_MODES);
    int code = H4L_E_NOMEM;
    double chi2;

    if (!amplitude || !modes || !covariance || !work) {
        h4l_fail(err, code, "spike response model: out of memory");
        goto done;
    }
    code = H4L_E_NUMERIC;
    for (size_t k = 0; k < n; k++) {
        double t = (double)(first + k + 1) / SAMPLES_PER_MS;

        gsl_matrix_set(modes, k, 0, exp(-m->b * t));
        gsl_matrix_set(modes, k, 1, exp(-m->c * t) * cos(m->omega * t));
        gsl_matrix_set(modes, k, 2, exp(-m->c * t) * sin(m->omega * t));
    }
    if (gsl_multifit_linear(modes, &tail.vector, amplitude, covariance, &chi2, work)) {
        h4l_fail(err, code, "spike response model: the after-potential does not determine eta");
        goto done;
    }
    m->eta[H4L_SRM_FAST] = 0;
    m->eta[H4L_SRM_SLOW] = gsl_vector_get(amplitude, 0);
    m->eta[H4L_SRM_COS] = gsl_vector_get(amplitude, 1);
    m->eta[H4L_SRM_SIN] = gsl_vector_get(amplitude, 2);
    code = H4L_OK;
done:
    gsl_multifit_linear_free(work);
    gsl_matrix_free(covariance);
    gsl_matrix_free(modes);
    gsl_vector_free(amplitude);
    return code;
}

int h4l_srm_record(const struct h4l_hh *hh, struct h4l_srm_source *ret, struct h4l_err *err)
{
    double rest[N];
    int code;

    *ret = (struct h4l_srm_source){0};
    if ((code = find_rest(hh, rest, err)) != H4L_OK ||
        (code = linearise(hh, rest, &ret->modes, err)) != H4L_OK)
        return code;
    if (!record_spike(hh, rest, ret->v))
        return h4l_fail(err, H4L_E_NUMERIC,
                        "spike response model: the pulse evoked no spike of the HH neuron");
    return H4L_OK;
}

int h4l_srm_from_hh(const struct h4l_srm_source *source, double dt, double refractory_ms,
                    struct h4l_srm *ret, struct h4l_err *err)
{
    struct h4l_srm m = source->modes;
    int code;

    if (!(dt > 0) || !(refractory_ms >= 0) || !(refractory_ms < 60))
        return h4l_fail(
            err, H4L_E_RANGE,
            "spike response model: dt %g ms, refractory time %g ms; expected dt > 0 and "
            "a refractory time in 0..60",
            dt, refractory_ms);
    m.dt = dt;
    m.refractory_ms = refractory_ms;
    if ((code = after_potential(source->v, &m, err)) != H4L_OK)
        return code;
    *ret = m;
    return H4L_OK;
}
