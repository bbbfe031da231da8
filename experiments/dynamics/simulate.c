#include "simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "model.h"

void h4l_sim_free(struct h4l_sim_result *r)
{
    free(r->t);
    for (int i = 0; i < H4L_MODEL_SIGNALS; i++)
        free(r->signal[i]);
    *r = (struct h4l_sim_result){0};
}

struct h4l_spikes h4l_sim_train(const struct h4l_sim_result *r)
{
    return (struct h4l_spikes){r->t, r->n};
}

static int add_spike(struct h4l_sim_result *r, double t, struct h4l_err *err)
{
    if (!h4l_grow(&r->t, r->n, &r->room, sizeof *r->t))
        return h4l_fail(err, H4L_E_NOMEM, "no memory for more than %zu spikes", r->n);
    r->t[r->n++] = t;
    return H4L_OK;
}

static double current(const struct h4l_sim *s, double t, double middle)
{
    const struct h4l_wave *waves[2] = {s->stimulus, s->noise};
    double sum = 0;

    for (int i = 0; i < 2; i++)
        if (waves[i])
            sum += h4l_wave_value(waves[i], waves[i]->kind == H4L_WAVE_TABLE &&
                                                    waves[i]->table.join == H4L_WAVE_HOLD
                                                ? middle
                                                : t);
    return sum;
}

// A run of a flow. The currents at the beginning, middle and end of the step are computed once.
struct flow_run {
    const struct h4l_sim *sim;
    struct h4l_neuron neuron;
    double t[3], I[3];
    struct h4l_sim_result *result;
    int code; // of the observer
    struct h4l_err *err;
};

static void eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct flow_run *r = ctx;
    struct h4l_input in = {0};
    int at = 0;

    while (at < 3 && r->t[at] != t)
        at++;
    in.I = at < 3 ? r->I[at] : current(r->sim, t, r->t[1]); // between: a step that an event cuts
    r->neuron.model->eval(r->neuron.constants, &in, x, ret_dx, ret_J, NULL);
}

static void values(const void *ctx, double t, const double *x, double *ret_g)
{
    const struct flow_run *r = ctx;

    (void)t;
    if (r->neuron.model->event)
        *ret_g = r->neuron.model->event(r->neuron.constants, x, NULL);
}

static void jump(const void *ctx, int e, double t, double *x, double *W, int k)
{
    const struct flow_run *r = ctx;

    (void)e;
    (void)t;
    r->neuron.model->jump(r->neuron.constants, x, W, k);
}

static void on_event(void *observer, double t, int e, const double *x)
{
    struct flow_run *r = observer;

    (void)e;
    (void)x;
    if (!r->code)
        r->code = add_spike(r->result, t, r->err);
}

static void begin_step(struct flow_run *r, double begin)
{
    const struct h4l_sim *s = r->sim;

    r->t[0] = begin;
    r->t[1] = begin + s->dt_ms / 2;
    r->t[2] = begin + s->dt_ms;
    for (int i = 0; i < 3; i++)
        r->I[i] = current(s, r->t[i], r->t[1]);
}

// The signals at x, ret[H4L_MODEL_SIGNALS].
static void look(const struct h4l_neuron *n, const double *x, double *ret)
{
    if (n->model->n_signals == 0)
        ret[0] = n->model->potential(n->constants, x, NULL);
    for (int i = 0; i < n->model->n_signals; i++)
        ret[i] = x[n->model->signals[i].variable];
}

// One ms from `ms` on; sums of the signals and of the potential go to sum[] and *ret_V.
static int run_ms(struct flow_run *r, struct h4l_hybrid_run *hybrid, struct h4l_detector *detector,
                  long ms, double *x, double *sum, double *ret_V)
{
    const struct h4l_model *m = r->neuron.model;
    long per_ms = lround(1 / r->sim->dt_ms);
    int parts = h4l_model_parts(m, r->sim->dt_ms);
    double t, part = r->sim->dt_ms / parts, signal[H4L_MODEL_SIGNALS] = {0};

    for (long k = 0; k < per_ms && !r->code; k++) {
        double begin = (double)ms + (double)k * r->sim->dt_ms;
        begin_step(r, begin);
        for (int p = 0; p < parts && !r->code; p++)
            r->code = h4l_hybrid_step(hybrid, begin + p * part, part, x, NULL, r->err);
        double V = m->potential(r->neuron.constants, x, NULL);
        *ret_V += V;
        look(&r->neuron, x, signal);
        for (int i = 0; i < H4L_MODEL_SIGNALS; i++)
            sum[i] += signal[i];
        if (!m->event && h4l_detector_push(detector, begin + r->sim->dt_ms, V, &t))
            r->code = add_spike(r->result, t, r->err);
    }
    return r->code;
}

static int run_flow(const struct h4l_sim *s, const struct h4l_neuron *neuron,
                    struct h4l_sim_result *r, struct h4l_err *err)
{
    const struct h4l_model *m = neuron->model;
    struct flow_run run = {.sim = s, .neuron = *neuron, .result = r, .err = err};
    const struct h4l_hybrid system = {.flow = {.dim = m->dim, .ctx = &run, .eval = eval},
                                      .events = m->event ? 1 : 0,
                                      .values = values,
                                      .jump = jump};
    struct h4l_hybrid_run hybrid;
    struct h4l_detector detector;
    double x[H4L_MODEL_DIM];
    int code;

    if ((code = h4l_model_rest(&run.neuron, 0, x, err)) ||
        (code = h4l_detector_init(s->threshold_mV, s->threshold_mV, H4L_CROSSING_SAMPLE, &detector,
                                  err)) ||
        (code = h4l_hybrid_create(&system, 0, on_event, &run, &hybrid, err)))
        return code;
    for (long ms = 0; ms < lround(s->duration_ms) && !code; ms++) {
        double sum[H4L_MODEL_SIGNALS] = {0}, V = 0;
        code = run_ms(&run, &hybrid, &detector, ms, x, sum, &V);
        if (!code && !isfinite(V))
            code =
                h4l_fail(err, H4L_E_NUMERIC, "the potential left the finite numbers at %ld ms", ms);
        if (m->quotient)
            m->quotient(x, NULL, 0);
        for (int i = 0; i < H4L_MODEL_SIGNALS && r->signal[i]; i++)
            r->signal[i][ms] = sum[i] / (double)lround(1 / s->dt_ms);
    }
    h4l_hybrid_destroy(&hybrid);
    return code;
}

static int run_map(const struct h4l_sim *s, const struct h4l_neuron *neuron,
                   struct h4l_sim_result *r, struct h4l_err *err)
{
    const struct h4l_model *m = neuron->model;
    double x[H4L_MODEL_DIM], before[H4L_MODEL_DIM], signal[H4L_MODEL_SIGNALS];
    int code = h4l_model_rest(neuron, 0, x, err);

    if (code)
        return code;
    for (long n = 0; n < lround(s->duration_ms / m->map_ms); n++) {
        double t = (double)n * m->map_ms, end = t + m->map_ms;
        const struct h4l_input in = {.I = h4l_wave_mean(s->stimulus, t, end) +
                                          (s->noise ? h4l_wave_mean(s->noise, t, end) : 0)};
        bool fired = m->map(neuron->constants, &in, x, NULL, NULL, 0, before);
        if (fired && (code = add_spike(r, t, err)))
            return code;
        look(neuron, before, signal);
        for (int i = 0; i < H4L_MODEL_SIGNALS && r->signal[i]; i++)
            r->signal[i][n] = signal[i];
    }
    return H4L_OK;
}

int h4l_simulate(const struct h4l_sim *sim, const struct h4l_neuron *neuron, bool with_signals,
                 struct h4l_sim_result *ret, struct h4l_err *err)
{
    const struct h4l_model *model = neuron->model;
    struct h4l_sim_result r = {0};
    size_t n = (size_t)lround(sim->duration_ms);
    int code = H4L_OK, signals = model->n_signals ? model->n_signals : 1;

    for (int i = 0; with_signals && i < signals && !code; i++) {
        r.signal[i] = malloc(n * sizeof *r.signal[i]);
        if (!r.signal[i])
            code = h4l_fail(err, H4L_E_NOMEM, "no memory for %zu samples", n);
    }
    if (!code)
        code = (model->map ? run_map : run_flow)(sim, neuron, &r, err);
    if (code)
        h4l_sim_free(&r);
    else
        *ret = r;
    return code;
}
