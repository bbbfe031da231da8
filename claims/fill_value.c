#include "fill_value.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/hypothesis.h"
#include "analysis/statistics.h"
#include "internal.h"

void h4l_fill_value_free(struct h4l_fill_value *value)
{
    free(value->x);
    free(value->y);
    free(value->text);
    *value = (struct h4l_fill_value){0};
}

static int reserve(struct h4l_fill_value *value, size_t n, struct h4l_err *err)
{
    value->x = malloc((n + 1) * sizeof *value->x);
    value->n = n;
    return value->x ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for %zu values", n);
}

int h4l_fill_value_of_number(double number, struct h4l_fill_value *ret, struct h4l_err *err)
{
    struct h4l_fill_value value = {0};
    int code = reserve(&value, 1, err);

    if (code)
        return code;
    value.x[0] = number;
    *ret = value;
    return H4L_OK;
}

static double mean_of(const json_t *array, size_t from)
{
    size_t n = json_array_size(array);
    double sum = 0;

    for (size_t i = from; i < n; i++)
        sum += json_number_value(json_array_get(array, i));
    return sum / (double)(n - from);
}

// One innermost array made one number.
static json_t *reduced(const json_t *array, const char *how)
{
    size_t n = json_array_size(array);

    if (n == 0)
        return NULL;
    if (strcmp(how, "last") == 0)
        return json_incref(json_array_get(array, n - 1));
    if (strcmp(how, "first") == 0)
        return json_incref(json_array_get(array, 0));
    if (strcmp(how, "mean") == 0)
        return json_real(mean_of(array, 0));
    return strcmp(how, "half") == 0 ? json_real(mean_of(array, n / 2)) : NULL;
}

// What one "[how]" leaves of value; a new reference, NULL where there is nothing.
static json_t *selected(const json_t *value, const char *how)
{
    const json_t *inner;
    json_t *made;
    size_t i;

    if (isdigit((unsigned char)*how))
        return json_incref(json_array_get(value, strtoul(how, NULL, 10)));
    if (!json_is_array(json_array_get(value, 0)))
        return reduced(value, how);
    made = json_array();
    json_array_foreach(value, i, inner)
    {
        json_t *one = reduced(inner, how);

        if (!one || json_array_append_new(made, one)) {
            json_decref(made);
            return NULL;
        }
    }
    return made;
}

static int from_json(const json_t *json, struct h4l_fill_value *ret, struct h4l_err *err)
{
    struct h4l_fill_value value = {0};
    size_t n = json_is_array(json) ? json_array_size(json) : 1;
    int code;

    if (json_is_string(json)) {
        value.text = strdup(json_string_value(json));
        *ret = value;
        return value.text ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a text");
    }
    code = reserve(&value, n, err);
    for (size_t i = 0; i < n && !code; i++) {
        const json_t *one = json_is_array(json) ? json_array_get(json, i) : json;

        if (!json_is_number(one))
            code = h4l_fail(err, H4L_E_DATA,
                            "expected a number, a text, or an array of numbers (or [0], [last], "
                            "[mean], [half] to take one)");
        else
            value.x[i] = json_number_value(one);
    }
    if (code)
        h4l_fill_value_free(&value);
    else
        *ret = value;
    return code;
}

int h4l_fill_value_of_metric(const json_t *result, const char *metric, const char *selector,
                             struct h4l_fill_value *ret, struct h4l_err *err)
{
    const json_t *found = h4l_claims_follow(json_object_get(result, "metrics"), metric);
    json_t *value;
    char how[32];
    int code;

    if (!found)
        found = h4l_claims_follow(result, metric);
    if (!found)
        return h4l_fail(err, H4L_E_DATA, "no metric \"%s\" there", metric);
    value = json_incref((json_t *)found);
    while (selector && *selector) {
        size_t n = strcspn(selector, "]");
        json_t *next;

        snprintf(how, sizeof how, "%.*s", (int)n, selector);
        next = selected(value, how);
        json_decref(value);
        if (!next)
            return h4l_fail(err, H4L_E_DATA, "no element [%s] of \"%s\"", how, metric);
        value = next;
        selector += n + (selector[n] != 0);
        selector += *selector == '[';
    }
    code = from_json(value, ret, err);
    json_decref(value);
    return code;
}

// The element of an array with that id, or with that id behind "PREFIX.".
static const json_t *find(const json_t *list, const char *prefix, const char *id)
{
    char whole[300];
    const json_t *one;
    size_t i;

    snprintf(whole, sizeof whole, "%s%s%s", prefix, *prefix ? "." : "", id);
    json_array_foreach(list, i, one)
    {
        if (h4l_claims_is(h4l_claims_text_of(one, "id"), whole))
            return one;
    }
    return NULL;
}

// What a name means: a check and the row that it is in, a registered figure, or a row alone.
struct found {
    const json_t *row, *check;
};

static struct found look_up(const json_t *claims, const json_t *row, const char *id)
{
    const json_t *own = json_object_get(row, "checks"), *claim, *other;
    struct found f = {row, find(own, "", id)};
    size_t i, j;

    if (row && !f.check)
        f.check = find(own, h4l_claims_text_of(row, "id"), id);
    if (f.check)
        return f;
    json_array_foreach(claims, i, claim)
    {
        const json_t *figure = find(json_object_get(claim, "checks"), "", id);

        if (figure)
            return (struct found){NULL, figure};
        json_array_foreach(json_object_get(claim, "rows"), j, other)
        {
            const json_t *check = find(json_object_get(other, "checks"), "", id);
            if (check || h4l_claims_is(h4l_claims_text_of(other, "id"), id))
                return (struct found){other, check};
        }
    }
    return (struct found){NULL, NULL};
}

// Is it the first word of the form?
static bool asks(const char *form, const char *word)
{
    size_t n = strlen(word);

    return form && strncmp(form, word, n) == 0 && (form[n] == 0 || form[n] == ':');
}

static int as_text(const char *text, struct h4l_fill_value *ret, struct h4l_err *err)
{
    ret->text = strdup(text);
    return ret->text ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a text");
}

static int as_count(const json_t *number, struct h4l_fill_value *ret, struct h4l_err *err)
{
    char text[40];

    if (!json_is_integer(number))
        return h4l_fail(err, H4L_E_DATA, "there is no such number");
    snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(number));
    return as_text(text, ret, err);
}

// A row's verdict as a reader says it ("reproduced with caveat"), its headline, or how many values.
static int of_row(const json_t *row, const char *form, struct h4l_fill_value *ret,
                  struct h4l_err *err)
{
    static const char *const words[] = {"verdict", "headline", "n", "planned"};
    size_t i = 0;

    if (asks(form, "first_verdict")) {
        row = json_object_get(row, "first_round");
        form = "verdict";
    }
    while (i < 4 && !asks(form, words[i]))
        i++;
    if (i == 4)
        return h4l_fail(err, H4L_E_DATA,
                        "a row: say verdict, first_verdict, headline, n or planned behind it");
    if (i >= 2)
        return as_count(json_object_get(row, words[i]), ret, err);
    if (!h4l_claims_text_of(row, words[i]))
        return h4l_fail(err, H4L_E_DATA, "the row has no %s", words[i]);
    if (as_text(h4l_claims_text_of(row, words[i]), ret, err))
        return H4L_E_NOMEM;
    for (char *c = ret->text; i == 0 && *c; c++)
        *c = *c == '-' ? ' ' : *c;
    return H4L_OK;
}

static int as_number(const json_t *number, struct h4l_fill_value *ret, struct h4l_err *err)
{
    int code;

    if (!json_is_number(number))
        return h4l_fail(err, H4L_E_DATA, "there is no such number");
    code = h4l_fill_value_of_number(json_number_value(number), ret, err);
    ret->three = true;
    return code;
}

static int of_check(const struct found *f, const char *form, struct h4l_fill_value *ret,
                    struct h4l_err *err)
{
    const json_t *first = find(json_object_get(json_object_get(f->row, "first_round"), "checks"),
                               "", h4l_claims_text_of(f->check, "id"));
    const json_t *got = json_object_get(f->check, "got"),
                 *interval = json_object_get(f->check, "interval"),
                 *level = json_object_get(f->check, "level");
    char text[40];
    int code;

    if (asks(form, "n"))
        return as_count(json_object_get(f->check, "n"), ret, err);
    if (asks(form, "level") && json_is_number(level)) {
        snprintf(text, sizeof text, "%.3g %%", 100 * json_number_value(level));
        return as_text(text, ret, err);
    }
    if (asks(form, "p"))
        return as_number(json_object_get(f->check, "p"), ret, err);
    if (asks(form, "first"))
        return as_number(json_object_get(first, "got"), ret, err);
    if (json_is_string(got))
        return as_text(json_string_value(got), ret, err);
    code = as_number(got, ret, err);
    if (!code && json_is_array(interval)) {
        ret->lo = json_number_value(json_array_get(interval, 0));
        ret->hi = json_number_value(json_array_get(interval, 1));
        ret->level = json_number_value(level);
    }
    return code;
}

int h4l_fill_value_of_check(const json_t *claims, const json_t *row, const char *name,
                            const char *form, struct h4l_fill_value *ret, struct h4l_err *err)
{
    struct found f = look_up(claims, row, name);

    if (f.check)
        return of_check(&f, form, ret, err);
    if (f.row)
        return of_row(f.row, form, ret, err);
    return h4l_fail(err, H4L_E_DATA,
                    "neither a name of this text nor a check: expected tier/family/case:metric, "
                    "ROW.CHECK, or ROW:verdict");
}

static double calculated(double a, char op, double b)
{
    switch (op) {
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    default:
        return a / b;
    }
}

// x gets as long as n: its one number for every element.
static int spread(struct h4l_fill_value *value, size_t n, struct h4l_err *err)
{
    double first = value->x[0];

    if (value->n == n)
        return H4L_OK;
    free(value->x);
    if (reserve(value, n, err))
        return err ? err->code : H4L_E_NOMEM;
    for (size_t i = 0; i < n; i++)
        value->x[i] = first;
    return H4L_OK;
}

int h4l_fill_value_combine(struct h4l_fill_value *sum, char op, struct h4l_fill_value *value,
                           struct h4l_err *err)
{
    int code = H4L_OK;

    if (sum->text || value->text || sum->y || value->y)
        code = h4l_fail(err, H4L_E_DATA, "no \"%c\" of a text or of independent samples", op);
    else if (op == '~') {
        sum->y = value->x;
        sum->n_y = value->n;
        value->x = NULL;
    } else if (sum->n != value->n && sum->n != 1 && value->n != 1)
        code = h4l_fail(err, H4L_E_DATA, "\"%c\" of %zu and %zu values", op, sum->n, value->n);
    else {
        size_t n = sum->n > value->n ? sum->n : value->n;

        code = spread(sum, n, err);
        if (!code)
            code = spread(value, n, err);
        for (size_t i = 0; i < n && !code; i++)
            sum->x[i] = calculated(sum->x[i], op, value->x[i]);
        sum->level = 0;
        sum->three &= value->three;
    }
    h4l_fill_value_free(value);
    return code;
}

enum show {
    SHOW_MEAN,
    SHOW_SD,
    SHOW_INTERVAL,
    SHOW_INTERVAL90,
    SHOW_VALUES,
    SHOW_COUNT,
    SHOW_LEAST,
    SHOW_GREATEST,
    SHOWS
};
static const char *const shows[SHOWS] = {"mean",   "sd", "interval", "interval90",
                                         "values", "n",  "min",      "max"};

struct form {
    enum show show;
    int decimals, exponent; // -1: not said
    double times;
    bool absolute, three; // three: digits, where decimals are not said
};

static int read_form(const char *text, struct form *ret, struct h4l_err *err)
{
    struct form form = {.decimals = -1, .exponent = -1, .times = 1};

    while (text && *text) {
        size_t n = strcspn(text, ":"), i = 0;

        while (i < SHOWS && (strlen(shows[i]) != n || strncmp(shows[i], text, n) != 0))
            i++;
        if (i < SHOWS)
            form.show = (enum show)i;
        else if (n == 3 && strncmp(text, "abs", 3) == 0)
            form.absolute = true;
        else if ((n == 1 && *text == 'p') || (n == 5 && strncmp(text, "first", 5) == 0))
            ; // says which number, not how
        else if (n == 7 && strncmp(text, "percent", 7) == 0)
            form.times = 100;
        else if (n == 8 && strncmp(text, "millions", 8) == 0)
            form.times = 1e-6;
        else if (n == 2 && isdigit((unsigned char)text[1]) && *text == '.')
            form.decimals = text[1] - '0';
        else if (n == 2 && isdigit((unsigned char)text[1]) && *text == 'e')
            form.exponent = text[1] - '0';
        else
            return h4l_fail(err, H4L_E_DATA,
                            "\"%.*s\": expected mean, sd, interval, interval90, values, n, min, "
                            "max, abs, percent, millions, .DIGIT or eDIGIT",
                            (int)n, text);
        text += n + (text[n] == ':');
    }
    *ret = form;
    return H4L_OK;
}

// "120 000": groups of three from five digits on; text is digits alone up to a point or the end.
static void print_grouped(FILE *out, const char *text)
{
    size_t n = strspn(text, "0123456789");

    for (size_t i = 0; i < n; i++) {
        fputc(text[i], out);
        if (n > 4 && i + 1 < n && (n - i - 1) % 3 == 0)
            fputc(' ', out);
    }
    fputs(text + n, out);
}

// "5·10⁻⁸"
static void print_power(FILE *out, double x, int decimals)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char text[64], *e;

    snprintf(text, sizeof text, "%.*e", decimals, x);
    e = strchr(text, 'e');
    *e++ = 0;
    fprintf(out, "%s·10%s", text, *e == '-' ? "⁻" : "");
    for (e++; *e == '0' && e[1]; e++)
        continue;
    for (; *e; e++)
        fputs(raised[*e - '0'], out);
}

static int print_number(FILE *out, double x, const struct form *form, struct h4l_err *err)
{
    char text[400];
    bool said = form->decimals >= 0 || form->exponent >= 0, whole, power;

    x *= form->times;
    whole = x == floor(x) && fabs(x) < 1e15;
    if (!isfinite(x))
        return h4l_fail(err, H4L_E_DATA, "expected a finite number");
    if (form->absolute)
        x = fabs(x);
    if (!said && !whole && !form->three)
        return h4l_fail(err, H4L_E_DATA, "%g: say the number of decimals, as in {name:.1}", x);
    if (!said && !whole)
        snprintf(text, sizeof text, "%.3g", fabs(x));
    else
        snprintf(text, sizeof text, "%.*f", form->decimals < 0 ? 0 : form->decimals, fabs(x));
    power = form->exponent >= 0 || (!said && strchr(text, 'e'));
    if (x < 0 && (power || strspn(text, "0.") != strlen(text)))
        fputs("−", out);
    if (power)
        print_power(out, fabs(x), form->exponent < 0 ? 2 : form->exponent);
    else
        print_grouped(out, text);
    return H4L_OK;
}

static int interval_of(const struct h4l_fill_value *value, double level, struct h4l_interval *ret,
                       struct h4l_err *err)
{
    struct h4l_t_test test = {0};
    int code;

    if (value->level > 0) {
        if (fabs(value->level - level) > 1e-9)
            return h4l_fail(err, H4L_E_DATA, "the check's interval has level %g, asked for is %g",
                            value->level, level);
        *ret = (struct h4l_interval){value->lo, value->hi};
        return H4L_OK;
    }
    if (value->n < 3 || (value->y && value->n_y < 3))
        return h4l_fail(err, H4L_E_DATA, "%zu values: an interval needs three; name the values",
                        value->n);
    if (!value->y)
        return h4l_t_interval(value->x, value->n, level, ret, err);
    code = h4l_welch_t(value->x, value->n, value->y, value->n_y, level, &test, err);
    *ret = test.interval;
    return code;
}

static int print_interval(FILE *out, const struct h4l_fill_value *value, const struct form *form,
                          struct h4l_err *err)
{
    struct h4l_interval interval;
    int code = interval_of(value, form->show == SHOW_INTERVAL ? 0.95 : 0.90, &interval, err);

    if (!code)
        code = print_number(out, interval.lo, form, err);
    if (!code) {
        fputs(" to ", out);
        code = print_number(out, interval.hi, form, err);
    }
    return code;
}

static int print_values(FILE *out, const struct h4l_fill_value *value, const struct form *form,
                        struct h4l_err *err)
{
    int code = H4L_OK;

    for (size_t i = 0; i < value->n && !code; i++) {
        if (i)
            fputs(", ", out);
        code = print_number(out, value->x[i], form, err);
    }
    return code;
}

static double one_number(const struct h4l_fill_value *value, enum show show)
{
    if (show == SHOW_LEAST)
        return h4l_min(value->x, value->n);
    if (show == SHOW_GREATEST)
        return h4l_max(value->x, value->n);
    if (show == SHOW_COUNT)
        return (double)value->n;
    if (show == SHOW_SD)
        return value->n < 2 ? NAN : h4l_sd(value->x, value->n);
    return h4l_mean(value->x, value->n) - (value->y ? h4l_mean(value->y, value->n_y) : 0);
}

int h4l_fill_value_print(FILE *out, const struct h4l_fill_value *value, const char *form_text,
                         struct h4l_err *err)
{
    struct form form;
    int code;

    if (value->text) {
        fputs(value->text, out);
        return H4L_OK;
    }
    code = read_form(form_text, &form, err);
    if (code)
        return code;
    form.three = value->three;
    if (value->n == 0)
        return h4l_fail(err, H4L_E_DATA, "expected values, found an empty array");
    if (value->y && form.show != SHOW_MEAN && form.show != SHOW_INTERVAL &&
        form.show != SHOW_INTERVAL90)
        return h4l_fail(err, H4L_E_DATA, "independent samples have a mean and intervals only");
    if (form.show == SHOW_INTERVAL || form.show == SHOW_INTERVAL90)
        return print_interval(out, value, &form, err);
    if (form.show == SHOW_VALUES)
        return print_values(out, value, &form, err);
    form.times = form.show == SHOW_COUNT ? 1 : form.times;
    return print_number(out, one_number(value, form.show), &form, err);
}
