// What the adaptive integrate-and-fire neurons share: the exponential one (adex.c), and its limit without an upstroke (adlif.c).
// State V (mV) and adaptation current w (uA/cm^2):
//
//     C V'     = -gL (V - EL) + gL D exp((V - VT) / D) - w + I            the second term is left out where D is 0
//     tau_w w' = a (V - EL) - w;        where V rises through the cut: V <- reset, w <- w + b
#ifndef H4L_NEURON_ADAPTIVE_H
#define H4L_NEURON_ADAPTIVE_H

#include "neuron/model.h"

struct h4l_adaptive {
    double C, gL, EL, VT, D; // uF/cm^2, mS/cm^2, mV
    double cut, reset;       // mV
    double tau_w, a, b;      // ms, mS/cm^2, uA/cm^2
};

enum { H4L_ADAPTIVE_DIM = 2 };

// The constants of Brette and Gerstner (2005, J. Neurophysiol. 94:3637, the table of the "detailed" neuron) with the given D and cut
// (mV). Their neuron has C = 281 pF; at 1 uF/cm^2 that is a membrane of 281e-6 cm^2, by which its conductances and currents are
// divided.
struct h4l_adaptive h4l_adaptive_published(double D, double cut);

// Members of struct h4l_model whose constants are a struct h4l_adaptive. The first constants, H4L_ADAPTIVE_UPSTROKE of them, act only
// where D is not 0.
enum { H4L_ADAPTIVE_UPSTROKE = 2 };
extern const struct h4l_model_constant h4l_adaptive_settable[];
// H4L_E_RANGE: the reset is not below the cut, or V rises there by more than a factor of e in 0.01 ms.
int h4l_adaptive_check(const void *c, struct h4l_err *err);
void h4l_adaptive_start(const void *c, double V, double *ret_x);
void h4l_adaptive_eval(const void *c, const struct h4l_input *in, const double *x, double *ret_dx,
                       double *ret_J, double *ret_by);
double h4l_adaptive_potential(const void *c, const double *x, double *ret_gradient);
double h4l_adaptive_event(const void *c, const double *x, double *ret_gradient);
void h4l_adaptive_jump(const void *c, double *x, double *W, int k);

#endif
