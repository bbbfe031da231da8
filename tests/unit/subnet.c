// Sub-network simulator: s-LIF2HH's published steps, cases worked out by hand, and the vector kernel against the plain version.
#include "check.h"

#include "base/csv.h"
#include "base/rng.h"
#include "base/simd.h"
#include "hh4lif_config.h"
#include "neuron/s_lif.h"
#include "sim/subnet.h"

static struct h4l_subnet published(const char *topology)
{
    struct h4l_topology t;
    struct h4l_subnet net;
    struct h4l_err err;

    CHECK_OK(h4l_topology_parse(topology, &t, &err), err);
    h4l_subnet_published(&t, &net);
    CHECK_OK(h4l_subnet_check(&net, &err), err);
    return net;
}

// Both layers of the published chain step by step, as recorded from the published script (tests/data/README.md).
static void chain_is_the_recorded_one(const char *waveform)
{
    struct h4l_subnet net = published("3+1");
    struct h4l_subnet_state layer1, layer2;
    struct h4l_table table;
    struct h4l_err err;
    char path[400], name[40];
    int wrong = 0, fired[2] = {0, 0};

    snprintf(path, sizeof path, "%s/tests/data/simplified_%s_lif_steps.csv", H4L_SOURCE_DIR,
             waveform);
    CHECK_OK(h4l_table_read(path, &table, &err), err);
    h4l_subnet_rest(&net, &layer1);
    h4l_subnet_rest(&net, &layer2);
    for (size_t r = 0; r < table.rows; r++) {
        const double *row = table.values + r * table.columns;
        double x = row[h4l_table_column(&table, "x_avg_octave")], in[4] = {x, x, x, 0};
        int joint1 = h4l_subnet_step(&net, in, &layer1), joint2;

        for (int i = 0; i < 3; i++) // unit i of layer 2 gets W12 s_i + s_4 of the same step
            in[i] = 1e5 * (layer1.above >> i & 1) + (layer1.above >> 3 & 1);
        joint2 = h4l_subnet_step(&net, in, &layer2);
        for (int i = 0; i < 4; i++) {
            snprintf(name, sizeof name, "lif1_%d_before_reset", i + 1);
            wrong += layer1.before[i] != row[h4l_table_column(&table, name)];
            snprintf(name, sizeof name, "lif2_%d_before_reset", i + 1);
            wrong += layer2.before[i] != row[h4l_table_column(&table, name)];
        }
        wrong += (layer1.above & 1) != row[h4l_table_column(&table, "unit1_over")];
        wrong += (layer1.above >> 3 & 1) != row[h4l_table_column(&table, "unit4_over")];
        wrong += joint1 != row[h4l_table_column(&table, "joint1")];
        wrong += joint2 != row[h4l_table_column(&table, "joint2")];
        fired[0] += joint1;
        fired[1] += joint2;
    }
    CHECK_INT(table.rows, 80);
    CHECK_INT(wrong, 0); // to the last bit
    CHECK_AT_LEAST(fired[0], 5);
    CHECK_AT_LEAST(fired[1], 5);
    h4l_table_free(&table);
}

static void test_published_chain(void **state)
{
    (void)state;
    chain_is_the_recorded_one("const");
    chain_is_the_recorded_one("sine");
    chain_is_the_recorded_one("sawtooth");
}

static void test_is_s_lif(void **state)
{
    struct h4l_subnet net = published("3+1");
    struct h4l_subnet_state ours;
    struct h4l_s_lif_flags theirs;
    struct h4l_rng rng;
    double u[4] = {0};
    int wrong = 0, fired = 0;

    (void)state;
    h4l_rng_init(&rng, 1, "subnet test", 0);
    h4l_subnet_rest(&net, &ours);
    for (int s = 0; s < 2000; s++) {
        double x[4] = {0};
        bool fires;

        for (int i = 0; i < 3; i++)
            x[i] = h4l_rng_between(&rng, 0, 25);
        fires = h4l_subnet_step(&net, x, &ours);
        h4l_s_lif_step(&h4l_s_lif_published, x, u, &theirs);
        wrong += fires != theirs.joint;
        fired += fires;
        for (int i = 0; i < 4; i++)
            wrong += ours.u[i] != u[i] || ours.before[i] != theirs.u[i] ||
                     (int)(ours.above >> i & 1) != theirs.over[i];
    }
    CHECK_INT(wrong, 0);
    CHECK_AT_LEAST(fired, 50);
}

// Runs from rest with input 1 in each step and compares the steps of the first spikes.
static void expect_spikes(const struct h4l_subnet *net, size_t steps, const char *expected)
{
    struct h4l_subnet_state state;
    double x[64], t[64];
    char got[300] = "";
    size_t n, used = 0;

    for (size_t s = 0; s < steps; s++)
        x[s] = 1;
    h4l_subnet_rest(net, &state);
    h4l_subnet_run(net, x, steps, 100, &state, 64, t, &n);
    for (size_t k = 0; k < n; k++)
        used += (size_t)snprintf(got + used, sizeof got - used, "%s%g", k ? " " : "", t[k]);
    CHECK_STR(got, expected);
}

// Perfect integrators with dt 1: every potential is a small whole number.
static struct h4l_subnet integrators(const char *topology, double threshold)
{
    struct h4l_subnet net = published(topology);

    for (int i = 0; i < net.topology.units; i++) {
        net.unit[i].leak = 0;
        net.unit[i].threshold = threshold;
    }
    return net;
}

static void test_by_hand(void **state)
{
    struct h4l_subnet net = integrators("1", 2.5);

    (void)state;
    expect_spikes(&net, 10, "102 105 108"); // 1 2 3! 1 2 3!
    net.unit[0].reset = 1;
    expect_spikes(&net, 10, "102 104 106 108"); // 3! 2 3!
    net.unit[0].reset = -1;
    net.unit[0].refractory_ms = 1.5; // two steps of 1 ms
    expect_spikes(&net, 20, "102 108 114");
    net.dt = 0.5; // three steps; 0.5 per step: six to 3, then eight
    expect_spikes(&net, 20, "102.5 108");
    net.dt = 0.1;                    // 1.5 / 0.1 rounds to 15.000000000000002: still 15 steps
    net.unit[0].refractory_ms = 0.3; // 0.3 / 0.1 to 2.9999999999999996
    net.unit[0].threshold = 0.05;
    net.unit[0].reset = 0;
    expect_spikes(&net, 9, "100 100.4 100.8");
    net.unit[0].refractory_ms = 1.5;
    expect_spikes(&net, 20, "100 101.6");

    // 1+1, joint: unit 2 gets the new u_1: (1, 1) (2, 3) (3, 6)! with threshold 2.5
    net = integrators("1+1", 2.5);
    expect_spikes(&net, 9, "102 105 108");
    net.unit[1].threshold = 10.5; // (4, 10) (5, 15)!
    expect_spikes(&net, 10, "104 109");
    net.topology.output = 1; // unit 1 alone decides and resets both
    expect_spikes(&net, 9, "102 105 108");

    // own reset: (1, 1) (2, 3!) (3!, 3!) (1, 1) ...: unit 2 sees unit 1's potential before the reset
    net = integrators("1+1 reset own", 2.5);
    expect_spikes(&net, 9, "101 102 104 105 107 108");

    // spikes arrive in the same step along a forward arrow ...
    net = integrators("1+1 arrow spike reset own", 2.5);
    net.unit[1].threshold = 1.5;
    expect_spikes(&net, 20, "105 111 117");
    // ... and in the next step along a backward one: 2->1 with weight -3 after each spike of 2
    net = integrators("1+1 arrow spike reset own edges 2>1", 2.5);
    net.unit[1].threshold = 0.5;
    net.weight[0] = -3;                     // edges are ordered by target: 2>1 first
    expect_spikes(&net, 20, "102 108 114"); // u_1: 3! 0 -> next step 1 - 3 = -2, -1, 0, 1, 2, 3!
    // a spike arrow to itself acts one step later too
    net = integrators("1 edges 1->1", 2.5);
    net.weight[0] = -3;
    expect_spikes(&net, 20, "102 108 114");

    // without leak and with a rest that is not the reset
    net = published("1");
    net.unit[0].rest = 8;
    net.unit[0].leak = 0.5;
    net.unit[0].threshold = 9.25; // 9, 9.5! then from 0: 5, 7.5, 8.75, 9.375!
    expect_spikes(&net, 12, "101 105 109");
}

static void test_check(void **state)
{
    struct h4l_subnet good = published("3+1"), net;
    struct h4l_err err;

    (void)state;
#define REFUSED(change, says)                                                                      \
    do {                                                                                           \
        net = good;                                                                                \
        change;                                                                                    \
        CHECK_INT(h4l_subnet_check(&net, &err), H4L_E_RANGE);                                      \
        printf("%s\n", err.message);                                                               \
        CHECK_TRUE(strstr(err.message, says) != NULL);                                             \
    } while (0)
    REFUSED(net.dt = 0, "dt is 0 ms");
    REFUSED(net.dt = NAN, "dt is nan ms");
    REFUSED(net.dt = 10.5, "unit 1: time constant 10 ms is shorter than the step 10.5 ms");
    REFUSED(net.unit[2].gain = 0, "unit 3: gain 0");
    REFUSED(net.unit[2].leak = -1, "unit 3: gain 1 and leak -1");
    REFUSED(net.unit[1].reset = INFINITY, "unit 2: reset is inf");
    REFUSED(net.unit[1].refractory_ms = -1, "unit 2: refractory time -1 ms");
    REFUSED(net.unit[1].refractory_ms = 2e6, "unit 2: refractory time 2e+06 ms");
    REFUSED(net.unit[3].input = 1, "unit 4: input weight 1, but the topology gives it no input");
    REFUSED(net.weight[2] = NAN, "the weight of edge 3>4 is nan");
#undef REFUSED
    net = good;
    net.topology.units = 0;
    CHECK_INT(h4l_subnet_check(&net, &err), H4L_E_USAGE);
}

static struct h4l_subnet random_net(const char *topology, uint64_t index)
{
    struct h4l_subnet net = published(topology);
    struct h4l_rng rng;

    h4l_rng_init(&rng, 7, "random sub-network", index);
    net.dt = 0.1;
    for (int i = 0; i < net.topology.units; i++) {
        struct h4l_unit *u = &net.unit[i];

        u->leak = 1 / h4l_rng_between(&rng, 1, 20);
        u->gain = h4l_rng_between(&rng, 0.5, 1.2);
        u->threshold = h4l_rng_between(&rng, -5, 20);
        u->rest = h4l_rng_between(&rng, -2, 2);
        u->reset = h4l_rng_between(&rng, -20, 0);
        u->refractory_ms = h4l_rng_between(&rng, 0, 5);
        if (net.topology.input >> i & 1)
            u->input = h4l_rng_between(&rng, -0.5, 1.5);
    }
    for (int e = 0; e < net.topology.n_edges; e++)
        net.weight[e] = h4l_rng_between(&rng, -0.3, 1);
    return net;
}

static void test_lanes_are_the_plain_version(void **state)
{
    static const char *const topologies[] = {"1",
                                             "2 reset own",
                                             "3+1",
                                             "3+1 reset own",
                                             "3+1 arrow spike reset own edges 4->4, 4=>1",
                                             "ring4",
                                             "ring4 reset own",
                                             "1+2+1",
                                             "2+2 output 3-4",
                                             "1+1+2+1 arrow spike reset own"};
    enum { STEPS = 3000, CAPACITY = 100, LANES = H4L_SUBNET_LANES };
    double *x = aligned_alloc(64, sizeof(double[STEPS * LANES])), column[STEPS];
    double plain[CAPACITY], fast[CAPACITY * LANES];
    int wrong = 0, runs = 0;
    size_t spikes = 0, over = 0, n, n_fast[LANES];
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 7, "stimuli", 0);
    for (int k = 0; k < STEPS * LANES; k++)
        x[k] = h4l_rng_between(&rng, -20, 30);
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        setenv("H4L_SIMD", h4l_simd_name((enum h4l_simd)level), 1);
        for (uint64_t i = 0; i < 5 * sizeof topologies / sizeof *topologies; i++) {
            struct h4l_subnet net = random_net(topologies[i / 5], i);

            h4l_subnet_run_lanes(&net, x, STEPS, 0, CAPACITY, fast, n_fast);
            for (size_t l = 0; l < LANES; l++, runs++) {
                struct h4l_subnet_state s;

                for (size_t k = 0; k < STEPS; k++)
                    column[k] = x[k * LANES + l];
                h4l_subnet_rest(&net, &s);
                h4l_subnet_run(&net, column, STEPS, 0, &s, CAPACITY, plain, &n);
                wrong += n != n_fast[l];
                for (size_t k = 0; k < n && k < CAPACITY; k++)
                    wrong += plain[k] != fast[l * CAPACITY + k];
                spikes += n;
                over += n > CAPACITY;
            }
        }
    }
    unsetenv("H4L_SIMD");
    free(x);
    CHECK_INT(wrong, 0);
    printf("%d runs, %zu spikes, %zu beyond the capacity\n", runs, spikes, over);
    CHECK_AT_LEAST((double)spikes, 1000);
    CHECK_AT_LEAST((double)over, 1);
}

enum { MARGIN_STEPS = 1000 };
struct margin_counts {
    int wrong, disagree, fired;
};

// One lane of margin[MARGIN_STEPS][lanes] against the plain step with the same imposed spikes, and against a network that fires on
// its own.
static void count_margins(const struct h4l_subnet *net, int lane, const double *x,
                          const uint16_t *fires, const double *margin, struct margin_counts *counts)
{
    struct h4l_subnet_state imposed, free_run, follow;

    h4l_subnet_rest(net, &imposed);
    h4l_subnet_rest(net, &free_run);
    h4l_subnet_rest(net, &follow);
    for (int k = 0; k < MARGIN_STEPS; k++) {
        double same[H4L_TOPOLOGY_UNITS], m;
        bool f;

        for (int j = 0; j < net->topology.units; j++)
            same[j] = x[k * H4L_SUBNET_LANES + lane];
        m = h4l_subnet_step_imposed(net, same, fires[k] >> lane & 1, &imposed);
        counts->wrong += m != margin[k * H4L_SUBNET_LANES + lane];
        f = h4l_subnet_step(net, same, &free_run);
        counts->fired += f;
        if (net->topology.output & (net->topology.output - 1) &&
            net->topology.reset == H4L_RESET_OWN)
            continue; // several outputs with own resets do not all fire together
        m = h4l_subnet_step_imposed(net, same, f, &follow);
        counts->disagree += (f && !(m > 0)) || memcmp(follow.u, free_run.u, sizeof follow.u) != 0;
    }
}

// The margins with imposed spikes: lanes against the plain version, and against what a free run decides.
static void test_margins(void **state)
{
    static const char *const topologies[] = {"1",
                                             "2 reset own",
                                             "3+1",
                                             "3+1 reset own",
                                             "3+1 arrow spike reset own edges 4->4, 4=>1",
                                             "ring4",
                                             "ring4 arrow spike reset own",
                                             "2+2 output 3-4"};
    double *x = aligned_alloc(64, sizeof(double[MARGIN_STEPS * H4L_SUBNET_LANES]));
    double *margin = aligned_alloc(64, sizeof(double[MARGIN_STEPS * H4L_SUBNET_LANES]));
    uint16_t fires[MARGIN_STEPS];
    struct margin_counts counts = {0};
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 8, "stimuli", 0);
    for (int k = 0; k < MARGIN_STEPS * H4L_SUBNET_LANES; k++)
        x[k] = h4l_rng_between(&rng, -20, 30);
    for (int k = 0; k < MARGIN_STEPS; k++)
        fires[k] = (uint16_t)(h4l_rng_u64(&rng) & h4l_rng_u64(&rng) & h4l_rng_u64(&rng));
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        setenv("H4L_SIMD", h4l_simd_name((enum h4l_simd)level), 1);
        for (uint64_t i = 0; i < 3 * sizeof topologies / sizeof *topologies; i++) {
            struct h4l_subnet net = random_net(topologies[i / 3], i);

            h4l_subnet_margin_lanes(&net, x, fires, MARGIN_STEPS, margin);
            for (int l = 0; l < H4L_SUBNET_LANES; l++)
                count_margins(&net, l, x, fires, margin, &counts);
        }
    }
    unsetenv("H4L_SIMD");
    free(x);
    free(margin);
    CHECK_INT(counts.wrong, 0);
    CHECK_INT(counts.disagree, 0);
    CHECK_AT_LEAST(counts.fired, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_chain),
        cmocka_unit_test(test_is_s_lif),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_lanes_are_the_plain_version),
        cmocka_unit_test(test_margins),
    };

    return cmocka_run_group_tests_name("subnet", tests, NULL, NULL);
}
