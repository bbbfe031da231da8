// The Hodgkin-Huxley neuron, plain and in double: the definition that every faster version is compared with.
//
//     C V' = I - gNa m^3 h (V - ENa) - gK n^4 (V - EK) - gL (V - EL)
//     x'   = alpha_x(V) (1 - x) - beta_x(V) x                        x in {m, h, n}
//
// Units: mV, ms, uA/cm^2, mS/cm^2, uF/cm^2; rates 1/ms; gating variables without unit, in [0, 1].
// Sources: Hodgkin & Huxley, J. Physiol. 117 (1952); constants as in He et al. (2024) and its published code.
#ifndef H4L_NEURON_HH_H
#define H4L_NEURON_HH_H

// Constants of one neuron. The rates see V only through V + v_0 (the exponential ones), V + v_n and V + v_m (the two
// with a removable singularity) and V + v_h (beta_h): form A has 65, 55, 40, 35, form B 0, -10, -25, -30. They are kept
// apart, and not derived from one shift, so that both forms round exactly as they are written in the literature.
struct h4l_hh {
    double C;                  // membrane capacitance, uF/cm^2
    double gNa, gK, gL;        // maximal conductances, mS/cm^2
    double ENa, EK, EL;        // reversal potentials, mV
    double v_0, v_n, v_m, v_h; // mV
};

extern const struct h4l_hh h4l_hh_form_a; // rest near -65 mV, EL = -54.387
extern const struct h4l_hh h4l_hh_form_b; // rest near 0 mV, EL = 10.613
extern const struct h4l_hh
    h4l_hh_form_b_learning; // form B with EL = 10.6, as in the published learning code

// Order of the state vector everywhere in the project: potential first, then the gates.
enum { H4L_HH_V, H4L_HH_M, H4L_HH_H, H4L_HH_N, H4L_HH_DIM };

struct h4l_hh_rates {
    double am, bm, ah, bh, an, bn; // 1/ms
};

// x / (1 - exp(-x)) to full precision for every finite x (1 at x = 0): the removable singularity of alpha_n, alpha_m.
double h4l_hh_linoid(double x);
// Its derivative with respect to x (1/2 at x = 0), to full precision near 0 as well.
double h4l_hh_linoid_derivative(double x);

// The six rates at potential V (any finite value), and their derivatives with respect to V (1/(ms mV)).
void h4l_hh_rates(const struct h4l_hh *hh, double V, struct h4l_hh_rates *ret);
void h4l_hh_rates_derivative(const struct h4l_hh *hh, double V, struct h4l_hh_rates *ret);

// The gates' steady state at V, alpha / (alpha + beta), into ret_x[H4L_HH_M], [H4L_HH_H], [H4L_HH_N]; ret_x[H4L_HH_V] = V.
void h4l_hh_steady_state(const struct h4l_hh *hh, double V, double ret_x[H4L_HH_DIM]);

// Time derivatives (1/ms) of gates[3] = {m, h, n} (x + H4L_HH_M of a state x) at potential V.
void h4l_hh_gates_rhs(const struct h4l_hh *hh, double V, const double gates[3],
                      double ret_dgates[3]);

// The conductances of the three channels, mS/cm^2, for gates[3] = {m, h, n}: ret_g = {gNa m^3 h, gK n^4, gL}.
void h4l_hh_conductances(const struct h4l_hh *hh, const double gates[3], double ret_g[3]);

// Sum of the ionic currents at state x, uA/cm^2, outward positive: C V' = I - this.
double h4l_hh_ionic_current(const struct h4l_hh *hh, const double x[H4L_HH_DIM]);

// Right-hand side dx/dt (mV/ms, 1/ms) at state x and input current I.
void h4l_hh_rhs(const struct h4l_hh *hh, const double x[H4L_HH_DIM], double I,
                double ret_dx[H4L_HH_DIM]);

// Jacobian of the right-hand side with respect to the state, row-major: ret_J[4 * row + column].
void h4l_hh_jacobian(const struct h4l_hh *hh, const double x[H4L_HH_DIM],
                     double ret_J[H4L_HH_DIM * H4L_HH_DIM]);

// ---- single precision: the same formulas with every operation in float (hh_real.c is compiled for both types) ----

struct h4l_hh_float {
    float C, gNa, gK, gL, ENa, EK, EL, v_0, v_n, v_m, v_h;
};

struct h4l_hh_rates_float {
    float am, bm, ah, bh, an, bn;
};

// The constants rounded to float.
void h4l_hh_to_float(const struct h4l_hh *hh, struct h4l_hh_float *ret);

float h4l_hh_linoid_float(float x);
void h4l_hh_rates_float(const struct h4l_hh_float *hh, float V, struct h4l_hh_rates_float *ret);
void h4l_hh_gates_rhs_float(const struct h4l_hh_float *hh, float V, const float gates[3],
                            float ret_dgates[3]);
void h4l_hh_conductances_float(const struct h4l_hh_float *hh, const float gates[3], float ret_g[3]);
float h4l_hh_ionic_current_float(const struct h4l_hh_float *hh, const float x[H4L_HH_DIM]);
void h4l_hh_rhs_float(const struct h4l_hh_float *hh, const float x[H4L_HH_DIM], float I,
                      float ret_dx[H4L_HH_DIM]);

#endif
