#include "base/series.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Pattern with star in the place of its '*'. Returns the length, as snprintf does.
static int fill(char *ret, size_t size, const char *pattern, const char *star)
{
    const char *at = strchr(pattern, '*');

    if (!at)
        return snprintf(ret, size, "%s", pattern);
    return snprintf(ret, size, "%.*s%s%s", (int)(at - pattern), pattern, star, at + 1);
}

static void blame(struct h4l_header *h, const char *column, const char *why)
{
    if (!*h->wrong)
        snprintf(h->wrong, sizeof h->wrong, "column %.60s: %s", column, why);
}

static void add(struct h4l_header *h, const struct h4l_column *column, const char *star)
{
    bool key = strcmp(column->unit, "*") == 0;

    if (!star && (key || strchr(column->name, '*')))
        blame(h, column->name, "nothing stands for its '*'");
    else if (h->n == H4L_COLUMNS)
        blame(h, column->name, "too many columns");
    else if (fill(h->name[h->n], sizeof h->name[0], column->name, star) >= (int)sizeof h->name[0])
        blame(h, column->name, "its name is too long");
    else
        h->unit[h->n++] = key ? star : column->unit;
}

void h4l_header_add(struct h4l_header *h, const char *name, const char *star)
{
    for (int i = 0; i < h->series->n; i++)
        if (strcmp(h->series->columns[i].name, name) == 0) {
            add(h, &h->series->columns[i], star);
            return;
        }
    blame(h, name, "not declared");
}

void h4l_header_all(struct h4l_header *h, const char *star)
{
    for (int i = 0; i < h->series->n; i++)
        add(h, &h->series->columns[i], star);
}

int h4l_header_check(const struct h4l_header *h, struct h4l_err *err)
{
    if (!*h->wrong)
        return H4L_OK;
    return h4l_fail(err, H4L_E_INTERNAL, "series %s: %s", h->series->file, h->wrong);
}

char *h4l_series_file(const struct h4l_series *series, const char *star)
{
    size_t size = strlen(series->file) + (star ? strlen(star) : 0) + 1;
    char *file = malloc(size);

    if (file)
        fill(file, size, series->file, star ? star : "*");
    return file;
}

static const char *unit_of(const struct h4l_column *column)
{
    return strcmp(column->unit, "*") == 0 ? "key" : *column->unit ? column->unit : "—";
}

void h4l_series_list(FILE *to, const struct h4l_series *const *series, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fprintf(to,
                "%s### `%s`\n\nA row for each %s.\n\n| column | unit | meaning |\n|---|---|---|\n",
                i ? "\n" : "", series[i]->file, series[i]->rows);
        for (int c = 0; c < series[i]->n; c++)
            fprintf(to, "| `%s` | %s | %s |\n", series[i]->columns[c].name,
                    unit_of(&series[i]->columns[c]), series[i]->columns[c].meaning);
    }
}
