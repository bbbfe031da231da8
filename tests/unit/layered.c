// Layered networks: the step convention against two neurons wired by hand, both precisions, and refusals.
#include "check.h"

#include "sim/layered.h"

enum { STATES = 4000 };

struct seen {
    size_t states;
    double V_hh[STATES], V_tv[STATES]; // of the last neuron
    int s_hh[STATES], s_tv[STATES];    // of the first neuron
    double worst;                      // |V_hh - V_tv| over all neurons
    int last_had_tests;
};

static struct seen seen;

static void observe(void *ctx, const struct h4l_layered_state *state)
{
    size_t n = *(size_t *)ctx, j = state->state;

    assert_int_equal(j, seen.states);
    seen.states++;
    seen.V_hh[j] = state->V_hh[n - 1];
    seen.V_tv[j] = state->V_tv[n - 1];
    for (size_t i = 0; i < n; i++)
        seen.worst = h4l_worst(seen.worst, fabs(state->V_hh[i] - state->V_tv[i]));
    seen.last_had_tests = state->s_hh != NULL && state->s_tv != NULL && state->read_tv != NULL;
    if (seen.last_had_tests) {
        seen.s_hh[j] = state->s_hh[0];
        seen.s_tv[j] = state->s_tv[0];
    }
}

static void drive20(void *ctx, double t, double *ret_I)
{
    (void)t;
    for (size_t i = 0; i < *(size_t *)ctx; i++)
        ret_I[i] = 20 + 3 * (double)i;
}

static const size_t one = 1, two[2] = {1, 1};

static struct h4l_layered make_net(const size_t *size, size_t layers, const double *const *W)
{
    struct h4l_layered net = {.layers = layers,
                              .size = size,
                              .W = W,
                              .threshold = -40,
                              .drive = drive20,
                              .drive_ctx = (void *)(uintptr_t)size};

    memcpy(net.start, h4l_published_start, sizeof net.start);
    return net;
}

// Two neurons in a row, once by the network and once by hand: the second neuron's step from state j is driven by the first one's
// test of state j.
static void test_two_neurons_by_hand(void **state)
{
    const double w = 33;
    const double *const W[2] = {NULL, &w};
    struct h4l_layered net = make_net(two, 2, W);
    size_t neurons = 2;

    (void)state;
    for (enum h4l_tv_order order = H4L_TV_EXACT_ORDER; order <= H4L_TV_PUBLISHED_ORDER; order++) {
        struct h4l_pair pair = {
            .hh = h4l_hh_form_a, .scheme = H4L_EULER, .tv = {.order = order}, .dt = 0.01};
        double x[2][H4L_HH_DIM], y[2][H4L_TV_DIM], mismatch = 0;
        struct h4l_err err;
        int tests = 0, spikes = 0;

        memset(&seen, 0, sizeof seen);
        CHECK_OK(h4l_layered_run(&net, &pair, STATES, observe, &neurons, &err), err);
        CHECK_INT(seen.states, STATES);
        CHECK_TRUE(!seen.last_had_tests);
        for (int i = 0; i < 2; i++) {
            memcpy(x[i], h4l_published_start, sizeof x[i]);
            h4l_tv_start(x[i], y[i]);
        }
        for (int j = 0; j + 1 < STATES; j++) {
            double I[3] = {20, 20, 20}, V = x[0][H4L_HH_V], V2 = x[1][H4L_HH_V], read;

            mismatch = h4l_worst(mismatch, fabs(seen.V_hh[j] - V2));
            mismatch = h4l_worst(mismatch, fabs(seen.V_tv[j] - h4l_tv_potential(y[1])));
            read = h4l_pair_step(&pair, I, I, x[0], y[0]);
            tests += seen.s_hh[j] != (V > -40);
            tests += seen.s_tv[j] != (read > -40);
            spikes += V > -40;
            double I_hh = V > -40 ? w : 0, I_tv = read > -40 ? w : 0;
            h4l_pair_step(&pair, (double[3]){I_hh, I_hh, I_hh}, (double[3]){I_tv, I_tv, I_tv}, x[1],
                          y[1]);
        }
        CHECK_CLOSE(mismatch, 0, 0);
        CHECK_INT(tests, 0);
        CHECK_AT_LEAST(spikes, 100); // the first neuron did fire
    }
}

// Spikes of the last neuron.
static int spikes_seen(void)
{
    int ups = 0;

    for (int j = 1; j < STATES; j++)
        ups += seen.V_hh[j] > -20 && seen.V_hh[j - 1] <= -20;
    return ups;
}

// Weights are size[l-1] x size[l], row-major: of all paths through two layers those that meet in the middle make the last neuron
// fire with its driver; the transient of the start alone gives one spike.
static void test_weight_layout(void **state)
{
    static const size_t size[3] = {3, 2, 4};
    struct h4l_pair pair = {.hh = h4l_hh_form_a, .scheme = H4L_EULER, .dt = 0.01};
    size_t neurons = 9;
    struct h4l_err err;

    (void)state;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 2; k++)
            for (int l = 0; l < 2; l++) {
                double W1[3 * 2] = {0}, W2[2 * 4] = {0};
                const double *const W[3] = {NULL, W1, W2};
                struct h4l_layered net = make_net(size, 3, W);

                W1[i * 2 + k] = 100; // neuron i of layer 0 -> neuron k of layer 1
                W2[l * 4 + 3] = 100; // neuron l of layer 1 -> the last of layer 2
                memset(&seen, 0, sizeof seen);
                CHECK_OK(h4l_layered_run(&net, &pair, STATES, observe, &neurons, &err), err);
                CHECK_AT_MOST(seen.worst, 1e-9);
                if (k == l)
                    CHECK_AT_LEAST(spikes_seen(), 3);
                else
                    CHECK_INT(spikes_seen(), 1);
            }
}

static void test_single_precision(void **state)
{
    struct h4l_layered net = make_net(&one, 1, NULL);
    struct h4l_pair pair = {.hh = h4l_hh_form_a, .scheme = H4L_EULER, .dt = 0.01};
    static double V[STATES];
    double worst = 0;
    size_t neurons = 1;
    struct h4l_err err;

    (void)state;
    memset(&seen, 0, sizeof seen);
    CHECK_OK(h4l_layered_run(&net, &pair, STATES, observe, &neurons, &err), err);
    memcpy(V, seen.V_hh, sizeof V);
    memset(&seen, 0, sizeof seen);
    CHECK_OK(h4l_layered_run_float(&net, &pair, STATES, observe, &neurons, &err), err);
    for (int j = 0; j < STATES; j++)
        worst = h4l_worst(worst, fabs(V[j] - seen.V_hh[j]));
    CHECK_AT_MOST(worst, 0.05); // HH itself in float against double
    CHECK_AT_LEAST(worst, 1e-6);
    CHECK_AT_MOST(seen.worst, 0.01);
}

static void test_refusals(void **state)
{
    struct h4l_layered net = make_net(&one, 1, NULL), bad;
    struct h4l_pair pair = {.hh = h4l_hh_form_a, .scheme = H4L_EULER, .dt = 0.01}, step;
    static const size_t none = 0;
    size_t neurons = 1;
    struct h4l_err err;

    (void)state;
    CHECK_INT(h4l_layered_run(&net, &pair, 0, observe, &neurons, &err), H4L_E_RANGE);
    bad = net;
    bad.layers = 0;
    CHECK_INT(h4l_layered_run(&bad, &pair, 10, observe, &neurons, &err), H4L_E_RANGE);
    bad = net;
    bad.size = &none;
    CHECK_INT(h4l_layered_run(&bad, &pair, 10, observe, &neurons, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "layer 0") != NULL);
    bad = net;
    bad.start[H4L_HH_M] = NAN;
    CHECK_INT(h4l_layered_run(&bad, &pair, 10, observe, &neurons, &err), H4L_E_RANGE);
    for (int i = 0; i < 3; i++) {
        step = pair;
        step.dt = (double[]){0, -0.01, INFINITY}[i];
        CHECK_INT(h4l_layered_run_float(&net, &step, 10, observe, &neurons, &err), H4L_E_RANGE);
    }
    step = pair;
    step.dt = 0.2; // forward Euler blows up
    memset(&seen, 0, sizeof seen);
    CHECK_INT(h4l_layered_run(&net, &step, STATES, observe, &neurons, &err), H4L_E_NUMERIC);
    CHECK_TRUE(strstr(err.message, "neuron 0") != NULL);
    CHECK_TRUE(strstr(err.message, "0.2 ms") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_neurons_by_hand),
        cmocka_unit_test(test_weight_layout),
        cmocka_unit_test(test_single_precision),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
