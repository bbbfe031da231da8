// The pool: each item once, the same failure for any number of workers, reuse, and no cost when idle.
#include "tests/check.h"

#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "base/threads.h"

static const int worker_counts[] = {1, 2, 3, 7};
enum { COUNTS = sizeof worker_counts / sizeof worker_counts[0], ITEMS = 10007 };

struct tally {
    int seen[ITEMS]; // not atomic: each item owns its entry
    atomic_int bad_worker, calls;
    int workers;
    size_t fail_from; // items from here on fail
};

static int item(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    struct tally *t = ctx;

    t->seen[i]++;
    atomic_fetch_add(&t->calls, 1);
    if (worker < 0 || worker >= t->workers)
        atomic_fetch_add(&t->bad_worker, 1);
    if (i >= t->fail_from)
        return h4l_fail(err, i % 2 ? H4L_E_NUMERIC : H4L_E_DATA, "item %zu", i);
    return H4L_OK;
}

static void each_item_once(void **state)
{
    struct h4l_err err;
    (void)state;

    for (int c = 0; c < COUNTS; c++) {
        struct h4l_pool *pool;
        struct tally *t = calloc(1, sizeof *t);
        int wrong = 0;

        CHECK_OK(h4l_pool_create(worker_counts[c], &pool, &err), err);
        CHECK_INT(h4l_pool_workers(pool), worker_counts[c]);
        t->workers = worker_counts[c];
        t->fail_from = SIZE_MAX;
        for (int round = 0; round < 5; round++)
            CHECK_OK(h4l_parallel_for(pool, ITEMS, item, t, &err), err);
        CHECK_OK(h4l_parallel_for(pool, 0, item, t, &err), err);
        CHECK_OK(h4l_parallel_for(pool, 1, item, t, &err), err);
        for (int i = 0; i < ITEMS; i++)
            wrong += t->seen[i] != 5 + (i == 0);
        CHECK_INT(wrong, 0);
        CHECK_INT(atomic_load(&t->bad_worker), 0);
        h4l_pool_destroy(pool);
        free(t);
    }
}

static void least_failure(void **state)
{
    struct h4l_err err;
    (void)state;

    for (int c = -1; c < COUNTS; c++)
        for (size_t from = 0; from < ITEMS; from += 2501) {
            struct h4l_pool *pool = NULL;
            struct tally *t = calloc(1, sizeof *t);
            char expected[40];
            int missing = 0;

            if (c >= 0)
                CHECK_OK(h4l_pool_create(worker_counts[c], &pool, &err), err);
            t->workers = h4l_pool_workers(pool);
            t->fail_from = from;
            CHECK_INT(h4l_parallel_for(pool, ITEMS, item, t, &err),
                      from % 2 ? H4L_E_NUMERIC : H4L_E_DATA);
            snprintf(expected, sizeof expected, "item %zu", from);
            CHECK_STR(err.message, expected);
            for (size_t i = 0; i <= from; i++)
                missing += t->seen[i] != 1;
            CHECK_INT(missing, 0);
            CHECK_INT(h4l_parallel_for(pool, ITEMS, item, t, NULL),
                      from % 2 ? H4L_E_NUMERIC : H4L_E_DATA);
            h4l_pool_destroy(pool);
            free(t);
        }
}

struct pair {
    atomic_int second_runs, first_fails;
};

static int pair_item(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    struct pair *p = ctx;
    (void)worker;

    if (i == 0) {
        while (!atomic_load(&p->second_runs))
            sched_yield();
        atomic_store(&p->first_fails, 1);
        return h4l_fail(err, H4L_E_DATA, "first");
    }
    atomic_store(&p->second_runs, 1);
    while (!atomic_load(&p->first_fails))
        sched_yield();
    usleep(20000);
    return h4l_fail(err, H4L_E_NUMERIC, "second");
}

// The later item fails after the earlier one: it must not replace it.
static void later_failure(void **state)
{
    struct pair p = {0};
    struct h4l_pool *pool;
    struct h4l_err err;
    (void)state;

    CHECK_OK(h4l_pool_create(2, &pool, &err), err);
    CHECK_INT(h4l_parallel_for(pool, 2, pair_item, &p, &err), H4L_E_DATA);
    CHECK_STR(err.message, "first");
    h4l_pool_destroy(pool);
}

struct blocks {
    int calls[8], workers[8];
    atomic_int together;
    int met;
};

// All workers must be inside at the same time: each waits until it sees the others.
static void block(void *ctx, int worker, int workers)
{
    struct blocks *b = ctx;

    b->calls[worker]++;
    b->workers[worker] = workers;
    atomic_fetch_add(&b->together, 1);
    while (atomic_load(&b->together) < b->met)
        sched_yield();
}

static void blocks_run_together(void **state)
{
    struct h4l_err err;
    (void)state;

    for (int c = 0; c < COUNTS; c++) {
        int n = worker_counts[c], rounds = 300;
        struct blocks b = {.met = 0};
        struct h4l_pool *pool;

        CHECK_OK(h4l_pool_create(n, &pool, &err), err);
        for (int r = 0; r < rounds; r++) {
            b.met += n;
            h4l_pool_run(pool, block, &b);
            if (r % 100 == 50)
                usleep(1000); // lets the workers fall asleep
        }
        for (int w = 0; w < n; w++) {
            CHECK_INT(b.calls[w], rounds);
            CHECK_INT(b.workers[w], n);
        }
        h4l_pool_destroy(pool);
    }
    struct blocks b = {.met = 1};
    h4l_pool_run(NULL, block, &b);
    CHECK_INT(b.calls[0], 1);
}

struct nest {
    struct h4l_pool *pool;
    atomic_int inner;
};

static int count_item(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    struct nest *n = ctx;
    (void)i, (void)worker, (void)err;

    atomic_fetch_add(&n->inner, 1);
    return H4L_OK;
}

static int nesting_item(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    struct nest *n = ctx;
    (void)i, (void)worker;

    return h4l_parallel_for(n->pool, 10, count_item, n, err);
}

static void nested_loops(void **state)
{
    struct nest n;
    struct h4l_err err;
    (void)state;

    atomic_init(&n.inner, 0);
    CHECK_OK(h4l_pool_create(3, &n.pool, &err), err);
    CHECK_OK(h4l_parallel_for(n.pool, 20, nesting_item, &n, &err), err);
    CHECK_INT(atomic_load(&n.inner), 200);
    h4l_pool_destroy(n.pool);
}

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void idle_pool_sleeps(void **state)
{
    struct h4l_pool *pool;
    struct h4l_err err;
    (void)state;

    for (int c = 1; c < COUNTS; c++) {
        struct blocks b = {.met = worker_counts[c]};

        CHECK_OK(h4l_pool_create(worker_counts[c], &pool, &err), err);
        h4l_pool_run(pool, block, &b);
        double before = cpu_s();
        usleep(100000);
        CHECK_AT_MOST(cpu_s() - before, 0.02);
        h4l_pool_destroy(pool);
    }
}

static void bad_arguments(void **state)
{
    struct h4l_pool *pool = (struct h4l_pool *)&pool;
    struct h4l_err err;
    (void)state;

    CHECK_INT(h4l_pool_create(0, &pool, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "0, expected 1 to"));
    CHECK_INT(h4l_pool_create(H4L_POOL_MAX + 1, &pool, &err), H4L_E_RANGE);
    CHECK_TRUE(pool == (struct h4l_pool *)&pool);
    h4l_pool_destroy(NULL);
    CHECK_INT(h4l_pool_workers(NULL), 1);
    CHECK_AT_LEAST(h4l_cores(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_item_once), cmocka_unit_test(least_failure),
        cmocka_unit_test(later_failure),  cmocka_unit_test(blocks_run_together),
        cmocka_unit_test(nested_loops),   cmocka_unit_test(idle_pool_sleeps),
        cmocka_unit_test(bad_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
