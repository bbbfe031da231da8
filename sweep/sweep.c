#include "sweep.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/grow.h"
#include "base/json.h"

// Bounds of a whole file: what is longer is a slip, and would fill the memory or the disk with folders.
enum { MAX_CELLS = 100000, MAX_BYTES = 1 << 26 };

static int no_memory(struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "no memory for the cells of a sweep");
}

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

// ---- a line: texts, and the choices that stand between them ----

struct choice {
    const char *text; // of a list: text and length of each
    size_t length;
};

struct brace {
    const char *open, *close;
    struct choice *choices; // NULL: a range
    long long first;        // of a range
    size_t n, at;           // choices, and which one is taken
};

struct line {
    const char *text;
    size_t number; // from 1
    struct brace *braces;
    size_t n, room, cells;
};

static void free_line(struct line *line)
{
    for (size_t i = 0; i < line->n; i++)
        free(line->braces[i].choices);
    free(line->braces);
}

// A whole number, and what follows it: malformed and larger ones are none.
static bool is_number(const char *text, long long *ret, const char **ret_end)
{
    char *end;

    errno = 0;
    *ret = strtoll(text, &end, 10);
    *ret_end = end;
    return end > text && !errno && (isdigit((unsigned char)*text) || *text == '-');
}

static bool is_range(const struct brace *b)
{
    const char *digits = "0123456789", *at = b->open + 1;

    at += *at == '-';
    if (!isdigit((unsigned char)*at))
        return false;
    at += strspn(at, digits);
    if (strncmp(at, "..", 2) != 0)
        return false;
    at += 2 + (at[2] == '-');
    return isdigit((unsigned char)*at) && at + strspn(at, digits) == b->close;
}

static int read_range(const struct line *line, struct brace *b, struct h4l_err *err)
{
    long long last;
    const char *end;

    // The difference of two 64-bit numbers has 64 bits without a sign.
    if (!is_number(b->open + 1, &b->first, &end) || !is_number(end + 2, &last, &end) ||
        last < b->first || (uint64_t)last - (uint64_t)b->first >= MAX_CELLS)
        return h4l_fail(err, H4L_E_USAGE, "line %zu: %.*s must rise and have at most %d values",
                        line->number, (int)(b->close + 1 - b->open), b->open, MAX_CELLS);
    b->n = (size_t)(last - b->first) + 1;
    return H4L_OK;
}

static int read_list(struct brace *b, struct h4l_err *err)
{
    const char *at = b->open + 1;

    b->n = 1;
    for (const char *c = at; c < b->close; c++)
        b->n += *c == ',';
    b->choices = malloc(b->n * sizeof *b->choices);
    if (!b->choices)
        return no_memory(err);
    for (size_t i = 0; i < b->n; i++) {
        size_t length = strcspn(at, ",}");

        b->choices[i] = (struct choice){at, length};
        at += length + 1;
    }
    return H4L_OK;
}

static int add_brace(struct line *line, const char *open, struct h4l_err *err)
{
    size_t inside = strcspn(open + 1, "{}");
    struct brace *b;
    int code;

    if (open[1 + inside] != '}' || inside == 0)
        return h4l_fail(err, H4L_E_USAGE,
                        "line %zu: expected {a,b,c} or {first..last}, found \"%.60s\"",
                        line->number, open);
    if (!h4l_grow(&line->braces, line->n, &line->room, sizeof *line->braces))
        return no_memory(err);
    b = &line->braces[line->n++];
    *b = (struct brace){.open = open, .close = open + 1 + inside};
    code = is_range(b) ? read_range(line, b, err) : read_list(b, err);
    if (code == H4L_OK && b->n > MAX_CELLS / line->cells)
        code = h4l_fail(err, H4L_E_USAGE, "line %zu: its braces give more than %d cells",
                        line->number, MAX_CELLS);
    line->cells *= b->n;
    return code;
}

static int read_line(struct line *line, struct h4l_err *err)
{
    int code = H4L_OK;

    line->cells = 1;
    for (const char *open = strchr(line->text, '{'); open && code == H4L_OK;) {
        code = add_brace(line, open, err);
        if (code == H4L_OK)
            open = strchr(line->braces[line->n - 1].close, '{');
    }
    return code;
}

// ---- its cells ----

// The line with the choices that are taken, malloc'ed.
static char *put_together(const struct line *line)
{
    const char *at = line->text;
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    if (!stream)
        return NULL;
    for (size_t i = 0; i < line->n; i++) {
        const struct brace *b = &line->braces[i];

        fwrite(at, 1, (size_t)(b->open - at), stream);
        if (b->choices)
            fwrite(b->choices[b->at].text, 1, b->choices[b->at].length, stream);
        else
            fprintf(stream, "%lld", b->first + (long long)b->at);
        at = b->close + 1;
    }
    fputs(at, stream);
    if (fclose(stream)) {
        free(text);
        return NULL;
    }
    return text;
}

// Takes the next combination: the last brace turns fastest. False behind the last one.
static bool next_combination(struct line *line)
{
    for (size_t i = line->n; i-- > 0;) {
        if (++line->braces[i].at < line->braces[i].n)
            return true;
        line->braces[i].at = 0;
    }
    return false;
}

static bool is_family(const char *word)
{
    for (const char *c = word; *c; c++)
        if (!islower((unsigned char)*c))
            return false;
    return true;
}

// Splits a text into words: cell->words, and cell->text with one blank between them.
static bool split(char *text, struct h4l_sweep_cell *cell)
{
    size_t n = 0;
    char *rest = text, *word, *end;

    for (const char *c = text; *c; c++)
        n += strchr(" \t\r", *c) != NULL;
    cell->words = calloc(n + 2, sizeof(char *));
    cell->text = end = calloc(1, strlen(text) + 1);
    if (!cell->words || !cell->text)
        return false;
    for (n = 0; (word = strsep(&rest, " \t\r"));) {
        if (!*word)
            continue;
        if (n)
            *end++ = ' ';
        end = stpcpy(end, word);
        cell->words[n] = strdup(word);
        if (!cell->words[n++])
            return false;
    }
    return true;
}

// Adds the cell of the combination that is taken.
static int add_cell(const struct line *line, struct h4l_sweep_cells *cells, struct h4l_err *err)
{
    struct h4l_sweep_cell cell = {.line = line->number};
    char *text = put_together(line), hex[65];
    int code = H4L_OK;

    if (!text || !split(text, &cell) ||
        !h4l_grow(&cells->cell, cells->n, &cells->room, sizeof *cells->cell))
        code = no_memory(err);
    else if (!cell.words[0] || !is_family(cell.words[0]))
        code = h4l_fail(err, H4L_E_USAGE,
                        "line %zu: \"%.60s\" is no experiment family; a cell is a family (such as "
                        "multitask) and its arguments",
                        line->number, cell.words[0] ? cell.words[0] : "");
    free(text);
    if (code) {
        free_cell(&cell);
        return code;
    }
    h4l_sha256(cell.text, strlen(cell.text), hex);
    memcpy(cell.id, hex, sizeof cell.id - 1);
    cells->bytes += strlen(cell.text);
    cells->cell[cells->n++] = cell;
    return H4L_OK;
}

static int add_line(struct line *line, struct h4l_sweep_cells *cells, struct h4l_err *err)
{
    int code = read_line(line, err);

    if (code == H4L_OK && cells->n + line->cells > MAX_CELLS)
        code = h4l_fail(err, H4L_E_USAGE, "line %zu: with it the file has more than %d cells",
                        line->number, MAX_CELLS);
    while (code == H4L_OK) {
        code = add_cell(line, cells, err);
        if (code == H4L_OK && cells->bytes > MAX_BYTES)
            code = h4l_fail(err, H4L_E_USAGE, "line %zu: the cells are longer than %d bytes in all",
                            line->number, MAX_BYTES);
        if (code || !next_combination(line))
            break;
    }
    free_line(line);
    return code;
}

// ---- the file ----

static int by_id(const void *left, const void *right)
{
    const struct h4l_sweep_cell *const *a = left, *const *b = right;
    int order = strcmp((*a)->id, (*b)->id);

    return order ? order : (*a > *b) - (*a < *b);
}

// Two cells with one folder: the same one twice, named where it comes back first.
static int check_twice(const struct h4l_sweep_cells *cells, struct h4l_err *err)
{
    const struct h4l_sweep_cell **sorted = malloc((cells->n + 1) * sizeof *sorted), *twice = NULL;

    if (!sorted)
        return no_memory(err);
    for (size_t i = 0; i < cells->n; i++)
        sorted[i] = &cells->cell[i];
    qsort(sorted, cells->n, sizeof *sorted, by_id);
    for (size_t i = 1; i < cells->n; i++)
        if (strcmp(sorted[i]->id, sorted[i - 1]->id) == 0 && (!twice || sorted[i] < twice))
            twice = sorted[i];
    free(sorted);
    if (twice)
        return h4l_fail(err, H4L_E_USAGE, "line %zu: the cell \"%.200s\" is there twice",
                        twice->line, twice->text);
    return H4L_OK;
}

int h4l_sweep_cells_parse(const char *text, struct h4l_sweep_cells *ret, struct h4l_err *err)
{
    struct h4l_sweep_cells cells = {0};
    char *copy = strdup(text + h4l_text_start(text)), *rest = copy, *row;
    int code = copy ? H4L_OK : no_memory(err);

    for (size_t number = 1; code == H4L_OK && (row = strsep(&rest, "\n")); number++) {
        struct line line = {.text = row, .number = number};

        row[strcspn(row, "#")] = 0;
        if (!h4l_is_utf8(row)) // no program takes it, and no JSON holds it
            code = h4l_fail(err, H4L_E_USAGE, "line %zu: expected text in UTF-8", number);
        else if (row[strspn(row, " \t\r")])
            code = add_line(&line, &cells, err);
    }
    if (code == H4L_OK && cells.n == 0)
        code = h4l_fail(err, H4L_E_USAGE, "there is no cell; a line is a family and its arguments");
    if (code == H4L_OK)
        code = check_twice(&cells, err);
    free(copy);
    if (code)
        h4l_sweep_cells_free(&cells);
    else
        *ret = cells;
    return code;
}
