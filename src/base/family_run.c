#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/family_internal.h"
#include "base/json.h"
#include "base/provenance.h"
#include "base/root.h"

// ---- parameters ----

const char *h4l_run_given(const struct h4l_run *run, const char *name)
{
    for (size_t i = 0; i < run->n_values; i++)
        if (strcmp(run->values[i].param->member.name, name) == 0 && run->values[i].given)
            return run->values[i].text;
    return NULL;
}

const void *h4l_run_options(const struct h4l_run *run)
{
    return run->taken;
}

void h4l_run_override(const struct h4l_run *run, void *options)
{
    for (size_t i = 0; i < run->n_values; i++)
        h4l_value_put(&run->values[i], options);
}

const void *h4l_run_ctx(const struct h4l_run *run)
{
    return run->the_case->ctx;
}

enum h4l_tier h4l_run_tier(const struct h4l_run *run)
{
    return run->options->tier;
}

uint64_t h4l_run_seed(const struct h4l_run *run)
{
    return run->options->seed;
}

int h4l_run_seeds(const struct h4l_run *run, int own, int least, int most, int *ret,
                  struct h4l_err *err)
{
    int asked = run->options->seeds;

    if (asked && (asked < least || asked > most))
        return h4l_fail(err, H4L_E_USAGE, "--seeds is %d: expected a whole number from %d to %d",
                        asked, least, most);
    *ret = asked ? asked : own;
    return H4L_OK;
}

bool h4l_run_resume(const struct h4l_run *run)
{
    return run->options->resume;
}

const char *h4l_run_dir(const struct h4l_run *run)
{
    return run->dir;
}

void h4l_run_checkpoints_done(const struct h4l_run *run)
{
    char *folder;

    if (asprintf(&folder, "%s/checkpoints", run->dir) < 0)
        return; // an empty folder stays, which does no harm
    rmdir(folder);
    free(folder);
}

struct h4l_pool *h4l_run_pool(const struct h4l_run *run)
{
    return run->pool;
}

void h4l_run_progress(struct h4l_run *run, const char *label, double done, double total)
{
    char text[120];

    if (run->progress.mode == H4L_PROGRESS_NEVER)
        return;
    snprintf(text, sizeof text, "%s%s%s", run->the_case->name, *label ? ", " : "", label);
    h4l_progress_update(&run->progress, text, done, total);
}

void h4l_run_progress_found(struct h4l_run *run, double units)
{
    h4l_progress_found(&run->progress, units);
}

// ---- metrics ----

static void note_trouble(struct h4l_run *run, int code, const char *what, const char *name)
{
    if (!run->trouble.code)
        h4l_fail(&run->trouble, code, "%s %s", what, name);
}

static void put(struct h4l_run *run, json_t *object, const char *name, json_t *value_stolen)
{
    if (json_object_set_new(object, name, value_stolen))
        note_trouble(run, H4L_E_NOMEM, "out of memory for", name);
}

void h4l_metric_json(struct h4l_run *run, const char *name, json_t *value_stolen)
{
    if (json_object_get(run->metrics, name))
        note_trouble(run, H4L_E_INTERNAL, "measured twice:", name);
    put(run, run->metrics, name, value_stolen);
}

void h4l_metric_real(struct h4l_run *run, const char *name, double value)
{
    h4l_metric_json(run, name, h4l_json_real(value));
}

void h4l_metric_int(struct h4l_run *run, const char *name, long long value)
{
    h4l_metric_json(run, name, json_integer(value));
}

void h4l_metric_text(struct h4l_run *run, const char *name, const char *value)
{
    h4l_metric_json(run, name, json_string(value));
}

void h4l_metric_null(struct h4l_run *run, const char *name)
{
    h4l_metric_json(run, name, json_null());
}

void h4l_metric_reals(struct h4l_run *run, const char *name, const double *values, size_t n)
{
    h4l_metric_json(run, name, h4l_json_reals(values, n));
}

void h4l_metric_ints(struct h4l_run *run, const char *name, const long long *values, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        h4l_json_add(&array, json_integer(values[i]));
    h4l_metric_json(run, name, array);
}

// ---- recorded parameters ----

void h4l_run_record_param(struct h4l_run *run, const char *name, json_t *value_stolen)
{
    put(run, run->parameters, name, value_stolen);
}

// The object under that name, made where it is missing. NULL without memory.
static json_t *object_in(struct h4l_run *run, json_t *object, const char *name)
{
    if (!json_object_get(object, name))
        put(run, object, name, json_object());
    return json_object_get(object, name);
}

void h4l_run_record(struct h4l_run *run, const char *arm, const void *options)
{
    bool first = !arm || !run->has_arms;

    run->has_arms = arm != NULL;
    for (size_t i = 0; i < run->n_values; i++) {
        const struct h4l_param *param = run->values[i].param;
        const char *name = param->member.name;
        json_t *value = h4l_param_json(param, options);

        if (first)
            put(run, run->parameters, name, value);
        else if (json_equal(value, json_object_get(run->parameters, name)))
            json_decref(value);
        else
            put(run, object_in(run, object_in(run, run->parameters, "arms"), arm), name, value);
    }
}

// A parameter without a value would be a result that cannot be made again.
static int check_recorded(const struct h4l_run *run, struct h4l_err *err)
{
    const char *name;
    json_t *value;

    json_object_foreach(run->parameters, name, value)
    {
        if (json_is_null(value))
            return h4l_fail(err, H4L_E_INTERNAL, "the case recorded no value of the parameter %s",
                            name);
    }
    return H4L_OK;
}

void h4l_provenance_timing(struct h4l_run *run, const char *name_s, double value)
{
    json_t *timings = json_object_get(run->provenance, "timings");

    if (!timings) {
        put(run, run->provenance, "timings", json_object());
        timings = json_object_get(run->provenance, "timings");
    }
    put(run, timings, name_s, h4l_json_real(value));
}

void h4l_provenance_data(struct h4l_run *run, const char *file, const char *sha256)
{
    const char *root = h4l_root();
    size_t n = strlen(root);

    if (strncmp(file, root, n) == 0 && file[n] == '/')
        file += n + 1; // where the suite lies says nothing about the data
    put(run, json_object_get(run->provenance, "data"), file, json_string(sha256));
}

void h4l_provenance_own_data(struct h4l_run *run)
{
    put(run, run->provenance, "data_check", json_string("none"));
}

// ---- series ----

// The series' entry in the result; NULL without memory.
static json_t *series_entry(const char *file, const struct h4l_header *header)
{
    json_t *names = json_array(), *units = json_array();

    for (int i = 0; i < header->n; i++) {
        h4l_json_add(&names, json_string(header->name[i]));
        h4l_json_add(&units, json_string(header->unit[i]));
    }
    return json_pack("{s:s, s:o, s:o}", "file", file, "columns", names, "units", units);
}

static int check_series(const struct h4l_run *run, const struct h4l_series *series,
                        const char *file, struct h4l_err *err)
{
    const struct h4l_family *family = run->options->family;
    bool listed = false;

    for (size_t i = 0; i < family->n_series; i++)
        listed = listed || family->series[i] == series;
    if (!listed)
        return h4l_fail(err, H4L_E_INTERNAL, "series %s: the family does not list it",
                        series->file);
    if (!*file || strpbrk(file, "/*"))
        return h4l_fail(err, H4L_E_INTERNAL, "series file \"%s\": expected a plain name", file);
    for (size_t i = 0; i < run->n_series; i++)
        if (strcmp(json_string_value(json_object_get(run->series[i]->entry, "file")), file) == 0)
            return h4l_fail(err, H4L_E_INTERNAL, "series file %s is begun twice", file);
    return H4L_OK;
}

static void free_series(struct series *s)
{
    h4l_csv_abort(&s->csv);
    json_decref(s->entry);
    free(s->path);
    free(s);
}

// Opens the file of one series; its place in the run is the caller's work.
static int open_series(const struct h4l_run *run, const char *file, const struct h4l_header *header,
                       struct series *s, struct h4l_err *err)
{
    const char *names[H4L_COLUMNS];

    for (int i = 0; i < header->n; i++)
        names[i] = header->name[i];
    s->entry = series_entry(file, header);
    if (asprintf(&s->path, "%s/%s", run->dir, file) < 0)
        s->path = NULL;
    if (!s->entry || !s->path)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the series %s", file);
    return h4l_csv_begin(run->dir, file, names, header->n, &s->csv, err);
}

struct h4l_csv *h4l_series_begin_with(struct h4l_run *run, const struct h4l_header *header,
                                      const char *star, struct h4l_err *err)
{
    struct series **larger, *s = calloc(1, sizeof *s);
    char *file = h4l_series_file(header->series, star);
    int code = H4L_OK;

    h4l_run_hold(run); // else a signal could find the list half made
    larger = realloc(run->series, (run->n_series + 1) * sizeof(struct series *));
    if (larger)
        run->series = larger;
    if (!larger || !s || !file)
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory for the series %s", header->series->file);
    if (!code)
        code = h4l_header_check(header, err);
    if (!code)
        code = check_series(run, header->series, file, err);
    if (!code)
        code = open_series(run, file, header, s, err);
    free(file);
    if (!code)
        run->series[run->n_series++] = s;
    else if (s)
        free_series(s);
    h4l_run_release(run);
    return code ? NULL : &s->csv;
}

struct h4l_csv *h4l_series_begin(struct h4l_run *run, const struct h4l_series *series,
                                 const char *star, struct h4l_err *err)
{
    struct h4l_header header = {.series = series};

    h4l_header_all(&header, NULL);
    return h4l_series_begin_with(run, &header, star, err);
}

void h4l_run_unlink_series(const struct h4l_run *run)
{
    for (size_t i = 0; i < run->n_series; i++)
        if (run->series[i]->csv.file.tmp)
            unlink(run->series[i]->csv.file.tmp);
}

// ---- life of a run ----

static void put_constants(struct h4l_run *run)
{
    const struct h4l_constants *constants = run->options->family->constants;
    const char *constant;
    double value;

    for (size_t i = 0; h4l_run_constant(run, i, &constant, &value); i++) {
        char name[120];

        snprintf(name, sizeof name, "%s.%s", constants->prefix, constant);
        put(run, run->parameters, name, json_real(value));
    }
}

// What is recorded before the case starts. null: the case's own value, not known yet; as_asked: also for a missing string.
static void put_values(struct h4l_run *run, bool as_asked)
{
    for (size_t i = 0; i < run->n_values; i++) {
        const struct h4l_value *v = &run->values[i];
        bool known = v->text || (!as_asked && v->param->absent);

        put(run, run->parameters, v->param->member.name,
            known ? h4l_param_json(v->param, run->taken) : json_null());
    }
    put_constants(run);
}

int h4l_run_begin(const struct options *o, const struct h4l_case *the_case, const char *dir,
                  struct h4l_pool *pool, struct h4l_run *ret, struct h4l_err *err)
{
    struct h4l_run run = {.options = o, .the_case = the_case, .dir = dir, .pool = pool};
    int code = h4l_family_values(o, the_case, &run.values, &run.n_values, err);
    json_t *asked;

    if (code)
        return code;
    run.taken = calloc(1, o->family->options_size + 1);
    run.parameters = json_object();
    run.metrics = json_object();
    if (run.taken) {
        h4l_run_override(&run, run.taken);
        put_values(&run, true);
    }
    code = h4l_provenance(o->argc, o->argv, o->threads, &run.provenance, err);
    // What was asked for, before the case derives values: --resume compares it.
    asked = json_pack("{s:i, s:o}", "seeds", o->seeds, "parameters", h4l_json_copy(run.parameters));
    if (asprintf(&run.path, "%s/%s.json", dir, the_case->name) < 0)
        run.path = NULL;
    if (run.taken)
        put_values(&run, false);
    h4l_json_set(&run.provenance, "asked", asked);
    if (!run.provenance || !run.taken || !run.metrics || !run.path || run.trouble.code) {
        h4l_run_end(&run);
        return code ? code
                    : h4l_fail(err, H4L_E_NOMEM, "out of memory for the case %s", the_case->name);
    }
    if (o->seeds)
        h4l_run_record_param(&run, "seeds", json_integer(o->seeds));
    h4l_progress_begin(&run.progress, o->quiet ? H4L_PROGRESS_NEVER : o->progress);
    *ret = run;
    return H4L_OK;
}

void h4l_run_end(struct h4l_run *run)
{
    h4l_progress_end(&run->progress);
    for (size_t i = 0; i < run->n_series; i++)
        free_series(run->series[i]);
    free(run->series);
    h4l_values_free(run->values, run->n_values);
    free(run->taken);
    json_decref(run->parameters);
    json_decref(run->metrics);
    json_decref(run->provenance);
    free(run->path);
    *run = (struct h4l_run){0};
}

// ---- metrics without a value ----

static bool has_null(const json_t *value)
{
    const char *name;
    json_t *part;

    for (size_t i = 0; i < json_array_size(value); i++)
        if (has_null(json_array_get(value, i)))
            return true;
    json_object_foreach((json_t *)value, name, part) if (has_null(part)) return true;
    return json_is_null(value);
}

const char *h4l_run_why_undefined(const struct h4l_run *run, const char *metric)
{
    const struct h4l_undefined *row = run->options->family->undefined;

    if (!row || !has_null(json_object_get(run->metrics, metric)))
        return NULL;
    while (row->metrics &&
           !(h4l_is_among(row->cases, run->the_case->name) && h4l_is_among(row->metrics, metric)))
        row++;
    return row->metrics ? row->why : NULL;
}

// Those of all metrics under their names. NULL without memory.
static json_t *undefined(const struct h4l_run *run)
{
    json_t *object = json_object(), *value;
    const char *name;

    json_object_foreach(run->metrics, name, value)
    {
        const char *why = h4l_run_why_undefined(run, name);

        if (why)
            h4l_json_set(&object, name, json_string(why));
    }
    return object;
}

// ---- the result ----

static json_t *make_result(struct h4l_run *run)
{
    json_t *series = json_array(), *why = undefined(run), *result;

    for (size_t i = 0; i < run->n_series; i++)
        h4l_json_add(&series, json_incref(run->series[i]->entry));
    result = json_pack("{s:s, s:s, s:s, s:s, s:I, s:O, s:O, s:o, s:O}", "schema", "hh4lif.result/1",
                       "family", run->options->family->name, "case", run->the_case->name, "tier",
                       h4l_tier_names[run->options->tier], "seed", (json_int_t)run->options->seed,
                       "parameters", run->parameters, "metrics", run->metrics, "series", series,
                       "provenance", run->provenance);
    if (!why || json_object_size(why))
        h4l_json_set(&result, "undefined", json_incref(why));
    json_decref(why);
    return result;
}

// Shows the finished files under their names, the result last: it never stands beside series that are not its own, whenever the
// program is killed.
static int show(struct h4l_run *run, struct h4l_file *result, struct h4l_err *err)
{
    size_t n = run->n_series;
    struct h4l_file **files = malloc((n + 1) * sizeof(struct h4l_file *));
    int code;

    if (!files)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the result");
    for (size_t i = 0; i < n; i++)
        files[i] = &run->series[i]->csv.file;
    files[n] = result;
    code = h4l_files_commit(files, n + 1, err);
    free(files);
    return code;
}

// Everything that needs space is written before the first file is shown, so that a full disk leaves an earlier result whole.
static int write_files(struct h4l_run *run, const json_t *result, struct h4l_err *err)
{
    struct h4l_file file;
    int code = H4L_OK;

    for (size_t i = 0; i < run->n_series && !code; i++)
        code = h4l_file_finish(&run->series[i]->csv.file, err);
    if (!code)
        code = h4l_json_prepare(run->path, result, &file, err);
    if (code)
        return code;
    code = show(run, &file, err);
    h4l_file_abort(&file);
    return code;
}

int h4l_run_write(struct h4l_run *run, double seconds, struct h4l_err *err)
{
    json_t *result;
    int code;

    if (!run->trouble.code && json_object_size(run->metrics) == 0)
        h4l_fail(&run->trouble, H4L_E_INTERNAL, "the case measured nothing");
    if (!run->trouble.code)
        check_recorded(run, &run->trouble);
    if (run->trouble.code)
        return h4l_fail(err, run->trouble.code, "%s", run->trouble.message);
    code = h4l_provenance_finish(run->provenance, err);
    if (code)
        return code;
    h4l_json_set(&run->provenance, "seconds", json_real(seconds));
    result = make_result(run);
    if (!result)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the result");
    code = write_files(run, result, err);
    json_decref(result);
    return code;
}
