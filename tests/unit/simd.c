// The choice of the instruction level: from the CPU, and from H4L_SIMD.
#include "base/simd.h"

#include "check.h"

static void names(void **state)
{
    (void)state;
    CHECK_STR(h4l_simd_name(H4L_SIMD_GENERIC), "generic");
    CHECK_STR(h4l_simd_name(H4L_SIMD_AVX2), "avx2");
    CHECK_STR(h4l_simd_name(H4L_SIMD_AVX512), "avx512");
    CHECK_STR(h4l_simd_name(H4L_SIMD_LEVELS), "?");
}

static void best_level_by_default(void **state)
{
    enum h4l_simd level = H4L_SIMD_LEVELS;
    struct h4l_err err = {0};

    (void)state;
    for (int empty = 0; empty < 2; empty++) {
        unsetenv("H4L_SIMD");
        if (empty)
            setenv("H4L_SIMD", "", 1);
        CHECK_OK(h4l_simd_choose(&level, &err), err);
        CHECK_TRUE(h4l_simd_available(level));
        for (int better = (int)level + 1; better < H4L_SIMD_LEVELS; better++)
            CHECK_TRUE(!h4l_simd_available((enum h4l_simd)better));
        CHECK_STR(h4l_simd_level(), h4l_simd_name(level));
    }
}

static void forced_level(void **state)
{
    struct h4l_err err = {0};

    (void)state;
    CHECK_TRUE(h4l_simd_available(H4L_SIMD_GENERIC));
    for (int i = 0; i < H4L_SIMD_LEVELS; i++) {
        enum h4l_simd wanted = (enum h4l_simd)i, level = H4L_SIMD_LEVELS;

        setenv("H4L_SIMD", h4l_simd_name(wanted), 1);
        if (h4l_simd_available(wanted)) {
            CHECK_OK(h4l_simd_choose(&level, &err), err);
            CHECK_INT(level, wanted);
            CHECK_INT(h4l_simd_level_id(), wanted);
        } else {
            CHECK_INT(h4l_simd_choose(&level, &err), H4L_E_USAGE);
            CHECK_INT(level, H4L_SIMD_LEVELS); // untouched
        }
    }
}

static void wrong_name(void **state)
{
    enum h4l_simd level = H4L_SIMD_LEVELS;
    struct h4l_err err = {0};

    (void)state;
    setenv("H4L_SIMD", "sse9", 1);
    CHECK_INT(h4l_simd_choose(&level, &err), H4L_E_USAGE);
    CHECK_INT(level, H4L_SIMD_LEVELS);
    CHECK_TRUE(strstr(err.message, "sse9") && strstr(err.message, "generic"));
    CHECK_TRUE(h4l_simd_available(h4l_simd_level_id()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(best_level_by_default),
        cmocka_unit_test(forced_level),
        cmocka_unit_test(wrong_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
