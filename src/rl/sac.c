#include "rl/sac.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Elementwise loops are compiled for several instruction levels and picked at load time; without contraction and
// reordering all levels give the same bytes.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define H4L_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define H4L_CLONES
#endif

#define H4L_INLINE static inline __attribute__((always_inline))

enum { MAX_TENSORS = 22, VECTOR_BYTES = 64 };

// How the neurons run: LIF with one decay; with tables per neuron and step (HH); four compartments; memoryless, spiking or graded.
enum neurons { UNIFORM, TABLES, FOURFOLD, BINARY, GRADED };

struct agent_f;
struct agent_d;

struct h4l_sac {
    struct h4l_sac_spec spec;
    enum h4l_precision precision;
    int T, U, P;       // time steps, units, projections
    int Hp;            // neurons of a row in memory: H up to whole vectors
    size_t projection; // numbers of one projection: 2 B W Hp
    size_t n_policy, n_critic;
    struct h4l_sac_tensor policy[MAX_TENSORS], critic[12];
    size_t n_policy_tensors;
    size_t at_in[3][2], at_head[2][6], at_critic[2][6]; // offsets: weight, bias, ...
    ptrdiff_t mix;                                      // offset of the mixing weights, or -1
    double *dt;                                         // [H]
    double *rates;                                      // [H][6]
    double *scratch;                                    // [B]
    uint64_t updates;                                   // Adam's count
    struct agent_f *f;
    struct agent_d *d;
};

// A piece of the agent's state; the first OWN_PARTS (count of updates, dt, rates) have the same type in both precisions.
enum { OWN_PARTS = 3, PARTS = 10 };
struct part {
    void *at;
    size_t bytes;
};

#define REAL float
#define SQRT sqrtf
#define GEMM cblas_sgemm
#define DOT cblas_sdot
#define NAME(x) x##_f
#define INT int32_t
#define INT_MOST INT32_MAX
// Vectors x, y to x0 y0 x1 y1 ... of their lower and upper halves; and to the entries of even and odd number of x and then y.
#define LANES 16
#define LOWS(x, y)                                                                                 \
    __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGHS(x, y)                                                                                \
    __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define EVENS(x, y)                                                                                \
    __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODDS(x, y)                                                                                 \
    __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#include "rl/sac_neurons_impl.h"
#include "rl/sac_impl.h"
#undef LANES
#undef LOWS
#undef HIGHS
#undef EVENS
#undef ODDS
#undef INT
#undef INT_MOST
#undef DOT
#undef REAL
#undef SQRT
#undef GEMM
#undef NAME
#define REAL double
#define SQRT sqrt
#define GEMM cblas_dgemm
#define DOT cblas_ddot
#define NAME(x) x##_d
#define INT int64_t
#define INT_MOST INT64_MAX
#define LANES 8
#define LOWS(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGHS(x, y) __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#define EVENS(x, y) __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODDS(x, y) __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15)
#include "rl/sac_neurons_impl.h"
#include "rl/sac_impl.h"
#undef LANES
#undef LOWS
#undef HIGHS
#undef EVENS
#undef ODDS
#undef INT
#undef INT_MOST
#undef DOT
#undef REAL
#undef SQRT
#undef GEMM
#undef NAME

// The model of that name: a cell, 4 and a cell's name (four times as wide), or "relu" (the ANN's neuron, read before its
// threshold). NULL: there is none.
static const struct h4l_cell *find_model(const char *model, bool *ret_wide, bool *ret_graded)
{
    *ret_wide = model[0] == '4';
    *ret_graded = strcmp(model, "relu") == 0;
    return h4l_cell_find(*ret_graded ? "ann" : model + *ret_wide);
}

int h4l_sac_published(const char *model, bool double_pendulum, struct h4l_sac_spec *ret,
                      struct h4l_err *err)
{
    enum h4l_cell_experiment experiment = double_pendulum ? H4L_CELL_IDP : H4L_CELL_IP;
    bool wide, graded;
    const struct h4l_cell *cell = find_model(model, &wide, &graded);
    const struct h4l_cell_published *p = cell ? h4l_cell_source(cell, experiment) : NULL;
    int hidden = wide ? 512 : 128;
    char names[256];

    if (!cell) {
        h4l_cell_names(names, sizeof names);
        return h4l_fail(err, H4L_E_USAGE,
                        "unknown model '%s': allowed are %s, 4 and one of these, and relu", model,
                        names);
    }
    *ret = (struct h4l_sac_spec){
        .neuron = h4l_cell_published(cell, experiment),
        .graded = graded,
        .n_obs = double_pendulum ? 11 : 4,
        .observations = 5,
        .repeat = 3,
        .hidden = hidden,
        .heads = hidden,
        .critics = hidden,
        .action_limit = double_pendulum ? 1 : 3,
        .gamma = 0.99,
        .tau = 0.005,
        .alpha = 0.2,
        .learning_rate = 3e-4,
        .batch = 64,
        .dt_max = p->dt_max,
        .rate_max = p->rate_max,
    };
    return H4L_OK;
}

static int check_spec(const struct h4l_sac_spec *s, struct h4l_err *err)
{
    int code;
    const struct {
        const char *name;
        double value, min, max;
    } rows[] = {
        {"n_obs", s->n_obs, 1, 64},
        {"observations", s->observations, 1, H4L_CELL_MAX_WINDOW},
        {"repeat", s->repeat, 1, H4L_CELL_MAX_WINDOW},
        {"observations * repeat", (double)s->observations * s->repeat, 1, H4L_CELL_MAX_WINDOW},
        {"hidden", s->hidden, 1, 8192},
        {"heads", s->heads, 1, 8192},
        {"critics", s->critics, 1, 8192},
        {"action_limit", s->action_limit, 1e-6, 1e6},
        {"gamma", s->gamma, 0, 1},
        {"tau", s->tau, 0, 1},
        {"alpha", s->alpha, 0, 1e6},
        {"learning_rate", s->learning_rate, 0, 1},
        {"batch", s->batch, 1, 65536},
        {"dt_max", s->dt_max, 0, 10},
        {"rate_max", s->rate_max, 0, 10},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!(rows[i].value >= rows[i].min && rows[i].value <= rows[i].max))
            return h4l_fail(err, H4L_E_RANGE, "%s = %g: must lie between %g and %g", rows[i].name,
                            rows[i].value, rows[i].min, rows[i].max);
    code = h4l_cell_check(&s->neuron, err);
    if (code)
        return code;
    if (s->neuron.cell->uses & H4L_CELL_TOPOLOGY)
        return h4l_fail(err, H4L_E_RANGE, "cell: an agent has no neurons of a topology");
    if (s->graded && h4l_cell_kept(&s->neuron) > 0)
        return h4l_fail(err, H4L_E_RANGE,
                        "graded: only a neuron without memory (ann) has a graded readout");
    return H4L_OK;
}

// Appends weight [rows][cols] and bias [rows] to a table; offsets go to at[0], at[1].
static void add_layer(struct h4l_sac_tensor *table, size_t *n, size_t *size, const char *name,
                      int rows, int cols, size_t *at)
{
    for (int bias = 0; bias < 2; bias++) {
        struct h4l_sac_tensor *t = &table[(*n)++];
        snprintf(t->name, sizeof t->name, "%s.%s", name, bias ? "bias" : "weight");
        t->rows = rows;
        t->cols = bias ? 1 : cols;
        t->offset = at[bias] = *size;
        *size += (size_t)t->rows * (size_t)t->cols;
    }
}

static void lay_out(struct h4l_sac *sac)
{
    const struct h4l_sac_spec *s = &sac->spec;
    static const char *const slif[] = {"neuron_in_a", "neuron_in_b", "neuron_in_c"};
    static const char *const heads[] = {"mean_h1", "mean_h2", "mean_out",
                                        "std_h1",  "std_h2",  "std_out"};
    static const char *const critics[] = {"qa_h1", "qa_h2", "qa_out", "qb_h1", "qb_h2", "qb_out"};
    size_t n = 0, n_critic = 0, at[2];

    sac->mix = -1;
    for (int k = 0; k < sac->P; k++)
        add_layer(sac->policy, &n, &sac->n_policy, sac->P == 3 ? slif[k] : "neuron_in", s->hidden,
                  s->n_obs, sac->at_in[k]);
    if (sac->U == 4) {
        add_layer(sac->policy, &n, &sac->n_policy, "neuron_mix", 1, 3, at);
        sac->mix = (ptrdiff_t)at[0];
    }
    for (int i = 0; i < 6; i++) {
        int in = i % 3 == 0 ? s->hidden * sac->U : s->heads, out = i % 3 == 2 ? 1 : s->heads;
        add_layer(sac->policy, &n, &sac->n_policy, heads[i], out, in,
                  &sac->at_head[i / 3][2 * (i % 3)]);
    }
    sac->n_policy_tensors = n;
    for (int i = 0; i < 6; i++) {
        int in = i % 3 == 0 ? s->n_obs + 1 : s->critics, out = i % 3 == 2 ? 1 : s->critics;
        add_layer(sac->critic, &n_critic, &sac->n_critic, critics[i], out, in,
                  &sac->at_critic[i / 3][2 * (i % 3)]);
    }
}

// The step of a cell that has one, else 1.
static double time_step(const struct h4l_cell_constants *k)
{
    struct h4l_cell_constants copy = *k;
    const double *dt = h4l_cell_constant(&copy, "dt");

    return dt ? *dt : 1;
}

// Xavier-uniform weights (gain 1), zero biases; neurons' constants. One stream per purpose, values in order of the tensors.
static int draw_initial(struct h4l_sac *sac, uint64_t seed, struct h4l_err *err)
{
    double *values =
        calloc(sac->n_policy > sac->n_critic ? sac->n_policy : sac->n_critic, sizeof *values);
    struct h4l_rng rng;

    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the initial weights of an agent");
    for (int set = H4L_SAC_POLICY; set <= H4L_SAC_CRITIC; set++) {
        const struct h4l_sac_tensor *t;
        size_t n = h4l_sac_tensors(sac, (enum h4l_sac_set)set, &t);
        h4l_rng_init(&rng, seed, set == H4L_SAC_POLICY ? "sac policy" : "sac critics", 0);
        for (size_t i = 0; i < n; i++) {
            bool bias = strstr(t[i].name, ".bias") != NULL;
            double bound = sqrt(6.0 / (t[i].rows + t[i].cols));
            for (size_t k = 0; k < (size_t)t[i].rows * (size_t)t[i].cols; k++)
                values[t[i].offset + k] = bias ? 0 : h4l_rng_between(&rng, -bound, bound);
        }
        h4l_sac_set(sac, (enum h4l_sac_set)set, values);
        if (set == H4L_SAC_CRITIC)
            h4l_sac_set(sac, H4L_SAC_TARGET, values);
    }
    free(values);
    h4l_rng_init(&rng, seed, "sac neurons", 0);
    for (int h = 0; h < sac->spec.hidden; h++) {
        double *rate = sac->rates + h * H4L_CELL_RATES;
        // (0, dt_max]: a neuron with dt = 0 would never move
        sac->dt[h] = sac->spec.dt_max > 0 ? sac->spec.dt_max * (1 - h4l_rng_uniform(&rng))
                                          : time_step(&sac->spec.neuron);
        for (int k = 0; k < H4L_CELL_RATES; k++)
            rate[k] = sac->spec.rate_max * h4l_rng_uniform(&rng);
    }
    return H4L_OK;
}

static void set_coefficients(struct h4l_sac *sac)
{
    if (sac->f)
        coefficients_f(sac, sac->f);
    else
        coefficients_d(sac, sac->d);
}

// Zeros on a cache line's border; bytes is a multiple of the line. NULL: none left.
static void *zeroed(size_t bytes)
{
    void *memory = aligned_alloc(VECTOR_BYTES, bytes);

    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

// Memory of the agent in its precision, zeroed.
static int allocate(struct h4l_sac *sac, struct h4l_err *err)
{
    size_t H = (size_t)sac->spec.hidden;

    sac->dt = calloc(H, sizeof *sac->dt);
    sac->rates = calloc(H, H4L_CELL_RATES * sizeof *sac->rates);
    sac->scratch = calloc((size_t)sac->spec.batch, sizeof *sac->scratch);
    if (sac->precision == H4L_FLOAT && (sac->f = calloc(1, sizeof *sac->f))) {
        sac->f->memory = zeroed(place_f(sac, sac->f, NULL) * sizeof(float));
        if (sac->f->memory)
            place_f(sac, sac->f, sac->f->memory);
    } else if (sac->precision == H4L_DOUBLE && (sac->d = calloc(1, sizeof *sac->d))) {
        sac->d->memory = zeroed(place_d(sac, sac->d, NULL) * sizeof(double));
        if (sac->d->memory)
            place_d(sac, sac->d, sac->d->memory);
    }
    if (!sac->dt || !sac->rates || !sac->scratch ||
        !((sac->f && sac->f->memory) || (sac->d && sac->d->memory)))
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for an agent of %d neurons",
                        sac->spec.hidden);
    return H4L_OK;
}

int h4l_sac_create(const struct h4l_sac_spec *spec, enum h4l_precision precision, uint64_t seed,
                   struct h4l_sac **ret, struct h4l_err *err)
{
    int code = check_spec(spec, err);

    if (code)
        return code;
    struct h4l_sac *sac = calloc(1, sizeof *sac);
    if (!sac)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for an agent");
    sac->spec = *spec;
    sac->precision = precision;
    sac->T = spec->observations * spec->repeat;
    sac->spec.neuron.window = sac->T;
    sac->U = h4l_cell_units(&spec->neuron);
    sac->P = h4l_cell_inputs(&spec->neuron);
    int lanes = VECTOR_BYTES / (int)(precision == H4L_FLOAT ? sizeof(float) : sizeof(double));
    sac->Hp = (spec->hidden + lanes - 1) / lanes * lanes;
    sac->projection = 2 * (size_t)spec->batch * (size_t)spec->observations * (size_t)sac->Hp;
    lay_out(sac);
    code = allocate(sac, err);
    if (!code)
        code = draw_initial(sac, seed, err);
    if (code) {
        h4l_sac_destroy(sac);
        return code;
    }
    set_coefficients(sac);
    *ret = sac;
    return H4L_OK;
}

void h4l_sac_destroy(struct h4l_sac *sac)
{
    if (!sac)
        return;
    if (sac->f)
        free(sac->f->memory);
    if (sac->d)
        free(sac->d->memory);
    free(sac->f);
    free(sac->d);
    free(sac->dt);
    free(sac->rates);
    free(sac->scratch);
    free(sac);
}

const struct h4l_sac_spec *h4l_sac_spec(const struct h4l_sac *sac)
{
    return &sac->spec;
}

static bool of_policy(enum h4l_sac_set set)
{
    return set == H4L_SAC_POLICY || set == H4L_SAC_POLICY_GRADIENT;
}

size_t h4l_sac_tensors(const struct h4l_sac *sac, enum h4l_sac_set set,
                       const struct h4l_sac_tensor **ret)
{
    *ret = of_policy(set) ? sac->policy : sac->critic;
    return of_policy(set) ? sac->n_policy_tensors : 12;
}

size_t h4l_sac_size(const struct h4l_sac *sac, enum h4l_sac_set set)
{
    return of_policy(set) ? sac->n_policy : sac->n_critic;
}

void h4l_sac_get(const struct h4l_sac *sac, enum h4l_sac_set set, double *ret_values)
{
    for (size_t i = 0, n = h4l_sac_size(sac, set); i < n; i++) {
        if (sac->f)
            ret_values[i] =
                (double)(set == H4L_SAC_POLICY_GRADIENT ? sac->f->g_policy : sac->f->sets[set])[i];
        else
            ret_values[i] =
                (set == H4L_SAC_POLICY_GRADIENT ? sac->d->g_policy : sac->d->sets[set])[i];
    }
}

void h4l_sac_set(struct h4l_sac *sac, enum h4l_sac_set set, const double *values)
{
    for (size_t i = 0, n = h4l_sac_size(sac, set); i < n; i++) {
        if (sac->f)
            (set == H4L_SAC_POLICY_GRADIENT ? sac->f->g_policy : sac->f->sets[set])[i] =
                (float)values[i];
        else
            (set == H4L_SAC_POLICY_GRADIENT ? sac->d->g_policy : sac->d->sets[set])[i] = values[i];
    }
}

int h4l_sac_set_hh(struct h4l_sac *sac, const double *dt, const double *rates, struct h4l_err *err)
{
    for (int h = 0; h < sac->spec.hidden; h++) {
        const double *r = rates + h * H4L_CELL_RATES;
        bool ok = isfinite(dt[h]) && dt[h] > 0;
        for (int k = 0; k < H4L_CELL_RATES; k++)
            ok = ok && isfinite(r[k]);
        if (!ok)
            return h4l_fail(err, H4L_E_RANGE, "neuron %d: dt must be positive and all rates finite",
                            h);
    }
    memcpy(sac->dt, dt, (size_t)sac->spec.hidden * sizeof *dt);
    memcpy(sac->rates, rates, (size_t)sac->spec.hidden * H4L_CELL_RATES * sizeof *rates);
    set_coefficients(sac);
    return H4L_OK;
}

void h4l_sac_policy(struct h4l_sac *sac, int n, const float *windows, double *ret_mean,
                    double *ret_log_std, double *ret_z)
{
    size_t zw = (size_t)sac->spec.hidden * (size_t)sac->U, row = (size_t)sac->Hp * (size_t)sac->U;

    if (sac->f) {
        load_windows_f(sac, sac->f, 0, n, windows);
        policy_forward_f(sac, sac->f, n);
    } else {
        load_windows_d(sac, sac->d, 0, n, windows);
        policy_forward_d(sac, sac->d, n);
    }
    for (int i = 0; i < n; i++) {
        double log_std = sac->f ? (double)sac->f->out[1][i] : sac->d->out[1][i];
        ret_mean[i] = sac->f ? (double)sac->f->out[0][i] : sac->d->out[0][i];
        ret_log_std[i] = fmin(fmax(log_std, -20), 2);
    }
    for (size_t i = 0; ret_z && i < zw * (size_t)n; i++) {
        size_t at = i / zw * row + i % zw;
        ret_z[i] = sac->f ? (double)sac->f->z[at] : sac->d->z[at];
    }
}

void h4l_sac_critics(struct h4l_sac *sac, int n, const float *obs, const float *actions,
                     double *ret_qa, double *ret_qb)
{
    size_t O = (size_t)sac->spec.n_obs;

    for (size_t i = 0; i < (size_t)n; i++)
        for (size_t k = 0; k <= O; k++) {
            float x = k < O ? obs[i * O + k] : actions[i];
            if (sac->f)
                sac->f->qx[i * (O + 1) + k] = x;
            else
                sac->d->qx[i * (O + 1) + k] = (double)x;
        }
    if (sac->f)
        critic_forward_f(sac, sac->f, n, sac->f->sets[H4L_SAC_CRITIC]);
    else
        critic_forward_d(sac, sac->d, n, sac->d->sets[H4L_SAC_CRITIC]);
    for (int i = 0; i < n; i++) {
        ret_qa[i] = sac->f ? (double)sac->f->q[0][i] : sac->d->q[0][i];
        ret_qb[i] = sac->f ? (double)sac->f->q[1][i] : sac->d->q[1][i];
    }
}

double h4l_sac_act(struct h4l_sac *sac, const float *window, double eps)
{
    double mean, log_std;

    h4l_sac_policy(sac, 1, window, &mean, &log_std, NULL);
    return sac->spec.action_limit * tanh(mean + exp(log_std) * eps);
}

void h4l_sac_update(struct h4l_sac *sac, const struct h4l_sac_batch *batch, const double *eps_next,
                    const double *eps_policy, struct h4l_sac_losses *ret)
{
    sac->updates++;
    if (sac->f) {
        update_critics_f(sac, sac->f, batch, eps_next, ret);
        update_policy_f(sac, sac->f, batch, eps_policy, ret);
    } else {
        update_critics_d(sac, sac->d, batch, eps_next, ret);
        update_policy_d(sac, sac->d, batch, eps_policy, ret);
    }
}

// Everything that a checkpoint holds, in its order. Only for restoring, where the agent is not const, is it written to.
static void state_parts(const struct h4l_sac *sac, struct part ret[PARTS])
{
    size_t H = (size_t)sac->spec.hidden;

    ret[0] = (struct part){(void *)&sac->updates, sizeof sac->updates};
    ret[1] = (struct part){sac->dt, H * sizeof *sac->dt};
    ret[2] = (struct part){sac->rates, H * H4L_CELL_RATES * sizeof *sac->rates};
    if (sac->f)
        learned_f(sac, sac->f, ret + OWN_PARTS);
    else
        learned_d(sac, sac->d, ret + OWN_PARTS);
}

size_t h4l_sac_state_bytes(const struct h4l_sac *sac)
{
    struct part parts[PARTS];
    size_t bytes = 0;

    state_parts(sac, parts);
    for (int i = 0; i < PARTS; i++)
        bytes += parts[i].bytes;
    return bytes;
}

void h4l_sac_save(const struct h4l_sac *sac, void *ret_bytes)
{
    struct part parts[PARTS];
    char *to = ret_bytes;

    state_parts(sac, parts);
    for (int i = 0; i < PARTS; to += parts[i++].bytes)
        memcpy(to, parts[i].at, parts[i].bytes);
}

int h4l_sac_restore(struct h4l_sac *sac, const void *bytes, size_t n, struct h4l_err *err)
{
    struct part parts[PARTS];
    const char *from = bytes;

    if (n != h4l_sac_state_bytes(sac))
        return h4l_fail(err, H4L_E_DATA,
                        "saved agent: expected %zu bytes for this model, found %zu",
                        h4l_sac_state_bytes(sac), n);
    state_parts(sac, parts);
    for (int i = 0; i < PARTS; from += parts[i++].bytes)
        memcpy(parts[i].at, from, parts[i].bytes);
    set_coefficients(sac);
    return H4L_OK;
}
