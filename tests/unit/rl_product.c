// Products of small matrices (rl/product.h) at every instruction level: against sums in double, whatever the shape; bytes that do not
// depend on the number of lanes; nothing written beside the result.
#include "rl/product.h"

#include "check.h"
#include "base/rng.h"
#include "base/simd.h"

enum { MAX = 1 << 17, BEHIND = 64 };

H4L_DECLARE_LEVELS(const struct h4l_products_float, h4l_products_float);
static const struct h4l_products_float *const products[] = H4L_LEVELS_OF(h4l_products_float);

static float a[MAX + BEHIND], b[MAX + BEHIND], bias[1024], c[H4L_SIMD_LEVELS][MAX + BEHIND];

static void draw(uint64_t seed)
{
    struct h4l_rng rng;

    h4l_rng_init(&rng, seed, "test products", 0);
    for (size_t i = 0; i < MAX + BEHIND; i++) {
        a[i] = (float)h4l_rng_between(&rng, -1, 1);
        b[i] = (float)h4l_rng_between(&rng, -1, 1);
    }
    for (size_t i = 0; i < 1024; i++)
        bias[i] = (float)h4l_rng_between(&rng, -1, 1);
    for (int level = 0; level < H4L_SIMD_LEVELS; level++)
        for (size_t i = 0; i < MAX + BEHIND; i++)
            c[level][i] = b[MAX + BEHIND - 1 - i];
}

// Largest distance of what stands in got from the product's definition; and of what should not have been touched, which must be 0.
static double distance(const struct h4l_product_float *p, const float *got)
{
    static float before[MAX + BEHIND];
    double worst = 0;

    for (size_t i = 0; i < MAX + BEHIND; i++)
        before[i] = b[MAX + BEHIND - 1 - i];
    for (size_t r = 0; r < p->rows; r++)
        for (size_t k = 0; k < p->columns; k++) {
            size_t at = r * p->c_row + k;
            double sum = p->add ? (double)before[at] : p->bias ? (double)p->bias[r] : 0;

            for (size_t i = 0; i < p->depth; i++)
                sum +=
                    (double)p->a[r * p->a_row + i * p->a_depth] * (double)p->b[i * p->b_depth + k];
            worst = h4l_worst(worst, fabs((double)got[at] - (p->relu && sum < 0 ? 0 : sum)));
            before[at] = got[at];
        }
    CHECK_INT(memcmp(before, got, sizeof before), 0);
    return worst;
}

static void check(struct h4l_product_float p)
{
    p.a = a;
    p.b = b;
    for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
        if (!h4l_simd_available((enum h4l_simd)level))
            continue;
        p.c = c[level];
        products[level]->multiply(&p);
        // |sum| stays below 40, of which each of 300 roundings takes at most 2e-6
        CHECK_CLOSE(distance(&p, p.c), 0, 1e-4);
    }
    if (h4l_simd_available(H4L_SIMD_AVX512))
        CHECK_INT(memcmp(c[H4L_SIMD_AVX2], c[H4L_SIMD_AVX512], sizeof *c), 0);
}

// Rows of A one after the other and beside each other; widths of C around those of a tile and of vectors; depths around that of
// the part of B that a tile takes.
static void test_multiply(void **state)
{
    static const size_t rows[] = {1, 2, 3, 4, 5, 6, 7, 64}, columns[] = {1, 5, 16, 37, 64, 144},
                        depths[] = {1, 5, 128, 129, 300};

    (void)state;
    for (size_t i = 0; i < 8 * 6 * 5; i++) {
        size_t n = rows[i % 8], width = columns[i / 8 % 6], depth = depths[i / 48];
        bool by_row = i % 3 > 0;

        draw(i);
        check((struct h4l_product_float){.rows = n,
                                         .columns = width,
                                         .depth = depth,
                                         .a_row = by_row ? depth : 1,
                                         .a_depth = by_row ? 1 : n + 3,
                                         .b_depth = width + i % 2,
                                         .c_row = width + i % 5,
                                         .bias = i % 4 > 1 ? bias : NULL,
                                         .relu = i % 7 > 3,
                                         .add = i % 4 == 1});
    }
}

static void test_no_rows_write_nothing(void **state)
{
    (void)state;
    draw(1);
    check((struct h4l_product_float){
        .columns = 64, .depth = 64, .a_row = 64, .a_depth = 1, .b_depth = 64, .c_row = 64});
}

// Sums of one order: the same bytes from every level that fuses.
static void test_dots(void **state)
{
    static const size_t depths[] = {1, 15, 16, 17, 128, 300};
    enum { ROWS = 9 };

    (void)state;
    for (size_t i = 0; i < 6 * 4; i++) {
        size_t depth = depths[i % 6];
        bool relu = i / 12 > 0;

        draw(i);
        for (int level = 0; level < H4L_SIMD_LEVELS; level++) {
            double worst = 0;

            if (!h4l_simd_available((enum h4l_simd)level))
                continue;
            products[level]->dots(ROWS, depth, a, b, i % 2 ? bias : NULL, relu, c[level]);
            for (size_t r = 0; r < ROWS; r++) {
                double sum = i % 2 ? (double)bias[r] : 0;

                for (size_t k = 0; k < depth; k++)
                    sum += (double)a[r * depth + k] * (double)b[k];
                worst = h4l_worst(worst, fabs((double)c[level][r] - (relu && sum < 0 ? 0 : sum)));
            }
            CHECK_CLOSE(worst, 0, 2e-5);
        }
        if (h4l_simd_available(H4L_SIMD_AVX512))
            CHECK_INT(memcmp(c[H4L_SIMD_AVX2], c[H4L_SIMD_AVX512], sizeof *c), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_multiply),
        cmocka_unit_test(test_no_rows_write_nothing),
        cmocka_unit_test(test_dots),
    };
    return cmocka_run_group_tests_name("rl_product", tests, NULL, NULL);
}
