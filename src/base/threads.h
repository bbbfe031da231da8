// Threads: a pool whose results cannot depend on the number of workers, as every item writes only what it owns.
#ifndef H4L_BASE_THREADS_H
#define H4L_BASE_THREADS_H

#include <stddef.h>

#include "base/err.h"

struct h4l_pool;

// Number of cores this process may use (sched_getaffinity), at least 1.
int h4l_cores(void);

enum { H4L_POOL_MAX = 4096 };

// Starts a pool of `workers` in 1..H4L_POOL_MAX (the caller is worker 0, so workers - 1 threads are made; they block all
// signals). H4L_E_RANGE, or H4L_E_NOMEM where memory or threads run out.
int h4l_pool_create(int workers, struct h4l_pool **ret_pool, struct h4l_err *err);
void h4l_pool_destroy(struct h4l_pool *pool);      // NULL is allowed
int h4l_pool_workers(const struct h4l_pool *pool); // 1 for NULL

// Calls item(ctx, i, worker) once for each i in 0..n-1, in any order, over the pool's workers; returns when all are done.
// worker (0..workers-1) may index scratch memory and nothing else. Returns the code of the failed item with the least i,
// which is the same for any number of workers (err gets its message); later items may be left out after a failure.
// pool NULL: runs serially. A call from inside an item of the same pool runs serially too.
typedef int (*h4l_item_fn)(void *ctx, size_t i, int worker, struct h4l_err *err);
int h4l_parallel_for(struct h4l_pool *pool, size_t n, h4l_item_fn item, void *ctx,
                     struct h4l_err *err);

// Calls block(ctx, worker, workers) once on every worker at the same time and waits for all: for fixed splits with low
// latency (a few microseconds). block must not fail. pool NULL: one worker. In a call from inside an item or a block of the
// same pool the blocks run one after the other, so there they must not wait for each other.
typedef void (*h4l_block_fn)(void *ctx, int worker, int workers);
void h4l_pool_run(struct h4l_pool *pool, h4l_block_fn block, void *ctx);

#endif
