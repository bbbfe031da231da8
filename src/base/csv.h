// CSV writing and reading: header line, ',' between fields, '.' decimals whatever the locale, %.17g for doubles.
#ifndef H4L_BASE_CSV_H
#define H4L_BASE_CSV_H

#include "base/file.h"

struct h4l_csv {
    struct h4l_file file;
    int columns;
    int at; // cells of the row at work
};

// Opens DIR/name for writing (atomic, see file.h) and writes the header from columns[0..n-1].
int h4l_csv_begin(const char *dir, const char *name, const char *const *columns, int n,
                  struct h4l_csv *ret, struct h4l_err *err);
// One row of doubles (whole numbers print without decimals; NaN as an empty field). Write errors show at commit.
void h4l_csv_row(struct h4l_csv *csv, const double *values);
// One row of ready texts (quoted where needed).
void h4l_csv_row_text(struct h4l_csv *csv, const char *const *values);
// A row cell by cell, in the order of the columns; the last cell ends it.
void h4l_csv_text(struct h4l_csv *csv, const char *text);
void h4l_csv_real(struct h4l_csv *csv, double x);
void h4l_csv_int(struct h4l_csv *csv, long long x);
// A field as RFC 4180 wants it: in quotes where it holds a separator, a quote, a line end or a leading '#'.
void h4l_csv_put_text(FILE *stream, const char *text);
int h4l_csv_commit(struct h4l_csv *csv, struct h4l_err *err);
void h4l_csv_abort(struct h4l_csv *csv);

// A numeric CSV file read whole: values[row * columns + column]; an empty field is NaN. Lines that start with '#' are skipped.
struct h4l_table {
    char **names;
    size_t columns, rows;
    double *values;
};
// H4L_E_DATA names file, line and column of what is wrong (missing file, ragged row, not a number).
int h4l_table_read(const char *path, struct h4l_table *ret, struct h4l_err *err);
void h4l_table_free(struct h4l_table *table);
// Index of the column of that name, or -1.
int h4l_table_column(const struct h4l_table *table, const char *name);

#endif
