#include "simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

void h4l_sim_free(struct h4l_sim_result *r)
{
    free(r->t);
    free(r->mean);
    free(r->output);
    *r = (struct h4l_sim_result){0};
}

struct h4l_spikes h4l_sim_train(const struct h4l_sim_result *r)
{
    return (struct h4l_spikes){r->t, r->n};
}

static int add_spike(struct h4l_sim_result *r, double t, struct h4l_err *err)
{
    if (r->n == r->room) {
        size_t room = r->room ? 2 * r->room : 256;
        double *grown = realloc(r->t, room * sizeof *grown);
        if (!grown)
            return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu spikes", room);
        r->t = grown;
        r->room = room;
    }
    r->t[r->n++] = t;
    return H4L_OK;
}

static double current(const struct h4l_sim *s, double t, double middle)
{
    const struct h4l_wave *waves[2] = {s->stimulus, s->noise};
    double sum = 0;

    for (int i = 0; i < 2; i++)
        if (waves[i])
            sum += h4l_wave_value(waves[i], waves[i]->kind == H4L_WAVE_TABLE &&
                                                    waves[i]->table.join == H4L_WAVE_HOLD
                                                ? middle
                                                : t);
    return sum;
}

// One RK4 step of HH (dimension 4) or tv-LIF2HH (8) with the currents at its beginning, middle and end.
static void step(const struct h4l_hh_flow *flow, int d, double h, const double I[3], double *x)
{
    static const double at[4] = {0, 0.5, 0.5, 1}, weight[4] = {1, 2, 2, 1};
    double y[H4L_TV_DIM], dx[H4L_TV_DIM] = {0}, sum[H4L_TV_DIM] = {0};

    for (int stage = 0; stage < 4; stage++) {
        for (int i = 0; i < d; i++)
            y[i] = x[i] + at[stage] * h * dx[i];
        if (d == H4L_HH_DIM)
            h4l_hh_flow_eval(flow, y, I[(stage + 1) / 2], dx, NULL);
        else
            h4l_tv_flow_eval(flow, y, I[(stage + 1) / 2], dx, NULL);
        for (int i = 0; i < d; i++)
            sum[i] += weight[stage] * dx[i];
    }
    for (int i = 0; i < d; i++)
        x[i] += h / 6 * sum[i];
}

static int run_smooth(const struct h4l_sim *s, int tv, struct h4l_sim_result *r,
                      struct h4l_err *err)
{
    struct h4l_hh_flow flow;
    struct h4l_detector detector;
    double x[H4L_TV_DIM], hh[H4L_HH_DIM], t;
    long per_ms = lround(1 / s->dt_ms), duration = lround(s->duration_ms);
    int code;

    h4l_hh_flow_init(&h4l_hh_form_a, &flow);
    const struct h4l_system system = h4l_model_system(&flow);
    h4l_hh_steady_state(&flow.hh, -65, hh);
    if ((code = h4l_equilibrium(&system, 0, hh, err)) ||
        (code = h4l_detector_init(s->threshold_mV, s->threshold_mV, H4L_CROSSING_SAMPLE, &detector,
                                  err)))
        return code;
    if (tv)
        h4l_tv_flow_from_hh(hh, x);
    else
        memcpy(x, hh, sizeof hh);
    for (long ms = 0; ms < duration; ms++) {
        double sum = 0;
        for (long k = 0; k < per_ms; k++) {
            double begin = (double)ms + (double)k * s->dt_ms, middle = begin + s->dt_ms / 2;
            double I[3] = {current(s, begin, middle), current(s, middle, middle),
                           current(s, begin + s->dt_ms, middle)};
            step(&flow, tv ? H4L_TV_DIM : H4L_HH_DIM, s->dt_ms, I, x);
            double V = tv ? x[H4L_TV_F] + x[H4L_TV_U4] : x[H4L_HH_V];
            sum += V;
            if (h4l_detector_push(&detector, begin + s->dt_ms, V, &t) &&
                (code = add_spike(r, t, err)))
                return code;
        }
        if (!isfinite(sum))
            return h4l_fail(err, H4L_E_NUMERIC, "the potential left the finite numbers at %ld ms",
                            ms);
        if (tv)
            h4l_tv_flow_quotient(x, NULL, 0);
        if (r->mean)
            r->mean[ms] = sum / (double)per_ms;
    }
    return H4L_OK;
}

static int run_s_lif(const struct h4l_sim *s, struct h4l_sim_result *r, struct h4l_err *err)
{
    const struct h4l_s_lif *p = &h4l_s_lif_published;
    double u[H4L_S_LIF_UNITS] = {0};
    long duration = lround(s->duration_ms);
    int code;

    for (long n = 0; n < duration; n++) { // dt_ms of the published constants is 1
        struct h4l_s_lif_flags flags;
        double t = (double)n, I = h4l_wave_mean(s->stimulus, t, t + 1) +
                                  (s->noise ? h4l_wave_mean(s->noise, t, t + 1) : 0);
        h4l_s_lif_step(p, (double[]){I, I, I}, u, &flags);
        if (flags.joint && (code = add_spike(r, t, err)))
            return code;
        if (r->mean) {
            r->mean[n] = flags.u[0];
            r->output[n] = flags.u[H4L_S_LIF_INPUTS];
        }
    }
    return H4L_OK;
}

int h4l_simulate(const struct h4l_sim *sim, enum h4l_sim_model model, int with_potentials,
                 struct h4l_sim_result *ret, struct h4l_err *err)
{
    struct h4l_sim_result r = {0};
    size_t n = (size_t)lround(sim->duration_ms);
    int code = H4L_OK;

    if (with_potentials) {
        r.mean = malloc(n * sizeof *r.mean);
        r.output = model == H4L_SIM_S_LIF ? malloc(n * sizeof *r.output) : NULL;
        if (!r.mean || (model == H4L_SIM_S_LIF && !r.output))
            code = h4l_fail(err, H4L_E_NOMEM, "no memory for %zu samples", n);
    }
    if (!code)
        code = model == H4L_SIM_S_LIF ? run_s_lif(sim, &r, err)
                                      : run_smooth(sim, model == H4L_SIM_TV, &r, err);
    if (code)
        h4l_sim_free(&r);
    else
        *ret = r;
    return code;
}
