// The functions of the table's rows.
#ifndef H4L_BENCH_ROWS_H
#define H4L_BENCH_ROWS_H

#include "bench.h"

// hh.c
int h4l_bench_hh(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_hh_float(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_hh_driven(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_hh_plain(struct h4l_bench *bench, struct h4l_err *err);
// lif.c
int h4l_bench_lif(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_lif_float(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_lif_plain(struct h4l_bench *bench, struct h4l_err *err);
// sgemm.c
int h4l_bench_sgemm(struct h4l_bench *bench, struct h4l_err *err);

#endif
