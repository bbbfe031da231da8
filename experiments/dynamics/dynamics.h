// The cases of hh4lif-dynamics (claims D1 to D4); see README.md beside this file.
#ifndef H4L_DYNAMICS_H
#define H4L_DYNAMICS_H

#include "base/family.h"

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
