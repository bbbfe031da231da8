// The neurons that a case compares: those of the paper, HH first, and then those that --set neuron=NAME,... names.
#ifndef H4L_DYNAMICS_NEURONS_H
#define H4L_DYNAMICS_NEURONS_H

#include "base/family.h"
#include "neuron/model.h"

enum { H4L_NEURONS = 16 }; // most neurons of a case

struct h4l_neurons {
    size_t n;
    struct h4l_neuron at[H4L_NEURONS]; // at[0]: HH, with which the others are compared
    char key[512]; // "0 HH, 1 tv-LIF2HH, ...": the unit of a column that numbers them
};

// Reads the parameter "neuron", and the constants that --set model.NAME changes. H4L_E_USAGE: a name that no row has, one that is there
// already, or too many; a constant of a neuron that is not compared. H4L_E_RANGE: constants that do not go together.
int h4l_neurons(const struct h4l_run *run, struct h4l_neurons *ret, struct h4l_err *err);
// HH alone, for a case that compares nothing.
int h4l_neurons_hh(const struct h4l_run *run, struct h4l_neuron *ret, struct h4l_err *err);

#endif
