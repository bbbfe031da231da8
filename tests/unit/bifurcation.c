// Bifurcations: a normal form whose Hopf point, cycles, multipliers and fold are known in closed form, and the HH neuron against
// tests/data/hh_form_a.json.
#include "check.h"

#include <gsl/gsl_errno.h>
#include <jansson.h>

#include "analysis/bifurcation.h"
#include "hh4lif_config.h"
#include "neuron/hh_flow.h"

static struct h4l_err err;
static const double pi = 3.14159265358979324;

// r' = p r + r^3 - r^5, phi' = 2, and a third variable that decays: subcritical Hopf point at 0, fold of cycles at -1/4.
static void normal_form(const void *ctx, double p, const double *x, double *dx, double *J,
                        double *dp)
{
    double q = x[0] * x[0] + x[1] * x[1], a = p + q - q * q, slope = 1 - 2 * q;

    (void)ctx;
    dx[0] = a * x[0] - 2 * x[1];
    dx[1] = a * x[1] + 2 * x[0];
    dx[2] = -3 * x[2] + x[0] * x[1];
    if (!J)
        return;
    const double jacobian[9] = {a + 2 * slope * x[0] * x[0],
                                2 * slope * x[0] * x[1] - 2,
                                0,
                                2 * slope * x[0] * x[1] + 2,
                                a + 2 * slope * x[1] * x[1],
                                0,
                                x[1],
                                x[0],
                                -3};
    memcpy(J, jacobian, sizeof jacobian);
    dp[0] = x[0];
    dp[1] = x[1];
    dp[2] = 0;
}

static const double unit_scale[3] = {1, 1, 1};
static const struct h4l_system normal = {3, NULL, normal_form, unit_scale};

static double cycle_exponent(double p, double q) // d(r')/dr at r^2 = q
{
    return p + 3 * q - 5 * q * q;
}

struct watch {
    struct h4l_branch_point previous;
    const struct h4l_branch_options *o;
    struct h4l_shooting *s;
    struct h4l_orbit folds[8];
    int n_folds, points, wrong_stability;
    double worst_radius, worst_multiplier;
};

static int watch_fold(struct watch *w, const struct h4l_branch_point *point, int n)
{
    if (w->points++ && w->n_folds < 8 && w->previous.tangent[n - 1] * point->tangent[n - 1] < 0)
        CHECK_OK(h4l_fold_find(w->s, w->o, &w->previous, point, &w->folds[w->n_folds++], &err),
                 err);
    w->previous = *point;
    return 0;
}

static int watch_normal(void *ctx, const struct h4l_branch_point *point)
{
    struct watch *w = ctx;
    const double *x = point->orbit.x;
    double q = x[0] * x[0] + x[1] * x[1], p = point->orbit.p;
    double mu = exp(cycle_exponent(p, q) * pi);

    w->worst_radius = h4l_worst(w->worst_radius, fabs(p + q - q * q));
    double miss = INFINITY;
    for (int i = 0; i < 3; i++)
        miss = fmin(miss,
                    hypot(point->multipliers[i].re - mu, point->multipliers[i].im) / fmax(1, mu));
    w->worst_multiplier = h4l_worst(w->worst_multiplier, miss);
    if (fabs(mu - 1) > 1e-3)
        w->wrong_stability += point->unstable != (mu > 1);
    return watch_fold(w, point, H4L_BRANCH_NODES * 3 + 2);
}

static void test_normal_form(void **state)
{
    struct h4l_shooting s;
    struct h4l_hopf h;
    struct h4l_orbit o;
    const double origin[3] = {0.1, -0.1, 0.2};
    struct watch w = {0};
    const struct h4l_branch_options options = {.step = 0.02,
                                               .step_min = 1e-6,
                                               .step_max = 0.1,
                                               .period_scale = 1,
                                               .p_scale = 1,
                                               .p_min = -1,
                                               .p_max = 0.5,
                                               .points = 500,
                                               .point = watch_normal,
                                               .point_ctx = &w};
    double first[5];

    (void)state;
    CHECK_OK(h4l_hopf_find(&normal, -0.3, 0.4, origin, &h, &err), err);
    CHECK_CLOSE(h.p, 0, 1e-14);
    CHECK_CLOSE(h.omega, 2, 1e-14);
    CHECK_CLOSE(h.slope, 1, 1e-9);
    // x = z q + c.c. with |q| = 1 gives z' = (p + 2i) z + 2 z |z|^2: l_1 = 2 / omega
    CHECK_CLOSE(h.lyapunov_coefficient, 1, 1e-10);
    CHECK_OK(h4l_shooting_create(&normal, &s, &err), err);
    w.o = &options;
    w.s = &s;
    h4l_orbit_from_hopf(&normal, &h, 0.05, &o, first);
    CHECK_OK(h4l_branch_run(&s, &o, first, &options, NULL, &err), err);
    CHECK_AT_LEAST(w.points, 10);
    CHECK_CLOSE(w.worst_radius, 0, 1e-11);
    CHECK_CLOSE(w.worst_multiplier, 0, 1e-9);
    CHECK_INT(w.wrong_stability, 0);
    CHECK_INT(w.n_folds, 1);
    CHECK_CLOSE(w.folds[0].p, -0.25, 1e-12);

    // the large cycle at p = 0.11: q = (1 + sqrt(1 + 4 p)) / 2 = 1.1
    o = (struct h4l_orbit){.p = 0.11, .period = 3, .x = {1, 0.2, 0}};
    CHECK_OK(h4l_orbit_find(&s, &o, &err), err);
    CHECK_CLOSE(o.period, pi, 1e-12);
    CHECK_CLOSE(hypot(o.x[0], o.x[1]), sqrt(1.1), 1e-12);
    double exponents[3], divergence, least, most;
    CHECK_OK(h4l_orbit_exponents(&s, &o, exponents, &divergence, &err), err);
    CHECK_CLOSE(exponents[0], 0, 1e-11);
    CHECK_CLOSE(exponents[1], cycle_exponent(0.11, 1.1), 1e-10);
    CHECK_CLOSE(exponents[2], -3, 1e-10);
    CHECK_CLOSE(divergence, cycle_exponent(0.11, 1.1) - 3, 1e-10);
    CHECK_OK(h4l_orbit_extremes(&s, &o, 0, &least, &most, &err), err);
    CHECK_CLOSE(most, sqrt(1.1), 1e-12);
    CHECK_CLOSE(least, -sqrt(1.1), 1e-12);
    o = (struct h4l_orbit){.p = -0.4, .period = 3, .x = {0.7, 0, 0}}; // beyond the fold: no cycle
    CHECK_INT(h4l_orbit_find(&s, &o, &err), H4L_E_NUMERIC);
    CHECK_CLOSE(o.x[0], 0.7, 0);
    CHECK_INT(h4l_hopf_find(&normal, 0.1, 0.4, origin, &h, &err), H4L_E_NUMERIC);
    h4l_shooting_destroy(&s);
}

// ---- HH ----

static void hh(const void *ctx, double I, const double *x, double *dx, double *J, double *dp)
{
    h4l_hh_flow_eval(ctx, x, I, dx, J);
    if (dp) {
        dp[0] = 1;
        dp[1] = dp[2] = dp[3] = 0;
    }
}

static struct h4l_hh_flow hh_flow;
static const double hh_scale[4] = {100, 1, 1, 1};
static const struct h4l_system hh_system = {4, &hh_flow, hh, hh_scale};

static json_t *root;

static double at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (json_is_string(value))
        return strtod(json_string_value(value), NULL);
    if (!json_is_number(value))
        fail_msg("reference value %s is missing", key);
    return json_number_value(value);
}

static double part(const json_t *list, size_t i, size_t k) // list[i][k]
{
    return strtod(json_string_value(json_array_get(json_array_get(list, i), k)), NULL);
}

static void rest(double *x)
{
    h4l_hh_steady_state(&h4l_hh_form_a, -65, x);
    CHECK_OK(h4l_equilibrium(&hh_system, 0, x, &err), err);
}

static void test_hh_rest(void **state)
{
    const json_t *reference = json_object_get(root, "rest");
    const json_t *values = json_object_get(reference, "eigenvalues");
    const double expected_im[4] = {
        0, 1, -1, 0}; // signs in our order; the reference has the lower member first
    struct h4l_complex z[4];
    double x[4];

    (void)state;
    rest(x);
    CHECK_CLOSE(x[0], at(reference, "V"), 1e-12);
    CHECK_CLOSE(x[1], at(reference, "m"), 1e-14);
    CHECK_CLOSE(x[2], at(reference, "h"), 1e-14);
    CHECK_CLOSE(x[3], at(reference, "n"), 1e-14);
    CHECK_OK(h4l_equilibrium_eigenvalues(&hh_system, 0, x, z, &err), err);
    for (size_t i = 0; i < 4; i++) {
        const json_t *value = json_array_get(values, i);
        CHECK_CLOSE(z[i].re, at(value, "re"), 1e-12);
        CHECK_CLOSE(z[i].im, expected_im[i] * fabs(at(value, "im")), 1e-12);
    }
}

static void test_hh_hopf(void **state)
{
    const json_t *reference = json_object_get(root, "hopf_lower");
    struct h4l_hopf h, upper;
    double x[4];

    (void)state;
    rest(x);
    CHECK_OK(h4l_hopf_find(&hh_system, 0, 20, x, &h, &err), err);
    CHECK_CLOSE(h.p, at(reference, "I"), 1e-11);
    CHECK_CLOSE(h.x[0], at(reference, "V"), 1e-11);
    CHECK_CLOSE(h.omega, at(reference, "omega_rad_per_ms"), 1e-12);
    CHECK_CLOSE(h.slope, at(reference, "dRe_dI"), 1e-9);
    CHECK_CLOSE(h.lyapunov_coefficient, at(reference, "first_lyapunov_coefficient"), 1e-9);
    CHECK_TRUE(
        strcmp(json_string_value(json_object_get(reference, "criticality")), "subcritical") == 0 &&
        h.lyapunov_coefficient > 0);
    for (size_t i = 0; i < 2; i++)
        CHECK_CLOSE(h.eigenvalues[i + 2].re,
                    strtod(json_string_value(
                               json_array_get(json_object_get(reference, "other_eigenvalues"), i)),
                           NULL),
                    1e-11);
    // The Hurwitz condition of the characteristic polynomial at the point: a1 a2 a3 = a3^2 + a1^2 a4.
    const json_t *a = json_object_get(reference, "charpoly_a1_a4");
    double sum = 0, product = 1;
    for (int i = 0; i < 4; i++)
        sum -= h.eigenvalues[i].re;
    product = (h.eigenvalues[0].re * h.eigenvalues[0].re + h.omega * h.omega) *
              h.eigenvalues[2].re * h.eigenvalues[3].re;
    CHECK_CLOSE(sum, strtod(json_string_value(json_array_get(a, 0)), NULL), 1e-11);
    CHECK_CLOSE(product, strtod(json_string_value(json_array_get(a, 3)), NULL), 1e-11);
    // Upper point: 154.5 with EL = -54.4 (Rinzel & Miller 1980); supercritical.
    CHECK_OK(h4l_hopf_find(&hh_system, 100, 200, h.x, &upper, &err), err);
    CHECK_CLOSE(upper.p, 154.5, 0.05);
    CHECK_AT_MOST(upper.lyapunov_coefficient, 0.0);
}

static void check_hh_orbit(struct h4l_shooting *s, const char *name)
{
    const json_t *reference = json_object_get(json_object_get(root, "periodic_orbits"), name);
    const json_t *mhn = json_object_get(reference, "section_state_mhn"),
                 *mu = json_object_get(reference, "floquet_multipliers"),
                 *lambda = json_object_get(reference, "lyapunov_from_floquet");
    struct h4l_complex multipliers[4];
    double x[4], exponents[4], divergence, least, most;
    struct h4l_orbit o;

    rest(x);
    CHECK_OK(h4l_orbit_guess(s, at(reference, "I"), x, 300, 0, 0, &o, &err), err);
    CHECK_OK(h4l_orbit_find(s, &o, &err), err);
    CHECK_OK(h4l_orbit_to_section(s, 0, 0, 1, &o, &err), err);
    CHECK_CLOSE(o.period, at(reference, "ISI_ms"), 1e-10);
    for (size_t i = 0; i < 3; i++)
        CHECK_CLOSE(o.x[i + 1], strtod(json_string_value(json_array_get(mhn, i)), NULL), 1e-11);
    CHECK_OK(h4l_orbit_extremes(s, &o, 0, &least, &most, &err), err);
    CHECK_CLOSE(most, at(reference, "V_peak"), 1e-9);
    CHECK_CLOSE(least, at(reference, "V_trough"), 1e-9);
    CHECK_OK(h4l_orbit_multipliers(s, &o, multipliers, &err), err);
    CHECK_CLOSE(multipliers[0].re, 1, 1e-11);
    CHECK_CLOSE(multipliers[1].re, part(mu, 1, 0), 1e-11);
    CHECK_CLOSE(multipliers[2].re, part(mu, 2, 0), 1e-14);
    CHECK_OK(h4l_orbit_exponents(s, &o, exponents, &divergence, &err), err);
    for (size_t i = 0; i < 4; i++)
        CHECK_CLOSE(exponents[i], strtod(json_string_value(json_array_get(lambda, i)), NULL),
                    1e-10);
    CHECK_CLOSE(divergence * o.period, at(reference, "int_trace"), 1e-9);
}

static int watch_hh(void *ctx, const struct h4l_branch_point *point)
{
    return watch_fold(ctx, point, H4L_BRANCH_NODES * 4 + 2);
}

static void test_hh_orbits(void **state)
{
    const json_t *fold = json_object_get(root, "fold_of_cycles_lowest");
    struct h4l_shooting s;
    struct watch w = {0};
    const struct h4l_branch_options options = {.step = 0.01,
                                               .step_min = 1e-7,
                                               .step_max = 0.3,
                                               .period_scale = 10,
                                               .p_scale = 10,
                                               .p_min = 5,
                                               .p_max = 11,
                                               .extent_min = 0.5,
                                               .points = 300,
                                               .point = watch_hh,
                                               .point_ctx = &w};
    const double down[6] = {0, 0, 0, 0, 0, -1};
    struct h4l_branch_point last;
    struct h4l_orbit o;
    double x[4];

    (void)state;
    CHECK_OK(h4l_shooting_create(&hh_system, &s, &err), err);
    check_hh_orbit(&s, "10");
    check_hh_orbit(&s, "20");
    check_hh_orbit(&s, "50");
    // Down from I = 10 over the fold and along the unstable cycles to the Hopf point.
    rest(x);
    CHECK_OK(h4l_orbit_guess(&s, 10, x, 300, 0, 0, &o, &err), err);
    w.s = &s;
    w.o = &options;
    CHECK_OK(h4l_branch_run(&s, &o, down, &options, &last, &err), err);
    CHECK_INT(w.n_folds, 3);
    CHECK_CLOSE(w.folds[0].p, at(fold, "I"), 1e-10);
    CHECK_CLOSE(w.folds[0].period, at(fold, "period_ms"), 1e-7);
    CHECK_CLOSE(w.folds[1].p, 7.92, 0.01); // Rinzel & Miller (1980): 7.92 and 7.84
    CHECK_CLOSE(w.folds[2].p, 7.84, 0.01);
    CHECK_CLOSE(last.orbit.p, 9.7754379954, 0.01);
    CHECK_CLOSE(last.orbit.period, at(json_object_get(root, "hopf_lower"), "period_ms"), 0.01);
    CHECK_INT(last.unstable, 1);
    h4l_shooting_destroy(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal_form), cmocka_unit_test(test_hh_rest),
        cmocka_unit_test(test_hh_hopf), cmocka_unit_test(test_hh_orbits)};
    json_error_t where;

    gsl_set_error_handler_off();
    h4l_hh_flow_init(&h4l_hh_form_a, &hh_flow);
    root = json_load_file(H4L_SOURCE_DIR "/tests/data/hh_form_a.json", 0, &where);
    if (!root)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_decref(root);
    return failed;
}
