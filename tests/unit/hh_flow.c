// The HH and tv-LIF2HH flows: fast rates against the plain ones, Jacobians against differences of the right-hand side, and
// V' of tv-LIF2HH against HH's membrane equation.
#include "check.h"

#include "neuron/tv_lif_flow.h"

static const struct h4l_hh *const forms[] = {&h4l_hh_form_a, &h4l_hh_form_b,
                                             &h4l_hh_form_b_learning};

static double relative(double got, double expected, double scale)
{
    return fabs(got - expected) / fmax(fabs(expected), scale);
}

static void test_rates(void **state)
{
    double worst = 0, worst_d = 0;

    (void)state;
    for (int f = 0; f < 3; f++) {
        struct h4l_hh_flow flow;
        h4l_hh_flow_init(forms[f], &flow);
        for (int i = -20000; i <= 20000;
             i++) { // -200 .. 200 mV about rest, through both removable singularities
            double V = i * 0.01 - forms[f]->v_0;
            struct h4l_hh_rates r, d, plain, plain_d;
            h4l_hh_flow_rates(&flow, V, &r, &d);
            h4l_hh_rates(forms[f], V, &plain);
            h4l_hh_rates_derivative(forms[f], V, &plain_d);
            const double *a = &r.am, *b = &plain.am, *da = &d.am, *db = &plain_d.am;
            for (int k = 0; k < 6; k++) {
                worst = h4l_worst(worst, relative(a[k], b[k], 1e-300));
                worst_d = h4l_worst(worst_d, relative(da[k], db[k], 1e-12));
            }
        }
    }
    CHECK_AT_MOST(worst, 1e-13);
    CHECK_AT_MOST(worst_d, 1e-12);
}

static void test_extreme_potentials(void **state)
{
    struct h4l_hh_flow flow;

    (void)state; // far outside physiology nothing may become NaN
    h4l_hh_flow_init(&h4l_hh_form_a, &flow);
    for (int sign = -1; sign <= 1; sign += 2) {
        struct h4l_hh_rates r, d;
        h4l_hh_flow_rates(&flow, sign * 1e4, &r, &d);
        const double *a = &r.am, *da = &d.am;
        for (int k = 0; k < 6; k++)
            assert_false(isnan(a[k]) || isnan(da[k]));
    }
}

static void test_hh(void **state)
{
    const double x[H4L_HH_DIM] = {-48.3, 0.31, 0.42, 0.55};
    double dx[4], J[16], plain[4], plain_J[16], only[4];
    struct h4l_hh_flow flow;

    (void)state;
    h4l_hh_flow_init(&h4l_hh_form_a, &flow);
    h4l_hh_flow_eval(&flow, x, 12.5, dx, J);
    h4l_hh_flow_eval(&flow, x, 12.5, only, NULL);
    h4l_hh_rhs(&h4l_hh_form_a, x, 12.5, plain);
    h4l_hh_jacobian(&h4l_hh_form_a, x, plain_J);
    for (int i = 0; i < 4; i++) {
        CHECK_REL(dx[i], plain[i], 1e-13);
        CHECK_REL(only[i], dx[i], 0);
    }
    for (int i = 0; i < 16; i++)
        CHECK_REL(J[i], plain_J[i], 1e-12);
}

static void test_tv(void **state)
{
    const double x[H4L_TV_DIM] = {-3.5, 20, -41, 17, -65.3, 0.31, 0.42, 0.55};
    double dx[8], J[64], hh[4], dhh[4], worst = 0;
    struct h4l_hh_flow flow;

    (void)state;
    h4l_hh_flow_init(&h4l_hh_form_a, &flow);
    h4l_tv_flow_eval(&flow, x, 12.5, dx, J);
    h4l_tv_flow_to_hh(x, hh);
    h4l_hh_flow_eval(&flow, hh, 12.5, dhh, NULL);
    CHECK_REL(dx[H4L_TV_F] + dx[H4L_TV_U4], dhh[H4L_HH_V], 1e-13);
    CHECK_REL(dx[H4L_TV_M], dhh[H4L_HH_M], 0);
    CHECK_REL(dx[H4L_TV_H], dhh[H4L_HH_H], 0);
    CHECK_REL(dx[H4L_TV_N], dhh[H4L_HH_N], 0);
    for (int j = 0; j < 8; j++) { // fourth-order differences
        double h = j < 5 ? 0.05 : 0.002, f[4][8];
        static const double at[4] = {-2, -1, 1, 2}, weight[4] = {1, -8, 8, -1};
        for (int p = 0; p < 4; p++) {
            double y[8];
            memcpy(y, x, sizeof y);
            y[j] += at[p] * h;
            h4l_tv_flow_eval(&flow, y, 12.5, f[p], NULL);
        }
        for (int i = 0; i < 8; i++) {
            double slope = 0;
            for (int p = 0; p < 4; p++)
                slope += weight[p] * f[p][i] / (12 * h);
            worst = h4l_worst(worst, relative(J[i * 8 + j], slope, 1));
        }
    }
    CHECK_AT_MOST(worst, 1e-7);
    double W[8 * 7], dW[8 * 7], only[8], dI[3] = {0.5, -2, 0}, W3[24], dW3[24], moved[8];
    worst = 0;
    for (int i = 0; i < 8 * 7; i++)
        W[i] = sin(1.1 * i * i);
    h4l_tv_flow_tangent(&flow, x, 12.5, W, NULL, 7, only, dW);
    for (int i = 0; i < 8; i++)
        for (int v = 0; v < 7; v++) {
            double sum = 0, size = 0;
            for (int j = 0; j < 8; j++) {
                sum += J[i * 8 + j] * W[j * 7 + v];
                size += fabs(J[i * 8 + j] * W[j * 7 + v]);
            }
            worst = h4l_worst(worst, fabs(dW[i * 7 + v] - sum) / size);
        }
    CHECK_AT_MOST(worst, 1e-14);
    for (int i = 0; i < 8; i++)
        CHECK_REL(only[i], dx[i], 0);
    // variation of the current: the equations are linear in it
    h4l_tv_flow_eval(&flow, x, 13.5, moved, NULL);
    memset(W3, 0, sizeof W3);
    h4l_tv_flow_tangent(&flow, x, 12.5, W3, dI, 3, only, dW3);
    for (int i = 0; i < 8; i++)
        for (int v = 0; v < 3; v++)
            CHECK_CLOSE(dW3[i * 3 + v], dI[v] * (moved[i] - dx[i]), 1e-11);
    for (int i = 0; i < 8; i++) // the symmetry f + c, u4 - c
        assert_true(J[i * 8 + H4L_TV_F] == J[i * 8 + H4L_TV_U4]);
}

static void test_quotient(void **state)
{
    const double hh[4] = {-60, 0.1, 0.5, 0.4};
    double x[8], back[4], W[16];

    (void)state;
    h4l_tv_flow_from_hh(hh, x);
    x[H4L_TV_F] += 300;
    x[H4L_TV_U4] -= 300;
    for (int i = 0; i < 16; i++)
        W[i] = i;
    h4l_tv_flow_quotient(x, W, 2);
    h4l_tv_flow_to_hh(x, back);
    for (int i = 0; i < 4; i++)
        CHECK_CLOSE(back[i], hh[i], 1e-13);
    CHECK_CLOSE(x[H4L_TV_F], 0, 0);
    CHECK_CLOSE(W[H4L_TV_F * 2], 7, 0); // (6 + 8) / 2
    CHECK_CLOSE(W[H4L_TV_U4 * 2 + 1], 8, 0);
    CHECK_CLOSE(W[H4L_TV_M * 2], 10, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates), cmocka_unit_test(test_extreme_potentials),
        cmocka_unit_test(test_hh), cmocka_unit_test(test_tv), cmocka_unit_test(test_quotient)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
