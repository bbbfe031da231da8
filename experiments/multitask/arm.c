#include "multitask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    const double *decay = h4l_cell_constant(n, "decay"), *g_na = h4l_cell_constant(n, "g_na"),
                 *g_k = h4l_cell_constant(n, "g_k");

    o->reset = n->cell->uses & H4L_CELL_RESET ? n->reset : -1;
    o->decay = decay ? *decay : NAN;
    o->g_na = g_na ? *g_na : NAN;
    o->g_k = g_k ? *g_k : NAN;
}

static void give_constants(struct h4l_multitask_options *o)
{
    if (o->spec.neuron.cell->uses & H4L_CELL_RESET)
        o->spec.neuron.reset = o->reset;
    h4l_cell_set(&o->spec.neuron, "decay", o->decay);
    h4l_cell_set(&o->spec.neuron, "g_na", o->g_na);
    h4l_cell_set(&o->spec.neuron, "g_k", o->g_k);
    take_constants(o);
}

int h4l_multitask_arm(const struct h4l_run *run, const struct h4l_arm *arm,
                      struct h4l_multitask_options *o, struct h4l_err *err)
{
    const char *topology = arm->any_topology ? o->topology : arm->topology;
    int code = h4l_net_published(arm->network, &o->spec, err);

    if (code == H4L_OK && topology)
        code = join(topology, &o->spec, err);
    if (code)
        return code;
    set_own(arm, &o->spec);
    take_constants(o);
    h4l_run_override(run, o);
    give_constants(o);
    if (arm->input_scale != 0)
        o->training.input_scale = arm->input_scale;
    if (arm->noise >= 0)
        o->training.noise = arm->noise;
    if (arm->noise_kind)
        o->training.noise_kind = (enum h4l_noise_kind)(arm->noise_kind - 1);
    return h4l_net_check(&o->spec, err);
}

// Inputs of one image to the first layer: map [P][H][pixels or 1], before the drive.
static void project(const struct h4l_net_spec *s, const struct h4l_net_layout *at, const double *p,
                    const double *image, double *map)
{
    size_t rows = (size_t)(h4l_cell_inputs(&s->neuron) * s->channels);
    const size_t side = H4L_NET_SIDE;

    for (size_t row = 0; row < rows && !s->conv; row++) {
        map[row] = p[at->layer1_bias + row];
        for (size_t i = 0; i < H4L_NET_PIXELS; i++)
            map[row] += p[at->layer1_weight + row * H4L_NET_PIXELS + i] * image[i];
    }
    for (size_t row = 0; row < rows && s->conv; row++)
        for (size_t i = 0; i < H4L_NET_PIXELS; i++) {
            double *to = map + row * H4L_NET_PIXELS + i;

            *to = p[at->layer1_bias + row];
            for (size_t k = 0; k < 9; k++) {
                size_t y = i / side + k / 3, x = i % side + k % 3;

                if (y >= 1 && x >= 1 && y <= side && x <= side)
                    *to += p[at->layer1_weight + row * 9 + k] * image[(y - 1) * side + x - 1];
            }
        }
}

// Number of (unit, step) inside the surrogate window for one image.
static double count_inside(const struct h4l_net_spec *s, const struct h4l_net_layout *at,
                           const double *p, const double *constants, const double *map)
{
    size_t per = s->conv ? H4L_NET_PIXELS : 1, H = (size_t)s->channels;
    size_t P = (size_t)h4l_cell_inputs(&s->neuron), T = (size_t)s->neuron.window;
    size_t U = (size_t)h4l_cell_units(&s->neuron);
    double inside = 0;

    for (size_t i = 0; i < H * per; i++) {
        double input[H4L_CELL_MAX_INPUTS * H4L_CELL_MAX_WINDOW];
        double v[H4L_CELL_MAX_STATES * H4L_CELL_MAX_WINDOW];
        uint8_t spikes[H4L_CELL_MAX_UNITS * H4L_CELL_MAX_WINDOW];
        double rates[H4L_CELL_RATES] = {0};

        for (size_t k = 0; k < P; k++)
            for (size_t t = 0; t < T; t++)
                input[k * T + t] = map[(k * H + i / per) * per + i % per];
        if (at->n_rates1 > 0)
            h4l_net_rates(s, constants + at->rates1, at->n_rates1, i % at->n_rates1, rates);
        h4l_cell_forward(&s->neuron, rates, p + at->mix, input, v, spikes);
        for (size_t k = 0; k < U * T; k++)
            inside += fabs(v[k] - s->neuron.threshold) < s->neuron.half_width;
    }
    return inside;
}

int h4l_multitask_inside(const struct h4l_net_spec *spec, const struct h4l_training_options *o,
                         const struct h4l_multi *images, size_t n, double *ret, struct h4l_err *err)
{
    struct h4l_net_layout at = h4l_net_layout(spec);
    size_t per = spec->conv ? H4L_NET_PIXELS : 1, H = (size_t)spec->channels;
    double *p = calloc(at.parameters, sizeof *p), *c = calloc(at.constants + 1, sizeof *c);
    double *map = calloc((size_t)h4l_cell_inputs(&spec->neuron) * H * per, sizeof *map), inside = 0;
    double image[H4L_NET_PIXELS];
    int code = H4L_OK;

    if (p && c && map) {
        h4l_net_init(spec, o->seed, p, c);
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < H4L_NET_PIXELS; k++)
                image[k] = o->input_scale * images->pixels[i * H4L_NET_PIXELS + k];
            project(spec, &at, p, image, map);
            inside += count_inside(spec, &at, p, c, map);
        }
        *ret = inside / ((double)n * (double)(H * per) * h4l_cell_units(&spec->neuron) *
                         spec->neuron.window);
    } else {
        code =
            h4l_fail(err, H4L_E_NOMEM, "no memory for the network of %d channels", spec->channels);
    }
    free(p);
    free(c);
    free(map);
    return code;
}
