#include "neuron/adaptive.h"

#include <math.h>
#include <string.h>

#define AREA_CM2 281e-6

struct h4l_adaptive h4l_adaptive_published(double D, double cut)
{
    return (struct h4l_adaptive){.C = 1,
                                 .gL = 30e-6 / AREA_CM2,
                                 .EL = -70.6,
                                 .VT = -50.4,
                                 .D = D,
                                 .cut = cut,
                                 .reset = -70.6,
                                 .tau_w = 144,
                                 .a = 4e-6 / AREA_CM2,
                                 .b = 0.0805e-3 / AREA_CM2};
}

void h4l_adaptive_start(const void *c, double V, double *ret_x)
{
    const struct h4l_adaptive *p = c;

    ret_x[0] = V;
    ret_x[1] = p->a * (V - p->EL);
}

void h4l_adaptive_eval(const void *c, const struct h4l_input *in, const double *x, double *ret_dx,
                       double *ret_J, double *ret_by)
{
    const struct h4l_adaptive *p = c;
    double V = x[0], up = 0;

    if (p->D > 0)
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

double h4l_adaptive_potential(const void *c, const double *x, double *ret_gradient)
{
    (void)c;
    if (ret_gradient) {
        ret_gradient[0] = 1;
        ret_gradient[1] = 0;
    }
    return x[0];
}

double h4l_adaptive_event(const void *c, const double *x, double *ret_gradient)
{
    const struct h4l_adaptive *p = c;

    return h4l_adaptive_potential(c, x, ret_gradient) - p->cut;
}

void h4l_adaptive_jump(const void *c, double *x, double *W, int k)
{
    const struct h4l_adaptive *p = c;

    x[0] = p->reset;
    x[1] += p->b;
    for (int v = 0; v < k; v++)
        W[v] = 0; // V forgets; w keeps
}
