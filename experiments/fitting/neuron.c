#include "neuron.h"

#include <math.h>

#include "analysis/hybrid.h"
#include "analysis/spike_train.h"

#define STEP_MS 0.02 // of RK4, unless the neuron needs a shorter one

struct spikes {
    double *t;
    size_t n, capacity;
};

static void add(struct spikes *s, double t)
{
    if (s->n < s->capacity)
        s->t[s->n] = t;
    s->n++;
}

struct flow_run {
    const struct h4l_neuron *neuron;
    double I;
    struct spikes spikes;
};

static void eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct flow_run *r = ctx;

    (void)t;
    r->neuron->model->eval(r->neuron->constants, &(struct h4l_input){.I = r->I}, x, ret_dx, ret_J,
                           NULL);
}

static void values(const void *ctx, double t, const double *x, double *ret_g)
{
    const struct h4l_neuron *n = ((const struct flow_run *)ctx)->neuron;

    (void)t;
    if (n->model->event)
        *ret_g = n->model->event(n->constants, x, NULL);
}

static void jump(const void *ctx, int e, double t, double *x, double *W, int k)
{
    const struct h4l_neuron *n = ((const struct flow_run *)ctx)->neuron;

    (void)e;
    (void)t;
    n->model->jump(n->constants, x, W, k);
}

static void on_event(void *observer, double t, int e, const double *x)
{
    (void)e;
    (void)x;
    add(&((struct flow_run *)observer)->spikes, t);
}

static int run_flow(struct flow_run *r, double level_mV, const double *x, size_t stride,
                    size_t steps, double dt, struct h4l_err *err)
{
    const struct h4l_model *m = r->neuron->model;
    const struct h4l_hybrid system = {.flow = {.dim = m->dim, .ctx = r, .eval = eval},
                                      .events = m->event ? 1 : 0,
                                      .values = values,
                                      .jump = jump};
    double longest = m->step_ms > 0 ? fmin(m->step_ms, STEP_MS) : STEP_MS, y[H4L_MODEL_DIM], t;
    long parts = (long)ceil(dt / longest - 1e-9);
    struct h4l_hybrid_run run;
    struct h4l_detector detector;
    int code = h4l_detector_init(level_mV, level_mV, H4L_CROSSING_LINEAR, &detector, err);

    if (code || (code = h4l_hybrid_create(&system, 0, on_event, r, &run, err)))
        return code;
    m->start(r->neuron->constants, m->rest_mV, y);
    for (size_t s = 0; s < steps && !code; s++) {
        r->I = x[s * stride];
        for (long p = 0; p < parts && !code; p++) {
            double h = dt / (double)parts, begin = (double)s * dt + (double)p * h;
            code = h4l_hybrid_step(&run, begin, h, y, NULL, err);
            double V = m->potential(r->neuron->constants, y, NULL);
            if (!m->event && !code && h4l_detector_push(&detector, begin + h, V, &t))
                add(&r->spikes, t);
        }
        if (m->quotient)
            m->quotient(y, NULL, 0);
    }
    h4l_hybrid_destroy(&run);
    return code;
}

static void run_map(struct flow_run *r, const double *x, size_t stride, size_t steps)
{
    const struct h4l_model *m = r->neuron->model;
    double y[H4L_MODEL_DIM];

    m->start(r->neuron->constants, m->rest_mV, y);
    for (size_t s = 0; s < steps; s++)
        if (m->map(r->neuron->constants, &(struct h4l_input){.I = x[s * stride]}, y, NULL, NULL, 0,
                   NULL))
            add(&r->spikes, (double)s * m->map_ms);
}

int h4l_fitting_neuron_run(const struct h4l_neuron *neuron, double level_mV, const double *x,
                           size_t stride, size_t steps, double dt, size_t capacity, double *ret_t,
                           size_t *ret_n, struct h4l_err *err)
{
    struct flow_run r = {.neuron = neuron, .spikes = {ret_t, 0, capacity}};
    int code = H4L_OK;

    if (neuron->model->map)
        run_map(&r, x, stride, steps);
    else
        code = run_flow(&r, level_mV, x, stride, steps, dt, err);
    *ret_n = r.spikes.n;
    return code;
}
