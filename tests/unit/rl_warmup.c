// The warm-up policies of results/warmup, and what trains them.
#include "rl/warmup_train.h"

#include <jansson.h>

#include "base/json.h"
#include "check.h"
#include "hh4lif_config.h"
#include "rl/warmup_student.h"

enum { BATCH = 32, OBS = 3 };

static const struct {
    const char *file;
    enum h4l_pendulum_kind kind;
    int n_obs;
    double limit;
} committed[] = {
    {H4L_SOURCE_DIR "/results/warmup/ip.json", H4L_IP, 4, 3},
    {H4L_SOURCE_DIR "/results/warmup/idp.json", H4L_IDP, 11, 1},
};

// Two LIF layers of 32, as published.
static void test_committed_policies_load(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct h4l_warmup p;
        struct h4l_err err = {0};
        json_t *root, *held_out, *trial;
        const char *key;

        CHECK_OK(h4l_warmup_read(committed[i].file, committed[i].n_obs, &p, &err), err);
        CHECK_INT(p.hidden, 32);
        CHECK_INT(p.time_steps, 15);
        CHECK_CLOSE(p.decay, 0.2, 0);
        CHECK_CLOSE(p.threshold, 0.2, 0);
        CHECK_CLOSE(p.action_limit, committed[i].limit, 0);
        h4l_warmup_free(&p);
        CHECK_OK(h4l_json_read(committed[i].file, &root, &err), err);
        CHECK_TRUE(
            json_is_string(json_object_get(json_object_get(root, "provenance"), "git_commit")));
        held_out = json_object_get(root, "held_out");
        CHECK_INT(json_object_size(held_out), 2);
        json_object_foreach(held_out, key, trial)
            CHECK_INT(json_integer_value(json_object_get(trial, "balanced")),
                      json_integer_value(json_object_get(trial, "episodes")));
        json_decref(root);
    }
}

static void random_batch(struct h4l_rng *rng, float *obs, float *mean, float *log_std)
{
    for (int i = 0; i < BATCH; i++) {
        float *x = obs + i * OBS;
        for (int k = 0; k < OBS; k++)
            x[k] = (float)h4l_rng_between(rng, -2, 2);
        mean[i] = x[0] - 0.5f * x[1];
        log_std[i] = -1 + 0.2f * x[2];
    }
}

static struct h4l_student *small_student(struct h4l_rng *rng)
{
    const double center[OBS] = {0.3, -0.1, 0}, scale[OBS] = {1.5, 0.7, 1};

    h4l_rng_init(rng, 11, "test student", 0);
    return h4l_student_create(OBS, 16, BATCH, center, scale, rng);
}

// What learns and what is deployed are the same function: against the deployed policy's own answers the loss is nothing but float
// rounding, and a log_std that is off by 0.1 everywhere costs 0.1^2 / 2.
static void test_export_is_the_student(void **state)
{
    struct h4l_rng rng;
    struct h4l_student *s = small_student(&rng);
    struct h4l_warmup p;
    struct h4l_err err = {0};
    float obs[BATCH * OBS], mean[BATCH], log_std[BATCH];

    (void)state;
    CHECK_OK(h4l_student_export(s, 1, &p, &err), err);
    random_batch(&rng, obs, mean, log_std);
    for (int off = 0; off < 2; off++) {
        for (int i = 0; i < BATCH; i++) {
            double m, l, x[OBS];
            for (int k = 0; k < OBS; k++)
                x[k] = (double)obs[i * OBS + k];
            h4l_warmup_forward(&p, x, &m, &l, NULL, NULL);
            mean[i] = (float)m;
            log_std[i] = (float)(l + 0.1 * off);
        }
        CHECK_CLOSE(h4l_student_step(s, obs, mean, log_std, 0), off ? 0.005 : 0, 1e-7);
    }
    h4l_warmup_free(&p);
    h4l_student_destroy(s);
}

// A function of the observation is learnt: the loss falls below a fifth of that of the best constant answer.
static void test_student_learns(void **state)
{
    struct h4l_rng rng;
    struct h4l_student *s = small_student(&rng);
    float obs[BATCH * OBS], mean[BATCH], log_std[BATCH];
    double constant = 0, last = 0;

    (void)state;
    for (int k = 0; k < 3000; k++) {
        random_batch(&rng, obs, mean, log_std);
        double loss = h4l_student_step(s, obs, mean, log_std, k < 2000 ? 3e-3 : 5e-4);
        if (k < 2950)
            continue;
        last += loss / 50;
        for (int i = 0; i < BATCH; i++) { // by symmetry: mean 0, log_std -1
            double off = fabs((double)mean[i]) / exp((double)log_std[i]),
                   wide = (double)log_std[i] + 1;
            constant += ((off < 1 ? off * off / 2 : off - 0.5) + wide * wide / 2) / BATCH / 50;
        }
    }
    CHECK_AT_LEAST(constant, 1);
    CHECK_AT_LEAST(constant / 5, last);
    h4l_student_destroy(s);
}

#if H4L_HAVE_MUJOCO
static void test_committed_policies_balance(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (int sampled = 0; sampled < 2; sampled++) {
            struct h4l_warmup p;
            struct h4l_warmup_trial t;
            struct h4l_err err = {0};

            CHECK_OK(h4l_warmup_read(committed[i].file, committed[i].n_obs, &p, &err), err);
            CHECK_OK(h4l_warmup_try(&p, committed[i].kind, 1, sampled, &t, &err), err);
            CHECK_INT(t.balanced, 1);
            CHECK_CLOSE(t.mean_length, 1000, 0);
            CHECK_AT_LEAST(t.shaped_reward_per_step,
                           5); // cart and pole near the middle, not only upright
            CHECK_INT(h4l_warmup_try(&p, committed[1 - i].kind, 1, sampled, &t, &err), H4L_E_DATA);
            h4l_warmup_free(&p);
        }
}

static void test_training_refuses(void **state)
{
    struct h4l_warmup_training spec = h4l_warmup_training_defaults(H4L_IP, 1);
    struct h4l_warmup p;
    struct h4l_err err = {0};

    (void)state;
    spec.rounds = 0;
    CHECK_INT(h4l_warmup_train(&spec, NULL, NULL, &p, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "rounds") != NULL);
    spec.rounds = 1;
    spec.expert_steps = 1000; // of random actions only: nobody learns to balance
    spec.expert_width = 4;
    CHECK_INT(h4l_warmup_train(&spec, NULL, NULL, &p, &err), H4L_E_CHECK);
    CHECK_TRUE(strstr(err.message, "never balanced") != NULL);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_committed_policies_load),
        cmocka_unit_test(test_export_is_the_student),
        cmocka_unit_test(test_student_learns),
#if H4L_HAVE_MUJOCO
        cmocka_unit_test(test_committed_policies_balance),
        cmocka_unit_test(test_training_refuses),
#endif
    };
    return cmocka_run_group_tests_name("rl_warmup", tests, NULL, NULL);
}
