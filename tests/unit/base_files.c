// Files, JSON and CSV: round trips, exact messages, and nothing left behind.
#include "tests/check.h"
#include "tests/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/grow.h"
#include "base/json.h"
#include "base/paths.h"
#include "base/visible.h"

static const char *in_dir(const char *name)
{
    static char paths[4][200];
    static int next;

    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s", dir, name);
    return paths[next];
}

static void put(const char *name, const char *bytes, size_t n)
{
    FILE *f = fopen(in_dir(name), "wb");

    CHECK_TRUE(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static int entries(const char *path)
{
    DIR *d = opendir(path);
    int n = -2; // "." and ".."

    CHECK_TRUE(d != NULL);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void atomic_file(void **state)
{
    struct h4l_file file;
    struct h4l_err err;
    char *bytes;
    size_t n;
    (void)state;

    CHECK_OK(h4l_file_begin(in_dir("a/b/c.txt"), &file, &err), err);
    fputs("hello", file.stream);
    CHECK_TRUE(access(in_dir("a/b/c.txt"), F_OK) != 0);
    CHECK_INT(entries(in_dir("a/b")), 1);
    CHECK_OK(h4l_file_commit(&file, &err), err);
    CHECK_INT(entries(in_dir("a/b")), 1);
    h4l_file_abort(&file);
    CHECK_OK(h4l_read_file(in_dir("a/b/c.txt"), 5, &bytes, &n, &err), err);
    CHECK_INT(n, 5);
    CHECK_STR(bytes, "hello");
    free(bytes);

    CHECK_OK(h4l_file_begin(in_dir("a/b/c.txt"), &file, &err), err);
    fputs("half", file.stream);
    h4l_file_abort(&file);
    CHECK_INT(entries(in_dir("a/b")), 1);
    CHECK_OK(h4l_read_file(in_dir("a/b/c.txt"), 5, &bytes, &n, &err), err);
    CHECK_STR(bytes, "hello"); // the earlier complete file stays
    free(bytes);
    struct h4l_file zero = {0};
    h4l_file_abort(&zero);
}

static void write_errors(void **state)
{
    struct h4l_file file = {0};
    struct h4l_err err;
    (void)state;

    CHECK_OK(h4l_file_begin("/dev/full", &file, &err), err);
    fputs("x", file.stream);
    CHECK_INT(h4l_file_commit(&file, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, "/dev/full") && strstr(err.message, strerror(ENOSPC)));
    CHECK_OK(h4l_file_begin("/dev/full", &file, &err), err);
    for (int i = 0; i < 100000; i++) // beyond the stream's buffer: the error comes before commit
        fputs("x", file.stream);
    CHECK_INT(h4l_file_commit(&file, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, strerror(ENOSPC)) != NULL);
    CHECK_TRUE(access("/dev/full", F_OK) == 0);

    put("plain", "", 0);
    CHECK_INT(h4l_file_begin(in_dir("plain/below/x"), &file, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, "plain") && strstr(err.message, strerror(ENOTDIR)));
    CHECK_INT(h4l_make_dirs(in_dir("plain"), &err), H4L_E_IO);
    CHECK_OK(h4l_make_dirs(in_dir("x//y/z/"), &err), err);
    CHECK_OK(h4l_make_dirs(in_dir("x/y"), &err), err);
    CHECK_INT(h4l_file_begin(in_dir("x"), &file, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, strerror(EISDIR)) != NULL);
    CHECK_TRUE(!file.stream && !file.path);
}

static void reading(void **state)
{
    char *bytes = NULL, big[70000];
    size_t n = 99;
    struct h4l_err err;
    (void)state;

    memset(big, 'q', sizeof big);
    put("big", big, sizeof big);
    CHECK_OK(h4l_read_file(in_dir("big"), sizeof big, &bytes, &n, &err), err);
    CHECK_INT(n, sizeof big);
    CHECK_TRUE(memcmp(bytes, big, n) == 0 && bytes[n] == 0);
    free(bytes);
    bytes = NULL;
    CHECK_INT(h4l_read_file(in_dir("big"), sizeof big - 1, &bytes, &n, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "expected at most 69999 bytes") != NULL);
    CHECK_INT(h4l_read_file(in_dir("none"), 10, &bytes, &n, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "none") && strstr(err.message, strerror(ENOENT)));
    CHECK_INT(h4l_read_file(dir, 10, &bytes, &n, &err), H4L_E_DATA);
    CHECK_TRUE(!bytes && n == sizeof big);
    put("empty", "", 0);
    CHECK_OK(h4l_read_file(in_dir("empty"), 0, &bytes, &n, &err), err);
    CHECK_INT(n, 0);
    free(bytes);
}

static void gzip(void **state)
{
    char *bytes = NULL, zeros[1000] = {0};
    size_t n = 0, packed;
    struct h4l_err err;
    (void)state;

    gzFile gz = gzopen(in_dir("z.gz"), "wb");
    for (int i = 0; i < 1000; i++)
        gzwrite(gz, zeros, sizeof zeros);
    CHECK_INT(gzclose(gz), Z_OK);
    CHECK_OK(h4l_read_gz(in_dir("z.gz"), 1000000, &bytes, &n, &err), err);
    CHECK_INT(n, 1000000);
    free(bytes);
    CHECK_INT(h4l_read_gz(in_dir("z.gz"), 999999, &bytes, &n, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "too long") != NULL);

    CHECK_OK(h4l_read_file(in_dir("z.gz"), 100000, &bytes, &packed, &err), err);
    int wrong = 0;
    for (size_t cut = 2; cut < packed; cut += cut < 40 || cut > packed - 40 ? 1 : 37) {
        char *out = NULL;

        FILE *f = fopen(in_dir("cut.gz"), "wb");
        fwrite(bytes, 1, cut, f);
        fclose(f);
        wrong += h4l_read_gz(in_dir("cut.gz"), 1000000, &out, &n, &err) != H4L_E_DATA;
        free(out);
    }
    CHECK_INT(wrong, 0);
    bytes[packed / 2] ^= 1;
    put("bad.gz", bytes, packed);
    free(bytes);
    CHECK_INT(h4l_read_gz(in_dir("bad.gz"), 1000000, &bytes, &n, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "damaged") != NULL);
    put("plain.txt", "no gzip", 7);
    CHECK_OK(h4l_read_gz(in_dir("plain.txt"), 100, &bytes, &n, &err), err);
    CHECK_STR(bytes, "no gzip");
    free(bytes);
    CHECK_INT(h4l_read_gz(in_dir("none.gz"), 100, &bytes, &n, &err), H4L_E_DATA);
}

// Vectors of FIPS 180-2, appendix B.
static void sha256(void **state)
{
    char hex[65], from_file[65];
    struct h4l_err err;
    (void)state;

    h4l_sha256("abc", 3, hex);
    CHECK_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    put("abc", "abc", 3);
    CHECK_OK(h4l_sha256_file(in_dir("abc"), from_file, &err), err);
    CHECK_STR(from_file, hex);
    h4l_sha256("", 0, hex);
    CHECK_STR(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_INT(h4l_sha256_file(in_dir("none"), from_file, &err), H4L_E_DATA);
}

static void json(void **state)
{
    struct h4l_err err;
    char *bytes;
    size_t n;
    json_t *back = NULL;
    json_t *value =
        json_pack("{s:{s:f,s:i,s:[f,f,n]},s:[{s:s},{s:[]}],s:{},s:s}", "z", "b", 0.1, "a", 3,
                  "list", 1.0, 1e-300, "a", "q\"\n", "x", "x", "e", "A", "\xc3\xa4");
    (void)state;

    CHECK_TRUE(value != NULL);
    CHECK_OK(h4l_json_write(in_dir("v.json"), value, &err), err);
    CHECK_OK(h4l_read_file(in_dir("v.json"), 10000, &bytes, &n, &err), err);
    CHECK_STR(bytes,
              "{\n  \"A\": \"\xc3\xa4\",\n  \"a\": [\n    {\n      \"q\\\"\\n\": \"x\"\n    },\n"
              "    {\n      \"x\": []\n    }\n  ],\n  \"e\": {},\n  \"z\": {\n    \"a\": 3,\n"
              "    \"b\": 0.10000000000000001,\n    \"list\": [1.0, 1e-300, null]\n  }\n}\n");
    free(bytes);
    CHECK_OK(h4l_json_read(in_dir("v.json"), &back, &err), err);
    CHECK_TRUE(json_equal(value, back));
    json_decref(back);
    json_decref(value);
    back = NULL;
    put("mark.json", "\xef\xbb\xbf[\"a\\u001b[31m\\n\", {\"k\": \"\\u009b\"}, \"\\n\"]", 43);
    CHECK_OK(h4l_json_read(in_dir("mark.json"), &back, &err), err);
    CHECK_STR(json_string_value(json_array_get(back, 0)), "a\\x1b[31m\\n");
    CHECK_STR(json_string_value(json_object_get(json_array_get(back, 1), "k")), "\\u009b");
    CHECK_STR(json_string_value(json_array_get(back, 2)), "\n");
    json_decref(back);
    back = NULL;
    put("dup.json", "{\n \"a\": 1,\n \"a\": 2}", 19);
    CHECK_INT(h4l_json_read(in_dir("dup.json"), &back, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "dup.json:3:") && strstr(err.message, "duplicate"));
    put("bad.json", "{\"a\": 1,}", 9);
    CHECK_INT(h4l_json_read(in_dir("bad.json"), &back, &err), H4L_E_DATA);
    CHECK_TRUE(strstr(err.message, "bad.json:1:9:") != NULL);
    CHECK_INT(h4l_json_read(in_dir("none.json"), &back, &err), H4L_E_DATA);
    CHECK_TRUE(!back);
    json_t *null = h4l_json_real(NAN), *real = h4l_json_real(2.5);
    CHECK_TRUE(json_is_null(null) && json_real_value(real) == 2.5);
    json_decref(real);
    null = h4l_json_real(-INFINITY);
    CHECK_TRUE(json_is_null(null));
}

static void csv_round_trip(void **state)
{
    const char *const names[] = {"t_ms", "V,mV"};
    const double rows[][2] = {{0, -65.000000000000014}, {0.1, NAN}, {1e300, 1e-310}, {-3, 1e15}};
    struct h4l_csv csv;
    struct h4l_table table;
    struct h4l_err err;
    char *bytes;
    size_t n;
    (void)state;

    // a locale with a decimal comma, where the machine has one: the text must not change
    printf("locale: %s\n", setlocale(LC_ALL, "de_DE.UTF-8") ? "de_DE.UTF-8" : "C");
    CHECK_OK(h4l_csv_begin(dir, "t.csv", names, 2, &csv, &err), err);
    for (int i = 0; i < 4; i++)
        h4l_csv_row(&csv, rows[i]);
    CHECK_OK(h4l_csv_commit(&csv, &err), err);
    CHECK_OK(h4l_read_file(in_dir("t.csv"), 10000, &bytes, &n, &err), err);
    CHECK_STR(bytes, "t_ms,\"V,mV\"\n0,-65.000000000000014\n0.10000000000000001,\n"
                     "1.0000000000000001e+300,9.9999999999999694e-311\n-3,1000000000000000\n");
    free(bytes);
    CHECK_OK(h4l_table_read(in_dir("t.csv"), &table, &err), err);
    CHECK_INT(table.rows, 4);
    CHECK_INT(table.columns, 2);
    CHECK_INT(h4l_table_column(&table, "V,mV"), 1);
    CHECK_INT(h4l_table_column(&table, "V"), -1);
    for (int i = 0; i < 8; i++) {
        double expected = rows[i / 2][i % 2];

        if (isnan(expected))
            CHECK_TRUE(isnan(table.values[i]));
        else
            CHECK_CLOSE(table.values[i], expected, 0);
    }
    h4l_table_free(&table);
    setlocale(LC_ALL, "C");
    CHECK_OK(h4l_csv_begin(dir, "gone.csv", names, 2, &csv, &err), err);
    h4l_csv_abort(&csv);
    CHECK_TRUE(access(in_dir("gone.csv"), F_OK) != 0);
}

// Texts that hold what separates cells: written as RFC 4180 has it, and read back as they were.
static void csv_texts(void **state)
{
    static const char *const names[] = {"a, b", "say \"c\"", "#d", "plain"};
    struct h4l_table table = {0};
    struct h4l_err err = {0};
    struct h4l_csv csv;
    char *bytes;
    size_t n;

    (void)state;
    CHECK_OK(h4l_csv_begin(dir, "texts.csv", names, 4, &csv, &err), err);
    h4l_csv_row(&csv, (double[]){1, 2, 3, 4});
    CHECK_OK(h4l_csv_commit(&csv, &err), err);
    CHECK_OK(h4l_read_file(in_dir("texts.csv"), 10000, &bytes, &n, &err), err);
    CHECK_STR(bytes, "\"a, b\",\"say \"\"c\"\"\",\"#d\",plain\n1,2,3,4\n");
    free(bytes);
    CHECK_OK(h4l_table_read(in_dir("texts.csv"), &table, &err), err);
    CHECK_INT(table.columns, 4);
    for (int i = 0; i < 4; i++)
        CHECK_STR(table.names[i], names[i]);
    h4l_table_free(&table);
    unlink(in_dir("texts.csv"));
}

static void csv_errors(void **state)
{
    static const struct {
        const char *text, *message; // NULL: good
        size_t rows;
    } rows[] = {
        {"a,b\n1,2\n", NULL, 1},
        {"a,b\r\n1,2\r\n", NULL, 1},
        {"\xef\xbb\xbf# by hand\na,\"b\"\n# more\n1 ,\"2\"\n\n3 , 4", NULL, 2},
        {"a\n1\n\n2\n", NULL, 3},
        {"a,b\n", NULL, 0},
        {"", ":1:1: expected a header", 0},
        {"# only\n", ":2:1: expected a header", 0},
        {"a,b\n1,x2\n", ":2:3: expected a number, found \"x2\"", 0},
        {"a,b\n1,2\n1,2 3\n", ":3:3: expected a number, found \"2 3\"", 0},
        {"a,b\n1\n", ":2:2: expected 2 fields as in the header, found 1", 0},
        {"a,b\n1,2,3\n", ":2:6: expected 2 fields as in the header, found 3", 0},
        {"a,a\n1,2\n", ":1:3: the name of this column stands twice", 0},
        {"a,\n1,2\n", ":1:3: expected the name of a column", 0},
        {"a,\"b\n1,2\n", ":1:3: expected a closing quote", 0},
        {"a,\"b\"c\n1,2\n", ":1:6: expected ','", 0},
        {"a\n\"", ":2:1: expected a closing quote", 0},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct h4l_table table = {0};
        struct h4l_err err = {0};

        put("e.csv", rows[i].text, strlen(rows[i].text));
        int code = h4l_table_read(in_dir("e.csv"), &table, &err);
        CHECK_INT(code, rows[i].message ? H4L_E_DATA : H4L_OK);
        if (rows[i].message) {
            h4l_check(strstr(err.message, rows[i].message) != NULL, __FILE__, __LINE__,
                      "\"%s\" holds \"%s\"", err.message, rows[i].message);
            CHECK_TRUE(!table.values && !table.names);
        } else {
            CHECK_INT(table.rows, rows[i].rows);
            h4l_table_free(&table);
        }
    }
    struct h4l_table table;
    struct h4l_err err;
    CHECK_INT(h4l_table_read(in_dir("none.csv"), &table, &err), H4L_E_DATA);
}

static void an_array_grows_by_one(void **state)
{
    double *x = NULL;
    size_t n = 0, room = 0;

    (void)state;
    for (; n < 1000; n++) {
        CHECK_TRUE(h4l_grow(&x, n, &room, sizeof *x));
        CHECK_TRUE(room > n);
        x[n] = (double)n;
    }
    for (size_t i = 0; i < n; i++)
        CHECK_CLOSE(x[i], (double)i, 0);
    free(x);
}

// What a terminal would take for an order, or not show, is spelt out; all other text stays.
static void visible_text(void **state)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"plain \\ text, \xc3\xa4 \xe2\x80\x94 \xf0\x9f\x99\x82", NULL},
        {"\x1b[31mred\x07\x7f", "\\x1b[31mred\\x07\\x7f"},
        {"a\nb\tc\r", "a\\nb\\tc\\r"},
        {"\xc2\x9b"
         "31m",
         "\\u009b31m"}, // control sequence in one character
        {"\xef\xbb\xbf"
         "1",
         "\\ufeff1"}, // byte-order mark
        {"\xe2\x80\xae"
         "x",
         "\\u202ex"},                                            // right to left
        {"\xff\xc3", "\\xff\\xc3"},                              // no UTF-8, cut off
        {"\xc0\x9b \xed\xa0\x80", "\\xc0\\x9b \\xed\\xa0\\x80"}, // too long a form, a surrogate
    };
    char shown[100];
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h4l_visible(cases[i].text, shown, sizeof shown);
        CHECK_STR(shown, cases[i].shown ? cases[i].shown : cases[i].text);
    }
    h4l_visible("abc\x1b", shown, 7); // the escape does not fit
    CHECK_STR(shown, "abc");
    h4l_visible("abc\x1b", shown, 8);
    CHECK_STR(shown, "abc\\x1b");
}

// What is built without a check a line is whole or not there; texts are told from bytes.
static void json_building(void **state)
{
    json_t *object = json_object(), *array = json_array(), *back = NULL;
    json_error_t error;
    char *text;
    (void)state;

    h4l_json_set(&object, "a", json_integer(1));
    h4l_json_update(&object, json_pack("{s:i}", "b", 2));
    h4l_json_add(&array, json_true());
    h4l_json_set(&object, "c", array);
    text = h4l_json_dump(object, JSON_COMPACT | JSON_SORT_KEYS);
    CHECK_STR(text, "{\"a\":1,\"b\":2,\"c\":[true]}");
    CHECK_INT(h4l_json_parse(text, strlen(text), 0, &back, &error), H4L_OK);
    CHECK_TRUE(json_equal(object, back));
    CHECK_INT(h4l_json_parse(text, strlen(text) - 1, 0, &back, &error), H4L_E_DATA);
    h4l_json_set(&object, "d", NULL);
    CHECK_TRUE(!object);
    h4l_json_set(&object, "e", json_true());
    CHECK_TRUE(!object && !h4l_json_dump(object, 0));
    array = json_array();
    h4l_json_add(&array, NULL);
    CHECK_TRUE(!array);
    json_decref(back);
    free(text);
    CHECK_TRUE(h4l_is_utf8("") && h4l_is_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
    static const char *const wrong[] = {
        "\x80", "\xc3", "\xc3(", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\xff"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *taken = json_string(wrong[i]);

        CHECK_TRUE(!taken && !h4l_is_utf8(wrong[i]));
        json_decref(taken);
    }
    json_t *of_bytes = h4l_json_text("a\xc3(\xff"), *of_text = h4l_json_text("\xc3\xa4");
    CHECK_STR(json_string_value(of_bytes), "a?(?");
    CHECK_STR(json_string_value(of_text), "\xc3\xa4");
    json_decref(of_bytes);
    json_decref(of_text);
}

static void path_lists(void **state)
{
    struct h4l_paths found = {0};
    struct h4l_err err;
    (void)state;

    CHECK_OK(h4l_file_write(in_dir("p/b/x.json"), "", &err), err);
    CHECK_OK(h4l_file_write(in_dir("p/a/y.json"), "", &err), err);
    CHECK_OK(h4l_file_write(in_dir("p/a/.hidden.json"), "", &err), err);
    CHECK_OK(h4l_file_write(in_dir("p/x.json"), "", &err), err);
    CHECK_OK(h4l_paths_find(in_dir("p"), "*/*.json", &found, &err), err);
    CHECK_INT(found.n, 2);
    CHECK_TRUE(strstr(found.path[0], "/p/a/y.json") && strstr(found.path[1], "/p/b/x.json"));
    h4l_paths_free(&found);
    CHECK_OK(h4l_paths_find(in_dir("p/none"), "*", &found, &err), err);
    CHECK_INT(found.n, 0);
    h4l_paths_free(&found);
    CHECK_OK(h4l_paths_below(in_dir("p"), 0, &found, &err), err);
    CHECK_INT(found.n, 1);
    CHECK_TRUE(strstr(found.path[0], "/p/x.json"));
    h4l_paths_free(&found);
    CHECK_OK(h4l_file_write(in_dir("p/b/c/z"), "", &err), err);
    CHECK_INT(symlink("nowhere", in_dir("p/b/link")), 0);
    CHECK_INT(symlink("../a", in_dir("p/b/way")), 0);
    CHECK_OK(h4l_paths_below(in_dir("p"), 2, &found, &err), err);
    CHECK_INT(found.n, 5);
    CHECK_TRUE(strstr(found.path[0], "/p/a/y.json") && strstr(found.path[1], "/p/b/c/z") &&
               strstr(found.path[2], "/p/b/way/y.json") && strstr(found.path[3], "/p/b/x.json") &&
               strstr(found.path[4], "/p/x.json"));
    h4l_paths_free(&found);
    CHECK_OK(h4l_paths_below(in_dir("p/none"), 2, &found, &err), err);
    CHECK_INT(found.n, 0);
    h4l_paths_free(&found);
}

// Several files, all or none: the second has lost its temporary file, so the first is as before.
static void several_files(void **state)
{
    struct h4l_file file[2], *both[2] = {&file[0], &file[1]};
    struct h4l_err err;
    char *bytes;
    size_t n;
    (void)state;

    CHECK_OK(h4l_file_write(in_dir("s/1"), "old 1", &err), err);
    CHECK_OK(h4l_file_write(in_dir("s/2"), "old 2", &err), err);
    for (int lost = 1; lost >= 0; lost--) {
        CHECK_OK(h4l_file_begin(in_dir("s/1"), &file[0], &err), err);
        CHECK_OK(h4l_file_begin(in_dir("s/2"), &file[1], &err), err);
        fputs("new", file[0].stream);
        fputs("new", file[1].stream);
        if (lost)
            unlink(file[1].tmp);
        CHECK_INT(h4l_files_commit(both, 2, &err), lost ? H4L_E_IO : H4L_OK);
        CHECK_INT(entries(in_dir("s")), 2);
        for (int i = 0; i < 2; i++) {
            CHECK_OK(h4l_read_file(in_dir(i ? "s/2" : "s/1"), 100, &bytes, &n, &err), err);
            CHECK_STR(bytes, !lost ? "new" : i ? "old 2" : "old 1");
            free(bytes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visible_text),   cmocka_unit_test(an_array_grows_by_one),
        cmocka_unit_test(atomic_file),    cmocka_unit_test(write_errors),
        cmocka_unit_test(reading),        cmocka_unit_test(gzip),
        cmocka_unit_test(sha256),         cmocka_unit_test(json),
        cmocka_unit_test(csv_round_trip), cmocka_unit_test(csv_texts),
        cmocka_unit_test(csv_errors),     cmocka_unit_test(json_building),
        cmocka_unit_test(path_lists),     cmocka_unit_test(several_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
