#include "analysis/spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// LAPACK: eigenvalues number il..iu (ascending, from 1) and vectors of a symmetric tridiagonal matrix.
void dstevx_(const char *jobz, const char *range, const int *n, double *d, double *e,
             const double *vl, const double *vu, const int *il, const int *iu, const double *abstol,
             int *m, double *w, double *z, const int *ldz, double *work, int *iwork, int *ifail,
             int *info);

// Share of the power of v within |f| <= W: v' A v with A[i][j] = sin(2 pi W (i - j)) / (pi (i - j)).
static double concentration(const double *v, size_t n, double W)
{
    double sum = 0;

    for (size_t lag = 0; lag < n; lag++) {
        double product = 0;
        for (size_t i = 0; i + lag < n; i++)
            product += v[i] * v[i + lag];
        double l = (double)lag;
        sum += lag ? 2 * product * sin(2 * M_PI * W * l) / (M_PI * l) : product * 2 * W;
    }
    return sum;
}

static void fix_sign(double *v, size_t n, int antisymmetric)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += antisymmetric ? v[i] * ((double)(2 * i) - (double)(n - 1)) : v[i];
    for (size_t i = 0; i < n && sum < 0; i++)
        v[i] = -v[i];
}

int h4l_slepian(size_t n, double half_bandwidth, int k, double *ret, double *ret_concentration,
                struct h4l_err *err)
{
    if (n < 8 || n > 1u << 24 || !(half_bandwidth > 0) || !(half_bandwidth < (double)n / 2) ||
        k < 1 || (size_t)k > n)
        return h4l_fail(err, H4L_E_RANGE,
                        "Slepian sequences: length %zu, NW %g, %d sequences; expected a length "
                        "8..2^24, 0 < NW < length / 2, 1..length sequences",
                        n, half_bandwidth, k);
    int N = (int)n, first = N - k + 1, found = 0, info = 0;
    double W = half_bandwidth / (double)n, zero = 0;
    size_t K = (size_t)k;
    double *memory = malloc((n * (2 + K + 5) + n) * sizeof *memory);
    int *integers = malloc(6 * n * sizeof *integers);
    if (!memory || !integers) {
        free(memory);
        free(integers);
        return h4l_fail(err, H4L_E_NOMEM, "Slepian sequences: no memory for length %zu", n);
    }
    double *d = memory, *e = d + n, *z = e + n, *w = z + K * n, *work = w + n;
    for (size_t i = 0; i < n; i++) { // Slepian (1978), eq. 14
        double a = ((double)(n - 1) - 2 * (double)i) / 2, b = (double)(i + 1);
        d[i] = a * a * cos(2 * M_PI * W);
        e[i] = b * ((double)n - b) / 2;
    }
    dstevx_("V", "I", &N, d, e, &zero, &zero, &first, &N, &zero, &found, w, z, &N, work, integers,
            integers + 5 * n, &info);
    for (size_t j = 0; j < K && !info; j++) {
        double *v = ret + j * n;
        memcpy(v, z + (K - 1 - j) * n, n * sizeof *v);
        fix_sign(v, n, j % 2 == 1);
        if (ret_concentration)
            ret_concentration[j] = concentration(v, n, W);
    }
    free(memory);
    free(integers);
    return info ? h4l_fail(err, H4L_E_NUMERIC,
                           "Slepian sequences: LAPACK's dstevx gave up (%d) at length %zu", info, n)
                : H4L_OK;
}
