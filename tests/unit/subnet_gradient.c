// Derivatives of margins: the tape's margins against the plain ones, the backward sweep against finite differences.
#include "check.h"

#include "base/rng.h"
#include "base/simd.h"
#include "sim/subnet_gradient.h"

enum { STEPS = 400, LANES = H4L_SUBNET_LANES };

static double *x, *margin, *weight; // [STEPS * LANES]
static uint16_t fires[STEPS];

static int set_up(void **state)
{
    struct h4l_rng rng;

    (void)state;
    x = aligned_alloc(64, sizeof(double[STEPS * LANES]));
    margin = aligned_alloc(64, sizeof(double[STEPS * LANES]));
    weight = aligned_alloc(64, sizeof(double[STEPS * LANES]));
    h4l_rng_init(&rng, 5, "gradient test", 0);
    for (int k = 0; k < STEPS * LANES; k++) {
        x[k] = h4l_rng_between(&rng, -10, 20);
        weight[k] = h4l_rng_between(&rng, -1, 1);
    }
    for (int k = 0; k < STEPS; k++)
        fires[k] = (uint16_t)(h4l_rng_u64(&rng) & h4l_rng_u64(&rng) & h4l_rng_u64(&rng) &
                              h4l_rng_u64(&rng));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(x);
    free(margin);
    free(weight);
    return 0;
}

static void random_net(const char *topology, uint64_t index, struct h4l_subnet *net)
{
    struct h4l_topology t;
    struct h4l_rng rng;
    struct h4l_err err;

    CHECK_OK(h4l_topology_parse(topology, &t, &err), err);
    h4l_subnet_published(&t, net);
    h4l_rng_init(&rng, 6, "gradient net", index);
    net->dt = 0.2;
    for (int i = 0; i < t.units; i++) {
        struct h4l_unit *u = &net->unit[i];

        u->leak = 1 / h4l_rng_between(&rng, 1, 20);
        u->gain = h4l_rng_between(&rng, 0.5, 1.2);
        u->threshold = h4l_rng_between(&rng, 1, 10);
        u->rest = h4l_rng_between(&rng, -2, 2);
        u->reset = h4l_rng_between(&rng, -20, 0);
        u->refractory_ms = h4l_rng_between(&rng, 0, 3);
        if (t.input >> i & 1)
            u->input = h4l_rng_between(&rng, 0.05, 0.5);
    }
    for (int e = 0; e < t.n_edges; e++)
        net->weight[e] = h4l_rng_between(&rng, -0.1, 0.2);
}

static double loss(const struct h4l_subnet *net)
{
    double sum = 0;

    h4l_subnet_margin_lanes(net, x, fires, STEPS, margin);
    for (int k = 0; k < STEPS * LANES; k++)
        sum += weight[k] * margin[k];
    return sum;
}

// Central difference in *constant.
static double difference(struct h4l_subnet *net, double *constant)
{
    double kept = *constant, h = 1e-6 * (1 + fabs(kept)), up, down;

    *constant = kept + h;
    up = loss(net);
    *constant = kept - h;
    down = loss(net);
    *constant = kept;
    return (up - down) / (2 * h);
}

static void compare(const char *what, double got, double expected, double *worst)
{
    double error = fabs(got - expected) / (1 + fabs(expected));

    if (!(error <= 1e-5))
        fail_msg("%s: derivative %.10g, finite difference %.10g", what, got, expected);
    *worst = error > *worst ? error : *worst;
}

static void check_net(struct h4l_subnet *net, struct h4l_subnet_tape *tape, double *worst)
{
    static struct h4l_subnet_gradient g;

    memset(&g, 0, sizeof g);
    h4l_subnet_margin_tape(net, x, fires, tape, margin);
    h4l_subnet_backward(net, x, fires, tape, weight, &g);
    for (int i = 0; i < net->topology.units; i++) {
        struct h4l_unit *u = &net->unit[i];

        compare("leak", g.leak[i], difference(net, &u->leak), worst);
        compare("threshold", g.threshold[i], difference(net, &u->threshold), worst);
        compare("rest", g.rest[i], difference(net, &u->rest), worst);
        compare("reset", g.reset[i], difference(net, &u->reset), worst);
        if (net->topology.input >> i & 1)
            compare("input", g.input[i], difference(net, &u->input), worst);
    }
    for (int e = 0; e < net->topology.n_edges; e++)
        compare("weight", g.weight[e], difference(net, &net->weight[e]), worst);
}

// Joint resets: the margins are continuous and piecewise smooth in all constants. (Spike arrows carry steps, so a difference that
// crosses one would not do; constants and seed are such that none does.)
static void test_against_differences(void **state)
{
    static const char *const topologies[] = {
        "1",  "3+1", "1+2+1", "ring4", "ring3 input 1 output 2", "3+1 output 4 edges 4>1,4>2",
        "5+1"};
    struct h4l_subnet_tape tape;
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_subnet_tape_create(STEPS, 8, &tape, &err), err);
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        double worst = 0;

        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        setenv("H4L_SIMD", h4l_simd_name((enum h4l_simd)level), 1);
        for (uint64_t i = 0; i < 2 * sizeof topologies / sizeof *topologies; i++) {
            struct h4l_subnet net;

            random_net(topologies[i / 2], i, &net);
            check_net(&net, &tape, &worst);
        }
        printf("%s: largest error %.3g\n", h4l_simd_name((enum h4l_simd)level), worst);
        CHECK_AT_MOST(worst, 1e-5);
    }
    unsetenv("H4L_SIMD");
    h4l_subnet_tape_free(&tape);
}

// Own resets and spike arrows with output units that are driven by nothing but the imposed spikes: exact for output units.
static void test_own_resets(void **state)
{
    struct h4l_subnet_tape tape;
    struct h4l_subnet net;
    struct h4l_err err;
    double worst = 0;

    (void)state;
    CHECK_OK(h4l_subnet_tape_create(STEPS, 4, &tape, &err), err);
    for (uint64_t i = 0; i < 4; i++) {
        random_net(i % 2 ? "1 reset own" : "2 reset own edges 1->2, 2->1, 1->1", 100 + i, &net);
        check_net(&net, &tape, &worst);
        random_net("3+1 reset own", 200 + i, &net);
        for (int u = 0; u < 3; u++)
            net.unit[u].threshold = 1e6; // the input units never reset themselves
        check_net(&net, &tape, &worst);
    }
    CHECK_AT_MOST(worst, 1e-5);
    h4l_subnet_tape_free(&tape);
}

static void test_tape_has_the_margins(void **state)
{
    static const char *const topologies[] = {"3+1", "3+1 reset own",
                                             "2+2 arrow spike reset own edges 4->1",
                                             "ring4 arrow spike", "ring4"};
    double *other = aligned_alloc(64, sizeof(double[STEPS * LANES]));
    struct h4l_subnet_tape tape;
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_subnet_tape_create(STEPS, 4, &tape, &err), err);
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        setenv("H4L_SIMD", h4l_simd_name((enum h4l_simd)level), 1);
        for (uint64_t i = 0; i < 5; i++) {
            struct h4l_subnet net;

            random_net(topologies[i], 300 + i, &net);
            h4l_subnet_margin_lanes(&net, x, fires, STEPS, margin);
            h4l_subnet_margin_tape(&net, x, fires, &tape, other);
            CHECK_TRUE(memcmp(margin, other, sizeof(double[STEPS * LANES])) == 0);
        }
    }
    unsetenv("H4L_SIMD");
    h4l_subnet_tape_free(&tape);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tape_has_the_margins),
        cmocka_unit_test(test_against_differences),
        cmocka_unit_test(test_own_resets),
    };

    return cmocka_run_group_tests_name("subnet gradient", tests, set_up, tear_down);
}
