// The gradient's horizon in networks of true HH neurons, in double precision: how far back from the window's end a push at the
// potential still acts on the rate, beside the Lyapunov exponent of the same neurons.
#include <math.h>
#include <stdlib.h>

#include "analysis/lyapunov.h"
#include "multitask.h"
#include "net/plain.h"
#include "neuron/hh_flow.h"

enum { NEURONS = 32, IMAGES = 4, WITH_EXPONENT = 8, LAST = H4L_HORIZON_POINTS - 1 };

struct seen {
    const struct h4l_net_spec *spec;
    const double *parameters;
    struct h4l_true_hh window;
    double own[H4L_TRUE_HH_OWN], range[2]; // own: of the neuron that is looked at
    double *I, *d_V;                       // of one window
    double sum[H4L_HORIZON_POINTS], exponents;
    size_t windows, exponent_windows;
    struct h4l_err *err;
    int code;
};

// ---- the exponent ----

struct neuron {
    struct h4l_hh_flow hh;
    double I;
};

static void eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct neuron *n = ctx;

    (void)t;
    h4l_hh_flow_eval(&n->hh, x, n->I, ret_dx, ret_J);
}

// Of the membranes that are a flow of the suite's: all gates move, at their own speed.
static bool has_flow(const struct h4l_true_layer *l)
{
    if (l->own)
        return false;
    return l->membrane == H4L_TRUE_FULL || l->membrane == H4L_TRUE_SODIUM ||
           l->membrane == H4L_TRUE_POTASSIUM;
}

// The largest one at the window's mean current: 200 ms after 50 to settle.
static int add_exponent(struct seen *s, double I)
{
    const struct h4l_lyapunov_options o = {.exponents = 1,
                                           .step = s->window.dt,
                                           .steps_per_qr = lround(1 / s->window.dt),
                                           .transient_qr = 50,
                                           .qr_per_block = 200,
                                           .blocks = 1};
    struct neuron n = {.I = I};
    struct h4l_flow flow = {.dim = H4L_HH_DIM, .ctx = &n, .eval = eval};
    struct h4l_hh hh = s->window.hh;
    double x[H4L_HH_DIM], exponent;
    int code;

    hh.gNa = s->own[H4L_TRUE_HH_G_NA];
    hh.gK = s->own[H4L_TRUE_HH_G_K];
    h4l_hh_flow_init(&hh, &n.hh);
    h4l_hh_steady_state(&hh, s->window.start, x);
    code = h4l_lyapunov_flow(&flow, &o, x, &exponent, s->err);
    s->exponents += exponent;
    s->exponent_windows++;
    return code;
}

// ---- the gradient ----

static int add_window(struct seen *s, bool with_exponent)
{
    double rate, mean = 0;
    struct h4l_true_hh_result ret = {.rate = &rate, .d_V = s->d_V};
    int code = h4l_true_hh_run(&s->window, s->own, s->I, &ret, s->err);

    for (size_t i = 0; i < H4L_HORIZON_POINTS; i++)
        s->sum[i] += fabs(s->d_V[s->window.steps - s->window.steps * i / LAST]);
    s->windows++;
    for (size_t p = 0; p < s->window.pieces; p++)
        mean += s->I[p] / (double)s->window.pieces;
    return code || !with_exponent ? code : add_exponent(s, mean);
}

static void look(void *ctx, const struct h4l_net_plain_layer *layer)
{
    struct seen *s = ctx;
    const struct h4l_true_layer *l = &s->spec->true_hh;
    size_t T = h4l_net_parts(s->spec);

    for (size_t i = 0; i < layer->neurons && i < NEURONS && s->code == H4L_OK; i++) {
        h4l_net_true_own(s->spec, s->parameters, i, s->own, NULL);
        for (size_t p = 0; p < s->window.pieces; p++)
            s->I[p] =
                fmin(fmax(l->drive + l->gain * layer->input[i * T + p], s->range[0]), s->range[1]);
        s->code = add_window(s, i < WITH_EXPONENT && has_flow(l));
    }
}

static int run(struct seen *s, const struct h4l_training_options *o, const float *trained,
               const struct h4l_multi *images, struct h4l_err *err)
{
    size_t D = h4l_task_pixels(&s->spec->task), n = images->n < IMAGES ? images->n : IMAGES;
    size_t parameters = h4l_net_layout(s->spec).parameters;
    struct h4l_net_plain_out out = {.watch = look, .watch_ctx = s};
    double *p = calloc(parameters, sizeof *p), *x = calloc(n * D, sizeof *x);
    int code;

    if (p && x) {
        h4l_net_init(s->spec, o->seed, p, NULL);
        for (size_t i = 0; i < parameters && trained; i++)
            p[i] = trained[i];
        for (size_t i = 0; i < n * D; i++)
            x[i] = o->input_scale * images->pixels[i];
        s->parameters = p;
        code = h4l_net_plain(s->spec, p, NULL, n, x, images->labels, &out, err);
    } else
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for %zu images", n);
    free(p);
    free(x);
    return code ? code : s->code;
}

int h4l_multitask_horizon(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                          const float *trained, const struct h4l_multi *images,
                          struct h4l_horizon *ret, struct h4l_err *err)
{
    struct seen s = {.spec = spec,
                     .window = h4l_true_layer_window(&spec->true_hh, h4l_net_pieces(spec), false),
                     .err = err};
    int code;

    h4l_true_layer_currents(&spec->true_hh, s.range);
    s.I = calloc(s.window.pieces, sizeof *s.I);
    s.d_V = calloc(s.window.steps + 1, sizeof *s.d_V);
    code = s.I && s.d_V
               ? run(&s, o, trained, images, err)
               : h4l_fail(err, H4L_E_NOMEM, "no memory for a window of %zu steps", s.window.steps);
    for (size_t i = 0; i < H4L_HORIZON_POINTS && code == H4L_OK; i++) {
        ret->distance_ms[i] = s.window.dt * (double)(s.window.steps * i / LAST);
        ret->gradient[i] = s.sum[i] / (double)s.windows;
    }
    if (code == H4L_OK)
        ret->exponent = s.exponent_windows > 0 ? s.exponents / (double)s.exponent_windows : NAN;
    free(s.I);
    free(s.d_V);
    return code;
}
