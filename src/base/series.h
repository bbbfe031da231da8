// A series is a CSV table beside a result. It is declared once, in the file that writes it: what a row is, and its columns with
// unit and meaning. The header of the file, the units in the result and `--list-files` all come from that declaration.
#ifndef H4L_BASE_SERIES_H
#define H4L_BASE_SERIES_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

// A '*' in a name stands for what the case puts there, such as a neuron's name: one declaration for a column per neuron. The
// unit "*" stands for a key that the case writes, such as "0 HH, 1 tv-LIF2HH". The unit "" is that of a text, "1" of a pure number.
struct h4l_column {
    const char *name, *unit, *meaning; // meaning: one line
};

struct h4l_series {
    const char *file; // with '*' for what the case puts there
    const char *rows; // what a row is: one line that goes on "a row for each ..."
    const struct h4l_column *columns;
    int n;
};
// The declaration with the columns of an array.
#define H4L_SERIES(file_, rows_, columns_)                                                         \
    {                                                                                              \
        file_, rows_, columns_, (int)(sizeof(columns_) / sizeof *(columns_))                       \
    }

// The columns of one file, each from the series' declaration with its '*' filled in.
enum { H4L_COLUMNS = 128 };
struct h4l_header {
    const struct h4l_series *series;
    int n;
    char name[H4L_COLUMNS][64];
    const char *unit[H4L_COLUMNS];
    char wrong[160]; // what was wrong with a column; "": nothing
};

// One more column: the declared one of that name. star: what stands for its '*' (a key must outlive the header); NULL where it has
// none. What is wrong (no such column, no text for its '*', too many) is said by h4l_header_check.
void h4l_header_add(struct h4l_header *header, const char *column, const char *star);
// Every column of header->series, each with the same star.
void h4l_header_all(struct h4l_header *header, const char *star);
// H4L_E_INTERNAL with the first column that was wrong.
int h4l_header_check(const struct h4l_header *header, struct h4l_err *err);

// The file's name with its '*' filled in: a text that the caller frees. NULL without memory.
char *h4l_series_file(const struct h4l_series *series, const char *star);

// The declarations as Markdown: a heading, a line and a table each.
void h4l_series_list(FILE *to, const struct h4l_series *const *series, size_t n);

#endif
