// The stimuli of the fitting experiments and the spike trains with which an HH neuron answers them.
//
// Two disjoint kinds of sets. Training: constant, sine, square, sawtooth and triangle currents on fixed grids of level, amplitude
// and frequency, and Ornstein-Uhlenbeck noise on a grid of means, deviations and correlation times. Held-out: the same classes
// with parameters drawn from continuous ranges and other noise, and three classes that training never sees (chirp, sum of
// three sines, random pulses). Units: ms, uA/cm^2.
#ifndef H4L_FITTING_STIMULUS_H
#define H4L_FITTING_STIMULUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/spike_train.h"
#include "base/err.h"
#include "base/threads.h"
#include "sim/waveform.h"

enum h4l_stim_class {
    H4L_STIM_CONST,
    H4L_STIM_SINE,
    H4L_STIM_SQUARE,
    H4L_STIM_SAWTOOTH,
    H4L_STIM_TRIANGLE,
    H4L_STIM_NOISE,
    H4L_STIM_CHIRP,
    H4L_STIM_SINES,
    H4L_STIM_PULSES,
    H4L_STIM_CLASSES
};
#define H4L_STIM_TRAINED H4L_STIM_CHIRP // the classes before it occur in training

// "const", "sine", "square", "sawtooth", "triangle", "noise", "chirp", "sines", "pulses".
const char *h4l_stim_class_name(enum h4l_stim_class class);

struct h4l_stim {
    enum h4l_stim_class class;
    char label[80]; // class and parameters, for series files
    struct h4l_wave wave;
    struct h4l_spikes hh; // the HH neuron's spikes, owned
};

struct h4l_stim_set {
    struct h4l_stim *stim;
    size_t n;
    double duration_ms; // of each
};

struct h4l_stim_options {
    double duration_ms;
    int per_class;         // 1..500 stimuli of each class (training: noise twice as many)
    uint64_t seed;         // of noise and of the held-out parameters
    int replicate;         // 0..999: independent repetitions under one seed
    double hh_dt_ms;       // RK4 step; the input is its mean over the step
    double hh_level_mV;    // a spike is an upward crossing of it (form A), interpolated
    struct h4l_pool *pool; // NULL: serial
};

// The HH neuron starts at rest (form A, I = 0). H4L_E_NUMERIC when its potential leaves the finite numbers; H4L_E_NOMEM; H4L_E_RANGE.
int h4l_stim_training(const struct h4l_stim_options *options, struct h4l_stim_set *ret,
                      struct h4l_err *err);
int h4l_stim_heldout(const struct h4l_stim_options *options, struct h4l_stim_set *ret,
                     struct h4l_err *err);
// Kistler's noise only (Kistler, Gerstner and van Hemmen 1997): mean 0, a new normal number of deviation 3 uA/cm^2 every 2 ms, joined by
// lines. Held-out: per_class stimuli; training: twice as many, others. Their class is H4L_STIM_NOISE.
int h4l_stim_kistler(const struct h4l_stim_options *options, bool heldout, struct h4l_stim_set *ret,
                     struct h4l_err *err);
// Constant currents level[0..n-1] only, for f-I curves.
int h4l_stim_constants(const struct h4l_stim_options *options, const double *level, size_t n,
                       struct h4l_stim_set *ret, struct h4l_err *err);
void h4l_stim_free(struct h4l_stim_set *set);

// The inputs of a set for h4l_subnet_run_lanes: groups of H4L_SUBNET_LANES stimuli, x[((g * steps) + s) * LANES + lane] the
// mean of stimulus g LANES + lane over step s; lanes beyond the last stimulus get 0.
struct h4l_stim_input {
    double dt_ms;
    size_t steps, groups;
    double *x; // aligned to 64 bytes, owned
};
int h4l_stim_input(const struct h4l_stim_set *set, double dt_ms, struct h4l_stim_input *ret,
                   struct h4l_err *err);
void h4l_stim_input_free(struct h4l_stim_input *input);

#endif
