// hh4lif-compare: two sets of results, yours and a colleague's, metric by metric.
#include <string.h>

#include "base/args.h"
#include "base/file.h"
#include "compare/compare.h"
#include "claims/evaluate.h"

enum { KEY_REGISTRY = 1000 };

static const struct argp_option options_table[] = {
    {"format", 'F', "text|json|csv|markdown", 0, "form of the output (default text)", 0},
    {"output", 'o', "FILE", 0, "write to FILE (complete or not at all) instead of standard output",
     0},
    {"registry", KEY_REGISTRY, "DIR", 0,
     "folder with claims.json, or with FAMILY/claims.json, for tolerances and verdicts beside "
     "the suite's own (repeatable)",
     0},
    {0}};

typedef int (*print_fn)(FILE *stream, const struct h4l_compare_names *names,
                        const json_t *comparison, struct h4l_err *err);
static const print_fn printers[] = {h4l_compare_print_text, h4l_compare_print_json,
                                    h4l_compare_print_csv, h4l_compare_print_markdown};

struct options {
    struct h4l_selection selection;
    const char *sides[2];
    size_t n_sides;
    const char *output;
    int format;
    struct h4l_err *err;
};

static int set_option(struct options *o, int key, char *arg)
{
    switch (key) {
    case 'F':
        return h4l_arg_choice("--format", arg, "text|json|csv|markdown", &o->format, o->err);
    case 'o':
        o->output = arg;
        return H4L_OK;
    case KEY_REGISTRY:
        return h4l_selection_set(&o->selection, H4L_KEY_REGISTRY, arg, o->err);
    case ARGP_KEY_ARG:
        if (o->n_sides == 2)
            return h4l_fail(o->err, H4L_E_USAGE,
                            "unexpected argument %s: two are compared, A and B", arg);
        o->sides[o->n_sides++] = arg;
        return H4L_OK;
    default:
        return h4l_fail(o->err, H4L_E_USAGE, "unexpected argument \"%s\"", arg ? arg : "");
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    return !h4l_args_is_event(key) && set_option(state->input, key, arg) ? EINVAL : 0;
}

static const struct argp argp = {
    options_table,
    parse_option,
    "A B",
    "Compares two sets of results: folders as the programs write with --out, or single result "
    "files. What differs in machine, kernels, versions, data and parameters comes first. Then "
    "each metric that is not the same bytes in both: within the registered tolerance, or differs "
    "and by how much. Where it holds a value per seed, Welch's test (two-sided, 5 %, Holm over "
    "the metrics) says whether seeds of the one could be seeds of the other. Then verdicts that "
    "differ.\v"
    "Exit status: 0 nothing differs beyond a registered tolerance; 1 something does; 2 wrong "
    "usage; 3 nothing to compare, or a file is missing or corrupt; 4 out of memory or disk; 99 "
    "internal error.",
    NULL,
    NULL,
    NULL};

static int print(const struct options *o, const json_t *comparison, struct h4l_err *err)
{
    const struct h4l_compare_names names = {o->sides[0], o->sides[1]};
    struct h4l_file file;
    int code;

    if (!o->output)
        return printers[o->format](stdout, &names, comparison, err);
    code = h4l_file_begin(o->output, &file, err);
    if (code)
        return code;
    code = printers[o->format](file.stream, &names, comparison, err);
    if (code) {
        h4l_file_abort(&file);
        return code;
    }
    return h4l_file_commit(&file, err);
}

static int work(const struct options *o, struct h4l_err *err)
{
    json_t *sets[2] = {NULL, NULL}, *registries = NULL, *comparison = NULL;
    int code = o->n_sides == 2 ? H4L_OK
                               : h4l_fail(err, H4L_E_USAGE,
                                          "expected two folders or files with results: "
                                          "hh4lif-compare A B");

    for (size_t i = 0; i < 2 && !code; i++)
        code = h4l_compare_read(o->sides[i], &sets[i], err);
    if (!code)
        code = h4l_read_registries(&o->selection, &registries, err);
    if (!code)
        code = h4l_compare(sets[0], sets[1], registries, &comparison, err);
    if (!code)
        code = print(o, comparison, err);
    if (!code)
        code = h4l_compare_status(comparison, err);
    json_decref(comparison);
    json_decref(registries);
    json_decref(sets[0]);
    json_decref(sets[1]);
    return code;
}

int main(int argc, char **argv)
{
    struct h4l_err err = {0};
    struct options options = {.err = &err};
    int code;

    h4l_args_begin("hh4lif-compare", argv);
    code = h4l_args_parse(&argp, argc, argv, &options, &err);
    if (!code)
        code = work(&options, &err);
    return h4l_args_end(code, &err);
}
