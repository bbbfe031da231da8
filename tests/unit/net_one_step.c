// The plain networks against one published training step: tests/data/learning_one_step.json holds, for each of the ten networks,
// logits, loss, gradient statistics and parameters after one Adam step, computed in float64 with the published code from
//   image b, row r, column c: clip(floor(127.5 (1 + sin(0.13 (b+1) r) cos(0.11 (b+2) c))), 0, 255); labels (3b) mod 10, (7b+1) mod 10
//   trainable tensor k, entry i: scale sin((0.37 (i+1)) (i+1) + k), rounded in that order
// (the arguments reach 1e11, where an ulp is 1e-5); HH rate constants: scale (1 + that sine)
// tests/data/bottleneck_one_step.json holds the same for the three networks of Fig. 5d, by a program of our own, once with the
// gradient of the class loss alone and once with beta; eps number i is sqrt(2) sin((0.37 (i+1)) (i+1) + 100).
#include "check.h"

#include <jansson.h>

#include "hh4lif_config.h"
#include "data/multi.h"
#include "net/plain.h"

enum { BATCH = 4 };
static const double relative = 1e-10;
static double images[BATCH * H4L_MULTI_PIXELS];
static uint8_t labels[BATCH * H4L_MULTI_TASKS];
static json_t *reference, *gaussian_reference;

struct state {
    struct h4l_net_spec spec;
    struct h4l_net_layout at;
    double *parameters, *constants, *gradient, *m, *v;
    struct h4l_net_plain_out out;
};

static double *array(size_t n)
{
    double *p = calloc(n + 1, sizeof *p);

    assert_non_null(p);
    return p;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

// Where the published tensor lies in ours; *ret_base is the parameters or the constants.
static size_t place(const struct state *s, const char *name, bool *ret_constant)
{
    static const char *const rates[] = {"a_n", "b_n", "a_m", "b_m", "a_h", "b_h"};
    const struct h4l_net_layout *at = &s->at;
    bool bias = strstr(name, ".bias") != NULL;
    size_t H = (size_t)s->spec.channels, unit = 0, one = s->spec.conv ? 9 : H4L_MULTI_PIXELS;
    const char *digit = strstr(name, "lif_4") ? strrchr(name, '.') : NULL;

    *ret_constant = strstr(name, "_coe") != NULL;
    for (size_t i = 0; i < 6 && *ret_constant; i++)
        if (begins(name + 4, rates[i]))
            return begins(name, "fc1") ? at->rates1 + i * at->n_rates1
                                       : at->rates2 + i * at->n_rates2;
    if (begins(name, "task_")) {
        size_t task = (size_t)(name[5] - '0');

        return bias ? at->head_bias + 10 * task : at->head_weight + 10 * at->seen * task;
    }
    if (strstr(name, "lif_fc"))
        return at->mix + (bias ? 3 : 0);
    if (begins(name, "fc_output.") || begins(name, "fc."))
        return bias ? at->readout_bias : at->readout_weight;
    if (digit)
        unit = (size_t)(digit[-1] - '1');
    if (begins(name, "lif_4_2") || begins(name, "conv2") || begins(name, "fc2"))
        return bias ? at->layer2_bias + unit * H : at->layer2_weight + unit * H * H * 9;
    return bias ? at->layer1_bias + unit * H : at->layer1_weight + unit * H * one;
}

static size_t size_of(json_t *tensor)
{
    json_t *shape = json_object_get(tensor, "shape");
    size_t n = 1;

    for (size_t i = 0; i < json_array_size(shape); i++)
        n *= (size_t)json_integer_value(json_array_get(shape, i));
    return n;
}

static void fill(struct state *s, json_t *tensors)
{
    size_t filled = 0, n_constants = 0;

    for (size_t k = 0; k < json_array_size(tensors); k++) {
        json_t *t = json_array_get(tensors, k);
        double scale = json_number_value(json_object_get(t, "scale"));
        bool constant;
        size_t at = place(s, json_string_value(json_object_get(t, "published_name")), &constant);
        double *to = (constant ? s->constants : s->parameters) + at;
        size_t n = size_of(t);

        for (size_t i = 0; i < n; i++) {
            double j = (double)(i + 1), sine = sin(0.37 * j * j + (double)k);

            to[i] = constant ? scale * (1 + sine) : scale * sine;
        }
        *(constant ? &n_constants : &filled) += n;
    }
    CHECK_INT(filled, s->at.parameters);
    CHECK_INT(n_constants, s->at.constants);
}

static void check_logits(const double *logits, json_t *expected)
{
    // Relative to the largest logit: small ones are differences of large terms.
    double scale = 0, worst = 0;

    for (size_t i = 0; i < BATCH * (H4L_MULTI_TASKS * H4L_MULTI_CLASSES); i++) {
        json_t *sample = json_array_get(expected, i / 20);
        json_t *task = json_array_get(sample, i % 20 / 10);
        double e = json_number_value(json_array_get(task, i % 10));

        scale = h4l_worst(scale, fabs(e));
        worst = h4l_worst(worst, fabs(logits[i] - e));
    }
    CHECK_TRUE(scale > 0);
    CHECK_AT_MOST(worst / scale, relative);
}

static void check_gradient(const struct state *s, json_t *tensors, json_t *gradients)
{
    for (size_t k = 0; k < json_array_size(tensors); k++) {
        json_t *t = json_array_get(tensors, k);
        const char *name = json_string_value(json_object_get(t, "published_name"));
        json_t *e = json_object_get(gradients, name);
        bool constant;
        const double *g = s->gradient + place(s, name, &constant);
        size_t n = size_of(t), nonzero = 0;
        double square = 0, sum = 0, largest = 0, l2, first = 0;

        if (constant)
            continue;
        assert_non_null(e);
        for (size_t i = 0; i < n; i++) {
            square += g[i] * g[i];
            sum += g[i];
            largest += fabs(g[i]);
            nonzero += g[i] != 0;
        }
        printf("%s\n", name);
        l2 = json_number_value(json_object_get(e, "l2"));
        CHECK_REL(sqrt(square), l2, relative);
        CHECK_INT(nonzero, json_integer_value(json_object_get(e, "nonzero")));
        CHECK_CLOSE(sum, json_number_value(json_object_get(e, "sum")), relative * largest);
        for (size_t i = 0; i < 4 && i < n; i++) {
            double f = json_number_value(json_array_get(json_object_get(e, "first4"), i));
            size_t from_end = n < 4 ? i : n - 4 + i;
            double l = json_number_value(json_array_get(json_object_get(e, "last4"), i));

            first = h4l_worst(first, fabs(g[i] - f));
            first = h4l_worst(first, fabs(g[from_end] - l));
        }
        CHECK_AT_MOST(first, relative * l2);
    }
}

static void check_parameters(const struct state *s, json_t *tensors, json_t *expected)
{
    for (size_t k = 0; k < json_array_size(tensors); k++) {
        json_t *t = json_array_get(tensors, k);
        const char *name = json_string_value(json_object_get(t, "published_name"));
        json_t *e = json_object_get(expected, name);
        bool constant;
        const double *p = s->parameters + place(s, name, &constant);
        double worst = 0, scale = 0;

        for (size_t i = 0; !constant && i < json_array_size(e); i++) {
            worst = h4l_worst(worst, fabs(p[i] - json_number_value(json_array_get(e, i))));
            scale = h4l_worst(scale, fabs(p[i]));
        }
        CHECK_AT_MOST(worst, relative * scale);
    }
}

static void begin(struct state *s, json_t *tensors, double *logits)
{
    s->at = h4l_net_layout(&s->spec);
    s->parameters = array(s->at.parameters);
    s->gradient = array(s->at.parameters);
    s->m = array(s->at.parameters);
    s->v = array(s->at.parameters);
    s->constants = array(s->at.constants);
    fill(s, tensors);
    s->out = (struct h4l_net_plain_out){.logits = logits, .gradient = s->gradient};
}

static void run(struct state *s)
{
    struct h4l_err err = {0};

    CHECK_OK(
        h4l_net_plain(&s->spec, s->parameters, s->constants, BATCH, images, labels, &s->out, &err),
        err);
}

static void end(struct state *s)
{
    free(s->parameters);
    free(s->gradient);
    free(s->m);
    free(s->v);
    free(s->constants);
}

// Adam's step from the last gradient, and the logits after it.
static void step(struct state *s, json_t *e, json_t *tensors, double beta1)
{
    CHECK_REL(s->spec.learning_rate, json_number_value(json_object_get(e, "lr")), 0);
    h4l_adam_plain(s->spec.learning_rate, s->spec.l2, beta1, 1, s->at.parameters, s->gradient,
                   s->parameters, s->m, s->v);
    check_parameters(s, tensors, json_object_get(e, "parameters_after_one_adam_step_first4"));
    s->out.gradient = NULL;
    run(s);
    check_logits(s->out.logits, json_object_get(e, "logits_after"));
}

static void one_step(const char *name)
{
    json_t *e = json_object_get(json_object_get(reference, "networks"), name);
    json_t *tensors = json_object_get(e, "tensors");
    double logits[BATCH * (H4L_MULTI_TASKS * H4L_MULTI_CLASSES)];
    struct h4l_err err = {0};
    struct state s;

    assert_non_null(e);
    CHECK_OK(h4l_net_published(name, &s.spec, &err), err);
    begin(&s, tensors, logits);
    run(&s);
    check_logits(logits, json_object_get(e, "logits"));
    CHECK_REL(s.out.loss, json_number_value(json_object_get(e, "loss")), relative);
    check_gradient(&s, tensors, json_object_get(e, "gradients"));
    CHECK_REL(s.spec.l2, json_number_value(json_object_get(e, "weight_decay")), 0);
    step(&s, e, tensors, 0.9);
    end(&s);
}

// vib-MODEL
static void gaussian_step(const char *name)
{
    json_t *e = json_object_get(json_object_get(gaussian_reference, "networks"), name);
    json_t *tensors = json_object_get(e, "tensors");
    double logits[BATCH * (H4L_MULTI_TASKS * H4L_MULTI_CLASSES)], *eps;
    struct h4l_err err = {0};
    struct state s;

    assert_non_null(e);
    CHECK_OK(h4l_net_bottleneck_published(strchr(name, '-') + 1, &s.spec, &err), err);
    begin(&s, tensors, logits);
    s.out.eps = eps = array(BATCH * s.at.seen);
    for (size_t i = 0; i < BATCH * s.at.seen; i++) {
        double j = (double)(i + 1);

        eps[i] = sqrt(2) * sin(0.37 * j * j + 100);
    }
    run(&s);
    check_logits(logits, json_object_get(e, "logits"));
    CHECK_REL(s.out.loss, json_number_value(json_object_get(e, "loss")), relative);
    CHECK_REL(s.out.kl, json_number_value(json_object_get(e, "kl")), relative);
    check_gradient(&s, tensors, json_object_get(e, "gradients"));
    s.spec.bottleneck.beta = json_number_value(json_object_get(e, "beta"));
    run(&s);
    check_gradient(&s, tensors, json_object_get(e, "gradients_with_beta"));
    step(&s, e, tensors, s.spec.beta1);
    CHECK_REL(s.out.kl, json_number_value(json_object_get(e, "kl_after")), relative);
    end(&s);
    free(eps);
}

static void test_network(void **state)
{
    one_step(*state);
}

static void test_gaussian(void **state)
{
    gaussian_step(*state);
}

static int setup(void **state)
{
    (void)state;
    for (int b = 0; b < BATCH; b++) {
        for (int i = 0; i < H4L_MULTI_PIXELS; i++) {
            double r = i / H4L_MULTI_SIDE, c = i % H4L_MULTI_SIDE;
            double x = floor(127.5 * (1 + sin(0.13 * (b + 1) * r) * cos(0.11 * (b + 2) * c)));

            images[b * H4L_MULTI_PIXELS + i] = fmin(fmax(x, 0), 255);
        }
        labels[2 * b] = (uint8_t)(3 * b % 10);
        labels[2 * b + 1] = (uint8_t)((7 * b + 1) % 10);
    }
    reference = json_load_file(H4L_SOURCE_DIR "/tests/data/learning_one_step.json", 0, NULL);
    gaussian_reference =
        json_load_file(H4L_SOURCE_DIR "/tests/data/bottleneck_one_step.json", 0, NULL);
    return reference && gaussian_reference ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    json_decref(reference);
    json_decref(gaussian_reference);
    return 0;
}

int main(void)
{
    static const char *const gaussian[] = {"vib-lif", "vib-hh", "vib-slif2hh", NULL};
    struct CMUnitTest tests[16];
    size_t n = 0;

    for (; h4l_net_names[n]; n++)
        tests[n] = (struct CMUnitTest){.name = h4l_net_names[n],
                                       .test_func = test_network,
                                       .initial_state = (void *)h4l_net_names[n]};
    for (size_t i = 0; gaussian[i]; i++)
        tests[n++] = (struct CMUnitTest){.name = gaussian[i],
                                         .test_func = test_gaussian,
                                         .initial_state = (void *)(uintptr_t)gaussian[i]};
    return _cmocka_run_group_tests("net_one_step", tests, n, setup, teardown);
}
