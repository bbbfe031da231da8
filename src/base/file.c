#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <nettle/sha2.h>
#include <zlib.h>

// ---- writing ----

static int write_failed(struct h4l_err *err, const char *path, const char *what, int error)
{
    const char *advice = error == ENOSPC || error == EDQUOT || error == EFBIG
                             ? "free some space or choose another folder with --out"
                         : error == ENAMETOOLONG ? "choose a shorter name"
                                                 : "choose a folder you may write to with --out";

    return h4l_fail(err, error == ENOMEM ? H4L_E_NOMEM : H4L_E_IO, "cannot %s %s: %s; %s", what,
                    path, strerror(error), advice);
}

int h4l_make_dirs(const char *path, struct h4l_err *err)
{
    char *copy = strdup(path);
    struct stat st;

    if (!copy)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the path %s", path);
    // each prefix that ends before a '/', then the whole
    for (char *end = copy;;) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char was = *end;
        *end = 0;
        if (*copy && mkdir(copy, 0777) && errno != EEXIST) {
            int code, error = errno;

            // a prefix on a read-only file system may exist all the same
            if (stat(copy, &st) || !S_ISDIR(st.st_mode)) {
                code = write_failed(err, copy, "make the folder", error);
                free(copy);
                return code;
            }
        }
        *end = was;
        if (!was)
            break;
    }
    free(copy);
    if (*path && (stat(path, &st) || !S_ISDIR(st.st_mode)))
        return write_failed(err, path, "use the folder", ENOTDIR);
    return H4L_OK;
}

// Length of the folder part of path with its final '/', 0 if there is none.
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

static int make_parent(const char *path, struct h4l_err *err)
{
    size_t n = folder_length(path);
    char *folder;
    int code;

    if (!n)
        return H4L_OK;
    folder = strndup(path, n);
    if (!folder)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory for the path %s", path);
    code = h4l_make_dirs(folder, err);
    free(folder);
    return code;
}

// A pipe or a device cannot be replaced by rename: it is written in place, and tmp stays NULL.
static bool in_place(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

// The lower end of the stream: keeps the errno of the first write that failed, which stdio would lose by the time of commit.
struct h4l_sink {
    int fd, error;
};

static ssize_t sink_write(void *cookie, const char *bytes, size_t n)
{
    struct h4l_sink *sink = cookie;
    size_t done = 0;

    while (done < n && !sink->error) {
        ssize_t wrote = write(sink->fd, bytes + done, n - done);

        if (wrote >= 0)
            done += (size_t)wrote;
        else if (errno != EINTR)
            sink->error = errno;
    }
    return (ssize_t)done; // fewer than n sets the stream's error mark
}

static int open_for_writing(struct h4l_file *file, struct h4l_err *err)
{
    const char *name = file->tmp ? file->tmp : file->path;
    int error;

    file->sink = calloc(1, sizeof *file->sink);
    if (!file->sink)
        return write_failed(err, file->path, "create", ENOMEM);
    if (file->tmp)
        unlink(file->tmp); // left by a killed process that had our number
    file->sink->fd = open(name, O_WRONLY | O_CLOEXEC | (file->tmp ? O_CREAT | O_EXCL : 0), 0666);
    if (file->sink->fd < 0)
        return write_failed(err, file->path, "create", errno);
    file->stream = fopencookie(file->sink, "w", (cookie_io_functions_t){.write = sink_write});
    if (!file->stream) {
        error = errno;
        close(file->sink->fd);
        if (file->tmp)
            unlink(file->tmp);
        return write_failed(err, file->path, "create", error);
    }
    return H4L_OK;
}

// The process of a temporary file ".NAME.PROCESS.tmp" or ".NAME.PROCESS.old" of name, 0 if entry is none.
static long writer_of(const char *entry, const char *name)
{
    size_t n = strlen(name);
    char *end;
    long pid;

    if (entry[0] != '.' || strncmp(entry + 1, name, n) != 0 || entry[n + 1] != '.')
        return 0;
    pid = strtol(entry + n + 2, &end, 10);
    return end > entry + n + 2 && (strcmp(end, ".tmp") == 0 || strcmp(end, ".old") == 0) && pid > 0
               ? pid
               : 0;
}

// Removes what killed writers of this file left. A process of this number may run on another machine that shares the folder:
// only a file that nobody has written to for an hour is removed. What cannot be removed does no harm.
static void remove_leftovers(const char *path)
{
    size_t n = folder_length(path);
    char *folder = n ? strndup(path, n) : strdup(".");
    DIR *dir = folder ? opendir(folder) : NULL;
    struct dirent *entry;
    struct stat st;

    while (dir && (entry = readdir(dir))) {
        long pid = writer_of(entry->d_name, path + n);

        if (pid && kill((pid_t)pid, 0) && errno == ESRCH &&
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && time(NULL) - st.st_mtime > 3600)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir)
        closedir(dir);
    free(folder);
}

static char *hidden_name(const char *path, const char *end)
{
    int n = (int)folder_length(path);
    char *name;

    return asprintf(&name, "%.*s.%s.%ld.%s", n, path, path + n, (long)getpid(), end) < 0 ? NULL
                                                                                         : name;
}

static void free_names(struct h4l_file *file)
{
    free(file->path);
    free(file->tmp);
    free(file->old);
    free(file->sink);
    *file = (struct h4l_file){0};
}

int h4l_file_begin(const char *path, struct h4l_file *ret, struct h4l_err *err)
{
    struct h4l_file file = {0};
    struct stat st;
    int code;

    if (!path[folder_length(path)] || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
        return write_failed(err, *path ? path : "a file without name", "write", EISDIR);
    code = make_parent(path, err);
    if (code)
        return code;
    file.path = strdup(path);
    if (file.path && !in_place(path)) {
        file.tmp = hidden_name(path, "tmp");
        file.old = hidden_name(path, "old");
    }
    if (!file.path || (!in_place(path) && !(file.tmp && file.old)))
        code = h4l_fail(err, H4L_E_NOMEM, "out of memory for the path %s", path);
    if (!code && file.tmp)
        remove_leftovers(path);
    if (!code)
        code = open_for_writing(&file, err);
    if (code)
        free_names(&file);
    else
        *ret = file;
    return code;
}

// Opens the folder of path for sync_folder. Returns errno or 0; *ret_fd is -1 where the folder may be written and not read.
static int open_folder(const char *path, int *ret_fd)
{
    size_t n = folder_length(path);
    char *folder = n ? strndup(path, n) : strdup(".");
    int error = 0;

    if (!folder)
        return ENOMEM;
    *ret_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret_fd < 0 && errno != EACCES)
        error = errno;
    free(folder);
    return error;
}

// So that the new names survive a power cut. Returns errno or 0; a file system that cannot sync folders (EINVAL) is no error.
static int sync_folder(int fd)
{
    return fd >= 0 && fsync(fd) && errno != EINVAL ? errno : 0;
}

// Flushes, syncs and closes. Returns 0 or an errno.
static int close_stream(struct h4l_file *file)
{
    struct h4l_sink *sink = file->sink;
    bool failed = ferror(file->stream) != 0;
    int error;

    failed = fclose(file->stream) != 0 || failed;
    file->stream = NULL;
    error = sink->error ? sink->error : failed ? EIO : 0;
    if (!error && file->tmp && fsync(sink->fd))
        error = errno;
    if (close(sink->fd) && !error)
        error = errno;
    return error;
}

int h4l_file_finish(struct h4l_file *file, struct h4l_err *err)
{
    int code, error = file->stream ? close_stream(file) : 0;

    if (!error)
        return H4L_OK;
    code = write_failed(err, file->path, "write", error);
    h4l_file_abort(file);
    return code;
}

// What became of an earlier file. NONE: there is none; ASIDE: it has its other name; REPLACED: it is gone once the new one is
// shown, as the file system gives no second name to a file.
enum earlier { NONE, ASIDE, REPLACED };

// One file is replaced in one step, so the earlier one keeps its name as well. Of several the earlier ones step aside first.
static int set_aside(const struct h4l_file *file, bool keep_name, enum earlier *ret)
{
    bool done = (keep_name ? link : rename)(file->path, file->old) == 0;

    if (!done && errno != ENOENT && !keep_name)
        return errno;
    *ret = done ? ASIDE : errno == ENOENT ? NONE : REPLACED;
    return 0;
}

// Renames and syncs. Returns errno and the file it is about, or 0.
static int show(struct h4l_file *const *files, size_t n, int folder, enum earlier *earlier,
                size_t *shown, size_t *at)
{
    int error = 0;

    for (size_t i = n; i > 0 && !error; i--) {
        *at = i - 1;
        if (files[*at]->tmp)
            error = set_aside(files[*at], n == 1, &earlier[*at]);
    }
    for (; *shown < n && !error; *shown += !error) {
        *at = *shown;
        if (files[*at]->tmp && rename(files[*at]->tmp, files[*at]->path))
            error = errno;
    }
    return error ? error : sync_folder(folder);
}

// Every name as it was.
static void take_back(struct h4l_file *const *files, size_t n, const enum earlier *earlier,
                      size_t shown)
{
    for (size_t i = 0; i < n; i++)
        if (earlier[i] == ASIDE && rename(files[i]->old, files[i]->path) == 0)
            unlink(files[i]->old); // both may be names of one file: then rename leaves both
        else if (i < shown && files[i]->tmp && earlier[i] == NONE)
            unlink(files[i]->path);
}

static int show_all(struct h4l_file *const *files, size_t n, struct h4l_err *err)
{
    enum earlier *earlier = calloc(n, sizeof *earlier);
    size_t shown = 0, at = 0;
    int folder = -1, error = earlier ? 0 : ENOMEM;

    if (!error && files[0]->tmp)
        error = open_folder(files[0]->path, &folder);
    if (!error)
        error = show(files, n, folder, earlier, &shown, &at);
    if (error && earlier)
        take_back(files, n, earlier, shown);
    for (size_t i = 0; i < n && !error; i++)
        if (earlier[i] == ASIDE)
            unlink(files[i]->old);
    for (size_t i = 0; i < shown; i++) { // abort must not look for what is no longer there
        free(files[i]->tmp);
        files[i]->tmp = NULL;
    }
    free(earlier);
    if (folder >= 0)
        close(folder);
    return error ? write_failed(err, files[at]->path, "write", error) : H4L_OK;
}

int h4l_files_commit(struct h4l_file *const *files, size_t n, struct h4l_err *err)
{
    int code = H4L_OK;

    for (size_t i = 0; i < n && !code; i++)
        code = h4l_file_finish(files[i], err);
    if (!code)
        code = show_all(files, n, err);
    for (size_t i = 0; i < n; i++)
        h4l_file_abort(files[i]);
    return code;
}

int h4l_file_commit(struct h4l_file *file, struct h4l_err *err)
{
    return h4l_files_commit(&file, 1, err);
}

void h4l_file_abort(struct h4l_file *file)
{
    if (file->stream)
        close_stream(file);
    if (file->tmp)
        unlink(file->tmp);
    free_names(file);
}

int h4l_file_write(const char *path, const char *text, struct h4l_err *err)
{
    struct h4l_file file;
    int code = h4l_file_begin(path, &file, err);

    if (code)
        return code;
    fputs(text, file.stream);
    return h4l_file_commit(&file, err);
}

// ---- reading ----

static int read_failed(struct h4l_err *err, const char *path, int error)
{
    if (error == ENOMEM)
        return h4l_fail(err, H4L_E_NOMEM, "out of memory while reading %s", path);
    if (error == EMFILE || error == ENFILE || error == EIO || error == ENOSPC || error == EAGAIN)
        return h4l_fail(err, H4L_E_IO, "cannot read %s: %s", path, strerror(error));
    return h4l_fail(err, H4L_E_DATA, "cannot read %s: %s; expected a readable file", path,
                    strerror(error));
}

static int open_for_reading(const char *path, int *ret_fd, struct h4l_err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return read_failed(err, path, errno);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return read_failed(err, path, EISDIR);
    }
    *ret_fd = fd;
    return H4L_OK;
}

// Reads up to n > 0 bytes: the number read, 0 at the end, -1 with *error set (an errno, or 0 with the text in *text).
struct source {
    ssize_t (*read)(struct source *source, void *bytes, size_t n);
    int fd;
    gzFile gz;
    int error;
    const char *text;
};

static ssize_t read_plain(struct source *source, void *bytes, size_t n)
{
    ssize_t got;

    do
        got = read(source->fd, bytes, n);
    while (got < 0 && errno == EINTR);
    source->error = got < 0 ? errno : 0;
    return got;
}

static ssize_t read_inflated(struct source *source, void *bytes, size_t n)
{
    int got = gzread(source->gz, bytes, n < 1u << 20 ? (unsigned)n : 1u << 20), error;
    const char *text = gzerror(source->gz, &error);

    if (error == Z_OK || error == Z_STREAM_END)
        return got;
    source->error = error == Z_ERRNO ? errno : error == Z_MEM_ERROR ? ENOMEM : 0;
    source->text = error == Z_BUF_ERROR ? "the gzip data end too early" : text;
    return -1;
}

// The whole of source, whatever its length turns out to be: the buffer doubles, and one byte beyond limit is asked for to
// notice a file that is too long.
static int read_all(struct source *source, const char *path, size_t limit, char **ret_bytes,
                    size_t *ret_n, struct h4l_err *err)
{
    size_t n = 0, room = limit < 4096 ? limit + 1 : 4096;
    char *bytes = malloc(room + 1);
    ssize_t got = 0;

    while (bytes && n <= limit && (got = source->read(source, bytes + n, room - n)) > 0) {
        n += (size_t)got;
        if (n == room && n <= limit) {
            char *larger;

            room = room > limit / 2 ? limit + 1 : 2 * room;
            larger = realloc(bytes, room + 1);
            if (!larger)
                free(bytes);
            bytes = larger;
        }
    }
    if (!bytes)
        return read_failed(err, path, ENOMEM);
    if (got < 0 || n > limit) {
        free(bytes);
        if (n > limit)
            return h4l_fail(err, H4L_E_DATA, "%s is too long: expected at most %zu bytes", path,
                            limit);
        if (source->error)
            return read_failed(err, path, source->error);
        return h4l_fail(err, H4L_E_DATA, "%s is damaged after %zu bytes: %s; fetch it again", path,
                        n, source->text);
    }
    bytes[n] = 0;
    *ret_bytes = bytes;
    *ret_n = n;
    return H4L_OK;
}

int h4l_read_file(const char *path, size_t limit, char **ret_bytes, size_t *ret_n,
                  struct h4l_err *err)
{
    struct source source = {.read = read_plain};
    int code = open_for_reading(path, &source.fd, err);

    if (code)
        return code;
    code = read_all(&source, path, limit, ret_bytes, ret_n, err);
    close(source.fd);
    return code;
}

int h4l_read_gz(const char *path, size_t limit, char **ret_bytes, size_t *ret_n,
                struct h4l_err *err)
{
    struct source source = {.read = read_inflated};
    int code = open_for_reading(path, &source.fd, err);

    if (code)
        return code;
    source.gz = gzdopen(source.fd, "rb");
    if (!source.gz) {
        close(source.fd);
        return read_failed(err, path, ENOMEM);
    }
    code = read_all(&source, path, limit, ret_bytes, ret_n, err);
    gzclose_r(source.gz);
    return code;
}

// ---- SHA-256 ----

static void finish_sha256(struct sha256_ctx *sha, char ret_hex[65])
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_digest(sha, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

size_t h4l_text_start(const char *text)
{
    return strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

void h4l_sha256(const void *bytes, size_t n, char ret_hex[65])
{
    struct sha256_ctx sha;

    sha256_init(&sha);
    sha256_update(&sha, n, bytes);
    finish_sha256(&sha, ret_hex);
}

int h4l_sha256_file(const char *path, char ret_hex[65], struct h4l_err *err)
{
    struct source source = {.read = read_plain};
    struct sha256_ctx sha;
    char bytes[1 << 15];
    ssize_t got;
    int code = open_for_reading(path, &source.fd, err);

    if (code)
        return code;
    sha256_init(&sha);
    while ((got = read_plain(&source, bytes, sizeof bytes)) > 0)
        sha256_update(&sha, (size_t)got, (const uint8_t *)bytes);
    close(source.fd);
    if (got < 0)
        return read_failed(err, path, source.error);
    finish_sha256(&sha, ret_hex);
    return H4L_OK;
}
