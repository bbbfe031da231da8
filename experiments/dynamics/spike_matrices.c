// spike-metrics of many trains: the distance of every pair, as matrices.
#include "dynamics.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "analysis/spike_distance.h"
#include "analysis/spike_metric.h"
#include "spike_files.h"

enum { ISI, SPIKE, VICTOR_PURPURA, VAN_ROSSUM, KINDS };
static const char *const names[KINDS] = {"isi_distance_matrix", "spike_distance_matrix",
                                         "victor_purpura_matrix", "van_rossum_matrix"};

struct matrices {
    struct h4l_run *run;
    const struct h4l_train_files *files;
    struct h4l_window window;
    double q, tau;
    double *d[KINDS]; // [n * n], row-major
    double total;     // steps of the Victor-Purpura distances of all pairs
    atomic_size_t done;
};

struct pair {
    struct matrices *m;
    int worker;
};

static int look(void *ctx, size_t steps)
{
    const struct pair *pair = ctx;
    size_t done = atomic_fetch_add(&pair->m->done, steps) + steps;

    if (pair->worker == 0) // the main thread
        h4l_run_progress(pair->m->run, "pairs", (double)done, pair->m->total);
    return h4l_run_interrupted(pair->m->run);
}

static int measure(struct matrices *m, size_t i, size_t j, int worker, double ret[KINDS],
                   struct h4l_err *err)
{
    struct h4l_spikes a = h4l_train_of(m->files, i), b = h4l_train_of(m->files, j);
    struct pair pair = {m, worker};
    const struct h4l_watch watch = {look, &pair};
    int code = h4l_isi_distance(a, b, m->window, H4L_EDGE_MAX, &ret[ISI], err);

    if (!code)
        code = h4l_spike_distance(a, b, m->window, H4L_EDGE_MAX, &ret[SPIKE], err);
    if (!code)
        code = h4l_victor_purpura_watched(a, b, m->q, &watch, &ret[VICTOR_PURPURA], err);
    if (!code)
        code = h4l_van_rossum(a, b, m->tau, H4L_VAN_ROSSUM_2001, &ret[VAN_ROSSUM], err);
    return code;
}

// Row i: its pairs with the trains behind it. The distances are symmetric, and 0 to itself.
static int row_item(void *ctx, size_t i, int worker, struct h4l_err *err)
{
    struct matrices *m = ctx;
    size_t n = m->files->n;
    int code = H4L_OK;

    for (size_t j = i + 1; j < n && !code; j++) {
        double d[KINDS];

        if (h4l_run_interrupted(m->run))
            return h4l_fail(err, H4L_E_INTERRUPT, "interrupted");
        code = measure(m, i, j, worker, d, err);
        for (int k = 0; k < KINDS && !code; k++)
            m->d[k][i * n + j] = m->d[k][j * n + i] = d[k];
    }
    return code;
}

static const struct h4l_column pair_columns[] = {
    {"train_a", "1", "first train, from 1 in the order of the file"},
    {"train_b", "1", "second train"},
    {"isi_distance", "1", "ISI-distance"},
    {"spike_distance", "1", "SPIKE-distance"},
    {"victor_purpura", "1", "distance of Victor and Purpura"},
    {"van_rossum", "1", "van Rossum's distance"},
};
const struct h4l_series h4l_spike_pairs_series =
    H4L_SERIES("spike-metrics-pairs.csv", "pair of trains", pair_columns);

static int put_pairs(struct matrices *m, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(m->run, &h4l_spike_pairs_series, NULL, err);
    size_t n = m->files->n;

    if (!csv)
        return err->code;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            size_t at = i * n + j;
            h4l_csv_row(csv,
                        (double[]){(double)i + 1, (double)j + 1, m->d[ISI][at], m->d[SPIKE][at],
                                   m->d[VICTOR_PURPURA][at], m->d[VAN_ROSSUM][at]});
        }
    return H4L_OK;
}

static void put_metrics(struct matrices *m)
{
    size_t n = m->files->n;
    json_t *trains = json_array(), *counts = json_array();

    for (size_t i = 0; i < n; i++) {
        h4l_json_add(&trains, json_string(m->files->trains[i].name));
        h4l_json_add(&counts, json_integer((json_int_t)m->files->trains[i].n));
    }
    h4l_metric_json(m->run, "train_names", trains);
    h4l_metric_json(m->run, "spikes", counts);
    for (int k = 0; k < KINDS; k++)
        h4l_metric_reals(m->run, names[k], m->d[k], n * n);
}

static int fill(struct matrices *m, struct h4l_err *err)
{
    size_t n = m->files->n;

    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            m->total += (double)m->files->trains[i].n * (double)m->files->trains[j].n;
    for (int k = 0; k < KINDS; k++) {
        m->d[k] = calloc(n * n, sizeof *m->d[k]);
        if (!m->d[k])
            return h4l_fail(err, H4L_E_NOMEM, "no memory for the distances of %zu trains", n);
    }
    return h4l_parallel_for(h4l_run_pool(m->run), n, row_item, m, err);
}

int h4l_dynamics_spike_matrices(struct h4l_run *run, const char *path, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    struct h4l_train_files files = {0};
    struct matrices m = {.run = run, .files = &files, .q = o->q_per_ms, .tau = o->tau_ms};
    int code = h4l_train_files_read(run, path, &files, err);

    if (!code && files.n < 2)
        code =
            h4l_fail(err, H4L_E_DATA, "%s: expected at least two trains, found %zu", path, files.n);
    if (!code)
        code = h4l_train_window(run, &files, NULL, &m.window, err);
    if (!code)
        code = fill(&m, err);
    if (!code)
        code = put_pairs(&m, err);
    if (!code)
        put_metrics(&m);
    for (int k = 0; k < KINDS; k++)
        free(m.d[k]);
    h4l_train_files_free(&files);
    return code;
}
