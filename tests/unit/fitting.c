// The parts of hh4lif-fitting: stimuli, candidates and their constants, scores, the led loss and its gradient.
#include "check.h"

#include "base/rng.h"
#include "fit.h"

static const struct h4l_stim_options small = {
    .duration_ms = 200, .per_class = 2, .seed = 3, .hh_dt_ms = 0.02, .hh_level_mV = 0};

static void test_stimuli(void **state)
{
    struct h4l_stim_options o = small;
    struct h4l_stim_set a, b, held;
    struct h4l_err err;
    int count[H4L_STIM_CLASSES] = {0};
    size_t spikes = 0;

    (void)state;
    CHECK_OK(h4l_stim_training(&o, &a, &err), err);
    CHECK_OK(h4l_stim_heldout(&o, &held, &err), err);
    o.replicate = 1;
    CHECK_OK(h4l_stim_training(&o, &b, &err), err);
    CHECK_INT(a.n, 14); // 2 of five classes, 4 of noise
    CHECK_INT(held.n, 18);
    for (size_t i = 0; i < a.n; i++) {
        bool noise = a.stim[i].class == H4L_STIM_NOISE;
        double I = h4l_wave_value(&a.stim[i].wave, 50), J = h4l_wave_value(&b.stim[i].wave, 50);

        CHECK_TRUE(a.stim[i].class < H4L_STIM_TRAINED);
        CHECK_TRUE((I != J) == noise); // replicates differ in noise only
        spikes += a.stim[i].hh.n;
        for (size_t k = 0; k < held.n; k++)
            CHECK_TRUE(strcmp(a.stim[i].label, held.stim[k].label) != 0);
    }
    for (size_t i = 0; i < held.n; i++) {
        double mean = h4l_wave_mean(&held.stim[i].wave, 0, 200);

        count[held.stim[i].class]++;
        CHECK_TRUE(mean > -10 && mean < 25);
        for (size_t k = 0; k < held.stim[i].hh.n; k++)
            CHECK_TRUE(held.stim[i].hh.t[k] > 0 && held.stim[i].hh.t[k] <= 200);
    }
    for (int c = 0; c < H4L_STIM_CLASSES; c++)
        CHECK_INT(count[c], 2);
    CHECK_AT_LEAST((double)spikes, 50);
    h4l_stim_free(&a);
    h4l_stim_free(&b);
    h4l_stim_free(&held);
    o.per_class = 0;
    CHECK_INT(h4l_stim_training(&o, &a, &err), H4L_E_RANGE);
}

// Kistler's noise: lines between normal numbers of deviation 3, 2 ms apart; HH fires at about the published 33 Hz on it.
static void test_kistler_noise(void **state)
{
    struct h4l_stim_options o = small;
    struct h4l_stim_set held, training, other;
    struct h4l_err err;
    double sum = 0, squares = 0, bent = 0;
    size_t n = 0, spikes = 0;

    (void)state;
    o.duration_ms = 500;
    o.per_class = 10;
    CHECK_OK(h4l_stim_kistler(&o, true, &held, &err), err);
    CHECK_OK(h4l_stim_kistler(&o, false, &training, &err), err);
    o.replicate = 1;
    CHECK_OK(h4l_stim_kistler(&o, false, &other, &err), err);
    CHECK_INT(held.n, 10);
    CHECK_INT(training.n, 20);
    for (size_t i = 0; i < held.n; i++) {
        const struct h4l_wave *w = &held.stim[i].wave;

        for (double t = 0; t < 498; t += 2, n++) {
            double x = h4l_wave_value(w, t);

            sum += x;
            squares += x * x;
            bent = fmax(bent, fabs(h4l_wave_value(w, t + 1) - (x + h4l_wave_value(w, t + 2)) / 2));
        }
        spikes += held.stim[i].hh.n;
        CHECK_TRUE(h4l_wave_value(w, 100) != h4l_wave_value(&training.stim[i].wave, 100));
        CHECK_TRUE(h4l_wave_value(&other.stim[i].wave, 100) !=
                   h4l_wave_value(&training.stim[i].wave, 100));
    }
    CHECK_AT_MOST(bent, 1e-12);
    CHECK_CLOSE(sum / (double)n, 0, 0.25);
    CHECK_CLOSE(sqrt(squares / (double)n), 3, 0.2);
    CHECK_CLOSE((double)spikes / 10 / 0.5, 32, 5); // Hz
    h4l_stim_free(&held);
    h4l_stim_free(&training);
    h4l_stim_free(&other);
    o.per_class = 0;
    CHECK_INT(h4l_stim_kistler(&o, true, &held, &err), H4L_E_RANGE);
}

// The HH neuron at constant current fires as the bifurcation theory says: not at 6, with the known interval at 10.
static void test_hh_answers(void **state)
{
    static const double level[] = {6, 10};
    struct h4l_stim_options o = small;
    struct h4l_stim_set set;
    struct h4l_err err;
    const struct h4l_spikes *t;

    (void)state;
    o.duration_ms = 500;
    o.hh_dt_ms = 0.01;
    CHECK_OK(h4l_stim_constants(&o, level, 2, &set, &err), err);
    CHECK_AT_MOST((double)set.stim[0].hh.n, 2);
    t = &set.stim[1].hh;
    CHECK_CLOSE(t->t[t->n - 1] - t->t[t->n - 2], 1000 / 68.3236986,
                1e-3); // tests/data: period of the I = 10 orbit
    h4l_stim_free(&set);
}

static void test_input_lanes(void **state)
{
    struct h4l_stim_set set;
    struct h4l_stim_input in;
    struct h4l_err err;
    int wrong = 0;

    (void)state;
    CHECK_OK(h4l_stim_heldout(&small, &set, &err), err);
    CHECK_OK(h4l_stim_input(&set, 0.2, &in, &err), err);
    CHECK_INT(in.steps, 1000);
    CHECK_INT(in.groups, 2);
    for (size_t i = 0; i < 32; i++)
        for (size_t s = 0; s < in.steps; s += 37) {
            double x = in.x[((i / 16) * in.steps + s) * 16 + i % 16];

            wrong += x != (i < set.n ? h4l_wave_mean(&set.stim[i].wave, (double)s * 0.2,
                                                     (double)(s + 1) * 0.2)
                                     : 0);
        }
    CHECK_INT(wrong, 0);
    h4l_stim_input_free(&in);
    h4l_stim_free(&set);
}

static void test_candidates_decode_to_valid_models(void **state)
{
    static const char *const topologies[] = {
        "1",           "3+1", "3+1 reset own", "ring4 arrow spike reset own", "2+2 arrow spike",
        "1 edges 1->1"};
    static const int constants[] = {4, 16, 19, 20, 17, 5};
    struct h4l_rng rng;
    struct h4l_err err;

    (void)state;
    h4l_rng_init(&rng, 1, "decode", 0);
    for (int t = 0; t < 6; t++) {
        struct h4l_candidate c;

        CHECK_OK(h4l_candidate_subnet("c", topologies[t], true, 0.2, &c, &err), err);
        CHECK_INT(c.n, constants[t]);
        for (int k = 0; k < 200; k++) {
            double z[H4L_CANDIDATE_MAX];
            struct h4l_candidate_model m;

            for (int i = 0; i < c.n; i++) // corners of the cube too
                z[i] = k < 20 ? (double)h4l_rng_below(&rng, 2) : h4l_rng_uniform(&rng);
            CHECK_INT(h4l_candidate_decode(&c, z, &m, &err), H4L_OK);
            if (h4l_subnet_check(&m.subnet, &err) != H4L_OK)
                fail_msg("%s", err.message);
        }
    }
    for (int forget = 0; forget < 2; forget++) {
        struct h4l_candidate c = h4l_candidate_srm("srm", forget, 0.2);
        double z[13] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1};
        struct h4l_candidate_model m;

        CHECK_INT(c.n, 12 + forget);
        CHECK_OK(h4l_candidate_decode(&c, z, &m, &err), err);
        CHECK_OK(h4l_srm_check(&m.srm, &err), err);
        CHECK_CLOSE(m.srm.forget, forget, 0);
    }
}

static void test_dynamic_threshold_decodes(void **state)
{
    struct h4l_candidate c = h4l_candidate_srm_dynamic("srm_dynamic", 0.2);
    double z[16] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0.5, 1, 1};
    struct h4l_candidate_model m;
    struct h4l_err err;
    json_t *json;

    (void)state;
    h4l_candidate_free_delay(&c);
    CHECK_INT(c.n, 16);
    CHECK_TRUE(h4l_candidate_has_margins(&c));
    CHECK_OK(h4l_candidate_decode(&c, z, &m, &err), err);
    CHECK_OK(h4l_srm_check(&m.srm, &err), err);
    json = h4l_candidate_json(&c, &m);
    CHECK_CLOSE(json_real_value(json_object_get(json, "theta_jump")), 2.5, 1e-12);
    CHECK_CLOSE(json_real_value(json_object_get(json, "theta_rate_per_ms")), 1.0 / 300, 1e-15);
    json_decref(json);
}

// The adaptive neuron: everywhere in the cube one that its own checks take, with the row's constants by name.
static void test_aeif_decodes(void **state)
{
    struct h4l_candidate c = h4l_candidate_aeif("aeif", 0.4);
    struct h4l_candidate_model m;
    struct h4l_rng rng;
    struct h4l_err err;
    double z[10];
    json_t *json;

    (void)state;
    h4l_candidate_free_delay(&c);
    h4l_candidate_free_delay(&c); // once is enough
    CHECK_INT(c.n, 10);
    CHECK_TRUE(!h4l_candidate_has_margins(&c));
    h4l_rng_init(&rng, 1, "decode aeif", 0);
    for (int k = 0; k < 1200; k++) {
        for (int i = 0; i < c.n; i++) // all corners too
            z[i] = k < 1024 ? k >> i & 1 : h4l_rng_uniform(&rng);
        if (h4l_candidate_decode(&c, z, &m, &err) != H4L_OK ||
            h4l_aeif_check(&m.aeif, &err) != H4L_OK)
            fail_msg("%s", err.message);
    }
    for (int i = 0; i < c.n; i++)
        z[i] = 0.5;
    z[9] = h4l_candidate_no_delay;
    CHECK_OK(h4l_candidate_decode(&c, z, &m, &err), err);
    CHECK_CLOSE(m.delay_ms, 0, 0);
    z[9] = 1;
    CHECK_OK(h4l_candidate_decode(&c, z, &m, &err), err);
    json = h4l_candidate_json(&c, &m);
    CHECK_CLOSE(json_real_value(json_object_get(json, "VT")), -31.5, 1e-12);
    CHECK_CLOSE(json_real_value(json_object_get(json, "b")), 100, 1e-12);
    CHECK_CLOSE(json_real_value(json_object_get(json, "w_kept_at_spike")), 0.5, 0);
    CHECK_CLOSE(json_real_value(json_object_get(json, "report_delay_ms")), 4, 1e-12);
    json_decref(json);
}

// A delay moves every spike by as much, and drops what leaves the stimulus.
static void test_delay(void **state)
{
    enum { CAPACITY = 200 };
    static const double level[] = {10, 15}, by[] = {3, -1};
    static double t[H4L_SUBNET_LANES * CAPACITY], moved[H4L_SUBNET_LANES * CAPACITY];
    size_t n[H4L_SUBNET_LANES], n_moved[H4L_SUBNET_LANES];
    double z[4] = {0.4, 0.4, 0.2, 0.1};
    struct h4l_candidate c;
    struct h4l_candidate_model m;
    struct h4l_stim_set set;
    struct h4l_stim_input in;
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_stim_constants(&small, level, 2, &set, &err), err);
    CHECK_OK(h4l_stim_input(&set, 0.2, &in, &err), err);
    CHECK_OK(h4l_candidate_subnet("c", "1", true, 0.2, &c, &err), err);
    CHECK_OK(h4l_candidate_decode(&c, z, &m, &err), err);
    CHECK_CLOSE(m.delay_ms, 0, 0);
    h4l_candidate_free_delay(&c); // the fifth constant; the others stay where they are
    CHECK_INT(c.n, 5);
    CHECK_OK(h4l_candidate_run(&c, &m, &in, 0, CAPACITY, t, n, &err), err);
    CHECK_AT_LEAST((double)n[1], 10);
    for (int d = 0; d < 2; d++) {
        size_t inside = 0, wrong = 0;

        m.delay_ms = by[d];
        CHECK_OK(h4l_candidate_run(&c, &m, &in, 0, CAPACITY, moved, n_moved, &err), err);
        for (size_t k = 0; k < n[1]; k++) {
            double later = t[CAPACITY + k] + by[d];

            if (later >= 0 && later < 200)
                wrong += moved[CAPACITY + inside++] != later;
        }
        CHECK_INT(wrong, 0);
        CHECK_INT(n_moved[1], inside);
    }
    m.delay_ms = 199; // only what it fires in its first ms is still reported
    CHECK_OK(h4l_candidate_run(&c, &m, &in, 0, CAPACITY, moved, n_moved, &err), err);
    CHECK_INT(n_moved[1], 0);
    h4l_stim_input_free(&in);
    h4l_stim_free(&set);
}

static void test_json_has_the_constants(void **state)
{
    double z[16] = {0.5, 0.5, 0.5, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0, 0.5, 1, 0.2};
    struct h4l_candidate c;
    struct h4l_candidate_model m;
    struct h4l_err err;
    json_t *json, *unit;

    (void)state;
    CHECK_OK(h4l_candidate_subnet("c", "3+1", true, 0.2, &c, &err), err);
    CHECK_OK(h4l_candidate_decode(&c, z, &m, &err), err);
    json = h4l_candidate_json(&c, &m);
    CHECK_STR(json_string_value(json_object_get(json, "topology")), "3+1");
    unit = json_array_get(json_object_get(json, "units"), 0);
    CHECK_CLOSE(json_real_value(json_object_get(unit, "time_constant_ms")), sqrt(0.4 * 100), 1e-12);
    CHECK_CLOSE(json_real_value(json_object_get(unit, "threshold")), 7.5, 1e-12);
    CHECK_CLOSE(json_real_value(json_object_get(unit, "reset")), 7.5 - 40, 1e-12);
    CHECK_CLOSE(json_real_value(json_object_get(unit, "input_weight")), 1, 1e-12);
    CHECK_CLOSE(json_real_value(json_object_get(unit, "refractory_ms")), 3, 1e-12);
    CHECK_INT(json_array_size(json_object_get(json, "edges")), 3);
    json_decref(json);
}

// ---- scores ----

// A candidate that never fires: threshold high above everything.
static void silent(struct h4l_candidate *c, struct h4l_candidate_model *m)
{
    struct h4l_err err;
    double z[4] = {0.5, 1, 0.5, 0};

    CHECK_OK(h4l_candidate_subnet("c", "1", true, 0.2, c, &err), err);
    CHECK_OK(h4l_candidate_decode(c, z, m, &err), err);
    m->subnet.unit[0].threshold = 1e9;
}

static void test_scores(void **state)
{
    static const double level[] = {0, 10};
    struct h4l_fit_score score[2];
    struct h4l_candidate c;
    struct h4l_stim_set set;
    struct h4l_fit_data data;
    struct h4l_candidate_model m;
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_stim_constants(&small, level, 2, &set, &err), err);
    CHECK_OK(h4l_fit_data(&set, 0.2, 2, 0.5, &data, &err), err);
    CHECK_INT(set.stim[0].hh.n, 0);
    silent(&c, &m);
    CHECK_OK(h4l_fit_evaluate(&c, &m, &data, 4, score, &err), err);
    CHECK_CLOSE(score[0].gamma, 1, 0); // silence predicted
    CHECK_CLOSE(score[0].distance, 0, 0);
    CHECK_CLOSE(score[1].gamma, 0, 1e-12);  // all missed
    CHECK_CLOSE(score[1].distance, 1, 0.1); // the HH spikes overlap a little: exp(-14.6/4)
    m.subnet.unit[0].threshold = -1;        // fires in every step
    m.subnet.unit[0].reset = -0.5;
    CHECK_OK(h4l_fit_evaluate(&c, &m, &data, 4, score, &err), err);
    CHECK_CLOSE(score[0].gamma, -1, 0);
    CHECK_CLOSE(score[1].distance, 2, 0);
    CHECK_INT(h4l_fit_data(&set, 0.2, 0, 0.5, &data, &err), H4L_E_RANGE);
    CHECK_INT(h4l_fit_data(&set, 0.2, 2, 1.5, &data, &err), H4L_E_RANGE);
    h4l_fit_data_free(&data);
    h4l_stim_free(&set);
}

static void test_weights_sum_to_one(void **state)
{
    struct h4l_stim_set set;
    struct h4l_fit_data data;
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_stim_training(&small, &set, &err), err);
    for (int share = 0; share <= 2; share++) {
        double sum = 0, noise = 0;

        CHECK_OK(h4l_fit_data(&set, 0.2, 2, 0.5 * share, &data, &err), err);
        for (size_t i = 0; i < set.n; i++) {
            double w = data.weight[set.stim[i].class];

            sum += w;
            noise += set.stim[i].class == H4L_STIM_NOISE ? w : 0;
        }
        CHECK_CLOSE(sum, 1, 1e-12);
        CHECK_CLOSE(noise, 0.5 * share, 1e-12);
        h4l_fit_data_free(&data);
    }
    h4l_stim_free(&set);
}

// ---- the led loss ----

static void test_led_loss_by_hand(void **state)
{
    static const double level[] = {0, 10};
    double *margin, *slope, loss[H4L_SUBNET_LANES], weight[H4L_SUBNET_LANES] = {1, 3};
    struct h4l_stim_set set;
    struct h4l_fit_data data;
    struct h4l_err err;
    double n, quiet;
    size_t steps;

    (void)state;
    CHECK_OK(h4l_stim_constants(&small, level, 2, &set, &err), err);
    CHECK_OK(h4l_fit_data(&set, 0.2, 2, 0.5, &data, &err), err);
    steps = data.input.steps;
    margin = malloc(steps * H4L_SUBNET_LANES * sizeof *margin);
    slope = malloc(steps * H4L_SUBNET_LANES * sizeof *slope);
    // far below threshold everywhere: no loss without spikes, every spike missed by 2 + 10: h(12) = 23
    for (size_t k = 0; k < steps * H4L_SUBNET_LANES; k++)
        margin[k] = -10;
    h4l_lead_losses(&data.lead, 0, margin, 1, loss);
    n = (double)set.stim[1].hh.n;
    CHECK_AT_LEAST(n, 10);
    CHECK_CLOSE(loss[0], 0, 1e-12);
    CHECK_CLOSE(loss[1], 23 * n / (n + 1), 1e-12);
    // at threshold everywhere: h(2) = 3 in each quiet step, 3 for each spike; half the scale doubles the margins
    for (size_t k = 0; k < steps * H4L_SUBNET_LANES; k++)
        margin[k] = 0;
    h4l_lead_losses(&data.lead, 0, margin, 0.5, loss);
    CHECK_CLOSE(loss[0], 3 * (double)steps * 0.2 / 2, 1e-9);
    quiet = (double)steps;
    for (size_t w = data.lead.first[1]; w < data.lead.first[2]; w++)
        quiet -= data.lead.windows[w].last - data.lead.windows[w].first + 1;
    CHECK_CLOSE(loss[1], 3 * (quiet * 0.2 / 2 + n) / (n + 1), 1e-9);
    CHECK_CLOSE(data.lead.windows[0].last - data.lead.windows[0].first, 10, 1); // 2 ms
    // its gradient: by differences in single margins
    for (size_t k = 0; k < steps * H4L_SUBNET_LANES; k++)
        margin[k] = sin(0.37 * (double)k) * 3 - 2;
    h4l_lead_gradient(&data.lead, 0, margin, 1, weight, loss, slope);
    for (size_t k = 0; k < steps * H4L_SUBNET_LANES; k += 61) {
        double up[H4L_SUBNET_LANES], down[H4L_SUBNET_LANES], kept = margin[k], h = 1e-6, d;

        margin[k] = kept + h;
        h4l_lead_losses(&data.lead, 0, margin, 1, up);
        margin[k] = kept - h;
        h4l_lead_losses(&data.lead, 0, margin, 1, down);
        margin[k] = kept;
        d = (up[0] - down[0] + 3 * (up[1] - down[1])) / (2 * h);
        if (!(fabs(d - slope[k]) < 1e-6))
            fail_msg("margin %zu: derivative %g, difference %g", k, slope[k], d);
    }
    free(margin);
    free(slope);
    h4l_fit_data_free(&data);
    h4l_stim_free(&set);
}

// The chain from the constants to z: the sum of all margins, differentiated both ways.
static void test_chain_rule(void **state)
{
    static const char *const topologies[] = {"1", "3+1", "1+2+1", "ring4", "2 reset own"};
    enum { STEPS = 200 };
    double *x = aligned_alloc(64, sizeof(double[STEPS * H4L_SUBNET_LANES]));
    double *margin = aligned_alloc(64, sizeof(double[STEPS * H4L_SUBNET_LANES]));
    double *ones = aligned_alloc(64, sizeof(double[STEPS * H4L_SUBNET_LANES]));
    uint16_t fires[STEPS] = {0};
    struct h4l_subnet_tape tape;
    struct h4l_rng rng;
    struct h4l_err err;

    (void)state;
    h4l_rng_init(&rng, 1, "chain rule", 0);
    for (int k = 0; k < STEPS * H4L_SUBNET_LANES; k++) {
        x[k] = h4l_rng_between(&rng, -5, 10);
        ones[k] = 1;
    }
    for (int k = 20; k < STEPS; k += 40)
        fires[k] = 0x5555;
    CHECK_OK(h4l_subnet_tape_create(STEPS, 4, &tape, &err), err);
    for (int t = 0; t < 5; t++) {
        static struct h4l_subnet_gradient g;
        double z[H4L_CANDIDATE_MAX], dz[H4L_CANDIDATE_MAX], worst = 0;
        struct h4l_candidate c;
        struct h4l_candidate_model m;

        CHECK_OK(h4l_candidate_subnet("c", topologies[t], true, 0.2, &c, &err), err);
        for (int i = 0; i < c.n; i++)
            z[i] = h4l_rng_between(&rng, 0.3, 0.7);
        memset(&g, 0, sizeof g);
        CHECK_OK(h4l_candidate_decode(&c, z, &m, &err), err);
        h4l_subnet_margin_tape(&m.subnet, x, fires, &tape, margin);
        h4l_subnet_backward(&m.subnet, x, fires, &tape, ones, &g);
        h4l_candidate_chain(&c, z, &m.subnet, &g, dz);
        for (int i = 0; i < c.n - (c.topology.reset == H4L_RESET_OWN ? 2 : 1); i++) {
            double sum[2] = {0, 0}, kept = z[i], error;

            for (int side = 0; side < 2; side++) {
                z[i] = kept + (side ? 1e-6 : -1e-6);
                h4l_candidate_decode(&c, z, &m, NULL);
                h4l_candidate_margins(&c, &m, &(struct h4l_stim_input){0.2, STEPS, 1, x}, 0, fires,
                                      margin);
                for (int k = 0; k < STEPS * H4L_SUBNET_LANES; k++)
                    sum[side] += margin[k];
            }
            z[i] = kept;
            error = fabs((sum[1] - sum[0]) / 2e-6 - dz[i]) / (1 + fabs(dz[i]));
            worst = error > worst ? error : worst;
        }
        printf("%s: ", topologies[t]);
        CHECK_AT_MOST(worst, 1e-4); // joint margins have kinks; a difference may straddle one
    }
    h4l_subnet_tape_free(&tape);
    free(x);
    free(margin);
    free(ones);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stimuli),
        cmocka_unit_test(test_kistler_noise),
        cmocka_unit_test(test_hh_answers),
        cmocka_unit_test(test_input_lanes),
        cmocka_unit_test(test_candidates_decode_to_valid_models),
        cmocka_unit_test(test_dynamic_threshold_decodes),
        cmocka_unit_test(test_aeif_decodes),
        cmocka_unit_test(test_delay),
        cmocka_unit_test(test_json_has_the_constants),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_weights_sum_to_one),
        cmocka_unit_test(test_led_loss_by_hand),
        cmocka_unit_test(test_chain_rule),
    };

    return cmocka_run_group_tests_name("fitting", tests, NULL, NULL);
}
