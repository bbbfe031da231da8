// Goes of a case that are joined into one result.
#include "check.h"
#include "json.h"

#include <jansson.h>

#include "claims/join.h"

#define GO "'schema': 's', 'family': 'f', 'case': 'a', 'tier': 'full'"

// Two goes of a case, given in either order, join in the order of their seeds, every value with its own.
static void goes_join_by_seed(void **state)
{
    json_t *early = J("{" GO ", 'parameters': {'seeds': 2}, 'metrics': {'seeds': [3, 4], "
                      "'x': [30, 40], 'of': {'y': [[3], [4]]}, 'all': 7}}");
    json_t *late = J("{" GO ", 'parameters': {'seeds': 1}, 'metrics': {'seeds': [5], "
                     "'x': [50], 'of': {'y': [[5]]}, 'all': 7}}");
    json_t *expected = J("{" GO ", 'parameters': {'seeds': 3}, 'metrics': {'seeds': [3, 4, 5], "
                         "'x': [30, 40, 50], 'of': {'y': [[3], [4], [5]]}, 'all': 7}}");
    struct h4l_err err = {0};

    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        json_t *joined = NULL;

        CHECK_OK(h4l_claims_join(turned ? late : early, turned ? early : late, &joined, &err), err);
        CHECK_TRUE(json_equal(joined, expected));
        json_decref(joined);
    }
    json_decref(early);
    json_decref(late);
    json_decref(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(goes_join_by_seed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
