// How far apart the networks are in the information plane: Euclidean distances, in bits, of the points of the same seed, where training
// left them, before it, where training left them but at the scale at which each one's I(Z;X) is least, and by I(Z;Y) alone. Reads the
// results that other cases of this family left in the same folder.
#include "information.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

enum { HH, SLIF, LIF, MODELS };
static const char *const models[MODELS] = {"hh", "slif2hh", "lif"};
static const char *const prefixes[H4L_INFORMATION_VARIANTS] = {"vib-", "stated-vib-"};
static const struct {
    const char *name;
    int a, b;
} pairs[] = {{"hh_slif2hh", HH, SLIF}, {"hh_lif", HH, LIF}, {"slif2hh_lif", SLIF, LIF}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

enum { REPORTED, UNTRAINED, LEAST_SCALE, ZY_ALONE, PLACES };
static const struct {
    const char *name, *prefix, *zx,
        *zy; // in the table; of metrics; metrics that are read, zx NULL: 0
} places[PLACES] = {
    {"reported", "", "reported_i_zx_bits", "reported_i_zy_bits"},
    {"untrained", "untrained_", "untrained_i_zx_bits", "untrained_i_zy_bits"},
    {"least_scale", "least_scale_", "reported_i_zx_bits_least_scale", "reported_i_zy_bits"},
    {"zy_alone", "zy_alone_", NULL, "reported_i_zy_bits"},
};

typedef double by_seed[H4L_INFORMATION_MAX_SEEDS];

struct points {
    size_t n;
    by_seed seeds, zx[PLACES], zy[PLACES];
};

// For each place, the pairs' distances, and behind them how much nearer HH is to s-LIF2HH than to LIF.
enum { NEARER = PAIRS, MEASURES };

// Parameters that all results share, and those that make a variant: both become parameters of this case.
static const char *const shared[] = {
    "average", "batch",  "beta",          "channels", "data_seed",  "epochs",      "input_scale",
    "labels",  "latent", "learning_rate", "shots",    "test_limit", "train_limit", "window"};
static const char *const switches[] = {"gradient", "label_entropy", "score_softmax", "reported"};
enum { SHARED = sizeof shared / sizeof *shared, SWITCHES = sizeof switches / sizeof *switches };

struct distances {
    struct h4l_run *run;
    json_t *shared; // values so far
    char switches[200];
    struct points of[MODELS];
    by_seed at[PLACES][MEASURES];
    json_t *metrics[PLACES][MEASURES]; // objects, with the values by seed under the variant's name
};

static int read_array(const char *path, const json_t *metrics, const char *name, double *ret,
                      size_t *ret_n, struct h4l_err *err)
{
    const json_t *array = json_object_get(metrics, name);
    size_t n = json_array_size(array);

    if (n == 0 || n > H4L_INFORMATION_MAX_SEEDS)
        return h4l_fail(err, H4L_E_DATA, "%s: no array %s by seed: run its case again", path, name);
    for (size_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, i);

        if (!json_is_number(value))
            return h4l_fail(err, H4L_E_DATA,
                            "%s: value %zu of %s is no number, so there is no distance", path, i,
                            name);
        ret[i] = json_number_value(value);
    }
    *ret_n = n;
    return H4L_OK;
}

// All results must have the same shared parameters, and the models of a variant the same switches.
static int read_parameters(struct distances *d, const char *path, const json_t *parameters,
                           struct h4l_err *err)
{
    char all[sizeof d->switches] = "";

    for (size_t i = 0; i < SHARED; i++) {
        json_t *value = json_object_get(parameters, shared[i]);
        json_t *before = json_object_get(d->shared, shared[i]);

        if (!value)
            return h4l_fail(err, H4L_E_DATA, "%s: it does not say its %s: run its case again", path,
                            shared[i]);
        if (before && !json_equal(before, value))
            return h4l_fail(err, H4L_E_DATA,
                            "%s: its %s is not that of the results beside it; run all of them with "
                            "the same --set",
                            path, shared[i]);
        h4l_json_set(&d->shared, shared[i], json_incref(value));
        if (!d->shared)
            return h4l_fail(err, H4L_E_NOMEM, "out of memory for the parameters of %s", path);
    }
    for (size_t i = 0; i < SWITCHES; i++) {
        const char *word = json_string_value(json_object_get(parameters, switches[i]));
        size_t used = strlen(all);

        snprintf(all + used, sizeof all - used, "%s%s", i ? " " : "", word ? word : "none");
    }
    if (d->switches[0] && strcmp(d->switches, all) != 0)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected the switches \"%s\" of the model beside it, "
                        "found \"%s\"; run all three with the same --set",
                        path, d->switches, all);
    memcpy(d->switches, all, sizeof all);
    return H4L_OK;
}

static int read_points(struct distances *d, const char *path, const json_t *result,
                       struct points *ret, struct h4l_err *err)
{
    const json_t *metrics = json_object_get(result, "metrics");
    size_t n = 0, zx = 0, zy = 0;
    char hex[65];
    int code = read_parameters(d, path, json_object_get(result, "parameters"), err);

    if (code == H4L_OK)
        code = read_array(path, metrics, "seeds", ret->seeds, &n, err);
    for (int i = 0; i < PLACES && code == H4L_OK; i++) {
        code = read_array(path, metrics, places[i].zy, ret->zy[i], &zy, err);
        zx = zy;
        if (code == H4L_OK && places[i].zx)
            code = read_array(path, metrics, places[i].zx, ret->zx[i], &zx, err);
        if (code == H4L_OK && (zx != n || zy != n))
            code = h4l_fail(err, H4L_E_DATA,
                            "%s: %zu seeds, but %zu and %zu values of the points %s: run its case "
                            "again",
                            path, n, zx, zy, places[i].name);
    }
    if (code == H4L_OK)
        code = h4l_sha256_file(path, hex, err);
    if (code == H4L_OK)
        h4l_provenance_data(d->run, path, hex);
    ret->n = n;
    return code;
}

// One model's result, where it is there and of this tier.
static int read_model(struct distances *d, const char *path, struct points *ret, bool *ret_found,
                      struct h4l_err *err)
{
    json_t *result;
    const char *tier;
    int code;

    *ret_found = access(path, F_OK) == 0;
    if (!*ret_found) { // so that --resume sees when it comes
        h4l_provenance_data(d->run, path, "not there");
        return H4L_OK;
    }
    code = h4l_json_read(path, &result, err);
    if (code)
        return code;
    tier = json_string_value(json_object_get(result, "tier"));
    *ret_found = tier && strcmp(tier, h4l_tier_names[h4l_run_tier(d->run)]) == 0;
    if (*ret_found)
        code = read_points(d, path, result, ret, err);
    json_decref(result);
    return code;
}

static bool same_seeds(const struct points *a, const struct points *b)
{
    return a->n == b->n && memcmp(a->seeds, b->seeds, a->n * sizeof *a->seeds) == 0;
}

// *ret_found: all models' results are there.
static int read_variant(struct distances *d, int variant, bool *ret_found, struct h4l_err *err)
{
    int code = H4L_OK;

    *ret_found = true;
    d->switches[0] = 0;
    for (int m = 0; m < MODELS && *ret_found && code == H4L_OK; m++) {
        char *path;

        if (asprintf(&path, "%s/%s%s.json", h4l_run_dir(d->run), prefixes[variant], models[m]) < 0)
            return h4l_fail(err, H4L_E_NOMEM, "no memory for a file's name");
        code = read_model(d, path, &d->of[m], ret_found, err);
        if (code == H4L_OK && *ret_found && !same_seeds(&d->of[m], &d->of[0]))
            code = h4l_fail(err, H4L_E_DATA,
                            "%s: its seeds are not those of %s beside it; run both with the same "
                            "--seed and --seeds",
                            path, models[0]);
        free(path);
    }
    return code;
}

static const struct h4l_column columns[] = {
    {"variant", "", "as_published or as_stated"},
    {"place", "",
     "reported; untrained; least_scale: reported, but at the scale of least I(Z;X); zy_alone: "
     "reported, I(Z;Y) alone"},
    {"seed", "1", "seed"},
    {"hh_slif2hh_bits", "bit", "distance of HH and s-LIF2HH in the plane"},
    {"hh_lif_bits", "bit", "the same of HH and LIF"},
    {"slif2hh_lif_bits", "bit", "the same of s-LIF2HH and LIF"},
    {"hh_nearer_slif2hh_bits", "bit", "distance of HH and LIF less that of HH and s-LIF2HH"},
};
const struct h4l_series h4l_information_distance_series =
    H4L_SERIES("distance-points.csv", "variant, place and seed: distances in the plane", columns);

static void measure(struct distances *d, int place)
{
    by_seed *at = d->at[place];

    for (int p = 0; p < PAIRS; p++) {
        const struct points *a = &d->of[pairs[p].a], *b = &d->of[pairs[p].b];

        for (size_t s = 0; s < a->n; s++)
            at[p][s] = hypot(a->zx[place][s] - b->zx[place][s], a->zy[place][s] - b->zy[place][s]);
    }
    for (size_t s = 0; s < d->of[0].n; s++)
        at[NEARER][s] = at[1][s] - at[0][s];
}

static json_t *whole(const double *values, size_t n)
{
    json_t *all = json_array();

    for (size_t i = 0; i < n; i++)
        h4l_json_add(&all, json_integer((json_int_t)values[i]));
    return all;
}

static void add_place(struct distances *d, const char *variant, int place, struct h4l_csv *csv)
{
    for (int m = 0; m < MEASURES; m++)
        h4l_json_set(&d->metrics[place][m], variant, h4l_json_reals(d->at[place][m], d->of[0].n));
    for (size_t s = 0; s < d->of[0].n; s++) {
        h4l_csv_text(csv, variant);
        h4l_csv_text(csv, places[place].name);
        h4l_csv_real(csv, d->of[0].seeds[s]);
        for (int m = 0; m < MEASURES; m++)
            h4l_csv_real(csv, d->at[place][m][s]);
    }
}

// All variants whose results are there into metrics and table; *ret_found: how many.
static int add_variants(struct distances *d, struct h4l_csv *csv, int *ret_found,
                        struct h4l_err *err)
{
    struct points first = {0};
    int code = H4L_OK;

    *ret_found = 0;
    for (int v = 0; v < H4L_INFORMATION_VARIANTS && code == H4L_OK; v++) {
        bool found;

        code = read_variant(d, v, &found, err);
        if (code || !found)
            continue;
        if (*ret_found > 0 && !same_seeds(&first, &d->of[0]))
            return h4l_fail(err, H4L_E_DATA,
                            "%s*.json and %s*.json are of different seeds; run both with the same "
                            "--seed and --seeds",
                            prefixes[0], prefixes[v]);
        first = d->of[0];
        for (int place = 0; place < PLACES; place++) {
            measure(d, place);
            add_place(d, h4l_information_variants[v], place, csv);
        }
        h4l_run_record_param(d->run, h4l_information_variants[v], json_string(d->switches));
        ++*ret_found;
    }
    if (code == H4L_OK && *ret_found > 0)
        h4l_metric_json(d->run, "seeds", whole(first.seeds, first.n));
    for (size_t i = 0; i < SHARED && code == H4L_OK && *ret_found > 0; i++)
        h4l_run_record_param(d->run, shared[i], json_incref(json_object_get(d->shared, shared[i])));
    return code;
}

static void hand_in(struct distances *d, bool keep)
{
    char name[64];

    for (int place = 0; place < PLACES; place++)
        for (int m = 0; m < MEASURES; m++) {
            if (m == NEARER)
                snprintf(name, sizeof name, "%shh_nearer_slif2hh_bits", places[place].prefix);
            else
                snprintf(name, sizeof name, "%sdistance_%s_bits", places[place].prefix,
                         pairs[m].name);
            if (keep)
                h4l_metric_json(d->run, name, d->metrics[place][m]);
            else
                json_decref(d->metrics[place][m]);
        }
}

int h4l_information_distance(struct h4l_run *run, struct h4l_err *err)
{
    struct distances d = {.run = run, .shared = json_object()};
    struct h4l_csv *csv = h4l_series_begin(run, &h4l_information_distance_series, NULL, err);
    int found = 0, code = csv ? H4L_OK : err ? err->code : H4L_E_IO;

    for (int place = 0; place < PLACES; place++)
        for (int m = 0; m < MEASURES; m++)
            d.metrics[place][m] = json_object();
    if (code == H4L_OK)
        code = add_variants(&d, csv, &found, err);
    if (code == H4L_OK && found == 0)
        code = h4l_fail(err, H4L_E_SKIP,
                        "%s has no results of vib-hh, vib-slif2hh and vib-lif, nor of the three as "
                        "stated; run these first, with the same --out",
                        h4l_run_dir(run));
    json_decref(d.shared);
    hand_in(&d, code == H4L_OK);
    return code;
}
