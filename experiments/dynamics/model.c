#include "model.h"

#include "sim/wave_lanes.h"

#include <string.h>

static void system_eval(const void *ctx, double p, const double *x, double *ret_dx, double *ret_J,
                        double *ret_dp)
{
    const struct h4l_hh_flow *flow = ctx;

    h4l_hh_flow_eval(flow, x, p, ret_dx, ret_J);
    if (ret_dp) {
        ret_dp[H4L_HH_V] = 1 / flow->hh.C;
        ret_dp[H4L_HH_M] = ret_dp[H4L_HH_H] = ret_dp[H4L_HH_N] = 0;
    }
}

struct h4l_system h4l_model_system(const struct h4l_hh_flow *flow)
{
    static const double scale[H4L_HH_DIM] = {100, 1, 1, 1}; // mV, gates

    return (struct h4l_system){.dim = H4L_HH_DIM, .ctx = flow, .eval = system_eval, .scale = scale};
}

void h4l_driven_init(const struct h4l_wave *wave, struct h4l_driven *ret)
{
    h4l_hh_flow_init(&h4l_hh_form_a, &ret->hh);
    ret->s_lif = h4l_s_lif_published;
    ret->wave = *wave;
}

static void hh_eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct h4l_driven *d = ctx;

    h4l_hh_flow_eval(&d->hh, x, h4l_wave_value(&d->wave, t), ret_dx, ret_J);
}

struct h4l_flow h4l_driven_hh(const struct h4l_driven *driven)
{
    return (struct h4l_flow){.dim = H4L_HH_DIM, .ctx = driven, .eval = hh_eval};
}

static void tv_eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct h4l_driven *d = ctx;

    h4l_tv_flow_eval(&d->hh, x, h4l_wave_value(&d->wave, t), ret_dx, ret_J);
}

static void tv_tangent(const void *ctx, double t, const double *x, const double *W, int k,
                       double *ret_dx, double *ret_dW)
{
    const struct h4l_driven *d = ctx;

    h4l_tv_flow_tangent(&d->hh, x, h4l_wave_value(&d->wave, t), W, NULL, k, ret_dx, ret_dW);
}

static void tv_quotient(const void *ctx, double *x, double *W, int k)
{
    (void)ctx;
    h4l_tv_flow_quotient(x, W, k);
}

static void add_noise(struct h4l_tangent_noise *noise, double *W, int n)
{
    for (int i = 0; noise && noise->size > 0 && i < n; i++)
        W[i] *= 1 + noise->size * h4l_rng_between(&noise->rng, -1, 1);
}

struct h4l_flow h4l_driven_tv(const struct h4l_driven *driven)
{
    return (struct h4l_flow){.dim = H4L_TV_DIM,
                             .ctx = driven,
                             .eval = tv_eval,
                             .tangent = tv_tangent,
                             .quotient = tv_quotient};
}

static void noisy_tangent(const void *ctx, double t, const double *x, const double *W, int k,
                          double *ret_dx, double *ret_dW)
{
    tv_tangent(((const struct h4l_noisy_tv *)ctx)->driven, t, x, W, k, ret_dx, ret_dW);
}

static void noisy_eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    tv_eval(((const struct h4l_noisy_tv *)ctx)->driven, t, x, ret_dx, ret_J);
}

static void noisy_quotient(const void *ctx, double *x, double *W, int k)
{
    add_noise(((const struct h4l_noisy_tv *)ctx)->noise, W, H4L_TV_DIM * k);
    h4l_tv_flow_quotient(x, W, k);
}

struct h4l_flow h4l_driven_noisy_tv(const struct h4l_noisy_tv *noisy)
{
    return (struct h4l_flow){.dim = H4L_TV_DIM,
                             .ctx = noisy,
                             .eval = noisy_eval,
                             .tangent = noisy_tangent,
                             .quotient = noisy_quotient};
}

static void ensemble_quotient(const void *ctx, double *x, double *W, int k)
{
    const struct h4l_driven_ensemble *e = ctx;

    add_noise(e->noise, W, H4L_TV_DIM * k);
    h4l_tv_flow_quotient(x, W, k);
}

enum { LANES = H4L_HH_TANGENT_LANES, MOST_STEPS = 128 };

static void ensemble_advance(const void *ctx, long first, long steps, double *state)
{
    const struct h4l_driven_ensemble *e = ctx;
    double I[(2 * MOST_STEPS + 1) * LANES], start[LANES];

    for (long done = 0, now; done < steps; done += now) {
        now = steps - done < MOST_STEPS ? steps - done : MOST_STEPS;
        for (int j = 0; j < LANES; j++)
            start[j] = e->start[j] + (double)(first + done) * e->step;
        h4l_wave_lanes(&e->driven->wave, start, LANES, e->step / 2, 2 * (size_t)now + 1, I);
        (e->tv ? h4l_tv_tangent_run : h4l_hh_tangent_run)(e->kernel, e->step, LANES, (size_t)now, I,
                                                          state);
    }
}

struct h4l_ensemble h4l_driven_ensemble(const struct h4l_driven_ensemble *e)
{
    return (struct h4l_ensemble){.dim = e->tv ? H4L_TV_DIM : H4L_HH_DIM,
                                 .exponents =
                                     e->tv ? H4L_TV_TANGENT_VECTORS : H4L_HH_TANGENT_VECTORS,
                                 .n = LANES,
                                 .ctx = e,
                                 .advance = ensemble_advance,
                                 .quotient = e->tv ? ensemble_quotient : NULL};
}

enum { UNITS = H4L_S_LIF_UNITS, INPUTS = H4L_S_LIF_INPUTS };

static void s_lif_eval(const void *ctx, double t, const double *u, double *ret_du, double *ret_J)
{
    const struct h4l_driven *d = ctx;
    const struct h4l_s_lif *p = &d->s_lif;
    double leak = (1 - p->decay) / p->C, I = h4l_wave_value(&d->wave, t) / p->C, sum = 0;

    for (int i = 0; i < INPUTS; i++) {
        ret_du[i] = -leak * (u[i] - p->U) + I;
        sum += u[i];
    }
    ret_du[INPUTS] = -leak * (u[INPUTS] - p->U) + sum / p->C;
    if (!ret_J)
        return;
    memset(ret_J, 0, UNITS * UNITS * sizeof *ret_J);
    for (int i = 0; i < UNITS; i++)
        ret_J[i * UNITS + i] = -leak;
    for (int i = 0; i < INPUTS; i++)
        ret_J[INPUTS * UNITS + i] = 1 / p->C;
}

static int lowest(const double *u)
{
    int at = 0;

    for (int i = 1; i < UNITS; i++)
        if (u[i] < u[at])
            at = i;
    return at;
}

static void s_lif_values(const void *ctx, double t, const double *u, double *ret_g)
{
    const struct h4l_driven *d = ctx;

    (void)t;
    *ret_g = u[lowest(u)] - d->s_lif.threshold;
}

static void s_lif_gradient(const void *ctx, int e, double t, const double *u, double *ret_gradient)
{
    (void)ctx;
    (void)e;
    (void)t;
    for (int i = 0; i < UNITS; i++)
        ret_gradient[i] = i == lowest(u);
}

static void s_lif_jump(const void *ctx, int e, double t, double *u, double *W, int k)
{
    const struct h4l_driven *d = ctx;

    (void)e;
    (void)t;
    for (int i = 0; i < UNITS; i++)
        u[i] = d->s_lif.U;
    for (int i = 0; i < UNITS * k; i++)
        W[i] = 0;
}

struct h4l_hybrid h4l_driven_s_lif(const struct h4l_driven *driven)
{
    return (struct h4l_hybrid){.flow = {.dim = UNITS, .ctx = driven, .eval = s_lif_eval},
                               .events = 1,
                               .values = s_lif_values,
                               .gradient = s_lif_gradient,
                               .jump = s_lif_jump};
}

static void map_step(const void *ctx, size_t n, const double *u, double *ret_u, double *ret_J)
{
    const struct h4l_driven *d = ctx;
    const struct h4l_s_lif *p = &d->s_lif;
    struct h4l_s_lif_flags flags;
    double t = (double)n * p->dt_ms, I = h4l_wave_mean(&d->wave, t, t + p->dt_ms);
    double keep = 1 - p->dt_ms * (1 - p->decay) / p->C, gain = p->dt_ms / p->C;

    memcpy(ret_u, u, UNITS * sizeof *ret_u);
    h4l_s_lif_step(p, (double[INPUTS]){I, I, I}, ret_u, &flags);
    if (!ret_J)
        return;
    memset(ret_J, 0, UNITS * UNITS * sizeof *ret_J);
    if (flags.joint) // reset to a constant
        return;
    for (int i = 0; i < UNITS; i++)
        ret_J[i * UNITS + i] = keep;
    for (int i = 0; i < INPUTS; i++)
        ret_J[INPUTS * UNITS + i] = gain * keep; // unit 4 gets the new potentials
}

struct h4l_map h4l_driven_s_lif_map(const struct h4l_driven *driven)
{
    return (struct h4l_map){.dim = UNITS, .ctx = driven, .step = map_step};
}
