#include "experiments/count.h"

// Operations of one neuron in one step. Sub-networks: those of their LIF units, and the linear map of each unit's arrows, as
// the published counter has it for s-LIF2HH (15 and 14).
static struct h4l_operations neuron_operations(const struct h4l_learning_neuron *n)
{
    struct h4l_operations o = {0};

    switch (n->kind) {
    case H4L_LEARNING_HH:
        return (struct h4l_operations){.add = 16, .mul = 23};
    case H4L_LEARNING_SLIF:
        return (struct h4l_operations){.add = 14, .mul = 15};
    case H4L_LEARNING_TOPOLOGY:
        o.mul = 3 * n->topology.units + n->topology.n_edges;
        // a unit with n arrows has n - 1 additions, and a constant c0 that does not count
        o.add = 3 * n->topology.units + 2 * n->topology.n_edges - h4l_learning_mixing(n);
        return o;
    case H4L_LEARNING_LIF:
        return (struct h4l_operations){.add = 3, .mul = 3};
    case H4L_LEARNING_BINARY: // a comparison
        break;
    }
    return o;
}

struct h4l_operations h4l_count_operations(const struct h4l_net_spec *s, enum h4l_count way)
{
    const size_t H = (size_t)s->channels, P = (size_t)h4l_learning_inputs(&s->neuron);
    const bool hoisted = way == H4L_COUNT_HOISTED;
    const double steps = hoisted ? s->neuron.window : 15, share = hoisted ? 1 : steps;
    const size_t pixels1 = s->conv ? H4L_NET_PIXELS : 1, pixels2 = s->conv ? pixels1 / 4 : 0;
    struct h4l_operations second = h4l_operations_conv3(H, H, H4L_NET_SIDE2), sum = {0};

    sum = h4l_operations_sum(sum, share * (double)P,
                             s->conv ? h4l_operations_conv3(1, H, H4L_NET_SIDE)
                                     : h4l_operations_linear(H4L_NET_PIXELS, H));
    sum = h4l_operations_sum(sum, steps * (double)(H * (pixels1 + pixels2)),
                             neuron_operations(&s->neuron));
    // The published table's multiplications of this conv are its additions.
    if (s->conv && way == H4L_COUNT_AS_PUBLISHED && s->neuron.kind == H4L_LEARNING_SLIF)
        second.mul = second.add;
    if (s->conv)
        sum = h4l_operations_sum(sum, steps * (double)P, second);
    return h4l_operations_sum(sum, 1,
                              h4l_operations_linear(h4l_net_layout(s).width, H4L_NET_HIDDEN));
}

size_t h4l_count_state(const struct h4l_net_spec *s)
{
    const size_t pixels = s->conv ? H4L_NET_PIXELS + H4L_NET_PIXELS / 4 : 1;
    size_t per_neuron = (size_t)h4l_learning_units(&s->neuron);

    if (s->neuron.kind == H4L_LEARNING_HH)
        per_neuron = 4;
    if (s->neuron.kind == H4L_LEARNING_BINARY)
        per_neuron = 0;
    return per_neuron * pixels * (size_t)s->channels;
}
