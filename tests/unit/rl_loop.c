// What the training loop puts into its memory: which action was taken, what noise an observation and a reward have, whether there is
// a future. Nothing is learned here: the batch is larger than the memory ever gets.
#include "rl/replay.h"
#include "rl/train.h"

#include "check.h"
#include "hh4lif_config.h"

#if H4L_HAVE_MUJOCO

enum { STEPS = 150, O = 4, W = 5, LONG = 1050, LIMIT = 1000 };

static struct h4l_train_spec random_spec(void)
{
    struct h4l_err err = {0};
    struct h4l_train_spec spec;

    CHECK_OK(h4l_train_published("relu", H4L_IP, false, &spec, &err), err);
    spec.sac.hidden = spec.sac.heads = spec.sac.critics = 4;
    spec.sac.batch = 1024;
    spec.steps = STEPS;
    spec.start_steps = LONG;
    spec.seed = 7;
    return spec;
}

static struct h4l_train *run_of(const struct h4l_train_spec *spec)
{
    struct h4l_err err = {0};
    struct h4l_train *run = NULL;

    CHECK_OK(h4l_train_create(spec, NULL, &run, &err), err);
    return run;
}

static struct h4l_train *advanced(const struct h4l_train_spec *spec)
{
    struct h4l_err err = {0};
    struct h4l_train *run = run_of(spec);

    CHECK_OK(h4l_train_advance(run, spec->steps, &err), err);
    CHECK_INT(h4l_train_replay(run)->size, spec->steps);
    return run;
}

// Row `row` of the observations of transition i, from the oldest, 0, to the newest.
static const float *observation(const struct h4l_train *run, size_t i, int row)
{
    const struct h4l_replay *r = h4l_train_replay(run);

    return r->entries + i * r->entry + row * r->n_obs;
}

// Action, reward, mask of transition i.
static const float *behind(const struct h4l_train *run, size_t i)
{
    const struct h4l_replay *r = h4l_train_replay(run);

    return r->entries + (i + 1) * r->entry - 3;
}

static void check_observations(const struct h4l_train *a, const struct h4l_train *b)
{
    for (size_t i = 0; i < STEPS; i++) {
        assert_true(behind(a, i)[0] == behind(b, i)[0]);
        assert_memory_equal(observation(a, i, W), observation(b, i, W), O * sizeof(float));
    }
}

// Noise of the state begins with step W + 1 of an episode; noise of the reward is a stream of its own. Actions are random, so
// that nothing else differs.
static void test_noise(void **state)
{
    struct h4l_train_spec spec = random_spec();
    struct h4l_train *run[2][2]; // [state noise][reward noise]
    const struct h4l_train_episode *episode;
    size_t rewards = 0, noisy = 0, at = 0, begin = 0, episodes;
    double square = 0;

    (void)state;
    for (int s = 0; s < 2; s++)
        for (int r = 0; r < 2; r++) {
            spec.state_noise = s ? 0.002 : 0;
            spec.reward_noise = r ? 0.1 : 0;
            run[s][r] = advanced(&spec);
        }
    check_observations(run[0][0], run[0][1]);
    check_observations(run[1][0], run[1][1]);
    episodes = h4l_train_episodes(run[0][0], &episode);
    CHECK_AT_LEAST((double)episodes, 5);
    for (size_t i = 0; i < STEPS; i++) {
        const float *clean = observation(run[0][0], i, W), *own = observation(run[1][0], i, W);

        if (at < episodes &&
            i - begin == (size_t)episode[at].length) { // an episode has ended with the step before
            begin = i;
            at++;
        }
        for (size_t k = 0; k < O; k++) {
            double difference = (double)own[k] - (double)clean[k];

            assert_true((difference != 0) == (i - begin + 1 > W));
            noisy += difference != 0;
            square += difference * difference;
        }
        assert_true(behind(run[0][0], i)[1] == behind(run[1][0], i)[1]);
        rewards += behind(run[0][0], i)[1] != behind(run[0][1], i)[1];
    }
    CHECK_AT_LEAST((double)noisy, 100);
    CHECK_REL(sqrt(square / (double)noisy), 0.002, 4 / sqrt(2 * (double)noisy));
    CHECK_INT(rewards, STEPS);
    for (int s = 0; s < 4; s++)
        h4l_train_destroy(run[s / 2][s % 2]);
}

// A policy of which two units see the weighted observation, with either sign: action 3 tanh(constant + weights times observation),
// hardly any deviation.
static void set_policy(struct h4l_train *run, const double weight[O], double constant)
{
    struct h4l_sac *sac = h4l_train_agent(run);
    const struct h4l_sac_tensor *t;
    double p[400] = {0};

    CHECK_TRUE(h4l_sac_size(sac, H4L_SAC_POLICY) <= 400);
    for (size_t i = 0, n = h4l_sac_tensors(sac, H4L_SAC_POLICY, &t); i < n; i++) {
        double *to = p + t[i].offset;

        for (int k = 0; k < O && strcmp(t[i].name, "neuron_in.weight") == 0; k++) {
            to[k] = weight[k];
            to[O + k] = -weight[k];
        }
        if (strcmp(t[i].name, "mean_h1.weight") == 0 || strcmp(t[i].name, "mean_h2.weight") == 0)
            to[0] = to[t[i].cols + 1] = 1;
        if (strcmp(t[i].name, "mean_out.weight") == 0) {
            to[0] = 1;
            to[1] = -1;
        }
        if (strcmp(t[i].name, "mean_out.bias") == 0)
            to[0] = constant;
        if (strcmp(t[i].name, "std_out.bias") == 0)
            to[0] = -30;
    }
    h4l_sac_set(sac, H4L_SAC_POLICY, p);
}

// The first start_steps actions are random, the others the policy's.
static void test_random_start(void **state)
{
    struct h4l_train_spec spec = random_spec();
    struct h4l_err err = {0};
    struct h4l_train *run;
    double least = 0, most = 0;

    (void)state;
    spec.start_steps = 90;
    run = run_of(&spec);
    set_policy(run, (const double[O]){0}, 0.5);
    CHECK_OK(h4l_train_advance(run, spec.steps, &err), err);
    for (size_t i = 0; i < STEPS; i++) {
        double action = (double)behind(run, i)[0], policy = 3 * tanh(0.5);

        assert_true((fabs(action - policy) < 1e-5) == (i >= 90));
        least = fmin(least, action);
        most = fmax(most, action);
    }
    CHECK_AT_MOST(least, -2.5);
    CHECK_AT_LEAST(most, 2.5);
    CHECK_AT_MOST(most, 3);
    h4l_train_destroy(run);
}

// An episode that the time limit ends has a future, one that a fall ends has none; -10 has each, but where the limit is no failure.
static void test_masks(void **state)
{
    (void)state;
    for (int as_stated = 0; as_stated < 2; as_stated++) {
        struct h4l_train_spec spec = random_spec();
        const struct h4l_train_episode *episode;
        struct h4l_err err = {0};
        struct h4l_train *fall = advanced(&spec), *run;
        double at_limit, before;
        size_t last;

        CHECK_TRUE(h4l_train_episodes(fall, &episode) > 0);
        last = (size_t)episode[0].length - 1;
        CHECK_CLOSE((double)behind(fall, last)[2], 0, 0);
        for (size_t i = 0; i < last; i++)
            assert_true(behind(fall, i)[2] == 1);
        h4l_train_destroy(fall);
        spec.steps = LONG;
        spec.start_steps = 0;
        spec.limit_is_no_failure = as_stated;
        spec.sac.observations = spec.sac.repeat = spec.sac.neuron.window = 1;
        spec.sac.batch = 1024;
        run = run_of(&spec);
        set_policy(run, (const double[O]){0, 5, 1, 1}, 0); // balances for good
        CHECK_OK(h4l_train_advance(run, LIMIT, &err), err);
        CHECK_INT(h4l_train_episodes(run, &episode), 1);
        CHECK_INT(episode[0].length, LIMIT);
        for (size_t i = 0; i < LIMIT; i++)
            assert_true(behind(run, i)[2] == 1);
        at_limit = (double)behind(run, LIMIT - 1)[1];
        before = (double)behind(run, LIMIT - 2)[1];
        CHECK_CLOSE(at_limit, before - (as_stated ? 0 : 10), 1);
        h4l_train_destroy(run);
    }
}

struct start {
    double q[2], v[2];
};

static void see(void *ctx, const double *q, const double *v, double action,
                const struct h4l_pendulum_step *step)
{
    struct start *start = ctx;

    (void)action;
    for (int i = 0; i < 2 && !step; i++) {
        start->q[i] = q[i];
        start->v[i] = v[i];
    }
}

// Every run is tried on the same starts, whatever its seed.
static void test_evaluation_starts(void **state)
{
    struct h4l_train_spec spec = random_spec();
    struct start start[2][2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct h4l_train *run;

        spec.seed = 7 + (uint64_t)i;
        run = run_of(&spec);
        for (uint64_t k = 0; k < 2; k++)
            h4l_train_try(run, k, see, &start[i][k]);
        h4l_train_destroy(run);
    }
    assert_memory_equal(start[0], start[1], sizeof start[0]);
    assert_memory_not_equal(&start[0][0], &start[0][1], sizeof start[0][0]);
}
#endif

int main(void)
{
#if H4L_HAVE_MUJOCO
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_random_start),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_evaluation_starts),
    };

    return cmocka_run_group_tests_name("rl_loop", tests, NULL, NULL);
#else
    return 77; // skipped
#endif
}
