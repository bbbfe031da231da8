// Neurons that stand in for those of a trained layer of true HH neurons (net/true_layer.h): the test whether they are worth as much.
// They get the same currents, and what they send goes to the same readout; nothing is trained again. For
// h4l_net_plain (net/plain.h); plain and in double.
#ifndef H4L_NET_STAND_IN_H
#define H4L_NET_STAND_IN_H

#include "neuron/true_hh.h"
#include "sim/subnet.h"

// What runs in a neuron's place: *ret_rate is the readout of the window for the currents I[pieces], uA/cm^2. own: the constants of the
// neuron whose place it takes.
typedef int (*h4l_stand_in_fn)(const void *ctx, const struct h4l_true_hh *window, const double *own,
                               const double *I, double *ret_rate, struct h4l_err *err);

// tv-LIF2HH (neuron/tv_lif.h), exact order, gates of its own, the neuron's constants and steps: in exact arithmetic the same
// potential after each step. ctx is not read. H4L_E_RANGE: a window of exponential steps or one that is linear; H4L_E_NOMEM.
int h4l_stand_in_tv(const void *ctx, const struct h4l_true_hh *window, const double *own,
                    const double *I, double *ret_rate, struct h4l_err *err);

// A sub-network of LIF units, such as a fitted s-LIF2HH. ctx: const struct h4l_subnet *, which has passed h4l_subnet_check; own is not read. It starts at rest
// and takes whole steps of its own: the first ceil(window / dt), each with the current at its start. It sends what a spike
// readout would: the sum of w / dt_window over its spikes, w the weight of the window's step in which a spike lies. H4L_E_RANGE: the
// window has the smooth readout, which asks for a potential of HH's; H4L_E_NOMEM.
int h4l_stand_in_subnet(const void *ctx, const struct h4l_true_hh *window, const double *own,
                        const double *I, double *ret_rate, struct h4l_err *err);

#endif
