#include "neuron/s_lif.h"

#include <stddef.h>
#include <string.h>

const struct h4l_s_lif h4l_s_lif_published = {
    .dt_ms = 1, .C = 1, .decay = 0.9, .U = 0, .threshold = 70};

double h4l_s_lif_unit(const struct h4l_s_lif *p, double u, double I)
{
    return u + p->dt_ms * (-(u - p->U) * (1 - p->decay) + I) / p->C;
}

void h4l_s_lif_step(const struct h4l_s_lif *p, const double I[H4L_S_LIF_INPUTS],
                    double u[H4L_S_LIF_UNITS], struct h4l_s_lif_flags *ret)
{
    for (int i = 0; i < H4L_S_LIF_INPUTS; i++)
        u[i] = h4l_s_lif_unit(p, u[i], I[i]);
    u[3] = h4l_s_lif_unit(p, u[3], u[0] + u[1] + u[2]);
    ret->joint = 1;
    for (int i = 0; i < H4L_S_LIF_UNITS; i++) {
        ret->u[i] = u[i];
        ret->over[i] = u[i] > p->threshold;
        ret->joint &= ret->over[i];
    }
    for (int i = 0; ret->joint && i < H4L_S_LIF_UNITS; i++)
        u[i] = p->U;
}

// ---- as a row of h4l_models ----

enum { UNITS = H4L_S_LIF_UNITS, INPUTS = H4L_S_LIF_INPUTS };
#define REST (-65.0) // mV, where u is 0

static void constants(void *ret_c)
{
    memcpy(ret_c, &h4l_s_lif_published, sizeof h4l_s_lif_published);
}

static void start(const void *c, double V, double *ret_u)
{
    (void)c;
    for (int a = 0; a < INPUTS; a++)
        ret_u[a] = V - REST;
    ret_u[INPUTS] = 0;
}

static void jacobian(const struct h4l_s_lif *p, const struct h4l_input *in, double *ret_J)
{
    double leak = 1 - p->decay;

    memset(ret_J, 0, UNITS * UNITS * sizeof *ret_J);
    for (int a = 0; a < INPUTS; a++) {
        ret_J[a * UNITS + a] = -(leak + in->g[0] + in->g[1]) / p->C;
        ret_J[INPUTS * UNITS + a] = 1 / p->C;
    }
    ret_J[INPUTS * UNITS + INPUTS] = -leak / p->C;
}

static void by_input(const struct h4l_s_lif *p, const struct h4l_input *in, const double *u,
                     double *ret_by)
{
    memset(ret_by, 0, (1 + H4L_CONDUCTANCES) * UNITS * sizeof *ret_by);
    for (int a = 0; a < INPUTS; a++) {
        ret_by[a] = 1 / p->C;
        for (int e = 0; e < H4L_CONDUCTANCES; e++)
            ret_by[(1 + e) * UNITS + a] = (in->E[e] - REST - u[a]) / p->C;
    }
}

static void eval(const void *c, const struct h4l_input *in, const double *u, double *ret_du,
                 double *ret_J, double *ret_by)
{
    const struct h4l_s_lif *p = c;
    double leak = 1 - p->decay, sum = 0;

    for (int a = 0; a < INPUTS; a++) {
        ret_du[a] = (-(u[a] - p->U) * leak + h4l_input_current(in, REST, u[a])) / p->C;
        sum += u[a];
    }
    ret_du[INPUTS] = (-(u[INPUTS] - p->U) * leak + sum) / p->C;
    if (ret_J)
        jacobian(p, in, ret_J);
    if (ret_by)
        by_input(p, in, u, ret_by);
}

// The sums of h4l_tangent_product (analysis/flow.h) in its order, without the zeros of the Jacobian.
static void tangent(const void *c, const struct h4l_input *in, const double *u, const double *W,
                    const double *const dg[H4L_CONDUCTANCES], int k, double *ret_du, double *ret_dW,
                    double *scratch)
{
    const struct h4l_s_lif *p = c;
    const double by_u = 1 / p->C, leak = -(1 - p->decay) / p->C;
    const double own = -(1 - p->decay + in->g[0] + in->g[1]) / p->C;
    double *restrict last = ret_dW + INPUTS * k;

    (void)scratch;
    eval(c, in, u, ret_du, NULL, NULL);
    for (int v = 0; v < k; v++)
        last[v] =
            0 + by_u * W[v] + by_u * W[k + v] + by_u * W[2 * k + v] + leak * W[INPUTS * k + v];
    for (int a = 0; a < INPUTS; a++) {
        double exc = (in->E[0] - REST - u[a]) / p->C, inh = (in->E[1] - REST - u[a]) / p->C;
        double *restrict dw = ret_dW + a * k;
        for (int v = 0; v < k; v++)
            dw[v] = 0 + own * W[a * k + v];
        for (int v = 0; dg && v < k; v++)
            dw[v] += dg[H4L_EXCITATORY][v] * exc + dg[H4L_INHIBITORY][v] * inh;
    }
}

static double potential(const void *c, const double *u, double *ret_gradient)
{
    (void)c;
    for (int i = 0; ret_gradient && i < UNITS; i++)
        ret_gradient[i] = i == 0;
    return REST + u[0];
}

static double event(const void *c, const double *u, double *ret_gradient)
{
    const struct h4l_s_lif *p = c;
    int lowest = 0;

    for (int i = 1; i < UNITS; i++)
        if (u[i] < u[lowest])
            lowest = i;
    for (int i = 0; ret_gradient && i < UNITS; i++)
        ret_gradient[i] = i == lowest;
    return u[lowest] - p->threshold;
}

static void jump(const void *c, double *u, double *W, int k)
{
    const struct h4l_s_lif *p = c;

    for (int i = 0; i < UNITS; i++)
        u[i] = p->U;
    for (int i = 0; i < UNITS * k; i++)
        W[i] = 0;
}

// The derivative of a step that starts at u, and does not fire, on column v of W.
static void carry(const struct h4l_s_lif *p, const struct h4l_input *in, const double *u, double *W,
                  const double *const dg[H4L_CONDUCTANCES], int k, int v)
{
    double gain = p->dt_ms / p->C, keep = 1 - gain * (1 - p->decay), last = 0;

    for (int a = 0; a < INPUTS; a++) {
        double *w = &W[a * k + v], V = u[a] + REST, force = 0;
        if (dg)
            force = gain * dg[0][v] * (in->E[0] - V) + gain * dg[1][v] * (in->E[1] - V);
        *w = (keep - gain * (in->g[0] + in->g[1])) * *w + force;
        last += gain * *w; // unit 4 gets the new potentials
    }
    W[INPUTS * k + v] = last + keep * W[INPUTS * k + v];
}

static bool map(const void *c, const struct h4l_input *in, double *u, double *W,
                const double *const dg[H4L_CONDUCTANCES], int k, double *ret_before)
{
    const struct h4l_s_lif *p = c;
    struct h4l_s_lif_flags flags;
    double I[INPUTS], old[UNITS];

    memcpy(old, u, sizeof old);
    for (int a = 0; a < INPUTS; a++)
        I[a] = h4l_input_current(in, REST, u[a]);
    h4l_s_lif_step(p, I, u, &flags);
    if (ret_before)
        memcpy(ret_before, flags.u, sizeof flags.u);
    if (flags.joint) // reset to a constant
        for (int i = 0; i < UNITS * k; i++)
            W[i] = 0;
    else
        for (int v = 0; v < k; v++)
            carry(p, in, old, W, dg, k, v);
    return flags.joint;
}

#define AT(constant) offsetof(struct h4l_s_lif, constant)

// Without dt: the step is the row's map_ms.
static const struct h4l_model_constant settable[] = {
    {"C", "uF/cm^2", "capacitance of every unit", AT(C), 0.05, 100},
    {"decay", "1", "its leak is 1 - decay, mS/cm^2", AT(decay), 0, 0.999},
    {"U", "mV above -65", "rest and reset of every unit", AT(U), -200, 200},
    {"threshold", "mV above -65", "of every unit; all reset together", AT(threshold), -200, 300},
    {0}};

static int check(const void *c, struct h4l_err *err)
{
    const struct h4l_s_lif *p = c;

    if (p->U >= p->threshold)
        return h4l_fail(err, H4L_E_RANGE, "U is %g mV; it must lie below the threshold, %g mV",
                        p->U, p->threshold);
    if (p->dt_ms * (1 - p->decay) > p->C)
        return h4l_fail(
            err, H4L_E_RANGE,
            "C is %g uF/cm^2; it must be at least 1 - decay = %g, or a step passes the rest", p->C,
            1 - p->decay);
    return H4L_OK;
}

const struct h4l_model h4l_model_s_lif = {
    .name = "slif2hh",
    .label = "s-LIF2HH",
    .summary = "s-LIF2HH, four LIF units that reset together (He et al. 2024): a map of 1 ms",
    .paper = true,
    .dim = UNITS,
    .exponents = 1, // the jump forgets all but the time of the spike
    .scale = (const double[]){100, 100, 100, 100},
    .constants = constants,
    .settable = settable,
    .check = check,
    .rest_mV = REST,
    .start = start,
    .eval = eval,
    .tangent = tangent,
    .potential = potential,
    .n_signals = 2,
    .signals = {{"u1", 0}, {"u4", INPUTS}},
    .event = event,
    .jump = jump,
    .map = map,
    .map_ms = 1,
};
