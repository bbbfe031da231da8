// CMA-ES: known minima inside the cube and at its walls, what it may call, and that it ends.
#include "check.h"

#include "cmaes.h"

enum { N = 10 };
struct counted {
    long calls;
    int outside;
    double first;
    int fail_at; // call that fails; 0: none
    int kind;
};

static double value(void *ctx, const double *z, int *ret_code)
{
    struct counted *c = ctx;
    double sum = 0;

    c->calls++;
    for (int i = 0; i < N; i++)
        c->outside += !(z[i] >= 0 && z[i] <= 1);
    if (c->fail_at && c->calls == c->fail_at)
        *ret_code = H4L_E_NUMERIC;
    for (int i = 0; i < N; i++) {
        double turned = z[i] - 0.3 + (i ? z[i - 1] - 0.3 : 0); // all constants depend on each other

        if (c->kind == 0) // an ellipsoid, a thousand times as long as wide
            sum += pow(10, 6.0 * i / (N - 1)) * turned * turned;
        else if (c->kind == 1) // a minimum at the wall 0 in each
            sum += (z[i] + 0.2) * (z[i] + 0.2);
        else if (c->kind == 2) // a plateau
            sum = 1;
        else // no number anywhere but near the beginning
            sum += fabs(z[i] - 0.5) < 0.2 ? z[i] : NAN;
    }
    if (c->calls == 1)
        c->first = sum;
    return sum;
}

static int search(struct counted *c, long evaluations, double *z)
{
    struct h4l_rng rng;
    struct h4l_err err;
    const struct h4l_cmaes how = {
        .n = N, .step = 0.1, .evaluations = evaluations, .value = value, .ctx = c, .rng = &rng};

    h4l_rng_init(&rng, 1, "cmaes test", 0);
    for (int i = 0; i < N; i++)
        z[i] = 0.5;
    return h4l_cmaes(&how, z, &err);
}

static void test_finds_minima(void **state)
{
    double z[N], worst = 0;
    struct counted ellipsoid = {.kind = 0}, wall = {.kind = 1}, partly = {.kind = 3};

    (void)state;
    CHECK_INT(search(&ellipsoid, 10000, z), H4L_OK);
    for (int i = 0; i < N; i++)
        worst = fmax(worst, fabs(z[i] - 0.3));
    CHECK_AT_MOST(worst, 1e-4);
    CHECK_INT(search(&wall, 3000, z), H4L_OK);
    worst = 0;
    for (int i = 0; i < N; i++)
        worst = fmax(worst, z[i]);
    CHECK_AT_MOST(worst, 1e-3);
    CHECK_INT(search(&partly, 2000, z), H4L_OK);
    for (int i = 0; i < N; i++)
        CHECK_TRUE(z[i] > 0.3 && z[i] < 0.5);
    CHECK_INT(ellipsoid.outside + wall.outside + partly.outside, 0);
}

static void test_calls(void **state)
{
    double z[N];

    (void)state;
    for (long n = 1; n < 3000; n = 3 * n + 1) {
        struct counted c = {.kind = 0}, flat = {.kind = 2};

        CHECK_INT(search(&c, n, z), H4L_OK);
        CHECK_INT(c.calls, n);
        if (n == 1) // the start itself
            for (int i = 0; i < N; i++)
                CHECK_CLOSE(z[i], 0.5, 0);
        CHECK_INT(search(&flat, n, z), H4L_OK); // restarts, but ends
        CHECK_INT(flat.calls, n);
    }
    {
        struct counted c = {.kind = 0, .fail_at = 37};

        CHECK_INT(search(&c, 1000, z), H4L_E_NUMERIC);
        CHECK_INT(c.calls, 37);
        CHECK_INT(search(&c, 0, z), H4L_E_RANGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_minima),
        cmocka_unit_test(test_calls),
    };

    return cmocka_run_group_tests_name("cmaes", tests, NULL, NULL);
}
