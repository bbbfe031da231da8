// Is a registry well formed? Every key is checked by a table, so that a misspelt one cannot switch a check off.
#include <math.h>
#include <string.h>

#include "claims.h"
#include "internal.h"

const char *const h4l_verdict_names[H4L_VERDICTS] = {"not-reproduced", "inconclusive",
                                                     "reproduced-with-caveat", "reproduced"};

int h4l_verdict_rank(const char *name)
{
    for (int i = 0; name && i < H4L_VERDICTS; i++)
        if (strcmp(h4l_verdict_names[i], name) == 0)
            return i;
    return -1;
}

enum type { TEXT, FLAG, OBJECT, ARRAY, NUMBER, BY_TIER, WHOLE, TERMS, ANY };
static const char *const type_names[] = {"a text",         "true or false",
                                         "an object",      "an array that is not empty",
                                         "a number",       "a number or one number per tier",
                                         "a whole number", "a term or an array of terms",
                                         "a value"};

struct key {
    const char *name;
    enum type type;
    bool required;
};

static const struct key registry_keys[] = {{"schema", TEXT, true},
                                           {"family", TEXT, true},
                                           {"cases", OBJECT, true},
                                           {"claims", ARRAY, true}};
static const struct key case_keys[] = {{"seed", WHOLE, false}, {"parameters", OBJECT, false}};
static const struct key claim_keys[] = {
    {"id", TEXT, true},           {"title", TEXT, true},        {"source", TEXT, true},
    {"beyond_paper", FLAG, true}, {"statement", TEXT, true},    {"criterion", TEXT, true},
    {"audit", TEXT, false},       {"surrogate", OBJECT, false}, {"parts", ARRAY, false},
    {"checks", ARRAY, true},      {"registered", OBJECT, true}, {"figures", ARRAY, false},
    {"command", TEXT, false}};
static const struct key check_keys[] = {{"id", TEXT, true},
                                        {"role", TEXT, true},
                                        {"title", TEXT, true},
                                        {"part", TEXT, false},
                                        {"x", TERMS, true},
                                        {"y", TERMS, false},
                                        {"statistic", TEXT, true},
                                        {"direction", TEXT, true},
                                        {"why", TEXT, true},
                                        {"unit", TEXT, false},
                                        {"tiers", ARRAY, false},
                                        {"n", BY_TIER, false},
                                        {"pairs", TEXT, false},
                                        {"null", TEXT, false},
                                        {"level", NUMBER, false},
                                        {"interval", TEXT, false},
                                        {"holm", TEXT, false},
                                        {"bound", BY_TIER, false},
                                        {"reference", ANY, false},
                                        {"tolerance", BY_TIER, false},
                                        {"relative_tolerance", BY_TIER, false},
                                        {"margin", BY_TIER, false}};
static const struct key term_keys[] = {{"case", TEXT, true},    {"metric", TEXT, false},
                                       {"timing", TEXT, false}, {"at", OBJECT, false},
                                       {"reduce", TEXT, false}, {"times", NUMBER, false}};
static const struct key registered_keys[] = {{"verdict", TEXT, true},
                                             {"date", TEXT, true},
                                             {"reason", TEXT, true},
                                             {"parts", OBJECT, false}};
static const struct key figure_keys[] = {
    {"file", TEXT, true}, {"caption", TEXT, true}, {"alt", TEXT, true}};

#define KEYS(table) table, sizeof table / sizeof table[0]

static bool all_numbers_by_tier(const json_t *value)
{
    const char *tier;
    json_t *v;

    json_object_foreach((json_t *)value, tier, v)
    {
        bool known = false;
        for (size_t i = 0; i < 3; i++)
            known = known || strcmp(tier, h4l_claims_tiers[i]) == 0;
        if (!known || !json_is_number(v))
            return false;
    }
    return json_object_size(value) > 0;
}

static bool has_type(const json_t *value, enum type type)
{
    switch (type) {
    case TEXT:
        return json_string_length(value) > 0;
    case FLAG:
        return json_is_boolean(value);
    case OBJECT:
        return json_is_object(value);
    case ARRAY:
        return json_array_size(value) > 0;
    case NUMBER:
        return json_is_number(value);
    case BY_TIER:
        return json_is_number(value) || all_numbers_by_tier(value);
    case WHOLE:
        return json_is_integer(value);
    case TERMS:
        return json_is_object(value) || json_array_size(value) > 0;
    case ANY:
        return true;
    }
    return false;
}

static int check_object(const char *where, const json_t *object, const struct key *keys, size_t n,
                        struct h4l_err *err)
{
    const char *name;
    json_t *value;

    if (!json_is_object(object))
        return h4l_fail(err, H4L_E_DATA, "%s: expected an object", where);
    json_object_foreach((json_t *)object, name, value)
    {
        size_t i = 0;
        while (i < n && strcmp(keys[i].name, name) != 0)
            i++;
        if (i == n)
            return h4l_fail(err, H4L_E_DATA, "%s: unknown key \"%s\"", where, name);
        if (!has_type(value, keys[i].type))
            return h4l_fail(err, H4L_E_DATA, "%s: \"%s\": expected %s", where, name,
                            type_names[keys[i].type]);
    }
    for (size_t i = 0; i < n; i++)
        if (keys[i].required && !json_object_get(object, keys[i].name))
            return h4l_fail(err, H4L_E_DATA, "%s: \"%s\" is missing", where, keys[i].name);
    return H4L_OK;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool one_of(const char *text, const char *const *allowed, size_t n)
{
    for (size_t i = 0; text && i < n; i++)
        if (strcmp(text, allowed[i]) == 0)
            return true;
    return false;
}

static bool has_text(const json_t *array, const char *text)
{
    const json_t *element;
    size_t i;

    json_array_foreach(array, i,
                       element) if (text && json_is_string(element) &&
                                    strcmp(json_string_value(element), text) == 0) return true;
    return false;
}

struct context {
    const json_t *registry, *claim, *check;
    char where[300];
    struct h4l_err *err;
    const char *first_case;
    bool several_cases;
};

static bool check_at(const json_t *at)
{
    void *only = json_object_iter((json_t *)at);
    const json_t *value = json_object_iter_value(only);

    if (json_object_size(at) != 1 || !json_is_number(value))
        return false;
    return strcmp(json_object_iter_key(only), "index") != 0 ||
           (json_is_integer(value) && json_integer_value(value) >= 0);
}

static int check_term(void *ctx, const json_t *term)
{
    static const char *const reductions[] = {"last", "first", "mean", "max", "min", "sum", "count"};
    struct context *c = ctx;
    const char *name = text_of(term, "case"), *how = text_of(term, "reduce");
    const json_t *at = json_object_get(term, "at");
    int code = check_object(c->where, term, KEYS(term_keys), c->err);

    if (code)
        return code;
    if (!json_object_get(json_object_get(c->registry, "cases"), name))
        return h4l_fail(c->err, H4L_E_DATA, "%s: case \"%s\" is not in \"cases\"", c->where, name);
    if (!json_object_get(term, "metric") == !json_object_get(term, "timing"))
        return h4l_fail(c->err, H4L_E_DATA, "%s: a term has either \"metric\" or \"timing\"",
                        c->where);
    if (how && !one_of(how, reductions, sizeof reductions / sizeof reductions[0]))
        return h4l_fail(c->err, H4L_E_DATA, "%s: unknown reduction \"%s\"", c->where, how);
    if (at && !check_at(at))
        return h4l_fail(c->err, H4L_E_DATA,
                        "%s: \"at\" has one name with a number (\"index\": a whole one from 0)",
                        c->where);
    c->several_cases = c->several_cases || (c->first_case && strcmp(c->first_case, name) != 0);
    c->first_case = name;
    return H4L_OK;
}

// What statistic and direction ask of the rest of the row.
static int check_fit(const struct context *c, struct h4l_err *err)
{
    const json_t *check = c->check;
    const struct statistic *s = h4l_claims_statistic(text_of(check, "statistic"));
    const struct direction *d = h4l_claims_direction(text_of(check, "direction"));
    const char *kind = text_of(check, "interval");
    static const char *const adjustable[] = {"greater", "less", "different", "equivalent"};
    bool interval = s && s->kind == INTERVAL, bca = kind && strcmp(kind, "bca") == 0, within;
    bool given = s && strcmp(s->name, "given_interval") ==
                          0; // made by the case, with all that is to be said about it

    if (!s || !d)
        return h4l_fail(err, H4L_E_DATA, "%s: unknown %s \"%s\"", c->where,
                        s ? "direction" : "statistic",
                        text_of(check, s ? "direction" : "statistic"));
    within = strcmp(d->name, "within") == 0;
    if (interval ? !d->interval : !d->number)
        return h4l_fail(err, H4L_E_DATA, "%s: direction \"%s\" does not go with statistic \"%s\"",
                        c->where, d->name, s->name);
    if (s->kind == EACH && !(strcmp(d->name, "equal") == 0 || within))
        return h4l_fail(err, H4L_E_DATA, "%s: statistic \"each\" goes with equal and within",
                        c->where);
    if (s->needs_y != (json_object_get(check, "y") != NULL))
        return h4l_fail(err, H4L_E_DATA, "%s: statistic \"%s\" %s \"y\"", c->where, s->name,
                        s->needs_y ? "needs" : "has no");
    if (d->needs && !json_object_get(check, d->needs))
        return h4l_fail(err, H4L_E_DATA, "%s: direction \"%s\" needs \"%s\"", c->where, d->name,
                        d->needs);
    if (within &&
        !json_object_get(check, "tolerance") == !json_object_get(check, "relative_tolerance"))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: \"within\" needs either \"tolerance\" or \"relative_tolerance\"",
                        c->where);
    if (given && (json_object_get(check, "n") || json_object_get(check, "pairs") || kind ||
                  json_object_get(check, "holm")))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: a given interval has no \"n\", \"pairs\", \"interval\" or \"holm\"",
                        c->where);
    if (interval && !given && !json_object_get(check, "n"))
        return h4l_fail(err, H4L_E_DATA, "%s: an interval needs \"n\", the number of values",
                        c->where);
    if (interval && !given && strcmp(s->name, "welch_interval") != 0 && c->several_cases &&
        !json_object_get(check, "pairs"))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: values of several cases are paired: \"pairs\" must name what by",
                        c->where);
    if (json_object_get(check, "holm") && (!interval || bca || !one_of(d->name, adjustable, 4)))
        return h4l_fail(
            err, H4L_E_DATA,
            "%s: \"holm\" goes with t intervals and greater, less, different or equivalent",
            c->where);
    if (!strcmp(s->name, "ratio_interval") && !strcmp(d->name, "equivalent"))
        return h4l_fail(err, H4L_E_DATA, "%s: no equivalence test of ratios", c->where);
    return H4L_OK;
}

// Signs and ranges of the numbers; tolerance 0 is allowed, a bound may be anything.
static int check_numbers(const struct context *c, struct h4l_err *err)
{
    static const char *const names[] = {"tolerance", "relative_tolerance", "margin", "n"};
    const json_t *level = json_object_get(c->check, "level");

    for (size_t i = 0; i < 4; i++)
        for (size_t t = 0; t < 3; t++) {
            const json_t *v =
                h4l_claims_for_tier(json_object_get(c->check, names[i]), h4l_claims_tiers[t]);
            double x = json_number_value(v);
            if (v && (!isfinite(x) || x < 0 || (i == 2 && x == 0) ||
                      (i == 3 && (x < 1 || x != floor(x)))))
                return h4l_fail(err, H4L_E_DATA, "%s: \"%s\" is %g", c->where, names[i], x);
        }
    if (level && !(json_number_value(level) > 0.5 && json_number_value(level) < 1))
        return h4l_fail(err, H4L_E_DATA, "%s: \"level\" must be between 0.5 and 1", c->where);
    return H4L_OK;
}

static int check_words(const struct context *c, struct h4l_err *err)
{
    static const char *const roles[] = {"criterion", "audit", "reference"};
    static const char *const kinds[] = {"t", "bca"}, *const nulls[] = {"unmet"};
    const char *role = text_of(c->check, "role"), *part = text_of(c->check, "part");
    const char *kind = text_of(c->check, "interval"), *null = text_of(c->check, "null");
    const json_t *tiers = json_object_get(c->check, "tiers"), *tier;
    size_t i;

    if (!one_of(role, roles, 3))
        return h4l_fail(err, H4L_E_DATA, "%s: unknown role \"%s\"", c->where, role);
    if (part && !has_text(json_object_get(c->claim, "parts"), part))
        return h4l_fail(err, H4L_E_DATA, "%s: part \"%s\" is not in the claim's \"parts\"",
                        c->where, part);
    if (kind && !one_of(kind, kinds, 2))
        return h4l_fail(err, H4L_E_DATA, "%s: interval is \"t\" or \"bca\"", c->where);
    if (null && !one_of(null, nulls, 1))
        return h4l_fail(err, H4L_E_DATA, "%s: \"null\" can only be \"unmet\"", c->where);
    json_array_foreach(tiers, i, tier)
    {
        if (!one_of(json_string_value(tier), h4l_claims_tiers, 3))
            return h4l_fail(err, H4L_E_DATA, "%s: unknown tier in \"tiers\"", c->where);
    }
    return H4L_OK;
}

static int check_check(struct context *c, size_t index, struct h4l_err *err)
{
    size_t n = strlen(c->where);
    const char *id = text_of(c->check, "id");
    int code;

    snprintf(c->where + n, sizeof c->where - n, " checks[%zu] (%s)", index, id ? id : "no id");
    c->first_case = NULL;
    c->several_cases = false;
    c->err = err;
    code = check_object(c->where, c->check, KEYS(check_keys), err);
    if (!code)
        code = h4l_claims_each_term(c->check, check_term, c);
    if (!code)
        code = check_words(c, err);
    if (!code)
        code = check_fit(c, err);
    if (!code)
        code = check_numbers(c, err);
    c->where[n] = 0;
    return code;
}

static bool is_date(const char *text)
{
    static const char pattern[] = "dddd-dd-dd";

    for (size_t i = 0; i < sizeof pattern; i++)
        if (pattern[i] == 'd' ? !(text[i] >= '0' && text[i] <= '9') : text[i] != pattern[i])
            return false;
    return true;
}

// A verdict that may be registered. Only a surrogate's may be left open as differing between machines.
static bool may_be_registered(const struct context *c, const char *tier, const char *verdict)
{
    return h4l_verdict_rank(verdict) >= 0 ||
           (verdict && strcmp(verdict, H4L_MACHINE_DEPENDENT) == 0 &&
            json_object_get(json_object_get(c->claim, "surrogate"), tier));
}

static int check_registered(const struct context *c, struct h4l_err *err)
{
    const json_t *parts = json_object_get(c->claim, "parts"), *part;
    const char *tier, *name;
    json_t *row, *verdict;
    size_t i;

    json_object_foreach(json_object_get(c->claim, "registered"), tier, row)
    {
        const json_t *own = json_object_get(row, "parts");
        int code = check_object(c->where, row, KEYS(registered_keys), err);

        if (code)
            return code;
        if (!one_of(tier, h4l_claims_tiers, 3))
            return h4l_fail(err, H4L_E_DATA, "%s: registered for an unknown tier \"%s\"", c->where,
                            tier);
        if (!may_be_registered(c, tier, text_of(row, "verdict")))
            return h4l_fail(err, H4L_E_DATA, "%s: unknown verdict \"%s\"", c->where,
                            text_of(row, "verdict"));
        if (!is_date(text_of(row, "date")))
            return h4l_fail(err, H4L_E_DATA, "%s: date \"%s\" is not YYYY-MM-DD", c->where,
                            text_of(row, "date"));
        json_array_foreach(parts, i, part)
        {
            name = json_string_value(part);
            verdict = json_object_get(own, name);
            if (!may_be_registered(c, tier, json_string_value(verdict)))
                return h4l_fail(err, H4L_E_DATA, "%s: no registered verdict (%s tier) of part %s",
                                c->where, tier, name);
        }
        if (json_object_size(own) != json_array_size(parts))
            return h4l_fail(err, H4L_E_DATA, "%s: registered parts (%s tier) are not the claim's",
                            c->where, tier);
    }
    return H4L_OK;
}

static int check_surroundings(const struct context *c, struct h4l_err *err)
{
    const json_t *element, *parts = json_object_get(c->claim, "parts");
    const char *tier;
    json_t *text;
    size_t i;

    json_object_foreach(json_object_get(c->claim, "surrogate"), tier, text)
    {
        if (!one_of(tier, h4l_claims_tiers, 3) || !json_is_string(text))
            return h4l_fail(err, H4L_E_DATA, "%s: \"surrogate\" has a text per tier", c->where);
    }
    json_array_foreach(json_object_get(c->claim, "figures"), i, element)
    {
        int code = check_object(c->where, element, KEYS(figure_keys), err);
        if (code)
            return code;
        if (strpbrk(text_of(element, "file"), "/."))
            return h4l_fail(err, H4L_E_DATA,
                            "%s: figure \"%s\": expected a name without folder "
                            "and ending",
                            c->where, text_of(element, "file"));
    }
    json_array_foreach(parts, i, element)
    {
        if (!json_is_string(element))
            return h4l_fail(err, H4L_E_DATA, "%s: \"parts\" has texts", c->where);
    }
    return H4L_OK;
}

static int check_claim(struct context *c, struct h4l_err *err)
{
    const json_t *check, *checks = json_object_get(c->claim, "checks");
    size_t i, criteria = 0;
    int code = check_object(c->where, c->claim, KEYS(claim_keys), err);

    if (!code)
        code = check_surroundings(c, err);
    if (!code)
        code = check_registered(c, err);
    for (i = 0; i < json_array_size(checks) && !code; i++) {
        c->check = check = json_array_get(checks, i);
        code = check_check(c, i, err);
        for (size_t j = 0; j < i && !code; j++)
            if (strcmp(text_of(check, "id"), text_of(json_array_get(checks, j), "id")) == 0)
                code = h4l_fail(err, H4L_E_DATA, "%s: check id \"%s\" twice", c->where,
                                text_of(check, "id"));
        criteria += !code && strcmp(text_of(check, "role"), "criterion") == 0;
    }
    if (!code && criteria == 0)
        code = h4l_fail(err, H4L_E_DATA,
                        "%s: no check has the role criterion, so no verdict can "
                        "follow",
                        c->where);
    return code;
}

static int check_cases(const json_t *cases, struct h4l_err *err)
{
    const char *name;
    json_t *row;
    char where[200];

    json_object_foreach((json_t *)cases, name, row)
    {
        int code;
        snprintf(where, sizeof where, "cases: %s", name);
        code = check_object(where, row, KEYS(case_keys), err);
        if (code)
            return code;
        if (!*name || strpbrk(name, "/ ") || name[0] == '.')
            return h4l_fail(err, H4L_E_DATA, "%s: not the name of a case", where);
    }
    return H4L_OK;
}

int h4l_claims_validate(const json_t *registry, struct h4l_err *err)
{
    const json_t *claims = json_object_get(registry, "claims");
    const char *schema = text_of(registry, "schema");
    struct context c = {.registry = registry};
    int code;

    if (json_is_object(registry) && (!schema || strcmp(schema, H4L_CLAIMS_SCHEMA) != 0))
        return h4l_fail(err, H4L_E_DATA, "expected the schema %s, found %s", H4L_CLAIMS_SCHEMA,
                        schema ? schema : "none");
    code = check_object("registry", registry, KEYS(registry_keys), err);
    if (!code)
        code = check_cases(json_object_get(registry, "cases"), err);
    for (size_t i = 0; i < json_array_size(claims) && !code; i++) {
        const char *id;
        c.claim = json_array_get(claims, i);
        id = text_of(c.claim, "id");
        snprintf(c.where, sizeof c.where, "claims[%zu] (%s)", i, id ? id : "no id");
        code = check_claim(&c, err);
        for (size_t j = 0; j < i && !code; j++)
            if (strcmp(id, text_of(json_array_get(claims, j), "id")) == 0)
                code = h4l_fail(err, H4L_E_DATA, "%s: id twice", c.where);
    }
    return code;
}
