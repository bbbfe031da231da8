// What a result was asked for on its command line, against what a claim is registered for.
#include <stdio.h>
#include <string.h>

#include "internal.h"

// Parameters that a result may have been given though no claim pins them: they say where files lie, and other rules hold their content.
static const char *const places[] = {
    "data_check",  // refused by the provenance's data_check, which a claim of one's own pins
    "data_dir",    // images of the user's own: the provenance says so by data_check
    "fashion_dir", // its files' sums are checked when they are read
    "mnist_dir",   // the same
    "trained_dir", // holds under a name made of all that a training depends on: the same bytes
};

static bool is_place(const char *name)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(name, places[i]) == 0)
            return true;
    return false;
}

// The NAME of the --set NAME=VALUE that begins at word i of the command line; false where none does. *ret: of size.
static bool name_at(const json_t *argv, size_t i, char *ret, size_t size)
{
    const char *word = json_string_value(json_array_get(argv, i)), *set = NULL;

    if (h4l_claims_is(word, "--set"))
        set = json_string_value(json_array_get(argv, i + 1));
    else if (word && strncmp(word, "--set=", 6) == 0)
        set = word + 6;
    if (set)
        snprintf(ret, size, "%.*s", (int)strcspn(set, "="), set);
    return set != NULL;
}

bool h4l_claims_each_asked(const json_t *result, h4l_asked_fn visit, void *ctx)
{
    const json_t *parameters = json_object_get(result, "parameters");
    const json_t *argv = json_object_get(json_object_get(result, "provenance"), "argv");
    const char *constant;
    json_t *value;
    char name[120];

    // Constants of a neuron, the names with a point (struct h4l_constants, base/family.h), are recorded only where they were set.
    json_object_foreach((json_t *)parameters, constant, value)
    {
        if (strchr(constant, '.') && visit(ctx, constant))
            return true;
    }
    for (size_t i = 0; i < json_array_size(argv); i++)
        if (name_at(argv, i, name, sizeof name) && json_object_get(parameters, name) &&
            !is_place(name) && visit(ctx, name))
            return true;
    return false;
}
