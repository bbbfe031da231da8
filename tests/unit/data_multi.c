// Composition of two-task images: every base image twice, shifts within range, the larger pixel wins, the same for the same seed.
#include "check.h"

#include "data/multi.h"

enum { N = 300, BASE = H4L_BASE_SIDE * H4L_BASE_SIDE, PIXELS = H4L_MULTI_SIDE * H4L_MULTI_SIDE };

// Image i holds the value 1 + i % 100 + 100 * item in its first row and column corners, so that its place can be read off.
static void base_set(struct h4l_images *set, uint8_t background, uint8_t corner)
{
    set->n = N;
    set->pixels = malloc((size_t)N * BASE);
    set->labels = malloc(N);
    assert_true(set->pixels && set->labels);
    for (size_t i = 0; i < N; i++) {
        memset(set->pixels + i * BASE, background, BASE);
        set->pixels[i * BASE] = corner;
        set->pixels[i * BASE + 1] = (uint8_t)(corner - 1 - i % 20); // identifies the image, with
        set->pixels[i * BASE + 2] = (uint8_t)(corner - 1 - i / 20); // this, up to N
        set->labels[i] = (uint8_t)(i % 10);
    }
}

static size_t find(const uint8_t *image, uint8_t value)
{
    const uint8_t *at = memchr(image, value, PIXELS);

    assert_non_null(at);
    return (size_t)(at - image);
}

static void test_composition(void **state)
{
    struct h4l_images digits = {0}, items = {0};
    struct h4l_multi multi, again, other;
    struct h4l_err err = {0};
    int used[N] = {0}, rows[5] = {0}, columns[5] = {0};

    (void)state;
    base_set(&digits, 1, 255);
    base_set(&items, 2, 200);
    CHECK_OK(h4l_multi_compose(&digits, &items, 7, H4L_TRAIN, &multi, &err), err);
    CHECK_INT(multi.n, 2 * N);
    for (size_t i = 0; i < multi.n; i++) {
        const uint8_t *image = multi.pixels + i * PIXELS;
        size_t at = find(image, 255), row = at / 36, column = at % 36;
        size_t which = (size_t)(254 - image[at + 1]) + 20 * (size_t)(254 - image[at + 2]);

        assert_true(row <= 4 && column <= 4 && which < N);
        assert_int_equal(multi.labels[2 * i], which % 10);
        used[which]++;
        rows[row]++;
        columns[column]++;
        // Overlap: the item's background 2 wins over the digit's 1; outside both it is 0.
        assert_int_equal(image[17 * 36 + 17], 2);
        assert_true(image[35] == 0 && image[35 * 36] == 0);
        if (row == 4 && column >= 2) // the digit's marks may cover the item's corner
            continue;
        at = find(image, 200);
        assert_true(at / 36 >= 4 && at / 36 <= 8 && at % 36 >= 4 && at % 36 <= 8);
    }
    for (size_t i = 0; i < N; i++)
        assert_int_equal(used[i], 2);
    for (size_t i = 0; i < 5; i++) { // 600 draws, 120 expected, sd 9.8
        CHECK_CLOSE(rows[i], 120, 50);
        CHECK_CLOSE(columns[i], 120, 50);
    }
    CHECK_OK(h4l_multi_compose(&digits, &items, 7, H4L_TRAIN, &again, &err), err);
    CHECK_OK(h4l_multi_compose(&digits, &items, 7, H4L_TEST, &other, &err), err);
    CHECK_INT(memcmp(multi.pixels, again.pixels, multi.n * PIXELS), 0);
    CHECK_INT(memcmp(multi.labels, again.labels, multi.n * 2), 0);
    CHECK_TRUE(memcmp(multi.pixels, other.pixels, multi.n * PIXELS) != 0);
    h4l_multi_limit(&other, 10);
    CHECK_INT(other.n, 10);
    items.n--;
    CHECK_INT(h4l_multi_compose(&digits, &items, 7, H4L_TEST, &again, &err), H4L_E_RANGE);
    h4l_multi_free(&multi);
    h4l_multi_free(&again);
    h4l_multi_free(&other);
    h4l_images_free(&digits);
    h4l_images_free(&items);
}

// The published files, where they are installed: sizes, class counts, one known label.
static void test_published_files(void **state)
{
    static const char *const names[] = {"MNIST", "Fashion-MNIST"};

    (void)state;
    for (int set = 0; set < 2; set++) {
        struct h4l_images images;
        struct h4l_err err = {0};
        int code = h4l_images_read((enum h4l_base_set)set, H4L_TEST, NULL, &images, &err);
        int counts[10] = {0};

        if (code) {
            printf("%s not checked: %s\n", names[set], err.message);
            CHECK_INT(code, H4L_E_DATA);
            continue;
        }
        CHECK_INT(images.n, 10000);
        for (size_t i = 0; i < images.n; i++)
            counts[images.labels[i]]++;
        CHECK_INT(counts[0], set == 0 ? 980 : 1000);
        CHECK_INT(images.labels[0], set == 0 ? 7 : 9);
        h4l_images_free(&images);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_composition),
        cmocka_unit_test(test_published_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
