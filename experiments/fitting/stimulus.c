#include "stimulus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "sim/integrators.h"
#include "sim/subnet.h"

static const char *const names[H4L_STIM_CLASSES] = {
    "const", "sine", "square", "sawtooth", "triangle", "noise", "chirp", "sines", "pulses",
};

const char *h4l_stim_class_name(enum h4l_stim_class class)
{
    return (unsigned)class < H4L_STIM_CLASSES ? names[class] : "?";
}

enum { TABLE_PER_MS = 20 }; // samples of noise, chirp, sines and pulses: 0.05 ms apart

// Parameters of a stimulus. Periodic: between level - amplitude and level + amplitude; noise: mean, standard deviation, tau.
struct parameters {
    double level, amplitude, frequency_Hz;
    double phase;   // sine, chirp
    double tau_ms;  // noise: correlation time
    double last_Hz; // chirp: frequency at the end
};

// ---- waveforms ----

static struct h4l_wave periodic(enum h4l_stim_class class, const struct parameters *p)
{
    double period = 1000 / p->frequency_Hz, low = p->level - p->amplitude, width = 2 * p->amplitude;

    switch (class) {
    case H4L_STIM_SQUARE:
        return (struct h4l_wave){.kind = H4L_WAVE_SQUARE,
                                 .offset = p->level,
                                 .amplitude = p->amplitude,
                                 .period_ms = period};
    case H4L_STIM_SAWTOOTH: // its formula runs from amplitude/2 to 3/2 amplitude
        return (struct h4l_wave){.kind = H4L_WAVE_SAWTOOTH,
                                 .offset = low - width / 2,
                                 .amplitude = width,
                                 .period_ms = period};
    case H4L_STIM_TRIANGLE: // from 0 to amplitude/2
        return (struct h4l_wave){
            .kind = H4L_WAVE_TRIANGLE, .offset = low, .amplitude = 2 * width, .period_ms = period};
    case H4L_STIM_CONST: // the others have their own samples, or are sines
    case H4L_STIM_SINE:
    case H4L_STIM_NOISE:
    case H4L_STIM_CHIRP:
    case H4L_STIM_SINES:
    case H4L_STIM_PULSES:
    case H4L_STIM_CLASSES:
        break;
    }
    return h4l_wave_sine(p->level, p->amplitude, p->frequency_Hz / 1000, p->phase);
}

static double chirp_value(const struct parameters *p, double t, double duration)
{
    double f0 = p->frequency_Hz / 1000, f1 = p->last_Hz / 1000; // 1/ms

    return p->level +
           p->amplitude * sin(p->phase + 2 * M_PI * (f0 + (f1 - f0) * t / (2 * duration)) * t);
}

// Rectangular pulses of 2 ms: their starts are a Poisson process of the given frequency, their heights uniform on (0, 2 amplitude).
static void fill_pulses(const struct parameters *p, struct h4l_rng *rng, size_t n, double *x)
{
    double t = 0;

    for (size_t k = 0; k < n; k++)
        x[k] = p->level;
    for (;;) {
        double height;
        size_t first;

        t += -log(1 - h4l_rng_uniform(rng)) * 1000 / p->frequency_Hz;
        height = h4l_rng_between(rng, 0, 2 * p->amplitude);
        first = (size_t)(t * TABLE_PER_MS);
        if (first >= n)
            return;
        for (size_t k = first; k < n && k < first + 2 * TABLE_PER_MS; k++)
            x[k] += height;
    }
}

static int sampled(enum h4l_stim_class class, const struct parameters *p, double duration,
                   struct h4l_rng *rng, struct h4l_wave *ret, struct h4l_err *err)
{
    size_t n = (size_t)ceil(duration * TABLE_PER_MS) + 1;
    double *t = malloc(n * sizeof *t), *x = malloc(n * sizeof *x), f[3], phase[3];
    int code = H4L_E_NOMEM;

    if (t == NULL || x == NULL) {
        h4l_fail(err, code, "stimulus: no memory for %zu samples", n);
        goto done;
    }
    for (int i = 0; class == H4L_STIM_SINES && i < 3; i++) {
        f[i] = p->frequency_Hz / 1000 * exp(h4l_rng_between(rng, -1, 1));
        phase[i] = h4l_rng_between(rng, 0, 2 * M_PI);
    }
    if (class == H4L_STIM_PULSES)
        fill_pulses(p, rng, n, x);
    for (size_t k = 0; k < n; k++) {
        t[k] = (double)k / TABLE_PER_MS;
        if (class == H4L_STIM_CHIRP)
            x[k] = chirp_value(p, t[k], duration);
        for (int i = 0; class == H4L_STIM_SINES && i < 3; i++)
            x[k] = (i == 0 ? p->level : x[k]) +
                   p->amplitude / sqrt(3) * sin(2 * M_PI * f[i] * t[k] + phase[i]);
    }
    code = h4l_wave_samples(t, x, n, class == H4L_STIM_PULSES ? H4L_WAVE_HOLD : H4L_WAVE_LINEAR,
                            ret, err);
done:
    free(t);
    free(x);
    return code;
}

static int make(struct h4l_stim *stim, enum h4l_stim_class class, const struct parameters *p,
                double duration, struct h4l_rng *rng, struct h4l_err *err)
{
    stim->class = class;
    if (class == H4L_STIM_NOISE) {
        snprintf(stim->label, sizeof stim->label, "noise mean %.3g sd %.3g tau %.3g ms", p->level,
                 p->amplitude, p->tau_ms);
        return h4l_wave_noise(rng, p->level, p->amplitude, p->tau_ms, 1.0 / TABLE_PER_MS,
                              (size_t)ceil(duration * TABLE_PER_MS) + 1, &stim->wave, err);
    }
    if (class == H4L_STIM_CONST) {
        snprintf(stim->label, sizeof stim->label, "const %.3g", p->level);
        stim->wave = h4l_wave_const(p->level);
        return H4L_OK;
    }
    snprintf(stim->label, sizeof stim->label, "%s level %.3g amplitude %.3g frequency %.3g Hz",
             names[class], p->level, p->amplitude, p->frequency_Hz);
    if (class < H4L_STIM_TRAINED) {
        stim->wave = periodic(class, p);
        return H4L_OK;
    }
    return sampled(class, p, duration, rng, &stim->wave, err);
}

// ---- parameters ----

// Point i of n on the training grid. The grids are walked with steps that are coprime to their sizes, so that any n takes all
// values of each axis about equally often.
static struct parameters grid_point(enum h4l_stim_class class, int i, int n)
{
    static const double level[] = {1, 4, 7, 10}, amplitude[] = {5, 9, 14},
                        frequency[] = {8, 18, 33, 55, 90}, mean[] = {0, 2, 4, 6, 8},
                        deviation[] = {3, 5, 7}, tau[] = {1, 2, 5, 10};
    struct parameters p = {0};

    if (class == H4L_STIM_CONST)
        p.level = n > 1 ? 3 + 17.0 * i / (n - 1) : 10; // evenly over 3..20
    else if (class == H4L_STIM_NOISE) {
        p.level = mean[2 * i % 5];
        p.amplitude = deviation[i % 3];
        p.tau_ms = tau[3 * i % 4];
    } else {
        p.level = level[(i + (int)class) % 4];
        p.amplitude = amplitude[(2 * i + (int)class) % 3];
        p.frequency_Hz = frequency[(2 * i + (int)class) % 5];
    }
    return p;
}

static double log_between(struct h4l_rng *rng, double lo, double hi)
{
    return lo * exp(h4l_rng_uniform(rng) * log(hi / lo));
}

// A held-out stimulus: anywhere in the ranges that the grids span.
static struct parameters draw(enum h4l_stim_class class, struct h4l_rng *rng)
{
    struct parameters p = {0};

    switch (class) {
    case H4L_STIM_CONST:
        p.level = h4l_rng_between(rng, 3, 20);
        break;
    case H4L_STIM_NOISE:
        p.level = h4l_rng_between(rng, 0, 8);
        p.amplitude = h4l_rng_between(rng, 3, 7);
        p.tau_ms = log_between(rng, 1, 10);
        break;
    case H4L_STIM_PULSES:
        p.level = h4l_rng_between(rng, 0, 4);
        p.amplitude = h4l_rng_between(rng, 6, 14);
        p.frequency_Hz = log_between(rng, 30, 120);
        break;
    case H4L_STIM_SINE:
    case H4L_STIM_SQUARE:
    case H4L_STIM_SAWTOOTH:
    case H4L_STIM_TRIANGLE:
    case H4L_STIM_CHIRP:
    case H4L_STIM_SINES:
    case H4L_STIM_CLASSES:
        p.level = h4l_rng_between(rng, 1, 10);
        p.amplitude = h4l_rng_between(rng, 5, 14);
        p.frequency_Hz = log_between(rng, 8, 90);
        p.phase = h4l_rng_between(rng, 0, 2 * M_PI);
        if (class == H4L_STIM_CHIRP) {
            p.frequency_Hz = log_between(rng, 5, 20);
            p.last_Hz = log_between(rng, 60, 120);
        }
    }
    return p;
}

// ---- HH ----

struct hh_job {
    const struct h4l_stim_options *options;
    struct h4l_stim_set *set;
};

static int simulate_hh(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    const struct hh_job *job = ctx;
    const struct h4l_stim_options *o = job->options;
    struct h4l_stim *stim = &job->set->stim[i];
    double x[H4L_HH_DIM], spike, h = o->hh_dt_ms, *t;
    size_t n = 0, steps = (size_t)llround(o->duration_ms / h), room = (size_t)o->duration_ms + 2;
    struct h4l_detector detector;
    int code =
        h4l_detector_init(o->hh_level_mV, o->hh_level_mV - 20, H4L_CROSSING_LINEAR, &detector, err);

    (void)worker;
    if (code != H4L_OK)
        return code;
    if ((t = malloc(room * sizeof *t)) == NULL)
        return h4l_fail(err, H4L_E_NOMEM, "stimulus: no memory for %zu spikes", room);
    h4l_hh_steady_state(&h4l_hh_form_a, -64.99637933119206, x);
    for (size_t k = 0; k < steps && n < room; k++) {
        double I = h4l_wave_mean(&stim->wave, (double)k * h, (double)(k + 1) * h);

        h4l_hh_step(&h4l_hh_form_a, H4L_RK4, h, (const double[3]){I, I, I}, x);
        if (h4l_detector_push(&detector, (double)(k + 1) * h, x[H4L_HH_V], &spike))
            t[n++] = spike;
    }
    if (!isfinite(x[H4L_HH_V]) || n == room) {
        free(t);
        return h4l_fail(
            err, H4L_E_NUMERIC,
            "stimulus \"%s\": the HH neuron left the finite numbers with the step %g ms; "
            "use a smaller hh_dt_ms",
            stim->label, h);
    }
    stim->hh = (struct h4l_spikes){t, n};
    return H4L_OK;
}

// ---- sets ----

static int check_options(const struct h4l_stim_options *o, struct h4l_err *err)
{
    if (!(o->duration_ms > 0) || o->per_class < 1 || o->per_class > 500 || o->replicate < 0 ||
        o->replicate > 999 || !(o->hh_dt_ms > 0) || o->hh_dt_ms > o->duration_ms)
        return h4l_fail(err, H4L_E_RANGE,
                        "stimuli: duration %g ms, %d per class, HH step %g ms; expected a positive "
                        "duration and step, 1..500 per class",
                        o->duration_ms, o->per_class, o->hh_dt_ms);
    return H4L_OK;
}

// Simulates HH on the inputs of a set that has been made, and hands it over; frees it where `code` or the simulation failed.
static int finish_set(const struct h4l_stim_options *o, int code, struct h4l_stim_set *set,
                      struct h4l_stim_set *ret, struct h4l_err *err)
{
    struct hh_job job = {o, set};

    if (code == H4L_OK)
        code = h4l_parallel_for(o->pool, set->n, simulate_hh, &job, err);
    if (code != H4L_OK)
        h4l_stim_free(set);
    else
        *ret = *set;
    return code;
}

static int make_set(const struct h4l_stim_options *o, bool heldout, struct h4l_stim_set *ret,
                    struct h4l_err *err)
{
    const char *purpose = heldout ? "fitting stimulus held out" : "fitting training stimulus";
    int classes = heldout ? H4L_STIM_CLASSES : H4L_STIM_TRAINED, code = check_options(o, err);
    struct h4l_stim_set set = {.duration_ms = o->duration_ms};

    if (code != H4L_OK)
        return code;
    set.stim = calloc((size_t)(classes + 1) * (size_t)o->per_class, sizeof *set.stim);
    if (set.stim == NULL)
        return h4l_fail(err, H4L_E_NOMEM, "stimuli: out of memory");
    for (int c = 0; c < classes && code == H4L_OK; c++) {
        int n = c == H4L_STIM_NOISE && !heldout ? 2 * o->per_class : o->per_class;

        for (int i = 0; i < n && code == H4L_OK; i++) {
            struct parameters p;
            struct h4l_rng rng;

            h4l_rng_init(&rng, o->seed, purpose,
                         (uint64_t)(1000000L * o->replicate + 1000 * c + i));
            p = heldout ? draw((enum h4l_stim_class)c, &rng)
                        : grid_point((enum h4l_stim_class)c, i, n);
            code = make(&set.stim[set.n++], (enum h4l_stim_class)c, &p, o->duration_ms, &rng, err);
        }
    }
    return finish_set(o, code, &set, ret, err);
}

int h4l_stim_training(const struct h4l_stim_options *options, struct h4l_stim_set *ret,
                      struct h4l_err *err)
{
    return make_set(options, false, ret, err);
}

int h4l_stim_heldout(const struct h4l_stim_options *options, struct h4l_stim_set *ret,
                     struct h4l_err *err)
{
    return make_set(options, true, ret, err);
}

static int make_kistler(struct h4l_stim *stim, double duration, struct h4l_rng *rng,
                        struct h4l_err *err)
{
    const double every_ms = 2, deviation = 3;
    size_t n = (size_t)ceil(duration / every_ms) + 1;
    double *t = malloc(n * sizeof *t), *x = malloc(n * sizeof *x);
    int code = H4L_E_NOMEM;

    for (size_t k = 0; t && x && k < n; k++) {
        t[k] = (double)k * every_ms;
        x[k] = deviation * h4l_rng_normal(rng);
    }
    if (t && x)
        code = h4l_wave_samples(t, x, n, H4L_WAVE_LINEAR, &stim->wave, err);
    else
        h4l_fail(err, code, "stimulus: no memory for %zu samples", n);
    stim->class = H4L_STIM_NOISE;
    snprintf(stim->label, sizeof stim->label, "Kistler noise mean 0 sd %g, new value every %g ms",
             deviation, every_ms);
    free(t);
    free(x);
    return code;
}

int h4l_stim_kistler(const struct h4l_stim_options *o, bool heldout, struct h4l_stim_set *ret,
                     struct h4l_err *err)
{
    const char *purpose = heldout ? "fitting Kistler held out" : "fitting Kistler training";
    size_t n = (size_t)o->per_class * (heldout ? 1 : 2);
    struct h4l_stim_set set = {.duration_ms = o->duration_ms};
    int code = check_options(o, err);

    if (code != H4L_OK)
        return code;
    if ((set.stim = calloc(n, sizeof *set.stim)) == NULL)
        return h4l_fail(err, H4L_E_NOMEM, "stimuli: out of memory");
    for (; set.n < n && code == H4L_OK; set.n++) {
        struct h4l_rng rng;

        h4l_rng_init(&rng, o->seed, purpose, 1000000 * (uint64_t)o->replicate + set.n);
        code = make_kistler(&set.stim[set.n], o->duration_ms, &rng, err);
    }
    return finish_set(o, code, &set, ret, err);
}

int h4l_stim_constants(const struct h4l_stim_options *o, const double *level, size_t n,
                       struct h4l_stim_set *ret, struct h4l_err *err)
{
    struct h4l_stim_set set = {.duration_ms = o->duration_ms};
    int code = check_options(o, err);

    if (code != H4L_OK)
        return code;
    if ((set.stim = calloc(n + 1, sizeof *set.stim)) == NULL)
        return h4l_fail(err, H4L_E_NOMEM, "stimuli: out of memory");
    for (; set.n < n && code == H4L_OK; set.n++) {
        const struct parameters p = {.level = level[set.n]};

        code = make(&set.stim[set.n], H4L_STIM_CONST, &p, o->duration_ms, NULL, err);
    }
    return finish_set(o, code, &set, ret, err);
}

void h4l_stim_free(struct h4l_stim_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        h4l_wave_free(&set->stim[i].wave);
        free((void *)(uintptr_t)set->stim[i].hh.t);
    }
    free(set->stim);
    *set = (struct h4l_stim_set){0};
}

int h4l_stim_input(const struct h4l_stim_set *set, double dt_ms, struct h4l_stim_input *ret,
                   struct h4l_err *err)
{
    struct h4l_stim_input in = {.dt_ms = dt_ms};
    const size_t L = H4L_SUBNET_LANES;

    in.steps = (size_t)floor(set->duration_ms / dt_ms + 1e-9);
    in.groups = (set->n + L - 1) / L;
    in.x = aligned_alloc(64, in.groups * in.steps * L * sizeof *in.x);
    if (in.x == NULL)
        return h4l_fail(err, H4L_E_NOMEM, "stimuli: no memory for %zu steps", in.steps);
    for (size_t g = 0; g < in.groups; g++)
        for (size_t l = 0; l < L; l++)
            for (size_t s = 0; s < in.steps; s++)
                in.x[(g * in.steps + s) * L + l] =
                    g * L + l < set->n ? h4l_wave_mean(&set->stim[g * L + l].wave,
                                                       (double)s * dt_ms, (double)(s + 1) * dt_ms)
                                       : 0;
    *ret = in;
    return H4L_OK;
}

void h4l_stim_input_free(struct h4l_stim_input *input)
{
    free(input->x);
    *input = (struct h4l_stim_input){0};
}
