#include "analysis/dense.h"

#include <complex.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_complex.h>
#include <gsl/gsl_complex_math.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>

int h4l_solve(const double *A, int n, const double *b, double *ret_x, struct h4l_err *err)
{
    size_t N = (size_t)n;
    double *lu = malloc((N * N + N) * sizeof *lu), largest = 0;
    gsl_permutation *p = gsl_permutation_alloc(N);
    int sign, code = H4L_OK;

    if (!lu || !p) {
        code = h4l_fail(err, H4L_E_NOMEM, "linear system: no memory for %d unknowns", n);
        goto done;
    }
    memcpy(lu, A, N * N * sizeof *lu);
    gsl_matrix_view view = gsl_matrix_view_array(lu, N, N);
    gsl_linalg_LU_decomp(&view.matrix, p, &sign);
    for (size_t i = 0; i < N; i++)
        largest = fmax(largest, fabs(lu[i * N + i]));
    for (size_t i = 0; i < N; i++)
        if (!(fabs(lu[i * N + i]) > largest * DBL_MIN / DBL_EPSILON)) {
            code = h4l_fail(err, H4L_E_NUMERIC, "linear system of %d unknowns: singular", n);
            goto done;
        }
    gsl_vector_const_view right = gsl_vector_const_view_array(b, N);
    gsl_vector_view x = gsl_vector_view_array(lu + N * N, N);
    gsl_linalg_LU_solve(&view.matrix, p, &right.vector, &x.vector);
    memcpy(ret_x, lu + N * N, N * sizeof *ret_x);
done:
    free(lu);
    if (p)
        gsl_permutation_free(p);
    return code;
}

int h4l_solve_complex(const double complex *A, int n, const double complex *b,
                      double complex *ret_x, struct h4l_err *err)
{
    size_t N = (size_t)n;
    gsl_matrix_complex *lu = gsl_matrix_complex_alloc(N, N);
    gsl_vector_complex *x = gsl_vector_complex_alloc(N);
    gsl_permutation *p = gsl_permutation_alloc(N);
    int sign, code = H4L_OK;

    if (!lu || !x || !p) {
        code = h4l_fail(err, H4L_E_NOMEM, "linear system: no memory for %d unknowns", n);
        goto done;
    }
    for (size_t i = 0; i < N; i++) {
        gsl_vector_complex_set(x, i, gsl_complex_rect(creal(b[i]), cimag(b[i])));
        for (size_t j = 0; j < N; j++)
            gsl_matrix_complex_set(lu, i, j,
                                   gsl_complex_rect(creal(A[i * N + j]), cimag(A[i * N + j])));
    }
    gsl_linalg_complex_LU_decomp(lu, p, &sign);
    for (size_t i = 0; i < N; i++)
        if (!(gsl_complex_abs(gsl_matrix_complex_get(lu, i, i)) > 0)) {
            code = h4l_fail(err, H4L_E_NUMERIC, "linear system of %d unknowns: singular", n);
            goto done;
        }
    gsl_linalg_complex_LU_svx(lu, p, x);
    for (size_t i = 0; i < N; i++) {
        gsl_complex z = gsl_vector_complex_get(x, i);
        ret_x[i] = GSL_REAL(z) + I * GSL_IMAG(z);
    }
done:
    if (lu)
        gsl_matrix_complex_free(lu);
    if (x)
        gsl_vector_complex_free(x);
    if (p)
        gsl_permutation_free(p);
    return code;
}

static int descending(const void *a, const void *b)
{
    const struct h4l_complex *x = a, *y = b;

    if (x->re != y->re)
        return x->re > y->re ? -1 : 1;
    return (x->im < y->im) - (x->im > y->im);
}

int h4l_eigenvalues(const double *A, int n, struct h4l_complex *ret, struct h4l_err *err)
{
    size_t N = (size_t)n;
    gsl_matrix *copy = gsl_matrix_alloc(N, N);
    gsl_vector_complex *values = gsl_vector_complex_alloc(N);
    gsl_eigen_nonsymm_workspace *work = gsl_eigen_nonsymm_alloc(N);
    int code = H4L_OK;

    if (!copy || !values || !work) {
        code = h4l_fail(err, H4L_E_NOMEM, "eigenvalues: no memory for a matrix of %d", n);
        goto done;
    }
    gsl_eigen_nonsymm_params(0, 1,
                             work); // balanced: potentials and gates differ by orders of magnitude
    for (size_t i = 0; i < N * N; i++)
        copy->data[i] = A[i];
    if (gsl_eigen_nonsymm(copy, values, work)) {
        code = h4l_fail(err, H4L_E_NUMERIC, "eigenvalues of a matrix of %d: no convergence", n);
        goto done;
    }
    for (size_t i = 0; i < N; i++) {
        gsl_complex z = gsl_vector_complex_get(values, i);
        ret[i] = (struct h4l_complex){GSL_REAL(z), GSL_IMAG(z)};
    }
    qsort(ret, N, sizeof *ret, descending);
done:
    if (copy)
        gsl_matrix_free(copy);
    if (values)
        gsl_vector_complex_free(values);
    if (work)
        gsl_eigen_nonsymm_free(work);
    return code;
}

int h4l_eigenvector(const double *A, int n, double complex lambda, int transposed,
                    double complex *ret, struct h4l_err *err)
{
    size_t N = (size_t)n;
    double complex *B = malloc((N * N + N) * sizeof *B), *x;
    double scale = 0;
    int code = H4L_OK;

    if (!B)
        return h4l_fail(err, H4L_E_NOMEM, "eigenvector: no memory for a matrix of %d", n);
    x = B + N * N;
    for (size_t i = 0; i < N * N; i++)
        scale = fmax(scale, fabs(A[i]));
    for (size_t i = 0; i < N; i++) {
        x[i] = 1 + 0.1 * (double)i;
        for (size_t j = 0; j < N; j++)
            B[i * N + j] = transposed ? A[j * N + i] : A[i * N + j];
        B[i * N + i] -=
            lambda + 4 * DBL_EPSILON * scale; // a hair beside, so that LU does not break down
    }
    for (int round = 0; round < 4 && !code; round++) {
        double norm = 0;
        code = h4l_solve_complex(B, n, x, x, err);
        for (size_t i = 0; i < N; i++)
            norm = hypot(norm, cabs(x[i]));
        for (size_t i = 0; i < N; i++)
            x[i] /= norm;
    }
    if (!code)
        memcpy(ret, x, N * sizeof *ret);
    free(B);
    return code;
}
