// The table of benchmarks. One line per row; sgemm_gflops stands first, as the ceiling of those that multiply matrices.
#include "rows.h"

#define NET(kind, model)                                                                           \
    {#kind "_" #model "_train_samples_per_s", "samples/s",                                         \
     "training " #kind "-" #model ", batch 128", h4l_bench_##kind##_##model##_train},              \
        {#kind "_" #model "_infer_samples_per_s", "samples/s",                                     \
         "inference " #kind "-" #model ", 512 at a time", h4l_bench_##kind##_##model##_infer},

#define AGENT(env, kind, model)                                                                    \
    {"sac_" #env "_" #model "_steps_per_s", "steps/s",                                             \
     "training agent " #model " on " #env ": environment steps with one update each",              \
     h4l_bench_sac_##env##_##model},

const struct h4l_bench_row h4l_bench_rows[] = {
    {"sgemm_gflops", "GFLOP/s", "OpenBLAS sgemm of 1024 x 1024 matrices: the machine's ceiling",
     h4l_bench_sgemm},
    {"hh_steps_per_s", "neuron-steps/s",
     "1000 HH neurons, form A, forward Euler, dt 0.01 ms, I = 10, double", h4l_bench_hh},
    {"hh_steps_per_s_float", "neuron-steps/s", "the same in float32", h4l_bench_hh_float},
    {"hh_driven_steps_per_s", "neuron-steps/s",
     "the same in double with new currents in every step and spikes noted, one step per call",
     h4l_bench_hh_driven},
    {"hh_exp_euler_steps_per_s", "neuron-steps/s", "the same by the exponential Euler rule",
     h4l_bench_hh_exp},
    {"tv_lif2hh_steps_per_s", "pair-steps/s",
     "the same HH neurons, each with a tv-LIF2HH neuron beside it (exact order), compared",
     h4l_bench_tv},
    {"hh_steps_per_s_plain", "neuron-steps/s", "the plain loop that defines them (libm, double)",
     h4l_bench_hh_plain},
    {"true_hh_bptt_steps_per_s", "neuron-steps/s",
     "64 true HH neurons, a window of 1000 steps forward and backward, float32",
     h4l_bench_true_hh_bptt},
    {"true_hh_bptt_share_of_forward", "1", "its rate over hh_steps_per_s_float, in turn",
     h4l_bench_true_hh_share},
    {"lif_steps_per_s", "neuron-steps/s", "1000 LIF neurons, constant inputs, double",
     h4l_bench_lif},
    {"lif_steps_per_s_float", "neuron-steps/s", "the same in float32", h4l_bench_lif_float},
    {"lif_steps_per_s_plain", "neuron-steps/s", "the plain loop that defines them",
     h4l_bench_lif_plain},
    {"lyapunov_steps_per_s", "steps/s",
     "forced HH with four tangent vectors by RK4, QR every 13 steps: eight trajectories per thread",
     h4l_bench_lyapunov},
    {"lyapunov_steps_per_s_plain", "steps/s", "the plain version that defines it, one trajectory",
     h4l_bench_lyapunov_plain},
    H4L_BENCH_NETS(NET) H4L_BENCH_AGENTS(AGENT){
        "pendulum_ip_steps_per_s", "steps/s",
        "InvertedPendulum: environment steps with observation, reward and resets",
        h4l_bench_pendulum_ip},
    {"pendulum_ip_share_of_bare", "1", "its rate over that of the same simulator steps alone",
     h4l_bench_pendulum_ip_share},
    {"pendulum_idp_steps_per_s", "steps/s", "InvertedDoublePendulum: the same",
     h4l_bench_pendulum_idp},
    {"pendulum_idp_share_of_bare", "1", "its rate over that of the same simulator steps alone",
     h4l_bench_pendulum_idp_share},
    {0}};
