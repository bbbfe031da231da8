#include "neuron/adaptive.h"

#include <math.h>
#include <stddef.h>
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

#define AT(constant) offsetof(struct h4l_adaptive, constant)

const struct h4l_model_constant h4l_adaptive_settable[] = {
    {"D", "mV", "slope factor of the upstroke", AT(D), 0.1, 20},
    {"VT", "mV", "potential at which the upstroke begins", AT(VT), -120, 50},
    {"cut", "mV", "potential at which it spikes", AT(cut), -120, 50},
    {"reset", "mV", "potential after a spike", AT(reset), -120, 50},
    {"C", "uF/cm^2", "capacitance of the membrane", AT(C), 0.1, 10},
    {"gL", "mS/cm^2", "conductance of the leak", AT(gL), 0.01, 1},
    {"EL", "mV", "reversal potential of the leak", AT(EL), -120, 50},
    {"tau_w", "ms", "time constant of the adaptation", AT(tau_w), 1, 10000},
    {"a", "mS/cm^2", "adaptation by the potential", AT(a), 0, 1},
    {"b", "uA/cm^2", "adaptation by each spike", AT(b), 0, 200},
    {0}};

int h4l_adaptive_check(const void *c, struct h4l_err *err)
{
    const struct h4l_adaptive *p = c;
    double steepest = p->D > 0 ? p->gL / p->C * exp((p->cut - p->VT) / p->D) : 0; // per ms

    if (p->reset >= p->cut)
        return h4l_fail(err, H4L_E_RANGE, "reset is %g mV; it must lie below the cut, %g mV",
                        p->reset, p->cut);
    if (steepest > 100)
        return h4l_fail(
            err, H4L_E_RANGE,
            "gL / C exp((cut - VT) / D) is %g per ms; expected at most 100: lower the cut",
            steepest);
    return H4L_OK;
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
