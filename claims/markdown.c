// Markdown: the table of verdicts and the claims one by one, for README, REPRODUCE and terminals.
//
// What is written here is committed and compared in the tests, so it holds nothing that differs between two runs on one
// machine type: figures with four digits, errors far below their bound as such, and times only on lines of their own that
// begin with "Cost:", which the comparison leaves out.
#include <stdbool.h>
#include <string.h>

#include "claims.h"
#include "print.h"

// Text in a table cell: no line breaks, no bare bars.
static void cell(FILE *stream, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            fputs("\\|", stream);
        else
            fputc(*text == '\n' ? ' ' : *text, stream);
    }
}

static const char *mark(const char *verdict)
{
    static const char *const marks[H4L_VERDICTS] = {"✗ not reproduced", "? inconclusive",
                                                    "◐ reproduced, with caveat", "✓ reproduced"};
    int rank = h4l_verdict_rank(verdict);

    return rank < 0 ? "! error" : marks[rank];
}

// " — task1 ✗; task2 ✓", part by part; n: parts before this one.
static void part_mark(FILE *stream, size_t n, const char *part, const char *verdict)
{
    fprintf(stream, "%s ", n ? ";" : " —");
    cell(stream, part);
    fprintf(stream, " %.*s", (int)strcspn(mark(verdict), " "), mark(verdict));
}

// The verdict of a larger run and the parts that are registered for it.
static void larger_cell(FILE *stream, const json_t *larger)
{
    const char *part;
    json_t *verdict;
    size_t n = 0;

    fprintf(stream, "**%s**", mark(h4l_text(larger, "verdict")));
    json_object_foreach(json_object_get(larger, "parts"), part, verdict)
        part_mark(stream, n++, part, json_string_value(verdict));
    fprintf(stream, " (%s tier); ", h4l_text(larger, "tier"));
}

static void verdict_cell(FILE *stream, const json_t *claim)
{
    const json_t *part;
    size_t i;

    fputs(mark(h4l_verdict_text(claim)), stream);
    json_array_foreach(json_object_get(claim, "parts"), i, part)
    {
        part_mark(stream, i, h4l_text(part, "part"),
                  json_string_value(json_object_get(part, "verdict")));
        if (h4l_text_is(part, "registered", H4L_MACHINE_DEPENDENT))
            fputs(" (differs between machines)", stream);
    }
}

void h4l_markdown_verdicts(FILE *stream, const json_t *all)
{
    json_t *claims = h4l_by_leading_verdict(all), *claim;
    size_t i;

    fputs("| claim | what the paper says | source | verdict | why |\n|---|---|---|---|---|\n",
          stream);
    json_array_foreach(claims, i, claim)
    {
        const json_t *registered = json_object_get(claim, "registered");
        const json_t *larger = h4l_larger(claim);

        fprintf(stream, "| %s%s | ", h4l_text(claim, "id"),
                json_is_true(json_object_get(claim, "beyond_paper")) ? "*" : "");
        cell(stream, h4l_text(claim, "statement"));
        fputs(" | ", stream);
        cell(stream, h4l_text(claim, "source"));
        fputs(" | ", stream);
        if (larger)
            larger_cell(stream, larger);
        verdict_cell(stream, claim);
        if (*h4l_text(claim, "surrogate"))
            fprintf(stream, " (surrogate, %s tier)", h4l_text(claim, "tier"));
        fputs(" | ", stream);
        if (larger) {
            cell(stream, h4l_text(larger, "reason"));
            fprintf(stream, " *%s tier, surrogate:* ", h4l_text(claim, "tier"));
        }
        cell(stream, h4l_text(registered, "reason"));
        fputs(" |\n", stream);
    }
    json_decref(claims);
}

// The measured value with four digits; "far below" for a rounding error, whose digits differ between machines.
static void got(FILE *stream, const json_t *check)
{
    const json_t *value = json_object_get(check, "got"), *used = json_object_get(check, "used");
    const json_t *interval = json_object_get(check, "interval");
    const char *unit = h4l_text(check, "unit");
    bool upper =
        h4l_text_is(check, "direction", "at_most") || h4l_text_is(check, "direction", "less");

    if (!json_is_number(value)) {
        cell(stream, h4l_text(check, "got_text"));
        return;
    }
    if (upper && json_number_value(value) != 0 && json_is_number(used)) {
        bool rounding = json_number_value(json_object_get(check, "expected")) < 1e-6;

        if (json_number_value(used) < 0.01 || (rounding && json_number_value(used) <= 1)) {
            fputs(json_number_value(used) < 0.01 ? "below 1 % of the bound" : "within the bound",
                  stream);
            return;
        }
    }
    fprintf(stream, "%.4g", json_number_value(value));
    if (interval)
        fprintf(stream, " [%.3g, %.3g]", json_number_value(json_array_get(interval, 0)),
                json_number_value(json_array_get(interval, 1)));
    fprintf(stream, "%s%s", *unit ? " " : "", unit);
}

static void expected(FILE *stream, const json_t *check)
{
    cell(stream, h4l_text(check, "expected_text"));
    if (!h4l_text_is(check, "tolerance_text", "-") && !h4l_text_is(check, "tolerance_text", "0") &&
        !h4l_text_is(check, "direction", "equivalent")) {
        fputs(" ± ", stream);
        cell(stream, h4l_text(check, "tolerance_text"));
    }
}

static void check_row(FILE *stream, const json_t *check)
{
    const char *part = h4l_text(check, "part");

    fprintf(stream, "| %s: ", h4l_text(check, "role"));
    cell(stream, h4l_text(check, "title"));
    if (*part && !strstr(h4l_text(check, "title"), part))
        fprintf(stream, " (%s)", part);
    fputs(" | ", stream);
    if (json_is_true(json_object_get(check, "timing")))
        fputs("a time: see the report", stream);
    else
        got(stream, check);
    fputs(" | ", stream);
    expected(stream, check);
    fprintf(stream, " | %s |\n", h4l_text(check, "outcome"));
}

static size_t count_references(const json_t *claim)
{
    const json_t *check;
    size_t i, n = 0;

    json_array_foreach(json_object_get(claim, "checks"), i, check) n +=
        (size_t)h4l_text_is(check, "role", "reference");
    return n;
}

static void check_tables(FILE *stream, const json_t *claim)
{
    static const char head[] = "\n| check | measured | expected | |\n|---|---|---|---|\n";
    size_t references = count_references(claim), i;
    const json_t *check;

    fputs(head, stream);
    json_array_foreach(json_object_get(claim, "checks"), i, check)
    {
        if (!h4l_text_is(check, "role", "reference"))
            check_row(stream, check);
    }
    if (references == 0)
        return;
    fprintf(stream, "\n<details><summary>%zu reference figures</summary>\n%s", references, head);
    json_array_foreach(json_object_get(claim, "checks"), i, check)
    {
        if (h4l_text_is(check, "role", "reference"))
            check_row(stream, check);
    }
    fputs("\n</details>\n", stream);
}

static void line(FILE *stream, const char *label, const char *text)
{
    if (*text)
        fprintf(stream, "**%s** %s\n\n", label, text);
}

static void one_claim(FILE *stream, const json_t *claim)
{
    const json_t *registered = json_object_get(claim, "registered"), *cost, *command;
    const json_t *larger = h4l_larger(claim);
    const json_t *run = json_array_get(json_object_get(claim, "runs"), 0);
    const char *simd = h4l_text(run, "simd");
    const char *blas = h4l_text(json_object_get(run, "libraries"), "openblas");
    size_t i;

    fprintf(stream, "### %s — %s\n\n", h4l_text(claim, "id"), h4l_text(claim, "title"));
    line(stream, json_is_true(json_object_get(claim, "beyond_paper")) ? "Question." : "Statement.",
         h4l_text(claim, "statement"));
    line(stream, "Source.", h4l_text(claim, "source"));
    line(stream, "Criterion.", h4l_text(claim, "criterion"));
    line(stream, "Audit.", h4l_text(claim, "audit"));
    if (larger)
        fprintf(stream, "**Larger run.** %s (%s tier, registered %s). %s\n\n",
                mark(h4l_text(larger, "verdict")), h4l_text(larger, "tier"),
                h4l_text(larger, "date"), h4l_text(larger, "reason"));
    fputs("**Verdict.** ", stream);
    verdict_cell(stream, claim);
    fprintf(stream, " (%s tier%s%s). %s\n\n", h4l_text(claim, "tier"),
            *h4l_text(claim, "surrogate") ? ", a surrogate: " : "", h4l_text(claim, "surrogate"),
            h4l_text(registered, "reason"));
    fputs("```\n", stream);
    json_array_foreach(json_object_get(claim, "commands"), i, command)
        fprintf(stream, "%s\n", json_string_value(command));
    fputs("```\n\n", stream);
    line(stream, "", h4l_text(claim, "command"));
    cost = json_object_get(claim, "cost");
    fprintf(stream, "Cost: %.2g s on %lld threads (%s%s%s%s%s)\n",
            json_number_value(json_object_get(cost, "seconds")),
            (long long)json_integer_value(json_object_get(cost, "threads")), h4l_text(cost, "cpu"),
            *simd ? ", " : "", simd, *blas ? ", OpenBLAS " : "", blas);
    check_tables(stream, claim);
    fputc('\n', stream);
}

void h4l_markdown_claims(FILE *stream, const json_t *claims)
{
    const json_t *claim;
    size_t i;

    json_array_foreach(claims, i, claim) one_claim(stream, claim);
}

int h4l_print_markdown(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    char text[400];

    (void)err;
    h4l_summary_text(claims, text, sizeof text);
    fprintf(stream, "%s.\n\n", text);
    h4l_markdown_verdicts(stream, claims);
    fputc('\n', stream);
    h4l_markdown_claims(stream, claims);
    return H4L_OK;
}
