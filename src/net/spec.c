#include "net/spec.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

const char *const h4l_net_names[] = {"fc-lif",       "fc-4lif",  "fc-hh",     "fc-slif2hh",
                                     "fc-ann",       "conv-lif", "conv-4lif", "conv-hh",
                                     "conv-slif2hh", "conv-ann", NULL};

int h4l_net_published(const char *name, struct h4l_net_spec *ret, struct h4l_err *err)
{
    static const struct {
        const char *name;
        enum h4l_learning_kind kind;
        int fc, conv;
    } models[] = {{"lif", H4L_LEARNING_LIF, 512, 10},
                  {"4lif", H4L_LEARNING_LIF, 2048, 40},
                  {"hh", H4L_LEARNING_HH, 512, 10},
                  {"slif2hh", H4L_LEARNING_SLIF, 512, 10},
                  {"ann", H4L_LEARNING_BINARY, 512, 10}};
    const char *dash = strchr(name, '-');
    bool conv = strncmp(name, "conv-", 5) == 0;

    for (size_t i = 0; dash && i < sizeof models / sizeof *models; i++) {
        bool ann = models[i].kind == H4L_LEARNING_BINARY;

        if (strcmp(dash + 1, models[i].name) != 0 || (!conv && strncmp(name, "fc-", 3) != 0))
            continue;
        *ret = (struct h4l_net_spec){
            .conv = conv,
            .neuron =
                h4l_learning_published(models[i].kind, conv ? H4L_LEARNING_CONV : H4L_LEARNING_FC),
            .channels = conv ? models[i].conv : models[i].fc,
            .projection_scale = models[i].kind == H4L_LEARNING_HH && !conv ? 0.01 : 1,
            .learning_rate = !conv ? 1e-4
                             : ann ? 1e-3
                                   : 3e-3,
            .l2 = !conv ? 1e-5
                  : ann ? 1e-4
                        : 3e-4,
            .n_milestones = conv ? 2 : 3,
            .milestones = {conv ? 20 : 10, conv ? 30 : 20, conv ? 0 : 30}};
        return H4L_OK;
    }
    return h4l_fail(
        err, H4L_E_USAGE,
        "there is no network \"%s\"; it is fc- or conv- and lif, 4lif, hh, slif2hh or ann", name);
}

int h4l_net_of_topology(bool conv, const struct h4l_topology *topology, struct h4l_net_spec *ret,
                        struct h4l_err *err)
{
    struct h4l_net_spec spec;
    int code = h4l_topology_check(topology, err);

    if (code == H4L_OK)
        code = h4l_net_published(conv ? "conv-slif2hh" : "fc-slif2hh", &spec, err);
    if (code)
        return code;
    spec.neuron.kind = H4L_LEARNING_TOPOLOGY;
    spec.neuron.topology = *topology;
    *ret = spec;
    return H4L_OK;
}

int h4l_net_check(const struct h4l_net_spec *spec, struct h4l_err *err)
{
    int most = spec->conv ? 64 : 16384, code = h4l_learning_check(&spec->neuron, err);

    if (code)
        return code;
    if (spec->channels < 1 || spec->channels > most)
        return h4l_fail(err, H4L_E_RANGE, "channels is %d; it must be 1 to %d", spec->channels,
                        most);
    if (!isfinite(spec->projection_scale))
        return h4l_fail(err, H4L_E_RANGE, "projection_scale is %g; it must be a finite number",
                        spec->projection_scale);
    if (!(spec->learning_rate >= 0 && isfinite(spec->learning_rate)))
        return h4l_fail(err, H4L_E_RANGE, "learning_rate is %g; it must be a number from 0 on",
                        spec->learning_rate);
    if (!(spec->l2 >= 0 && isfinite(spec->l2)))
        return h4l_fail(err, H4L_E_RANGE, "l2 is %g; it must be a number from 0 on", spec->l2);
    if (spec->n_milestones < 0 || spec->n_milestones > 3)
        return h4l_fail(err, H4L_E_RANGE, "n_milestones is %d; it must be 0 to 3",
                        spec->n_milestones);
    return H4L_OK;
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
    size_t H = (size_t)spec->channels, P = (size_t)h4l_learning_inputs(&spec->neuron);
    size_t R = spec->readout == H4L_NET_READ_LAST ? 1 : (size_t)h4l_learning_trains(&spec->neuron);
    bool hh = spec->neuron.kind == H4L_LEARNING_HH;
    size_t p = 0, c = 0;
    struct h4l_net_layout l = {0};

    l.width = R * H * (spec->conv ? (size_t)H4L_NET_SIDE3 * H4L_NET_SIDE3 : 1);
    l.layer1_weight = take(&p, P * H * (spec->conv ? 9 : (size_t)H4L_NET_PIXELS));
    l.layer1_bias = take(&p, P * H);
    l.layer2_weight = take(&p, spec->conv ? P * H * H * 9 : 0);
    l.layer2_bias = take(&p, spec->conv ? P * H : 0);
    l.mixing = (size_t)h4l_learning_mixing(&spec->neuron);
    l.mix = take(&p, l.mixing);
    l.readout_weight = take(&p, H4L_NET_HIDDEN * l.width);
    l.readout_bias = take(&p, H4L_NET_HIDDEN);
    l.head_weight = take(&p, (size_t)H4L_NET_LOGITS * H4L_NET_HIDDEN);
    l.head_bias = take(&p, H4L_NET_LOGITS);
    l.parameters = p;
    l.n_rates1 = !hh ? 0 : spec->conv ? H4L_NET_SIDE : H;
    l.n_rates2 = hh && spec->conv ? H4L_NET_SIDE2 : 0;
    l.rates1 = take(&c, 6 * l.n_rates1);
    l.rates2 = take(&c, 6 * l.n_rates2);
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

// The mixing weights, unit by unit: those of its arrows, then its constant.
static void draw_mixing(const struct h4l_net_spec *spec, uint64_t seed, double *ret)
{
    const struct h4l_topology *g = &spec->neuron.topology;
    bool slif = spec->neuron.kind == H4L_LEARNING_SLIF;
    int units = slif ? 1 : spec->neuron.kind == H4L_LEARNING_TOPOLOGY ? g->units : 0;
    uint64_t mixers = 0;

    for (int u = 0, first; u < units; u++) {
        size_t arrows = slif ? 3 : (size_t)h4l_topology_into(g, u, &first);

        if (arrows == 0)
            continue;
        draw_linear(seed, "net mix", mixers++, arrows, 1, ret, ret + arrows);
        for (size_t i = 0; i < arrows && !spec->conv; i++)
            ret[i] = fabs(ret[i]);
        ret += arrows + 1;
    }
}

void h4l_net_init(const struct h4l_net_spec *spec, uint64_t seed, double *ret_parameters,
                  double *ret_constants)
{
    struct h4l_net_layout l = h4l_net_layout(spec);
    size_t H = (size_t)spec->channels, P = (size_t)h4l_learning_inputs(&spec->neuron);
    size_t fan1 = spec->conv ? 9 : (size_t)H4L_NET_PIXELS;
    double *p = ret_parameters;

    for (size_t u = 0; u < P; u++) {
        double *w1 = p + l.layer1_weight + u * H * fan1;

        draw_linear(seed, "net layer 1", u, fan1, H, w1, p + l.layer1_bias + u * H);
        for (size_t i = 0; i < H * fan1 && !spec->conv; i++)
            w1[i] *= spec->projection_scale;
        if (spec->conv)
            draw_linear(seed, "net layer 2", u, 9 * H, H, p + l.layer2_weight + u * H * H * 9,
                        p + l.layer2_bias + u * H);
    }
    draw_mixing(spec, seed, p + l.mix);
    draw_linear(seed, "net readout", 0, l.width, H4L_NET_HIDDEN, p + l.readout_weight,
                p + l.readout_bias);
    for (size_t k = 0; k < H4L_NET_TASKS; k++)
        draw_linear(seed, "net head", k, H4L_NET_HIDDEN, H4L_NET_CLASSES,
                    p + l.head_weight + k * H4L_NET_CLASSES * H4L_NET_HIDDEN,
                    p + l.head_bias + k * H4L_NET_CLASSES);
    if (l.constants > 0)
        draw(seed, "net rates", 0, 0, 0.01, l.constants, ret_constants);
}

struct h4l_learning_rates h4l_net_rates(const double *rates, size_t n, size_t i)
{
    return (struct h4l_learning_rates){.a_n = rates[i],
                                       .b_n = rates[n + i],
                                       .a_m = rates[2 * n + i],
                                       .b_m = rates[3 * n + i],
                                       .a_h = rates[4 * n + i],
                                       .b_h = rates[5 * n + i]};
}
