// Input currents from noise and from files.
#include "check.h"

#include <unistd.h>

#include "sim/waveform.h"

// A chain of n samples is a Gaussian AR(1) process, so the standard errors of its mean, variance and autocovariance are known:
// with r = exp(-step/tau), var(mean) = s^2 (1+r)/(1-r) / n and var(variance) = 2 s^4 (1+r^2)/(1-r^2) / n (Bartlett).
static void noise_is_stationary_with_the_given_moments(void **state)
{
    enum { N = 200000 };
    const double mean = 9, sd = 4, tau = 5, step = 0.5, r = exp(-step / tau);
    struct h4l_wave w = {0};
    struct h4l_rng rng;
    struct h4l_err err = {0};
    double sum = 0, square = 0;

    (void)state;
    h4l_rng_init(&rng, 3, "test noise", 0);
    CHECK_OK(h4l_wave_noise(&rng, mean, sd, tau, step, N, &w, &err), err);
    CHECK_INT(h4l_rng_tell(&rng), 2 * N);
    for (size_t k = 0; k < N; k++) {
        sum += w.table.I[k] - mean;
        square += (w.table.I[k] - mean) * (w.table.I[k] - mean);
    }
    CHECK_CLOSE(sum / N, 0, 4 * sd * sqrt((1 + r) / (1 - r) / N));
    CHECK_CLOSE(square / N, sd * sd, 4 * sd * sd * sqrt(2 * (1 + r * r) / (1 - r * r) / N));
    for (size_t lag = 1; lag <= 40; lag *= 2) { // lags up to 3 tau
        double product = 0, q = pow(r, (double)lag), r2 = r * r;
        for (size_t k = 0; k + lag < N; k++)
            product += (w.table.I[k] - mean) * (w.table.I[k + lag] - mean);
        // Bartlett: var of the autocovariance at lag L, in units of s^4/n: (1+r^2)/(1-r^2) + q^2 (2 L + (1+r^2)/(1-r^2))
        double v = (1 + r2) / (1 - r2), bartlett = v + q * q * (2 * (double)lag + v);
        CHECK_CLOSE(product / (double)(N - lag), sd * sd * q, 4 * sd * sd * sqrt(bartlett / N));
    }
    h4l_wave_free(&w);
}

// The first sample is drawn from the stationary distribution, not from the mean: over many streams it has sd s.
static void noise_starts_stationary(void **state)
{
    enum { N = 20000 };
    double first = 0, second = 0, cross = 0, r = exp(-2.0);

    (void)state;
    for (uint64_t i = 0; i < N; i++) {
        struct h4l_wave w = {0};
        struct h4l_rng rng;
        struct h4l_err err = {0};
        h4l_rng_init(&rng, 1, "test start", i);
        if (h4l_wave_noise(&rng, 0, 1, 1, 2, 2, &w, &err))
            h4l_check(0, __FILE__, __LINE__, "%s", err.message);
        first += w.table.I[0] * w.table.I[0];
        second += w.table.I[1] * w.table.I[1];
        cross += w.table.I[0] * w.table.I[1];
        h4l_wave_free(&w);
    }
    CHECK_CLOSE(first / N, 1, 4 * sqrt(2.0 / N));
    CHECK_CLOSE(second / N, 1, 4 * sqrt(2.0 / N));
    CHECK_CLOSE(cross / N, r, 4 * sqrt((1 + r * r) / N));
}

static void noise_without_spread_is_its_mean(void **state)
{
    struct h4l_wave w = {0};
    struct h4l_rng rng;
    struct h4l_err err = {0};

    (void)state;
    h4l_rng_init(&rng, 1, "test", 0);
    CHECK_OK(h4l_wave_noise(&rng, 7, 0, 5, 0.1, 10, &w, &err), err);
    CHECK_CLOSE(h4l_wave_mean(&w, 0.05, 3), 7, 1e-14);
    CHECK_CLOSE(w.table.t[9], 0.9, 1e-15);
    h4l_wave_free(&w);
    CHECK_INT(h4l_wave_noise(&rng, 7, -1, 5, 0.1, 10, &w, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wave_noise(&rng, 7, 1, 0, 0.1, 10, &w, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wave_noise(&rng, 7, 1, 5, NAN, 10, &w, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wave_noise(&rng, 7, 1, 5, 0.1, 0, &w, &err), H4L_E_RANGE);
}

static char path[] = "/tmp/hh4lif-waveform-XXXXXX";

static void write_file(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void files_give_their_samples(void **state)
{
    struct h4l_wave w = {0};
    struct h4l_err err = {0};

    (void)state;
    write_file("I_uA_per_cm2,trial,t_ms\n5,1,0\n7,1,2\n-1,1,3\n");
    CHECK_OK(h4l_wave_file(path, H4L_WAVE_HOLD, &w, &err), err);
    CHECK_INT(w.table.n, 3);
    CHECK_CLOSE(h4l_wave_value(&w, 2.5), 7, 0);
    CHECK_CLOSE(h4l_wave_mean(&w, 0, 3), 17.0 / 3, 1e-15);
    h4l_wave_free(&w);
    write_file("# a comment\nt,I\n0,5\n2,7\n");
    CHECK_OK(h4l_wave_file(path, H4L_WAVE_LINEAR, &w, &err), err);
    CHECK_CLOSE(h4l_wave_value(&w, 1), 6, 0);
    h4l_wave_free(&w);
}

static void bad_files_are_named(void **state)
{
    struct h4l_wave w = {0};
    struct h4l_err err = {0};

    (void)state;
    write_file("t_ms,I_uA_per_cm2\n0,5\n0,7\n");
    CHECK_INT(h4l_wave_file(path, H4L_WAVE_HOLD, &w, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, path) && strstr(err.message, "sample 2"));
    write_file("t_ms,I_uA_per_cm2\n0,\n");
    CHECK_INT(h4l_wave_file(path, H4L_WAVE_HOLD, &w, &err), H4L_E_DATA);
    write_file("t_ms\n0\n");
    CHECK_INT(h4l_wave_file(path, H4L_WAVE_HOLD, &w, &err), H4L_E_DATA);
    write_file("t_ms,I_uA_per_cm2\n0,abc\n");
    CHECK_INT(h4l_wave_file(path, H4L_WAVE_HOLD, &w, &err), H4L_E_DATA);
    unlink(path);
    CHECK_INT(h4l_wave_file(path, H4L_WAVE_HOLD, &w, &err), H4L_E_DATA);
    CHECK_TRUE(w.table.t == NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_stationary_with_the_given_moments),
        cmocka_unit_test(noise_starts_stationary),
        cmocka_unit_test(noise_without_spread_is_its_mean),
        cmocka_unit_test(files_give_their_samples),
        cmocka_unit_test(bad_files_are_named),
    };
    int fd = mkstemp(path);

    if (fd < 0)
        return 99;
    close(fd);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
