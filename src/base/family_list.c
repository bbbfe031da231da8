// What a family's program says of itself: its cases, parameters, neurons and files, each on stdout.
#include <stdio.h>
#include <string.h>

#include "base/family_internal.h"

static void list_cases(const struct options *o)
{
    int width = 0;

    for (size_t c = 0; c < o->family->n_cases; c++)
        if (o->selected[c] && (int)strlen(o->family->cases[c].name) > width)
            width = (int)strlen(o->family->cases[c].name);
    for (size_t c = 0; c < o->family->n_cases; c++)
        if (o->selected[c])
            printf("%-*s  %s\n", width, o->family->cases[c].name, o->family->cases[c].summary);
}

// Those of a neuron that --set may change: the ones whose names begin with its own.
static void list_constants(const struct h4l_family *family, const char *neuron, int indent)
{
    const struct h4l_constants *all = family->constants;
    size_t n = strlen(neuron);
    struct h4l_constant c;

    for (size_t i = 0; all && all->listed && all->listed(i, &c); i++)
        if (strncmp(c.name, neuron, n) == 0 && c.name[n] == '.')
            printf("%*s%s.%s = %.10g%s%s (%g to %g): %s\n", indent, "", all->prefix, c.name,
                   c.value, strcmp(c.unit, "1") == 0 ? "" : " ",
                   strcmp(c.unit, "1") == 0 ? "" : c.unit, c.min, c.max, c.help);
}

static void list_neurons(const struct h4l_family *family)
{
    const char *name, *summary;
    int width = 0;

    for (size_t i = 0; (name = family->neuron(i, &summary)); i++)
        if ((int)strlen(name) > width)
            width = (int)strlen(name);
    for (size_t i = 0; (name = family->neuron(i, &summary)); i++) {
        printf("%-*s  %s\n", width, name, summary);
        list_constants(family, name, width + 2);
    }
}

// ---- parameters: a line each with tabs between ----

static void put_row(const struct h4l_case *the_case, const struct h4l_value *v)
{
    const struct h4l_param *param = v->param;
    bool number = !param->choices && param->member.store != H4L_AS_STRING;

    printf("%s\t%s\t%s\t", the_case->name, param->member.name,
           param->option ? "FILE" : h4l_param_kind(param));
    if (number)
        printf("%.17g\t%.17g\t", param->min, param->max);
    else
        fputs("\t\t", stdout);
    printf("%s\t%s\t%s\n", param->choices ? param->choices : "", v->text ? v->text : "",
           param->help);
}

// Those that --set may change of the neurons of the case; tv and its like have another one's.
static void put_constant_rows(const struct h4l_family *family, const struct h4l_case *the_case)
{
    const struct h4l_constants *all = family->constants;
    struct h4l_constant c;

    if (!all || !all->listed || !(all->of & the_case->takes))
        return;
    for (size_t i = 0; all->listed(i, &c); i++)
        printf("%s\t%s.%s\tREAL\t%.17g\t%.17g\t\t%.17g\t%s\n", the_case->name, all->prefix, c.name,
               c.min, c.max, c.value, c.help);
}

static int list_parameters(const struct options *o, struct h4l_err *err)
{
    const struct h4l_family *family = o->family;

    puts("case\tparameter\tkind\tmin\tmax\tchoices\tvalue\thelp");
    for (size_t c = 0; c < family->n_cases; c++) {
        const struct h4l_case *the_case = &family->cases[c];
        struct h4l_value *values;
        size_t n;
        int code = o->selected[c] ? h4l_family_values(o, the_case, &values, &n, err) : H4L_OK;

        if (code)
            return code;
        if (!o->selected[c])
            continue;
        for (size_t i = 0; i < n; i++)
            if (h4l_case_takes(the_case, values[i].param)) // else the case has its own value
                put_row(the_case, &values[i]);
        h4l_values_free(values, n);
        put_constant_rows(family, the_case);
    }
    return H4L_OK;
}

bool h4l_family_lists(const struct options *o)
{
    return o->list || o->list_files || o->list_neurons || o->list_parameters;
}

int h4l_family_list(const struct options *o, struct h4l_err *err)
{
    if (o->list)
        list_cases(o);
    else if (o->list_files)
        h4l_series_list(stdout, o->family->series, o->family->n_series);
    else if (o->list_neurons)
        list_neurons(o->family);
    else
        return list_parameters(o, err);
    return H4L_OK;
}
