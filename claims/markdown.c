// Markdown: the table of verdicts and the claims one by one, for README, REPRODUCE and terminals.
//
// What is written here is committed and compared in the tests, so it holds nothing that differs between two runs on one
// machine type: figures with four digits, errors far below their bound as such, and times only on lines of their own that
// begin with "Cost:", which the comparison leaves out.
#include <stdbool.h>
#include <string.h>

#include "claims.h"
#include "print.h"

static const char *short_id(const json_t *object)
{
    return h4l_text_is(object, "kind", "question") ? "*" : "";
}

// The first word of "◐ reproduced, with caveat"; "–" where there is none.
static void short_mark(FILE *stream, const json_t *object)
{
    const char *mark = h4l_verdict_mark(h4l_text(object, "verdict"));

    if (json_is_string(json_object_get(object, "verdict")))
        fprintf(stream, "%.*s", (int)strcspn(mark, " "), mark);
    else
        fputs("–", stream);
}

static void verdict_row(FILE *stream, const json_t *claim, const json_t *row)
{
    const json_t *first = json_object_get(row, "first_round");

    fprintf(stream, "| %s%s | ", h4l_text(row, "id"), short_id(claim));
    h4l_print_cell(stream, h4l_text(row, "statement"));
    fputs(" | ", stream);
    short_mark(stream, row);
    fputs(" | ", stream);
    short_mark(stream, first);
    fputs(" | ", stream);
    h4l_print_cell(stream, h4l_text(row, "headline"));
    fputs(" |\n", stream);
}

void h4l_markdown_verdicts(FILE *stream, const json_t *claims)
{
    const json_t *claim, *row;
    size_t i, j;

    fputs("| id | claim or question (*) | verdict | first round | what was found |\n"
          "|---|---|---|---|---|\n",
          stream);
    json_array_foreach(claims, i, claim)
    {
        const json_t *rows = json_object_get(claim, "rows");

        json_array_foreach(rows, j, row)
        {
            if (h4l_is_shown(row, rows))
                verdict_row(stream, claim, row);
        }
    }
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
        h4l_print_cell(stream, h4l_text(check, "got_text"));
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
        fprintf(stream, " [%.3g, %.3g] (%.3g %%, n = %lld)",
                json_number_value(json_array_get(interval, 0)),
                json_number_value(json_array_get(interval, 1)),
                100 * json_number_value(json_object_get(check, "level")),
                (long long)json_integer_value(json_object_get(check, "n")));
    fprintf(stream, "%s%s", *unit ? " " : "", unit);
}

static void expected(FILE *stream, const json_t *check)
{
    h4l_print_cell(stream, h4l_text(check, "expected_text"));
    if (!h4l_text_is(check, "tolerance_text", "-") && !h4l_text_is(check, "tolerance_text", "0") &&
        !h4l_text_is(check, "direction", "equivalent")) {
        fputs(" ± ", stream);
        h4l_print_cell(stream, h4l_text(check, "tolerance_text"));
    }
}

static void check_row(FILE *stream, const json_t *check)
{
    fputs("| ", stream);
    h4l_print_cell(stream, h4l_text(check, "title"));
    fputs(" | ", stream);
    got(stream, check);
    fputs(" | ", stream);
    expected(stream, check);
    fprintf(stream, " | %s |\n", h4l_text(check, "outcome"));
}

static void check_table(FILE *stream, const json_t *checks)
{
    const json_t *check;
    size_t i;

    fputs("\n| check | measured | expected | |\n|---|---|---|---|\n", stream);
    json_array_foreach(checks, i, check) check_row(stream, check);
}

static void with_interval(FILE *stream, const json_t *of, const char *unit)
{
    const json_t *interval = json_object_get(of, "interval");

    if (!of) {
        fputs("–", stream);
        return;
    }
    fprintf(stream, "%.3g [%.3g, %.3g]%s%s", json_number_value(json_object_get(of, "estimate")),
            json_number_value(json_array_get(interval, 0)),
            json_number_value(json_array_get(interval, 1)), *unit ? " " : "", unit);
}

static void beside_row(FILE *stream, const json_t *check)
{
    const json_t *beside = json_object_get(check, "beside");
    const json_t *test = json_object_get(beside, "rank_test");
    const json_t *pooled = json_object_get(check, "pooled");

    fputs("| ", stream);
    h4l_print_cell(stream, h4l_text(check, "title"));
    if (test)
        fprintf(stream, " | %s, p %.2g | ", h4l_text(test, "name"),
                json_number_value(json_object_get(test, "p")));
    else
        fputs(" | – | ", stream);
    with_interval(stream, json_object_get(beside, "improvement"), "");
    fputs(" | ", stream);
    with_interval(stream, pooled, h4l_text(check, "unit"));
    if (pooled)
        fprintf(stream, ", n = %lld", (long long)json_integer_value(json_object_get(pooled, "n")));
    fputs(" |\n", stream);
}

// What is known beside the checks and decides nothing.
static void beside_table(FILE *stream, const json_t *checks)
{
    const json_t *check;
    size_t i, n = 0;

    json_array_foreach(checks, i, check)
    {
        if (!json_object_get(check, "beside") && !json_object_get(check, "pooled"))
            continue;
        if (!n++)
            fputs("\nBeside it, deciding nothing (95 % intervals):\n\n"
                  "| check | exact rank test | P(x > y) | both rounds pooled, a description |\n"
                  "|---|---|---|---|\n",
                  stream);
        beside_row(stream, check);
    }
}

static void line(FILE *stream, const char *label, const char *text)
{
    if (*text)
        fprintf(stream, "%s%s%s%s\n\n", *label ? "**" : "", label, *label ? "** " : "", text);
}

static void lines(FILE *stream, const char *label, const json_t *texts)
{
    const json_t *text;
    size_t i;

    json_array_foreach(texts, i, text) line(stream, label, json_string_value(text));
}

static void one_row(FILE *stream, const json_t *row)
{
    const json_t *first = json_object_get(row, "first_round"), *command;
    size_t i;

    fprintf(stream, "#### %s — %s\n\n", h4l_text(row, "id"), h4l_text(row, "statement"));
    fprintf(stream, "**%s** %s (%s, %s tier). %s\n\n", h4l_verdict_mark(h4l_verdict_text(row)),
            h4l_text(row, "headline"), h4l_text(row, "setting"), h4l_text(row, "tier"),
            h4l_text(json_object_get(row, "registered"), "reason"));
    line(stream, "Criterion.", h4l_text(row, "criterion"));
    lines(stream, "Caveat.", json_object_get(row, "caveats"));
    if (*h4l_text(first, "verdict"))
        fprintf(stream, "**First round (exploratory).** %s (%s tier, %s). %s\n\n",
                h4l_verdict_mark(h4l_text(first, "verdict")), h4l_text(first, "tier"),
                h4l_text(first, "date"), h4l_text(first, "reason"));
    fputs("```\n", stream);
    json_array_foreach(json_object_get(row, "commands"), i, command)
        fprintf(stream, "%s\n", json_string_value(command));
    fputs("```\n", stream);
    if (json_is_true(json_object_get(row, "complete"))) {
        check_table(stream, json_object_get(row, "checks"));
        beside_table(stream, json_object_get(row, "checks"));
    }
    fputc('\n', stream);
}

static const char *duration(double seconds, char ret[32])
{
    if (seconds < 100)
        snprintf(ret, 32, "%.2g s", seconds);
    else if (seconds < 7200)
        snprintf(ret, 32, "%.0f min", seconds / 60);
    else
        snprintf(ret, 32, "%.1f h", seconds / 3600);
    return ret;
}

static const char *blas_of(const json_t *run)
{
    return h4l_text(json_object_get(run, "libraries"), "openblas");
}

static bool same_machine(const json_t *a, const json_t *b)
{
    return h4l_text_is(a, "cpu", h4l_text(b, "cpu")) &&
           h4l_text_is(a, "simd", h4l_text(b, "simd")) && strcmp(blas_of(a), blas_of(b)) == 0;
}

// Each machine that took part, once: runs of one claim may come from several.
static void machines(FILE *stream, const json_t *runs)
{
    const json_t *run;
    size_t i, j, n = 0;

    json_array_foreach(runs, i, run)
    {
        const char *simd = h4l_text(run, "simd"), *blas = blas_of(run);

        for (j = 0; j < i && !same_machine(run, json_array_get(runs, j));)
            j++;
        if (j == i)
            fprintf(stream, "%s%s%s%s%s%s", n++ ? "; " : "", h4l_text(run, "cpu"),
                    *simd ? ", " : "", simd, *blas ? ", OpenBLAS " : "", blas);
    }
}

static void one_claim(FILE *stream, const json_t *claim)
{
    const json_t *cost = json_object_get(claim, "cost"), *row;
    const json_t *runs = json_object_get(claim, "runs"),
                 *figures = json_object_get(claim, "checks");
    long long threads = (long long)json_integer_value(json_object_get(cost, "threads"));
    size_t i;

    fprintf(stream, "### %s%s — %s\n\n", h4l_text(claim, "id"), short_id(claim),
            h4l_text(claim, "title"));
    line(stream, *short_id(claim) ? "Question." : "Statement.", h4l_text(claim, "statement"));
    line(stream, "Source.", h4l_text(claim, "source"));
    line(stream, "", h4l_text(claim, "command"));
    if (json_array_size(runs)) {
        fprintf(stream, "Cost: %s on %lld thread%s (",
                duration(json_number_value(json_object_get(cost, "seconds")), (char[32]){""}),
                threads, threads == 1 ? "" : "s");
        machines(stream, runs);
        fputs(")\n\n", stream);
    }
    json_array_foreach(json_object_get(claim, "rows"), i, row) one_row(stream, row);
    if (json_array_size(figures)) {
        fprintf(stream, "<details><summary>%zu registered figures</summary>\n",
                json_array_size(figures));
        check_table(stream, figures);
        fputs("\n</details>\n\n", stream);
    }
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
    h4l_totals_text(claims, text, sizeof text);
    if (*text)
        fprintf(stream, "%s.\n\n", text);
    h4l_agreement_text(claims, text, sizeof text);
    if (*text)
        fprintf(stream, "%s.\n\n", text);
    h4l_markdown_verdicts(stream, claims);
    fputc('\n', stream);
    h4l_markdown_claims(stream, claims);
    return H4L_OK;
}
