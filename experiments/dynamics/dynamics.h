// The cases of hh4lif-dynamics (claims D1 to D4); see README.md beside this file.
#ifndef H4L_DYNAMICS_H
#define H4L_DYNAMICS_H

#include "base/family.h"

// How many runs and wirings a case can make, by their parameter or by --seeds.
enum { H4L_DYNAMICS_MAX_RUNS = 900, H4L_DYNAMICS_MAX_NETWORKS = 10000 };

// Values of the parameters, which main.c lists.
struct h4l_dynamics_options {
    struct h4l_reals currents;                     // fi-curve, uA/cm^2
    double i0, amplitude, frequency_per_ms;        // current of lyapunov-*
    double duration_ms, step_ms, slif_duration_ms; //
    size_t trajectories, runs, networks;           //
    double threshold_mV, noise_sd;                 // noise: uA/cm^2
    double window_ms, raster_ms, lyapunov_ms;      // network
    int exponents;                                 //
    double g_exc, g_inh, drive, drive_range;       // mS/cm^2, uA/cm^2
    const char *neuron;                            // further ones, with commas between; NULL: none
    const char *a, *b, *trains;                    // spike-metrics: files
    double t_start_ms, t_end_ms, q_per_ms, tau_ms, delta_ms; // of the distances
};

// The CSV files of the cases, each declared where it is written.
extern const struct h4l_series h4l_equilibria_series, h4l_cycles_series, h4l_bifurcations_series,
    h4l_fi_curve_series, h4l_fi_branch_series, h4l_lyapunov_series, h4l_spike_timing_series,
    h4l_spike_rates_series, h4l_spike_pairs_series, h4l_frequency_spectra_series,
    h4l_frequency_sweep_series, h4l_network_lyapunov_series, h4l_network_raster_series;

// bifurcations: rest, Hopf points, folds of cycles, both branches for the diagram (D4).
int h4l_dynamics_bifurcations(struct h4l_run *run, struct h4l_err *err);
// fi-curve: the stable orbit over the current, and s-LIF2HH beside it (D4).
int h4l_dynamics_fi_curve(struct h4l_run *run, struct h4l_err *err);
// lyapunov-rest, lyapunov-periodic, lyapunov-chaotic: spectra of HH, tv-LIF2HH, s-LIF2HH (D2).
int h4l_dynamics_lyapunov_rest(struct h4l_run *run, struct h4l_err *err);
int h4l_dynamics_lyapunov_periodic(struct h4l_run *run, struct h4l_err *err);
int h4l_dynamics_lyapunov_chaotic(struct h4l_run *run, struct h4l_err *err);
// spike-metrics: every distance of two spike trains in files.
int h4l_dynamics_spike_metrics(struct h4l_run *run, struct h4l_err *err);
// The same case for a file with many trains.
int h4l_dynamics_spike_matrices(struct h4l_run *run, const char *path, struct h4l_err *err);
// spike-timing: one neuron of each model against two noisy repetitions of HH (D1).
int h4l_dynamics_spike_timing(struct h4l_run *run, struct h4l_err *err);
// frequency: spectra and coherence under noise (D3).
int h4l_dynamics_frequency(struct h4l_run *run, struct h4l_err *err);
// network: 100 neurons with conductance synapses, of each model (D1, D2).
int h4l_dynamics_network(struct h4l_run *run, struct h4l_err *err);

#endif
