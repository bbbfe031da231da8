// Results of the same case over other seeds, made in several goes, as one.
#include "join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int no_memory(struct h4l_err *err)
{
    return h4l_fail(err, H4L_E_NOMEM, "no memory to join results");
}

static const json_t *seeds_of(const json_t *result)
{
    return json_object_get(json_object_get(result, "metrics"), "seeds");
}

static int differ(const char *what, const json_t *a, const json_t *b, struct h4l_err *err)
{
    char *x = h4l_json_dump(a, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    char *y = h4l_json_dump(b, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    int code = h4l_fail(err, H4L_E_DATA,
                        "two folders have it, and %s differs, %s and %s: not to be joined", what,
                        x ? x : "none", y ? y : "none");

    free(x);
    free(y);
    return code;
}

// Every parameter is the same but the number of seeds, which each go has of its own.
static int check_parameters(const json_t *a, const json_t *b, struct h4l_err *err)
{
    const json_t *sides[] = {a, b};
    const char *name;
    json_t *value;

    for (size_t i = 0; i < 2; i++)
        json_object_foreach((json_t *)sides[i], name, value)
        {
            const json_t *x = json_object_get(a, name), *y = json_object_get(b, name);
            char what[200];

            if (strcmp(name, "seeds") == 0 || (x && y && json_equal(x, y)))
                continue;
            snprintf(what, sizeof what, "parameter %s", name);
            return differ(what, x, y, err);
        }
    return H4L_OK;
}

static int check_pair(const json_t *a, const json_t *b, struct h4l_err *err)
{
    static const char *const alike[] = {"schema", "family", "case", "tier"};
    const json_t *x = seeds_of(a), *y = seeds_of(b);

    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
        if (!json_equal(json_object_get(a, alike[i]), json_object_get(b, alike[i])))
            return differ(alike[i], json_object_get(a, alike[i]), json_object_get(b, alike[i]),
                          err);
    if (check_parameters(json_object_get(a, "parameters"), json_object_get(b, "parameters"), err))
        return H4L_E_DATA;
    if (json_array_size(x) == 0 || json_array_size(y) == 0)
        return h4l_fail(err, H4L_E_DATA,
                        "two folders have it, and it has no seeds that could be joined");
    for (size_t i = 0; i < json_array_size(x); i++)
        for (size_t j = 0; j < json_array_size(y); j++)
            if (json_equal(json_array_get(x, i), json_array_get(y, j)))
                return h4l_fail(err, H4L_E_DATA, "seed %lld is in two folders",
                                (long long)json_integer_value(json_array_get(x, i)));
    return H4L_OK;
}

// Arrays with a value per seed on either side go on with those of the other; everything else stays as it is.
static int extend(json_t *value, const json_t *other, size_t n, size_t n_other)
{
    const char *key;
    json_t *member;
    int failed = 0;

    if (json_is_array(value) && json_array_size(value) == n && json_array_size(other) == n_other)
        return json_array_extend(value, (json_t *)other);
    json_object_foreach(value, key, member) failed |=
        extend(member, json_object_get(other, key), n, n_other);
    return failed;
}

// Is the first seed of a the smaller one?
static bool comes_first(const json_t *a, const json_t *b)
{
    return json_integer_value(json_array_get(seeds_of(a), 0)) <
           json_integer_value(json_array_get(seeds_of(b), 0));
}

// The number of seeds that were asked for, where a go names it: that of both. Non-zero without memory.
static int count_seeds(json_t *joined, const json_t *second)
{
    json_t *parameters = json_object_get(joined, "parameters");

    if (!json_object_get(parameters, "seeds") &&
        !json_object_get(json_object_get(second, "parameters"), "seeds"))
        return 0;
    return json_object_set_new(parameters, "seeds",
                               json_integer((json_int_t)json_array_size(seeds_of(joined))));
}

int h4l_claims_join(const json_t *a, const json_t *b, json_t **ret, struct h4l_err *err)
{
    const json_t *first = comes_first(a, b) ? a : b, *second = first == a ? b : a;
    json_t *joined;
    int code = check_pair(a, b, err);

    if (code)
        return code;
    joined = h4l_json_copy(first);
    if (!joined ||
        extend(json_object_get(joined, "metrics"), json_object_get(second, "metrics"),
               json_array_size(seeds_of(first)), json_array_size(seeds_of(second))) ||
        count_seeds(joined, second)) {
        json_decref(joined);
        return no_memory(err);
    }
    *ret = joined;
    return H4L_OK;
}
