// The pendulum environments against recorded trajectories: byte for byte on the MuJoCo release they were recorded with
// (2.2.2), the first 30 rows within 1e-9 on another one (the double pendulum is chaotic after its fall).
#include "rl/pendulum.h"

#include "check.h"
#include "hh4lif_config.h"

#if H4L_HAVE_MUJOCO
#include <mujoco/mujoco.h>

static const struct recording {
    const char *file;
    enum h4l_pendulum_kind kind;
    double amplitude, phase, q[3], v[3];
    int first_terminated;
} recordings[] = {
    {"inverted_pendulum_case0.csv", H4L_IP, 0.05, 0, {0}, {0}, 19},
    {"inverted_pendulum_case1.csv", H4L_IP, 0.3, 0.7, {0.005, -0.008}, {-0.01, 0.007}, 7},
    {"inverted_double_pendulum_case0.csv", H4L_IDP, 0.05, 0, {0}, {0}, 11},
    {"inverted_double_pendulum_case1.csv",
     H4L_IDP,
     0.3,
     0.7,
     {0.05, -0.08, 0.03},
     {-0.1, 0.15, -0.05},
     6},
};

enum { LINE = 2000 };

static void print_row(char *line, int t, double action, const struct h4l_pendulum *p,
                      const struct h4l_pendulum_step *s)
{
    double q[H4L_PENDULUM_MAX_DOF], v[H4L_PENDULUM_MAX_DOF];
    int n = snprintf(line, LINE, "%d,%.17g", t, action), n_dof = h4l_pendulum_n_dof(p);

    h4l_pendulum_state(p, q, v);
    for (int i = 0; i < h4l_pendulum_n_obs(p); i++)
        n += snprintf(line + n, (size_t)(LINE - n), ",%.17g", s->obs[i]);
    for (int i = 0; i < n_dof; i++)
        n += snprintf(line + n, (size_t)(LINE - n), ",%.17g", q[i]);
    for (int i = 0; i < n_dof; i++)
        n += snprintf(line + n, (size_t)(LINE - n), ",%.17g", v[i]);
    snprintf(line + n, (size_t)(LINE - n), ",%.17g,%d", s->reward, s->terminated);
}

// Largest difference between the numbers of two rows.
static double row_difference(const char *a, const char *b)
{
    double worst = 0;

    for (; *a && *b; a++, b++) {
        char *a_end, *b_end;
        worst = h4l_worst(worst, fabs(strtod(a, &a_end) - strtod(b, &b_end)));
        a = a_end, b = b_end;
        if (!*a || !*b)
            break;
    }
    return worst;
}

static void replay(const struct recording *r)
{
    struct h4l_err err = {0};
    struct h4l_pendulum *p;
    struct h4l_pendulum_step s = {0};
    char path[1000], expected[LINE], got[LINE];
    int rows = 0, different = 0, first_terminated = -1;
    double early = 0;

    snprintf(path, sizeof path, "%s/tests/data/%s", H4L_SOURCE_DIR, r->file);
    FILE *file = fopen(path, "r");
    CHECK_TRUE(file != NULL);
    CHECK_TRUE(fgets(expected, LINE, file) != NULL); // header
    CHECK_OK(h4l_pendulum_create(r->kind, &p, &err), err);
    for (; fgets(expected, LINE, file); rows++) {
        double action = 0;
        expected[strcspn(expected, "\n")] = 0;
        if (rows == 0) {
            h4l_pendulum_reset_to(p, r->q, r->v, s.obs);
        } else {
            action = r->amplitude * sin(0.3 * (rows - 1) + r->phase);
            h4l_pendulum_step(p, action, &s);
        }
        print_row(got, rows, action, p, &s);
        different += strcmp(got, expected) != 0;
        if (rows < 30)
            early = h4l_worst(early, row_difference(got, expected));
        if (s.terminated && first_terminated < 0)
            first_terminated = rows;
    }
    fclose(file);
    h4l_pendulum_destroy(p);
    CHECK_INT(rows, 201);
    CHECK_CLOSE(early, 0, 1e-9);
    CHECK_INT(first_terminated, r->first_terminated);
    if (mj_version() == 222)
        CHECK_INT(different, 0);
}

static void test_recorded_trajectories(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof recordings / sizeof recordings[0]; i++)
        replay(&recordings[i]);
}

static void test_reset_and_limits(void **state)
{
    struct h4l_err err = {0};

    (void)state;
    for (int kind = H4L_IP; kind <= H4L_IDP; kind++) {
        struct h4l_pendulum *p;
        struct h4l_pendulum_step a, b;
        struct h4l_rng rng;
        double obs[H4L_PENDULUM_MAX_OBS], again[H4L_PENDULUM_MAX_OBS];

        CHECK_OK(h4l_pendulum_create((enum h4l_pendulum_kind)kind, &p, &err), err);
        h4l_rng_init(&rng, 7, "pendulum reset", 0);
        h4l_pendulum_reset(p, &rng, obs);
        for (int t = 1; t <= H4L_PENDULUM_TIME_LIMIT; t++) {
            h4l_pendulum_step(p, 0, &a);
            CHECK_TRUE(a.truncated == (t == H4L_PENDULUM_TIME_LIMIT));
        }
        // A reset forgets everything: same stream, same observation; actions beyond the range act as the range's end.
        h4l_rng_init(&rng, 7, "pendulum reset", 0);
        h4l_pendulum_reset(p, &rng, again);
        CHECK_INT(memcmp(obs, again, sizeof(double) * (size_t)h4l_pendulum_n_obs(p)), 0);
        h4l_pendulum_step(p, h4l_pendulum_max_action(p), &a);
        h4l_pendulum_reset_to(p, (double[]){0, 0, 0}, (double[]){0, 0, 0}, again);
        h4l_rng_init(&rng, 7, "pendulum reset", 0);
        h4l_pendulum_reset(p, &rng, again);
        h4l_pendulum_step(p, 100, &b);
        CHECK_INT(memcmp(a.obs, b.obs, sizeof(double) * (size_t)h4l_pendulum_n_obs(p)), 0);
        h4l_pendulum_destroy(p);
    }
}
#endif

static void test_shaped_reward(void **state)
{
    const double ip[4] = {0.25, 0.1045, 0.209, 9}, idp[11] = {0.5, 0.209, 0.05};

    (void)state;
    // 5 - 10 * 0.25 = 2.5; the velocity piece 5 - 10 * 0.5 = 0; the angle piece 5 - 10 * 0.25 = 2.5
    CHECK_CLOSE(h4l_pendulum_shaped_reward(H4L_IP, ip, false, false), 2.5, 1e-12);
    CHECK_CLOSE(h4l_pendulum_shaped_reward(H4L_IP, ip, false, true), 5.0, 1e-12);
    CHECK_CLOSE(h4l_pendulum_shaped_reward(H4L_IP, ip, true, false), -7.5, 1e-12);
    CHECK_CLOSE(h4l_pendulum_shaped_reward(H4L_IP, (double[4]){1.1, 0, 1, 0}, false, false), -10,
                1e-12);
    CHECK_CLOSE(h4l_pendulum_shaped_reward(H4L_IDP, idp, false, false), 2.5 + 0 + 0, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#if H4L_HAVE_MUJOCO
        cmocka_unit_test(test_recorded_trajectories),
        cmocka_unit_test(test_reset_and_limits),
#endif
        cmocka_unit_test(test_shaped_reward),
    };
    return cmocka_run_group_tests_name("rl_pendulum", tests, NULL, NULL);
}
