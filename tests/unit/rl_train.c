// Replay memory, warm-up policy, and the training loop: bookkeeping of the published loop, checkpoints, determinism.
#include "rl/replay.h"
#include "rl/train.h"
#include "rl/warmup.h"

#include <unistd.h>

#include "base/simd.h"
#include "check.h"
#include "hh4lif_config.h"

static void test_replay(void **state)
{
    struct h4l_replay r = {0};
    struct h4l_err err = {0};
    struct h4l_rng rng;
    float obs[6], s[40 * 4], n[40 * 4], a[40], w[40], m[40];
    int seen[50] = {0};

    (void)state;
    CHECK_INT(h4l_replay_create(0, 2, 2, &r, &err), H4L_E_RANGE);
    CHECK_OK(h4l_replay_create(40, 2, 2, &r, &err), err);
    for (int i = 0; i < 50; i++) { // ten more than fit: the ten oldest go
        for (int k = 0; k < 6; k++)
            obs[k] = (float)(100 * i + k);
        h4l_replay_add(&r, obs, (float)i, (float)-i, (float)(i % 2));
    }
    CHECK_INT(r.size, 40);
    h4l_rng_init(&rng, 1, "test replay", 0);
    h4l_replay_sample(&r, &rng, 40, s, n, a, w, m); // all of them: each exactly once
    for (int i = 0; i < 40; i++) {
        int id = (int)a[i];
        CHECK_TRUE(id >= 10 && id < 50 && !seen[id]);
        seen[id] = 1;
        CHECK_TRUE(s[4 * i] == (float)(100 * id) && s[4 * i + 3] == (float)(100 * id + 3));
        CHECK_TRUE(n[4 * i] == (float)(100 * id + 2) && n[4 * i + 3] == (float)(100 * id + 5));
        CHECK_TRUE(w[i] == (float)-id && m[i] == (float)(id % 2));
    }
    h4l_replay_free(&r);
}

// A two-neuron policy by hand: one input neuron fires in every step, one never; the second layer copies the first.
static void test_warmup_by_hand(void **state)
{
    char path[] = "warmup-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    struct h4l_warmup p = {0};
    struct h4l_err err = {0};
    double mean, log_std;
    int s1[2], s2[2];

    (void)state;
    fputs("{\"n_obs\": 1, \"hidden\": 2, \"time_steps\": 15, \"action_limit\": 3, \"decay\": 0.2, "
          "\"threshold\": 0.2,"
          "\"log_std_clamp\": [-20, 2], \"tensors\": {"
          "\"lif1.weight\": {\"data\": [1, 0]}, \"lif1.bias\": {\"data\": [0, 0.1]},"
          "\"lif2.weight\": {\"data\": [1, 0, 0, 1]}, \"lif2.bias\": {\"data\": [0, 0]},"
          "\"mean_head.weight\": {\"data\": [2, 5]}, \"mean_head.bias\": {\"data\": [0.5]},"
          "\"log_std_head.weight\": {\"data\": [9, 0]}, \"log_std_head.bias\": {\"data\": [0]}}}",
          file);
    fclose(file);
    CHECK_OK(h4l_warmup_read(path, 1, &p, &err), err);
    h4l_warmup_forward(&p, (double[]){1.0}, &mean, &log_std, s1, s2);
    CHECK_INT(s1[0], 15);
    CHECK_INT(s1[1], 0); // 0.1 (1 + 0.2 + ...) stays below 0.125 < 0.2
    CHECK_INT(s2[0], 15);
    CHECK_CLOSE(mean, 2.5, 1e-12);
    CHECK_CLOSE(log_std, 2, 0); // clamped from 9
    CHECK_CLOSE(h4l_warmup_act(&p, (double[]){1.0}, 0), 3 * tanh(2.5), 1e-12);
    h4l_warmup_free(&p);
    CHECK_INT(h4l_warmup_read(path, 4, &p, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "another environment") != NULL);
    unlink(path);
    CHECK_INT(h4l_warmup_read(path, 1, &p, &err), H4L_E_DATA);
}

#if H4L_HAVE_MUJOCO

static struct h4l_train_spec small_spec(const char *model, enum h4l_pendulum_kind kind,
                                        bool as_stated)
{
    struct h4l_err err = {0};
    struct h4l_train_spec spec;

    CHECK_OK(h4l_train_published(model, kind, as_stated, &spec, &err), err);
    spec.sac.hidden = spec.sac.heads = spec.sac.critics = 16;
    spec.steps = 400;
    spec.start_steps = 150;
    spec.seed = 5;
    spec.evaluate_every = 200;
    spec.evaluate_episodes = 2;
    return spec;
}

static struct h4l_train *start(const struct h4l_train_spec *spec)
{
    struct h4l_err err = {0};
    struct h4l_train *run = NULL;

    CHECK_OK(h4l_train_create(spec, NULL, &run, &err), err);
    return run;
}

static void check_same(struct h4l_train *a, struct h4l_train *b)
{
    size_t n = h4l_sac_state_bytes(h4l_train_agent(a));
    char *x = malloc(n), *y = malloc(n);
    const struct h4l_train_episode *ea, *eb;
    const struct h4l_train_evaluation *va, *vb;
    size_t episodes = h4l_train_episodes(a, &ea), evaluations = h4l_train_evaluations(a, &va);

    CHECK_INT(h4l_train_counted(a), h4l_train_counted(b));
    CHECK_INT(memcmp(h4l_train_rewards(a), h4l_train_rewards(b),
                     sizeof(float) * (size_t)h4l_train_counted(a)),
              0);
    CHECK_INT(h4l_train_episodes(b, &eb), episodes);
    CHECK_INT(h4l_train_evaluations(b, &vb), evaluations);
    for (size_t i = 0; i < episodes; i++)
        CHECK_TRUE(ea[i].native_return == eb[i].native_return && ea[i].length == eb[i].length);
    for (size_t i = 0; i < evaluations; i++)
        CHECK_TRUE(va[i].mean_return == vb[i].mean_return);
    h4l_sac_save(h4l_train_agent(a), x);
    h4l_sac_save(h4l_train_agent(b), y);
    CHECK_INT(memcmp(x, y, n), 0);
    free(x);
    free(y);
}

// A run that was interrupted, saved and loaded into a fresh run ends with the bytes of an unbroken one.
static void test_resume_gives_same_bytes(void **state)
{
    static const char *const models[] = {"lif", "hh", "slif2hh", "ann"};
    struct h4l_err err = {0};

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct h4l_train_spec spec = small_spec(models[i], i % 2 ? H4L_IDP : H4L_IP, i >= 2);
        spec.state_noise = i == 1 ? 0.002 : 0;
        spec.reward_noise = i == 1 ? 0.1 : 0;
        struct h4l_train *whole = start(&spec), *broken = start(&spec), *resumed = start(&spec);
        CHECK_OK(h4l_train_advance(whole, spec.steps, &err), err);
        CHECK_OK(h4l_train_advance(broken, 230, &err), err);
        CHECK_OK(h4l_train_save(broken, "train-test.checkpoint", &err), err);
        CHECK_OK(h4l_train_load(resumed, "train-test.checkpoint", &err), err);
        CHECK_OK(h4l_train_advance(resumed, spec.steps, &err), err);
        CHECK_TRUE(h4l_train_done(resumed));
        check_same(whole, resumed);
        h4l_train_destroy(whole);
        h4l_train_destroy(broken);
        h4l_train_destroy(resumed);
    }
    unlink("train-test.checkpoint");
}

struct watched {
    int steps, longest;
};

static void watch(void *ctx, int k)
{
    struct watched *w = ctx;

    w->steps++;
    w->longest = k > w->longest ? k : w->longest;
}

static void test_every_step_is_watched(void **state)
{
    struct h4l_err err = {0};
    struct h4l_train_spec spec = small_spec("lif", H4L_IP, false);
    struct h4l_train *run = start(&spec);
    const struct h4l_train_episode *episodes;
    struct watched seen = {0};
    int steps = 0, longest = 0;

    (void)state;
    h4l_train_watch(run, watch, &seen);
    CHECK_OK(h4l_train_advance(run, 200, &err), err);
    for (size_t i = 0; i < h4l_train_episodes(run, &episodes); i++) {
        steps += episodes[i].length;
        longest = episodes[i].length > longest ? episodes[i].length : longest;
    }
    CHECK_INT(seen.steps, steps);
    CHECK_INT(seen.longest, longest);
    h4l_train_watch(run, NULL, NULL);
    CHECK_OK(h4l_train_advance(run, 210, &err), err);
    CHECK_INT(seen.steps, steps);
    h4l_train_destroy(run);
}

// The same kernels at another instruction level are another program.
static void check_other_program(struct h4l_train *run, const struct h4l_train_spec *spec,
                                const char *path)
{
    char *level = getenv("H4L_SIMD") ? strdup(getenv("H4L_SIMD")) : NULL;
    struct h4l_err err = {0};

    if (h4l_simd_level_id() == H4L_SIMD_GENERIC) {
        free(level);
        return;
    }
    setenv("H4L_SIMD", "generic", 1);
    CHECK_INT(h4l_train_belongs(spec, NULL, path, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "another program") != NULL);
    CHECK_INT(h4l_train_load(run, path, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "another program") != NULL);
    if (level)
        setenv("H4L_SIMD", level, 1);
    else
        unsetenv("H4L_SIMD");
    free(level);
}

static void test_refuses_foreign_and_damaged_checkpoints(void **state)
{
    struct h4l_err err = {0};
    struct h4l_train_spec spec = small_spec("lif", H4L_IP, false), other = spec;
    struct h4l_train *run = start(&spec), *victim;

    (void)state;
    CHECK_OK(h4l_train_advance(run, 200, &err), err);
    CHECK_OK(h4l_train_save(run, "train-bad.checkpoint", &err), err);
    other.sac.gamma = 0.9;
    victim = start(&other);
    CHECK_INT(h4l_train_load(victim, "train-bad.checkpoint", &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "other parameters") != NULL);
    h4l_train_destroy(victim);
    CHECK_INT(h4l_train_belongs(&other, NULL, "train-bad.checkpoint", &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "other parameters") != NULL);
    CHECK_OK(h4l_train_belongs(&spec, NULL, "train-bad.checkpoint", &err), err);
    CHECK_OK(h4l_train_belongs(&spec, NULL, "train-none.checkpoint", &err), err);
    victim = start(&spec);
    check_other_program(victim, &spec, "train-bad.checkpoint");
    FILE *file = fopen("train-bad.checkpoint", "r+");
    fseek(file, 5000, SEEK_SET);
    fputc(0x5a, file);
    fputc(0xa5, file);
    fclose(file);
    CHECK_INT(h4l_train_load(victim, "train-bad.checkpoint", &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "damaged") != NULL);
    CHECK_INT(truncate("train-bad.checkpoint", 50), 0);
    CHECK_INT(h4l_train_load(victim, "train-bad.checkpoint", &err), H4L_E_DATA);
    CHECK_INT(h4l_train_counted(victim), 0);
    h4l_train_destroy(victim);
    h4l_train_destroy(run);
    unlink("train-bad.checkpoint");
}

// A finished run can be kept too, and a run with another warm-up policy is another run.
static void test_checkpoint_of_a_finished_run(void **state)
{
    struct h4l_err err = {0};
    struct h4l_train_spec spec = small_spec("lif", H4L_IP, false);
    double one[32] = {0.1}, other[32] = {0.2};
    struct h4l_warmup p = {.n_obs = 4,
                           .hidden = 2,
                           .time_steps = 15,
                           .decay = 0.2,
                           .threshold = 0.2,
                           .action_limit = 3,
                           .log_std_min = -20,
                           .log_std_max = 2,
                           .w1 = one,
                           .b1 = one,
                           .w2 = one,
                           .b2 = one,
                           .w_mean = one,
                           .b_mean = one,
                           .w_std = one,
                           .b_std = one};
    struct h4l_warmup q = p;
    struct h4l_train *run = NULL, *again = NULL, *foreign = NULL;

    (void)state;
    q.b2 = other;
    CHECK_OK(h4l_train_create(&spec, &p, &run, &err), err);
    CHECK_OK(h4l_train_create(&spec, &p, &again, &err), err);
    CHECK_OK(h4l_train_create(&spec, &q, &foreign, &err), err);
    CHECK_OK(h4l_train_advance(run, spec.steps, &err), err);
    CHECK_TRUE(h4l_train_done(run));
    CHECK_OK(h4l_train_save(run, "train-done.checkpoint", &err), err);
    CHECK_OK(h4l_train_load(again, "train-done.checkpoint", &err), err);
    CHECK_TRUE(h4l_train_done(again));
    check_same(run, again);
    CHECK_INT(h4l_train_load(foreign, "train-done.checkpoint", &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "other parameters") != NULL);
    h4l_train_destroy(run);
    h4l_train_destroy(again);
    h4l_train_destroy(foreign);
    unlink("train-done.checkpoint");
}

struct seen {
    int n, terminated;
    double sum;
};

static void see(void *ctx, const double *q, const double *v, double action,
                const struct h4l_pendulum_step *step)
{
    struct seen *s = ctx;

    CHECK_TRUE(isfinite(q[0]) && isfinite(v[1]));
    CHECK_TRUE(step ? fabs(action) <= 3 : isnan(action));
    CHECK_TRUE((step == NULL) == (s->n == 0));
    s->n++;
    s->sum += step ? step->reward : 0;
    s->terminated += step && step->terminated;
}

// A trial shows each step once, gives the evaluation's numbers, and leaves the run as it was.
static void test_trial(void **state)
{
    struct h4l_err err = {0};
    struct h4l_train_spec spec = small_spec("hh", H4L_IP, true);
    struct h4l_train *run = start(&spec), *plain = start(&spec);
    const struct h4l_train_evaluation *evaluations;
    struct seen seen = {0};

    (void)state;
    CHECK_OK(h4l_train_advance(run, 200, &err), err);
    struct h4l_train_trial trial = h4l_train_try(run, 0, see, &seen);
    CHECK_INT(seen.n, trial.length + 1);
    CHECK_CLOSE(seen.sum, trial.native_return, 0);
    CHECK_INT(seen.terminated, trial.terminated);
    CHECK_OK(h4l_train_advance(run, spec.steps, &err), err);
    CHECK_OK(h4l_train_advance(plain, spec.steps, &err), err);
    check_same(run, plain);
    size_t n = h4l_train_evaluations(run, &evaluations);
    CHECK_INT(n, 2);
    CHECK_INT(evaluations[1].counted, spec.steps);
    double both = h4l_train_try(run, 0, NULL, NULL).native_return +
                  h4l_train_try(run, 1, NULL, NULL).native_return;
    CHECK_CLOSE(both / 2, evaluations[1].mean_return, 0);
    h4l_train_destroy(run);
    h4l_train_destroy(plain);
}

// Small agents must leave an untrained agent's episodes (3 to 5 steps under its mean action) well behind, which a broken update
// cannot do. Training is chaotic, so another BLAS kernel gives other episodes: the mean of two seeds' best is compared.
static void test_learns_to_balance(void **state)
{
    struct h4l_err err = {0};
    struct h4l_train_spec spec = small_spec("ann", H4L_IP, true);
    const struct h4l_train_evaluation *evaluation;
    double mean = 0;

    (void)state;
    spec.sac.hidden = spec.sac.heads = spec.sac.critics = 32;
    spec.steps = 5000;
    spec.start_steps = 500;
    spec.evaluate_every = 1000;
    for (spec.seed = 1; spec.seed <= 2; spec.seed++) {
        double best = 0;
        struct h4l_train *run = start(&spec);
        CHECK_OK(h4l_train_advance(run, spec.steps, &err), err);
        CHECK_INT(h4l_train_evaluations(run, &evaluation), 5);
        for (size_t i = 0; i < 5; i++)
            best = h4l_worst(best, evaluation[i].mean_return);
        mean += best / 2;
        h4l_train_destroy(run);
    }
    CHECK_AT_LEAST(mean, 12);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_warmup_by_hand),
#if H4L_HAVE_MUJOCO
        cmocka_unit_test(test_resume_gives_same_bytes),
        cmocka_unit_test(test_every_step_is_watched),
        cmocka_unit_test(test_refuses_foreign_and_damaged_checkpoints),
        cmocka_unit_test(test_checkpoint_of_a_finished_run),
        cmocka_unit_test(test_trial),
        cmocka_unit_test(test_learns_to_balance),
#endif
    };
    return cmocka_run_group_tests_name("rl_train", tests, NULL, NULL);
}
