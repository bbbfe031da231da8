// For tests that run the program of a family in a folder of its own and read what it wrote there.
#ifndef H4L_TESTS_FAMILY_PROGRAM_H
#define H4L_TESTS_FAMILY_PROGRAM_H

#include "check.h"

#include <jansson.h>
#include <limits.h>
#include <sys/wait.h>
#include <unistd.h>

static char program[PATH_MAX]; // absolute path
static const char *family;     // "dynamics"
static char folder[] =
    "family-XXXXXX"; // below the folder of the test; paths in arguments start there

// Runs the program in the folder with these arguments; returns its exit status.
static int run(const char *format, ...)
{
    char arguments[1000], command[6000];
    va_list args;
    int status;

    va_start(args, format);
    vsnprintf(arguments, sizeof arguments, format, args);
    va_end(args);
    snprintf(command, sizeof command, "cd '%s' && '%s' --progress never %s >stdout 2>stderr",
             folder, program, arguments);
    status = system(command);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

// Whether the last run said so on "stdout" or "stderr".
static int stream_has(const char *stream, const char *text)
{
    char path[200], bytes[4000];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", folder, stream);
    file = fopen(path, "r");
    assert_non_null(file);
    n = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[n] = 0;
    if (!strstr(bytes, text))
        printf("  %s: %s\n", stream, bytes);
    return strstr(bytes, text) != NULL;
}

static int stderr_has(const char *text)
{
    return stream_has("stderr", text);
}

static json_t *load(const char *path)
{
    json_error_t where;
    json_t *root = json_load_file(path, 0, &where);

    h4l_check(root != NULL, __FILE__, __LINE__, "%s: %s", path, root ? "read" : where.text);
    return root;
}

static void result_path(const char *out, const char *name, char ret[300])
{
    snprintf(ret, 300, "%s/%s/%s/%s.json", folder, out, family, name);
}

// The metrics of a case that was run with --out OUT; the caller owns them.
static json_t *metrics(const char *out, const char *name)
{
    char path[300];
    json_t *root, *found;

    result_path(out, name, path);
    root = load(path);
    found = json_incref(json_object_get(root, "metrics"));
    json_decref(root);
    assert_non_null(found);
    return found;
}

static void check_no_result(const char *out, const char *name)
{
    char path[300];

    result_path(out, name, path);
    h4l_check(access(path, F_OK) != 0, __FILE__, __LINE__, "no result: %s", path);
}

// object[key], or its element `index` where index >= 0; NaN where it is not a number.
static double at(const json_t *object, const char *key, int index)
{
    const json_t *value = json_object_get(object, key);

    if (index >= 0)
        value = json_array_get(value, (size_t)index);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void write_file(const char *name, const char *text)
{
    char path[300];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

// Runs the tests with argv[1] as the program, and removes the folder after them; returns the exit status.
#define RUN_FAMILY_TESTS(family_, tests, argc, argv)                                               \
    (prepare(family_, argc, argv) ? 99 : cmocka_run_group_tests(tests, NULL, remove_folder))

static int prepare(const char *family_, int argc, char **argv)
{
    family = family_;
    if (argc != 2 || !realpath(argv[1], program)) {
        fprintf(stderr, "usage: %s PATH-OF-hh4lif-%s\n", argv[0], family_);
        return -1;
    }
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[100];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

#endif
