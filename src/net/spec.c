#include "net/spec.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

const char *const h4l_net_names[] = {"fc-lif",       "fc-4lif",  "fc-hh",     "fc-slif2hh",
                                     "fc-ann",       "conv-lif", "conv-4lif", "conv-hh",
                                     "conv-slif2hh", "conv-ann", NULL};

// Of the training as published; a cell's row may say otherwise.
static const struct {
    int channels;
    double learning_rate, l2;
    int n_milestones, milestones[3];
} training[2] = {{512, 1e-4, 1e-5, 3, {10, 20, 30}}, {10, 3e-3, 3e-4, 2, {20, 30, 0}}};

static struct h4l_net_spec network_of(const struct h4l_cell *cell, bool conv, int width)
{
    enum h4l_cell_experiment experiment = conv ? H4L_CELL_CONV : H4L_CELL_FC;
    const struct h4l_cell_published *p = h4l_cell_source(cell, experiment);
    struct h4l_net_spec s = {.task = h4l_task_published,
                             .conv = conv,
                             .neuron = h4l_cell_published(cell, experiment),
                             .channels = width * training[conv].channels,
                             .projection_scale = p->projection_scale != 0 ? p->projection_scale : 1,
                             .learning_rate = training[conv].learning_rate,
                             .l2 = training[conv].l2,
                             .n_milestones = training[conv].n_milestones};

    memcpy(s.milestones, training[conv].milestones, sizeof s.milestones);
    if (p->learning_rate != 0)
        s.learning_rate = p->learning_rate;
    if (p->l2 != 0)
        s.l2 = p->l2;
    return s;
}

// Never published. Initial projections of +-0.08 spread the currents of images with pixels / 255 over about 1 uA/cm^2.
static struct h4l_net_spec network_of_true(int width)
{
    return (struct h4l_net_spec){.task = h4l_task_published,
                                 .true_hh = h4l_true_layer_default,
                                 .parts = 1,
                                 .channels = width * training[0].channels,
                                 .projection_scale = 2.88,
                                 .learning_rate = 1e-3,
                                 .n_milestones = training[0].n_milestones,
                                 .milestones = {10, 20, 30}};
}

int h4l_net_published(const char *name, struct h4l_net_spec *ret, struct h4l_err *err)
{
    const char *dash = strchr(name, '-'), *model;
    bool conv = strncmp(name, "conv-", 5) == 0, fc = strncmp(name, "fc-", 3) == 0;
    bool wide = dash && dash[1] == '4';
    const struct h4l_cell *cell;
    char names[256];

    model = conv || fc ? dash + 1 + wide : "";
    cell = h4l_cell_find(model);
    if (fc && strcmp(model, "truehh") == 0) {
        *ret = network_of_true(wide ? 4 : 1);
        return H4L_OK;
    }
    if (cell) {
        *ret = network_of(cell, conv, wide ? 4 : 1);
        return H4L_OK;
    }
    h4l_cell_names(names, sizeof names);
    return h4l_fail(
        err, H4L_E_USAGE,
        "there is no network \"%s\"; it is fc- or conv- and one of %s, or fc-truehh, or "
        "4 and one of these: four times as wide",
        name, names);
}

int h4l_net_of_topology(bool conv, const struct h4l_topology *topology, struct h4l_net_spec *ret,
                        struct h4l_err *err)
{
    struct h4l_net_spec spec;
    int code = h4l_topology_check(topology, err);

    if (code == H4L_OK)
        code = h4l_net_published(conv ? "conv-topology" : "fc-topology", &spec, err);
    if (code)
        return code;
    spec.neuron.topology = *topology;
    *ret = spec;
    return H4L_OK;
}

int h4l_net_bottleneck_published(const char *model, struct h4l_net_spec *ret, struct h4l_err *err)
{
    const char *name = model + (model[0] == '4');
    const struct h4l_cell *cell = h4l_cell_find(name);
    char names[256];

    if (!cell) {
        h4l_cell_names(names, sizeof names);
        return h4l_fail(
            err, H4L_E_USAGE,
            "there is no learning neuron \"%s\"; it is one of %s, or 4 and one of these: "
            "four times as wide",
            model, names);
    }
    *ret = network_of(cell, false, name > model ? 4 : 1);
    ret->neuron = h4l_cell_published(cell, H4L_CELL_MI);
    ret->task.hidden = 512;
    ret->bottleneck = (struct h4l_net_bottleneck){.on = true, .shift = -5};
    ret->projection_scale = 1;
    ret->xavier = h4l_cell_source(cell, H4L_CELL_MI)->xavier;
    ret->learning_rate = 1e-4;
    ret->l2 = 0;
    ret->n_milestones = 0;
    ret->beta1 = 0.5;
    ret->decay = 0.97;
    ret->decay_epochs = 2;
    ret->average = 0.999;
    return H4L_OK;
}

size_t h4l_net_inputs(const struct h4l_net_spec *spec)
{
    return spec->neuron.cell ? (size_t)h4l_cell_inputs(&spec->neuron) : 1;
}

size_t h4l_net_trains(const struct h4l_net_spec *spec)
{
    return spec->neuron.cell ? (size_t)h4l_cell_trains(&spec->neuron) : 1;
}

size_t h4l_net_mixing(const struct h4l_net_spec *spec)
{
    return spec->neuron.cell ? (size_t)h4l_cell_mixing(&spec->neuron) : 0;
}

size_t h4l_net_parts(const struct h4l_net_spec *spec)
{
    return spec->neuron.cell ? (size_t)spec->neuron.window : spec->parts;
}

size_t h4l_net_pieces(const struct h4l_net_spec *spec)
{
    return spec->task.shows == H4L_TASK_SHOWS_ROWS ? h4l_net_parts(spec) : 1;
}

static int check_neuron(const struct h4l_net_spec *spec, struct h4l_err *err)
{
    if (spec->neuron.cell)
        return h4l_cell_check(&spec->neuron, err);
    if (spec->conv)
        return h4l_fail(err, H4L_E_RANGE, "cell is not given; a convolutional network needs one");
    if (spec->parts < 1)
        return h4l_fail(err, H4L_E_RANGE, "parts is 0; a window has at least one");
    return h4l_true_layer_check(&spec->true_hh, spec->parts, err);
}

static int check_shown(const struct h4l_net_spec *spec, struct h4l_err *err)
{
    size_t side = spec->task.side, parts = h4l_net_parts(spec);

    if (spec->conv && side % 4 != 0)
        return h4l_fail(err, H4L_E_RANGE,
                        "side is %zu; it must be a multiple of 4 in a convolutional network", side);
    if (spec->task.shows != H4L_TASK_SHOWS_IMAGE && (spec->conv || side % parts != 0))
        return h4l_fail(err, H4L_E_RANGE,
                        "window is %zu; where a step shows rows the network is fully connected, "
                        "and its window divides the side, %zu",
                        parts, side);
    if (spec->conv && spec->cut)
        return h4l_fail(err, H4L_E_RANGE,
                        "cut is on; only a fully connected network has a gradient of one step");
    return H4L_OK;
}

static int check_bottleneck(const struct h4l_net_spec *spec, struct h4l_err *err)
{
    const struct h4l_net_bottleneck *b = &spec->bottleneck;

    if (!b->on)
        return H4L_OK;
    if (spec->conv)
        return h4l_fail(err, H4L_E_RANGE,
                        "bottleneck is on; only a fully connected network has one");
    if (spec->task.hidden % 2 != 0)
        return h4l_fail(err, H4L_E_RANGE,
                        "hidden is %zu; before a bottleneck it is even, as it holds means and "
                        "standard deviations",
                        spec->task.hidden);
    if (!isfinite(b->shift))
        return h4l_fail(err, H4L_E_RANGE, "shift is %g; it must be a finite number", b->shift);
    if (!(b->beta >= 0 && isfinite(b->beta)))
        return h4l_fail(err, H4L_E_RANGE, "beta is %g; it must be a number from 0 on", b->beta);
    return H4L_OK;
}

static int check_training(const struct h4l_net_spec *spec, struct h4l_err *err)
{
    if (!(spec->learning_rate >= 0 && isfinite(spec->learning_rate)))
        return h4l_fail(err, H4L_E_RANGE, "learning_rate is %g; it must be a number from 0 on",
                        spec->learning_rate);
    if (!(spec->l2 >= 0 && isfinite(spec->l2)))
        return h4l_fail(err, H4L_E_RANGE, "l2 is %g; it must be a number from 0 on", spec->l2);
    if (spec->n_milestones < 0 || spec->n_milestones > 3)
        return h4l_fail(err, H4L_E_RANGE, "n_milestones is %d; it must be 0 to 3",
                        spec->n_milestones);
    if (!(spec->beta1 >= 0 && spec->beta1 < 1))
        return h4l_fail(err, H4L_E_RANGE, "beta1 is %g; it must be 0 to below 1", spec->beta1);
    if (spec->decay_epochs < 0 ||
        (spec->decay_epochs > 0 && !(spec->decay > 0 && spec->decay <= 1)))
        return h4l_fail(err, H4L_E_RANGE,
                        "decay is %g after every %d epochs; it must be above 0 to 1, after 0 or "
                        "more",
                        spec->decay, spec->decay_epochs);
    if (!(spec->average >= 0 && spec->average < 1))
        return h4l_fail(err, H4L_E_RANGE, "average is %g; it must be 0 to below 1", spec->average);
    return H4L_OK;
}

int h4l_net_check(const struct h4l_net_spec *spec, struct h4l_err *err)
{
    int most = spec->conv ? 64 : 16384, code = check_neuron(spec, err);

    if (code == H4L_OK)
        code = h4l_task_check(&spec->task, err);
    if (code == H4L_OK)
        code = check_shown(spec, err);
    if (code == H4L_OK)
        code = check_bottleneck(spec, err);
    if (code)
        return code;
    if (spec->channels < 1 || spec->channels > most)
        return h4l_fail(err, H4L_E_RANGE, "channels is %d; it must be 1 to %d", spec->channels,
                        most);
    if (!isfinite(spec->projection_scale))
        return h4l_fail(err, H4L_E_RANGE, "projection_scale is %g; it must be a finite number",
                        spec->projection_scale);
    return check_training(spec, err);
}

// Gives out the next n places.
static size_t take(size_t *next, size_t n)
{
    size_t at = *next;

    *next += n;
    return at;
}

struct h4l_net_layout h4l_net_layout(const struct h4l_net_spec *spec)
{
    size_t H = (size_t)spec->channels, P = h4l_net_inputs(spec);
    size_t R = spec->readout == H4L_NET_READ_LAST ? 1 : h4l_net_trains(spec);
    size_t rates = spec->neuron.cell ? (size_t)spec->neuron.cell->rates : 0,
           T = h4l_net_parts(spec);
    size_t side = spec->task.side, E = spec->task.hidden, O = h4l_task_outputs(&spec->task);
    size_t p = 0, c = 0;
    struct h4l_net_layout l = {0};

    l.width = R * H * (spec->conv ? side / 4 * (side / 4) : 1);
    l.layer1_weight = take(&p, P * H * (spec->conv ? 9 : h4l_task_step_pixels(&spec->task, T)));
    l.layer1_bias = take(&p, P * H);
    l.layer2_weight = take(&p, spec->conv ? P * H * H * 9 : 0);
    l.layer2_bias = take(&p, spec->conv ? P * H : 0);
    l.mixing = h4l_net_mixing(spec);
    l.mix = take(&p, l.mixing);
    l.n_own = !spec->neuron.cell && spec->true_hh.own ? H4L_TRUE_HH_OWN * H : 0;
    l.own = take(&p, l.n_own);
    l.readout_weight = take(&p, E * l.width);
    l.readout_bias = take(&p, E);
    l.seen = spec->bottleneck.on ? E / 2 : E;
    l.head_weight = take(&p, O * l.seen);
    l.head_bias = take(&p, O);
    l.parameters = p;
    l.n_rates1 = rates == 0 ? 0 : spec->conv ? side : H;
    l.n_rates2 = rates > 0 && spec->conv ? side / 2 : 0;
    l.rates1 = take(&c, rates * l.n_rates1);
    l.rates2 = take(&c, rates * l.n_rates2);
    l.constants = c;
    return l;
}

static void draw(uint64_t seed, const char *purpose, uint64_t index, double lo, double hi, size_t n,
                 double *ret)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, seed, purpose, index);
    for (size_t i = 0; i < n; i++)
        ret[i] = h4l_rng_between(&rng, lo, hi);
}

// One linear or conv tensor with its bias, PyTorch's default.
static void draw_linear(uint64_t seed, const char *purpose, uint64_t index, size_t fan_in,
                        size_t fan_out, double *ret_weight, double *ret_bias)
{
    double bound = 1 / sqrt((double)fan_in);

    draw(seed, purpose, 2 * index, -bound, bound, fan_in * fan_out, ret_weight);
    draw(seed, purpose, 2 * index + 1, -bound, bound, fan_out, ret_bias);
}

// A projection and its bias, Xavier's uniform start with zero biases.
static void draw_xavier(uint64_t seed, size_t projection, size_t fan_in, size_t fan_out,
                        double *ret_weight, double *ret_bias)
{
    double bound = sqrt(6 / (double)(fan_in + fan_out));

    draw(seed, "net layer 1", 2 * projection, -bound, bound, fan_in * fan_out, ret_weight);
    for (size_t i = 0; i < fan_out; i++)
        ret_bias[i] = 0;
}

// The mixing weights, unit by unit: those of its arrows, then its constant.
static void draw_mixing(const struct h4l_net_spec *spec, uint64_t seed, double *ret)
{
    const struct h4l_cell_constants *k = &spec->neuron;
    uint64_t mixers = 0;

    for (int u = 0; u < h4l_cell_units(k); u++) {
        size_t arrows = (size_t)h4l_cell_arrows(k, u);

        if (arrows == 0)
            continue;
        draw_linear(seed, "net mix", mixers++, arrows, 1, ret, ret + arrows);
        for (size_t i = 0; i < arrows && !spec->conv && !spec->bottleneck.on; i++)
            ret[i] = fabs(ret[i]);
        ret += arrows + 1;
    }
}

static void draw_parameters(const struct h4l_net_spec *spec, uint64_t seed, double *p)
{
    struct h4l_net_layout l = h4l_net_layout(spec);
    size_t H = (size_t)spec->channels, P = h4l_net_inputs(spec);
    size_t fan1 = spec->conv ? 9 : h4l_task_step_pixels(&spec->task, h4l_net_parts(spec));
    size_t E = spec->task.hidden, K = spec->task.classes, seen = l.seen;

    for (size_t u = 0; u < P; u++) {
        double *w1 = p + l.layer1_weight + u * H * fan1;

        if (spec->xavier)
            draw_xavier(seed, u, fan1, H, w1, p + l.layer1_bias + u * H);
        else
            draw_linear(seed, "net layer 1", u, fan1, H, w1, p + l.layer1_bias + u * H);
        for (size_t i = 0; i < H * fan1 && !spec->conv; i++)
            w1[i] *= spec->projection_scale;
        if (spec->conv)
            draw_linear(seed, "net layer 2", u, 9 * H, H, p + l.layer2_weight + u * H * H * 9,
                        p + l.layer2_bias + u * H);
    }
    if (l.mixing > 0)
        draw_mixing(spec, seed, p + l.mix);
    for (size_t i = 0; i < l.n_own; i++)
        p[l.own + i] = 0;
    draw_linear(seed, "net readout", 0, l.width, E, p + l.readout_weight, p + l.readout_bias);
    for (size_t k = 0; k < spec->task.tasks; k++)
        draw_linear(seed, "net head", k, seen, K, p + l.head_weight + k * K * seen,
                    p + l.head_bias + k * K);
}

void h4l_net_init(const struct h4l_net_spec *spec, uint64_t seed, double *ret_parameters,
                  double *ret_constants)
{
    if (ret_parameters)
        draw_parameters(spec, seed, ret_parameters);
    if (ret_constants)
        draw(seed, "net rates", 0, 0, 0.01, h4l_net_layout(spec).constants, ret_constants);
}

void h4l_net_true_own(const struct h4l_net_spec *spec, const double *parameters, size_t i,
                      double ret_own[H4L_TRUE_HH_OWN], double ret_slope[H4L_TRUE_HH_OWN])
{
    size_t H = (size_t)spec->channels, at = h4l_net_layout(spec).own;
    double c[H4L_TRUE_HH_OWN];

    if (!spec->true_hh.own) {
        h4l_true_layer_own(&spec->true_hh, ret_own);
        return;
    }
    for (size_t k = 0; k < H4L_TRUE_HH_OWN; k++)
        c[k] = parameters[at + k * H + i];
    h4l_true_layer_trained(&spec->true_hh, c, ret_own, ret_slope);
}

void h4l_net_rates(const struct h4l_net_spec *spec, const double *rates, size_t n, size_t i,
                   double ret[H4L_CELL_RATES])
{
    for (int k = 0; k < spec->neuron.cell->rates; k++)
        ret[k] = rates[(size_t)k * n + i];
}
