// What is kept of a layered network's run: per neuron the differences between the HH and the tv-LIF2HH potential, the samples
// in which their threshold tests differ, and the spikes of both.
//
// A spike is a rising edge of the threshold test: its index is that of the first state above threshold, its time index * dt.
#ifndef H4L_EQUIVALENCE_RECORD_H
#define H4L_EQUIVALENCE_RECORD_H

#include <stdbool.h>

#include "sim/layered.h"

struct h4l_record_spikes {
    size_t n, room;
    uint32_t *state; // [n], counted from 0, ascending
};

struct h4l_neuron_record {
    double max_error;      // max |V_hh - V_tv| over all states, mV
    size_t max_error_at;   // the state where it is first reached
    double sum_squares;    // of V_hh - V_tv
    double max_read_error; // max |V_hh - what the tv threshold test read|, mV
    size_t differing;      // states in which the two tests differ
    // Local maxima of V_hh: the lowest one above the threshold and the highest one below (infinite where there is none). They
    // say how far the spike counts are from changing.
    double lowest_peak_above, highest_peak_below;
    struct h4l_record_spikes hh, tv;
    double V1, V2;      // V_hh one and two states ago
    uint8_t s_hh, s_tv; // tests of the last state
};

struct h4l_record {
    size_t neurons, states;
    double threshold, dt;
    struct h4l_neuron_record *neuron; // [neurons]
    int code;                         // H4L_E_NOMEM if a list could not grow
    // Called for every state too, where not NULL (for traces).
    h4l_layered_observer also;
    void *also_ctx;
};

int h4l_record_make(size_t neurons, struct h4l_record *ret, struct h4l_err *err);
void h4l_record_free(struct h4l_record *record);

// Runs net with pair, in float or double, and records it. The record must be fresh.
int h4l_record_run(const struct h4l_layered *net, const struct h4l_pair *pair, size_t states,
                   bool single, struct h4l_record *record, struct h4l_err *err);

// Over the neurons first..first+n-1: the largest max_error; the sum of differing; root mean square of V_hh - V_tv
// (over the states after the start, which both share; needs two states).
double h4l_record_max_error(const struct h4l_record *record, size_t first, size_t n);
double h4l_record_max_read_error(const struct h4l_record *record, size_t first, size_t n);
long long h4l_record_differing(const struct h4l_record *record, size_t first, size_t n);
double h4l_record_rms_error(const struct h4l_record *record, size_t first, size_t n);

// Largest |state of tv's i-th spike - state of HH's| in samples; NaN where the counts differ.
double h4l_record_spike_shift(const struct h4l_neuron_record *neuron);

#endif
