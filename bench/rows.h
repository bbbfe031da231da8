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
// rl.c: a training run per pendulum and published agent, and the pendulums by themselves
// clang-format off: its layout of this list changes at each run
#define H4L_BENCH_AGENTS(ROW)                                                                      \
    ROW(ip, H4L_IP, lif)                                                                           \
    ROW(ip, H4L_IP, hh)                                                                            \
    ROW(ip, H4L_IP, slif2hh)                                                                       \
    ROW(ip, H4L_IP, 4lif)                                                                          \
    ROW(ip, H4L_IP, ann)                                                                           \
    ROW(idp, H4L_IDP, lif)                                                                         \
    ROW(idp, H4L_IDP, hh)                                                                          \
    ROW(idp, H4L_IDP, slif2hh)                                                                     \
    ROW(idp, H4L_IDP, 4lif)                                                                        \
    ROW(idp, H4L_IDP, ann)
// clang-format on
#define H4L_BENCH_AGENT(env, kind, model)                                                          \
    int h4l_bench_sac_##env##_##model(struct h4l_bench *bench, struct h4l_err *err);
H4L_BENCH_AGENTS(H4L_BENCH_AGENT)
int h4l_bench_pendulum_ip(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_pendulum_ip_share(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_pendulum_idp(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_pendulum_idp_share(struct h4l_bench *bench, struct h4l_err *err);
// true_hh.c
int h4l_bench_true_hh_bptt(struct h4l_bench *bench, struct h4l_err *err);
int h4l_bench_true_hh_share(struct h4l_bench *bench, struct h4l_err *err);
// sgemm.c
int h4l_bench_sgemm(struct h4l_bench *bench, struct h4l_err *err);

#endif
