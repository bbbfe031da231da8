// The forms of the output.
#include <string.h>

#include "claims/print.h"
#include "compare/internal.h"

static long long count(const json_t *comparison, const char *key)
{
    return (long long)json_integer_value(
        json_object_get(json_object_get(comparison, "counts"), key));
}

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static bool is_number(const json_t *object, const char *key)
{
    return json_is_number(json_object_get(object, key));
}

static double limit(const json_t *seeds, size_t side)
{
    return json_number_value(json_array_get(json_object_get(seeds, "interval"), side));
}

// ---- what text and Markdown share ----

static void put_plain(FILE *stream, const char *text)
{
    fputs(text, stream);
}

// A few values of one side in one line: the same fact may differ between the cases of a folder.
static void put_values(FILE *stream, const json_t *values, void (*put)(FILE *, const char *))
{
    enum { SHOWN = 3 };
    size_t n = json_array_size(values);

    for (size_t i = 0; i < n && i < SHOWN; i++) {
        fputs(i ? ", " : "", stream);
        put(stream, json_string_value(json_array_get(values, i)));
    }
    if (n > SHOWN)
        fprintf(stream, " and %zu more", n - SHOWN);
    if (n == 0)
        fputs("not there", stream);
}

// How large a difference is, and what the seeds say about it.
static void put_size(FILE *stream, const json_t *row)
{
    const json_t *seeds = json_object_get(row, "seeds");

    if (*h4l_text(row, "note"))
        fputs(h4l_text(row, "note"), stream);
    else
        fprintf(stream, "by %.6g", number(row, "size"));
    if (is_number(row, "relative"))
        fprintf(stream, " (relative %.2g)", number(row, "relative"));
    if (is_number(row, "tolerance"))
        fprintf(stream, ", registered tolerance %.6g", number(row, "tolerance"));
    if (json_is_object(seeds))
        fprintf(stream,
                "; seeds: %s, mean of B minus A %.6g [%.6g, %.6g] (%g %%), n %lld and %lld, "
                "p %.3g, after Holm %.3g",
                h4l_text(seeds, "judged"), number(seeds, "difference"), limit(seeds, 0),
                limit(seeds, 1), 100 * number(seeds, "level"), (long long)number(seeds, "n_a"),
                (long long)number(seeds, "n_b"), number(seeds, "p"), number(seeds, "p_adjusted"));
}

// ---- text ----

static void print_provenance(FILE *stream, const json_t *comparison)
{
    const json_t *list = json_object_get(comparison, "provenance"), *entry;
    const char *group = "";
    size_t i;

    if (json_array_size(list) == 0)
        fputs("\nsame machine, kernels, versions and data\n", stream);
    json_array_foreach(list, i, entry)
    {
        if (strcmp(group, h4l_text(entry, "group")) != 0)
            fprintf(stream, "\ndifferent %s\n", h4l_text(entry, "group"));
        group = h4l_text(entry, "group");
        fprintf(stream, "    %-16s A ", h4l_text(entry, "what"));
        put_values(stream, json_object_get(entry, "a"), put_plain);
        fprintf(stream, "\n%21sB ", "");
        put_values(stream, json_object_get(entry, "b"), put_plain);
        fputc('\n', stream);
    }
}

static void print_parameters(FILE *stream, const json_t *comparison)
{
    const json_t *list = json_object_get(comparison, "parameters"), *entry;
    size_t i;

    if (json_array_size(list))
        fputs("\ndifferent parameters\n", stream);
    json_array_foreach(list, i, entry)
        fprintf(stream, "    %s  %s: A %s, B %s\n", h4l_text(entry, "case"),
                h4l_text(entry, "what"), h4l_text(entry, "a"), h4l_text(entry, "b"));
}

static void print_metrics(FILE *stream, const json_t *comparison)
{
    const json_t *row;
    const char *name = "";
    size_t i;

    json_array_foreach(json_object_get(comparison, "metrics"), i, row)
    {
        if (h4l_text_is(row, "outcome", "same"))
            continue;
        if (strcmp(name, h4l_text(row, "case")) != 0)
            fprintf(stream, "\n%s\n", h4l_text(row, "case"));
        name = h4l_text(row, "case");
        fprintf(stream, "    %-8s %s: ", h4l_text(row, "outcome"), h4l_text(row, "metric"));
        put_size(stream, row);
        fputc('\n', stream);
    }
}

static void print_verdicts(FILE *stream, const json_t *comparison)
{
    const json_t *list = json_object_get(comparison, "verdicts"), *entry;
    size_t i;

    if (json_array_size(list))
        fputs("\ndifferent verdicts\n", stream);
    json_array_foreach(list, i, entry)
        fprintf(stream, "    %s (%s tier): A %s, B %s\n", h4l_text(entry, "claim"),
                h4l_text(entry, "tier"), h4l_text(entry, "a"), h4l_text(entry, "b"));
}

static void print_only(FILE *stream, const json_t *comparison, const char *key, const char *side)
{
    const json_t *name;
    size_t i;

    json_array_foreach(json_object_get(comparison, key), i, name)
        fprintf(stream, "%sonly in %s: %s\n", i ? "" : "\n", side, json_string_value(name));
}

static void print_sum(FILE *stream, const json_t *comparison)
{
    fprintf(stream,
            "%lld metrics of %lld cases: %lld the same bytes, %lld within the registered "
            "tolerance, %lld differ",
            count(comparison, "metrics"), count(comparison, "cases"), count(comparison, "same"),
            count(comparison, "within"), count(comparison, "differs"));
    if (count(comparison, "tested"))
        fprintf(stream, " (%lld of them with seeds: %lld judged different)",
                count(comparison, "tested"), count(comparison, "judged_different"));
    if (number(comparison, "verdicts_compared") > 0)
        fprintf(stream, "; %zu of %.0f verdicts differ",
                json_array_size(json_object_get(comparison, "verdicts")),
                number(comparison, "verdicts_compared"));
    fputc('\n', stream);
}

int h4l_compare_print_text(FILE *stream, const struct h4l_compare_names *names,
                           const json_t *comparison, struct h4l_err *err)
{
    (void)err;
    fprintf(stream, "A  %s\nB  %s\n", names->a, names->b);
    print_provenance(stream, comparison);
    print_parameters(stream, comparison);
    print_metrics(stream, comparison);
    print_verdicts(stream, comparison);
    print_only(stream, comparison, "only_a", "A");
    print_only(stream, comparison, "only_b", "B");
    fputc('\n', stream);
    print_sum(stream, comparison);
    return H4L_OK;
}

// ---- JSON ----

int h4l_compare_print_json(FILE *stream, const struct h4l_compare_names *names,
                           const json_t *comparison, struct h4l_err *err)
{
    (void)names;
    if (json_dumpf(comparison, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) && !ferror(stream))
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the output");
    fputc('\n', stream);
    return H4L_OK;
}

// ---- CSV: one row per metric ----

static void put_field(FILE *stream, const char *text)
{
    bool quote = strpbrk(text, ",\"\n\r") != NULL;

    if (quote)
        fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    if (quote)
        fputc('"', stream);
}

static void put_number(FILE *stream, const json_t *value)
{
    fputc(',', stream);
    if (json_is_number(value))
        fprintf(stream, "%.17g", json_number_value(value));
}

int h4l_compare_print_csv(FILE *stream, const struct h4l_compare_names *names,
                          const json_t *comparison, struct h4l_err *err)
{
    static const char *const numbers[] = {"size", "relative", "tolerance"},
                             *const tested[] = {"n_a", "n_b", "difference"},
                             *const tests[] = {"level", "p", "p_adjusted"};
    const json_t *row;
    size_t i;

    (void)names;
    (void)err;
    fputs("case,metric,outcome,size,relative,tolerance,note,n_a,n_b,difference,low,high,level,p,"
          "p_adjusted,seeds\n",
          stream);
    json_array_foreach(json_object_get(comparison, "metrics"), i, row)
    {
        const json_t *seeds = json_object_get(row, "seeds"),
                     *interval = json_object_get(seeds, "interval");

        put_field(stream, h4l_text(row, "case"));
        fputc(',', stream);
        put_field(stream, h4l_text(row, "metric"));
        fprintf(stream, ",%s", h4l_text(row, "outcome"));
        for (int k = 0; k < 3; k++)
            put_number(stream, json_object_get(row, numbers[k]));
        fputc(',', stream);
        put_field(stream, h4l_text(row, "note"));
        for (int k = 0; k < 3; k++)
            put_number(stream, json_object_get(seeds, tested[k]));
        for (size_t k = 0; k < 2; k++)
            put_number(stream, json_array_get(interval, k));
        for (int k = 0; k < 3; k++)
            put_number(stream, json_object_get(seeds, tests[k]));
        fprintf(stream, ",%s\n", h4l_text(seeds, "judged"));
    }
    return H4L_OK;
}

// ---- Markdown ----

static void print_markdown_sources(FILE *stream, const json_t *comparison)
{
    const json_t *list = json_object_get(comparison, "provenance"), *entry;
    size_t i;

    if (json_array_size(list) == 0)
        fputs("Same machine, kernels, versions and data.\n\n", stream);
    else
        fputs("| | differs in | A | B |\n|---|---|---|---|\n", stream);
    json_array_foreach(list, i, entry)
    {
        fprintf(stream, "| %s | %s | ", h4l_text(entry, "group"), h4l_text(entry, "what"));
        put_values(stream, json_object_get(entry, "a"), h4l_print_cell);
        fputs(" | ", stream);
        put_values(stream, json_object_get(entry, "b"), h4l_print_cell);
        fputs(" |\n", stream);
    }
    list = json_object_get(comparison, "parameters");
    json_array_foreach(list, i, entry)
    {
        fprintf(stream, "%s| %s | %s | ",
                i || json_array_size(json_object_get(comparison, "provenance"))
                    ? ""
                    : "| case | parameter | A | B |\n|---|---|---|---|\n",
                h4l_text(entry, "case"), h4l_text(entry, "what"));
        h4l_print_cell(stream, h4l_text(entry, "a"));
        fputs(" | ", stream);
        h4l_print_cell(stream, h4l_text(entry, "b"));
        fputs(" |\n", stream);
    }
}

static void print_markdown_metrics(FILE *stream, const json_t *comparison)
{
    const json_t *row;
    size_t i;
    bool begun = false;

    json_array_foreach(json_object_get(comparison, "metrics"), i, row)
    {
        if (h4l_text_is(row, "outcome", "same"))
            continue;
        if (!begun)
            fputs("\n| case | metric | outcome | size |\n|---|---|---|---|\n", stream);
        begun = true;
        fprintf(stream, "| %s | ", h4l_text(row, "case"));
        h4l_print_cell(stream, h4l_text(row, "metric"));
        fprintf(stream, " | %s | ", h4l_text(row, "outcome"));
        put_size(stream, row);
        fputs(" |\n", stream);
    }
}

int h4l_compare_print_markdown(FILE *stream, const struct h4l_compare_names *names,
                               const json_t *comparison, struct h4l_err *err)
{
    const json_t *list = json_object_get(comparison, "verdicts"), *entry;
    size_t i;

    (void)err;
    fprintf(stream, "A is `%s`, B is `%s`.\n\n", names->a, names->b);
    print_markdown_sources(stream, comparison);
    print_markdown_metrics(stream, comparison);
    json_array_foreach(list, i, entry)
    {
        fprintf(stream, "%s| %s | %s | %s | %s |\n",
                i ? "" : "\n| claim | tier | A | B |\n|---|---|---|---|\n",
                h4l_text(entry, "claim"), h4l_text(entry, "tier"), h4l_text(entry, "a"),
                h4l_text(entry, "b"));
    }
    print_only(stream, comparison, "only_a", "A");
    print_only(stream, comparison, "only_b", "B");
    fputc('\n', stream);
    print_sum(stream, comparison);
    return H4L_OK;
}
