// Sub-networks of any topology as learning neurons: s-LIF2HH is one of them to the bit; the backward pass is the derivative of the
// forward one where spikes are smoothed to ramps; a few windows by hand.
#include "check.h"

#include "base/rng.h"
#include "data/multi.h"
#include "net/plain.h"
#include "cell/cell.h"

enum { T = 15, MOST = H4L_CELL_MAX_UNITS * T };

static const char *const shapes[] = {"1",
                                     "2",
                                     "4",
                                     "3+1",
                                     "3+1 output all reset own",
                                     "1+3",
                                     "2+2 reset own",
                                     "2+2 arrow spike",
                                     "1+2+1 output 2,4",
                                     "1+1+1+1 output all reset own",
                                     "ring 4",
                                     "ring 4 reset own arrow spike",
                                     "1+4 output 1,3 edges 5->5, 5->3, 4->1, 2=>1",
                                     "1+1+1+1+1 input all output all reset own edges 5->1"};

static struct h4l_cell_constants neuron_of(const char *text)
{
    struct h4l_cell_constants n = h4l_cell_published(h4l_cell_find("topology"), H4L_CELL_FC);
    struct h4l_err err = {0};

    CHECK_OK(h4l_topology_parse(text, &n.topology, &err), err);
    n.window = T;
    return n;
}

static void draw(uint64_t index, double lo, double hi, size_t n, double *ret)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, 1, "test topology", index);
    for (size_t i = 0; i < n; i++)
        ret[i] = h4l_rng_between(&rng, lo, hi);
}

static void test_shape(void **state)
{
    struct h4l_cell_constants n = neuron_of("1+4 output 1-5 edges 5->5, 3->1");

    (void)state;
    CHECK_INT(h4l_cell_units(&n), 5);
    CHECK_INT(h4l_cell_inputs(&n), 1);
    CHECK_INT(h4l_cell_trains(&n), 1);
    CHECK_INT(h4l_cell_mixing(&n),
              4 + 2 + 5); // arrows of units 2 to 5, two more, five constants
    n = neuron_of("ring 4 reset own");
    CHECK_INT(h4l_cell_inputs(&n), 4);
    CHECK_INT(h4l_cell_trains(&n), 4);
    CHECK_INT(h4l_cell_mixing(&n), 8);
    n.topology.units = 0;
    CHECK_INT(h4l_cell_check(&n, NULL), H4L_E_USAGE);
}

static void test_slif_to_the_bit(void **state)
{
    struct h4l_cell_constants slif = h4l_cell_published(h4l_cell_find("slif2hh"), H4L_CELL_FC);
    struct h4l_cell_constants n = neuron_of("3+1 output all reset own");
    double in[3 * T], mix[4], ds[4 * T], v[2][4 * T], din[2][3 * T], dmix[2][4];
    uint8_t s[2][4 * T];
    int spikes = 0;

    (void)state;
    for (uint64_t i = 0; i < 200; i++) {
        slif.reset = n.reset = i % 4 != 0;
        slif.drive = n.drive = i % 3 == 0 ? 0.25 : 0;
        draw(4 * i, -1, 3, 3 * T, in);
        draw(4 * i + 1, -0.6, 0.6, 4, mix);
        draw(4 * i + 2, -1, 1, 4 * T, ds);
        h4l_cell_forward(&slif, NULL, mix, in, v[0], s[0]);
        h4l_cell_forward(&n, NULL, mix, in, v[1], s[1]);
        memset(dmix, 0, sizeof dmix);
        h4l_cell_backward(&slif, NULL, mix, v[0], s[0], ds, din[0], dmix[0]);
        h4l_cell_backward(&n, NULL, mix, v[1], s[1], ds, din[1], dmix[1]);
        assert_memory_equal(v[0], v[1], sizeof v[0]);
        assert_memory_equal(s[0], s[1], sizeof s[0]);
        for (int k = 0; k < 3 * T; k++)
            assert_true(din[0][k] == din[1][k]);
        for (int k = 0; k < 4; k++)
            assert_true(dmix[0][k] == dmix[1][k]);
        for (int k = 0; k < 4 * T; k++)
            spikes += s[0][k];
    }
    CHECK_TRUE(spikes > 1000 && spikes < 200 * 4 * T - 1000);
}

// Loss: a fixed linear function of the trains.
static double loss(const struct h4l_cell_constants *n, const double *mix, const double *in,
                   const double *ds)
{
    double v[MOST], s[MOST], sum = 0;

    n->cell->forward(n, NULL, mix, in, v, s);
    for (int i = 0; i < h4l_cell_trains(n) * T; i++)
        sum += ds[i] * s[i];
    return sum;
}

// Central differences of every input and mixing weight against the backward pass. The ramp has corners: a difference across one is not
// the derivative, so of the steps 1e-6 one in many may miss; with these draws none does.
static void test_gradient(void **state)
{
    struct h4l_cell_constants n = neuron_of(*state);
    int P = h4l_cell_inputs(&n), M = h4l_cell_mixing(&n), nonzero = 0;
    double in[MOST], mix[64], ds[MOST], v[MOST], s[MOST], din[MOST], dmix[64], worst = 0;
    const double step = 1e-6;

    n.threshold = 0.7;
    n.half_width = 0.5; // the ramp's
    n.ramp = true;
    for (uint64_t i = 0; i < 20; i++) {
        draw(1000 + 4 * i, 0, 0.9, (size_t)(P * T), in);
        draw(1001 + 4 * i, -0.3, 0.7, (size_t)M, mix);
        draw(1002 + 4 * i, -1, 1, MOST, ds);
        memset(dmix, 0, sizeof dmix);
        n.cell->forward(&n, NULL, mix, in, v, s);
        n.cell->backward(&n, NULL, mix, v, s, ds, din, dmix);
        for (int k = 0; k < P * T + M; k++) {
            double *x = k < P * T ? in + k : mix + k - P * T;
            double got = k < P * T ? din[k] : dmix[k - P * T], keep = *x, up;

            *x = keep + step;
            up = loss(&n, mix, in, ds);
            *x = keep - step;
            worst = h4l_worst(worst, fabs((up - loss(&n, mix, in, ds)) / (2 * step) - got));
            *x = keep;
            nonzero += got != 0;
        }
    }
    CHECK_AT_MOST(worst, 1e-8);
    CHECK_TRUE(nonzero > 100);
}

// Two units that must fire together, then are reset together; a spike arrow carries a test, not the sub-network's firing.
static void test_by_hand(void **state)
{
    struct h4l_cell_constants n = neuron_of("2");
    double in[2 * 4] = {3, 3, 0, 0, 0, 3, 3, 0}, v[3 * 4], mix[2] = {5, 0.25};
    uint8_t s[4];

    (void)state;
    n.window = 4; // decay 0.5, threshold 2
    h4l_cell_forward(&n, NULL, NULL, in, v, s);
    // unit 1: 3, 4.5, (reset) 0, 0; unit 2: 0, 3, (reset) 3, 1.5
    CHECK_CLOSE(v[1], 4.5, 0);
    CHECK_CLOSE(v[2], 0, 0);
    CHECK_CLOSE(v[4 + 2], 3, 0);
    CHECK_CLOSE(v[4 + 3], 1.5, 0);
    for (int t = 0; t < 4; t++)
        CHECK_INT(s[t], t == 1);
    n = neuron_of("1+1 arrow spike");
    n.window = 4;
    n.decay = 0;
    h4l_cell_forward(&n, NULL, mix, in, v, s);
    // unit 1: 3, 3, 0, 0; unit 2: 0.25, 5.25, 5.25, 0.25; both only in the second step
    CHECK_CLOSE(v[4], 0.25, 0);
    CHECK_CLOSE(v[5], 5.25, 0);
    CHECK_CLOSE(v[6], 5.25, 0);
    CHECK_CLOSE(v[7], 0.25, 0);
    for (int t = 0; t < 4; t++)
        CHECK_INT(s[t], t == 1);
}

// The whole plain network: 3+1 is s-LIF2HH, initial draw included.
static void test_network(void **state)
{
    enum { B = 2 };
    static double images[B * H4L_MULTI_PIXELS];
    static const uint8_t labels[2 * B] = {3, 1, 4, 1};
    bool conv = **(const bool **)*state;
    struct h4l_net_spec spec[2];
    double *p[2], *g[2];
    struct h4l_net_plain_out out[2] = {0};
    struct h4l_err err = {0};
    struct h4l_topology topology;
    size_t n = 0;

    draw(7, 0, 255, B * H4L_MULTI_PIXELS, images);
    CHECK_OK(h4l_topology_parse("3+1 output all reset own", &topology, &err), err);
    CHECK_OK(h4l_net_published(conv ? "conv-slif2hh" : "fc-slif2hh", &spec[0], &err), err);
    CHECK_OK(h4l_net_of_topology(conv, &topology, &spec[1], &err), err);
    for (int i = 0; i < 2; i++) {
        spec[i].channels = conv ? 2 : 20;
        n = h4l_net_layout(&spec[i]).parameters;
        p[i] = calloc(n, sizeof(double));
        out[i].gradient = g[i] = calloc(n, sizeof(double));
        assert_non_null(p[i]);
        assert_non_null(g[i]);
        h4l_net_init(&spec[i], 3, p[i], NULL);
        CHECK_OK(h4l_net_plain(&spec[i], p[i], NULL, B, images, labels, &out[i], &err), err);
    }
    CHECK_INT(h4l_net_layout(&spec[0]).parameters, n);
    assert_memory_equal(p[0], p[1], n * sizeof(double));
    CHECK_CLOSE(out[1].loss, out[0].loss, 0);
    CHECK_CLOSE(out[1].mean_rate, out[0].mean_rate, 0);
    CHECK_TRUE(out[0].mean_rate > 0);
    for (size_t i = 0; i < n; i++)
        assert_true(g[0][i] == g[1][i]);
    for (int i = 0; i < 2; i++) {
        free(p[i]);
        free(g[i]);
    }
}

int main(void)
{
    enum { N = sizeof shapes / sizeof *shapes };
    static const bool kinds[] = {false, true};
    struct CMUnitTest tests[N + 8] = {cmocka_unit_test(test_shape),
                                      cmocka_unit_test(test_slif_to_the_bit),
                                      cmocka_unit_test(test_by_hand)};
    const bool *fc = &kinds[0], *conv = &kinds[1];
    size_t n = 3;

    tests[n++] = (struct CMUnitTest){
        .name = "fc 3+1 is s-LIF2HH", .test_func = test_network, .initial_state = &fc};
    tests[n++] = (struct CMUnitTest){
        .name = "conv 3+1 is s-LIF2HH", .test_func = test_network, .initial_state = &conv};
    for (size_t i = 0; i < N; i++)
        tests[n++] = (struct CMUnitTest){.name = shapes[i],
                                         .test_func = test_gradient,
                                         .initial_state = (void *)(uintptr_t)shapes[i]};
    return _cmocka_run_group_tests("cell_topology", tests, n, NULL, NULL);
}
