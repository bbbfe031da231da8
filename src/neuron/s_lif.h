// s-LIF2HH: four LIF units with constant parameters that stand for one HH neuron, plain and in double.
//
//     u_i <- u_i + dt (-(u_i - U)(1 - decay) + I_i) / C          i = 1, 2, 3
//     u_4 <- u_4 + dt (-(u_4 - U)(1 - decay) + (u_1 + u_2 + u_3)) / C      (their new potentials)
//     s_i = [u_i > threshold];  the sub-network fires when all four are above, and then all four return to U
//
// Source: He et al. (2024), the two-neuron chain of Fig. 3d and its published constants. The s-LIF2HH of the learning experiments
// differs (separate projections, every unit resets itself).
#ifndef H4L_NEURON_S_LIF_H
#define H4L_NEURON_S_LIF_H

#include "neuron/model.h"

enum { H4L_S_LIF_INPUTS = 3, H4L_S_LIF_UNITS = 4 };

struct h4l_s_lif {
    double dt_ms;     // > 0
    double C;         // > 0
    double decay;     // leak is 1 - decay per ms
    double U;         // rest and reset
    double threshold; // of every unit
};

extern const struct h4l_s_lif h4l_s_lif_published; // dt 1, C 1, decay 0.9, U 0, threshold 70

// What a step gave: the potentials and threshold tests before the reset, and whether the sub-network fired.
struct h4l_s_lif_flags {
    double u[H4L_S_LIF_UNITS];
    int over[H4L_S_LIF_UNITS];
    int joint;
};

// The potential of one unit with input I after a step, before any reset.
double h4l_s_lif_unit(const struct h4l_s_lif *p, double u, double I);

// One step from the potentials u (rewritten, after the reset) with the inputs of units 1 to 3.
void h4l_s_lif_step(const struct h4l_s_lif *p, const double I[H4L_S_LIF_INPUTS],
                    double u[H4L_S_LIF_UNITS], struct h4l_s_lif_flags *ret);

// The row with the published constants (a struct h4l_s_lif); rest is at -65 mV, V = -65 + u_1. The map is h4l_s_lif_step. Its limit of
// short steps is the flow u_i' = (-(u_i - U)(1 - decay) + I) / C, u_4' likewise with u_1 + u_2 + u_3; when the lowest of the four reaches
// the threshold all are set to U. With dt = 1 the map is the flow's forward Euler step. Conductances drive each unit at its own u_i.
extern const struct h4l_model h4l_model_s_lif;

#endif
