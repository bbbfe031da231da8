#include "neuron/hh.h"

#include <math.h>

const struct h4l_hh h4l_hh_form_a = {
    .C = 1,
    .gNa = 120,
    .gK = 36,
    .gL = 0.3,
    .ENa = 50,
    .EK = -77,
    .EL = -54.387,
    .v_0 = 65,
    .v_n = 55,
    .v_m = 40,
    .v_h = 35,
};
const struct h4l_hh h4l_hh_form_b = {
    .C = 1,
    .gNa = 120,
    .gK = 36,
    .gL = 0.3,
    .ENa = 115,
    .EK = -12,
    .EL = 10.613,
    .v_0 = 0,
    .v_n = -10,
    .v_m = -25,
    .v_h = -30,
};
const struct h4l_hh h4l_hh_form_b_learning = {
    .C = 1,
    .gNa = 120,
    .gK = 36,
    .gL = 0.3,
    .ENa = 115,
    .EK = -12,
    .EL = 10.6,
    .v_0 = 0,
    .v_n = -10,
    .v_m = -25,
    .v_h = -30,
};

void h4l_hh_to_float(const struct h4l_hh *hh, struct h4l_hh_float *ret)
{
    *ret = (struct h4l_hh_float){
        .C = (float)hh->C,
        .gNa = (float)hh->gNa,
        .gK = (float)hh->gK,
        .gL = (float)hh->gL,
        .ENa = (float)hh->ENa,
        .EK = (float)hh->EK,
        .EL = (float)hh->EL,
        .v_0 = (float)hh->v_0,
        .v_n = (float)hh->v_n,
        .v_m = (float)hh->v_m,
        .v_h = (float)hh->v_h,
    };
}

double h4l_hh_linoid_derivative(double x)
{
    // Below |x| = 0.2 the closed forms cancel, so the Taylor series (Bernoulli numbers) takes over; its first
    // neglected term, 12 * 691 x^11 / 1307674368000, is below 1.4e-16 there.
    if (fabs(x) < 0.2) {
        double y = x * x;
        return 0.5 + x * (1.0 / 6 +
                          y * (-1.0 / 180 + y * (1.0 / 5040 + y * (-1.0 / 151200 + y / 4790016))));
    }
    if (x < 0) { // with E = exp(x), which cannot overflow: E (E - 1 - x) / (E - 1)^2
        double d = expm1(x);
        return exp(x) * (d - x) / (d * d);
    }
    double e = exp(-x), d = -expm1(-x);
    return (d - x * e) / (d * d);
}

void h4l_hh_rates_derivative(const struct h4l_hh *hh, double V, struct h4l_hh_rates *ret)
{
    struct h4l_hh_rates r;

    h4l_hh_rates(hh, V, &r);
    ret->am = h4l_hh_linoid_derivative((V + hh->v_m) / 10) / 10;
    ret->bm = -r.bm / 18;
    ret->ah = -r.ah / 20;
    ret->bh = r.bh / (1 + exp((V + hh->v_h) / 10)) /
              10; // b (1 - b) / 10 without the cancellation of 1 - b
    ret->an = 0.1 * h4l_hh_linoid_derivative((V + hh->v_n) / 10) / 10;
    ret->bn = -r.bn / 80;
}

void h4l_hh_steady_state(const struct h4l_hh *hh, double V, double ret_x[H4L_HH_DIM])
{
    struct h4l_hh_rates r;

    h4l_hh_rates(hh, V, &r);
    ret_x[H4L_HH_V] = V;
    ret_x[H4L_HH_M] = r.am / (r.am + r.bm);
    ret_x[H4L_HH_H] = r.ah / (r.ah + r.bh);
    ret_x[H4L_HH_N] = r.an / (r.an + r.bn);
}

void h4l_hh_jacobian(const struct h4l_hh *hh, const double x[H4L_HH_DIM],
                     double ret_J[H4L_HH_DIM * H4L_HH_DIM])
{
    double V = x[H4L_HH_V], m = x[H4L_HH_M], h = x[H4L_HH_H], n = x[H4L_HH_N];
    double n3 = n * n * n, *J = ret_J;
    struct h4l_hh_rates r, d;

    h4l_hh_rates(hh, V, &r);
    h4l_hh_rates_derivative(hh, V, &d);
    for (int i = 0; i < H4L_HH_DIM * H4L_HH_DIM; i++)
        J[i] = 0;
    J[0] = -(hh->gNa * m * m * m * h + hh->gK * n3 * n + hh->gL) / hh->C;
    J[1] = -3 * hh->gNa * m * m * h * (V - hh->ENa) / hh->C;
    J[2] = -hh->gNa * m * m * m * (V - hh->ENa) / hh->C;
    J[3] = -4 * hh->gK * n3 * (V - hh->EK) / hh->C;
    J[4] = d.am * (1 - m) - d.bm * m;
    J[5] = -(r.am + r.bm);
    J[8] = d.ah * (1 - h) - d.bh * h;
    J[10] = -(r.ah + r.bh);
    J[12] = d.an * (1 - n) - d.bn * n;
    J[15] = -(r.an + r.bn);
}
