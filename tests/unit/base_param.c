// One row binds a name to a place: text goes in by the row, the value in effect comes out by it, for every way a value can lie.
#include "base/param.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum colour { RED, GREEN, BLUE };

struct options {
    double real;
    bool flag;
    int whole, sign;
    enum colour colour;
    long large;
    size_t count;
    const char *text;
    struct h4l_reals list;
    struct {
        double inner[2];
    } nested;
};

#define NUMBER(name, place, ...) H4L_NUMBER(struct options, name, place, __VA_ARGS__)
#define CHOICE(name, place, ...) H4L_CHOICE(struct options, name, place, __VA_ARGS__)
#define TEXT(name, place, ...) H4L_TEXT(struct options, name, place, __VA_ARGS__)

static const struct h4l_param params[] = {
    NUMBER("real", real, -1, 1e3, 0, "a real", "0.5", NULL, "2"),
    CHOICE("flag", flag, "off|on", 0, "a flag", "on"),
    NUMBER("whole", whole, 1, 9, 0, "a whole number", H4L_OWN),
    CHOICE("sign", sign, "minus|plus", 0, "a choice that may not act", H4L_OWN),
    CHOICE("colour", colour, "red|green|blue", 0, "a choice", "green"),
    NUMBER("large", large, 0, 1e15, 0, "a large number", "1", "20"),
    NUMBER("count", count, 0, 10, 0, "a count", "3"),
    TEXT("text", text, "nothing", 0, "a text"),
    NUMBER("list", list, 0, 9, 0, "a list", "1,2.5"),
    NUMBER("inner", nested.inner[1], 0, 9, 0, "a number deep inside", "4"),
};
enum { N = sizeof params / sizeof *params };

static const struct h4l_param *row(const char *name)
{
    for (int i = 0; i < N; i++)
        if (strcmp(params[i].member.name, name) == 0)
            return &params[i];
    return NULL;
}

// What a result would record after --set name=text; NULL where the text is refused.
static const char *after(const char *name, const char *text, struct options *o)
{
    static char dumped[200];
    struct h4l_err err = {0};
    struct h4l_value v = {.param = row(name)};
    json_t *json;
    char *words;

    if (h4l_value_parse(name, text, &v, &err)) {
        CHECK_INT(err.code, H4L_E_USAGE);
        CHECK_TRUE(strstr(err.message, text) != NULL);
        h4l_value_free(&v);
        return NULL;
    }
    h4l_value_put(&v, o);
    json = h4l_param_json(v.param, o);
    words = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    snprintf(dumped, sizeof dumped, "%s", words);
    free(words);
    json_decref(json);
    h4l_value_free(&v);
    return dumped;
}

static void every_kind_of_place_takes_its_text_and_gives_it_back(void **state)
{
    struct options o = {0};
    (void)state;

    CHECK_STR(after("real", "0.25", &o), "0.25");
    CHECK_STR(after("flag", "on", &o), "\"on\"");
    CHECK_TRUE(o.flag);
    CHECK_STR(after("whole", "7", &o), "7");
    CHECK_STR(after("sign", "plus", &o), "\"plus\"");
    CHECK_INT(o.sign, 1);
    CHECK_STR(after("colour", "blue", &o), "\"blue\"");
    CHECK_INT(o.colour, BLUE);
    CHECK_STR(after("large", "1000000000000000", &o), "1000000000000000");
    CHECK_STR(after("count", "10", &o), "10");
    CHECK_INT(o.count, 10);
    CHECK_STR(after("text", "a b", &o), "\"a b\"");
    CHECK_STR(after("list", "1,0.5,9", &o), "[1.0,0.5,9.0]");
    CHECK_INT(o.list.n, 3);
    CHECK_STR(after("inner", "2", &o), "2.0");
    CHECK_TRUE(o.nested.inner[1] == 2 && o.nested.inner[0] == 0);
}

static void what_a_row_does_not_allow_is_refused(void **state)
{
    static const char *const wrong[][2] = {
        {"real", "-1.5"}, {"real", "nan"},  {"real", "x"},   {"flag", "yes"},  {"whole", "0"},
        {"whole", "1.5"}, {"colour", "re"}, {"count", "-1"}, {"list", "1,,2"}, {"text", "\xff"}};
    struct options o = {0};
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_TRUE(after(wrong[i][0], wrong[i][1], &o) == NULL);
}

static const char *recorded(const char *name, const struct options *o)
{
    static char word[60];
    json_t *json = h4l_param_json(row(name), o);

    snprintf(word, sizeof word, "%s", json_is_string(json) ? json_string_value(json) : "no text");
    json_decref(json);
    return word;
}

static void what_does_not_act_is_recorded_as_none(void **state)
{
    const struct options o = {.real = NAN, .sign = -1};
    (void)state;

    CHECK_STR(recorded("real", &o), "none");
    CHECK_STR(recorded("sign", &o), "none");
    CHECK_STR(recorded("text", &o), "nothing");
}

static void a_default_holds_from_its_tier_on(void **state)
{
    (void)state;
    CHECK_STR(h4l_param_default(row("real"), H4L_STANDARD), "0.5");
    CHECK_STR(h4l_param_default(row("real"), H4L_FULL), "2");
    CHECK_TRUE(h4l_param_default(row("whole"), H4L_FULL) == NULL);
}

static void a_table_with_a_wrong_default_is_an_internal_error(void **state)
{
    static const struct h4l_param wrong[] = {
        NUMBER("count", count, 0, 10, 0, "a count", "3", "11")};
    struct h4l_err err = {0};
    (void)state;

    CHECK_INT(h4l_params_check(params, N, &err), H4L_OK);
    CHECK_INT(h4l_params_check(wrong, 1, &err), H4L_E_INTERNAL);
}

static void members_make_one_object_and_numbers(void **state)
{
    static const struct h4l_member members[] = {
        H4L_MEMBER(struct options, "a", real),
        H4L_MEMBER(struct options, "b", flag),
        H4L_MEMBER(struct options, "c", count),
        H4L_MEMBER(struct options, "d", text),
    };
    const struct options o = {.real = 1.5, .flag = true, .count = 4};
    json_t *json = h4l_members_json(members, 4, &o);
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    (void)state;

    CHECK_STR(text, "{\"a\":1.5,\"b\":true,\"c\":4,\"d\":null}");
    CHECK_TRUE(h4l_member_number(&members[0], &o) == 1.5);
    CHECK_TRUE(h4l_member_number(&members[1], &o) == 1);
    CHECK_TRUE(h4l_member_number(&members[2], &o) == 4);
    CHECK_TRUE(isnan(h4l_member_number(&members[3], &o)));
    free(text);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_place_takes_its_text_and_gives_it_back),
        cmocka_unit_test(what_a_row_does_not_allow_is_refused),
        cmocka_unit_test(what_does_not_act_is_recorded_as_none),
        cmocka_unit_test(a_default_holds_from_its_tier_on),
        cmocka_unit_test(a_table_with_a_wrong_default_is_an_internal_error),
        cmocka_unit_test(members_make_one_object_and_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
