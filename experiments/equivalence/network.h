// A layered network run in the four variants that the cases xor and fc compare, and what both report of it.
#ifndef H4L_EQUIVALENCE_NETWORK_H
#define H4L_EQUIVALENCE_NETWORK_H

#include "base/family.h"
#include "record.h"

// Forward Euler in both step orders: with shared gates, as published, in both precisions; and with gates of its own.
enum h4l_network_variant {
    H4L_NET_EXACT,
    H4L_NET_PUBLISHED,
    H4L_NET_EXACT_FLOAT,
    H4L_NET_PUBLISHED_FLOAT,
    H4L_NET_EXACT_OWN,
    H4L_NET_PUBLISHED_OWN,
    H4L_NET_VARIANTS
};
extern const char
    *const h4l_network_suffix[H4L_NET_VARIANTS]; // "exact_order", ..., "published_order_float"

// Potentials of all neurons every `every` states, of the exact and the published order in double.
struct h4l_network_trace {
    size_t every, samples, neurons;
    double *V_hh, *V_tv[2]; // [samples * neurons]; tv: exact, published
};

struct h4l_network_results {
    struct h4l_record records[H4L_NET_VARIANTS];
    struct h4l_network_trace trace; // every == 0: none is kept
};

// Runs all variants, in parallel where pool allows. Free the results in any case.
int h4l_network_run(struct h4l_pool *pool, const struct h4l_layered *net, double dt, size_t states,
                    size_t trace_every, struct h4l_network_results *ret, struct h4l_err *err);
void h4l_network_free(struct h4l_network_results *results);

// ---- metrics; names get "_<suffix>": "exact_order", ..., "published_order_own_gates" ----

// PREFIX_<suffix> for each variant: max |V_hh - V_tv| of each of n groups of neurons; group g is first[g]..first[g+1]-1.
void h4l_network_put_errors(struct h4l_run *run, const struct h4l_network_results *results,
                            const size_t *first, size_t n);
// The number of samples in which the threshold tests of the neurons first..first+n-1 differ, as NAME_<suffix>.
void h4l_network_put_differing(struct h4l_run *run, const struct h4l_network_results *results,
                               const char *name, size_t first, size_t n);
// NAME: spike times of the neurons first..first+n-1, one neuron after the other, ms.
void h4l_network_put_times(struct h4l_run *run, const struct h4l_record *record, bool tv,
                           const char *name, size_t first, size_t n);
// NAME: spike counts of the neurons first..first+n-1.
void h4l_network_put_counts(struct h4l_run *run, const struct h4l_record *record, bool tv,
                            const char *name, size_t first, size_t n);

// One row a spike, in double precision. series: one of these two, with the star of its file. Errors: those of h4l_series_begin.
extern const struct h4l_series h4l_fc_spikes_series, h4l_xor_spikes_series;
int h4l_network_put_spikes(struct h4l_run *run, const struct h4l_network_results *results,
                           const struct h4l_layered *net, const struct h4l_series *series,
                           const char *star, struct h4l_err *err);

#endif
