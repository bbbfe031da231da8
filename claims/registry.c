// Is a registry well formed? Every key is checked by a table, so that a misspelt one cannot switch a check off.
#include <math.h>
#include <string.h>

#include "claims.h"
#include "internal.h"

static const char *const verdicts[2][H4L_VERDICTS] = {
    {"not-reproduced", "inconclusive", "reproduced-with-caveat", "reproduced"},
    {"no", "open", "yes", "yes"}}; // a caveat does not change the answer to a question

const char *h4l_verdict_name(int question, int rank)
{
    return rank < 0 || rank >= H4L_VERDICTS ? NULL : verdicts[question != 0][rank];
}

int h4l_verdict_rank(const char *name)
{
    for (int question = 0; question < 2; question++)
        for (int i = H4L_VERDICTS - 1; name && i >= 0; i--)
            if (strcmp(verdicts[question][i], name) == 0)
                return i;
    return -1;
}

enum type { TEXT, FLAG, OBJECT, ARRAY, LIST, NUMBER, BY_TIER, WHOLE, TERMS, ANY };
static const char *const type_names[] = {"a text",
                                         "true or false",
                                         "an object",
                                         "an array that is not empty",
                                         "an array",
                                         "a number",
                                         "a number or one number per tier",
                                         "a whole number",
                                         "a term or an array of terms",
                                         "a value"};

struct key {
    const char *name;
    enum type type;
    bool required;
};

static const struct key registry_keys[] = {{"schema", TEXT, true},
                                           {"family", TEXT, true},
                                           {"cases", OBJECT, true},
                                           {"pins", OBJECT, false},
                                           {"claims", ARRAY, true}};
static const struct key case_keys[] = {{"seed", WHOLE, false}, {"parameters", OBJECT, false}};
static const struct key claim_keys[] = {
    {"id", TEXT, true},     {"title", TEXT, true},     {"source", TEXT, true},
    {"kind", TEXT, true},   {"statement", TEXT, true}, {"rows", ARRAY, true},
    {"checks", LIST, true}, {"figures", ARRAY, false}, {"command", TEXT, false}};
static const struct key row_keys[] = {
    {"id", TEXT, true},         {"kind", TEXT, false},        {"statement", TEXT, true},
    {"setting", TEXT, true},    {"criterion", TEXT, true},    {"tier", TEXT, true},
    {"results", TEXT, false},   {"first_round", TEXT, false}, {"seed", WHOLE, false},
    {"n", WHOLE, false},        {"of", TEXT, false},          {"power", TEXT, false},
    {"headline", TEXT, true},   {"effect", TEXT, false},      {"edition", OBJECT, false},
    {"ceiling", NUMBER, false}, {"caveats", ARRAY, false},    {"needs", OBJECT, false},
    {"checks", ARRAY, true},    {"registered", OBJECT, true}};
static const struct key edition_keys[] = {
    {"number", WHOLE, true}, {"date", TEXT, true}, {"reason", TEXT, true}};
static const struct key caveat_keys[] = {
    {"row", TEXT, true}, {"is", TEXT, true}, {"text", TEXT, true}};
static const struct key needs_keys[] = {{"yes", ARRAY, true}, {"text", TEXT, true}};
static const struct key check_keys[] = {{"id", TEXT, true},
                                        {"role", TEXT, true},
                                        {"title", TEXT, true},
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
                                        {"delta", NUMBER, false},
                                        {"guard", TEXT, false},
                                        {"rounds", WHOLE, false},
                                        {"agreement", FLAG, false},
                                        {"reference", ANY, false},
                                        {"tolerance", BY_TIER, false},
                                        {"relative_tolerance", BY_TIER, false},
                                        {"margin", BY_TIER, false}};
static const struct key term_keys[] = {
    {"case", TEXT, true},    {"run", TEXT, false},  {"metric", TEXT, false},
    {"timing", TEXT, false}, {"at", OBJECT, false}, {"where", OBJECT, false},
    {"reduce", TEXT, false}, {"over", TEXT, false}, {"times", NUMBER, false}};
static const struct key registered_keys[] = {{"verdict", TEXT, false},
                                             {"date", TEXT, false},
                                             {"reason", TEXT, false},
                                             {"first_round", OBJECT, false}};
static const struct key first_round_keys[] = {
    {"tier", TEXT, true}, {"verdict", TEXT, true}, {"date", TEXT, true}, {"reason", TEXT, true}};
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
    case LIST:
        return json_is_array(value);
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

struct context {
    const json_t *registry, *claim, *row, *check; // row: NULL at a claim's registered figures
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
    static const char *const reductions[] = {"last", "first", "mean",   "max",           "min",
                                             "sum",  "count", "matrix", "mean_last_half"};
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
    if (json_object_get(term, "where") && json_object_size(json_object_get(term, "where")) != 1)
        return h4l_fail(c->err, H4L_E_DATA, "%s: \"where\" has one name with a value", c->where);
    if (text_of(term, "run") && !c->row)
        return h4l_fail(c->err, H4L_E_DATA, "%s: only a term of a row reads a \"run\"", c->where);
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
    bool low = s && strcmp(s->name, "low_interval") == 0;
    // Made by the case, with all that is to be said about it.
    bool given = low || (s && strcmp(s->name, "given_interval") == 0);
    bool fits = s && strcmp(s->name, "fits_interval") == 0;

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
    if (low != (json_object_get(check, "rounds") != NULL))
        return h4l_fail(err, H4L_E_DATA, "%s: \"rounds\" goes with \"low_interval\"", c->where);
    if (h4l_claims_is_test(d->name) && (given || kind || strcmp(s->name, "ratio_interval") == 0))
        return h4l_fail(err, H4L_E_DATA, "%s: direction \"%s\" does not go with statistic \"%s\"",
                        c->where, d->name, s->name);
    if (!fits && s->needs_y != (json_object_get(check, "y") != NULL))
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
    if (interval && !given && !fits && strcmp(s->name, "welch_interval") != 0 && c->several_cases &&
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
    static const char *const names[] = {"tolerance", "relative_tolerance", "margin", "n", "delta"};
    const json_t *level = json_object_get(c->check, "level");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t t = 0; t < 3; t++) {
            const json_t *v =
                h4l_claims_for_tier(json_object_get(c->check, names[i]), h4l_claims_tiers[t]);
            double x = json_number_value(v);
            if (v && (!isfinite(x) || x < 0 || ((i == 2 || i == 4) && x == 0) ||
                      (i == 3 && (x < 1 || x != floor(x)))))
                return h4l_fail(err, H4L_E_DATA, "%s: \"%s\" is %g", c->where, names[i], x);
        }
    if (level && !(json_number_value(level) > 0.5 && json_number_value(level) < 1))
        return h4l_fail(err, H4L_E_DATA, "%s: \"level\" must be between 0.5 and 1", c->where);
    return H4L_OK;
}

static int check_role(const struct context *c, struct h4l_err *err)
{
    static const char *const roles[] = {"reference", "criterion", "caveat", "against",
                                        "description"};
    const char *role = text_of(c->check, "role"), *direction = text_of(c->check, "direction");
    const json_t *guard = json_object_get(c->check, "guard"), *other;
    size_t i, found = 0;

    if (c->row ? !one_of(role, roles + 1, 4) : !one_of(role, roles, 1))
        return h4l_fail(err, H4L_E_DATA, "%s: unknown role \"%s\" %s", c->where, role,
                        c->row ? "in a row" : "of a registered figure");
    if (!c->row && (guard || json_object_get(c->check, "agreement")))
        return h4l_fail(err, H4L_E_DATA, "%s: \"guard\" and \"agreement\" belong to rows",
                        c->where);
    json_array_foreach(json_object_get(c->row, "checks"), i, other)
    {
        found += guard && json_equal(json_object_get(other, "id"), guard) && other != c->check;
    }
    if (guard && (found != 1 || !direction || strcmp(direction, "alike") != 0))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: \"guard\" names another check of the row and goes with \"alike\"",
                        c->where);
    return H4L_OK;
}

static int check_words(const struct context *c, struct h4l_err *err)
{
    static const char *const kinds[] = {"t", "bca"}, *const nulls[] = {"unmet"};
    const char *kind = text_of(c->check, "interval"), *null = text_of(c->check, "null");
    const json_t *tiers = json_object_get(c->check, "tiers"), *tier;
    size_t i;

    if (kind && !one_of(kind, kinds, 2))
        return h4l_fail(err, H4L_E_DATA, "%s: interval is \"t\" or \"bca\"", c->where);
    if (null && !one_of(null, nulls, 1))
        return h4l_fail(err, H4L_E_DATA, "%s: \"null\" can only be \"unmet\"", c->where);
    json_array_foreach(tiers, i, tier)
    {
        if (!one_of(json_string_value(tier), h4l_claims_tiers, 3))
            return h4l_fail(err, H4L_E_DATA, "%s: unknown tier in \"tiers\"", c->where);
    }
    return check_role(c, err);
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

static bool is_question(const struct context *c)
{
    const char *kind = text_of(c->row, "kind");

    return strcmp(kind ? kind : text_of(c->claim, "kind"), "question") == 0;
}

static int check_verdict(const struct context *c, const char *verdict, const char *date,
                         struct h4l_err *err)
{
    bool fits = false;

    for (int rank = 0; rank < H4L_VERDICTS; rank++)
        fits = fits || (verdict && strcmp(h4l_verdict_name(is_question(c), rank), verdict) == 0);
    if (!fits)
        return h4l_fail(err, H4L_E_DATA, "%s: unknown verdict \"%s\" of a %s", c->where, verdict,
                        is_question(c) ? "question (yes, no, open)" : "claim");
    if (!date || !is_date(date))
        return h4l_fail(err, H4L_E_DATA, "%s: date \"%s\" is not YYYY-MM-DD", c->where, date);
    return H4L_OK;
}

static int check_registered(const struct context *c, struct h4l_err *err)
{
    const json_t *own = json_object_get(c->row, "registered");
    const json_t *first = json_object_get(own, "first_round");
    int code = check_object(c->where, own, KEYS(registered_keys), err);

    if (!code && text_of(own, "verdict"))
        code = check_verdict(c, text_of(own, "verdict"), text_of(own, "date"), err);
    if (!code && text_of(own, "verdict") && !text_of(own, "reason"))
        code = h4l_fail(err, H4L_E_DATA, "%s: a registered verdict has a \"reason\"", c->where);
    if (!code && first)
        code = check_object(c->where, first, KEYS(first_round_keys), err);
    if (!code && first)
        code = check_verdict(c, text_of(first, "verdict"), text_of(first, "date"), err);
    if (!code && first && !one_of(text_of(first, "tier"), h4l_claims_tiers, 3))
        code = h4l_fail(err, H4L_E_DATA, "%s: unknown tier \"%s\" of the first round", c->where,
                        text_of(first, "tier"));
    return code;
}

// Words of a text, and its characters with every {name} counted as a number of five.
static size_t words_of(const char *text, size_t *ret_characters)
{
    size_t words = 0;

    *ret_characters = 0;
    for (const char *c = text; *c; c++) {
        words += *c != ' ' && (c == text || c[-1] == ' ');
        if (*c == '{' && strchr(c, '}')) {
            *ret_characters += 5;
            c = strchr(c, '}');
        } else
            *ret_characters += ((unsigned char)*c & 0xc0) != 0x80;
    }
    return words;
}

// An interval over fits and stimuli has the level of its check's test, and no other can be had from its result.
static int check_level(const struct context *c, const char *name, bool narrow, struct h4l_err *err)
{
    const char *headline = text_of(c->row, "headline"), *at = headline;
    size_t n = strlen(name);

    while ((at = strchr(at, '{'))) {
        at++;
        if (strncmp(at, name, n) == 0 && strncmp(at + n, ":interval", 9) == 0 &&
            (strncmp(at + n + 9, "90", 2) == 0) != narrow)
            return h4l_fail(err, H4L_E_DATA, "%s: the check of {%s:...} has a %d %% interval: %s",
                            c->where, name, narrow ? 90 : 95,
                            narrow ? "say interval90" : "say interval");
    }
    return H4L_OK;
}

static int check_levels(const struct context *c, struct h4l_err *err)
{
    const char *row = text_of(c->row, "id");
    const json_t *check;
    size_t i, n = strlen(row);
    int code = H4L_OK;

    json_array_foreach(json_object_get(c->row, "checks"), i, check)
    {
        const char *id = text_of(check, "id"), *direction = text_of(check, "direction");
        bool narrow = h4l_claims_level(direction) < 0.95;

        if (code || strcmp(text_of(check, "statistic"), "fits_interval") != 0)
            continue;
        code = check_level(c, id, narrow, err);
        if (!code && strncmp(id, row, n) == 0 && id[n] == '.')
            code = check_level(c, id + n + 1, narrow, err);
    }
    return code;
}

static int check_texts(const struct context *c, struct h4l_err *err)
{
    enum { MOST_WORDS = 12, MOST_CHARACTERS = 90 };
    const json_t *edition = json_object_get(c->row, "edition"), *caveat;
    size_t characters, words = words_of(text_of(c->row, "statement"), &characters), i;
    int code = H4L_OK;

    if (words > MOST_WORDS)
        return h4l_fail(err, H4L_E_DATA, "%s: the statement has %zu words, at most %d fit",
                        c->where, words, MOST_WORDS);
    words_of(text_of(c->row, "headline"), &characters);
    if (characters > MOST_CHARACTERS)
        return h4l_fail(err, H4L_E_DATA, "%s: the headline has %zu characters, at most %d fit",
                        c->where, characters, MOST_CHARACTERS);
    if (edition)
        code = check_object(c->where, edition, KEYS(edition_keys), err);
    if (!code && edition && !is_date(text_of(edition, "date")))
        code = h4l_fail(err, H4L_E_DATA, "%s: date \"%s\" is not YYYY-MM-DD", c->where,
                        text_of(edition, "date"));
    json_array_foreach(json_object_get(c->row, "caveats"), i, caveat)
    {
        if (!code)
            code = check_object(c->where, caveat, KEYS(caveat_keys), err);
    }
    return code;
}

static int check_row_words(const struct context *c, struct h4l_err *err)
{
    static const char *const kinds[] = {"claim", "question"};
    const char *kind = text_of(c->row, "kind"), *tier = text_of(c->row, "tier");
    const json_t *n = json_object_get(c->row, "n");

    if (kind && !one_of(kind, kinds, 2))
        return h4l_fail(err, H4L_E_DATA, "%s: kind is \"claim\" or \"question\"", c->where);
    // The quick tier has no verdict.
    if (!one_of(tier, h4l_claims_tiers + 1, 2))
        return h4l_fail(err, H4L_E_DATA, "%s: a row is judged in the tier standard or full, not %s",
                        c->where, tier);
    if (n && json_integer_value(n) < 1)
        return h4l_fail(err, H4L_E_DATA, "%s: \"n\" is below 1", c->where);
    if (json_object_get(c->row, "first_round") && !json_object_get(c->row, "results"))
        return h4l_fail(err, H4L_E_DATA,
                        "%s: \"first_round\" needs \"results\", the run that decides", c->where);
    return check_texts(c, err);
}

static int check_figures(const struct context *c, struct h4l_err *err)
{
    const json_t *element;
    size_t i;

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
    return H4L_OK;
}

// The checks of a row, or a claim's registered figures; ids may not stand twice among them.
static int check_checks(struct context *c, const json_t *checks, size_t *ret_criteria,
                        struct h4l_err *err)
{
    int code = H4L_OK;

    for (size_t i = 0; i < json_array_size(checks) && !code; i++) {
        c->check = json_array_get(checks, i);
        code = check_check(c, i, err);
        for (size_t j = 0; j < i && !code; j++)
            if (strcmp(text_of(c->check, "id"), text_of(json_array_get(checks, j), "id")) == 0)
                code = h4l_fail(err, H4L_E_DATA, "%s: check id \"%s\" twice", c->where,
                                text_of(c->check, "id"));
        *ret_criteria += !code && strcmp(text_of(c->check, "role"), "criterion") == 0;
    }
    return code;
}

static bool has_row(const json_t *registry, const json_t *id)
{
    const json_t *claim, *row;
    size_t i, j;

    json_array_foreach(json_object_get(registry, "claims"), i, claim)
        json_array_foreach(json_object_get(claim, "rows"), j, row)
    {
        if (json_equal(json_object_get(row, "id"), id))
            return true;
    }
    return false;
}

// What has to be answered yes before the row is: questions of this registry.
static int check_needs(const struct context *c, struct h4l_err *err)
{
    const json_t *needs = json_object_get(c->row, "needs"), *id;
    size_t i;
    int code = needs ? check_object(c->where, needs, KEYS(needs_keys), err) : H4L_OK;

    if (!code && needs && !is_question(c))
        code = h4l_fail(err, H4L_E_DATA, "%s: \"needs\" goes with a question", c->where);
    json_array_foreach(json_object_get(needs, "yes"), i, id)
    {
        if (!code && !has_row(c->registry, id))
            code = h4l_fail(err, H4L_E_DATA, "%s: \"needs\" names no row of this registry: \"%s\"",
                            c->where, json_is_string(id) ? json_string_value(id) : "?");
    }
    return code;
}

// A question that is answered by numbers alone: every check describes.
static bool describes(const struct context *c)
{
    const char *own = text_of(c->row, "kind"), *kind = own ? own : text_of(c->claim, "kind");
    const json_t *check;
    size_t i;

    json_array_foreach(json_object_get(c->row, "checks"), i, check)
    {
        if (strcmp(text_of(check, "role"), "description") != 0)
            return false;
    }
    return i > 0 && strcmp(kind, "question") == 0;
}

static int check_row(struct context *c, struct h4l_err *err)
{
    size_t n = strlen(c->where), criteria = 0;
    const char *id = text_of(c->row, "id");
    int code;

    snprintf(c->where + n, sizeof c->where - n, " row %s", id ? id : "without id");
    code = check_object(c->where, c->row, KEYS(row_keys), err);
    if (!code)
        code = check_row_words(c, err);
    if (!code)
        code = check_registered(c, err);
    if (!code)
        code = check_needs(c, err);
    if (!code)
        code = check_checks(c, json_object_get(c->row, "checks"), &criteria, err);
    if (!code)
        code = check_levels(c, err);
    if (!code && criteria == 0 && !describes(c))
        code = h4l_fail(err, H4L_E_DATA,
                        "%s: no check has the role criterion, so no verdict can follow", c->where);
    c->where[n] = 0;
    return code;
}

static int check_claim(struct context *c, struct h4l_err *err)
{
    const json_t *rows = json_object_get(c->claim, "rows");
    size_t none = 0;
    int code;

    c->row = NULL;
    code = check_object(c->where, c->claim, KEYS(claim_keys), err);
    if (!code && strcmp(text_of(c->claim, "kind"), "claim") != 0 &&
        strcmp(text_of(c->claim, "kind"), "question") != 0)
        code = h4l_fail(err, H4L_E_DATA, "%s: kind is \"claim\" or \"question\"", c->where);
    if (!code)
        code = check_figures(c, err);
    if (!code)
        code = check_checks(c, json_object_get(c->claim, "checks"), &none, err);
    for (size_t i = 0; i < json_array_size(rows) && !code; i++) {
        c->row = json_array_get(rows, i);
        code = check_row(c, err);
        for (size_t j = 0; j < i && !code; j++)
            if (strcmp(text_of(c->row, "id"), text_of(json_array_get(rows, j), "id")) == 0)
                code = h4l_fail(err, H4L_E_DATA, "%s: row id \"%s\" twice", c->where,
                                text_of(c->row, "id"));
    }
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
