#include "base/provenance.h"

#include <cblas.h>
#include <gnu/libc-version.h>
#include <gsl/gsl_version.h>
#include <nettle/version.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/simd.h"
#include "base/vcs.h"
#include "hh4lif_config.h"

// Libraries that only some programs link: absent ones have a null address.
#define WEAK __attribute__((weak))
extern WEAK const char fftw_version[];
extern WEAK const char h4l_net_openblas[];
extern WEAK void nlopt_version(int *major, int *minor, int *bugfix);
extern WEAK const char *mj_versionString(void);
extern WEAK const char *png_get_libpng_ver(const void *unused);
extern WEAK void Mat_GetLibraryVersion(int *major, int *minor, int *release);

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static double program_started;

__attribute__((constructor)) static void note_start(void)
{
    program_started = h4l_now();
}

double h4l_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// ---- facts ----

static void get_commit(char commit[64], bool *dirty)
{
    size_t n = strlen(H4L_GIT);

    snprintf(commit, 64, "%s", H4L_GIT);
    *dirty = n > 0 && n < 64 && commit[n - 1] == '+';
    if (*dirty)
        commit[n - 1] = 0;
}

// "unknown" where the system does not say it; not where it could not be asked. H4L_E_NOMEM, H4L_E_IO.
static int get_cpu(char *text, size_t n, struct h4l_err *err)
{
    static const char name[] = "\nmodel name";
    char *all, *at;
    size_t length;
    int code = h4l_read_file("/proc/cpuinfo", (size_t)1 << 26, &all, &length, err);

    snprintf(text, n, "unknown");
    if (code)
        return code == H4L_E_DATA ? H4L_OK : code;
    at = strstr(all, name);
    at = at ? strchr(at, ':') : NULL;
    if (at) {
        at[strcspn(at, "\n")] = 0;
        snprintf(text, n, "%s", at + 1 + strspn(at + 1, " \t"));
    }
    free(all);
    return H4L_OK;
}

// Salted, so that the name of the machine cannot be looked up in a list of common hashes.
static void get_hostname_hash(char hash[17])
{
    char name[300] = "hh4lif machine ", hex[65];
    size_t n = strlen(name);

    if (gethostname(name + n, sizeof name - n - 1))
        name[n] = 0;
    h4l_sha256(name, strlen(name), hex);
    memcpy(hash, hex, 16);
    hash[16] = 0;
}

// Calls put(ctx, name, version) for each library that this program runs with.
static void each_library(void (*put)(void *ctx, const char *name, const char *version), void *ctx)
{
    char text[128];
    int a, b, c;

    snprintf(text, sizeof text, "%s", openblas_get_config());
    text[strcspn(text, " ") + 1 + strcspn(text + strcspn(text, " ") + 1, " ")] = 0;
    const char *number = strchr(text, ' '); // "OpenBLAS 0.3.21"
    char blas[160];
    snprintf(blas, sizeof blas, "%s %s", number ? number + 1 : text, openblas_get_corename());
    if (fftw_version)
        put(ctx, "fftw", fftw_version);
    put(ctx, "glibc", gnu_get_libc_version());
    put(ctx, "gsl", gsl_version);
    put(ctx, "jansson", jansson_version_str());
    if (Mat_GetLibraryVersion) {
        Mat_GetLibraryVersion(&a, &b, &c);
        snprintf(text, sizeof text, "%d.%d.%d", a, b, c);
        put(ctx, "matio", text);
    }
    if (mj_versionString)
        put(ctx, "mujoco", mj_versionString());
    snprintf(text, sizeof text, "%d.%d", nettle_version_major(), nettle_version_minor());
    put(ctx, "nettle", text);
    if (nlopt_version) {
        nlopt_version(&a, &b, &c);
        snprintf(text, sizeof text, "%d.%d.%d", a, b, c);
        put(ctx, "nlopt", text);
    }
    put(ctx, "openblas", blas);
    if (png_get_libpng_ver)
        put(ctx, "png", png_get_libpng_ver(NULL));
    put(ctx, "zlib", zlibVersion());
}

// ---- the block ----

static void put_library(void *ctx, const char *name, const char *version)
{
    h4l_json_set((json_t **)ctx, name, h4l_json_text(version));
}

static json_t *words(int argc, char *const *argv)
{
    json_t *array = json_array();

    for (int i = 0; i < argc; i++)
        h4l_json_add(&array, h4l_json_text(argv[i]));
    return array;
}

// The program's own hash, taken once: a checkpoint a second would read megabytes each time. "" where there is no /proc.
static char own_hash[65];
static struct h4l_err own_hash_error;

static void take_own_hash(void)
{
    if (h4l_sha256_file("/proc/self/exe", own_hash, &own_hash_error))
        own_hash[0] = 0;
}

// Modified sources have no commit that would name them: the hash of the program does. H4L_E_NOMEM, H4L_E_IO.
static int put_program_hash(json_t **p, struct h4l_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, take_own_hash);
    if (own_hash_error.code && own_hash_error.code != H4L_E_DATA)
        return h4l_fail(err, own_hash_error.code, "%s", own_hash_error.message);
    if (*own_hash)
        h4l_json_set(p, "program_sha256", json_string(own_hash));
    return H4L_OK;
}

// What the bytes of a result hang on beside what was asked for and the data.
static int program(json_t **ret, struct h4l_err *err)
{
    char commit[64];
    bool dirty;
    json_t *p, *libraries = json_object();
    int code = H4L_OK;

    get_commit(commit, &dirty);
    each_library(put_library, &libraries);
    p = json_pack("{s:s, s:s, s:b, s:s, s:s, s:s, s:o}", "version", H4L_VERSION, "git_commit",
                  commit, "git_dirty", dirty, "compiler", COMPILER, "flags", H4L_FLAGS, "simd",
                  h4l_simd_level(), "libraries", libraries);
    if (dirty || strcmp(commit, "unknown") == 0)
        code = put_program_hash(&p, err);
    if (!code && !p)
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory for what this program is");
    if (code)
        json_decref(p);
    else
        *ret = p;
    return code;
}

int h4l_provenance(int argc, char *const *argv, int threads, json_t **ret, struct h4l_err *err)
{
    char cpu[256], host[17], started[32];
    time_t now = time(NULL);
    struct tm utc;
    json_t *p = NULL;
    int code = get_cpu(cpu, sizeof cpu, err);

    if (!code)
        code = program(&p, err);
    if (code)
        return code;
    get_hostname_hash(host);
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    h4l_json_update(&p, json_pack("{s:o, s:i, s:s, s:s, s:f, s:I, s:o, s:{}}", "cpu",
                                  h4l_json_text(cpu), "threads", threads, "hostname_hash", host,
                                  "started", started, "seconds", 0.0, "peak_rss_bytes",
                                  (json_int_t)0, "argv", words(argc, argv), "data"));
    if (!p)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the provenance");
    *ret = p;
    return H4L_OK;
}

// ---- the program as what a checkpoint or a result is bound to ----

static const char *const program_keys[] = {"version",  "git_commit", "git_dirty", "program_sha256",
                                           "compiler", "flags",      "simd"};
// Libraries that compute; the others read and write.
static const char *const computing[] = {"fftw", "glibc", "gsl", "mujoco", "nlopt", "openblas"};
enum {
    PROGRAM_KEYS = sizeof program_keys / sizeof *program_keys,
    COMPUTING = sizeof computing / sizeof *computing
};

// Member i of those that count: the keys, then the libraries. *ret_name: what it is called.
static const json_t *counted(const json_t *provenance, size_t i, const char **ret_name)
{
    *ret_name = i < PROGRAM_KEYS ? program_keys[i] : computing[i - PROGRAM_KEYS];
    if (!h4l_net_openblas && strcmp(*ret_name, "openblas") == 0)
        return NULL;
    return json_object_get(i < PROGRAM_KEYS ? provenance : json_object_get(provenance, "libraries"),
                           *ret_name);
}

static const char *text_of(const json_t *value)
{
    return json_is_string(value)  ? json_string_value(value)
           : json_is_true(value)  ? "yes"
           : json_is_false(value) ? "no"
                                  : "none";
}

int h4l_provenance_same_program(const json_t *found, const json_t *here, struct h4l_err *err)
{
    for (size_t i = 0; i < PROGRAM_KEYS + COMPUTING; i++) {
        const char *name;
        const json_t *a = counted(found, i, &name), *b = counted(here, i, &name);

        if (a != b && !(a && b && json_equal(a, b)))
            return h4l_fail(err, H4L_E_DATA, "made by another program: %s %s, here %s", name,
                            text_of(a), text_of(b));
    }
    return H4L_OK;
}

int h4l_program_identity(char ret_hex[65], struct h4l_err *err)
{
    json_t *p, *identity = json_object();
    int code = program(&p, err);

    if (code) {
        json_decref(identity);
        return code;
    }
    for (size_t i = 0; i < PROGRAM_KEYS + COMPUTING; i++) {
        const char *name;
        const json_t *value = counted(p, i, &name);

        if (value)
            h4l_json_set(&identity, name, json_incref((json_t *)value));
    }
    code = h4l_json_sha256(identity, JSON_COMPACT | JSON_SORT_KEYS, ret_hex);
    json_decref(p);
    json_decref(identity);
    return code ? h4l_fail(err, code, "no memory for what this program is") : H4L_OK;
}

int h4l_provenance_finish(json_t *provenance, struct h4l_err *err)
{
    struct rusage usage;
    bool failed =
        json_object_set_new(provenance, "seconds", json_real(h4l_now() - program_started));

    if (getrusage(RUSAGE_SELF, &usage) == 0)
        failed |= json_object_set_new(provenance, "peak_rss_bytes",
                                      json_integer((json_int_t)usage.ru_maxrss * 1024));
    return failed ? h4l_fail(err, H4L_E_NOMEM, "out of memory for the provenance") : H4L_OK;
}

// ---- --version ----

struct text {
    char bytes[2000];
    size_t n;
};

static void put_line(void *ctx, const char *name, const char *value)
{
    struct text *t = ctx;
    int n = snprintf(t->bytes + t->n, sizeof t->bytes - t->n, "  %-10s %s\n", name, value);

    if (n > 0 && (size_t)n < sizeof t->bytes - t->n)
        t->n += (size_t)n;
}

const char *h4l_version_text(void)
{
    static struct text t;
    char commit[64], both[80];
    bool dirty;

    get_commit(commit, &dirty);
    t.n = (size_t)snprintf(t.bytes, sizeof t.bytes, "hh4lif %s\n", H4L_VERSION);
    snprintf(both, sizeof both, "%s%s", commit, dirty ? " with changes" : "");
    put_line(&t, "commit", both);
    put_line(&t, "compiler", COMPILER);
    put_line(&t, "flags", H4L_FLAGS);
    put_line(&t, "simd", h4l_simd_level());
    each_library(put_line, &t);
    return t.bytes;
}
