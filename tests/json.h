// JSON in the text of a test.
#ifndef H4L_TESTS_JSON_H
#define H4L_TESTS_JSON_H

#include "check.h"

#include <jansson.h>

// The value of JSON written with single quotes, which spare a C text its backslashes; the caller owns it. Other text fails the test.
static inline json_t *J(const char *text)
{
    char *copy = strdup(text);
    json_error_t error;
    json_t *value;

    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    value = json_loads(copy, JSON_DECODE_ANY, &error);
    if (!value)
        fail_msg("%s in %s", error.text, copy);
    free(copy);
    return value;
}

#endif
