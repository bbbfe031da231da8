// Operation counts on toys that can be counted by hand.
#include "check.h"

#include "analysis/operations.h"
#include "net/count.h"

static void test_published_convention(void **state)
{
    struct h4l_operations o = h4l_count_linear(3, 2);

    (void)state;
    CHECK_CLOSE(o.mul, 6, 0);
    CHECK_CLOSE(o.add, 4, 0);
    o = h4l_count_conv3(2, 5, 4); // 18 products and 17 sums for each of 5 x 16 values
    CHECK_CLOSE(o.mul, 18 * 80, 0);
    CHECK_CLOSE(o.add, 17 * 80, 0);
    o = h4l_count_sum(o, 3, h4l_count_linear(1, 1));
    CHECK_CLOSE(o.mul, 18 * 80 + 3, 0);
    CHECK_CLOSE(o.add, 17 * 80, 0);
}

static void test_linear_synapses(void **state)
{
    // Inputs 1 and 3 are on; the weights on them are 1 2 / 0 4 / 5 0: four of six are used.
    const double weights[] = {1, 9, 2, 0, 9, 4, 5, 0, 0}, inputs[] = {1, 0, 1};
    struct h4l_synapses s = {0};

    (void)state;
    h4l_synapses_linear(3, 3, weights, inputs, true, &s);
    CHECK_CLOSE(s.dense, 9, 0);
    CHECK_CLOSE(s.acs, 4, 0);
    CHECK_CLOSE(s.macs, 0, 0);
    CHECK_CLOSE(s.connections, 9, 0);
    CHECK_CLOSE(s.zero_weights, 3, 0);
    h4l_synapses_linear(3, 3, weights, inputs, false,
                        &s); // a second use adds operations, not connections
    CHECK_CLOSE(s.dense, 18, 0);
    CHECK_CLOSE(s.acs, 4, 0);
    CHECK_CLOSE(s.macs, 4, 0);
    CHECK_CLOSE(s.connections, 9, 0);
}

static void test_conv_synapses(void **state)
{
    // One map of 2 x 2 with its top-left pixel on: each output pixel sees it through one tap; no tap leads twice.
    const double weights[] = {1, 1, 1, 1, 0, 1, 1, 1, 1}, inputs[] = {7, 0, 0, 0};
    struct h4l_synapses s = {0};

    (void)state;
    h4l_synapses_conv3(1, 1, 2, weights, inputs, false, &s);
    CHECK_CLOSE(s.dense, 16, 0); // four outputs see four pixels each
    CHECK_CLOSE(s.macs, 3, 0);   // the centre's weight is 0
    CHECK_CLOSE(s.connections, 9, 0);
    CHECK_CLOSE(s.zero_weights, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_convention),
        cmocka_unit_test(test_linear_synapses),
        cmocka_unit_test(test_conv_synapses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
