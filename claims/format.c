// The one layout of registry files, so that a change of a bound is a change of a line.
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "registry_file.h"

enum { WIDTH = 120 };

// The order of keys, in every object alike. Names that are not here (cases, patterns, parameters, ids) keep theirs.
// clang-format off
static const char *const order[] = {
    // the file
    "schema", "family", "names", "cases", "pins", "seeds", "claims", "verdicts", "quick", "standard", "full",
    // a claim and its verdict
    "for", "id", "kind", "role", "tiers", "null", "title", "source", "statement", "setting", "criterion", "edition", "number",
    "verdict", "date", "reason", "tier", "results", "first_round", "seed", "of", "power", "ceiling", "headline", "effect",
    "caveats", "row", "is", "needs", "yes", "text", "command",
    // a check
    "x", "y", "statistic", "rounds", "direction", "bound", "reference", "tolerance", "relative_tolerance", "delta", "margin",
    "guard", "n", "pairs", "level", "interval", "holm", "unit", "agreement", "why", "rows", "checks", "figures",
    // a term, a figure
    "run", "case", "metric", "over", "timing", "at", "where", "reduce", "times", "file", "caption", "alt"};
// clang-format on

// Keys of a check or row that begin a line; the others follow where there is room.
static const char *const breaks[] = {"id", "criterion", "edition", "headline", "x", "checks"};

// FILL: as much on a line as there is room; LINES: one member a line; ROW: a check.
enum layout { FILL, LINES, ROW };
static const struct {
    const char *key;
    enum layout element;
} tall[] = {{"claims", LINES}, {"verdicts", LINES}, {"pins", FILL},
            {"rows", ROW},     {"checks", ROW},     {"figures", FILL}};

static bool is_one_of(const char *key, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], key) == 0)
            return true;
    return false;
}

static size_t place_of(const char *key)
{
    size_t n = sizeof order / sizeof *order, i = 0;

    while (i < n && strcmp(order[i], key) != 0)
        i++;
    return i;
}

// ---- text ----

struct text {
    char *bytes;
    size_t n, room;
    bool failed;
    bool as_given; // inside a "for", whose names are the row's own: no order but the file's
};

static void put(struct text *t, const char *bytes)
{
    size_t n = strlen(bytes);

    if (t->n + n + 1 > t->room && !t->failed) {
        size_t room = 2 * (t->n + n + 1);
        char *more = realloc(t->bytes, room);
        t->failed = !more;
        if (more) {
            t->bytes = more;
            t->room = room;
        }
    }
    if (t->failed)
        return;
    memcpy(t->bytes + t->n, bytes, n + 1);
    t->n += n;
}

// Characters (not bytes) since the last end of a line.
static size_t column(const struct text *t)
{
    size_t at = t->n, columns = 0;

    while (at > 0 && t->bytes[at - 1] != '\n')
        columns += ((unsigned char)t->bytes[--at] & 0xc0) != 0x80;
    return columns;
}

static void new_line(struct text *t, size_t indent)
{
    put(t, "\n");
    while (indent--)
        put(t, " ");
}

static void put_text(struct text *t, const char *text)
{
    char piece[8] = "";

    put(t, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            snprintf(piece, sizeof piece, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            snprintf(piece, sizeof piece, "\\u%04x", (unsigned)*text);
        else
            snprintf(piece, sizeof piece, "%c", *text);
        put(t, piece);
    }
    put(t, "\"");
}

// The shortest digits that read back as x: 1e-9, not 1.0000000000000001e-09.
static void put_real(struct text *t, double x)
{
    char digits[40], *exponent;

    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, x);
        if (strtod(digits, NULL) == x)
            break;
    }
    exponent = strpbrk(digits, "e");
    if (exponent) {
        char *first = exponent + 1 + strspn(exponent + 1, "+-");
        size_t zeros = strspn(first, "0");
        memmove(first, first + zeros, strlen(first + zeros) + 1);
    }
    put(t, digits);
    if (!strpbrk(digits, ".e"))
        put(t, ".0");
}

static void put_scalar(struct text *t, const json_t *value)
{
    char digits[40];

    if (json_is_string(value)) {
        put_text(t, json_string_value(value));
    } else if (json_is_integer(value)) {
        snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        put(t, digits);
    } else if (json_is_real(value)) {
        put_real(t, json_real_value(value));
    } else {
        put(t, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
    }
}

// ---- members in their order ----

struct member {
    const char *key; // NULL in an array
    const json_t *value;
    size_t place, index;
};

static int compare(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

// The members of an array or object; NULL without memory. *ret_n: how many.
static struct member *members_of(const struct text *t, const json_t *value, size_t *ret_n)
{
    size_t n = json_is_array(value) ? json_array_size(value) : json_object_size(value), i = 0;
    struct member *members = calloc(n + 1, sizeof *members);
    const char *key;
    json_t *v;

    *ret_n = n;
    if (!members)
        return NULL;
    if (json_is_array(value)) {
        for (i = 0; i < n; i++)
            members[i].value = json_array_get(value, i);
        return members;
    }
    json_object_foreach((json_t *)value, key, v)
    {
        members[i] = (struct member){key, v, t->as_given ? 0 : place_of(key), i};
        i++;
    }
    qsort(members, n, sizeof *members, compare);
    return members;
}

static bool is_container(const json_t *value)
{
    return json_is_array(value) || json_is_object(value);
}

static void put_key(struct text *t, const char *key)
{
    if (key) {
        put_text(t, key);
        put(t, ": ");
    }
}

static void put_inline(struct text *t, const json_t *value)
{
    size_t n;
    struct member *members;

    if (!is_container(value)) {
        put_scalar(t, value);
        return;
    }
    members = members_of(t, value, &n);
    t->failed = t->failed || !members;
    put(t, json_is_array(value) ? "[" : "{");
    for (size_t i = 0; members && i < n; i++) {
        put(t, i ? ", " : "");
        put_key(t, members[i].key);
        put_inline(t, members[i].value);
    }
    put(t, json_is_array(value) ? "]" : "}");
    free(members);
}

// Columns that "key": value takes on one line.
static size_t length_of(struct text *t, const struct member *m)
{
    struct text line = {.as_given = t->as_given};
    size_t n;

    put_key(&line, m->key);
    put_inline(&line, m->value);
    n = column(&line);
    t->failed = t->failed || line.failed;
    free(line.bytes);
    return n;
}

static bool fits(struct text *t, const struct member *m)
{
    return column(t) + length_of(t, m) < WIDTH;
}

// ---- layouts ----

static enum layout layout_of(const char *key, bool *ret_listed, enum layout *ret_element)
{
    *ret_listed = false;
    for (size_t i = 0; key && i < sizeof tall / sizeof *tall; i++)
        if (strcmp(tall[i].key, key) == 0) {
            *ret_listed = true;
            *ret_element = tall[i].element;
            return LINES;
        }
    return FILL;
}

static void put_value(struct text *t, const char *key, const json_t *value, enum layout layout,
                      size_t indent);

// Does this member begin a line? before: where the one before it began.
static bool begins_line(struct text *t, const struct member *m, size_t index, size_t before,
                        enum layout layout)
{
    bool breaks_row =
        layout == ROW && m->key && is_one_of(m->key, breaks, sizeof breaks / sizeof *breaks);

    if (layout == LINES)
        return true;
    if (!m->key && json_is_object(m->value))
        return index > 0 || t->as_given;
    if (index == 0)
        return false;
    return breaks_row || (layout == ROW && memchr(t->bytes + before, '\n', t->n - before)) ||
           !fits(t, m);
}

static void put_member(struct text *t, const char *key, const struct member *m, size_t indent)
{
    bool listed, inner, was = t->as_given;
    enum layout element = FILL, own;

    layout_of(key, &listed, &element);
    own = layout_of(m->key, &inner, &(enum layout){FILL});
    put_key(t, m->key);
    t->as_given = was || (m->key && strcmp(m->key, "for") == 0);
    put_value(t, listed ? NULL : m->key, m->value, listed ? element : own, indent);
    t->as_given = was;
}

static void put_members(struct text *t, const char *key, const json_t *value, enum layout layout,
                        size_t indent)
{
    size_t n, before = t->n;
    struct member *members = members_of(t, value, &n);

    t->failed = t->failed || !members;
    for (size_t i = 0; !t->failed && i < n; i++) {
        bool begins;

        put(t, i == 0 ? "" : ",");
        begins = begins_line(t, &members[i], i, before, layout);
        if (begins)
            new_line(t, indent + 2);
        else
            put(t, i == 0 ? "" : " ");
        before = t->n;
        put_member(t, key, &members[i], indent + 2);
    }
    free(members);
}

// key: of the value, NULL for an element of a list.
static void put_value(struct text *t, const char *key, const json_t *value, enum layout layout,
                      size_t indent)
{
    const struct member whole = {.value = value};
    bool many = json_object_size(value) + json_array_size(value) > 0;

    if (!is_container(value) || !many || (layout == FILL && fits(t, &whole))) {
        put_inline(t, value);
        return;
    }
    put(t, json_is_array(value) ? "[" : layout == ROW ? "{ " : "{");
    put_members(t, key, value, layout, indent);
    if (layout == LINES)
        new_line(t, indent);
    put(t, json_is_array(value) ? "]" : layout == ROW ? " }" : "}");
}

int h4l_registry_format(const json_t *file, char **ret, struct h4l_err *err)
{
    struct text t = {0};

    put_value(&t, NULL, file, LINES, 0);
    put(&t, "\n");
    if (t.failed) {
        free(t.bytes);
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the registry");
    }
    *ret = t.bytes;
    return H4L_OK;
}
