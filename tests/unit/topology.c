// The topology notation: every form, what is derived from it, canonical text, and what malformed text is told.
#include "check.h"

#include "neuron/topology.h"

#define ALL(n) ((n) >= 32 ? UINT32_MAX : (1u << (n)) - 1)

// edges: digit pairs "14 24 34" (units from 1, in order of (to, from)).
static void expect(const char *text, int units, uint32_t input, uint32_t output, const char *edges)
{
    struct h4l_topology t;
    struct h4l_err err;
    int n = 0;

    printf("%s\n", text);
    CHECK_OK(h4l_topology_parse(text, &t, &err), err);
    CHECK_INT(t.units, units);
    CHECK_INT(t.input, input);
    CHECK_INT(t.output, output);
    for (const char *p = edges; *p != '\0'; p += p[2] == ' ' ? 3 : 2, n++) {
        CHECK_TRUE(n < t.n_edges);
        CHECK_INT(t.edges[n].from, p[0] - '1');
        CHECK_INT(t.edges[n].to, p[1] - '1');
    }
    CHECK_INT(t.n_edges, n);
}

static void test_shapes(void **state)
{
    (void)state;
    expect("1", 1, 1, 1, "");
    expect("2", 2, 3, 3, "");
    expect("4 (parallel)", 4, 15, 15, "");
    expect("3+1", 4, 7, 15, "14 24 34");
    expect("3+1 reset own", 4, 7, 8, "14 24 34");
    expect("1+3", 4, 1, 15, "12 13 14");
    expect("2+2", 4, 3, 15, "13 23 14 24");
    expect("1+2+1", 4, 1, 15, "12 13 24 34");
    expect("1+1+1+1", 4, 1, 15, "12 23 34");
    expect("ring4", 4, 15, 15, "41 12 23 34");
    expect("ring 4 input 1 output 4 reset own", 4, 1, 8, "41 12 23 34");
    expect("1+4", 5, 1, 31, "12 13 14 15");
    expect("4+1 reset own", 5, 15, 16, "15 25 35 45");
    expect("1+3+1", 5, 1, 31, "12 13 14 25 35 45");
    expect("1+1+3", 5, 1, 31, "12 23 24 25");
    expect("1+2+2 reset own", 5, 1, 24, "12 13 24 34 25 35");
    expect("1+1+2+1", 5, 1, 31, "12 23 24 35 45");
    expect("1+1+1+1+1", 5, 1, 31, "12 23 34 45");
    expect("units 3 input 1,2 output 3 edges 1>3, 2>3", 3, 3, 4, "13 23");
    expect("3+1 edges 4->1, 4->4", 4, 7, 15, "41 14 24 34 44");
}

static void test_clauses(void **state)
{
    struct h4l_topology t, u;
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_topology_parse("3+1 arrow spike; reset own", &t, &err), err);
    CHECK_INT(t.reset, H4L_RESET_OWN);
    for (int e = 0; e < 3; e++)
        CHECK_INT(t.edges[e].arrow, H4L_ARROW_SPIKE);
    CHECK_OK(h4l_topology_parse("3+1 arrow spike edges 4=>1,4>2 input 1-3", &t, &err), err);
    CHECK_INT(t.edges[0].arrow, H4L_ARROW_MEMBRANE); // 4=>1
    CHECK_INT(t.edges[1].arrow, H4L_ARROW_SPIKE);    // 4>2, the default kind
    // order of clauses, line breaks and comments change nothing
    CHECK_OK(
        h4l_topology_parse("# the paper's, with feedback\n 3 + 1\ninput 1-3 # all but the last\n"
                           "edges\n4=>1,\n 4>2\narrow spike",
                           &u, &err),
        err);
    CHECK_TRUE(h4l_topology_equal(&t, &u));
    CHECK_OK(h4l_topology_parse("2 input all output 2,1", &t, &err), err);
    CHECK_INT(t.output, 3);
    CHECK_OK(h4l_topology_parse("16+16", &t, &err), err);
    CHECK_INT(t.n_edges, 256);
    CHECK_INT(t.input, ALL(16));
    CHECK_INT(t.output, ALL(32));
}

struct bad {
    const char *text, *says;
};

static void check_messages(const struct bad *bad, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct h4l_topology t = {.units = 7}, before = t;
        struct h4l_err err = {0};
        int code = h4l_topology_parse(bad[i].text, &t, &err);

        printf("\"%s\" -> %s\n", bad[i].text, err.message);
        CHECK_INT(code, H4L_E_USAGE);
        CHECK_INT(err.code, H4L_E_USAGE);
        CHECK_TRUE(strstr(err.message, bad[i].says) != NULL);
        CHECK_TRUE(memcmp(&t, &before, sizeof t) == 0); // untouched on failure
    }
}

static void test_messages_of_shapes(void **state)
{
    static const struct bad bad[] = {
        {"", "column 1: expected a shape: layer sizes (3+1), ring N, or units N, found the end"},
        {"   ", "column 4: expected a shape"},
        {"x", "column 1: expected a shape: layer sizes (3+1), ring N, or units N, found \"x\""},
        {"3+", "column 3: expected the number of units of a layer (1..32), found the end"},
        {"3++1", "column 3: expected the number of units of a layer (1..32), found \"+1\""},
        {"3+0", "column 3: expected the number of units of a layer (1..32), found \"0\""},
        {"3+-1", "column 3: expected the number of units of a layer"},
        {"33", "column 1: expected the number of units of a layer (1..32), found \"33\""},
        {"99999999999999999999999", "column 1: expected the number of units of a layer"},
        {"30+3", "column 4: expected at most 32 units in all, this layer makes 33"},
        {"3 1",
         "column 3: expected a clause (input, output, edges, arrow, reset) or + and a further "
         "layer, found \"1\""},
        {"3+1 (parallel)", "column 5: expected no \"(parallel)\" after several layers"},
        {"4 (paralel)", "column 4: expected \"parallel\", found \"paralel)\""},
        {"4 (parallel", "column 12: expected \")\", found the end"},
        {"ring", "column 5: expected the number of units of the ring (2..32), found the end"},
        {"ring1", "column 5: expected the number of units of the ring (2..32), found \"1\""},
        {"rings4", "column 1: expected a shape"},
        {"units 0", "column 7: expected the number of units (1..32)"},
        {"units 2", "\"units 2\" needs the clause \"input\""},
        {"units 2 input 1", "\"units 2\" needs the clause \"output\""},
    };

    (void)state;
    check_messages(bad, sizeof bad / sizeof *bad);
}

static void test_messages_of_clauses(void **state)
{
    static const struct bad bad[] = {
        {"3+1 input", "column 10: expected a unit or \"all\" (1..4), found the end"},
        {"3+1 input 5", "column 11: expected a unit or \"all\" (1..4), found \"5\""},
        {"3+1 input 1,", "column 13: expected a unit or \"all\" (1..4), found the end"},
        {"3+1 input 3-2", "column 13: expected a unit not below 3, found \"2\""},
        {"3+1 input 1 input 2", "column 13: expected the clause \"input\" only once"},
        {"3+1 edges", "column 10: expected the unit where an edge starts (1..4), found the end"},
        {"3+1 edges 4",
         "column 12: expected an arrow: > (default kind), => (membrane), -> (spike), "
         "found the end"},
        {"3+1 edges 4-1", "column 12: expected an arrow"},
        {"3+1 edges 4>5", "column 13: expected the unit where the edge ends (1..4), found \"5\""},
        {"3+1 edges 4>1, 4->1", "column 16: expected each edge once, 4>1 is given twice"},
        {"3+1 edges 1>4", "edge 1>4 is already part of the shape"},
        {"3+1 edges 4>4", "edge 4>4: a membrane arrow of a unit to itself only changes its decay"},
        {"3+1 arrow", "column 10: expected \"membrane\" or \"spike\", found the end"},
        {"3+1 arrow spikes", "column 11: expected \"membrane\" or \"spike\", found \"spikes\""},
        {"3+1 reset or", "column 11: expected \"and\" or \"own\", found \"or\""},
        {"3+1 Reset and", "column 5: expected a clause"},
        {"3+1\nreset own\ninput 1,9",
         "line 3, column 9: expected a unit or \"all\" (1..4), found \"9\""},
        {"3+1 ;; reset own", "column 6: expected a clause"},
        {"units 3 input 1 output 2 edges 1>2", "unit 3 is not reached from any input unit"},
        {"units 3 input 1 output 2 edges 1>2,1>3", "unit 3 has no path to an output unit"},
        {"3+1 input 1", "unit 2 is not reached from any input unit"},
        {"3+1 output 1", "unit 2 has no path to an output unit"},
        {"2+2 \xff", "column 5: expected a clause"},
    };

    (void)state;
    check_messages(bad, sizeof bad / sizeof *bad);
}

static void test_too_long(void **state)
{
    char *text = malloc(70001);
    struct h4l_topology t;
    struct h4l_err err = {0};

    (void)state;
    memset(text, ' ', 70000);
    memcpy(text, "3+1", 3);
    text[70000] = '\0';
    CHECK_INT(h4l_topology_parse(text, &t, &err), H4L_E_USAGE);
    CHECK_TRUE(strstr(err.message, "70000 characters") != NULL);
    free(text);
}

static void test_print(void **state)
{
    static const char *const canonical[][2] = {
        {"1 arrow spike", "1"},
        {"4 (parallel)", "4"},
        {" 3 + 1 ", "3+1"},
        {"3+1 output all", "3+1"},
        {"3+1 reset own output 4 arrow spike", "3+1 arrow spike reset own"},
        {"3+1 reset own output 1-4", "3+1 output all reset own"},
        {"units 4 input 3,2,1 output all edges 3>4,2>4,1>4", "3+1"},
        {"units 4 input 1 output all edges 1>2,2>3,3>4,4>1", "ring4 input 1"},
        {"1+1 edges 2>1", "ring2 input 1"},
        {"2+1 arrow spike edges 3->1,3=>2",
         "units 3 input 1-2 output all edges 3->1,3>2,1->3,2->3"},
        {"5 input 1,3-5,2 output 1-2,4,5 reset own edges 3->5",
         "units 5 input all output 1-2,4-5 edges 3>5 arrow spike reset own"},
    };
    char text[H4L_TOPOLOGY_TEXT], small[6] = "#####";
    struct h4l_topology t, again;
    struct h4l_err err;

    (void)state;
    for (size_t i = 0; i < sizeof canonical / sizeof *canonical; i++) {
        CHECK_OK(h4l_topology_parse(canonical[i][0], &t, &err), err);
        CHECK_INT(h4l_topology_print(&t, text, sizeof text), strlen(canonical[i][1]));
        CHECK_STR(text, canonical[i][1]);
        CHECK_OK(h4l_topology_parse(text, &again, &err), err);
        CHECK_TRUE(h4l_topology_equal(&t, &again));
    }
    CHECK_OK(h4l_topology_parse("3+1 reset own", &t, &err), err);
    CHECK_INT(h4l_topology_print(&t, small, sizeof small), 13);
    CHECK_STR(small, "3+1 r");
    CHECK_INT(h4l_topology_print(&t, NULL, 0), 13);
}

static void test_full_graph(void **state)
{
    char text[H4L_TOPOLOGY_TEXT];
    struct h4l_topology t = {.units = H4L_TOPOLOGY_UNITS,
                             .input = 0x55555555,
                             .output = 0xaaaaaaaa,
                             .reset = H4L_RESET_OWN},
                        again;
    struct h4l_err err;

    (void)state;
    for (int to = 0; to < t.units; to++)
        for (int from = 0; from < t.units; from++)
            t.edges[t.n_edges++] =
                (struct h4l_edge){(uint8_t)from, (uint8_t)to,
                                  from == to || from % 2 ? H4L_ARROW_SPIKE : H4L_ARROW_MEMBRANE};
    CHECK_OK(h4l_topology_check(&t, &err), err);
    CHECK_AT_MOST((double)h4l_topology_print(&t, text, sizeof text), (double)sizeof text - 1);
    CHECK_OK(h4l_topology_parse(text, &again, &err), err);
    CHECK_TRUE(h4l_topology_equal(&t, &again));
}

static void test_check(void **state)
{
    struct h4l_topology good, t;
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_topology_parse("3+1", &good, &err), err);
    t = good, t.units = 0;
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    t = good, t.units = H4L_TOPOLOGY_UNITS + 1;
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    t = good, t.n_edges = -1;
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    t = good, t.output = 0;
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    t = good, t.input |= 1u << 4;
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    t = good, t.edges[1].from = 9;
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    t = good, t.edges[0] = good.edges[1], t.edges[1] = good.edges[0];
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    t = good, t.edges[1] = t.edges[0];
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    t = good, t.edges[1].arrow = 2;
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    t = good, t.reset = (enum h4l_reset)7;
    CHECK_INT(h4l_topology_check(&t, &err), H4L_E_USAGE);
    CHECK_OK(h4l_topology_check(&good, &err), err);
}

static void test_into_and_permute(void **state)
{
    static const int order[] = {3, 1, 2, 0}, wrong[] = {0, 1, 1, 2};
    struct h4l_topology t, u, back;
    struct h4l_err err;
    int first, edges[H4L_TOPOLOGY_EDGES];

    (void)state;
    CHECK_OK(h4l_topology_parse("3+1", &t, &err), err);
    CHECK_INT(h4l_topology_into(&t, 3, &first), 3);
    CHECK_INT(first, 0);
    CHECK_INT(h4l_topology_into(&t, 1, &first), 0);
    CHECK_OK(h4l_topology_permute(&t, order, &u, edges, &err), err);
    CHECK_INT(u.input, 8 | 2 | 4);
    CHECK_INT(h4l_topology_into(&u, 0, &first), 3);
    for (int e = 0; e < 3; e++)
        CHECK_INT(u.edges[edges[e]].from, order[t.edges[e].from]);
    CHECK_OK(h4l_topology_permute(&u, order, &back, NULL, &err), err); // its own inverse
    CHECK_TRUE(h4l_topology_equal(&t, &back));
    CHECK_INT(h4l_topology_permute(&t, wrong, &u, NULL, &err), H4L_E_RANGE);
}

static void test_file(void **state)
{
    const char *path = "unit-topology.txt";
    struct h4l_topology t, u;
    struct h4l_err err;
    FILE *f = fopen(path, "w");

    (void)state;
    assert_non_null(f);
    fputs(
        "# feed-back\nunits 4\ninput 1-3\noutput 4\nedges 1>4, 2>4,\n      3>4, 4->1\nreset own\n",
        f);
    fclose(f);
    CHECK_OK(h4l_topology_read(path, &t, &err), err);
    CHECK_OK(h4l_topology_parse("3+1 edges 4->1 reset own", &u, &err), err);
    CHECK_TRUE(h4l_topology_equal(&t, &u));
    f = fopen(path, "w");
    fputs("3+1\nreset maybe\n", f);
    fclose(f);
    CHECK_INT(h4l_topology_read(path, &t, &err), H4L_E_DATA);
    CHECK_STR(err.message,
              "unit-topology.txt: topology, line 2, column 7: expected \"and\" or \"own\", "
              "found \"maybe\"");
    f = fopen(path, "w");
    fwrite("3+1\0x", 1, 5, f);
    fclose(f);
    CHECK_INT(h4l_topology_read(path, &t, &err), H4L_E_DATA);
    remove(path);
    CHECK_INT(h4l_topology_read(path, &t, &err), H4L_E_DATA);
    CHECK_TRUE(h4l_topology_equal(&t, &u)); // untouched
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_clauses),
        cmocka_unit_test(test_messages_of_shapes),
        cmocka_unit_test(test_messages_of_clauses),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_full_graph),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_into_and_permute),
        cmocka_unit_test(test_file),
    };

    return cmocka_run_group_tests_name("topology", tests, NULL, NULL);
}
