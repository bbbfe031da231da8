#include "base/threads.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// How long a waiting thread polls before it sleeps. Waking a sleeping thread costs 5 to 50 us, so rounds that follow each
// other closely (the layers of a training step) are met polling, and an idle pool costs nothing.
static const double spin_s = 50e-6;

struct worker {
    struct h4l_pool *pool;
    int number;
    pthread_t thread;
};

struct h4l_pool {
    int workers;
    bool
        spin; // false where workers outnumber the cores: polling would keep the others from working
    struct worker *others; // workers - 1 of them
    int started;
    atomic_flag busy;

    // One round: everything is written before `round` moves and read after it is seen to move.
    h4l_block_fn block;
    void *ctx;
    bool stop;
    atomic_uint round;
    atomic_int running; // workers other than the caller that have not finished the round

    pthread_mutex_t lock; // for sleeping only
    pthread_cond_t begin, end;
};

int h4l_cores(void)
{
    cpu_set_t set;
    int n = 0;

    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
    return n > 0 ? n : 1;
}

static inline void pause_cpu(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static double clock_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool round_moved(struct h4l_pool *pool, unsigned seen)
{
    return atomic_load_explicit(&pool->round, memory_order_acquire) != seen;
}

static bool round_done(struct h4l_pool *pool, unsigned unused)
{
    (void)unused;
    return atomic_load_explicit(&pool->running, memory_order_acquire) == 0;
}

static void await(struct h4l_pool *pool, bool (*ready)(struct h4l_pool *, unsigned), unsigned seen,
                  pthread_cond_t *cond)
{
    if (ready(pool, seen))
        return;
    if (pool->spin) {
        double until = clock_s() + spin_s;

        do
            for (int i = 0; i < 16; i++) {
                if (ready(pool, seen))
                    return;
                pause_cpu();
            }
        while (clock_s() < until);
    }
    pthread_mutex_lock(&pool->lock);
    while (!ready(pool, seen))
        pthread_cond_wait(cond, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

static void *worker_main(void *arg)
{
    struct worker *worker = arg;
    struct h4l_pool *pool = worker->pool;

    for (unsigned seen = 0;; seen++) {
        await(pool, round_moved, seen, &pool->begin);
        if (pool->stop)
            return NULL;
        pool->block(pool->ctx, worker->number, pool->workers);
        if (atomic_fetch_sub_explicit(&pool->running, 1, memory_order_acq_rel) == 1) {
            // the lock closes the gap between the caller's last look and its sleep
            pthread_mutex_lock(&pool->lock);
            pthread_cond_signal(&pool->end);
            pthread_mutex_unlock(&pool->lock);
        }
    }
}

static void start_round(struct h4l_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    atomic_store_explicit(&pool->running, pool->started, memory_order_relaxed);
    atomic_fetch_add_explicit(&pool->round, 1, memory_order_release);
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->lock);
}

// Starts the other workers with every signal blocked, so that signals reach the program's own thread.
static int start_workers(struct h4l_pool *pool)
{
    sigset_t all, old;
    int error = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    for (int i = 0; i < pool->workers - 1 && !error; i++) {
        pool->others[i] = (struct worker){.pool = pool, .number = i + 1};
        error = pthread_create(&pool->others[i].thread, NULL, worker_main, &pool->others[i]);
        if (!error)
            pool->started++;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return error;
}

int h4l_pool_create(int workers, struct h4l_pool **ret_pool, struct h4l_err *err)
{
    struct h4l_pool *pool;
    int error;

    if (workers < 1 || workers > H4L_POOL_MAX)
        return h4l_fail(err, H4L_E_RANGE, "number of threads is %d, expected 1 to %d", workers,
                        H4L_POOL_MAX);
    pool = calloc(1, sizeof *pool);
    if (pool)
        pool->others = calloc((size_t)workers, sizeof *pool->others);
    if (!pool || !pool->others) {
        free(pool);
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for a pool of %d threads", workers);
    }
    pool->workers = workers;
    pool->spin = workers <= h4l_cores();
    atomic_flag_clear(&pool->busy);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->begin, NULL);
    pthread_cond_init(&pool->end, NULL);
    error = start_workers(pool);
    if (error) {
        int started = pool->started;

        h4l_pool_destroy(pool);
        return h4l_fail(err, H4L_E_NOMEM, "could start only %d of %d threads: %s; use fewer",
                        started + 1, workers, strerror(error));
    }
    *ret_pool = pool;
    return H4L_OK;
}

void h4l_pool_destroy(struct h4l_pool *pool)
{
    if (!pool)
        return;
    pool->stop = true;
    start_round(pool);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->others[i].thread, NULL);
    pthread_cond_destroy(&pool->end);
    pthread_cond_destroy(&pool->begin);
    pthread_mutex_destroy(&pool->lock);
    free(pool->others);
    free(pool);
}

int h4l_pool_workers(const struct h4l_pool *pool)
{
    return pool ? pool->workers : 1;
}

void h4l_pool_run(struct h4l_pool *pool, h4l_block_fn block, void *ctx)
{
    int workers = h4l_pool_workers(pool);

    if (workers == 1 || atomic_flag_test_and_set_explicit(&pool->busy, memory_order_acquire)) {
        for (int worker = 0; worker < workers; worker++)
            block(ctx, worker, workers);
        return;
    }
    pool->block = block;
    pool->ctx = ctx;
    start_round(pool);
    block(ctx, 0, workers);
    await(pool, round_done, 0, &pool->end);
    atomic_flag_clear_explicit(&pool->busy, memory_order_release);
}

// Items are handed out in ascending order and an item below a failed one is always run, so the failure with the least
// index is the same for every number of workers and every timing.
struct loop {
    size_t n;
    h4l_item_fn item;
    void *ctx;
    atomic_size_t next;
    atomic_size_t failed; // least index that failed so far, or n
    pthread_mutex_t lock; // guards code and err
    int code;
    struct h4l_err *err;
};

static void note_failure(struct loop *loop, size_t i, int code, const struct h4l_err *err)
{
    pthread_mutex_lock(&loop->lock);
    if (i < atomic_load(&loop->failed)) {
        atomic_store(&loop->failed, i);
        loop->code = code;
        if (loop->err)
            *loop->err = *err;
    }
    pthread_mutex_unlock(&loop->lock);
}

static void loop_worker(void *ctx, int worker, int workers)
{
    struct loop *loop = ctx;
    struct h4l_err err = {
        0}; // for all items: clearing it each time would cost more than a small item
    (void)workers;

    for (;;) {
        size_t i = atomic_fetch_add_explicit(&loop->next, 1, memory_order_relaxed);

        if (i >= atomic_load_explicit(&loop->failed, memory_order_relaxed))
            return; // `failed` starts at n
        int code = loop->item(loop->ctx, i, worker, &err);
        if (code)
            note_failure(loop, i, code, &err);
    }
}

int h4l_parallel_for(struct h4l_pool *pool, size_t n, h4l_item_fn item, void *ctx,
                     struct h4l_err *err)
{
    struct loop loop = {.n = n, .item = item, .ctx = ctx, .err = err};

    atomic_init(&loop.next, 0);
    atomic_init(&loop.failed, n);
    pthread_mutex_init(&loop.lock, NULL);
    if (n > 1 && h4l_pool_workers(pool) > 1)
        h4l_pool_run(pool, loop_worker, &loop);
    else
        loop_worker(&loop, 0, 1);
    pthread_mutex_destroy(&loop.lock);
    return loop.code;
}
