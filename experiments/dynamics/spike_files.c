#include "spike_files.h"
#include "dynamics.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/grow.h"

static int no_memory(const char *path, struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "%s: no memory for its spikes", path);
}

// An empty train of that name.
static int add_train(const char *path, const char *name, struct h4l_train_files *files,
                     struct h4l_err *err)
{
    if (files->n == H4L_MOST_TRAINS)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: more than %d trains; without a header each line is a train of its own",
                        path, H4L_MOST_TRAINS);
    if (!h4l_grow(&files->trains, files->n, &files->room, sizeof *files->trains))
        return no_memory(path, err);
    files->trains[files->n] = (struct h4l_train_file){.name = strdup(name)};
    if (!files->trains[files->n].name)
        return no_memory(path, err);
    files->n++;
    return H4L_OK;
}

// Adds the time that text begins with. *ret_end: what follows it and its blanks.
static int add_time(const char *path, size_t line, char *text, struct h4l_train_file *train,
                    char **ret_end, struct h4l_err *err)
{
    char *end;
    double t = strtod(text, &end);

    if (!h4l_grow(&train->t, train->n, &train->room, sizeof *train->t))
        return no_memory(path, err);
    if (end == text || !isfinite(t) ||
        (*end && !isspace((unsigned char)*end) && !strchr(",;", *end)))
        return h4l_fail(err, H4L_E_DATA,
                        "%s, line %zu: expected a spike time (ms), found \"%.40s\"", path, line,
                        text);
    if (train->n && !(t > train->t[train->n - 1]))
        return h4l_fail(err, H4L_E_DATA,
                        "%s, line %zu: expected a later time than %.17g, the one before it, found "
                        "\"%.40s\"",
                        path, line, train->t[train->n - 1], text);
    while (isspace((unsigned char)*end))
        end++;
    train->t[train->n++] = t;
    *ret_end = end;
    return H4L_OK;
}

// The next line that holds something, without its leading blanks; NULL at the end.
static char *next_line(char **rest, size_t *line)
{
    char *row;

    while ((row = strsep(rest, "\n"))) {
        ++*line;
        while (isspace((unsigned char)*row))
            row++;
        if (*row && *row != '#')
            return row;
    }
    return NULL;
}

// The text of a file without its byte-order mark. The caller frees *ret_bytes.
static int read_text(struct h4l_run *run, const char *path, char **ret_bytes, char **ret_text,
                     struct h4l_err *err)
{
    char *text, hash[65];
    size_t bytes;
    int code = h4l_read_file(path, (size_t)1 << 30, &text, &bytes, err);

    if (code)
        return code;
    if (strlen(text) != bytes) {
        free(text);
        return h4l_fail(err, H4L_E_DATA, "%s: expected a text of spike times, found a 0 byte",
                        path);
    }
    h4l_sha256(text, bytes, hash);
    h4l_provenance_data(run, path, hash);
    *ret_bytes = text;
    *ret_text = text + h4l_text_start(text);
    return H4L_OK;
}

int h4l_train_file_read(struct h4l_run *run, const char *path, struct h4l_train_files *ret,
                        struct h4l_err *err)
{
    char *bytes, *rest, *row, *end;
    size_t line = 0;
    int code = read_text(run, path, &bytes, &rest, err);

    if (code)
        return code;
    code = add_train(path, path, ret, err);
    while (!code && (row = next_line(&rest, &line))) {
        code = add_time(path, line, row, &ret->trains[ret->n - 1], &end, err);
        if (!code && *end)
            code = h4l_fail(err, H4L_E_DATA,
                            "%s, line %zu: expected one spike time (ms), found \"%.40s\"", path,
                            line, row);
    }
    free(bytes);
    return code;
}

// ---- many trains, a line each ----

static int read_line(const char *path, size_t line, char *row, struct h4l_train_files *ret,
                     struct h4l_err *err)
{
    char name[30];
    int code;

    snprintf(name, sizeof name, "%zu", ret->n + 1);
    code = add_train(path, name, ret, err);
    while (!code && *row) {
        code = add_time(path, line, row, &ret->trains[ret->n - 1], &row, err);
        while (!code && *row && (isspace((unsigned char)*row) || strchr(",;", *row)))
            row++;
    }
    return code;
}

// ---- many trains, a spike per row of a CSV file ----

struct columns {
    char **names; // [n]; they lie in the header
    size_t n, time;
};

static int read_header(const char *path, char *header, struct columns *ret, struct h4l_err *err)
{
    char *rest = header, *word;
    size_t n = 1;

    for (const char *c = header; *c; c++)
        n += *c == ',';
    *ret = (struct columns){calloc(n, sizeof *ret->names), n, n};
    if (!ret->names)
        return no_memory(path, err);
    header[strcspn(header, "\r")] = 0;
    for (size_t i = 0; (word = strsep(&rest, ",")); i++) {
        ret->names[i] = word;
        if (strcmp(word, "t_ms") == 0 || (strcmp(word, "time") == 0 && ret->time == n))
            ret->time = i;
    }
    if (ret->time == n)
        return h4l_fail(err, H4L_E_DATA,
                        "%s: expected a header with a column t_ms, or a train of numbers per line; "
                        "found \"%.40s\"",
                        path, ret->names[0]);
    return H4L_OK;
}

// "model=0 layer=1": the fields but the time; a train without other columns is called 1.
static void name_train(const struct columns *columns, char *const *fields, char *ret, size_t size)
{
    size_t length = 0;

    snprintf(ret, size, "1");
    for (size_t i = 0; i < columns->n; i++)
        if (i != columns->time && length < size)
            length += (size_t)snprintf(ret + length, size - length, "%s%s=%s", length ? " " : "",
                                       columns->names[i], fields[i]);
}

// The train of that name, made where it is new. index: name -> its place.
static int find_train(const char *path, const char *name, json_t *index,
                      struct h4l_train_files *files, struct h4l_train_file **ret,
                      struct h4l_err *err)
{
    const json_t *place = json_object_get(index, name);
    int code = H4L_OK;

    if (!place) {
        code = add_train(path, name, files, err);
        if (!code && json_object_set_new(index, name, json_integer((json_int_t)files->n - 1)))
            code = h4l_is_utf8(name)
                       ? no_memory(path, err)
                       : h4l_fail(err, H4L_E_DATA, "%s: expected text in UTF-8, found \"%.40s\"",
                                  path, name);
    }
    if (!code)
        *ret = &files->trains[place ? (size_t)json_integer_value(place) : files->n - 1];
    return code;
}

static int read_row(const char *path, size_t line, char *row, const struct columns *columns,
                    char **fields, json_t *index, struct h4l_train_files *files,
                    struct h4l_err *err)
{
    struct h4l_train_file *train;
    char name[300], *rest = row, *word, *end;
    size_t n = 0;
    int code;

    row[strcspn(row, "\r")] = 0;
    for (; (word = strsep(&rest, ",")); n++)
        if (n < columns->n)
            fields[n] = word;
    if (n != columns->n)
        return h4l_fail(err, H4L_E_DATA,
                        "%s, line %zu: expected %zu fields as in the header, found %zu", path, line,
                        columns->n, n);
    name_train(columns, fields, name, sizeof name);
    code = find_train(path, name, index, files, &train, err);
    if (!code)
        code = add_time(path, line, fields[columns->time], train, &end, err);
    if (!code && *end)
        code = h4l_fail(err, H4L_E_DATA, "%s, line %zu: expected one time, found \"%.40s\"", path,
                        line, fields[columns->time]);
    return code;
}

static int read_rows(const char *path, char *header, char *rest, size_t line,
                     struct h4l_train_files *ret, struct h4l_err *err)
{
    struct columns columns;
    char **fields = NULL, *row;
    json_t *index = json_object();
    int code = read_header(path, header, &columns, err);

    if (!code) {
        fields = calloc(columns.n, sizeof *fields);
        if (!fields || !index)
            code = no_memory(path, err);
    }
    while (!code && (row = next_line(&rest, &line)))
        code = read_row(path, line, row, &columns, fields, index, ret, err);
    json_decref(index);
    free(fields);
    free(columns.names);
    return code;
}

int h4l_train_files_read(struct h4l_run *run, const char *path, struct h4l_train_files *ret,
                         struct h4l_err *err)
{
    char *bytes, *rest, *row;
    size_t line = 0;
    int code = read_text(run, path, &bytes, &rest, err);

    if (code)
        return code;
    row = next_line(&rest, &line);
    if (row && (isalpha((unsigned char)*row) || *row == '_' || *row == '"'))
        code = read_rows(path, row, rest, line, ret, err);
    else
        for (; !code && row; row = next_line(&rest, &line))
            code = read_line(path, line, row, ret, err);
    free(bytes);
    return code;
}

void h4l_train_files_free(struct h4l_train_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        free(files->trains[i].name);
        free(files->trains[i].t);
    }
    free(files->trains);
    *files = (struct h4l_train_files){0};
}

int h4l_train_window(struct h4l_run *run, const struct h4l_train_files *files,
                     const char *const *names, struct h4l_window *ret, struct h4l_err *err)
{
    struct h4l_dynamics_options o = *(const struct h4l_dynamics_options *)h4l_run_options(run);
    struct h4l_window w = {o.t_start_ms, 0};
    int code = H4L_OK;

    w.end = h4l_run_given(run, "t_end_ms") ? o.t_end_ms : w.start;
    for (size_t i = 0; i < files->n && !h4l_run_given(run, "t_end_ms"); i++)
        if (files->trains[i].n)
            w.end = fmax(w.end, files->trains[i].t[files->trains[i].n - 1]);
    o.t_end_ms = w.end;
    h4l_run_record(run, NULL, &o);
    if (!(w.end > w.start))
        return h4l_fail(err, H4L_E_USAGE,
                        "window from %g to %g ms is empty: set t_start_ms and t_end_ms", w.start,
                        w.end);
    for (size_t i = 0; i < files->n && !code; i++)
        if ((code = h4l_spikes_check_window(h4l_train_of(files, i), w, err)))
            code = h4l_fail_context(err, code, "%s", names ? names[i] : files->trains[i].name);
    if (!code)
        *ret = w;
    return code;
}
