// How many LIF neurons is one HH neuron worth? For each measure the width at which LIF reaches what N HH neurons reach, over N
// (docs/second-round.md, "Exchange rate"). Reads results of other families that are kept in one folder; a measure whose results are
// not there says so, and gets no number.
#include "efficiency.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/exchange.h"
#include "base/file.h"
#include "base/json.h"
#include "base/root.h"
#include "net/count.h"

enum { WIDTHS = 7, SEEDS = 32 };

// A curve over width: the file and the metric (a path with '/') of each point; '#' in them is the point's word, or its width.
struct curve {
    const char *file, *metric;
    int widths[WIDTHS]; // ascending, 0 after the last
    const char *words[WIDTHS];
};

struct measure {
    const char *name, *label;
    struct curve hh, lif; // no hh.file: level is what one HH neuron reaches
    double level;
    int headline; // N of the figure
    int second; // of the second round: decided as fixed beforehand. Else it was looked at first: exploratory
};

#define ALL_WIDTHS                                                                                 \
    {                                                                                              \
        64, 128, 256, 512, 1024, 2048, 4096                                                        \
    }
#define RAW "standard/multitask/width-fc.json"
#define BEST(model) "best-scale/#/multitask/fc-" model ".json"

static const struct measure measures[] = {
    {.name = "digits_raw",
     .label = "raw pixels: digits",
     .headline = 512,
     .hh = {RAW, "final_accuracy_task1_percent/hh_#", ALL_WIDTHS, {0}},
     .lif = {RAW, "final_accuracy_task1_percent/lif_#", ALL_WIDTHS, {0}}},
    {.name = "clothing_raw",
     .label = "raw pixels: clothing",
     .headline = 512,
     .hh = {RAW, "final_accuracy_task2_percent/hh_#", ALL_WIDTHS, {0}},
     .lif = {RAW, "final_accuracy_task2_percent/lif_#", ALL_WIDTHS, {0}}},
    {.name = "digits_lif_rescaled",
     .label = "LIF with pixels / 255: digits",
     .headline = 512,
     .hh = {RAW, "final_accuracy_task1_percent/hh_#", ALL_WIDTHS, {0}},
     .lif = {"standard/multitask/width-scale-fc.json",
             "final_accuracy_task1_percent/lif_255_#",
             ALL_WIDTHS,
             {0}}},
    {.name = "clothing_lif_rescaled",
     .label = "LIF with pixels / 255: clothing",
     .headline = 512,
     .hh = {RAW, "final_accuracy_task2_percent/hh_#", ALL_WIDTHS, {0}},
     .lif = {"standard/multitask/width-scale-fc.json",
             "final_accuracy_task2_percent/lif_255_#",
             ALL_WIDTHS,
             {0}}},
    {.name = "digits_best",
     .label = "each at its best scale: digits",
     .headline = 512,
     .second = 1,
     .hh = {BEST("hh"), "final_accuracy_task1_percent", ALL_WIDTHS, {0}},
     .lif = {BEST("lif"), "final_accuracy_task1_percent", ALL_WIDTHS, {0}}},
    {.name = "clothing_best",
     .label = "each at its best scale: clothing",
     .headline = 512,
     .second = 1,
     .hh = {BEST("hh"), "final_accuracy_task2_percent", ALL_WIDTHS, {0}},
     .lif = {BEST("lif"), "final_accuracy_task2_percent", ALL_WIDTHS, {0}}},
    {.name = "digits_noise",
     .label = "raw pixels with noise: digits",
     .headline = 512,
     .hh = {"full/multitask/noise-fc-hh.json", "final_accuracy_task1_percent/a75", {512}, {0}},
     .lif = {"full/multitask/noise-fc-#.json",
             "final_accuracy_task1_percent/a75",
             {512, 2048},
             {"lif", "4lif"}}},
    {.name = "inverted_pendulum",
     .label = "InvertedPendulum",
     .headline = 512,
     .hh = {"full/control/ip-hh.json", "area_under_curve", {512}, {0}},
     .lif = {"full/control/ip-#.json", "area_under_curve", {512, 2048}, {"lif", "4lif"}}},
    {.name = "double_pendulum",
     .label = "double pendulum",
     .headline = 512,
     .hh = {"full/control/idp-hh.json", "area_under_curve", {512}, {0}},
     .lif = {"full/control/idp-#.json", "area_under_curve", {512, 2048}, {"lif", "4lif"}}},
    {.name = "spikes",
     .label = "HH's own spikes (Γ = 1)",
     .headline = 1,
     .level = 1,
     .lif = {"standard/fitting/units.json", "gamma_by_fit_k#", {1, 2, 3, 4, 5, 6}, {0}}},
};
enum { MEASURES = sizeof measures / sizeof *measures };

struct point {
    size_t n;
    double x[SEEDS];
};

// The rate of one measure at one N.
struct row {
    int hh_width;
    size_t n;
    double log2_k[SEEDS];
    struct h4l_rate rate;
};

struct exchange {
    struct h4l_run *run;
    const char *folder;
    json_t *log2_k, *k, *intervals, *bounds; // by measure and width
    json_t *answer;                          // by measure, in words
    struct h4l_csv *headlines;
};

// text with each '#' replaced by the word of point i.
static void fill(const struct curve *c, int i, const char *text, char *ret, size_t size)
{
    char number[16];
    const char *word = c->words[i] ? c->words[i] : number, *hash = strchr(text, '#');

    snprintf(number, sizeof number, "%d", c->widths[i]);
    if (hash)
        snprintf(ret, size, "%.*s%s%s", (int)(hash - text), text, word, hash + 1);
    else
        snprintf(ret, size, "%s", text);
}

static const json_t *metric_of(const json_t *result, const char *path)
{
    const json_t *at = json_object_get(result, "metrics");
    char part[96];

    while (at && *path) {
        size_t length = strcspn(path, "/");
        snprintf(part, sizeof part, "%.*s", (int)length, path);
        at = json_object_get(at, part);
        path += length + (path[length] == '/');
    }
    return at;
}

static int take_point(const json_t *values, const char *path, const char *metric, struct point *ret,
                      struct h4l_err *err)
{
    size_t n = json_array_size(values);

    if (n == 0 || n > SEEDS)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected metric \"%s\" with 1 to %d values, one per seed", path,
                        metric, SEEDS);
    for (size_t i = 0; i < n; i++) {
        if (!json_is_number(json_array_get(values, i)))
            return h4l_fail(err, H4L_E_DATA, "%s: metric \"%s\": expected numbers", path, metric);
        ret->x[i] = json_number_value(json_array_get(values, i));
    }
    ret->n = n;
    return H4L_OK;
}

// The result, noted as input data; NULL where it is not there.
static int read_file(struct exchange *e, const char *file, json_t **ret, struct h4l_err *err)
{
    char path[4096], hex[65];
    int code;

    *ret = NULL;
    snprintf(path, sizeof path, "%s/%s", e->folder, file);
    if (access(path, F_OK) != 0) {
        h4l_provenance_data(e->run, file, "not there"); // so that --resume sees when it comes
        return H4L_OK;
    }
    code = h4l_json_read(path, ret, err);
    if (code == H4L_OK && (code = h4l_sha256_file(path, hex, err)))
        json_decref(*ret);
    if (code == H4L_OK)
        h4l_provenance_data(e->run, file, hex);
    return code;
}

// Point i of the curve; n = 0 where its file is not there.
static int read_point(struct exchange *e, const struct curve *c, int i, struct point *ret,
                      struct h4l_err *err)
{
    char file[128], metric[128], where[4300];
    json_t *result;
    int code;

    ret->n = 0;
    fill(c, i, c->file, file, sizeof file);
    fill(c, i, c->metric, metric, sizeof metric);
    code = read_file(e, file, &result, err);
    if (code || !result)
        return code;
    snprintf(where, sizeof where, "%s/%s", e->folder, file);
    code = take_point(metric_of(result, metric), where, metric, ret, err);
    json_decref(result);
    return code;
}

static int width_count(const struct curve *c)
{
    int n = 0;

    while (n < WIDTHS && c->widths[n])
        n++;
    return n;
}

// The whole curve. *ret_complete: whether all of it is there, with as many seeds at each point.
static int read_curve(struct exchange *e, const struct curve *c, struct point ret[WIDTHS],
                      bool *ret_complete, struct h4l_err *err)
{
    int n = width_count(c), code = H4L_OK;

    *ret_complete = n > 0;
    for (int i = 0; i < n && code == H4L_OK; i++) {
        code = read_point(e, c, i, &ret[i], err);
        if (ret[i].n == 0 || ret[i].n != ret[0].n)
            *ret_complete = false;
    }
    return code;
}

// HH's levels of one seed over its widths, made monotone as LIF's are.
static void hh_levels(const struct measure *m, const struct point *hh, size_t seed,
                      double ret[WIDTHS])
{
    int n = width_count(&m->hh);

    if (n == 0)
        ret[0] = m->level;
    for (int i = 0; i < n; i++)
        ret[i] = hh[i].x[seed];
    h4l_isotonic(ret, n ? (size_t)n : 1, ret);
}

static int rate_at(const struct measure *m, const struct point *hh, const struct point *lif,
                   int which, struct row *ret, struct h4l_err *err)
{
    int n = width_count(&m->lif), code = H4L_OK;
    double x[WIDTHS], y[WIDTHS], levels[WIDTHS];
    enum h4l_reach reach[SEEDS];

    *ret = (struct row){.hh_width = m->hh.file ? m->hh.widths[which] : 1, .n = lif[0].n};
    for (size_t s = 0; s < ret->n && code == H4L_OK; s++) {
        double at = 0;
        for (int i = 0; i < n; i++) {
            x[i] = log2(m->lif.widths[i]);
            y[i] = lif[i].x[s];
        }
        hh_levels(m, hh, s, levels);
        code = h4l_reach_of(x, y, (size_t)n, levels[which], &at, &reach[s], err);
        ret->log2_k[s] = at - log2(ret->hh_width);
    }
    if (code == H4L_OK)
        code = h4l_exchange_rate(ret->log2_k, reach, ret->n, 0.95, &ret->rate, err);
    return code;
}

static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static const char *bound_word(enum h4l_reach reach)
{
    return reach == H4L_REACH_ABOVE ? "above" : reach == H4L_REACH_BELOW ? "below" : "";
}

static void put_row(struct exchange *e, const struct measure *m, const struct row *r)
{
    char key[96];
    json_t *seeds = json_array();

    snprintf(key, sizeof key, "%s_%d", m->name, r->hh_width);
    for (size_t i = 0; i < r->n; i++)
        h4l_json_add(&seeds, json_real(r->log2_k[i]));
    h4l_json_set(&e->log2_k, key, seeds);
    h4l_json_set(&e->k, key, json_real(r->rate.k));
    h4l_json_set(&e->intervals, key,
                 json_pack("[o, o]", real_or_null(r->rate.lo), real_or_null(r->rate.hi)));
    h4l_json_set(&e->bounds, key, json_string(bound_word(r->rate.reach)));
}

static const struct h4l_column columns[] = {
    {"place", "—", "number of the measure, from 1"},
    {"label", "—", "what is measured"},
    {"state", "—", "measured, exploratory (first round, looked at before) or missing"},
    {"bound", "—", "above, below or empty: k is a bound that holds in every seed"},
    {"hh_width", "neurons", "N, the HH neurons whose level LIF has to reach"},
    {"k", "1", "LIF neurons for one HH neuron"},
    {"low", "1", "lower end of the 95 % t interval of log2 k, as k"},
    {"high", "1", "its upper end"},
    {"n", "seeds", "seeds, or fits, or 1 for a count"},
};
const struct h4l_series h4l_exchange_series = H4L_SERIES("exchange-rate.csv", "measure", columns);

// "0.73 (0.67 to 0.80), n = 3", "above 8, n = 3"; n: what the interval is over, 1 for a count.
static void say(const struct row *r, char *ret, size_t size)
{
    const struct h4l_rate *rate = &r->rate;
    char n[40] = "";

    if (r->n > 1)
        snprintf(n, sizeof n, ", n = %zu", r->n);
    if (rate->reach != H4L_REACHED)
        snprintf(ret, size, "%s %.3g%s", bound_word(rate->reach), rate->k, n);
    else if (isfinite(rate->lo))
        snprintf(ret, size, "%.3g (%.3g to %.3g)%s", rate->k, rate->lo, rate->hi, n);
    else
        snprintf(ret, size, "%.3g%s", rate->k, n);
}

// One line of the figure and of the answer. r: NULL where there are no results.
static void put_headline(struct exchange *e, const char *name, const char *label, const char *state,
                         const struct row *r)
{
    struct h4l_csv *csv = e->headlines;
    char text[120] = "not measured yet";

    if (r)
        say(r, text, sizeof text);
    h4l_json_set(&e->answer, name, json_string(text));
    h4l_csv_int(csv, (int)json_object_size(e->answer));
    h4l_csv_text(csv, label);
    h4l_csv_text(csv, state);
    h4l_csv_text(csv, r ? bound_word(r->rate.reach) : "");
    h4l_csv_real(csv, r ? (double)r->hh_width : (double)NAN);
    h4l_csv_real(csv, r ? r->rate.k : NAN);
    h4l_csv_real(csv, r ? r->rate.lo : NAN);
    h4l_csv_real(csv, r ? r->rate.hi : NAN);
    h4l_csv_real(csv, r ? (double)r->n : NAN);
}

static int do_measure(struct exchange *e, const struct measure *m, struct h4l_err *err)
{
    struct point hh[WIDTHS] = {{0}}, lif[WIDTHS] = {{0}};
    struct row headline = {0};
    bool hh_there = true, lif_there;
    int n = m->hh.file ? width_count(&m->hh) : 1;
    int code = m->hh.file ? read_curve(e, &m->hh, hh, &hh_there, err) : H4L_OK;

    if (code == H4L_OK)
        code = read_curve(e, &m->lif, lif, &lif_there, err);
    if (code)
        return code;
    if (!hh_there || !lif_there || (m->hh.file && hh[0].n != lif[0].n)) {
        put_headline(e, m->name, m->label, "missing", NULL);
        return H4L_OK;
    }
    for (int i = 0; i < n && code == H4L_OK; i++) {
        struct row r;
        code = rate_at(m, hh, lif, i, &r, err);
        if (code)
            return h4l_fail_context(err, code, "%s", m->name);
        put_row(e, m, &r);
        if (r.hh_width == m->headline)
            headline = r;
    }
    put_headline(e, m->name, m->label, m->second ? "measured" : "exploratory", &headline);
    return code;
}

// Another neuron in place of HH: its fully connected network of 512 beside LIF ones of all widths, trained alike on raw pixels, in the
// folders of experiments/compare-neuron.
static int do_neuron(struct exchange *e, const char *neuron, struct h4l_err *err)
{
    static const char *const tasks[] = {"digits", "clothing"};
    char file[128], metric[64], path[4096 + 128], label[64];
    int code = H4L_OK;

    snprintf(file, sizeof file, "learning-%s-512/multitask/fc-neuron.json", neuron);
    snprintf(path, sizeof path, "%s/%s", e->folder, file);
    if (access(path, F_OK) != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: not there; ./reproduce --neuron %s makes it, and --set results names "
                        "its folder",
                        path, neuron);
    for (int t = 0; t < 2 && code == H4L_OK; t++) {
        const struct measure m = {
            .name = tasks[t],
            .label = label,
            .headline = 512,
            .second = 1,
            .hh = {file, metric, {512}, {0}},
            .lif = {"learning-lif-#/multitask/fc-neuron.json", metric, ALL_WIDTHS, {0}}};
        snprintf(metric, sizeof metric, "final_accuracy_task%d_percent", t + 1);
        snprintf(label, sizeof label, "raw pixels: %s", tasks[t]);
        code = do_measure(e, &m, err);
    }
    return code;
}

// What one HH neuron costs in LIF neurons: operations of the published networks, which have as many of each and as many steps.
static int do_operations(struct exchange *e, struct h4l_err *err)
{
    static const char *const kinds[] = {"fc", "conv"};
    static const char *const names[] = {"operations_fc", "operations_conv"};
    static const char *const labels[] = {"operations: fully connected",
                                         "operations: convolutional"};
    int code = H4L_OK;

    for (int i = 0; i < 2 && code == H4L_OK; i++) {
        double operations[2] = {0};
        for (int m = 0; m < 2 && code == H4L_OK; m++) {
            struct h4l_net_spec spec;
            char name[16];
            snprintf(name, sizeof name, "%s-%s", kinds[i], m ? "lif" : "hh");
            code = h4l_net_published(name, &spec, err);
            if (code == H4L_OK) {
                struct h4l_operations o = h4l_count_operations(&spec, H4L_COUNT_CORRECTED);
                operations[m] = (double)(o.add + o.mul);
            }
        }
        if (code == H4L_OK) {
            struct row r = {.hh_width = 1,
                            .n = 1,
                            .rate = {H4L_REACHED, operations[0] / operations[1], NAN, NAN}};
            put_headline(e, names[i], labels[i], "measured", &r);
            h4l_metric_real(e->run, names[i], r.rate.k);
        }
    }
    return code;
}

// Time per simulated second, HH over LIF: the kept timings are ratios of speed, so it is one over them.
static int do_time(struct exchange *e, struct h4l_err *err)
{
    static const char file[] = "full/efficiency/simulated-time.json";
    static const char label[] = "time per simulated second";
    json_t *result = NULL;
    const json_t *timings;
    struct row r = {.hh_width = 1};
    double speed, low;
    int code = read_file(e, file, &result, err);

    if (code || !result) {
        if (!code)
            put_headline(e, "time", label, "missing", NULL);
        return code;
    }
    timings = json_object_get(json_object_get(result, "provenance"), "timings");
    speed = json_number_value(json_object_get(timings, "ratio_hh_over_lif"));
    low = json_number_value(json_object_get(timings, "ratio_hh_over_lif_low"));
    r.n = (size_t)json_integer_value(metric_of(result, "rounds"));
    json_decref(result);
    if (!(low > 0 && low <= speed))
        return h4l_fail(err, H4L_E_DATA,
                        "%s/%s: expected the timing ratio_hh_over_lif and its lower end", e->folder,
                        file);
    r.rate = (struct h4l_rate){H4L_REACHED, 1 / speed, low / (speed * speed), 1 / low};
    put_headline(e, "time", label, "measured", &r);
    return H4L_OK;
}

int h4l_efficiency_exchange(struct h4l_run *run, struct h4l_err *err)
{
    const struct h4l_efficiency_options *o = h4l_run_options(run);
    char reference[4096];
    struct exchange e = {.run = run, .folder = o->results};
    int code = H4L_OK;

    if (!e.folder) {
        snprintf(reference, sizeof reference, "%s/results/reference", h4l_root());
        e.folder = reference;
    }
    if (access(e.folder, F_OK) != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: no such folder; expected one that holds TIER/FAMILY/CASE.json, as "
                        "results/reference does",
                        e.folder);
    e.headlines = h4l_series_begin(run, &h4l_exchange_series, NULL, err);
    if (!e.headlines)
        return err->code;
    e.answer = json_object();
    e.log2_k = json_object();
    e.k = json_object();
    e.intervals = json_object();
    e.bounds = json_object();
    if (o->neuron)
        code = do_neuron(&e, o->neuron, err);
    for (int i = 0; i < MEASURES && code == H4L_OK && !o->neuron; i++)
        code = do_measure(&e, &measures[i], err);
    if (code == H4L_OK && !o->neuron)
        code = do_operations(&e, err);
    if (code == H4L_OK && !o->neuron)
        code = do_time(&e, err);
    h4l_metric_json(run, "rate", e.answer);
    h4l_metric_json(run, "log2_k", e.log2_k);
    h4l_metric_json(run, "k", e.k);
    h4l_metric_json(run, "k_interval", e.intervals);
    h4l_metric_json(run, "k_is_bound", e.bounds);
    return code;
}
