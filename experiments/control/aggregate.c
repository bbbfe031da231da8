// Aggregates over seeds as reinforcement learning now reports them (Agarwal et al., NeurIPS 2021): interquartile mean with a
// bootstrap interval, and the probability of improvement, per environment and stratified over both environments. Reads the
// results that other cases of this family left in the same folder.
#include "control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/bootstrap.h"
#include "base/file.h"
#include "base/json.h"

enum { MODELS = 5 };

static const char *const models[MODELS] = {"lif", "hh", "slif2hh", "4lif", "ann"};
static const struct {
    const char *name, *prefix;
} tasks[] = {
    {"ip", "ip-"},
    {"idp", "idp-"},
    {"noise_idp", "noise-idp-"},
    {"stated_ip", "stated-ip-"},
    {"stated_idp", "stated-idp-"},
    {"stated_noise_idp", "stated-noise-idp-"},
};
enum { TASKS = sizeof tasks / sizeof tasks[0] };

// Comparisons of models, and of tasks taken together (strata).
static const struct {
    const char *name;
    int a, b; // models
} pairs[] = {
    {"hh_over_lif", 1, 0},  {"slif2hh_over_lif", 2, 0},  {"hh_over_slif2hh", 1, 2},
    {"hh_over_4lif", 1, 3}, {"slif2hh_over_4lif", 2, 3}, {"hh_over_ann", 1, 4},
};
static const struct {
    const char *name;
    int n, tasks[2];
} groups[] = {
    {"ip", 1, {0}},
    {"idp", 1, {1}},
    {"noise_idp", 1, {2}},
    {"stated_ip", 1, {3}},
    {"stated_idp", 1, {4}},
    {"stated_noise_idp", 1, {5}},
    {"both_pendulums", 2, {0, 1}},
    {"stated_both_pendulums", 2, {3, 4}},
};

struct scores {
    size_t n;
    double x[H4L_CONTROL_MAX_SEEDS];            // area under the curve
    double final_return[H4L_CONTROL_MAX_SEEDS]; // native return of the final evaluation
};

struct aggregate {
    struct h4l_run *run;
    struct scores scores[TASKS][MODELS];
    int found;
};

// Whether the result was made by this tier, so that it may be mixed with the others.
static bool same_tier(const struct h4l_run *run, const json_t *result)
{
    static const char *const names[] = {"quick", "standard", "full"};
    const char *tier = json_string_value(json_object_get(result, "tier"));

    return tier && strcmp(tier, names[h4l_run_tier(run)]) == 0;
}

static int read_result(struct aggregate *a, const char *path, struct scores *ret,
                       struct h4l_err *err)
{
    json_t *result;
    char hex[65];
    int code = h4l_json_read(path, &result, err);

    if (code)
        return code;
    const json_t *metrics = json_object_get(result, "metrics");
    const json_t *area = json_object_get(metrics, "area_under_curve");
    const json_t *last = json_object_get(metrics, "final_evaluation_return");
    size_t n = json_array_size(area);
    if (n == 0 || n > H4L_CONTROL_MAX_SEEDS || json_array_size(last) != n)
        code = h4l_fail(err, H4L_E_DATA,
                        "%s: no array area_under_curve by seed: run its case again", path);
    if (code == H4L_OK && same_tier(a->run, result)) {
        for (size_t i = 0; i < n; i++) {
            ret->x[i] = json_number_value(json_array_get(area, i));
            ret->final_return[i] = json_number_value(json_array_get(last, i));
        }
        ret->n = n;
        a->found++;
    }
    json_decref(result);
    if (code == H4L_OK)
        code = h4l_sha256_file(path, hex, err);
    if (code == H4L_OK)
        h4l_provenance_data(a->run, path, hex);
    return code;
}

static int read_all(struct aggregate *a, struct h4l_err *err)
{
    int code = H4L_OK;

    for (int t = 0; t < TASKS; t++)
        for (int m = 0; m < MODELS && code == H4L_OK; m++) {
            char *path;
            if (asprintf(&path, "%s/%s%s.json", h4l_run_dir(a->run), tasks[t].prefix, models[m]) <
                0)
                return h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");
            if (access(path, F_OK) == 0)
                code = read_result(a, path, &a->scores[t][m], err);
            else // so that --resume sees when it comes
                h4l_provenance_data(a->run, path, "not there");
            free(path);
        }
    return code;
}

// Results of one seed have no spread: they are left out of every table, and named.
static int look_at_seeds(struct aggregate *a, struct h4l_err *err)
{
    json_t *alone = json_array();
    int several = 0;

    for (int t = 0; t < TASKS; t++)
        for (int m = 0; m < MODELS; m++) {
            several += a->scores[t][m].n >= 2;
            if (a->scores[t][m].n == 1)
                h4l_json_add(&alone, json_sprintf("%s%s", tasks[t].prefix, models[m]));
        }
    if (alone && json_array_size(alone) == 0)
        json_decref(alone);
    else
        h4l_metric_json(a->run, "left_out_with_one_seed", alone);
    if (several)
        return H4L_OK;
    return h4l_fail(err, H4L_E_SKIP,
                    "%s has results of one seed only: an aggregate is over seeds; run the cases "
                    "ip-*, idp-*, noise-*, stated-* into it with --seeds 2 or more",
                    h4l_run_dir(a->run));
}

static struct h4l_bootstrap_options options_of(const struct aggregate *a)
{
    return (struct h4l_bootstrap_options){.level = 0.95,
                                          .resamples = 10000,
                                          .seed = h4l_run_seed(a->run),
                                          .pool = h4l_run_pool(a->run)};
}

// [estimate, low, high] (percentile interval, as the source takes it).
static int put_interval(json_t **object, const char *name, const double *x, const size_t *sizes,
                        size_t n, h4l_statistic_fn statistic, const struct aggregate *a,
                        struct h4l_err *err)
{
    struct h4l_bootstrap_options o = options_of(a);
    struct h4l_bootstrap b;
    int code = h4l_bootstrap(x, sizes, n, statistic, NULL, &o, &b, err);

    if (code)
        return h4l_fail_context(err, code, "%s", name);
    h4l_json_set(object, name,
                 json_pack("[f, f, f]", b.estimate, b.percentile.lo, b.percentile.hi));
    return H4L_OK;
}

// Mean over the tasks of IQM of the first minus IQM of the second; groups come in pairs as for h4l_stat_improvement.
static double iqm_difference(double *x, const size_t *sizes, size_t n, void *ctx)
{
    double sum = 0;

    (void)ctx;
    for (size_t g = 0; g < n; x += sizes[g++])
        sum += (g % 2 ? -1 : 1) * h4l_iqm(x, sizes[g]);
    return sum / ((double)n / 2);
}

static int interquartile_means(struct aggregate *a, struct h4l_err *err)
{
    json_t *all = json_object();
    int code = H4L_OK;

    for (int t = 0; t < TASKS; t++) {
        json_t *task = json_object();
        for (int m = 0; m < MODELS && code == H4L_OK; m++) {
            const struct scores *s = &a->scores[t][m];
            if (s->n >= 2)
                code = put_interval(&task, models[m], s->x, &s->n, 1, h4l_stat_iqm, a, err);
        }
        h4l_json_set(&all, tasks[t].name, task);
    }
    h4l_metric_json(a->run, "iqm_area_under_curve", all);
    return code;
}

// One comparison over the tasks of a group, as two metrics; nothing where results are not there.
static int compare(struct aggregate *a, int group, int pair, json_t **probability,
                   json_t **difference, struct h4l_err *err)
{
    double x[4 * H4L_CONTROL_MAX_SEEDS];
    size_t sizes[4], n = 0, used = 0;

    for (int i = 0; i < groups[group].n; i++)
        for (int side = 0; side < 2; side++) {
            int model = side == 0 ? pairs[pair].a : pairs[pair].b;
            const struct scores *s = &a->scores[groups[group].tasks[i]][model];
            if (s->n < 2)
                return H4L_OK;
            memcpy(x + used, s->x, s->n * sizeof *x);
            used += s->n;
            sizes[n++] = s->n;
        }
    int code =
        put_interval(probability, pairs[pair].name, x, sizes, n, h4l_stat_improvement, a, err);
    if (code == H4L_OK)
        code = put_interval(difference, pairs[pair].name, x, sizes, n, iqm_difference, a, err);
    return code;
}

static int comparisons(struct aggregate *a, struct h4l_err *err)
{
    json_t *probabilities = json_object(), *differences = json_object();
    int code = H4L_OK;

    for (int g = 0; g < (int)(sizeof groups / sizeof groups[0]); g++) {
        json_t *probability = json_object(), *difference = json_object();
        for (int p = 0; p < (int)(sizeof pairs / sizeof pairs[0]) && code == H4L_OK; p++)
            code = compare(a, g, p, &probability, &difference, err);
        h4l_json_set(&probabilities, groups[g].name, probability);
        h4l_json_set(&differences, groups[g].name, difference);
    }
    h4l_metric_json(a->run, "probability_of_improvement", probabilities);
    h4l_metric_json(a->run, "iqm_difference_area_under_curve", differences);
    return code;
}

// Interquartile mean and interval of one list.
static int iqm(const struct aggregate *a, const double *x, size_t n, double ret[3],
               struct h4l_err *err)
{
    struct h4l_bootstrap_options o = options_of(a);
    struct h4l_bootstrap b;
    int code = h4l_bootstrap(x, &n, 1, h4l_stat_iqm, NULL, &o, &b, err);

    if (code)
        return code;
    ret[0] = b.estimate;
    ret[1] = b.percentile.lo;
    ret[2] = b.percentile.hi;
    return H4L_OK;
}

static const struct h4l_column iqm_columns[] = {
    {"task", "", "pendulum and noise"},
    {"model", "", "neuron of the policy"},
    {"n", "seeds", "runs"},
    {"area", "per step", "area under the curve: interquartile mean over the runs"},
    {"area_low", "per step", "its bootstrap interval, lower end"},
    {"area_high", "per step", "upper end"},
    {"return", "per episode", "return of the last evaluation: interquartile mean over the runs"},
    {"return_low", "per episode", "its bootstrap interval, lower end"},
    {"return_high", "per episode", "upper end"},
};
const struct h4l_series h4l_control_iqm_series =
    H4L_SERIES("aggregate-iqm.csv", "task and model", iqm_columns);

static int write_series(struct aggregate *a, struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(a->run, &h4l_control_iqm_series, NULL, err);
    int code = H4L_OK;

    if (!csv)
        return err->code;
    for (int t = 0; t < TASKS; t++)
        for (int m = 0; m < MODELS && code == H4L_OK; m++) {
            const struct scores *s = &a->scores[t][m];
            double x[6];

            if (s->n < 2)
                continue;
            if ((code = iqm(a, s->x, s->n, x, err)) ||
                (code = iqm(a, s->final_return, s->n, x + 3, err)))
                return code;
            h4l_csv_text(csv, tasks[t].name);
            h4l_csv_text(csv, models[m]);
            h4l_csv_int(csv, (long long)s->n);
            for (int i = 0; i < 6; i++)
                h4l_csv_real(csv, x[i]);
        }
    return code;
}

int h4l_control_aggregate(struct h4l_run *run, struct h4l_err *err)
{
    struct aggregate a = {.run = run};
    int code = h4l_control_need_simulator(err);

    if (code == H4L_OK)
        code = read_all(&a, err);
    if (code == H4L_OK && a.found == 0)
        code = h4l_fail(err, H4L_E_SKIP,
                        "%s has no results of this tier to aggregate: run the cases ip-*, idp-*, "
                        "noise-*, stated-* into it first",
                        h4l_run_dir(run));
    if (code == H4L_OK)
        code = look_at_seeds(&a, err);
    if (code == H4L_OK) {
        h4l_metric_int(run, "results", a.found);
        code = interquartile_means(&a, err);
    }
    if (code == H4L_OK)
        code = comparisons(&a, err);
    if (code == H4L_OK)
        code = write_series(&a, err);
    return code;
}
