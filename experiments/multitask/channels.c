// A look inside a trained network, in double precision: what the HH channels do (A1), and how many values a neuron's output takes.
#include "multitask.h"

#include <math.h>
#include <stdlib.h>

#include "cell/hh.h"
#include "net/plain.h"

#define TRACE(name) H4L_TRACE_KEYS + H4L_TRACE_##name
const struct h4l_column h4l_trace_columns[H4L_TRACE_KEYS + H4L_TRACES] = {
    {"layer", "1", "layer, from 1"},
    {"step", "1", "step of the window, from 0"},
    [TRACE(N_MEAN)] = {"n_mean", "1", "gate n: mean over the neurons"},
    [TRACE(N_MAX)] = {"n_max", "1", "its largest"},
    [TRACE(M_MEAN)] = {"m_mean", "1", "gate m: mean over the neurons"},
    [TRACE(M_MAX)] = {"m_max", "1", "its largest"},
    [TRACE(H_MEAN)] = {"h_mean", "1", "gate h: mean over the neurons"},
    [TRACE(H_MAX)] = {"h_max", "1", "its largest"},
    [TRACE(G_NA_MAX)] = {"g_na_max", "mS/cm^2", "largest sodium conductance"},
    [TRACE(G_K_MAX)] = {"g_k_max", "mS/cm^2", "largest potassium conductance"},
    [TRACE(I_NA_MEAN)] = {"i_na_mean", "uA/cm^2",
                          "size of the sodium current: mean over neurons and images"},
    [TRACE(I_NA_MAX)] = {"i_na_max", "uA/cm^2", "its largest"},
    [TRACE(I_K_MEAN)] = {"i_k_mean", "uA/cm^2",
                         "size of the potassium current: mean over neurons and images"},
    [TRACE(I_K_MAX)] = {"i_k_max", "uA/cm^2", "its largest"},
    [TRACE(I_LEAK_MEAN)] = {"i_leak_mean", "uA/cm^2",
                            "size of the leak current: mean over neurons and images"},
    [TRACE(I_LEAK_MAX)] = {"i_leak_max", "uA/cm^2", "its largest"},
    [TRACE(INPUT_MEAN)] = {"input_mean", "uA/cm^2",
                           "size of the input: mean over neurons and images"},
    [TRACE(INPUT_MAX)] = {"input_max", "uA/cm^2", "its largest"},
};

// A trained network in double precision and some test images for it.
struct replay {
    struct h4l_net_layout at;
    double *parameters, *constants, *images;
    const uint8_t *labels;
    size_t n;
};

static void replay_free(struct replay *r)
{
    free(r->parameters);
    free(r->constants);
    free(r->images);
}

// The caller frees *ret, also after an error.
static int replay_of(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                     const float *parameters, const struct h4l_multi *images, size_t n,
                     struct replay *ret, struct h4l_err *err)
{
    struct replay r = {.at = h4l_net_layout(spec), .labels = images->labels};
    double *p, *c, *x;

    r.n = images->n < n ? images->n : n;
    r.parameters = p = calloc(r.at.parameters, sizeof *p);
    r.constants = c = calloc(r.at.constants + 1, sizeof *c);
    r.images = x = calloc(r.n * h4l_task_pixels(&spec->task), sizeof *x);
    *ret = r;
    if (!p || !c || !x)
        return h4l_fail(err, H4L_E_NOMEM, "no memory to replay a network of %d channels",
                        spec->channels);
    h4l_net_init(spec, o->seed, NULL, c);
    for (size_t i = 0; i < r.at.parameters; i++)
        p[i] = (double)parameters[i];
    for (size_t i = 0; i < r.n * h4l_task_pixels(&spec->task); i++)
        x[i] = o->input_scale * images->pixels[i];
    return H4L_OK;
}

// ---- channels ----

struct watch {
    const struct h4l_net_spec *spec;
    const struct replay *r;
    struct h4l_channel_traces *to;
    size_t seen[2]; // neurons x images of each layer
};

// What depends on the rates alone: gating variables and conductances of a layer, into traces that are 0.
static void gates(const struct h4l_net_spec *spec, const struct h4l_net_layout *at,
                  const double *constants, int layer, double (*to)[H4L_TRACES])
{
    const double *rates = constants + (layer == 0 ? at->rates1 : at->rates2);
    size_t n_rates = layer == 0 ? at->n_rates1 : at->n_rates2;
    const struct h4l_cell_constants *neuron = &spec->neuron;

    for (size_t i = 0; i < n_rates; i++) {
        double r[H4L_CELL_RATES];
        double na[H4L_CELL_MAX_WINDOW], k[H4L_CELL_MAX_WINDOW];
        double gate[3][H4L_CELL_MAX_WINDOW];

        h4l_net_rates(spec, rates, n_rates, i, r);
        h4l_cell_hh_channels(neuron, r, na, k);
        h4l_cell_hh_gates(neuron, r, gate[0], gate[1], gate[2]);
        for (int t = 0; t < neuron->window; t++) {
            for (int g = 0; g < 3; g++) {
                double *mean = &to[t][H4L_TRACE_N_MEAN + 2 * g], *max = mean + 1;

                *mean += gate[g][t] / (double)n_rates;
                *max = fmax(*max, gate[g][t]);
            }
            to[t][H4L_TRACE_G_NA_MAX] = fmax(to[t][H4L_TRACE_G_NA_MAX], na[t]);
            to[t][H4L_TRACE_G_K_MAX] = fmax(to[t][H4L_TRACE_G_K_MAX], k[t]);
        }
    }
}

static void currents(void *ctx, const struct h4l_net_plain_layer *l)
{
    struct watch *w = ctx;
    const struct h4l_cell_constants *n = &w->spec->neuron;
    const double *rates = w->r->constants + (l->layer == 0 ? w->r->at.rates1 : w->r->at.rates2);
    size_t n_rates = l->layer == 0 ? w->r->at.n_rates1 : w->r->at.n_rates2;
    size_t T = (size_t)n->window;

    for (size_t i = 0; i < l->neurons; i++) {
        double r[H4L_CELL_RATES];
        double na[H4L_CELL_MAX_WINDOW], k[H4L_CELL_MAX_WINDOW], v = 0;

        h4l_net_rates(w->spec, rates, n_rates, i % n_rates, r);
        h4l_cell_hh_channels(n, r, na, k);
        for (size_t t = 0; t < T; t++) {
            const double size[] = {fabs(na[t] * (v - n->own[H4L_CELL_HH_E_NA])),
                                   fabs(k[t] * (v - n->own[H4L_CELL_HH_E_K])),
                                   fabs(n->own[H4L_CELL_HH_G_L] * (v - n->own[H4L_CELL_HH_E_L])),
                                   fabs(l->input[i * T + t])};
            double *to = w->to->at[l->layer][t] + H4L_TRACE_I_NA_MEAN;

            for (size_t c = 0; c < 4; c++) {
                to[2 * c] += size[c];
                to[2 * c + 1] = fmax(to[2 * c + 1], size[c]);
            }
            v = l->v[i * T + t];
        }
    }
    w->seen[l->layer] += l->neurons;
}

int h4l_multitask_traces(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                         const float *parameters, const struct h4l_multi *images,
                         struct h4l_channel_traces *ret, struct h4l_err *err)
{
    enum { IMAGES = 16 };
    struct replay r;
    struct watch w = {spec, &r, ret, {0, 0}};
    struct h4l_net_plain_out out = {.watch = currents, .watch_ctx = &w};
    int code = replay_of(spec, o, parameters, images, IMAGES, &r, err);

    *ret = (struct h4l_channel_traces){.layers = spec->conv ? 2 : 1, .steps = spec->neuron.window};
    if (code == H4L_OK)
        code = h4l_net_plain(spec, r.parameters, r.constants, r.n, r.images, r.labels, &out, err);
    for (int layer = 0; layer < ret->layers && code == H4L_OK; layer++) {
        gates(spec, &r.at, r.constants, layer, ret->at[layer]);
        for (int t = 0; t < ret->steps; t++)
            for (int c = H4L_TRACE_I_NA_MEAN; c < H4L_TRACES; c += 2)
                ret->at[layer][t][c] /= (double)w.seen[layer];
    }
    replay_free(&r);
    return code;
}

int h4l_multitask_peaks(const struct h4l_net_spec *spec, uint64_t seed, double ret_na[2],
                        double ret_k[2], struct h4l_err *err)
{
    struct h4l_net_layout at = h4l_net_layout(spec);
    double *c = calloc(at.constants + 1, sizeof *c);
    int code = H4L_OK;

    if (c)
        h4l_net_init(spec, seed, NULL, c);
    else
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the network's rates");
    for (int layer = 0; layer < 2 && code == H4L_OK; layer++) {
        double traces[H4L_CELL_MAX_WINDOW][H4L_TRACES] = {{0}};

        gates(spec, &at, c, layer, traces);
        ret_na[layer] = ret_k[layer] = 0;
        for (int t = 0; t < spec->neuron.window; t++) {
            ret_na[layer] = fmax(ret_na[layer], traces[t][H4L_TRACE_G_NA_MAX]);
            ret_k[layer] = fmax(ret_k[layer], traces[t][H4L_TRACE_G_K_MAX]);
        }
    }
    free(c);
    return code;
}

// ---- output levels ----

int h4l_multitask_levels(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                         const float *parameters, const struct h4l_multi *images, double *ret,
                         struct h4l_err *err)
{
    enum { IMAGES = 100 };
    struct replay r;
    struct h4l_net_plain_out out = {0};
    size_t width = h4l_net_layout(spec).width, levels = 0;
    int code = replay_of(spec, o, parameters, images, IMAGES, &r, err);

    out.rates = calloc(r.n * width + 1, sizeof(double));
    if (code == H4L_OK && !out.rates)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the rates of %zu images", r.n);
    if (code == H4L_OK)
        code = h4l_net_plain(spec, r.parameters, r.constants, r.n, r.images, r.labels, &out, err);
    for (size_t i = 0; i < width && code == H4L_OK; i++) {
        bool met[H4L_CELL_MAX_WINDOW + 1] = {false};

        for (size_t b = 0; b < r.n; b++)
            met[lround(out.rates[b * width + i] * spec->neuron.window)] = true;
        for (int k = 0; k <= spec->neuron.window; k++)
            levels += met[k];
    }
    if (code == H4L_OK)
        *ret = (double)levels / (double)width;
    free(out.rates);
    replay_free(&r);
    return code;
}
