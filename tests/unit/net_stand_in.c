// Neurons in the place of true HH's: tv-LIF2HH sends what HH sends, whatever the readout and the constants; a sub-network's spikes are
// those of its own run, weighed as the window's; and in a network nothing but the neurons changes.
#include "check.h"

#include "base/rng.h"
#include "net/plain.h"

static struct h4l_err err;

static struct h4l_true_hh window_of(bool spikes, size_t pieces, double trace_ms)
{
    struct h4l_true_hh window = h4l_true_hh_default;

    window.spikes = spikes;
    window.pieces = pieces;
    window.trace_ms = trace_ms;
    return window;
}

// Currents that change from piece to piece, across the threshold of spiking and back.
static void draw(struct h4l_rng *rng, size_t pieces, double *I)
{
    for (size_t p = 0; p < pieces; p++)
        I[p] = h4l_rng_between(rng, -5, 40);
}

static double both(const struct h4l_true_hh *window, const double *own, const double *I)
{
    double hh, tv;
    struct h4l_true_hh_result ret = {.rate = &hh};

    CHECK_OK(h4l_true_hh_run(window, own, I, &ret, &err), err);
    CHECK_OK(h4l_stand_in_tv(NULL, window, own, I, &tv, &err), err);
    CHECK_CLOSE(tv, hh, 1e-9);
    return hh;
}

static void test_tv_sends_what_hh_sends(void **state)
{
    double own[H4L_TRUE_HH_OWN], I[6], most = 0;
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 11, "currents of stand-ins", 0);
    for (int i = 0; i < 24; i++) {
        struct h4l_true_hh window = window_of(i % 2, i % 3 ? 6 : 1, i % 4 / 2 * 5.0);

        draw(&rng, window.pieces, I);
        h4l_true_hh_shared(&window.hh, own);
        most = fmax(most, both(&window, own, I));
        for (int k = 0; k < H4L_TRUE_HH_OWN; k++) // trained constants
            own[k] *= h4l_rng_between(&rng, 0.7, 1.4);
        both(&window, own, I);
        own[H4L_TRUE_HH_SPEED_M] = own[H4L_TRUE_HH_SPEED_H] = own[H4L_TRUE_HH_SPEED_N] = 0;
        both(&window, own, I);
    }
    CHECK_AT_LEAST(most, 0.05); // they do spike
}

// Spike by spike: the published constants, whose steps of 1 ms are 50 of the window's.
static void check_subnet(size_t pieces, double trace_ms)
{
    struct h4l_true_hh window = window_of(true, pieces, trace_ms);
    double weights[1000], I[4] = {60, 5, 90, 40}, x[20], t[40], rate, expected = 0;
    struct h4l_topology topology;
    struct h4l_subnet net;
    struct h4l_subnet_state at;
    size_t n;

    CHECK_INT(window.steps, 1000);
    CHECK_OK(h4l_topology_parse("3+1", &topology, &err), err);
    h4l_subnet_published(&topology, &net);
    for (size_t s = 0; s < 20; s++)
        x[s] = I[s * pieces / 20];
    h4l_subnet_rest(&net, &at);
    h4l_subnet_run(&net, x, 20, 0, &at, 40, t, &n);
    CHECK_AT_LEAST((double)n, 2);
    h4l_true_hh_weights(&window, weights);
    for (size_t i = 0; i < n; i++)
        expected += weights[(size_t)lround(t[i] / window.dt)] / window.dt;
    CHECK_OK(h4l_stand_in_subnet(&net, &window, NULL, I, &rate, &err), err);
    CHECK_CLOSE(rate, expected, 1e-12);
    if (trace_ms == 0)
        CHECK_CLOSE(rate * 20, (double)n, 1e-12);
}

static void test_subnet_sends_its_spikes(void **state)
{
    (void)state;
    check_subnet(1, 0);
    check_subnet(4, 0);
    check_subnet(4, 5);
}

static void test_refusals(void **state)
{
    struct h4l_true_hh window = window_of(false, 1, 0);
    double own[H4L_TRUE_HH_OWN], I = 10, rate;
    struct h4l_subnet net = {0};

    (void)state;
    h4l_true_hh_shared(&window.hh, own);
    CHECK_INT(h4l_stand_in_subnet(&net, &window, own, &I, &rate, &err), H4L_E_RANGE);
    assert_non_null(strstr(err.message, "readout of spikes"));
    window.linear = true;
    CHECK_INT(h4l_stand_in_tv(NULL, &window, own, &I, &rate, &err), H4L_E_RANGE);
    window.linear = false;
    window.exponential = true;
    CHECK_INT(h4l_stand_in_tv(NULL, &window, own, &I, &rate, &err), H4L_E_RANGE);
    assert_non_null(strstr(err.message, "forward Euler"));
}

static void test_network(void **state)
{
    enum { SIDE = 12, PIXELS = SIDE * SIDE, SAMPLES = 6, OUTPUTS = 20, MOST = 20000 };
    static double images[SAMPLES * PIXELS], parameters[MOST], gradient[MOST];
    static double own[SAMPLES * OUTPUTS], other[SAMPLES * OUTPUTS];
    uint8_t labels[2 * SAMPLES] = {0};
    struct h4l_net_spec spec;
    struct h4l_net_plain_out out = {.logits = own};
    double rate;

    (void)state;
    CHECK_OK(h4l_net_published("fc-truehh", &spec, &err), err);
    spec.task.side = SIDE;
    spec.channels = 12;
    spec.projection_scale = 12;
    assert_true(h4l_net_layout(&spec).parameters <= MOST);
    h4l_net_init(&spec, 5, parameters, NULL);
    for (int i = 0; i < SAMPLES * PIXELS; i++)
        images[i] = 0.5 * (1 + sin(0.31 * i + 0.002 * i * (i % 17)));
    CHECK_OK(h4l_net_plain(&spec, parameters, NULL, SAMPLES, images, labels, &out, &err), err);
    rate = out.mean_rate;
    out = (struct h4l_net_plain_out){.logits = other, .stand_in = h4l_stand_in_tv};
    CHECK_OK(h4l_net_plain(&spec, parameters, NULL, SAMPLES, images, labels, &out, &err), err);
    CHECK_CLOSE(out.mean_rate, rate, 1e-9);
    for (int i = 0; i < SAMPLES * OUTPUTS; i++)
        CHECK_CLOSE(other[i], own[i], 1e-8);
    out.gradient = gradient;
    CHECK_INT(h4l_net_plain(&spec, parameters, NULL, SAMPLES, images, labels, &out, &err),
              H4L_E_RANGE);
    CHECK_OK(h4l_net_published("fc-lif", &spec, &err), err);
    out.gradient = NULL;
    CHECK_INT(h4l_net_plain(&spec, parameters, NULL, SAMPLES, images, labels, &out, &err),
              H4L_E_RANGE);
    assert_non_null(strstr(err.message, "only true HH"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tv_sends_what_hh_sends),
        cmocka_unit_test(test_subnet_sends_its_spikes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_network),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
