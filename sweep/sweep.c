#include "sweep.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { MAX_RANGE = 100000 };

static void free_cell(struct h4l_sweep_cell *cell)
{
    for (size_t i = 0; cell->words && cell->words[i]; i++)
        free(cell->words[i]);
    free(cell->words);
    free(cell->text);
}

void h4l_sweep_cells_free(struct h4l_sweep_cells *cells)
{
    for (size_t i = 0; i < cells->n; i++)
        free_cell(&cells->cell[i]);
    free(cells->cell);
    *cells = (struct h4l_sweep_cells){0};
}

// Splits a line without braces into words and adds it.
static int add_cell(const char *line, size_t number, struct h4l_sweep_cells *cells,
                    struct h4l_err *err)
{
    struct h4l_sweep_cell *more = realloc(cells->cell, (cells->n + 1) * sizeof *more), cell = {0};
    char *copy = strdup(line), *rest = copy, *word, hex[65];
    size_t n = 0;

    if (more)
        cells->cell = more;
    cell.words = calloc(strlen(line) / 2 + 2, sizeof(char *));
    cell.text = calloc(1, strlen(line) + 1);
    if (!more || !copy || !cell.words || !cell.text)
        goto nomem;
    while ((word = strsep(&rest, " \t\r"))) {
        if (!*word)
            continue;
        cell.words[n] = strdup(word);
        if (!cell.words[n++])
            goto nomem;
        strcat(strcat(cell.text, n > 1 ? " " : ""), word);
    }
    free(copy);
    h4l_sha256(cell.text, strlen(cell.text), hex);
    memcpy(cell.id, hex, sizeof cell.id - 1);
    for (const char *c = cell.words[0]; *c; c++)
        if (!islower((unsigned char)*c)) {
            h4l_fail(err, H4L_E_USAGE,
                     "line %zu: \"%s\" is no experiment family; a cell is a family (such as "
                     "multitask) and its arguments",
                     number, cell.words[0]);
            free_cell(&cell);
            return H4L_E_USAGE;
        }
    for (size_t i = 0; i < cells->n; i++)
        if (strcmp(cells->cell[i].text, cell.text) == 0) {
            h4l_fail(err, H4L_E_USAGE, "line %zu: the cell \"%s\" is there twice", number,
                     cell.text);
            free_cell(&cell);
            return H4L_E_USAGE;
        }
    cells->cell[cells->n++] = cell;
    return H4L_OK;
nomem:
    free(copy);
    free_cell(&cell);
    return h4l_fail(err, H4L_E_NOMEM, "no memory for the cells of a sweep");
}

static int expand(const char *line, size_t number, struct h4l_sweep_cells *cells,
                  struct h4l_err *err);

// One choice for the brace that reaches from open to close.
static int expand_with(const char *line, const char *open, const char *close, const char *choice,
                       size_t length, size_t number, struct h4l_sweep_cells *cells,
                       struct h4l_err *err)
{
    size_t before = (size_t)(open - line), n = before + length + strlen(close + 1) + 1;
    char *next = malloc(n);
    int code;

    if (!next)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the cells of a sweep");
    snprintf(next, n, "%.*s%.*s%s", (int)before, line, (int)length, choice, close + 1);
    code = expand(next, number, cells, err);
    free(next);
    return code;
}

// Replaces the first brace by each of its choices, in order, and goes on with what comes out.
static int expand(const char *line, size_t number, struct h4l_sweep_cells *cells,
                  struct h4l_err *err)
{
    const char *open = strchr(line, '{'), *close = open ? strchr(open, '}') : NULL;
    long long first, last;
    int used = 0, code = H4L_OK;

    if (!open)
        return add_cell(line, number, cells, err);
    if (!close || memchr(open + 1, '{', (size_t)(close - open - 1)) || close == open + 1)
        return h4l_fail(err, H4L_E_USAGE,
                        "line %zu: expected {a,b,c} or {first..last}, found \"%s\"", number, open);
    if (sscanf(open, "{%lld..%lld%n", &first, &last, &used) == 2 && open + used == close) {
        if (last < first || last - first >= MAX_RANGE)
            return h4l_fail(err, H4L_E_USAGE,
                            "line %zu: {%lld..%lld} must rise and have at most %d values", number,
                            first, last, MAX_RANGE);
        for (long long i = first; i <= last && code == H4L_OK; i++) {
            char text[32];
            int length = snprintf(text, sizeof text, "%lld", i);

            code = expand_with(line, open, close, text, (size_t)length, number, cells, err);
        }
        return code;
    }
    for (const char *at = open + 1; at <= close && code == H4L_OK;) {
        size_t length = strcspn(at, ",}");

        code = expand_with(line, open, close, at, length, number, cells, err);
        at += length + 1;
    }
    return code;
}

int h4l_sweep_cells_parse(const char *text, struct h4l_sweep_cells *ret, struct h4l_err *err)
{
    struct h4l_sweep_cells cells = {0};
    char *copy = strdup(text), *rest = copy, *line;
    int code = copy ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for the cells of a sweep");

    for (size_t number = 1; code == H4L_OK && (line = strsep(&rest, "\n")); number++) {
        line[strcspn(line, "#")] = 0;
        if (line[strspn(line, " \t\r")])
            code = expand(line, number, &cells, err);
    }
    if (code == H4L_OK && cells.n == 0)
        code = h4l_fail(err, H4L_E_USAGE, "there is no cell; a line is a family and its arguments");
    free(copy);
    if (code)
        h4l_sweep_cells_free(&cells);
    else
        *ret = cells;
    return code;
}
