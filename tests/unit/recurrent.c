// The recurrent network: wiring, agreement of its HH and tv-LIF2HH versions, tangent vectors and Jacobians of every neuron of
// h4l_models against differences, and the neurons it is made of as a special case.
#include "check.h"

#include "neuron/s_lif.h"
#include "neuron/tv_lif_flow.h"
#include "sim/recurrent.h"

enum { N = 12, K = 3 };
static struct h4l_err err;

static struct h4l_recurrent make_nth(const struct h4l_model *model, double g_exc, double g_inh,
                                     uint64_t index)
{
    const struct h4l_recurrent_options o = {.model = model,
                                            .n = N,
                                            .n_exc = 8,
                                            .in_exc = 5,
                                            .in_inh = 2,
                                            .g_exc = g_exc,
                                            .g_inh = g_inh,
                                            .drive_mean = 10,
                                            .drive_range = 3,
                                            .seed = 7,
                                            .index = index};
    struct h4l_recurrent net;

    CHECK_OK(h4l_recurrent_create(&o, &net, &err), err);
    return net;
}

static struct h4l_recurrent make(const struct h4l_model *model, double g_exc, double g_inh)
{
    return make_nth(model, g_exc, g_inh, 0);
}

static double wave(int i)
{
    return sin(1.3 * i * i + 0.7 * i);
}

// Drives lie evenly on both sides of their mean, up to the range.
static void test_drives(void **state)
{
    enum { NETWORKS = 200 };
    double sum = 0, least = INFINITY, most = 0;

    (void)state;
    for (uint64_t index = 0; index < NETWORKS; index++) {
        struct h4l_recurrent net = make_nth(&h4l_model_hh, 0.1, 0.5, index);

        for (int i = 0; i < N; i++) {
            sum += net.drive[i];
            least = fmin(least, net.drive[i]);
            most = fmax(most, net.drive[i]);
        }
        h4l_recurrent_destroy(&net);
    }
    CHECK_CLOSE(sum / (NETWORKS * N), 10, 4 * 3 / sqrt(3.0 * NETWORKS * N)); // four standard errors
    CHECK_CLOSE(least, 7, 0.05);
    CHECK_CLOSE(most, 13, 0.05);
}

static void test_wiring(void **state)
{
    struct h4l_recurrent net = make(&h4l_model_hh, 0.1, 0.5),
                         again = make(&h4l_model_s_lif, 0.1, 0.5);

    (void)state;
    for (int i = 0; i < N; i++) {
        int seen[N] = {0};
        assert_int_equal(net.first_inh[i] - net.first[i], 5);
        assert_int_equal(net.first[i + 1] - net.first_inh[i], 2);
        for (int p = net.first[i]; p < net.first[i + 1]; p++) {
            int j = net.from[p];
            assert_true(j != i && !seen[j]++);
            assert_int_equal(j < net.n_exc, p < net.first_inh[i]);
            assert_int_equal(j, again.from[p]);
        }
        assert_true(net.drive[i] >= 7 && net.drive[i] <= 13);
    }
    h4l_recurrent_destroy(&net);
    h4l_recurrent_destroy(&again);
    struct h4l_recurrent_options wrong = {
        .model = &h4l_model_hh, .n = 10, .n_exc = 8, .in_exc = 8, .in_inh = 1};
    CHECK_INT(h4l_recurrent_create(&wrong, &net, &err), H4L_E_RANGE);
    wrong = (struct h4l_recurrent_options){.model = &h4l_model_hh, .n = 10, .n_exc = 10};
    CHECK_INT(h4l_recurrent_create(&wrong, &net, &err), H4L_E_RANGE);
    wrong =
        (struct h4l_recurrent_options){.model = &h4l_model_hh, .n = 10, .n_exc = 8, .g_exc = -1};
    CHECK_INT(h4l_recurrent_create(&wrong, &net, &err), H4L_E_RANGE);
}

// A state in the middle of things.
static void hh_state(double *x)
{
    for (int i = 0; i < N; i++) {
        x[i * 5] = -40 + 40 * wave(i);
        for (int a = 1; a < 5; a++)
            x[i * 5 + a] = 0.5 + 0.4 * wave(5 * i + a + 100);
    }
}

static void tv_state(const double *hh, double *x)
{
    for (int i = 0; i < N; i++) {
        h4l_tv_flow_from_hh(hh + i * 5, x + i * 9);
        for (int a = 0; a < 3; a++)
            x[i * 9 + a] = 50 * wave(3 * i + a);
        x[i * 9 + H4L_TV_F] = 5 * wave(i + 50);
        x[i * 9 + H4L_TV_U4] -= x[i * 9 + H4L_TV_F];
        x[i * 9 + H4L_TV_DIM] = hh[i * 5 + 4];
    }
}

static void test_tv_follows_hh(void **state)
{
    struct h4l_recurrent hh = make(&h4l_model_hh, 0.1, 0.5), tv = make(&h4l_model_tv_lif, 0.1, 0.5);
    double x[N * 5], y[N * 9], dx[N * 5], dy[N * 9], extra[N];

    (void)state;
    hh_state(x);
    tv_state(x, y);
    for (int i = 0; i < N; i++)
        extra[i] = wave(i + 7);
    h4l_recurrent_eval(&hh, extra, x, dx);
    h4l_recurrent_eval(&tv, extra, y, dy);
    for (int i = 0; i < N; i++) {
        CHECK_CLOSE(dy[i * 9 + H4L_TV_F] + dy[i * 9 + H4L_TV_U4], dx[i * 5], 1e-9);
        for (int a = 0; a < 4; a++)
            CHECK_CLOSE(dy[i * 9 + H4L_TV_M + a], dx[i * 5 + 1 + a], 1e-11);
        CHECK_CLOSE(h4l_recurrent_potential(&tv, y, i), h4l_recurrent_potential(&hh, x, i), 1e-12);
    }
    h4l_recurrent_destroy(&hh);
    h4l_recurrent_destroy(&tv);
}

// J W against fourth-order differences of the right-hand side along each vector.
static double worst_tangent(const struct h4l_recurrent *net, const double *x)
{
    int dim = h4l_recurrent_dim(net);
    static const double at[4] = {-2, -1, 1, 2}, weight[4] = {1, -8, 8, -1};
    double *m = malloc((size_t)(dim * (2 + 2 * K + 5)) * sizeof *m), worst = 0, h = 1e-3;
    double *W = m, *dW = W + dim * K, *dx = dW + dim * K, *y = dx + dim, *f = y + dim;
    double *scratch = malloc(h4l_recurrent_scratch(net, K) * sizeof *scratch);

    assert_true(m && scratch);
    for (int i = 0; i < dim * K; i++)
        W[i] = wave(i + 31);
    h4l_recurrent_tangent(net, x, W, K, dx, dW, scratch);
    h4l_recurrent_eval(net, NULL, x, y);
    for (int i = 0; i < dim; i++)
        assert_true(fabs(dx[i] - y[i]) <= 1e-12 * fmax(1, fabs(y[i])));
    for (int v = 0; v < K; v++) {
        for (int p = 0; p < 4; p++) {
            for (int i = 0; i < dim; i++)
                y[i] = x[i] + at[p] * h * W[i * K + v];
            h4l_recurrent_eval(net, NULL, y, f + p * dim);
        }
        for (int i = 0; i < dim; i++) {
            double slope = 0;
            for (int p = 0; p < 4; p++)
                slope += weight[p] * f[p * dim + i] / (12 * h);
            worst = h4l_worst(worst, fabs(dW[i * K + v] - slope) / fmax(1, fabs(slope)));
        }
    }
    free(m);
    free(scratch);
    return worst;
}

static void s_lif_state(double *x)
{
    for (int i = 0; i < N; i++) {
        for (int a = 0; a < 4; a++)
            x[i * 5 + a] = 40 + 20 * wave(i * 4 + a);
        x[i * 5 + 4] = 0.5 + 0.4 * wave(i + 9);
    }
}

// A state of any neuron in the middle of things: off its steady state by a part of each variable's size.
static void any_state(const struct h4l_recurrent *net, double *x)
{
    const struct h4l_model *m = net->neuron.model;
    double V[N];

    for (int i = 0; i < N; i++)
        V[i] = m->rest_mV + 10 * wave(i);
    h4l_recurrent_start(net, V, x);
    for (int i = 0; i < N; i++) {
        for (int a = 0; a < m->dim; a++)
            x[i * net->width + a] += 0.05 * m->scale[a] * wave(9 * i + a);
        x[i * net->width + m->dim] = 0.5 + 0.4 * wave(i + 9);
    }
}

static void test_tangents(void **state)
{
    struct h4l_recurrent hh = make(&h4l_model_hh, 0.1, 0.5), tv = make(&h4l_model_tv_lif, 0.1, 0.5),
                         s_lif = make(&h4l_model_s_lif, 0.1, 0.5);
    double x[N * 9], y[N * 9];

    (void)state;
    hh_state(x);
    tv_state(x, y);
    CHECK_AT_MOST(worst_tangent(&hh, x), 1e-6);
    CHECK_AT_MOST(worst_tangent(&tv, y), 1e-6);
    s_lif_state(x);
    CHECK_AT_MOST(worst_tangent(&s_lif, x), 1e-6);
    h4l_recurrent_destroy(&hh);
    h4l_recurrent_destroy(&tv);
    h4l_recurrent_destroy(&s_lif);
    for (size_t m = 0; m < h4l_n_models; m++) {
        struct h4l_recurrent net = make(h4l_models[m], 0.1, 0.5);
        printf("%s\n", h4l_models[m]->name);
        any_state(&net, x);
        CHECK_AT_MOST(worst_tangent(&net, x), 1e-6);
        h4l_recurrent_destroy(&net);
    }
}

// A spike of one neuron changes that neuron, as its jump says, and its gate.
static void test_spikes_of_every_resetting_neuron(void **state)
{
    (void)state;
    for (size_t m = 0; m < h4l_n_models; m++) {
        const struct h4l_model *model = h4l_models[m];
        struct h4l_recurrent net = make(model, 0.1, 0.5);
        double x[N * 9], before[N * 9], alone[H4L_MODEL_DIM];
        if (model->event) {
            printf("%s\n", model->name);
            any_state(&net, x);
            memcpy(before, x, sizeof x);
            memcpy(alone, x + 3 * net.width, (size_t)model->dim * sizeof *alone);
            model->jump(net.neuron.constants, alone, NULL, 0);
            h4l_recurrent_fire(&net, 3, x, NULL, 0);
            for (int i = 0; i < N * net.width; i++) {
                int a = i - 3 * net.width;
                if (a < 0 || a > model->dim)
                    CHECK_CLOSE(x[i], before[i], 0);
                else if (a < model->dim)
                    CHECK_CLOSE(x[i], alone[a], 0);
                else
                    CHECK_AT_LEAST(x[i] - before[i], 1e-6);
            }
        }
        h4l_recurrent_destroy(&net);
    }
}

static void test_s_lif_map(void **state)
{
    enum { D = N * 5 };
    struct h4l_recurrent net = make(&h4l_model_s_lif, 0.02, 0.05);
    static double J[D * D];
    double x[D], y[D], plus[D], minus[D], worst = 0;
    unsigned char fired[N], same[N];
    int count = 0;

    (void)state;
    s_lif_state(x);
    for (int i = 0; i < N; i += 3) // some fire
        for (int a = 0; a < 4; a++)
            x[i * 5 + a] = 120;
    memcpy(y, x, sizeof y);
    h4l_recurrent_map(&net, NULL, y, fired);
    h4l_recurrent_map_jacobian(&net, x, J);
    for (int j = 0; j < D; j++) {
        double h = j % 5 == 4 ? 1e-6 : 1e-4;
        memcpy(plus, x, sizeof plus);
        memcpy(minus, x, sizeof minus);
        plus[j] += h;
        minus[j] -= h;
        h4l_recurrent_map(&net, NULL, plus, same);
        assert_memory_equal(same, fired, sizeof fired);
        h4l_recurrent_map(&net, NULL, minus, same);
        for (int i = 0; i < D; i++)
            worst = h4l_worst(worst, fabs(J[i * D + j] - (plus[i] - minus[i]) / (2 * h)));
    }
    CHECK_AT_MOST(worst, 1e-7);
    for (int i = 0; i < N; i++) {
        count += fired[i];
        for (int a = 0; a < 4 && fired[i]; a++)
            assert_true(y[i * 5 + a] == 0);
    }
    CHECK_INT(count, 4);
    h4l_recurrent_destroy(&net);
}

// Without synapses every neuron is the neuron alone.
static void test_uncoupled(void **state)
{
    struct h4l_recurrent net = make(&h4l_model_hh, 0, 0), s_lif = make(&h4l_model_s_lif, 0, 0);
    double x[N * 5], dx[N * 5], alone[4], V[N], u[N * 5];
    unsigned char fired[N];

    (void)state;
    hh_state(x);
    h4l_recurrent_eval(&net, NULL, x, dx);
    for (int i = 0; i < N; i++) {
        h4l_hh_rhs(&h4l_hh_form_a, x + i * 5, net.drive[i], alone);
        for (int a = 0; a < 4; a++)
            CHECK_CLOSE(dx[i * 5 + a], alone[a], 1e-11 * fmax(1, fabs(alone[a])));
        V[i] = -65 + i;
    }
    h4l_recurrent_start(&s_lif, V, u);
    for (int step = 0; step < 30; step++) {
        double single[4];
        struct h4l_s_lif_flags flags;
        memcpy(single, u, sizeof single);
        h4l_s_lif_step(&h4l_s_lif_published, (double[]){net.drive[0], net.drive[0], net.drive[0]},
                       single, &flags);
        h4l_recurrent_map(&s_lif, NULL, u, fired);
        assert_memory_equal(single, u, sizeof single);
        assert_int_equal(fired[0], flags.joint);
    }
    h4l_recurrent_destroy(&net);
    h4l_recurrent_destroy(&s_lif);
}

static void test_pulse(void **state)
{
    struct h4l_recurrent net = make(&h4l_model_s_lif, 0.1, 0.5);
    double x[N * 5] = {0}, W[N * 5 * 2], s;

    (void)state;
    for (int i = 0; i < N * 5 * 2; i++)
        W[i] = 1;
    x[4] = 0.3;
    for (int a = 0; a < 4; a++)
        x[a] = 71;
    h4l_recurrent_fire(&net, 0, x, W, 2);
    s = 1.1 / 1.29 + (0.3 - 1.1 / 1.29) * exp(-1.29); // 1 ms of transmitter: alpha 1.1, beta 0.19
    CHECK_CLOSE(x[4], s, 1e-15);
    CHECK_CLOSE(x[0] + x[1] + x[2] + x[3], 0, 0);
    CHECK_CLOSE(W[3 * 2], 0, 0);
    CHECK_CLOSE(W[4 * 2 + 1], exp(-1.29), 1e-15);
    CHECK_CLOSE(W[5 * 2], 1, 0); // the next neuron is not touched
    h4l_recurrent_destroy(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_wiring),
                                       cmocka_unit_test(test_drives),
                                       cmocka_unit_test(test_tv_follows_hh),
                                       cmocka_unit_test(test_tangents),
                                       cmocka_unit_test(test_s_lif_map),
                                       cmocka_unit_test(test_uncoupled),
                                       cmocka_unit_test(test_pulse),
                                       cmocka_unit_test(test_spikes_of_every_resetting_neuron)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
