// The adaptive exponential neuron in fixed steps: against the row of h4l_models in short ones, its two constants more, lanes against plain.
#include "check.h"

#include "base/rng.h"
#include "base/simd.h"
#include "neuron/model.h"
#include "neuron.h"
#include "sim/aeif.h"

enum { LANES = H4L_SUBNET_LANES };

static struct h4l_aeif example(void)
{
    return (struct h4l_aeif){
        .adaptive = h4l_adaptive_published(2, -50.4 + 3.5 * 2), .keep = 1, .dt = 0.2};
}

// Steps of 5 ms around the neuron's rheobase of about 1.8 uA/cm^2.
static void random_input(double *x, size_t n, uint64_t index)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "aeif test", index);
    for (size_t k = 0; k < n; k++)
        x[k] = k % 25 ? x[k - 1] : h4l_rng_between(&rng, -1, 9);
}

// Its spikes go to those of the row as its steps shrink, by the first order: twice those of half the step minus those of the step are the
// row's, whose flow another program integrates with events.
static void test_goes_to_the_row(void **state)
{
    enum { STEPS = 20000, MOST = 200 };
    static double x[2 * STEPS], coarse[MOST], fine[MOST], expected[MOST];
    struct h4l_aeif m = example();
    struct h4l_neuron row;
    struct h4l_err err;
    size_t n, n_fine, wanted;
    double worst = 0, off = 0;

    (void)state;
    h4l_neuron_init(h4l_model_find("adex"), &row);
    CHECK_OK(h4l_neurons_set(&row, 1, "adex.cut", m.adaptive.cut, &err), err);
    for (size_t k = 0; k < 2 * STEPS; k++) // the same current in both steps
        x[k] = 8 + 2 * sin(0.003 * (double)(k / 2 * 2));
    m.dt = 0.01;
    h4l_aeif_run(&m, x, 2 * STEPS, MOST, fine, &n_fine);
    CHECK_OK(h4l_fitting_neuron_run(&row, 0, x, 1, 2 * STEPS, m.dt, MOST, expected, &wanted, &err),
             err);
    for (size_t k = 0; k < STEPS; k++)
        x[k] = x[2 * k];
    m.dt = 0.02;
    CHECK_OK(h4l_aeif_check(&m, &err), err);
    h4l_aeif_run(&m, x, STEPS, MOST, coarse, &n);
    CHECK_AT_LEAST((double)n, 8);
    CHECK_INT(n, wanted);
    CHECK_INT(n_fine, wanted);
    for (size_t k = 0; k < n; k++) {
        worst = fmax(worst, fabs(2 * fine[k] - coarse[k] - expected[k]));
        off = fmax(off, fabs(coarse[k] - expected[k]));
    }
    printf("in parts of 0.01 ms off by at most %g ms\n", off);
    CHECK_AT_MOST(worst, 0.1);
}

static void test_refractory_and_keep(void **state)
{
    enum { STEPS = 5000, MOST = 2000 };
    static double x[STEPS], t[MOST];
    struct h4l_aeif m = example();
    size_t n[3];
    double shortest = 1e9;

    (void)state;
    for (size_t k = 0; k < STEPS; k++)
        x[k] = 15;
    h4l_aeif_run(&m, x, STEPS, MOST, t, &n[0]);
    m.keep = 0; // w does not add up over spikes: less adaptation
    h4l_aeif_run(&m, x, STEPS, MOST, t, &n[1]);
    m.refractory_ms = 12.3;
    h4l_aeif_run(&m, x, STEPS, MOST, t, &n[2]);
    for (size_t k = 1; k < n[2]; k++)
        shortest = fmin(shortest, t[k] - t[k - 1]);
    CHECK_AT_LEAST((double)n[2], 5);
    CHECK_AT_LEAST(shortest, 12.3);
    CHECK_TRUE(n[1] > n[0]);
    CHECK_TRUE(n[1] > n[2]);
}

// Plain and lanes have different exponentials: the same spikes, times alike to the last bit, as they are multiples of a part.
static void test_lanes(void **state)
{
    enum { STEPS = 2000, CAPACITY = 60 };
    double *x = aligned_alloc(64, sizeof(double[STEPS * LANES]));
    double all[LANES][STEPS], plain[CAPACITY], fast[LANES * CAPACITY];
    size_t n, n_fast[LANES], spikes = 0, over = 0;
    struct h4l_aeif m = example();
    int wrong = 0;

    (void)state;
    m.keep = 0.6;
    m.refractory_ms = 1.25;
    for (size_t l = 0; l < LANES; l++) {
        random_input(all[l], STEPS, l);
        for (size_t k = 0; k < STEPS; k++)
            x[k * LANES + l] = all[l][k] * (l == 3 ? 8 : 1); // one lane fires beyond the capacity
    }
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        setenv("H4L_SIMD", h4l_simd_name((enum h4l_simd)level), 1);
        h4l_aeif_run_lanes(&m, x, STEPS, CAPACITY, fast, n_fast);
        for (size_t l = 0; l < LANES; l++) {
            for (size_t k = 0; k < STEPS; k++)
                all[l][k] = x[k * LANES + l];
            h4l_aeif_run(&m, all[l], STEPS, CAPACITY, plain, &n);
            wrong += n != n_fast[l];
            wrong += memcmp(plain, fast + l * CAPACITY,
                            (n < CAPACITY ? n : CAPACITY) * sizeof *plain) != 0;
            spikes += n;
            over += n > CAPACITY;
        }
    }
    unsetenv("H4L_SIMD");
    CHECK_INT(wrong, 0);
    CHECK_AT_LEAST((double)spikes, 100);
    CHECK_AT_LEAST((double)over, 1);
    free(x);
}

static void test_check(void **state)
{
    struct h4l_err err;

    (void)state;
    for (int i = 0; i < 7; i++) {
        struct h4l_aeif m = example();

        m.dt = i == 0 ? 0 : i == 1 ? 50 : m.dt;
        m.keep = i == 2 ? 1.5 : i == 3 ? NAN : m.keep;
        m.refractory_ms = i == 4 ? -1 : 0;
        m.adaptive.D = i == 5 ? 0 : m.adaptive.D;
        m.adaptive.reset = i == 6 ? 0 : m.adaptive.reset;
        CHECK_INT(h4l_aeif_check(&m, &err), H4L_E_RANGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goes_to_the_row),
        cmocka_unit_test(test_refractory_and_keep),
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_check),
    };

    return cmocka_run_group_tests_name("aeif", tests, NULL, NULL);
}
