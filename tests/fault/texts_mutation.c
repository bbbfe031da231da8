// The texts are checked: every kind of drift between a document, its text under docs/text and the raw results, applied one at a
// time to a copy of all three. Each must turn the check red.
//
//     H4L_DATADIR=WORK fault-texts_mutation WORK
//
// WORK is a copy of docs/text, of the documents, of the registries and of results/reference (tests/claim/texts.sh makes it). Prints what was tried and noticed, kind by kind, and each mutation
// that went unnoticed. Exit status 1 if there is one, or if fewer than 200 were tried.
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "claims/evaluate.h"
#include "claims/texts.h"

enum { LARGEST = 16 << 20, LEAST = 200, MOST_PER_FILE = 40 };

static json_t *claims, *rows;
static const char *work;
static size_t tried, noticed;

static void stop(const struct h4l_err *err)
{
    fprintf(stderr, "%s\n", err->message);
    exit(99);
}

static char *read_file(const char *name)
{
    struct h4l_err err = {0};
    char path[4096], *text = NULL;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", work, name);
    if (h4l_read_file(path, LARGEST, &text, &n, &err))
        stop(&err);
    return text;
}

static void write_file(const char *name, const char *text)
{
    char path[4096];
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", work, name);
    stream = fopen(path, "w");
    if (!stream || fputs(text, stream) < 0 || fclose(stream)) {
        perror(path);
        exit(99);
    }
}

static void count(const char *name, int code, const char *what)
{
    tried++;
    noticed += code != H4L_OK;
    if (code == H4L_OK)
        printf("NOT NOTICED: %s: %s\n", name, what);
}

static struct h4l_fill *fill; // the raw results that documents were made from

static int check_document(const char *name)
{
    struct h4l_err err = {0};

    name += strncmp(name, "docs/text/", 10) == 0 ? 10 : 0;
    return h4l_texts_check_one(fill, work, name, claims, &err);
}

static int check_raw(const char *name)
{
    struct h4l_err err = {0};

    (void)name;
    return h4l_manifest_check(work, &err);
}

// Another digit, so that the number is another one, too.
static void turn(char *digit, unsigned by)
{
    *digit = (char)('0' + (*digit - '0' + 1 + (int)by % 9) % 10);
}

// `most` digits of a file, spread over it, each changed alone.
static void digits(const char *name, size_t most, int (*check)(const char *name))
{
    char *text = read_file(name), what[80];
    size_t n = strlen(text), found = 0, seen = 0, every;

    for (size_t i = 0; i < n; i++)
        found += isdigit((unsigned char)text[i]) != 0;
    every = found / most + 1;
    for (size_t i = 0; i < n; i++) {
        char was = text[i];

        if (!isdigit((unsigned char)was) || seen++ % every)
            continue;
        turn(&text[i], (unsigned)i);
        snprintf(what, sizeof what, "byte %zu: '%c' became '%c'", i, was, text[i]);
        write_file(name, text);
        count(name, check(name), what);
        text[i] = was;
    }
    write_file(name, text);
    free(text);
}

// A {name} of a text whose value has decimals becomes a number by hand, and the documents are made anew: as one would who
// wants another number.
static void by_hand(const char *name)
{
    char *text = read_file(name), path[4096];
    size_t n = strlen(text), here = 0;

    snprintf(path, sizeof path, "%s/%s", work, name);
    for (char *at = text; (at = strchr(at, '{')) && here < MOST_PER_FILE; at++) {
        char *changed = malloc(n + 16), *end = strchr(at, '}'), *made = NULL;
        struct h4l_err err = {0};

        if (end && isalpha((unsigned char)at[1]) && strstr(at, ":.") && strstr(at, ":.") < end &&
            changed) {
            sprintf(changed, "%.*s38.3%s", (int)(at - text), text, end + 1);
            write_file(name, changed);
            count(name, h4l_texts_make(work, path, claims, &made, &err),
                  "a result written by hand");
            here++;
        }
        free(changed);
        free(made);
    }
    write_file(name, text);
    free(text);
}

// A number of a headline, or of a reason in verdicts.json: the documents show it.
static int check_headlines(const char *name)
{
    struct h4l_err err = {0};
    json_t *others = NULL, *files = NULL;
    int code = h4l_reference_claims(&others, &files, &err);

    (void)name;
    if (!code)
        code = h4l_texts_check_one(fill, work, "docs/verdicts.md", others, &err);
    json_decref(others);
    json_decref(files);
    return code;
}

// The first digit of a JSON text that is part of a number, not of a word; NULL: none.
static char *first_number(char *text)
{
    for (char *at = text; *at && *at != '"'; at++)
        if (isdigit((unsigned char)*at) && !isalpha((unsigned char)at[-1]) &&
            !isalpha((unsigned char)at[1]))
            return at;
    return NULL;
}

static void in_texts_of(const char *name, const char *key)
{
    char *text = read_file(name), what[80];

    for (char *at = text; (at = strstr(at, key)); at++) {
        char *digit = first_number(at + strlen(key)), was;

        if (!digit)
            continue;
        was = *digit;
        turn(digit, 3);
        snprintf(what, sizeof what, "byte %zu: '%c' became '%c'", (size_t)(digit - text), was,
                 *digit);
        write_file(name, text);
        count(name, check_headlines(name), what);
        *digit = was;
    }
    write_file(name, text);
    free(text);
}

static void in_headlines(const char *name)
{
    in_texts_of(name, "\"headline\": \"");
    in_texts_of(name, "\"reason\": \"");
}

static void report(const char *kind, size_t before_tried, size_t before_noticed)
{
    printf("%-46s %4zu tried, %4zu noticed\n", kind, tried - before_tried,
           noticed - before_noticed);
}

static void each(const char *kind, void (*mutate)(const char *name), const char *const *names)
{
    size_t before_tried = tried, before_noticed = noticed;

    for (; *names; names++)
        mutate(*names);
    report(kind, before_tried, before_noticed);
}

static void in_document(const char *name)
{
    digits(name, MOST_PER_FILE, check_document);
}

static void in_raw(const char *name)
{
    digits(name, 2, check_raw);
}

// One line of the manifest names a raw file: a digit or two of each.
static void in_every_raw_file(void)
{
    char *manifest = read_file("results/reference/MANIFEST"), name[1000];
    size_t before_tried = tried, before_noticed = noticed;

    for (const char *line = manifest; *line; line += strcspn(line, "\n") + 1) {
        int n = (int)strcspn(line + 66, "\n");
        bool json = n > 5 && strncmp(line + 66 + n - 5, ".json", 5) == 0;

        if (!json || memmem(line + 66, (size_t)n, ".tar.gz/", 8))
            continue;
        snprintf(name, sizeof name, "results/reference/%.*s", n, line + 66);
        in_raw(name);
    }
    free(manifest);
    report("a digit of a raw result", before_tried, before_noticed);
}

// One byte of an archive, read and written in place.
static void in_archive(const char *name)
{
    char path[4096], what[80];
    FILE *stream;
    long size;

    snprintf(path, sizeof path, "%s/%s", work, name);
    stream = fopen(path, "r+");
    if (!stream || fseek(stream, 0, SEEK_END) || (size = ftell(stream)) <= 0) {
        perror(path);
        exit(99);
    }
    for (int part = 1; part < 3; part++) {
        long at = size * part / 3;
        int was, wrong = fseek(stream, at, SEEK_SET);

        was = fgetc(stream);
        wrong |= fseek(stream, at, SEEK_SET) || fputc(was ^ 1, stream) == EOF || fflush(stream);
        snprintf(what, sizeof what, "byte %ld: %d became %d", at, was, was ^ 1);
        count(name, check_raw(name), what);
        wrong |= fseek(stream, at, SEEK_SET) || fputc(was, stream) == EOF || fflush(stream);
        if (wrong) {
            perror(path);
            exit(99);
        }
    }
    fclose(stream);
}

// The archives hold what is kept by its sum alone: curves over steps and epochs, cells of sweeps.
static void in_every_archive(void)
{
    char *manifest = read_file("results/reference/MANIFEST"), name[1000];
    size_t before_tried = tried, before_noticed = noticed;

    for (const char *line = manifest; *line; line += strcspn(line, "\n") + 1) {
        int n = (int)strcspn(line + 66, "\n");

        if (n < 7 || strncmp(line + 66 + n - 7, ".tar.gz", 7) != 0)
            continue;
        snprintf(name, sizeof name, "results/reference/%.*s", n, line + 66);
        in_archive(name);
    }
    free(manifest);
    if (tried == before_tried)
        count("results/reference/MANIFEST", H4L_OK, "it names no archive");
    report("a byte of an archive", before_tried, before_noticed);
}

int main(int argc, char **argv)
{
    static const char *const documents[] = {"README.md", "docs/findings.md", "docs/tables.md",
                                            "docs/verdicts.md", NULL};
    static const char *const texts[] = {"docs/text/docs/findings.md", "docs/text/docs/tables.md",
                                        NULL};
    static const char *const registries[] = {
        "experiments/equivalence/claims.json", "experiments/dynamics/claims.json",
        "experiments/efficiency/claims.json",  "experiments/equivalence/verdicts.json",
        "experiments/dynamics/verdicts.json",  "experiments/efficiency/verdicts.json",
        "experiments/multitask/verdicts.json", "experiments/control/verdicts.json",
        "experiments/fitting/verdicts.json",   NULL};
    struct h4l_err err = {0};

    if (argc != 2)
        return 2;
    work = argv[1];
    if (h4l_reference_claims(&claims, &rows, &err))
        stop(&err);
    // Commands are written as the reader of that folder types them, so that the copy's documents are made anew first.
    if (h4l_texts_update(work, claims, &err) || h4l_texts_check(work, claims, rows, &err))
        stop(&err);
    if (h4l_fill_open(work, claims, &fill, &err))
        stop(&err);
    each("a digit of a document", in_document, documents);
    each("a digit of a text that is filled in", in_document, texts);
    each("a digit of a headline or a reason", in_headlines, registries);
    each("a name of a text made a number by hand", by_hand, texts);
    in_every_raw_file();
    in_every_archive();
    printf("%zu mutations, %zu noticed\n", tried, noticed);
    h4l_fill_close(fill);
    json_decref(claims);
    json_decref(rows);
    return tried < LEAST || noticed != tried;
}
