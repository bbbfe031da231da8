#include "neuron/s_lif.h"

const struct h4l_s_lif h4l_s_lif_published = {
    .dt_ms = 1, .C = 1, .decay = 0.9, .U = 0, .threshold = 70};

static double step(const struct h4l_s_lif *p, double u, double I)
{
    return u + p->dt_ms * (-(u - p->U) * (1 - p->decay) + I) / p->C;
}

void h4l_s_lif_step(const struct h4l_s_lif *p, const double I[H4L_S_LIF_INPUTS],
                    double u[H4L_S_LIF_UNITS], struct h4l_s_lif_flags *ret)
{
    for (int i = 0; i < H4L_S_LIF_INPUTS; i++)
        u[i] = step(p, u[i], I[i]);
    u[3] = step(p, u[3], u[0] + u[1] + u[2]);
    ret->joint = 1;
    for (int i = 0; i < H4L_S_LIF_UNITS; i++) {
        ret->u[i] = u[i];
        ret->over[i] = u[i] > p->threshold;
        ret->joint &= ret->over[i];
    }
    for (int i = 0; ret->joint && i < H4L_S_LIF_UNITS; i++)
        u[i] = p->U;
}
