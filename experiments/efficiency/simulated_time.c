// F3.time: what a second of simulated time costs, for one HH neuron and for what stands in for it, each by its fast kernel at its
// own step. In turns, on one thread, in seconds of the CPU.
#include "efficiency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/simd.h"
#include "neuron/hh_tangent.h"
#include "neuron/lif_fast.h"
#include "neuron/tv_fast.h"
#include "sim/integrators.h"
#include "sim/subnet.h"

enum { N = 256, ROUNDS = 32, CHUNK = 1000, TV_UNITS = 4 };
static const double FINE_MS = 0.01, COARSE_MS = 1, INPUT = 10, SPIKE_MV = -40;

// Steps of 1 ms cost a thousandth and less, so they get that many times the simulated time: a measurement takes about as long.
enum { LONGER = 1000 };

// All neurons, in the layout of each kernel.
struct neurons {
    double rk4[H4L_HH_DIM * N], I[N];
    double V[N], m[N], h[N], n[N], u[5][N];
    double lif[TV_UNITS * N], lif_I[TV_UNITS * N];
    _Alignas(64) double x[CHUNK * H4L_SUBNET_LANES];
    double spikes[CHUNK * H4L_SUBNET_LANES];
    size_t fired;
    struct h4l_hh_tangent *tangent;
    struct h4l_hh_fast *fast;
    struct h4l_subnet subnet;
    enum h4l_simd simd;
};

static struct h4l_hh_array hh_of(struct neurons *a)
{
    return (struct h4l_hh_array){N, a->V, a->m, a->h, a->n};
}

static void run_hh(struct neurons *a, size_t steps)
{
    h4l_hh_rk4_run(a->tangent, FINE_MS, N, steps, a->I, 0, a->rk4);
}

static void run_hh_euler(struct neurons *a, size_t steps)
{
    struct h4l_hh_array x = hh_of(a);

    h4l_hh_fast_run(a->fast, &x, (struct h4l_hh_input){a->I, 0}, steps, NULL);
}

static void run_tv(struct neurons *a, size_t steps)
{
    struct h4l_hh_array x = hh_of(a);
    struct h4l_tv_array y = {a->u[0], a->u[1], a->u[2], a->u[3], a->u[4]};
    struct h4l_tv_options options = {.rebase = H4L_TV_REBASE};

    h4l_tv_fast_run(a->fast, &x, &y, &options, (struct h4l_hh_input){a->I, 0}, steps, NULL, NULL);
}

static void run_slif(struct neurons *a, size_t steps)
{
    size_t n[H4L_SUBNET_LANES];

    for (size_t done = 0; done < steps; done += CHUNK)
        for (int group = 0; group < N / H4L_SUBNET_LANES; group++) {
            size_t left = steps - done;
            h4l_subnet_run_lanes(&a->subnet, a->x, left < CHUNK ? left : CHUNK, 0, CHUNK, a->spikes,
                                 n);
            for (int lane = 0; lane < H4L_SUBNET_LANES; lane++)
                a->fired += n[lane];
        }
}

static void run_lif(struct neurons *a, size_t steps)
{
    h4l_lif_fast_run(&h4l_lif_learning, a->simd, N, a->lif, a->lif_I, 0, steps, NULL);
}

static void run_4lif(struct neurons *a, size_t steps)
{
    h4l_lif_fast_run(&h4l_lif_learning, a->simd, TV_UNITS * N, a->lif, a->lif_I, 0, steps, NULL);
}

enum { HH, HH_EULER, TV, SLIF, LIF, FOUR_LIF, MODELS };
static const struct {
    const char *name, *method;
    void (*run)(struct neurons *neurons, size_t steps);
    bool fine;
} models[MODELS] = {
    [HH] = {"hh", "form A, Runge-Kutta of order 4", run_hh, true},
    [HH_EULER] = {"hh_euler", "form A, forward Euler", run_hh_euler, true},
    [TV] = {"tv_lif2hh", "four units, gates of the HH beside, Euler", run_tv, true},
    [SLIF] = {"slif2hh", "four units, published constants", run_slif, false},
    [LIF] = {"lif", "one unit", run_lif, false},
    [FOUR_LIF] = {"4lif", "four units, not joined", run_4lif, false},
};

static double step_of(int model)
{
    return models[model].fine ? FINE_MS : COARSE_MS;
}

// HH neurons along the limit cycle at 10 uA/cm^2, so that each is at another place of it.
static void start_hh(struct neurons *a)
{
    double x[H4L_HH_DIM] = {-65, 0.05, 0.6, 0.32}, I[3] = {INPUT, INPUT, INPUT};
    double *const places[H4L_HH_DIM] = {a->V, a->m, a->h, a->n};

    for (int i = 0; i < 5000; i++)
        h4l_hh_step(&h4l_hh_form_a, H4L_EULER, FINE_MS, I, x);
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < H4L_HH_DIM; k++)
            a->rk4[k * N + i] = places[k][i] = x[k];
        a->u[4][i] = x[H4L_HH_V];
        a->I[i] = INPUT;
        for (int k = 0; k < 6; k++)
            h4l_hh_step(&h4l_hh_form_a, H4L_EULER, FINE_MS, I, x);
    }
}

static int start(struct neurons *a, uint64_t seed, struct h4l_err *err)
{
    struct h4l_topology topology;
    struct h4l_rng rng;
    int code;

    start_hh(a);
    h4l_rng_init(&rng, seed, "efficiency lif", 0);
    for (int i = 0; i < TV_UNITS * N; i++)
        a->lif_I[i] = h4l_rng_between(&rng, 0, 0.5); // around the threshold of firing
    for (int i = 0; i < CHUNK * H4L_SUBNET_LANES; i++)
        a->x[i] = 5 + i % H4L_SUBNET_LANES; // lanes that fire and lanes that do not
    code = h4l_topology_parse("3+1", &topology, err);
    if (!code)
        code = h4l_simd_choose(&a->simd, err);
    if (!code)
        code = h4l_hh_tangent_create(&h4l_hh_form_a, a->simd, &a->tangent, err);
    if (!code)
        code = h4l_hh_fast_create(&h4l_hh_form_a, FINE_MS, a->simd, &a->fast, err);
    if (!code)
        h4l_subnet_published(&topology, &a->subnet);
    return code;
}

// What was timed must have been neurons that fire, some of them just now.
static int check(const struct neurons *a, struct h4l_err *err)
{
    const double *const potentials[] = {a->rk4, a->V};
    int above = 0;

    for (int k = 0; k < 2; k++) {
        int high = 0;
        for (int i = 0; i < N; i++)
            high += potentials[k][i] > SPIKE_MV;
        if (high == 0 || high == N)
            return h4l_fail(err, H4L_E_INTERNAL, "%d of %d HH neurons ended in a spike", high, N);
    }
    for (int i = 0; i < N; i++)
        above += a->lif[i] > h4l_lif_learning.threshold;
    if (above == 0 || above == N || a->fired == 0)
        return h4l_fail(err, H4L_E_INTERNAL, "%d of %d LIF units and %zu sub-networks fired", above,
                        N, a->fired);
    return H4L_OK;
}

// Simulated seconds per second of the CPU, of one neuron.
static double speed_of(struct neurons *a, int model, double ms)
{
    double simulated_ms = models[model].fine ? ms : LONGER * ms, begin;
    size_t steps = (size_t)(simulated_ms / step_of(model) + 0.5);

    begin = h4l_efficiency_now(true);
    models[model].run(a, steps);
    return N * simulated_ms / 1000 / fmax(h4l_efficiency_now(true) - begin, 1e-9);
}

static int measure(struct h4l_run *run, struct neurons *a, double speed[MODELS][ROUNDS],
                   struct h4l_err *err)
{
    const struct h4l_efficiency_options *o = h4l_run_options(run);

    for (int m = 0; m < MODELS; m++)
        speed_of(a, m, o->simulated_ms); // to warm up
    for (size_t r = 0; r < o->rounds; r++)
        for (int m = 0; m < MODELS; m++) {
            h4l_run_progress(run, models[m].name, (double)(r * MODELS + (size_t)m),
                             (double)o->rounds * MODELS);
            speed[m][r] = speed_of(a, m, o->simulated_ms);
            if (h4l_run_interrupted(run))
                return h4l_fail(err, H4L_E_INTERRUPT, "the measurement of speed was stopped");
        }
    return check(a, err);
}

static int report(struct h4l_run *run, double speed[MODELS][ROUNDS], struct h4l_err *err)
{
    const struct h4l_efficiency_options *o = h4l_run_options(run);
    json_t *methods = json_object(), *steps = json_object();
    int code = H4L_OK;
    char name[80];

    for (int m = 0; m < MODELS && code == H4L_OK; m++) {
        double best = 0;

        h4l_json_set(&methods, models[m].name, json_string(models[m].method));
        h4l_json_set(&steps, models[m].name, json_real(step_of(m)));
        for (size_t r = 0; r < o->rounds; r++)
            best = fmax(best, speed[m][r]);
        snprintf(name, sizeof name, "cpu_s_per_simulated_s_%s", models[m].name);
        h4l_provenance_timing(run, name, 1 / best);
        snprintf(name, sizeof name, "ratio_hh_over_%s", models[m].name);
        if (m != HH)
            code = h4l_efficiency_ratio(run, name, speed[HH], speed[m], o->rounds, err);
    }
    h4l_metric_int(run, "rounds", (long long)o->rounds);
    h4l_metric_int(run, "neurons", N);
    h4l_metric_json(run, "step_ms", steps);
    h4l_metric_json(run, "method", methods);
    return code;
}

int h4l_efficiency_simulated_time(struct h4l_run *run, struct h4l_err *err)
{
    struct neurons *a = aligned_alloc(64, (sizeof *a + 63) / 64 * 64);
    double speed[MODELS][ROUNDS];
    int code;

    if (!a)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %d neurons", N);
    memset(a, 0, sizeof *a);
    code = start(a, h4l_run_seed(run), err);
    if (code == H4L_OK)
        code = measure(run, a, speed, err);
    if (code == H4L_OK)
        code = report(run, speed, err);
    h4l_hh_tangent_destroy(a->tangent);
    h4l_hh_fast_destroy(a->fast);
    free(a);
    return code;
}
