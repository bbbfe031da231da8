// LZ76 and permutation entropy against tests/data/complexity_measures.json, and LZ76 against its definition, word by word.
#include "check.h"

#include <jansson.h>

#include "analysis/complexity.h"
#include "hh4lif_config.h"

static json_t *load(void)
{
    json_error_t where;
    json_t *root = json_load_file(H4L_SOURCE_DIR "/tests/data/complexity_measures.json", 0, &where);

    assert_non_null(root);
    return root;
}

static void lcg(uint32_t *x, size_t n)
{
    uint32_t value = 12345;

    for (size_t i = 0; i < n; i++)
        x[i] = value = 1664525u * value + 1013904223u;
}

// The sequences that the reference file does not spell out.
static void generate(const char *name, size_t n, unsigned char *ret)
{
    if (strncmp(name, "thue_morse", 10) == 0) {
        for (size_t i = 0; i < n; i++)
            ret[i] = (unsigned char)(__builtin_popcountll(i) & 1);
    } else if (strncmp(name, "fibonacci", 9) == 0) { // 0 -> 01, 1 -> 0
        size_t length = 1;
        ret[0] = 0;
        for (size_t read = 0; length < n;
             read++) { // the word is its own image: append the image of letter by letter
            if (read == 0) {
                ret[length++] = 1;
            } else {
                ret[length++] = 0;
                if (ret[read] == 0 && length < n)
                    ret[length++] = 1;
            }
        }
    } else if (strncmp(name, "champernowne", 12) == 0) {
        for (size_t i = 0, k = 1; i < n; k++)
            for (int bit = 63 - __builtin_clzll(k); bit >= 0 && i < n; bit--)
                ret[i++] = (k >> bit) & 1;
    } else if (strncmp(name, "lcg_bits", 8) == 0) {
        uint32_t *x = malloc(n * sizeof *x);
        assert_non_null(x);
        lcg(x, n);
        for (size_t i = 0; i < n; i++)
            ret[i] = (unsigned char)(x[i] >> 31);
        free(x);
    } else {
        fail_msg("no generator for %s", name);
    }
}

static void check_parsing(const char *parsing, const size_t *ends, size_t phrases)
{
    size_t length = 0, k = 0;

    for (const char *c = parsing;; c++) {
        if (*c == '|' || !*c) {
            CHECK_TRUE(k < phrases && ends[k] == length);
            k++;
        } else {
            length++;
        }
        if (!*c)
            break;
    }
    CHECK_INT(k, phrases);
}

static void test_lz76_reference(void **state)
{
    json_t *root = load(), *row;
    const char *name;
    size_t rows = 0;

    (void)state;
    json_object_foreach(json_object_get(root, "lz76"), name, row)
    {
        size_t n = (size_t)json_integer_value(json_object_get(row, "n"));
        const char *text = json_string_value(json_object_get(row, "sequence"));
        const char *parsing = json_string_value(json_object_get(row, "parsing"));
        unsigned char *s = malloc(n);
        size_t *ends = malloc(n * sizeof *ends);
        struct h4l_lz76 lz;
        struct h4l_err err;
        assert_true(s && ends);
        if (text)
            for (size_t i = 0; i < n; i++)
                s[i] = (unsigned char)(text[i] - '0');
        if (!text || strncmp(name, "lcg", 3) == 0) {
            generate(name, n, s);
            for (size_t i = 0; text && i < n; i++)
                assert_int_equal(s[i], text[i] - '0');
        }
        printf("%s\n", name);
        CHECK_OK(h4l_lz76(s, n, 2, &lz, ends, &err), err);
        CHECK_INT(lz.phrases, json_integer_value(json_object_get(row, "c")));
        if (n > 1)
            CHECK_CLOSE(lz.normalised,
                        json_number_value(json_object_get(row, "normalised_c_log2n_over_n")),
                        1e-12);
        else
            CHECK_TRUE(isnan(lz.normalised));
        if (parsing)
            check_parsing(parsing, ends, lz.phrases);
        free(s);
        free(ends);
        rows++;
    }
    CHECK_INT(rows, 15);
    json_decref(root);
}

// The definition: the phrase that begins at i ends at the first j where s[i..j] does not occur in s[0..j-1].
static size_t lz76_by_definition(const unsigned char *s, size_t n)
{
    size_t phrases = 0;

    for (size_t i = 0; i < n;) {
        size_t length = 1;
        for (; i + length <= n; length++) {
            int found = 0;
            for (size_t p = 0; p < i && !found; p++)
                found = memcmp(s + p, s + i, length) == 0;
            if (!found)
                break;
        }
        i += length;
        phrases++;
    }
    return phrases;
}

static void test_lz76_definition(void **state)
{
    uint32_t x[4000];
    size_t used = 0;

    (void)state;
    lcg(x, 4000);
    for (unsigned alphabet = 2; alphabet <= 5; alphabet++)
        for (size_t n = 1; n <= 30 && used + n < 4000; n++) {
            unsigned char s[30];
            struct h4l_lz76 lz;
            struct h4l_err err;
            for (size_t i = 0; i < n;
                 i++) // a short period with rare changes, so that long copies occur
                s[i] = (unsigned char)(x[used + (i % 7 == 6 ? i : i % 4)] >> 16) %
                       (unsigned char)alphabet;
            used += n;
            CHECK_OK(h4l_lz76(s, n, alphabet, &lz, NULL, &err), err);
            CHECK_INT(lz.phrases, lz76_by_definition(s, n));
        }
}

static void check_entropy(const json_t *row, const double *x, size_t n, unsigned order, size_t lag)
{
    struct h4l_permutation_entropy p;
    struct h4l_err err;

    CHECK_OK(h4l_permutation_entropy(x, n, order, lag, &p, &err), err);
    CHECK_CLOSE(p.bits, json_number_value(json_object_get(row, "H_bits")), 1e-12);
    CHECK_CLOSE(p.nats, json_number_value(json_object_get(row, "H_nats")), 1e-12);
    CHECK_CLOSE(p.normalised, json_number_value(json_object_get(row, "H_normalised")), 1e-12);
    CHECK_INT(p.patterns, json_integer_value(json_object_get(row, "n_patterns")));
    CHECK_INT(p.distinct, json_integer_value(json_object_get(row, "n_distinct")));
}

static void test_permutation_entropy(void **state)
{
    json_t *root = load(), *series, *row;
    const char *name, *key;
    size_t rows = 0;

    (void)state;
    json_object_foreach(json_object_get(root, "permutation_entropy"), name, series)
    {
        const json_t *values = json_object_get(series, "x");
        double *x = malloc(10000 * sizeof *x);
        size_t n = json_array_size(values);
        assert_non_null(x);
        if (json_is_string(values)) {
            uint32_t raw[10000];
            n = strstr(name, "10000") ? 10000 : 1000;
            lcg(raw, n);
            for (size_t i = 0; i < n; i++)
                x[i] = raw[i];
        } else {
            for (size_t i = 0; i < n; i++)
                x[i] = json_number_value(json_array_get(values, i));
        }
        json_object_foreach(series, key, row)
        {
            unsigned order, lag;
            if (sscanf(key, "m%u_tau%u", &order, &lag) != 2)
                continue;
            printf("%s %s\n", name, key);
            check_entropy(row, x, n, order, lag);
            rows++;
        }
        free(x);
    }
    CHECK_INT(rows, 47);
    json_decref(root);
}

static void test_limits(void **state)
{
    const unsigned char s[] = {0, 1, 2};
    const double x[] = {1, NAN, 2, 3};
    struct h4l_lz76 lz;
    struct h4l_permutation_entropy p;
    struct h4l_err err;

    (void)state;
    CHECK_INT(h4l_lz76(s, 3, 2, &lz, NULL, &err), H4L_E_RANGE);
    CHECK_TRUE(strstr(err.message, "symbol 3") != NULL);
    CHECK_INT(h4l_lz76(s, 0, 2, &lz, NULL, &err), H4L_E_RANGE);
    CHECK_INT(h4l_lz76(s, 3, 1, &lz, NULL, &err), H4L_E_RANGE);
    CHECK_INT(h4l_permutation_entropy(x, 4, 2, 1, &p, &err), H4L_E_RANGE);
    CHECK_INT(h4l_permutation_entropy(x + 2, 2, 3, 1, &p, &err), H4L_E_RANGE);
    CHECK_INT(h4l_permutation_entropy(x + 2, 2, 13, 1, &p, &err), H4L_E_RANGE);
    CHECK_INT(h4l_permutation_entropy(x + 2, 2, 2, 0, &p, &err), H4L_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lz76_reference), cmocka_unit_test(test_lz76_definition),
        cmocka_unit_test(test_permutation_entropy), cmocka_unit_test(test_limits)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
