#include "base/simd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[H4L_SIMD_LEVELS] = {"generic", "avx2", "avx512"};

const char *h4l_simd_name(enum h4l_simd level)
{
    return (unsigned)level < H4L_SIMD_LEVELS ? names[level] : "?";
}

bool h4l_simd_available(enum h4l_simd level)
{
#ifdef __x86_64__ // the compiler's run-time library also asks the operating system whether it saves the registers
    if (level == H4L_SIMD_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (level == H4L_SIMD_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("fma");
#endif
    return level == H4L_SIMD_GENERIC;
}

static enum h4l_simd best(void)
{
    for (int level = H4L_SIMD_LEVELS - 1; level > H4L_SIMD_GENERIC; level--)
        if (h4l_simd_available((enum h4l_simd)level))
            return (enum h4l_simd)level;
    return H4L_SIMD_GENERIC;
}

int h4l_simd_choose(enum h4l_simd *ret_level, struct h4l_err *err)
{
    const char *wanted = getenv("H4L_SIMD");
    char available[64] = "";
    size_t used = 0;

    if (!wanted || !*wanted) {
        *ret_level = best();
        return H4L_OK;
    }
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        if (strcmp(wanted, names[level]) == 0) {
            *ret_level = (enum h4l_simd)level;
            return H4L_OK;
        }
        used += (size_t)snprintf(available + used, sizeof available - used, "%s%s",
                                 used ? ", " : "", names[level]);
    }
    return h4l_fail(err, H4L_E_USAGE,
                    "environment variable H4L_SIMD is \"%s\"; this machine has: %s (unset it for "
                    "the best of them)",
                    wanted, available);
}

enum h4l_simd h4l_simd_level_id(void)
{
    enum h4l_simd level;

    return h4l_simd_choose(&level, NULL) == H4L_OK ? level : best();
}

const char *h4l_simd_level(void)
{
    return h4l_simd_name(h4l_simd_level_id());
}
