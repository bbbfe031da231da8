#include "record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

int h4l_record_make(size_t neurons, struct h4l_record *ret, struct h4l_err *err)
{
    struct h4l_record record = {.neurons = neurons};

    record.neuron = calloc(neurons, sizeof *record.neuron);
    if (!record.neuron)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the record of %zu neurons", neurons);
    for (size_t i = 0; i < neurons; i++) {
        record.neuron[i].lowest_peak_above = INFINITY;
        record.neuron[i].highest_peak_below = -INFINITY;
        record.neuron[i].V1 = record.neuron[i].V2 = NAN;
    }
    *ret = record;
    return H4L_OK;
}

void h4l_record_free(struct h4l_record *record)
{
    for (size_t i = 0; record->neuron && i < record->neurons; i++) {
        free(record->neuron[i].hh.state);
        free(record->neuron[i].tv.state);
    }
    free(record->neuron);
    record->neuron = NULL;
}

static int add_spike(struct h4l_record_spikes *spikes, size_t state)
{
    if (!h4l_grow(&spikes->state, spikes->n, &spikes->room, sizeof *spikes->state))
        return H4L_E_NOMEM;
    spikes->state[spikes->n++] = (uint32_t)state;
    return H4L_OK;
}

static void note_peak(struct h4l_neuron_record *neuron, double V, double threshold)
{
    if (neuron->V1 > neuron->V2 && neuron->V1 >= V) {
        if (neuron->V1 > threshold)
            neuron->lowest_peak_above = fmin(neuron->lowest_peak_above, neuron->V1);
        else
            neuron->highest_peak_below = fmax(neuron->highest_peak_below, neuron->V1);
    }
    neuron->V2 = neuron->V1;
    neuron->V1 = V;
}

static void note_tests(struct h4l_record *record, struct h4l_neuron_record *neuron,
                       const struct h4l_layered_state *state, size_t i)
{
    double read_error = fabs(state->V_hh[i] - state->read_tv[i]);
    int code = H4L_OK;

    neuron->max_read_error = fmax(neuron->max_read_error, read_error);
    neuron->differing += state->s_hh[i] != state->s_tv[i];
    if (state->s_hh[i] && !neuron->s_hh)
        code = add_spike(&neuron->hh, state->state);
    if (state->s_tv[i] && !neuron->s_tv && !code)
        code = add_spike(&neuron->tv, state->state);
    if (code)
        record->code = code;
    neuron->s_hh = state->s_hh[i];
    neuron->s_tv = state->s_tv[i];
}

static void observe(void *ctx, const struct h4l_layered_state *state)
{
    struct h4l_record *record = ctx;

    for (size_t i = 0; i < record->neurons; i++) {
        struct h4l_neuron_record *neuron = &record->neuron[i];
        double error = fabs(state->V_hh[i] - state->V_tv[i]);

        if (error > neuron->max_error) {
            neuron->max_error = error;
            neuron->max_error_at = state->state;
        }
        neuron->sum_squares += error * error;
        note_peak(neuron, state->V_hh[i], record->threshold);
        if (state->s_hh)
            note_tests(record, neuron, state, i);
    }
    if (record->also)
        record->also(record->also_ctx, state);
}

int h4l_record_run(const struct h4l_layered *net, const struct h4l_pair *pair, size_t states,
                   bool single, struct h4l_record *record, struct h4l_err *err)
{
    int code;

    if (states > UINT32_MAX)
        return h4l_fail(err, H4L_E_RANGE, "%zu states are more than a record can number", states);
    record->states = states;
    record->threshold = net->threshold;
    record->dt = pair->dt;
    if (single)
        code = h4l_layered_run_float(net, pair, states, observe, record, err);
    else
        code = h4l_layered_run(net, pair, states, observe, record, err);
    if (!code && record->code)
        code = h4l_fail(err, record->code, "no memory for the list of spikes");
    return code;
}

double h4l_record_max_error(const struct h4l_record *record, size_t first, size_t n)
{
    double worst = 0;

    for (size_t i = first; i < first + n; i++)
        worst = fmax(worst, record->neuron[i].max_error);
    return worst;
}

double h4l_record_max_read_error(const struct h4l_record *record, size_t first, size_t n)
{
    double worst = 0;

    for (size_t i = first; i < first + n; i++)
        worst = fmax(worst, record->neuron[i].max_read_error);
    return worst;
}

long long h4l_record_differing(const struct h4l_record *record, size_t first, size_t n)
{
    size_t sum = 0;

    for (size_t i = first; i < first + n; i++)
        sum += record->neuron[i].differing;
    return (long long)sum;
}

double h4l_record_rms_error(const struct h4l_record *record, size_t first, size_t n)
{
    double sum = 0;

    for (size_t i = first; i < first + n; i++)
        sum += record->neuron[i].sum_squares;
    return sqrt(sum / ((double)n * (double)(record->states - 1)));
}

double h4l_record_spike_shift(const struct h4l_neuron_record *neuron)
{
    double worst = 0;

    if (neuron->hh.n != neuron->tv.n)
        return NAN;
    for (size_t i = 0; i < neuron->hh.n; i++)
        worst = fmax(worst, fabs((double)neuron->tv.state[i] - (double)neuron->hh.state[i]));
    return worst;
}
