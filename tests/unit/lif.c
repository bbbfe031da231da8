// The LIF neurons against closed forms: geometric sums, spike counts, relaxation, and the interval of regular firing.
#include "check.h"

#include <string.h>

#include "neuron/lif.h"
#include "neuron/s_lif.h"

static void constant_input_gives_the_geometric_sum(void **state)
{
    const struct h4l_lif lif = {.decay = 0.5, .threshold = 2};
    double I[15], v[15];
    uint8_t s[15];

    (void)state;
    for (int t = 0; t < 15; t++)
        I[t] =
            1.0625; // sums 1.0625, 1.59375, 1.859375, 1.9921875, 2.05859375: every fifth step spikes
    CHECK_INT(h4l_lif_run(&lif, I, 15, v, s), 3);
    for (int t = 0; t < 15; t++) {
        int k = t % 5 + 1;
        CHECK_CLOSE(v[t], 1.0625 * (1 - pow(0.5, k)) / 0.5, 0);
        CHECK_INT(s[t], k == 5);
    }
    CHECK_INT(h4l_lif_run(&lif, I, 15, NULL, NULL), 3);
}

static void the_reset_comes_with_the_next_step(void **state)
{
    double v = 0;

    (void)state;
    CHECK_INT(h4l_lif_step(&h4l_lif_learning, 1, &v), 1);
    CHECK_CLOSE(v, 1, 0); // the potential that spiked stays visible
    CHECK_INT(h4l_lif_step(&h4l_lif_learning, 0.25, &v), 0);
    CHECK_CLOSE(v, 0.25, 0); // and leaves nothing behind
    CHECK_INT(h4l_lif_step(&h4l_lif_learning, 0.25, &v), 0);
    CHECK_CLOSE(v, 0.25 + 0.2 * 0.25, 1e-16);
    v = 0.3; // a potential at the threshold is not above it
    CHECK_INT(h4l_lif_step(&h4l_lif_learning, 0.24, &v), 0);
    CHECK_CLOSE(v, 0.2 * 0.3 + 0.24, 0);
}

// Number of spikes in 15 steps for inputs from just below the rheobase threshold (1 - decay) up, spaced evenly in the logarithm of the
// excess, as the inputs that give one spike lie within decay^7 of it. Marks the numbers that occur in seen[16].
static void sweep(const struct h4l_lif *lif, int seen[16], double *ret_first, double *ret_last)
{
    double rheobase = lif->threshold * (1 - lif->decay);
    size_t before = 0;

    *ret_first = *ret_last = 0;
    for (int i = -1; i <= 13000; i++) {
        double drive = rheobase * (i < 0 ? 0.9 : 1 + pow(10, -12 + i * 1e-3)), I[15];
        size_t n;
        for (int t = 0; t < 15; t++)
            I[t] = drive;
        n = h4l_lif_run(lif, I, 15, NULL, NULL);
        if (n != h4l_lif_count(lif, drive, 15) || n < before)
            h4l_check(0, __FILE__, __LINE__,
                      "input %.17g: simulated %zu, closed form %zu, before %zu", drive, n,
                      h4l_lif_count(lif, drive, 15), before);
        seen[n] = 1;
        if (n > 0 && before == 0)
            *ret_first = drive;
        if (n == 15 && before < 15)
            *ret_last = drive;
        before = n;
    }
}

static void fifteen_steps_have_seven_levels(void **state)
{
    const struct h4l_lif models[] = {
        h4l_lif_learning, h4l_lif_learning_rl, {.decay = 0.5, .threshold = 2}};
    static const int expected[16] = {1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        int seen[16] = {0};
        double first, last, d = models[m].decay;
        sweep(&models[m], seen, &first, &last);
        for (int n = 0; n < 16; n++)
            CHECK_INT(seen[n], expected[n]);
        // silent up to threshold (1 - d) / (1 - d^15), saturated above the threshold
        CHECK_REL(first, models[m].threshold * (1 - d) / (1 - pow(d, 15)),
                  0.01 * pow(d, 15) + 1e-15);
        CHECK_REL(last, models[m].threshold, 3e-3);
    }
}

static const struct h4l_lif_ct ct = {
    .tau_ms = 10, .R = 2, .rest = -65, .threshold = -50, .reset = -70, .refractory_ms = 2};

static void continuous_time_follows_its_closed_form(void **state)
{
    struct h4l_err err = {0};
    double V = -65, dt = 1e-5;

    (void)state;
    CHECK_OK(h4l_lif_ct_check(&ct, &err), err);
    CHECK_CLOSE(h4l_lif_ct_relax(&ct, -65, 5, 10), -65 + 10 * (1 - exp(-1)), 1e-13);
    CHECK_CLOSE(h4l_lif_ct_relax(&ct, -60, 0, 1e6), -65, 0);
    for (int k = 0; k < 100000; k++) // forward Euler is first order: its error here is below dt
        V += dt * (-(V + 65) + 2 * 5) / 10;
    CHECK_CLOSE(h4l_lif_ct_relax(&ct, -65, 5, 1), V, dt);
    CHECK_CLOSE(h4l_lif_ct_isi(&ct, 10), 2 + 10 * log(25.0 / 5), 1e-13);
    CHECK_TRUE(isinf(h4l_lif_ct_isi(&ct, 7.5))); // the asymptote is the threshold itself
    CHECK_TRUE(isinf(h4l_lif_ct_time_to_threshold(&ct, -65, -3)));
    CHECK_CLOSE(h4l_lif_ct_time_to_threshold(&ct, -50, 0), 0, 0);
    CHECK_CLOSE(h4l_lif_ct_relax(&ct, -70, 10, h4l_lif_ct_time_to_threshold(&ct, -70, 10)), -50,
                1e-12);
}

static void continuous_time_fires_regularly(void **state)
{
    struct h4l_lif_ct_state whole = {.V = -70}, split = whole;
    double times[8], isi = h4l_lif_ct_isi(&ct, 12), rise = isi - 2;
    size_t n = h4l_lif_ct_advance(&ct, &whole, 12, 100, 8, times), pieces = 0;

    (void)state;
    CHECK_INT(n, 1 + (size_t)((100 - rise) / isi));
    for (size_t i = 0; i < n; i++)
        CHECK_CLOSE(times[i], rise + (double)i * isi, 1e-12);
    for (int k = 0; k < 1000;
         k++) // pieces of 0.1 ms that end within the refractory time and at spikes
        pieces += h4l_lif_ct_advance(&ct, &split, 12, 0.1, 0, NULL);
    CHECK_INT(pieces, n);
    CHECK_CLOSE(split.V, whole.V, 1e-9);
    CHECK_CLOSE(split.held_for_ms, whole.held_for_ms, 1e-9);
}

static void bad_constants_are_refused(void **state)
{
    struct h4l_lif_ct bad = ct;
    struct h4l_err err = {0};

    (void)state;
    bad.reset = -50;
    CHECK_INT(h4l_lif_ct_check(&bad, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "reset"));
    bad = ct;
    bad.tau_ms = 0;
    CHECK_INT(h4l_lif_ct_check(&bad, &err), H4L_E_RANGE);
    bad = ct;
    bad.R = NAN;
    CHECK_INT(h4l_lif_ct_check(&bad, &err), H4L_E_RANGE);
}

// Under constant input units 1 to 3 are geometric sums with d = 0.9; unit 4, which sums them, is 3 I/(1-d) ((1-d^k)/(1-d) - k d^k).
static void sub_network_follows_its_closed_form(void **state)
{
    const double I[3] = {9, 9, 9}, d = 0.9;
    double u[4] = {0};
    struct h4l_s_lif_flags flags;

    (void)state;
    for (int step = 1; step <= 80; step++) {
        int k = (step - 1) % 15 + 1;
        double u1 = 9 * (1 - pow(d, k)) / (1 - d);
        double u4 = 27 / (1 - d) * ((1 - pow(d, k)) / (1 - d) - k * pow(d, k));
        h4l_s_lif_step(&h4l_s_lif_published, I, u, &flags);
        for (int i = 0; i < 3; i++)
            CHECK_CLOSE(flags.u[i], u1, 1e-12);
        CHECK_CLOSE(flags.u[3], u4, 1e-11);
        CHECK_INT(flags.joint, k == 15); // 71.47 is the first sum above 70
        CHECK_INT(flags.over[3], k >= 2);
        CHECK_CLOSE(u[3], flags.joint ? 0 : flags.u[3], 0);
    }
}

static void all_four_units_must_be_above_threshold(void **state)
{
    const double I[3] = {100, 100, 60};
    double u[4] = {0};
    struct h4l_s_lif_flags flags;

    (void)state;
    h4l_s_lif_step(&h4l_s_lif_published, I, u, &flags);
    CHECK_TRUE(flags.over[0] && flags.over[1] && !flags.over[2] && flags.over[3]);
    CHECK_INT(flags.joint, 0);
    CHECK_CLOSE(u[0], 100, 0); // no unit resets alone
    CHECK_CLOSE(u[3], 260, 0);
    h4l_s_lif_step(&h4l_s_lif_published, I, u, &flags);
    CHECK_INT(flags.joint, 1);
    CHECK_CLOSE(flags.u[2], 114, 1e-12);
    for (int i = 0; i < 4; i++)
        CHECK_CLOSE(u[i], 0, 0);
}

static void the_row_is_one_unit_of_the_chain(void **state)
{
    struct h4l_neuron unit, chain;
    struct h4l_lif_ct lif;

    (void)state;
    h4l_neuron_init(&h4l_model_lif, &unit);
    h4l_neuron_init(&h4l_model_s_lif, &chain);
    memcpy(&lif, unit.constants, sizeof lif);
    CHECK_INT(h4l_lif_ct_check(&lif, NULL), H4L_OK);
    for (int i = -1; i <= 2; i++) {
        const struct h4l_input in = {.I = 6.0 * i, .g = {0.3, 0.1}, .E = {0, -80}};
        double V = lif.rest + 20 * i, x[4] = {20.0 * i, 0, 0, 0}, dx[4], dV, h = 1e-5;

        unit.model->eval(unit.constants, &in, &V, &dV, NULL, NULL);
        chain.model->eval(chain.constants, &in, x, dx, NULL, NULL);
        CHECK_CLOSE(dV, dx[0], 1e-12);
        unit.model->eval(unit.constants, &(struct h4l_input){.I = in.I}, &V, &dV, NULL, NULL);
        CHECK_CLOSE(dV,
                    (h4l_lif_ct_relax(&lif, V, in.I, h) - h4l_lif_ct_relax(&lif, V, in.I, -h)) /
                        (2 * h),
                    1e-8); // the closed form's slope
    }
    CHECK_CLOSE(unit.model->event(unit.constants, &lif.threshold, NULL),
                chain.model->event(chain.constants, (double[]){70, 70, 70, 70}, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_input_gives_the_geometric_sum),
        cmocka_unit_test(the_reset_comes_with_the_next_step),
        cmocka_unit_test(fifteen_steps_have_seven_levels),
        cmocka_unit_test(continuous_time_follows_its_closed_form),
        cmocka_unit_test(continuous_time_fires_regularly),
        cmocka_unit_test(bad_constants_are_refused),
        cmocka_unit_test(sub_network_follows_its_closed_form),
        cmocka_unit_test(all_four_units_must_be_above_threshold),
        cmocka_unit_test(the_row_is_one_unit_of_the_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
