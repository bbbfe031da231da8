// network: a recurrent network of 100 neurons with conductance synapses, built of HH, of tv-LIF2HH and of s-LIF2HH. (Claims D1, D2.)
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
#include "base/rng.h"
#include "measures.h"
#include "network_model.h"

enum { N = 100, N_EXC = 80 };
#define NOISE_STEP_MS 0.1
#define REPETITION_TAU_MS 2.0
#define SIGMAS 3

enum { HH, TV, S_LIF, MODELS };
enum { PAIR_TV, PAIR_S_LIF, PAIR_REPETITIONS, PAIRS };
static const char *const pair_names[PAIRS] = {"tv", "slif2hh", "repetitions"};

struct spikes {
    double *t[N];
    size_t n[N], room[N];
};

struct experiment {
    struct h4l_run *run;
    struct h4l_dynamics_options o;
    size_t networks;
    double window, raster, step, threshold, noise_sd;
    struct h4l_measure_options measure;
    double (*d)[PAIRS][H4L_MEASURES]; // [networks]
    // Lyapunov
    size_t trajectories;
    int exponents;
    double lyapunov_ms;
    double *blocks
        [MODELS]; // HH, tv: [trajectory * BLOCKS * exponents]; s-LIF2HH: [trajectory * BLOCKS]
    double *map;  // s-LIF2HH's map: [trajectory]
    double currents[2], rates[MODELS], cv[MODELS]; // of the raster run
    struct spikes raster_spikes[MODELS];
};
enum { BLOCKS = 10 };

static void spikes_free(struct spikes *s)
{
    for (int i = 0; i < N; i++)
        free(s->t[i]);
    *s = (struct spikes){0};
}

static int add(struct spikes *s, int i, double t, struct h4l_err *err)
{
    if (s->n[i] == s->room[i]) {
        size_t room = s->room[i] ? 2 * s->room[i] : 32;
        double *grown = realloc(s->t[i], room * sizeof *grown);
        if (!grown)
            return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu spikes", room);
        s->t[i] = grown;
        s->room[i] = room;
    }
    s->t[i][s->n[i]++] = t;
    return H4L_OK;
}

static int make_net(const struct experiment *e, size_t index, struct h4l_recurrent *ret,
                    struct h4l_err *err)
{
    const struct h4l_recurrent_options o = {.n = N,
                                            .n_exc = N_EXC,
                                            .in_exc = 40,
                                            .in_inh = 10,
                                            .g_exc = e->o.g_exc,
                                            .g_inh = e->o.g_inh,
                                            .drive_mean = e->o.drive,
                                            .drive_range = e->o.drive_range,
                                            .seed = h4l_run_seed(e->run),
                                            .index = index};

    return h4l_recurrent_create(&o, ret, err);
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

// HH or tv-LIF2HH over `duration` by RK4; currents[2] (NULL: not wanted) gets the mean synaptic currents of HH.
static int run_smooth(const struct experiment *e, struct h4l_network *w, int model, const double *V,
                      double duration, struct noise *z, struct spikes *ret, double *currents,
                      struct h4l_err *err)
{
    struct h4l_flow flow = model == TV ? h4l_network_tv(w) : h4l_network_hh(w);
    double *x = malloc((size_t)flow.dim * sizeof *x), t;
    struct h4l_detector detector[N];
    struct h4l_rk4 rk4 = {0};
    long per_noise = lround(NOISE_STEP_MS / e->step), steps = lround(duration / e->step);
    int code = x ? h4l_rk4_create(&flow, 0, &rk4, err)
                 : h4l_fail(err, H4L_E_NOMEM, "no memory for %d variables", flow.dim);

    for (int i = 0; i < N && !code; i++)
        code =
            h4l_detector_init(e->threshold, e->threshold, H4L_CROSSING_SAMPLE, &detector[i], err);
    if (!code)
        (model == TV ? h4l_recurrent_tv_start : h4l_recurrent_hh_start)(w->net, V, x);
    w->extra = z ? z->value : NULL;
    for (long k = 0; k < steps && !code; k++) {
        if (z && k && k % per_noise == 0)
            noise_next(z);
        h4l_rk4_step_state(&rk4, (double)k * e->step, e->step, x);
        for (int i = 0; i < N && !code; i++) {
            double potential =
                model == TV ? h4l_recurrent_tv_potential(x, i) : h4l_recurrent_hh_potential(x, i);
            if (h4l_detector_push(&detector[i], (double)(k + 1) * e->step, potential, &t))
                code = add(ret, i, t, err);
        }
        if (flow.quotient && k % 64 == 63)
            flow.quotient(flow.ctx, x, NULL, 0);
        if (currents) {
            double exc, inh;
            h4l_recurrent_hh_currents(w->net, x, &exc, &inh);
            currents[0] += exc / (double)steps;
            currents[1] += inh / (double)steps;
        }
    }
    w->extra = NULL;
    h4l_rk4_destroy(&rk4);
    free(x);
    return code;
}

static int run_s_lif(const struct h4l_network *w, const double *V, double duration,
                     struct spikes *ret, struct h4l_err *err)
{
    double x[N * H4L_RECURRENT_S_LIF];
    unsigned char fired[N];
    int code = H4L_OK;

    h4l_recurrent_s_lif_start(w->net, V, x);
    for (long k = 0; k < lround(duration) && !code; k++) {
        h4l_recurrent_s_lif_step(w->net, NULL, x, fired);
        for (int i = 0; i < N && !code; i++)
            if (fired[i])
                code = add(ret, i, (double)k, err);
    }
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

// One wiring: three models without noise, two noisy repetitions.
static int run_network(const struct experiment *e, size_t index, struct h4l_err *err)
{
    struct spikes s[5] = {{{0}, {0}, {0}}};
    struct h4l_recurrent net = {0};
    struct h4l_network w = {0};
    struct noise *z = malloc(sizeof *z);
    double V[N];
    int code = z ? make_net(e, index, &net, err) : h4l_fail(err, H4L_E_NOMEM, "no memory");

    if (!code && !(code = h4l_network_create(&net, 0, &w, err))) {
        start_potentials(e, index, V);
        code = run_smooth(e, &w, HH, V, e->window, NULL, &s[0], NULL, err);
        if (!code)
            code = run_smooth(e, &w, TV, V, e->window, NULL, &s[1], NULL, err);
        if (!code)
            code = run_s_lif(&w, V, e->window, &s[2], err);
        for (size_t k = 0; k < 2 && !code; k++) {
            noise_start(z, e, 2 * index + k);
            code = run_smooth(e, &w, HH, V, e->window, z, &s[3 + k], NULL, err);
        }
    }
    if (!code && !(code = compare(e, &s[0], &s[1], e->d[index][PAIR_TV], err)) &&
        !(code = compare(e, &s[0], &s[2], e->d[index][PAIR_S_LIF], err)))
        code = compare(e, &s[3], &s[4], e->d[index][PAIR_REPETITIONS], err);
    for (int k = 0; k < 5; k++)
        spikes_free(&s[k]);
    h4l_network_destroy(&w);
    h4l_recurrent_destroy(&net);
    free(z);
    return code;
}

// A longer run of one model on wiring 0, for the raster and the rates.
static int run_raster(struct experiment *e, int model, struct h4l_err *err)
{
    struct h4l_recurrent net = {0};
    struct h4l_network w = {0};
    double V[N], mean_cv = 0;
    int code = make_net(e, 0, &net, err), with_cv = 0;
    struct spikes *s = &e->raster_spikes[model];

    if (!code && !(code = h4l_network_create(&net, 0, &w, err))) {
        start_potentials(e, 0, V);
        code = model == S_LIF ? run_s_lif(&w, V, e->raster, s, err)
                              : run_smooth(e, &w, model, V, e->raster, NULL, s,
                                           model == HH ? e->currents : NULL, err);
    }
    for (int i = 0; i < N && !code; i++) {
        struct h4l_isi_stats stats;
        e->rates[model] += 1000 * (double)s->n[i] / e->raster / N;
        code = h4l_spikes_isi((struct h4l_spikes){s->t[i], s->n[i]}, &stats, err);
        if (!code && stats.n >= 3) {
            mean_cv += stats.cv;
            with_cv++;
        }
    }
    e->cv[model] = mean_cv / with_cv;
    h4l_network_destroy(&w);
    h4l_recurrent_destroy(&net);
    return code;
}

static int interrupted(void *run)
{
    return h4l_run_interrupted(run);
}

// Leading exponents on wiring 0 from start j: HH, tv-LIF2HH, or s-LIF2HH (continuous and map).
static int run_lyapunov(struct experiment *e, int model, size_t j, struct h4l_err *err)
{
    struct h4l_recurrent net = {0};
    struct h4l_network w = {0};
    double V[N], *x = malloc(N * H4L_RECURRENT_TV * sizeof *x);
    long per_ms = 20, block = (long)ceil(e->lyapunov_ms / BLOCKS);
    struct h4l_lyapunov_options o = {.exponents = model == S_LIF ? 1 : e->exponents,
                                     .step = 0.05,
                                     .steps_per_qr = per_ms,
                                     .transient_qr = 300,
                                     .qr_per_block = block,
                                     .blocks = BLOCKS,
                                     .stop = interrupted,
                                     .stop_ctx = e->run};
    int code = x ? make_net(e, 0, &net, err) : h4l_fail(err, H4L_E_NOMEM, "no memory");

    if (!code && !(code = h4l_network_create(&net, e->exponents, &w, err))) {
        double *blocks = e->blocks[model] + j * BLOCKS * (size_t)o.exponents;
        struct h4l_flow hh = h4l_network_hh(&w), tv = h4l_network_tv(&w);
        struct h4l_hybrid s_lif = h4l_network_s_lif(&w);
        struct h4l_map map = h4l_network_s_lif_map(&w);
        start_potentials(e, 1000 + j, V);
        if (model == HH) {
            h4l_recurrent_hh_start(&net, V, x);
            code = h4l_lyapunov_flow(&hh, &o, x, blocks, err);
        } else if (model == TV) {
            h4l_recurrent_tv_start(&net, V, x);
            code = h4l_lyapunov_flow(&tv, &o, x, blocks, err);
        } else {
            h4l_recurrent_s_lif_start(&net, V, x);
            if (!(code = h4l_lyapunov_hybrid(&s_lif, &o, x, blocks, err))) {
                h4l_recurrent_s_lif_start(&net, V, x);
                o.steps_per_qr = o.blocks = 1;
                o.qr_per_block = 500;
                code = h4l_lyapunov_map(&map, &o, x, &e->map[j], err);
            }
        }
    }
    h4l_network_destroy(&w);
    h4l_recurrent_destroy(&net);
    free(x);
    return code;
}

static int run_item(void *ctx, size_t item, int worker, struct h4l_err *err)
{
    struct experiment *e = ctx;

    (void)worker;
    if (h4l_run_interrupted(e->run))
        return h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
    if (item < MODELS * e->trajectories) // the longest first
        return run_lyapunov(e, (int)(item % MODELS), item / MODELS, err);
    item -= MODELS * e->trajectories;
    if (item < e->networks)
        return run_network(e, item, err);
    return run_raster(e, (int)(item - e->networks), err);
}

static int sign_of(double mean, double error)
{
    return mean > error ? 1 : mean < -error ? -1 : 0;
}

enum { MOST_EXPONENTS = 32 };

static int write_lyapunov(const struct experiment *e, double mean[MODELS][MOST_EXPONENTS],
                          double error[MODELS][MOST_EXPONENTS], struct h4l_err *err)
{
    static const char *const columns[] = {"model", "index", "exponent", "error_bar"};
    static const char *const units[] = {"0 HH, 1 tv-LIF2HH, 2 s-LIF2HH", "1", "1/ms", "1/ms"};
    struct h4l_csv *csv = h4l_series_begin(e->run, "network-lyapunov.csv", columns, units, 4, err);

    if (!csv)
        return err->code;
    for (int m = 0; m < MODELS; m++)
        for (int i = 0; i < (m == S_LIF ? 1 : e->exponents); i++)
            h4l_csv_row(csv, (double[]){m, i + 1, mean[m][i], SIGMAS * error[m][i]});
    return H4L_OK;
}

static int put_lyapunov(const struct experiment *e, struct h4l_err *err)
{
    double mean[MODELS][MOST_EXPONENTS], error[MODELS][MOST_EXPONENTS], deviation[MOST_EXPONENTS];
    double worst = 0, map, map_error;
    size_t n = e->trajectories * BLOCKS, k = (size_t)e->exponents;

    for (int m = 0; m < MODELS; m++)
        h4l_lyapunov_summary(e->blocks[m], n, m == S_LIF ? 1 : e->exponents, mean[m], error[m]);
    h4l_lyapunov_summary(e->map, e->trajectories, 1, &map, &map_error);
    for (size_t i = 0; i < k; i++) {
        deviation[i] = mean[TV][i] - mean[HH][i];
        worst = fmax(worst, fabs(deviation[i]) / (SIGMAS * hypot(error[TV][i], error[HH][i])));
    }
    h4l_metric_reals(e->run, "spectrum_hh_per_ms", mean[HH], k);
    h4l_metric_reals(e->run, "spectrum_stderr_per_ms", error[HH], k);
    h4l_metric_reals(e->run, "spectrum_tv_per_ms", mean[TV], k);
    h4l_metric_reals(e->run, "spectrum_tv_stderr_per_ms", error[TV], k);
    h4l_metric_reals(e->run, "tv_minus_hh_per_ms", deviation, k);
    h4l_metric_real(e->run, "tv_deviation_over_error_bar", worst);
    h4l_metric_real(e->run, "largest_slif2hh_per_ms", mean[S_LIF][0]);
    h4l_metric_real(e->run, "largest_slif2hh_stderr_per_ms", error[S_LIF][0]);
    h4l_metric_real(e->run, "largest_slif2hh_map_per_ms", map);
    h4l_metric_int(e->run, "sign_of_largest_hh", sign_of(mean[HH][0], SIGMAS * error[HH][0]));
    h4l_metric_int(e->run, "sign_of_largest_slif2hh",
                   sign_of(mean[S_LIF][0], SIGMAS * error[S_LIF][0]));
    h4l_metric_int(e->run, "sign_of_largest_slif2hh_map", sign_of(map, 0));
    return write_lyapunov(e, mean, error, err);
}

static int put_trains(const struct experiment *e, struct h4l_err *err)
{
    double *values = malloc(e->networks * sizeof *values);
    char name[96];

    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu networks", e->networks);
    for (int p = 0; p < PAIRS; p++)
        for (int m = 0; m < H4L_TRAIN_MEASURES; m++) {
            for (size_t i = 0; i < e->networks; i++)
                values[i] = e->d[i][p][m];
            snprintf(name, sizeof name, "%s_%s", h4l_measure_names[m], pair_names[p]);
            h4l_metric_reals(e->run, name, values, e->networks);
        }
    for (size_t i = 0; i < e->networks; i++)
        values[i] = (double)(i + 1);
    h4l_metric_reals(e->run, "networks", values, e->networks);
    free(values);
    h4l_metric_reals(e->run, "mean_rates_Hz", e->rates, MODELS); // HH, tv-LIF2HH, s-LIF2HH
    h4l_metric_reals(e->run, "mean_cv", e->cv, MODELS);
    h4l_metric_real(e->run, "mean_excitatory_current_uA_per_cm2", e->currents[0]);
    h4l_metric_real(e->run, "mean_inhibitory_current_uA_per_cm2", e->currents[1]);
    h4l_metric_real(e->run, "inhibition_over_excitation_and_drive",
                    -e->currents[1] / (e->currents[0] + e->o.drive));
    return H4L_OK;
}

static int write_raster(const struct experiment *e, struct h4l_err *err)
{
    static const char *const columns[] = {"model", "neuron", "time"};
    static const char *const units[] = {"0 HH, 1 tv-LIF2HH, 2 s-LIF2HH", "1 (excitatory up to 80)",
                                        "ms"};
    struct h4l_csv *csv = h4l_series_begin(e->run, "network-raster.csv", columns, units, 3, err);

    if (!csv)
        return err->code;
    for (int m = 0; m < MODELS; m++)
        for (int i = 0; i < N; i++)
            for (size_t k = 0; k < e->raster_spikes[m].n[i]; k++)
                h4l_csv_row(csv, (double[]){m, i + 1, e->raster_spikes[m].t[i][k]});
    return H4L_OK;
}

static int allocate(struct experiment *e, double **memory, struct h4l_err *err)
{
    size_t n = e->trajectories * BLOCKS, k = (size_t)e->exponents;
    double *p = malloc((2 * n * k + n + e->trajectories) * sizeof *p);

    e->d = calloc(e->networks, sizeof *e->d);
    *memory = p;
    if (!p || !e->d)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu networks", e->networks);
    e->blocks[HH] = p;
    e->blocks[TV] = p + n * k;
    e->blocks[S_LIF] = p + 2 * n * k;
    e->map = p + 2 * n * k + n;
    return H4L_OK;
}

int h4l_dynamics_network(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct experiment e = {.run = run,
                           .o = *o,
                           .networks =
                               h4l_run_seeds(run) > 0 ? (size_t)h4l_run_seeds(run) : o->networks,
                           .window = o->window_ms,
                           .raster = o->raster_ms,
                           .step = o->step_ms,
                           .threshold = o->threshold_mV,
                           .noise_sd = o->noise_sd,
                           .trajectories = o->trajectories,
                           .exponents = o->exponents,
                           .lyapunov_ms = o->lyapunov_ms};
    double *memory = NULL;
    int code;

    e.o.networks = e.networks;
    h4l_run_record(run, NULL, &e.o);
    e.measure = (struct h4l_measure_options){e.window, o->q_per_ms, o->tau_ms, o->delta_ms};
    code = allocate(&e, &memory, err);
    if (!code)
        code = h4l_parallel_for(h4l_run_pool(run), MODELS * e.trajectories + e.networks + MODELS,
                                run_item, &e, err);
    if (!code && !(code = put_trains(&e, err)) && !(code = put_lyapunov(&e, err)))
        code = write_raster(&e, err);
    for (int m = 0; m < MODELS; m++)
        spikes_free(&e.raster_spikes[m]);
    free(e.d);
    free(memory);
    return code;
}
