// What a list of evaluated claims adds up to.
#include <stdbool.h>
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
    int group, verdict;
    size_t index;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->verdict != y->verdict)
        return x->verdict < y->verdict ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

int h4l_claims_sort(json_t *claims, struct h4l_err *err)
{
    size_t n = json_array_size(claims);
    struct ranked *order = malloc((n + 1) * sizeof *order);
    int failed = !order;

    for (size_t i = 0; i < n && !failed; i++) {
        json_t *claim = json_array_get(claims, i);
        order[i].claim = json_incref(claim);
        order[i].group = has(claim, "state", "error")           ? 0
                         : has(claim, "state", "as registered") ? 2
                                                                : 1;
        order[i].verdict = h4l_verdict_rank(json_string_value(json_object_get(claim, "verdict")));
        order[i].index = i;
    }
    if (!failed) {
        qsort(order, n, sizeof *order, by_rank);
        for (size_t i = 0; i < n; i++)
            failed |= json_array_set_new(claims, i, order[i].claim);
    }
    free(order);
    return failed ? h4l_fail(err, H4L_E_NOMEM, "no memory to sort %zu claims", n) : H4L_OK;
}

json_t *h4l_claims_summary(const json_t *claims)
{
    int checks = 0, references = 0, met = 0, unmeasured = 0, error = 0, changed = 0,
        unregistered = 0;
    int count[H4L_VERDICTS] = {0};
    const json_t *claim, *check;
    size_t i, j;

    json_array_foreach(claims, i, claim)
    {
        int rank = h4l_verdict_rank(json_string_value(json_object_get(claim, "verdict")));

        error += has(claim, "state", "error");
        changed += has(claim, "state", "verdict changed");
        unregistered += has(claim, "state", "not registered");
        if (rank >= 0 && !has(claim, "state", "error"))
            count[rank]++;
        json_array_foreach(json_object_get(claim, "checks"), j, check)
        {
            bool reference = has(check, "role", "reference");
            checks++;
            references += reference;
            met += reference && has(check, "outcome", "met");
            unmeasured += reference && has(check, "outcome", "error");
        }
    }
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "claims",
                     (int)json_array_size(claims), "checks", checks, "error", error, "changed",
                     changed, "unregistered", unregistered, "not_reproduced", count[0],
                     "inconclusive", count[1], "with_caveat", count[2], "reproduced", count[3],
                     "references", references, "references_met", met, "references_outside",
                     references - met - unmeasured, "references_not_measured", unmeasured);
}

int h4l_claims_status(const json_t *claims, struct h4l_err *err)
{
    const json_t *claim;
    const char *first = NULL;
    size_t i, errors = 0, changed = 0, unregistered = 0;

    if (json_array_size(claims) == 0)
        return h4l_fail(err, H4L_E_DATA, "no claim was evaluated: nothing was measured");
    json_array_foreach(claims, i, claim)
    {
        if (has(claim, "state", "error")) {
            if (!errors++)
                first = json_string_value(json_array_get(json_object_get(claim, "errors"), 0));
        } else {
            unregistered += has(claim, "state", "not registered");
            changed += !has(claim, "state", "as registered");
        }
    }
    if (errors)
        return h4l_fail(err, H4L_E_DATA, "%zu of %zu claims could not be evaluated: %s", errors,
                        json_array_size(claims), first ? first : "?");
    if (changed && changed == unregistered)
        return h4l_fail(err, H4L_E_CHECK,
                        "%zu of %zu claims have no verdict registered for this tier", changed,
                        json_array_size(claims));
    if (changed)
        return h4l_fail(err, H4L_E_CHECK, "%zu of %zu claims are not as registered", changed,
                        json_array_size(claims));
    return H4L_OK;
}
