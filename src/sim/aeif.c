#include "sim/aeif.h"

#include <math.h>

#include "sim/aeif_kernel.h"

int h4l_aeif_check(const struct h4l_aeif *m, struct h4l_err *err)
{
    const struct h4l_adaptive *p = &m->adaptive;
    double part = m->dt / H4L_AEIF_PARTS, longest = fmin(p->C / p->gL, p->tau_w) / 2;

    if (!(m->dt > 0 && part <= longest))
        return h4l_fail(err, H4L_E_RANGE,
                        "adaptive neuron: a part of a step is %g ms, expected more than 0 and at "
                        "most %g, half of the shorter time constant",
                        part, longest);
    if (!(p->D > 0))
        return h4l_fail(err, H4L_E_RANGE, "adaptive neuron: D is %g mV, expected more than 0",
                        p->D);
    if (!(m->keep >= 0 && m->keep <= 1))
        return h4l_fail(err, H4L_E_RANGE, "adaptive neuron: keep is %g, expected 0..1", m->keep);
    if (!(m->refractory_ms >= 0 && m->refractory_ms <= 1e6 * m->dt))
        return h4l_fail(err, H4L_E_RANGE,
                        "adaptive neuron: the refractory time is %g ms, expected 0..%g",
                        m->refractory_ms, 1e6 * m->dt);
    return h4l_adaptive_check(p, err);
}

static double hold_of(const struct h4l_aeif *m)
{
    return ceil(m->refractory_ms * H4L_AEIF_PARTS / m->dt - 1e-9);
}

void h4l_aeif_run(const struct h4l_aeif *m, const double *x, size_t steps, size_t capacity,
                  double *ret_t, size_t *ret_n)
{
    const double h = m->dt / H4L_AEIF_PARTS, hold = hold_of(m);
    double y[H4L_ADAPTIVE_DIM], dy[H4L_ADAPTIVE_DIM], free_at = 0;
    size_t n = 0;

    h4l_adaptive_start(&m->adaptive, m->adaptive.EL, y);
    for (size_t k = 0; k < steps * H4L_AEIF_PARTS; k++) {
        const struct h4l_input in = {.I = x[k / H4L_AEIF_PARTS]};

        h4l_adaptive_eval(&m->adaptive, &in, y, dy, NULL, NULL);
        if ((double)k >= free_at)
            y[0] += h * dy[0];
        y[1] += h * dy[1];
        if (!(h4l_adaptive_event(&m->adaptive, y, NULL) > 0))
            continue;
        if (n < capacity)
            ret_t[n] = (double)k * h;
        n++;
        y[1] *= m->keep;
        h4l_adaptive_jump(&m->adaptive, y, NULL, 0);
        free_at = (double)k + 1 + hold;
    }
    *ret_n = n;
}

static h4l_aeif_lanes_fn *const lanes[] = H4L_LEVELS_OF(h4l_aeif_lanes);

void h4l_aeif_run_lanes(const struct h4l_aeif *m, const double *x, size_t steps, size_t capacity,
                        double *ret_t, size_t ret_n[H4L_SUBNET_LANES])
{
    const struct h4l_aeif_job job = {.aeif = m,
                                     .hold = hold_of(m),
                                     .x = x,
                                     .steps = steps,
                                     .capacity = capacity,
                                     .ret_t = ret_t,
                                     .ret_n = ret_n};

    lanes[h4l_simd_level_id()](&job);
}
