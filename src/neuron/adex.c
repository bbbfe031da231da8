// The adaptive exponential integrate-and-fire neuron (Brette and Gerstner 2005, J. Neurophysiol. 94:3637, equations 2 and 3 and the
// constants of their table of the "detailed" neuron), state V (mV) and adaptation current w (uA/cm^2):
//
//     C V'     = -gL (V - EL) + gL D exp((V - VT) / D) - w + I
//     tau_w w' = a (V - EL) - w;        where V rises through the cut: V <- Vr, w <- w + b
//
// Their neuron has C = 281 pF; at 1 uF/cm^2 that is a membrane of 281e-6 cm^2, by which its conductances and currents are divided.
#include "neuron/model.h"

#include <math.h>
#include <string.h>

#define AREA_CM2 281e-6

struct adex {
    double C, gL, EL, VT, D; // uF/cm^2, mS/cm^2, mV
    double cut, reset;       // mV
    double tau_w, a, b;      // ms, mS/cm^2, uA/cm^2
};

static void constants(void *ret_c)
{
    // Beyond VT + 5 D the spike takes less than 0.1 ms to any higher cut (theirs is 20 mV); a lower one keeps the flow tame.
    const struct adex p = {.C = 1,
                           .gL = 30e-6 / AREA_CM2,
                           .EL = -70.6,
                           .VT = -50.4,
                           .D = 2,
                           .cut = -50.4 + 5 * 2,
                           .reset = -70.6,
                           .tau_w = 144,
                           .a = 4e-6 / AREA_CM2,
                           .b = 0.0805e-3 / AREA_CM2};

    memcpy(ret_c, &p, sizeof p);
}

static void start(const void *c, double V, double *ret_x)
{
    const struct adex *p = c;

    ret_x[0] = V;
    ret_x[1] = p->a * (V - p->EL);
}

static void eval(const void *c, const struct h4l_input *in, const double *x, double *ret_dx,
                 double *ret_J, double *ret_by)
{
    const struct adex *p = c;
    double V = x[0],
           up = exp(fmin((V - p->VT) / p->D, 40)); // finite where a step looks past the cut

    ret_dx[0] =
        (-p->gL * (V - p->EL) + p->gL * p->D * up - x[1] + h4l_input_current(in, 0, V)) / p->C;
    ret_dx[1] = (p->a * (V - p->EL) - x[1]) / p->tau_w;
    if (ret_J) {
        const double J[4] = {(p->gL * (up - 1) - in->g[0] - in->g[1]) / p->C, -1 / p->C,
                             p->a / p->tau_w, -1 / p->tau_w};
        memcpy(ret_J, J, sizeof J);
    }
    if (ret_by) {
        const double by[6] = {1 / p->C, 0, (in->E[0] - V) / p->C, 0, (in->E[1] - V) / p->C, 0};
        memcpy(ret_by, by, sizeof by);
    }
}

static double potential(const void *c, const double *x, double *ret_gradient)
{
    (void)c;
    if (ret_gradient) {
        ret_gradient[0] = 1;
        ret_gradient[1] = 0;
    }
    return x[0];
}

static double event(const void *c, const double *x, double *ret_gradient)
{
    const struct adex *p = c;

    return potential(c, x, ret_gradient) - p->cut;
}

static void jump(const void *c, double *x, double *W, int k)
{
    const struct adex *p = c;

    x[0] = p->reset;
    x[1] += p->b;
    for (int v = 0; v < k; v++)
        W[v] = 0; // V forgets; w keeps
}

const struct h4l_model h4l_model_adex = {
    .name = "adex",
    .label = "AdEx",
    .summary = "adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005)",
    .dim = 2,
    .exponents = 2,
    .scale = (const double[]){100, 1},
    .constants = constants,
    .rest_mV = -70.6,
    .step_ms = 0.005,
    .start = start,
    .eval = eval,
    .potential = potential,
    .event = event,
    .jump = jump,
};
