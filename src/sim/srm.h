// The spike response model: a neuron that fires when one variable crosses a threshold.
//
//     u(t) = eta(t - t^) + integral over s from 0 of kappa(s) I(t - s) ds,   t^ the last spike; a spike when u > theta
//
// Source: Kistler, Gerstner & van Hemmen, Neural Comput. 9 (1997): the Hodgkin-Huxley neuron as a threshold model, first order.
// Both kernels are combinations of the same four modes: e^(-a t), e^(-b t), and e^(-c t) cos(omega t), e^(-c t) sin(omega t). The
// membrane equation of HH linearised at rest has exactly such a kappa (two real eigenvalues and a pair), and the after-potential
// returns to rest along the same modes.
//     forget = 0: kappa does not depend on the last spike (SRM0);
//     forget = 1: the input before the last spike is forgotten, kappa(t - t^, s) = kappa(s) for s < t - t^ and 0 beyond;
//     between:    that share of it is.
// A dynamic threshold: each spike raises theta by theta_jump, and the rises of all spikes add up and decay with theta_rate
// (Jolivet, Rauch, Luescher and Gerstner 2006, J. Comput. Neurosci. 21:35). theta_jump = 0: a fixed one.
// After a spike there is none for the absolute refractory time. Units: ms, uA/cm^2; u, eta and theta in mV (any scale).
#ifndef H4L_SIM_SRM_H
#define H4L_SIM_SRM_H

#include <stddef.h>

#include "base/err.h"
#include "neuron/hh.h"
#include "sim/subnet.h" // H4L_SUBNET_LANES

enum { H4L_SRM_FAST, H4L_SRM_SLOW, H4L_SRM_COS, H4L_SRM_SIN, H4L_SRM_MODES };

struct h4l_srm {
    double dt;             // ms
    double a, b, c, omega; // 1/ms: decay of the fast, the slow and the oscillating modes; rad/ms
    double kappa[H4L_SRM_MODES];   // mV per (uA/cm^2 ms)
    double eta[H4L_SRM_MODES];     // mV
    double theta, forget;          // mV; 0..1
    double theta_jump, theta_rate; // mV; 1/ms, >= 0
    double refractory_ms;          // >= 0
};

// dt > 0; a, b, c, theta_rate >= 0; all finite; 0 <= forget <= 1; refractory 0..1e6 dt. H4L_E_RANGE.
int h4l_srm_check(const struct h4l_srm *srm, struct h4l_err *err);

// Plain version: `steps` steps from t = 0 with the input x[s] held over step s, exact between the steps' ends (the modes are
// linear). u is tested at the end of each step; a spike is recorded at the start of its step, and eta begins at its end, as
// in h4l_subnet_run, whose output arguments these are.
void h4l_srm_run(const struct h4l_srm *srm, const double *x, size_t steps, size_t capacity,
                 double *ret_t, size_t *ret_n);

// H4L_SUBNET_LANES stimuli side by side, arguments as h4l_subnet_run_lanes; bit-identical to h4l_srm_run.
void h4l_srm_run_lanes(const struct h4l_srm *srm, const double *x, size_t steps, size_t capacity,
                       double *ret_t, size_t ret_n[H4L_SUBNET_LANES]);

// Margins u - theta of each step while spikes are imposed, arguments as h4l_subnet_margin_lanes; in the refractory time at most 0.
void h4l_srm_margin_lanes(const struct h4l_srm *srm, const double *x, const uint16_t *fires,
                          size_t steps, double *ret_margin);

// What kernels of an HH neuron rest on: the modes and kappa from the Jacobian at its rest (I = 0), and the potential above rest after
// the spike that a pulse of 0.5 ms and 40 uA/cm^2 evokes there, every 0.1 ms from the end of the pulse on. A plain value.
enum { H4L_SRM_RECORDED = 600 };
struct h4l_srm_source {
    struct h4l_srm modes; // a, b, c, omega, kappa; the rest is 0
    double v[H4L_SRM_RECORDED];
};
// H4L_E_NUMERIC: no rest found, eigenvalues that are not two real ones and a pair, or no spike; H4L_E_NOMEM.
int h4l_srm_record(const struct h4l_hh *hh, struct h4l_srm_source *ret, struct h4l_err *err);

// Kernels computed from an HH neuron instead of fitted: eta by least squares of the slow modes to the recorded potential, between
// refractory_ms and 60 ms after the pulse. theta is left at 0 and forget at 0, for the caller to choose.
// H4L_E_RANGE: dt > 0, refractory_ms in 0..60; H4L_E_NUMERIC: the after-potential does not determine eta; H4L_E_NOMEM.
int h4l_srm_from_hh(const struct h4l_srm_source *source, double dt, double refractory_ms,
                    struct h4l_srm *ret, struct h4l_err *err);

#endif
