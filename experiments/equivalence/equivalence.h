// The cases of hh4lif-equivalence on HH against tv-LIF2HH (claims E1 to E3). Those on s-LIF2HH (E4) are in slif.h.
#ifndef H4L_EQUIVALENCE_H
#define H4L_EQUIVALENCE_H

#include "base/family.h"
#include "fc_input.h"
#include "sim/slif_chain.h"

// Values of the parameters, which main.c lists.
struct h4l_equivalence_options {
    struct h4l_reals steps_ms, float_run_ms; // single
    double dt_ms, t_end_ms;
    double weight;               // of the XOR network, uA/cm^2
    const char *weights, *image; // fc: files; NULL: drawn
    struct h4l_fc_scale scale;
    const char *current; // own: a file
    bool starts_at_rest;
    struct {
        double offset, amplitude, frequency; // uA/cm^2, 1/ms
    } wave;
    struct h4l_chain chain; // its waveform is not set here
    double delta_ms;
    size_t map_frequencies, map_amplitudes, jitter_draws;
    double jitter_share;
    bool jitter_decay; // else the leak
};

// single: one neuron, six inputs, five time steps, every scheme and variant (E1).
int h4l_equivalence_single(struct h4l_run *run, struct h4l_err *err);

// xor-X1-X2: the published XOR network (E2); the case's ctx holds the two inputs.
struct h4l_equivalence_xor {
    double x1, x2; // uA/cm^2
};
int h4l_equivalence_xor(struct h4l_run *run, struct h4l_err *err);

// fc: the 784-128-10 network (E3), on weights and an image of its own or on those given.
int h4l_equivalence_fc(struct h4l_run *run, struct h4l_err *err);

// own: HH, tv-LIF2HH and s-LIF2HH under the current of a file (parameter "current").
int h4l_equivalence_own(struct h4l_run *run, struct h4l_err *err);

// The CSV files of the cases, each declared where it is written.
extern const struct h4l_series h4l_single_trace_series, h4l_single_errors_series,
    h4l_single_cells_series, h4l_xor_trace_series, h4l_fc_image_series, h4l_own_trace_series,
    h4l_own_lif_series, h4l_own_spikes_series, h4l_slif_hh_series, h4l_slif_lif_series,
    h4l_slif_spikes_series, h4l_slif_map_series, h4l_slif_jitter_series,
    h4l_slif_jitter_draws_series;

#endif
