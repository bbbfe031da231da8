// A look inside networks of true HH neurons, in double precision: which channels carry the charge, and what the neurons send.
#include <math.h>
#include <stdlib.h>

#include "analysis/statistics.h"
#include "multitask.h"
#include "net/plain.h"

enum { OWN = H4L_TRUE_HH_OWN };

struct seen {
    const struct h4l_net_spec *spec;
    const double *parameters;
    struct h4l_true_hh window;
    double range[2];
    double charge[3], crossings;
    double *least, *most; // [neurons], of the rate over the images
    double *I, *states;   // of one window
    struct h4l_err *err;
    int code;
};

static double crossings(const struct h4l_true_hh *w, const double *states)
{
    size_t n = 0;

    for (size_t k = 1; k <= w->steps; k++)
        n += states[k * H4L_HH_DIM] > w->theta && states[(k - 1) * H4L_HH_DIM] <= w->theta;
    return (double)n;
}

static void look(void *ctx, const struct h4l_net_plain_layer *layer)
{
    struct seen *s = ctx;
    const struct h4l_true_layer *l = &s->spec->true_hh;
    size_t T = h4l_net_parts(s->spec);

    for (size_t i = 0; i < layer->neurons && s->code == H4L_OK; i++) {
        double rate, charge[3], own[OWN];
        struct h4l_true_hh_result ret = {.rate = &rate, .charge = charge, .states = s->states};

        for (size_t p = 0; p < s->window.pieces; p++)
            s->I[p] =
                fmin(fmax(l->drive + l->gain * layer->input[i * T + p], s->range[0]), s->range[1]);
        h4l_net_true_own(s->spec, s->parameters, i, own, NULL);
        s->code = h4l_true_hh_run(&s->window, own, s->I, &ret, s->err);
        for (int c = 0; c < 3; c++)
            s->charge[c] += charge[c];
        s->crossings += crossings(&s->window, s->states);
        s->least[i] = fmin(s->least[i], rate);
        s->most[i] = fmax(s->most[i], rate);
    }
}

static void sum_up(const struct seen *s, size_t images, struct h4l_membranes *ret)
{
    const double nothing = 1e-3; // of the smooth readout, or crossings per ms
    double all = s->charge[0] + s->charge[1] + s->charge[2];
    size_t H = (size_t)s->spec->channels, silent = 0, constant = 0;

    for (size_t i = 0; i < H; i++) {
        silent += s->most[i] < nothing;
        constant += s->most[i] - s->least[i] < nothing;
    }
    *ret = (struct h4l_membranes){.sodium = s->charge[0] / all,
                                  .potassium = s->charge[1] / all,
                                  .leak = s->charge[2] / all,
                                  .spikes = s->crossings / (double)(H * images),
                                  .silent = (double)silent / (double)H,
                                  .constant = (double)constant / (double)H};
}

// The neurons' constants in parts of those that they begin at.
static int sum_own(const struct h4l_net_spec *spec, const double *parameters,
                   struct h4l_membranes *ret, struct h4l_err *err)
{
    size_t H = (size_t)spec->channels;
    double *all = calloc(OWN * H, sizeof *all), own[OWN], first[OWN];

    if (!all)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the constants of %zu neurons", H);
    h4l_true_layer_own(&spec->true_hh, first);
    for (size_t i = 0; i < H; i++) {
        h4l_net_true_own(spec, parameters, i, own, NULL);
        for (size_t k = 0; k < OWN; k++)
            all[k * H + i] = first[k] > 0 ? own[k] / first[k] : NAN;
    }
    for (size_t k = 0; k < OWN; k++) {
        ret->own[k] = h4l_mean(all + k * H, H);
        ret->own_sd[k] = h4l_sd(all + k * H, H);
    }
    free(all);
    return H4L_OK;
}

static int run(struct seen *s, const struct h4l_training_options *o, const struct h4l_multi *images,
               size_t n, struct h4l_err *err)
{
    size_t D = h4l_task_pixels(&s->spec->task);
    struct h4l_net_plain_out out = {.watch = look, .watch_ctx = s};
    double *x = calloc(n * D, sizeof *x);
    int code;

    if (!x)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu images", n);
    for (size_t i = 0; i < n * D; i++)
        x[i] = o->input_scale * images->pixels[i];
    code = h4l_net_plain(s->spec, s->parameters, NULL, n, x, images->labels, &out, err);
    free(x);
    return code ? code : s->code;
}

int h4l_multitask_membranes(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                            const float *trained, const struct h4l_multi *images,
                            struct h4l_membranes *ret, struct h4l_err *err)
{
    enum { IMAGES = 8 };
    size_t H = (size_t)spec->channels, n = images->n < IMAGES ? images->n : IMAGES;
    size_t parameters = h4l_net_layout(spec).parameters;
    struct seen s = {.spec = spec,
                     .window = h4l_true_layer_window(&spec->true_hh, h4l_net_pieces(spec), false),
                     .err = err};
    double *p = calloc(parameters, sizeof *p);
    int code;

    s.parameters = p;
    h4l_true_layer_currents(&spec->true_hh, s.range);
    s.least = calloc(H, sizeof *s.least);
    s.most = calloc(H, sizeof *s.most);
    s.I = calloc(s.window.pieces, sizeof *s.I);
    s.states = calloc((s.window.steps + 1) * H4L_HH_DIM, sizeof *s.states);
    if (p && s.least && s.most && s.I && s.states) {
        h4l_net_init(spec, o->seed, p, NULL);
        for (size_t i = 0; i < parameters && trained; i++)
            p[i] = trained[i];
        for (size_t i = 0; i < H; i++) {
            s.least[i] = INFINITY;
            s.most[i] = -INFINITY;
        }
        code = run(&s, o, images, n, err);
    } else
        code = h4l_fail(err, H4L_E_NOMEM, "no memory to look into %zu neurons", H);
    if (code == H4L_OK) {
        sum_up(&s, n, ret);
        if (spec->true_hh.own)
            code = sum_own(spec, p, ret, err);
    }
    free(p);
    free(s.least);
    free(s.most);
    free(s.I);
    free(s.states);
    return code;
}
