#include "print.h"

#include <stdbool.h>
#include <string.h>

#include "claims.h"

const char *h4l_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

int h4l_text_is(const json_t *object, const char *key, const char *text)
{
    return strcmp(h4l_text(object, key), text) == 0;
}

const char *h4l_verdict_text(const json_t *claim)
{
    const char *verdict = json_string_value(json_object_get(claim, "verdict"));

    return h4l_text_is(claim, "state", "error") || !verdict ? "error" : verdict;
}

const json_t *h4l_larger(const json_t *claim)
{
    const json_t *list = json_object_get(claim, "larger");
    size_t n = json_array_size(list);

    return n && *h4l_text(claim, "surrogate") ? json_array_get(list, n - 1) : NULL;
}

const char *h4l_leading_verdict(const json_t *claim)
{
    const json_t *larger = h4l_larger(claim);
    bool as_registered = h4l_text_is(claim, "state", "as registered");

    return larger && as_registered ? h4l_text(larger, "verdict") : h4l_verdict_text(claim);
}

json_t *h4l_by_leading_verdict(const json_t *claims)
{
    json_t *sorted = json_array(), *claim;
    size_t i, failed = !sorted;

    for (int place = -2; place < 2 * H4L_VERDICTS && !failed; place++)
        json_array_foreach(claims, i, claim)
        {
            bool surrogate = *h4l_text(claim, "surrogate") && !h4l_larger(claim);

            if (2 * h4l_verdict_rank(h4l_leading_verdict(claim)) + surrogate == place)
                failed |= json_array_append(sorted, claim) != 0;
        }
    if (failed) {
        json_decref(sorted);
        return json_incref((json_t *)claims); // only its count of references changes
    }
    return sorted;
}

void h4l_registered_text(const json_t *claim, char *ret, size_t size)
{
    if (h4l_text_is(claim, "state", "verdict changed"))
        snprintf(ret, size, "CHANGED, registered: %s",
                 h4l_text(json_object_get(claim, "registered"), "verdict"));
    else if (h4l_text_is(claim, "state", "not registered"))
        snprintf(ret, size, "NOT REGISTERED FOR THIS TIER (%s)", h4l_text(claim, "tier"));
    else if (h4l_text_is(claim, "state", "outside tolerance"))
        snprintf(ret, size, "as registered, but a figure is OUTSIDE ITS TOLERANCE");
    else
        snprintf(ret, size, "%s", h4l_text(claim, "state"));
}

void h4l_used_text(const json_t *check, char *ret, size_t size)
{
    const json_t *used = json_object_get(check, "used");

    if (json_is_number(used))
        snprintf(ret, size, "%.3g", json_number_value(used));
    else
        snprintf(ret, size, "%s",
                 h4l_text_is(check, "outcome", "met") || h4l_text_is(check, "outcome", "error")
                     ? "-"
                     : "over");
}

static int count(const json_t *summary, const char *key)
{
    return (int)json_integer_value(json_object_get(summary, key));
}

void h4l_summary_text(const json_t *claims, char *ret, size_t size)
{
    static const struct {
        const char *key, *words;
    } parts[] = {{"error", "could not be evaluated"},
                 {"not_reproduced", "not reproduced"},
                 {"inconclusive", "inconclusive"},
                 {"with_caveat", "reproduced with caveat"},
                 {"reproduced", "reproduced"}};
    json_t *summary = h4l_claims_summary(claims);
    size_t n;
    int references = count(summary, "references"), met = count(summary, "references_met");
    int listed = 0;

    snprintf(ret, size, "%d claim%s", count(summary, "claims"),
             count(summary, "claims") == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (count(summary, parts[i].key) == 0)
            continue;
        n = strlen(ret);
        snprintf(ret + n, size - n, "%s %d %s", listed++ ? "," : ":", count(summary, parts[i].key),
                 parts[i].words);
    }
    n = strlen(ret);
    snprintf(ret + n, size - n, "; %d checks, ", count(summary, "checks"));
    n = strlen(ret);
    if (references == 0)
        snprintf(ret + n, size - n, "no reference figures");
    else if (met == references)
        snprintf(ret + n, size - n, "of %d reference figures all within tolerance", references);
    else
        snprintf(ret + n, size - n,
                 "of %d reference figures %d within tolerance, %d outside, %d not measured",
                 references, met, count(summary, "references_outside"),
                 count(summary, "references_not_measured"));
    n = strlen(ret);
    if (count(summary, "changed"))
        snprintf(ret + n, size - n, "; %d verdict%s not as registered", count(summary, "changed"),
                 count(summary, "changed") == 1 ? "" : "s");
    n = strlen(ret);
    if (count(summary, "unregistered"))
        snprintf(ret + n, size - n, "; %d verdict%s not registered for this tier",
                 count(summary, "unregistered"), count(summary, "unregistered") == 1 ? "" : "s");
    json_decref(summary);
}

// One wrapped paragraph: "    label: text", later lines indented below the text.
static void paragraph(FILE *stream, const char *label, const char *text)
{
    enum { WIDTH = 110, INDENT = 16 };
    size_t column = INDENT;

    if (!*text)
        return;
    fprintf(stream, "    %-*s", INDENT - 4, label);
    while (*text) {
        size_t n = strcspn(text, " ");
        bool wrap = column > INDENT && column + n > WIDTH;
        fprintf(stream, "%s%*s%.*s", wrap ? "\n" : "", wrap ? INDENT : column > INDENT, "", (int)n,
                text);
        column = wrap ? INDENT + n : column + n + (column > INDENT);
        text += n;
        text += strspn(text, " ");
    }
    fputc('\n', stream);
}

// The line behind the sum, where it is needed: some results may be stale.
static void print_warnings(FILE *stream, const json_t *claims)
{
    const json_t *claim;
    size_t i, n = 0;

    json_array_foreach(claims, i, claim) n +=
        json_array_size(json_object_get(claim, "warnings")) > 0;
    if (n)
        fprintf(stream, "warning: %zu claim%s results that another commit made\n", n,
                n == 1 ? " rests on" : "s rest on");
}

static void print_check(FILE *stream, const json_t *check)
{
    const char *part = h4l_text(check, "part"), *message = h4l_text(check, "message");
    char used[30];

    h4l_used_text(check, used, sizeof used);
    fprintf(stream, "    %-9s %-9s %s%s%s%s\n", h4l_text(check, "outcome"), h4l_text(check, "role"),
            h4l_text(check, "id"), *part ? " [" : "", part, *part ? "]" : "");
    fprintf(stream, "%24s%s\n", "", h4l_text(check, "title"));
    if (!h4l_text_is(check, "outcome", "error"))
        fprintf(stream, "%24sgot %s | expected %s | tolerance %s | used %s\n", "",
                h4l_text(check, "got_text"), h4l_text(check, "expected_text"),
                h4l_text(check, "tolerance_text"), used);
    if (*message)
        fprintf(stream, "%24s%s\n", "", message);
    if (json_is_number(json_object_get(check, "minimum_detectable_difference")) &&
        !h4l_text_is(check, "outcome", "met"))
        fprintf(stream, "%24sminimum detectable difference (80 %% power): %.4g\n", "",
                json_number_value(json_object_get(check, "minimum_detectable_difference")));
}

static void print_claim(FILE *stream, const json_t *claim)
{
    const json_t *element;
    char registered[200];
    size_t i;

    h4l_registered_text(claim, registered, sizeof registered);
    fprintf(stream, "%s  %s (%s%s)\n", h4l_text(claim, "id"), h4l_text(claim, "title"),
            h4l_text(claim, "source"),
            json_is_true(json_object_get(claim, "beyond_paper")) ? ", beyond the paper" : "");
    fprintf(stream, "    %-12s%s (%s, %s tier%s)\n", "verdict", h4l_verdict_text(claim), registered,
            h4l_text(claim, "tier"), *h4l_text(claim, "surrogate") ? ", SURROGATE" : "");
    json_array_foreach(json_object_get(claim, "parts"), i, element)
    {
        const char *verdict = json_string_value(json_object_get(element, "verdict"));
        fprintf(stream, "    %-12s%s: %s%s\n", i ? "" : "parts", h4l_text(element, "part"),
                verdict ? verdict : "error",
                h4l_text_is(element, "registered", H4L_MACHINE_DEPENDENT)
                    ? " (differs between machines, not compared)"
                    : "");
    }
    paragraph(stream, "surrogate", h4l_text(claim, "surrogate"));
    paragraph(stream, "criterion", h4l_text(claim, "criterion"));
    paragraph(stream, "audit", h4l_text(claim, "audit"));
    paragraph(stream, "reason", h4l_text(json_object_get(claim, "registered"), "reason"));
    if (h4l_larger(claim)) {
        const json_t *larger = h4l_larger(claim);

        fprintf(stream, "    %-12s%s tier: %s\n", "larger run", h4l_text(larger, "tier"),
                h4l_text(larger, "verdict"));
        paragraph(stream, "", h4l_text(larger, "reason"));
    }
    json_array_foreach(json_object_get(claim, "errors"), i, element)
        paragraph(stream, "error", json_string_value(element));
    json_array_foreach(json_object_get(claim, "warnings"), i, element)
        paragraph(stream, "warning", json_string_value(element));
    json_array_foreach(json_object_get(claim, "checks"), i, element) print_check(stream, element);
    fputc('\n', stream);
}

int h4l_print_text(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    const json_t *claim;
    char text[400];
    size_t i;

    (void)err;
    json_array_foreach(claims, i, claim) print_claim(stream, claim);
    h4l_summary_text(claims, text, sizeof text);
    fprintf(stream, "%s\n", text);
    print_warnings(stream, claims);
    return H4L_OK;
}

int h4l_print_summary(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    const json_t *claim, *part;
    char text[400];
    size_t i, j;

    (void)err;
    json_array_foreach(claims, i, claim)
    {
        h4l_registered_text(claim, text, sizeof text);
        fprintf(stream, "%-4s %-23s %s%s: %s\n", h4l_text(claim, "id"), h4l_verdict_text(claim),
                text, *h4l_text(claim, "surrogate") ? ", surrogate" : "", h4l_text(claim, "title"));
        json_array_foreach(json_object_get(claim, "parts"), j, part)
        {
            const char *verdict = json_string_value(json_object_get(part, "verdict"));
            fprintf(stream, "       %-20s %s\n", verdict ? verdict : "error",
                    h4l_text(part, "part"));
        }
        if (h4l_text_is(claim, "state", "error"))
            fprintf(stream, "       %s\n",
                    json_string_value(json_array_get(json_object_get(claim, "errors"), 0)));
    }
    h4l_summary_text(claims, text, sizeof text);
    fprintf(stream, "%s\n", text);
    print_warnings(stream, claims);
    return H4L_OK;
}
