// The files of the cells, found and put in order; tables joined.
#include "join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/grow.h"
#include "base/log.h"
#include "base/paths.h"
#include "internal.h"

static int no_memory(struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "no memory to join a sweep");
}

char *h4l_sweep_path(const char *out, const struct h4l_sweep_cell *cell, const char *below)
{
    char *path;

    return asprintf(&path, "%s/%s/%s", out, cell->id, below) < 0 ? NULL : path;
}

int h4l_sweep_read_done(const char *out, const struct h4l_sweep_cell *cell,
                        struct h4l_sweep_done *ret, struct h4l_err *err)
{
    char *path = h4l_sweep_path(out, cell, "done"), *text = NULL;
    size_t n;
    int code = path ? h4l_read_file(path, 4096, &text, &n, err) : no_memory(err);

    *ret = (struct h4l_sweep_done){0};
    ret->finished =
        code == H4L_OK && sscanf(text, "status %d seconds %lf", &ret->status, &ret->seconds) == 2;
    free(path);
    free(text);
    return code == H4L_E_DATA ? H4L_OK : code;
}

// ---- parameters ----

// Adds a text under the first n characters of name, behind one that is there. false: no memory.
static bool add_text(json_t *object, const char *name, size_t n, const char *text)
{
    const char *before;
    char *key = strndup(name, n);
    json_t *value;
    bool added;

    if (!key)
        return false;
    before = json_string_value(json_object_get(object, key));
    value = before ? json_sprintf("%s %s", before, text) : json_string(text);
    added = json_object_set_new(object, key, value) == 0;
    free(key);
    return added;
}

int h4l_sweep_parameters(const struct h4l_sweep_cell *cell, json_t **ret, struct h4l_err *err)
{
    json_t *object = json_object();
    bool ok = object != NULL;

    for (char **word = cell->words + 1; ok && *word; word++) {
        const char *name = *word + 2, *end, *value = "";

        if (strncmp(*word, "--", 2) != 0)
            continue;
        end = strchrnul(name, '=');
        if (*end)
            value = end + 1;
        else if (word[1] && strncmp(word[1], "--", 2) != 0)
            value = *++word;
        if (end - name == 3 && strncmp(name, "set", 3) == 0) {
            name = value;
            end = strchrnul(name, '=');
            value = *end ? end + 1 : "";
        }
        ok = add_text(object, name, (size_t)(end - name), value);
    }
    if (!ok) {
        json_decref(object);
        return no_memory(err);
    }
    *ret = object;
    return H4L_OK;
}

static bool is_among(const json_t *names, const char *name)
{
    size_t i;
    json_t *other;

    json_array_foreach(names, i,
                       other) if (strcmp(json_string_value(other), name) == 0) return true;
    return false;
}

static int collect_parameters(struct h4l_sweep_joint *joint, struct h4l_err *err)
{
    joint->parameters = calloc(joint->cells->n, sizeof(json_t *));
    joint->given = json_array();
    if (!joint->parameters || !joint->given)
        return no_memory(err);
    for (size_t i = 0; i < joint->cells->n; i++) {
        const char *name;
        json_t *value;
        int code = h4l_sweep_parameters(&joint->cells->cell[i], &joint->parameters[i], err);

        if (code)
            return code;
        json_object_foreach(joint->parameters[i], name, value)
        {
            if (strcmp(name, "case") != 0 && !is_among(joint->given, name) &&
                json_array_append_new(joint->given, json_string(name)))
                return no_memory(err);
        }
    }
    return H4L_OK;
}

// ---- files ----

static int by_name_and_cell(const void *left, const void *right)
{
    const struct h4l_sweep_part *a = left, *b = right;
    int order = strcmp(a->below, b->below);

    return order ? order : (a->cell > b->cell) - (a->cell < b->cell);
}

void h4l_sweep_parts_free(struct h4l_sweep_parts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        free(parts->part[i].below);
    free(parts->part);
    *parts = (struct h4l_sweep_parts){0};
}

static bool add_part(struct h4l_sweep_parts *parts, const char *below, size_t cell)
{
    char *copy = strdup(below);

    if (!copy || !h4l_grow(&parts->part, parts->n, &parts->room, sizeof *parts->part)) {
        free(copy);
        return false;
    }
    parts->part[parts->n++] = (struct h4l_sweep_part){.below = copy, .cell = cell};
    return true;
}

int h4l_sweep_find(const struct h4l_sweep_joint *joint, const char *pattern,
                   struct h4l_sweep_parts *ret, struct h4l_err *err)
{
    struct h4l_sweep_parts parts = {0};
    int code = H4L_OK;

    for (size_t i = 0; i < joint->cells->n && !code; i++) {
        char *folder = h4l_sweep_path(joint->out, &joint->cells->cell[i], "");
        struct h4l_paths found = {0};

        code = folder ? h4l_paths_find(folder, pattern, &found, err) : no_memory(err);
        for (size_t k = 0; k < found.n && !code; k++)
            if (!add_part(&parts, found.path[k] + strlen(folder) + 1, i))
                code = no_memory(err);
        h4l_paths_free(&found);
        free(folder);
    }
    if (code) {
        h4l_sweep_parts_free(&parts);
        return code;
    }
    if (parts.n)
        qsort(parts.part, parts.n, sizeof *parts.part, by_name_and_cell);
    *ret = parts;
    return H4L_OK;
}

size_t h4l_sweep_same_name(const struct h4l_sweep_parts *parts, size_t first)
{
    size_t n = 1;

    while (first + n < parts->n &&
           strcmp(parts->part[first + n].below, parts->part[first].below) == 0)
        n++;
    return n;
}

// ---- tables ----

// A row of a table: up to the end of its line, which a quoted field may contain.
struct row {
    const char *text;
    size_t length, fields;
};

// Takes the next row from *text; false at the end. The last row may lack its line end.
static bool next_row(const char **text, struct row *ret)
{
    const char *at = *text;
    bool quoted = false;
    struct row row = {.text = at, .fields = 1};

    if (!*at)
        return false;
    for (; *at && (quoted || *at != '\n'); at++) {
        if (*at == '"')
            quoted = !quoted;
        row.fields += *at == ',' && !quoted;
    }
    row.length = (size_t)(at - row.text);
    if (row.length && at[-1] == '\r')
        row.length--;
    *text = at + (*at != 0);
    *ret = row;
    return true;
}

// In a table of one column an empty line is an empty field.
static bool is_blank(const struct row *row, size_t columns)
{
    return row->length == 0 && columns > 1;
}

static bool has_column(const char *header, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = header; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] != 0))
        if (strcspn(at, ",") == n && strncmp(at, name, n) == 0)
            return true;
    return false;
}

// A table at work: the cells that have it, its header, and the parameters that are put behind its columns.
struct table {
    const struct h4l_sweep_joint *joint;
    const struct h4l_sweep_part *part;
    size_t n;
    char *header;
    size_t columns; // of the header
    json_t *added;
};

// Is the parameter the same in every cell that has the table?
static bool is_common(const struct table *t, const char *name)
{
    const json_t *first = json_object_get(t->joint->parameters[t->part[0].cell], name);

    for (size_t i = 1; i < t->n; i++) {
        const json_t *other = json_object_get(t->joint->parameters[t->part[i].cell], name);

        if (!first != !other || (first && !json_equal(first, other)))
            return false;
    }
    return true;
}

// Takes the header of a table and writes it, with the cell and the parameters that vary and are no column yet behind it.
static int begin_table(struct table *t, const struct row *header, FILE *stream, struct h4l_err *err)
{
    size_t i;
    json_t *name;

    t->columns = header->fields;
    t->header = strndup(header->text, header->length);
    t->added = json_array();
    if (!t->header || !t->added)
        return no_memory(err);
    fprintf(stream, "%s,cell", t->header);
    json_array_foreach(t->joint->given, i, name)
    {
        const char *key = json_string_value(name);

        if (has_column(t->header, key) || is_common(t, key))
            continue;
        if (json_array_append(t->added, name))
            return no_memory(err);
        fputc(',', stream);
        h4l_csv_put_text(stream, key);
    }
    fputc('\n', stream);
    return H4L_OK;
}

static void put_row(const struct table *t, FILE *stream, const struct row *row, size_t cell)
{
    size_t i;
    json_t *name;

    fwrite(row->text, 1, row->length, stream);
    fprintf(stream, ",%s", t->joint->cells->cell[cell].id);
    json_array_foreach(t->added, i, name)
    {
        const char *value =
            json_string_value(json_object_get(t->joint->parameters[cell], json_string_value(name)));

        fputc(',', stream);
        h4l_csv_put_text(stream, value ? value : "");
    }
    fputc('\n', stream);
}

// Why this table cannot stand below the others, or NULL.
static const char *why_not(const struct table *t, const struct row *header, const char *rows)
{
    struct row row;

    if (strlen(t->header) != header->length ||
        strncmp(t->header, header->text, header->length) != 0)
        return "has other columns";
    while (next_row(&rows, &row))
        if (!is_blank(&row, t->columns) && row.fields != t->columns)
            return "has a row with other fields than its header";
    return NULL;
}

// Adds the rows of one of its cells.
static int add_rows(struct table *t, const struct h4l_sweep_part *part, struct h4l_file *file,
                    struct h4l_err *err)
{
    const struct h4l_sweep_cell *cell = &t->joint->cells->cell[part->cell];
    char *from = h4l_sweep_path(t->joint->out, cell, part->below), *text = NULL;
    const char *rest, *why = NULL;
    struct row header, row;
    size_t bytes;
    int code = from ? h4l_read_file(from, (size_t)1 << 30, &text, &bytes, err) : no_memory(err);

    rest = text;
    if (!code && (strlen(text) != bytes || !next_row(&rest, &header)))
        why = bytes ? "is no text" : "is empty";
    if (!code && !why && !t->header)
        code = begin_table(t, &header, file->stream, err);
    if (!code && !why)
        why = why_not(t, &header, rest);
    if (!code && why)
        h4l_log(H4L_LOG_WARN, "%s %s; it is left out of %s", from, why, file->path);
    while (!code && !why && next_row(&rest, &row))
        if (!is_blank(&row, t->columns))
            put_row(t, file->stream, &row, part->cell);
    free(from);
    free(text);
    return code;
}

static int join_table(const struct h4l_sweep_joint *joint, const struct h4l_sweep_part *part,
                      size_t n, struct h4l_err *err)
{
    struct table t = {.joint = joint, .part = part, .n = n};
    struct h4l_file file;
    char *path = NULL;
    int code = asprintf(&path, "%s/%s", joint->out, part->below) < 0
                   ? no_memory(err)
                   : h4l_file_begin(path, &file, err);

    if (!code) {
        for (size_t i = 0; i < n && !code; i++) {
            code = h4l_sweep_look(joint, err);
            if (!code)
                code = add_rows(&t, &part[i], &file, err);
        }
        if (code || !t.header)
            h4l_file_abort(&file);
        else
            code = h4l_file_commit(&file, err);
    }
    free(t.header);
    json_decref(t.added);
    free(path);
    return code;
}

int h4l_sweep_join_tables(const struct h4l_sweep_joint *joint, struct h4l_err *err)
{
    struct h4l_sweep_parts parts;
    int code = h4l_sweep_find(joint, "*/*.csv", &parts, err);

    if (code)
        return code;
    for (size_t i = 0, n; i < parts.n && !code; i += n) {
        n = h4l_sweep_same_name(&parts, i);
        code = h4l_sweep_look(joint, err);
        if (!code)
            code = join_table(joint, parts.part + i, n, err);
    }
    h4l_sweep_parts_free(&parts);
    return code;
}

int h4l_sweep_look(const struct h4l_sweep_joint *joint, struct h4l_err *err)
{
    if (joint->stopped && joint->stopped())
        return h4l_fail(err, H4L_E_INTERRUPT, "stopped while joining; --join does it again");
    return H4L_OK;
}

int h4l_sweep_join(const char *out, const struct h4l_sweep_cells *cells, bool (*stopped)(void),
                   struct h4l_err *err)
{
    struct h4l_sweep_joint joint = {.out = out, .cells = cells, .stopped = stopped};
    int code = collect_parameters(&joint, err);

    if (code == H4L_OK)
        code = h4l_sweep_join_tables(&joint, err);
    if (code == H4L_OK)
        code = h4l_sweep_join_results(&joint, err);
    if (code == H4L_OK)
        code = h4l_sweep_summary(&joint, err);
    for (size_t i = 0; joint.parameters && i < cells->n; i++)
        json_decref(joint.parameters[i]);
    free(joint.parameters);
    json_decref(joint.given);
    return code;
}
