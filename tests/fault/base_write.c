// Writing that goes wrong: a full disk, a file-size limit, folders that cannot be used, and a process that is killed. In each
// case the error is told, no part of a file stands under the final name, and nothing is left beside it.
#include "tests/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"

static char dir[] = "/tmp/hh4lif-fault-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[100];
    (void)state;

    snprintf(command, sizeof command, "chmod -R u+rwx '%s'; rm -rf '%s'", dir, dir);
    return system(command);
}

static const char *in_dir(const char *name)
{
    static char path[200];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

// Number of entries of the folder but "." and "..".
static int entries(void)
{
    DIR *d = opendir(dir);
    int n = -2;

    CHECK_TRUE(d != NULL);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

// What the child does; its exit status is 0 if all went as it should.
static int in_child(int (*work)(void))
{
    int status = 0;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0)
        _exit(work());
    CHECK_TRUE(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static const char big_text[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n";

static void limit_files(rlim_t bytes)
{
    struct rlimit limit = {bytes, bytes};

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
}

// A file of 4 MB where only `bytes` may be written: the failure comes while the stream is written, or at its last flush.
static int write_beyond(rlim_t limit, size_t bytes)
{
    struct h4l_file file;
    struct h4l_err err = {0};

    limit_files(limit);
    if (h4l_file_begin(in_dir("big.txt"), &file, &err))
        return 1;
    for (size_t n = 0; n < bytes; n += sizeof big_text - 1)
        fputs(big_text, file.stream);
    if (h4l_file_commit(&file, &err) != H4L_E_IO)
        return 2;
    if (!strstr(err.message, "big.txt") || !strstr(err.message, strerror(EFBIG)))
        return 3;
    return file.path || file.tmp || file.stream ? 4 : 0;
}

static int beyond_early(void)
{
    return write_beyond(100000, 4000000);
}

static int beyond_late(void)
{
    return write_beyond(1000, 1064); // all of it still in the stream's buffer at commit
}

static int json_beyond(void)
{
    struct h4l_err err = {0};
    json_t *array = json_array(), *object = json_pack("{s:o}", "a", array);

    for (int i = 0; i < 100000; i++)
        must(json_array_append_new(array, json_real(i)));
    limit_files(10000);
    int code = h4l_json_write(in_dir("big.json"), object, &err);
    json_decref(object);
    return code == H4L_E_IO && strstr(err.message, strerror(EFBIG)) ? 0 : 1;
}

static int csv_beyond(void)
{
    static const char *const names[] = {"x"};
    struct h4l_csv csv;
    struct h4l_err err = {0};

    limit_files(10000);
    if (h4l_csv_begin(dir, "big.csv", names, 1, &csv, &err))
        return 1;
    for (int i = 0; i < 100000; i++)
        h4l_csv_row(&csv, (double[]){i});
    return h4l_csv_commit(&csv, &err) == H4L_E_IO && strstr(err.message, "big.csv") ? 0 : 2;
}

static void size_limit(void **state)
{
    (void)state;
    CHECK_INT(in_child(beyond_early), 0);
    CHECK_INT(in_child(beyond_late), 0);
    CHECK_INT(in_child(json_beyond), 0);
    CHECK_INT(in_child(csv_beyond), 0);
    CHECK_INT(entries(), 0);
}

static void full_disk(void **state)
{
    static const char *const names[] = {"x"};
    struct h4l_csv csv;
    struct h4l_file file;
    struct h4l_err err;
    struct stat st;
    json_t *value = json_pack("{s:i}", "a", 1);
    (void)state;

    CHECK_OK(h4l_file_begin("/dev/full", &file, &err), err);
    fputs("x", file.stream);
    CHECK_INT(h4l_file_commit(&file, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, "/dev/full: No space left on device; free some space") != NULL);
    CHECK_INT(h4l_json_write("/dev/full", value, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, strerror(ENOSPC)) != NULL);
    CHECK_OK(h4l_csv_begin("/dev", "full", names, 1, &csv, &err), err);
    for (int i = 0; i < 10000; i++)
        h4l_csv_row(&csv, (double[]){i});
    CHECK_INT(h4l_csv_commit(&csv, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, strerror(ENOSPC)) != NULL);
    CHECK_TRUE(stat("/dev/full", &st) == 0 && S_ISCHR(st.st_mode));
    json_decref(value);
}

static void unusable_folders(void **state)
{
    struct h4l_file file = {0};
    struct h4l_err err;
    char name[400];
    (void)state;

    fclose(fopen(in_dir("plain"), "w"));
    CHECK_INT(h4l_file_begin(in_dir("plain/a/b"), &file, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, "plain") && strstr(err.message, strerror(ENOTDIR)));
    CHECK_TRUE(strstr(err.message, "--out") != NULL);
    CHECK_INT(h4l_file_begin("/proc/none/b", &file, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, "/proc/none") != NULL);
    memset(name, 'n', sizeof name);
    name[300] = 0;
    CHECK_INT(h4l_file_begin(name, &file, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, strerror(ENAMETOOLONG)) != NULL);
    CHECK_INT(h4l_file_begin(dir, &file, &err), H4L_E_IO);
    CHECK_INT(h4l_file_begin("", &file, &err), H4L_E_IO);
    CHECK_INT(h4l_file_begin(in_dir("new/"), &file, &err), H4L_E_IO);
    if (geteuid() == 0) {
        printf("  (a folder without write permission: not checked, root may write everywhere)\n");
    } else {
        mkdir(in_dir("locked"), 0500);
        CHECK_INT(h4l_file_begin(in_dir("locked/x"), &file, &err), H4L_E_IO);
        CHECK_TRUE(strstr(err.message, strerror(EACCES)) != NULL);
        rmdir(in_dir("locked"));
    }
    CHECK_TRUE(!file.path && !file.tmp && !file.stream);
    unlink(in_dir("plain"));
    CHECK_INT(entries(), 0);
}

// The folder disappears between begin and commit: rename fails.
static void folder_gone(void **state)
{
    struct h4l_file file;
    struct h4l_err err;
    char command[300];
    (void)state;

    CHECK_OK(h4l_file_begin(in_dir("gone/x.txt"), &file, &err), err);
    fputs("text", file.stream);
    snprintf(command, sizeof command, "rm -rf '%s/gone'", dir);
    CHECK_INT(system(command), 0);
    CHECK_INT(h4l_file_commit(&file, &err), H4L_E_IO);
    CHECK_TRUE(strstr(err.message, "gone/x.txt") && strstr(err.message, strerror(ENOENT)));
    CHECK_INT(entries(), 0);
}

static int killed_before_commit(void)
{
    struct h4l_file file;
    struct h4l_err err;

    if (h4l_file_begin(in_dir("killed.txt"), &file, &err))
        return 1;
    for (int i = 0; i < 10000; i++)
        fputs(big_text, file.stream);
    fflush(file.stream);
    kill(getpid(), SIGKILL);
    return 2;
}

static void written_hours_ago(const char *name)
{
    struct timespec times[2] = {{time(NULL) - 7200, 0}, {time(NULL) - 7200, 0}};

    CHECK_INT(utimensat(AT_FDCWD, in_dir(name), times, 0), 0);
}

static void write_killed_txt(void)
{
    struct h4l_file file;
    struct h4l_err err;

    CHECK_OK(h4l_file_begin(in_dir("killed.txt"), &file, &err), err);
    CHECK_OK(h4l_file_commit(&file, &err), err);
}

// The hidden file of a killed writer stays for an hour, then the next writer of the same file removes it; not that of a writer
// that lives, and nothing that only looks alike.
static void killed_in_mid_write(void **state)
{
    static const char *const alike[] = {".killed.txt.tmp", ".killed.txt.12x.tmp",
                                        ".other.txt.999999999.tmp"};
    char hidden[60], living[60], command[300];
    int status;
    pid_t pid;
    (void)state;

    fflush(NULL);
    pid = fork();
    if (pid == 0)
        _exit(killed_before_commit());
    CHECK_TRUE(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    CHECK_TRUE(access(in_dir("killed.txt"), F_OK) != 0);
    CHECK_INT(entries(), 1);
    write_killed_txt();
    CHECK_INT(entries(), 2);
    snprintf(hidden, sizeof hidden, ".killed.txt.%ld.tmp", (long)pid);
    snprintf(living, sizeof living, ".killed.txt.%ld.tmp", (long)getppid());
    fclose(fopen(in_dir(living), "w"));
    written_hours_ago(hidden);
    written_hours_ago(living);
    for (size_t i = 0; i < 3; i++) {
        fclose(fopen(in_dir(alike[i]), "w"));
        written_hours_ago(alike[i]);
    }
    CHECK_INT(entries(), 6);
    write_killed_txt();
    CHECK_TRUE(access(in_dir(hidden), F_OK) != 0);
    CHECK_INT(entries(), 5);
    snprintf(command, sizeof command, "rm -f '%s'/killed.txt '%s'/.killed* '%s'/.other*", dir, dir,
             dir);
    CHECK_INT(system(command), 0);
    CHECK_INT(entries(), 0);
}

enum { LINES = 2000 };

static void write_forever(void)
{
    for (int version = 0;; version++) {
        struct h4l_file file;
        struct h4l_err err;

        if (h4l_file_begin(in_dir("versions.txt"), &file, &err))
            _exit(1);
        for (int i = 0; i < LINES; i++)
            fprintf(file.stream, "%d\n", version);
        if (h4l_file_commit(&file, &err))
            _exit(2);
    }
}

// A process that writes one version after the other is killed at 20 moments: the file always holds one version whole.
static void killed_at_any_time(void **state)
{
    int seen = 0, torn = 0;
    char command[300];
    (void)state;

    for (int round = 0; round < 20; round++) {
        struct timespec pause = {0, 2000000L + round * 700000L};
        int status, version, first = -1, lines = 0;
        pid_t pid;
        FILE *f;

        fflush(NULL);
        pid = fork();
        if (pid == 0)
            write_forever();
        for (int i = 0; i < 3000 && access(in_dir("versions.txt"), F_OK) != 0; i++)
            usleep(10000); // the first version, on a busy machine
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        CHECK_TRUE(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
        f = fopen(in_dir("versions.txt"), "r");
        CHECK_TRUE(f != NULL);
        seen++;
        while (fscanf(f, "%d\n", &version) == 1) {
            if (first < 0)
                first = version;
            torn += version != first;
            lines++;
        }
        torn += lines != LINES;
        fclose(f);
    }
    CHECK_INT(seen, 20);
    CHECK_INT(torn, 0);
    snprintf(command, sizeof command, "rm -f '%s'/versions.txt '%s'/.versions.txt.*", dir, dir);
    CHECK_INT(system(command), 0);
    CHECK_INT(entries(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_limit),          cmocka_unit_test(full_disk),
        cmocka_unit_test(unusable_folders),    cmocka_unit_test(folder_gone),
        cmocka_unit_test(killed_in_mid_write), cmocka_unit_test(killed_at_any_time),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
