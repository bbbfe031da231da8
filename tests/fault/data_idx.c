// IDX files and data sets that are missing, cut off, foreign, oversized or wrong: the cause must be named, nothing returned.
#include "check.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "data/idx.h"
#include "data/multi.h"
#include "hh4lif_config.h"

static char folder[] = "/tmp/h4l-idx-XXXXXX";

static void write_file(const char *name, const void *bytes, size_t n, bool gz)
{
    char path[200];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (gz) {
        gzFile f = gzopen(path, "wb");

        assert_non_null(f);
        assert_int_equal(gzwrite(f, bytes, (unsigned)n), (int)n);
        assert_int_equal(gzclose(f), Z_OK);
    } else {
        FILE *f = fopen(path, "wb");

        assert_non_null(f);
        assert_int_equal(fwrite(bytes, 1, n, f), n);
        assert_int_equal(fclose(f), 0);
    }
}

// A 2 x 2 x 3 file: header of 16 bytes, 12 values.
static void good_bytes(unsigned char b[28])
{
    const unsigned char header[16] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3};

    memcpy(b, header, 16);
    for (int i = 0; i < 12; i++)
        b[16 + i] = (unsigned char)(10 * i);
}

static void test_good(void **state)
{
    unsigned char b[28];
    struct h4l_err err = {0};

    (void)state;
    good_bytes(b);
    for (int gz = 0; gz < 2; gz++) {
        struct h4l_idx idx = {0};
        char path[200];

        write_file("good", b, sizeof b, gz);
        snprintf(path, sizeof path, "%s/good", folder);
        CHECK_OK(h4l_idx_read(path, 3, &idx, &err), err);
        CHECK_INT(idx.shape[0], 2);
        CHECK_INT(idx.shape[1], 2);
        CHECK_INT(idx.shape[2], 3);
        CHECK_INT(idx.values[11], 110);
        CHECK_INT(strlen(idx.sha256), 64);
        h4l_idx_free(&idx);
    }
}

// A size of four bytes, each with its weight: 0x00010203 values.
static void test_large(void **state)
{
    enum { N = 0x00010203 };
    const unsigned char header[8] = {0, 0, 8, 1, 0, 1, 2, 3};
    char *b = calloc(N + sizeof header, 1);
    struct h4l_idx idx = {0};
    struct h4l_err err = {0};

    (void)state;
    assert_non_null(b);
    memcpy(b, header, sizeof header);
    b[N + sizeof header - 1] = 7;
    CHECK_OK(h4l_idx_parse("FILE", b, N + sizeof header, 1, &idx, &err), err);
    CHECK_INT(idx.shape[0], N);
    CHECK_INT(idx.values[N - 1], 7);
    h4l_idx_free(&idx);
    free(b);
}

static void refuse(const unsigned char *b, size_t n, int dims, const char *says)
{
    struct h4l_err err = {0};
    struct h4l_idx idx = {.dims = 77};

    CHECK_INT(h4l_idx_parse("FILE", (const char *)b, n, dims, &idx, &err), H4L_E_DATA);
    printf("%s\n", err.message);
    CHECK_TRUE(strstr(err.message, says) != NULL);
    CHECK_TRUE(strstr(err.message, "FILE") != NULL);
    CHECK_INT(idx.dims, 77);
}

static void test_bad(void **state)
{
    unsigned char b[29] = {0};

    (void)state;
    good_bytes(b);
    for (size_t n = 0; n < 28; n++)
        refuse(b, n, 3, n < 4 ? "not an IDX file" : n < 16 ? "cut off in its header" : "cut off");
    refuse(b, 29, 3, "more behind");
    refuse(b, 28, 1, "1 dimension");
    b[2] = 0x0d;
    refuse(b, 28, 3, "type 0x0d");
    good_bytes(b);
    b[7] = 0;
    refuse(b, 28, 3, "size 0");
    memset(b + 4, 0xff, 12); // the product of the sizes must not wrap round
    refuse(b, 28, 3, "at most");
    refuse((const unsigned char *)"\x1f\x8b\x08 not unpacked", 17, 3, "not an IDX file");
}

static void expect_data_error(const char *dir, const char *says, const char *also)
{
    struct h4l_images images = {.n = 77};
    struct h4l_err err = {0};

    CHECK_INT(h4l_images_read(H4L_MNIST, H4L_TEST, dir, &images, &err), H4L_E_DATA);
    printf("%s\n", err.message);
    CHECK_TRUE(strstr(err.message, says) != NULL);
    CHECK_TRUE(strstr(err.message, also) != NULL);
    CHECK_TRUE(strstr(err.message, "mnist_dir") != NULL);
    CHECK_INT(h4l_exit_status(err.code), 3);
    CHECK_INT(images.n, 77);
}

static void test_data_set(void **state)
{
    unsigned char b[28];

    (void)state;
    good_bytes(b);
    expect_data_error(folder, "t10k-images-idx3-ubyte", "found none");
    write_file("t10k-images-idx3-ubyte.gz", b, sizeof b, true);
    expect_data_error(folder, "expected SHA-256 0fa7898d", "found ");
    write_file("t10k-images-idx3-ubyte", b, 20, false); // the plain file is preferred
    expect_data_error(folder, "cut off", "expected 28 bytes, found 20");
    // Without a folder the message lists where it looked.
    setenv("XDG_DATA_HOME", "/nonexistent/xdg", 1);
    if (access(H4L_SOURCE_DIR "/data/mnist", F_OK) != 0)
        expect_data_error(NULL, "/nonexistent/xdg/hh4lif/mnist", "./reproduce fetches it");
}

static int setup(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    const char *names[] = {"good", "t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz"};
    char path[200];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_data_set),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
