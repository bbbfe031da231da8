// A simulated neuron is one row: what it is made of, how it moves, where it spikes and what a spike does to it. The recurrent
// network, spike timing, frequencies and Lyapunov spectra loop over the rows and know no neuron by name.
//
// A new neuron is a file NAME.c in this folder that defines h4l_model_NAME, and the word NAME in the list in meson.build. Most
// members may be left out; which ones is said beside each. tests/unit/models.c holds every row to its own derivatives.
//
// There are three kinds, told apart by what a row has:
//     smooth     neither event nor map: a flow; it spikes where its potential rises through a threshold (HH)
//     resetting  event and jump: a flow between events; an event is a spike (integrate-and-fire)
//     stepped    also a map: the published neuron is a map with a step of its own; its event and jump are the limit of short steps
#ifndef H4L_NEURON_MODEL_H
#define H4L_NEURON_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

// What reaches a neuron: a current and two conductances, I + sum_c g_c (E_c - V). Units: uA/cm^2, mS/cm^2, mV.
enum { H4L_EXCITATORY, H4L_INHIBITORY, H4L_CONDUCTANCES };
struct h4l_input {
    double I, g[H4L_CONDUCTANCES], E[H4L_CONDUCTANCES];
};

// The input as a current at `v`, a potential measured from `origin` (0 where v is in mV already).
static inline double h4l_input_current(const struct h4l_input *in, double origin, double v)
{
    return in->I + in->g[0] * (in->E[0] - origin - v) + in->g[1] * (in->E[1] - origin - v);
}

// A signal that stands for the potential where the neuron has more than one: variable x[variable], before any reset.
struct h4l_signal {
    const char *name;
    int variable;
};

enum {
    H4L_MODEL_DIM = 8,        // most variables
    H4L_MODEL_SIGNALS = 2,    // most signals
    H4L_MODEL_CONSTANTS = 16, // most doubles that the constants take
};

struct h4l_hh_tangent; // neuron/hh_tangent.h
struct h4l_constant;   // base/param.h
struct h4l_run;        // base/family.h

// A constant that --set model.NEURON.NAME=VALUE may change: where it lies in the row's constants, and its valid range (inclusive).
struct h4l_model_constant {
    const char *name, *unit, *help;
    size_t offset; // of a double
    double min, max;
};

// Every function gets the neuron's constants c; x[dim] is the state. W[dim * k] are k tangent vectors row by row (analysis/flow.h).
struct h4l_model {
    const char *name;    // in metrics and on the command line
    const char *label;   // for people
    const char *summary; // one line about it, for --list-neurons
    bool paper; // one of the neurons of He et al. (2024): in every case that compares neurons
    int dim, exponents;  // variables; finite Lyapunov exponents, at most dim
    const double *scale; // [dim], typical sizes of the variables

    void (*constants)(
        void *ret_c); // writes the published constants, at most H4L_MODEL_CONSTANTS doubles
    // Those that may be changed, up to the first without a name. NULL: none, or, of a neuron in other coordinates, those of the other one,
    // whose constants are its own.
    const struct h4l_model_constant *settable;
    // Optional: whether constants that are each in their range go together. H4L_E_RANGE.
    int (*check)(const void *c, struct h4l_err *err);
    // Optional: after a constant was changed, computes what else follows from them.
    void (*derive)(void *c);
    double rest_mV; // the potential near which the neuron rests without input
    double step_ms; // the longest step of RK4 that its flow bears; 0: those of the experiments do
    // The state at potential V (mV), the other variables in their steady state there.
    void (*start)(const void *c, double V, double *ret_x);

    // ---- the flow ----
    // dx/dt and, unless NULL, the Jacobian ret_J[dim * dim], row-major (conductances act through V: their part is in it), and
    // ret_by[(1 + H4L_CONDUCTANCES) * dim]: derivatives of dx/dt with respect to I, g[0], g[1], one after the other.
    void (*eval)(const void *c, const struct h4l_input *in, const double *x, double *ret_dx,
                 double *ret_J, double *ret_by);
    // Optional, where J is large and sparse: dx/dt and J W. dg[c][k] are the variations of the conductances along each vector (NULL:
    // no conductances); scratch[k] is not read where dg is NULL. Left out: from eval.
    void (*tangent)(const void *c, const struct h4l_input *in, const double *x, const double *W,
                    const double *const dg[H4L_CONDUCTANCES], int k, double *ret_dx, double *ret_dW,
                    double *scratch);
    // Optional: takes out a continuous symmetry, as in struct h4l_flow. W is NULL where k is 0.
    void (*quotient)(double *x, double *W, int k);
    // Potential in mV and, unless NULL, its gradient ret_gradient[dim].
    double (*potential)(const void *c, const double *x, double *ret_gradient);
    // Optional: the signals that stand for the potential. None: the potential does.
    int n_signals;
    struct h4l_signal signals[H4L_MODEL_SIGNALS];

    // ---- spikes ----
    // Resetting neurons: the neuron spikes where this rises through 0. Unless NULL the gradient ret_gradient[dim]. Beyond the surface,
    // where the last step before an event may look, eval must still give finite numbers.
    double (*event)(const void *c, const double *x, double *ret_gradient);
    // What a spike does to x, and its derivative at x to W, in place. The event function must be negative after it. These two make
    // the saltation matrix (analysis/hybrid.h).
    void (*jump)(const void *c, double *x, double *W, int k);
    // Stepped neurons: a step of map_ms with the mean input, and its derivative applied to W, in place; dg as in tangent. Returns
    // whether the neuron spiked in it. ret_before[dim] (NULL: not wanted): the state before the reset.
    bool (*map)(const void *c, const struct h4l_input *in, double *x, double *W,
                const double *const dg[H4L_CONDUCTANCES], int k, double *ret_before);
    double map_ms; // 1: the experiments sample in whole ms

    // ---- other coordinates ----
    // Optional: the neuron is another one in other coordinates, with the same constants. embed writes the state that stands at a state of
    // it. Its spectrum is that of the other and the exponents that `more` writes, which make up its number.
    const struct h4l_model *of;
    void (*embed)(const double *x, double *ret_x);
    void (*more)(const void *c, double *ret_exponents);
    // Optional: the vector kernel for ensembles of trajectories, of a neuron whose constants are a struct h4l_hh_flow: the kernel's are made
    // from them (neuron/hh_tangent.h).
    void (*lanes)(const struct h4l_hh_tangent *kernel, double step, size_t N, size_t steps,
                  const double *I, double *state);
};

// All rows, those of the paper first, in the order of the list in meson.build.
extern const struct h4l_model *const h4l_models[];
extern const size_t h4l_n_models;

// The row of that name; NULL: there is none.
const struct h4l_model *h4l_model_find(const char *name);
// Adds the rows that `list` names (with commas between; NULL: none) behind the *ret_n that are in ret[most]. H4L_E_USAGE: a name that no
// row has, a row that is there already, more than `most`.
int h4l_models_named(const char *list, size_t most, const struct h4l_model **ret, size_t *ret_n,
                     struct h4l_err *err);
// Row i for struct h4l_family: its name, and what it is. NULL past the last row.
const char *h4l_model_listed(size_t i, const char **ret_summary);

// A neuron with its constants. A plain value.
struct h4l_neuron {
    const struct h4l_model *model;
    double constants[H4L_MODEL_CONSTANTS];
};
// With the published constants.
void h4l_neuron_init(const struct h4l_model *model, struct h4l_neuron *ret);

// The constants of a row that may be changed, *ret_n of them (of a neuron in other coordinates: the other one's).
const struct h4l_model_constant *h4l_model_settable(const struct h4l_model *model, size_t *ret_n);
// Constant i of all rows for struct h4l_constants, by the name "NEURON.NAME" and with its published value. False past the last one.
bool h4l_model_constant_listed(size_t i, struct h4l_constant *ret);
// Gives the constant "NEURON.NAME" a value, in each of the n neurons that is NEURON or is it in other coordinates, and makes what follows
// from it. H4L_E_USAGE: none of them is, or there is no such constant; H4L_E_RANGE. Constants go together only when all are set: see
// h4l_neurons_check.
int h4l_neurons_set(struct h4l_neuron *neurons, size_t n, const char *name, double value,
                    struct h4l_err *err);
// H4L_E_RANGE: the constants of one of them do not go together.
int h4l_neurons_check(const struct h4l_neuron *neurons, size_t n, struct h4l_err *err);
// Both for all constants that the user gave (h4l_run_constant, base/family.h).
int h4l_neurons_given(const struct h4l_run *run, struct h4l_neuron *neurons, size_t n,
                      struct h4l_err *err);

#endif
