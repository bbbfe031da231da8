// Composition of two-task images: every base image twice, shifts within range, the larger pixel wins, the same for the same seed.
#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "data/multi.h"
#include "data/own.h"
#include "data/timing.h"

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
    CHECK_OK(h4l_multi_compose(&digits, &items, 7, H4L_TRAIN, SIZE_MAX, &multi, &err), err);
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
        which = (size_t)(199 - image[at + 1]) + 20 * (size_t)(199 - image[at + 2]);
        assert_int_equal(multi.labels[2 * i + 1], which % 10);
    }
    for (size_t i = 0; i < N; i++)
        assert_int_equal(used[i], 2);
    for (size_t i = 0; i < 5; i++) { // 600 draws, 120 expected, sd 9.8
        CHECK_CLOSE(rows[i], 120, 50);
        CHECK_CLOSE(columns[i], 120, 50);
    }
    CHECK_OK(h4l_multi_compose(&digits, &items, 7, H4L_TRAIN, SIZE_MAX, &again, &err), err);
    CHECK_OK(h4l_multi_compose(&digits, &items, 7, H4L_TEST, SIZE_MAX, &other, &err), err);
    CHECK_INT(memcmp(multi.pixels, again.pixels, multi.n * PIXELS), 0);
    CHECK_INT(memcmp(multi.labels, again.labels, multi.n * 2), 0);
    CHECK_TRUE(memcmp(multi.pixels, other.pixels, multi.n * PIXELS) != 0);
    h4l_multi_limit(&other, 10);
    CHECK_INT(other.n, 10);
    for (size_t most = 0; most <= 2 * N; most += N / 2) { // the first of them are the first of all
        h4l_multi_free(&again);
        CHECK_OK(h4l_multi_compose(&digits, &items, 7, H4L_TRAIN, most, &again, &err), err);
        CHECK_INT(again.n, most);
        CHECK_INT(memcmp(multi.pixels, again.pixels, most * PIXELS), 0);
        CHECK_INT(memcmp(multi.labels, again.labels, most * 2), 0);
    }
    items.n--;
    CHECK_INT(h4l_multi_compose(&digits, &items, 7, H4L_TEST, SIZE_MAX, &again, &err), H4L_E_RANGE);
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

// ---- images of the user's ----

// Scaling takes means over areas: nothing at 36, pairs at 18, a constant stays one, and the mean stays within the rounding.
static void test_scaling(void **state)
{
    uint8_t image[64 * 64], scaled[PIXELS];

    (void)state;
    for (size_t i = 0; i < sizeof image; i++)
        image[i] = (uint8_t)(i * 37 % 251);
    h4l_own_scale(image, 36, scaled);
    CHECK_INT(memcmp(image, scaled, PIXELS), 0);
    h4l_own_scale(image, 18, scaled);
    for (size_t i = 0; i < PIXELS; i++)
        assert_int_equal(scaled[i], image[i / 36 / 2 * 18 + i % 36 / 2]);
    for (size_t side = 8; side <= 64; side++) {
        double before = 0, after = 0;

        h4l_own_scale(image, side, scaled);
        for (size_t i = 0; i < side * side; i++)
            before += image[i] / (double)(side * side);
        for (size_t i = 0; i < PIXELS; i++)
            after += scaled[i] / (double)PIXELS;
        assert_true(fabs(before - after) <= 0.5);
    }
    memset(image, 200, sizeof image);
    for (size_t side = 8; side <= 64; side++) {
        h4l_own_scale(image, side, scaled);
        for (size_t i = 0; i < PIXELS; i++)
            assert_int_equal(scaled[i], 200);
    }
}

static char folder[] = "own-XXXXXX";

// An IDX file in the folder: the shape (0 ends it), and every value `value`, the last one `last`.
static void write_idx(const char *name, const unsigned shape[3], uint8_t value, uint8_t last)
{
    char path[100];
    size_t n = 1, dims = 0;
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    while (dims < 3 && shape[dims])
        n *= shape[dims++];
    fwrite((char[]){0, 0, 8, (char)dims}, 1, 4, f);
    for (size_t i = 0; i < dims; i++)
        fwrite((unsigned char[]){0, 0, (unsigned char)(shape[i] >> 8), (unsigned char)shape[i]}, 1,
               4, f);
    for (size_t i = 0; i < n; i++)
        fputc(i + 1 == n ? last : value, f);
    assert_int_equal(fclose(f), 0);
}

static void refuses(const char *text)
{
    struct h4l_multi multi;
    struct h4l_images files;
    struct h4l_err err = {0};

    CHECK_INT(h4l_own_multi_read(folder, H4L_TRAIN, &multi, &files, &err), H4L_E_DATA);
    if (!strstr(err.message, text))
        fail_msg("expected \"%s\" in: %s", text, err.message);
}

static void test_own_files(void **state)
{
    struct h4l_multi multi;
    struct h4l_images images;
    struct h4l_err err = {0};

    (void)state;
    assert_non_null(mkdtemp(folder));
    refuses("expected the file train-images-idx3-ubyte (or .gz)");
    write_idx("train-images-idx3-ubyte", (unsigned[3]){3, 9, 9}, 50, 50);
    refuses("expected the file train-labels-idx2-ubyte (or .gz)");
    write_idx("train-labels-idx2-ubyte", (unsigned[3]){3, 2, 0}, 4, 9);
    CHECK_OK(h4l_own_multi_read(folder, H4L_TRAIN, &multi, &images, &err), err);
    CHECK_INT(multi.n, 3);
    CHECK_INT(multi.labels[5], 9);
    CHECK_INT(multi.pixels[3 * PIXELS - 1], 50);
    CHECK_INT(strlen(images.labels_sha256), 64);
    h4l_multi_free(&multi);
    h4l_images_free(&images);
    write_idx("train-labels-idx2-ubyte", (unsigned[3]){3, 2, 0}, 4, 10);
    refuses("expected labels from 0 to 9, found 10 at place 5");
    write_idx("train-labels-idx2-ubyte", (unsigned[3]){4, 2, 0}, 4, 4);
    refuses("expected labels of 3 images");
    write_idx("train-labels-idx2-ubyte", (unsigned[3]){3, 3, 0}, 4, 4);
    refuses("expected two labels per image, found 3");
    write_idx("train-labels-idx2-ubyte", (unsigned[3]){3, 2, 0}, 4, 4);
    write_idx("train-images-idx3-ubyte", (unsigned[3]){3, 9, 10}, 50, 50);
    refuses("found 9 x 10");
    write_idx("train-images-idx3-ubyte", (unsigned[3]){3, 7, 7}, 50, 50);
    refuses("square images of 8 to 64 pixels a side, found 7 x 7");
    write_idx("train-images-idx3-ubyte", (unsigned[3]){3, 65, 65}, 50, 50);
    refuses("found 65 x 65");
    write_idx("train-labels-idx1-ubyte", (unsigned[3]){3, 0, 0}, 4, 4);
    CHECK_INT(h4l_own_base_read(folder, H4L_TRAIN, &images, &err), H4L_E_DATA);
    write_idx("train-images-idx3-ubyte", (unsigned[3]){3, 28, 28}, 50, 50);
    CHECK_OK(h4l_own_base_read(folder, H4L_TRAIN, &images, &err), err);
    CHECK_INT(images.n, 3);
    h4l_images_free(&images);
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"images-idx3", "labels-idx2", "labels-idx1"};
    char path[100];

    (void)state;
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/train-%s-ubyte", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return 0;
}

// Every unit spikes once, classes take turns; the seed and the split make the patterns.
static void test_timing(void **state)
{
    enum { SIDE = 36, ALL = SIDE * SIDE };
    struct h4l_multi a, again, other, test;
    struct h4l_err err = {0};

    (void)state;
    CHECK_OK(h4l_timing_make(SIDE, 200, 1, H4L_TRAIN, &a, &err), err);
    CHECK_OK(h4l_timing_make(SIDE, 50, 1, H4L_TRAIN, &again, &err), err);
    CHECK_OK(h4l_timing_make(SIDE, 50, 2, H4L_TRAIN, &other, &err), err);
    CHECK_OK(h4l_timing_make(SIDE, 50, 1, H4L_TEST, &test, &err), err);
    for (size_t i = 0; i < a.n; i++) {
        CHECK_INT(a.labels[i], i % 10);
        for (size_t u = 0; u < SIDE; u++) {
            size_t spikes = 0;

            for (size_t t = 0; t < SIDE; t++)
                spikes += a.pixels[i * ALL + t * SIDE + u] == 255;
            CHECK_INT(spikes, 1);
        }
    }
    CHECK_INT(memcmp(a.pixels, again.pixels, 50 * ALL), 0);
    CHECK_TRUE(memcmp(a.pixels, other.pixels, 50 * ALL) != 0);
    CHECK_TRUE(memcmp(a.pixels, test.pixels, 50 * ALL) != 0);
    CHECK_INT(h4l_timing_make(SIDE, 0, 1, H4L_TRAIN, &a, &err), H4L_E_RANGE);
    CHECK_INT(h4l_timing_make(65, 1, 1, H4L_TRAIN, &a, &err), H4L_E_RANGE);
    h4l_multi_free(&a);
    h4l_multi_free(&again);
    h4l_multi_free(&other);
    h4l_multi_free(&test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timing),
        cmocka_unit_test(test_scaling),
        cmocka_unit_test_teardown(test_own_files, remove_folder),
        cmocka_unit_test(test_composition),
        cmocka_unit_test(test_published_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
