// The waveforms against their formulas written out again, and their means against closed forms and fine sums.
#include "check.h"

#include "sim/waveform.h"

static struct h4l_wave published(const char *name)
{
    struct h4l_wave w = {0};
    struct h4l_err err = {0};

    CHECK_OK(h4l_wave_published_by_name(name, &w, &err), err);
    CHECK_OK(h4l_wave_check(&w, &err), err);
    CHECK_STR(h4l_wave_name(w.kind), name);
    return w;
}

static double sign(double x)
{
    return (x > 0) - (x < 0);
}

// The published formulas, with their constants.
static double formula(const char *name, double t)
{
    const double f = 8.5;

    if (strcmp(name, "const") == 0)
        return 9;
    if (strcmp(name, "sine") == 0)
        return 11.5 - 19 * sin(1.2 * t);
    if (strcmp(name, "square") == 0)
        return 9 - 15.5 * sign(fmod(floor(t), f) - (f - 1) / 2 - 0.001);
    if (strcmp(name, "sawtooth") == 0)
        return 6.5 + 11 / f * fabs(t - f * floor(t / f) + f / 2);
    return 7 + 7 / f * fabs(t - f * floor(t / f) - f / 2);
}

static const char *const names[] = {"const", "sine", "square", "sawtooth", "triangle"};

static void published_values_are_those_of_the_formulas(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct h4l_wave w = published(names[i]);
        double worst = 0;
        for (int k = 0; k <= 80000; k++)
            worst = h4l_worst(worst,
                              fabs(h4l_wave_value(&w, k * 0.001) - formula(names[i], k * 0.001)));
        CHECK_CLOSE(worst, 0, 1e-13);
    }
}

static void known_points(void **state)
{
    struct h4l_wave w = published("square");

    (void)state;
    CHECK_CLOSE(h4l_wave_value(&w, 0), 24.5, 0); // 0 - 3.751 < 0
    CHECK_CLOSE(h4l_wave_value(&w, 3.999), 24.5, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 4), -6.5, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 8.6), -6.5, 0); // floor(8.6) = 8, still in the first period
    CHECK_CLOSE(h4l_wave_value(&w, 9), 24.5, 0);
    w = published("sawtooth");
    CHECK_CLOSE(h4l_wave_value(&w, 0), 12, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 8.5), 12, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 4.25), 17.5, 1e-14);
    w = published("triangle");
    CHECK_CLOSE(h4l_wave_value(&w, 0), 10.5, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 4.25), 7, 0);
    w = h4l_wave_sine(10, 5, 0.05, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 5), 15, 1e-14);
    CHECK_CLOSE(h4l_wave_mean(&w, 0, 10), 10 + 10 / M_PI, 1e-14);
    CHECK_CLOSE(h4l_wave_mean(&w, 0, 20), 10, 1e-14);
    w = h4l_wave_const(-3);
    CHECK_CLOSE(h4l_wave_mean(&w, 1, 2), -3, 0);
}

// Mean over a whole period, in closed form.
static void means_over_a_period(void **state)
{
    struct h4l_wave w = published("sine");

    (void)state;
    CHECK_CLOSE(h4l_wave_mean(&w, 3, 3 + 2 * M_PI / 1.2), 11.5, 1e-13);
    w = published("sawtooth");
    CHECK_CLOSE(h4l_wave_mean(&w, 2.5, 11), 17.5, 1e-13);
    w = published("triangle");
    CHECK_CLOSE(h4l_wave_mean(&w, 1.25, 9.75), 8.75, 1e-13);
    w = published(
        "square"); // period of the ticking square: 17 ms, 4 + 4 ticks high (0..3, 9..12), 9 low
    CHECK_CLOSE(h4l_wave_mean(&w, 0, 17), 9 + 15.5 * (8 - 9) / 17.0, 1e-13);
    w.tick_ms = 0;
    w.edge_ms = 0;
    CHECK_CLOSE(h4l_wave_mean(&w, 1, 9.5), 9, 1e-13);
    CHECK_CLOSE(h4l_wave_mean(&w, 0, 4.25), 24.5, 1e-13);
    CHECK_CLOSE(h4l_wave_mean(&w, 4.25, 8.5), -6.5, 1e-13);
    w.edge_ms = 0.25;
    CHECK_CLOSE(h4l_wave_mean(&w, 0, 8.5), 9 - 15.5 * (4 - 4.5) / 8.5, 1e-13);
}

// Every mean over a millisecond against the midpoint sum, which is exact for the others than the sine: their jumps and kinks
// (multiples of 0.25 ms) fall on boundaries of cells. Its own error for the sine is 19 (1.2 h)^2 / 24 with h = 1e-4.
static void means_agree_with_fine_sums(void **state)
{
    static const double tolerance[] = {1e-13, 2e-8, 1e-12, 1e-12, 1e-12};
    enum { CELLS = 10000 };

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct h4l_wave w = published(names[i]);
        double worst = 0;
        for (int s = 0; s < 80; s++) {
            double sum = 0;
            for (int k = 0; k < CELLS; k++)
                sum += h4l_wave_value(&w, s + (k + 0.5) / CELLS);
            worst = h4l_worst(worst, fabs(sum / CELLS - h4l_wave_mean(&w, s, s + 1)));
        }
        printf("%s\n", names[i]);
        CHECK_CLOSE(worst, 0, tolerance[i]);
    }
}

static void filled_arrays_hold_values_and_means(void **state)
{
    struct h4l_wave w = published("sawtooth");
    double values[40], means[40];

    (void)state;
    h4l_wave_fill(&w, 1.5, 0.25, 40, values);
    h4l_wave_fill_means(&w, 1.5, 0.25, 40, means);
    for (int k = 0; k < 40; k++) {
        CHECK_CLOSE(values[k], h4l_wave_value(&w, 1.5 + k * 0.25), 0);
        CHECK_CLOSE(means[k], h4l_wave_mean(&w, 1.5 + k * 0.25, 1.75 + k * 0.25), 0);
    }
}

static void tables_hold_or_join_their_samples(void **state)
{
    const double t[] = {1, 2, 4}, I[] = {10, 20, -10};
    const double far[] = {1, 2, 1e13}, huge[] = {1e308, -1e308, 0}; // whose differences overflow
    struct h4l_wave w = {0};
    struct h4l_err err = {0};

    (void)state;
    CHECK_INT(h4l_wave_samples(far, I, 3, H4L_WAVE_HOLD, &w, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wave_samples(t, huge, 3, H4L_WAVE_LINEAR, &w, &err), H4L_E_RANGE);
    CHECK_OK(h4l_wave_samples(t, I, 3, H4L_WAVE_HOLD, &w, &err), err);
    CHECK_OK(h4l_wave_check(&w, &err), err);
    CHECK_CLOSE(h4l_wave_value(&w, 0), 10, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 1.99), 10, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 2), 20, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 100), -10, 0);
    CHECK_CLOSE(h4l_wave_mean(&w, 0, 5), (20.0 + 40 - 10) / 5, 1e-15);
    CHECK_CLOSE(h4l_wave_mean(&w, 1.5, 2.5), 15, 1e-15);
    CHECK_CLOSE(h4l_wave_mean(&w, -2, -1), 10, 1e-15);
    CHECK_CLOSE(h4l_wave_mean(&w, 7, 9), -10, 1e-15);
    h4l_wave_free(&w);
    h4l_wave_free(&w);
    CHECK_OK(h4l_wave_samples(t, I, 3, H4L_WAVE_LINEAR, &w, &err), err);
    CHECK_CLOSE(h4l_wave_value(&w, 0.5), 10, 0);
    CHECK_CLOSE(h4l_wave_value(&w, 1.5), 15, 1e-15);
    CHECK_CLOSE(h4l_wave_value(&w, 3), 5, 1e-15);
    CHECK_CLOSE(h4l_wave_value(&w, 4.5), -10, 0);
    CHECK_CLOSE(h4l_wave_mean(&w, 0, 5), (10.0 + 15 + 10 - 10) / 5, 1e-15);
    CHECK_CLOSE(h4l_wave_mean(&w, 1.5, 3), (0.5 * 17.5 + 12.5) / 1.5, 1e-14);
    h4l_wave_free(&w);
}

// Even samples, those of a power, and even ones with a gap: at each sample, just before it, and between two.
static void a_time_finds_its_sample(void **state)
{
    enum { N = 500 };
    double t[N], I[N];

    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct h4l_wave w = {0};
        struct h4l_err err = {0};
        int wrong = 0;

        for (int k = 0; k < N; k++) {
            t[k] = kind == 1 ? 1e-3 * pow(k, 3) : -7 + 0.1 * k + (kind == 2 && k > 400 ? 1e4 : 0);
            I[k] = k;
        }
        CHECK_OK(h4l_wave_samples(t, I, N, H4L_WAVE_HOLD, &w, &err), err);
        for (int k = 0; k < N; k++) {
            wrong += h4l_wave_value(&w, t[k]) != k;
            wrong += h4l_wave_value(&w, nextafter(t[k], -INFINITY)) != (k > 0 ? k - 1 : 0);
            wrong += k + 1 < N && h4l_wave_value(&w, (t[k] + t[k + 1]) / 2) != k;
        }
        CHECK_INT(wrong, 0);
        h4l_wave_free(&w);
    }
}

static void bad_parameters_are_refused(void **state)
{
    const double t[] = {1, 1}, I[] = {0, NAN};
    struct h4l_wave w = {0}, before = {0};
    struct h4l_err err = {0};

    (void)state;
    CHECK_INT(h4l_wave_published_by_name("noise", &w, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "sawtooth"));
    CHECK_INT(h4l_wave_published(H4L_WAVE_TABLE, &w, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wave_samples(t, t, 2, H4L_WAVE_HOLD, &w, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "sample 2"));
    CHECK_INT(h4l_wave_samples(t, I, 2, H4L_WAVE_HOLD, &w, &err), H4L_E_RANGE);
    CHECK_INT(h4l_wave_samples(t, I, 0, H4L_WAVE_HOLD, &w, &err), H4L_E_RANGE);
    CHECK_TRUE(memcmp(&w, &before, sizeof w) == 0);
    w = published("square");
    w.period_ms = 0;
    CHECK_INT(h4l_wave_check(&w, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "period_ms"));
    w = published("sine");
    w.omega_per_ms = INFINITY;
    CHECK_INT(h4l_wave_check(&w, &err), H4L_E_RANGE);
    w = (struct h4l_wave){.kind = H4L_WAVE_TABLE};
    CHECK_INT(h4l_wave_check(&w, &err), H4L_E_RANGE);
    w.kind = (enum h4l_wave_kind)99;
    CHECK_INT(h4l_wave_check(&w, &err), H4L_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values_are_those_of_the_formulas),
        cmocka_unit_test(known_points),
        cmocka_unit_test(means_over_a_period),
        cmocka_unit_test(means_agree_with_fine_sums),
        cmocka_unit_test(filled_arrays_hold_values_and_means),
        cmocka_unit_test(tables_hold_or_join_their_samples),
        cmocka_unit_test(a_time_finds_its_sample),
        cmocka_unit_test(bad_parameters_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
