// The ceiling: single-precision matrix products by OpenBLAS, one call per thread on its own columns.
#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "rows.h"

enum { SIZE = 1024 };

struct product {
    struct h4l_pool *pool;
    float *A, *B, *C; // SIZE x SIZE, row-major
};

static void columns(void *ctx, int worker, int workers)
{
    struct product *p = ctx;
    int first = SIZE * worker / workers, n = SIZE * (worker + 1) / workers - first;

    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIZE, n, SIZE, 1, p->A, SIZE,
                p->B + first, SIZE, 0, p->C + first, SIZE);
}

static int multiply(void *ctx, struct h4l_err *err)
{
    struct product *p = ctx;

    (void)err;
    h4l_pool_run(p->pool, columns, p);
    return H4L_OK;
}

// A few entries against sums in double.
static int check(const struct product *p, struct h4l_err *err)
{
    for (size_t i = 0; i < SIZE; i += SIZE / 8 + 1) {
        size_t j = (i * 7) % SIZE;
        double sum = 0;

        for (size_t k = 0; k < SIZE; k++)
            sum += (double)p->A[i * SIZE + k] * (double)p->B[k * SIZE + j];
        if (!(fabs((double)p->C[i * SIZE + j] - sum) < 1e-2))
            return h4l_fail(err, H4L_E_INTERNAL, "sgemm: entry %zu,%zu is %g, expected %g", i, j,
                            (double)p->C[i * SIZE + j], sum);
    }
    return H4L_OK;
}

int h4l_bench_sgemm(struct h4l_bench *bench, struct h4l_err *err)
{
    struct product p = {.pool = bench->pool};
    struct h4l_rng rng;
    float *all = malloc(3 * SIZE * SIZE * sizeof *all);
    int code;

    if (!all)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for three matrices of %d x %d", SIZE,
                        SIZE);
    p.A = all;
    p.B = all + SIZE * SIZE;
    p.C = all + 2 * SIZE * SIZE;
    h4l_rng_init(&rng, 1, "bench sgemm", 0);
    for (size_t i = 0; i < 2 * SIZE * SIZE; i++)
        all[i] = (float)h4l_rng_between(&rng, -1, 1);
    code = h4l_bench_time(bench, multiply, &p, 2e-9 * SIZE * SIZE * SIZE, err);
    if (!code)
        code = check(&p, err);
    free(all);
    return code;
}
