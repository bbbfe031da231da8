// Searches: the same result for any number of threads and whatever ran before, never more evaluations than allowed, never
// a worse point than before, and a planted model is found again.
#include "check.h"

#include "fit.h"

static struct h4l_stim_set set;
static struct h4l_fit_data data;

static int set_up(void **state)
{
    struct h4l_stim_options o = {.duration_ms = 150, .per_class = 1, .seed = 2, .hh_dt_ms = 0.02};
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_stim_training(&o, &set, &err), err);
    CHECK_OK(h4l_fit_data(&set, 0.2, 2, 0.5, &data, &err), err);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    h4l_fit_data_free(&data);
    h4l_stim_free(&set);
    return 0;
}

enum { STARTS = 10 };
struct job {
    struct h4l_candidate candidate;
    struct h4l_fit_state state[STARTS];
};

static int three_rounds(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    struct job *j = ctx;
    struct h4l_fit_state *s = &j->state[i];
    int code;

    (void)worker;
    *s = h4l_fit_start(1, i);
    if ((code = h4l_fit_round(&j->candidate, &data, i % 2 ? H4L_FIT_GLOBAL : H4L_FIT_LED, 150, s,
                              err)) ||
        (code = h4l_fit_round(&j->candidate, &data, H4L_FIT_DISTANCE, 50, s, err)))
        return code;
    if ((code = h4l_fit_round(&j->candidate, &data, H4L_FIT_GAMMA, 60, s, err)))
        return code;
    return h4l_fit_round(&j->candidate, &data, H4L_FIT_POLISH, 60, s, err);
}

static void test_threads(void **state)
{
    static const int workers[] = {1, 2, 3, 7};
    static struct job first, again;
    struct h4l_err err;

    (void)state;
    for (int model = 0; model < 4; model++)
        for (int w = 0; w < 4; w++) {
            struct job *j = w == 0 ? &first : &again;
            struct h4l_pool *pool;

            memset(j, 0, sizeof *j);
            if (model == 2)
                j->candidate = h4l_candidate_srm("srm", true, 0.2);
            else if (model == 3) {
                j->candidate = h4l_candidate_aeif("aeif", 0.2);
                h4l_candidate_free_delay(&j->candidate);
            } else
                CHECK_OK(h4l_candidate_subnet("c", model ? "2+1 reset own" : "3+1", true, 0.2,
                                              &j->candidate, &err),
                         err);
            CHECK_OK(h4l_pool_create(workers[w], &pool, &err), err);
            CHECK_OK(h4l_parallel_for(pool, STARTS, three_rounds, j, &err), err);
            h4l_pool_destroy(pool);
            if (w > 0)
                CHECK_TRUE(memcmp(first.state, again.state, sizeof first.state) == 0);
        }
}

static void test_budget_and_progress(void **state)
{
    static const enum h4l_fit_round rounds[] = {H4L_FIT_LED, H4L_FIT_GLOBAL, H4L_FIT_DISTANCE,
                                                H4L_FIT_GAMMA, H4L_FIT_POLISH};
    struct h4l_candidate c;
    struct h4l_err err;

    (void)state;
    CHECK_OK(h4l_candidate_subnet("c", "3+1", true, 0.2, &c, &err), err);
    for (int r = 0; r < 5; r++)
        for (long n = 10; n <= 400; n *= 3) {
            struct h4l_fit_state s = h4l_fit_start(4, 0);

            CHECK_OK(h4l_fit_round(&c, &data, rounds[r], n, &s, &err), err);
            // a backward sweep that has begun is finished
            CHECK_AT_MOST((double)s.evaluations, (double)(n + (rounds[r] == H4L_FIT_LED ? 3 : 0)));
            for (int i = 0; i < c.n; i++)
                CHECK_TRUE(s.z[i] >= 0 && s.z[i] <= 1);
            if (r >= 3) { // goes on from where it was
                double before = s.objective;

                CHECK_OK(h4l_fit_round(&c, &data, rounds[r], n, &s, &err), err);
                CHECK_AT_MOST(s.objective, before);
            }
        }
    {
        struct h4l_fit_state s = h4l_fit_start(4, 0), kept = s;

        CHECK_INT(h4l_fit_round(&c, &data, H4L_FIT_LED, 9, &s, &err), H4L_E_RANGE);
        CHECK_TRUE(memcmp(&s, &kept, sizeof s) == 0);
    }
}

// Spikes of a LIF neuron in the place of HH's: a search over LIF neurons must come close to predicting them all.
static void test_planted_model_is_found(void **state)
{
    const double z[4] = {0.6, 0.42, 0.35, 0.3};
    struct h4l_fit_state best = h4l_fit_start(1, 0);
    struct h4l_candidate c;
    struct h4l_fit_data planted;
    struct h4l_stim_set copy = set;
    struct h4l_candidate_model m;
    struct h4l_err err;
    double *trains[32];

    (void)state;
    CHECK_OK(h4l_candidate_subnet("c", "1", true, 0.2, &c, &err), err);
    CHECK_OK(h4l_candidate_decode(&c, z, &m, &err), err);
    copy.stim = malloc(set.n * sizeof *copy.stim);
    memcpy(copy.stim, set.stim, set.n * sizeof *copy.stim);
    for (size_t i = 0; i < set.n; i++) {
        size_t n;

        CHECK_OK(h4l_fit_train(&c, &m, &data, i, &trains[i], &n, &err), err);
        copy.stim[i].hh = (struct h4l_spikes){trains[i], n};
    }
    CHECK_OK(h4l_fit_data(&copy, 0.2, 2, 0.5, &planted, &err), err);
    for (uint64_t start = 0; start < 8; start++) {
        struct h4l_fit_state s = h4l_fit_start(1, start);

        CHECK_OK(
            h4l_fit_round(&c, &planted, start % 2 ? H4L_FIT_GLOBAL : H4L_FIT_LED, 600, &s, &err),
            err);
        CHECK_OK(h4l_fit_round(&c, &planted, start / 2 % 2 ? H4L_FIT_POLISH : H4L_FIT_GAMMA, 400,
                               &s, &err),
                 err);
        if (s.objective < best.objective)
            best = s;
    }
    CHECK_AT_LEAST(best.gamma, 0.97);
    for (size_t i = 0; i < set.n; i++)
        free(trains[i]);
    free(copy.stim);
    h4l_fit_data_free(&planted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_budget_and_progress),
        cmocka_unit_test(test_planted_model_is_found),
    };

    return cmocka_run_group_tests_name("fitting properties", tests, set_up, tear_down);
}
