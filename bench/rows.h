// The functions of the table's rows.
#ifndef H4L_BENCH_ROWS_H
#define H4L_BENCH_ROWS_H

#include "bench.h"

// hh.c
int h4l_bench_hh(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_hh_float(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_hh_driven(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_hh_exp(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_tv(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_hh_plain(struct h4l_bench *bench, struct h4l_err *err);
// lif.c
int h4l_bench_lif(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_lif_float(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_lif_plain(struct h4l_bench *bench, struct h4l_err *err);
// lyapunov.c
int h4l_bench_lyapunov(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_lyapunov_plain(struct h4l_bench *bench, struct h4l_err *err);
// net.c: the ten published networks, training and inference
// clang-format off: its layout of this list changes at each run
#define H4L_BENCH_NETS(ROW)                                                                        \
    ROW(fc, lif)                                                                                   \
    ROW(fc, 4lif)                                                                                  \
    ROW(fc, hh)                                                                                    \
    ROW(fc, slif2hh)                                                                               \
    ROW(fc, ann)                                                                                   \
    ROW(conv, lif)                                                                                 \
    ROW(conv, 4lif)                                                                                \
    ROW(conv, hh)                                                                                  \
    ROW(conv, slif2hh)                                                                             \
    ROW(conv, ann)
// clang-format on
#define H4L_BENCH_NET(kind, model)                                                                 \
    int h4l_bench_##kind##_##model##_train(struct h4l_bench *bench, struct h4l_err *err);          \
    int h4l_bench_##kind##_##model##_infer(struct h4l_bench *bench, struct h4l_err *err);
H4L_BENCH_NETS(H4L_BENCH_NET)
// sgemm.c
int h4l_bench_sgemm(struct h4l_bench *bench, struct h4l_err *err);

#endif
