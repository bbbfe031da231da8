// hh4lif-equivalence: is one Hodgkin-Huxley neuron four LIF neurons? Claims E1 to E4; see README.md beside this file.
#include "equivalence.h"
#include "network.h"
#include "slif.h"

// Groups of cases with parameters of their own.
enum {
    SINGLE = 1,
    XOR = 2,
    FC = 4,
    SLIF = 8,      // the s-LIF2HH chain
    WAVE = 16,     // one run of it under one input
    PERIODIC = 32, // an input with amplitude and frequency
    MAP = 64,
    JITTER = 128,
    OWN = 256,
    LIF_UNITS = SLIF | OWN
};

static const struct h4l_equivalence_xor xor_inputs[] = {{40, 40}, {40, 0}, {0, 40}, {0, 0}};

static const struct h4l_case cases[] = {
    {"single",
     "one neuron: HH against tv-LIF2HH, six inputs, every scheme, step order and precision",
     h4l_equivalence_single, NULL, SINGLE},
    {"xor-40-40", "the published XOR network, inputs 40 and 40", h4l_equivalence_xor,
     &xor_inputs[0], XOR},
    {"xor-40-0", "the published XOR network, inputs 40 and 0", h4l_equivalence_xor, &xor_inputs[1],
     XOR},
    {"xor-0-40", "the published XOR network, inputs 0 and 40", h4l_equivalence_xor, &xor_inputs[2],
     XOR},
    {"xor-0-0", "the published XOR network, inputs 0 and 0", h4l_equivalence_xor, &xor_inputs[3],
     XOR},
    {"fc",
     "the fully connected 784-128-10 network, on its own or on the published weights and image",
     h4l_equivalence_fc, NULL, FC},
    {"slif-const", "HH and s-LIF2HH chain, constant input", h4l_slif_run, "const", SLIF | WAVE},
    {"slif-sine", "HH and s-LIF2HH chain, sine input", h4l_slif_run, "sine",
     SLIF | WAVE | PERIODIC},
    {"slif-square", "HH and s-LIF2HH chain, square input", h4l_slif_run, "square",
     SLIF | WAVE | PERIODIC},
    {"slif-sawtooth", "HH and s-LIF2HH chain, sawtooth input", h4l_slif_run, "sawtooth",
     SLIF | WAVE | PERIODIC},
    {"slif-triangle", "HH and s-LIF2HH chain, triangle input", h4l_slif_run, "triangle",
     SLIF | WAVE | PERIODIC},
    {"slif-map", "agreement of HH and s-LIF2HH over frequency and amplitude of each waveform",
     h4l_slif_map_run, NULL, SLIF | MAP},
    {"slif-jitter", "agreement of HH and s-LIF2HH with every hand-set constant varied",
     h4l_slif_jitter_run, NULL, SLIF | JITTER},
    {"own", "a current of yours into HH, tv-LIF2HH and s-LIF2HH (--current FILE)",
     h4l_equivalence_own, NULL, OWN | H4L_ON_DEMAND},
};

#define NUMBER(name, place, ...)                                                                   \
    H4L_NUMBER(struct h4l_equivalence_options, name, place, __VA_ARGS__)
#define PATH(name, place, ...) H4L_FILE(struct h4l_equivalence_options, name, place, __VA_ARGS__)
#define CHOICE(name, place, ...)                                                                   \
    H4L_CHOICE(struct h4l_equivalence_options, name, place, __VA_ARGS__)

static const struct h4l_param params[] = {
    NUMBER("dt_ms", steps_ms, 1e-4, 0.1, SINGLE, "time steps, ms (at most 64)",
           "0.05,0.02,0.01,0.005,0.001"),
    NUMBER("dt_ms", dt_ms, 1e-4, 0.05, XOR | FC | OWN, "time step (own: of HH and tv-LIF2HH), ms",
           "0.001"),
    PATH("current", current, "none", OWN,
         "CSV file with the columns t_ms and I_uA_per_cm2: the input current, linear between the "
         "rows; the run lasts from the first to the last"),
    CHOICE("start", starts_at_rest, "published|rest", OWN,
           "start of HH: V = -70 mV with the published gates, which gives a spike of its own near "
           "5 ms, or -65 mV with the gates at their steady state",
           "published"),
    NUMBER("t_end_ms", t_end_ms, 1, 1000, SINGLE, "length of a run, ms", "100"),
    NUMBER("t_end_ms", t_end_ms, 1, 1000, XOR | FC, "length of the run, ms", "40"),
    NUMBER("float_run_ms", float_run_ms, 1, 1e6, SINGLE,
           "lengths of the long float32 runs (dt 0.01 ms, constant input), ms", "100,10000", NULL,
           "100,10000,100000"),
    NUMBER("weight_uA_per_cm2", weight, 0, 1000, XOR,
           "weight of the output neuron's two synapses, uA/cm^2", "20"),
    PATH("weights", weights, "drawn", FC,
         "MATLAB file with W01 (784 x 128) and W12 (128 x 10) (not given: drawn from the seed)"),
    PATH("image", image, "drawn", FC,
         "greyscale PNG image of 28 x 28 pixels (not given: a drawn digit)"),
    NUMBER("drive_min_uA_per_cm2", scale.drive_min, 0, 1000, FC,
           "drawn weights: mean drive of the first neuron of layer 1, uA/cm^2", "2"),
    NUMBER("drive_max_uA_per_cm2", scale.drive_max, 0, 1000, FC,
           "drawn weights: mean drive of the last neuron of layer 1, uA/cm^2", "120"),
    NUMBER("weight_min_uA_per_cm2", scale.weight_min, 0, 1000, FC,
           "drawn weights: mean weight of the first neuron of layer 2, uA/cm^2", "0.1"),
    NUMBER("weight_max_uA_per_cm2", scale.weight_max, 0, 1000, FC,
           "drawn weights: mean weight of the last neuron of layer 2, uA/cm^2", "1"),
    NUMBER("slif_offset_uA_per_cm2", wave.offset, -1e4, 1e4, WAVE,
           "constant part of the input, uA/cm^2 (not given: the published one)", H4L_OWN),
    NUMBER("slif_amplitude_uA_per_cm2", wave.amplitude, -1e4, 1e4, PERIODIC,
           "factor of the waveform's shape, uA/cm^2 (not given: the published one)", H4L_OWN),
    NUMBER("slif_frequency_per_ms", wave.frequency, 1e-6, 100, PERIODIC,
           "frequency of the waveform, 1/ms (not given: the published one)", H4L_OWN),
    NUMBER("slif_duration_ms", chain.duration_ms, 1, 1e4, SLIF, "simulated time, ms", "80"),
    NUMBER("slif_delta_ms", delta_ms, 0, 1e3, LIF_UNITS,
           "spikes closer than this coincide in gamma, ms", "2"),
    NUMBER("slif_hh_dt_ms", chain.hh_dt_ms, 1e-5, 0.1, SLIF,
           "forward Euler step of the HH chain, ms", "0.001"),
    NUMBER("slif_hh_threshold_mV", chain.hh_threshold, -20, 120, SLIF,
           "an HH neuron spikes above this, mV above rest", "70"),
    NUMBER("slif_hh_m0", chain.hh_start[H4L_HH_M], 0, 1, SLIF, "start of gate m of both HH neurons",
           "0.0489"),
    NUMBER("slif_hh_h0", chain.hh_start[H4L_HH_H], 0, 1, SLIF, "start of gate h of both HH neurons",
           "0.1341"),
    NUMBER("slif_hh_n0", chain.hh_start[H4L_HH_N], 0, 1, SLIF, "start of gate n of both HH neurons",
           "0.6446"),
    NUMBER("slif_lif_dt_ms", chain.lif.dt_ms, 1e-3, 100, LIF_UNITS,
           "step of the s-LIF2HH units, ms", "1"),
    NUMBER("slif_lif_threshold_mV", chain.lif.threshold, 1e-3, 1e6, LIF_UNITS,
           "threshold of the s-LIF2HH units, mV", "70"),
    NUMBER("slif_lif_decay", chain.lif.decay, -1, 2, LIF_UNITS,
           "decay of the s-LIF2HH units; their leak is 1 - decay per ms", "0.9"),
    NUMBER("slif_lif_C_uF_per_cm2", chain.lif.C, 1e-3, 1e3, LIF_UNITS,
           "capacitance of the s-LIF2HH units, uF/cm^2", "1"),
    NUMBER("slif_weight_per_ms", chain.weight_per_ms, 0, 1e9, SLIF,
           "weight from neuron 1 to neuron 2, times the step", "1e5"),
    NUMBER("slif_map_frequencies", map_frequencies, 2, 1001, MAP,
           "cells along the frequency, from a quarter of the published one to 4 times it", "17",
           "33", "65"),
    NUMBER("slif_map_amplitudes", map_amplitudes, 2, 1001, MAP,
           "cells along the amplitude, from 0 to twice the published one", "17", "33", "65"),
    NUMBER("slif_jitter_draws", jitter_draws, 1, 1000000, JITTER, "draws per varied constant", "40",
           "200", "1000"),
    NUMBER("slif_jitter_share", jitter_share, 0, 0.9, JITTER,
           "each constant is multiplied by 1 - this .. 1 + this", "0.2"),
    CHOICE("slif_jitter_leak", jitter_decay, "leak|decay", JITTER,
           "vary the leak 1 - decay (0.08..0.12) or decay itself (0.72..1.08)", "leak"),
};

static const struct h4l_answer answers[] = {
    {"single",
     "max_abs_error_mV_exact_order_all_inputs max_abs_error_mV_published_order_all_inputs "
     "total_samples_differing_exact_order total_samples_differing_published_order "
     "max_abs_error_mV_exact_order_own_gates_all_inputs "
     "max_abs_error_mV_published_order_own_gates_all_inputs"},
    {"xor-* fc",
     "output_spike_counts_hh output_spike_counts_tv output_spike_times_hh_ms "
     "output_spike_times_tv_ms samples_differing_exact_order samples_differing_published_order "
     "max_abs_error_mV_exact_order max_abs_error_mV_published_order"},
    {"slif-map", "*_counts_agree_percent *_criterion_holds_percent"},
    {"slif-jitter", "*_all_draws *_all_counts_agree_percent *_all_counts_agree_low_percent "
                    "*_all_counts_agree_high_percent"},
    {0}};

static const struct h4l_undefined undefined[] = {
    {"slif-* own", "gamma mean_gamma *_mean_gamma",
     "no neuron spikes, or one so often that chance alone hits every spike (2 times rate times "
     "delta reaches 1)"},
    {"slif-*", "mean_isi_difference_ms mean_abs_time_difference_over_isi",
     "HH and s-LIF2HH do not spike equally often, or only once"},
    {"slif-map", "*_percent *_difference *_distance", "no neuron spikes in any cell of the map"},
    {"slif-jitter", "*_alone_counts_agree_percent",
     "a constant that this waveform does not have: a constant input has no amplitude and no "
     "frequency"},
    {"single", "*",
     "the scheme leaves the finite numbers with this step: it is too long for it (dt_ms)"},
    {"fc", "lowest_peak_above_threshold_mV highest_peak_below_threshold_mV",
     "no neuron of the layer has its peak there"},
    {0}};

int main(int argc, char **argv)
{
    static const struct h4l_series *const series[] = {
        &h4l_single_trace_series,     &h4l_single_errors_series, &h4l_single_cells_series,
        &h4l_xor_trace_series,        &h4l_xor_spikes_series,    &h4l_fc_spikes_series,
        &h4l_fc_image_series,         &h4l_own_trace_series,     &h4l_own_lif_series,
        &h4l_own_spikes_series,       &h4l_slif_hh_series,       &h4l_slif_lif_series,
        &h4l_slif_spikes_series,      &h4l_slif_map_series,      &h4l_slif_jitter_series,
        &h4l_slif_jitter_draws_series};
    static const struct h4l_family family = {
        .name = "equivalence",
        .question =
            "Does one Hodgkin-Huxley neuron equal four LIF neurons: exactly with time-varying "
            "parameters (tv-LIF2HH), and in its spike times with constant ones (s-LIF2HH)?",
        .cases = cases,
        .n_cases = sizeof cases / sizeof *cases,
        .params = params,
        .n_params = sizeof params / sizeof *params,
        .series = series,
        .n_series = sizeof series / sizeof *series,
        .answers = answers,
        .undefined = undefined,
        .options_size = sizeof(struct h4l_equivalence_options),
    };

    return h4l_family_main(&family, argc, argv);
}
