#include "base/csv.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// ---- writing ----

// A double with 17 digits and a '.', also where the program has set a locale with another decimal point.
static void put_double(FILE *stream, double x)
{
    char text[64];
    const char *point = localeconv()->decimal_point;

    if (isnan(x))
        return;
    snprintf(text, sizeof text, "%.17g", x);
    if (strcmp(point, ".") != 0) {
        char *at = strstr(text, point);

        if (at) {
            *at = '.';
            memmove(at + 1, at + strlen(point), strlen(at + strlen(point)) + 1);
        }
    }
    fputs(text, stream);
}

void h4l_csv_put_text(FILE *stream, const char *text)
{
    if (text[0] != '#' && !strpbrk(text, ",\"\r\n")) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}

int h4l_csv_begin(const char *dir, const char *name, const char *const *columns, int n,
                  struct h4l_csv *ret, struct h4l_err *err)
{
    struct h4l_csv csv = {.columns = n};
    char *path;
    int code;

    if (asprintf(&path, "%s/%s", dir, name) < 0)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the path %s/%s", dir, name);
    code = h4l_file_begin(path, &csv.file, err);
    free(path);
    if (code)
        return code;
    h4l_csv_row_text(&csv, columns);
    *ret = csv;
    return H4L_OK;
}

static FILE *next_cell(struct h4l_csv *csv)
{
    if (csv->at > 0)
        fputc(',', csv->file.stream);
    return csv->file.stream;
}

static void end_cell(struct h4l_csv *csv)
{
    csv->at = (csv->at + 1) % csv->columns;
    if (csv->at == 0)
        fputc('\n', csv->file.stream);
}

void h4l_csv_text(struct h4l_csv *csv, const char *text)
{
    h4l_csv_put_text(next_cell(csv), text);
    end_cell(csv);
}

void h4l_csv_real(struct h4l_csv *csv, double x)
{
    put_double(next_cell(csv), x);
    end_cell(csv);
}

void h4l_csv_int(struct h4l_csv *csv, long long x)
{
    fprintf(next_cell(csv), "%lld", x);
    end_cell(csv);
}

void h4l_csv_row(struct h4l_csv *csv, const double *values)
{
    for (int i = 0; i < csv->columns; i++)
        h4l_csv_real(csv, values[i]);
}

void h4l_csv_row_text(struct h4l_csv *csv, const char *const *values)
{
    for (int i = 0; i < csv->columns; i++)
        h4l_csv_text(csv, values[i]);
}

int h4l_csv_commit(struct h4l_csv *csv, struct h4l_err *err)
{
    return h4l_file_commit(&csv->file, err);
}

void h4l_csv_abort(struct h4l_csv *csv)
{
    h4l_file_abort(&csv->file);
}

// ---- reading ----

struct reader {
    const char *path, *at, *end; // the text of the file still to be read
    const char *line_start;
    size_t line; // from 1
    char *field; // the last field read, unquoted; as long as the file at most
    locale_t c_locale;
    struct h4l_table table;
    size_t room; // doubles that table.values can hold
};

static int fail_at(const struct reader *r, const char *at, struct h4l_err *err, const char *text)
{
    return h4l_fail(err, H4L_E_DATA, "%s:%zu:%zu: %s", r->path, r->line,
                    (size_t)(at - r->line_start) + 1, text);
}

static void next_line(struct reader *r)
{
    if (r->at < r->end && *r->at == '\r')
        r->at++;
    if (r->at < r->end && *r->at == '\n')
        r->at++;
    r->line++;
    r->line_start = r->at;
}

static bool at_line_end(const struct reader *r)
{
    return r->at == r->end || *r->at == '\n' ||
           (*r->at == '\r' && (r->at + 1 == r->end || r->at[1] == '\n'));
}

static void skip_comments(struct reader *r)
{
    while (r->at < r->end && *r->at == '#') {
        while (!at_line_end(r))
            r->at++;
        next_line(r);
    }
}

// Reads one field into r->field and stops behind it, at ',' or the line's end.
static int read_field(struct reader *r, struct h4l_err *err)
{
    char *out = r->field;
    const char *start = r->at;

    if (r->at < r->end && *r->at == '"') {
        for (r->at++;; r->at++) {
            if (r->at == r->end || *r->at == '\n')
                return fail_at(r, start, err, "expected a closing quote on the same line");
            if (*r->at == '"' && (r->at + 1 == r->end || *++r->at != '"'))
                break;
            *out++ = *r->at;
        }
        if (r->at < r->end && *r->at == '"')
            r->at++; // the closing quote was the file's last byte
    } else {
        while (!at_line_end(r) && *r->at != ',')
            *out++ = *r->at++;
    }
    *out = 0;
    if (!at_line_end(r) && *r->at != ',')
        return fail_at(r, r->at, err, "expected ',' or the end of the line after a quoted field");
    return H4L_OK;
}

static int read_header(struct reader *r, struct h4l_err *err)
{
    struct h4l_table *table = &r->table;

    if (r->at == r->end)
        return fail_at(r, r->at, err, "expected a header line with the names of the columns");
    for (;; r->at++) {
        const char *start = r->at;
        int code = read_field(r, err);
        char **names;

        if (code)
            return code;
        if (!*r->field)
            return fail_at(r, start, err, "expected the name of a column, found nothing");
        if (h4l_table_column(table, r->field) >= 0)
            return fail_at(r, start, err, "the name of this column stands twice in the header");
        names = realloc(table->names, (table->columns + 1) * sizeof *names);
        if (names)
            table->names = names;
        if (!names || !(names[table->columns] = strdup(r->field)))
            return h4l_fail(err, H4L_E_NOMEM, "out of memory while reading %s", r->path);
        table->columns++;
        if (at_line_end(r))
            break;
    }
    next_line(r);
    return H4L_OK;
}

static int parse_number(const struct reader *r, const char *start, double *ret, struct h4l_err *err)
{
    const char *text = r->field + strspn(r->field, " \t");
    char message[160], *end;

    if (!*text) {
        *ret = NAN;
        return H4L_OK;
    }
    *ret = strtod_l(text, &end, r->c_locale);
    if (end == text || end[strspn(end, " \t")]) {
        snprintf(message, sizeof message, "expected a number, found \"%.80s\"", r->field);
        return fail_at(r, start, err, message);
    }
    return H4L_OK;
}

static int make_room(struct reader *r, struct h4l_err *err)
{
    size_t needed = (r->table.rows + 1) * r->table.columns;

    if (needed > r->room) {
        size_t room = 2 * needed;
        double *values = realloc(r->table.values, room * sizeof *values);

        if (!values)
            return h4l_fail(err, H4L_E_NOMEM, "out of memory while reading %s", r->path);
        r->table.values = values;
        r->room = room;
    }
    return H4L_OK;
}

static int read_row(struct reader *r, struct h4l_err *err)
{
    size_t columns = r->table.columns, n = 0;
    int code = make_room(r, err);

    for (; !code; r->at++) {
        const char *start = r->at;
        double value;

        code = read_field(r, err);
        if (!code)
            code = parse_number(r, start, &value, err);
        if (code)
            break;
        if (n < columns)
            r->table.values[r->table.rows * columns + n] = value;
        n++;
        if (at_line_end(r))
            break;
    }
    if (!code && n != columns) {
        char message[80];

        snprintf(message, sizeof message, "expected %zu fields as in the header, found %zu",
                 columns, n);
        code = fail_at(r, r->at, err, message);
    }
    if (!code) {
        r->table.rows++;
        next_line(r);
    }
    return code;
}

static int read_table(struct reader *r, struct h4l_err *err)
{
    int code;

    if (r->end - r->at >= 3 && memcmp(r->at, "\xef\xbb\xbf", 3) == 0)
        r->line_start = r->at += 3; // byte-order mark of some spreadsheets
    skip_comments(r);
    code = read_header(r, err);
    while (!code && (skip_comments(r), r->at < r->end)) {
        if (at_line_end(r) && r->table.columns > 1)
            next_line(r); // blank line; in a table of one column it is an empty field
        else
            code = read_row(r, err);
    }
    return code;
}

int h4l_table_read(const char *path, struct h4l_table *ret, struct h4l_err *err)
{
    struct reader r = {.path = path, .line = 1};
    char *bytes;
    size_t n;
    int code = h4l_read_file(path, (size_t)1 << 32, &bytes, &n, err);

    if (code)
        return code;
    r.line_start = r.at = bytes;
    r.end = bytes + n;
    r.field = malloc(n + 1);
    r.c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    code = r.field && r.c_locale
               ? read_table(&r, err)
               : h4l_fail(err, H4L_E_NOMEM, "out of memory while reading %s", path);
    if (r.c_locale)
        freelocale(r.c_locale);
    free(r.field);
    free(bytes);
    if (code)
        h4l_table_free(&r.table);
    else
        *ret = r.table;
    return code;
}

void h4l_table_free(struct h4l_table *table)
{
    for (size_t i = 0; i < table->columns; i++)
        free(table->names[i]);
    free(table->names);
    free(table->values);
    *table = (struct h4l_table){0};
}

int h4l_table_column(const struct h4l_table *table, const char *name)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->names[i], name) == 0)
            return (int)i;
    return -1;
}
