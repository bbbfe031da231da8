// From the short form of a registry to one row per check: "for" over tasks and models, groups, pins by pattern.
#include <fnmatch.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "claims.h"
#include "registry_file.h"

enum { MOST_CHECKS = 10000 };

// What is known inside a row, innermost first: the row itself, whose keys its checks share, or one choice of its "for".
struct scope {
    const struct scope *outer;
    const json_t *row;
    const json_t *bound; // name -> value
};

struct expansion {
    const json_t *names; // value -> how a reader calls it
    json_t *checks;
    char where[200];
    bool keep_unknown; // a name that no "for" has stays as it is written: it is filled from results
    struct h4l_err *err;
};

static int no_memory(struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "no memory for the registry");
}

__attribute__((format(printf, 2, 3))) static int wrong(const struct expansion *e,
                                                       const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return h4l_fail(e->err, H4L_E_DATA, "%s: %s", e->where, text);
}

static bool is_key(const char *key, const char *name)
{
    return strcmp(key, name) == 0;
}

// ---- texts with {name} ----

static const json_t *lookup(const struct scope *scope, const char *name)
{
    const json_t *value = NULL;

    for (; scope && !value; scope = scope->outer)
        value = json_object_get(scope->bound, name);
    return value;
}

// The value of "{name}" or "{name name}" at *text, which moves behind it: as it is, or what "names" calls it.
static int value_of(const struct expansion *e, const struct scope *scope, const char **text,
                    const json_t **ret)
{
    const char *end = strchr(*text, '}');
    char name[64];
    size_t n = end ? (size_t)(end - *text - 1) : 0;
    bool spoken;
    const json_t *value;

    if (n == 0 || n >= sizeof name)
        return wrong(e, "\"%s\": a brace begins {NAME}", *text);
    memcpy(name, *text + 1, n);
    name[n] = 0;
    spoken = n > 5 && is_key(name + n - 5, " name");
    if (spoken)
        name[n - 5] = 0;
    value = lookup(scope, name);
    if (!value)
        return wrong(e, "{%s}: no \"for\" around it has that name", name);
    if (spoken) {
        *ret = json_object_get(e->names, json_string_value(value) ? json_string_value(value) : "");
        if (!*ret)
            return wrong(e, "{%s name}: \"names\" has none for its value", name);
    } else
        *ret = value;
    *text = end + 1;
    return H4L_OK;
}

// Has a "for" around it the name that "{name" or "{name name" of n bytes begins with?
static bool known(const struct scope *scope, const char *text, size_t n)
{
    char name[64];

    if (n < 2 || n > sizeof name)
        return false;
    snprintf(name, sizeof name, "%.*s", (int)n - 1, text + 1);
    if (strlen(name) > 5 && is_key(name + strlen(name) - 5, " name"))
        name[strlen(name) - 5] = 0;
    return lookup(scope, name) != NULL;
}

// Adds n bytes to a text of size bytes; what is cut off shows in the number that is returned.
static size_t add(char *text, size_t size, size_t at, const char *bytes, size_t n)
{
    if (at + n < size)
        memcpy(text + at, bytes, n);
    return at + n;
}

static int fill_text(const struct expansion *e, const struct scope *scope, const char *text,
                     json_t **ret)
{
    char out[4096], number[32];
    size_t n = 0;

    while (*text) {
        size_t plain = strcspn(text, "{");
        const json_t *value = NULL;
        const char *word;

        n = add(out, sizeof out, n, text, plain);
        text += plain;
        if (!*text)
            break;
        plain = strcspn(text, "}");
        if (e->keep_unknown && !known(scope, text, plain)) {
            n = add(out, sizeof out, n, text, plain + (text[plain] != 0));
            text += plain + (text[plain] != 0);
            continue;
        }
        if (value_of(e, scope, &text, &value))
            return e->err->code;
        if (json_is_integer(value))
            snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        word = json_is_integer(value) ? number : json_string_value(value);
        if (!word)
            return wrong(e, "\"%s\": only texts and whole numbers stand inside a text", text);
        n = add(out, sizeof out, n, word, strlen(word));
    }
    if (n >= sizeof out)
        return wrong(e, "a text of more than %zu bytes", sizeof out - 1);
    *ret = json_stringn(out, n);
    return *ret ? H4L_OK : no_memory(e->err);
}

static int fill(const struct expansion *e, const struct scope *scope, const json_t *value,
                json_t **ret);

static int fill_array(const struct expansion *e, const struct scope *scope, const json_t *array,
                      json_t *ret)
{
    const json_t *value;
    size_t i;

    json_array_foreach(array, i, value)
    {
        json_t *filled = NULL;
        if (fill(e, scope, value, &filled))
            return e->err->code;
        if (json_array_append_new(ret, filled))
            return no_memory(e->err);
    }
    return H4L_OK;
}

static int fill_object(const struct expansion *e, const struct scope *scope, const json_t *object,
                       json_t *ret)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        json_t *filled = NULL;
        if (fill(e, scope, value, &filled))
            return e->err->code;
        if (json_object_set_new(ret, key, filled))
            return no_memory(e->err);
    }
    return H4L_OK;
}

// A copy of value with the names in its texts filled in. A text that is nothing but {name} becomes the value itself.
static int fill(const struct expansion *e, const struct scope *scope, const json_t *value,
                json_t **ret)
{
    const char *text = json_string_value(value);
    const json_t *whole = NULL;
    json_t *copy;
    int code;

    if (text && !e->keep_unknown && *text == '{' && strchr(text, '}') == text + strlen(text) - 1) {
        code = value_of(e, scope, &text, &whole);
        *ret = code ? NULL : json_incref((json_t *)whole);
        return code;
    }
    if (text)
        return fill_text(e, scope, text, ret);
    if (!json_is_array(value) && !json_is_object(value)) {
        *ret = json_incref((json_t *)value);
        return H4L_OK;
    }
    copy = json_is_array(value) ? json_array() : json_object();
    if (!copy)
        return no_memory(e->err);
    code = json_is_array(value) ? fill_array(e, scope, value, copy)
                                : fill_object(e, scope, value, copy);
    if (code)
        json_decref(copy);
    else
        *ret = copy;
    return code;
}

// ---- rows ----

// The keys of the rows around a check, outermost first, so that the check's own stand last and win.
static int add_keys(const struct expansion *e, const struct scope *scope, const struct scope *whole,
                    json_t *check)
{
    const char *key;
    json_t *value;

    if (!scope)
        return H4L_OK;
    if (add_keys(e, scope->outer, whole, check))
        return e->err->code;
    json_object_foreach((json_t *)scope->row, key, value)
    {
        json_t *filled = NULL;
        if (is_key(key, "for") || is_key(key, "checks"))
            continue;
        if (fill(e, whole, value, &filled))
            return e->err->code;
        if (json_object_set_new(check, key, filled))
            return no_memory(e->err);
    }
    return H4L_OK;
}

static int add_check(const struct expansion *e, const struct scope *scope)
{
    json_t *check = json_object();

    if (!check)
        return no_memory(e->err);
    if (json_array_size(e->checks) == MOST_CHECKS) {
        json_decref(check);
        return wrong(e, "more than %d checks", MOST_CHECKS);
    }
    if (add_keys(e, scope, scope, check)) {
        json_decref(check);
        return e->err->code;
    }
    return json_array_append_new(e->checks, check) ? no_memory(e->err) : H4L_OK;
}

static int add_rows(const struct expansion *e, const struct scope *scope, const json_t *rows);

// What one value of a "for" binds: an object its members, anything else itself under the name.
static json_t *binding(const char *name, const json_t *value)
{
    json_t *bound;

    if (json_is_object(value))
        return json_incref((json_t *)value);
    bound = json_object();
    if (bound && json_object_set(bound, name, (json_t *)value)) {
        json_decref(bound);
        return NULL;
    }
    return bound;
}

static int check_binding(const struct expansion *e, const struct scope *scope, const json_t *bound)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)bound, name, value)
    {
        if (lookup(scope, name))
            return wrong(e, "\"for\": \"%s\" has a value already", name);
    }
    return H4L_OK;
}

// Every combination of the names from iter on; the first name changes slowest.
static int combine(const struct expansion *e, const struct scope *scope, const json_t *row,
                   void *iter)
{
    json_t *names = json_object_get(row, "for"), *values = json_object_iter_value(iter);
    const json_t *value, *rows = json_object_get(row, "checks");
    size_t i;

    if (!iter)
        return rows ? add_rows(e, scope, rows) : add_check(e, scope);
    if (json_array_size(values) == 0)
        return wrong(e, "\"for\": \"%s\": expected an array of values", json_object_iter_key(iter));
    json_array_foreach(values, i, value)
    {
        json_t *bound = binding(json_object_iter_key(iter), value);
        const struct scope inner = {scope, NULL, bound};
        int code = bound ? check_binding(e, scope, bound) : no_memory(e->err);

        if (!code)
            code = combine(e, &inner, row, json_object_iter_next(names, iter));
        json_decref(bound);
        if (code)
            return code;
    }
    return H4L_OK;
}

static int add_row(const struct expansion *e, const struct scope *outer, const json_t *row)
{
    const struct scope scope = {outer, row, NULL};
    const json_t *names = json_object_get(row, "for");

    if (!json_is_object(row))
        return wrong(e, "\"checks\": expected objects");
    if (names && !json_object_size(names))
        return wrong(e, "\"for\": expected names, each with an array of values");
    return combine(e, &scope, row, json_object_iter((json_t *)names));
}

static int add_rows(const struct expansion *e, const struct scope *scope, const json_t *rows)
{
    const json_t *row;
    size_t i;

    if (json_array_size(rows) == 0)
        return wrong(e, "\"checks\": expected an array that is not empty");
    json_array_foreach(rows, i, row)
    {
        if (add_row(e, scope, row))
            return e->err->code;
    }
    return H4L_OK;
}

// ---- the rows of a claim ----

struct rows {
    struct expansion *e;
    json_t *rows; // of the claim
};

// The run that a term of a row reads where it names none, and what each check of a row has without saying it.
static int add_defaults(const struct expansion *e, const json_t *row)
{
    json_t *run = json_object_get(row, "results"), *n = json_object_get(row, "n"), *check;
    json_t *of = json_object_get(row, "of");
    size_t i;
    int failed = 0;

    json_array_foreach(e->checks, i, check)
    {
        const char *statistic = json_string_value(json_object_get(check, "statistic"));
        bool interval = statistic && strstr(statistic, "_interval") &&
                        !is_key(statistic, "given_interval") && !is_key(statistic, "low_interval");
        // One metric alone has nothing to be paired with, and what a row counts may be a parameter, which names no values.
        bool alone =
            of && !json_object_get(check, "y") && json_is_object(json_object_get(check, "x"));

        if (!json_object_get(check, "role"))
            failed |= json_object_set_new(check, "role", json_string("criterion"));
        if (interval && n && !json_object_get(check, "n"))
            failed |= json_object_set(check, "n", n);
        if (interval && n && !is_key(statistic, "fits_interval") && !alone &&
            !json_object_get(check, "pairs"))
            failed |=
                json_object_set_new(check, "pairs", of ? json_incref(of) : json_string("seeds"));
        for (int side = 0; run && side < 2; side++) {
            json_t *terms = json_object_get(check, side ? "y" : "x"), *term;
            size_t j;
            if (json_is_object(terms) && !json_object_get(terms, "run"))
                failed |= json_object_set(terms, "run", run);
            json_array_foreach(terms, j, term)
            {
                if (json_is_object(term) && !json_object_get(term, "run"))
                    failed |= json_object_set(term, "run", run);
            }
        }
    }
    return failed ? no_memory(e->err) : H4L_OK;
}

static int add_row_keys(struct expansion *e, const struct scope *scope, const json_t *row,
                        json_t *out)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)row, key, value)
    {
        json_t *filled = NULL;
        int code;

        if (is_key(key, "for") || is_key(key, "checks"))
            continue;
        e->keep_unknown = is_key(key, "headline");
        code = fill(e, scope, value, &filled);
        e->keep_unknown = false;
        if (code)
            return code;
        if (json_object_set_new(out, key, filled))
            return no_memory(e->err);
    }
    return H4L_OK;
}

static int add_one_row(const struct rows *r, const struct scope *scope, const json_t *row)
{
    struct expansion *e = r->e;
    json_t *out = json_object();
    int code;

    if (!out || json_array_append_new(r->rows, out))
        return no_memory(e->err);
    code = add_row_keys(e, scope, row, out);
    if (!code && json_object_set_new(out, "checks", e->checks = json_array()))
        code = no_memory(e->err);
    if (!code)
        code = add_rows(e, scope, json_object_get(row, "checks"));
    return code ? code : add_defaults(e, out);
}

static int combine_rows(const struct rows *r, const struct scope *scope, const json_t *row,
                        void *iter)
{
    json_t *names = json_object_get(row, "for"), *values = json_object_iter_value(iter);
    const json_t *value;
    size_t i;

    if (!iter)
        return add_one_row(r, scope, row);
    if (json_array_size(values) == 0)
        return wrong(r->e, "\"for\": \"%s\": expected an array of values",
                     json_object_iter_key(iter));
    json_array_foreach(values, i, value)
    {
        json_t *bound = binding(json_object_iter_key(iter), value);
        const struct scope inner = {scope, NULL, bound};
        int code = bound ? check_binding(r->e, scope, bound) : no_memory(r->e->err);

        if (!code)
            code = combine_rows(r, &inner, row, json_object_iter_next(names, iter));
        json_decref(bound);
        if (code)
            return code;
    }
    return H4L_OK;
}

static int add_claim_rows(struct expansion *e, const json_t *list, json_t *ret)
{
    const struct rows r = {e, ret};
    const json_t *row;
    size_t i;

    if (json_array_size(list) == 0)
        return wrong(e, "\"rows\": expected an array that is not empty");
    json_array_foreach(list, i, row)
    {
        json_t *names = json_object_get(row, "for");
        if (!json_is_object(row) || (names && !json_object_size(names)))
            return wrong(e, "\"rows\": expected objects, \"for\" with names and arrays of values");
        if (combine_rows(&r, NULL, row, json_object_iter(names)))
            return e->err->code;
    }
    return H4L_OK;
}

// ---- cases ----

static bool matches(const char *patterns, const char *name)
{
    char pattern[200];

    for (size_t n; *patterns; patterns += n, patterns += strspn(patterns, " ")) {
        n = strcspn(patterns, " ");
        snprintf(pattern, sizeof pattern, "%.*s", (int)n, patterns);
        if (fnmatch(pattern, name, 0) == 0)
            return true;
    }
    return false;
}

// Pins the parameters of every case that one of the patterns means; later patterns go before earlier ones.
static int pin(const char *patterns, const json_t *parameters, json_t *cases, struct h4l_err *err)
{
    const char *name;
    json_t *row, *own;
    size_t met = 0;

    if (!json_is_object(parameters))
        return h4l_fail(err, H4L_E_DATA, "pins: \"%s\": expected an object", patterns);
    json_object_foreach(cases, name, row)
    {
        if (!matches(patterns, name))
            continue;
        met++;
        own = json_object_get(row, "parameters");
        if (!own && json_object_set_new(row, "parameters", own = json_object()))
            return no_memory(err);
        if (json_object_update(own, (json_t *)parameters))
            return no_memory(err);
    }
    return met ? H4L_OK : h4l_fail(err, H4L_E_DATA, "pins: no case is meant by \"%s\"", patterns);
}

static int set_seeds(const char *patterns, const json_t *seed, json_t *cases, struct h4l_err *err)
{
    const char *name;
    json_t *row;
    size_t met = 0;

    json_object_foreach(cases, name, row)
    {
        if (!matches(patterns, name))
            continue;
        met++;
        if (json_object_set(row, "seed", (json_t *)seed))
            return no_memory(err);
    }
    return met ? H4L_OK : h4l_fail(err, H4L_E_DATA, "seeds: no case is meant by \"%s\"", patterns);
}

static int add_cases(const json_t *file, json_t *cases, struct h4l_err *err)
{
    const json_t *list = json_object_get(file, "cases"), *element;
    const char *patterns;
    json_t *value;
    size_t i;

    if (!json_is_array(list))
        return h4l_fail(err, H4L_E_DATA, "cases: expected an array of names");
    json_array_foreach(list, i, element)
    {
        const char *name = json_string_value(element);
        if (!name || json_object_get(cases, name))
            return h4l_fail(err, H4L_E_DATA, "cases[%zu]: %s", i,
                            name ? "twice" : "expected a name");
        if (json_object_set_new(cases, name, json_object()))
            return no_memory(err);
    }
    json_object_foreach(json_object_get(file, "pins"), patterns, value)
    {
        if (!strchr(patterns, '/') && pin(patterns, value, cases, err))
            return err->code;
    }
    json_object_foreach(json_object_get(file, "seeds"), patterns, value)
    {
        if (set_seeds(patterns, value, cases, err))
            return err->code;
    }
    return H4L_OK;
}

// ---- claims and verdicts ----

// Beside each row what is registered for it.
static int add_registered(const struct expansion *e, const json_t *verdicts, json_t *rows)
{
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const char *id = json_string_value(json_object_get(row, "id"));
        json_t *own = id ? json_object_get(verdicts, id) : NULL;

        if (json_object_get(row, "registered"))
            return wrong(e, "\"registered\": a verdict stands in verdicts.json");
        if (own ? json_object_set(row, "registered", own)
                : json_object_set_new(row, "registered", json_object()))
            return no_memory(e->err);
    }
    return H4L_OK;
}

static int add_claim(struct expansion *e, const json_t *row, const json_t *verdicts, json_t *claims)
{
    const char *id = json_string_value(json_object_get(row, "id"));
    json_t *claim, *rows, *figures, *check;
    size_t i;
    int code = H4L_OK;

    snprintf(e->where, sizeof e->where, "claims[%zu] (%s)", json_array_size(claims),
             id ? id : "no id");
    claim = json_object();
    if (!claim || json_array_append_new(claims, claim) ||
        (json_is_object(row) && json_object_update(claim, (json_t *)row)) ||
        json_object_set_new(claim, "checks", figures = json_array()) ||
        json_object_set_new(claim, "rows", rows = json_array()))
        return no_memory(e->err);
    if (!json_is_object(row))
        return wrong(e, "expected an object");
    e->checks = figures;
    if (json_object_get(row, "checks"))
        code = add_rows(e, NULL, json_object_get(row, "checks"));
    json_array_foreach(figures, i, check)
    {
        if (!code && !json_object_get(check, "role") &&
            json_object_set_new(check, "role", json_string("reference")))
            code = no_memory(e->err);
    }
    if (!code)
        code = add_claim_rows(e, json_object_get(row, "rows"), rows);
    return code ? code : add_registered(e, verdicts, rows);
}

static int add_claims(const json_t *file, const json_t *verdicts, json_t *claims,
                      struct h4l_err *err)
{
    struct expansion e = {.names = json_object_get(file, "names"), .err = err};
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(file, "claims"), i, row)
    {
        if (add_claim(&e, row, verdicts, claims))
            return err->code;
    }
    return H4L_OK;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "none";
}

static bool has_row(const json_t *claims, const char *id)
{
    const json_t *claim, *row;
    size_t i, j;

    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            if (is_key(text_of(row, "id"), id))
                return true;
        }
    }
    return false;
}

static int check_verdict_ids(const json_t *verdicts, const json_t *claims, struct h4l_err *err)
{
    const char *id;
    json_t *value;

    json_object_foreach(json_object_get(verdicts, "verdicts"), id, value)
    {
        if (!has_row(claims, id))
            return h4l_fail(err, H4L_E_DATA, "verdicts: no row has the id \"%s\"", id);
    }
    return H4L_OK;
}

static int check_keys(const json_t *file, const char *const *allowed, struct h4l_err *err)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)file, key, value)
    {
        size_t i = 0;
        while (allowed[i] && !is_key(allowed[i], key))
            i++;
        if (!allowed[i])
            return h4l_fail(err, H4L_E_DATA, "unknown key \"%s\"", key);
    }
    return H4L_OK;
}

static int check_verdicts(const json_t *file, const json_t *verdicts, struct h4l_err *err)
{
    static const char *const allowed[] = {"schema", "family", "verdicts", NULL};

    if (!verdicts)
        return H4L_OK;
    if (!is_key(text_of(verdicts, "schema"), H4L_REGISTERED_SCHEMA))
        return h4l_fail(err, H4L_E_DATA, "verdicts: expected the schema %s, found %s",
                        H4L_REGISTERED_SCHEMA, text_of(verdicts, "schema"));
    if (!is_key(text_of(verdicts, "family"), text_of(file, "family")))
        return h4l_fail(err, H4L_E_DATA, "verdicts: of the family %s, expected %s",
                        text_of(verdicts, "family"), text_of(file, "family"));
    if (!json_is_object(json_object_get(verdicts, "verdicts")))
        return h4l_fail(err, H4L_E_DATA, "verdicts: \"verdicts\": expected an object");
    if (check_keys(verdicts, allowed, err))
        return h4l_fail_context(err, H4L_E_DATA, "verdicts");
    return H4L_OK;
}

static int check_file(const json_t *file, struct h4l_err *err)
{
    static const char *const allowed[] = {"schema", "family", "names",  "cases",
                                          "pins",   "seeds",  "claims", NULL};
    static const char *const objects[] = {"names", "pins", "seeds"};

    if (!json_is_object(file))
        return h4l_fail(err, H4L_E_DATA, "expected an object");
    if (!is_key(text_of(file, "schema"), H4L_CLAIMS_SCHEMA))
        return h4l_fail(err, H4L_E_DATA, "expected the schema %s, found %s", H4L_CLAIMS_SCHEMA,
                        text_of(file, "schema"));
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        const json_t *value = json_object_get(file, objects[i]);
        if (value && !json_is_object(value))
            return h4l_fail(err, H4L_E_DATA, "\"%s\": expected an object", objects[i]);
    }
    return check_keys(file, allowed, err);
}

int h4l_registry_expand(const json_t *file, const json_t *verdicts, json_t **ret,
                        struct h4l_err *err)
{
    json_t *registry, *cases = json_object(), *claims = json_array();
    struct h4l_err own;
    int code;

    err = err ? err : &own;
    code = check_file(file, err);
    if (!code)
        code = check_verdicts(file, verdicts, err);
    registry =
        code ? NULL
             : json_pack("{s:O, s:O*, s:O, s:O*, s:O}", "schema", json_object_get(file, "schema"),
                         "family", json_object_get(file, "family"), "cases", cases, "pins",
                         json_object_get(file, "pins"), "claims", claims);
    if (!code && !registry)
        code = no_memory(err);
    if (!code)
        code = add_cases(file, cases, err);
    if (!code)
        code = add_claims(file, json_object_get(verdicts, "verdicts"), claims, err);
    if (!code)
        code = check_verdict_ids(verdicts, claims, err);
    json_decref(cases);
    json_decref(claims);
    if (code)
        json_decref(registry);
    else
        *ret = registry;
    return code;
}

int h4l_registry_read(const char *path, json_t **ret, struct h4l_err *err)
{
    const char *slash = strrchr(path, '/');
    char beside[4096];
    json_t *file = NULL, *verdicts = NULL, *registry = NULL;
    int code = h4l_json_read(path, &file, err);

    if (code)
        return code;
    snprintf(beside, sizeof beside, "%.*sverdicts.json", slash ? (int)(slash - path + 1) : 0, path);
    if (access(beside, F_OK) == 0)
        code = h4l_json_read(beside, &verdicts, err);
    if (!code) {
        code = h4l_registry_expand(file, verdicts, &registry, err);
        if (!code)
            code = h4l_claims_validate(registry, err);
        if (code)
            code = h4l_fail_context(err, code, "%s", path);
    }
    json_decref(file);
    json_decref(verdicts);
    if (code)
        json_decref(registry);
    else
        *ret = registry;
    return code;
}
