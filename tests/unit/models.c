// Every row of h4l_models against itself: derivatives against differences, jumps and maps likewise, rest, and other coordinates.
#include "check.h"

#include <string.h>

#include "analysis/hybrid.h"
#include "base/param.h"
#include "neuron/hh_flow.h"
#include "neuron/hh_tangent.h"
#include "neuron/model.h"

enum { MOST = H4L_MODEL_DIM, BY = 1 + H4L_CONDUCTANCES };
static const struct h4l_input input = {.I = 7, .g = {0.3, 0.2}, .E = {0, -80}};

static double wave(int i)
{
    return sin(1.3 * i * i + 0.7 * i);
}

// A state in the middle of things: off the steady state near rest by a part of each variable's size.
static void state_of(const struct h4l_neuron *n, int which, double *x)
{
    n->model->start(n->constants, n->model->rest_mV + 3 * which, x);
    for (int i = 0; i < n->model->dim; i++)
        x[i] += 0.05 * n->model->scale[i] * wave(7 * which + i);
}

// Slope of component i of f along direction d by fourth-order differences: f writes to its last argument.
typedef void (*field_fn)(const struct h4l_neuron *n, const struct h4l_input *in, const double *x,
                         double *ret);

static double slope(field_fn f, const struct h4l_neuron *n, const struct h4l_input *in,
                    const double *x, const struct h4l_input *d_in, const double *d, int i)
{
    static const double at[4] = {-2, -1, 1, 2}, weight[4] = {1, -8, 8, -1};
    double h = 1e-4, sum = 0, y[MOST], value[MOST];

    for (int p = 0; p < 4; p++) {
        struct h4l_input moved = *in;
        moved.I += at[p] * h * d_in->I;
        for (int c = 0; c < H4L_CONDUCTANCES; c++)
            moved.g[c] += at[p] * h * d_in->g[c];
        for (int j = 0; j < n->model->dim; j++)
            y[j] = x[j] + at[p] * h * d[j];
        f(n, &moved, y, value);
        sum += weight[p] * value[i] / (12 * h);
    }
    return sum;
}

static void rhs(const struct h4l_neuron *n, const struct h4l_input *in, const double *x,
                double *ret)
{
    n->model->eval(n->constants, in, x, ret, NULL, NULL);
}

static void after_jump(const struct h4l_neuron *n, const struct h4l_input *in, const double *x,
                       double *ret)
{
    (void)in;
    memcpy(ret, x, (size_t)n->model->dim * sizeof *x);
    n->model->jump(n->constants, ret, NULL, 0);
}

static void after_map(const struct h4l_neuron *n, const struct h4l_input *in, const double *x,
                      double *ret)
{
    memcpy(ret, x, (size_t)n->model->dim * sizeof *x);
    n->model->map(n->constants, in, ret, NULL, NULL, 0, NULL);
}

static void potential_of(const struct h4l_neuron *n, const struct h4l_input *in, const double *x,
                         double *ret)
{
    (void)in;
    *ret = n->model->potential(n->constants, x, NULL);
}

static void event_of(const struct h4l_neuron *n, const struct h4l_input *in, const double *x,
                     double *ret)
{
    (void)in;
    *ret = n->model->event(n->constants, x, NULL);
}

#define FOR_EVERY_MODEL(n)                                                                         \
    struct h4l_neuron n;                                                                           \
    for (size_t m_ = 0; m_ < h4l_n_models && begin(m_, &(n)); m_++)

static bool begin(size_t i, struct h4l_neuron *ret)
{
    h4l_neuron_init(h4l_models[i], ret);
    printf("%s\n", h4l_models[i]->name);
    return true;
}

static const struct h4l_input still = {0};

static void rows_are_complete(void **state)
{
    const char *summary;

    (void)state;
    FOR_EVERY_MODEL(n)
    {
        const struct h4l_model *m = n.model;
        CHECK_TRUE(m->name && m->label && m->summary && m->scale && m->constants && m->start);
        CHECK_TRUE(m->eval && m->potential);
        CHECK_AT_LEAST(m->dim, 1);
        CHECK_AT_MOST(m->dim, MOST);
        CHECK_AT_LEAST(m->exponents, 1);
        CHECK_AT_MOST(m->exponents, m->dim);
        CHECK_TRUE(!m->event == !m->jump);
        CHECK_TRUE(!m->map || (m->event && m->map_ms == 1));
        CHECK_TRUE(!m->of == !m->embed && (!m->of || m->more));
        CHECK_TRUE(!m->of || m->exponents >= m->of->exponents);
        CHECK_TRUE(m->n_signals <= H4L_MODEL_SIGNALS);
        CHECK_TRUE(h4l_model_find(m->name) == m);
        CHECK_TRUE(strcmp(h4l_model_listed(m_, &summary), m->name) == 0 && *summary);
        CHECK_TRUE(m_ == 0 || h4l_models[m_ - 1]->paper >= m->paper); // the paper's first
    }
    CHECK_TRUE(h4l_model_find("no such neuron") == NULL);
    CHECK_TRUE(h4l_model_listed(h4l_n_models, &summary) == NULL);
}

static void jacobians_are_slopes_of_the_right_hand_side(void **state)
{
    (void)state;
    FOR_EVERY_MODEL(n)
    for (int which = -2; which <= 2; which++) {
        int d = n.model->dim;
        double x[MOST], dx[MOST], J[MOST * MOST], by[BY * MOST], worst = 0;
        state_of(&n, which, x);
        n.model->eval(n.constants, &input, x, dx, J, by);
        for (int j = 0; j < d + BY; j++) {
            double direction[MOST] = {0};
            struct h4l_input d_in = {.I = j == d, .g = {j == d + 1, j == d + 2}};
            if (j < d)
                direction[j] = n.model->scale[j];
            for (int i = 0; i < d; i++) {
                double expected = slope(rhs, &n, &input, x, &d_in, direction, i);
                double got = j < d ? J[i * d + j] * n.model->scale[j] : by[(j - d) * d + i];
                worst = h4l_worst(worst, fabs(got - expected) / fmax(1, fabs(expected)));
            }
        }
        CHECK_AT_MOST(worst, 1e-7);
    }
}

// The quick version of J W against the plain one.
static void tangents_are_products_with_the_jacobian(void **state)
{
    enum { K = 3 };

    (void)state;
    FOR_EVERY_MODEL(n)
    {
        int d = n.model->dim;
        double x[MOST], dx[MOST], same[MOST], J[MOST * MOST], by[BY * MOST], W[MOST * K],
            dW[MOST * K], exc[K], inh[K], scratch[K], worst = 0;
        const double *const dg[H4L_CONDUCTANCES] = {exc, inh};
        if (!n.model->tangent)
            continue;
        state_of(&n, 1, x);
        for (int i = 0; i < d * K; i++)
            W[i] = wave(i + 3);
        for (int v = 0; v < K; v++) {
            exc[v] = wave(v + 40);
            inh[v] = wave(v + 50);
        }
        n.model->eval(n.constants, &input, x, dx, J, by);
        n.model->tangent(n.constants, &input, x, W, dg, K, same, dW, scratch);
        for (int i = 0; i < d; i++)
            for (int v = 0; v < K; v++) {
                double sum = exc[v] * by[d + i] + inh[v] * by[2 * d + i];
                for (int j = 0; j < d; j++)
                    sum += J[i * d + j] * W[j * K + v];
                worst = h4l_worst(worst, fabs(dW[i * K + v] - sum) / fmax(1, fabs(sum)));
                worst = h4l_worst(worst, fabs(dx[i] - same[i]));
            }
        CHECK_AT_MOST(worst, 1e-11);
    }
}

static void gradients_are_slopes(void **state)
{
    (void)state;
    FOR_EVERY_MODEL(n)
    for (int which = -1; which <= 1; which++) {
        double x[MOST], gradient[MOST], event[MOST] = {0};
        state_of(&n, which, x);
        n.model->potential(n.constants, x, gradient);
        if (n.model->event)
            n.model->event(n.constants, x, event);
        for (int j = 0; j < n.model->dim; j++) {
            double direction[MOST] = {[0] = 0};
            direction[j] = 1;
            CHECK_CLOSE(gradient[j], slope(potential_of, &n, &input, x, &still, direction, 0),
                        1e-7);
            if (n.model->event)
                CHECK_CLOSE(event[j], slope(event_of, &n, &input, x, &still, direction, 0), 1e-7);
        }
    }
}

static void jumps_leave_the_surface_and_carry_vectors(void **state)
{
    (void)state;
    FOR_EVERY_MODEL(n)
    {
        int d = n.model->dim;
        double x[MOST], W[MOST * MOST] = {0}, worst = 0;
        if (!n.model->jump)
            continue;
        state_of(&n, 2, x);
        CHECK_TRUE(n.model->event(n.constants, x, NULL) < 0); // rest is below the surface
        for (int j = 0; j < d; j++)
            W[j * d + j] = 1;
        double after[MOST];
        memcpy(after, x, sizeof after);
        n.model->jump(n.constants, after, W, d);
        CHECK_TRUE(n.model->event(n.constants, after, NULL) < 0);
        for (int j = 0; j < d; j++) {
            double direction[MOST] = {0};
            direction[j] = n.model->scale[j];
            for (int i = 0; i < d; i++)
                worst =
                    h4l_worst(worst, fabs(W[i * d + j] * n.model->scale[j] -
                                          slope(after_jump, &n, &input, x, &still, direction, i)));
        }
        CHECK_AT_MOST(worst, 1e-7);
    }
}

// Constants near the published ones, all of them others.
static void change_all(struct h4l_neuron *n)
{
    struct h4l_err err;
    char name[64];
    struct h4l_constant c;

    for (size_t i = 0; h4l_model_constant_listed(i, &c); i++) {
        const struct h4l_model *of = n->model->of ? n->model->of : n->model;
        size_t length = strlen(of->name);
        snprintf(name, sizeof name, "%s", c.name);
        if (strncmp(name, of->name, length) == 0 && name[length] == '.')
            CHECK_OK(h4l_neurons_set(n, 1, name, c.value * 1.02 + 0.001, &err), err);
    }
    CHECK_OK(h4l_neurons_check(n, 1, &err), err);
}

static void maps_carry_vectors(bool changed)
{
    enum { K = MOST + H4L_CONDUCTANCES };

    FOR_EVERY_MODEL(n)
    {
        int d = n.model->dim;
        double x[MOST], y[MOST], plain[MOST], W[MOST * K] = {0}, worst = 0;
        const double exc[K] = {[MOST] = 1}, inh[K] = {[MOST + 1] = 1};
        const double *const dg[H4L_CONDUCTANCES] = {exc, inh};
        if (!n.model->map)
            continue;
        if (changed)
            change_all(&n);
        state_of(&n, 0, x);
        memcpy(y, x, sizeof y);
        for (int j = 0; j < d; j++)
            W[j * K + j] = 1;
        CHECK_TRUE(!n.model->map(n.constants, &input, y, W, dg, K, NULL));
        after_map(&n, &input, x, plain);
        for (int i = 0; i < d; i++) {
            CHECK_CLOSE(y[i], plain[i], 0);
            for (int j = 0; j < K; j++) {
                double direction[MOST] = {0};
                struct h4l_input d_in = {.g = {j == MOST, j == MOST + 1}};
                if (j >= d && j < MOST)
                    continue;
                if (j < d)
                    direction[j] = 1;
                double expected = slope(after_map, &n, &input, x, &d_in, direction, i);
                worst = h4l_worst(worst, fabs(W[i * K + j] - expected) / fmax(1, fabs(expected)));
            }
        }
        CHECK_AT_MOST(worst, 1e-7);
    }
}

static void maps_carry_their_vectors(void **state)
{
    (void)state;
    maps_carry_vectors(false);
}

static void and_with_other_constants(void **state)
{
    (void)state;
    maps_carry_vectors(true);
}

// A neuron in other coordinates moves as the other one does, seen through the potential.
static void same_neuron(bool changed)
{
    FOR_EVERY_MODEL(n)
    {
        const struct h4l_model *m = n.model;
        struct h4l_neuron of;
        double x[MOST], y[MOST], dx[MOST], dy[MOST], slope_x[MOST], slope_y[MOST], a = 0, b = 0;
        if (!m->of)
            continue;
        h4l_neuron_init(m->of, &of);
        if (changed) {
            change_all(&n);
            change_all(&of);
        }
        state_of(&of, 1, x);
        m->embed(x, y);
        CHECK_CLOSE(m->potential(n.constants, y, slope_y),
                    m->of->potential(of.constants, x, slope_x), 1e-12);
        m->eval(n.constants, &input, y, dy, NULL, NULL);
        m->of->eval(of.constants, &input, x, dx, NULL, NULL);
        for (int i = 0; i < m->dim; i++)
            b += slope_y[i] * dy[i];
        for (int i = 0; i < m->of->dim; i++)
            a += slope_x[i] * dx[i];
        CHECK_CLOSE(b, a, 1e-11 * fmax(1, fabs(a)));
    }
}

static void other_coordinates_are_the_same_neuron(void **state)
{
    (void)state;
    same_neuron(false);
}

static void and_stay_it_with_other_constants(void **state)
{
    (void)state;
    same_neuron(true);
}

// All that a row says at x: the flow, the event, the jump and a step of the map.
enum { SAID = 3 * MOST + 1 };

static void say(const struct h4l_neuron *n, const double *x, double *ret)
{
    int d = n->model->dim;

    memset(ret, 0, SAID * sizeof *ret);
    rhs(n, &input, x, ret);
    if (n->model->event) {
        event_of(n, &input, x, ret + d);
        after_jump(n, &input, x, ret + d + 1);
    }
    if (n->model->map)
        after_map(n, &input, x, ret + 2 * d + 1);
}

static void constants_are_listed_in_range_and_reach_the_row(void **state)
{
    struct h4l_constant c, other;
    struct h4l_err err;
    size_t n = 0;

    (void)state;
    for (; h4l_model_constant_listed(n, &c); n++) {
        char name[64];
        double x[MOST], before[SAID], after[SAID];
        struct h4l_neuron neuron, again;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(c.name, "."), c.name);
        h4l_neuron_init(h4l_model_find(name), &neuron);
        again = neuron;
        printf("%s\n", c.name);
        CHECK_TRUE(strlen(c.name) > strlen(name) + 1 && *c.unit && *c.help);
        CHECK_TRUE(c.min < c.max && c.min <= c.value && c.value <= c.max);
        for (size_t i = 0; i < n; i++)
            CHECK_TRUE(h4l_model_constant_listed(i, &other) && strcmp(other.name, c.name) != 0);
        state_of(&neuron, 2, x);
        say(&neuron, x, before);
        CHECK_OK(h4l_neurons_set(&neuron, 1, c.name, c.value, &err), err);
        CHECK_TRUE(memcmp(&neuron, &again, sizeof neuron) == 0); // the published one
        CHECK_OK(h4l_neurons_set(&neuron, 1, c.name, c.value + (c.max - c.value) / 16, &err), err);
        say(&neuron, x, after);
        CHECK_TRUE(memcmp(before, after, sizeof before) != 0);
        CHECK_INT(h4l_neurons_set(&again, 1, c.name, nextafter(c.max, INFINITY), &err),
                  H4L_E_RANGE);
        CHECK_INT(h4l_neurons_set(&again, 1, c.name, nextafter(c.min, -INFINITY), &err),
                  H4L_E_RANGE);
        CHECK_INT(h4l_neurons_set(&again, 1, c.name, NAN, &err), H4L_E_RANGE);
        say(&again, x, after);
        CHECK_TRUE(memcmp(before, after, sizeof before) == 0); // a refused one changes nothing
    }
    CHECK_AT_LEAST(n, 30);
}

static void constants_that_do_not_go_together_are_refused(void **state)
{
    static const struct {
        const char *name;
        double value;
    } wrong[] = {{"hh.v_m", 55.5}, {"slif2hh.U", 70}, {"slif2hh.C", 0.05}, {"adex.reset", -40.4},
                 {"adex.D", 0.5},  {"adex.cut", -30}, {"adlif.cut", -80},  {"lif.reset", 5}};
    struct h4l_err err;
    struct h4l_neuron both[2];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char name[64];
        struct h4l_neuron n;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(wrong[i].name, "."), wrong[i].name);
        h4l_neuron_init(h4l_model_find(name), &n);
        CHECK_OK(h4l_neurons_check(&n, 1, &err), err);
        CHECK_OK(h4l_neurons_set(&n, 1, wrong[i].name, wrong[i].value, &err), err);
        CHECK_INT(h4l_neurons_check(&n, 1, &err), H4L_E_RANGE);
        CHECK_TRUE(strstr(err.message, name) != NULL);
    }
    h4l_neuron_init(h4l_model_find("hh"), &both[0]);
    h4l_neuron_init(h4l_model_find("tv"), &both[1]);
    CHECK_OK(h4l_neurons_set(both, 2, "hh.gNa", 110, &err), err);
    CHECK_TRUE(memcmp(both[0].constants, both[1].constants, sizeof both[0].constants) == 0);
    CHECK_INT(h4l_neurons_set(both, 2, "hh.gX", 1, &err), H4L_E_USAGE);
    CHECK_INT(h4l_neurons_set(both, 2, "adex.b", 1, &err), H4L_E_USAGE);
    CHECK_INT(h4l_neurons_set(both, 2, "tv.gNa", 1, &err), H4L_E_USAGE);
}

// Without input the neuron stays near its rest, and is not on its surface.
static void neurons_rest(void **state)
{
    (void)state;
    FOR_EVERY_MODEL(n)
    {
        double x[MOST], dx[MOST], V;
        n.model->start(n.constants, n.model->rest_mV, x);
        V = n.model->potential(n.constants, x, NULL);
        for (int k = 0; k < 20000; k++) { // 200 ms of forward Euler
            n.model->eval(n.constants, &(struct h4l_input){.I = 0}, x, dx, NULL, NULL);
            for (int i = 0; i < n.model->dim; i++)
                x[i] += 0.01 * dx[i];
        }
        CHECK_CLOSE(n.model->potential(n.constants, x, NULL), V, 1);
        if (n.model->event)
            CHECK_TRUE(n.model->event(n.constants, x, NULL) < 0);
    }
}

// Along the orbit of an autonomous flow with jumps the direction of the flow is carried into itself, spikes included: event, gradient
// and jump of the row make the right saltation matrix.
static void hybrid_eval(const void *ctx, double t, const double *x, double *ret_dx, double *ret_J)
{
    const struct h4l_neuron *n = ctx;

    (void)t;
    n->model->eval(n->constants, &(struct h4l_input){.I = 15}, x, ret_dx, ret_J, NULL);
}

static void hybrid_values(const void *ctx, double t, const double *x, double *ret_g)
{
    const struct h4l_neuron *n = ctx;

    (void)t;
    *ret_g = n->model->event(n->constants, x, NULL);
}

static void hybrid_gradient(const void *ctx, int e, double t, const double *x, double *ret)
{
    const struct h4l_neuron *n = ctx;

    (void)t;
    (void)e;
    n->model->event(n->constants, x, ret);
}

static void hybrid_jump(const void *ctx, int e, double t, double *x, double *W, int k)
{
    const struct h4l_neuron *n = ctx;

    (void)t;
    (void)e;
    n->model->jump(n->constants, x, W, k);
}

static void count(void *observer, double t, int e, const double *x)
{
    (void)t;
    (void)e;
    (void)x;
    ++*(int *)observer;
}

static void the_direction_of_the_flow_survives_spikes(void **state)
{
    struct h4l_err err;

    (void)state;
    FOR_EVERY_MODEL(n)
    {
        const struct h4l_hybrid system = {
            .flow = {.dim = n.model->dim, .ctx = &n, .eval = hybrid_eval},
            .events = 1,
            .values = hybrid_values,
            .gradient = hybrid_gradient,
            .jump = hybrid_jump};
        struct h4l_hybrid_run run;
        double x[MOST], W[MOST], F[MOST], worst = 0, size = 0;
        double h = n.model->step_ms > 0 ? n.model->step_ms : 0.01;
        int spikes = 0;
        if (!n.model->event)
            continue;
        n.model->start(n.constants, n.model->rest_mV, x);
        hybrid_eval(&n, 0, x, W, NULL);
        CHECK_OK(h4l_hybrid_create(&system, 1, count, &spikes, &run, &err), err);
        for (int k = 0; k < 100 / h; k++)
            assert_int_equal(h4l_hybrid_step(&run, k * h, h, x, W, &err), H4L_OK);
        h4l_hybrid_destroy(&run);
        CHECK_AT_LEAST(spikes, 2);
        hybrid_eval(&n, 0, x, F, NULL);
        for (int i = 0; i < n.model->dim; i++) {
            worst = h4l_worst(worst, fabs(W[i] - F[i]) / n.model->scale[i]);
            size = fmax(size, fabs(F[i]) / n.model->scale[i]);
        }
        CHECK_AT_MOST(worst / size, 1e-4);
    }
}

// The vector kernel against RK4 on the plain right-hand side and its Jacobian, one trajectory per lane.
static void lanes_follow_the_plain_flow(void **state)
{
    enum { LANES = H4L_HH_TANGENT_LANES, STEPS = 40 };
    const double h = 0.01;
    struct h4l_hh_tangent *kernel;
    struct h4l_err err;

    (void)state;
    FOR_EVERY_MODEL(n)
    for (int changed = 0; changed <= 1; changed++) {
        const struct h4l_flow flow = {.dim = n.model->dim, .ctx = &n, .eval = hybrid_eval};
        double I[(2 * STEPS + 1) * LANES], lanes[MOST * (1 + MOST) * LANES], x[LANES][MOST],
            W[LANES][MOST * MOST], worst = 0;
        int d = n.model->dim, k = n.model->exponents;
        struct h4l_rk4 rk4;
        if (!n.model->lanes)
            continue;
        if (changed)
            change_all(&n);
        const struct h4l_hh_flow *constants = (const void *)n.constants;
        CHECK_OK(h4l_hh_tangent_create(&constants->hh, h4l_simd_level_id(), &kernel, &err), err);
        for (int i = 0; i < (2 * STEPS + 1) * LANES; i++)
            I[i] = 15; // as in hybrid_eval
        for (int j = 0; j < LANES; j++) {
            n.model->start(n.constants, n.model->rest_mV + 3 * j, x[j]);
            for (int i = 0; i < d * k; i++)
                W[j][i] = wave(i + j);
            for (int i = 0; i < d; i++)
                lanes[i * LANES + j] = x[j][i];
            for (int i = 0; i < d * k; i++)
                lanes[(d + i) * LANES + j] = W[j][i];
        }
        n.model->lanes(kernel, h, LANES, STEPS, I, lanes);
        CHECK_OK(h4l_rk4_create(&flow, k, &rk4, &err), err);
        for (int j = 0; j < LANES; j++) {
            for (int step = 0; step < STEPS; step++)
                h4l_rk4_step(&rk4, step * h, h, x[j], W[j]);
            for (int i = 0; i < d; i++)
                worst = h4l_worst(worst, fabs(lanes[i * LANES + j] - x[j][i]) / n.model->scale[i]);
            for (int i = 0; i < d * k; i++)
                worst = h4l_worst(worst, fabs(lanes[(d + i) * LANES + j] - W[j][i]) /
                                             fmax(1, fabs(W[j][i])));
        }
        h4l_rk4_destroy(&rk4);
        h4l_hh_tangent_destroy(kernel);
        CHECK_AT_MOST(worst, 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(jacobians_are_slopes_of_the_right_hand_side),
        cmocka_unit_test(tangents_are_products_with_the_jacobian),
        cmocka_unit_test(gradients_are_slopes),
        cmocka_unit_test(jumps_leave_the_surface_and_carry_vectors),
        cmocka_unit_test(maps_carry_their_vectors),
        cmocka_unit_test(and_with_other_constants),
        cmocka_unit_test(the_direction_of_the_flow_survives_spikes),
        cmocka_unit_test(lanes_follow_the_plain_flow),
        cmocka_unit_test(other_coordinates_are_the_same_neuron),
        cmocka_unit_test(and_stay_it_with_other_constants),
        cmocka_unit_test(constants_are_listed_in_range_and_reach_the_row),
        cmocka_unit_test(constants_that_do_not_go_together_are_refused),
        cmocka_unit_test(neurons_rest)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
