// hh4lif-report: one HTML page of all verdicts, and the generated parts of the documents.
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "base/args.h"
#include "base/file.h"
#include "base/log.h"
#include "evaluate.h"
#include "report.h"

enum { KEY_UPDATE = 1000, KEY_CHECK };

static const struct argp_option options_table[] = {
    H4L_SELECTION_OPTIONS,
    {"output", 'o', "FILE", 0,
     "the page (default DIR/report.html, or none with --update-docs or --check-docs)", 0},
    {"update-docs", KEY_UPDATE, "FILE", 0,
     "write the generated parts of this Markdown file anew (repeatable)", 0},
    {"check-docs", KEY_CHECK, "FILE", 0,
     "only check that they are up to date: exit status 1 if not (repeatable)", 0},
    {0}};

struct options {
    struct h4l_selection selection;
    const char *output;
    const char *update[H4L_MOST_FOLDERS], *check[H4L_MOST_FOLDERS];
    size_t n_update, n_check;
    struct h4l_err *err;
};

static int set_option(struct options *o, int key, char *arg)
{
    switch (key) {
    case 'o':
        o->output = arg;
        return H4L_OK;
    case KEY_UPDATE:
        return h4l_add_folder(o->update, &o->n_update, "--update-docs", arg, o->err);
    case KEY_CHECK:
        return h4l_add_folder(o->check, &o->n_check, "--check-docs", arg, o->err);
    default:
        return h4l_selection_set(&o->selection, key, arg, o->err);
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    return !h4l_args_is_event(key) && set_option(state->input, key, arg) ? EINVAL : 0;
}

static const struct argp argp = {
    options_table,
    parse_option,
    NULL,
    "Writes the report on all claims: one HTML page with the verdicts (failed ones first), "
    "criteria, "
    "measured figures, drawings, costs, and the commands that repeat them. It needs no network and "
    "no other file.\v"
    "Exit status: 0 written; 1 a document is not up to date (--check-docs); 2 wrong usage; 3 a "
    "registry "
    "is missing or corrupt, or no claim could be evaluated; 4 out of memory or disk; 99 internal "
    "error. Whether the verdicts are as registered is what hh4lif-claims tells.",
    NULL,
    NULL,
    NULL};

// The folder part of path (a path without one is in "."), resolved; "" when it is not there.
static void folder_of(const char *path, int is_folder, char ret[PATH_MAX + 1])
{
    char copy[PATH_MAX];
    char *slash;

    snprintf(copy, sizeof copy, "%s", path);
    slash = strrchr(copy, '/');
    if (!is_folder) {
        if (slash)
            slash[slash == copy] = 0;
        else
            strcpy(copy, ".");
    }
    if (!realpath(copy, ret))
        ret[0] = 0;
}

// How to get from the page's folder to the results' folder: "" or a path that ends in '/'.
static void relative(const char *page, const char *results, char ret[4 * PATH_MAX])
{
    char from[PATH_MAX + 1], to[PATH_MAX + 1];
    size_t same = 0; // length of the shared folders, each with its '/'

    ret[0] = 0;
    folder_of(page, 0, from);
    folder_of(results, 1, to);
    if (!*from || !*to)
        return;
    strcat(from, "/");
    strcat(to, "/");
    for (size_t i = 0; from[i] && from[i] == to[i]; i++)
        if (from[i] == '/')
            same = i + 1;
    for (const char *c = from + same; *c; c++)
        if (*c == '/')
            strcat(ret, "../");
    strcat(ret, to + same);
}

static int write_page(const struct options *o, const json_t *claims, struct h4l_err *err)
{
    char base[4 * PATH_MAX] = "", fallback[PATH_MAX];
    const char *path = o->output;
    struct h4l_page page = {.claims = claims, .results = o->selection.results, .link_base = base};
    struct h4l_file file;
    int code;

    if (!path) {
        snprintf(fallback, sizeof fallback, "%s/report.html", o->selection.results);
        path = fallback;
    }
    code = h4l_file_begin(path, &file, err);
    if (code)
        return code;
    relative(path, o->selection.results, base);
    page.stream = file.stream;
    code = h4l_report_page(&page, err);
    if (code) {
        h4l_file_abort(&file);
        return code;
    }
    code = h4l_file_commit(&file, err);
    if (!code && page.missing_figures)
        h4l_log(H4L_LOG_WARN,
                "%d of %d figures are not in the page (plots/draw --results %s draws them)",
                page.missing_figures, page.figures, o->selection.results);
    return code;
}

// A page on which nothing was measured is no report.
static int something_measured(const json_t *claims, struct h4l_err *err)
{
    const json_t *claim;
    size_t i;

    json_array_foreach(claims, i, claim)
    {
        if (json_array_size(json_object_get(claim, "runs")))
            return H4L_OK;
    }
    return h4l_claims_status(claims, err) == H4L_E_NOMEM ? H4L_E_NOMEM : H4L_E_DATA;
}

static int work(const struct options *o, struct h4l_err *err)
{
    json_t *claims = NULL;
    int code = h4l_evaluate_selection(&o->selection, &claims, err);

    if (!code)
        code = something_measured(claims, err);
    if (!code && (o->output || o->n_update + o->n_check == 0))
        code = write_page(o, claims, err);
    for (size_t i = 0; i < o->n_update && !code; i++)
        code = h4l_update_document(o->update[i], claims, 0, err);
    for (size_t i = 0; i < o->n_check && !code; i++)
        code = h4l_update_document(o->check[i], claims, 1, err);
    json_decref(claims);
    return code;
}

int main(int argc, char **argv)
{
    struct h4l_err err = {0};
    struct options options = {
        .selection = {.results = "results/latest", .with_reference = 1, .is_default = 1},
        .err = &err};
    int code;

    h4l_args_begin("hh4lif-report", argv);
    code = h4l_args_parse(&argp, argc, argv, &options, &err);
    if (!code)
        code = work(&options, &err);
    return h4l_args_end(code, &err);
}
