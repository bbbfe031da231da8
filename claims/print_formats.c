// JSON, JUnit, CSV.
#include <string.h>

#include "claims.h"
#include "print.h"

int h4l_print_json(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    json_t *all = json_pack("{s:s, s:o, s:O}", "schema", H4L_VERDICTS_SCHEMA, "summary",
                            h4l_claims_summary(claims), "claims", claims);
    int failed = !all || json_dumpf(all, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(17));

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

static void junit_verdict(FILE *stream, const json_t *claim)
{
    char registered[200];

    h4l_registered_text(claim, registered, sizeof registered);
    fputs("    <testcase", stream);
    attribute(stream, "classname", h4l_text(claim, "family"));
    attribute(stream, "name", "verdict");
    fputs(">\n", stream);
    if (h4l_text_is(claim, "state", "error")) {
        fputs("      <error", stream);
        attribute(stream, "message",
                  json_string_value(json_array_get(json_object_get(claim, "errors"), 0)));
        fputs("/>\n", stream);
    } else if (!h4l_text_is(claim, "state", "as registered")) {
        fputs("      <failure", stream);
        attribute(stream, "message", registered);
        fputs("/>\n", stream);
    }
    fputs("      <system-out>", stream);
    h4l_print_escaped(stream, h4l_verdict_text(claim));
    fputs(", ", stream);
    h4l_print_escaped(stream, registered);
    fputs("</system-out>\n    </testcase>\n", stream);
}

static void junit_suite(FILE *stream, const json_t *claim)
{
    const json_t *checks = json_object_get(claim, "checks"), *check;
    size_t i, failures = 0, errors = 0;

    json_array_foreach(checks, i, check)
    {
        failures += (size_t)is_failure(check);
        errors += (size_t)h4l_text_is(check, "outcome", "error");
    }
    if (h4l_text_is(claim, "state", "error"))
        errors++;
    else if (!h4l_text_is(claim, "state", "as registered"))
        failures++;
    fputs("  <testsuite", stream);
    attribute(stream, "name", h4l_text(claim, "id"));
    fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.3f\">\n",
            json_array_size(checks) + 1, failures, errors,
            json_number_value(json_object_get(json_object_get(claim, "cost"), "seconds")));
    json_array_foreach(checks, i, check) junit_check(stream, claim, check);
    junit_verdict(stream, claim);
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

int h4l_print_csv(FILE *stream, const json_t *claims, struct h4l_err *err)
{
    static const char *const of_claim[] = {"family", "id", "tier", "verdict", "state"};
    static const char *const of_check[] = {
        "id",       "role",      "part", "outcome", "measured", "statistic", "direction", "got",
        "expected", "tolerance", "used", "unit",    "n",        "p",         "p_adjusted"};
    const json_t *claim, *check;
    size_t i, j;

    (void)err;
    fputs(
        "family,claim,tier,verdict,state,check,role,part,outcome,measured,statistic,direction,got,"
        "expected,tolerance,used,unit,n,p,p_adjusted,interval_low,interval_high\n",
        stream);
    json_array_foreach(claims, i, claim)
        json_array_foreach(json_object_get(claim, "checks"), j, check)
    {
        for (size_t k = 0; k < sizeof of_claim / sizeof of_claim[0]; k++) {
            csv_value(stream, json_object_get(claim, of_claim[k]));
            fputc(',', stream);
        }
        for (size_t k = 0; k < sizeof of_check / sizeof of_check[0]; k++) {
            csv_value(stream, json_object_get(check, of_check[k]));
            fputc(',', stream);
        }
        csv_value(stream, json_array_get(json_object_get(check, "interval"), 0));
        fputc(',', stream);
        csv_value(stream, json_array_get(json_object_get(check, "interval"), 1));
        fputc('\n', stream);
    }
    return H4L_OK;
}
