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

struct h4l_operations h4l_count_operations(const struct h4l_net_spec *s, enum h4l_count way)
{
    const size_t H = (size_t)s->channels, P = (size_t)h4l_cell_inputs(&s->neuron);
    const struct h4l_cell *cell = s->neuron.cell;
    const bool hoisted = way == H4L_COUNT_HOISTED;
    const double steps = hoisted ? s->neuron.window : 15,
                 share = hoisted && s->task.shows == H4L_TASK_SHOWS_IMAGE ? 1 : steps;
    const size_t side = s->task.side, D = h4l_task_pixels(&s->task);
    const size_t shown = h4l_task_step_pixels(&s->task, (size_t)s->neuron.window);
    const size_t pixels1 = s->conv ? D : 1, pixels2 = s->conv ? pixels1 / 4 : 0;
    struct h4l_operations second = h4l_count_conv3(H, H, side / 2), sum = {0};

    sum = h4l_count_sum(sum, share * (double)P,
                        s->conv ? h4l_count_conv3(1, H, side) : h4l_count_linear(shown, H));
    sum =
        h4l_count_sum(sum, steps * (double)(H * (pixels1 + pixels2)), cell->operations(&s->neuron));
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

    return (size_t)h4l_cell_kept(&s->neuron) * pixels * (size_t)s->channels;
}
