// lyapunov-*: Lyapunov spectra of HH, of tv-LIF2HH and of s-LIF2HH at rest, on the limit cycle and under a current that
// makes HH chaotic. (Claim D2.)
//
// Prediction for tv-LIF2HH, whose equations are block triangular: the spectrum of HH and three times -1/C.
// s-LIF2HH resets to a constant. In continuous time one finite exponent is left (saltation matrices, analysis/hybrid.h); for its
// published map, whose steps are whole, none: a step that fires has Jacobian 0, so the map's largest exponent is -infinity as
// soon as it fires, and log(decay) per step where it never does.
#include "dynamics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/lyapunov.h"
#include "base/rng.h"
#include "model.h"

enum { HH = H4L_HH_DIM, TV = H4L_TV_DIM - 1, UNITS = H4L_S_LIF_UNITS };

// An error bar has three parts: three standard errors; the discretisation, as RK4 with the steps used here keeps exponents to 1e-6 per
// ms; and rounding. Rounding matters where two exponents' growth rates cross for long stretches: near rest three of HH's own rates
// are above -0.3 per ms (its eigenvalues there), far above the -1/C of the input units, though in the mean the third is at -1.56. The tangent vector that
// should contract like an input unit then picks up HH's third direction from a seed of 1e-16 and gains from it. QR in double thus
// puts one of the three exponents at about -0.9996. The size of this is measured by a run with noise of 1e-12 on the vectors, whose
// deviation must be larger, as it grows with the seed (about like its 0.2nd power).
#define STEP_ERROR 1e-6
#define SIGMAS 3 // error bars: three standard errors

// One estimate over all trajectories.
struct estimate {
    int k;
    double mean[TV], error[TV]; // standard errors
};

enum { LANES = H4L_HH_TANGENT_LANES };

struct job {
    struct h4l_run *run;
    const struct h4l_driven *driven;
    struct h4l_lyapunov_options options;
    double start[HH]; // HH state of the one trajectory, where `groups` is 0
    size_t groups;    // so many groups of LANES trajectories from different states and phases
    const struct h4l_hh_tangent *kernel; // for them
    long pair_qr;                        // orthonormalisations per block of the two trajectories
    double *hh, *tv;                     // blocks: [trajectory * blocks * exponents]
    double *noisy;                       // tv-LIF2HH again, with noise on its tangent vectors
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
    struct h4l_rng rng;

    if (!job->groups) {
        memcpy(start, job->start, sizeof job->start);
        return 0;
    }
    h4l_rng_init(&rng, h4l_run_seed(job->run), "lyapunov start", j);
    h4l_hh_steady_state(&h4l_hh_form_a, h4l_rng_between(&rng, -75, -55), start);
    return h4l_rng_between(&rng, 0, 1000);
}

// What a run is made of. NOISY shows what rounding can do: the same as TV, with noise of NOISE in the tangent vectors.
enum { MODEL_HH, MODEL_TV, MODEL_NOISY, MODELS };
#define NOISE 1e-12

static double *blocks_of(const struct job *job, int model)
{
    return model == MODEL_HH ? job->hh : model == MODEL_TV ? job->tv : job->noisy;
}

static int run_one(const struct job *job, int model, struct h4l_err *err)
{
    struct h4l_tangent_noise noise = {.size = model == MODEL_NOISY ? NOISE : 0};
    struct h4l_noisy_tv noisy = {job->driven, &noise};
    struct h4l_flow flow =
        model == MODEL_HH ? h4l_driven_hh(job->driven) : h4l_driven_noisy_tv(&noisy);
    struct h4l_lyapunov_options o = job->options;
    double start[HH], x[H4L_TV_DIM];

    h4l_rng_init(&noise.rng, h4l_run_seed(job->run), "lyapunov noise", 0);
    o.start = start_of(job, 0, start);
    o.exponents = model == MODEL_HH ? HH : TV;
    if (model == MODEL_HH)
        memcpy(x, start, sizeof start);
    else
        h4l_tv_flow_from_hh(start, x);
    return h4l_lyapunov_flow(&flow, &o, x, blocks_of(job, model), err);
}

// Trajectories group * LANES ..., one per vector lane.
static int run_group(const struct job *job, int model, size_t group, struct h4l_err *err)
{
    struct h4l_tangent_noise noise = {.size = model == MODEL_NOISY ? NOISE : 0};
    struct h4l_driven_ensemble e = {.driven = job->driven,
                                    .kernel = job->kernel,
                                    .tv = model != MODEL_HH,
                                    .step = job->options.step,
                                    .noise = &noise};
    struct h4l_ensemble ensemble = h4l_driven_ensemble(&e);
    double x[H4L_TV_DIM * LANES];
    size_t per_trajectory = (size_t)job->options.blocks * (size_t)ensemble.exponents;

    h4l_rng_init(&noise.rng, h4l_run_seed(job->run), "lyapunov noise", group);
    for (size_t j = 0; j < LANES; j++) {
        double start[HH], y[H4L_TV_DIM];
        e.start[j] = start_of(job, group * LANES + j, start);
        if (e.tv)
            h4l_tv_flow_from_hh(start, y);
        else
            memcpy(y, start, sizeof start);
        for (int i = 0; i < ensemble.dim; i++)
            x[(size_t)i * LANES + j] = y[i];
    }
    return h4l_lyapunov_ensemble(&ensemble, &job->options, x,
                                 blocks_of(job, model) + group * LANES * per_trajectory, err);
}

// Two HH trajectories from the first start, and the variational equations over the same stretches of time.
static int run_pair(const struct job *job, struct h4l_err *err)
{
    struct h4l_flow hh = h4l_driven_hh(job->driven);
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

    (void)worker;
    if (item == 0)
        return run_pair(job, err);
    item--;
    int model = MODELS - 1 - (int)(item % MODELS); // the longest first
    return job->groups ? run_group(job, model, item / MODELS, err) : run_one(job, model, err);
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

// Runs everything over the pool and pools the blocks.
static int run_job(struct job *job, struct estimate *hh, struct estimate *tv,
                   struct estimate *noisy, struct h4l_err *err)
{
    size_t blocks = (size_t)job->options.blocks,
           n = (job->groups ? job->groups * LANES : 1) * blocks;
    double *memory = malloc((n * (HH + 2 * TV) + 2 * blocks) * sizeof *memory);
    int code;

    if (!memory)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %zu blocks", n);
    job->hh = memory;
    job->tv = job->hh + n * HH;
    job->noisy = job->tv + n * TV;
    job->pair = job->noisy + n * TV;
    job->same = job->pair + blocks;
    job->options.stop = interrupted;
    job->options.stop_ctx = job->run;
    code = h4l_parallel_for(h4l_run_pool(job->run), 1 + MODELS * (job->groups ? job->groups : 1),
                            run_item, job, err);
    if (!code) {
        hh->k = HH;
        tv->k = noisy->k = TV;
        h4l_lyapunov_summary(job->noisy, n, TV, noisy->mean, noisy->error);
        h4l_lyapunov_summary(job->hh, n, HH, hh->mean, hh->error);
        h4l_lyapunov_summary(job->tv, n, TV, tv->mean, tv->error);
        put_pair(job);
    }
    free(memory);
    return code;
}

// -1, 0, 1; 0 where the error bar reaches across 0.
static int sign_of(double mean, double error)
{
    return mean > error ? 1 : mean < -error ? -1 : 0;
}

// ---- s-LIF2HH ----

struct s_lif_result {
    double flow, flow_error,
        map; // largest exponents; error bar (not standard error); map: -infinity if it fires
    double spikes_per_ms; // of the map
};

static int s_lif_flow(struct h4l_run *run, const struct h4l_driven *d, double duration,
                      struct s_lif_result *ret, struct h4l_err *err)
{
    enum { BLOCKS = 50 };
    struct h4l_hybrid hybrid = h4l_driven_s_lif(d);
    double u[UNITS] = {0}, blocks[BLOCKS], error;
    struct h4l_lyapunov_options o = {.exponents = 1,
                                     .step = 0.05,
                                     .steps_per_qr = 20,
                                     .transient_qr = 500,
                                     .qr_per_block = (long)ceil(duration / BLOCKS),
                                     .blocks = BLOCKS,
                                     .stop = interrupted,
                                     .stop_ctx = run};
    int code = h4l_lyapunov_hybrid(&hybrid, &o, u, blocks, err);

    if (code)
        return code;
    h4l_lyapunov_summary(blocks, BLOCKS, 1, &ret->flow, &error);
    // The vector's length swings by a factor of up to threshold-to-rest within an interval, so an exponent of 0 is only met to
    // O(1 / duration) in a run that ends anywhere in one.
    ret->flow_error = SIGMAS * error + 5 / duration;
    return H4L_OK;
}

static int s_lif_map(struct h4l_run *run, const struct h4l_driven *d, double duration,
                     struct s_lif_result *ret, struct h4l_err *err)
{
    struct h4l_map map = h4l_driven_s_lif_map(d);
    double u[UNITS] = {0}, next[UNITS], block;
    long steps = (long)duration, fired = 0;
    struct h4l_lyapunov_options o = {.exponents = 1,
                                     .steps_per_qr = 1,
                                     .transient_qr = 200,
                                     .qr_per_block = steps,
                                     .blocks = 1,
                                     .stop = interrupted,
                                     .stop_ctx = run};
    int code = h4l_lyapunov_map(&map, &o, u, &block, err);

    if (code)
        return code;
    memset(u, 0, sizeof u);
    for (long n = 0; n < steps; n++) {
        double J[UNITS * UNITS];
        map.step(map.ctx, (size_t)n, u, next, J);
        fired += J[0] == 0;
        memcpy(u, next, sizeof u);
    }
    ret->map = block;
    ret->spikes_per_ms = (double)fired / (double)steps;
    return H4L_OK;
}

static int put_s_lif(struct h4l_run *run, const struct h4l_driven *d, const struct estimate *hh,
                     struct s_lif_result *ret, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct s_lif_result r = {0};
    double duration = o->slif_duration_ms;
    int code;

    if ((code = s_lif_flow(run, d, duration, &r, err)) ||
        (code = s_lif_map(run, d, duration, &r, err)))
        return code;
    h4l_metric_real(run, "largest_slif2hh_per_ms", r.flow);
    h4l_metric_real(run, "largest_slif2hh_error_per_ms", r.flow_error);
    h4l_metric_real(run, "largest_slif2hh_map_per_ms", r.map); // null: -infinity
    h4l_metric_real(run, "rate_slif2hh_map_per_ms", r.spikes_per_ms);
    h4l_metric_int(run, "sign_of_largest_hh",
                   sign_of(hh->mean[0], SIGMAS * hh->error[0] + STEP_ERROR));
    h4l_metric_int(run, "sign_of_largest_slif2hh", sign_of(r.flow, r.flow_error));
    h4l_metric_int(run, "sign_of_largest_slif2hh_map", sign_of(r.map, 0));
    *ret = r;
    return H4L_OK;
}

// ---- results that all three cases share ----

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

static void put_spectra(struct h4l_run *run, const struct estimate *hh, const struct estimate *tv,
                        const struct estimate *noisy)
{
    struct {
        double value, error;
    } predicted[TV];
    double values[TV], deviation[TV], rounding[TV], error[TV], worst = 0, sum = 0;

    // HH and three times -1/C, in order (the value leads the struct, so the comparison of doubles serves)
    for (int i = 0; i < TV; i++) {
        predicted[i].value = i < HH ? hh->mean[i] : -1 / h4l_hh_form_a.C;
        predicted[i].error = i < HH ? hh->error[i] : 0;
    }
    qsort(predicted, TV, sizeof *predicted, descending);
    for (int i = 0; i < TV; i++) {
        values[i] = predicted[i].value;
        deviation[i] = tv->mean[i] - predicted[i].value;
        rounding[i] = fabs(noisy->mean[i] - tv->mean[i]);
        error[i] = SIGMAS * hypot(tv->error[i], predicted[i].error) + STEP_ERROR + rounding[i];
        worst = fmax(worst, fabs(deviation[i]) / error[i]);
    }
    for (int i = 0; i < HH; i++)
        sum += hh->mean[i];
    h4l_metric_reals(run, "spectrum_hh_per_ms", hh->mean, HH);
    h4l_metric_reals(run, "spectrum_stderr_per_ms", hh->error, HH);
    h4l_metric_reals(run, "spectrum_tv_per_ms", tv->mean, TV);
    h4l_metric_reals(run, "spectrum_tv_stderr_per_ms", tv->error, TV);
    h4l_metric_reals(run, "predicted_tv_per_ms", values, TV);
    h4l_metric_reals(run, "tv_minus_predicted_per_ms", deviation, TV);
    h4l_metric_reals(run, "tv_rounding_error_per_ms", rounding, TV);
    h4l_metric_reals(run, "tv_error_bar_per_ms", error, TV);
    h4l_metric_real(run, "tv_deviation_over_error_bar", worst);
    h4l_metric_real(run, "sum_hh_per_ms", sum);
}

// Error bars: three standard errors; for s-LIF2HH, of which only the largest exponent is finite, see s_lif_flow.
static int write_spectra(struct h4l_run *run, const char *file, const struct estimate *hh,
                         const struct estimate *tv, const struct s_lif_result *s_lif,
                         struct h4l_err *err)
{
    static const char *const columns[] = {"model", "index", "exponent", "error_bar"};
    static const char *const units[] = {"0 HH, 1 tv-LIF2HH, 2 s-LIF2HH", "1", "1/ms", "1/ms"};
    struct h4l_csv *csv = h4l_series_begin(run, file, columns, units, 4, err);

    if (!csv)
        return err->code;
    for (int i = 0; i < HH; i++)
        h4l_csv_row(csv, (double[]){0, i + 1, hh->mean[i], SIGMAS * hh->error[i]});
    for (int i = 0; i < TV; i++)
        h4l_csv_row(csv, (double[]){1, i + 1, tv->mean[i], SIGMAS * tv->error[i]});
    h4l_csv_row(csv, (double[]){2, 1, s_lif->flow, s_lif->flow_error});
    return H4L_OK;
}

static int finish(struct job *job, const char *file, struct h4l_err *err)
{
    struct estimate hh, tv, noisy;
    struct s_lif_result s_lif;
    int code;

    if ((code = run_job(job, &hh, &tv, &noisy, err)))
        return code;
    put_spectra(job->run, &hh, &tv, &noisy);
    if ((code = put_s_lif(job->run, job->driven, &hh, &s_lif, err)))
        return code;
    return write_spectra(job->run, file, &hh, &tv, &s_lif, err);
}

// ---- the cases ----

int h4l_dynamics_lyapunov_rest(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct h4l_wave wave = h4l_wave_const(o->i0);
    struct h4l_complex z[HH];
    struct h4l_driven driven;
    struct h4l_system system;
    struct job job = {.run = run, .driven = &driven};
    double re[HH], im[HH], block = 10;
    int code;

    h4l_driven_init(&wave, &driven);
    system = h4l_model_system(&driven.hh);
    h4l_hh_steady_state(&h4l_hh_form_a, -65, job.start);
    if ((code = h4l_equilibrium(&system, wave.offset, job.start, err)) ||
        (code = h4l_equilibrium_eigenvalues(&system, wave.offset, job.start, z, err)))
        return code;
    if (z[0].re > 0)
        return h4l_fail(err, H4L_E_RANGE,
                        "lyapunov-rest: rest is unstable at i0 = %g (an eigenvalue of %g per ms); "
                        "it is stable below 9.775 and above 154.52",
                        wave.offset, z[0].re);
    for (int i = 0; i < HH; i++) {
        re[i] = z[i].re;
        im[i] = z[i].im;
        if (z[i].im > 0) // QR splits a pair unless a block is a whole number of half turns
            block = M_PI / z[i].im;
    }
    job.options = (struct h4l_lyapunov_options){.step = block / 1024,
                                                .steps_per_qr = 16,
                                                .transient_qr = 64 * 40,
                                                .qr_per_block = 64,
                                                .blocks = 20};
    job.pair_qr = job.options.qr_per_block;
    h4l_metric_reals(run, "eigenvalues_re_per_ms", re, HH);
    h4l_metric_reals(run, "eigenvalues_im_per_ms", im, HH);
    return finish(&job, "lyapunov-rest.csv", err);
}

int h4l_dynamics_lyapunov_periodic(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct h4l_wave wave = h4l_wave_const(o->i0);
    struct h4l_driven driven;
    struct h4l_system system;
    struct h4l_shooting shooting;
    struct h4l_orbit orbit;
    struct job job = {.run = run, .driven = &driven};
    double rest[HH], exponents[HH], divergence = 0;
    int code;

    h4l_driven_init(&wave, &driven);
    system = h4l_model_system(&driven.hh);
    h4l_hh_steady_state(&h4l_hh_form_a, -65, rest);
    if ((code = h4l_shooting_create(&system, &shooting, err)))
        return code;
    code = h4l_orbit_guess(&shooting, wave.offset, rest, 500, H4L_HH_V, -30, &orbit, err);
    if (!code)
        code = h4l_orbit_find(&shooting, &orbit, err);
    if (!code)
        code = h4l_orbit_exponents(&shooting, &orbit, exponents, &divergence, err);
    h4l_shooting_destroy(&shooting);
    if (code == H4L_E_NUMERIC)
        return h4l_fail(err, H4L_E_RANGE,
                        "lyapunov-periodic: HH does not settle on a periodic orbit at i0 = %g (it "
                        "fires steadily between 6.26 and about 100): %s",
                        wave.offset, err ? err->message : "");
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
    job.pair_qr = job.options.qr_per_block;
    return finish(&job, "lyapunov-periodic.csv", err);
}

int h4l_dynamics_lyapunov_chaotic(struct h4l_run *run, struct h4l_err *err)
{
    // Often enough that the strongest contraction, some 45 per ms in the spike, stays far above rounding.
    const double qr_ms = 0.25;
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    double duration = o->duration_ms, step = o->step_ms;
    long per_qr = lround(qr_ms / step), blocks = 10;
    struct h4l_wave wave = h4l_wave_sine(o->i0, o->amplitude, o->frequency_per_ms, 0);
    struct h4l_driven driven;
    struct h4l_hh_tangent *kernel;
    struct job job = {.run = run, .driven = &driven};
    long trajectories = (long)o->trajectories;
    int code;

    if (per_qr < 1)
        return h4l_fail(err, H4L_E_USAGE, "step_ms = %g: expected at most %g", step, qr_ms);
    if (trajectories % LANES)
        return h4l_fail(err, H4L_E_USAGE, "trajectories = %ld: expected a multiple of %d",
                        trajectories, LANES);
    h4l_driven_init(&wave, &driven);
    if ((code = h4l_hh_tangent_create(&driven.hh.hh, h4l_simd_level_id(), &kernel, err)))
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
    code = finish(&job, "lyapunov-chaotic.csv", err);
    h4l_hh_tangent_destroy(kernel);
    return code;
}
