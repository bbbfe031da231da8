// {names} in texts: what each form gives, and that a wrong one is told with its line.
#include "check.h"

#include <unistd.h>

#include "base/file.h"
#include "claims/fill.h"
#include "claims/texts.h"

static char root[] = "/tmp/hh4lif-fill-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[200];
    struct h4l_file file;
    struct h4l_err err = {0};

    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(h4l_file_begin(path, &file, &err), H4L_OK);
    fputs(text, file.stream);
    assert_int_equal(h4l_file_commit(&file, &err), H4L_OK);
}

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(root));
    put("results/reference/full/fam/a.json", "{\"parameters\": {\"images\": 120000}, \"metrics\": "
                                             "{\"x\": [1, 2, 3, 4], \"tiny\": 5.4e-8, "
                                             "\"two\": [0.5, -1.25], \"curve\": [[1, 2, 4, 8], [3, "
                                             "3, 5, 7]], \"arm\": {\"lif\": 45.04}}}\n");
    put("results/reference/full/fam/b.json",
        "{\"metrics\": {\"x\": [0, 2, 1, 2], \"name\": \"joint\"}}\n");
    return 0;
}

static int tear_down(void **state)
{
    char command[100];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

static const char claims_text[] =
    "[{\"id\": \"L\", \"rows\": [{\"id\": \"L1\", \"verdict\": \"reproduced-with-caveat\", "
    "\"first_round\": {\"verdict\": \"not-reproduced\"}, \"checks\": "
    "[{\"id\": \"L1.hh-lif\", \"got\": 20.26, \"interval\": [19.81, 20.7], \"level\": 0.95}]}]}]";

// The filled text, or the message of the failure.
static const char *filled(const char *text)
{
    static char out[1000];
    struct h4l_err err = {0};
    struct h4l_fill *fill;
    json_t *claims = json_loads(claims_text, 0, NULL);
    char *made = NULL;

    assert_int_equal(h4l_fill_open(root, claims, &fill, &err), H4L_OK);
    if (h4l_fill_text(fill, "t", text, &made, &err))
        snprintf(out, sizeof out, "%s", err.message);
    else
        snprintf(out, sizeof out, "%s", made);
    free(made);
    h4l_fill_close(fill);
    json_decref(claims);
    return out;
}

static void values_come_in_the_form_that_is_asked_for(void **state)
{
    (void)state;
    assert_string_equal(filled("{full/fam/a:x:.1}"), "2.5");
    assert_string_equal(filled("{full/fam/a:x:sd:.2}"), "1.29");
    assert_string_equal(filled("{full/fam/a:x:interval:.2}"), "0.45 to 4.55");
    assert_string_equal(filled("{full/fam/a:x:interval90:.2}"), "0.98 to 4.02");
    assert_string_equal(filled("{full/fam/a:x:values} of {full/fam/a:x:n}"), "1, 2, 3, 4 of 4");
    assert_string_equal(filled("{full/fam/a:two:values:.1}"), "0.5, −1.2");
    assert_string_equal(filled("{full/fam/a:two:min:abs:.2}"), "1.25");
    assert_string_equal(filled("{full/fam/a:tiny:e0}"), "5·10⁻⁸");
    assert_string_equal(
        filled("{full/fam/a:two:min:percent} {full/fam/a:parameters/images:millions:.2}"),
        "−125 0.12");
    assert_string_equal(filled("{full/fam/a:parameters/images}"), "120 000");
    assert_string_equal(filled("{full/fam/b:name}"), "joint");
    assert_string_equal(filled("{full/fam/a:arm/lif:.1} {full/fam/a:x[2]}"), "45.0 3");
    assert_string_equal(filled("{full/fam/a:curve[last]:values} {full/fam/a:curve[half]:values}"),
                        "8, 7 6, 6");
}

static void a_difference_is_paired_and_that_of_independent_samples_is_not(void **state)
{
    (void)state;
    assert_string_equal(filled("{full/fam/a:x - full/fam/b:x:values}"), "1, 0, 2, 2");
    assert_string_equal(filled("{full/fam/a:x - full/fam/b:x:interval:.2}"), "−0.27 to 2.77");
    assert_string_equal(filled("{full/fam/a:x ~ full/fam/b:x:.2}"), "1.25");
    assert_string_equal(filled("{full/fam/a:x ~ full/fam/b:x:interval:.2}"), "−0.76 to 3.26");
    assert_string_equal(filled("{full/fam/a:x / 4 * 100:.1} {full/fam/a:x * 10:max}"), "62.5 40");
}

static void names_of_the_text_and_checks_of_claims_are_values_too(void **state)
{
    (void)state;
    assert_string_equal(
        filled("<!-- names\na = full/fam/a:x\nd = a - full/fam/b:x\n-->\n{d:.2} {a:.1}"),
        "1.25 2.5");
    assert_string_equal(filled("{L1.hh-lif:.1} ({L1.hh-lif:interval:.1}), {L1:verdict}"),
                        "20.3 (19.8 to 20.7), reproduced with caveat");
    assert_string_equal(filled("{L1:first_verdict}"), "not reproduced");
    assert_string_equal(filled("{\"json\": 1} ${{HOME} {35,70}"), "{\"json\": 1} ${HOME} {35,70}");
}

static void what_has_no_value_is_told_with_its_line(void **state)
{
    static const char *const rows[][2] = {
        {"one\n{full/fam/a:x}", "t:2: {full/fam/a:x}: 2.5: say the number of decimals"},
        {"{full/fam/a:y:.1}", "no metric \"y\""},
        {"{full/fam/c:x:.1}", "c.json"},
        {"{full/fam/a:two:interval:.1}", "an interval needs three"},
        {"{L1.hh-lif:interval90:.1}", "level 0.95"},
        {"{full/fam/a:x:medium}", "\"medium\": expected mean"},
        {"{full/fam/a:x - full/fam/a:two:.1}", "4 and 2 values"},
        {"{full/fam/a:x[9]}", "no element [9]"},
        {"{L9.none}", "neither a name of this text nor a check"},
        {"<!-- names\na = a\n-->\n{a}", "names that name each other"},
        {"<!-- names\na = full/fam/a:x:sd\n-->\n{a}", "belongs where the name is used"},
        {"{full/fam/a:x -}", "expected a name"},
        {"{full/fam/a:x full/fam/a:x}", "expected one of + - * / ~"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *message = filled(rows[i][0]);

        h4l_check(strstr(message, rows[i][1]) != NULL, __FILE__, __LINE__, "\"%s\" says \"%s\": %s",
                  rows[i][0], rows[i][1], message);
    }
}

static void a_result_written_by_hand_is_refused(void **state)
{
    struct h4l_err err = {0};

    (void)state;
    assert_int_equal(h4l_fill_lint("t", "HH is 8.1 points ahead", &err), H4L_E_CHECK);
    assert_int_equal(h4l_fill_lint("t", "in 40 % of runs", &err), H4L_E_CHECK);
    assert_non_null(strstr(err.message, "t:1: \"40 % of runs"));
    assert_int_equal(h4l_fill_lint("t", "one\ntwo 3.5", &err), H4L_E_CHECK);
    assert_non_null(strstr(err.message, "t:2: \"3.5\""));
    assert_int_equal(
        h4l_fill_lint("t", "40 epochs, {a:.1} points (95 % interval), 4LIF, `1.5 %`, L1.2", &err),
        H4L_OK);
    assert_int_equal(h4l_fill_lint("t", "```\n1.5\n```\n[a](x-1.5.md) <!-- 1.5 -->", &err), H4L_OK);
}

static void the_manifest_names_each_raw_file_and_finds_a_changed_one(void **state)
{
    struct h4l_err err = {0};
    char *text = NULL;

    (void)state;
    assert_int_equal(h4l_manifest_make(root, &text, &err), H4L_OK);
    assert_non_null(strstr(text, "  full/fam/a.json\n"));
    put("results/reference/MANIFEST", text);
    free(text);
    assert_int_equal(h4l_manifest_check(root, &err), H4L_OK);
    put("results/reference/full/fam/b.json",
        "{\"metrics\": {\"x\": [0, 2, 1, 3], \"name\": \"joint\"}}\n");
    assert_int_equal(h4l_manifest_check(root, &err), H4L_E_CHECK);
    assert_non_null(strstr(err.message, "full/fam/b.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_in_the_form_that_is_asked_for),
        cmocka_unit_test(a_difference_is_paired_and_that_of_independent_samples_is_not),
        cmocka_unit_test(names_of_the_text_and_checks_of_claims_are_values_too),
        cmocka_unit_test(what_has_no_value_is_told_with_its_line),
        cmocka_unit_test(a_result_written_by_hand_is_refused),
        cmocka_unit_test(the_manifest_names_each_raw_file_and_finds_a_changed_one),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
