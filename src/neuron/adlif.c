// The adaptive leaky integrate-and-fire neuron: the neuron of adex.c without its upstroke (the limit D -> 0), which spikes where V
// reaches the threshold VT. State V (mV) and adaptation current w (uA/cm^2); constants of Brette and Gerstner (2005) as there.
//
//     C V' = -gL (V - EL) - w + I,   tau_w w' = a (V - EL) - w;        where V rises through VT: V <- Vr, w <- w + b
#include "neuron/model.h"

#include <string.h>

#define AREA_CM2 281e-6

struct adlif {
    double C, gL, EL, VT, reset; // uF/cm^2, mS/cm^2, mV
    double tau_w, a, b;          // ms, mS/cm^2, uA/cm^2
};

static void constants(void *ret_c)
{
    const struct adlif p = {.C = 1,
                            .gL = 30e-6 / AREA_CM2,
                            .EL = -70.6,
                            .VT = -50.4,
                            .reset = -70.6,
                            .tau_w = 144,
                            .a = 4e-6 / AREA_CM2,
                            .b = 0.0805e-3 / AREA_CM2};

    memcpy(ret_c, &p, sizeof p);
}

static void start(const void *c, double V, double *ret_x)
{
    const struct adlif *p = c;

    ret_x[0] = V;
    ret_x[1] = p->a * (V - p->EL);
}

static void eval(const void *c, const struct h4l_input *in, const double *x, double *ret_dx,
                 double *ret_J, double *ret_by)
{
    const struct adlif *p = c;
    const double J[4] = {-(p->gL + in->g[0] + in->g[1]) / p->C, -1 / p->C, p->a / p->tau_w,
                         -1 / p->tau_w};
    const double by[6] = {1 / p->C, 0, (in->E[0] - x[0]) / p->C, 0, (in->E[1] - x[0]) / p->C, 0};

    ret_dx[0] = (-p->gL * (x[0] - p->EL) - x[1] + h4l_input_current(in, 0, x[0])) / p->C;
    ret_dx[1] = (p->a * (x[0] - p->EL) - x[1]) / p->tau_w;
    if (ret_J)
        memcpy(ret_J, J, sizeof J);
    if (ret_by)
        memcpy(ret_by, by, sizeof by);
}

static double potential(const void *c, const double *x, double *ret_gradient)
{
    (void)c;
    for (int i = 0; ret_gradient && i < 2; i++)
        ret_gradient[i] = i == 0;
    return x[0];
}

static double event(const void *c, const double *x, double *ret_gradient)
{
    const struct adlif *p = c;

    return potential(c, x, ret_gradient) - p->VT;
}

static void jump(const void *c, double *x, double *W, int k)
{
    const struct adlif *p = c;

    x[0] = p->reset;
    x[1] += p->b;
    for (int v = 0; v < k; v++)
        W[v] = 0; // V forgets; w keeps
}

const struct h4l_model h4l_model_adlif = {
    .name = "adlif",
    .label = "adLIF",
    .summary = "adaptive leaky integrate-and-fire neuron: AdEx without its upstroke",
    .dim = 2,
    .exponents = 2,
    .scale = (const double[]){100, 1},
    .constants = constants,
    .rest_mV = -70.6,
    .start = start,
    .eval = eval,
    .potential = potential,
    .event = event,
    .jump = jump,
};
