#include "fit.h"

#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/spike_coincidence.h"
#include "analysis/spike_metric.h"
#include "base/rng.h"
#include "cmaes.h"

// ---- data ----

static void set_weights(const struct h4l_stim_set *set, double noise_share, double *weight)
{
    int count[H4L_STIM_CLASSES] = {0}, others = 0;

    for (size_t i = 0; i < set->n; i++)
        others += count[set->stim[i].class]++ == 0 && set->stim[i].class != H4L_STIM_NOISE;
    if (count[H4L_STIM_NOISE] == 0 || others == 0)
        noise_share = count[H4L_STIM_NOISE] > 0;
    for (int c = 0; c < H4L_STIM_CLASSES; c++)
        if (count[c] > 0)
            weight[c] = (c == H4L_STIM_NOISE ? noise_share : (1 - noise_share) / others) / count[c];
}

int h4l_fit_data(const struct h4l_stim_set *set, double dt_ms, double delta_ms, double noise_share,
                 struct h4l_fit_data *ret, struct h4l_err *err)
{
    struct h4l_fit_data data = {.set = set, .delta_ms = delta_ms};
    int code;

    if (!(delta_ms > 0) || !(noise_share >= 0 && noise_share <= 1))
        return h4l_fail(
            err, H4L_E_RANGE,
            "fitting: delta %g ms and noise share %g, expected delta > 0 and a share in "
            "0..1",
            delta_ms, noise_share);
    if ((code = h4l_stim_input(set, dt_ms, &data.input, err)) != H4L_OK)
        return code;
    if ((code = h4l_lead_begin(set, &data.input, delta_ms, &data.lead, err)) != H4L_OK) {
        h4l_stim_input_free(&data.input);
        return code;
    }
    data.capacity = (size_t)set->duration_ms; // 1000 Hz
    set_weights(set, noise_share, data.weight);
    *ret = data;
    return H4L_OK;
}

void h4l_fit_data_free(struct h4l_fit_data *data)
{
    h4l_lead_end(&data->lead);
    h4l_stim_input_free(&data->input);
    *data = (struct h4l_fit_data){0};
}

// ---- scores ----

static struct h4l_fit_score score(const struct h4l_fit_data *data, struct h4l_spikes hh,
                                  struct h4l_spikes model, double tau)
{
    const struct h4l_gamma_options how = {.delta_ms = data->delta_ms, .matching = H4L_MATCH_GREEDY};
    const struct h4l_fit_score worst = {-1, 2};
    double duration = data->set->duration_ms, d;
    struct h4l_gamma gamma;

    if (hh.n == 0 && model.n == 0)
        return (struct h4l_fit_score){1, 0};
    if (model.n > data->capacity || 2 * (double)model.n * data->delta_ms > 0.9 * duration)
        return worst;
    if (h4l_gamma(hh, model, (struct h4l_window){0, duration}, &how, &gamma, NULL) != H4L_OK ||
        h4l_van_rossum(hh, model, tau, H4L_VAN_ROSSUM_UNIT, &d, NULL) != H4L_OK)
        return worst;
    return (struct h4l_fit_score){gamma.gamma, d * d / (double)(hh.n + model.n)};
}

struct scratch {
    double *t;      // [LANES * capacity]
    double *margin; // [LANES * steps]
    size_t n[H4L_SUBNET_LANES];
    struct h4l_fit_score *scores; // [stimuli]
};

static void scratch_end(struct scratch *s)
{
    free(s->t);
    free(s->margin);
    free(s->scores);
}

static int scratch_begin(const struct h4l_fit_data *data, struct scratch *ret, struct h4l_err *err)
{
    ret->t = malloc(H4L_SUBNET_LANES * data->capacity * sizeof *ret->t);
    ret->scores = malloc(data->set->n * sizeof *ret->scores);
    ret->margin = aligned_alloc(64, H4L_SUBNET_LANES * data->input.steps * sizeof *ret->margin);
    if (ret->t && ret->scores && ret->margin)
        return H4L_OK;
    scratch_end(ret);
    return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for spike trains");
}

static int evaluate(const struct h4l_candidate *c, const struct h4l_candidate_model *model,
                    const struct h4l_fit_data *data, double tau, struct scratch *s,
                    struct h4l_fit_score *ret, struct h4l_err *err)
{
    const struct h4l_stim_set *set = data->set;

    for (size_t g = 0; g < data->input.groups; g++) {
        int code = h4l_candidate_run(c, model, &data->input, g, data->capacity, s->t, s->n, err);

        if (code != H4L_OK)
            return code;
        for (size_t l = 0; l < H4L_SUBNET_LANES && g * H4L_SUBNET_LANES + l < set->n; l++) {
            size_t i = g * H4L_SUBNET_LANES + l;
            struct h4l_spikes model_train = {s->t + l * data->capacity, s->n[l]};

            ret[i] = score(data, set->stim[i].hh, model_train, tau);
        }
    }
    return H4L_OK;
}

int h4l_fit_evaluate(const struct h4l_candidate *candidate, const struct h4l_candidate_model *model,
                     const struct h4l_fit_data *data, double tau_ms, struct h4l_fit_score *ret,
                     struct h4l_err *err)
{
    struct scratch s;
    int code = scratch_begin(data, &s, err);

    if (code != H4L_OK)
        return code;
    code = evaluate(candidate, model, data, tau_ms, &s, ret, err);
    scratch_end(&s);
    return code;
}

int h4l_fit_train(const struct h4l_candidate *candidate, const struct h4l_candidate_model *model,
                  const struct h4l_fit_data *data, size_t i, double **ret_t, size_t *ret_n,
                  struct h4l_err *err)
{
    struct scratch s;
    int code = scratch_begin(data, &s, err);
    size_t lane = i % H4L_SUBNET_LANES, n;

    if (code != H4L_OK)
        return code;
    code = h4l_candidate_run(candidate, model, &data->input, i / H4L_SUBNET_LANES, data->capacity,
                             s.t, s.n, err);
    if (code != H4L_OK) {
        scratch_end(&s);
        return code;
    }
    n = s.n[lane] < data->capacity ? s.n[lane] : data->capacity;
    memmove(s.t, s.t + lane * data->capacity, n * sizeof *s.t);
    *ret_t = s.t;
    *ret_n = n;
    s.t = NULL;
    scratch_end(&s);
    return H4L_OK;
}

// ---- objectives ----

enum objective { LED, DISTANCE, GAMMA };

struct search {
    const struct h4l_candidate *candidate;
    const struct h4l_fit_data *data;
    struct scratch scratch;
    enum objective objective;
    double tau;                        // of the distance, ms
    double z[H4L_CANDIDATE_MAX], best; // best point of the stage so far
    double gamma;                      // of the last evaluation that was no led one
    long evaluations, last;            // used so far; the stage ends with this one
    // for gradients of the led loss; not there for threshold models
    double *slope; // [LANES * steps]
    struct h4l_subnet_tape tape;
    struct h4l_subnet_gradient gradient;
    nlopt_opt opt;
    int code;
    struct h4l_err err;
};

#define DIVERGED 1e10    // value of a model that leaves the finite numbers
enum { SWEEP_COST = 3 }; // evaluations that a backward sweep counts as

static double led_loss(struct search *s, const struct h4l_candidate_model *model)
{
    const struct h4l_fit_data *d = s->data;
    double loss[H4L_SUBNET_LANES], sum = 0;

    for (size_t g = 0; g < d->input.groups; g++) {
        double scale = h4l_candidate_margins(s->candidate, model, &d->input, g,
                                             d->lead.fires + g * d->input.steps, s->scratch.margin);

        h4l_lead_losses(&d->lead, g, s->scratch.margin, scale, loss);
        for (size_t l = 0; l < H4L_SUBNET_LANES && g * H4L_SUBNET_LANES + l < d->set->n; l++)
            sum += d->weight[d->set->stim[g * H4L_SUBNET_LANES + l].class] * loss[l];
    }
    return sum < DIVERGED ? sum : DIVERGED; // NaN too
}

static double free_run(struct search *s, const struct h4l_candidate_model *model)
{
    const struct h4l_stim_set *set = s->data->set;
    double distance = 0, gamma = 0;

    s->code =
        evaluate(s->candidate, model, s->data, s->tau, &s->scratch, s->scratch.scores, &s->err);
    if (s->code != H4L_OK)
        return DIVERGED;
    for (size_t i = 0; i < set->n; i++) {
        double weight = s->data->weight[set->stim[i].class];

        distance += weight * s->scratch.scores[i].distance;
        gamma += weight * s->scratch.scores[i].gamma;
    }
    s->gamma = gamma;
    return s->objective == GAMMA ? 1 - gamma + 0.1 * distance : distance;
}

static double value_at(struct search *s, const double *z)
{
    struct h4l_candidate_model model;
    double value;

    if (s->evaluations >= s->last)
        nlopt_force_stop(s->opt);
    s->evaluations++;
    s->code = s->code ? s->code : h4l_candidate_decode(s->candidate, z, &model, &s->err);
    if (s->code != H4L_OK) {
        nlopt_force_stop(s->opt);
        return DIVERGED;
    }
    value = s->objective == LED ? led_loss(s, &model) : free_run(s, &model);
    if (value < s->best) {
        s->best = value;
        memcpy(s->z, z, (size_t)s->candidate->n * sizeof *z);
    }
    return value;
}

static double difference_gradient(struct search *s, const double *z, double *gradient)
{
    const double h = 1e-4;
    double value = value_at(s, z), moved[H4L_CANDIDATE_MAX];
    int n = s->candidate->n;

    memcpy(moved, z, (size_t)n * sizeof *z);
    for (int i = 0; i < n; i++) {
        double step = z[i] + h > 1 ? -h : h;

        moved[i] = z[i] + step;
        gradient[i] = s->evaluations < s->last ? (value_at(s, moved) - value) / step : 0;
        moved[i] = z[i];
    }
    return value;
}

static double sweep_gradient(struct search *s, const double *z, double *gradient)
{
    const struct h4l_fit_data *d = s->data;
    double value = value_at(s, z), loss[H4L_SUBNET_LANES], weight[H4L_SUBNET_LANES] = {0};
    struct h4l_candidate_model model;

    memset(&s->gradient, 0, sizeof s->gradient);
    memset(gradient, 0, (size_t)s->candidate->n * sizeof *gradient);
    s->evaluations += SWEEP_COST;
    if (s->code != H4L_OK || !(value < DIVERGED) ||
        h4l_candidate_decode(s->candidate, z, &model, NULL) != H4L_OK)
        return value;
    for (size_t g = 0; g < d->input.groups; g++) {
        const double *x = d->input.x + g * d->input.steps * H4L_SUBNET_LANES;
        const uint16_t *fires = d->lead.fires + g * d->input.steps;

        for (size_t l = 0; l < H4L_SUBNET_LANES && g * H4L_SUBNET_LANES + l < d->set->n; l++)
            weight[l] = d->weight[d->set->stim[g * H4L_SUBNET_LANES + l].class];
        h4l_subnet_margin_tape(&model.subnet, x, fires, &s->tape, s->scratch.margin);
        h4l_lead_gradient(&d->lead, g, s->scratch.margin, 1, weight, loss, s->slope);
        h4l_subnet_backward(&model.subnet, x, fires, &s->tape, s->slope, &s->gradient);
    }
    h4l_candidate_chain(s->candidate, z, &model.subnet, &s->gradient, gradient);
    return value;
}

// For NLopt.
static double nlopt_value(unsigned n, const double *z, double *gradient, void *ctx)
{
    struct search *s = ctx;

    (void)n;
    if (!gradient)
        return value_at(s, z);
    return s->slope ? sweep_gradient(s, z, gradient) : difference_gradient(s, z, gradient);
}

// ---- search ----

static void begin_stage(struct search *s, enum objective objective, double tau, long last)
{
    s->objective = objective;
    s->tau = tau;
    s->last = last;
    s->best = HUGE_VAL;
}

// One NLopt run from s->z that ends when s->last evaluations have been used in all.
static int run_stage(struct search *s, nlopt_algorithm algorithm, double first_step,
                     struct h4l_err *err)
{
    unsigned n = (unsigned)s->candidate->n;
    double z[H4L_CANDIDATE_MAX], value;
    nlopt_result result;

    if (s->evaluations >= s->last)
        return H4L_OK;
    if ((s->opt = nlopt_create(algorithm, n)) == NULL)
        return h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for the optimiser");
    memcpy(z, s->z, sizeof z);
    // nlopt_optimize of one that is not whole ends the program where it has no memory for the message.
    if (nlopt_set_lower_bounds1(s->opt, 0) > 0 && nlopt_set_upper_bounds1(s->opt, 1) > 0 &&
        nlopt_set_min_objective(s->opt, nlopt_value, s) > 0 &&
        nlopt_set_maxeval(s->opt, (int)(s->last - s->evaluations)) > 0 &&
        nlopt_set_initial_step1(s->opt, first_step) > 0 && nlopt_set_xtol_abs1(s->opt, 1e-7) > 0)
        result = nlopt_optimize(s->opt, z, &value);
    else
        result = NLOPT_OUT_OF_MEMORY;
    nlopt_destroy(s->opt);
    s->opt = NULL;
    if (s->code != H4L_OK)
        return h4l_fail(err, s->code, "%s", s->err.message);
    // SLSQP reports a failure where the loss has a kink; the best point so far is what counts.
    if (result == NLOPT_OUT_OF_MEMORY || result == NLOPT_INVALID_ARGS)
        return h4l_fail(err, result == NLOPT_OUT_OF_MEMORY ? H4L_E_NOMEM : H4L_E_INTERNAL,
                        "fitting %s: NLopt failed with %s", s->candidate->name,
                        nlopt_result_to_string(result));
    return H4L_OK;
}

struct h4l_fit_state h4l_fit_start(uint64_t seed, uint64_t start)
{
    return (struct h4l_fit_state){.objective = HUGE_VAL, .gamma = -1, .seed = seed, .start = start};
}

static void random_point(const struct search *s, struct h4l_rng *rng, double *z)
{
    for (int i = 0; i < s->candidate->n; i++)
        z[i] = h4l_rng_uniform(rng);
}

// The best of some random points by the led loss, and down from there.
static int led_start(struct search *s, struct h4l_rng *rng, long last, struct h4l_err *err)
{
    size_t steps = s->data->input.steps;
    double z[H4L_CANDIDATE_MAX];
    const struct h4l_candidate *c = s->candidate;
    int code = H4L_OK;

    if (c->kind == H4L_CANDIDATE_SUBNET) {
        s->slope = aligned_alloc(64, H4L_SUBNET_LANES * steps * sizeof *s->slope);
        code = s->slope ? h4l_subnet_tape_create(steps, c->topology.units, &s->tape, err)
                        : h4l_fail(err, H4L_E_NOMEM, "fitting: out of memory for gradients");
    }
    begin_stage(s, LED, 0, last);
    for (long i = 0; code == H4L_OK && i < 50 && i < last / 20 + 1; i++) {
        random_point(s, rng, z);
        if (c->delay) // the imposed spikes come at once, so that the loss does not depend on it
            z[c->n - 1] = h4l_candidate_no_delay;
        value_at(s, z);
    }
    if (code == H4L_OK)
        code = run_stage(s, NLOPT_LD_SLSQP, 0.1, err);
    h4l_subnet_tape_free(&s->tape);
    free(s->slope);
    s->slope = NULL;
    return code;
}

static int global_start(struct search *s, struct h4l_rng *rng, long last, struct h4l_err *err)
{
    random_point(s, rng, s->z);
    // NLopt keeps its generator per thread: seeded here, this start does not depend on what ran before it.
    nlopt_srand((unsigned long)(h4l_rng_u64(rng) & 0xffffffff));
    begin_stage(s, DISTANCE, 12, last);
    return run_stage(s, NLOPT_GN_CRS2_LM, 0.1, err);
}

static double cmaes_value(void *ctx, const double *z, int *ret_code)
{
    struct search *s = ctx;
    double value = value_at(s, z);

    *ret_code = s->code;
    return value;
}

static int polish(struct search *s, struct h4l_rng *rng, struct h4l_err *err)
{
    double z[H4L_CANDIDATE_MAX];
    const struct h4l_cmaes how = {.n = s->candidate->n,
                                  .step = 0.05,
                                  .evaluations = s->last - s->evaluations,
                                  .value = cmaes_value,
                                  .ctx = s,
                                  .rng = rng};
    int code;

    memcpy(z, s->z, sizeof z);
    code = h4l_cmaes(&how, z, err);
    return s->code == H4L_OK ? code : h4l_fail(err, s->code, "%s", s->err.message);
}

static bool on_gamma(enum h4l_fit_round round)
{
    return round == H4L_FIT_GAMMA || round == H4L_FIT_POLISH;
}

static int stages(struct search *s, enum h4l_fit_round round, long last, struct h4l_rng *rng,
                  struct h4l_err *err)
{
    int code = H4L_OK;

    if (round == H4L_FIT_LED && h4l_candidate_has_margins(s->candidate))
        code = led_start(s, rng, last - last / 4, err);
    else if (round == H4L_FIT_LED || round == H4L_FIT_GLOBAL)
        code = global_start(s, rng, last - last / 4, err);
    if (code != H4L_OK)
        return code;
    begin_stage(s, on_gamma(round) ? GAMMA : DISTANCE, 4, last);
    if (round == H4L_FIT_POLISH)
        return polish(s, rng, err);
    return run_stage(s, NLOPT_LN_SBPLX, 0.05, err);
}

int h4l_fit_round(const struct h4l_candidate *candidate, const struct h4l_fit_data *data,
                  enum h4l_fit_round round, long evaluations, struct h4l_fit_state *state,
                  struct h4l_err *err)
{
    struct search s = {.candidate = candidate, .data = data};
    struct h4l_rng rng;
    int code;

    if (evaluations < 10 || evaluations > 1000000000)
        return h4l_fail(err, H4L_E_RANGE, "fitting: %ld evaluations, expected 10..1e9",
                        evaluations);
    if ((code = scratch_begin(data, &s.scratch, err)) != H4L_OK)
        return code;
    h4l_rng_init(&rng, state->seed, round == H4L_FIT_POLISH ? "fitting polish" : "fitting start",
                 state->start);
    memcpy(s.z, state->z, sizeof s.z);
    if (candidate->n > 0)
        code = stages(&s, round, evaluations - 1, &rng, err);
    if (code == H4L_OK) { // the last evaluation: both values at the best point
        begin_stage(&s, on_gamma(round) ? GAMMA : DISTANCE, 4, s.evaluations + 1);
        state->objective = value_at(&s, s.z);
        if ((code = s.code) != H4L_OK)
            h4l_fail(err, code, "%s", s.err.message);
        state->gamma = s.gamma;
        state->evaluations += s.evaluations;
        memcpy(state->z, s.z, sizeof s.z);
    }
    scratch_end(&s.scratch);
    return code;
}
