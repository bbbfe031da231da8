// Properties of the waveforms' means with random parameters, times and intervals.
#include "check.h"

#include "sim/waveform.h"

static struct h4l_rng rng;

static struct h4l_wave random_wave(enum h4l_wave_kind kind)
{
    struct h4l_wave w = {.kind = kind,
                         .offset = h4l_rng_between(&rng, -20, 20),
                         .amplitude = h4l_rng_between(&rng, -20, 20),
                         .omega_per_ms = h4l_rng_between(&rng, 0.01, 5),
                         .phase = h4l_rng_between(&rng, -3, 3),
                         .period_ms = h4l_rng_between(&rng, 0.5, 30),
                         .tick_ms = h4l_rng_below(&rng, 2) ? h4l_rng_between(&rng, 0.1, 2) : 0,
                         .edge_ms = h4l_rng_between(&rng, -0.1, 0.1)};
    double t[20], I[20];
    struct h4l_err err = {0};

    if (kind != H4L_WAVE_TABLE)
        return w;
    for (int k = 0; k < 20; k++) {
        t[k] = (k ? t[k - 1] : -10) + h4l_rng_between(&rng, 0.01, 5);
        I[k] = h4l_rng_between(&rng, -20, 20);
    }
    CHECK_OK(h4l_wave_samples(t, I, 20, h4l_rng_below(&rng, 2) ? H4L_WAVE_HOLD : H4L_WAVE_LINEAR,
                              &w, &err),
             err);
    return w;
}

static double scale(const struct h4l_wave *w)
{
    return w->kind == H4L_WAVE_TABLE ? 20 : fabs(w->offset) + 2 * fabs(w->amplitude);
}

// The mean over [a, c] is the length-weighted mean of those over [a, b] and [b, c].
static void means_add_up(void **state)
{
    (void)state;
    for (int kind = 0; kind <= H4L_WAVE_TABLE; kind++) {
        double worst = 0;
        for (int i = 0; i < 300; i++) {
            struct h4l_wave w = random_wave((enum h4l_wave_kind)kind);
            double a = h4l_rng_between(&rng, -50, 50), b = a + h4l_rng_between(&rng, 0.1, 20),
                   c = b + h4l_rng_between(&rng, 0.1, 20);
            double parts =
                ((b - a) * h4l_wave_mean(&w, a, b) + (c - b) * h4l_wave_mean(&w, b, c)) / (c - a);
            worst = h4l_worst(worst, fabs(h4l_wave_mean(&w, a, c) - parts) / scale(&w));
            h4l_wave_free(&w);
        }
        printf("%s\n", h4l_wave_name((enum h4l_wave_kind)kind));
        CHECK_CLOSE(worst, 0, 1e-12);
    }
}

// The mean over a short interval without a jump tends to the value in its middle; everywhere it stays within the range of the values.
static void means_agree_with_values(void **state)
{
    enum { CELLS = 2000 };

    (void)state;
    for (int kind = 0; kind <= H4L_WAVE_TABLE; kind++) {
        double worst = 0;
        for (int i = 0; i < 40; i++) {
            struct h4l_wave w = random_wave((enum h4l_wave_kind)kind);
            double a = h4l_rng_between(&rng, -50, 50), length = h4l_rng_between(&rng, 0.1, 20),
                   sum = 0, low = INFINITY, high = -INFINITY,
                   mean = h4l_wave_mean(&w, a, a + length);
            for (int k = 0; k < CELLS; k++) {
                double v = h4l_wave_value(&w, a + (k + 0.5) * length / CELLS);
                sum += v;
                low = fmin(low, v);
                high = h4l_worst(high, v);
            }
            // a jump of at most the whole range may fall anywhere in its cell: half a cell's weight each
            double jumps = 2 + length / (w.period_ms > 0 ? w.period_ms : 1) * 2 + 20;
            worst = h4l_worst(worst, fabs(sum / CELLS - mean) /
                                         ((high - low) * jumps / 2 / CELLS + 1e-5 * scale(&w)));
            h4l_wave_free(&w);
        }
        printf("%s\n", h4l_wave_name((enum h4l_wave_kind)kind));
        CHECK_AT_MOST(worst, 1);
    }
}

// Value and mean are affine in offset and amplitude, and periodic.
static void scaling_and_periodicity(void **state)
{
    (void)state;
    for (int kind = 0; kind < H4L_WAVE_TABLE; kind++) {
        double affine = 0, periodic = 0;
        for (int i = 0; i < 300; i++) {
            struct h4l_wave w = random_wave((enum h4l_wave_kind)kind), unit = w;
            double t = h4l_rng_between(&rng, -50, 50), length = h4l_rng_between(&rng, 0.1, 20);
            unit.offset = 0;
            unit.amplitude = 1;
            double a = kind == H4L_WAVE_CONST ? 0 : w.amplitude;
            affine = h4l_worst(affine, fabs(h4l_wave_mean(&w, t, t + length) - w.offset -
                                            a * h4l_wave_mean(&unit, t, t + length)) /
                                           scale(&w));
            affine = h4l_worst(
                affine,
                fabs(h4l_wave_value(&w, t) - w.offset - a * h4l_wave_value(&unit, t)) / scale(&w));
            w.tick_ms = 0; // with ticks the period is that of both together
            double P = kind == H4L_WAVE_SINE ? 2 * M_PI / w.omega_per_ms : w.period_ms;
            periodic = h4l_worst(periodic, fabs(h4l_wave_mean(&w, t, t + length) -
                                                h4l_wave_mean(&w, t + 3 * P, t + 3 * P + length)) /
                                               scale(&w));
        }
        printf("%s\n", h4l_wave_name((enum h4l_wave_kind)kind));
        CHECK_CLOSE(affine, 0, 1e-12);
        CHECK_CLOSE(periodic, 0, 1e-11);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_add_up),
        cmocka_unit_test(means_agree_with_values),
        cmocka_unit_test(scaling_and_periodicity),
    };

    h4l_rng_init(&rng, 1, "waveform properties", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
