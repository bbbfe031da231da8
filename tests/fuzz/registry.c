// Registries of claims: written out, checked, laid out, and judged without results.
#include "base/json.h"
#include "claims/claims.h"
#include "claims/registry_file.h"
#include "fuzz.h"

static void judge(const json_t *registry)
{
    const struct h4l_claims_query query = {.tier = "full", .version = "fuzz"};
    json_t *none = json_object(), *claims = NULL, *summary;
    struct h4l_err err = {0};
    int code = h4l_claims_evaluate(registry, none, &query, &claims, &err);

    fuzz_answer(code, &err);
    if (code == H4L_OK) {
        json_t *list = json_object_get(claims, "claims");

        FUZZ_CHECK(json_is_array(list));
        fuzz_answer(h4l_claims_sort(list, &err), &err);
        summary = h4l_claims_summary(list);
        FUZZ_CHECK(summary);
        json_decref(summary);
        fuzz_answer(h4l_claims_status(list, &err), &err);
        json_decref(claims);
    }
    json_decref(none);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_open(data, size);
    struct h4l_err err = {0};
    json_t *claims = NULL, *registry = NULL;
    char *text = NULL;
    int code = h4l_json_read(file.path, &claims, &err);

    fuzz_answer(code, &err);
    if (code == H4L_OK) {
        code = h4l_registry_expand(claims, NULL, &registry, &err);
        fuzz_answer(code, &err);
    }
    if (code == H4L_OK) {
        code = h4l_claims_validate(registry, &err);
        fuzz_answer(code, &err);
        if (code == H4L_OK) {
            judge(registry);
            code = h4l_registry_format(claims, &text, &err);
            fuzz_answer(code, &err);
            free(text);
        }
        json_decref(registry);
    }
    json_decref(claims);
    fuzz_close(&file);
    return 0;
}
