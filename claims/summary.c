// What a list of evaluated claims adds up to.
#include <stdlib.h>
#include <string.h>

#include "claims.h"

static bool has(const json_t *object, const char *key, const char *text)
{
    const char *found = json_string_value(json_object_get(object, key));

    return found && strcmp(found, text) == 0;
}

struct ranked {
    json_t *claim;
    int group, question, letter, number;
    size_t index;
};

static int compare_int(int a, int b)
{
    return a < b ? -1 : a > b;
}

static int by_place(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order = compare_int(x->group, y->group);

    if (!order)
        order = compare_int(x->question, y->question);
    if (!order)
        order = compare_int(x->letter, y->letter);
    if (!order)
        order = compare_int(x->number, y->number);
    return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

static bool is_well(const json_t *claim)
{
    return has(claim, "state", "as registered") || has(claim, "state", "as found") ||
           has(claim, "state", "nothing measured");
}

static struct ranked place_of(json_t *claim, size_t index)
{
    static const char letters[] = "EDLRFA";
    const char *id = json_string_value(json_object_get(claim, "id"));
    const char *letter = id && *id ? strchr(letters, *id) : NULL;

    return (struct ranked){.claim = claim,
                           .group = has(claim, "state", "error") ? 0
                                    : is_well(claim)             ? 2
                                                                 : 1,
                           .question = has(claim, "kind", "question"),
                           .letter = letter ? (int)(letter - letters) : (int)sizeof letters,
                           .number = letter ? atoi(id + 1) : 0,
                           .index = index};
}

int h4l_claims_sort(json_t *claims, struct h4l_err *err)
{
    size_t n = json_array_size(claims);
    struct ranked *order = malloc((n + 1) * sizeof *order);
    int failed = !order;

    for (size_t i = 0; i < n && !failed; i++)
        order[i] = place_of(json_incref(json_array_get(claims, i)), i);
    if (!failed) {
        qsort(order, n, sizeof *order, by_place);
        for (size_t i = 0; i < n; i++)
            failed |= json_array_set_new(claims, i, order[i].claim);
    }
    free(order);
    return failed ? h4l_fail(err, H4L_E_NOMEM, "no memory to sort %zu claims", n) : H4L_OK;
}

struct counts {
    int claims[H4L_VERDICTS + 1], questions[H4L_VERDICTS + 1]; // by rank; the last: error
    int rows, incomplete, changed, unregistered, figures, agree, unmeasured;
};

static void count_claim(const json_t *claim, struct counts *n)
{
    const json_t *rows = json_object_get(claim, "rows"), *element;
    int *by_rank = has(claim, "kind", "question") ? n->questions : n->claims;
    int rank = h4l_verdict_rank(json_string_value(json_object_get(claim, "verdict")));
    size_t i;

    if (json_array_size(rows))
        by_rank[rank < 0 ? H4L_VERDICTS : rank]++;
    json_array_foreach(rows, i, element)
    {
        n->rows++;
        n->incomplete += has(element, "state", "incomplete");
        n->changed += has(element, "state", "verdict changed");
        n->unregistered += has(element, "state", "not registered");
    }
    json_array_foreach(json_object_get(claim, "checks"), i, element)
    {
        n->figures++;
        n->agree += has(element, "outcome", "met");
        n->unmeasured += has(element, "outcome", "error");
    }
}

static int sum_of(const int *by_rank)
{
    return by_rank[0] + by_rank[1] + by_rank[2] + by_rank[3] + by_rank[4];
}

static struct counts count_claims(const json_t *claims)
{
    struct counts n = {0};
    const json_t *claim;
    size_t i;

    json_array_foreach(claims, i, claim) count_claim(claim, &n);
    return n;
}

struct named {
    const char *name;
    int n;
};
enum { COUNTS = 19 };

static void name_counts(const struct counts *n, struct named ret[COUNTS])
{
    const struct named all[COUNTS] = {
        {"claims", sum_of(n->claims)},
        {"reproduced", n->claims[3]},
        {"with_caveat", n->claims[2]},
        {"not_reproduced", n->claims[0]},
        {"inconclusive", n->claims[1]},
        {"error", n->claims[H4L_VERDICTS]},
        {"questions", sum_of(n->questions)},
        {"yes", n->questions[2] + n->questions[3]},
        {"no", n->questions[0]},
        {"open", n->questions[1]},
        {"question_error", n->questions[H4L_VERDICTS]},
        {"rows", n->rows},
        {"incomplete", n->incomplete},
        {"changed", n->changed},
        {"unregistered", n->unregistered},
        {"figures", n->figures},
        {"figures_agree", n->agree},
        {"figures_outside", n->figures - n->agree - n->unmeasured},
        {"figures_not_measured", n->unmeasured},
    };

    memcpy(ret, all, sizeof all);
}

int h4l_claims_count(const json_t *claims, const char *name)
{
    struct counts n = count_claims(claims);
    struct named all[COUNTS];
    int i = 0;

    name_counts(&n, all);
    while (strcmp(all[i].name, name) != 0)
        i++;
    return all[i].n;
}

json_t *h4l_claims_summary(const json_t *claims)
{
    struct counts n = count_claims(claims);
    struct named all[COUNTS];
    json_t *summary = json_object();

    name_counts(&n, all);
    for (size_t i = 0; i < COUNTS; i++)
        h4l_json_set(&summary, all[i].name, json_integer(all[i].n));
    return summary;
}

// The first error of a claim's figures or rows.
static const char *first_error(const json_t *claim)
{
    const char *text = json_string_value(json_array_get(json_object_get(claim, "errors"), 0));
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(claim, "rows"), i, row)
    {
        if (!text)
            text = json_string_value(json_array_get(json_object_get(row, "errors"), 0));
    }
    return text;
}

int h4l_claims_status(const json_t *claims, struct h4l_err *err)
{
    const json_t *claim;
    const char *first = NULL;
    size_t i, errors = 0, changed = 0, unregistered = 0, empty = 0;

    json_array_foreach(claims, i, claim)
    {
        if (has(claim, "state", "error")) {
            if (!errors++)
                first = first_error(claim);
        } else {
            empty += has(claim, "state", "nothing measured");
            unregistered += has(claim, "state", "not registered");
            changed += !is_well(claim);
        }
    }
    if (empty == json_array_size(claims))
        return h4l_fail(err, H4L_E_DATA, "no claim was evaluated: nothing was measured");
    if (errors)
        return h4l_fail(err, H4L_E_DATA, "%zu of %zu claims could not be evaluated: %s", errors,
                        json_array_size(claims), first ? first : "?");
    if (changed && changed == unregistered)
        return h4l_fail(err, H4L_E_CHECK,
                        "%zu of %zu claims have a verdict that is not registered yet", changed,
                        json_array_size(claims));
    if (changed)
        return h4l_fail(err, H4L_E_CHECK, "%zu of %zu claims are not as registered", changed,
                        json_array_size(claims));
    return H4L_OK;
}
