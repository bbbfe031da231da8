// What a case found, on stdout: for a look, so a long list shows by what it comes to, and the result file has all of it.
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/family_internal.h"
#include "base/visible.h"

// A long text (a checksum) shows by its beginning.
static void text_of(const char *text, char *ret, size_t size)
{
    enum { LONGEST = 48 };
    char shown[4 * LONGEST + 1];

    h4l_visible(text, shown, sizeof shown);
    snprintf(ret, size, strlen(text) > LONGEST ? "%.12s..." : "%s", shown);
}

static void scalar_of(const json_t *value, char *ret, size_t size)
{
    if (json_is_real(value))
        snprintf(ret, size, "%.6g", json_real_value(value));
    else if (json_is_integer(value))
        snprintf(ret, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_string(value))
        text_of(json_string_value(value), ret, size);
    else
        snprintf(ret, size, "%s",
                 json_is_null(value)      ? "-"
                 : json_is_boolean(value) ? json_is_true(value) ? "yes" : "no"
                                          : "(in the result)");
}

// The number that stands for a value: itself, the mean of a list, of a list of lists the mean of what each ends with. False: none.
static bool stands_for(const json_t *value, double *ret)
{
    size_t n = json_array_size(value);
    double sum = 0;

    if (json_is_number(value)) {
        *ret = json_number_value(value);
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *element = json_array_get(value, i);

        if (json_array_size(element))
            element = json_array_get(element, json_array_size(element) - 1);
        if (!json_is_number(element))
            return false;
        sum += json_number_value(element);
    }
    *ret = sum / (double)n;
    return n > 0;
}

// Pieces side by side, with a new line at the indent where the next would pass the right edge.
struct line {
    int indent, at, pieces;
    bool each; // every piece on a line of its own
};

static void put_piece(struct line *l, const char *text)
{
    enum { EDGE = 110 };
    int n = (int)strlen(text);
    bool next_line = l->pieces && (l->each || l->at + 2 + n > EDGE);

    if (l->pieces && !l->each)
        l->at += printf(next_line ? "," : ", ");
    if (next_line) {
        printf("\n%*s", l->indent, "");
        l->at = l->indent;
    }
    l->at += printf("%s", text);
    l->pieces++;
}

// An arm by its mean: "hh 72.75"; without a number by its first word.
static void put_arm(struct line *l, const char *arm, const json_t *value)
{
    char piece[200], shown[100];
    double mean;

    if (stands_for(value, &mean))
        snprintf(shown, sizeof shown, "%.4g", mean);
    else
        scalar_of(json_is_array(value) ? json_array_get(value, 0) : value, shown, sizeof shown);
    snprintf(piece, sizeof piece, l->each ? "%-24s %s" : "%s %s", arm, shown);
    put_piece(l, piece);
}

// Of those that are numbers: how many, the least and the greatest.
struct range {
    size_t numbers;
    double least, most;
};

static void widen(struct range *r, double x)
{
    r->least = r->numbers == 0 || x < r->least ? x : r->least;
    r->most = r->numbers == 0 || x > r->most ? x : r->most;
    r->numbers++;
}

// How many, and the range where all are numbers.
static void print_range(size_t n, const char *what, const struct range *r)
{
    printf("%zu %s", n, what);
    if (r->numbers == n)
        printf(", %.4g to %.4g", r->least, r->most);
}

static void print_arms(const json_t *object, int indent)
{
    enum { SHOWN = 24 };
    struct line line = {.indent = indent, .at = indent};
    const char *arm;
    json_t *value;
    struct range range = {0};
    size_t n = json_object_size(object);
    double x;

    json_object_foreach((json_t *)object, arm, value)
    {
        if (json_is_string(value) && strchr(json_string_value(value), ' '))
            line.each = true; // a sentence, and no word
        if (stands_for(value, &x))
            widen(&range, x);
    }
    if (n > SHOWN) {
        print_range(n, "arms", &range);
        return;
    }
    if (json_array_size(json_object_iter_value(json_object_iter((json_t *)object))))
        line.at += printf("means: ");
    json_object_foreach((json_t *)object, arm, value) put_arm(&line, arm, value);
    if (n == 0)
        fputs("none", stdout);
}

static void print_array(const json_t *array, int indent)
{
    enum { SHOWN = 5 };
    struct line line = {.indent = indent, .at = indent};
    struct range range = {0};
    size_t n = json_array_size(array);
    double mean = 0;
    bool nested = json_array_size(json_array_get(array, 0));
    bool has_mean = stands_for(array, &mean);
    char text[100];

    if (nested && has_mean) {
        printf("%.4g at the end (mean of %zu)", mean, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(array, i);

        if (json_is_number(one))
            widen(&range, json_number_value(one));
    }
    if (n > SHOWN)
        print_range(n, "values", &range);
    for (size_t i = 0; n <= SHOWN && i < n; i++) {
        scalar_of(json_array_get(array, i), text, sizeof text);
        put_piece(&line, text);
    }
    if (n > 1 && json_is_real(json_array_get(array, 0)) && has_mean)
        printf("  mean %.4g", mean);
    if (n == 0)
        fputs("none", stdout);
}

static void print_value(const json_t *value, int indent)
{
    char text[100];

    if (json_is_object(value))
        print_arms(value, indent);
    else if (json_is_array(value))
        print_array(value, indent);
    else {
        scalar_of(value, text, sizeof text);
        fputs(text, stdout);
    }
}

bool h4l_is_among(const char *patterns, const char *name)
{
    char one[100];

    if (!patterns)
        return true;
    while (*patterns) {
        size_t n = strcspn(patterns, " ");

        snprintf(one, sizeof one, "%.*s", (int)n, patterns);
        if (fnmatch(one, name, 0) == 0)
            return true;
        patterns += n + strspn(patterns + n, " ");
    }
    return false;
}

static size_t count_among(const json_t *object, const char *patterns, int *ret_width)
{
    const char *name;
    json_t *value;
    size_t n = 0;

    json_object_foreach((json_t *)object, name, value)
    {
        int width = (int)strlen(name);

        if (!h4l_is_among(patterns, name))
            continue;
        n++;
        *ret_width = width > *ret_width ? width : *ret_width;
    }
    return n;
}

static void print_among(const struct h4l_run *run, const json_t *object, const char *patterns,
                        int width)
{
    const char *name;
    json_t *value;
    const char *why;

    json_object_foreach((json_t *)object, name, value)
    {
        if (!h4l_is_among(patterns, name))
            continue;
        printf("    %-*s  ", width, name);
        print_value(value, width + 6);
        if (json_is_null(value) && (why = h4l_run_why_undefined(run, name)))
            printf("  %s", why);
        putchar('\n');
    }
}

static const char *shown_of(const struct h4l_run *run)
{
    const struct h4l_answer *row = run->options->family->answers;

    while (row && row->cases && !h4l_is_among(row->cases, run->the_case->name))
        row++;
    return row && row->cases ? row->shown : NULL;
}

void h4l_run_print_metrics(const struct h4l_run *run)
{
    const json_t *timings = json_object_get(run->provenance, "timings");
    size_t all = json_object_size(run->metrics) + json_object_size(timings), n;
    const char *shown = shown_of(run);
    int width = 0;

    n = count_among(run->metrics, shown, &width) + count_among(timings, shown, &width);
    if (n == 0) {
        shown = NULL;
        n = count_among(run->metrics, shown, &width) + count_among(timings, shown, &width);
    }
    print_among(run, run->metrics, shown, width);
    print_among(run, timings, shown, width);
    if (n < all)
        printf("    (%zu more in the result)\n", all - n);
}
