// hh4lif-equivalence: is one Hodgkin-Huxley neuron four LIF neurons? Claims E1 to E4; see README.md beside this file.
#include "equivalence.h"

static const struct h4l_case cases[] = {
    {"single",
     "one neuron: HH against tv-LIF2HH, six inputs, every scheme, step order and precision",
     h4l_equivalence_single, NULL},
};

static const struct h4l_param params[] = {
    {"dt_ms",
     H4L_REALS,
     {"0.05,0.02,0.01,0.005,0.001"},
     1e-4,
     0.1,
     NULL,
     "single",
     "time steps, ms (at most 64)"},
    {"t_end_ms", H4L_REAL, {"100"}, 1, 1000, NULL, "single", "length of a run, ms"},
    {"float_run_ms",
     H4L_REALS,
     {"100,10000", NULL, "100,10000,100000"},
     1,
     1e6,
     NULL,
     "single",
     "lengths of the long float32 runs (dt 0.01 ms, constant input), ms"},
};

int main(int argc, char **argv)
{
    static const struct h4l_family family = {
        .name = "equivalence",
        .question =
            "Does one Hodgkin-Huxley neuron equal four LIF neurons: exactly with time-varying "
            "parameters (tv-LIF2HH), and in its spike times with constant ones (s-LIF2HH)?",
        .cases = cases,
        .n_cases = sizeof cases / sizeof *cases,
        .params = params,
        .n_params = sizeof params / sizeof *params,
    };

    return h4l_family_main(&family, argc, argv);
}
