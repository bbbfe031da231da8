#include "sim/subnet_gradient.h"

#include <stdlib.h>

#include "base/simd.h"
#include "sim/subnet_kernel.h"

int h4l_subnet_tape_create(size_t steps, int units, struct h4l_subnet_tape *ret,
                           struct h4l_err *err)
{
    size_t n = steps * (size_t)units;
    struct h4l_subnet_tape t = {.steps = steps, .units = units};

    t.before = aligned_alloc(64, (n + 1) * H4L_SUBNET_LANES * sizeof *t.before);
    t.above = malloc((n + 1) * sizeof *t.above);
    t.held = malloc((n + 1) * sizeof *t.held);
    if (!t.before || !t.above || !t.held) {
        h4l_subnet_tape_free(&t);
        return h4l_fail(err, H4L_E_NOMEM, "sub-network: no memory for a tape of %zu steps", steps);
    }
    *ret = t;
    return H4L_OK;
}

void h4l_subnet_tape_free(struct h4l_subnet_tape *tape)
{
    free(tape->before);
    free(tape->above);
    free(tape->held);
    *tape = (struct h4l_subnet_tape){0};
}

void h4l_subnet_margin_tape(const struct h4l_subnet *net, const double *x, const uint16_t *fires,
                            struct h4l_subnet_tape *tape, double *ret_margin)
{
    struct h4l_subnet_job job = {.net = net,
                                 .x = x,
                                 .steps = tape->steps,
                                 .fires = fires,
                                 .ret_margin = ret_margin,
                                 .tape = tape};

    h4l_subnet_run_job(&job);
}

static h4l_subnet_backward_fn *const backward[] = H4L_LEVELS_OF(h4l_subnet_backward);

void h4l_subnet_backward(const struct h4l_subnet *net, const double *x, const uint16_t *fires,
                         const struct h4l_subnet_tape *tape, const double *margin_gradient,
                         struct h4l_subnet_gradient *gradient)
{
    backward[h4l_simd_level_id()](net, x, fires, tape, margin_gradient, gradient);
}
