#include "sim/slif_chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "neuron/hh_fast.h"

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
        if (!h4l_grow(&s->t_ms, s->n, &c->capacity, sizeof *s->t_ms)) {
            c->failed = 1;
            return;
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

// ---- many chains side by side ----

// hh_fast is fastest on whole tiles of at most 32 neurons; the places behind the last chain hold resting neurons without input.
enum { TILE = 32 };

struct batch {
    const struct h4l_chain *chains;
    size_t n, padded; // chains; neurons per layer, a multiple of TILE
    struct h4l_hh_fast *fast;
    struct h4l_hh_array x[H4L_CHAIN_LAYERS];
    double *memory, *I; // all arrays; the inputs of a step, [padded]
    struct collector (*collectors)[H4L_CHAIN_LAYERS];
};

static int batch_check(const struct h4l_chain *chains, size_t n, struct h4l_err *err)
{
    for (size_t i = 0; i < n; i++) {
        int code = h4l_chain_check(&chains[i], err);
        if (code)
            return code;
        if (memcmp(&chains[i].hh, &chains[0].hh, sizeof chains[0].hh) != 0 ||
            chains[i].hh_dt_ms != chains[0].hh_dt_ms ||
            chains[i].duration_ms != chains[0].duration_ms)
            return h4l_fail(err, H4L_E_RANGE,
                            "two-neuron chains side by side: number %zu has other HH constants, "
                            "another step or another duration than the first",
                            i + 1);
    }
    return H4L_OK;
}

static int batch_make(struct batch *b, struct h4l_err *err)
{
    size_t N = (b->n + TILE - 1) / TILE * TILE;

    b->padded = N;
    b->collectors = calloc(b->n, sizeof *b->collectors);
    b->memory = calloc(N, (2 * H4L_HH_DIM + 1) * sizeof *b->memory);
    if (!b->collectors || !b->memory)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu two-neuron chains", b->n);
    for (int layer = 0; layer < H4L_CHAIN_LAYERS; layer++) {
        double *a = b->memory + (size_t)layer * H4L_HH_DIM * N;
        b->x[layer] =
            (struct h4l_hh_array){.N = N, .V = a, .m = a + N, .h = a + 2 * N, .n = a + 3 * N};
        for (size_t i = 0; i < N; i++) {
            double rest[H4L_HH_DIM];
            const double *start = rest;
            if (i < b->n)
                start = b->chains[i].hh_start;
            else
                h4l_hh_steady_state(&b->chains[0].hh, 0, rest);
            b->x[layer].V[i] = start[H4L_HH_V];
            b->x[layer].m[i] = start[H4L_HH_M];
            b->x[layer].h[i] = start[H4L_HH_H];
            b->x[layer].n[i] = start[H4L_HH_N];
        }
    }
    b->I = b->memory + 2 * H4L_HH_DIM * N;
    return h4l_hh_fast_create(&b->chains[0].hh, b->chains[0].hh_dt_ms, h4l_simd_level_id(),
                              &b->fast, err);
}

// Step k of every chain: neuron 1, its flags, which drive neuron 2, and that one's flags.
static int batch_step(struct batch *b, size_t k, struct h4l_err *err)
{
    double dt = b->chains[0].hh_dt_ms, sum = 0; // not finite if one of the potentials is not

    for (size_t i = 0; i < b->n; i++)
        b->I[i] = h4l_wave_value(&b->chains[i].wave, (double)(k + 1) * dt);
    for (int layer = 0; layer < H4L_CHAIN_LAYERS; layer++) {
        const double *V = b->x[layer].V;
        h4l_hh_fast_run(b->fast, &b->x[layer], (struct h4l_hh_input){b->I, 0}, 1, NULL);
        for (size_t i = 0; i < b->n; i++) {
            int flag = V[i] > b->chains[i].hh_threshold;
            sum += V[i];
            b->I[i] = flag ? b->chains[i].weight_per_ms * dt : 0;
            collect(&b->collectors[i][layer], flag, (double)k * dt);
        }
    }
    if (!isfinite(sum))
        return h4l_fail(err, H4L_E_NUMERIC,
                        "two-neuron chains: an HH potential left the finite numbers at %g ms (step "
                        "%g ms): take a smaller "
                        "step or input",
                        (double)(k + 1) * dt, dt);
    return H4L_OK;
}

int h4l_chain_run_hh_many(const struct h4l_chain *chains, size_t n,
                          struct h4l_chain_spikes (*ret)[H4L_CHAIN_LAYERS], struct h4l_err *err)
{
    struct batch b = {.chains = chains, .n = n};
    int code = batch_check(chains, n, err);
    int failed = 0;

    if (code || n == 0)
        return code;
    code = batch_make(&b, err);
    for (size_t k = 0; !code && k < h4l_chain_hh_steps(&chains[0]); k++)
        code = batch_step(&b, k, err);
    for (size_t i = 0; b.collectors && i < n; i++)
        failed |= b.collectors[i][0].failed | b.collectors[i][1].failed;
    if (!code && failed)
        code = h4l_fail(err, H4L_E_NOMEM, "two-neuron chains: no memory for the spikes");
    for (size_t i = 0; b.collectors && i < n; i++)
        for (int layer = 0; layer < H4L_CHAIN_LAYERS; layer++)
            if (code)
                free(b.collectors[i][layer].spikes.t_ms);
            else
                ret[i][layer] = b.collectors[i][layer].spikes;
    h4l_hh_fast_destroy(b.fast);
    free(b.collectors);
    free(b.memory);
    return code;
}

// ---- s-LIF2HH ----

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
