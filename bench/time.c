#include "bench.h"

#include <math.h>
#include <stdlib.h>

#include "base/provenance.h"

enum { LEAST = 5, MOST = 1000, PER_SECONDS = 100 };

static int repeat(h4l_bench_fn work, void *ctx, long calls, double *ret_seconds,
                  struct h4l_err *err)
{
    double begin = h4l_now();

    for (long i = 0; i < calls; i++) {
        int code = work(ctx, err);
        if (code)
            return code;
    }
    *ret_seconds = h4l_now() - begin;
    return H4L_OK;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int h4l_bench_time(struct h4l_bench *bench, h4l_bench_fn work, void *ctx, double units,
                   struct h4l_err *err)
{
    double rates[MOST], wanted = bench->seconds / PER_SECONDS, took = 0, total = 0;
    long calls = 1;
    int n = 0, code;

    // Warm up, doubling the calls until a repetition is long enough; a first call that takes longer is the warm-up itself.
    while ((code = repeat(work, ctx, calls, &took, err)) == H4L_OK && took < wanted)
        calls *= 2;
    if (code)
        return code;
    while (n < MOST && (n < LEAST || total < bench->seconds)) {
        code = repeat(work, ctx, calls, &took, err);
        if (code)
            return code;
        rates[n++] = units * (double)calls / fmax(took, 1e-9);
        total += took;
    }
    qsort(rates, (size_t)n, sizeof *rates, by_value);
    bench->median = n % 2 ? rates[n / 2] : (rates[n / 2 - 1] + rates[n / 2]) / 2;
    bench->best = rates[n - 1];
    bench->repetitions = n;
    return H4L_OK;
}
