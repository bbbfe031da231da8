// The two-neuron chain against the numbers that the published script gives in GNU Octave (tests/data/simplified_*).
#include "check.h"

#include <jansson.h>

#include "base/csv.h"
#include "hh4lif_config.h"
#include "sim/slif_chain.h"

static struct h4l_chain chain_of(const char *name)
{
    struct h4l_wave wave = {0};
    struct h4l_err err = {0};

    CHECK_OK(h4l_wave_published_by_name(name, &wave, &err), err);
    return h4l_chain_published(&wave);
}

static json_t *reference(const char *name)
{
    char path[4096];
    json_error_t where;
    json_t *root;

    snprintf(path, sizeof path, "%s/tests/data/simplified_%s.json", H4L_SOURCE_DIR, name);
    root = json_load_file(path, 0, &where);
    if (!root)
        h4l_check(0, path, where.line, "%s", where.text);
    return root;
}

static double number(json_t *root, const char *block, const char *key, size_t i, int j)
{
    json_t *v = json_array_get(json_object_get(json_object_get(root, block), key), i);

    return json_number_value(j < 0 ? v : json_array_get(v, (size_t)j));
}

// Spike indices: the sample number of the last 0 before a spike, which times the step is the start of the step of the spike.
static void check_train(json_t *root, const char *block, const struct h4l_chain_spikes *spikes,
                        double dt, double samples_per_step)
{
    json_t *b = json_object_get(root, block);

    CHECK_INT(spikes->n, json_integer_value(json_object_get(b, "n_spikes")));
    CHECK_INT((double)spikes->high_steps * samples_per_step,
              json_integer_value(json_object_get(b, "samples_high")));
    for (size_t i = 0; i < spikes->n; i++) {
        CHECK_INT(llround(spikes->t_ms[i] / dt * samples_per_step),
                  (long long)number(root, block, "rising_index", i, -1));
        CHECK_CLOSE(spikes->t_ms[i], number(root, block, "rising_time", i, -1), 1e-12);
    }
}

// The extrema of V and the height and place of each spike's peak.
static void check_potential(json_t *root, const char *block, const double *V, size_t n)
{
    json_t *b = json_object_get(root, block), *peaks = json_object_get(b, "peaks_above_20");
    double low = INFINITY, high = -INFINITY;

    for (size_t k = 0; k < n; k++) {
        low = fmin(low, V[k]);
        high = h4l_worst(high, V[k]);
    }
    CHECK_CLOSE(low, json_number_value(json_object_get(b, "u_min")), 1e-9);
    CHECK_CLOSE(high, json_number_value(json_object_get(b, "u_max")), 1e-9);
    CHECK_CLOSE(V[n - 1], number(root, block, "final_state_u_m_n_h", 0, -1), 1e-9);
    CHECK_AT_LEAST(json_array_size(peaks), 1);
    for (size_t i = 0; i < json_array_size(peaks); i++) {
        size_t at = (size_t)number(root, block, "peaks_above_20", i, 0);
        CHECK_CLOSE(V[at - 1], number(root, block, "peaks_above_20", i, 1), 1e-9);
        CHECK_TRUE(V[at - 1] > V[at - 2] && V[at - 1] >= V[at]);
    }
}

static void check_hh(const char *name)
{
    struct h4l_chain chain = chain_of(name);
    struct h4l_chain_spikes spikes[2] = {0};
    struct h4l_err err = {0};
    size_t n = h4l_chain_hh_steps(&chain);
    double *V[2] = {calloc(n, sizeof(double)), calloc(n, sizeof(double))};
    json_t *root = reference(name);

    CHECK_INT(n, 80000);
    CHECK_OK(h4l_chain_run_hh(&chain, V, spikes, &err), err);
    check_train(root, "hh_layer1", &spikes[0], chain.hh_dt_ms, 1);
    check_train(root, "hh_layer2", &spikes[1], chain.hh_dt_ms, 1);
    check_potential(root, "hh_layer1", V[0], n);
    check_potential(root, "hh_layer2", V[1], n);
    h4l_chain_spikes_free(spikes);
    free(V[0]);
    free(V[1]);
    json_decref(root);
}

static double cell(const struct h4l_table *t, size_t row, const char *column)
{
    int c = h4l_table_column(t, column);

    CHECK_AT_LEAST(c, 0);
    return t->values[row * t->columns + (size_t)c];
}

// Potentials of all units before the reset and the joint spikes, from the recorded inputs (largest differences over the steps).
static void check_lif_steps(const char *name, const struct h4l_chain *chain,
                            const struct h4l_table *t)
{
    double input[80], worst = 0, mean = 0;
    struct h4l_s_lif_flags layer1[80], layer2[80], *steps[2] = {layer1, layer2};
    struct h4l_chain_spikes spikes[2] = {0};
    struct h4l_err err = {0};
    const int first = h4l_table_column(t, "lif1_1_before_reset");
    long flags = 0;

    CHECK_INT(t->rows, 80);
    CHECK_INT(h4l_chain_lif_steps(chain), 80);
    for (size_t k = 0; k < 80; k++)
        input[k] = t->values[k * t->columns + (size_t)h4l_table_column(t, "x_avg_octave")];
    CHECK_OK(h4l_chain_run_lif(chain, input, steps, spikes, &err), err);
    h4l_chain_spikes_free(spikes);
    for (size_t k = 0; k < 80; k++) {
        const double *row = t->values + k * t->columns;
        double own = h4l_wave_mean(&chain->wave, (double)k, (double)k + 1);
        mean = h4l_worst(mean, fabs(own - row[h4l_table_column(t, "x_avg_closed_form")]));
        for (int i = 0; i < 4; i++) {
            worst = h4l_worst(worst, fabs(layer1[k].u[i] - row[first + i]) /
                                         fmax(1, fabs(row[first + i])));
            worst = h4l_worst(worst, fabs(layer2[k].u[i] - row[first + 4 + i]) /
                                         fmax(1, fabs(row[first + 4 + i])));
        }
        flags += labs((long)row[h4l_table_column(t, "unit1_over")] - layer1[k].over[0]) +
                 labs((long)row[h4l_table_column(t, "unit4_over")] - layer1[k].over[3]) +
                 labs((long)row[h4l_table_column(t, "joint1")] - layer1[k].joint) +
                 labs((long)row[h4l_table_column(t, "joint2")] - layer2[k].joint);
    }
    printf("%s\n", name);
    CHECK_CLOSE(mean, 0, 1e-12);
    CHECK_CLOSE(worst, 0, 1e-12);
    CHECK_INT(flags, 0);
    CHECK_CLOSE(cell(t, 0, "state_time"), 1, 0);
}

static void check_lif(const char *name)
{
    struct h4l_chain chain = chain_of(name);
    struct h4l_chain_spikes spikes[2] = {0};
    struct h4l_table table = {0};
    struct h4l_err err = {0};
    char path[4096];
    json_t *root = reference(name);

    CHECK_OK(h4l_chain_run_lif(&chain, NULL, NULL, spikes, &err), err);
    check_train(root, "lif_layer1", &spikes[0], 1, 1000);
    check_train(root, "lif_layer2", &spikes[1], 1, 1000);
    h4l_chain_spikes_free(spikes);
    json_decref(root);
    snprintf(path, sizeof path, "%s/tests/data/simplified_%s_lif_steps.csv", H4L_SOURCE_DIR, name);
    CHECK_OK(h4l_table_read(path, &table, &err), err);
    check_lif_steps(name, &chain, &table);
    h4l_table_free(&table);
}

static void hh_chain_is_the_published_one(void **state)
{
    (void)state;
    check_hh("const");
    check_hh("sine");
    check_hh("sawtooth");
}

static void lif_chain_is_the_published_one(void **state)
{
    (void)state;
    check_lif("const");
    check_lif("sine");
    check_lif("sawtooth");
}

// A unit at its threshold is not above it; all four have to be above, and then all return.
static void a_unit_fires_above_its_threshold(void **state)
{
    const struct h4l_s_lif *p = &h4l_s_lif_published;
    double u[H4L_S_LIF_UNITS] = {0}, I[H4L_S_LIF_INPUTS] = {70, 70, 70};
    struct h4l_s_lif_flags flags;

    (void)state;
    h4l_s_lif_step(p, I, u, &flags);
    CHECK_CLOSE(u[0], p->threshold, 0);
    CHECK_TRUE(!flags.over[0] && !flags.over[1] && !flags.over[2] && flags.over[3] && !flags.joint);
    CHECK_CLOSE(u[3], 210, 1e-12);
    for (int i = 0; i < H4L_S_LIF_INPUTS; i++)
        I[i] = 7 + (i + 1) * 1e-9; // holds 70, and a little more
    h4l_s_lif_step(p, I, u, &flags);
    CHECK_TRUE(flags.over[0] && flags.over[1] && flags.over[2] && flags.over[3] && flags.joint);
    for (int i = 0; i < H4L_S_LIF_UNITS; i++)
        CHECK_CLOSE(u[i], p->U, 0);
}

static void spike_counts_of_all_five_waveforms(void **state)
{
    static const struct {
        const char *name;
        int hh, lif;
    } expected[] = {
        {"const", 5, 5}, {"sine", 8, 8}, {"square", 7, 6}, {"sawtooth", 6, 14}, {"triangle", 5, 4}};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct h4l_chain chain = chain_of(expected[i].name);
        struct h4l_chain_spikes hh[2] = {0}, lif[2] = {0};
        struct h4l_err err = {0};
        CHECK_OK(h4l_chain_run_hh(&chain, NULL, hh, &err), err);
        CHECK_OK(h4l_chain_run_lif(&chain, NULL, NULL, lif, &err), err);
        for (int layer = 0; layer < 2; layer++) { // the second layer is a relay
            CHECK_INT(hh[layer].n, expected[i].hh);
            CHECK_INT(lif[layer].n, expected[i].lif);
        }
        h4l_chain_spikes_free(hh);
        h4l_chain_spikes_free(lif);
    }
}

// Rising flags: consecutive firings are one spike, a flag that is up in the first step starts at 0.
static void flags_that_stay_up_are_one_spike(void **state)
{
    struct h4l_wave wave = h4l_wave_const(1000);
    struct h4l_chain chain = h4l_chain_published(&wave);
    struct h4l_chain_spikes lif[2] = {0};
    struct h4l_err err = {0};

    (void)state;
    CHECK_OK(h4l_chain_run_lif(&chain, NULL, NULL, lif, &err), err);
    CHECK_INT(lif[0].n, 1);
    CHECK_CLOSE(lif[0].t_ms[0], 0, 0);
    CHECK_INT(lif[0].high_steps, 80);
    h4l_chain_spikes_free(lif);
}

// Chains with the published waveforms and with random constants, alone on the plain neuron and side by side on the vector kernels.
static void many_chains_spike_like_each_alone(void **state)
{
    enum { N = 37 }; // no multiple of a vector
    static struct h4l_chain chains[N];
    static struct h4l_chain_spikes many[N][2], few[3][2];
    struct h4l_err err = {0};
    struct h4l_rng rng;
    size_t spikes = 0;
    int same = 1;

    (void)state;
    h4l_rng_init(&rng, 1, "test chains", 0);
    for (int i = 0; i < N; i++) {
        struct h4l_wave wave = {0};
        CHECK_OK(h4l_wave_published((enum h4l_wave_kind)(i % H4L_WAVE_PUBLISHED), &wave, &err),
                 err);
        if (i >= H4L_WAVE_PUBLISHED) {
            wave.offset *= h4l_rng_between(&rng, 0.8, 1.2);
            wave.amplitude *= h4l_rng_between(&rng, 0.8, 1.2);
        }
        chains[i] = h4l_chain_published(&wave);
        chains[i].hh_start[H4L_HH_N] *=
            i < H4L_WAVE_PUBLISHED ? 1 : h4l_rng_between(&rng, 0.8, 1.2);
        chains[i].hh_threshold *= i < H4L_WAVE_PUBLISHED ? 1 : h4l_rng_between(&rng, 0.8, 1.2);
    }
    CHECK_OK(h4l_chain_run_hh_many(chains, N, many, &err), err);
    CHECK_OK(h4l_chain_run_hh_many(chains + 7, 3, few, &err), err);
    for (int i = 0; i < N; i++) {
        struct h4l_chain_spikes alone[2] = {0};
        CHECK_OK(h4l_chain_run_hh(&chains[i], NULL, alone, &err), err);
        for (int layer = 0; layer < 2; layer++) {
            const struct h4l_chain_spikes *a = &alone[layer], *m = &many[i][layer];
            int ok = a->n == m->n && a->high_steps == m->high_steps;
            for (size_t k = 0; ok && k < a->n; k++)
                ok = a->t_ms[k] == m->t_ms[k];
            if (i >= 7 && i < 10) {
                const struct h4l_chain_spikes *f = &few[i - 7][layer];
                ok = ok && f->n == m->n && memcmp(f->t_ms, m->t_ms, f->n * sizeof *f->t_ms) == 0;
            }
            spikes += m->n;
            same &= ok;
        }
        h4l_chain_spikes_free(alone);
        h4l_chain_spikes_free(many[i]);
    }
    for (int i = 0; i < 3; i++)
        h4l_chain_spikes_free(few[i]);
    CHECK_TRUE(same);
    CHECK_AT_LEAST(spikes, 4 * N);
    CHECK_OK(h4l_chain_run_hh_many(chains, 0, many, &err), err);
    chains[1].duration_ms = 40;
    CHECK_INT(h4l_chain_run_hh_many(chains, 2, many, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "number 2"));
    chains[1] = chains[0];
    chains[1].hh_dt_ms = chains[0].hh_dt_ms = 0.1;
    CHECK_INT(h4l_chain_run_hh_many(chains, 2, many, &err), H4L_E_NUMERIC);
}

static void bad_constants_are_refused(void **state)
{
    struct h4l_chain chain = chain_of("const"), bad = chain;
    struct h4l_chain_spikes spikes[2] = {0};
    struct h4l_err err = {0};

    (void)state;
    CHECK_OK(h4l_chain_check(&chain, &err), err);
    bad.hh_dt_ms = 0;
    CHECK_INT(h4l_chain_run_hh(&bad, NULL, spikes, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "hh_dt_ms"));
    bad = chain;
    bad.lif.dt_ms = 81; // no whole step
    CHECK_INT(h4l_chain_run_lif(&bad, NULL, NULL, spikes, &err), H4L_E_RANGE);
    bad = chain;
    bad.wave.offset = NAN;
    CHECK_INT(h4l_chain_check(&bad, &err), H4L_E_RANGE);
    bad = chain;
    bad.hh_dt_ms = 1; // forward Euler explodes
    CHECK_INT(h4l_chain_run_hh(&bad, NULL, spikes, &err), H4L_E_NUMERIC);
    CHECK_TRUE(strstr(err.message, "finite"));
    bad = chain;
    bad.lif.decay = -1e300;
    CHECK_INT(h4l_chain_run_lif(&bad, NULL, NULL, spikes, &err), H4L_E_NUMERIC);
    CHECK_TRUE(spikes[0].t_ms == NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hh_chain_is_the_published_one),
        cmocka_unit_test(lif_chain_is_the_published_one),
        cmocka_unit_test(a_unit_fires_above_its_threshold),
        cmocka_unit_test(spike_counts_of_all_five_waveforms),
        cmocka_unit_test(flags_that_stay_up_are_one_spike),
        cmocka_unit_test(many_chains_spike_like_each_alone),
        cmocka_unit_test(bad_constants_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
