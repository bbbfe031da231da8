// Input currents as functions of time: the five published waveforms, Ornstein-Uhlenbeck noise, and files.
//
// Units: uA/cm^2 and ms; the angular frequency of a sine in rad/ms. Writing mod(t) = t - period floor(t / period) and sgn(0) = 0:
//
//     const      offset
//     sine       offset + amplitude sin(omega t + phase)
//     square     offset + amplitude sgn(mod(tick floor(t / tick)) - (period - tick)/2 - edge)     (tick = 0: mod(t) - period/2 - edge)
//     sawtooth   offset + (amplitude / period) |mod(t) + period/2|
//     triangle   offset + (amplitude / period) |mod(t) - period/2|
//     table      samples (t_k, I_k), held or joined by lines (noise and files)
//
// These are the formulas of the published two-neuron chain (He et al. 2024, Fig. 3d), kept literally: the square advances in
// whole milliseconds (tick) and its edge is moved by 0.001 ms so that sgn never sees 0; the sawtooth runs from amplitude/2 to
// 3/2 amplitude above its offset, as the published one does.
#ifndef H4L_SIM_WAVEFORM_H
#define H4L_SIM_WAVEFORM_H

#include <stddef.h>

#include "base/err.h"
#include "base/rng.h"

enum h4l_wave_kind {
    H4L_WAVE_CONST,
    H4L_WAVE_SINE,
    H4L_WAVE_SQUARE,
    H4L_WAVE_SAWTOOTH,
    H4L_WAVE_TRIANGLE,
    H4L_WAVE_TABLE,
};
enum { H4L_WAVE_PUBLISHED = H4L_WAVE_TABLE }; // the five before it have published constants

enum h4l_wave_join {
    H4L_WAVE_HOLD,   // I_k from t_k up to t_{k+1}
    H4L_WAVE_LINEAR, // straight lines between the samples
};

// Samples of a table, t ascending; before the first sample its value holds, after the last one that one's.
struct h4l_wave_table {
    double *t, *I; // [n], owned by the waveform
    size_t n;
    enum h4l_wave_join join;
};

// A plain value: may be copied, except that copies of a table share its arrays (free only one of them).
struct h4l_wave {
    enum h4l_wave_kind kind;
    double offset, amplitude;    // uA/cm^2; amplitude may be negative
    double omega_per_ms, phase;  // sine: rad/ms, rad
    double period_ms;            // square, sawtooth, triangle; > 0
    double tick_ms, edge_ms;     // square: tick >= 0
    struct h4l_wave_table table; // table
};

// "const", "sine", "square", "sawtooth", "triangle", "table"; NULL for other values.
const char *h4l_wave_name(enum h4l_wave_kind kind);
// The waveform with its published constants (period 8.5 ms): 9; 11.5 - 19 sin(1.2 t); 9 - 15.5 sgn(...); 6.5 + 11/8.5 |...|;
// 7 + 7/8.5 |...|. H4L_E_RANGE for H4L_WAVE_TABLE and unknown kinds.
int h4l_wave_published(enum h4l_wave_kind kind, struct h4l_wave *ret, struct h4l_err *err);
// The same, by name. H4L_E_RANGE lists the names.
int h4l_wave_published_by_name(const char *name, struct h4l_wave *ret, struct h4l_err *err);

// offset; offset + amplitude sin(2 pi frequency t + phase) with the frequency in 1/ms.
struct h4l_wave h4l_wave_const(double offset);
struct h4l_wave h4l_wave_sine(double offset, double amplitude, double frequency_per_ms,
                              double phase);

// H4L_E_RANGE names the first parameter that is not finite or outside its range.
int h4l_wave_check(const struct h4l_wave *wave, struct h4l_err *err);

// Value at time t (any finite t).
double h4l_wave_value(const struct h4l_wave *wave, double t_ms);
// Mean over [t0, t1], t0 < t1, in closed form (no quadrature) for every kind; rounding error of a few units in the last
// place of (largest |value|) * max(1, |t| / (t1 - t0)).
double h4l_wave_mean(const struct h4l_wave *wave, double t0_ms, double t1_ms);

// ret[k] = value(start + k step), k = 0..n-1.
void h4l_wave_fill(const struct h4l_wave *wave, double start_ms, double step_ms, size_t n,
                   double *ret);
// ret[k] = mean over [start + k step, start + (k+1) step], step > 0.
void h4l_wave_fill_means(const struct h4l_wave *wave, double start_ms, double step_ms, size_t n,
                         double *ret);

// ---- tables ----

// Ornstein-Uhlenbeck noise dX = -(X - mean)/tau dt + sd sqrt(2/tau) dW, in its stationary state from the first sample on, sampled
// exactly (no discretisation error, any step): X_0 = mean + sd xi_0, X_{k+1} = mean + r (X_k - mean) + sd sqrt(1 - r^2) xi_{k+1} with
// r = exp(-step/tau). So the samples have that mean, standard deviation and correlation exp(-|lag|/tau). The sample at k step
// holds until the next one. Takes 2n words from rng (Box-Muller). Free with h4l_wave_free.
// H4L_E_RANGE (n >= 1, tau > 0, step > 0, sd >= 0, all finite), H4L_E_NOMEM.
int h4l_wave_noise(struct h4l_rng *rng, double mean, double sd, double tau_ms, double step_ms,
                   size_t n, struct h4l_wave *ret, struct h4l_err *err);

// What a sample may be: far beyond any current of a neuron, and small enough for differences and sums of samples to stay finite.
#define H4L_WAVE_LATEST_MS 1e12
#define H4L_WAVE_LARGEST 1e9 // uA/cm^2

// Copies n >= 1 samples. H4L_E_RANGE: not finite, beyond these or t not strictly ascending (names the sample); H4L_E_NOMEM.
int h4l_wave_samples(const double *t_ms, const double *I, size_t n, enum h4l_wave_join join,
                     struct h4l_wave *ret, struct h4l_err *err);

// Reads a CSV file with the columns t_ms and I_uA_per_cm2 (others are ignored; without these names the first two columns
// are taken). H4L_E_DATA names file and row of what is wrong.
int h4l_wave_file(const char *path, enum h4l_wave_join join, struct h4l_wave *ret,
                  struct h4l_err *err);

// Releases a table's arrays; harmless for the other kinds and on a second call.
void h4l_wave_free(struct h4l_wave *wave);

// Value and mean of a table, for waveform.c.
double h4l_wave_table_value(const struct h4l_wave_table *table, double t_ms);
double h4l_wave_table_mean(const struct h4l_wave_table *table, double t0_ms, double t1_ms);

#endif
