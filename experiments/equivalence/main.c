// hh4lif-equivalence: is one Hodgkin-Huxley neuron four LIF neurons? Claims E1 to E4; see README.md beside this file.
#include "equivalence.h"
#include "slif.h"

// The cases that take a parameter of the s-LIF2HH chain.
#define SLIF "slif-*"
#define WAVES "slif-const slif-sine slif-square slif-sawtooth slif-triangle"
#define PERIODIC "slif-sine slif-square slif-sawtooth slif-triangle"

static const struct h4l_equivalence_xor xor_inputs[] = {{40, 40}, {40, 0}, {0, 40}, {0, 0}};

static const struct h4l_case cases[] = {
    {"single",
     "one neuron: HH against tv-LIF2HH, six inputs, every scheme, step order and precision",
     h4l_equivalence_single, NULL},
    {"xor-40-40", "the published XOR network, inputs 40 and 40", h4l_equivalence_xor,
     &xor_inputs[0]},
    {"xor-40-0", "the published XOR network, inputs 40 and 0", h4l_equivalence_xor, &xor_inputs[1]},
    {"xor-0-40", "the published XOR network, inputs 0 and 40", h4l_equivalence_xor, &xor_inputs[2]},
    {"xor-0-0", "the published XOR network, inputs 0 and 0", h4l_equivalence_xor, &xor_inputs[3]},
    {"fc",
     "the fully connected 784-128-10 network, on its own or on the published weights and image",
     h4l_equivalence_fc, NULL},
    {"slif-const", "HH and s-LIF2HH chain, constant input", h4l_slif_run, "const"},
    {"slif-sine", "HH and s-LIF2HH chain, sine input", h4l_slif_run, "sine"},
    {"slif-square", "HH and s-LIF2HH chain, square input", h4l_slif_run, "square"},
    {"slif-sawtooth", "HH and s-LIF2HH chain, sawtooth input", h4l_slif_run, "sawtooth"},
    {"slif-triangle", "HH and s-LIF2HH chain, triangle input", h4l_slif_run, "triangle"},
    {"slif-map", "agreement of HH and s-LIF2HH over frequency and amplitude of each waveform",
     h4l_slif_map_run, NULL},
    {"slif-jitter", "agreement of HH and s-LIF2HH with every hand-set constant varied",
     h4l_slif_jitter_run, NULL},
};

#define REAL(name, value, min, max, cases, help)                                                   \
    {                                                                                              \
        name, H4L_REAL, {value}, min, max, NULL, cases, help                                       \
    }

static const struct h4l_param params[] = {
    {"dt_ms",
     H4L_REALS,
     {"0.05,0.02,0.01,0.005,0.001"},
     1e-4,
     0.1,
     NULL,
     "single",
     "time steps, ms (at most 64)"},
    REAL("dt_ms", "0.001", 1e-4, 0.05, "xor-* fc", "time step, ms"),
    REAL("t_end_ms", "100", 1, 1000, "single", "length of a run, ms"),
    REAL("t_end_ms", "40", 1, 1000, "xor-* fc", "length of the run, ms"),
    {"float_run_ms",
     H4L_REALS,
     {"100,10000", NULL, "100,10000,100000"},
     1,
     1e6,
     NULL,
     "single",
     "lengths of the long float32 runs (dt 0.01 ms, constant input), ms"},
    REAL("weight_uA_per_cm2", "20", 0, 1000, "xor-*",
         "weight of the output neuron's two synapses, uA/cm^2"),
    {"weights",
     H4L_TEXT,
     {NULL},
     0,
     0,
     NULL,
     "fc",
     "MATLAB file with W01 (784 x 128) and W12 (128 x 10) (not given: drawn from the seed)"},
    {"image",
     H4L_TEXT,
     {NULL},
     0,
     0,
     NULL,
     "fc",
     "greyscale PNG image of 28 x 28 pixels (not given: a drawn digit)"},
    REAL("drive_min_uA_per_cm2", "2", 0, 1000, "fc",
         "drawn weights: mean drive of the first neuron of layer 1, uA/cm^2"),
    REAL("drive_max_uA_per_cm2", "120", 0, 1000, "fc",
         "drawn weights: mean drive of the last neuron of layer 1, uA/cm^2"),
    REAL("weight_min_uA_per_cm2", "0.1", 0, 1000, "fc",
         "drawn weights: mean weight of the first neuron of layer 2, uA/cm^2"),
    REAL("weight_max_uA_per_cm2", "1", 0, 1000, "fc",
         "drawn weights: mean weight of the last neuron of layer 2, uA/cm^2"),
    REAL("slif_offset_uA_per_cm2", NULL, -1e4, 1e4, WAVES,
         "constant part of the input, uA/cm^2 (not given: the published one)"),
    REAL("slif_amplitude_uA_per_cm2", NULL, -1e4, 1e4, PERIODIC,
         "factor of the waveform's shape, uA/cm^2 (not given: the published one)"),
    REAL("slif_frequency_per_ms", NULL, 1e-6, 100, PERIODIC,
         "frequency of the waveform, 1/ms (not given: the published one)"),
    REAL("slif_duration_ms", "80", 1, 1e4, SLIF, "simulated time, ms"),
    REAL("slif_delta_ms", "2", 0, 1e3, SLIF, "spikes closer than this coincide in gamma, ms"),
    REAL("slif_hh_dt_ms", "0.001", 1e-5, 0.1, SLIF, "forward Euler step of the HH chain, ms"),
    REAL("slif_hh_threshold_mV", "70", -20, 120, SLIF,
         "an HH neuron spikes above this, mV above rest"),
    REAL("slif_hh_m0", "0.0489", 0, 1, SLIF, "start of gate m of both HH neurons"),
    REAL("slif_hh_h0", "0.1341", 0, 1, SLIF, "start of gate h of both HH neurons"),
    REAL("slif_hh_n0", "0.6446", 0, 1, SLIF, "start of gate n of both HH neurons"),
    REAL("slif_lif_dt_ms", "1", 1e-3, 100, SLIF, "step of the s-LIF2HH chain, ms"),
    REAL("slif_lif_threshold_mV", "70", 1e-3, 1e6, SLIF, "threshold of the s-LIF2HH units, mV"),
    REAL("slif_lif_decay", "0.9", -1, 2, SLIF,
         "decay of the s-LIF2HH units; their leak is 1 - decay per ms"),
    REAL("slif_lif_C_uF_per_cm2", "1", 1e-3, 1e3, SLIF,
         "capacitance of the s-LIF2HH units, uF/cm^2"),
    REAL("slif_weight_per_ms", "1e5", 0, 1e9, SLIF,
         "weight from neuron 1 to neuron 2, times the step"),
    {"slif_map_frequencies",
     H4L_INT,
     {"17", "33", "65"},
     2,
     1001,
     NULL,
     "slif-map",
     "cells along the frequency, from a quarter of the published one to 4 times it"},
    {"slif_map_amplitudes",
     H4L_INT,
     {"17", "33", "65"},
     2,
     1001,
     NULL,
     "slif-map",
     "cells along the amplitude, from 0 to twice the published one"},
    {"slif_jitter_draws",
     H4L_INT,
     {"40", "200", "1000"},
     1,
     1000000,
     NULL,
     "slif-jitter",
     "draws per varied constant"},
    REAL("slif_jitter_share", "0.2", 0, 0.9, "slif-jitter",
         "each constant is multiplied by 1 - this .. 1 + this"),
    {"slif_jitter_leak",
     H4L_CHOICE,
     {"leak"},
     0,
     0,
     "leak|decay",
     "slif-jitter",
     "vary the leak 1 - decay (0.08..0.12) or decay itself (0.72..1.08)"},
};

int main(int argc, char **argv)
{
    static const char *const files[] = {"weights", "image"};
    static const struct h4l_family family = {
        .name = "equivalence",
        .question =
            "Does one Hodgkin-Huxley neuron equal four LIF neurons: exactly with time-varying "
            "parameters (tv-LIF2HH), and in its spike times with constant ones (s-LIF2HH)?",
        .cases = cases,
        .n_cases = sizeof cases / sizeof *cases,
        .params = params,
        .n_params = sizeof params / sizeof *params,
        .file_options = files,
        .n_file_options = sizeof files / sizeof *files,
    };

    return h4l_family_main(&family, argc, argv);
}
