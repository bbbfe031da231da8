#include "base/param.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"

const char *const h4l_tier_names[H4L_TIERS] = {"quick", "standard", "full"};

// ---- a value in its place ----

static const void *place_of(const struct h4l_member *member, const void *base)
{
    return (const char *)base + member->offset;
}

// A whole number, bool or enum.
static long long integer_at(const struct h4l_member *member, const void *base)
{
    const void *at = place_of(member, base);

    return member->store == H4L_AS_BOOL   ? *(const bool *)at
           : member->store == H4L_AS_INT  ? *(const int *)at
           : member->store == H4L_AS_ENUM ? (long long)*(const unsigned *)at
           : member->store == H4L_AS_LONG ? *(const long *)at
                                          : (long long)*(const size_t *)at;
}

static void put_integer(const struct h4l_member *member, void *base, long long value)
{
    void *at = (char *)base + member->offset;

    if (member->store == H4L_AS_BOOL)
        *(bool *)at = value != 0;
    else if (member->store == H4L_AS_INT)
        *(int *)at = (int)value;
    else if (member->store == H4L_AS_ENUM)
        *(unsigned *)at = (unsigned)value;
    else if (member->store == H4L_AS_LONG)
        *(long *)at = (long)value;
    else
        *(size_t *)at = (size_t)value;
}

json_t *h4l_member_json(const struct h4l_member *member, const void *base)
{
    const void *at = place_of(member, base);
    const struct h4l_reals *reals;
    const char *text;

    switch (member->store) {
    case H4L_AS_DOUBLE:
        return json_real(*(const double *)at);
    case H4L_AS_BOOL:
        return json_boolean(*(const bool *)at);
    case H4L_AS_STRING:
        text = *(const char *const *)at;
        return text ? json_string(text) : json_null();
    case H4L_AS_REALS:
        reals = at;
        return h4l_json_reals(reals->at, reals->n);
    case H4L_AS_INT:
    case H4L_AS_ENUM:
    case H4L_AS_LONG:
    case H4L_AS_SIZE:
        break;
    }
    return json_integer(integer_at(member, base));
}

json_t *h4l_members_json(const struct h4l_member *members, size_t n, const void *base)
{
    json_t *object = json_object();

    for (size_t i = 0; i < n; i++)
        h4l_json_set(&object, members[i].name, h4l_member_json(&members[i], base));
    return object;
}

double h4l_member_number(const struct h4l_member *member, const void *base)
{
    if (member->store == H4L_AS_DOUBLE)
        return *(const double *)place_of(member, base);
    if (member->store == H4L_AS_STRING || member->store == H4L_AS_REALS)
        return NAN;
    return (double)integer_at(member, base);
}

// ---- from text ----

const char *h4l_param_default(const struct h4l_param *param, enum h4l_tier tier)
{
    for (int t = (int)tier; t >= 0; t--)
        if (param->defaults[t])
            return param->defaults[t];
    return NULL;
}

static int parse_reals(const char *what, const char *text, struct h4l_value *v, struct h4l_err *err)
{
    const struct h4l_param *param = v->param;
    char *copy = strdup(text), *rest = copy, *word;
    int code = H4L_OK;

    for (const char *c = text; *c; c++)
        v->reals.n += *c == ',';
    v->reals.at = v->owned = calloc(++v->reals.n, sizeof *v->owned);
    if (!copy || !v->owned)
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory for %s", what);
    for (size_t i = 0; !code && (word = strsep(&rest, ",")); i++)
        code = h4l_arg_real(what, word, param->min, param->max, &v->owned[i], err);
    if (code == H4L_E_USAGE)
        h4l_fail(err, code, "%s is \"%s\": expected numbers from %g to %g with commas between",
                 what, text, param->min, param->max);
    free(copy);
    return code;
}

static int parse_string(const char *what, const char *text, struct h4l_err *err)
{
    return h4l_is_utf8(text)
               ? H4L_OK
               : h4l_fail(err, H4L_E_USAGE, "%s is \"%s\": expected text in UTF-8", what, text);
}

int h4l_value_parse(const char *what, const char *text, struct h4l_value *v, struct h4l_err *err)
{
    const struct h4l_param *param = v->param;
    int code, index = 0;

    v->text = text;
    if (param->choices) {
        code = h4l_arg_choice(what, text, param->choices, &index, err);
        v->integer = index;
        return code;
    }
    if (param->member.store == H4L_AS_DOUBLE)
        return h4l_arg_real(what, text, param->min, param->max, &v->real, err);
    if (param->member.store == H4L_AS_REALS)
        return parse_reals(what, text, v, err);
    if (param->member.store == H4L_AS_STRING)
        return parse_string(what, text, err);
    return h4l_arg_int(what, text, (long long)param->min, (long long)param->max, &v->integer, err);
}

void h4l_value_put(const struct h4l_value *v, void *options)
{
    const struct h4l_member *member = &v->param->member;
    void *at = (char *)options + member->offset;

    if (!v->text)
        return;
    if (member->store == H4L_AS_DOUBLE)
        *(double *)at = v->real;
    else if (member->store == H4L_AS_STRING)
        *(const char **)at = v->text;
    else if (member->store == H4L_AS_REALS)
        *(struct h4l_reals *)at = v->reals;
    else
        put_integer(member, options, v->integer);
}

void h4l_value_free(struct h4l_value *v)
{
    free(v->owned);
    v->owned = NULL;
}

int h4l_params_check(const struct h4l_param *params, size_t n, struct h4l_err *err)
{
    for (size_t i = 0; i < n; i++)
        for (int tier = 0; tier < H4L_TIERS; tier++) {
            struct h4l_value v = {.param = &params[i]};
            const char *text = h4l_param_default(v.param, (enum h4l_tier)tier);
            int code = text ? h4l_value_parse(v.param->member.name, text, &v, err) : H4L_OK;

            h4l_value_free(&v);
            if (code)
                return h4l_fail_context(err, code == H4L_E_USAGE ? H4L_E_INTERNAL : code,
                                        "default of a parameter");
        }
    return H4L_OK;
}

// ---- to a result ----

// The index-th of the names in "a|b|c".
static json_t *choice_json(const char *choices, long long index)
{
    if (index < 0)
        return json_string("none");
    for (; index > 0 && *choices; index--) {
        choices += strcspn(choices, "|");
        choices += *choices == '|';
    }
    return json_stringn(choices, strcspn(choices, "|"));
}

json_t *h4l_param_json(const struct h4l_param *param, const void *options)
{
    const struct h4l_member *member = &param->member;

    if (param->choices)
        return choice_json(param->choices, integer_at(member, options));
    if (member->store == H4L_AS_DOUBLE && isnan(h4l_member_number(member, options)))
        return json_string("none");
    if (member->store == H4L_AS_STRING && !*(const char *const *)place_of(member, options))
        return param->absent ? json_string(param->absent) : json_null();
    return h4l_member_json(member, options);
}

// ---- to --help ----

// A list with a blank behind each comma, where a line can be broken.
static void put_list(FILE *text, const char *list, char separator)
{
    for (const char *c = list; *c; c++)
        fputs(*c == separator ? ", " : (char[]){*c, 0}, text);
}

static void put_default(FILE *text, const struct h4l_param *param, const char *value)
{
    put_list(text, value, param->member.store == H4L_AS_REALS ? ',' : 0);
}

void h4l_param_describe(FILE *text, const struct h4l_param *param)
{
    const char *quick = h4l_param_default(param, H4L_QUICK);

    fprintf(text, "%s.", param->help);
    if (param->choices) {
        fputs(" One of ", text);
        put_list(text, param->choices, '|');
        fputc('.', text);
    } else if (param->member.store != H4L_AS_STRING)
        fprintf(text, " Range %g to %g.", param->min, param->max);
    fputs(quick ? " Default " : " Not set by default", text);
    if (quick)
        put_default(text, param, quick);
    for (int tier = 1; tier < H4L_TIERS; tier++)
        if (param->defaults[tier]) {
            fprintf(text, ", %s ", h4l_tier_names[tier]);
            put_default(text, param, param->defaults[tier]);
        }
    fputc('.', text);
}

const char *h4l_param_kind(const struct h4l_param *param)
{
    return param->choices                         ? "CHOICE"
           : param->member.store == H4L_AS_DOUBLE ? "REAL"
           : param->member.store == H4L_AS_REALS  ? "REAL,..."
           : param->member.store == H4L_AS_STRING ? "TEXT"
                                                  : "INT";
}
