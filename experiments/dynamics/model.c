#include "model.h"

#include <math.h>
#include <string.h>

#include "sim/wave_lanes.h"

enum { MOST = H4L_MODEL_DIM };

static void system_eval(const void *ctx, double p, const double *x, double *ret_dx, double *ret_J,
                        double *ret_dp)
{
    const struct h4l_neuron *n = ctx;
    double by[(1 + H4L_CONDUCTANCES) * MOST];

    n->model->eval(n->constants, &(struct h4l_input){.I = p}, x, ret_dx, ret_J, ret_dp ? by : NULL);
    if (ret_dp)
        memcpy(ret_dp, by, (size_t)n->model->dim * sizeof *by); // by the current
}

struct h4l_system h4l_model_system(const struct h4l_neuron *neuron)
{
    return (struct h4l_system){.dim = neuron->model->dim,
                               .ctx = neuron,
                               .eval = system_eval,
                               .scale = neuron->model->scale};
}

int h4l_model_rest(const struct h4l_neuron *neuron, double I, double *ret_x, struct h4l_err *err)
{
    const struct h4l_model *m = neuron->model;
    struct h4l_neuron base = *neuron;
    struct h4l_system system;
    double x[MOST];
    int code;

    if (m->of)
        base.model = m->of; // the constants are the same
    system = h4l_model_system(&base);
    base.model->start(base.constants, base.model->rest_mV, x);
    if ((code = h4l_equilibrium(&system, I, x, err)))
        return code;
    h4l_model_place(m, x, ret_x);
    if (m->event && m->event(neuron->constants, ret_x, NULL) >= 0)
        return h4l_fail(err, H4L_E_NUMERIC, "the neuron %s does not rest: it spikes by itself",
                        m->name);
    return H4L_OK;
}

int h4l_model_orbit(struct h4l_shooting *s, const double *x, struct h4l_orbit *ret,
                    struct h4l_err *err)
{
    const struct h4l_neuron *neuron = s->system->ctx;
    int code = h4l_orbit_guess(s, H4L_MODEL_ORBIT_I, x, 300, H4L_HH_V, 0, ret, err);

    if (code == H4L_E_NUMERIC)
        return h4l_fail_context(err, code,
                                "the neuron %s does not keep firing at %d uA/cm^2, where this case "
                                "starts from; set constants (model.%s.NAME) nearer to the "
                                "published ones, which --list-neurons shows",
                                neuron->model->name, H4L_MODEL_ORBIT_I, neuron->model->name);
    return code;
}

void h4l_model_place(const struct h4l_model *model, const double *x, double *ret_x)
{
    if (model->of)
        model->embed(x, ret_x);
    else
        memcpy(ret_x, x, (size_t)model->dim * sizeof *x);
}

int h4l_model_parts(const struct h4l_model *model, double step)
{
    return model->step_ms > 0 && model->step_ms < step ? (int)ceil(step / model->step_ms - 1e-9)
                                                       : 1;
}

void h4l_driven_init(const struct h4l_neuron *neuron, const struct h4l_wave *wave,
                     struct h4l_driven *ret)
{
    ret->neuron = *neuron;
    ret->wave = *wave;
}

// ---- flows ----

static void eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct h4l_driven *d = ctx;
    const struct h4l_input in = {.I = h4l_wave_value(&d->wave, t)};

    d->neuron.model->eval(d->neuron.constants, &in, x, ret_dx, ret_J, NULL);
}

static void tangent(const void *ctx, double t, const double *x, const double *W, int k,
                    double *ret_dx, double *ret_dW)
{
    const struct h4l_driven *d = ctx;
    const struct h4l_input in = {.I = h4l_wave_value(&d->wave, t)};

    d->neuron.model->tangent(d->neuron.constants, &in, x, W, NULL, k, ret_dx, ret_dW, NULL);
}

static void quotient(const void *ctx, double *x, double *W, int k)
{
    ((const struct h4l_driven *)ctx)->neuron.model->quotient(x, W, k);
}

struct h4l_flow h4l_driven_flow(const struct h4l_driven *driven)
{
    const struct h4l_model *m = driven->neuron.model;

    return (struct h4l_flow){.dim = m->dim,
                             .ctx = driven,
                             .eval = eval,
                             .tangent = m->tangent ? tangent : NULL,
                             .quotient = m->quotient ? quotient : NULL};
}

static void add_noise(struct h4l_tangent_noise *noise, double *W, int n)
{
    for (int i = 0; noise && noise->size > 0 && i < n; i++)
        W[i] *= 1 + noise->size * h4l_rng_between(&noise->rng, -1, 1);
}

static void noisy_eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    eval(((const struct h4l_noisy *)ctx)->driven, t, x, ret_dx, ret_J);
}

static void noisy_tangent(const void *ctx, double t, const double *x, const double *W, int k,
                          double *ret_dx, double *ret_dW)
{
    tangent(((const struct h4l_noisy *)ctx)->driven, t, x, W, k, ret_dx, ret_dW);
}

static void noisy_quotient(const void *ctx, double *x, double *W, int k)
{
    const struct h4l_noisy *n = ctx;
    const struct h4l_model *m = n->driven->neuron.model;

    add_noise(n->noise, W, m->dim * k);
    if (m->quotient)
        m->quotient(x, W, k);
}

struct h4l_flow h4l_noisy_flow(const struct h4l_noisy *noisy)
{
    const struct h4l_model *m = noisy->driven->neuron.model;

    return (struct h4l_flow){.dim = m->dim,
                             .ctx = noisy,
                             .eval = noisy_eval,
                             .tangent = m->tangent ? noisy_tangent : NULL,
                             .quotient = noisy_quotient};
}

// ---- ensembles ----

static void ensemble_quotient(const void *ctx, double *x, double *W, int k)
{
    const struct h4l_driven_ensemble *e = ctx;

    add_noise(e->noise, W, e->driven->neuron.model->dim * k);
    e->driven->neuron.model->quotient(x, W, k);
}

enum { LANES = H4L_HH_TANGENT_LANES, MOST_STEPS = 128 };

static void ensemble_advance(const void *ctx, long first, long steps, double *state)
{
    const struct h4l_driven_ensemble *e = ctx;
    double I[(2 * MOST_STEPS + 1) * LANES], start[LANES];

    for (long done = 0, now; done < steps; done += now) {
        now = steps - done < MOST_STEPS ? steps - done : MOST_STEPS;
        for (int j = 0; j < LANES; j++)
            start[j] = e->start[j] + (double)(first + done) * e->step;
        h4l_wave_lanes(&e->driven->wave, start, LANES, e->step / 2, 2 * (size_t)now + 1, I);
        e->driven->neuron.model->lanes(e->kernel, e->step, LANES, (size_t)now, I, state);
    }
}

struct h4l_ensemble h4l_driven_ensemble(const struct h4l_driven_ensemble *e)
{
    const struct h4l_model *m = e->driven->neuron.model;

    return (struct h4l_ensemble){.dim = m->dim,
                                 .exponents = m->exponents,
                                 .n = LANES,
                                 .ctx = e,
                                 .advance = ensemble_advance,
                                 .quotient = m->quotient ? ensemble_quotient : NULL};
}

// ---- jumps and maps ----

static void values(const void *ctx, double t, const double *x, double *ret_g)
{
    const struct h4l_driven *d = ctx;

    (void)t;
    *ret_g = d->neuron.model->event(d->neuron.constants, x, NULL);
}

static void gradient(const void *ctx, int e, double t, const double *x, double *ret_gradient)
{
    const struct h4l_driven *d = ctx;

    (void)e;
    (void)t;
    d->neuron.model->event(d->neuron.constants, x, ret_gradient);
}

static void jump(const void *ctx, int e, double t, double *x, double *W, int k)
{
    const struct h4l_driven *d = ctx;

    (void)e;
    (void)t;
    d->neuron.model->jump(d->neuron.constants, x, W, k);
}

struct h4l_hybrid h4l_driven_hybrid(const struct h4l_driven *driven)
{
    return (struct h4l_hybrid){.flow = h4l_driven_flow(driven),
                               .events = 1,
                               .values = values,
                               .gradient = gradient,
                               .jump = jump};
}

static void map_step(const void *ctx, size_t n, const double *x, double *ret_x, double *ret_J)
{
    const struct h4l_driven *d = ctx;
    const struct h4l_model *m = d->neuron.model;
    double t = (double)n * m->map_ms;
    const struct h4l_input in = {.I = h4l_wave_mean(&d->wave, t, t + m->map_ms)};

    memcpy(ret_x, x, (size_t)m->dim * sizeof *x);
    for (int i = 0; ret_J && i < m->dim * m->dim; i++)
        ret_J[i] = i % (m->dim + 1) == 0;
    m->map(d->neuron.constants, &in, ret_x, ret_J, NULL, ret_J ? m->dim : 0, NULL);
}

struct h4l_map h4l_driven_map(const struct h4l_driven *driven)
{
    return (struct h4l_map){.dim = driven->neuron.model->dim, .ctx = driven, .step = map_step};
}
