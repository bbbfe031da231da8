// bifurcations: the equilibria of HH over the current with both Hopf points, and the periodic orbits from one to the other
// through every fold.
#include "dynamics.h"

#include <math.h>

#include "model.h"
#include "neurons.h"

enum { FOLDS = 16, BRANCH_LENGTH = H4L_BRANCH_NODES * H4L_HH_DIM + 2 };

// Where continuation stops: an orbit of less than this many mV is as good as the Hopf point.
#define EXTENT_MIN_mV 0.3

struct trace {
    struct h4l_shooting *shooting;
    struct h4l_branch_options options;
    struct h4l_csv *csv;
    struct h4l_branch_point previous;
    struct h4l_orbit folds[FOLDS];
    int n_folds, points, branch, code;
    double largest_multiplier;
    struct h4l_run *run;
    struct h4l_err err;
};

static int branch_point(void *ctx, const struct h4l_branch_point *p)
{
    struct trace *t = ctx;
    double least, most, mu = hypot(p->multipliers[0].re, p->multipliers[0].im);

    t->code = h4l_orbit_extremes(t->shooting, &p->orbit, H4L_HH_V, &least, &most, &t->err);
    if (!t->code && h4l_run_interrupted(t->run))
        t->code = h4l_fail(&t->err, H4L_E_INTERRUPT, "interrupted");
    if (!t->code && t->points++ && t->n_folds < FOLDS &&
        t->previous.tangent[BRANCH_LENGTH - 1] * p->tangent[BRANCH_LENGTH - 1] < 0) {
        t->code = h4l_fold_find(t->shooting, &t->options, &t->previous, p, &t->folds[t->n_folds],
                                &t->err);
        t->n_folds += !t->code;
    }
    if (t->code)
        return 1;
    h4l_csv_row(t->csv, (double[]){t->branch, p->orbit.p, p->orbit.period, least, most, p->unstable,
                                   p->unstable == 0, mu});
    t->largest_multiplier = fmax(t->largest_multiplier, mu);
    t->previous = *p;
    return 0;
}

static const struct h4l_column cycle_columns[] = {
    {"branch", "1", "0: towards the lower Hopf point, 1: towards the upper"},
    {"I", "uA/cm^2", "current"},
    {"period", "ms", "period"},
    {"V_min", "mV", "smallest potential"},
    {"V_max", "mV", "largest potential"},
    {"unstable", "1", "Floquet multipliers outside the unit circle"},
    {"stable", "1", "1: none is, else 0"},
    {"largest_multiplier", "1", "size of the largest multiplier but for the trivial one"},
};
const struct h4l_series h4l_cycles_series =
    H4L_SERIES("bifurcation-cycles.csv", "periodic orbit", cycle_columns);

// From the orbit at I = 10 in both directions, to where the orbits shrink into the Hopf points.
static int write_cycles(struct h4l_run *run, struct h4l_shooting *s, const double *rest,
                        struct trace *t, struct h4l_err *err)
{
    struct h4l_orbit start;
    int code = h4l_model_orbit(s, rest, &start, err);

    if (code)
        return code;
    t->csv = h4l_series_begin(run, &h4l_cycles_series, NULL, err);
    if (!t->csv)
        return err->code;
    t->shooting = s;
    t->run = run;
    t->options = (struct h4l_branch_options){.step = 0.01,
                                             .step_min = 1e-7,
                                             .step_max = 0.1,
                                             .period_scale = 10,
                                             .p_scale = 10,
                                             .p_min = 0,
                                             .p_max = 250,
                                             .extent_min = EXTENT_MIN_mV,
                                             .points = 2000,
                                             .point = branch_point,
                                             .point_ctx = t};
    for (t->branch = 0; t->branch < 2 && !code; t->branch++) {
        double first[H4L_HH_DIM + 2] = {0};
        first[H4L_HH_DIM + 1] = t->branch ? 1 : -1;
        t->points = 0;
        h4l_run_progress(run, "cycles", t->branch, 2);
        code = h4l_branch_run(s, &start, first, &t->options, NULL, err);
        if (!code && t->code) {
            if (err)
                *err = t->err;
            code = t->code;
        }
    }
    return code;
}

static const struct h4l_column equilibrium_columns[] = {
    {"I", "uA/cm^2", "current"},
    {"V", "mV", "potential"},
    {"m", "1", "gate m"},
    {"h", "1", "gate h"},
    {"n", "1", "gate n"},
    {"largest_real_part", "1/ms", "largest real part of the eigenvalues"},
    {"stable", "1", "1: it is negative, else 0"},
};
const struct h4l_series h4l_equilibria_series =
    H4L_SERIES("bifurcation-equilibria.csv", "current", equilibrium_columns);

static int write_equilibria(struct h4l_run *run, const struct h4l_system *system,
                            const double *rest, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(run, &h4l_equilibria_series, NULL, err);
    double x[H4L_HH_DIM] = {rest[0], rest[1], rest[2], rest[3]};

    if (!csv)
        return err->code;
    for (int k = 0; k <= 4000; k++) {
        double I = 0.05 * k;
        struct h4l_complex z[H4L_HH_DIM];
        int code;
        if ((code = h4l_equilibrium(system, I, x, err)) ||
            (code = h4l_equilibrium_eigenvalues(system, I, x, z, err)))
            return code;
        h4l_csv_row(csv, (double[]){I, x[0], x[1], x[2], x[3], z[0].re, z[0].re < 0});
    }
    return H4L_OK;
}

static void hopf_metrics(struct h4l_run *run, const struct h4l_hopf *lower,
                         const struct h4l_hopf *upper)
{
    h4l_metric_real(run, "hopf_lower_uA_per_cm2", lower->p);
    h4l_metric_real(run, "hopf_lower_V_mV", lower->x[0]);
    h4l_metric_real(run, "hopf_lower_omega_rad_per_ms", lower->omega);
    h4l_metric_real(run, "hopf_lower_first_lyapunov_coefficient", lower->lyapunov_coefficient);
    h4l_metric_text(run, "hopf_lower_criticality",
                    lower->lyapunov_coefficient > 0 ? "subcritical" : "supercritical");
    h4l_metric_real(run, "hopf_upper_uA_per_cm2", upper->p);
    h4l_metric_real(run, "hopf_upper_V_mV", upper->x[0]);
    h4l_metric_real(run, "hopf_upper_omega_rad_per_ms", upper->omega);
    h4l_metric_real(run, "hopf_upper_first_lyapunov_coefficient", upper->lyapunov_coefficient);
    h4l_metric_text(run, "hopf_upper_criticality",
                    upper->lyapunov_coefficient > 0 ? "subcritical" : "supercritical");
}

static void fold_metrics(struct h4l_run *run, const struct trace *t)
{
    double at[FOLDS], period[FOLDS];
    int lowest = 0;

    for (int i = 0; i < t->n_folds; i++) {
        at[i] = t->folds[i].p;
        period[i] = t->folds[i].period;
        if (at[i] < at[lowest])
            lowest = i;
    }
    if (t->n_folds) {
        h4l_metric_real(run, "fold_of_cycles_uA_per_cm2", at[lowest]);
        h4l_metric_real(run, "fold_of_cycles_period_ms", period[lowest]);
    } else {
        h4l_metric_null(run, "fold_of_cycles_uA_per_cm2");
    }
    h4l_metric_reals(run, "all_folds_of_cycles_uA_per_cm2", at, (size_t)t->n_folds);
    h4l_metric_reals(run, "all_folds_of_cycles_period_ms", period, (size_t)t->n_folds);
    h4l_metric_real(run, "log10_largest_multiplier", log10(t->largest_multiplier));
}

static const struct h4l_column bifurcation_columns[] = {
    {"kind", "0 Hopf point, 1 fold of cycles", "what it is"},
    {"I", "uA/cm^2", "current"},
    {"V", "mV", "potential; of a fold the largest of the orbit"},
};
const struct h4l_series h4l_bifurcations_series =
    H4L_SERIES("bifurcation-points.csv", "bifurcation", bifurcation_columns);

static int write_points(struct h4l_run *run, const struct h4l_hopf *lower,
                        const struct h4l_hopf *upper, const struct trace *t, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(run, &h4l_bifurcations_series, NULL, err);

    if (!csv)
        return err->code;
    h4l_csv_row(csv, (double[]){0, lower->p, lower->x[0]});
    h4l_csv_row(csv, (double[]){0, upper->p, upper->x[0]});
    for (int i = 0; i < t->n_folds; i++) {
        double most;
        int code = h4l_orbit_extremes(t->shooting, &t->folds[i], H4L_HH_V, NULL, &most, err);
        if (code)
            return code;
        h4l_csv_row(csv, (double[]){1, t->folds[i].p, most});
    }
    return H4L_OK;
}

int h4l_dynamics_bifurcations(struct h4l_run *run, struct h4l_err *err)
{
    static const char *const gates[] = {"rest_V_mV", "rest_m", "rest_h", "rest_n"};
    struct h4l_neuron hh;
    struct h4l_system system;
    struct h4l_shooting shooting;
    struct h4l_hopf lower, upper;
    struct h4l_complex z[H4L_HH_DIM];
    struct trace trace = {0};
    double x[H4L_HH_DIM], re[H4L_HH_DIM], im[H4L_HH_DIM];
    int code;

    if ((code = h4l_neurons_hh(run, &hh, err)))
        return code;
    system = h4l_model_system(&hh);
    if ((code = h4l_model_rest(&hh, 0, x, err)) ||
        (code = h4l_equilibrium_eigenvalues(&system, 0, x, z, err)) ||
        (code = h4l_hopf_find(&system, 0, 20, x, &lower, err)) ||
        (code = h4l_hopf_find(&system, 100, 200, lower.x, &upper, err)) ||
        (code = write_equilibria(run, &system, x, err)) ||
        (code = h4l_shooting_create(&system, &shooting, err)))
        return code;
    code = write_cycles(run, &shooting, x, &trace, err);
    if (!code)
        code = write_points(run, &lower, &upper, &trace, err);
    h4l_shooting_destroy(&shooting);
    if (code)
        return code;
    for (int i = 0; i < H4L_HH_DIM; i++) {
        h4l_metric_real(run, gates[i], x[i]);
        re[i] = z[i].re;
        im[i] = z[i].im;
    }
    h4l_metric_reals(run, "rest_eigenvalues_re_per_ms", re, H4L_HH_DIM);
    h4l_metric_reals(run, "rest_eigenvalues_im_per_ms", im, H4L_HH_DIM);
    hopf_metrics(run, &lower, &upper);
    fold_metrics(run, &trace);
    return H4L_OK;
}
