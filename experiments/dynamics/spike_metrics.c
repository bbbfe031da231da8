// spike-metrics: every distance between two spike trains that come from files; of many trains: spike_matrices.c.
#include "dynamics.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/spike_coincidence.h"
#include "analysis/spike_distance.h"
#include "analysis/spike_metric.h"
#include "spike_files.h"

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

// How far the Victor-Purpura distance is, which takes the product of the two lengths.
struct progress {
    struct h4l_run *run;
    double done, total;
};

static int look(void *ctx, size_t steps)
{
    struct progress *p = ctx;

    p->done += (double)steps;
    h4l_run_progress(p->run, "Victor-Purpura", p->done, p->total);
    return h4l_run_interrupted(p->run);
}

static int time_scaled(struct h4l_run *run, struct h4l_spikes a, struct h4l_spikes b,
                       struct h4l_window w, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    double vp, vr[2], tau = o->tau_ms;
    struct h4l_gamma greedy, swapped, one;
    struct h4l_gamma_options gamma = {o->delta_ms, H4L_MATCH_GREEDY, 0};
    struct progress progress = {run, 0, (double)a.n * (double)b.n};
    const struct h4l_watch watch = {look, &progress};
    int code;

    if ((code = h4l_victor_purpura_watched(a, b, o->q_per_ms, &watch, &vp, err)) ||
        (code = h4l_van_rossum(a, b, tau, H4L_VAN_ROSSUM_2001, &vr[0], err)) ||
        (code = h4l_van_rossum(a, b, tau, H4L_VAN_ROSSUM_UNIT, &vr[1], err)) ||
        (code = h4l_gamma(a, b, w, &gamma, &greedy, err)) ||
        (code = h4l_gamma(b, a, w, &gamma, &swapped, err)))
        return code;
    gamma.matching = H4L_MATCH_ONE_TO_ONE;
    if ((code = h4l_gamma(a, b, w, &gamma, &one, err)))
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

static int compare_two(struct h4l_run *run, const char *const path[2], struct h4l_err *err)
{
    struct h4l_train_files files = {0};
    struct h4l_spikes a, b;
    struct h4l_window w;
    int code = H4L_OK;

    for (int i = 0; i < 2 && !code; i++)
        code = h4l_train_file_read(run, path[i], &files, err);
    if (!code)
        code = h4l_train_window(run, &files, path, &w, err);
    if (!code) {
        a = h4l_train_of(&files, 0);
        b = h4l_train_of(&files, 1);
        if (!(code = time_resolved(run, a, b, w, err)) && !(code = time_scaled(run, a, b, w, err)))
            code = intervals(run, a, b, err);
    }
    h4l_train_files_free(&files);
    return code;
}

int h4l_dynamics_spike_metrics(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_dynamics_options *o = h4l_run_options(run);
    const char *const path[2] = {o->a, o->b}, *trains = o->trains;

    if (!path[0] && !path[1] && !trains)
        return h4l_fail(err, H4L_E_SKIP,
                        "spike-metrics works on files of yours: give --set a=FILE --set b=FILE, or "
                        "--set trains=FILE");
    if (trains && (path[0] || path[1]))
        return h4l_fail(err, H4L_E_USAGE,
                        "spike-metrics takes either two files, a and b, or one with many trains, "
                        "not both");
    if (trains)
        return h4l_dynamics_spike_matrices(run, trains, err);
    if (!path[0] || !path[1])
        return h4l_fail(err, H4L_E_USAGE, "spike-metrics needs two files: --set %s=FILE is missing",
                        path[0] ? "b" : "a");
    return compare_two(run, path, err);
}
