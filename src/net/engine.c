#include "net/engine_private.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/provenance.h"
#include "base/rng.h"

float *h4l_net_floats(struct h4l_net *net, size_t n)
{
    size_t bytes = (n * sizeof(float) + 127) / 64 * 64;
    float *p;

    if (net->n_owned == net->owned_room) {
        void **more = realloc(net->owned, (net->owned_room + 32) * sizeof *more);

        if (!more)
            return NULL;
        net->owned = more;
        net->owned_room += 32;
    }
    p = aligned_alloc(64, bytes);
    if (!p)
        return NULL;
    memset(p, 0, bytes);
    net->owned[net->n_owned++] = p;
    net->bytes_rest += bytes;
    return p;
}

static int create(struct h4l_net *net, struct h4l_err *err)
{
    const struct h4l_cell *cell = net->spec.neuron.cell;
    size_t n = net->at.parameters, tables = cell ? (size_t)cell->tables * net->T : 0;
    float **arrays[] = {&net->w, &net->m, &net->v, &net->g};

    for (size_t i = 0; i < 4; i++)
        *arrays[i] = h4l_net_floats(net, n);
    if (net->spec.average > 0)
        net->average = h4l_net_floats(net, n);
    net->bytes_parameters = net->bytes_rest;
    net->bytes_rest = 0;
    net->ones = h4l_net_floats(net, net->batch);
    net->parts = (void *)h4l_net_floats(net, net->batch * sizeof *net->parts / sizeof(float));
    if (net->at.n_rates1 > 0)
        net->table1 = h4l_net_floats(net, tables * net->at.n_rates1);
    if (net->at.n_rates2 > 0)
        net->table2 = h4l_net_floats(net, tables * net->at.n_rates2);
    if (!net->w || !net->m || !net->v || !net->g || !net->ones || !net->parts ||
        (net->spec.average > 0 && !net->average) || (net->at.n_rates1 > 0 && !net->table1) ||
        (net->at.n_rates2 > 0 && !net->table2))
        return h4l_fail(err, H4L_E_NOMEM, "no memory for a network of %zu parameters", n);
    for (size_t i = 0; i < net->batch; i++)
        net->ones[i] = 1;
    if (cell) {
        net->window1 = h4l_window_of_float(&net->spec.neuron, net->w + net->at.mix, net->table1,
                                           net->at.n_rates1);
        net->window2 = h4l_window_of_float(&net->spec.neuron, net->w + net->at.mix, net->table2,
                                           net->at.n_rates2);
    }
    return net->spec.conv ? h4l_conv_create(net, err) : h4l_fc_create(net, err);
}

const char h4l_net_openblas[] = "products by OpenBLAS";

int h4l_net_create(const struct h4l_net_spec *spec, size_t batch, struct h4l_pool *pool,
                   struct h4l_net **ret, struct h4l_err *err)
{
    enum h4l_simd level;
    struct h4l_net *net;
    int code = h4l_net_check(spec, err);

    if (code == H4L_OK)
        code = h4l_simd_choose(&level, err);
    if (code)
        return code;
    if (batch < 1 || batch > 4096)
        return h4l_fail(err, H4L_E_RANGE, "batch is %zu; it must be 1 to 4096", batch);
    net = calloc(1, sizeof *net);
    if (!net)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for a network");
    net->spec = *spec;
    net->spec.neuron.cut = spec->cut;
    net->at = h4l_net_layout(spec);
    net->kernels = h4l_net_kernels(level);
    net->windows = spec->neuron.cell ? h4l_cell_windows(spec->neuron.cell, level) : NULL;
    net->pool = pool;
    net->H = (size_t)spec->channels;
    net->P = h4l_net_inputs(spec);
    net->S = spec->neuron.cell ? (size_t)h4l_cell_states(&spec->neuron) : 0;
    net->R = h4l_net_trains(spec);
    net->T = h4l_net_parts(spec);
    net->D = h4l_task_pixels(&spec->task);
    net->E = spec->task.hidden;
    net->O = h4l_task_outputs(&spec->task);
    net->pieces = h4l_net_pieces(spec);
    net->shown = h4l_task_step_pixels(&spec->task, net->T);
    net->beta1 = spec->beta1 > 0 ? spec->beta1 : 0.9;
    net->asked = batch;
    net->batch = (batch + H4L_LANES - 1) / H4L_LANES * H4L_LANES;
    openblas_set_num_threads(1);
    code = create(net, err);
    if (code) {
        h4l_net_destroy(net);
        return code;
    }
    *ret = net;
    return H4L_OK;
}

void h4l_net_destroy(struct h4l_net *net)
{
    if (!net)
        return;
    h4l_true_destroy(net->true_hh);
    for (size_t i = 0; i < net->n_owned; i++)
        free(net->owned[i]);
    free(net->owned);
    free(net);
}

void h4l_net_time_products(struct h4l_net *net)
{
    net->timed = true;
    atomic_store(&net->product_ns, 0);
}

double h4l_net_product_seconds(const struct h4l_net *net)
{
    return 1e-9 * (double)atomic_load(&net->product_ns);
}

const struct h4l_net_spec *h4l_net_spec(const struct h4l_net *net)
{
    return &net->spec;
}

const struct h4l_net_layout *h4l_net_places(const struct h4l_net *net)
{
    return &net->at;
}

void h4l_net_bytes(const struct h4l_net *net, size_t *ret_parameters, size_t *ret_rest)
{
    *ret_parameters = net->bytes_parameters;
    *ret_rest = net->bytes_rest;
}

static void make_tables(const struct h4l_net *net, const double *rates, size_t n, float *tables)
{
    double own[H4L_CELL_RATES];

    for (size_t i = 0; i < n; i++) {
        h4l_net_rates(&net->spec, rates, n, i, own);
        h4l_window_tabulate_float(&net->spec.neuron, own, i, n, tables);
    }
}

void h4l_net_set(struct h4l_net *net, const double *parameters, const double *constants)
{
    size_t n = net->at.parameters;

    for (size_t i = 0; i < n; i++)
        net->w[i] = (float)parameters[i];
    if (net->average)
        memcpy(net->average, net->w, n * sizeof(float));
    memset(net->m, 0, n * sizeof(float));
    memset(net->v, 0, n * sizeof(float));
    net->step = 0;
    if (net->table1)
        make_tables(net, constants + net->at.rates1, net->at.n_rates1, net->table1);
    if (net->table2)
        make_tables(net, constants + net->at.rates2, net->at.n_rates2, net->table2);
}

int h4l_net_start(struct h4l_net *net, uint64_t seed, struct h4l_err *err)
{
    double *parameters = calloc(net->at.parameters, sizeof(double));
    double *constants = calloc(net->at.constants + 1, sizeof(double));
    int code = H4L_OK;

    if (parameters && constants) {
        h4l_net_init(&net->spec, seed, parameters, constants);
        h4l_net_set(net, parameters, constants);
    } else {
        code =
            h4l_fail(err, H4L_E_NOMEM, "no memory for %zu initial parameters", net->at.parameters);
    }
    free(parameters);
    free(constants);
    return code;
}

struct h4l_net_state h4l_net_state(struct h4l_net *net)
{
    return (struct h4l_net_state){.parameters = net->w,
                                  .m = net->m,
                                  .v = net->v,
                                  .average = net->average,
                                  .step = &net->step};
}

void h4l_net_swap_average(struct h4l_net *net)
{
    for (size_t i = 0; i < net->at.parameters && net->average; i++) {
        float kept =
            net->w[i]; // the numbers move, as the windows have a pointer to the mixing weights

        net->w[i] = net->average[i];
        net->average[i] = kept;
    }
}

const float *h4l_net_gradient(const struct h4l_net *net)
{
    return net->g;
}

void h4l_net_load(const struct h4l_net_job *job, size_t i, float *to, size_t stride, size_t pitch)
{
    const struct h4l_net_samples *s = job->samples;
    const struct h4l_net_input *in = job->input;
    size_t number = s->index ? s->index[job->first + i] : job->first + i;
    const size_t side = job->net->spec.task.side, D = job->net->D;
    const uint8_t *pixels = s->pixels + number * D;
    float scale = (float)in->scale, row[H4L_TASK_MAX_SIDE];
    struct h4l_rng rng;

    if (in->fresh_amplitude != 0)
        h4l_rng_init(&rng, in->fresh_seed, "fresh noise", in->fresh_first + number);
    if (!in->noise && in->fresh_amplitude == 0 && stride == 1 && pitch == side) {
        for (size_t k = 0; k < D; k++)
            to[k] = scale * (float)pixels[k];
        return;
    }
    for (size_t y = 0; y < side; y++) {
        for (size_t x = 0; x < side; x++)
            row[x] = (float)pixels[y * side + x];
        if (in->noise)
            for (size_t x = 0; x < side; x++)
                row[x] += in->noise[y * side + x];
        if (in->fresh_amplitude != 0)
            for (size_t x = 0; x < side; x++)
                row[x] += (float)(in->fresh_amplitude * h4l_rng_normal(&rng));
        for (size_t x = 0; x < side; x++)
            to[(y * pitch + x) * stride] = scale * row[x];
    }
}

// Softmax, loss and the gradient to the logits of one sample and task. z: K logits, `ld` apart.
static void cross_entropy(size_t K, const float *z, size_t ld, uint8_t label, float share,
                          float *dz, struct h4l_net_part *part, size_t task)
{
    float top = z[0], e[H4L_TASK_MAX_CLASSES], sum = 0;
    size_t best = 0;

    for (size_t k = 1; k < K; k++)
        if (z[k * ld] > top) {
            top = z[k * ld];
            best = k;
        }
    for (size_t k = 0; k < K; k++) {
        e[k] = expf(z[k * ld] - top);
        sum += e[k];
    }
    part->correct[task] += best == label;
    part->losses[task] += (double)top + log((double)sum) - (double)z[(size_t)label * ld];
    part->loss += (double)top + log((double)sum) - (double)z[(size_t)label * ld];
    for (size_t k = 0; k < K && dz; k++)
        dz[k * ld] = share * (e[k] / sum - (k == label));
}

// ret [rows][ld] = weight [rows][n] times in [n][ld] plus bias, for `columns` columns.
static void linear(size_t rows, size_t n, size_t columns, size_t ld, const float *weight,
                   const float *bias, const float *in, float *ret)
{
    for (size_t j = 0; j < rows; j++)
        for (size_t i = 0; i < columns; i++)
            ret[j * ld + i] = bias[j];
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)columns, (int)n, 1,
                weight, (int)n, in, (int)ld, 1, ret, (int)ld);
}

// Answers of the job's samples among `columns`: losses and their gradients to the logits.
static void answer(const struct h4l_net_job *job, size_t first, size_t used, size_t ld,
                   const float *logits, float *dlogits, struct h4l_net_part *part)
{
    const struct h4l_net_samples *s = job->samples;
    const size_t tasks = job->net->spec.task.tasks, K = job->net->spec.task.classes;

    for (size_t i = 0; i < used; i++) {
        size_t number = job->first + first + i;
        const uint8_t *labels = s->labels + tasks * (s->index ? s->index[number] : number);

        for (size_t task = 0; task < tasks; task++)
            cross_entropy(K, logits + task * K * ld + i, ld, labels[task], 1 / (float)job->n,
                          job->backward ? dlogits + task * K * ld + i : NULL, part, task);
    }
}

// Logits of a shot into the job's, [n][shots][O].
static void hand_out(const struct h4l_net_job *job, size_t shot, size_t first, size_t used,
                     size_t ld, const float *logits)
{
    size_t O = job->net->O;

    for (size_t i = 0; i < used && job->logits; i++)
        for (size_t k = 0; k < O; k++)
            job->logits[((first + i) * job->shots + shot) * O + k] = logits[k * ld + i];
}

// Sum over the samples of the mean of what the readout sees.
static double mean_rate(const struct h4l_net *net, size_t used, size_t ld, const float *r)
{
    enum { SIDE_BY_SIDE = 8 }; // sums that do not wait for each other
    double rate = 0;

    for (size_t j = 0; j < net->at.width; j += SIDE_BY_SIDE) {
        size_t rows = net->at.width - j < SIDE_BY_SIDE ? net->at.width - j : SIDE_BY_SIDE;
        float sum[SIDE_BY_SIDE] = {0};

        for (size_t i = 0; i < used; i++)
            for (size_t k = 0; k < rows; k++)
                sum[k] += r[(j + k) * ld + i];
        for (size_t k = 0; k < rows; k++)
            rate += (double)sum[k];
    }
    return rate / (double)net->at.width;
}

// The heads on what they see, and what follows from the first shot's logits.
static void ask_heads(const struct h4l_net_job *job, size_t first, size_t columns, size_t ld,
                      const float *hidden, float *logits, float *dlogits, struct h4l_net_part *part)
{
    const struct h4l_net *net = job->net;
    const struct h4l_net_gaussian *g = job->wide ? &net->wide.gaussian : &net->gaussian;
    size_t used = job->n > first ? job->n - first : 0;

    used = used < columns ? used : columns;
    for (size_t shot = 0; shot < job->shots; shot++) {
        if (net->spec.bottleneck.on)
            h4l_gaussian_sample(job, shot, first, columns, ld, hidden);
        linear(net->O, net->at.seen, columns, ld, net->w + net->at.head_weight,
               net->w + net->at.head_bias, net->spec.bottleneck.on ? g->z + first : hidden, logits);
        if (shot == 0)
            answer(job, first, used, ld, logits, dlogits, part);
        hand_out(job, shot, first, used, ld, logits);
    }
}

void h4l_net_head(const struct h4l_net_job *job, size_t first, size_t columns, size_t ld,
                  const float *r, float *hidden, float *logits, float *dlogits, float *dhidden,
                  struct h4l_net_part *part)
{
    const struct h4l_net *net = job->net;
    const float *w = net->w;
    bool gaussian = net->spec.bottleneck.on;
    double began = h4l_net_product_begin(net);
    size_t used = job->n > first ? job->n - first : 0;

    *part = (struct h4l_net_part){0};
    linear(net->E, net->at.width, columns, ld, w + net->at.readout_weight, w + net->at.readout_bias,
           r, hidden);
    h4l_net_product_end(job->net, began);
    if (gaussian)
        h4l_gaussian_of_hidden(job, first, columns, ld, hidden, part);
    ask_heads(job, first, columns, ld, hidden, logits, dlogits, part);
    part->rate = mean_rate(net, used < columns ? used : columns, ld, r);
    if (!job->backward)
        return;
    for (size_t i = used; i < columns; i++)
        for (size_t k = 0; k < net->O; k++)
            dlogits[k * ld + i] = 0;
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)net->at.seen, (int)columns,
                (int)net->O, 1, w + net->at.head_weight, (int)net->at.seen, dlogits, (int)ld, 0,
                gaussian ? net->gaussian.dz + first : dhidden, (int)ld);
    if (gaussian)
        h4l_gaussian_back(job, first, columns, ld, hidden, dhidden);
}

void h4l_net_head_gradient(const struct h4l_net_job *job, size_t columns, size_t ld,
                           const float *seen, const float *dlogits, const float *dhidden, float *g)
{
    const struct h4l_net *net = job->net;
    const int E = (int)net->E, O = (int)net->O, n = (int)net->at.seen;

    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, O, n, (int)columns, 1, dlogits, (int)ld,
                seen, (int)ld, 0, g + net->at.head_weight, n);
    cblas_sgemv(CblasRowMajor, CblasNoTrans, O, (int)columns, 1, dlogits, (int)ld, net->ones, 1, 0,
                g + net->at.head_bias, 1);
    cblas_sgemv(CblasRowMajor, CblasNoTrans, E, (int)columns, 1, dhidden, (int)ld, net->ones, 1, 0,
                g + net->at.readout_bias, 1);
}

// The average goes `share` of the way to the parameters.
static void average(double share, size_t n, const float *restrict parameters, float *restrict ret)
{
    for (size_t i = 0; i < n; i++)
        ret[i] += (float)share * (parameters[i] - ret[i]);
}

void h4l_net_update(const struct h4l_net_job *job, size_t at, size_t n)
{
    struct h4l_net *net = job->net;

    if (!job->update)
        return;
    net->kernels->adam(job->scale1, job->scale2, (float)net->spec.l2, net->beta1, n, net->g + at,
                       net->w + at, net->m + at, net->v + at);
    if (net->average)
        average(1 - net->spec.average, n, net->w + at, net->average + at);
}

static void add_reports(struct h4l_net *net, size_t padded, struct h4l_net_windows *sum)
{
    size_t blocks = (net->H + net->block - 1) / net->block;

    sum->run += net->H * padded;
    for (size_t i = 0; i < blocks; i++) {
        sum->blown_up += net->reports[i].blown_up;
        sum->outside += net->reports[i].outside;
        sum->clipped += net->reports[i].clipped;
    }
}

static void run(struct h4l_net_job *job, struct h4l_net_stats *stats)
{
    struct h4l_net *net = job->net;
    size_t columns = net->spec.conv ? H4L_LANES : H4L_NET_COLUMNS;

    job->padded = (job->n + H4L_LANES - 1) / H4L_LANES * H4L_LANES;
    if (net->spec.conv)
        h4l_conv_run(job);
    else if (job->wide)
        h4l_fc_infer(job);
    else
        h4l_fc_run(job);
    stats->n += job->n;
    for (size_t i = 0; i * columns < job->n; i++) {
        stats->loss += net->parts[i].loss;
        stats->rate += net->parts[i].rate;
        stats->gaussian.squares += net->parts[i].gaussian.squares;
        stats->gaussian.logs += net->parts[i].gaussian.logs;
        for (size_t task = 0; task < H4L_TASK_MAX_TASKS; task++) {
            stats->losses[task] += net->parts[i].losses[task];
            stats->correct[task] += net->parts[i].correct[task];
        }
    }
    if (net->true_hh)
        add_reports(net, job->padded, &stats->windows);
}

static int check_samples(const struct h4l_net *net, const struct h4l_net_samples *s, size_t most,
                         struct h4l_err *err)
{
    if (s->n < 1 || s->n > most)
        return h4l_fail(err, H4L_E_RANGE,
                        "%zu samples; this network was made for 1 to %zu in a batch", s->n,
                        net->asked);
    return H4L_OK;
}

int h4l_net_train(struct h4l_net *net, const struct h4l_net_samples *samples,
                  const struct h4l_net_input *input, double learning_rate,
                  struct h4l_net_stats *stats, struct h4l_err *err)
{
    struct h4l_net_job job = {.net = net,
                              .samples = samples,
                              .input = input,
                              .n = samples->n,
                              .backward = true,
                              .update = true};
    int code = check_samples(net, samples, net->asked, err);

    if (code)
        return code;
    job.shots = 1;
    net->step++;
    job.scale1 = (float)(learning_rate / (1 - pow(net->beta1, (double)net->step)));
    job.scale2 = (float)(1 / sqrt(1 - pow(0.999, (double)net->step)));
    run(&job, stats);
    return H4L_OK;
}

int h4l_net_differentiate(struct h4l_net *net, const struct h4l_net_samples *samples,
                          const struct h4l_net_input *input, struct h4l_net_stats *stats,
                          struct h4l_err *err)
{
    struct h4l_net_job job = {.net = net,
                              .samples = samples,
                              .input = input,
                              .n = samples->n,
                              .shots = 1,
                              .backward = true};
    int code = check_samples(net, samples, net->asked, err);

    if (code)
        return code;
    run(&job, stats);
    return H4L_OK;
}

int h4l_net_infer(struct h4l_net *net, const struct h4l_net_samples *samples,
                  const struct h4l_net_input *input, struct h4l_net_stats *stats, float *logits,
                  struct h4l_err *err)
{
    bool wide = !net->spec.conv && !net->true_hh && net->batch < H4L_NET_WIDE &&
                net->batch % H4L_NET_COLUMNS == 0;
    size_t batch = wide ? H4L_NET_WIDE : net->batch, shots = input->shots ? input->shots : 1;
    int code = check_samples(net, samples, SIZE_MAX, err);

    if (code == H4L_OK && shots > (net->spec.bottleneck.on ? H4L_BOTTLENECK_MAX_SHOTS : 1))
        code = h4l_fail(err, H4L_E_RANGE, "shots is %zu; it must be 1, with a bottleneck up to %d",
                        shots, H4L_BOTTLENECK_MAX_SHOTS);
    if (code == H4L_OK && wide)
        code = h4l_fc_infer_begin(net, err);
    for (size_t first = 0; code == H4L_OK && first < samples->n; first += batch) {
        size_t rest = samples->n - first;
        struct h4l_net_job job = {.net = net,
                                  .samples = samples,
                                  .input = input,
                                  .first = first,
                                  .n = rest < batch ? rest : batch,
                                  .shots = shots,
                                  .wide = wide,
                                  .logits = logits ? logits + first * shots * net->O : NULL};

        run(&job, stats);
    }
    return code;
}
