// Soft actor-critic against recorded updates of small instances (float32, from the published networks): forward pass, three
// successive updates on one batch, the policy's gradient. The double agent is compared with the record; the float agent
// with the double one.
#include "rl/sac.h"

#include <jansson.h>

#include <float.h>

#include "check.h"
#include "base/simd.h"
#include "rl/sac_loops.h"
#include "hh4lif_config.h"

enum { B = 4, MAX = 4096 };

static const struct record {
    const char *file, *model;
    bool double_pendulum;
} records[] = {
    {"sac_update_InvertedPendulum_LIF.json", "lif", false},
    {"sac_update_InvertedPendulum_HH.json", "hh", false},
    {"sac_update_InvertedPendulum_LIF_HH.json", "slif2hh", false},
    {"sac_update_InvertedDoublePendulum_LIF.json", "lif", true},
    {"sac_update_InvertedDoublePendulum_ANN.json", "ann", true},
};

static void numbers(const json_t *array, float *ret_f, double *ret_d)
{
    size_t i;
    json_t *x;

    if (json_is_object(array))
        array = json_object_get(array, "data");
    CHECK_TRUE(json_array_size(array) > 0);
    json_array_foreach(array, i, x)
    {
        if (ret_f)
            ret_f[i] = (float)json_number_value(x);
        if (ret_d)
            ret_d[i] = json_number_value(x);
    }
}

static void load(struct h4l_sac *sac, enum h4l_sac_set set, const json_t *tensors)
{
    const struct h4l_sac_tensor *t;
    static double values[MAX];
    size_t n = h4l_sac_tensors(sac, set, &t);

    CHECK_INT(n, json_object_size(tensors));
    for (size_t i = 0; i < n; i++) {
        const json_t *data = json_object_get(json_object_get(tensors, t[i].name), "data");
        CHECK_INT(json_array_size(data), t[i].rows * t[i].cols);
        numbers(data, NULL, values + t[i].offset);
    }
    h4l_sac_set(sac, set, values);
}

// Largest difference between a set of the agent and recorded tensors, in units of the largest entry of each tensor or of 1,
// whichever is greater: a float32 sum of large terms keeps only its leading digits.
static double difference(const struct h4l_sac *sac, enum h4l_sac_set set, const json_t *tensors)
{
    const struct h4l_sac_tensor *t;
    static double values[MAX], expected[MAX];
    size_t n = h4l_sac_tensors(sac, set, &t);
    double worst = 0;

    h4l_sac_get(sac, set, values);
    for (size_t i = 0; i < n; i++) {
        numbers(json_object_get(tensors, t[i].name), NULL, expected);
        double scale = 1;
        for (int k = 0; k < t[i].rows * t[i].cols; k++)
            scale = h4l_worst(scale, fabs(expected[k]));
        for (int k = 0; k < t[i].rows * t[i].cols; k++)
            worst = h4l_worst(worst, fabs(values[t[i].offset + (size_t)k] - expected[k]) / scale);
    }
    return worst;
}

static json_t *open_record(const struct record *r)
{
    char path[1000];
    json_error_t error;

    snprintf(path, sizeof path, "%s/tests/data/%s", H4L_SOURCE_DIR, r->file);
    json_t *root = json_load_file(path, 0, &error);
    h4l_check(root != NULL, __FILE__, __LINE__, "%s: %s", path, root ? "read" : error.text);
    return root;
}

static struct h4l_sac *make_agent(const struct record *r, const json_t *root,
                                  enum h4l_precision precision, bool published)
{
    struct h4l_err err = {0};
    struct h4l_sac_spec spec;
    struct h4l_sac *sac;
    const json_t *initial = json_object_get(root, "initial"), *hh = json_object_get(root, "hh");

    CHECK_OK(h4l_sac_published(r->model, r->double_pendulum, &spec, &err), err);
    spec.hidden = spec.heads = spec.critics = 6;
    spec.batch = B;
    spec.published_log_prob = published;
    spec.keep_gradient = true;
    CHECK_CLOSE(spec.neuron.threshold, json_number_value(json_object_get(root, "threshold")), 0);
    CHECK_CLOSE(spec.neuron.half_width,
                json_number_value(json_object_get(root, "surrogate_half_width")), 0);
    CHECK_OK(h4l_sac_create(&spec, precision, 1, &sac, &err), err);
    load(sac, H4L_SAC_POLICY, json_object_get(initial, "policy"));
    load(sac, H4L_SAC_CRITIC, json_object_get(initial, "critic"));
    load(sac, H4L_SAC_TARGET, json_object_get(initial, "critic_target"));
    if (hh) {
        static const char *const names[] = {"a_n", "b_n", "a_m", "b_m", "a_h", "b_h"};
        double rates[6 * H4L_CELL_RATES];
        double dt[6], column[6];
        numbers(json_object_get(hh, "dt"), NULL, dt);
        for (int k = 0; k < 6; k++) {
            numbers(json_object_get(hh, names[k]), NULL, column);
            for (int h = 0; h < 6; h++)
                rates[h * H4L_CELL_RATES + k] = column[h];
        }
        CHECK_OK(h4l_sac_set_hh(sac, dt, rates, &err), err);
    }
    return sac;
}

struct data {
    float state[B * 5 * 11], next_state[B * 5 * 11], action[B], reward[B], mask[B];
};

static struct h4l_sac_batch read_batch(const json_t *root, struct data *d)
{
    const json_t *b = json_object_get(root, "batch_data");

    numbers(json_object_get(b, "state"), d->state, NULL);
    numbers(json_object_get(b, "next_state"), d->next_state, NULL);
    numbers(json_object_get(b, "action_last"), d->action, NULL);
    numbers(json_object_get(b, "reward_last"), d->reward, NULL);
    numbers(json_object_get(b, "mask_last"), d->mask, NULL);
    return (struct h4l_sac_batch){d->state, d->next_state, d->action, d->reward, d->mask};
}

static void check_forward(struct h4l_sac *sac, const json_t *root, const struct data *d)
{
    const json_t *forward = json_object_get(root, "forward");
    double mean[B], log_std[B], z[B * 24], expected[B * 24], qa[B], qb[B];
    float obs[B * 11];
    int O = h4l_sac_spec(sac)->n_obs,
        zw =
            (int)json_array_size(json_object_get(json_object_get(forward, "spike_count"), "data")) /
            B;

    h4l_sac_policy(sac, B, d->state, mean, log_std, z);
    numbers(json_object_get(forward, "spike_count"), NULL, expected);
    for (int i = 0; i < B * zw; i++)
        CHECK_CLOSE(z[i] * 15, expected[i], 1e-5);
    numbers(json_object_get(forward, "mean"), NULL, expected);
    for (int i = 0; i < B; i++)
        CHECK_CLOSE(mean[i], expected[i], 1e-6);
    numbers(json_object_get(forward, "log_std"), NULL, expected);
    for (int i = 0; i < B; i++)
        CHECK_CLOSE(log_std[i], expected[i], 1e-6);
    for (int i = 0; i < B; i++)
        memcpy(obs + i * O, d->state + (i * 5 + 4) * O, sizeof(float) * (size_t)O);
    h4l_sac_critics(sac, B, obs, d->action, qa, qb);
    numbers(json_object_get(forward, "q1"), NULL, expected);
    for (int i = 0; i < B; i++)
        CHECK_CLOSE(qa[i], expected[i], 2e-6);
    numbers(json_object_get(forward, "q2"), NULL, expected);
    for (int i = 0; i < B; i++)
        CHECK_CLOSE(qb[i], expected[i], 2e-6);
}

// The record is float32: its parameters agree with a float64 run to a few roundings (6e-8 each for weights near 1); its
// losses to 1e-3, largest where tanh saturates, as it computes 1 - tanh(u)^2 in float32 (the stable formula's difference is
// then the record's own error). With the record's formula in the record's precision only 1e-5 is left.
static void replay(const struct record *r, enum h4l_precision precision, bool published)
{
    double loss_tolerance = published && precision == H4L_FLOAT ? 1e-5 : 1e-3;
    json_t *root = open_record(r), *updates = json_object_get(root, "updates");
    struct h4l_sac *sac = make_agent(r, root, precision, published);
    struct data d;
    struct h4l_sac_batch batch = read_batch(root, &d);

    check_forward(sac, root, &d);
    CHECK_INT(json_array_size(updates), 3);
    for (size_t k = 0; k < 3; k++) {
        const json_t *u = json_array_get(updates, k), *tensors;
        double eps_next[B], eps_policy[B];
        struct h4l_sac_losses losses;

        numbers(json_object_get(u, "eps_next"), NULL, eps_next);
        numbers(json_object_get(u, "eps_pi"), NULL, eps_policy);
        h4l_sac_update(sac, &batch, eps_next, eps_policy, &losses);
        CHECK_REL(losses.qa, json_number_value(json_object_get(u, "q1_loss")), loss_tolerance);
        CHECK_REL(losses.qb, json_number_value(json_object_get(u, "q2_loss")), loss_tolerance);
        CHECK_CLOSE(losses.policy, json_number_value(json_object_get(u, "policy_loss")),
                    2 * loss_tolerance);
        if ((tensors = json_object_get(u, "policy")))
            CHECK_CLOSE(difference(sac, H4L_SAC_POLICY, tensors), 0, 1e-6);
        if ((tensors = json_object_get(u, "critic")))
            CHECK_CLOSE(difference(sac, H4L_SAC_CRITIC, tensors), 0, 1e-6);
        if ((tensors = json_object_get(u, "critic_target")))
            CHECK_CLOSE(difference(sac, H4L_SAC_TARGET, tensors), 0, 3e-7);
        if ((tensors = json_object_get(u, "policy_grad")))
            // 1 - tanh(u)^2 of the record has lost up to 5 digits where |tanh(u)| is near 1; test_gradient_of_heads holds
            // the double gradient to its own loss far more tightly
            CHECK_CLOSE(difference(sac, H4L_SAC_POLICY_GRADIENT, tensors), 0, 2e-5);
    }
    h4l_sac_destroy(sac);
    json_decref(root);
}

static void test_recorded_updates_double(void **state)
{
    (void)state;
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        setenv("H4L_SIMD", h4l_simd_name((enum h4l_simd)level), 1);
        for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
            replay(&records[i], H4L_DOUBLE, false);
    }
    unsetenv("H4L_SIMD");
}

static void test_recorded_updates_float(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
        replay(&records[i], H4L_FLOAT, false);
}

static void test_recorded_updates_float_published_formula(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
        replay(&records[i], H4L_FLOAT, true);
}

// Inputs of neuron h for one window, from the policy's parameters: [P][15].
static void project(const double *p, const struct h4l_sac_tensor *t, int P, int h,
                    const float *window, double *ret)
{
    for (int k = 0; k < P; k++)
        for (int step = 0; step < 15; step++) {
            double sum = p[t[2 * k + 1].offset + (size_t)h];

            for (int o = 0; o < 4; o++)
                sum += p[t[2 * k].offset + (size_t)(h * 4 + o)] * (double)window[step / 3 * 4 + o];
            ret[k * 15 + step] = sum;
        }
}

// A policy of six such neurons in double, on every instruction level, against the plain neuron of cell/cell.h, spike for spike.
static void check_neurons(struct h4l_sac_spec spec)
{
    struct h4l_err err = {0};
    struct h4l_sac *sac;
    struct h4l_rng rng;
    static float windows[B * 5 * 4];
    static double z[B * 6 * H4L_CELL_MAX_UNITS], p[MAX];
    static double input[H4L_CELL_MAX_INPUTS * 15], x[H4L_CELL_MAX_STATES * 15];
    static uint8_t s[H4L_CELL_MAX_UNITS * 15];
    double mean[B], log_std[B], rates[H4L_CELL_RATES] = {0}, worst = 0;
    const struct h4l_sac_tensor *t;

    spec.hidden = spec.heads = spec.critics = 6;
    spec.batch = B;
    spec.dt_max = spec.rate_max =
        0; // HH: the cell's dt and all rates 0, which the plain neuron takes as it is
    CHECK_OK(h4l_sac_create(&spec, H4L_DOUBLE, 3, &sac, &err), err);
    h4l_rng_init(&rng, 3, "test windows", 0);
    for (int i = 0; i < B * 20; i++)
        windows[i] = (float)h4l_rng_between(&rng, -20, 20);
    h4l_sac_policy(sac, B, windows, mean, log_std, z);
    h4l_sac_get(sac, H4L_SAC_POLICY, p);
    h4l_sac_tensors(sac, H4L_SAC_POLICY, &t);
    struct h4l_cell_constants neuron = h4l_sac_spec(sac)->neuron;
    int P = h4l_cell_inputs(&neuron), R = h4l_cell_trains(&neuron);
    for (int i = 0; i < B; i++)
        for (int h = 0; h < 6; h++) {
            project(p, t, P, h, windows + i * 20, input);
            h4l_cell_forward(&neuron, rates, p + t[2 * P].offset, input, x, s);
            for (int u = 0; u < R; u++) {
                int count = 0;
                for (int step = 0; step < 15; step++)
                    count += s[u * 15 + step];
                worst = h4l_worst(worst, fabs(z[(i * 6 + h) * R + u] * 15 - count));
            }
        }
    CHECK_CLOSE(worst, 0, 1e-12);
    h4l_sac_destroy(sac);
}

static void test_neurons_match_definition(void **state)
{
    static const char *const topologies[] = {"2+2 arrow spike", "6+1",
                                             "ring 5 output all reset own"};
    struct h4l_sac_spec spec;
    struct h4l_err err = {0};

    (void)state;
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        setenv("H4L_SIMD", h4l_simd_name((enum h4l_simd)level), 1);
        for (size_t m = 0; h4l_cells[m]; m++) {
            CHECK_OK(h4l_sac_published(h4l_cells[m]->name, false, &spec, &err), err);
            check_neurons(spec);
        }
        for (size_t m = 0; m < sizeof topologies / sizeof *topologies; m++) {
            CHECK_OK(h4l_sac_published("topology", false, &spec, &err), err);
            CHECK_OK(h4l_topology_parse(topologies[m], &spec.neuron.topology, &err), err);
            check_neurons(spec);
        }
    }
    unsetenv("H4L_SIMD");
}

// With learning rate 0 an update reports loss and gradient and moves nothing: behind the spikes (heads) the gradient is a true
// one, so central differences must give it.
static void test_gradient_of_heads(void **state)
{
    const double h = 1e-5, eps[B] = {-0.2, 1.0, 0.2, -0.1};

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        json_t *root = open_record(&records[m]);
        struct data d;
        struct h4l_sac_batch batch = read_batch(root, &d);
        struct h4l_sac *sac = make_agent(&records[m], root, H4L_DOUBLE, false), *still;
        struct h4l_sac_spec spec = *h4l_sac_spec(sac);
        struct h4l_err err = {0};
        struct h4l_sac_losses losses, up, down;
        const struct h4l_sac_tensor *t;
        double p[MAX], gradient[MAX], worst = 0, largest = 0;
        size_t n = h4l_sac_tensors(sac, H4L_SAC_POLICY, &t),
               size = h4l_sac_size(sac, H4L_SAC_POLICY), first = 0;

        spec.learning_rate = 0;
        CHECK_OK(h4l_sac_create(&spec, H4L_DOUBLE, 1, &still, &err), err);
        load(still, H4L_SAC_POLICY, json_object_get(json_object_get(root, "initial"), "policy"));
        load(still, H4L_SAC_CRITIC, json_object_get(json_object_get(root, "initial"), "critic"));
        h4l_sac_update(still, &batch, eps, eps, &losses);
        h4l_sac_get(still, H4L_SAC_POLICY_GRADIENT, gradient);
        h4l_sac_get(still, H4L_SAC_POLICY, p);
        for (size_t i = 0; i < n; i++)
            if (strcmp(t[i].name, "mean_h1.weight") == 0)
                first = t[i].offset;
        CHECK_TRUE(first > 0);
        for (size_t k = first; k < size; k++) {
            double was = p[k];
            p[k] = was + h;
            h4l_sac_set(still, H4L_SAC_POLICY, p);
            h4l_sac_update(still, &batch, eps, eps, &up);
            p[k] = was - h;
            h4l_sac_set(still, H4L_SAC_POLICY, p);
            h4l_sac_update(still, &batch, eps, eps, &down);
            p[k] = was;
            worst = h4l_worst(worst, fabs((up.policy - down.policy) / (2 * h) - gradient[k]));
            largest = h4l_worst(largest, fabs(gradient[k]));
        }
        CHECK_AT_LEAST(largest, 1e-2);
        CHECK_CLOSE(worst, 0, 1e-8);
        h4l_sac_destroy(sac);
        h4l_sac_destroy(still);
        json_decref(root);
    }
}

// A log_std beyond its clamp stays where it is: no gradient goes through it, but all that belongs to the mean learns.
static void test_nothing_learns_beyond_the_clamp(void **state)
{
    const double eps[B] = {-0.2, 1.0, 0.2, -0.1};
    json_t *root = open_record(&records[0]);
    struct data d;
    struct h4l_sac_batch batch = read_batch(root, &d);
    struct h4l_sac *sac = make_agent(&records[0], root, H4L_DOUBLE, false);
    const struct h4l_sac_tensor *t;
    size_t n = h4l_sac_tensors(sac, H4L_SAC_POLICY, &t);

    (void)state;
    for (int which = 0; which < 3; which++) {
        const double bias[] = {0, 50, -50};
        struct h4l_sac_losses losses;
        double p[MAX], gradient[MAX], of_std = 0, of_mean = 0;

        load(sac, H4L_SAC_POLICY, json_object_get(json_object_get(root, "initial"), "policy"));
        h4l_sac_get(sac, H4L_SAC_POLICY, p);
        for (size_t i = 0; i < n; i++)
            if (strcmp(t[i].name, "std_out.bias") == 0)
                p[t[i].offset] = bias[which];
        h4l_sac_set(sac, H4L_SAC_POLICY, p);
        h4l_sac_update(sac, &batch, eps, eps, &losses);
        h4l_sac_get(sac, H4L_SAC_POLICY_GRADIENT, gradient);
        for (size_t i = 0; i < n; i++)
            for (int k = 0; k < t[i].rows * t[i].cols; k++) {
                double *sum = strncmp(t[i].name, "std", 3) == 0 ? &of_std : &of_mean;
                *sum += fabs(gradient[t[i].offset + (size_t)k]);
            }
        CHECK_TRUE(of_mean > 0);
        CHECK_INT(of_std > 0, which == 0);
    }
    h4l_sac_destroy(sac);
    json_decref(root);
}

// Float against double where rows are not whole vectors (37 neurons) and where they are (48): the spikes agree, the gradient to
// roundings of its largest entry, and Adam's first step, at most the learning rate each, therefore too.
static void check_precisions(const struct h4l_sac_spec *spec)
{
    enum { N = 8 };
    struct h4l_sac *sac[2];
    struct h4l_sac_losses losses[2];
    struct h4l_err err = {0};
    struct h4l_rng rng;
    float state[N * 5 * 11], next[N * 5 * 11], action[N], reward[N], mask[N];
    double eps[N], mean[2][N], log_std[2][N], *z[2], *g[2], worst = 0, largest = 0, moved = 0;

    h4l_rng_init(&rng, 9, "test precisions", 0);
    for (int i = 0; i < N * 5 * spec->n_obs; i++) {
        state[i] = (float)h4l_rng_between(&rng, -2, 2);
        next[i] = (float)h4l_rng_between(&rng, -2, 2);
    }
    for (int i = 0; i < N; i++) {
        action[i] = (float)h4l_rng_between(&rng, -1, 1);
        reward[i] = (float)h4l_rng_between(&rng, -5, 5);
        mask[i] = (float)(i % 2);
        eps[i] = h4l_rng_normal(&rng);
    }
    struct h4l_sac_batch batch = {state, next, action, reward, mask};
    for (int k = 0; k < 2; k++) {
        CHECK_OK(h4l_sac_create(spec, k ? H4L_DOUBLE : H4L_FLOAT, 4, &sac[k], &err), err);
        z[k] = calloc((size_t)(N * 4 * spec->hidden), sizeof **z);
        g[k] = calloc(2 * h4l_sac_size(sac[k], H4L_SAC_POLICY), sizeof **g);
        h4l_sac_policy(sac[k], N, state, mean[k], log_std[k], z[k]);
        h4l_sac_update(sac[k], &batch, eps, eps, &losses[k]);
        h4l_sac_get(sac[k], H4L_SAC_POLICY_GRADIENT, g[k]);
    }
    for (int i = 0; i < N * spec->hidden; i++)
        worst = h4l_worst(worst, fabs(z[0][i] - z[1][i]));
    CHECK_CLOSE(worst, 0, spec->graded ? 1e-6 : 1e-7); // one spike more would be 1/15
    for (int i = 0; i < N; i++)
        CHECK_CLOSE(mean[0][i], mean[1][i], 2e-6);
    CHECK_REL(losses[0].qa, losses[1].qa, 1e-5);
    CHECK_CLOSE(losses[0].policy, losses[1].policy, 1e-5);
    size_t n = h4l_sac_size(sac[0], H4L_SAC_POLICY);
    worst = 0;
    for (size_t i = 0; i < n; i++) {
        worst = h4l_worst(worst, fabs(g[0][i] - g[1][i]));
        largest = h4l_worst(largest, fabs(g[1][i]));
    }
    CHECK_AT_LEAST(largest, 1e-2);
    CHECK_CLOSE(worst / largest, 0, 1e-5);
    for (int k = 0; k < 2; k++)
        h4l_sac_get(sac[k], H4L_SAC_TARGET,
                    g[k]); // at least as many policy parameters as critic ones here
    for (size_t i = 0; i < h4l_sac_size(sac[0], H4L_SAC_TARGET); i++)
        moved = h4l_worst(moved, fabs(g[0][i] - g[1][i]));
    CHECK_CLOSE(moved, 0, 2 * spec->learning_rate * spec->tau + 1e-7);
    for (int k = 0; k < 2; k++) {
        h4l_sac_destroy(sac[k]);
        free(z[k]);
        free(g[k]);
    }
}

static void test_float_against_double(void **state)
{
    static const char *const models[] = {"lif", "hh", "slif2hh", "ann", "relu", "lif"};
    struct h4l_err err = {0};

    (void)state;
    for (size_t i = 0; i < 12; i++) {
        struct h4l_sac_spec spec;
        CHECK_OK(h4l_sac_published(models[i % 6], i < 6, &spec, &err), err);
        spec.hidden = i < 6 ? 37 : 48;
        spec.heads = spec.critics = 40;
        spec.batch = 8;
        spec.keep_gradient = true;
        if (i % 6 == 5) // the audit with HH's time constants
            spec.dt_max = 0.2;
        check_precisions(&spec);
    }
}

static void test_save_restore_goes_on_with_same_bytes(void **state)
{
    json_t *root = open_record(&records[1]);
    struct data d;
    struct h4l_sac_batch batch = read_batch(root, &d);
    struct h4l_sac *a = make_agent(&records[1], root, H4L_FLOAT, false),
                   *b = make_agent(&records[1], root, H4L_FLOAT, false);
    struct h4l_sac_losses x, y;
    struct h4l_err err = {0};
    double eps[B] = {0.3, -1, 0.2, 2};
    size_t n = h4l_sac_state_bytes(a);
    char *saved = malloc(n), *after_a = malloc(n), *after_b = malloc(n);

    (void)state;
    h4l_sac_update(a, &batch, eps, eps, &x);
    h4l_sac_save(a, saved);
    CHECK_OK(h4l_sac_restore(b, saved, n, &err), err);
    h4l_sac_update(a, &batch, eps, eps, &x);
    h4l_sac_update(b, &batch, eps, eps, &y);
    h4l_sac_save(a, after_a);
    h4l_sac_save(b, after_b);
    CHECK_INT(memcmp(after_a, after_b, n), 0);
    CHECK_TRUE(memcmp(after_a, saved, n) != 0);
    CHECK_INT(h4l_sac_restore(b, saved, n - 1, &err), H4L_E_DATA);
    free(saved);
    free(after_a);
    free(after_b);
    h4l_sac_destroy(a);
    h4l_sac_destroy(b);
    json_decref(root);
}

// The state after three updates of a float agent of a size that is no multiple of a vector; one sample through the policy.
static char *state_after_updates(const char *level, size_t *ret_n)
{
    enum { N = 21, O = 4 };
    struct h4l_err err = {0};
    struct h4l_sac_spec spec;
    struct h4l_sac *sac;
    struct h4l_rng rng;
    float state[N * 5 * O], next[N * 5 * O], action[N], reward[N], mask[N];
    double eps[N];
    struct h4l_sac_batch batch = {state, next, action, reward, mask};
    struct h4l_sac_losses losses;

    setenv("H4L_SIMD", level, 1);
    CHECK_OK(h4l_sac_published("slif2hh", false, &spec, &err), err);
    spec.hidden = spec.heads = spec.critics = 75;
    spec.batch = N;
    CHECK_OK(h4l_sac_create(&spec, H4L_FLOAT, 6, &sac, &err), err);
    unsetenv("H4L_SIMD");
    h4l_rng_init(&rng, 6, "test levels", 0);
    for (int i = 0; i < N * 5 * O; i++)
        state[i] = next[i] = (float)h4l_rng_between(&rng, -2, 2);
    for (int i = 0; i < N; i++) {
        action[i] = (float)h4l_rng_between(&rng, -1, 1);
        reward[i] = mask[i] = 1;
        eps[i] = h4l_rng_normal(&rng);
    }
    for (int i = 0; i < 3; i++)
        h4l_sac_update(sac, &batch, eps, eps, &losses);
    *ret_n = h4l_sac_state_bytes(sac);
    char *saved = malloc(*ret_n + sizeof(double));
    double act = h4l_sac_act(sac, state, 0.5);
    h4l_sac_save(sac, saved);
    memcpy(saved + *ret_n, &act, sizeof act);
    *ret_n += sizeof act;
    h4l_sac_destroy(sac);
    return saved;
}

static void test_levels_that_fuse_give_the_same_bytes(void **state)
{
    size_t n, m;

    (void)state;
    if (!h4l_simd_available(H4L_SIMD_AVX512))
        skip();
    char *a = state_after_updates("avx2", &n), *b = state_after_updates("avx512", &m);
    CHECK_INT(n, m);
    CHECK_INT(memcmp(a, b, n), 0);
    free(a);
    free(b);
}

H4L_DECLARE_LEVELS(const struct h4l_sac_loops_float, h4l_sac_loops_float);
static const struct h4l_sac_loops_float *const loops[] = H4L_LEVELS_OF(h4l_sac_loops_float);

// A unit without a gradient: its moments fade, and end at 0 and not among the numbers that a processor is slow with. What it learns
// is what Adam in double gives, to roundings of the parameter.
static void test_moments_fade_to_nothing(void **state)
{
    enum { N = 19 };

    (void)state;
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        float p[N], m[N], v[N], gradient[N] = {0}, slow[N];
        double exact[N], m_exact = 1e-36, v_exact = 3e-38;
        int between = 0;

        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        for (int i = 0; i < N; i++) {
            p[i] = slow[i] = (float)(i - 9) / 8;
            exact[i] = (double)p[i];
            m[i] = i % 2 ? 1e-36f : -1e-36f;
            v[i] = 3e-38f;
        }
        for (int step = 0; step < 2000; step++) {
            loops[level]->adam(N, 3e-4f, 1, gradient, m, v, p, 0.005f, slow);
            m_exact *= 0.9;
            v_exact *= 0.999;
            for (int i = 0; i < N; i++) {
                between += (m[i] != 0 && fabsf(m[i]) < FLT_MIN) || (v[i] != 0 && v[i] < FLT_MIN);
                exact[i] -= (i % 2 ? 3e-4 : -3e-4) * m_exact / (sqrt(v_exact) + 1e-8);
            }
        }
        CHECK_INT(between, 0);
        for (int i = 0; i < N; i++) {
            CHECK_CLOSE((double)p[i], exact[i], 1e-30);
            CHECK_CLOSE((double)m[i], 0, 0);
            CHECK_CLOSE((double)v[i], 0, 0);
        }
    }
}

static void test_published_sizes(void **state)
{
    // Trainable parameters used, IP / IDP, and of both critics: the table of the reinforcement-learning facts.
    static const struct {
        const char *model;
        size_t policy[2], critic[2];
    } rows[] = {
        {"lif", {66946, 67842}, {34818, 36610}},
        {"hh", {66946, 67842}, {34818, 36610}},
        {"slif2hh", {166534, 169222}, {34818, 36610}},
        {"4lif", {1054210, 1057794}, {532482, 539650}},
        {"ann", {66946, 67842}, {34818, 36610}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int e = 0; e < 2; e++) {
            struct h4l_err err = {0};
            struct h4l_sac_spec spec;
            struct h4l_sac *sac;
            CHECK_OK(h4l_sac_published(rows[i].model, e, &spec, &err), err);
            CHECK_OK(h4l_sac_create(&spec, H4L_FLOAT, 1, &sac, &err), err);
            CHECK_INT(h4l_sac_size(sac, H4L_SAC_POLICY), rows[i].policy[e]);
            CHECK_INT(h4l_sac_size(sac, H4L_SAC_CRITIC), rows[i].critic[e]);
            h4l_sac_destroy(sac);
        }
}

static void test_rejects_bad_specs(void **state)
{
    struct h4l_err err = {0};
    struct h4l_sac_spec good, bad;
    struct h4l_sac *sac = NULL;

    (void)state;
    CHECK_INT(h4l_sac_published("gru", false, &good, &err), H4L_E_USAGE);
    CHECK_TRUE(strstr(err.message, "slif2hh") != NULL);
    CHECK_OK(h4l_sac_published("lif", false, &good, &err), err);
    bad = good;
    bad.gamma = NAN;
    CHECK_INT(h4l_sac_create(&bad, H4L_FLOAT, 1, &sac, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "gamma") != NULL);
    bad = good;
    bad.repeat = 100;
    CHECK_INT(h4l_sac_create(&bad, H4L_FLOAT, 1, &sac, &err), H4L_E_RANGE);
    bad = good;
    bad.graded = true;
    CHECK_INT(h4l_sac_create(&bad, H4L_FLOAT, 1, &sac, &err), H4L_E_RANGE);
    bad = good;
    bad.neuron.cell = NULL;
    CHECK_INT(h4l_sac_create(&bad, H4L_FLOAT, 1, &sac, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "cell") != NULL);
    CHECK_TRUE(sac == NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_updates_double),
        cmocka_unit_test(test_recorded_updates_float),
        cmocka_unit_test(test_recorded_updates_float_published_formula),
        cmocka_unit_test(test_neurons_match_definition),
        cmocka_unit_test(test_gradient_of_heads),
        cmocka_unit_test(test_nothing_learns_beyond_the_clamp),
        cmocka_unit_test(test_float_against_double),
        cmocka_unit_test(test_save_restore_goes_on_with_same_bytes),
        cmocka_unit_test(test_levels_that_fuse_give_the_same_bytes),
        cmocka_unit_test(test_moments_fade_to_nothing),
        cmocka_unit_test(test_published_sizes),
        cmocka_unit_test(test_rejects_bad_specs),
    };
    return cmocka_run_group_tests_name("rl_sac", tests, NULL, NULL);
}
