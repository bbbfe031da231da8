// Spectra and coherence of signals with known spectra; Slepian sequences and one Welch estimate against SciPy 1.10.1; the
// harmonics of HH's orbit at I = 10 against tests/data/hh_form_a.json.
#include "check.h"

#include <gsl/gsl_errno.h>
#include <jansson.h>

#include "analysis/bifurcation.h"
#include "analysis/spectrum.h"
#include "base/rng.h"
#include "hh4lif_config.h"
#include "neuron/hh_flow.h"

static struct h4l_err err;
static const double pi = 3.14159265358979324;

enum { N = 16384 };
static double x[N], y[N], density[N], coherence[N], phase[N];

static void noise(double *out, size_t n, const char *purpose, uint64_t index)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 11, purpose, index);
    for (size_t i = 0; i < n; i++)
        out[i] = h4l_rng_normal(&rng);
}

static void test_slepian(void **state)
{
    // scipy.signal.windows.dpss(256, 4, 7, return_ratios=True)
    const double ratios[7] = {0.9999999997080737, 0.9999999725175102, 0.9999987966360229,
                              0.999967688485078,  0.9994117491362413, 0.9925173870985218,
                              0.9367030504265718};
    double v[7 * 256], share[7], worst = 0;

    (void)state;
    CHECK_OK(h4l_slepian(256, 4, 7, v, share, &err), err);
    for (int k = 0; k < 7; k++)
        CHECK_CLOSE(share[k], ratios[k], 1e-12);
    CHECK_CLOSE(v[0], 7.043966863985182e-06, 1e-14);
    CHECK_CLOSE(v[64], 0.026377158486934768, 1e-13);
    CHECK_CLOSE(v[127], 0.12397598229160806, 1e-13);
    CHECK_CLOSE(fabs(v[256 + 64]), 0.06803253285711634, 1e-13);
    for (int a = 0; a < 7; a++)
        for (int b = 0; b <= a; b++) {
            double sum = a == b ? -1 : 0;
            for (int i = 0; i < 256; i++)
                sum += v[a * 256 + i] * v[b * 256 + i];
            worst = h4l_worst(worst, fabs(sum));
        }
    CHECK_AT_MOST(worst, 1e-12);
    CHECK_INT(h4l_slepian(256, 0, 7, v, share, &err), H4L_E_RANGE);
    CHECK_INT(h4l_slepian(7, 2, 1, v, share, &err), H4L_E_RANGE);
}

static void test_welch_against_scipy(void **state)
{
    const struct h4l_spectrum_options o = {.step = 0.5, .segment = 64, .overlap = 0.5};
    // scipy.signal.welch and .coherence(fs=2, window='hann', nperseg=64, noverlap=32, detrend=False) of the same signals
    const double expected[4] = {0.15849248806270133, 0.10982289541606878, 0.5627645538998409,
                                0.04537322444988083},
                 expected_c[3] = {0.3287367587622122, 0.7782677765723536, 0.5841899469110633};
    const size_t at[4] = {0, 1, 7, 32}, at_c[3] = {1, 7, 20};

    (void)state;
    for (int i = 0; i < 200; i++) {
        x[i] = sin(1.3 * i * i + 0.2 * i);
        y[i] = cos(0.7 * i * i) + (i > 2 ? x[i - 3] : 0);
    }
    CHECK_OK(h4l_spectrum(x, 200, &o, density, &err), err);
    CHECK_OK(h4l_coherence(x, y, 200, &o, coherence, phase, &err), err);
    for (int i = 0; i < 4; i++)
        CHECK_CLOSE(density[at[i]], expected[i], 1e-12);
    for (int i = 0; i < 3; i++)
        CHECK_CLOSE(coherence[at_c[i]], expected_c[i], 1e-12);
}

static void test_sine(void **state)
{
    const struct h4l_spectrum_options welch = {.step = 0.25, .segment = 1024, .overlap = 0.5},
                                      slepian = {.step = 0.25,
                                                 .segment = 4096,
                                                 .tapers = 5,
                                                 .half_bandwidth = 3};
    double power = 0, f = 40.3 / 256; // between two bins of the Welch estimate

    (void)state;
    for (int i = 0; i < N; i++)
        x[i] = 7 + 3 * sin(2 * pi * f * 0.25 * i);
    CHECK_OK(h4l_spectrum(x, N, &welch, density, &err), err);
    for (size_t b = 0; b < h4l_spectrum_bins(&welch); b++)
        power += density[b] / 256;
    CHECK_CLOSE(power, 4.5, 0.01);
    CHECK_CLOSE(h4l_spectrum_peak(density, &welch, 0, 2), f, 0.03 / 256);
    CHECK_TRUE(isnan(h4l_spectrum_peak(density, &welch, 3, 4)));
    CHECK_OK(h4l_spectrum(x, N, &slepian, density, &err), err);
    power = 0;
    for (size_t b = 0; b < h4l_spectrum_bins(&slepian); b++)
        power += density[b] / 1024;
    CHECK_CLOSE(power, 4.5, 0.01);
}

// A first-order autoregressive process x_i = 0.8 x_{i-1} + e_i: density 2 step / |1 - 0.8 exp(-i omega)|^2 (one-sided), over
// 20 realisations.
static void check_autoregressive(const struct h4l_spectrum_options *o, size_t skip)
{
    size_t bins = h4l_spectrum_bins(o), inside = 0, used = 0;
    double ratio = 0, low, high, power = 0;

    h4l_spectrum_limits(h4l_spectrum_estimates(N, o), 0.95, &low, &high);
    assert_true(low < 1 && high > 1);
    for (uint64_t run = 0; run < 20; run++) {
        noise(x, N, "autoregressive", run);
        for (int i = 1; i < N; i++)
            x[i] += 0.8 * x[i - 1];
        assert_int_equal(h4l_spectrum(x, N, o, density, &err), 0);
        for (size_t b = skip; b + skip < bins; b++, used++) {
            double omega = 2 * pi * h4l_spectrum_frequency(o, b) * o->step;
            double expected = 2 * o->step / (1 + 0.64 - 1.6 * cos(omega));
            ratio += density[b] / expected;
            inside += density[b] * low <= expected && expected <= density[b] * high;
        }
        for (size_t b = 0; b < bins; b++)
            power += density[b] / ((double)o->segment * o->step) / 20;
    }
    CHECK_CLOSE(ratio / (double)used, 1, 0.01);
    CHECK_CLOSE((double)inside / (double)used, 0.95,
                0.015); // the interval covers as often as it says
    CHECK_CLOSE(power, 1 / 0.36, 0.05);
}

static void test_autoregressive(void **state)
{
    const struct h4l_spectrum_options welch = {.step = 0.1, .segment = 512, .overlap = 0.5},
                                      slepian = {.step = 0.1,
                                                 .segment = 2048,
                                                 .tapers = 7,
                                                 .half_bandwidth = 4};

    (void)state;
    CHECK_INT(h4l_spectrum_segments(N, &welch), 63);
    CHECK_CLOSE(h4l_spectrum_estimates(N, &welch), 63 / (1 + 2 * (62.0 / 63) / 36), 0.01);
    CHECK_CLOSE(h4l_spectrum_estimates(N, &slepian), 56, 0);
    check_autoregressive(&welch, 3);
    check_autoregressive(&slepian, 5);
}

static void test_coherence(void **state)
{
    const struct h4l_spectrum_options o = {
        .step = 1, .segment = 1024, .tapers = 7, .half_bandwidth = 4};
    size_t bins = h4l_spectrum_bins(&o), inside = 0, above = 0, used = 0;
    double sum = 0, slope = 0, estimates = h4l_spectrum_estimates(N, &o), low, high;

    (void)state;
    noise(x, N, "signal", 0);
    noise(y, N, "disturbance", 0);
    for (int i = N - 1; i >= 0; i--) // delayed by 2, with as much noise as signal: coherence 1/2
        y[i] += i > 1 ? x[i - 2] : 0;
    CHECK_OK(h4l_coherence(x, y, N, &o, coherence, phase, &err), err);
    for (size_t b = 5; b + 5 < bins; b++, used++) {
        double lag = remainder(phase[b] - 2 * 2 * pi * h4l_spectrum_frequency(&o, b), 2 * pi);
        h4l_coherence_limits(coherence[b], estimates, 0.95, &low, &high);
        inside += low <= 0.5 && 0.5 <= high;
        sum += coherence[b];
        slope = h4l_worst(slope, fabs(lag));
    }
    CHECK_CLOSE(sum / (double)used, 0.5, 0.015);
    CHECK_CLOSE((double)inside / (double)used, 0.95, 0.04);
    CHECK_AT_MOST(slope, 0.5); // x leads by 2 samples at every frequency
    noise(y, N, "unrelated", 0);
    CHECK_OK(h4l_coherence(x, y, N, &o, coherence, NULL, &err), err);
    double threshold = h4l_coherence_threshold(estimates, 0.95);
    for (size_t b = 5; b + 5 < bins; b++)
        above += coherence[b] > threshold;
    CHECK_CLOSE((double)above / (double)used, 0.05, 0.04);
    CHECK_OK(h4l_coherence(x, x, N, &o, coherence, phase, &err), err);
    for (size_t b = 0; b < bins; b++)
        assert_true(fabs(coherence[b] - 1) < 1e-12 && fabs(phase[b]) < 1e-12);
    h4l_coherence_limits(1, 10, 0.95, &low, &high);
    CHECK_CLOSE(low, 1, 0);
    CHECK_INT(h4l_coherence(x, y, 1024, &(struct h4l_spectrum_options){.step = 1, .segment = 1024},
                            coherence, phase, &err),
              H4L_E_RANGE);
}

static void test_spectrogram(void **state)
{
    const struct h4l_spectrum_options o = {.step = 1, .segment = 256, .overlap = 0.5};
    size_t bins = h4l_spectrum_bins(&o), segments = h4l_spectrum_segments(4096, &o);
    double *rows = malloc(segments * bins * sizeof *rows);

    (void)state;
    assert_non_null(rows);
    for (int i = 0; i < 4096; i++) // 0.1 in the first half, 0.3 in the second
        x[i] = sin(2 * pi * (i < 2048 ? 0.1 : 0.3) * i);
    CHECK_OK(h4l_spectrogram(x, 4096, &o, rows, &err), err);
    CHECK_OK(h4l_spectrum(x, 4096, &o, density, &err), err);
    double worst = 0;
    for (size_t b = 0; b < bins; b++) { // its mean is the Welch estimate
        double mean = 0;
        for (size_t s = 0; s < segments; s++)
            mean += rows[s * bins + b] / (double)segments;
        worst = h4l_worst(worst, fabs(mean - density[b]));
    }
    CHECK_AT_MOST(worst, 1e-12);
    CHECK_INT(segments, 31);
    for (size_t s = 0; s < segments; s++)
        if (s * 128 + 256 <= 2048 || s * 128 >= 2048)
            assert_true(fabs(h4l_spectrum_peak(rows + s * bins, &o, 0, 0.5) -
                             (s * 128 < 2048 - 128 ? 0.1 : 0.3)) < 1e-3);
    free(rows);
}

static void test_distance_and_support(void **state)
{
    const double P[6] = {9, 1, 4, 2, 1, 0}, Q[6] = {9, 2, 4, 2, 0.5, 0};
    unsigned char member[6];
    struct h4l_spectral_distance d;

    (void)state;
    CHECK_OK(h4l_spectral_distance(P, Q, 1, 5, &d, &err), err);
    CHECK_CLOSE(d.log_dB, sqrt(2 * pow(10 * log10(2), 2) / 5), 1e-12);
    CHECK_CLOSE(d.itakura_saito, (0.5 - log(0.5) - 1 + 2 - log(2) - 1) / 5, 1e-12);
    CHECK_CLOSE(d.total_variation,
                (fabs(1 / 8.0 - 2 / 8.5) + fabs(4 / 8.0 - 4 / 8.5) + fabs(2 / 8.0 - 2 / 8.5) +
                 fabs(1 / 8.0 - 0.5 / 8.5)) /
                    2,
                1e-15);
    CHECK_OK(h4l_spectral_distance(P, P, 0, 5, &d, &err), err);
    CHECK_CLOSE(d.log_dB + d.itakura_saito + d.total_variation, 0, 0);
    CHECK_INT(h4l_spectral_distance(P, Q, 5, 5, &d, &err), H4L_E_RANGE);
    CHECK_INT(h4l_spectrum_support(P, 6, 0.7, member), 2); // 4 + 2 of 8
    CHECK_TRUE(!member[0] && !member[1] && member[2] && member[3] && !member[4] && !member[5]);
    CHECK_INT(h4l_spectrum_support(P, 6, 0.76, member), 4); // the two equal ones come together
    CHECK_INT(h4l_spectrum_support(P, 6, 1, member), 4);
}

// ---- HH at I = 10 ----

static struct h4l_hh_flow hh_flow;

static void hh(const void *ctx, double I, const double *s, double *dx, double *J, double *dp)
{
    h4l_hh_flow_eval(ctx, s, I, dx, J);
    if (dp) {
        dp[0] = 1;
        dp[1] = dp[2] = dp[3] = 0;
    }
}

static void test_hh_orbit(void **state)
{
    enum { PER_PERIOD = 512, PERIODS = 32 };
    static const double scale[4] = {100, 1, 1, 1};
    const struct h4l_system system = {4, &hh_flow, hh, scale};
    json_error_t where;
    json_t *root = json_load_file(H4L_SOURCE_DIR "/tests/data/hh_form_a.json", 0, &where);
    const json_t *reference = json_object_get(root, "spectrum_I10"),
                 *amplitudes = json_object_get(reference, "fourier_amplitude_2abs_ck");
    struct h4l_shooting s;
    struct h4l_orbit o;
    double start[4], point[H4L_SYSTEM_DIM], ours[10], mean = 0, variance = 0;

    (void)state;
    assert_non_null(root);
    h4l_hh_flow_init(&h4l_hh_form_a, &hh_flow);
    h4l_hh_steady_state(&h4l_hh_form_a, -65, start);
    CHECK_OK(h4l_shooting_create(&system, &s, &err), err);
    CHECK_OK(h4l_orbit_guess(&s, 10, start, 300, 0, 0, &o, &err), err);
    CHECK_OK(h4l_orbit_find(&s, &o, &err), err);
    memcpy(point, o.x, sizeof point);
    for (int i = 0; i < PER_PERIOD; i++) {
        x[i] = point[0];
        CHECK_OK(h4l_precise_run(&s.plain, 0, o.period / PER_PERIOD, point, NULL, &err), err);
    }
    h4l_shooting_destroy(&s);
    for (int i = PER_PERIOD; i < PER_PERIOD * PERIODS; i++)
        x[i] = x[i - PER_PERIOD];
    CHECK_OK(h4l_harmonics(x, PER_PERIOD, 1, 10, ours, NULL, &err), err);
    for (size_t k = 0; k < 10; k++)
        CHECK_CLOSE(ours[k], json_number_value(json_array_get(amplitudes, k)), 1e-9);
    for (int i = 0; i < PER_PERIOD; i++)
        mean += x[i] / PER_PERIOD;
    for (int i = 0; i < PER_PERIOD; i++)
        variance += (x[i] - mean) * (x[i] - mean) / PER_PERIOD;
    CHECK_CLOSE(mean, json_number_value(json_object_get(reference, "mean_V")), 1e-9);
    CHECK_CLOSE(variance, json_number_value(json_object_get(reference, "variance_V")), 1e-7);
    // Welch: the fundamental stands where it should, and the density integrates to the variance.
    const struct h4l_spectrum_options welch = {
        .step = o.period / PER_PERIOD, .segment = 5000, .overlap = 0.5};
    double power = 0;
    CHECK_OK(h4l_spectrum(x, PER_PERIOD * PERIODS, &welch, density, &err), err);
    for (size_t b = 0; b < h4l_spectrum_bins(&welch); b++)
        power += density[b] / (5000 * welch.step);
    CHECK_CLOSE(1000 * h4l_spectrum_peak(density, &welch, 0.04, 0.1), 68.3236986005766, 0.2);
    CHECK_CLOSE(power / variance, 1, 0.02);
    json_decref(root);
}

static void test_errors(void **state)
{
    struct h4l_spectrum_options o = {.step = 1, .segment = 64};

    (void)state;
    noise(x, 256, "errors", 0);
    CHECK_INT(h4l_spectrum(x, 63, &o, density, &err), H4L_E_RANGE);
    o.step = 0;
    CHECK_INT(h4l_spectrum(x, 256, &o, density, &err), H4L_E_RANGE);
    o = (struct h4l_spectrum_options){.step = 1, .segment = 64, .overlap = 1};
    CHECK_INT(h4l_spectrum(x, 256, &o, density, &err), H4L_E_RANGE);
    o = (struct h4l_spectrum_options){.step = 1, .segment = 64, .tapers = 3};
    CHECK_INT(h4l_spectrum(x, 256, &o, density, &err), H4L_E_RANGE);
    o = (struct h4l_spectrum_options){.step = 1, .segment = 64};
    x[70] = NAN;
    CHECK_INT(h4l_spectrum(x, 256, &o, density, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "sample 71") != NULL);
    CHECK_INT(h4l_harmonics(y, 64, 4, 8, density, NULL, &err), H4L_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_slepian),
                                       cmocka_unit_test(test_welch_against_scipy),
                                       cmocka_unit_test(test_sine),
                                       cmocka_unit_test(test_autoregressive),
                                       cmocka_unit_test(test_coherence),
                                       cmocka_unit_test(test_spectrogram),
                                       cmocka_unit_test(test_distance_and_support),
                                       cmocka_unit_test(test_hh_orbit),
                                       cmocka_unit_test(test_errors)};

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
