// What is fitted: a sub-network on some topology, or a baseline, with the map from its free constants to the model.
//
// The free constants are numbers in [0, 1] (the optimiser's cube); decode() turns them into constants of the model. The gauge:
// potentials are in uA/cm^2, so that a unit with the input weight 1 and no arrows follows the input's running mean; rest is 0.
// Rescaling a unit's potential together with its threshold, reset and weights changes nothing (a property test), so fixing
// that scale loses no model. The adaptive neuron has mV and HH's leak and rest, for the same reason.
#ifndef H4L_FITTING_CANDIDATE_H
#define H4L_FITTING_CANDIDATE_H

#include "base/json.h"
#include "neuron/model.h"
#include "sim/aeif.h"
#include "sim/srm.h"
#include "sim/subnet_gradient.h"
#include "stimulus.h"

enum h4l_candidate_kind {
    H4L_CANDIDATE_SUBNET,    // fitted sub-network
    H4L_CANDIDATE_PUBLISHED, // s-LIF2HH with the published constants: nothing is free
    H4L_CANDIDATE_SRM,       // spike response model, both kernels fitted
    H4L_CANDIDATE_SRM_HH, // spike response model with kernels computed from HH: threshold and refractory time are free
    H4L_CANDIDATE_NEURON, // a neuron of h4l_models with the constants that it has: nothing is free
    H4L_CANDIDATE_AEIF,   // the row "adex" of h4l_models with constants fitted
};

struct h4l_candidate {
    const char *name;
    enum h4l_candidate_kind kind;
    struct h4l_topology topology; // SUBNET, PUBLISHED
    bool refractory;              // SUBNET: an absolute refractory time is free (else 0)
    bool forget; // SRM: how much input a spike makes the neuron forget is free (else none: SRM0)
    bool delay;  // a constant report delay is free, the last constant (else 0)
    bool
        dynamic; // SRM: how much a spike raises the threshold, and how fast that decays, are free (else it is fixed)
    struct h4l_neuron neuron;     // NEURON; AEIF: those of its constants that are not free
    double level_mV;              // NEURON: a smooth one spikes above it
    double dt;                    // ms
    struct h4l_srm_source source; // SRM_HH
    int n;                        // number of free constants
};

enum { H4L_CANDIDATE_MAX = 201 }; // most free constants, with the delay

// A sub-network from a description (neuron/topology.h); name is kept as a pointer. H4L_E_USAGE; H4L_E_RANGE: more constants
// than H4L_CANDIDATE_MAX with a delay.
int h4l_candidate_subnet(const char *name, const char *topology, bool refractory, double dt,
                         struct h4l_candidate *ret, struct h4l_err *err);
struct h4l_candidate h4l_candidate_published(const char *name);
// A neuron of h4l_models; dt is that of its map where it has one.
struct h4l_candidate h4l_candidate_neuron(const char *name, const struct h4l_neuron *neuron,
                                          double dt, double level_mV);
struct h4l_candidate h4l_candidate_srm(const char *name, bool forget, double dt);
// One that forgets and has a dynamic threshold.
struct h4l_candidate h4l_candidate_srm_dynamic(const char *name, double dt);
// Its kernels are HH's (form A). Errors: those of h4l_srm_record.
int h4l_candidate_srm_hh(const char *name, double dt, struct h4l_candidate *ret,
                         struct h4l_err *err);
// Adaptive exponential integrate-and-fire neuron; it has no margins.
struct h4l_candidate h4l_candidate_aeif(const char *name, double dt);
// Frees a report delay in a candidate that has free constants: HH takes a millisecond or two from its threshold to the potential at which its
// spike counts, and a model that reports at threshold would pay for that.
void h4l_candidate_free_delay(struct h4l_candidate *candidate);
// Where z has the delay 0.
extern const double h4l_candidate_no_delay;
// Whether h4l_candidate_margins takes it.
bool h4l_candidate_has_margins(const struct h4l_candidate *candidate);

// The model with the free constants z[n], each in [0, 1].
struct h4l_candidate_model {
    double delay_ms; // each spike is reported so much later
    union {
        struct h4l_subnet subnet;
        struct h4l_srm srm;
        struct h4l_neuron neuron;
        struct h4l_aeif aeif;
    };
};
int h4l_candidate_decode(const struct h4l_candidate *candidate, const double *z,
                         struct h4l_candidate_model *ret, struct h4l_err *err);

// Runs the model on group g of the input (lanes side by side): as h4l_subnet_run_lanes. What a delay moves before or beyond the input is
// not reported. Fails only for a neuron: H4L_E_NOMEM, H4L_E_NUMERIC.
int h4l_candidate_run(const struct h4l_candidate *candidate,
                      const struct h4l_candidate_model *model, const struct h4l_stim_input *input,
                      size_t g, size_t capacity, double *ret_t, size_t ret_n[H4L_SUBNET_LANES],
                      struct h4l_err *err);

// Margins with imposed spikes, of candidates that have them, without the delay: as h4l_subnet_margin_lanes. Returns the unit in which they are meant to be read (lead.h): about a
// sixth of what takes the model from rest to its threshold.
double h4l_candidate_margins(const struct h4l_candidate *candidate,
                             const struct h4l_candidate_model *model,
                             const struct h4l_stim_input *input, size_t g, const uint16_t *fires,
                             double *ret_margin);

// The derivatives of a loss with respect to z[n], from those with respect to the constants of the sub-network that z decodes
// to. Refractory times have derivative 0 (they come in whole steps).
void h4l_candidate_chain(const struct h4l_candidate *candidate, const double *z,
                         const struct h4l_subnet *net, const struct h4l_subnet_gradient *gradient,
                         double *ret_dz);

// The model's constants with their names and units, for result files. NULL when out of memory.
json_t *h4l_candidate_json(const struct h4l_candidate *candidate,
                           const struct h4l_candidate_model *model);

#endif
