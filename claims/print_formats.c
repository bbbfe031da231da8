// JSON, JUnit, CSV.
#include <stdbool.h>
#include <string.h>

#include "claims.h"
#include "print.h"

// A row as other programs read it (shared with nobody's inside: the interface of hh4lif.verdicts/2).
static json_t *statement_of(const json_t *row)
{
    static const char *const kept[] = {
        "id",       "claim",       "kind",       "statement", "setting", "tier",
        "verdict",  "state",       "n",          "planned",   "of",      "complete",
        "as_found", "effect",      "unit",       "interval",  "level",   "headline",
        "caveats",  "first_round", "registered", "edition",   "errors",  "commands"};
    json_t *o = json_object();

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (json_object_set(o, kept[i], json_object_get(row, kept[i])) &&
            json_object_get(row, kept[i])) {
            json_decref(o);
            return NULL;
        }
    if (json_object_set(o, "part", json_object_get(row, "setting")) |
        json_object_set(o, "criteria", json_object_get(row, "checks"))) {
        json_decref(o);
        return NULL;
    }
    return o;
}

// The registered figures together: how many, how many agree, and each.
static json_t *agreement_of(const json_t *claims)
{
    json_t *summary = h4l_claims_summary(claims), *figures = json_array(), *o;
    const json_t *claim;
    size_t i;
    int failed = !summary || !figures;

    json_array_foreach(claims, i, claim) failed |=
        !failed && json_array_extend(figures, json_object_get(claim, "checks"));
    o = failed ? NULL
               : json_pack("{s:s, s:O, s:O, s:O, s:O, s:O}", "of",
                           h4l_text(json_array_get(claims, 0), "figures_of"), "figures",
                           json_object_get(summary, "figures"), "agree",
                           json_object_get(summary, "figures_agree"), "outside",
                           json_object_get(summary, "figures_outside"), "not_measured",
                           json_object_get(summary, "figures_not_measured"), "checks", figures);
    json_decref(summary);
    json_decref(figures);
    return o;
}

int h4l_print_json(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    json_t *statements = json_array(), *all = json_object();
    const json_t *claim, *row;
    size_t i, j;
    int failed = !statements || !all;

    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            failed = failed || json_array_append_new(statements, statement_of(row));
        }
    }
    failed = failed || json_object_set_new(all, "schema", json_string(H4L_VERDICTS_SCHEMA)) ||
             json_object_set_new(all, "summary", h4l_claims_summary(claims)) ||
             json_object_set(all, "statements", statements) ||
             json_object_set_new(all, "agreement", agreement_of(claims)) ||
             json_object_set(all, "claims", (json_t *)claims) ||
             json_dumpf(all, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(statements);
    json_decref(all);
    // A write error shows when the stream is closed; without one the failure was memory.
    if (failed && !ferror(stream))
        return h4l_fail(err, H4L_E_NOMEM, "no memory to write JSON");
    fputc('\n', stream);
    return H4L_OK;
}

// Bytes of the UTF-8 character that text begins with if XML may hold it, else 0.
static size_t xml_character(const char *text)
{
    const unsigned char *t = (const unsigned char *)text;

    if (t[0] < 0x20)
        return t[0] == '\t' || t[0] == '\n' || t[0] == '\r';
    if (t[0] < 0x7f)
        return 1;
    if (t[0] >= 0xc2 && t[0] < 0xe0)
        return (t[1] & 0xc0) == 0x80 ? 2 : 0;
    if (t[0] >= 0xe0 && t[0] < 0xf0)
        return (t[1] & 0xc0) == 0x80 && (t[2] & 0xc0) == 0x80 ? 3 : 0;
    if (t[0] >= 0xf0 && t[0] < 0xf5)
        return (t[1] & 0xc0) == 0x80 && (t[2] & 0xc0) == 0x80 && (t[3] & 0xc0) == 0x80 ? 4 : 0;
    return 0;
}

void h4l_print_cell(FILE *stream, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            fputs("\\|", stream);
        else
            fputc(*text == '\n' ? ' ' : *text, stream);
    }
}

void h4l_print_escaped(FILE *stream, const char *text)
{
    static const struct {
        char c;
        const char *entity;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

    while (*text) {
        size_t n = xml_character(text), i = 0;
        while (i < 5 && entities[i].c != *text)
            i++;
        if (i < 5)
            fputs(entities[i].entity, stream);
        else if (n)
            fwrite(text, 1, n, stream);
        else
            fputs("\xef\xbf\xbd", stream);
        text += n ? n : 1;
    }
}

static void attribute(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, " %s=\"", name);
    h4l_print_escaped(stream, text);
    fputc('"', stream);
}

// A check fails the run only where the claim machinery says so: a reference outside, or an error. Criteria and audits decide
// the verdict, which is a test case of its own.
static int is_failure(const json_t *check)
{
    return h4l_text_is(check, "role", "reference") && !h4l_text_is(check, "outcome", "met") &&
           !h4l_text_is(check, "outcome", "error");
}

static void junit_check(FILE *stream, const json_t *claim, const json_t *check)
{
    char used[30];

    h4l_used_text(check, used, sizeof used);
    fputs("    <testcase", stream);
    attribute(stream, "classname", h4l_text(claim, "family"));
    attribute(stream, "name", h4l_text(check, "id"));
    fputs(">\n", stream);
    if (h4l_text_is(check, "outcome", "error") || is_failure(check)) {
        fprintf(stream, "      <%s", is_failure(check) ? "failure" : "error");
        attribute(stream, "message",
                  is_failure(check) ? "outside tolerance" : h4l_text(check, "message"));
        fputs("/>\n", stream);
    }
    fputs("      <system-out>", stream);
    h4l_print_escaped(stream, h4l_text(check, "role"));
    fputs(" ", stream);
    h4l_print_escaped(stream, h4l_text(check, "outcome"));
    fputs(": got ", stream);
    h4l_print_escaped(stream, h4l_text(check, "got_text"));
    fputs(", expected ", stream);
    h4l_print_escaped(stream, h4l_text(check, "expected_text"));
    fputs(", tolerance ", stream);
    h4l_print_escaped(stream, h4l_text(check, "tolerance_text"));
    fprintf(stream, ", used %s</system-out>\n    </testcase>\n", used);
}

static bool is_well(const json_t *row)
{
    return h4l_text_is(row, "state", "as registered") || h4l_text_is(row, "state", "as found");
}

// The verdict of a row. One whose results are not all there yet is skipped.
static void junit_row(FILE *stream, const json_t *claim, const json_t *row)
{
    const char *error = json_string_value(json_array_get(json_object_get(row, "errors"), 0));
    char registered[200];

    h4l_registered_text(row, registered, sizeof registered);
    fputs("    <testcase", stream);
    attribute(stream, "classname", h4l_text(claim, "family"));
    attribute(stream, "name", h4l_text(row, "id"));
    fputs(">\n", stream);
    if (!is_well(row)) {
        fprintf(stream, "      <%s",
                h4l_text_is(row, "state", "error")        ? "error"
                : h4l_text_is(row, "state", "incomplete") ? "skipped"
                                                          : "failure");
        attribute(stream, "message", error ? error : registered);
        fputs("/>\n", stream);
    }
    fputs("      <system-out>", stream);
    h4l_print_escaped(stream, h4l_verdict_text(row));
    fputs(", ", stream);
    h4l_print_escaped(stream, registered);
    fputs("</system-out>\n    </testcase>\n", stream);
}

static void junit_suite(FILE *stream, const json_t *claim)
{
    const json_t *checks = json_object_get(claim, "checks"), *element;
    const json_t *rows = json_object_get(claim, "rows");
    size_t i, failures = 0, errors = 0, skipped = 0;

    json_array_foreach(checks, i, element)
    {
        failures += (size_t)is_failure(element);
        errors += (size_t)h4l_text_is(element, "outcome", "error");
    }
    json_array_foreach(rows, i, element)
    {
        errors += (size_t)h4l_text_is(element, "state", "error");
        skipped += (size_t)h4l_text_is(element, "state", "incomplete");
        failures += !is_well(element) && !h4l_text_is(element, "state", "error") &&
                    !h4l_text_is(element, "state", "incomplete");
    }
    fputs("  <testsuite", stream);
    attribute(stream, "name", h4l_text(claim, "id"));
    fprintf(stream,
            " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\">\n",
            json_array_size(checks) + json_array_size(rows), failures, errors, skipped,
            json_number_value(json_object_get(json_object_get(claim, "cost"), "seconds")));
    json_array_foreach(checks, i, element) junit_check(stream, claim, element);
    json_array_foreach(rows, i, element) junit_row(stream, claim, element);
    fputs("  </testsuite>\n", stream);
}

int h4l_print_junit(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    const json_t *claim;
    size_t i;

    (void)err;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hh4lif-claims\">\n",
          stream);
    json_array_foreach(claims, i, claim) junit_suite(stream, claim);
    fputs("</testsuites>\n", stream);
    return H4L_OK;
}

static void csv_text(FILE *stream, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}

static void csv_value(FILE *stream, const json_t *value)
{
    if (json_is_number(value))
        fprintf(stream, "%.17g", json_number_value(value));
    else if (json_is_string(value))
        csv_text(stream, json_string_value(value));
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "true" : "false", stream);
}

// One line a check: of which row (empty: a registered figure), what it says, and the measure with its interval, level and n.
static void csv_check(FILE *stream, const json_t *claim, const json_t *row, const json_t *check)
{
    static const char *const of_row[] = {"id", "kind", "setting", "verdict", "state", "planned"};
    static const char *const of_check[] = {"id", "role", "outcome", "title", "got", "unit"};
    static const char *const rest[] = {
        "level",     "n",        "of",        "p",    "p_refuted_adjusted",
        "direction", "expected", "tolerance", "used", "minimum_detectable_difference"};

    csv_value(stream, json_object_get(claim, "family"));
    fputc(',', stream);
    csv_value(stream, json_object_get(claim, "id"));
    for (size_t k = 0; k < sizeof of_row / sizeof of_row[0]; k++) {
        fputc(',', stream);
        csv_value(stream, json_object_get(row, of_row[k]));
    }
    fputc(',', stream);
    csv_value(stream, json_object_get(row ? row : claim, "tier"));
    for (size_t k = 0; k < sizeof of_check / sizeof of_check[0]; k++) {
        fputc(',', stream);
        csv_value(stream, json_object_get(check, of_check[k]));
    }
    for (size_t k = 0; k < 2; k++) {
        fputc(',', stream);
        csv_value(stream, json_array_get(json_object_get(check, "interval"), k));
    }
    for (size_t k = 0; k < sizeof rest / sizeof rest[0]; k++) {
        fputc(',', stream);
        csv_value(stream, json_object_get(strcmp(rest[k], "of") == 0 ? row : check, rest[k]));
    }
    fputc('\n', stream);
}

int h4l_print_csv(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    const json_t *claim, *row, *check;
    size_t i, j, k;

    (void)err;
    fputs("family,claim,row,kind,setting,verdict,state,planned_n,tier,check,role,outcome,title,"
          "effect,"
          "unit,interval_low,interval_high,level,n,n_of,p,p_refuted_adjusted,direction,expected,"
          "tolerance,used,smallest_difference_found\n",
          stream);
    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "rows"), j, row)
        {
            json_array_foreach(json_object_get(row, "checks"), k, check)
                csv_check(stream, claim, row, check);
        }
        json_array_foreach(json_object_get(claim, "checks"), k, check)
            csv_check(stream, claim, NULL, check);
    }
    return H4L_OK;
}
