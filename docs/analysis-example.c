// The analysis library by example: a neuron that is not part of the suite, from its bifurcation to its spike trains.
//
// The FitzHugh-Nagumo neuron v' = v - v^3/3 - w + I, w' = 0.08 (v + 0.7 - 0.8 w) is given to the library as two callbacks. The
// program finds where it starts to oscillate, one of its orbits with period and exponents, simulates it twice under the
// same input with a little noise, and compares the two spike trains and potentials. It checks what can be known otherwise
// and ends with status 1 if something is off, so the build runs it as a test.
//
// To build it by hand on the installed library (REPRODUCE.md, "Installed"):
//     cc docs/analysis-example.c -o analysis-example $(pkg-config --cflags --libs hh4lif gsl) -lm
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "analysis/bifurcation.h"
#include "analysis/lyapunov.h"
#include "analysis/spectrum.h"
#include "analysis/spike_coincidence.h"
#include "analysis/spike_distance.h"
#include "analysis/spike_metric.h"
#include "base/rng.h"

// Every function that can fail returns a code and fills an h4l_err with one line that says what and where.
#define TRY(call)                                                                                  \
    do {                                                                                           \
        struct h4l_err err;                                                                        \
        if ((call)) {                                                                              \
            fprintf(stderr, "%s\n", err.message);                                                  \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static void expect(const char *what, double got, double expected, double tolerance)
{
    printf("%-42s %.10g\n", what, got);
    if (!(fabs(got - expected) <= tolerance)) {
        fprintf(stderr, "%s: expected %.10g +- %g\n", what, expected, tolerance);
        exit(1);
    }
}

// ---- the neuron ----

// For bifurcations: right-hand side, Jacobian and derivative with respect to the parameter (the input current).
static void neuron(const void *ctx, double I, const double *x, double *dx, double *J, double *dp)
{
    (void)ctx;
    dx[0] = x[0] - x[0] * x[0] * x[0] / 3 - x[1] + I;
    dx[1] = 0.08 * (x[0] + 0.7 - 0.8 * x[1]);
    if (!J)
        return;
    J[0] = 1 - x[0] * x[0];
    J[1] = -1;
    J[2] = 0.08;
    J[3] = -0.064;
    dp[0] = 1;
    dp[1] = 0;
}

// For trajectories and Lyapunov exponents: the same as a flow; ctx is the current.
static void flow(const void *ctx, double t, const double *x, double *dx, double *J)
{
    double dp[2];

    (void)t;
    neuron(NULL, *(const double *)ctx, x, dx, J, dp);
}

// ---- 1. bifurcations, an orbit, its exponents ----

static void dynamics(void)
{
    static const double scale[2] = {1, 1};
    const struct h4l_system system = {.dim = 2, .eval = neuron, .scale = scale};
    struct h4l_shooting shooting;
    struct h4l_hopf hopf;
    struct h4l_orbit orbit;
    double guess[2] = {-1.2, -0.6}, exponents[2], divergence;

    TRY(h4l_hopf_find(&system, 0.2, 0.45, guess, &hopf, &err));
    // By hand: the trace 1 - v^2 - 0.064 vanishes at v = -sqrt(0.936), and I follows from the equilibrium.
    double v = -sqrt(0.936), I = (v + 0.7) / 0.8 - v + v * v * v / 3;
    expect("oscillations begin at I =", hopf.p, I, 1e-12);
    printf("%-42s %s\n", "and the Hopf point is",
           hopf.lyapunov_coefficient > 0 ? "subcritical" : "supercritical");

    TRY(h4l_shooting_create(&system, &shooting, &err));
    TRY(h4l_orbit_guess(&shooting, 0.5, guess, 200, 0, 0, &orbit,
                        &err)); // two upward passages of v = 0
    TRY(h4l_orbit_find(&shooting, &orbit, &err));
    TRY(h4l_orbit_exponents(&shooting, &orbit, exponents, &divergence, &err));
    printf("%-42s %.10g\n", "period at I = 0.5:", orbit.period);
    expect("its Floquet exponents add up to", exponents[0] + exponents[1], divergence, 1e-8);

    // The same exponents from a trajectory: whole periods per block, so that the neutral one is 0 to rounding.
    const double current = 0.5;
    const struct h4l_flow f = {.dim = 2, .ctx = &current, .eval = flow};
    const struct h4l_lyapunov_options o = {.exponents = 2,
                                           .step = orbit.period / 4096,
                                           .steps_per_qr = 64,
                                           .transient_qr = 640,
                                           .qr_per_block = 64,
                                           .blocks = 4};
    double blocks[8], mean[2], error[2];
    TRY(h4l_lyapunov_flow(&f, &o, orbit.x, blocks, &err));
    h4l_lyapunov_summary(blocks, 4, 2, mean, error);
    expect("Lyapunov exponents: the first", mean[0], 0, 1e-8);
    expect("                    the second", mean[1], exponents[1], 1e-7);
    h4l_shooting_destroy(&shooting);
}

// ---- 2. two noisy repetitions: spike trains and spectra ----

enum { SAMPLES = 1 << 16, SPIKES = 2000 };
#define STEP 0.1

// The potential under a common fluctuating current and a weaker one of the repetition's own; its upward passages of v = 0.5.
static struct h4l_spikes simulate(int repetition, double *v, double *times)
{
    double current, x[2] = {-1.2, -0.6}, common = 0, own = 0, t;
    const struct h4l_flow f = {.dim = 2, .ctx = &current, .eval = flow};
    struct h4l_rng shared, private;
    struct h4l_rk4 rk4;
    struct h4l_detector detector;
    struct h4l_spikes train = {times, 0};

    h4l_rng_init(&shared, 1, "common current", 0);
    h4l_rng_init(&private, 1, "own current", (uint64_t)repetition);
    TRY(h4l_rk4_create(&f, 0, &rk4, &err));
    TRY(h4l_detector_init(0.5, -0.5, H4L_CROSSING_LINEAR, &detector, &err)); // rearms below -0.5
    for (int i = 0; i < SAMPLES; i++) {
        common += -0.01 * common + 0.05 * h4l_rng_normal(&shared);
        own += -0.01 * own + 0.005 * h4l_rng_normal(&private);
        current = 0.3 + common + own;
        h4l_rk4_step_state(&rk4, i * STEP, STEP, x);
        v[i] = x[0];
        if (h4l_detector_push(&detector, (i + 1) * STEP, v[i], &t) && train.n < SPIKES)
            times[train.n++] = t;
    }
    h4l_rk4_destroy(&rk4);
    return train;
}

static void trains(void)
{
    static double v[2][SAMPLES], times[2][SPIKES], coherence[513];
    struct h4l_spikes a = simulate(0, v[0], times[0]), b = simulate(1, v[1], times[1]);
    const struct h4l_window window = {0, SAMPLES * STEP};
    const struct h4l_gamma_options coincidence = {.delta_ms = 2, .matching = H4L_MATCH_ONE_TO_ONE};
    const struct h4l_spectrum_options multitaper = {
        .step = STEP, .segment = 1024, .tapers = 5, .half_bandwidth = 3};
    struct h4l_isi_stats isi;
    struct h4l_gamma gamma;
    double isi_distance, spike_distance, sync, van_rossum;

    TRY(h4l_spikes_isi(a, &isi, &err));
    printf("%-42s %zu, mean interval %.3f, CV %.3f\n", "spikes of the first repetition:", a.n,
           isi.mean, isi.cv);
    TRY(h4l_isi_distance(a, b, window, H4L_EDGE_MAX, &isi_distance, &err));
    TRY(h4l_spike_distance(a, b, window, H4L_EDGE_MAX, &spike_distance, &err));
    TRY(h4l_spike_synchronization(a, b, window, 0, &sync, &err));
    TRY(h4l_van_rossum(a, b, 10, H4L_VAN_ROSSUM_UNIT, &van_rossum, &err));
    TRY(h4l_gamma(a, b, window, &coincidence, &gamma, &err));
    printf("%-42s %.4f\n", "ISI-distance of the two:", isi_distance);
    printf("%-42s %.4f\n", "SPIKE-distance:", spike_distance);
    printf("%-42s %.4f\n", "SPIKE-synchronisation:", sync);
    printf("%-42s %.4f\n", "van Rossum distance, tau = 10:", van_rossum);
    printf("%-42s %.4f\n", "coincidence factor Gamma, +-2:", gamma.gamma);

    TRY(h4l_coherence(v[0], v[1], SAMPLES, &multitaper, coherence, NULL, &err));
    double low, high, estimates = h4l_spectrum_estimates(SAMPLES, &multitaper);
    size_t bin = 3;
    h4l_coherence_limits(coherence[bin], estimates, 0.95, &low, &high);
    printf("%-42s %.3f (95 %% limits %.3f .. %.3f)\n",
           "coherence of the potentials at a low frequency:", coherence[bin], low, high);
    // Repetitions under a common current must be alike, but not equal.
    if (a.n < 50 || !(spike_distance > 0 && spike_distance < 0.25) || !(gamma.gamma > 0.3) ||
        !(coherence[bin] > h4l_coherence_threshold(estimates, 0.999))) {
        fprintf(stderr, "the two repetitions do not look like repetitions\n");
        exit(1);
    }
}

int main(void)
{
    gsl_set_error_handler_off(); // GSL would abort on an error; here failures come back as codes
    dynamics();
    trains();
    return 0;
}
