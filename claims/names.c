#include "names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define text_of h4l_claims_text_of
#define is h4l_claims_is

// The element of an array with that id, or with that id behind "PREFIX.".
static const json_t *called(const json_t *array, const char *prefix, const char *id)
{
    const json_t *element;
    char whole[300];
    size_t i;

    snprintf(whole, sizeof whole, "%s%s%s", prefix, *prefix ? "." : "", id);
    json_array_foreach(array, i, element)
    {
        if (is(text_of(element, "id"), whole))
            return element;
    }
    return NULL;
}

static const json_t *check_in(const json_t *row, const char *id)
{
    const json_t *check = called(json_object_get(row, "checks"), "", id);

    return check ? check : called(json_object_get(row, "checks"), text_of(row, "id"), id);
}

// What a name means: a check and the row that it is in, or a row alone.
struct found {
    const json_t *row, *check;
};

static struct found look_up(const json_t *claims, const json_t *row, const char *id)
{
    struct found f = {row, row ? check_in(row, id) : NULL};
    const json_t *claim, *other;
    size_t i, j;

    if (f.check)
        return f;
    json_array_foreach(claims, i, claim)
    {
        const json_t *figure = called(json_object_get(claim, "checks"), "", id);

        if (figure)
            return (struct found){NULL, figure};
        json_array_foreach(json_object_get(claim, "rows"), j, other)
        {
            const json_t *check = called(json_object_get(other, "checks"), "", id);
            if (check || is(text_of(other, "id"), id))
                return (struct found){other, check};
        }
    }
    return (struct found){NULL, NULL};
}

// Three digits; no "-0".
static int put_number(FILE *out, const json_t *value)
{
    char text[40];

    if (!json_is_number(value))
        return -1;
    snprintf(text, sizeof text, "%.3g", json_number_value(value));
    fputs(is(text, "-0") ? "0" : text, out);
    return 0;
}

static int put_interval(FILE *out, const json_t *check)
{
    const json_t *interval = json_object_get(check, "interval");

    if (put_number(out, json_array_get(interval, 0)))
        return -1;
    fputs(" to ", out);
    return put_number(out, json_array_get(interval, 1));
}

static int put_check(FILE *out, const struct found *f, const char *what)
{
    const json_t *first = called(json_object_get(json_object_get(f->row, "first_round"), "checks"),
                                 "", text_of(f->check, "id"));
    const json_t *level = json_object_get(f->check, "level"),
                 *got = json_object_get(f->check, "got");

    if (!*what && json_is_string(got))
        return fputs(json_string_value(got), out) < 0;
    if (!*what)
        return put_number(out, got);
    if (is(what, "interval"))
        return put_interval(out, f->check);
    if (is(what, "level") && json_is_number(level))
        return fprintf(out, "%.3g %%", 100 * json_number_value(level)) < 0;
    if (is(what, "first"))
        return put_number(out, json_object_get(first, "got"));
    return is(what, "n") || is(what, "p") ? put_number(out, json_object_get(f->check, what)) : -1;
}

static int put_row(FILE *out, const json_t *row, const char *what)
{
    const char *text = text_of(row, what);

    if (is(what, "n") || is(what, "planned"))
        return put_number(out, json_object_get(row, what));
    if ((is(what, "verdict") || is(what, "headline")) && text)
        return fputs(text, out) < 0;
    return -1;
}

static int put_name(FILE *out, const char *name, const json_t *claims, const json_t *row,
                    struct h4l_err *err)
{
    char id[200];
    const char *space = strchr(name, ' '), *what = space ? space + 1 : "";
    struct found f;

    snprintf(id, sizeof id, "%.*s", (int)strcspn(name, " "), name);
    f = look_up(claims, row, id);
    if (!f.row && !f.check)
        return h4l_fail(err, H4L_E_DATA, "{%s}: no check and no row has the id %s", name, id);
    if (f.check ? put_check(out, &f, what) : put_row(out, f.row, what))
        return h4l_fail(err, H4L_E_DATA, "{%s}: %s has no such value", name, id);
    return H4L_OK;
}

int h4l_claims_fill_names(const char *text, const json_t *claims, const json_t *row, char **ret,
                          struct h4l_err *err)
{
    char *made = NULL, name[250];
    size_t n;
    FILE *out = open_memstream(&made, &n);
    int code = out ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a text");

    while (!code && *text) {
        size_t plain = strcspn(text, "{");
        const char *end = strchr(text + plain, '}');

        fwrite(text, 1, plain, out);
        text += plain;
        if (!*text)
            break;
        if (!end || (size_t)(end - text) > sizeof name) {
            code = h4l_fail(err, H4L_E_DATA, "\"%.60s\": a brace begins {NAME}", text);
            break;
        }
        snprintf(name, sizeof name, "%.*s", (int)(end - text - 1), text + 1);
        code = put_name(out, name, claims, row, err);
        text = end + 1;
    }
    if (out && fclose(out) && !code)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for a text");
    if (code)
        free(made);
    else
        *ret = made;
    return code;
}
