// Spectra, spectrograms and coherence by Welch's method or with Slepian tapers, with confidence limits, and distances of spectra.
//
// Signals are sampled every `step`; with ms, frequencies come in 1/ms (kHz) and densities in (unit of the signal)^2 ms.
// Densities are one-sided: their sum times the bin width 1 / (segment step) is the variance. Estimates average over
// segments and tapers: Welch (IEEE Trans. Audio Electroacoust. 1967), Thomson (Proc. IEEE 1982).
//
// FFTW plans are made with FFTW_ESTIMATE on memory of FFTW's own alignment, so results do not change from run to run.
#ifndef H4L_ANALYSIS_SPECTRUM_H
#define H4L_ANALYSIS_SPECTRUM_H

#include <stddef.h>

#include "base/err.h"

struct h4l_spectrum_options {
    double step;    // sampling interval > 0
    size_t segment; // samples per segment, 8 .. n
    double overlap; // share of a segment that the next one overlaps, 0 .. 0.9
    int tapers; // 0: one Hann window (Welch; overlap 0.5 is usual); K >= 1: the first K Slepian sequences
    double
        half_bandwidth; // NW of the Slepian sequences: they gather power from +-NW bins; K <= 2 NW - 1 is usual
};

// Number of segments, of bins (segment / 2 + 1), and the frequency of bin i.
size_t h4l_spectrum_segments(size_t n, const struct h4l_spectrum_options *options);
size_t h4l_spectrum_bins(const struct h4l_spectrum_options *options);
double h4l_spectrum_frequency(const struct h4l_spectrum_options *options, size_t bin);
// Number of independent estimates that the average is worth: tapers times segments without overlap; Welch's formula for
// overlapping Hann segments.
double h4l_spectrum_estimates(size_t n, const struct h4l_spectrum_options *options);

// Power spectral density of x[0..n-1] about its mean: ret[bins]. The mean is that of the whole signal; where each segment loses its own
// (SciPy's default), the lowest bins, 0 to 2, differ. H4L_E_RANGE (options, NaN in x), H4L_E_NOMEM.
int h4l_spectrum(const double *x, size_t n, const struct h4l_spectrum_options *options, double *ret,
                 struct h4l_err *err);
// The density of each segment: ret[segments * bins]; segment k begins at sample k * (segment - overlapping samples).
int h4l_spectrogram(const double *x, size_t n, const struct h4l_spectrum_options *options,
                    double *ret, struct h4l_err *err);
// Factors that turn a density estimated from `estimates` independent ones into the limits of its confidence interval
// (chi-squared with 2 estimates degrees of freedom); level in (0, 1), 0.95 say.
void h4l_spectrum_limits(double estimates, double level, double *ret_low, double *ret_high);

// Magnitude-squared coherence |S_xy|^2 / (S_xx S_yy) of two signals, 0 .. 1, and the phase of S_xy (x ahead of y: positive), rad;
// ret_phase may be NULL. Where a signal has no power at all the coherence is NaN. Needs more than one estimate (segments or
// tapers): a single one is 1 everywhere. H4L_E_RANGE, H4L_E_NOMEM.
int h4l_coherence(const double *x, const double *y, size_t n,
                  const struct h4l_spectrum_options *options, double *ret_coherence,
                  double *ret_phase, struct h4l_err *err);
// Limits of the confidence interval of a coherence (Fisher's z of its root, variance 1 / (2 estimates); Bendat & Piersol), and the
// value that unrelated signals stay below with probability `level`: 1 - (1 - level)^(1 / (estimates - 1)).
void h4l_coherence_limits(double coherence, double estimates, double level, double *ret_low,
                          double *ret_high);
double h4l_coherence_threshold(double estimates, double level);

// The first k Slepian sequences (discrete prolate spheroidal sequences) of length n and time-half-bandwidth product NW, by
// Slepian's tridiagonal matrix (LAPACK): ret[k * n], each with norm 1; symmetric ones with positive mean, antisymmetric ones with
// positive slope. ret_concentration[k] (may be NULL): share of the power within the band. n >= 8, 0 < NW < n / 2, 1 <= k <= n.
int h4l_slepian(size_t n, double half_bandwidth, int k, double *ret, double *ret_concentration,
                struct h4l_err *err);

// Amplitudes and phases of the harmonics of a signal that holds a whole number of periods: x[i] = mean + sum over j = 1..count
// of ret_amplitude[j-1] cos(2 pi j periods i / n + ret_phase[j-1]); exact up to aliasing. ret_phase may be NULL.
// count * periods < n / 2.
int h4l_harmonics(const double *x, size_t n, size_t periods, int count, double *ret_amplitude,
                  double *ret_phase, struct h4l_err *err);

// Frequency of the highest peak within [low, high], a parabola through the logarithms around the largest bin. A Hann or Slepian
// window is needed: in a plain periodogram leakage moves peaks. NaN if no bin lies in the range.
double h4l_spectrum_peak(const double *density, const struct h4l_spectrum_options *options,
                         double low, double high);

// Distances of two densities over the bins first .. last (inclusive).
struct h4l_spectral_distance {
    double log_dB;        // root mean square of 10 log10(P / Q); infinite where only one is 0
    double itakura_saito; // mean of P / Q - log(P / Q) - 1 (not symmetric: Q is the model)
    double
        total_variation; // half the summed difference of the two, each normalised to sum 1: 0 .. 1
};
int h4l_spectral_distance(const double *P, const double *Q, size_t first, size_t last,
                          struct h4l_spectral_distance *ret, struct h4l_err *err);

// The bins that together hold at least `share` of the power, strongest first: ret_member[bins] gets 1 or 0. Bin 0 (the mean) is
// left out. Returns how many.
size_t h4l_spectrum_support(const double *density, size_t bins, double share,
                            unsigned char *ret_member);

#endif
