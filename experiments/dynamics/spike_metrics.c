// spike-metrics: every distance between two spike trains that come from files, one time per line in ms.
#include "dynamics.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/spike_coincidence.h"
#include "analysis/spike_distance.h"
#include "analysis/spike_metric.h"
#include "base/file.h"

// One number per line; blank lines and lines that start with # are left out.
static int parse_train(const char *path, char *text, double **ret_t, size_t *ret_n,
                       struct h4l_err *err)
{
    size_t n = 0, room = 0, line = 0;
    double *t = NULL;
    char *rest = text, *row;

    while ((row = strsep(&rest, "\n"))) {
        char *end;
        line++;
        while (isspace((unsigned char)*row))
            row++;
        if (!*row || *row == '#')
            continue;
        if (n == room) {
            size_t more = room ? 2 * room : 256;
            double *grown = realloc(t, more * sizeof *t);
            if (!grown) {
                free(t);
                return h4l_fail(err, H4L_E_NOMEM, "%s: no memory for %zu spikes", path, more);
            }
            t = grown;
            room = more;
        }
        t[n] = strtod(row, &end);
        while (isspace((unsigned char)*end))
            end++;
        if (end == row || *end || !isfinite(t[n]) || (n && !(t[n] > t[n - 1]))) {
            int order = end != row && !*end && isfinite(t[n]);
            free(t);
            return h4l_fail(err, H4L_E_DATA,
                            order ? "%s, line %zu: expected a later time than on the line before, "
                                    "found \"%.40s\""
                                  : "%s, line %zu: expected one spike time (ms), found \"%.40s\"",
                            path, line, row);
        }
        n++;
    }
    *ret_t = t;
    *ret_n = n;
    return H4L_OK;
}

static int read_train(struct h4l_run *run, const char *path, double **ret_t, struct h4l_spikes *ret,
                      struct h4l_err *err)
{
    char *text, hash[65];
    size_t bytes;
    int code = h4l_read_file(path, (size_t)1 << 30, &text, &bytes, err);

    if (code)
        return code;
    h4l_sha256(text, bytes, hash);
    if (strlen(text) != bytes)
        code = h4l_fail(err, H4L_E_DATA,
                        "%s: expected text with one spike time per line, found a 0 byte", path);
    else
        code = parse_train(path, text, ret_t, &ret->n, err);
    free(text);
    if (code)
        return code;
    ret->t = *ret_t;
    h4l_provenance_data(run, path, hash);
    return H4L_OK;
}

static int time_resolved(struct h4l_run *run, struct h4l_spikes a, struct h4l_spikes b,
                         struct h4l_window w, struct h4l_err *err)
{
    double isi[2], spike[2], sync[2];
    int code;

    for (int i = 0; i < 2; i++)
        if ((code = h4l_isi_distance(a, b, w, i ? H4L_EDGE_AUX : H4L_EDGE_MAX, &isi[i], err)) ||
            (code = h4l_spike_distance(a, b, w, i ? H4L_EDGE_AUX : H4L_EDGE_MAX, &spike[i], err)) ||
            (code = h4l_spike_synchronization(a, b, w, i, &sync[i], err)))
            return code;
    h4l_metric_real(run, "isi_distance", isi[0]);
    h4l_metric_real(run, "isi_distance_auxiliary_edges", isi[1]);
    h4l_metric_real(run, "spike_distance", spike[0]);
    h4l_metric_real(run, "spike_distance_auxiliary_edges", spike[1]);
    h4l_metric_real(run, "spike_synchronization", sync[0]);
    h4l_metric_real(run, "spike_synchronization_inclusive", sync[1]);
    return H4L_OK;
}

static int time_scaled(struct h4l_run *run, struct h4l_spikes a, struct h4l_spikes b,
                       struct h4l_window w, struct h4l_err *err)
{
    double vp, vr[2], tau = h4l_run_real(run, "tau_ms");
    struct h4l_gamma greedy, swapped, one;
    struct h4l_gamma_options o = {h4l_run_real(run, "delta_ms"), H4L_MATCH_GREEDY, 0};
    int code;

    if ((code = h4l_victor_purpura(a, b, h4l_run_real(run, "q_per_ms"), &vp, err)) ||
        (code = h4l_van_rossum(a, b, tau, H4L_VAN_ROSSUM_2001, &vr[0], err)) ||
        (code = h4l_van_rossum(a, b, tau, H4L_VAN_ROSSUM_UNIT, &vr[1], err)) ||
        (code = h4l_gamma(a, b, w, &o, &greedy, err)) ||
        (code = h4l_gamma(b, a, w, &o, &swapped, err)))
        return code;
    o.matching = H4L_MATCH_ONE_TO_ONE;
    if ((code = h4l_gamma(a, b, w, &o, &one, err)))
        return code;
    h4l_metric_real(run, "victor_purpura", vp);
    h4l_metric_real(run, "van_rossum", vr[0]);
    h4l_metric_real(run, "van_rossum_squared", vr[0] * vr[0]);
    h4l_metric_real(run, "van_rossum_unit", vr[1]);
    h4l_metric_real(run, "van_rossum_unit_squared", vr[1] * vr[1]);
    h4l_metric_real(run, "gamma", greedy.gamma); // a: data, b: model
    h4l_metric_int(run, "coincidences", (long long)greedy.coincidences);
    h4l_metric_real(run, "gamma_b_data_a_model", swapped.gamma);
    h4l_metric_real(run, "gamma_one_to_one", one.gamma);
    return H4L_OK;
}

static int intervals(struct h4l_run *run, struct h4l_spikes a, struct h4l_spikes b,
                     struct h4l_err *err)
{
    struct h4l_isi_stats s[2];
    int code;

    if ((code = h4l_spikes_isi(a, &s[0], err)) || (code = h4l_spikes_isi(b, &s[1], err)))
        return code;
    h4l_metric_ints(run, "spikes", (long long[]){(long long)a.n, (long long)b.n}, 2);
    h4l_metric_reals(run, "mean_isi_ms", (double[]){s[0].mean, s[1].mean}, 2);
    h4l_metric_reals(run, "cv", (double[]){s[0].cv, s[1].cv}, 2);
    h4l_metric_reals(run, "cv2", (double[]){s[0].cv2, s[1].cv2}, 2);
    h4l_metric_reals(run, "lv", (double[]){s[0].lv, s[1].lv}, 2);
    return H4L_OK;
}

int h4l_dynamics_spike_metrics(struct h4l_run *run, struct h4l_err *err)
{
    const char *path[2] = {h4l_run_text(run, "a"), h4l_run_text(run, "b")};
    double *t[2] = {NULL, NULL};
    struct h4l_spikes train[2] = {{0}, {0}};
    struct h4l_window w = {h4l_run_real(run, "t_start_ms"), 0};
    int code = H4L_OK;

    if (!path[0] && !path[1])
        return h4l_fail(err, H4L_E_SKIP,
                        "spike-metrics compares two files: give --set a=FILE --set b=FILE");
    if (!path[0] || !path[1])
        return h4l_fail(err, H4L_E_USAGE, "spike-metrics needs two files: --set %s=FILE is missing",
                        path[0] ? "b" : "a");
    for (int i = 0; i < 2 && !code; i++)
        code = read_train(run, path[i], &t[i], &train[i], err);
    if (!code) {
        w.end = h4l_run_given(run, "t_end_ms") ? h4l_run_real(run, "t_end_ms") : w.start;
        for (int i = 0; i < 2 && !h4l_run_given(run, "t_end_ms"); i++)
            if (train[i].n)
                w.end = fmax(w.end, train[i].t[train[i].n - 1]);
        h4l_run_record_param(run, "t_end_ms", json_real(w.end));
        if (!(w.end > w.start))
            code = h4l_fail(err, H4L_E_USAGE,
                            "window from %g to %g ms is empty: set t_start_ms and t_end_ms",
                            w.start, w.end);
    }
    for (int i = 0; i < 2 && !code; i++)
        if ((code = h4l_spikes_check_window(train[i], w, err)))
            code = h4l_fail_context(err, code, "%s", path[i]);
    if (!code && !(code = time_resolved(run, train[0], train[1], w, err)) &&
        !(code = time_scaled(run, train[0], train[1], w, err)))
        code = intervals(run, train[0], train[1], err);
    free(t[0]);
    free(t[1]);
    return code;
}
