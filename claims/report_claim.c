// One claim on the page: what is said, what was measured, figures, cost, how to repeat it; and the provenance of all runs.
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "claims.h"
#include "print.h"
#include "report.h"
#include "svg.h"

static void put_commands(FILE *f, const json_t *commands)
{
    const json_t *text;
    size_t i;

    fputs("<pre>", f);
    json_array_foreach(commands, i, text)
    {
        fputs(i ? "\n" : "", f);
        h4l_print_escaped(f, json_string_value(text));
    }
    fputs("</pre>\n", f);
}

static void item(FILE *f, const char *term, const char *text)
{
    if (!*text)
        return;
    fprintf(f, "<dt>%s</dt><dd>", term);
    h4l_report_numbers(f, text);
    fputs("</dd>\n", f);
}

static void texts(FILE *f, const char *term, const json_t *list)
{
    const json_t *text;
    size_t i;

    json_array_foreach(list, i, text) item(f, term, json_string_value(text));
}

static const json_t *first_row(const json_t *claim)
{
    return json_array_get(json_object_get(claim, "rows"), 0);
}

// "0.21 points [0.1, 0.3], 95 %, n = 10": what the row rests on; without an interval what was found, in words, or what it waits for.
static void effect(FILE *f, const json_t *row)
{
    const json_t *interval = json_object_get(row, "interval");
    const char *of = h4l_text(row, "of");
    char text[160];

    if (!json_is_number(json_object_get(row, "effect")) ||
        !json_is_number(json_array_get(interval, 0))) {
        h4l_report_numbers(f, h4l_text(row, "headline"));
        return;
    }
    snprintf(text, sizeof text, "%.4g %s", json_number_value(json_object_get(row, "effect")),
             h4l_text(row, "unit"));
    h4l_report_numbers(f, text);
    snprintf(text, sizeof text, " [%.4g, %.4g], %.3g %%",
             json_number_value(json_array_get(interval, 0)),
             json_number_value(json_array_get(interval, 1)),
             100 * json_number_value(json_object_get(row, "level")));
    h4l_report_numbers(f, text);
    if (*of)
        fprintf(f, ", n = %lld %s", (long long)json_integer_value(json_object_get(row, "n")), of);
}

// The claim's rows: one statement in one setting each, with its own mark.
static void deciding_rows(FILE *f, const json_t *claim)
{
    const json_t *row;
    size_t i;

    if (!first_row(claim))
        return;
    fputs("<table class=\"rows cards\"><thead><tr><th scope=\"col\">Row</th><th "
          "scope=\"col\">Setting</th>"
          "<th scope=\"col\">Measured</th><th scope=\"col\">Mark</th></tr></thead><tbody>\n",
          f);
    json_array_foreach(json_object_get(claim, "rows"), i, row)
    {
        fprintf(f, "<tr><td>%s</td><td data-label=\"Setting\">", h4l_text(row, "id"));
        h4l_print_escaped(f, h4l_text(row, "setting"));
        fputs("</td><td class=\"num\" data-label=\"Measured\">", f);
        effect(f, row);
        fputs("</td><td data-label=\"Mark\">", f);
        h4l_report_badge(f, h4l_verdict_text(row));
        fputs("</td></tr>\n", f);
    }
    fputs("</tbody></table>\n", f);
}

// What the first round said of a row.
static void first_round(FILE *f, const json_t *row)
{
    const json_t *first = json_object_get(row, "first_round");

    if (!*h4l_text(first, "verdict"))
        return;
    fputs("<dt>First round (exploratory)</dt><dd>", f);
    h4l_report_badge(f, h4l_text(first, "verdict"));
    fprintf(f, " %s tier, %s. ", h4l_text(first, "tier"), h4l_text(first, "date"));
    h4l_print_escaped(f, h4l_text(first, "reason"));
    fputs("</dd>\n", f);
}

static bool is_open(const json_t *row)
{
    return !json_is_true(json_object_get(row, "complete"));
}

// Why the mark is what it is, and the command that measures it again at its scale.
static void why_and_how(FILE *f, const json_t *claim)
{
    const json_t *row = first_row(claim);

    if (!row)
        return;
    fputs("<dl>\n", f);
    item(f, "Why", h4l_text(json_object_get(row, "registered"), "reason"));
    texts(f, "Caveat", json_object_get(row, "caveats"));
    if (is_open(row))
        first_round(f, row);
    fprintf(f, "<dt>Repeat</dt><dd class=\"small\">%s tier", h4l_text(row, "tier"));
    if (*h4l_text(row, "results") && !is_open(row)) {
        fputs("; the results that decide are in <code>results/reference/", f);
        h4l_print_escaped(f, h4l_text(row, "results"));
        fputs("</code>", f);
    }
    fputs("</dd>\n</dl>\n", f);
    put_commands(f, json_object_get(row, "commands"));
}

// How a row stands beside its registration, and what the first round said.
static void row_words(FILE *f, const json_t *row, bool is_first)
{
    const json_t *registered = json_object_get(row, "registered");
    char text[300];

    fputs("<dl>\n", f);
    item(f, "Setting", h4l_text(row, "setting"));
    item(f, "Found", h4l_text(row, "headline"));
    item(f, "Criterion", h4l_text(row, "criterion"));
    if (!is_first) { // those of the first row stand above
        texts(f, "Caveat", json_object_get(row, "caveats"));
        item(f, "Why", h4l_text(registered, "reason"));
    }
    h4l_registered_text(row, text, sizeof text);
    item(f, "Registered", text);
    texts(f, "Error", json_object_get(row, "errors"));
    if (!is_first || !is_open(row))
        first_round(f, row);
    fputs("</dl>\n", f);
}

static void description(FILE *f, const json_t *claim)
{
    fputs("<p class=\"statement\">", f);
    h4l_print_escaped(f, h4l_text(claim, "statement"));
    fputs(" <span class=\"soft small\">", f);
    h4l_print_escaped(f, h4l_text_is(claim, "kind", "question") ? "Our question, beyond the paper"
                                                                : h4l_text(claim, "source"));
    fputs("</span></p>\n", f);
}

static void errors(FILE *f, const json_t *claim)
{
    const json_t *error, *warning;
    size_t i;

    json_array_foreach(json_object_get(claim, "warnings"), i, warning)
    {
        fputs("<p class=\"note\">Results may be stale: ", f);
        h4l_print_escaped(f, json_string_value(warning));
        fputs(".</p>\n", f);
    }
    if (json_array_size(json_object_get(claim, "errors")) == 0)
        return;
    fputs("<div class=\"alarm\"><b>This claim could not be evaluated:</b><ul>\n", f);
    json_array_foreach(json_object_get(claim, "errors"), i, error)
    {
        fputs("<li>", f);
        h4l_print_escaped(f, json_string_value(error));
        fputs("</li>\n", f);
    }
    fputs("</ul></div>\n", f);
}

// The measured value: as many digits as a comparison needs, fewer for a bound.
static void measured(FILE *f, const json_t *check)
{
    const json_t *got = json_object_get(check, "got");
    const char *unit = h4l_text(check, "unit");
    char text[200];

    if (!json_is_number(got) || json_object_get(check, "interval") ||
        h4l_text_is(check, "direction", "within") || h4l_text_is(check, "direction", "equal"))
        snprintf(text, sizeof text, "%s", h4l_text(check, "got_text"));
    else
        snprintf(text, sizeof text, "%.4g%s%s", json_number_value(got), *unit ? " " : "", unit);
    h4l_report_numbers(f, text);
    if (json_is_number(json_object_get(check, "level")))
        fprintf(f, "<span class=\"why\">%.3g %% interval</span>",
                100 * json_number_value(json_object_get(check, "level")));
    if (json_is_number(json_object_get(check, "n")))
        fprintf(f, "<span class=\"why\">n = %lld</span>",
                (long long)json_integer_value(json_object_get(check, "n")));
    if (json_is_number(json_object_get(check, "minimum_detectable_difference")))
        fprintf(f, "<span class=\"why\">smallest difference found with power 0.8: %.3g %s</span>",
                json_number_value(json_object_get(check, "minimum_detectable_difference")), unit);
}

static void expected(FILE *f, const json_t *check)
{
    h4l_report_numbers(f, h4l_text(check, "expected_text"));
    if (!h4l_text_is(check, "tolerance_text", "-") && !h4l_text_is(check, "tolerance_text", "0") &&
        !h4l_text_is(check, "direction", "equivalent")) {
        fputs(" ± ", f);
        h4l_report_numbers(f, h4l_text(check, "tolerance_text"));
    }
}

static void used(FILE *f, const json_t *check)
{
    const json_t *share = json_object_get(check, "used");
    char text[40];
    double percent = json_is_number(share) ? 100 * json_number_value(share) : INFINITY;

    h4l_used_text(check, text, sizeof text);
    h4l_report_numbers(f, text);
    if (strcmp(text, "-") == 0)
        return;
    fprintf(f, "<span aria-hidden=\"true\"><i%s style=\"width:%.1f%%\"></i></span>",
            percent > 100 ? " class=\"over\"" : "", fmin(percent, 100));
}

// why: the reason of the bound, NULL where a row above gave the same one.
static void check_row(FILE *f, const json_t *check, const char *why)
{
    const char *message = h4l_text(check, "message");

    fputs("<tr><td>", f);
    h4l_print_escaped(f, h4l_text(check, "title"));
    if (why) {
        fputs("<span class=\"why\">", f);
        h4l_report_numbers(f, why);
        fputs("</span>", f);
    }
    if (*message) {
        fputs("<span class=\"why\">", f);
        h4l_print_escaped(f, message);
        fputs("</span>", f);
    }
    fputs("</td><td class=\"num\" data-label=\"Measured\">", f);
    measured(f, check);
    fputs("</td><td class=\"num\" data-label=\"Expected\">", f);
    expected(f, check);
    fputs("</td><td class=\"num\" data-label=\"Tolerance used\"><span class=\"used\">", f);
    used(f, check);
    fputs("</span></td><td data-label=\"Outcome\">", f);
    h4l_report_badge(f, h4l_text(check, "outcome"));
    fputs("</td></tr>\n", f);
}

// Does a check above number i give the same reason?
static int said_before(const json_t *all, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (h4l_text_is(json_array_get(all, j), "why", h4l_text(json_array_get(all, i), "why")))
            return 1;
    return 0;
}

static void check_table(FILE *f, const json_t *checks)
{
    const json_t *check;
    size_t i;

    fputs("<table class=\"checks cards\"><thead><tr><th scope=\"col\">What</th><th "
          "scope=\"col\">Measured</th><th scope=\"col\">Expected</th><th scope=\"col\">Tolerance "
          "used</th><th "
          "scope=\"col\">Outcome</th></tr></thead><tbody>\n",
          f);
    json_array_foreach(checks, i, check)
        check_row(f, check, said_before(checks, i) ? NULL : h4l_text(check, "why"));
    fputs("</tbody></table>\n", f);
}

static void one_row(FILE *f, const json_t *row, bool is_first)
{
    fprintf(f, "<h3>%s — ", h4l_text(row, "id"));
    h4l_print_escaped(f, h4l_text(row, "statement"));
    fputs(" ", f);
    h4l_report_badge(f, h4l_verdict_text(row));
    fputs("</h3>\n", f);
    row_words(f, row, is_first);
    check_table(f, json_object_get(row, "checks"));
    if (!is_first)
        put_commands(f, json_object_get(row, "commands"));
}

static size_t count_met(const json_t *checks)
{
    const json_t *check;
    size_t i, met = 0;

    json_array_foreach(checks, i, check) met += (size_t)h4l_text_is(check, "outcome", "met");
    return met;
}

static void checks(FILE *f, const json_t *claim)
{
    const json_t *figures = json_object_get(claim, "checks"), *row;
    size_t met, n = json_array_size(figures), i;

    if (first_row(claim))
        fputs("<details><summary>Criteria, checks and first round</summary>\n", f);
    json_array_foreach(json_object_get(claim, "rows"), i, row) one_row(f, row, i == 0);
    if (first_row(claim))
        fputs("</details>\n", f);
    if (n == 0)
        return;
    met = count_met(figures);
    fprintf(f,
            "<details%s><summary>Registered figures on %s: %zu of %zu within tolerance</summary>\n",
            met < n ? " open" : "", h4l_text(claim, "figures_of"), met, n);
    check_table(f, figures);
    fputs("</details>\n", f);
}

// The drawing's file: of the kept results, or else of the results of this machine. NULL where it is neither.
static const char *drawing(const struct h4l_page *page, const char *name, char *ret, size_t size)
{
    static const char *const folders[] = {"figures/kept", "figures"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(ret, size, "%s/%s/%s.svg", page->results, folders[i], name);
        if (access(ret, F_OK) == 0)
            return ret;
    }
    return NULL;
}

// A drawing with the words that say it: what it shows, and what came out.
static int one_figure(struct h4l_page *page, const json_t *claim, const json_t *figure,
                      struct h4l_err *err)
{
    FILE *f = page->stream;
    const char *name = h4l_text(figure, "file"), *found = h4l_text(claim, "headline");
    char path[4096], prefix[40], alt[1000];
    struct h4l_err own = {0};
    int code;

    snprintf(prefix, sizeof prefix, "f%d-", ++page->figures);
    snprintf(alt, sizeof alt, "%s%s%s%s%s", h4l_text(figure, "alt"), *found ? ". Result: " : "",
             found, *found ? "; " : "", *found ? h4l_verdict_text(claim) : "");
    fputs("<figure>\n", f);
    // The page may go to a colleague: no paths of this machine in it.
    code =
        drawing(page, name, path, sizeof path)
            ? h4l_svg_inline(f, path, prefix, alt, &own)
            : h4l_fail(&own, H4L_E_DATA, "figures/%s.svg is not there (plots/draw draws it)", name);
    if (code == H4L_E_NOMEM)
        return h4l_fail(err, code, "%s", own.message);
    if (code) {
        page->missing_figures++;
        fputs("<p class=\"note\">Figure not available: ", f);
        h4l_print_escaped(f, strncmp(own.message, path, strlen(path)) == 0
                                 ? own.message + strlen(page->results) + 1
                                 : own.message);
        fputs("</p>\n", f);
    }
    fputs("<figcaption>", f);
    h4l_print_escaped(f, h4l_text(figure, "caption"));
    if (!code && strncmp(path + strlen(page->results), "/figures/kept/", 14) != 0)
        fprintf(f, " <b>This machine's %s tier.</b>",
                *h4l_text(claim, "tier") ? h4l_text(claim, "tier") : "quick");
    fputs("</figcaption>\n</figure>\n", f);
    return H4L_OK;
}

// The claim's drawings number first to last - 1.
static int some_figures(struct h4l_page *page, const json_t *claim, size_t first, size_t last,
                        struct h4l_err *err)
{
    const json_t *all = json_object_get(claim, "figures");
    int code = H4L_OK;

    for (size_t i = first; i < last && i < json_array_size(all) && !code; i++)
        code = one_figure(page, claim, json_array_get(all, i), err);
    return code;
}

static int more_figures(struct h4l_page *page, const json_t *claim, struct h4l_err *err)
{
    size_t n = json_array_size(json_object_get(claim, "figures"));
    int code;

    if (n < 2)
        return H4L_OK;
    fprintf(page->stream,
            "<details><summary>%zu more figure%s</summary>\n<div class=\"figures\">\n", n - 1,
            n == 2 ? "" : "s");
    code = some_figures(page, claim, 1, n, err);
    fputs("</div>\n</details>\n", page->stream);
    return code;
}

int h4l_report_hero(struct h4l_page *page, struct h4l_err *err)
{
    char path[4096];
    struct h4l_err own = {0};
    int code;

    if (!drawing(page, "efficiency-exchange-rate", path, sizeof path))
        return H4L_OK;
    fputs("<figure class=\"hero\">\n", page->stream);
    code = h4l_svg_inline(page->stream, path, "hero-",
                          "How many LIF neurons one HH neuron is worth, one line for each measure, "
                          "beside the four of the paper; the numbers stand at the lines",
                          &own);
    if (code == H4L_E_NOMEM)
        return h4l_fail(err, code, "%s", own.message);
    fputs("<figcaption>The width at which LIF reaches what N HH neurons reach, over N "
          "(N = 512 where they learn). An arrow: no width that was tried reaches it.</figcaption>\n"
          "</figure>\n",
          page->stream);
    return H4L_OK;
}

static void repeat(struct h4l_page *page, const json_t *claim)
{
    FILE *f = page->stream;
    const json_t *cost = json_object_get(claim, "cost"), *text;
    double memory = json_number_value(json_object_get(cost, "peak_rss_bytes")) / 1e6;
    size_t i;

    if (json_array_size(json_object_get(claim, "runs")) == 0)
        return;
    fputs("<details><summary>Cost and raw results</summary>\n", f);
    if (*h4l_text(claim, "command")) {
        fputs("<p>", f);
        h4l_print_escaped(f, h4l_text(claim, "command"));
        fputs("</p>\n", f);
    }
    fputs("<p class=\"small\">Cost: ", f);
    h4l_report_duration(f, json_number_value(json_object_get(cost, "seconds")));
    fprintf(f, " on %lld threads", (long long)json_integer_value(json_object_get(cost, "threads")));
    if (memory > 0)
        fprintf(f, ", %.0f MB", memory);
    if (*h4l_text(cost, "cpu")) {
        fputs(", ", f);
        h4l_print_escaped(f, h4l_text(cost, "cpu"));
    }
    fputs(".</p>\n<p class=\"small raw\">Raw results: ", f);
    json_array_foreach(json_object_get(claim, "files"), i, text)
    {
        const char *name = strrchr(json_string_value(text), '/');
        fputs(i ? ", " : "", f);
        h4l_report_link(page, json_string_value(text), name ? name + 1 : json_string_value(text));
    }
    fputs(".</p>\n</details>\n", f);
}

int h4l_report_claim(struct h4l_page *page, const json_t *claim, struct h4l_err *err)
{
    FILE *f = page->stream;
    const char *id = h4l_text(claim, "id");
    int code;

    fprintf(f,
            "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\" "
            "class=\"head\"><span>",
            id, id, id);
    h4l_print_escaped(f, id);
    fputs(" — ", f);
    h4l_print_escaped(f, h4l_text(claim, "title"));
    fputs("</span> ", f);
    h4l_report_badge(f, h4l_verdict_text(claim));
    fprintf(f, " <a class=\"back\" href=\"#row-%s\">↑ table</a></h2>\n", id);
    errors(f, claim);
    fputs(json_array_size(json_object_get(claim, "figures")) ? "<div class=\"claim\">\n"
                                                             : "<div>\n",
          f);
    code = some_figures(page, claim, 0, 1, err);
    if (code)
        return code;
    fputs("<div>\n", f);
    description(f, claim);
    deciding_rows(f, claim);
    why_and_how(f, claim);
    fputs("</div>\n</div>\n<div class=\"folds\">\n", f);
    code = more_figures(page, claim, err);
    checks(f, claim);
    repeat(page, claim);
    fputs("</div>\n</section>\n", f);
    return code;
}

// ---- provenance ----

static int seen_before(const json_t *claims, size_t claim, size_t run, const char *file)
{
    for (size_t i = 0; i <= claim; i++) {
        const json_t *runs = json_object_get(json_array_get(claims, i), "runs");
        for (size_t j = 0; j < json_array_size(runs); j++) {
            if (i == claim && j == run)
                return 0;
            if (h4l_text_is(json_array_get(runs, j), "file", file))
                return 1;
        }
    }
    return 0;
}

double h4l_report_seconds(const json_t *claims)
{
    const json_t *claim, *run;
    size_t i, j;
    double seconds = 0;

    json_array_foreach(claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "runs"), j, run)
        {
            if (!seen_before(claims, i, j, h4l_text(run, "file")))
                seconds += json_number_value(json_object_get(run, "seconds"));
        }
    }
    return seconds;
}

static void run_row(struct h4l_page *page, const json_t *run)
{
    FILE *f = page->stream;
    const char *commit = h4l_text(run, "git_commit");

    fputs("<tr><td>", f);
    h4l_report_link(page, h4l_text(run, "file"), h4l_text(run, "file"));
    fputs("</td><td data-label=\"Started (UTC)\">", f);
    h4l_print_escaped(f, h4l_text(run, "started"));
    fprintf(f, "</td><td class=\"num\" data-label=\"Seconds\">%.3g</td>",
            json_number_value(json_object_get(run, "seconds")));
    fprintf(f, "<td class=\"num\" data-label=\"Threads\">%lld</td>",
            (long long)json_integer_value(json_object_get(run, "threads")));
    fprintf(f, "<td class=\"num\" data-label=\"Seed\">%lld</td><td data-label=\"Commit\"><code>",
            (long long)json_integer_value(json_object_get(run, "seed")));
    fprintf(f, "%.10s", strspn(commit, "0123456789abcdef") == strlen(commit) ? commit : "unknown");
    fprintf(f, "</code>%s</td></tr>\n",
            json_is_true(json_object_get(run, "git_dirty")) ? " with local changes" : "");
}

static void machine(FILE *f, const json_t *run)
{
    static const char *const names[][2] = {{"version", "hh4lif"},
                                           {"compiler", "Compiler"},
                                           {"flags", "Flags"},
                                           {"cpu", "Processor"},
                                           {"simd", "Vector level"}};
    const char *name;
    json_t *version;
    int first = 1;

    fputs("<dl>\n", f);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        item(f, names[i][1], h4l_text(run, names[i][0]));
    fputs("<dt>Libraries</dt><dd>", f);
    json_object_foreach(json_object_get(run, "libraries"), name, version)
    {
        fputs(first ? "" : ", ", f);
        h4l_print_escaped(f, name);
        fputs(" ", f);
        h4l_print_escaped(f, json_string_value(version) ? json_string_value(version) : "?");
        first = 0;
    }
    fputs("</dd>\n</dl>\n", f);
}

void h4l_report_provenance(struct h4l_page *page)
{
    FILE *f = page->stream;
    const json_t *claim, *run, *first = NULL;
    size_t i, j;

    json_array_foreach(page->claims, i, claim)
    {
        if (!first)
            first = json_array_get(json_object_get(claim, "runs"), 0);
    }
    fputs("<section id=\"provenance\" aria-labelledby=\"provenance-title\">\n<h2 "
          "id=\"provenance-title\">Provenance</h2>\n<p>Computing behind this page: ",
          f);
    h4l_report_duration(f, h4l_report_seconds(page->claims));
    fputs(".</p>\n<details><summary>Machine, versions and every run</summary>\n", f);
    if (first)
        machine(f, first);
    fputs("<table class=\"cards\"><thead><tr><th scope=\"col\">Result</th><th "
          "scope=\"col\">Started (UTC)</th><th scope=\"col\">Seconds</th><th "
          "scope=\"col\">Threads</th><th scope=\"col\">Seed</th><th "
          "scope=\"col\">Commit</th></tr></thead><tbody>\n",
          f);
    json_array_foreach(page->claims, i, claim)
    {
        json_array_foreach(json_object_get(claim, "runs"), j, run)
        {
            if (!seen_before(page->claims, i, j, h4l_text(run, "file")))
                run_row(page, run);
        }
    }
    fputs("</tbody></table>\n</details>\n</section>\n", f);
}
