// The cases of hh4lif-equivalence on HH against tv-LIF2HH (claims E1 to E3). Those on s-LIF2HH (E4) are in slif.h.
#ifndef H4L_EQUIVALENCE_H
#define H4L_EQUIVALENCE_H

#include "base/family.h"

// single: one neuron, six inputs, five time steps, every scheme and variant (E1).
int h4l_equivalence_single(struct h4l_run *run, struct h4l_err *err);

// xor-X1-X2: the published XOR network (E2); the case's ctx holds the two inputs.
struct h4l_equivalence_xor {
    double x1, x2; // uA/cm^2
};
int h4l_equivalence_xor(struct h4l_run *run, struct h4l_err *err);

// fc: the 784-128-10 network (E3), on weights and an image of its own or on those given.
int h4l_equivalence_fc(struct h4l_run *run, struct h4l_err *err);

// own: HH, tv-LIF2HH and s-LIF2HH under the current of a file (parameter "current").
int h4l_equivalence_own(struct h4l_run *run, struct h4l_err *err);

// A run that left the finite numbers (H4L_E_NUMERIC) after the user set one of these parameters (reals, up to NULL; those that the case does not take are passed over) did so
// because of them: returns H4L_E_RANGE with their names in front of the message. Any other code is returned as it is.
int h4l_equivalence_blame(const struct h4l_run *run, const char *const *names, int code,
                          struct h4l_err *err);

#endif
