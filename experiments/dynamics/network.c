// network: a recurrent network of 100 neurons with conductance synapses, built of HH and of each other neuron. (Claims D1, D2.)
//
// 80 excite, 20 inhibit; on average inhibition cancels most of drive and excitation (the metrics say how much), and the
// network is chaotic: rounding errors grow to order one within a few hundred ms. So trains are compared over a window short enough
// for the models to be told apart, against two repetitions of the HH network whose neurons get weak noise of their own; beyond
// it two HH networks that differ in the last bit are as far apart as any.
#include "dynamics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/lyapunov.h"
#include "base/grow.h"
#include "base/rng.h"
#include "measures.h"
#include "model.h"
#include "network_model.h"
#include "neurons.h"

enum { N = 100, N_EXC = 80 };
#define NOISE_STEP_MS 0.1
#define REPETITION_TAU_MS 2.0
#define SIGMAS 3

enum { REPETITIONS = 2, BLOCKS = 10 };

struct spikes {
    double *t[N];
    size_t n[N], room[N];
};

struct experiment {
    struct h4l_run *run;
    struct h4l_dynamics_options o;
    struct h4l_neurons neurons;
    size_t networks;
    double window, raster, step, threshold, noise_sd;
    struct h4l_measure_options measure;
    // [networks]; neuron p + 1 and HH, for all neurons but HH; after them the two repetitions.
    double (*d)[H4L_NEURONS][H4L_MEASURES];
    // Lyapunov
    size_t trajectories;
    int exponents;
    double lyapunov_ms;
    double *blocks[H4L_NEURONS];                             // [trajectory * BLOCKS * exponents_of]
    double *map[H4L_NEURONS];                                // of stepped neurons: [trajectory]
    double currents[2], rates[H4L_NEURONS], cv[H4L_NEURONS]; // of the raster run
    struct spikes raster_spikes[H4L_NEURONS];
};

// Of a network of resetting neurons the largest exponent only.
static int exponents_of(const struct experiment *e, size_t m)
{
    return e->neurons.at[m].model->event ? 1 : e->exponents;
}

static void spikes_free(struct spikes *s)
{
    for (int i = 0; i < N; i++)
        free(s->t[i]);
    *s = (struct spikes){0};
}

static int add(struct spikes *s, int i, double t, struct h4l_err *err)
{
    if (!h4l_grow(&s->t[i], s->n[i], &s->room[i], sizeof *s->t[i]))
        return h4l_fail(err, H4L_E_NOMEM, "no memory for more than %zu spikes", s->n[i]);
    s->t[i][s->n[i]++] = t;
    return H4L_OK;
}

static int make_net(const struct experiment *e, const struct h4l_neuron *neuron, size_t index,
                    struct h4l_recurrent *ret, struct h4l_err *err)
{
    const struct h4l_recurrent_options o = {.model = neuron->model,
                                            .n = N,
                                            .n_exc = N_EXC,
                                            .in_exc = 40,
                                            .in_inh = 10,
                                            .g_exc = e->o.g_exc,
                                            .g_inh = e->o.g_inh,
                                            .drive_mean = e->o.drive,
                                            .drive_range = e->o.drive_range,
                                            .seed = h4l_run_seed(e->run),
                                            .index = index};
    int code = h4l_recurrent_create(&o, ret, err);

    if (!code)
        ret->neuron = *neuron; // its constants in place of the published ones
    return code;
}

static void start_potentials(const struct experiment *e, size_t index, double V[N])
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, h4l_run_seed(e->run), "network start", index);
    for (int i = 0; i < N; i++)
        V[i] = h4l_rng_between(&rng, -75, -55);
}

// Currents of the noise of one repetition: independent Ornstein-Uhlenbeck processes, held over 0.1 ms.
struct noise {
    struct h4l_rng rng[N];
    double value[N], sd;
};

static void noise_start(struct noise *z, const struct experiment *e, size_t repetition)
{
    z->sd = e->noise_sd;
    for (int i = 0; i < N; i++) {
        h4l_rng_init(&z->rng[i], h4l_run_seed(e->run), "network repetition",
                     (uint64_t)repetition * N + (uint64_t)i);
        z->value[i] = z->sd * h4l_rng_normal(&z->rng[i]);
    }
}

static void noise_next(struct noise *z)
{
    double r = exp(-NOISE_STEP_MS / REPETITION_TAU_MS);

    for (int i = 0; i < N; i++)
        z->value[i] = r * z->value[i] + z->sd * sqrt(1 - r * r) * h4l_rng_normal(&z->rng[i]);
}

// A run of a network of flows, with what its events need.
struct flow_run {
    struct spikes *spikes;
    int code; // of the observer
    struct h4l_err *err;
};

static void on_event(void *observer, double t, int i, const double *x)
{
    struct flow_run *r = observer;

    (void)x;
    if (!r->code)
        r->code = add(r->spikes, i, t, r->err);
}

// The spikes of smooth neurons at the state x that a step led to at t.
static int detect(const struct h4l_network *w, const double *x, double t,
                  struct h4l_detector detector[N], struct spikes *ret, struct h4l_err *err)
{
    double at;
    int code = H4L_OK;

    for (int i = 0; i < N && !code; i++)
        if (h4l_detector_push(&detector[i], t, h4l_recurrent_potential(w->net, x, i), &at))
            code = add(ret, i, at, err);
    return code;
}

// From x over `duration` by RK4, cut at events; currents[2] (NULL: not wanted) gets the mean synaptic currents.
static int step_flow(const struct experiment *e, struct h4l_network *w,
                     struct h4l_hybrid_run *hybrid, struct flow_run *run, double *x,
                     double duration, struct noise *z, double *currents)
{
    struct h4l_detector detector[N];
    const struct h4l_model *m = w->net->neuron.model;
    long per_noise = lround(NOISE_STEP_MS / e->step), steps = lround(duration / e->step);
    int parts = h4l_model_parts(m, e->step);
    double part = e->step / parts;

    for (int i = 0; i < N && !run->code; i++)
        run->code = h4l_detector_init(e->threshold, e->threshold, H4L_CROSSING_SAMPLE, &detector[i],
                                      run->err);
    for (long k = 0; k < steps && !run->code; k++) {
        if (z && k && k % per_noise == 0)
            noise_next(z);
        for (int p = 0; p < parts && !run->code; p++)
            run->code =
                h4l_hybrid_step(hybrid, (double)k * e->step + p * part, part, x, NULL, run->err);
        if (!m->event && !run->code)
            run->code = detect(w, x, (double)(k + 1) * e->step, detector, run->spikes, run->err);
        if (k % 64 == 63)
            h4l_recurrent_quotient(w->net, x, NULL, 0);
        if (currents) {
            double exc, inh;
            h4l_recurrent_currents(w->net, x, &exc, &inh);
            currents[0] += exc / (double)steps;
            currents[1] += inh / (double)steps;
        }
    }
    return run->code;
}

static int run_flow(const struct experiment *e, struct h4l_network *w, double *x, double duration,
                    struct noise *z, struct spikes *ret, double *currents, struct h4l_err *err)
{
    const struct h4l_hybrid system = h4l_network_hybrid(w);
    struct flow_run run = {.spikes = ret, .err = err};
    struct h4l_hybrid_run hybrid;
    int code = h4l_hybrid_create(&system, 0, on_event, &run, &hybrid, err);

    if (code)
        return code;
    w->extra = z ? z->value : NULL;
    code = step_flow(e, w, &hybrid, &run, x, duration, z, currents);
    w->extra = NULL;
    h4l_hybrid_destroy(&hybrid);
    return code;
}

static int run_map(const struct h4l_network *w, double *x, double duration, struct spikes *ret,
                   struct h4l_err *err)
{
    double map_ms = w->net->neuron.model->map_ms;
    unsigned char fired[N];
    int code = H4L_OK;

    for (long k = 0; k < lround(duration / map_ms) && !code; k++) {
        h4l_recurrent_map(w->net, NULL, x, fired);
        for (int i = 0; i < N && !code; i++)
            if (fired[i])
                code = add(ret, i, (double)k * map_ms, err);
    }
    return code;
}

// A run of wiring `index` with neuron m: its map where it has one. z (NULL: none) is noise for a flow.
static int run_spikes(const struct experiment *e, size_t m, size_t index, double duration,
                      struct noise *z, struct spikes *ret, double *currents, struct h4l_err *err)
{
    double V[N], x[N * (H4L_MODEL_DIM + 1)];
    struct h4l_recurrent net = {0};
    struct h4l_network w = {0};
    int code = make_net(e, &e->neurons.at[m], index, &net, err);

    if (!code && !(code = h4l_network_create(&net, 0, &w, err))) {
        start_potentials(e, index, V);
        h4l_recurrent_start(&net, V, x);
        code = e->neurons.at[m].model->map ? run_map(&w, x, duration, ret, err)
                                           : run_flow(e, &w, x, duration, z, ret, currents, err);
    }
    h4l_network_destroy(&w);
    h4l_recurrent_destroy(&net);
    return code;
}

// Means of the measures over the neurons.
static int compare(const struct experiment *e, const struct spikes *a, const struct spikes *b,
                   double mean[H4L_MEASURES], struct h4l_err *err)
{
    for (int m = 0; m < H4L_MEASURES; m++)
        mean[m] = 0;
    for (int i = 0; i < N; i++) {
        double d[H4L_MEASURES];
        int code = h4l_measure_all((struct h4l_spikes){a->t[i], a->n[i]},
                                   (struct h4l_spikes){b->t[i], b->n[i]}, &e->measure, d, err);
        if (code)
            return code;
        for (int m = 0; m < H4L_MEASURES; m++)
            mean[m] += d[m] / N;
    }
    return H4L_OK;
}

// One wiring: all neurons without noise, two noisy repetitions of HH.
static int run_network(const struct experiment *e, size_t index, struct h4l_err *err)
{
    size_t n = e->neurons.n;
    struct spikes *s = calloc(n + REPETITIONS, sizeof *s);
    struct noise *z = malloc(sizeof *z);
    int code = s && z ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory");

    for (size_t m = 0; m < n && !code; m++)
        code = run_spikes(e, m, index, e->window, NULL, &s[m], NULL, err);
    for (size_t k = 0; k < REPETITIONS && !code; k++) {
        noise_start(z, e, REPETITIONS * index + k);
        code = run_spikes(e, 0, index, e->window, z, &s[n + k], NULL, err);
    }
    for (size_t p = 0; p + 1 < n && !code; p++)
        code = compare(e, &s[0], &s[p + 1], e->d[index][p], err);
    if (!code)
        code = compare(e, &s[n], &s[n + 1], e->d[index][n - 1], err);
    for (size_t k = 0; s && k < n + REPETITIONS; k++)
        spikes_free(&s[k]);
    free(s);
    free(z);
    return code;
}

// A longer run of one neuron on wiring 0, for the raster and the rates.
static int run_raster(struct experiment *e, size_t m, struct h4l_err *err)
{
    struct spikes *s = &e->raster_spikes[m];
    double mean_cv = 0;
    int with_cv = 0;
    int code = run_spikes(e, m, 0, e->raster, NULL, s, m == 0 ? e->currents : NULL, err);

    for (int i = 0; i < N && !code; i++) {
        struct h4l_isi_stats stats;
        e->rates[m] += 1000 * (double)s->n[i] / e->raster / N;
        code = h4l_spikes_isi((struct h4l_spikes){s->t[i], s->n[i]}, &stats, err);
        if (!code && stats.n >= 3) {
            mean_cv += stats.cv;
            with_cv++;
        }
    }
    e->cv[m] = mean_cv / with_cv;
    return code;
}

static int interrupted(void *run)
{
    return h4l_run_interrupted(run);
}

// The largest exponent of a network of stepped neurons, from the potentials V.
static int run_map_lyapunov(struct h4l_lyapunov_options o, const struct h4l_network *w,
                            const double *V, double *x, double *ret, struct h4l_err *err)
{
    struct h4l_map map = h4l_network_map(w);
    int code;

    h4l_recurrent_start(w->net, V, x);
    o.steps_per_qr = o.blocks = 1;
    o.qr_per_block = 500;
    if ((code = h4l_lyapunov_map(&map, &o, x, ret, err)))
        return code;
    *ret /= w->net->neuron.model->map_ms;
    return H4L_OK;
}

// Leading exponents on wiring 0 from start j with neuron m; of a stepped one also those of its map.
static int run_lyapunov(struct experiment *e, size_t m, size_t j, struct h4l_err *err)
{
    const struct h4l_model *model = e->neurons.at[m].model;
    struct h4l_recurrent net = {0};
    struct h4l_network w = {0};
    double V[N], x[N * (H4L_MODEL_DIM + 1)];
    long per_ms = 20 * h4l_model_parts(model, 0.05), block = (long)ceil(e->lyapunov_ms / BLOCKS);
    struct h4l_lyapunov_options o = {.exponents = exponents_of(e, m),
                                     .step = 1 / (double)per_ms,
                                     .steps_per_qr = per_ms,
                                     .transient_qr = lround(fmin(300, 3 * e->lyapunov_ms)),
                                     .qr_per_block = block,
                                     .blocks = BLOCKS,
                                     .stop = interrupted,
                                     .stop_ctx = e->run};
    int code = make_net(e, &e->neurons.at[m], 0, &net, err);

    if (!code && !(code = h4l_network_create(&net, e->exponents, &w, err))) {
        double *blocks = e->blocks[m] + j * BLOCKS * (size_t)o.exponents;
        struct h4l_flow flow = h4l_network_flow(&w);
        struct h4l_hybrid hybrid = h4l_network_hybrid(&w);
        start_potentials(e, 1000 + j, V);
        h4l_recurrent_start(&net, V, x);
        code = model->event ? h4l_lyapunov_hybrid(&hybrid, &o, x, blocks, err)
                            : h4l_lyapunov_flow(&flow, &o, x, blocks, err);
        if (!code && model->map)
            code = run_map_lyapunov(o, &w, V, x, &e->map[m][j], err);
    }
    h4l_network_destroy(&w);
    h4l_recurrent_destroy(&net);
    return code;
}

static int run_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    struct experiment *e = ctx;
    size_t n = e->neurons.n;

    (void)worker;
    if (h4l_run_interrupted(e->run))
        return h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
    if (item < n * e->trajectories) // the longest first
        return run_lyapunov(e, item % n, item / n, err);
    item -= n * e->trajectories;
    if (item < e->networks)
        return run_network(e, item, err);
    return run_raster(e, item - e->networks, err);
}

static int sign_of(double mean, double error)
{
    return mean > error ? 1 : mean < -error ? -1 : 0;
}

enum { MOST_EXPONENTS = 32 };

struct spectrum {
    double mean[MOST_EXPONENTS], error[MOST_EXPONENTS]; // standard errors
};

static const struct h4l_column lyapunov_columns[] = {
    {"model", "*", "which neuron the network is of"},
    {"index", "1", "number of the exponent, from 1, largest first"},
    {"exponent", "1/ms", "Lyapunov exponent"},
    {"error_bar", "1/ms", "three standard errors"},
};
const struct h4l_series h4l_network_lyapunov_series =
    H4L_SERIES("network-lyapunov.csv", "neuron and exponent", lyapunov_columns);

static int write_lyapunov(const struct experiment *e, const struct spectrum *s, struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_network_lyapunov_series};
    struct h4l_csv *csv;

    h4l_header_all(&header, e->neurons.key);
    csv = h4l_series_begin_with(e->run, &header, NULL, err);
    if (!csv)
        return err->code;
    for (size_t m = 0; m < e->neurons.n; m++)
        for (int i = 0; i < exponents_of(e, m); i++)
            h4l_csv_row(csv, (double[]){(double)m, i + 1, s[m].mean[i], SIGMAS * s[m].error[i]});
    return H4L_OK;
}

static void put_reals(const struct experiment *e, const char *before, size_t m, const char *after,
                      const double *values, int n)
{
    char name[96];

    snprintf(name, sizeof name, "%s%s%s", before, e->neurons.at[m].model->name, after);
    h4l_metric_reals(e->run, name, values, (size_t)n);
}

static void put_real(const struct experiment *e, const char *before, size_t m, const char *after,
                     double value)
{
    char name[96];

    snprintf(name, sizeof name, "%s%s%s", before, e->neurons.at[m].model->name, after);
    h4l_metric_real(e->run, name, value);
}

static void put_sign(const struct experiment *e, size_t m, const char *after, int sign)
{
    char name[96];

    snprintf(name, sizeof name, "sign_of_largest_%s%s", e->neurons.at[m].model->name, after);
    h4l_metric_int(e->run, name, sign);
}

// The spectrum of a network of smooth neurons beside HH's: equal where the neuron is HH in other coordinates.
static void put_smooth(const struct experiment *e, size_t m, const struct spectrum *hh,
                       const struct spectrum *s)
{
    double deviation[MOST_EXPONENTS], worst = 0;

    for (int i = 0; i < e->exponents; i++) {
        deviation[i] = s->mean[i] - hh->mean[i];
        worst = fmax(worst, fabs(deviation[i]) / (SIGMAS * hypot(s->error[i], hh->error[i])));
    }
    put_reals(e, "spectrum_", m, "_per_ms", s->mean, e->exponents);
    put_reals(e, "spectrum_", m, "_stderr_per_ms", s->error, e->exponents);
    put_reals(e, "", m, "_minus_hh_per_ms", deviation, e->exponents);
    put_real(e, "", m, "_deviation_over_error_bar", worst);
}

static int put_lyapunov(const struct experiment *e, struct h4l_err *err)
{
    struct spectrum s[H4L_NEURONS];
    double map[H4L_NEURONS], map_error;
    size_t n = e->neurons.n, blocks = e->trajectories * BLOCKS;

    for (size_t m = 0; m < n; m++) {
        h4l_lyapunov_summary(e->blocks[m], blocks, exponents_of(e, m), s[m].mean, s[m].error);
        if (e->map[m])
            h4l_lyapunov_summary(e->map[m], e->trajectories, 1, &map[m], &map_error);
    }
    put_reals(e, "spectrum_", 0, "_per_ms", s[0].mean, e->exponents);
    h4l_metric_reals(e->run, "spectrum_stderr_per_ms", s[0].error, (size_t)e->exponents);
    for (size_t m = 1; m < n; m++)
        if (!e->neurons.at[m].model->event)
            put_smooth(e, m, &s[0], &s[m]);
    for (size_t m = 1; m < n; m++)
        if (e->neurons.at[m].model->event) {
            put_real(e, "largest_", m, "_per_ms", s[m].mean[0]);
            put_real(e, "largest_", m, "_stderr_per_ms", s[m].error[0]);
            if (e->map[m])
                put_real(e, "largest_", m, "_map_per_ms", map[m]);
        }
    for (size_t m = 0; m < n; m++)
        if (m == 0 || e->neurons.at[m].model->event) {
            put_sign(e, m, "", sign_of(s[m].mean[0], SIGMAS * s[m].error[0]));
            if (e->map[m])
                put_sign(e, m, "_map", sign_of(map[m], 0));
        }
    return write_lyapunov(e, s, err);
}

static int put_trains(const struct experiment *e, struct h4l_err *err)
{
    double *values = malloc(e->networks * sizeof *values);
    char name[96];

    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu networks", e->networks);
    for (size_t p = 0; p < e->neurons.n; p++)
        for (int m = 0; m < H4L_TRAIN_MEASURES; m++) {
            for (size_t i = 0; i < e->networks; i++)
                values[i] = e->d[i][p][m];
            snprintf(name, sizeof name, "%s_%s", h4l_measure_names[m],
                     p + 1 < e->neurons.n ? e->neurons.at[p + 1].model->name : "repetitions");
            h4l_metric_reals(e->run, name, values, e->networks);
        }
    for (size_t i = 0; i < e->networks; i++)
        values[i] = (double)(i + 1);
    h4l_metric_reals(e->run, "networks", values, e->networks);
    free(values);
    h4l_metric_reals(e->run, "mean_rates_Hz", e->rates, e->neurons.n); // in order
    h4l_metric_reals(e->run, "mean_cv", e->cv, e->neurons.n);
    h4l_metric_real(e->run, "mean_excitatory_current_uA_per_cm2", e->currents[0]);
    h4l_metric_real(e->run, "mean_inhibitory_current_uA_per_cm2", e->currents[1]);
    h4l_metric_real(e->run, "inhibition_over_excitation_and_drive",
                    -e->currents[1] / (e->currents[0] + e->o.drive));
    return H4L_OK;
}

static const struct h4l_column raster_columns[] = {
    {"model", "*", "which neuron the network is of"},
    {"neuron", "1 (excitatory up to 80)", "neuron, from 1"},
    {"time", "ms", "time of the spike"},
};
const struct h4l_series h4l_network_raster_series =
    H4L_SERIES("network-raster.csv", "spike", raster_columns);

static int write_raster(const struct experiment *e, struct h4l_err *err)
{
    struct h4l_header header = {.series = &h4l_network_raster_series};
    struct h4l_csv *csv;

    h4l_header_all(&header, e->neurons.key);
    csv = h4l_series_begin_with(e->run, &header, NULL, err);
    if (!csv)
        return err->code;
    for (size_t m = 0; m < e->neurons.n; m++)
        for (int i = 0; i < N; i++)
            for (size_t k = 0; k < e->raster_spikes[m].n[i]; k++)
                h4l_csv_row(csv, (double[]){(double)m, i + 1, e->raster_spikes[m].t[i][k]});
    return H4L_OK;
}

static int allocate(struct experiment *e, double **memory, struct h4l_err *err)
{
    size_t each = e->trajectories * (BLOCKS * (size_t)e->exponents + 1);
    double *p = malloc(e->neurons.n * each * sizeof *p);

    e->d = calloc(e->networks, sizeof *e->d);
    *memory = p;
    if (!p || !e->d)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu networks", e->networks);
    for (size_t m = 0; m < e->neurons.n; m++) {
        e->map[m] = e->neurons.at[m].model->map ? p + m * each : NULL;
        e->blocks[m] = p + m * each + e->trajectories;
    }
    return H4L_OK;
}

int h4l_dynamics_network(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct experiment e = {.run = run,
                           .o = *o,
                           .window = o->window_ms,
                           .raster = o->raster_ms,
                           .step = o->step_ms,
                           .threshold = o->threshold_mV,
                           .noise_sd = o->noise_sd,
                           .trajectories = o->trajectories,
                           .exponents = o->exponents,
                           .lyapunov_ms = o->lyapunov_ms};
    double *memory = NULL;
    int n, code = h4l_run_seeds(run, (int)o->networks, 2, H4L_DYNAMICS_MAX_NETWORKS, &n, err);

    if (code)
        return code;
    e.o.networks = e.networks = (size_t)n;
    h4l_run_record(run, NULL, &e.o);
    e.measure = (struct h4l_measure_options){e.window, o->q_per_ms, o->tau_ms, o->delta_ms};
    code = h4l_neurons(run, &e.neurons, err);
    if (!code)
        code = allocate(&e, &memory, err);
    if (!code)
        code = h4l_parallel_for(h4l_run_pool(run), e.neurons.n * (e.trajectories + 1) + e.networks,
                                run_item, &e, err);
    if (!code && !(code = put_trains(&e, err)) && !(code = put_lyapunov(&e, err)))
        code = write_raster(&e, err);
    for (size_t m = 0; m < H4L_NEURONS; m++)
        spikes_free(&e.raster_spikes[m]);
    free(e.d);
    free(memory);
    return code;
}
