// A layer of true HH neurons (neuron/true_hh.h) in a fully connected network, in the place of a layer of cells (cell/cell.h).
//
// A neuron turns the projection z_p = (W x_p + b) of each part of what it is shown into a current for that part of its window, and
// sends one number on:
//
//     I_p = drive + gain z_p, taken into the range in which the steps are stable,    sent = scale rate(I_1, I_2, ...).
//
// The derivative of a current that was taken into the range is that at the edge, so that it finds back. Peak conductances and speeds
// of the gates are shared, or each neuron trains its own (`own`).
#ifndef H4L_NET_TRUE_LAYER_H
#define H4L_NET_TRUE_LAYER_H

#include "neuron/true_hh.h"

// Which of a real neuron's ingredients are there: the arms of claim A4.
enum h4l_true_membrane {
    H4L_TRUE_FULL,   // all
    H4L_TRUE_FROZEN, // the gates stay where they are at rest: ohmic, with HH's rest and resistance
    H4L_TRUE_SODIUM, // gK = 0
    H4L_TRUE_POTASSIUM, // gNa = 0
    H4L_TRUE_LINEAR,    // the tangent at rest: resonance without spikes
    H4L_TRUE_PASSIVE,   // gNa = gK = 0, gates frozen
};

struct h4l_true_layer {
    enum h4l_true_membrane membrane;
    double window_ms, dt_ms; // a whole number of steps, at least as many as parts
    bool spikes;             // what is sent on: crossings per ms, else the smooth readout
    double trace_ms;         // see struct h4l_true_hh
    double drive;            // uA/cm^2
    double gain;             // uA/cm^2 per unit of the projection
    double scale;            // of what is sent on
    // Derivatives of the rate by a current, per uA/cm^2, or by a trained constant are taken into [-clip, clip]; 0: no bound.
    double clip;
    // Each neuron trains six constants c of its own: its constant of h4l_true_layer_own times 1.5^tanh(c), itself where c = 0. So it stays
    // between 2/3 and 3/2 of that, and its steps stay stable up to dt_ms = 0.02.
    bool own;
};

// 20 ms in steps of 0.02 ms, all ingredients, smooth, a drive just below the threshold of spiking.
extern const struct h4l_true_layer h4l_true_layer_default;

// H4L_E_RANGE with the field's name unless the window is a whole number of at least `parts` steps and at most 10^6, trace_ms and clip
// are from 0 on, the rest is finite, and dt_ms is at most 0.02 where constants are trained.
int h4l_true_layer_check(const struct h4l_true_layer *layer, size_t parts, struct h4l_err *err);

// The neuron of a layer that has passed the check, with an input for each of `parts`. cut: derivatives of one step only.
struct h4l_true_hh h4l_true_layer_window(const struct h4l_true_layer *layer, size_t parts,
                                         bool cut);
// The constants of its neurons, or those that their own begin at.
void h4l_true_layer_own(const struct h4l_true_layer *layer, double ret_own[H4L_TRUE_HH_OWN]);
// The constants of a neuron whose trained ones are c, and their derivatives by c (NULL: not wanted).
void h4l_true_layer_trained(const struct h4l_true_layer *layer, const double c[H4L_TRUE_HH_OWN],
                            double ret_own[H4L_TRUE_HH_OWN], double ret_slope[H4L_TRUE_HH_OWN]);
// The currents that it may give them: h4l_true_hh_currents, of own constants for all that they can become; +-10^6 where no gate moves,
// whose rates could outrun the step.
void h4l_true_layer_currents(const struct h4l_true_layer *layer, double ret_range[2]);

#endif
