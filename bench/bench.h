// Benchmarks: a table of rows, each one function that prepares something, has it timed, and checks what came out.
//
// To add a row: write its function in a file of its own, declare it in rows.h, add one line to the table in table.c (name, unit, function, one-line
// description) and the file to meson.build. A row never asserts how long something takes.
#ifndef H4L_BENCH_BENCH_H
#define H4L_BENCH_BENCH_H

#include <stddef.h>

#include "base/err.h"
#include "base/simd.h"
#include "base/threads.h"

// What a row gets and fills.
struct h4l_bench {
    int threads;           // use this many
    struct h4l_pool *pool; // of that many workers
    enum h4l_simd simd;    // the level for the kernels that take one
    double seconds;        // at least this long is timed
    // filled by h4l_bench_time
    double median, best; // units per second
    int repetitions;
    // set by a row that is dominated by matrix products: floating-point operations per unit. The table then gets the line
    // NAME_fraction_of_ceiling, against sgemm measured in the same run with the same number of threads.
    double flop_per_unit;
    // set by a row that also timed those products alone: thread-seconds per unit (mean). The table then gets the line
    // NAME_products_fraction_of_ceiling.
    double product_seconds_per_unit;
};

// One portion of work, using all of bench->threads; returns an error code.
typedef int (*h4l_bench_fn)(void *ctx, struct h4l_err *err);

// Times work(ctx), which does `units` units per call: at least one call to warm up, then repetitions of enough calls to last
// about 1/100 of bench->seconds each, until bench->seconds have passed and there are at least 5 of them. Fills median and best
// rate over the repetitions. Returns the code of the first call that failed.
int h4l_bench_time(struct h4l_bench *bench, h4l_bench_fn work, void *ctx, double units,
                   struct h4l_err *err);

struct h4l_bench_row {
    const char *name, *unit, *summary;
    int (*run)(struct h4l_bench *bench, struct h4l_err *err); // H4L_E_SKIP: cannot run here
};

// The table, ended by a row without a name (table.c).
extern const struct h4l_bench_row h4l_bench_rows[];

#endif
