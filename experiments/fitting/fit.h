// Fitting a candidate's free constants to the HH neuron's spike trains.
//
// A search minimises weighted means over the training stimuli, first smooth ones, in the end the coincidence factor:
//
//     led        the loss of lead.h: each HH spike predicted by itself, the earlier ones imposed
//     distance   D^2 / (n_HH + n_model) of the free run, D the van Rossum distance (unit normalisation, tau): 0 for the same train,
//                about 1 for spikes that are all far from each other
//     gamma      1 - Gamma + distance / 10, tau = 4 ms; Gamma greedy, |dt| <= delta
//
// Starts with an even number begin with the led loss: the best of some random points, then a gradient method (NLopt SLSQP;
// the gradient by a backward sweep, or by forward differences for the threshold models), with no report delay. Starts with an odd
// number, and all of a candidate without margins, begin with the distance, tau = 12 ms: a global search (NLopt CRS2 with local
// mutation). Both go on with the subplex method (NLopt Sbplx) on the distance, tau = 4 ms, and then on gamma with CMA-ES (or Sbplx), each
// from the best point so far. Every run of the training set through the model counts as one evaluation; those for gradients too, a
// backward sweep counts as three.
// One start uses random streams of its own, so the result of many does not depend on the number of threads.
#ifndef H4L_FITTING_FIT_H
#define H4L_FITTING_FIT_H

#include "candidate.h"
#include "lead.h"

struct h4l_fit_data {
    const struct h4l_stim_set *set; // not owned
    struct h4l_stim_input input;    // with the candidate's dt
    struct h4l_lead lead;
    double weight[H4L_STIM_CLASSES]; // of each stimulus of the class; all stimuli together 1
    double delta_ms;                 // precision of Gamma
    size_t capacity; // spikes of one train; a model that fires more often is out of the question
};

// noise_share: weight of all noise stimuli together, 0..1; the other classes that occur share the rest equally. (Where
// only noise or no noise occurs, it gets all or nothing.) H4L_E_RANGE, H4L_E_NOMEM.
int h4l_fit_data(const struct h4l_stim_set *set, double dt_ms, double delta_ms, double noise_share,
                 struct h4l_fit_data *ret, struct h4l_err *err);
void h4l_fit_data_free(struct h4l_fit_data *data);

// How well one train predicts another: NaN-free. Both empty: gamma 1, distance 0 (the silence is predicted). A model that fires more
// than capacity times, or so often that chance coincidences have no meaning (2 rate delta > 0.9): gamma -1, distance 2.
struct h4l_fit_score {
    double gamma, distance;
};

// Scores of the model on each stimulus, with the distance's time constant tau. H4L_E_NOMEM.
int h4l_fit_evaluate(const struct h4l_candidate *candidate, const struct h4l_candidate_model *model,
                     const struct h4l_fit_data *data, double tau_ms, struct h4l_fit_score *ret,
                     struct h4l_err *err);
// The spike train of the model on stimulus i; *ret_t is malloc'ed.
int h4l_fit_train(const struct h4l_candidate *candidate, const struct h4l_candidate_model *model,
                  const struct h4l_fit_data *data, size_t i, double **ret_t, size_t *ret_n,
                  struct h4l_err *err);

// ---- search ----

// What is known of one start: the best point so far and its values. Begin with h4l_fit_start.
struct h4l_fit_state {
    double z[H4L_CANDIDATE_MAX];
    double objective; // the last round's, at z
    double gamma;     // weighted mean Gamma on the set, at z
    long evaluations; // used in all rounds
    uint64_t seed, start;
};

enum h4l_fit_round {
    H4L_FIT_LED, // without margins as GLOBAL, else random points, SLSQP on the led loss, Sbplx on the distance with the last quarter
    H4L_FIT_GLOBAL, // CRS2 on the distance, tau = 12 ms, Sbplx with tau = 4 ms with the last quarter
    H4L_FIT_DISTANCE, // Sbplx on the distance
    H4L_FIT_GAMMA,    // Sbplx on gamma
    H4L_FIT_POLISH,   // CMA-ES on gamma (cmaes.h)
};

// The random stream of a start is (seed, "fitting start", start), that of its POLISH (seed, "fitting polish", start).
struct h4l_fit_state h4l_fit_start(uint64_t seed, uint64_t start);

// Continues *state by one round of exactly `evaluations` >= 10 evaluations or fewer. A candidate without free constants is only
// evaluated. H4L_E_RANGE, H4L_E_NOMEM, H4L_E_INTERNAL (NLopt), or what decoding the candidate gives.
int h4l_fit_round(const struct h4l_candidate *candidate, const struct h4l_fit_data *data,
                  enum h4l_fit_round round, long evaluations, struct h4l_fit_state *state,
                  struct h4l_err *err);

#endif
