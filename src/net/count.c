#include "net/count.h"

struct h4l_operations h4l_count_linear(size_t n_in, size_t n_out)
{
    return (struct h4l_operations){.add = (double)(n_in - 1) * (double)n_out,
                                   .mul = (double)n_in * (double)n_out};
}

struct h4l_operations h4l_count_conv3(size_t n_in, size_t n_out, size_t side)
{
    return h4l_count_linear(9 * n_in, n_out * side * side);
}

struct h4l_operations h4l_count_sum(struct h4l_operations a, double times, struct h4l_operations b)
{
    return (struct h4l_operations){.add = a.add + times * b.add, .mul = a.mul + times * b.mul};
}

// Of a step of forward Euler of a true HH neuron with its smooth readout: six rates 9 and 14 (divisions as products), three gates 9 and 9,
// currents and potential 7 and 12, readout 3 and 2. Its seven exponentials are not counted.
static const struct h4l_operations true_hh_step = {.add = 28, .mul = 37};

struct h4l_operations h4l_count_operations(const struct h4l_net_spec *s, enum h4l_count way)
{
    const size_t H = (size_t)s->channels, P = h4l_net_inputs(s);
    const struct h4l_cell *cell = s->neuron.cell;
    const bool hoisted = way == H4L_COUNT_HOISTED;
    const double steps = !cell     ? s->true_hh.window_ms / s->true_hh.dt_ms
                         : hoisted ? s->neuron.window
                                   : 15,
                 share = hoisted || !cell ? (double)h4l_net_pieces(s) : steps;
    const size_t side = s->task.side, D = h4l_task_pixels(&s->task);
    const size_t shown = h4l_task_step_pixels(&s->task, h4l_net_parts(s));
    const size_t pixels1 = s->conv ? D : 1, pixels2 = s->conv ? pixels1 / 4 : 0;
    struct h4l_operations second = h4l_count_conv3(H, H, side / 2), sum = {0};

    sum = h4l_count_sum(sum, share * (double)P,
                        s->conv ? h4l_count_conv3(1, H, side) : h4l_count_linear(shown, H));
    sum = h4l_count_sum(sum, steps * (double)(H * (pixels1 + pixels2)),
                        cell ? cell->operations(&s->neuron) : true_hh_step);
    // The published table's multiplications of this conv are its additions.
    if (s->conv && way == H4L_COUNT_AS_PUBLISHED && cell->counter_slips)
        second.mul = second.add;
    if (s->conv)
        sum = h4l_count_sum(sum, steps * (double)P, second);
    return h4l_count_sum(sum, 1, h4l_count_linear(h4l_net_layout(s).width, s->task.hidden));
}

size_t h4l_count_state(const struct h4l_net_spec *s)
{
    const size_t D = h4l_task_pixels(&s->task), pixels = s->conv ? D + D / 4 : 1;

    if (!s->neuron.cell)
        return H4L_HH_DIM * (size_t)s->channels;
    return (size_t)h4l_cell_kept(&s->neuron) * pixels * (size_t)s->channels;
}
