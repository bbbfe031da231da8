// The short form of a registry: what "for", groups, names and patterns stand for, what is refused, and the one layout.
#include "check.h"
#include "json.h"

#include <jansson.h>

#include "claims/claims.h"
#include "claims/registry_file.h"

#define HEAD "{'schema': 'hh4lif.claims/3', 'family': 'f', "
#define CASES "'cases': ['a', 'a-1', 'b-1']"
#define CLAIM "'claims': [{'id': 'X', 'rows': [{'id': 'r', 'checks': [{'id': 'k'}]}], 'checks': "

static int expand(const char *file, const char *verdicts, json_t **ret, struct h4l_err *err)
{
    json_t *claims = J(file), *registered = verdicts ? J(verdicts) : NULL;
    int code = h4l_registry_expand(claims, registered, ret, err);

    json_decref(claims);
    json_decref(registered);
    return code;
}

// The checks that these rows stand for, as sorted compact JSON with single quotes.
static void check_rows(const char *rows, const char *expected)
{
    struct h4l_err err = {0};
    json_t *registry = NULL, *checks;
    char file[3000], *text;

    snprintf(file, sizeof file,
             HEAD "'names': {'hh': 'HH', 'lif': 'LIF'}, " CASES ", " CLAIM "%s}]}", rows);
    CHECK_OK(expand(file, NULL, &registry, &err), err);
    checks = json_object_get(json_array_get(json_object_get(registry, "claims"), 0), "checks");
    for (size_t i = 0; i < json_array_size(checks); i++)
        json_object_del(json_array_get(checks, i), "role"); // of a registered figure: "reference"
    text = json_dumps(checks, JSON_SORT_KEYS | JSON_COMPACT);
    for (char *c = text; *c; c++)
        *c = *c == '"' ? '\'' : *c;
    CHECK_STR(text, expected);
    free(text);
    json_decref(registry);
}

static void rows_are_written_out(void **state)
{
    (void)state;
    check_rows("[{'id': 'p'}, {'id': 'q', 'bound': 1.5}]", "[{'id':'p'},{'bound':1.5,'id':'q'}]");
    // the first name changes slowest
    check_rows("[{'for': {'m': ['hh', 'lif'], 't': [1, 2]}, 'id': '{m}.{t}'}]",
               "[{'id':'hh.1'},{'id':'hh.2'},{'id':'lif.1'},{'id':'lif.2'}]");
    // a group repeats its rows, and what stands in it stands in each of them; a row's own value wins
    check_rows(
        "[{'for': {'t': ['x', 'y']}, 'unit': '{t}', 'n': 3, 'checks': [{'id': 'p{t}'}, "
        "{'id': 'q{t}', 'n': 4}]}]",
        "[{'id':'px','n':3,'unit':'x'},{'id':'qx','n':4,'unit':'x'},{'id':'py','n':3,'unit':'y'},"
        "{'id':'qy','n':4,'unit':'y'}]");
    // a shared text sees the names of the rows inside
    check_rows("[{'title': '{m name}', 'checks': [{'for': {'m': ['hh', 'lif']}, 'id': '{m}'}]}]",
               "[{'id':'hh','title':'HH'},{'id':'lif','title':'LIF'}]");
    // an object binds its members; a text that is only a name becomes the value itself
    check_rows(
        "[{'for': {'c': [{'case': 'a', 'r': [1, 2]}, {'case': 'b', 'r': 0.5}]}, 'id': '{case}', "
        "'x': [{'case': '{case}'}], 'reference': '{r}'}]",
        "[{'id':'a','reference':[1,2],'x':[{'case':'a'}]},{'id':'b','reference':0.5,'x':[{'case':"
        "'b'}]}]");
}

static void cases_get_their_pins(void **state)
{
    struct h4l_err err = {0};
    json_t *registry = NULL;
    char *text;

    (void)state;
    CHECK_OK(expand(HEAD CASES
                    ", 'pins': {'*': {'p': 1, 'q': 2}, 'a*': {'p': 3}, 'a-* b-*': {'r': 4}}, "
                    "'seeds': {'b-1': 7}, " CLAIM "[{'id': 'c'}]}]}",
                    NULL, &registry, &err),
             err);
    text = json_dumps(json_object_get(registry, "cases"), JSON_COMPACT);
    CHECK_STR(text,
              "{\"a\":{\"parameters\":{\"p\":3,\"q\":2}},\"a-1\":{\"parameters\":{\"p\":3,\"q\":2,"
              "\"r\":4}},\"b-1\":{\"parameters\":{\"p\":1,\"q\":2,\"r\":4},\"seed\":7}}");
    free(text);
    json_decref(registry);
}

// A row may stand for several; its checks take its run, n and seeds unless they say otherwise; the headline's names stay for later.
static void rows_of_claims_are_written_out(void **state)
{
    struct h4l_err err = {0};
    json_t *registry = NULL, *rows;
    char *text;

    (void)state;
    CHECK_OK(expand(HEAD CASES ", 'claims': [{'id': 'X', 'rows': [{'for': {'v': ['p', 'q']}, 'id': "
                               "'X.{v}', 'results': 'run/{v}', 'n': 5, 'headline': '{v}: {k.{v}}', "
                               "'checks': [{'id': 'k.{v}', 'statistic': 'mean_interval', 'x': "
                               "[{'case': 'a'}, {'case': 'b', 'run': 'other'}]}, {'id': 'l', "
                               "'role': 'caveat', 'statistic': 'value', 'x': {'case': 'a'}}]}]}]}",
                    NULL, &registry, &err),
             err);
    rows = json_object_get(json_array_get(json_object_get(registry, "claims"), 0), "rows");
    CHECK_INT((long long)json_array_size(rows), 2);
    text = json_dumps(json_array_get(rows, 1), JSON_SORT_KEYS | JSON_COMPACT);
    for (char *c = text; *c; c++)
        *c = *c == '"' ? '\'' : *c;
    CHECK_STR(
        text,
        "{'checks':[{'id':'k.q','n':5,'pairs':'seeds','role':'criterion','statistic':"
        "'mean_interval','x':[{'case':'a','run':'run/q'},{'case':'b','run':'other'}]},{'id':'l'"
        ",'role':'caveat','statistic':'value','x':{'case':'a','run':'run/q'}}],'headline':'q: "
        "{k.{v}}','id':'X.q','n':5,'registered':{},'results':'run/q'}");
    free(text);
    json_decref(registry);
}

static void verdicts_come_beside_their_rows(void **state)
{
    static const char file[] = HEAD CASES
        ", 'claims': [{'id': 'X', 'rows': [{'id': 'X', 'checks': [{'id': 'c'}]}, {'id': 'X.y', "
        "'checks': [{'id': 'd'}]}]}]}";
    struct h4l_err err = {0};
    json_t *registry = NULL, *rows;

    (void)state;
    CHECK_OK(
        expand(
            file,
            "{'schema': 'hh4lif.registered/2', 'family': 'f', 'verdicts': {'X.y': {'verdict': 1}}}",
            &registry, &err),
        err);
    rows = json_object_get(json_array_get(json_object_get(registry, "claims"), 0), "rows");
    CHECK_INT(json_object_size(json_object_get(json_array_get(rows, 0), "registered")), 0);
    CHECK_INT(json_integer_value(json_object_get(
                  json_object_get(json_array_get(rows, 1), "registered"), "verdict")),
              1);
    json_decref(registry);
}

static void wrong_ones_are_refused(void **state)
{
    static const struct {
        const char *file, *verdicts, *message;
    } rows[] = {
        {"[]", NULL, "expected an object"},
        {"{'schema': 'hh4lif.claims/2'}", NULL, "expected the schema hh4lif.claims/3"},
        {HEAD "'case': []}", NULL, "unknown key \"case\""},
        {HEAD "'cases': {'a': {}}}", NULL, "cases: expected an array of names"},
        {HEAD "'cases': ['a', 'a']}", NULL, "cases[1]: twice"},
        {HEAD "'cases': [1]}", NULL, "cases[0]: expected a name"},
        {HEAD CASES ", 'pins': {'c*': {'p': 1}}}", NULL, "no case is meant by \"c*\""},
        {HEAD CASES ", 'pins': {'a': 1}}", NULL, "pins: \"a\": expected an object"},
        {HEAD CASES ", 'pins': []}", NULL, "\"pins\": expected an object"},
        {HEAD CASES ", 'seeds': {'c': 1}}", NULL, "seeds: no case is meant by \"c\""},
        {HEAD CASES ", 'claims': [1]}", NULL, "claims[0] (no id): expected an object"},
        {HEAD CASES ", 'claims': [{'id': 'X', 'rows': [{'id': 'r', 'registered': {}, 'checks': "
                    "[{'id': 'k'}]}]}]}",
         NULL, "stands in verdicts.json"},
        {HEAD CASES ", 'claims': [{'id': 'X'}]}", NULL, "\"rows\": expected an array"},
        {HEAD CASES ", 'claims': [{'id': 'X', 'rows': [7]}]}", NULL, "\"rows\": expected objects"},
        {HEAD CASES ", 'claims': [{'id': 'X', 'rows': [{'for': {}}]}]}", NULL,
         "\"rows\": expected objects"},
        {HEAD CASES ", 'claims': [{'id': 'X', 'rows': [{'for': {'v': []}}]}]}", NULL,
         "expected an array of values"},
        {HEAD CASES ", 'claims': [{'id': 'X', 'rows': [{'id': 'X'}]}]}", NULL,
         "\"checks\": expected an array"},
        {HEAD CASES ", " CLAIM "[1]}]}", NULL, "\"checks\": expected objects"},
        {HEAD CASES ", " CLAIM "[{'checks': []}]}]}", NULL, "\"checks\": expected an array"},
        {HEAD CASES ", " CLAIM "[{'for': {}, 'id': 'c'}]}]}", NULL, "\"for\": expected names"},
        {HEAD CASES ", " CLAIM "[{'for': ['m'], 'id': 'c'}]}]}", NULL, "\"for\": expected names"},
        {HEAD CASES ", " CLAIM "[{'for': {'m': []}, 'id': 'c'}]}]}", NULL,
         "expected an array of values"},
        {HEAD CASES ", " CLAIM "[{'for': {'m': 'hh'}, 'id': 'c'}]}]}", NULL,
         "expected an array of values"},
        {HEAD CASES ", " CLAIM "[{'id': '{m}'}]}]}", NULL,
         "{m}: no \"for\" around it has that name"},
        {HEAD CASES ", " CLAIM "[{'id': 'c {'}]}]}", NULL, "a brace begins {NAME}"},
        {HEAD CASES ", " CLAIM "[{'id': '{}'}]}]}", NULL, "a brace begins {NAME}"},
        {HEAD CASES ", " CLAIM "[{'for': {'m': ['hh']}, 'id': '{m name}'}]}]}", NULL,
         "\"names\" has none"},
        {HEAD CASES ", " CLAIM "[{'for': {'m': [0.5]}, 'id': 'c{m}'}]}]}", NULL, "whole numbers"},
        {HEAD CASES ", " CLAIM
                    "[{'for': {'m': [1]}, 'checks': [{'for': {'m': [2]}, 'id': 'c'}]}]}]}",
         NULL, "\"m\" has a value already"},
        {HEAD CASES "}", "{'schema': 'x'}", "verdicts: expected the schema hh4lif.registered/2"},
        {HEAD CASES "}", "{'schema': 'hh4lif.registered/2', 'family': 'g'}",
         "of the family g, expected f"},
        {HEAD CASES "}", "{'schema': 'hh4lif.registered/2', 'family': 'f'}", "expected an object"},
        {HEAD CASES "}", "{'schema': 'hh4lif.registered/2', 'family': 'f', 'verdicts': {'X': {}}}",
         "no row has the id \"X\""},
        {HEAD CASES "}",
         "{'schema': 'hh4lif.registered/2', 'family': 'f', 'verdicts': {}, 'verdict': {}}",
         "unknown key \"verdict\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct h4l_err err = {0};
        json_t *registry = NULL;

        CHECK_INT(expand(rows[i].file, rows[i].verdicts, &registry, &err), H4L_E_DATA);
        printf("       %s\n", err.message);
        CHECK_TRUE(strstr(err.message, rows[i].message) != NULL);
        assert_null(registry);
    }
}

static void too_many_checks(void **state)
{
    struct h4l_err err = {0};
    json_t *file =
        J(HEAD CASES ", " CLAIM "[{'for': {'a': [], 'b': [], 'c': []}, 'id': '{a}{b}{c}'}]}]}");
    json_t *check, *registry = NULL, *values = json_array();

    (void)state;
    for (int i = 0; i < 100; i++)
        must(json_array_append_new(values, json_integer(i)));
    check = json_array_get(
        json_object_get(json_array_get(json_object_get(file, "claims"), 0), "checks"), 0);
    for (const char *name = "abc"; *name; name++)
        must(json_object_set(json_object_get(check, "for"), (char[]){*name, 0}, values));
    CHECK_INT(h4l_registry_expand(file, NULL, &registry, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "more than 10000 checks") != NULL);
    json_decref(values);
    json_decref(file);
}

static void check_layout(const char *file, const char *expected)
{
    struct h4l_err err = {0};
    json_t *value = J(file), *again;
    char *text = NULL, *twice = NULL;

    CHECK_OK(h4l_registry_format(value, &text, &err), err);
    CHECK_STR(text, expected);
    again = json_loads(text, 0, NULL);
    CHECK_TRUE(json_equal(value, again));
    CHECK_OK(h4l_registry_format(again, &twice, &err), err);
    CHECK_STR(twice, text);
    free(text);
    free(twice);
    json_decref(value);
    json_decref(again);
}

static void one_layout(void **state)
{
    (void)state;
    check_layout(
        "{'family': 'f', 'schema': 's', 'pins': {'*': {'dt': 1e-09, 'on': true, 'off': null}}}",
        "{\n  \"schema\": \"s\",\n  \"family\": \"f\",\n  \"pins\": {\n    \"*\": {\"dt\": 1e-9, "
        "\"on\": true, \"off\": null}\n  }\n}\n");
    check_layout("{'claims': [{'id': 'X', 'checks': [{'why': 'w', 'bound': 0.1, 'direction': "
                 "'less', 'title': 't', "
                 "'statistic': 'value', 'x': {'metric': 'm', 'case': 'a'}, 'id': 'c', 'for': {'m': "
                 "[{'z': 1, 'case': "
                 "'a'}]}}]}]}",
                 "{\n  \"claims\": [\n    {\n      \"id\": \"X\",\n      \"checks\": [\n        { "
                 "\"for\": {\"m\": "
                 "[{\"z\": 1, \"case\": \"a\"}]},\n          \"id\": \"c\", \"title\": "
                 "\"t\",\n          "
                 "\"x\": {\"case\": \"a\", \"metric\": \"m\"}, \"statistic\": "
                 "\"value\", \"direction\": "
                 "\"less\", \"bound\": 0.1, \"why\": \"w\" }\n      ]\n    }\n  ]\n}\n");
    check_layout(
        "{'verdicts': {'X': {'full': {'reason': 'r', 'date': 'd', 'verdict': 'v'}, 'quick': {}}}}",
        "{\n  \"verdicts\": {\n    \"X\": {\n      \"quick\": {},\n      \"full\": {\"verdict\": "
        "\"v\", \"date\": \"d\", \"reason\": \"r\"}\n    }\n  }\n}\n");
}

static void numbers_and_texts_keep_their_value(void **state)
{
    json_t *value =
        json_pack("{s:[f,f,f,f,f], s:[I,I], s:s}", "reals", 0.1, 1.0, 1e-300, 0.0064778645833333341,
                  -1.7976931348623157e308, "whole", (json_int_t)-7, (json_int_t)9007199254740993,
                  "text", "\"\\ \t µ\x01");
    struct h4l_err err = {0};
    json_t *again;
    char *text = NULL;

    (void)state;
    CHECK_OK(h4l_registry_format(value, &text, &err), err);
    printf("%s", text);
    again = json_loads(text, 0, NULL);
    CHECK_TRUE(json_equal(value, again));
    free(text);
    json_decref(value);
    json_decref(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_written_out),
        cmocka_unit_test(cases_get_their_pins),
        cmocka_unit_test(rows_of_claims_are_written_out),
        cmocka_unit_test(verdicts_come_beside_their_rows),
        cmocka_unit_test(wrong_ones_are_refused),
        cmocka_unit_test(too_many_checks),
        cmocka_unit_test(one_layout),
        cmocka_unit_test(numbers_and_texts_keep_their_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
