// F1: parameters and memory. F3: measured speed of the engine.
#include "efficiency.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analysis/statistics.h"
#include "base/rng.h"
#include "data/multi.h"
#include "net/engine.h"

enum { ROUNDS = 32 };

// Random images and labels: speed and memory do not depend on what they show.
struct images {
    uint8_t pixels[H4L_EFFICIENCY_BATCH * H4L_MULTI_PIXELS],
        labels[H4L_EFFICIENCY_BATCH * H4L_MULTI_TASKS];
};

static struct images *make_images(uint64_t seed)
{
    struct images *images = malloc(sizeof *images);
    struct h4l_rng rng;

    if (!images)
        return NULL;
    h4l_rng_init(&rng, seed, "efficiency images", 0);
    for (size_t i = 0; i < sizeof images->pixels;
         i++) // two pixels of three are dark, as in the data
        images->pixels[i] = (uint8_t)(h4l_rng_below(&rng, 3) ? 0 : h4l_rng_below(&rng, 256));
    for (size_t i = 0; i < sizeof images->labels; i++)
        images->labels[i] = (uint8_t)h4l_rng_below(&rng, H4L_MULTI_CLASSES);
    return images;
}

static int make_net(const char *name, size_t batch, struct h4l_pool *pool, uint64_t seed,
                    struct h4l_net **ret, struct h4l_err *err)
{
    struct h4l_net_spec spec;
    int code = h4l_net_published(name, &spec, err);

    if (code == H4L_OK)
        code = h4l_net_create(&spec, batch, pool, ret, err);
    if (code == H4L_OK) {
        code = h4l_net_start(*ret, seed, err);
        if (code)
            h4l_net_destroy(*ret);
    }
    return code;
}

// Trains one batch in a process of its own and gives that process's peak resident set, NAN if that does not work.
static double peak_in_child(const char *name, size_t batch, const struct images *images)
{
    struct rusage usage;
    int status = 1;
    pid_t pid = fork();

    if (pid == 0) {
        struct h4l_net_samples samples = {
            .n = batch, .pixels = images->pixels, .labels = images->labels};
        struct h4l_net_input input = {.scale = 1};
        struct h4l_net_stats stats = {0};
        struct h4l_net *net;

        if (make_net(name, batch, NULL, 1, &net, NULL) ||
            h4l_net_train(net, &samples, &input, 1e-4, &stats, NULL))
            _exit(1);
        _exit(0);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0)
        return NAN;
    return 1024.0 * (double)usage.ru_maxrss;
}

static const struct h4l_column memory_columns[] = {
    {"model", "", "network"},
    {"parameters", "", "parameters"},
    {"parameter_bytes", "byte", "memory of the parameters"},
    {"gradient_bytes", "byte", "memory of their gradients"},
    {"optimiser_bytes", "byte", "memory of Adam's two moments"},
    {"activation_bytes", "byte", "everything else that training keeps for a batch"},
};
const struct h4l_series h4l_memory_series =
    H4L_SERIES("memory-models.csv", "network", memory_columns);

int h4l_efficiency_memory(struct h4l_run *run, struct h4l_err *err)
{
    enum { ROWS = sizeof memory_columns / sizeof *memory_columns - 1 };
    double table[ROWS][H4L_EFFICIENCY_MODELS];
    size_t batch = ((const struct h4l_efficiency_options *)h4l_run_options(run))->batch;
    struct images *images = make_images(h4l_run_seed(run));
    int code = images ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a batch of images");

    for (size_t m = 0; m < H4L_EFFICIENCY_MODELS && code == H4L_OK; m++) {
        const char *model = h4l_efficiency_models[m];
        size_t parameters, rest, n;
        struct h4l_net *net;
        char timing[80];

        code = make_net(model, batch, NULL, 1, &net, err);
        if (code)
            break;
        n = h4l_net_places(net)->parameters;
        h4l_net_bytes(net, &parameters, &rest);
        table[0][m] = (double)n;
        table[1][m] = table[2][m] = (double)(n * sizeof(float));
        table[3][m] = 2 * table[1][m];
        table[4][m] = (double)rest;
        h4l_net_destroy(net);
        snprintf(timing, sizeof timing, "peak_rss_%s_bytes", model);
        h4l_provenance_timing(run, timing, peak_in_child(model, batch, images));
    }
    if (code == H4L_OK) {
        h4l_efficiency_name_models(run);
        for (int row = 0; row < ROWS; row++)
            h4l_efficiency_per_model(run, memory_columns[row + 1].name, table[row]);
        code = h4l_efficiency_table(run, &h4l_memory_series,
                                    (const double(*)[H4L_EFFICIENCY_MODELS])table, err);
    }
    free(images);
    return code;
}

// ---- speed ----

struct speeds {
    double train[H4L_EFFICIENCY_MODELS][ROUNDS], infer[H4L_EFFICIENCY_MODELS][ROUNDS];
};

// With the CPU clock one thread is measured in seconds of the CPU, which other work on the machine disturbs less.
static bool by_cpu(const struct h4l_run *run)
{
    const struct h4l_efficiency_options *o = h4l_run_options(run);

    return !o->wall_clock;
}

double h4l_efficiency_now(bool cpu)
{
    struct timespec t;

    clock_gettime(cpu ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Samples per second over the batches of a measurement.
static int measure(const struct h4l_run *run, struct h4l_net *net, const struct images *images,
                   bool train, double *ret, struct h4l_err *err)
{
    const struct h4l_efficiency_options *o = h4l_run_options(run);
    struct h4l_net_samples samples = {
        .n = o->batch, .pixels = images->pixels, .labels = images->labels};
    struct h4l_net_input input = {.scale = 1};
    struct h4l_net_stats stats = {0};
    bool cpu = by_cpu(run);
    double start = h4l_efficiency_now(cpu);
    int code = H4L_OK;

    for (int i = 0; i < o->batches && code == H4L_OK; i++)
        code = train ? h4l_net_train(net, &samples, &input, 1e-4, &stats, err)
                     : h4l_net_infer(net, &samples, &input, &stats, NULL, err);
    *ret = (double)o->batch * o->batches / (h4l_efficiency_now(cpu) - start);
    return code;
}

int h4l_efficiency_ratio(struct h4l_run *run, const char *name, const double *a, const double *b,
                         size_t rounds, struct h4l_err *err)
{
    double logs[ROUNDS];
    struct h4l_interval i;
    char low[140];
    int code;

    for (size_t r = 0; r < rounds; r++)
        logs[r] = log(a[r] / b[r]);
    code = h4l_t_interval(logs, rounds, 0.95, &i, err);
    if (code)
        return code;
    h4l_provenance_timing(run, name, exp(h4l_mean(logs, rounds)));
    snprintf(low, sizeof low, "%s_low", name);
    h4l_provenance_timing(run, low, exp(i.lo));
    return H4L_OK;
}

static int note_ratio(struct h4l_run *run, const char *what, size_t a, size_t b,
                      const double (*speed)[ROUNDS], size_t rounds, struct h4l_err *err)
{
    char name[120];

    snprintf(name, sizeof name, "ratio_%s_%s_over_%s", what, h4l_efficiency_models[a],
             h4l_efficiency_models[b]);
    return h4l_efficiency_ratio(run, name, speed[a], speed[b], rounds, err);
}

static int measure_all(struct h4l_run *run, const struct images *images, struct h4l_net **nets,
                       size_t rounds, struct speeds *speeds, struct h4l_err *err)
{
    int code = H4L_OK;

    // Round by round through all models, so that a disturbance of the machine hits them alike.
    for (size_t r = 0; r < rounds && code == H4L_OK; r++)
        for (size_t m = 0; m < H4L_EFFICIENCY_MODELS && code == H4L_OK; m++) {
            h4l_run_progress(run, h4l_efficiency_models[m], (double)(r * H4L_EFFICIENCY_MODELS + m),
                             (double)rounds * H4L_EFFICIENCY_MODELS);
            code = measure(run, nets[m], images, true, &speeds->train[m][r], err);
            if (code == H4L_OK)
                code = measure(run, nets[m], images, false, &speeds->infer[m][r], err);
            if (code == H4L_OK && h4l_run_interrupted(run))
                code = h4l_fail(err, H4L_E_INTERRUPT, "the measurement of speed was stopped");
        }
    return code;
}

static int report(struct h4l_run *run, const struct speeds *speeds, size_t rounds,
                  struct h4l_err *err)
{
    // Index of each model in h4l_efficiency_models: HH against s-LIF2HH, 4LIF and LIF.
    static const size_t pairs[][2] = {{5, 7}, {5, 1}, {5, 3}, {4, 6}, {4, 0}, {4, 2}};
    int code = H4L_OK;

    for (size_t m = 0; m < H4L_EFFICIENCY_MODELS; m++)
        for (int train = 0; train < 2; train++) {
            const double *s = train ? speeds->train[m] : speeds->infer[m];
            char name[80];
            double best = 0;

            for (size_t r = 0; r < rounds; r++)
                best = fmax(best, s[r]);
            snprintf(name, sizeof name, "%s_%s_samples_per_%ss", train ? "train" : "infer",
                     h4l_efficiency_models[m], by_cpu(run) ? "cpu_" : "");
            h4l_provenance_timing(run, name, best);
        }
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs && code == H4L_OK; i++) {
        code = note_ratio(run, "train", pairs[i][0], pairs[i][1], speeds->train, rounds, err);
        if (code == H4L_OK)
            code = note_ratio(run, "infer", pairs[i][0], pairs[i][1], speeds->infer, rounds, err);
    }
    h4l_efficiency_name_models(run);
    h4l_metric_int(run, "rounds", (long long)rounds);
    return code;
}

int h4l_efficiency_speed(struct h4l_run *run, struct h4l_err *err)
{
    struct images *images = make_images(h4l_run_seed(run));
    struct speeds *speeds = calloc(1, sizeof *speeds);
    struct h4l_net *nets[H4L_EFFICIENCY_MODELS] = {0};
    const struct h4l_efficiency_options *o = h4l_run_options(run);
    size_t rounds = o->rounds;
    int code = H4L_OK;

    if (!images || !speeds)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for a batch of images");
    for (size_t m = 0; m < H4L_EFFICIENCY_MODELS && code == H4L_OK; m++)
        code = make_net(h4l_efficiency_models[m], o->batch, by_cpu(run) ? NULL : h4l_run_pool(run),
                        1, &nets[m], err);
    if (code == H4L_OK)
        code = measure_all(run, images, nets, rounds, speeds, err);
    if (code == H4L_OK)
        code = report(run, speeds, rounds, err);
    for (size_t m = 0; m < H4L_EFFICIENCY_MODELS; m++)
        h4l_net_destroy(nets[m]);
    free(images);
    free(speeds);
    return code;
}
