#include "multitask.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/plain.h"

// Replaces the sub-networks of an s-LIF2HH network.
static int join(const char *text, struct h4l_net_spec *spec, struct h4l_err *err)
{
    struct h4l_topology topology;
    int code = h4l_topology_parse(text, &topology, err);

    return code ? h4l_fail_context(err, code, "topology \"%s\"", text)
                : h4l_net_of_topology(spec->conv, &topology, spec, err);
}

// What the arm has of its own and --set may change.
static void set_own(const struct h4l_arm *arm, struct h4l_net_spec *s)
{
    struct h4l_cell_constants *n = &s->neuron;

    if (arm->projection_scale != 0)
        s->projection_scale = arm->projection_scale;
    if (arm->channels != 0)
        s->channels = arm->channels;
    if (arm->last_unit)
        s->readout = H4L_NET_READ_LAST;
    if (arm->noise >= 0) { // the noise runs are published with these, the convolutional ones too
        s->n_milestones = 3;
        memcpy(s->milestones, (const int[]){10, 20, 30}, sizeof s->milestones);
    }
    if (!n->cell)
        return;
    if (arm->window)
        n->window = arm->window;
    if (arm->reset != H4L_AS_PUBLISHED)
        n->reset = arm->reset == H4L_ON;
    n->drive = arm->drive;
    if (arm->decay != 0)
        n->decay = arm->decay;
    if (arm->no_channels) {
        h4l_cell_set(n, "g_na", 0);
        h4l_cell_set(n, "g_k", 0);
    }
    if (arm->no_leak_drive)
        h4l_cell_set(n, "e_l", 0);
}

// Constants that not every cell has: out of the cell, and back into one that has them. NaN and -1: the cell has none.
static void take_constants(struct h4l_multitask_options *o)
{
    struct h4l_cell_constants *n = &o->spec.neuron;
    const double *decay, *g_na, *g_k;

    if (!n->cell)
        return;
    decay = h4l_cell_constant(n, "decay");
    g_na = h4l_cell_constant(n, "g_na");
    g_k = h4l_cell_constant(n, "g_k");
    o->reset = n->cell->uses & H4L_CELL_RESET ? n->reset : -1;
    o->decay = decay ? *decay : NAN;
    o->g_na = g_na ? *g_na : NAN;
    o->g_k = g_k ? *g_k : NAN;
}

static void give_constants(struct h4l_multitask_options *o)
{
    if (!o->spec.neuron.cell)
        return;
    if (o->spec.neuron.cell->uses & H4L_CELL_RESET)
        o->spec.neuron.reset = o->reset;
    h4l_cell_set(&o->spec.neuron, "decay", o->decay);
    h4l_cell_set(&o->spec.neuron, "g_na", o->g_na);
    h4l_cell_set(&o->spec.neuron, "g_k", o->g_k);
    take_constants(o);
}

// The task of a network, before --set: a row of an image in every step, or in every part of a window of as many ms.
static void show(enum h4l_shown shown, struct h4l_net_spec *spec)
{
    if (shown == H4L_SHOWN_IMAGES)
        return;
    spec->task.shows = H4L_TASK_SHOWS_ROWS;
    spec->task.tasks = shown == H4L_SHOWN_TIMING ? 1 : 2;
    spec->neuron.window = H4L_MULTI_SIDE;
    spec->parts = H4L_MULTI_SIDE;
    spec->true_hh.window_ms = H4L_MULTI_SIDE;
}

// And its probe.
static void probe(const struct h4l_multitask_options *o, struct h4l_net_spec *spec)
{
    spec->cut = o->probe == H4L_PROBE_CUT;
    if (o->probe == H4L_PROBE_MEAN && spec->task.shows == H4L_TASK_SHOWS_ROWS)
        spec->task.shows = H4L_TASK_SHOWS_MEAN;
}

int h4l_multitask_arm(const struct h4l_run *run, const struct h4l_arm *arm, enum h4l_shown shown,
                      struct h4l_multitask_options *o, struct h4l_err *err)
{
    const char *topology = arm->any_topology ? o->topology : arm->topology;
    int code;

    snprintf(o->network, sizeof o->network, arm->any_neuron ? "%s-%s" : "%s", arm->network,
             o->neuron);
    code = h4l_net_published(o->network, &o->spec, err);
    if (code == H4L_OK && topology)
        code = join(topology, &o->spec, err);
    if (code)
        return code;
    show(shown, &o->spec);
    set_own(arm, &o->spec);
    take_constants(o);
    h4l_run_override(run, o);
    give_constants(o);
    probe(o, &o->spec);
    code = h4l_cell_set_asked(&o->spec.neuron, run, err);
    if (code)
        return code;
    if (arm->input_scale != 0)
        o->training.input_scale = arm->input_scale;
    if (arm->noise >= 0)
        o->training.noise = arm->noise;
    if (arm->noise_kind)
        o->training.noise_kind = (enum h4l_noise_kind)(arm->noise_kind - 1);
    return h4l_net_check(&o->spec, err);
}

// Counts the (unit, step) of the first layer that lie inside the surrogate window.
struct inside {
    const struct h4l_cell_constants *k;
    double count;
};

static void count_inside(void *ctx, const struct h4l_net_plain_layer *layer)
{
    struct inside *to = ctx;
    size_t T = (size_t)to->k->window, all = T * (size_t)h4l_cell_states(to->k);
    size_t potentials = T * (size_t)h4l_cell_units(to->k);

    for (size_t i = 0; i < layer->neurons; i++)
        for (size_t j = 0; j < potentials; j++)
            to->count += fabs(layer->v[i * all + j] - to->k->threshold) < to->k->half_width;
}

int h4l_multitask_inside(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                         const struct h4l_multi *images, size_t n, double *ret, struct h4l_err *err)
{
    struct h4l_net_layout at = h4l_net_layout(spec);
    double *p = calloc(at.parameters, sizeof *p), *c = calloc(at.constants + 1, sizeof *c);
    size_t D = h4l_task_pixels(&spec->task),
           neurons = (size_t)spec->channels * (spec->conv ? D : 1);
    double *image = calloc(D, sizeof *image);
    struct inside inside = {.k = &spec->neuron};
    struct h4l_net_plain_out out = {
        .watch = count_inside, .watch_ctx = &inside, .first_only = true};
    int code = H4L_OK;

    if (p && c && image)
        h4l_net_init(spec, o->seed, p, c);
    else
        code =
            h4l_fail(err, H4L_E_NOMEM, "no memory for the network of %d channels", spec->channels);
    for (size_t i = 0; i < n && code == H4L_OK; i++) {
        for (size_t k = 0; k < D; k++)
            image[k] = o->input_scale * images->pixels[i * D + k];
        code =
            h4l_net_plain(spec, p, c, 1, image, images->labels + i * spec->task.tasks, &out, err);
    }
    if (code == H4L_OK)
        *ret = inside.count /
               ((double)n * (double)neurons * h4l_cell_units(&spec->neuron) * spec->neuron.window);
    free(p);
    free(c);
    free(image);
    return code;
}
