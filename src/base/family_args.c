#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/family_internal.h"
#include "base/log.h"

// ---- the table of parameters ----

bool h4l_case_takes(const struct h4l_case *the_case, const struct h4l_param *param)
{
    return !param->of || (param->of & the_case->takes);
}

static bool fixes(const struct h4l_case *the_case, const struct h4l_param *param)
{
    return (H4L_FIXES(param->of) & the_case->takes) != 0;
}

// The row of the table for this name and case; the first that fits counts. NULL if there is none.
static const struct h4l_param *find_param(const struct h4l_family *family, const char *name,
                                          const struct h4l_case *the_case)
{
    for (size_t i = 0; i < family->n_params; i++)
        if (strcmp(family->params[i].member.name, name) == 0 &&
            h4l_case_takes(the_case, &family->params[i]))
            return &family->params[i];
    return NULL;
}

// Length of the shortest beginning, up to a dash, that the case shares with others which all take the parameter; 0: none.
static size_t shared_beginning(const struct h4l_family *family, const struct h4l_param *param,
                               const char *name)
{
    for (const char *dash = strchr(name, '-'); dash; dash = strchr(dash + 1, '-')) {
        size_t n = (size_t)(dash - name) + 1, sharing = 0;
        bool all = true;

        for (size_t c = 0; c < family->n_cases; c++)
            if (strncmp(family->cases[c].name, name, n) == 0) {
                all = all && h4l_case_takes(&family->cases[c], param);
                sharing++;
            }
        if (all && sharing > 1)
            return n;
    }
    return 0;
}

// The cases that take the parameter, in short: "ip-* idp-* gates".
static void put_cases(FILE *text, const struct h4l_family *family, const struct h4l_param *param)
{
    const char *between = "";

    for (size_t c = 0; c < family->n_cases; c++) {
        const char *name = family->cases[c].name;
        size_t n = shared_beginning(family, param, name), before = c;

        if (!h4l_case_takes(&family->cases[c], param))
            continue;
        while (n > 0 && before > 0 && strncmp(family->cases[before - 1].name, name, n) != 0)
            before--;
        if (n > 0 && before > 0)
            continue; // said with an earlier case
        fprintf(text, n ? "%s%.*s*" : "%s%.*s", between, n ? (int)n : (int)strlen(name), name);
        between = " ";
    }
}

static int unknown_parameter(const struct options *o, const char *name, struct h4l_err *err)
{
    const struct h4l_family *family = o->family;
    struct h4l_nearest nearest = {.name = name};

    for (size_t i = 0; i < family->n_params; i++)
        h4l_nearest_offer(&nearest, family->params[i].member.name);
    return h4l_fail(err, H4L_E_USAGE, "unknown parameter %s%s (--help lists the parameters)", name,
                    h4l_nearest_text(&nearest, ""));
}

static int unused_parameter(const struct h4l_family *family, const struct h4l_param *param,
                            struct h4l_err *err)
{
    char cases[400] = "";
    FILE *text = fmemopen(cases, sizeof cases, "w");

    if (text) {
        put_cases(text, family, param);
        fclose(text);
    }
    return h4l_fail(err, H4L_E_USAGE,
                    "parameter %s is not used by the chosen cases; it belongs to %s",
                    param->member.name, cases);
}

// ---- constants beside the table ----

// How a constant's value is read, where the family does not list it.
static struct h4l_param constant_row(const struct h4l_family *family, const char *name)
{
    return (struct h4l_param){
        .member = {name, H4L_AS_DOUBLE, 0}, .min = -1e12, .max = 1e12, .of = family->constants->of};
}

// Takes the range from the family's list. H4L_E_USAGE: it has no constant of that name.
static int take_range(const struct h4l_constants *constants, const char *name,
                      struct h4l_param *row, struct h4l_err *err)
{
    struct h4l_nearest nearest = {.name = name};
    struct h4l_constant c;
    char best[sizeof c.name], prefix[sizeof c.name];

    for (size_t i = 0; constants->listed(i, &c); i++) {
        if (strcmp(c.name, name) == 0) {
            row->min = c.min;
            row->max = c.max;
            return H4L_OK;
        }
        h4l_nearest_offer(&nearest, c.name);
        if (nearest.best == c.name) // which the next one overwrites
            nearest.best = memcpy(best, c.name, sizeof best);
    }
    snprintf(prefix, sizeof prefix, "%s.", constants->prefix);
    return h4l_fail(err, H4L_E_USAGE, "unknown constant %s%s%s (--list-neurons shows them)", prefix,
                    name, h4l_nearest_text(&nearest, prefix));
}

const char *h4l_family_constant(const struct h4l_family *family, const char *name)
{
    size_t n = family->constants ? strlen(family->constants->prefix) : 0;

    return n && strncmp(name, family->constants->prefix, n) == 0 && name[n] == '.' && name[n + 1]
               ? name + n + 1
               : NULL;
}

static int check_constant(const struct options *o, const struct assignment *set,
                          struct h4l_err *err)
{
    const char *name = h4l_family_constant(o->family, set->name);
    struct h4l_param row = constant_row(o->family, set->name);
    struct h4l_value v = {.param = &row};
    bool used = false;
    char what[200];
    int code;

    for (size_t c = 0; c < o->family->n_cases; c++) {
        if (!o->selected[c] || !h4l_case_takes(&o->family->cases[c], &row))
            continue;
        used = true;
        if (find_param(o->family, name, &o->family->cases[c]))
            return h4l_fail(err, H4L_E_USAGE,
                            "parameter %s is the parameter %s here; use --set %s=%s", set->name,
                            name, name, set->value);
    }
    snprintf(what, sizeof what, "parameter %s", set->name);
    if (!used)
        return unused_parameter(o->family, &row, err);
    if (o->family->constants->listed && (code = take_range(o->family->constants, name, &row, err)))
        return code;
    return h4l_value_parse(what, set->value, &v, err);
}

bool h4l_run_constant(const struct h4l_run *run, size_t i, const char **ret_name, double *ret_value)
{
    const struct options *o = run->options;

    for (size_t s = 0; s < o->n_sets; s++) {
        const char *name = h4l_family_constant(o->family, o->sets[s].name);
        struct h4l_param row;
        struct h4l_value v = {.param = &row};

        if (!name || i-- > 0)
            continue;
        row = constant_row(o->family, o->sets[s].name);
        if (h4l_value_parse(name, o->sets[s].value, &v, NULL)) // it was read before, and was right
            return false;
        *ret_name = name;
        *ret_value = v.real;
        return true;
    }
    return false;
}

// ---- what was set ----

// A number as it is understood, other text as it stands there.
static const char *shown(const struct h4l_value *v, char *number, size_t size)
{
    if (v->param->choices || v->param->member.store != H4L_AS_DOUBLE)
        return v->text;
    snprintf(number, size, "%g", v->real);
    return number;
}

// Calls visit with each name and value, until it answers true.
static bool given(const struct h4l_run *run,
                  bool (*visit)(void *ctx, const char *name, const char *value), void *ctx)
{
    const struct options *o = run->options;
    char number[32];

    for (size_t i = 0; i < run->n_values; i++)
        if (run->values[i].given && visit(ctx, run->values[i].param->member.name,
                                          shown(&run->values[i], number, sizeof number)))
            return true;
    for (size_t s = 0; s < o->n_sets; s++)
        if (h4l_family_constant(o->family, o->sets[s].name) &&
            visit(ctx, o->sets[s].name, o->sets[s].value))
            return true;
    return false;
}

static bool put_one(void *text, const char *name, const char *value)
{
    fprintf(text, "%s%s = %s", ftell(text) ? ", " : "", name, value);
    return false;
}

void h4l_run_put_given(FILE *text, const struct h4l_run *run)
{
    given(run, put_one, text);
}

// As a word of its own with its value: "starts = 12", "starts=12" or, of a text, topology "3+1". The word alone may stand for
// something else.
static bool is_in(void *text, const char *name, const char *value)
{
    size_t n = strlen(name);

    (void)value;
    for (const char *at = text; (at = strstr(at, name)); at += n)
        if ((at == text || strchr(" (\"", at[-1])) &&
            (at[n] == '=' || strncmp(at + n, " = ", 3) == 0 || strncmp(at + n, " \"", 2) == 0))
            return true;
    return false;
}

bool h4l_run_names_given(const struct h4l_run *run, const char *text)
{
    return given(run, is_in, (void *)text);
}

static int check_set(const struct options *o, const struct assignment *set, struct h4l_err *err)
{
    const struct h4l_family *family = o->family;
    const struct h4l_param *known = NULL;
    bool used = false;
    char what[200];

    if (h4l_family_constant(family, set->name))
        return check_constant(o, set, err);
    snprintf(what, sizeof what, "parameter %s", set->name);
    for (size_t c = 0; c < family->n_cases; c++) {
        struct h4l_value v = {.param = find_param(family, set->name, &family->cases[c])};
        int code;

        known = v.param ? v.param : known;
        if (!v.param || !o->selected[c])
            continue;
        used = true;
        code = h4l_value_parse(what, set->value, &v, err);
        h4l_value_free(&v);
        if (code)
            return code;
    }
    if (!known)
        return unknown_parameter(o, set->name, err);
    return used ? H4L_OK : unused_parameter(family, known, err);
}

// --seeds must change something.
static int check_seeds(const struct options *o, struct h4l_err *err)
{
    const struct h4l_family *family = o->family;
    const char *only = NULL;
    size_t chosen = 0;

    if (o->seeds == 0)
        return H4L_OK;
    for (size_t c = 0; c < family->n_cases; c++) {
        if (!o->selected[c])
            continue;
        if (family->cases[c].takes & H4L_MANY_SEEDS)
            return H4L_OK;
        only = family->cases[c].name;
        chosen++;
    }
    if (chosen == 1)
        return h4l_fail(err, H4L_E_USAGE, "--seeds: the case %s runs one seed; use --seed", only);
    return h4l_fail(err, H4L_E_USAGE,
                    "--seeds: each of the chosen cases runs one seed; use --seed");
}

int h4l_family_check_params(const struct options *o, struct h4l_err *err)
{
    int code = h4l_params_check(o->family->params, o->family->n_params, err);

    if (!code)
        code = check_seeds(o, err);
    for (size_t i = 0; !code && i < o->n_sets; i++)
        code = check_set(o, &o->sets[i], err);
    return code;
}

int h4l_family_values(const struct options *o, const struct h4l_case *the_case,
                      struct h4l_value **ret_values, size_t *ret_n, struct h4l_err *err)
{
    const struct h4l_family *family = o->family;
    struct h4l_value *values = calloc(family->n_params + 1, sizeof *values);
    size_t n = 0;
    int code = H4L_OK;

    if (!values)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the parameters");
    for (size_t i = 0; !code && i < family->n_params; i++) {
        struct h4l_value *v = &values[n];
        const char *text;

        v->param = &family->params[i];
        if (fixes(the_case, v->param)) {
            n++; // without a text: the case has the value
            continue;
        }
        if (find_param(family, v->param->member.name, the_case) != v->param)
            continue;
        n++;
        text = h4l_param_default(v->param, o->tier);
        for (size_t s = 0; s < o->n_sets; s++)
            if (strcmp(o->sets[s].name, v->param->member.name) == 0) {
                text = o->sets[s].value; // the last one counts
                v->given = true;
            }
        if (text)
            code = h4l_value_parse(v->param->member.name, text, v, err);
    }
    if (code) {
        h4l_values_free(values, n);
        return code;
    }
    *ret_values = values;
    *ret_n = n;
    return H4L_OK;
}

void h4l_values_free(struct h4l_value *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h4l_value_free(&values[i]);
    free(values);
}

// ---- the command line ----

enum {
    KEY_LIST = 256,
    KEY_LIST_FILES,
    KEY_LIST_NEURONS,
    KEY_LIST_PARAMETERS,
    KEY_CASE,
    KEY_TIER,
    KEY_SEED,
    KEY_SEEDS,
    KEY_OUT,
    KEY_THREADS,
    KEY_RESUME,
    KEY_PROGRESS,
    KEY_QUIET,
    KEY_SET,
    KEY_FILE // and the following ones: the parameters in their order
};

static const struct argp_option common[] = {
    {"list", KEY_LIST, NULL, 0, "List the cases with what they measure, and exit", 1},
    {"list-files", KEY_LIST_FILES, NULL, 0,
     "List the CSV files with their columns, units and meaning (Markdown), and exit", 1},
    {"list-parameters", KEY_LIST_PARAMETERS, NULL, 0,
     "List the parameters of the cases with their ranges, choices and values in the tier (tabs "
     "between), and exit",
     1},
    {"case", KEY_CASE, "NAME", 0,
     "Run this case (repeatable; NAME may hold * and ?). Default: all cases but those that "
     "wait for a file or a choice of yours",
     1},
    {"tier", KEY_TIER, "quick|standard|full", 0,
     "How much to compute (default quick: minutes for everything; standard: about an hour; full: "
     "the paper's scale)",
     1},
    {"seed", KEY_SEED, "N", 0, "First seed (default 1)", 1},
    {"seeds", KEY_SEEDS, "N", 0,
     "Number of seeds, from the first on, of the cases that run several. Default: each case's own "
     "number for the tier",
     1},
    {"set", KEY_SET, "NAME=VALUE", 0, "Set a parameter (repeatable; listed below)", 1},
    {"out", KEY_OUT, "DIR", 0,
     "Folder for results (default results/latest; with --set a folder of its own, "
     "results/set/NAME=VALUE, so that nothing measured as registered is replaced)",
     2},
    {"resume", KEY_RESUME, NULL, 0,
     "Keep a case's result if it is complete and comes from the same program, tier, seeds, "
     "parameters and input data; continue an interrupted case where it can",
     2},
    {"threads", KEY_THREADS, "N", 0,
     "Number of threads (default: all cores). Results do not depend on it", 2},
    {"progress", KEY_PROGRESS, "auto|always|never", 0,
     "Progress on standard error (default auto: a line that is redrawn on a terminal, otherwise a "
     "line a minute)",
     2},
    {"quiet", KEY_QUIET, NULL, 0, "Print errors only", 2},
};
enum { N_COMMON = sizeof common / sizeof common[0] };

static int fit_int(const char *what, const char *text, long long min, long long max, int *ret,
                   struct h4l_err *err)
{
    long long value;
    int code = h4l_arg_int(what, text, min, max, &value, err);

    if (!code)
        *ret = (int)value;
    return code;
}

static int add_set(struct options *o, const char *name, size_t n, const char *value, bool by_set)
{
    char *copy = strndup(name, n);

    if (!copy)
        return h4l_fail(o->err, H4L_E_NOMEM, "out of memory for the parameter %s", name);
    o->sets[o->n_sets++] = (struct assignment){copy, value, by_set};
    return H4L_OK;
}

static int parse_set(struct options *o, const char *text)
{
    const char *equals = strchr(text, '=');

    if (!equals || equals == text)
        return h4l_fail(o->err, H4L_E_USAGE, "--set is \"%s\": expected NAME=VALUE", text);
    return add_set(o, text, (size_t)(equals - text), equals + 1, true);
}

static int parse_tier(struct options *o, const char *text)
{
    int index, code = h4l_arg_choice("--tier", text, "quick|standard|full", &index, o->err);

    if (!code)
        o->tier = (enum h4l_tier)index;
    return code;
}

static int parse_progress(struct options *o, const char *text)
{
    int index, code = h4l_arg_choice("--progress", text, "auto|always|never", &index, o->err);

    if (!code)
        o->progress = (enum h4l_progress_mode)index;
    return code;
}

static int parse_seed(struct options *o, const char *text)
{
    long long value;
    int code = h4l_arg_int("--seed", text, 0, H4L_LAST_SEED, &value, o->err);

    if (!code)
        o->seed = (uint64_t)value;
    return code;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    const struct h4l_family *family = o->family;
    int code = H4L_OK;

    switch (key) {
    case KEY_LIST:
        o->list = true;
        break;
    case KEY_LIST_NEURONS:
        o->list_neurons = true;
        break;
    case KEY_LIST_PARAMETERS:
        o->list_parameters = true;
        break;
    case KEY_LIST_FILES:
        o->list_files = true;
        break;
    case KEY_CASE:
        o->patterns[o->n_patterns++] = arg;
        break;
    case KEY_TIER:
        code = parse_tier(o, arg);
        break;
    case KEY_SEED:
        code = parse_seed(o, arg);
        break;
    case KEY_SEEDS:
        code = fit_int("--seeds", arg, 1, H4L_MOST_SEEDS, &o->seeds, o->err);
        break;
    case KEY_OUT:
        o->out = arg;
        if (!*arg)
            code = h4l_fail(o->err, H4L_E_USAGE, "--out is \"\": expected a folder");
        break;
    case KEY_THREADS:
        code = fit_int("--threads", arg, 1, H4L_POOL_MAX, &o->threads, o->err);
        break;
    case KEY_RESUME:
        o->resume = true;
        break;
    case KEY_PROGRESS:
        code = parse_progress(o, arg);
        break;
    case KEY_QUIET:
        o->quiet = true;
        break;
    case KEY_SET:
        code = parse_set(o, arg);
        break;
    case ARGP_KEY_ARG:
        code = h4l_fail(o->err, H4L_E_USAGE,
                        "unexpected argument %s; cases are chosen with --case NAME", arg);
        break;
    default:
        if (key < KEY_FILE || (size_t)(key - KEY_FILE) >= family->n_params)
            return ARGP_ERR_UNKNOWN;
        const char *name = family->params[key - KEY_FILE].member.name;
        code = add_set(o, name, strlen(name), arg, false);
    }
    return code == H4L_E_NOMEM ? ENOMEM : code ? EINVAL : 0;
}

static int unknown_case(const struct options *o, const char *pattern, struct h4l_err *err)
{
    const struct h4l_family *family = o->family;
    struct h4l_nearest nearest = {.name = pattern};

    for (size_t c = 0; c < family->n_cases; c++)
        h4l_nearest_offer(&nearest, family->cases[c].name);
    return h4l_fail(err, H4L_E_USAGE, "--case %s: no such case%s (--list shows the cases)", pattern,
                    h4l_nearest_text(&nearest, ""));
}

static int select_cases(struct options *o, struct h4l_err *err)
{
    const struct h4l_family *family = o->family;

    for (size_t c = 0; c < family->n_cases && o->n_patterns == 0; c++)
        o->selected[c] = o->list || o->list_parameters || !(family->cases[c].takes & H4L_ON_DEMAND);
    for (size_t p = 0; p < o->n_patterns; p++) {
        bool found = false;

        for (size_t c = 0; c < family->n_cases; c++)
            if (fnmatch(o->patterns[p], family->cases[c].name, 0) == 0)
                found = o->selected[c] = true;
        if (!found)
            return unknown_case(o, o->patterns[p], err);
    }
    return H4L_OK;
}

// ---- --help ----

// Writes text in lines of at most 78 characters, each after an indentation.
static void put_wrapped(FILE *stream, const char *text)
{
    enum { INDENT = 6, WIDTH = 78 };
    size_t column = WIDTH;

    for (const char *at = text + strspn(text, " "); *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");

        if (column + 1 + n > WIDTH) {
            fprintf(stream, "\n%*s", INDENT, "");
            column = INDENT;
        } else {
            fputc(' ', stream);
            column++;
        }
        fwrite(at, 1, n, stream);
        column += n;
        at += n;
    }
}

// A text in memory for the help. argp, which ends the program behind its help, has no way to tell of an error: neither have these.
static _Noreturn void end_without_help(void)
{
    h4l_log(H4L_LOG_ERROR, "out of memory while writing the help");
    exit(h4l_exit_status(H4L_E_NOMEM));
}

static FILE *help_begin(char **bytes, size_t *n)
{
    FILE *ret = open_memstream(bytes, n);

    if (!ret)
        end_without_help();
    return ret;
}

static void help_end(FILE *text)
{
    if (fclose(text))
        end_without_help();
}

static void put_param(FILE *stream, const struct h4l_family *family, const struct h4l_param *param)
{
    char *bytes = NULL;
    size_t n;
    FILE *text = help_begin(&bytes, &n);

    fprintf(stream, "  %s=%s", param->member.name, h4l_param_kind(param));
    h4l_param_describe(text, param);
    if (param->of) {
        fputs(" Cases: ", text);
        put_cases(text, family, param);
        fputc('.', text);
    }
    help_end(text);
    put_wrapped(stream, bytes);
    free(bytes);
    fputc('\n', stream);
}

// "hh.C, hh.gNa, ....", where the family lists them.
static void put_names(FILE *text, const struct h4l_constants *constants)
{
    struct h4l_constant c;
    size_t n = 0;

    for (; constants->listed && constants->listed(n, &c); n++)
        fprintf(text, n ? ", %s" : "They are %s", c.name);
    if (n)
        fputs(". ", text);
}

static void put_constants(FILE *stream, const struct h4l_family *family)
{
    struct h4l_param row = constant_row(family, "");
    char *bytes = NULL;
    size_t n;
    FILE *text = help_begin(&bytes, &n);

    fprintf(stream, "  %s.NAME=NUMBER", family->constants->prefix);
    fprintf(text, "%s ", family->constants->help);
    put_names(text, family->constants);
    fputs("Cases: ", text);
    put_cases(text, family, &row);
    fputc('.', text);
    help_end(text);
    put_wrapped(stream, bytes);
    free(bytes);
    fputc('\n', stream);
}

// argp asks for the text behind the options here and frees what it gets; the family is the input of the parse.
static char *help_text(int key, const char *text, void *input)
{
    const struct options *o = input;
    char *bytes = NULL;
    size_t n;
    FILE *stream;

    if (key != ARGP_KEY_HELP_POST_DOC || !o)
        return (char *)text;
    stream = help_begin(&bytes, &n);
    if (o->family->n_params)
        fputs("Parameters for --set:\n\n", stream);
    for (size_t i = 0; i < o->family->n_params; i++)
        put_param(stream, o->family, &o->family->params[i]);
    if (o->family->constants)
        put_constants(stream, o->family);
    fprintf(stream,
            "\nResults: DIR/%s/CASE.json and its series in CSV files.\n"
            "Exit status: 0 done; 1 a check failed; 2 wrong usage; 3 input data missing or "
            "corrupt; 4 out of memory or disk; 77 not run (the reason is printed); 99 internal "
            "error; 130 interrupted.",
            o->family->name);
    help_end(stream);
    return bytes;
}

static int parse_line(struct options *o, struct argp_option *table, struct h4l_err *err)
{
    const struct h4l_family *family = o->family;
    size_t n = N_COMMON;
    char *doc = NULL;
    int code;

    memcpy(table, common, sizeof common);
    for (size_t i = 0; i < family->n_params; i++) {
        const struct h4l_param *param = &family->params[i];

        if (param->option)
            table[n++] = (struct argp_option){
                param->member.name, KEY_FILE + (int)i, "FILE", 0, param->help, 3};
    }
    if (family->neuron)
        table[n++] = (struct argp_option){"list-neurons",
                                          KEY_LIST_NEURONS,
                                          NULL,
                                          0,
                                          "List the neurons with what they are, and exit",
                                          1};
    // The text behind \v makes argp ask help_text for what stands after the options.
    if (asprintf(&doc, "%s\v ", family->question) < 0)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory while reading the command line");
    struct argp argp = {
        .options = table, .parser = parse_option, .doc = doc, .help_filter = help_text};
    code = h4l_args_parse(&argp, o->argc, o->argv, o, err);
    free(doc);
    return code;
}

// results/latest, or where something was set "results/set/NAME=VALUE,NAME=VALUE". What a name of a folder cannot have becomes '_'; then,
// and where the name would be long, a sum of the whole text keeps two of them apart.
static int choose_folder(struct options *o, struct h4l_err *err)
{
    enum { LONGEST = 100 };
    uint64_t sum = 1469598103934665603u; // FNV-1a
    bool changed = false, given = false;
    char *text = NULL;
    size_t n;
    FILE *stream;

    for (size_t i = 0; i < o->n_sets; i++)
        given = given || o->sets[i].by_set;
    if (!o->out && !given)
        o->out = "results/latest";
    if (o->out)
        return H4L_OK;
    stream = open_memstream(&text, &n);
    for (size_t i = 0; stream && i < o->n_sets; i++)
        if (o->sets[i].by_set)
            fprintf(stream, "%s%s=%s", ftell(stream) ? "," : "", o->sets[i].name, o->sets[i].value);
    if (!stream || fclose(stream)) {
        free(text);
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for a folder's name");
    }
    for (char *c = text; *c; c++) {
        sum = (sum ^ (unsigned char)*c) * 1099511628211u;
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._=,+-", *c)) {
            *c = '_';
            changed = true;
        }
    }
    if (changed || n > LONGEST)
        n = (size_t)asprintf(&o->own_out, "results/set/%.*s-%08x", LONGEST, text, (unsigned)sum);
    else
        n = (size_t)asprintf(&o->own_out, "results/set/%s", text);
    free(text);
    o->out = o->own_out;
    return n == (size_t)-1 ? h4l_fail(err, H4L_E_NOMEM, "out of memory for a folder's name")
                           : H4L_OK;
}

int h4l_family_options(struct options *o, struct h4l_err *err)
{
    const struct h4l_family *family = o->family;
    struct argp_option *table = calloc(N_COMMON + family->n_params + 2, sizeof *table);
    size_t words = (size_t)o->argc + 1; // no list is longer than the command line
    int code;

    o->seed = 1;
    o->threads = h4l_cores();
    o->selected = calloc(family->n_cases + 1, sizeof *o->selected);
    o->patterns = calloc(words, sizeof *o->patterns);
    o->sets = calloc(words, sizeof *o->sets);
    if (table && o->selected && o->patterns && o->sets)
        code = parse_line(o, table, err);
    else
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory while reading the command line");
    free(table);
    if (!code)
        code = choose_folder(o, err);
    return code ? code : select_cases(o, err);
}

void h4l_family_options_free(struct options *o)
{
    for (size_t i = 0; i < o->n_sets; i++)
        free(o->sets[i].name);
    free(o->own_out);
    free(o->sets);
    free(o->patterns);
    free(o->selected);
}
