#include "rl/sac_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OWN_PARTS = 3,
    PARTS = OWN_PARTS + H4L_SAC_LEARNED
}; // pieces of the state: count of updates, dt, rates; what is learned

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

// Number i of several: what_a, ..., what_z, what_aa, ...
static void letter(char ret[16], const char *what, int i)
{
    if (i < 26)
        snprintf(ret, 16, "%s_%c", what, 'a' + i);
    else
        snprintf(ret, 16, "%s_a%c", what, 'a' + i % 26);
}

// The projections to the neurons, and the weights that mix their units' potentials.
static void lay_out_neurons(struct h4l_sac *sac, size_t *n)
{
    const struct h4l_sac_spec *s = &sac->spec;
    size_t at[2];
    char name[16];

    for (int k = 0; k < sac->P; k++) {
        letter(name, "neuron_in", k);
        add_layer(sac->policy, n, &sac->n_policy, sac->P > 1 ? name : "neuron_in", s->hidden,
                  s->n_obs, sac->at_in[k]);
    }
    sac->mix = sac->n_policy;
    for (int u = 0, mixers = 0; u < h4l_cell_units(&s->neuron); u++) {
        int arrows = h4l_cell_arrows(&s->neuron, u);

        if (arrows == 0)
            continue;
        letter(name, "neuron_mix", mixers);
        add_layer(sac->policy, n, &sac->n_policy, mixers++ > 0 ? name : "neuron_mix", 1, arrows,
                  at);
    }
}

static void lay_out(struct h4l_sac *sac)
{
    const struct h4l_sac_spec *s = &sac->spec;
    static const char *const heads[] = {"mean_h1", "mean_h2", "mean_out",
                                        "std_h1",  "std_h2",  "std_out"};
    static const char *const critics[] = {"qa_h1", "qa_h2", "qa_out", "qb_h1", "qb_h2", "qb_out"};
    size_t n = 0, n_critic = 0;

    lay_out_neurons(sac, &n);
    for (int i = 0; i < 6; i++) {
        int in = i % 3 == 0 ? s->hidden * sac->R : s->heads, out = i % 3 == 2 ? 1 : s->heads;
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

// Memory of the agent in its type, zeroed.
static int allocate(struct h4l_sac *sac, struct h4l_err *err)
{
    size_t H = (size_t)sac->spec.hidden;

    sac->dt = calloc(H, sizeof *sac->dt);
    sac->rates = calloc(H, H4L_CELL_RATES * sizeof *sac->rates);
    sac->scratch = calloc((size_t)sac->spec.batch, sizeof *sac->scratch);
    if (!sac->dt || !sac->rates || !sac->scratch || !sac->type->create(sac))
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for an agent of %d neurons",
                        sac->spec.hidden);
    return H4L_OK;
}

int h4l_sac_create(const struct h4l_sac_spec *spec, enum h4l_precision precision, uint64_t seed,
                   struct h4l_sac **ret, struct h4l_err *err)
{
    enum h4l_simd level;
    int code = check_spec(spec, err);

    if (!code)
        code = h4l_simd_choose(&level, err);
    if (code)
        return code;
    struct h4l_sac *sac = calloc(1, sizeof *sac);
    if (!sac)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for an agent");
    sac->spec = *spec;
    sac->type = precision == H4L_FLOAT ? &h4l_sac_type_float : &h4l_sac_type_double;
    sac->level = level;
    sac->spec.neuron.window = spec->observations * spec->repeat;
    sac->P = h4l_cell_inputs(&spec->neuron);
    sac->R = h4l_cell_trains(&spec->neuron);
    sac->M = h4l_cell_mixing(&spec->neuron);
    sac->Hp = (spec->hidden + sac->type->row - 1) / sac->type->row * sac->type->row;
    sac->projection = 2 * (size_t)spec->batch * (size_t)spec->observations * (size_t)sac->Hp;
    lay_out(sac);
    code = allocate(sac, err);
    if (!code)
        code = draw_initial(sac, seed, err);
    if (code) {
        h4l_sac_destroy(sac);
        return code;
    }
    sac->type->neurons(sac);
    *ret = sac;
    return H4L_OK;
}

void h4l_sac_destroy(struct h4l_sac *sac)
{
    if (!sac)
        return;
    sac->type->destroy(sac);
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
    return of_policy(set) ? sac->n_policy_tensors : H4L_SAC_CRITIC_TENSORS;
}

size_t h4l_sac_size(const struct h4l_sac *sac, enum h4l_sac_set set)
{
    return of_policy(set) ? sac->n_policy : sac->n_critic;
}

void h4l_sac_get(const struct h4l_sac *sac, enum h4l_sac_set set, double *ret_values)
{
    sac->type->get(sac, set, ret_values);
}

void h4l_sac_set(struct h4l_sac *sac, enum h4l_sac_set set, const double *values)
{
    sac->type->set(sac, set, values);
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
    sac->type->neurons(sac);
    return H4L_OK;
}

void h4l_sac_policy(struct h4l_sac *sac, int n, const float *windows, double *ret_mean,
                    double *ret_log_std, double *ret_z)
{
    sac->type->policy(sac, n, windows, ret_mean, ret_log_std, ret_z);
}

void h4l_sac_critics(struct h4l_sac *sac, int n, const float *obs, const float *actions,
                     double *ret_qa, double *ret_qb)
{
    sac->type->critics(sac, n, obs, actions, ret_qa, ret_qb);
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
    sac->type->update(sac, batch, eps_next, eps_policy, ret);
}

// Everything that a checkpoint holds, in its order. Only for restoring, where the agent is not const, is it written to.
static void state_parts(const struct h4l_sac *sac, struct h4l_sac_part ret[PARTS])
{
    size_t H = (size_t)sac->spec.hidden;

    ret[0] = (struct h4l_sac_part){(void *)&sac->updates, sizeof sac->updates};
    ret[1] = (struct h4l_sac_part){sac->dt, H * sizeof *sac->dt};
    ret[2] = (struct h4l_sac_part){sac->rates, H * H4L_CELL_RATES * sizeof *sac->rates};
    sac->type->learned(sac, ret + OWN_PARTS);
}

size_t h4l_sac_state_bytes(const struct h4l_sac *sac)
{
    struct h4l_sac_part parts[PARTS];
    size_t bytes = 0;

    state_parts(sac, parts);
    for (int i = 0; i < PARTS; i++)
        bytes += parts[i].bytes;
    return bytes;
}

void h4l_sac_save(const struct h4l_sac *sac, void *ret_bytes)
{
    struct h4l_sac_part parts[PARTS];
    char *to = ret_bytes;

    state_parts(sac, parts);
    for (int i = 0; i < PARTS; to += parts[i++].bytes)
        memcpy(to, parts[i].at, parts[i].bytes);
}

int h4l_sac_restore(struct h4l_sac *sac, const void *bytes, size_t n, struct h4l_err *err)
{
    struct h4l_sac_part parts[PARTS];
    const char *from = bytes;

    if (n != h4l_sac_state_bytes(sac))
        return h4l_fail(err, H4L_E_DATA,
                        "saved agent: expected %zu bytes for this model, found %zu",
                        h4l_sac_state_bytes(sac), n);
    state_parts(sac, parts);
    for (int i = 0; i < PARTS; from += parts[i++].bytes)
        memcpy(parts[i].at, from, parts[i].bytes);
    sac->type->neurons(sac);
    return H4L_OK;
}
