#include "sim/slif_chain.h"

#include <math.h>
#include <stdlib.h>

#define MAX_STEPS 1e8

struct h4l_chain h4l_chain_published(const struct h4l_wave *wave)
{
    return (struct h4l_chain){
        .wave = *wave,
        .hh = h4l_hh_form_b,
        .hh_start = {[H4L_HH_V] = 0, [H4L_HH_M] = 0.0489, [H4L_HH_H] = 0.1341, [H4L_HH_N] = 0.6446},
        .hh_dt_ms = 0.001,
        .hh_threshold = 70,
        .lif = h4l_s_lif_published,
        .weight_per_ms = 1e5,
        .duration_ms = 80,
    };
}

// Whole steps of length dt in the duration; the small addition keeps 80 / 0.001 at 80000.
static double steps(const struct h4l_chain *chain, double dt)
{
    return floor(chain->duration_ms / dt * (1 + 1e-12));
}

size_t h4l_chain_hh_steps(const struct h4l_chain *chain)
{
    return (size_t)steps(chain, chain->hh_dt_ms);
}

size_t h4l_chain_lif_steps(const struct h4l_chain *chain)
{
    return (size_t)steps(chain, chain->lif.dt_ms);
}

static int positive(double x)
{
    return isfinite(x) && x > 0;
}

static int in_steps(const struct h4l_chain *chain, double dt)
{
    return positive(dt) && steps(chain, dt) >= 1 && steps(chain, dt) <= MAX_STEPS;
}

int h4l_chain_check(const struct h4l_chain *c, struct h4l_err *err)
{
    int time_ok = positive(c->duration_ms);
    const struct {
        const char *name;
        double value;
        int ok;
    } fields[] = {
        {"duration_ms", c->duration_ms, time_ok},
        {"hh_dt_ms", c->hh_dt_ms, time_ok && in_steps(c, c->hh_dt_ms)},
        {"hh_threshold", c->hh_threshold, isfinite(c->hh_threshold)},
        {"hh.C", c->hh.C, positive(c->hh.C)},
        {"lif.dt_ms", c->lif.dt_ms, time_ok && in_steps(c, c->lif.dt_ms)},
        {"lif.C", c->lif.C, positive(c->lif.C)},
        {"lif.decay", c->lif.decay, isfinite(c->lif.decay)},
        {"lif.U", c->lif.U, isfinite(c->lif.U)},
        {"lif.threshold", c->lif.threshold, isfinite(c->lif.threshold)},
        {"weight_per_ms", c->weight_per_ms, isfinite(c->weight_per_ms)},
        {"hh_start V", c->hh_start[H4L_HH_V], isfinite(c->hh_start[H4L_HH_V])},
        {"hh_start m", c->hh_start[H4L_HH_M], isfinite(c->hh_start[H4L_HH_M])},
        {"hh_start h", c->hh_start[H4L_HH_H], isfinite(c->hh_start[H4L_HH_H])},
        {"hh_start n", c->hh_start[H4L_HH_N], isfinite(c->hh_start[H4L_HH_N])},
    };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!fields[i].ok)
            return h4l_fail(err, H4L_E_RANGE,
                            "two-neuron chain: %s = %g is outside its valid range (finite; times "
                            "and capacitances "
                            "above 0; 1 to 1e8 steps in the duration)",
                            fields[i].name, fields[i].value);
    return h4l_wave_check(&c->wave, err);
}

// Collects rising flags. n and high_steps count on even when memory has run out, so that the loop stays simple.
struct collector {
    struct h4l_chain_spikes spikes;
    size_t capacity;
    int up, failed;
};

static void collect(struct collector *c, int flag, double start_of_step)
{
    struct h4l_chain_spikes *s = &c->spikes;

    s->high_steps += flag ? 1 : 0;
    if (flag && !c->up && !c->failed) {
        if (s->n == c->capacity) {
            size_t capacity = c->capacity ? 2 * c->capacity : 16;
            double *larger = realloc(s->t_ms, capacity * sizeof *larger);
            if (!larger) {
                c->failed = 1;
                return;
            }
            s->t_ms = larger;
            c->capacity = capacity;
        }
        s->t_ms[s->n++] = start_of_step;
    }
    c->up = flag;
}

// Hands the collected trains over, or releases them when code says that the run failed.
static int finish(struct collector c[H4L_CHAIN_LAYERS], int code,
                  struct h4l_chain_spikes ret[H4L_CHAIN_LAYERS], struct h4l_err *err)
{
    if (!code && (c[0].failed || c[1].failed))
        code = h4l_fail(err, H4L_E_NOMEM, "two-neuron chain: no memory for the spikes");
    for (int i = 0; i < H4L_CHAIN_LAYERS; i++)
        if (code)
            free(c[i].spikes.t_ms);
        else
            ret[i] = c[i].spikes;
    return code;
}

void h4l_chain_spikes_free(struct h4l_chain_spikes spikes[H4L_CHAIN_LAYERS])
{
    for (int i = 0; i < H4L_CHAIN_LAYERS; i++) {
        free(spikes[i].t_ms);
        spikes[i] = (struct h4l_chain_spikes){0};
    }
}

static void euler(const struct h4l_chain *chain, double I, double x[H4L_HH_DIM])
{
    double dx[H4L_HH_DIM];

    h4l_hh_rhs(&chain->hh, x, I, dx);
    for (int i = 0; i < H4L_HH_DIM; i++)
        x[i] += chain->hh_dt_ms * dx[i];
}

int h4l_chain_run_hh(const struct h4l_chain *chain, double *const ret_V[H4L_CHAIN_LAYERS],
                     struct h4l_chain_spikes ret[H4L_CHAIN_LAYERS], struct h4l_err *err)
{
    struct collector collectors[H4L_CHAIN_LAYERS] = {0};
    double x[H4L_CHAIN_LAYERS][H4L_HH_DIM], dt = chain->hh_dt_ms;
    int code = h4l_chain_check(chain, err);
    size_t n;

    if (code)
        return code;
    n = h4l_chain_hh_steps(chain);
    for (int i = 0; i < H4L_HH_DIM; i++)
        x[0][i] = x[1][i] = chain->hh_start[i];
    for (size_t k = 0; k < n && !code; k++) {
        double I = h4l_wave_value(&chain->wave, (double)(k + 1) * dt);
        for (int layer = 0; layer < H4L_CHAIN_LAYERS; layer++) {
            double *state = x[layer];
            int flag;
            euler(chain, I, state);
            flag = state[H4L_HH_V] > chain->hh_threshold;
            I = flag ? chain->weight_per_ms * dt : 0;
            collect(&collectors[layer], flag, (double)k * dt);
            if (ret_V && ret_V[layer])
                ret_V[layer][k] = state[H4L_HH_V];
        }
        if (!isfinite(x[0][H4L_HH_V] + x[1][H4L_HH_V]))
            code = h4l_fail(err, H4L_E_NUMERIC,
                            "two-neuron chain: the HH potential left the finite numbers at %g ms "
                            "(step %g ms, input %g): "
                            "take a smaller step or input",
                            (double)(k + 1) * dt, dt,
                            h4l_wave_value(&chain->wave, (double)(k + 1) * dt));
    }
    return finish(collectors, code, ret, err);
}

int h4l_chain_run_lif(const struct h4l_chain *chain, const double *input,
                      struct h4l_s_lif_flags *const ret_steps[H4L_CHAIN_LAYERS],
                      struct h4l_chain_spikes ret[H4L_CHAIN_LAYERS], struct h4l_err *err)
{
    struct collector collectors[H4L_CHAIN_LAYERS] = {0};
    double u[H4L_CHAIN_LAYERS][H4L_S_LIF_UNITS] = {{0}}, dt = chain->lif.dt_ms;
    int code = h4l_chain_check(chain, err);
    size_t n;

    if (code)
        return code;
    n = h4l_chain_lif_steps(chain);
    for (size_t k = 0; k < n && !code; k++) {
        double sum = 0; // not finite if one of the units is not
        double x =
            input ? input[k] : h4l_wave_mean(&chain->wave, (double)k * dt, (double)(k + 1) * dt);
        double I[H4L_S_LIF_INPUTS] = {x, x, x};
        for (int layer = 0; layer < H4L_CHAIN_LAYERS; layer++) {
            struct h4l_s_lif_flags flags;
            h4l_s_lif_step(&chain->lif, I, u[layer], &flags);
            for (int i = 0; i < H4L_S_LIF_INPUTS; i++)
                I[i] = chain->weight_per_ms * dt * flags.over[i] + flags.over[3];
            sum += flags.u[3];
            collect(&collectors[layer], flags.joint, (double)k * dt);
            if (ret_steps && ret_steps[layer])
                ret_steps[layer][k] = flags;
        }
        if (!isfinite(sum))
            code =
                h4l_fail(err, H4L_E_NUMERIC,
                         "two-neuron chain: an s-LIF2HH potential left the finite numbers at %g ms",
                         (double)(k + 1) * dt);
    }
    return finish(collectors, code, ret, err);
}
