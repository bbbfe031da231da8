// Properties of topologies and sub-networks that hold for every choice of constants.
#include "check.h"

#include "base/rng.h"
#include "sim/subnet.h"

enum { STEPS = 4000, CAPACITY = 4000 };

static struct h4l_topology random_topology(struct h4l_rng *rng)
{
    struct h4l_topology t;
    struct h4l_err err;

    for (;;) { // random graphs until one is valid; small ones often are
        t = (struct h4l_topology){.units = 1 + (int)h4l_rng_below(rng, 6)};
        t.input = (uint32_t)h4l_rng_below(rng, 1u << t.units);
        t.output = (uint32_t)h4l_rng_below(rng, 1u << t.units);
        t.reset = (enum h4l_reset)h4l_rng_below(rng, 2);
        for (int to = 0; to < t.units; to++)
            for (int from = 0; from < t.units; from++)
                if (h4l_rng_below(rng, 3) == 0)
                    t.edges[t.n_edges++] = (struct h4l_edge){(uint8_t)from, (uint8_t)to,
                                                             (uint8_t)h4l_rng_below(rng, 2)};
        if (h4l_topology_check(&t, &err) == H4L_OK)
            return t;
    }
}

static void randomise(struct h4l_subnet *net, struct h4l_rng *rng)
{
    h4l_subnet_published(&net->topology, net);
    net->dt = 0.25;
    for (int i = 0; i < net->topology.units; i++) {
        struct h4l_unit *u = &net->unit[i];

        u->leak = 1 / h4l_rng_between(rng, 1, 20);
        u->threshold = h4l_rng_between(rng, 1, 10);
        u->reset = h4l_rng_between(rng, -10, 0);
        u->refractory_ms = h4l_rng_between(rng, 0, 4);
        if (u->input != 0)
            u->input = h4l_rng_between(rng, 0.3, 2);
    }
    for (int e = 0; e < net->topology.n_edges; e++)
        net->weight[e] = h4l_rng_between(rng, -0.2, 0.6);
}

static void fill(struct h4l_rng *rng, double *x)
{
    for (int s = 0; s < STEPS; s++)
        x[s] = h4l_rng_between(rng, -15, 25);
}

static size_t spikes(const struct h4l_subnet *net, const double *x, double *t)
{
    struct h4l_subnet_state state;
    struct h4l_err err;
    size_t n;

    CHECK_OK(h4l_subnet_check(net, &err), err);
    h4l_subnet_rest(net, &state);
    h4l_subnet_run(net, x, STEPS, 0, &state, CAPACITY, t, &n);
    return n;
}

static void test_text_round_trip(void **state)
{
    char text[H4L_TOPOLOGY_TEXT];
    struct h4l_topology t, again;
    struct h4l_rng rng;
    struct h4l_err err;
    int wrong = 0, long_form = 0;

    (void)state;
    h4l_rng_init(&rng, 1, "topology round trip", 0);
    for (int k = 0; k < 2000; k++) {
        t = random_topology(&rng);
        h4l_topology_print(&t, text, sizeof text);
        if (h4l_topology_parse(text, &again, &err) != H4L_OK || !h4l_topology_equal(&t, &again)) {
            printf("%s: %s\n", text, err.message);
            wrong++;
        }
        long_form += strncmp(text, "units", 5) == 0;
    }
    CHECK_INT(wrong, 0);
    CHECK_AT_LEAST(long_form, 100);
    CHECK_AT_LEAST(2000 - long_form, 100); // both forms occurred
}

// Any text is either refused with a message or parsed into a topology that passes the check.
static void test_random_text(void **state)
{
    static const char *const words[] = {
        "1",   "2",     "3",   "+", "ring", "units",      "input", "output", "edges",
        ">",   "=>",    "->",  ",", "-",    "(parallel)", "arrow", "reset",  "own",
        "and", "spike", "all", ";", "\n",   "#x\n",       " ",     "33",     "*"};
    struct h4l_topology t;
    struct h4l_rng rng;
    struct h4l_err err;
    int parsed = 0, refused = 0;

    (void)state;
    h4l_rng_init(&rng, 1, "topology text", 0);
    for (int k = 0; k < 20000; k++) {
        char text[200] = "";

        for (uint64_t w = 1 + h4l_rng_below(&rng, 9); w > 0; w--) {
            strcat(text, words[h4l_rng_below(&rng, sizeof words / sizeof *words)]);
            strcat(text, h4l_rng_below(&rng, 2) ? " " : "");
        }
        err.message[0] = '\0';
        if (h4l_topology_parse(text, &t, &err) == H4L_OK) {
            parsed++;
            if (h4l_topology_check(&t, &err) != H4L_OK)
                fail_msg("accepted but invalid: %s: %s", text, err.message);
        } else {
            refused++;
            if (err.code != H4L_E_USAGE || strncmp(err.message, "topology", 8) != 0)
                fail_msg("refused without a proper message: %s: %s", text, err.message);
        }
    }
    printf("%d parsed, %d refused\n", parsed, refused);
    CHECK_AT_LEAST(parsed, 200);
    CHECK_AT_LEAST(refused, 5000);
}

// Exchanging parallel units with their constants changes no spike. (The order of a sum may change its last bit; a spike
// would move only if a potential came that close to its threshold, which these fixed streams do not.)
static void test_parallel_units_permute(void **state)
{
    static const char *const topologies[] = {"3+1",           "3+1 reset own",     "4 (parallel)",
                                             "1+3 reset own", "1+3+1 arrow spike", "1+3+1"};
    static const int orders[][5] = {
        {1, 2, 0, 3, 4}, {2, 1, 0, 3, 4}, {0, 2, 3, 1, 4}, {0, 3, 2, 1, 4}};
    double x[STEPS], t1[CAPACITY], t2[CAPACITY];
    struct h4l_rng rng;
    size_t total = 0;

    (void)state;
    h4l_rng_init(&rng, 1, "permuted sub-network", 0);
    for (int s = 0; s < STEPS; s++)
        x[s] = (double)h4l_rng_below(&rng, 40) - 12;
    for (size_t k = 0; k < 6 * 20; k++) {
        struct h4l_subnet a, b;
        struct h4l_err err;
        const int *order = orders[(k % 6 == 3 || k % 6 > 3 ? 2 : 0) + k / 6 % 2];
        int edges[H4L_TOPOLOGY_EDGES];
        size_t n;

        CHECK_OK(h4l_topology_parse(topologies[k % 6], &a.topology, &err), err);
        randomise(&a, &rng);
        for (int e = 0; e < a.topology.n_edges; e++)
            a.weight[e] =
                1; // all potentials of a layer's sources differ, their sum of three is rounded once or twice
        b = a;
        CHECK_OK(h4l_topology_permute(&a.topology, order, &b.topology, edges, &err), err);
        for (int i = 0; i < a.topology.units; i++)
            b.unit[order[i]] = a.unit[i];
        for (int e = 0; e < a.topology.n_edges; e++)
            b.weight[edges[e]] = a.weight[e];
        n = spikes(&a, x, t1);
        CHECK_INT(spikes(&b, x, t2), n);
        CHECK_TRUE(memcmp(t1, t2, n * sizeof *t1) == 0);
        total += n;
    }
    CHECK_AT_LEAST((double)total, 1000);
}

// Measuring the potential of unit i in other units (factor c_i, a power of two, so that rounding commutes) changes no spike.
static void test_scaling(void **state)
{
    double x[STEPS], t1[CAPACITY], t2[CAPACITY];
    struct h4l_rng rng;
    size_t total = 0;

    (void)state;
    h4l_rng_init(&rng, 1, "scaled sub-network", 0);
    fill(&rng, x);
    for (int k = 0; k < 100; k++) {
        struct h4l_subnet a, b;
        double c[H4L_TOPOLOGY_UNITS];
        size_t n;

        a.topology = random_topology(&rng);
        randomise(&a, &rng);
        b = a;
        for (int i = 0; i < a.topology.units; i++) {
            struct h4l_unit *u = &b.unit[i];

            c[i] = ldexp(1, (int)h4l_rng_below(&rng, 9) - 4);
            u->threshold *= c[i];
            u->rest *= c[i];
            u->reset *= c[i];
            u->input *= c[i];
        }
        for (int e = 0; e < a.topology.n_edges; e++) {
            const struct h4l_edge *edge = &a.topology.edges[e];

            b.weight[e] *= c[edge->to] / (edge->arrow == H4L_ARROW_MEMBRANE ? c[edge->from] : 1);
        }
        n = spikes(&a, x, t1);
        CHECK_INT(spikes(&b, x, t2), n);
        CHECK_TRUE(memcmp(t1, t2, n * sizeof *t1) == 0);
        total += n;
    }
    CHECK_AT_LEAST((double)total, 1000);
}

// Slower clock: all times, time constants and refractory times doubled, currents into the units halved.
static void test_time_scaling(void **state)
{
    double x[STEPS], t1[CAPACITY], t2[CAPACITY];
    struct h4l_rng rng;
    size_t total = 0;

    (void)state;
    h4l_rng_init(&rng, 1, "slowed sub-network", 0);
    fill(&rng, x);
    for (int k = 0; k < 50; k++) {
        struct h4l_subnet a, b;
        size_t n;
        int wrong = 0;

        a.topology = random_topology(&rng);
        randomise(&a, &rng);
        b = a;
        b.dt *= 2;
        for (int i = 0; i < a.topology.units; i++) {
            b.unit[i].gain /= 2;
            b.unit[i].refractory_ms *= 2;
        }
        n = spikes(&a, x, t1);
        CHECK_INT(spikes(&b, x, t2), n);
        for (size_t i = 0; i < n; i++)
            wrong += t2[i] != 2 * t1[i];
        CHECK_INT(wrong, 0);
        total += n;
    }
    CHECK_AT_LEAST((double)total, 500);
}

// A run cut in two with the state handed over is the same run.
static void test_continuation(void **state)
{
    double x[STEPS], t1[CAPACITY], t2[CAPACITY];
    struct h4l_rng rng;

    (void)state;
    h4l_rng_init(&rng, 1, "continued sub-network", 0);
    fill(&rng, x);
    for (int k = 0; k < 30; k++) {
        struct h4l_subnet net;
        struct h4l_subnet_state s;
        size_t n, first, second, cut = 1 + h4l_rng_below(&rng, STEPS - 1);

        net.topology = random_topology(&rng);
        randomise(&net, &rng);
        n = spikes(&net, x, t1);
        h4l_subnet_rest(&net, &s);
        h4l_subnet_run(&net, x, cut, 0, &s, CAPACITY, t2, &first);
        h4l_subnet_run(&net, x + cut, STEPS - cut, (double)cut * net.dt, &s, CAPACITY - first,
                       t2 + first, &second);
        CHECK_INT(first + second, n);
        CHECK_TRUE(memcmp(t1, t2, n * sizeof *t1) == 0); // dt is a power of two: times are exact
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_round_trip),        cmocka_unit_test(test_random_text),
        cmocka_unit_test(test_parallel_units_permute), cmocka_unit_test(test_scaling),
        cmocka_unit_test(test_time_scaling),           cmocka_unit_test(test_continuation),
    };

    return cmocka_run_group_tests_name("subnet properties", tests, NULL, NULL);
}
