// lyapunov-*: Lyapunov spectra of HH and of the other neurons at rest, on the limit cycle and under a current that makes HH
// chaotic. (Claim D2.)
//
// Prediction for tv-LIF2HH, whose equations are block triangular, and for any neuron that is HH in other coordinates: the spectrum of
// HH and the further exponents of its row (three times -1/C).
// s-LIF2HH resets to a constant. In continuous time one finite exponent is left (saltation matrices, analysis/hybrid.h); for its
// published map, whose steps are whole, none: a step that fires has Jacobian 0, so the map's largest exponent is -infinity as
// soon as it fires, and log(decay) per step where it never does.
#include "dynamics.h"

#include <complex.h>
#undef I // here a current
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/lyapunov.h"
#include "base/rng.h"
#include "model.h"
#include "neurons.h"

enum { HH = H4L_HH_DIM, MOST = H4L_MODEL_DIM };

// An error bar has three parts: three standard errors; the discretisation, as RK4 with the steps used here keeps exponents to 1e-6 per
// ms; and rounding. Rounding matters where two exponents' growth rates cross for long stretches: near rest three of HH's own rates
// are above -0.3 per ms (its eigenvalues there), far above the -1/C of the input units, though in the mean the third is at -1.56. The tangent vector that
// should contract like an input unit then picks up HH's third direction from a seed of 1e-16 and gains from it. QR in double thus
// puts one of the three exponents at about -0.9996. The size of this is measured by a run with noise of 1e-12 on the vectors, whose
// deviation must be larger, as it grows with the seed (about like its 0.2nd power).
#define STEP_ERROR 1e-6
#define NOISE 1e-12
#define SIGMAS 3 // error bars: three standard errors

enum { LANES = H4L_HH_TANGENT_LANES };

// The spectrum of HH or of a neuron that is HH in other coordinates, over all trajectories. Noisy: with noise of NOISE in the tangent
// vectors, which shows what rounding can do.
struct part {
    struct h4l_driven driven;
    bool noisy;
    double *blocks;                 // [trajectory * blocks * exponents]
    double mean[MOST], error[MOST]; // standard errors
};
enum { PARTS = 2 * H4L_NEURONS };

struct job {
    struct h4l_run *run;
    struct h4l_neurons neurons;
    struct h4l_lyapunov_options options;
    double start[HH]; // HH state of the one trajectory, where `groups` is 0
    size_t groups;    // so many groups of LANES trajectories from different states and phases
    const struct h4l_hh_tangent *kernel; // for them
    long pair_qr;                        // orthonormalisations per block of the two trajectories
    long step_qr;                        // orthonormalisations over which the step is checked
    int n; // parts: HH, then every other one twice, without and with noise
    struct part parts[PARTS];
    double *pair,
        *same; // blocks of the two trajectories, and of the variational equations beside them
};

static int interrupted(void *run)
{
    return h4l_run_interrupted(run);
}

// State and time at which trajectory j begins.
static double start_of(const struct job *job, size_t j, double start[HH])
{
    const struct h4l_neuron *hh = &job->neurons.at[0];
    struct h4l_rng rng;

    if (!job->groups) {
        memcpy(start, job->start, sizeof job->start);
        return 0;
    }
    h4l_rng_init(&rng, h4l_run_seed(job->run), "lyapunov start", j);
    hh->model->start(hh->constants, h4l_rng_between(&rng, -75, -55), start);
    return h4l_rng_between(&rng, 0, 1000);
}

static int run_one(const struct job *job, const struct part *part, struct h4l_err *err)
{
    const struct h4l_model *m = part->driven.neuron.model;
    struct h4l_tangent_noise noise = {.size = NOISE};
    struct h4l_noisy noisy = {&part->driven, &noise};
    struct h4l_flow flow = part->noisy ? h4l_noisy_flow(&noisy) : h4l_driven_flow(&part->driven);
    struct h4l_lyapunov_options o = job->options;
    double start[HH], x[MOST];

    h4l_rng_init(&noise.rng, h4l_run_seed(job->run), "lyapunov noise", 0);
    o.start = start_of(job, 0, start);
    o.exponents = m->exponents;
    h4l_model_place(m, start, x);
    return h4l_lyapunov_flow(&flow, &o, x, part->blocks, err);
}

// Trajectories group * LANES ..., one per vector lane.
static int run_group(const struct job *job, const struct part *part, size_t group,
                     struct h4l_err *err)
{
    const struct h4l_model *m = part->driven.neuron.model;
    struct h4l_tangent_noise noise = {.size = NOISE};
    struct h4l_driven_ensemble e = {.driven = &part->driven,
                                    .kernel = job->kernel,
                                    .step = job->options.step,
                                    .noise = part->noisy ? &noise : NULL};
    struct h4l_ensemble ensemble = h4l_driven_ensemble(&e);
    double x[MOST * LANES];
    size_t per_trajectory = (size_t)job->options.blocks * (size_t)ensemble.exponents;

    h4l_rng_init(&noise.rng, h4l_run_seed(job->run), "lyapunov noise", group);
    for (size_t j = 0; j < LANES; j++) {
        double start[HH], y[MOST];
        e.start[j] = start_of(job, group * LANES + j, start);
        h4l_model_place(m, start, y);
        for (int i = 0; i < ensemble.dim; i++)
            x[(size_t)i * LANES + j] = y[i];
    }
    return h4l_lyapunov_ensemble(&ensemble, &job->options, x,
                                 part->blocks + group * LANES * per_trajectory, err);
}

// Two HH trajectories from the first start, and the variational equations over the same stretches of time.
static int run_pair(const struct job *job, struct h4l_err *err)
{
    struct h4l_flow hh = h4l_driven_flow(&job->parts[0].driven);
    struct h4l_lyapunov_options o = job->options;
    double x[HH];
    int code;

    o.qr_per_block = job->pair_qr;
    o.exponents = 1;
    o.start = start_of(job, 0, x);
    if ((code = h4l_lyapunov_two_trajectories(&hh, &o, 1e-7, x, job->pair, err)))
        return code;
    start_of(job, 0, x);
    return h4l_lyapunov_flow(&hh, &o, x, job->same, err);
}

static int run_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    const struct job *job = ctx;
    size_t n = (size_t)job->n;

    (void)worker;
    if (item == 0)
        return run_pair(job, err);
    item--;
    const struct part *part = &job->parts[n - 1 - item % n]; // the longest first
    return job->groups ? run_group(job, part, item / n, err) : run_one(job, part, err);
}

static void put_pair(const struct job *job)
{
    size_t n = (size_t)job->options.blocks;
    double mean, error, variational;

    h4l_lyapunov_summary(job->pair, n, 1, &mean, &error);
    h4l_lyapunov_summary(job->same, n, 1, &variational, NULL);
    h4l_metric_real(job->run, "largest_two_trajectories_per_ms", mean);
    h4l_metric_real(job->run, "largest_two_trajectories_stderr_per_ms", error);
    h4l_metric_real(job->run, "two_trajectories_minus_variational_per_ms", mean - variational);
}

// ---- the step ----

// HH's exponents from start j on, with steps so many times shorter.
static int over_a_stretch(const struct job *job, size_t j, int shorter, double ret[HH],
                          struct h4l_err *err)
{
    struct h4l_flow flow = h4l_driven_flow(&job->parts[0].driven);
    struct h4l_lyapunov_options o = job->options;
    double x[HH];

    o.exponents = HH;
    o.blocks = 1;
    o.transient_qr = 0;
    o.qr_per_block = job->step_qr;
    o.step /= shorter;
    o.steps_per_qr *= shorter;
    o.start = start_of(job, j, x);
    return h4l_lyapunov_flow(&flow, &o, x, ret, err);
}

// What the step does to HH's exponents, and whether that is little. A step that is too long for the stiffest direction bends its exponent
// alike in every block, so that no standard error shows it. Over a stretch from the same start, too short for chaos to tell, half
// the step says by how much.
static int check_step(const struct job *job, struct h4l_err *err)
{
    enum { STARTS = 8 };
    const double order_4 = 16.0 / 15, much = 0.01;
    const struct part *hh = &job->parts[0];
    size_t starts = job->groups ? STARTS : 1;
    double change[HH] = {0};

    for (size_t j = 0; j < starts; j++) {
        double whole[HH], half[HH];
        int code = over_a_stretch(job, j, 1, whole, err);

        if (code || (code = over_a_stretch(job, j, 2, half, err)))
            return code;
        for (int i = 0; i < HH; i++)
            change[i] += order_4 * (whole[i] - half[i]) / (double)starts;
    }
    for (int i = 0; i < HH; i++)
        if (!(fabs(change[i]) <= SIGMAS * hh->error[i] + STEP_ERROR + much * fabs(hh->mean[i])))
            return h4l_fail(err, H4L_E_RANGE,
                            "the step of %g ms is too long here: it changes exponent %d of HH, %g "
                            "per ms, by %g",
                            job->options.step, i + 1, hh->mean[i], change[i]);
    h4l_metric_reals(job->run, "step_error_hh_per_ms", change, HH);
    return H4L_OK;
}

static int begin_job(struct job *job, const struct h4l_wave *wave, struct h4l_err *err)
{
    int code = h4l_neurons(job->run, &job->neurons, err);

    if (code)
        return code;
    for (size_t i = 0; i < job->neurons.n; i++)
        for (int noisy = 0; noisy <= (i > 0); noisy++)
            if (i == 0 || job->neurons.at[i].model->of == job->neurons.at[0].model) {
                struct part *part = &job->parts[job->n++];
                part->noisy = noisy;
                h4l_driven_init(&job->neurons.at[i], wave, &part->driven);
            }
    return H4L_OK;
}

// Runs all parts over the pool and pools the blocks.
static int run_job(struct job *job, struct h4l_err *err)
{
    size_t blocks = (size_t)job->options.blocks, used = 0;
    size_t n = (job->groups ? job->groups * LANES : 1) * blocks;
    double *memory = malloc((n * (size_t)job->n * MOST + 2 * blocks) * sizeof *memory);
    int code;

    if (!memory)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu blocks", n);
    for (int p = 0; p < job->n; p++) {
        job->parts[p].blocks = memory + used;
        used += n * (size_t)job->parts[p].driven.neuron.model->exponents;
    }
    job->pair = memory + used;
    job->same = job->pair + blocks;
    job->options.stop = interrupted;
    job->options.stop_ctx = job->run;
    code =
        h4l_parallel_for(h4l_run_pool(job->run),
                         1 + (size_t)job->n * (job->groups ? job->groups : 1), run_item, job, err);
    for (int p = 0; p < job->n && !code; p++) {
        struct part *part = &job->parts[p];
        h4l_lyapunov_summary(part->blocks, n, part->driven.neuron.model->exponents, part->mean,
                             part->error);
    }
    if (!code)
        put_pair(job);
    free(memory);
    return code;
}

// -1, 0, 1; 0 where the error bar reaches across 0.
static int sign_of(double mean, double error)
{
    return mean > error ? 1 : mean < -error ? -1 : 0;
}

// ---- neurons of their own: not HH in other coordinates ----

struct own {
    const struct h4l_model *model;
    double flow[MOST], error[MOST]; // largest exponents; error bars (not standard errors)
    double map;                     // largest exponent of the map, -infinity if it fires
    double spikes_per_ms;           // of the map
};

static int own_flow_at(struct h4l_run *run, const struct h4l_driven *d, double duration,
                       int shorter, struct own *ret, struct h4l_err *err)
{
    enum { BLOCKS = 50 };
    const struct h4l_model *m = d->neuron.model;
    struct h4l_hybrid hybrid = h4l_driven_hybrid(d);
    long per_ms = shorter * 20 * h4l_model_parts(m, 0.05);
    double x[MOST], blocks[BLOCKS * MOST];
    struct h4l_lyapunov_options o = {.exponents = m->exponents,
                                     .step = 1 / (double)per_ms,
                                     .steps_per_qr = per_ms,
                                     .transient_qr = 500,
                                     .qr_per_block = (long)ceil(duration / BLOCKS),
                                     .blocks = BLOCKS,
                                     .stop = interrupted,
                                     .stop_ctx = run};
    int code = h4l_model_rest(&d->neuron, 0, x, err);

    if (!code)
        code = m->event ? h4l_lyapunov_hybrid(&hybrid, &o, x, blocks, err)
                        : h4l_lyapunov_flow(&hybrid.flow, &o, x, blocks, err);
    if (code)
        return code;
    h4l_lyapunov_summary(blocks, BLOCKS, m->exponents, ret->flow, ret->error);
    // The vector's length swings by a factor of up to threshold-to-rest within an interval, so an exponent of 0 is only met to
    // O(1 / duration) in a run that ends anywhere in one.
    for (int i = 0; i < m->exponents; i++)
        ret->error[i] = SIGMAS * ret->error[i] + 5 / duration;
    return H4L_OK;
}

// With half the step it has to come out alike.
static int own_flow(struct h4l_run *run, const struct h4l_driven *d, double duration,
                    struct own *ret, struct h4l_err *err)
{
    struct own half = *ret;
    int code = own_flow_at(run, d, duration, 1, ret, err);

    if (!code)
        code = own_flow_at(run, d, duration, 2, &half, err);
    for (int i = 0; !code && i < d->neuron.model->exponents; i++)
        if (fabs(ret->flow[i] - half.flow[i]) > ret->error[i] + half.error[i])
            code = h4l_fail(err, H4L_E_RANGE,
                            "exponent %d of %s is %g per ms, and %g with half the step: more apart "
                            "than their error bars",
                            i + 1, d->neuron.model->name, ret->flow[i], half.flow[i]);
    return code;
}

static int own_map(struct h4l_run *run, const struct h4l_driven *d, double duration,
                   struct own *ret, struct h4l_err *err)
{
    const struct h4l_model *m = d->neuron.model;
    struct h4l_map map = h4l_driven_map(d);
    double rest[MOST], x[MOST], block;
    long steps = (long)(duration / m->map_ms), fired = 0;
    struct h4l_lyapunov_options o = {.exponents = 1,
                                     .steps_per_qr = 1,
                                     .transient_qr = 200,
                                     .qr_per_block = steps,
                                     .blocks = 1,
                                     .stop = interrupted,
                                     .stop_ctx = run};
    int code = h4l_model_rest(&d->neuron, 0, rest, err);

    if (code)
        return code;
    memcpy(x, rest, sizeof x);
    if ((code = h4l_lyapunov_map(&map, &o, x, &block, err)))
        return code;
    for (long n = 0; n < steps; n++) {
        double t = (double)n * m->map_ms;
        const struct h4l_input in = {.I = h4l_wave_mean(&d->wave, t, t + m->map_ms)};
        fired += m->map(d->neuron.constants, &in, rest, NULL, NULL, 0, NULL);
    }
    ret->map = block / m->map_ms;
    ret->spikes_per_ms = (double)fired / ((double)steps * m->map_ms);
    return H4L_OK;
}

static void put(struct h4l_run *run, const char *before, const struct h4l_model *m,
                const char *after, double value)
{
    char name[96];

    snprintf(name, sizeof name, "%s_%s%s", before, m->name, after);
    h4l_metric_real(run, name, value);
}

static void puts_of(struct h4l_run *run, const char *before, const struct h4l_model *m,
                    const char *after, const double *values, int n)
{
    char name[96];

    snprintf(name, sizeof name, "%s%s%s", before, m->name, after);
    h4l_metric_reals(run, name, values, (size_t)n);
}

static void put_sign(struct h4l_run *run, const struct h4l_model *m, const char *after, int sign)
{
    char name[96];

    snprintf(name, sizeof name, "sign_of_largest_%s%s", m->name, after);
    h4l_metric_int(run, name, sign);
}

static bool is_own(const struct h4l_model *m)
{
    return !m->of && m != &h4l_model_hh;
}

static int put_own(const struct job *job, const struct h4l_neuron *neuron, struct own *ret,
                   struct h4l_err *err)
{
    const struct h4l_model *m = neuron->model;
    struct h4l_run *run = job->run;
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct own r = {.model = m};
    double duration = o->slif_duration_ms;
    struct h4l_driven driven;
    int code;

    h4l_driven_init(neuron, &job->parts[0].driven.wave, &driven);
    if ((code = own_flow(run, &driven, duration, &r, err)) ||
        (m->map && (code = own_map(run, &driven, duration, &r, err))))
        return code;
    put(run, "largest", m, "_per_ms", r.flow[0]);
    put(run, "largest", m, "_error_per_ms", r.error[0]);
    if (m->exponents > 1) {
        puts_of(run, "spectrum_", m, "_per_ms", r.flow, m->exponents);
        puts_of(run, "spectrum_", m, "_error_per_ms", r.error, m->exponents);
    }
    if (m->map) {
        put(run, "largest", m, "_map_per_ms", r.map); // null: -infinity
        put(run, "rate", m, "_map_per_ms", r.spikes_per_ms);
    }
    *ret = r;
    return H4L_OK;
}

// Into ret[H4L_NEURONS], in the order of the neurons.
static int put_all_own(const struct job *job, struct own *ret, struct h4l_err *err)
{
    const struct part *hh = &job->parts[0];
    size_t n = 0;

    for (size_t i = 0; i < job->neurons.n; i++)
        if (is_own(job->neurons.at[i].model)) {
            int code = put_own(job, &job->neurons.at[i], &ret[n], err);
            if (code)
                return code;
            n++;
        }
    put_sign(job->run, &h4l_model_hh, "", sign_of(hh->mean[0], SIGMAS * hh->error[0] + STEP_ERROR));
    for (size_t i = 0; i < n; i++) {
        put_sign(job->run, ret[i].model, "", sign_of(ret[i].flow[0], ret[i].error[0]));
        if (ret[i].model->map)
            put_sign(job->run, ret[i].model, "_map", sign_of(ret[i].map, 0));
    }
    return H4L_OK;
}

// ---- results that all three cases share ----

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

// What a neuron that is HH in other coordinates should have, and how far from it `plain` is; `noisy` is the same with noise.
static void put_twin(struct h4l_run *run, const struct part *hh, const struct part *plain,
                     const struct part *noisy)
{
    const struct h4l_model *m = plain->driven.neuron.model;
    struct {
        double value, error;
    } predicted[MOST];
    double values[MOST], deviation[MOST], rounding[MOST], error[MOST], more[MOST], worst = 0;
    char name[96];
    int n = m->exponents;

    m->more(plain->driven.neuron.constants, more);
    // HH's and the further ones, in order (the value leads the struct, so the comparison of doubles serves)
    for (int i = 0; i < n; i++) {
        predicted[i].value = i < HH ? hh->mean[i] : more[i - HH];
        predicted[i].error = i < HH ? hh->error[i] : 0;
    }
    qsort(predicted, (size_t)n, sizeof *predicted, descending);
    for (int i = 0; i < n; i++) {
        values[i] = predicted[i].value;
        deviation[i] = plain->mean[i] - predicted[i].value;
        rounding[i] = fabs(noisy->mean[i] - plain->mean[i]);
        error[i] = SIGMAS * hypot(plain->error[i], predicted[i].error) + STEP_ERROR + rounding[i];
        worst = fmax(worst, fabs(deviation[i]) / error[i]);
    }
    puts_of(run, "spectrum_", m, "_per_ms", plain->mean, n);
    puts_of(run, "spectrum_", m, "_stderr_per_ms", plain->error, n);
    puts_of(run, "predicted_", m, "_per_ms", values, n);
    puts_of(run, "", m, "_minus_predicted_per_ms", deviation, n);
    puts_of(run, "", m, "_rounding_error_per_ms", rounding, n);
    puts_of(run, "", m, "_error_bar_per_ms", error, n);
    snprintf(name, sizeof name, "%s_deviation_over_error_bar", m->name);
    h4l_metric_real(run, name, worst);
}

static void put_spectra(const struct job *job)
{
    const struct part *hh = &job->parts[0];
    double sum = 0;

    for (int i = 0; i < HH; i++)
        sum += hh->mean[i];
    h4l_metric_reals(job->run, "spectrum_hh_per_ms", hh->mean, HH);
    h4l_metric_reals(job->run, "spectrum_stderr_per_ms", hh->error, HH);
    for (int p = 1; p < job->n; p += 2)
        put_twin(job->run, hh, &job->parts[p], &job->parts[p + 1]);
    h4l_metric_real(job->run, "sum_hh_per_ms", sum);
}

static const struct h4l_column spectrum_columns[] = {
    {"model", "*", "which neuron"},
    {"index", "1", "number of the exponent, from 1, largest first"},
    {"exponent", "1/ms", "Lyapunov exponent"},
    {"error_bar", "1/ms",
     "three standard errors; for a neuron of --set neuron also 5 over the duration"},
};
const struct h4l_series h4l_lyapunov_series =
    H4L_SERIES("lyapunov-*.csv", "neuron and exponent", spectrum_columns);

// Error bars: three standard errors; for neurons of their own see own_flow_at.
static int write_spectra(const struct job *job, const char *what, const struct own *own,
                         struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_lyapunov_series};
    struct h4l_csv *csv;
    const struct part *part = job->parts;

    h4l_header_all(&header, job->neurons.key);
    if (!(csv = h4l_series_begin_with(job->run, &header, what, err)))
        return err->code;
    for (size_t m = 0; m < job->neurons.n; m++) {
        const struct h4l_model *model = job->neurons.at[m].model;
        bool mine = is_own(model);
        for (int i = 0; i < model->exponents; i++)
            h4l_csv_row(csv, (double[]){(double)m, i + 1, mine ? own->flow[i] : part->mean[i],
                                        mine ? own->error[i] : SIGMAS * part->error[i]});
        own += mine;
        part += mine ? 0 : m == 0 ? 1 : 2; // a part without and one with noise
    }
    return H4L_OK;
}

static int finish(struct job *job, const char *what, struct h4l_err *err)
{
    struct own own[H4L_NEURONS];
    int code;

    if ((code = run_job(job, err)) || (code = check_step(job, err)))
        return code;
    put_spectra(job);
    if ((code = put_all_own(job, own, err)))
        return code;
    return write_spectra(job, what, own, err);
}

// ---- the cases ----

// What RK4 with this step makes of an eigenvalue, less the eigenvalue: at a fixed point it multiplies by the first five terms of the
// exponential.
static double rk4_error(struct h4l_complex eigenvalue, double step)
{
    double complex z = (eigenvalue.re + eigenvalue.im * _Complex_I) * step;

    return log(cabs(1 + z * (1 + z / 2 * (1 + z / 3 * (1 + z / 4))))) / step - eigenvalue.re;
}

// Steps per block of that length: 1024, or so many more that no exponent is bent by more than the share of the step in its error bar.
static int steps_at_rest(const struct h4l_complex z[HH], double block, long *ret,
                         struct h4l_err *err)
{
    const long least = 1024, most = 32 * 1024;

    for (long n = least; n <= most; n *= 2) {
        double worst = 0;

        for (int i = 0; i < HH; i++)
            worst = fmax(worst, fabs(rk4_error(z[i], block / (double)n)));
        if (worst <= STEP_ERROR) {
            *ret = n;
            return H4L_OK;
        }
    }
    return h4l_fail(err, H4L_E_RANGE,
                    "the fastest direction decays by %g per ms, too fast for the steps of "
                    "this case (as published HH is that stiff at rest below i0 = -21)",
                    z[HH - 1].re);
}

int h4l_dynamics_lyapunov_rest(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct h4l_wave wave = h4l_wave_const(o->i0);
    struct h4l_complex z[HH];
    struct h4l_system system;
    struct job job = {.run = run};
    double re[HH], im[HH], block = 10;
    long steps = 0;
    int code;

    if ((code = begin_job(&job, &wave, err)))
        return code;
    system = h4l_model_system(&job.parts[0].driven.neuron);
    if ((code = h4l_model_rest(&job.parts[0].driven.neuron, wave.offset, job.start, err)) ||
        (code = h4l_equilibrium_eigenvalues(&system, wave.offset, job.start, z, err)))
        return code;
    if (z[0].re > 0)
        return h4l_fail(err, H4L_E_RANGE,
                        "lyapunov-rest: rest is unstable at i0 = %g (an eigenvalue of %g per ms); "
                        "that of HH as published is stable below 9.775 and above 154.52",
                        wave.offset, z[0].re);
    for (int i = 0; i < HH; i++) {
        re[i] = z[i].re;
        im[i] = z[i].im;
        if (z[i].im > 0) // QR splits a pair unless a block is a whole number of half turns
            block = M_PI / z[i].im;
    }
    if ((code = steps_at_rest(z, block, &steps, err)))
        return code;
    job.options = (struct h4l_lyapunov_options){.step = block / (double)steps,
                                                .steps_per_qr = steps / 64,
                                                .transient_qr = 64 * 40,
                                                .qr_per_block = 64,
                                                .blocks = 20};
    job.pair_qr = job.step_qr = job.options.qr_per_block;
    h4l_metric_reals(run, "eigenvalues_re_per_ms", re, HH);
    h4l_metric_reals(run, "eigenvalues_im_per_ms", im, HH);
    return finish(&job, "rest", err);
}

int h4l_dynamics_lyapunov_periodic(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct h4l_wave wave = h4l_wave_const(o->i0);
    struct h4l_system system;
    struct h4l_shooting shooting;
    struct h4l_orbit orbit;
    struct job job = {.run = run};
    const struct h4l_neuron *hh = &job.neurons.at[0];
    double rest[HH], exponents[HH], divergence = 0;
    int code;

    if ((code = begin_job(&job, &wave, err)))
        return code;
    system = h4l_model_system(&job.parts[0].driven.neuron);
    hh->model->start(hh->constants, hh->model->rest_mV, rest);
    if ((code = h4l_shooting_create(&system, &shooting, err)))
        return code;
    code = h4l_orbit_guess(&shooting, wave.offset, rest, 500, H4L_HH_V, -30, &orbit, err);
    if (!code)
        code = h4l_orbit_find(&shooting, &orbit, err);
    if (!code)
        code = h4l_orbit_exponents(&shooting, &orbit, exponents, &divergence, err);
    h4l_shooting_destroy(&shooting);
    if (code == H4L_E_NUMERIC)
        return h4l_fail_context(err, H4L_E_RANGE,
                                "HH does not settle on a periodic orbit at i0 = %g (as published "
                                "it fires steadily between 6.26 and about 100)",
                                wave.offset);
    if (code)
        return code;
    h4l_metric_reals(run, "floquet_exponents_per_ms", exponents, HH);
    h4l_metric_real(run, "mean_divergence_per_ms", divergence);
    h4l_metric_real(run, "period_ms", orbit.period);
    // Blocks of whole periods: the neutral exponent is then 0 to rounding and not to O(1 / duration).
    memcpy(job.start, orbit.x, sizeof job.start);
    job.options = (struct h4l_lyapunov_options){.step = orbit.period / 8192,
                                                .steps_per_qr = 64,
                                                .transient_qr = 128 * 40,
                                                .qr_per_block = 128,
                                                .blocks = 10};
    job.pair_qr = job.step_qr = job.options.qr_per_block;
    return finish(&job, "periodic", err);
}

int h4l_dynamics_lyapunov_chaotic(struct h4l_run *run, struct h4l_err *err)
{
    // Often enough that the strongest contraction, some 45 per ms in the spike, stays far above rounding.
    const double qr_ms = 0.25;
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    double duration = o->duration_ms, step = o->step_ms;
    long per_qr = lround(qr_ms / step), blocks = 10;
    struct h4l_wave wave = h4l_wave_sine(o->i0, o->amplitude, o->frequency_per_ms, 0);
    struct h4l_hh_tangent *kernel;
    struct job job = {.run = run};
    const struct h4l_hh_flow *hh = (const void *)job.neurons.at[0].constants;
    long trajectories = (long)o->trajectories;
    int code;

    if (trajectories % LANES)
        return h4l_fail(err, H4L_E_USAGE, "trajectories = %ld: expected a multiple of %d",
                        trajectories, LANES);
    if ((code = begin_job(&job, &wave, err)) ||
        (code = h4l_hh_tangent_create(&hh->hh, h4l_simd_level_id(), &kernel, err)))
        return code;
    job.kernel = kernel;
    job.groups = (size_t)trajectories / LANES;
    job.options = (struct h4l_lyapunov_options){
        .step = step,
        .steps_per_qr = per_qr,
        .transient_qr = lround(1000 / ((double)per_qr * step)),
        .qr_per_block =
            (long)ceil(duration / (double)trajectories / (double)blocks / ((double)per_qr * step)),
        .blocks = (int)blocks};
    job.pair_qr = (long)ceil(fmin(20000, duration) / (double)blocks / ((double)per_qr * step));
    job.step_qr = lround(100 / ((double)per_qr * step));
    code = finish(&job, "chaotic", err);
    h4l_hh_tangent_destroy(kernel);
    return code;
}
