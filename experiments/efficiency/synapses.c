// F4: what the networks cost in neuromorphic terms, in the words of NeuroBench: footprint, connection and activation sparsity, dense
// and effective synaptic operations.
//
// The image is constant over the window, so the first projection counts once. It and the maps after pooling (means of four
// spikes) have graded inputs, so their operations are MACs; so are those of the readout, whose input is a mean over time. The
// mixing of s-LIF2HH's potentials is inside the neuron and does not count.
#include "efficiency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/operations.h"
#include "data/multi_set.h"
#include "net/engine.h"

struct counted {
    struct h4l_synapses layer1, layer2, readout, heads;
    double spikes, places; // of all neurons: spikes, and spikes there could have been
};

struct model {
    struct h4l_net_spec spec;
    struct h4l_net_layout at;
    double *p, *c; // parameters, constants
    size_t H, P, U, T;
    double *in, *pooled, *read; // [P][neuron][T]; [T][H][18][18]; [W]
};

static void conv_map(const double *in, size_t n_in, size_t side, const double *w, double bias,
                     double *out)
{
    for (size_t i = 0; i < side * side; i++)
        out[i] = bias;
    for (size_t k = 0; k < n_in; k++)
        for (size_t tap = 0; tap < 9; tap++)
            for (size_t i = 0; i < side * side; i++) {
                size_t y = i / side + tap / 3, x = i % side + tap % 3;

                if (y >= 1 && y <= side && x >= 1 && x <= side)
                    out[i] += w[k * 9 + tap] * in[(k * side + y - 1) * side + x - 1];
            }
}

enum { MAX_PIXELS = H4L_TASK_MAX_SIDE * H4L_TASK_MAX_SIDE, BATCH = 128 };

// Runs neuron i of a layer and gives its spikes [U][T].
static void run_neuron(const struct model *m, size_t i, const double *rates, size_t n_rates,
                       const double *input, uint8_t *ret_s, struct counted *c)
{
    double v[H4L_CELL_MAX_STATES * H4L_CELL_MAX_WINDOW];
    double one[H4L_CELL_RATES] = {0};

    if (n_rates > 0)
        h4l_net_rates(&m->spec, rates, n_rates, i % n_rates, one);
    h4l_cell_forward(&m->spec.neuron, one, m->p + m->at.mix, input, v, ret_s);
    for (size_t k = 0; k < m->U * m->T; k++)
        c->spikes += ret_s[k];
    c->places += (double)(m->U * m->T);
}

static void first_layer(struct model *m, const double *image, struct counted *c)
{
    const size_t side = m->spec.task.side, D = side * side, per = m->spec.conv ? D : 1;
    double map[MAX_PIXELS];

    for (size_t u = 0; u < m->P; u++)
        for (size_t h = 0; h < m->H; h++) {
            size_t row = u * m->H + h;
            const double *w = m->p + m->at.layer1_weight + row * (m->spec.conv ? 9 : D);

            map[0] = m->p[m->at.layer1_bias + row];
            if (m->spec.conv)
                conv_map(image, 1, side, w, map[0], map);
            else
                for (size_t i = 0; i < D; i++)
                    map[0] += w[i] * image[i];
            for (size_t i = 0; i < per; i++)
                for (size_t t = 0; t < m->T; t++)
                    m->in[((h * per + i) * m->P + u) * m->T + t] = map[i];
        }
    if (m->spec.conv)
        h4l_synapses_conv3(1, m->P * m->H, side, m->p + m->at.layer1_weight, image, false,
                           &c->layer1);
    else
        h4l_synapses_linear(D, m->P * m->H, m->p + m->at.layer1_weight, image, false, &c->layer1);
}

static void second_layer(struct model *m, struct counted *c)
{
    const size_t half = m->spec.task.side / 2, N = half * half;
    double map[MAX_PIXELS / 4];

    for (size_t t = 0; t < m->T; t++) {
        const double *in = m->pooled + t * m->H * N;

        for (size_t u = 0; u < m->P; u++)
            for (size_t h = 0; h < m->H; h++) {
                size_t row = u * m->H + h;

                conv_map(in, m->H, half, m->p + m->at.layer2_weight + row * m->H * 9,
                         (double)m->U * m->p[m->at.layer2_bias + row], map);
                for (size_t i = 0; i < N; i++)
                    m->in[((h * N + i) * m->P + u) * m->T + t] = map[i];
            }
        h4l_synapses_conv3(m->H, m->P * m->H, half, m->p + m->at.layer2_weight, in, false,
                           &c->layer2);
    }
}

static void run_image(struct model *m, const double *image, struct counted *c)
{
    const size_t side = m->spec.task.side, half = side / 2, E = m->spec.task.hidden;
    const size_t N1 = m->spec.conv ? side * side : 1, N2 = half * half, U = m->U, T = m->T;
    uint8_t s[H4L_CELL_MAX_UNITS * H4L_CELL_MAX_WINDOW];
    double hidden[H4L_TASK_MAX_HIDDEN];

    memset(m->read, 0, m->at.width * sizeof(double));
    memset(m->pooled, 0, T * m->H * N2 * sizeof(double));
    first_layer(m, image, c);
    for (size_t i = 0; i < m->H * N1; i++) {
        size_t y = i % N1 / side / 2, x = i % N1 % side / 2;

        run_neuron(m, i, m->c + m->at.rates1, m->at.n_rates1, m->in + i * m->P * T, s, c);
        for (size_t k = 0; k < U * T; k++)
            if (m->spec.conv)
                m->pooled[((k % T) * m->H + i / N1) * N2 + y * half + x] += 0.25 * s[k];
            else
                m->read[i * U + k / T] += s[k] / (double)T;
    }
    if (m->spec.conv)
        second_layer(m, c);
    for (size_t i = 0; i < m->H * N2 && m->spec.conv; i++) {
        size_t y = i % N2 / half / 2, x = i % N2 % half / 2;
        size_t cell = (i / N2 * (half / 2) + y) * (half / 2) + x;

        run_neuron(m, i, m->c + m->at.rates2, m->at.n_rates2, m->in + i * m->P * T, s, c);
        for (size_t k = 0; k < U * T; k++)
            m->read[cell * U + k / T] += 0.25 * s[k] / (double)T;
    }
    for (size_t j = 0; j < E; j++) {
        hidden[j] = m->p[m->at.readout_bias + j];
        for (size_t i = 0; i < m->at.width; i++)
            hidden[j] += m->p[m->at.readout_weight + j * m->at.width + i] * m->read[i];
    }
    h4l_synapses_linear(m->at.width, E, m->p + m->at.readout_weight, m->read, false, &c->readout);
    h4l_synapses_linear(E, h4l_task_outputs(&m->spec.task), m->p + m->at.head_weight, hidden, false,
                        &c->heads);
}

// Trains the model for some batches, so that its activity is not that of its first draw, and takes its parameters over.
static int train(struct h4l_run *run, struct model *m, const struct h4l_multi *images,
                 struct h4l_err *err)
{
    const struct h4l_efficiency_options *o = h4l_run_options(run);
    size_t steps = o->train_steps, batch = BATCH;
    struct h4l_net_input input = {.scale = 1};
    struct h4l_net_stats stats = {0};
    struct h4l_net *net;
    int code = h4l_net_create(&m->spec, batch, h4l_run_pool(run), &net, err);

    if (code)
        return code;
    code = h4l_net_start(net, h4l_run_seed(run), err);
    for (size_t i = 0; i < steps && code == H4L_OK; i++) {
        size_t first = i * batch % (images->n - batch + 1);
        struct h4l_net_samples samples = {.n = batch,
                                          .pixels = images->pixels + first * H4L_MULTI_PIXELS,
                                          .labels = images->labels + H4L_MULTI_TASKS * first};

        code = h4l_net_train(net, &samples, &input, m->spec.learning_rate, &stats, err);
    }
    h4l_net_init(&m->spec, h4l_run_seed(run), NULL, m->c);
    for (size_t i = 0; i < m->at.parameters && code == H4L_OK; i++)
        m->p[i] = (double)h4l_net_state(net).parameters[i];
    h4l_net_destroy(net);
    return code;
}

static int measure(struct h4l_run *run, const char *name, const struct h4l_multi *train_images,
                   const struct h4l_multi *test_images, struct model *ret, struct counted *c,
                   struct h4l_err *err)
{
    const struct h4l_efficiency_options *o = h4l_run_options(run);
    struct model m = {0};
    size_t neurons;
    double image[H4L_MULTI_PIXELS];
    int code = h4l_net_published(name, &m.spec, err);

    if (code)
        return code;
    m.at = h4l_net_layout(&m.spec);
    m.H = (size_t)m.spec.channels;
    m.P = (size_t)h4l_cell_inputs(&m.spec.neuron);
    m.U = (size_t)h4l_cell_units(&m.spec.neuron);
    m.T = (size_t)m.spec.neuron.window;
    neurons = m.H * (m.spec.conv ? h4l_task_pixels(&m.spec.task) : 1);
    m.p = calloc(m.at.parameters, sizeof(double));
    m.c = calloc(m.at.constants + 1, sizeof(double));
    m.in = calloc(neurons * m.P * m.T, sizeof(double));
    m.pooled = calloc(m.T * m.H * h4l_task_pixels(&m.spec.task) / 4, sizeof(double));
    m.read = calloc(m.at.width, sizeof(double));
    if (m.p && m.c && m.in && m.pooled && m.read)
        code = train(run, &m, train_images, err);
    else
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for the activity of %s", name);
    for (size_t i = 0; i < o->images && code == H4L_OK; i++) {
        for (size_t k = 0; k < H4L_MULTI_PIXELS; k++)
            image[k] = test_images->pixels[i * H4L_MULTI_PIXELS + k];
        run_image(&m, image, c);
    }
    free(m.p);
    free(m.c);
    free(m.in);
    free(m.pooled);
    free(m.read);
    *ret = m;
    return code;
}

int h4l_efficiency_synapses(struct h4l_run *run, struct h4l_err *err)
{
    enum { DENSE, MACS, ACS, FOOTPRINT, CONNECTION, ACTIVATION, ROWS };
    static const char *const names[ROWS] = {
        "dense_operations_per_image", "effective_macs_per_image",
        "effective_acs_per_image",    "footprint_bytes",
        "connection_sparsity",        "activation_sparsity"};
    const struct h4l_efficiency_options *o = h4l_run_options(run);
    double table[ROWS][H4L_EFFICIENCY_MODELS], images = (double)o->images;
    const struct h4l_multi_source source = {
        .mnist_dir = o->mnist_dir, .fashion_dir = o->fashion_dir, .seed = 1};
    static struct h4l_multi_set images_read;
    struct h4l_multi train_images, test_images;
    int code = h4l_multi_set_load(&source, (o->train_steps + 1) * BATCH, o->images, &images_read,
                                  &train_images, &test_images, err);

    if (code == H4L_OK)
        h4l_multi_set_note(&images_read, run);
    for (size_t i = 0; i < H4L_EFFICIENCY_MODELS && code == H4L_OK; i++) {
        struct counted c = {0};
        const struct h4l_synapses *layers[] = {&c.layer1, &c.layer2, &c.readout, &c.heads};
        double connections = 0, zeros = 0;
        struct model m;

        h4l_run_progress(run, h4l_efficiency_models[i], (double)i, H4L_EFFICIENCY_MODELS);
        code = measure(run, h4l_efficiency_models[i], &train_images, &test_images, &m, &c, err);
        if (code)
            break;
        table[DENSE][i] = table[MACS][i] = table[ACS][i] = 0;
        for (int k = 0; k < 4; k++) {
            table[DENSE][i] += layers[k]->dense / images;
            table[MACS][i] += layers[k]->macs / images;
            table[ACS][i] += layers[k]->acs / images;
            connections += layers[k]->connections;
            zeros += layers[k]->zero_weights;
        }
        table[FOOTPRINT][i] = 4 * (double)(m.at.parameters + m.at.constants);
        table[CONNECTION][i] = zeros / connections;
        table[ACTIVATION][i] = 1 - c.spikes / c.places;
    }
    if (code)
        return code;
    h4l_efficiency_name_models(run);
    for (int row = 0; row < ROWS; row++)
        h4l_efficiency_per_model(run, names[row], table[row]);
    return H4L_OK;
}
