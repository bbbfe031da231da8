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
    bool judged =
        !json_object_get(claim, "rows") || json_array_size(json_object_get(claim, "rows"));

    return verdict ? verdict : judged ? "error" : "no verdict";
}

void h4l_registered_text(const json_t *row, char *ret, size_t size)
{
    if (h4l_text_is(row, "state", "verdict changed") && json_object_get(row, "registered"))
        snprintf(ret, size, "CHANGED, registered: %s",
                 h4l_text(json_object_get(row, "registered"), "verdict"));
    else if (h4l_text_is(row, "state", "verdict changed"))
        snprintf(ret, size, "CHANGED");
    else if (h4l_text_is(row, "state", "not registered"))
        snprintf(ret, size, "NOT REGISTERED YET");
    else if (h4l_text_is(row, "state", "outside tolerance"))
        snprintf(ret, size, "a figure is OUTSIDE ITS TOLERANCE");
    else if (h4l_text_is(row, "state", "incomplete"))
        snprintf(ret, size, "%s", h4l_text(row, "headline"));
    else if (h4l_text_is(row, "state", "as found") && json_is_integer(json_object_get(row, "n")))
        snprintf(ret, size, "as found: %lld %s, not the registered %lld",
                 (long long)json_integer_value(json_object_get(row, "n")), h4l_text(row, "of"),
                 (long long)json_integer_value(json_object_get(row, "planned")));
    else
        snprintf(ret, size, "%s", h4l_text(row, "state"));
}

const char *h4l_verdict_mark(const char *verdict)
{
    static const char *const marks[][2] = {{"not-reproduced", "✗ not reproduced"},
                                           {"inconclusive", "? inconclusive"},
                                           {"reproduced-with-caveat", "◐ reproduced, with caveat"},
                                           {"reproduced", "✓ reproduced"},
                                           {"no", "✗ no"},
                                           {"open", "? open"},
                                           {"yes", "✓ yes"},
                                           {"no verdict", "no verdict"}};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strcmp(verdict, marks[i][0]) == 0)
            return marks[i][1];
    return "! error";
}

void h4l_used_text(const json_t *check, char *ret, size_t size)
{
    const json_t *used = json_object_get(check, "used");

    if (json_is_number(used))
        snprintf(ret, size, "%.3g", json_number_value(used));
    else
        snprintf(ret, size, "%s",
                 h4l_text_is(check, "outcome", "unmet") ||
                         h4l_text_is(check, "outcome", "refuted") ||
                         h4l_text_is(check, "outcome", "undecided")
                     ? "over"
                     : "-");
}

// Appends ": 1 reproduced, 6 inconclusive" for the keys that are not 0.
static void add_counts(const json_t *claims, const char *const (*keys)[2], size_t n, char *ret,
                       size_t size)
{
    int listed = 0;

    for (size_t i = 0; i < n; i++) {
        size_t at = strlen(ret);
        if (h4l_claims_count(claims, keys[i][0]))
            snprintf(ret + at, size - at, "%s %d %s", listed++ ? "," : ":",
                     h4l_claims_count(claims, keys[i][0]), keys[i][1]);
    }
}

// What a user registered is no claim of the paper.
static bool all_of_the_suite(const json_t *claims)
{
    const json_t *claim;
    size_t i;

    json_array_foreach(claims, i, claim)
    {
        if (json_is_true(json_object_get(claim, "outside")))
            return false;
    }
    return true;
}

void h4l_totals_text(const json_t *claims, char *ret, size_t size)
{
    static const char *const of_claims[][2] = {{"reproduced", "reproduced"},
                                               {"with_caveat", "reproduced with caveat"},
                                               {"not_reproduced", "not reproduced"},
                                               {"inconclusive", "inconclusive"},
                                               {"error", "could not be evaluated"}};
    static const char *const of_questions[][2] = {{"yes", "yes"},
                                                  {"no", "no"},
                                                  {"open", "open"},
                                                  {"question_error", "could not be evaluated"}};
    int n = h4l_claims_count(claims, "claims"), questions = h4l_claims_count(claims, "questions");
    size_t at;

    *ret = 0;
    if (n)
        snprintf(ret, size, "%d claim%s%s", n, n == 1 ? "" : "s",
                 all_of_the_suite(claims) ? " of the paper" : "");
    add_counts(claims, of_claims, n ? 5 : 0, ret, size);
    at = strlen(ret);
    if (questions)
        snprintf(ret + at, size - at, "%s%d question%s", n ? "; " : "", questions,
                 questions == 1 ? "" : "s");
    add_counts(claims, of_questions, questions ? 4 : 0, ret, size);
    at = strlen(ret);
    if (h4l_claims_count(claims, "changed"))
        snprintf(ret + at, size - at, "; %d verdict%s not as registered",
                 h4l_claims_count(claims, "changed"),
                 h4l_claims_count(claims, "changed") == 1 ? "" : "s");
    at = strlen(ret);
    if (h4l_claims_count(claims, "unregistered"))
        snprintf(ret + at, size - at, "; %d verdict%s not registered yet",
                 h4l_claims_count(claims, "unregistered"),
                 h4l_claims_count(claims, "unregistered") == 1 ? "" : "s");
}

void h4l_agreement_text(const json_t *claims, char *ret, size_t size)
{
    const char *who = h4l_text(json_array_get(claims, 0), "figures_of");
    int figures = h4l_claims_count(claims, "figures"),
        agree = h4l_claims_count(claims, "figures_agree");

    *ret = 0;
    if (figures)
        snprintf(ret, size, "%s: %d of %d registered figures agree", *who ? who : "this machine",
                 agree, figures);
    if (agree < figures)
        snprintf(ret + strlen(ret), size - strlen(ret), "; %d outside tolerance, %d not measured",
                 h4l_claims_count(claims, "figures_outside"),
                 h4l_claims_count(claims, "figures_not_measured"));
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
    const char *message = h4l_text(check, "message");
    const json_t *level = json_object_get(check, "level"), *n = json_object_get(check, "n");
    char used[30];

    h4l_used_text(check, used, sizeof used);
    fprintf(stream, "    %-12s %-9s %s\n", h4l_text(check, "outcome"), h4l_text(check, "role"),
            h4l_text(check, "id"));
    fprintf(stream, "%27s%s\n", "", h4l_text(check, "title"));
    if (!h4l_text_is(check, "outcome", "error") && !h4l_text_is(check, "outcome", "not measured")) {
        fprintf(stream, "%27sgot %s | expected %s | tolerance %s | used %s", "",
                h4l_text(check, "got_text"), h4l_text(check, "expected_text"),
                h4l_text(check, "tolerance_text"), used);
        if (json_is_number(level))
            fprintf(stream, " | %.3g %% interval, n = %lld", 100 * json_number_value(level),
                    (long long)json_integer_value(n));
        fputc('\n', stream);
    }
    if (*message)
        fprintf(stream, "%27s%s\n", "", message);
    if (json_is_number(json_object_get(check, "minimum_detectable_difference")) &&
        !h4l_text_is(check, "outcome", "met"))
        fprintf(stream, "%27ssmallest difference found with power 0.8: %.4g\n", "",
                json_number_value(json_object_get(check, "minimum_detectable_difference")));
}

static void paragraphs(FILE *stream, const char *label, const json_t *texts)
{
    const json_t *element;
    size_t i;

    json_array_foreach(texts, i, element) paragraph(stream, label, json_string_value(element));
}

static void print_row(FILE *stream, const json_t *row)
{
    const json_t *first = json_object_get(row, "first_round"), *check;
    char registered[200];
    size_t i;

    h4l_registered_text(row, registered, sizeof registered);
    fprintf(stream, "  %s  %s (%s, %s tier)\n", h4l_text(row, "id"), h4l_text(row, "statement"),
            h4l_text(row, "setting"), h4l_text(row, "tier"));
    fprintf(stream, "    %-12s%s (%s)\n", "verdict", h4l_verdict_text(row), registered);
    if (!h4l_text_is(row, "state", "incomplete"))
        paragraph(stream, "headline", h4l_text(row, "headline"));
    paragraph(stream, "criterion", h4l_text(row, "criterion"));
    paragraphs(stream, "caveat", json_object_get(row, "caveats"));
    paragraph(stream, "reason", h4l_text(json_object_get(row, "registered"), "reason"));
    if (*h4l_text(first, "verdict")) {
        fprintf(stream, "    %-12s%s (exploratory, %s tier, %s)\n", "first round",
                h4l_text(first, "verdict"), h4l_text(first, "tier"), h4l_text(first, "date"));
        paragraph(stream, "", h4l_text(first, "reason"));
    }
    paragraphs(stream, "error", json_object_get(row, "errors"));
    json_array_foreach(json_object_get(row, "checks"), i, check) print_check(stream, check);
}

static void print_claim(FILE *stream, const json_t *claim)
{
    const json_t *element;
    char state[200];
    size_t i;

    h4l_registered_text(claim, state, sizeof state);
    fprintf(stream, "%s%s  %s (%s): %s (%s)\n", h4l_text(claim, "id"),
            h4l_text_is(claim, "kind", "question") ? "*" : "", h4l_text(claim, "title"),
            h4l_text(claim, "source"), h4l_verdict_text(claim), state);
    paragraph(stream, "statement", h4l_text(claim, "statement"));
    paragraphs(stream, "error", json_object_get(claim, "errors"));
    paragraphs(stream, "warning", json_object_get(claim, "warnings"));
    json_array_foreach(json_object_get(claim, "rows"), i, element) print_row(stream, element);
    json_array_foreach(json_object_get(claim, "checks"), i, element) print_check(stream, element);
    fputc('\n', stream);
}

static void print_totals(FILE *stream, const json_t *claims)
{
    char text[400];

    print_warnings(stream, claims);
    h4l_totals_text(claims, text, sizeof text);
    if (*text)
        fprintf(stream, "%s\n", text);
    h4l_agreement_text(claims, text, sizeof text);
    if (*text)
        fprintf(stream, "%s\n", text);
}

int h4l_print_text(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    const json_t *claim;
    size_t i;

    (void)err;
    json_array_foreach(claims, i, claim) print_claim(stream, claim);
    print_totals(stream, claims);
    return H4L_OK;
}

static void summary_figures(FILE *stream, const json_t *claim)
{
    const json_t *checks = json_object_get(claim, "checks"), *check;
    size_t i, agree = 0;

    json_array_foreach(checks, i, check)
    {
        agree += (size_t)h4l_text_is(check, "outcome", "met");
    }
    if (agree < json_array_size(checks) ||
        (agree && json_array_size(json_object_get(claim, "rows")) == 0))
        fprintf(stream, "%-10s %-23s %zu of %zu registered figures agree\n", h4l_text(claim, "id"),
                "", agree, json_array_size(checks));
}

static void summary_errors(FILE *stream, const json_t *object)
{
    const char *first = json_string_value(json_array_get(json_object_get(object, "errors"), 0));

    if (first)
        fprintf(stream, "           %s\n", first);
}

int h4l_print_summary(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    const json_t *claim, *row;
    char text[400];
    size_t i, j;

    (void)err;
    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            h4l_registered_text(row, text, sizeof text);
            fprintf(stream, "%-10s %-23s %s", h4l_text(row, "id"), h4l_verdict_text(row),
                    h4l_text_is(row, "state", "error") ? h4l_text(row, "statement")
                                                       : h4l_text(row, "headline"));
            if (!h4l_text_is(row, "state", "as registered") &&
                !h4l_text_is(row, "state", "incomplete"))
                fprintf(stream, " (%s)", text);
            fputc('\n', stream);
            summary_errors(stream, row);
        }
        summary_figures(stream, claim);
        summary_errors(stream, claim);
    }
    print_totals(stream, claims);
    return H4L_OK;
}

bool h4l_is_shown(const json_t *row, const json_t *rows)
{
    const json_t *first = json_array_get(rows, 0);

    return row == first ||
           (h4l_text_is(first, "kind", "claim") && json_is_true(json_object_get(row, "complete")) &&
            !h4l_text_is(row, "verdict", h4l_text(first, "verdict")));
}
