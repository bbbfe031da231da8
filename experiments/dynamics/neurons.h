// The neurons that a case compares: those of the paper, HH first, and then those that --set neuron=NAME,... names.
#ifndef H4L_DYNAMICS_NEURONS_H
#define H4L_DYNAMICS_NEURONS_H

#include "base/family.h"
#include "neuron/model.h"

enum { H4L_NEURONS = 16 }; // most neurons of a case

struct h4l_neurons {
    size_t n;
    const struct h4l_model *at[H4L_NEURONS]; // at[0]: HH, with which the others are compared
    char key[512]; // "0 HH, 1 tv-LIF2HH, ...": the unit of a column that numbers them
};

// Reads the parameter "neuron". H4L_E_USAGE: a name that no row has, one that is there already, or too many.
int h4l_neurons(const struct h4l_run *run, struct h4l_neurons *ret, struct h4l_err *err);
#endif
