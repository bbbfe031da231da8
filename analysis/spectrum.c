#include "analysis/spectrum.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define FFTW_NO_Complex // two doubles, whatever was included before
#include <fftw3.h>
#include <gsl/gsl_cdf.h>

// FFTW's planner is not reentrant; executing plans is.
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

static size_t shift_of(const struct h4l_spectrum_options *o)
{
    size_t shift = o->segment - (size_t)(o->overlap * (double)o->segment);

    return shift ? shift : 1;
}

size_t h4l_spectrum_segments(size_t n, const struct h4l_spectrum_options *o)
{
    return n < o->segment ? 0 : (n - o->segment) / shift_of(o) + 1;
}

size_t h4l_spectrum_bins(const struct h4l_spectrum_options *o)
{
    return o->segment / 2 + 1;
}

double h4l_spectrum_frequency(const struct h4l_spectrum_options *o, size_t bin)
{
    return (double)bin / ((double)o->segment * o->step);
}

static void hann(size_t n, double *w)
{
    double square = 0;

    for (size_t i = 0; i < n; i++) {
        w[i] = 0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)n);
        square += w[i] * w[i];
    }
    for (size_t i = 0; i < n; i++)
        w[i] /= sqrt(square);
}

double h4l_spectrum_estimates(size_t n, const struct h4l_spectrum_options *o)
{
    size_t segments = h4l_spectrum_segments(n, o), shift = shift_of(o);
    double L = (double)segments, excess = 0;

    if (o->tapers || segments < 2)
        return L * (o->tapers ? o->tapers : 1);
    // Correlation of neighbouring segments' estimates: that of the windows, squared (Welch 1967). With the periodic Hann
    // window w_i = (1 - cos)/2 and overlap m the sums are computed directly.
    for (size_t j = 1; j < segments && j * shift < o->segment; j++) {
        double product = 0, square = 0;
        for (size_t i = 0; i < o->segment; i++) {
            double a = 0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)o->segment);
            square += a * a;
            if (i + j * shift < o->segment)
                product +=
                    a * (0.5 - 0.5 * cos(2 * M_PI * (double)(i + j * shift) / (double)o->segment));
        }
        double c = product / square;
        excess += 2 * (1 - (double)j / L) * c * c;
    }
    return L / (1 + excess);
}

// ---- transforms of all segments and tapers ----

struct transform {
    const struct h4l_spectrum_options *o;
    size_t n, bins, segments, shift;
    int tapers;
    double *window; // [tapers * segment]
    double *in;     // FFTW memory
    fftw_complex *out;
    fftw_plan plan;
};

static void transform_destroy(struct transform *t)
{
    if (t->plan) {
        pthread_mutex_lock(&planner);
        fftw_destroy_plan(t->plan);
        pthread_mutex_unlock(&planner);
    }
    fftw_free(t->in);
    fftw_free(t->out);
    free(t->window);
}

static int check_signal(const double *x, size_t n, const struct h4l_spectrum_options *o,
                        struct h4l_err *err)
{
    if (!(o->step > 0) || o->segment < 8 || o->segment > n || o->segment > 1u << 30)
        return h4l_fail(err, H4L_E_RANGE,
                        "spectrum: step %g, segments of %zu of %zu samples; expected step > 0 and "
                        "segments of 8..%zu",
                        o->step, o->segment, n, n);
    if (!(o->overlap >= 0 && o->overlap <= 0.9) || o->tapers < 0 ||
        (size_t)o->tapers > o->segment ||
        (o->tapers && !(o->half_bandwidth > 0 && o->half_bandwidth < (double)o->segment / 2)))
        return h4l_fail(
            err, H4L_E_RANGE,
            "spectrum: overlap %g, %d tapers, NW %g; expected overlap 0..0.9, tapers >= "
            "0, 0 < NW < segment / 2",
            o->overlap, o->tapers, o->half_bandwidth);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return h4l_fail(err, H4L_E_RANGE, "spectrum: sample %zu is not finite", i + 1);
    return H4L_OK;
}

static int transform_create(size_t n, const struct h4l_spectrum_options *o, struct transform *ret,
                            struct h4l_err *err)
{
    struct transform t = {.o = o,
                          .n = n,
                          .bins = h4l_spectrum_bins(o),
                          .segments = h4l_spectrum_segments(n, o),
                          .shift = shift_of(o),
                          .tapers = o->tapers ? o->tapers : 1};
    int code = H4L_OK;

    t.window = malloc((size_t)t.tapers * o->segment * sizeof *t.window);
    t.in = fftw_alloc_real(o->segment);
    t.out = fftw_alloc_complex(t.bins);
    if (!t.window || !t.in || !t.out) {
        code = h4l_fail(err, H4L_E_NOMEM, "spectrum: no memory for segments of %zu", o->segment);
    } else {
        pthread_mutex_lock(&planner);
        t.plan = fftw_plan_dft_r2c_1d((int)o->segment, t.in, t.out, FFTW_ESTIMATE);
        pthread_mutex_unlock(&planner);
        if (!t.plan)
            code = h4l_fail(err, H4L_E_NOMEM, "spectrum: no FFT plan for %zu samples", o->segment);
        else if (o->tapers)
            code = h4l_slepian(o->segment, o->half_bandwidth, o->tapers, t.window, NULL, err);
        else
            hann(o->segment, t.window);
    }
    if (code)
        transform_destroy(&t);
    else
        *ret = t;
    return code;
}

static double mean_of(const double *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

// Transform of (x - mean) times taper k in the given segment: into t->out.
static void transform_run(struct transform *t, const double *x, double mean, size_t segment, int k)
{
    const double *w = t->window + (size_t)k * t->o->segment, *s = x + segment * t->shift;

    for (size_t i = 0; i < t->o->segment; i++)
        t->in[i] = w[i] * (s[i] - mean);
    fftw_execute(t->plan);
}

// Weight of a bin that makes the density one-sided.
static double sided(const struct transform *t, size_t bin)
{
    return bin == 0 || 2 * bin == t->o->segment ? t->o->step : 2 * t->o->step;
}

int h4l_spectrogram(const double *x, size_t n, const struct h4l_spectrum_options *o, double *ret,
                    struct h4l_err *err)
{
    struct transform t;
    int code;

    if ((code = check_signal(x, n, o, err)) || (code = transform_create(n, o, &t, err)))
        return code;
    double mean = mean_of(x, n);
    for (size_t s = 0; s < t.segments; s++) {
        double *row = ret + s * t.bins;
        memset(row, 0, t.bins * sizeof *row);
        for (int k = 0; k < t.tapers; k++) {
            transform_run(&t, x, mean, s, k);
            for (size_t b = 0; b < t.bins; b++)
                row[b] += sided(&t, b) / t.tapers *
                          (t.out[b][0] * t.out[b][0] + t.out[b][1] * t.out[b][1]);
        }
    }
    transform_destroy(&t);
    return H4L_OK;
}

int h4l_spectrum(const double *x, size_t n, const struct h4l_spectrum_options *o, double *ret,
                 struct h4l_err *err)
{
    struct transform t;
    int code;

    if ((code = check_signal(x, n, o, err)) || (code = transform_create(n, o, &t, err)))
        return code;
    double mean = mean_of(x, n), share = 1.0 / ((double)t.segments * t.tapers);
    memset(ret, 0, t.bins * sizeof *ret);
    for (size_t s = 0; s < t.segments; s++)
        for (int k = 0; k < t.tapers; k++) {
            transform_run(&t, x, mean, s, k);
            for (size_t b = 0; b < t.bins; b++)
                ret[b] +=
                    sided(&t, b) * share * (t.out[b][0] * t.out[b][0] + t.out[b][1] * t.out[b][1]);
        }
    transform_destroy(&t);
    return H4L_OK;
}

void h4l_spectrum_limits(double estimates, double level, double *ret_low, double *ret_high)
{
    double dof = 2 * estimates, tail = (1 - level) / 2;

    *ret_low = dof / gsl_cdf_chisq_Qinv(tail, dof);
    *ret_high = dof / gsl_cdf_chisq_Pinv(tail, dof);
}

int h4l_coherence(const double *x, const double *y, size_t n, const struct h4l_spectrum_options *o,
                  double *ret_coherence, double *ret_phase, struct h4l_err *err)
{
    struct transform t;
    int code;

    if ((code = check_signal(x, n, o, err)) || (code = check_signal(y, n, o, err)) ||
        (code = transform_create(n, o, &t, err)))
        return code;
    if (t.segments * (size_t)t.tapers < 2) {
        transform_destroy(&t);
        return h4l_fail(err, H4L_E_RANGE,
                        "coherence: one segment and one taper, expected at least two estimates");
    }
    double *sums = calloc(6 * t.bins, sizeof *sums);
    if (!sums) {
        transform_destroy(&t);
        return h4l_fail(err, H4L_E_NOMEM, "coherence: no memory for %zu bins", t.bins);
    }
    double *xx = sums, *yy = xx + t.bins, *re = yy + t.bins, *im = re + t.bins,
           *first = im + t.bins;
    double mean_x = mean_of(x, n), mean_y = mean_of(y, n);
    for (size_t s = 0; s < t.segments; s++)
        for (int k = 0; k < t.tapers; k++) {
            transform_run(&t, x, mean_x, s, k);
            memcpy(first, t.out, t.bins * sizeof *t.out);
            transform_run(&t, y, mean_y, s, k);
            for (size_t b = 0; b < t.bins; b++) {
                double a = first[2 * b], c = first[2 * b + 1], d = t.out[b][0], e = t.out[b][1];
                xx[b] += a * a + c * c;
                yy[b] += d * d + e * e;
                re[b] += a * d + c * e; // x conj(y)
                im[b] += c * d - a * e;
            }
        }
    for (size_t b = 0; b < t.bins; b++) {
        double norm = xx[b] * yy[b];
        ret_coherence[b] = norm > 0 ? fmin(1, (re[b] * re[b] + im[b] * im[b]) / norm) : NAN;
        if (ret_phase)
            ret_phase[b] = atan2(im[b], re[b]);
    }
    free(sums);
    transform_destroy(&t);
    return H4L_OK;
}

void h4l_coherence_limits(double coherence, double estimates, double level, double *ret_low,
                          double *ret_high)
{
    double z = atanh(sqrt(fmin(coherence, 1))),
           half = gsl_cdf_ugaussian_Pinv((1 + level) / 2) / sqrt(2 * estimates);
    double low = tanh(fmax(z - half, 0)), high = tanh(z + half);

    *ret_low = isinf(z) ? 1 : low * low;
    *ret_high = isinf(z) ? 1 : high * high;
}

double h4l_coherence_threshold(double estimates, double level)
{
    return 1 - pow(1 - level, 1 / (estimates - 1));
}

int h4l_harmonics(const double *x, size_t n, size_t periods, int count, double *ret_amplitude,
                  double *ret_phase, struct h4l_err *err)
{
    const struct h4l_spectrum_options o = {.step = 1, .segment = n};
    struct transform t;
    int code;

    if (periods < 1 || count < 1 || 2 * periods * (size_t)count >= n)
        return h4l_fail(err, H4L_E_RANGE,
                        "harmonics: %zu samples, %zu periods, %d harmonics; expected harmonics * "
                        "periods below half the samples",
                        n, periods, count);
    if ((code = check_signal(x, n, &o, err)) || (code = transform_create(n, &o, &t, err)))
        return code;
    for (size_t i = 0; i < n; i++)
        t.window[i] = 1;
    transform_run(&t, x, mean_of(x, n), 0, 0);
    for (int j = 1; j <= count; j++) {
        const double *c = t.out[(size_t)j * periods];
        ret_amplitude[j - 1] = 2 * hypot(c[0], c[1]) / (double)n;
        if (ret_phase)
            ret_phase[j - 1] = atan2(c[1], c[0]);
    }
    transform_destroy(&t);
    return H4L_OK;
}

double h4l_spectrum_peak(const double *density, const struct h4l_spectrum_options *o, double low,
                         double high)
{
    size_t bins = h4l_spectrum_bins(o), best = 0;

    for (size_t b = 1; b < bins; b++) {
        double f = h4l_spectrum_frequency(o, b);
        if (f >= low && f <= high && (!best || density[b] > density[best]))
            best = b;
    }
    if (!best)
        return NAN;
    double offset = 0;
    if (best + 1 < bins && density[best - 1] > 0 && density[best] > 0 && density[best + 1] > 0) {
        double a = log(density[best - 1]), b = log(density[best]), c = log(density[best + 1]);
        if (a + c < 2 * b)
            offset = 0.5 * (a - c) / (a + c - 2 * b);
    }
    return ((double)best + offset) / ((double)o->segment * o->step);
}

int h4l_spectral_distance(const double *P, const double *Q, size_t first, size_t last,
                          struct h4l_spectral_distance *ret, struct h4l_err *err)
{
    struct h4l_spectral_distance d = {0};
    double sum_p = 0, sum_q = 0, n = (double)(last - first + 1);

    if (first > last)
        return h4l_fail(err, H4L_E_RANGE, "spectral distance: bins %zu..%zu", first, last);
    for (size_t b = first; b <= last; b++) {
        if (!(P[b] >= 0) || !(Q[b] >= 0))
            return h4l_fail(err, H4L_E_RANGE,
                            "spectral distance: bin %zu is %g and %g, expected >= 0", b, P[b],
                            Q[b]);
        sum_p += P[b];
        sum_q += Q[b];
    }
    if (!(sum_p > 0) || !(sum_q > 0))
        return h4l_fail(err, H4L_E_RANGE, "spectral distance: a spectrum without power");
    for (size_t b = first; b <= last; b++) {
        double ratio = P[b] == Q[b] ? 1 : P[b] / Q[b], dB = 10 * log10(ratio);
        d.log_dB += dB * dB / n;
        d.itakura_saito += (ratio - log(ratio) - 1) / n;
        d.total_variation += fabs(P[b] / sum_p - Q[b] / sum_q) / 2;
    }
    d.log_dB = sqrt(d.log_dB);
    *ret = d;
    return H4L_OK;
}

// The threshold is found by bisection between two bins' densities rather than by sorting, so that no memory is needed.
size_t h4l_spectrum_support(const double *density, size_t bins, double share,
                            unsigned char *ret_member)
{
    double total = 0, level = INFINITY, gathered = 0;
    size_t count = 0;

    for (size_t b = 0; b < bins; b++)
        ret_member[b] = 0;
    for (size_t b = 1; b < bins; b++)
        total += density[b];
    while (gathered <
           share *
               total) { // the strongest bins that are not in yet, all of the same density at once
        double next = -1;
        for (size_t b = 1; b < bins; b++)
            if (density[b] < level && density[b] > next)
                next = density[b];
        if (next <= 0)
            break;
        for (size_t b = 1; b < bins; b++)
            if (density[b] == next) {
                ret_member[b] = 1;
                gathered += next;
                count++;
            }
        level = next;
    }
    return count;
}
