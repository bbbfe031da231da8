// hh4lif-claims: compares result files with the registry of claims.
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "base/args.h"
#include "base/file.h"
#include "base/json.h"
#include "base/root.h"
#include "evaluate.h"
#include "print.h"
#include "registry_file.h"
#include "texts.h"

enum {
    KEY_LIST = 1000,
    KEY_SUMMARY,
    KEY_FORMAT_REGISTRY,
    KEY_FILL,
    KEY_TEXTS,
    KEY_CHECK_TEXTS,
    KEY_POWER
};

static const struct argp_option options_table[] = {
    H4L_SELECTION_OPTIONS,
    {"format", 'F', "text|summary|json|markdown|junit|csv", 0, "form of the output (default text)",
     0},
    {"summary", KEY_SUMMARY, NULL, 0, "the same as --format summary: one line a claim", 0},
    {"power", KEY_POWER, NULL, 0,
     "print what the registered number of seeds can find, from the spread of the values that are "
     "there, and end",
     0},
    {"output", 'o', "FILE", 0, "write to FILE (complete or not at all) instead of standard output",
     0},
    {"list", KEY_LIST, NULL, 0, "list the claims of the registry and end", 0},
    {"format-registry", KEY_FORMAT_REGISTRY, "FILE", 0,
     "bring a claims.json or verdicts.json into its layout and end", 0},
    {"fill", KEY_FILL, "FILE", 0,
     "fill the {names} of a text in from results/reference, write it (--output), and end", 0},
    {"texts", KEY_TEXTS, NULL, 0,
     "make the documents from docs/text anew, and the manifest of results/reference, and end", 0},
    {"check-texts", KEY_CHECK_TEXTS, NULL, 0,
     "only check that they are up to date, and that every raw result is read; exit status 1 if not",
     0},
    {0}};

typedef int (*print_fn)(FILE *stream, const json_t *claims, struct h4l_err *err);
static const print_fn printers[] = {h4l_print_text,     h4l_print_summary, h4l_print_json,
                                    h4l_print_markdown, h4l_print_junit,   h4l_print_csv};

struct options {
    struct h4l_selection selection;
    const char *output, *to_format, *to_fill;
    int format, list, texts, check_texts, power;
    struct h4l_err *err;
};

static int set_option(struct options *o, int key, char *arg)
{
    switch (key) {
    case 'F':
        return h4l_arg_choice("--format", arg, "text|summary|json|markdown|junit|csv", &o->format,
                              o->err);
    case KEY_SUMMARY:
        o->format = 1;
        return H4L_OK;
    case 'o':
        o->output = arg;
        return H4L_OK;
    case KEY_LIST:
        o->list = 1;
        return H4L_OK;
    case KEY_FORMAT_REGISTRY:
        o->to_format = arg;
        return H4L_OK;
    case KEY_FILL:
        o->to_fill = arg;
        return H4L_OK;
    case KEY_TEXTS:
        o->texts = 1;
        return H4L_OK;
    case KEY_POWER:
        o->power = 1;
        return H4L_OK;
    case KEY_CHECK_TEXTS:
        o->check_texts = 1;
        return H4L_OK;
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
    "Judges the claims: for every row its verdict, the number that it rests on, and the checks "
    "behind it. Without --results the results that are kept with the suite are judged, at the "
    "scale "
    "of each row. With --results the registered figures are compared with those of a folder, and "
    "the "
    "rows of its tier are judged on it; the quick tier has no verdict.\v"
    "Exit status: 0 all figures within their tolerance and all verdicts as registered; 1 not so; 2 "
    "wrong usage; 3 a result or registry is missing, corrupt, stale or of other parameters; 4 out "
    "of "
    "memory or disk; 99 internal error.",
    NULL,
    NULL,
    NULL};

static int print_claims(const struct options *o, const json_t *claims, struct h4l_err *err)
{
    const print_fn print = o->power ? h4l_print_power : printers[o->format];
    struct h4l_file file;
    int code;

    if (!o->output)
        return print(stdout, claims, err);
    code = h4l_file_begin(o->output, &file, err);
    if (code)
        return code;
    code = print(file.stream, claims, err);
    if (code) {
        h4l_file_abort(&file);
        return code;
    }
    return h4l_file_commit(&file, err);
}

static int format_registry(const char *path, struct h4l_err *err)
{
    json_t *value = NULL;
    char *text = NULL;
    int code = h4l_json_read(path, &value, err);

    if (!code)
        code = h4l_registry_format(value, &text, err);
    if (!code)
        code = h4l_file_write(path, text, err);
    free(text);
    json_decref(value);
    return code;
}

static int write_text(const struct options *o, const char *text, struct h4l_err *err)
{
    if (o->output)
        return h4l_file_write(o->output, text, err);
    fputs(text, stdout);
    return H4L_OK;
}

static int work_on_texts(const struct options *o, struct h4l_err *err)
{
    const char *root = h4l_root();
    json_t *claims = NULL, *files = NULL;
    char *text = NULL;
    int code = h4l_reference_claims(&claims, &files, err);

    if (!code && o->to_fill)
        code = h4l_texts_make(root, o->to_fill, claims, &text, err);
    if (!code && text)
        code = write_text(o, text, err);
    if (!code && o->texts)
        code = h4l_texts_update(root, claims, err);
    if (!code && o->check_texts)
        code = h4l_texts_check(root, claims, files, err);
    free(text);
    json_decref(claims);
    json_decref(files);
    return code;
}

static int work(const struct options *o, struct h4l_err *err)
{
    json_t *claims = NULL;
    int code;

    if (o->to_format)
        return format_registry(o->to_format, err);
    if (o->to_fill || o->texts || o->check_texts)
        return work_on_texts(o, err);
    if (o->list)
        return h4l_list_claims(&o->selection, err);
    code = h4l_evaluate_selection(&o->selection, &claims, err);
    if (!code)
        code = print_claims(o, claims, err);
    if (!code && !o->power)
        code = h4l_claims_status(claims, err);
    json_decref(claims);
    return code;
}

int main(int argc, char **argv)
{
    struct h4l_err err = {0};
    struct options options = {.err = &err};
    int code;

    h4l_args_begin("hh4lif-claims", argv);
    code = h4l_args_parse(&argp, argc, argv, &options, &err);
    if (!code)
        code = work(&options, &err);
    return h4l_args_end(code, &err);
}
