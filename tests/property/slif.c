// Properties of the s-LIF2HH comparison and of the chain: invariances that any correct version has.
#include "check.h"

#include "base/rng.h"

// The experiment's own files; nothing else is built from them.
#include "experiments/equivalence/slif.c"
#include "experiments/equivalence/slif_compare.c"

static struct h4l_rng rng;

enum { MOST = 20 };

// A random train of 2..MOST spikes in [0, 80].
static size_t random_train(double *t)
{
    size_t n = 2 + h4l_rng_below(&rng, MOST - 1);

    t[0] = h4l_rng_between(&rng, 0, 3);
    for (size_t i = 1; i < n; i++)
        t[i] = t[i - 1] + h4l_rng_between(&rng, 0.5, 3.7);
    return n;
}

static struct h4l_slif_comparison compare(const double *hh, size_t n_hh, const double *lif,
                                          size_t n_lif, double duration, double delta)
{
    struct h4l_slif_comparison c = {0};
    struct h4l_err err = {0};
    int code = h4l_slif_compare((struct h4l_spikes){hh, n_hh}, (struct h4l_spikes){lif, n_lif},
                                duration, delta, &c, &err);

    if (code)
        h4l_check(0, __FILE__, __LINE__, "%s", err.message);
    return c;
}

static void a_train_agrees_with_itself(void **state)
{
    double t[MOST], worst = 0;

    (void)state;
    for (int i = 0; i < 200; i++) {
        size_t n = random_train(t);
        struct h4l_slif_comparison c = compare(t, n, t, n, 80, 1);
        worst =
            h4l_worst(worst, fabs(c.mean_isi_difference_ms) + c.mean_abs_time_difference_over_isi +
                                 fabs(c.gamma - 1) + c.spike_distance);
        if (h4l_slif_verdict(&c) != H4L_SLIF_HOLDS)
            h4l_check(0, __FILE__, __LINE__, "a train does not agree with itself");
    }
    CHECK_CLOSE(worst, 0, 1e-12);
}

// Moving one train by d leaves its intervals alone and moves every spike by d.
static void a_shift_is_measured_as_such(void **state)
{
    double t[MOST], moved[MOST], isi = 0, ratio = 0;

    (void)state;
    for (int i = 0; i < 200; i++) {
        size_t n = random_train(t);
        double d = h4l_rng_between(&rng, -3, 3);
        struct h4l_slif_comparison c;
        for (size_t k = 0; k < n; k++)
            moved[k] = t[k] + 3 + d; // keeps both trains in the window
        for (size_t k = 0; k < n; k++)
            t[k] += 3;
        c = compare(t, n, moved, n, 86, 1);
        isi = h4l_worst(isi, fabs(c.mean_isi_difference_ms));
        ratio = h4l_worst(ratio, fabs(c.mean_abs_time_difference_over_isi -
                                      fabs(d) * (double)(n - 1) / (t[n - 1] - t[0])));
    }
    CHECK_CLOSE(isi, 0, 1e-12);
    CHECK_CLOSE(ratio, 0, 1e-12);
}

// In other units of time the shares are the same and the interval difference scales.
static void time_has_no_unit(void **state)
{
    double a[MOST], b[MOST], worst = 0;

    (void)state;
    for (int i = 0; i < 200; i++) {
        size_t n_a = random_train(a), n_b = i % 2 ? random_train(b) : n_a;
        double unit = h4l_rng_between(&rng, 0.1, 10);
        struct h4l_slif_comparison c, scaled;
        if (n_b == n_a)
            for (size_t k = 0; k < n_a; k++)
                b[k] = a[k] + h4l_rng_between(&rng, 0, 0.4);
        c = compare(a, n_a, b, n_b, 80, 0.7);
        for (size_t k = 0; k < n_a; k++)
            a[k] *= unit;
        for (size_t k = 0; k < n_b; k++)
            b[k] *= unit;
        scaled = compare(a, n_a, b, n_b, 80 * unit, 0.7 * unit);
        worst = h4l_worst(worst, fabs(c.gamma - scaled.gamma));
        worst = h4l_worst(worst, fabs(c.spike_distance - scaled.spike_distance));
        if (n_a == n_b) {
            worst = h4l_worst(worst, fabs(c.mean_abs_time_difference_over_isi -
                                          scaled.mean_abs_time_difference_over_isi));
            worst = h4l_worst(
                worst, fabs(c.mean_isi_difference_ms - scaled.mean_isi_difference_ms / unit));
        } else {
            if (isfinite(c.mean_isi_difference_ms) ||
                isfinite(scaled.mean_abs_time_difference_over_isi))
                h4l_check(0, __FILE__, __LINE__, "a published measure for different counts");
        }
    }
    CHECK_CLOSE(worst, 0, 1e-11);
}

static void verdicts_follow_the_criterion(void **state)
{
    const double a[] = {10, 20, 30}, late[] = {11.9, 21.9, 31.9}, later[] = {12.1, 22.1, 32.1};
    struct h4l_slif_comparison c;

    (void)state;
    c = compare(NULL, 0, NULL, 0, 80, 2);
    CHECK_INT(h4l_slif_verdict(&c), H4L_SLIF_SILENT);
    CHECK_TRUE(isnan(c.gamma));
    c = compare(a, 3, NULL, 0, 80, 2);
    CHECK_INT(h4l_slif_verdict(&c), H4L_SLIF_COUNTS_DIFFER);
    c = compare(a, 3, a, 2, 80, 2);
    CHECK_INT(h4l_slif_verdict(&c), H4L_SLIF_COUNTS_DIFFER);
    CHECK_TRUE(isnan(c.mean_isi_difference_ms) && isnan(c.mean_abs_time_difference_over_isi));
    c = compare(a, 1, a, 1, 80, 2); // one spike each: no interval to measure by
    CHECK_INT(h4l_slif_verdict(&c), H4L_SLIF_COUNTS_AGREE);
    c = compare(a, 3, late, 3, 80, 2);
    CHECK_CLOSE(c.mean_abs_time_difference_over_isi, 0.19, 1e-12);
    CHECK_INT(h4l_slif_verdict(&c), H4L_SLIF_HOLDS);
    c = compare(a, 3, later, 3, 80, 2);
    CHECK_CLOSE(c.mean_abs_time_difference_over_isi, 0.21, 1e-12);
    CHECK_INT(h4l_slif_verdict(&c), H4L_SLIF_COUNTS_AGREE);
    c = compare(a, 3, a, 3, 80, 14); // 2 (3/80) 14 > 1: every instant is near a model spike
    CHECK_TRUE(isnan(c.gamma));
}

static struct h4l_wave random_wave(void)
{
    struct h4l_wave w = {0};
    struct h4l_err err = {0};

    CHECK_OK(
        h4l_wave_published((enum h4l_wave_kind)h4l_rng_below(&rng, H4L_WAVE_PUBLISHED), &w, &err),
        err);
    w.offset *= h4l_rng_between(&rng, 0.5, 2);
    w.amplitude *= h4l_rng_between(&rng, 0.5, 2);
    return w;
}

static void stretching_a_waveform_stretches_time(void **state)
{
    double worst = 0;

    (void)state;
    for (int i = 0; i < 200; i++) {
        struct h4l_wave w = random_wave(), s;
        double f = exp2(h4l_rng_between(&rng, -2, 2)), a = h4l_rng_between(&rng, 0, 2),
               t = h4l_rng_between(&rng, 0, 80), expected, ratio;
        s = h4l_slif_scale(&w, f, a);
        expected = w.kind == H4L_WAVE_CONST
                       ? a * w.offset
                       : w.offset + a * (h4l_wave_mean(&w, f * t, f * (t + 1)) - w.offset);
        worst = h4l_worst(worst, fabs(h4l_wave_mean(&s, t, t + 1) - expected));
        ratio = h4l_slif_frequency(&s) - f * h4l_slif_frequency(&w);
        worst = h4l_worst(worst, fabs(ratio));
    }
    CHECK_CLOSE(worst, 0, 1e-10);
}

// Steps in which sub-network 1 fires, as a bit pattern.
static void firing(const struct h4l_chain *chain, struct h4l_s_lif_flags *steps)
{
    struct h4l_s_lif_flags *both[2] = {steps, NULL};
    struct h4l_chain_spikes spikes[2] = {0};
    struct h4l_err err = {0};

    CHECK_OK(h4l_chain_run_lif(chain, NULL, both, spikes, &err), err);
    h4l_chain_spikes_free(spikes);
}

// s-LIF2HH knows no unit of the potential: input and threshold times a power of two (which rounds nothing) give the same
// firing and potentials times that power; nor one of time, when step, capacitance, duration and input stretch together.
static void sub_network_scales(void **state)
{
    static struct h4l_s_lif_flags plain[80], other[80];
    size_t fired = 0;

    (void)state;
    for (int i = 0; i < 40; i++) {
        struct h4l_wave w = random_wave();
        struct h4l_chain c = h4l_chain_published(&w), scaled = c, slow = c;
        int same = 1;
        firing(&c, plain);
        scaled.wave.offset *= 8;
        scaled.wave.amplitude *= 8;
        scaled.lif.threshold *= 8;
        firing(&scaled, other);
        for (int k = 0; k < 80; k++) {
            fired += (size_t)plain[k].joint;
            for (int u = 0; u < 4; u++)
                same &= other[k].u[u] == 8 * plain[k].u[u] && other[k].over[u] == plain[k].over[u];
        }
        slow.wave = h4l_slif_scale(&w, 0.25, 1);
        slow.lif.dt_ms *= 4;
        slow.lif.C *= 4;
        slow.duration_ms *= 4;
        firing(&slow, other);
        for (int k = 0; k < 80; k++)
            same &= other[k].joint == plain[k].joint && fabs(other[k].u[0] - plain[k].u[0]) < 1e-9;
        if (!same)
            h4l_check(0, __FILE__, __LINE__, "%s: scaled sub-network differs",
                      h4l_wave_name(w.kind));
    }
    CHECK_AT_LEAST(fired, 100);
}

// With all three inputs equal, units 1 to 3 never part; as long as the input is not negative, the sub-network is one LIF unit.
static void four_units_are_one(void **state)
{
    static struct h4l_s_lif_flags steps[80];
    size_t unlike = 0, fired = 0;

    (void)state;
    for (int i = 0; i < 60; i++) {
        struct h4l_wave w = h4l_wave_sine(h4l_rng_between(&rng, 5, 30), h4l_rng_between(&rng, 0, 5),
                                          h4l_rng_between(&rng, 0.02, 0.3), 0);
        struct h4l_chain c = h4l_chain_published(&w);
        firing(&c, steps);
        unlike += h4l_slif_unlike_single(&c, steps);
        for (int k = 0; k < 80; k++) {
            fired += (size_t)steps[k].joint;
            if (steps[k].u[0] != steps[k].u[1] || steps[k].u[0] != steps[k].u[2])
                h4l_check(0, __FILE__, __LINE__, "units 1 to 3 part");
        }
    }
    CHECK_INT(unlike, 0);
    CHECK_AT_LEAST(fired, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_train_agrees_with_itself),
        cmocka_unit_test(a_shift_is_measured_as_such),
        cmocka_unit_test(time_has_no_unit),
        cmocka_unit_test(verdicts_follow_the_criterion),
        cmocka_unit_test(stretching_a_waveform_stretches_time),
        cmocka_unit_test(sub_network_scales),
        cmocka_unit_test(four_units_are_one),
    };

    h4l_rng_init(&rng, 1, "slif properties", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
