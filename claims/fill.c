// {name} in a text: an expression over raw results, names of the text, and checks of claims.
#include "fill.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "archive.h"
#include "fill_value.h"
#include "internal.h"

enum { LONGEST = 2000, DEEPEST = 8, MOST_TERMS = 64 };

struct h4l_fill {
    char *reference;
    json_t *files;        // path of a result -> its content
    json_t *names;        // of the text at work: name -> expression
    const json_t *claims; // evaluated, or NULL
    const json_t *row;    // whose text it is, or NULL
};

int h4l_fill_open(const char *root, const json_t *claims, struct h4l_fill **ret,
                  struct h4l_err *err)
{
    struct h4l_fill *fill = calloc(1, sizeof *fill);

    if (fill) {
        fill->claims = claims;
        fill->files = json_object();
        fill->names = json_object();
        if (asprintf(&fill->reference, "%s/results/reference", root) < 0)
            fill->reference = NULL;
    }
    if (!fill || !fill->files || !fill->names || !fill->reference) {
        h4l_fill_close(fill);
        return h4l_fail(err, H4L_E_NOMEM, "no memory to fill texts");
    }
    *ret = fill;
    return H4L_OK;
}

void h4l_fill_close(struct h4l_fill *fill)
{
    if (!fill)
        return;
    json_decref(fill->files);
    json_decref(fill->names);
    free(fill->reference);
    free(fill);
}

const json_t *h4l_fill_files(const struct h4l_fill *fill)
{
    return fill->files;
}

// A result of a sweep lies in its family's archive, in a folder of its cell.
static int read_member(const char *archive, const char *member, json_t **ret, struct h4l_err *err)
{
    json_error_t error;
    char *bytes = NULL;
    size_t n;
    int code = h4l_archive_read(archive, member, &bytes, &n, err);

    if (code)
        return code;
    code = h4l_json_parse(bytes, n, 0, ret, &error);
    free(bytes);
    return !code ? H4L_OK
                 : h4l_fail(err, code, "%s, %s: %s", archive, member,
                            code == H4L_E_NOMEM ? "out of memory" : error.text);
}

// "tier/family/case" or "tier/family/case@cell": the result's path below results/reference, and where it is read from.
static int read_result(struct h4l_fill *fill, const char *name, const json_t **ret,
                       struct h4l_err *err)
{
    char path[8 * LONGEST], key[4 * LONGEST], member[2 * LONGEST];
    const char *at = strchr(name, '@'), *slash = strrchr(name, '/'), *family = strchr(name, '/');
    json_t *result = NULL;
    int code;

    if (!at)
        snprintf(key, sizeof key, "%s.json", name);
    else {
        snprintf(member, sizeof member, "%s/%.*s.json", at + 1, (int)(at - family - 1), family + 1);
        snprintf(key, sizeof key, "%.*s/cells.tar.gz/%s", (int)(slash - name), name, member);
    }
    *ret = json_object_get(fill->files, key);
    if (*ret)
        return H4L_OK;
    if (at) {
        snprintf(path, sizeof path, "%s/%.*s/cells.tar.gz", fill->reference, (int)(slash - name),
                 name);
        code = read_member(path, member, &result, err);
    } else {
        snprintf(path, sizeof path, "%s/%s", fill->reference, key);
        code = h4l_json_read(path, &result, err);
    }
    if (!code && json_object_set_new(fill->files, key, result))
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for %s", path);
    *ret = code ? NULL : result;
    return code;
}

// "tier/family/case:metric[selector]": token is cut into pieces.
static int raw_value(struct h4l_fill *fill, char *token, char **ret_form,
                     struct h4l_fill_value *ret, struct h4l_err *err)
{
    char *metric = strchr(token, ':'), *selector;
    const json_t *result = NULL;
    int code;

    if (!metric)
        return h4l_fail(err, H4L_E_DATA, "%s: expected tier/family/case:metric", token);
    if (!fill->reference)
        return h4l_fail(err, H4L_E_DATA, "%s: the text of a row names checks and rows", token);
    *metric++ = 0;
    *ret_form = strchr(metric, ':');
    if (*ret_form)
        *(*ret_form)++ = 0;
    selector = strchr(metric, '[');
    if (selector)
        *selector++ = 0;
    code = read_result(fill, token, &result, err);
    if (!code)
        code = h4l_fill_value_of_metric(result, metric, selector, ret, err);
    return code;
}

static int expression(struct h4l_fill *fill, const char *text, int depth,
                      struct h4l_fill_value *ret, char form[LONGEST], struct h4l_err *err);

// A number, a raw value, a name of the text, or a check of a claim.
static int term(struct h4l_fill *fill, char *token, int depth, char **ret_form,
                struct h4l_fill_value *ret, struct h4l_err *err)
{
    char *colon = strchr(token, ':'), *slash = strchr(token, '/'), *end, form[LONGEST];
    const char *definition;
    double number = strtod(token, &end);
    int code;

    if (end != token && (*end == 0 || *end == ':')) {
        *ret_form = *end ? end + 1 : NULL;
        return h4l_fill_value_of_number(number, ret, err);
    }
    if (slash && (!colon || slash < colon))
        return raw_value(fill, token, ret_form, ret, err);
    if (colon) {
        *colon = 0;
        *ret_form = colon + 1;
    }
    definition = json_string_value(json_object_get(fill->names, token));
    if (!definition)
        return h4l_fill_value_of_check(fill->claims, fill->row, token, *ret_form, ret, err);
    if (depth == DEEPEST)
        return h4l_fail(err, H4L_E_DATA, "%s: names that name each other", token);
    code = expression(fill, definition, depth + 1, ret, form, err);
    if (!code && *form) {
        h4l_fill_value_free(ret);
        code = h4l_fail(err, H4L_E_DATA, "%s: \":%s\" belongs where the name is used", token, form);
    }
    return code;
}

// term { operator term }, from left to right; form: what stands behind the last term's colon, "" if nothing does.
static int expression(struct h4l_fill *fill, const char *text, int depth,
                      struct h4l_fill_value *ret, char form[LONGEST], struct h4l_err *err)
{
    char copy[LONGEST], *rest = copy, *token, op = 0;
    struct h4l_fill_value sum = {0};
    bool wants_term = true;
    int code = H4L_OK;

    *form = 0;
    if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
        return h4l_fail(err, H4L_E_DATA, "an expression of more than %d bytes", LONGEST - 1);
    while (!code && (token = strsep(&rest, " "))) {
        char *last = NULL;
        struct h4l_fill_value value = {0};

        if (*token == 0)
            continue;
        if (!wants_term) {
            if (*form || token[1] || !strchr("+-*/~", *token))
                code = h4l_fail(err, H4L_E_DATA, "expected one of + - * / ~ before \"%s\"", token);
            op = *token;
            wants_term = true;
            continue;
        }
        code = term(fill, token, depth, &last, &value, err);
        if (!code)
            code = op ? h4l_fill_value_combine(&sum, op, &value, err) : (sum = value, H4L_OK);
        if (!code && last)
            snprintf(form, LONGEST, "%s", last);
        wants_term = false;
    }
    if (!code && wants_term)
        code = h4l_fail(err, H4L_E_DATA, "expected a name");
    if (code)
        h4l_fill_value_free(&sum);
    else
        *ret = sum;
    return code;
}

static int line_of(const char *text, const char *at)
{
    int line = 1;

    for (const char *c = text; c < at; c++)
        line += *c == '\n';
    return line;
}

// Writes the value of one {name} whose text is name[0..n-1].
static int fill_one(struct h4l_fill *fill, FILE *out, const char *name, size_t n,
                    struct h4l_err *err)
{
    char text[LONGEST], form[LONGEST];
    struct h4l_fill_value value = {0};
    int code;

    if (n >= sizeof text)
        return h4l_fail(err, H4L_E_DATA, "a name of more than %d bytes", LONGEST - 1);
    memcpy(text, name, n);
    text[n] = 0;
    code = expression(fill, text, 0, &value, form, err);
    if (!code)
        code = h4l_fill_value_print(out, &value, form, err);
    h4l_fill_value_free(&value);
    return code;
}

// Takes in the lines "name = expression" up to "-->"; *text is behind the block afterwards.
static int read_names(struct h4l_fill *fill, const char **text, struct h4l_err *err)
{
    const char *line = strchr(*text, '\n') + 1, *end = strstr(*text, "-->\n");

    if (!end)
        return h4l_fail(err, H4L_E_DATA, "the block of names has no end \"-->\"");
    while (line < end) {
        const char *stop = strchr(line, '\n'), *sign = strstr(line, " = ");
        char name[100], definition[LONGEST];

        if (stop != line) {
            if (!sign || sign > stop || sign - line >= (long)sizeof name ||
                stop - sign - 3 >= (long)sizeof definition)
                return h4l_fail(err, H4L_E_DATA, "\"%.*s\": expected name = expression",
                                (int)(stop - line), line);
            snprintf(name, sizeof name, "%.*s", (int)(sign - line), line);
            snprintf(definition, sizeof definition, "%.*s", (int)(stop - sign - 3), sign + 3);
            if (json_object_set_new(fill->names, name, json_string(definition)))
                return h4l_fail(err, H4L_E_NOMEM, "no memory for the name %s", name);
        }
        line = stop + 1;
    }
    *text = end + strlen("-->\n");
    return H4L_OK;
}

static const char names_mark[] = "<!-- names\n";

static bool is_name(const char *brace)
{
    return isalpha((unsigned char)brace[1]) && brace[strcspn(brace, "}\n")] == '}';
}

static int fill_all(struct h4l_fill *fill, FILE *out, const char *where, const char *text,
                    struct h4l_err *err)
{
    const char *at = text, *open;
    int code = H4L_OK;

    json_object_clear(fill->names);
    while (!code && *at) {
        open = at;
        if (strncmp(at, names_mark, strlen(names_mark)) == 0)
            code = read_names(fill, &at, err);
        else if (*at == '{' && at[1] == '{') {
            fputc('{', out);
            at += 2;
        } else if (*at == '{' && is_name(at)) {
            size_t n = strcspn(at, "}");

            code = fill_one(fill, out, at + 1, n - 1, err);
            at += n + 1;
            if (code)
                h4l_fail_context(err, code, "%.*s", (int)(at - open), open);
        } else
            fputc(*at++, out);
        if (code)
            h4l_fail_context(err, code, "%s:%d", where, line_of(text, open));
    }
    return code;
}

int h4l_fill_text(struct h4l_fill *fill, const char *where, const char *text, char **ret,
                  struct h4l_err *err)
{
    char *made = NULL;
    size_t n;
    FILE *out = open_memstream(&made, &n);
    int code;

    if (!out)
        return h4l_fail(err, H4L_E_NOMEM, "no memory for %s", where);
    code = fill_all(fill, out, where, text, err);
    if (fclose(out) && !code)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for %s", where);
    if (code)
        free(made);
    else
        *ret = made;
    return code;
}

int h4l_fill_row_text(const char *text, const json_t *claims, const json_t *row, char **ret,
                      struct h4l_err *err)
{
    struct h4l_fill fill = {.claims = claims, .row = row, .names = json_object()};
    int code = fill.names ? H4L_OK : h4l_fail(err, H4L_E_NOMEM, "no memory for a text");

    for (const char *c = text; (c = strchr(c, '{')) && !code; c++)
        if (!is_name(c))
            code = h4l_fail(err, H4L_E_DATA, "\"%.60s\": a brace begins {NAME}", c);
    if (!code)
        code = h4l_fill_text(&fill, row ? h4l_claims_text_of(row, "id") : "text", text, ret, err);
    json_decref(fill.names);
    return code;
}

// Where a stretch of text ends that holds no prose: a fence, a code span, a comment, a link's target, a {name}; NULL: none
// begins here.
static const char *skipped(const char *at)
{
    static const struct {
        const char *open, *close;
    } stretches[] = {{"```", "\n```"}, {"<!--", "-->"}, {"`", "`"}, {"](", ")"}, {"{", "}"}};

    for (size_t i = 0; i < sizeof stretches / sizeof stretches[0]; i++) {
        const char *end;
        size_t n = strlen(stretches[i].open);

        if (strncmp(at, stretches[i].open, n) != 0)
            continue;
        end = strstr(at + n, stretches[i].close);
        return end ? end + strlen(stretches[i].close) : at + n;
    }
    return NULL;
}

int h4l_fill_lint(const char *where, const char *text, struct h4l_err *err)
{
    char before = '\n';

    for (const char *at = text; *at;) {
        const char *next = skipped(at);

        if (next) {
            at = next;
            before = ' ';
        } else if (isdigit((unsigned char)*at) && !isalnum((unsigned char)before) &&
                   before != '.') {
            size_t n = strspn(at, "0123456789");
            bool decimals = at[n] == '.' && isdigit((unsigned char)at[n + 1]);
            bool percent = at[n + (at[n] == ' ')] == '%';

            // The level of an interval is a rule, and no result.
            if ((decimals || percent) && strncmp(at, "95 %", 4) != 0 && strncmp(at, "90 %", 4) != 0)
                return h4l_fail(err, H4L_E_CHECK,
                                "%s:%d: \"%.20s\": a result has to be filled in by its {name}",
                                where, line_of(text, at), at);
            at += n;
            before = '0';
        } else
            before = *at++;
    }
    return H4L_OK;
}
