// OUT/sweep.csv: a row per cell and case.
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/paths.h"
#include "internal.h"

enum { MAX_VALUES = 64 };

static int no_memory(struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "no memory for the table of a sweep");
}

static size_t count_values(const json_t *value)
{
    size_t n = 0, i;
    json_t *element;

    if (!json_is_array(value))
        return 1;
    json_array_foreach(value, i, element) n += count_values(element);
    return n;
}

// A number as the JSON file has it, a text as it is, a list with blanks between, null and nothing: the empty text.
static void put_value(FILE *stream, const json_t *value)
{
    size_t i;
    json_t *element;

    if (json_is_array(value))
        json_array_foreach(value, i, element)
        {
            if (i)
                fputc(' ', stream);
            put_value(stream, element);
        }
    else if (json_is_integer(value))
        fprintf(stream, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        fprintf(stream, "%.17g", json_real_value(value));
    else if (json_is_string(value))
        fputs(json_string_value(value), stream);
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "true" : "false", stream);
}

static json_t *text_of(const json_t *value)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);
    json_t *found;

    if (!stream)
        return NULL;
    put_value(stream, value);
    found = fclose(stream) == 0 ? json_string(text) : NULL;
    free(text);
    return found;
}

// Adds a metric, or each of its arms under NAME/ARM, to the row and to the columns. A name that a parameter has is the parameter's.
static bool add_metric(json_t *row, json_t *columns, const char *name, const json_t *value)
{
    const char *key;
    json_t *sub;
    bool ok = true;

    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, sub)
        {
            json_t *longer = json_sprintf("%s/%s", name, key);

            ok = ok && longer && add_metric(row, columns, json_string_value(longer), sub);
            json_decref(longer);
        }
        return ok;
    }
    if (json_object_get(row, name) || count_values(value) > MAX_VALUES)
        return true;
    return json_object_set_new(row, name, text_of(value)) == 0 &&
           (json_object_get(columns, name) || json_object_set_new(columns, name, json_true()) == 0);
}

// A row for one result of a cell; path NULL: the cell has none.
static int add_row(const json_t *fixed, const char *path, json_t *rows, json_t *columns,
                   struct h4l_err *err)
{
    json_t *row = h4l_json_copy(fixed), *result = NULL, *value;
    const char *name;
    int code = path ? h4l_json_read(path, &result, err) : H4L_OK;
    bool ok = row != NULL;

    if (!code && path) {
        const json_t *family = json_object_get(result, "family"),
                     *which = json_object_get(result, "case");

        // A file that is no result of ours has neither.
        ok = ok && (!family || json_object_set(row, "family", (json_t *)family) == 0) &&
             (!which || json_object_set(row, "case", (json_t *)which) == 0);
        json_object_foreach(json_object_get(result, "metrics"), name, value)
        {
            ok = ok && add_metric(row, columns, name, value);
        }
    }
    ok = ok && json_array_append(rows, row) == 0;
    json_decref(row);
    json_decref(result);
    return code ? code : ok ? H4L_OK : no_memory(err);
}

// Cells without a result of their own.
struct unfinished {
    size_t failed, missing;
};

// What stands in every row of that cell; NULL: no memory. Counts the cells that failed and that did not run.
static json_t *fixed_part(const struct h4l_sweep_joint *joint, size_t i,
                          const struct h4l_sweep_done *done, struct unfinished *count)
{
    const struct h4l_sweep_cell *cell = &joint->cells->cell[i];
    json_t *row = h4l_json_copy(joint->parameters[i]);

    if (done->finished) {
        count->failed += done->status != 0;
        h4l_json_set(&row, "status", json_sprintf("%d", done->status));
        h4l_json_set(&row, "seconds", json_sprintf("%.3f", done->seconds));
    } else {
        count->missing++;
    }
    h4l_json_set(&row, "id", json_string(cell->id));
    h4l_json_set(&row, "cell", json_string(cell->text));
    h4l_json_set(&row, "family", json_string(cell->words[0]));
    return row;
}

static int add_cell(const struct h4l_sweep_joint *joint, size_t i, const json_t *fixed,
                    json_t *rows, json_t *columns, struct h4l_err *err)
{
    char *folder = h4l_sweep_path(joint->out, &joint->cells->cell[i], "");
    struct h4l_paths found = {0};
    int code = folder && fixed ? h4l_paths_find(folder, "*/*.json", &found, err) : no_memory(err);

    for (size_t k = 0; k < found.n && !code; k++)
        code = add_row(fixed, found.path[k], rows, columns, err);
    if (!code && found.n == 0)
        code = add_row(fixed, NULL, rows, columns, err);
    h4l_paths_free(&found);
    free(folder);
    return code;
}

static int write_rows(const struct h4l_sweep_joint *joint, const json_t *rows, json_t *metrics,
                      struct h4l_err *err)
{
    static const char *const first[] = {"id", "status", "seconds", "cell"};
    size_t given = json_array_size(joint->given), n = 0, i;
    const char **columns = calloc(6 + given + json_object_size(metrics), sizeof *columns), *name;
    struct h4l_csv csv;
    json_t *row, *any;
    int code;

    if (!columns)
        return no_memory(err);
    while (n < 4) {
        columns[n] = first[n];
        n++;
    }
    for (i = 0; i < given; i++)
        columns[n++] = json_string_value(json_array_get(joint->given, i));
    columns[n++] = "family";
    columns[n++] = "case";
    json_object_foreach(metrics, name, any) columns[n++] = name;
    code = h4l_csv_begin(joint->out, "sweep.csv", columns, (int)n, &csv, err);
    if (code == H4L_OK) {
        json_array_foreach(rows, i, row)
        {
            for (size_t k = 0; k < n; k++) {
                const char *text = json_string_value(json_object_get(row, columns[k]));

                h4l_csv_text(&csv, text ? text : "");
            }
        }
        code = h4l_csv_commit(&csv, err);
    }
    free(columns);
    return code;
}

int h4l_sweep_summary(const struct h4l_sweep_joint *joint, struct h4l_err *err)
{
    json_t *rows = json_array(), *columns = json_object();
    struct unfinished count = {0};
    int code = rows && columns ? H4L_OK : no_memory(err);

    for (size_t i = 0; i < joint->cells->n && !code; i++) {
        struct h4l_sweep_done done;
        json_t *fixed = NULL;

        code = h4l_sweep_look(joint, err);
        if (!code)
            code = h4l_sweep_read_done(joint->out, &joint->cells->cell[i], &done, err);
        if (!code) {
            fixed = fixed_part(joint, i, &done, &count);
            code = add_cell(joint, i, fixed, rows, columns, err);
        }
        json_decref(fixed);
    }
    if (!code)
        code = write_rows(joint, rows, columns, err);
    json_decref(rows);
    json_decref(columns);
    if (code == H4L_OK && count.failed + count.missing > 0)
        code = h4l_fail(err, H4L_E_CHECK,
                        "%zu of %zu cells failed and %zu did not run; see %s/sweep.csv and each "
                        "cell's log",
                        count.failed, joint->cells->n, count.missing, joint->out);
    return code;
}
