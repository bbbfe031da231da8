#include "neuron/hh_flow.h"

#include <math.h>
#include <stddef.h>

#include "neuron/hh_tangent.h"

static void derive(void *c)
{
    struct h4l_hh_flow *f = c;

    f->shift_m = exp((f->hh.v_0 - f->hh.v_m) / 10);
    f->shift_h = exp((f->hh.v_0 - f->hh.v_h) / 10);
    f->shift_n = exp((f->hh.v_0 - f->hh.v_n) / 10);
}

void h4l_hh_flow_init(const struct h4l_hh *hh, struct h4l_hh_flow *ret)
{
    ret->hh = *hh;
    derive(ret);
}

// linoid(x) = x / (1 - e), e = exp(-x), and its derivative (1 - e - x e) / (1 - e)^2. Near 0, where both cancel, the plain
// versions with expm1 and a series take over.
static inline void linoid(double x, double e, double *ret, double *ret_d)
{
    if (fabs(x) < 0.5) {
        *ret = h4l_hh_linoid(x);
        if (ret_d)
            *ret_d = h4l_hh_linoid_derivative(x);
        return;
    }
    double inverse = 1 / (1 - e), value = x * inverse;
    *ret = value;
    if (ret_d)
        *ret_d = isinf(e) ? 0 : (1 - value * e) * inverse;
}

void h4l_hh_flow_rates(const struct h4l_hh_flow *f, double V, struct h4l_hh_rates *r,
                       struct h4l_hh_rates *d)
{
    double u = V + f->hh.v_0, z = exp(-u / 80), z2 = z * z, z4 = z2 * z2, z8 = z4 * z4;
    double eh = z8 * f->shift_h, open = 1 / (1 + eh);
    double slope_m, slope_n;

    linoid((V + f->hh.v_m) / 10, z8 * f->shift_m, &r->am, d ? &slope_m : NULL);
    linoid((V + f->hh.v_n) / 10, z8 * f->shift_n, &r->an, d ? &slope_n : NULL);
    r->bm = 4 * exp(-u / 18);
    r->ah = 0.07 * z4;
    r->bh = open;
    r->an *= 0.1;
    r->bn = 0.125 * z;
    if (!d)
        return;
    d->am = slope_m / 10;
    d->bm = -r->bm / 18;
    d->ah = -r->ah / 20;
    d->bh = isinf(eh) ? 0 : eh * open * open / 10;
    d->an = 0.1 * slope_n / 10;
    d->bn = -r->bn / 80;
}

void h4l_hh_flow_eval(const struct h4l_hh_flow *f, const double x[H4L_HH_DIM], double I,
                      double ret_dx[H4L_HH_DIM], double *J)
{
    const struct h4l_hh *hh = &f->hh;
    double V = x[H4L_HH_V], m = x[H4L_HH_M], h = x[H4L_HH_H], n = x[H4L_HH_N];
    double m2 = m * m, n3 = n * n * n, na = hh->gNa * m2 * m * h, k = hh->gK * n3 * n;
    struct h4l_hh_rates r, d;

    h4l_hh_flow_rates(f, V, &r, J ? &d : NULL);
    ret_dx[0] = (I - na * (V - hh->ENa) - k * (V - hh->EK) - hh->gL * (V - hh->EL)) / hh->C;
    ret_dx[1] = r.am * (1 - m) - r.bm * m;
    ret_dx[2] = r.ah * (1 - h) - r.bh * h;
    ret_dx[3] = r.an * (1 - n) - r.bn * n;
    if (!J)
        return;
    double drive = hh->gNa * m2 * (V - hh->ENa) / hh->C;
    J[0] = -(na + k + hh->gL) / hh->C;
    J[1] = -3 * drive * h;
    J[2] = -drive * m;
    J[3] = -4 * hh->gK * n3 * (V - hh->EK) / hh->C;
    J[4] = d.am * (1 - m) - d.bm * m;
    J[5] = -(r.am + r.bm);
    J[8] = d.ah * (1 - h) - d.bh * h;
    J[10] = -(r.ah + r.bh);
    J[12] = d.an * (1 - n) - d.bn * n;
    J[15] = -(r.an + r.bn);
    J[6] = J[7] = J[9] = J[11] = J[13] = J[14] = 0;
}

// ---- as a row of h4l_models ----

static void constants(void *ret_c)
{
    h4l_hh_flow_init(&h4l_hh_form_a, ret_c);
}

#define AT(constant) offsetof(struct h4l_hh_flow, hh.constant)

static const struct h4l_model_constant settable[] = {
    {"C", "uF/cm^2", "capacitance of the membrane", AT(C), 0.1, 10},
    {"gNa", "mS/cm^2", "largest conductance of sodium", AT(gNa), 0, 500},
    {"gK", "mS/cm^2", "largest conductance of potassium", AT(gK), 0, 500},
    {"gL", "mS/cm^2", "conductance of the leak", AT(gL), 0.01, 10},
    {"ENa", "mV", "reversal potential of sodium", AT(ENa), -200, 200},
    {"EK", "mV", "reversal potential of potassium", AT(EK), -200, 200},
    {"EL", "mV", "reversal potential of the leak", AT(EL), -200, 200},
    {"v_0", "mV", "shift of the exponential rates: they see V + v_0", AT(v_0), -100, 100},
    {"v_n", "mV", "shift of the opening rate of n", AT(v_n), -100, 100},
    {"v_m", "mV", "shift of the opening rate of m", AT(v_m), -100, 100},
    {"v_h", "mV", "shift of the closing rate of h", AT(v_h), -100, 100},
    {0}};

// What the vector kernels take (neuron/hh_fast.h).
static int check(const void *c, struct h4l_err *err)
{
    const struct h4l_hh_flow *f = c;
    double apart = fabs(f->hh.v_m - f->hh.v_n);

    if (apart == 0 || (apart >= 1 && apart <= 100))
        return H4L_OK;
    return h4l_fail(err, H4L_E_RANGE, "v_m and v_n are %g mV apart; expected 0, or 1 to 100 mV",
                    apart);
}

static void start(const void *c, double V, double *ret_x)
{
    const struct h4l_hh_flow *f = c;

    h4l_hh_steady_state(&f->hh, V, ret_x);
}

static void eval(const void *c, const struct h4l_input *in, const double *x, double *ret_dx,
                 double *ret_J, double *ret_by)
{
    const struct h4l_hh_flow *f = c;
    double V = x[H4L_HH_V];

    h4l_hh_flow_eval(f, x, h4l_input_current(in, 0, V), ret_dx, ret_J);
    if (ret_J)
        ret_J[0] -= (in->g[0] + in->g[1]) / f->hh.C;
    if (!ret_by)
        return;
    for (int i = 0; i < (1 + H4L_CONDUCTANCES) * H4L_HH_DIM; i++)
        ret_by[i] = 0;
    ret_by[H4L_HH_V] = 1 / f->hh.C;
    for (int e = 0; e < H4L_CONDUCTANCES; e++)
        ret_by[(1 + e) * H4L_HH_DIM + H4L_HH_V] = (in->E[e] - V) / f->hh.C;
}

// The sums of h4l_tangent_product (analysis/flow.h) in its order, without the zeros of the Jacobian: each gate depends on V and itself.
static void tangent(const void *c, const struct h4l_input *in, const double *x, const double *W,
                    const double *const dg[H4L_CONDUCTANCES], int k, double *ret_dx, double *ret_dW,
                    double *scratch)
{
    const struct h4l_hh_flow *f = c;
    const double exc = (in->E[0] - x[0]) / f->hh.C, inh = (in->E[1] - x[0]) / f->hh.C;
    const double *restrict V = W, *restrict m = V + k, *restrict h = m + k, *restrict n = h + k;
    double *restrict dV = ret_dW, *restrict dm = dV + k, *restrict dh = dm + k,
                     *restrict dn = dh + k;
    double J[H4L_HH_DIM * H4L_HH_DIM];

    (void)scratch;
    eval(c, in, x, ret_dx, J, NULL);
    for (int v = 0; v < k; v++) {
        dV[v] = 0 + J[0] * V[v] + J[1] * m[v] + J[2] * h[v] + J[3] * n[v];
        dm[v] = 0 + J[4] * V[v] + J[5] * m[v];
        dh[v] = 0 + J[8] * V[v] + J[10] * h[v];
        dn[v] = 0 + J[12] * V[v] + J[15] * n[v];
    }
    for (int v = 0; dg && v < k; v++)
        dV[v] += dg[H4L_EXCITATORY][v] * exc + dg[H4L_INHIBITORY][v] * inh;
}

static double potential(const void *c, const double *x, double *ret_gradient)
{
    (void)c;
    for (int i = 0; ret_gradient && i < H4L_HH_DIM; i++)
        ret_gradient[i] = i == H4L_HH_V;
    return x[H4L_HH_V];
}

const struct h4l_model h4l_model_hh = {
    .name = "hh",
    .label = "HH",
    .summary = "Hodgkin-Huxley (1952), form A: V, m, h, n",
    .paper = true,
    .dim = H4L_HH_DIM,
    .exponents = H4L_HH_DIM,
    .scale = (const double[]){100, 1, 1, 1},
    .constants = constants,
    .settable = settable,
    .check = check,
    .derive = derive,
    .rest_mV = -65,
    .start = start,
    .eval = eval,
    .tangent = tangent,
    .potential = potential,
    .lanes = h4l_hh_tangent_run,
};
