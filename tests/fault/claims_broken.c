// The evaluator on broken input and without memory: a registry or result cut off at every byte, texts cut in the middle of a
// character, and every allocation failing once (the linker sends the library's calls here, jansson's come by its own hook).
#include "check.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>

#include "claims/claims.h"
#include "claims/registry_file.h"

static long countdown; // the allocation that fails; 0: none
static bool failed_one;

static bool fails(void)
{
    if (countdown <= 0 || --countdown > 0)
        return false;
    failed_one = true;
    errno = ENOMEM;
    return true;
}

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}
int __real_vasprintf(char **ret, const char *format, va_list args);
int __wrap_vasprintf(char **ret, const char *format, va_list args);
int __wrap_vasprintf(char **ret, const char *format, va_list args)
{
    return fails() ? -1 : __real_vasprintf(ret, format, args);
}
void *__real_realloc(void *old, size_t n);
void *__wrap_realloc(void *old, size_t n);
void *__wrap_realloc(void *old, size_t n)
{
    return fails() ? NULL : __real_realloc(old, n);
}

static const char registry_text[] =
    "{\"schema\": \"hh4lif.claims/3\", \"family\": \"f\", \"cases\": {\"a\": {\"parameters\": "
    "{\"p\": "
    "1}}, \"b\": {}}, \"pins\": {\"r/*\": {\"p\": 1}}, \"claims\": [{\"id\": \"X1\", \"title\": "
    "\"t\", "
    "\"source\": \"s\", \"kind\": \"claim\", \"statement\": \"s\", \"figures\": [{\"file\": "
    "\"trace\", "
    "\"caption\": \"c\", \"alt\": \"a\"}], \"checks\": [{\"id\": \"g\", \"role\": \"reference\", "
    "\"title\": \"t\", \"why\": \"w\", \"x\": {\"case\": \"a\", \"metric\": \"absent\"}, "
    "\"statistic\": \"value\", \"direction\": \"less\", \"bound\": 1}], \"rows\": [{\"id\": "
    "\"X1\", "
    "\"statement\": \"s\", \"setting\": \"s\", \"criterion\": \"c\", \"tier\": \"full\", \"seed\": "
    "1, "
    "\"n\": 3, \"headline\": \"{d} and {X1:verdict}\", \"caveats\": [{\"row\": \"X1\", \"is\": "
    "\"reversed\", \"text\": \"t\"}], \"checks\": [{\"id\": \"d\", \"role\": \"criterion\", "
    "\"title\": "
    "\"t\", \"why\": \"w\", \"x\": [{\"case\": \"a\", \"metric\": \"m\", \"reduce\": \"last\"}, "
    "{\"case\": \"b\", \"metric\": \"m\", \"times\": -1, \"reduce\": \"last\"}], \"statistic\": "
    "\"mean_interval\", \"n\": 3, \"pairs\": \"seeds\", \"direction\": \"above\", \"delta\": 2}, "
    "{\"id\": \"e\", \"role\": \"criterion\", \"title\": \"t\", \"why\": \"w\", \"unit\": "
    "\"\xc2\xb5V\", \"x\": {\"case\": \"a\", \"metric\": \"m\", \"reduce\": \"first\"}, "
    "\"statistic\": "
    "\"mean_interval\", \"n\": 3, \"direction\": \"alike\", \"margin\": 9, \"guard\": \"d\"}, "
    "{\"id\": "
    "\"h\", \"role\": \"caveat\", \"title\": \"t\", \"why\": \"w\", \"x\": {\"case\": \"a\", "
    "\"metric\": \"m\", \"reduce\": \"matrix\", \"where\": {\"k\": 1}}, \"y\": {\"case\": \"a\", "
    "\"metric\": \"m\", \"reduce\": \"matrix\", \"where\": {\"k\": 1}}, \"statistic\": "
    "\"fits_interval\", \"n\": 3, \"direction\": \"shown_below\", \"bound\": 9}, {\"id\": \"i\", "
    "\"role\": \"criterion\", \"title\": \"t\", \"why\": \"w\", \"x\": {\"case\": \"a\", "
    "\"metric\": "
    "\"seeds\", \"over\": \"seeds\"}, \"statistic\": \"mean_interval\", \"n\": 3, \"direction\": "
    "\"greater\", \"bound\": 0, \"holm\": \"h\"}], \"registered\": {\"verdict\": \"reproduced\", "
    "\"date\": \"2025-01-31\", \"reason\": \"r\", \"first_round\": {\"tier\": \"full\", "
    "\"verdict\": "
    "\"inconclusive\", \"date\": \"2025-01-31\", \"reason\": \"r\"}}}]}]}";

static const char results_text[] =
    "{\"a\": {\"schema\": \"hh4lif.result/1\", \"family\": \"f\", \"case\": \"a\", \"tier\": "
    "\"full\", \"seed\": 1, \"parameters\": {\"p\": 1}, \"metrics\": {\"k\": [1, 1], \"seeds\": "
    "[1, 2, 3], "
    "\"m\": "
    "[[1, 5], [2, 6.5], [1, 5.5]]}, \"series\": [{\"file\": \"a.csv\"}], \"provenance\": "
    "{\"version\": "
    "\"1\", \"git_commit\": \"c\", \"seconds\": 1}}, \"b\": {\"schema\": \"hh4lif.result/1\", "
    "\"family\": \"f\", \"case\": \"b\", \"tier\": \"full\", \"seed\": 1, \"parameters\": {}, "
    "\"metrics\": {\"seeds\": [1, 2, 3], \"m\": [[1, 1], [1, 2], [1, 1]]}, \"provenance\": "
    "{\"version\": \"1\", \"git_commit\": \"c\", \"seconds\": 1}}}";

static const char short_text[] =
    "{\"schema\": \"hh4lif.claims/3\", \"family\": \"f\", \"names\": {\"p\": \"P\"}, \"cases\": "
    "[\"a\", \"b\"], \"pins\": {\"a\": {\"p\": 1}}, \"seeds\": {\"*\": 1}, \"claims\": [{\"id\": "
    "\"X1\", \"rows\": [{\"for\": {\"v\": [\"X1\"]}, \"id\": \"{v}\", \"results\": \"r\", \"n\": "
    "2, "
    "\"headline\": \"{k}\", \"checks\": [{\"statistic\": \"mean_interval\", \"x\": {\"case\": "
    "\"a\"}}]}], "
    "\"checks\": [{\"for\": {\"m\": [\"p\", {\"m\": 2}]}, \"n\": 3, \"checks\": [{\"for\": {\"k\": "
    "[1]}, "
    "\"id\": \"{m}.{k}\", \"x\": [{\"case\": \"{m}\"}]}]}]}]}";
static const char verdicts_text[] =
    "{\"schema\": \"hh4lif.registered/2\", \"family\": \"f\", \"verdicts\": {\"X1\": {}}}";

static const struct h4l_claims_query query = {.version = "1", .commit = "c"};

static json_t *parse(const char *text, size_t n)
{
    json_error_t error;

    return json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
}

static void cut_off_anywhere(void **state)
{
    size_t n = strlen(registry_text), parsed = 0;
    struct h4l_err err = {0};
    json_t *whole = parse(registry_text, n);

    (void)state;
    assert_non_null(whole);
    CHECK_OK(h4l_claims_validate(whole, &err), err);
    json_decref(whole);
    for (size_t cut = 0; cut < n; cut++) {
        json_t *part = parse(registry_text, cut);
        parsed += part != NULL;
        json_decref(part);
    }
    CHECK_INT(parsed, 0);
}

// What a value is replaced by.
static const char *const kinds[] = {"null", "true", "-7",    "2.5e300", "\"x\"",
                                    "[]",   "{}",   "[[1]]", "[null]",  "{\"quick\": null}"};

// Each value of the registry replaced by each kind of value: refused or evaluated, never a crash.
static void foreign_types(json_t *registry, json_t *results, json_t *value, int depth)
{
    const char *key;
    json_t *member;
    size_t i;
    void *next;

    if (depth > 7)
        return;
    json_array_foreach(value, i, member)
    {
        foreign_types(registry, results, member, depth + 1);
    }
    json_object_foreach_safe(value, next, key, member)
    {
        json_t *kept = json_incref(member);

        foreign_types(registry, results, member, depth + 1);
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            struct h4l_err err = {0};
            json_t *out = NULL;

            must(json_object_set_new(value, key, json_loads(kinds[k], JSON_DECODE_ANY, NULL)));
            if (h4l_claims_validate(registry, &err))
                assert_true(strlen(err.message) > 0);
            else if (h4l_claims_evaluate(registry, results, &query, &out, &err) &&
                     strstr(err.message, "{") == NULL) // a headline that names what is not there
                fail_msg("%s", err.message);
            json_decref(out);
        }
        must(json_object_set_new(value, key, kept));
    }
}

// The same for the short form: refused or written out, and laid out whatever it is.
static void foreign_types_in_short(json_t *file, json_t *verdicts, json_t *value, int depth)
{
    const char *key;
    json_t *member;
    size_t i;
    void *next;

    if (depth > 9)
        return;
    json_array_foreach(value, i, member)
    {
        foreign_types_in_short(file, verdicts, member, depth + 1);
    }
    json_object_foreach_safe(value, next, key, member)
    {
        json_t *kept = json_incref(member);

        foreign_types_in_short(file, verdicts, member, depth + 1);
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            struct h4l_err err = {0};
            json_t *out = NULL;
            char *text = NULL;

            must(json_object_set_new(value, key, json_loads(kinds[k], JSON_DECODE_ANY, NULL)));
            if (h4l_registry_expand(file, verdicts, &out, &err))
                assert_true(strlen(err.message) > 0);
            CHECK_OK(h4l_registry_format(file, &text, &err), err);
            free(text);
            json_decref(out);
        }
        must(json_object_set_new(value, key, kept));
    }
}

static void any_type_anywhere(void **state)
{
    json_t *registry = parse(registry_text, strlen(registry_text));
    json_t *results = parse(results_text, strlen(results_text));

    (void)state;
    foreign_types(registry, results, registry, 0);
    foreign_types(registry, results, results, 0);
    json_decref(registry);
    json_decref(results);
    registry = parse(short_text, strlen(short_text));
    results = parse(verdicts_text, strlen(verdicts_text));
    foreign_types_in_short(registry, results, registry, 0);
    foreign_types_in_short(registry, results, results, 0);
    json_decref(registry);
    json_decref(results);
}

static void odd_texts(void **state)
{
    json_t *registry = parse(registry_text, strlen(registry_text));
    json_t *results = parse(results_text, strlen(results_text)), *out = NULL, *metrics;
    struct h4l_err err = {0};
    char text[1501];

    (void)state;
    // Long texts of two-byte characters, at either offset: messages that quote them are cut somewhere.
    for (int offset = 0; offset < 2; offset++) {
        memset(text, 'a', sizeof text);
        for (size_t i = (size_t)offset; i + 1 < sizeof text - 1; i += 2)
            memcpy(text + i, "\xc3\xa9", 2);
        text[sizeof text - 1 - (size_t)(offset != 0)] = 0;
        metrics = json_object_get(json_object_get(results, "a"), "metrics");
        must(json_object_set_new(metrics, "m", json_string(text)));
        CHECK_OK(h4l_claims_evaluate(registry, results, &query, &out, &err), err);
        json_decref(out);
        must(json_object_set_new(json_object_get(results, "a"), "tier", json_string(text)));
        CHECK_OK(h4l_claims_evaluate(registry, results, &query, &out, &err), err);
        json_decref(out);
        must(json_object_set_new(json_object_get(results, "a"), "tier", json_string("full")));
    }
    json_decref(registry);
    json_decref(results);
}

static void *failing_malloc(size_t n)
{
    return malloc(n); // wrapped
}

static void without_memory(void **state)
{
    json_t *registry = parse(registry_text, strlen(registry_text));
    json_t *results = parse(results_text, strlen(results_text));
    long n = 0, good = 0;

    (void)state;
    json_set_alloc_funcs(failing_malloc, free);
    for (n = 1; n < 100000; n++) {
        struct h4l_err err = {0};
        json_t *out = NULL, *summary = NULL;
        int code, status = 0;

        failed_one = false;
        countdown = n;
        code = h4l_claims_evaluate(registry, results, &query, &out, &err);
        if (!code)
            code = h4l_claims_sort(json_object_get(out, "claims"), &err);
        if (!code)
            summary = h4l_claims_summary(json_object_get(out, "claims"));
        countdown = 0;
        if (!code)
            status = h4l_claims_status(json_object_get(out, "claims"), &err);
        json_decref(summary);
        json_decref(out);
        if (!failed_one)
            break;
        // A message may be lost for want of memory, the fact may not.
        good += code == H4L_E_NOMEM || (!code && (!summary || status == H4L_E_DATA));
        if (code && code != H4L_E_NOMEM)
            fail_msg("allocation %ld: code %d %s", n, code, err.message);
    }
    json_set_alloc_funcs(malloc, free);
    printf("%ld allocations failed, one at a time\n", n - 1);
    CHECK_AT_LEAST((double)n, 100);
    CHECK_INT(good, n - 1);
    json_decref(registry);
    json_decref(results);
}

static void short_form_without_memory(void **state)
{
    json_t *file = parse(short_text, strlen(short_text));
    json_t *verdicts = parse(verdicts_text, strlen(verdicts_text));
    long n, good = 0;

    (void)state;
    json_set_alloc_funcs(failing_malloc, free);
    for (n = 1; n < 100000; n++) {
        struct h4l_err err = {0};
        json_t *out = NULL;
        char *text = NULL;
        int code;

        failed_one = false;
        countdown = n;
        code = h4l_registry_expand(file, verdicts, &out, &err);
        if (!code)
            code = h4l_registry_format(file, &text, &err);
        countdown = 0;
        json_decref(out);
        free(text);
        if (!failed_one)
            break;
        good += code == H4L_E_NOMEM;
        if (code != H4L_E_NOMEM)
            fail_msg("allocation %ld: code %d %s", n, code, err.message);
    }
    json_set_alloc_funcs(malloc, free);
    printf("%ld allocations failed, one at a time\n", n - 1);
    CHECK_AT_LEAST((double)n, 100);
    CHECK_INT(good, n - 1);
    json_decref(file);
    json_decref(verdicts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_off_anywhere),
        cmocka_unit_test(any_type_anywhere),
        cmocka_unit_test(odd_texts),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(short_form_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
