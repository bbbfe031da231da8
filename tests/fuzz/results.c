// Results: an object of result files, judged by a registry of every kind of check and compared with sound ones.
#include "base/json.h"
#include "claims/claims.h"
#include "compare/compare.h"
#include "fuzz.h"
#include "hh4lif_config.h"

static json_t *known(const char *name)
{
    char path[4096];
    struct h4l_err err = {0};
    json_t *json = NULL;

    snprintf(path, sizeof path, "%s/tests/fuzz/%s", H4L_SOURCE_DIR, name);
    FUZZ_CHECK(h4l_json_read(path, &json, &err) == H4L_OK);
    return json;
}

static void judge(const json_t *registry, const json_t *results)
{
    const struct h4l_claims_query query = {.tier = "full", .version = "fuzz"};
    struct h4l_err err = {0};
    json_t *claims = NULL;
    int code = h4l_claims_evaluate(registry, results, &query, &claims, &err);

    fuzz_answer(code, &err);
    if (code)
        return;
    h4l_claims_status(json_object_get(claims, "claims"), &err);
    json_decref(claims);
}

static void compare(const json_t *sound, const json_t *results)
{
    struct h4l_err err = {0};
    json_t *none = json_array(), *comparison = NULL;
    int code = h4l_compare(sound, results, none, &comparison, &err);

    fuzz_answer(code, &err);
    if (code == H4L_OK) {
        h4l_compare_status(comparison, &err);
        json_decref(comparison);
    }
    json_decref(none);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static json_t *registry, *sound;
    struct fuzz_file file = fuzz_open(data, size);
    struct h4l_err err = {0};
    json_t *results = NULL;
    int code;

    if (!registry) {
        registry = known("results.registry.json");
        sound = known("corpus/results/sound");
        FUZZ_CHECK(h4l_claims_validate(registry, &err) == H4L_OK);
    }
    code = h4l_json_read(file.path, &results, &err);
    fuzz_answer(code, &err);
    if (code == H4L_OK && json_is_object(results)) {
        judge(registry, results);
        compare(sound, results);
    }
    json_decref(results);
    fuzz_close(&file);
    return 0;
}
