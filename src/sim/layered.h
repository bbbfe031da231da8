// A layered, level-coded feed-forward network, run as HH neurons and as tv-LIF2HH neurons side by side.
//
// Neuron i of layer 0 is driven by an input current; neuron k of layer l > 0 by sum_i W_l[i][k] s_i, where s_i is 1 in every
// step in which neuron i of the layer before is above the threshold (a level, not an event) and 0 otherwise. Neurons read the
// previous step's potential: the step from state k to k + 1 is driven by the threshold tests of state k. Each HH neuron has a
// tv-LIF2HH neuron beside it; the two networks have their own levels s and share nothing but, with H4L_TV_SHARED_GATES, the
// HH neurons' gates. The published XOR (2-1) and 784-128-10 networks are of this kind (a constant drive of layer 0 stands for
// the pixels), and a single neuron is one with one layer of size 1.
#ifndef H4L_SIM_LAYERED_H
#define H4L_SIM_LAYERED_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "sim/integrators.h"

struct h4l_layered {
    size_t layers;      // L >= 1
    const size_t *size; // [L], each >= 1
    const double *const *
        W; // [L]: W[l] is size[l-1] x size[l], row-major, for l >= 1; W[0] is not read. May be NULL for L = 1
    double threshold; // mV; above means potential > threshold
    double start
        [H4L_HH_DIM]; // initial V, m, h, n of every HH neuron; the tv neurons start by h4l_tv_start
    // Input currents of layer 0 at time t (ms), into ret_I[size[0]].
    void (*drive)(void *ctx, double t, double *ret_I);
    void *drive_ctx;
};

// The published start: V = -70 mV, m = 0.0289, h = 0.7541, n = 0.2446 (form A).
extern const double h4l_published_start[H4L_HH_DIM];

// All neurons at one state, numbered layer after layer. States count from 0; state j is at time j dt.
struct h4l_layered_state {
    size_t state;
    const double *V_hh, *V_tv; // potentials of this state: V and f + u_4
    const double
        *read_tv; // what the tv neurons' threshold test read (V_hh is what the HH neurons' read)
    const uint8_t *s_hh, *s_tv; // the tests' outcomes. The last state has none: NULL, as read_tv
};
typedef void (*h4l_layered_observer)(void *ctx, const struct h4l_layered_state *state);

// Number of neurons of all layers.
size_t h4l_layered_neurons(const struct h4l_layered *net);

// Runs states - 1 steps (states >= 1) from the start and shows every state to observe. H4L_E_RANGE: a size, dt, or a start
// value out of range; H4L_E_NOMEM; H4L_E_NUMERIC: a potential left the finite numbers (names neuron and time).
int h4l_layered_run(const struct h4l_layered *net, const struct h4l_pair *pair, size_t states,
                    h4l_layered_observer observe, void *ctx, struct h4l_err *err);

// The same with every operation in float: constants, weights, drive and state are rounded to float; what the observer sees is
// float converted to double.
int h4l_layered_run_float(const struct h4l_layered *net, const struct h4l_pair *pair, size_t states,
                          h4l_layered_observer observe, void *ctx, struct h4l_err *err);

#endif
