// A library to preload: the n-th call of a kind fails, from the start of main on. Before it the loader and the libraries' own
// constructors run, where no program of ours can answer.
//
//   H4L_FAULT       alloc: malloc and its kin (whatever libc and the libraries take by them, too) and new threads
//                   io:    open, write, fsync, rename, close, unlink, mkdir and their kin, fopen, opendir
//                   short: write does half of what it was asked for
//   H4L_FAULT_AT    the call that fails, counted from 1 over all threads; 0: none, for counting
//   H4L_FAULT_ON    all that follow fail too
//   H4L_FAULT_ERRNO what io sets errno to, a number
//   H4L_FAULT_NAME  only the program of this name; the others of the process tree run as they are
//   H4L_FAULT_POINTS  a file of call numbers, ascending, a line each, in place of H4L_FAULT_AT: at each of them the program
//                   forks. The child is the program whose call fails; the program itself waits for it and goes on without
//                   a fault, so that a thousand points cost one run and a thousand ends of it.
//   H4L_FAULT_ASK   "IN OUT FOLDER": descriptors on which the driver is told what happens and says go on, and the folder of
//                   results. "before N": the driver moves FOLDER to FOLDER.kept and leaves a copy in its place for the child, with
//                   FOLDER.out and FOLDER.err for what it prints; "after N STATUS": back again. "threads N": not tried,
//                   a fork would lose the others.
//   H4L_FAULT_LOG   gets the name of the call that failed with the addresses that led to it, and at the end "calls N"
//
// Writes that libc makes for its own streams do not come here: the driver points standard output at /dev/full.
#undef _FILE_OFFSET_BITS // both names of open and its kin are defined here
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind { NONE, ALLOC, IO, SHORT };

static enum kind kind; // NONE until main starts
static long fail_at;
static bool from_there_on;
static int error_number = EIO;
static const char *log_path;
static atomic_long calls;
static _Thread_local bool inside; // while the log is written

// By system calls: nothing of it may be counted.
static void log_text(const char *text, bool trace)
{
    int fd = log_path
                 ? (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CREAT, 0666)
                 : -1;

    if (fd < 0)
        return;
    syscall(SYS_write, fd, text, strlen(text));
    if (trace) {
        void *at[24];

        backtrace_symbols_fd(at, backtrace(at, 24), fd);
    }
    syscall(SYS_close, fd);
}

// ---- many points in one run ----

// The function of that name behind this library.
#define REAL(name) ((typeof(name) *)real_of(#name))

static void *real_of(const char *name)
{
    bool was = inside;
    void *found;

    inside = true;
    found = dlsym(RTLD_NEXT, name);
    inside = was;
    return found;
}

static long *points; // ascending, 0 behind the last; NULL: none
static int asks, answers;
static char results[400];

static void read_points(const char *path, const char *ask)
{
    FILE *file = fopen(path, "r");
    long n, count = 0;

    if (!file || !ask || sscanf(ask, "%d %d %399s", &answers, &asks, results) != 3)
        abort();
    while (fscanf(file, "%ld", &n) == 1) {
        points = realloc(points, ((size_t)count + 2) * sizeof *points);
        points[count++] = n;
        points[count] = 0;
    }
    fclose(file);
}

// Says it to the driver and waits for its answer.
static void tell(const char *what, long n, int status)
{
    char text[80];

    snprintf(text, sizeof text, "%s %ld %d\n", what, n, status);
    if (write(asks, text, strlen(text)) < 0 || read(answers, text, 1) != 1)
        abort();
}

static int threads_now(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = -2; // . and ..

    while (tasks && readdir(tasks))
        count++;
    if (tasks)
        closedir(tasks);
    return count;
}

// A fork has the thread that forks and no other. The first thread that these programs start sleeps until a signal comes: a
// child starts it again, and waits for that one where the program waits for the first.
static struct {
    int begun; // threads so far
    void *(*start)(void *);
    void *argument;
    pthread_t thread, again;
    bool replaced;
} watch;

static void replace(int fd, const char *path, int flags)
{
    int mine = open(path, flags & ~(O_CREAT | O_EXCL | O_TRUNC));

    if (mine < 0)
        return;
    lseek(mine, lseek(fd, 0, SEEK_CUR), SEEK_SET);
    dup2(mine, fd);
    close(mine);
}

// A forked child shares the place in each open file: it gets its own, those of the results in its own folder.
static void own_files(void)
{
    char path[4200], link[40], at[4096];
    size_t length = strlen(results);

    for (int fd = 3; fd < 64; fd++) {
        ssize_t n;

        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        n = readlink(link, at, sizeof at - 1);
        if (n < 1 || at[0] != '/' || fd == asks || fd == answers)
            continue;
        at[n] = '\0';
        if (strncmp(at, results, length) == 0 && strncmp(at + length, ".kept/", 6) == 0)
            snprintf(path, sizeof path, "%s%s", results, at + length + 5);
        else
            snprintf(path, sizeof path, "%s", at);
        replace(fd, path, fcntl(fd, F_GETFL));
    }
    for (int fd = 1; fd <= 2; fd++) {
        snprintf(path, sizeof path, "%s.%s", results, fd == 1 ? "out" : "err");
        replace(fd, path, O_WRONLY | O_APPEND);
    }
    close(asks);
    close(answers);
}

// Forks for the n-th call: true in the child, where it fails.
static bool fork_for(long n)
{
    pid_t child;
    int status = -1, threads = threads_now();

    points++;
    if (threads > 2 || (threads == 2 && watch.begun != 1)) {
        tell("threads", n, 0);
        return false;
    }
    tell("before", n, 0);
    child = fork();
    if (child == 0) {
        own_files();
        watch.replaced = threads == 2;
        if (watch.replaced && REAL(pthread_create)(&watch.again, NULL, watch.start, watch.argument))
            abort();
        alarm(120); // a child that hangs ends with SIGALRM
        fail_at = n;
        points = NULL;
        return true;
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    tell("after", n, WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
    return false;
}

static bool fails(enum kind of, const char *name)
{
    char text[80];
    long n;

    if (kind != of || inside)
        return false;
    n = atomic_fetch_add(&calls, 1) + 1;
    if (points && n == *points) {
        int before = errno;
        bool here;

        inside = true;
        here = fork_for(n);
        inside = false;
        errno = before;
        if (!here)
            return false;
    }
    if (fail_at == 0 || (from_there_on ? n < fail_at : n != fail_at))
        return false;
    if (n == fail_at) {
        inside = true;
        snprintf(text, sizeof text, "failed %ld %s\n", n, name);
        log_text(text, true);
        inside = false;
    }
    errno = of == ALLOC ? ENOMEM : error_number;
    return true;
}

__attribute__((destructor)) static void say_calls(void)
{
    char text[40];

    if (kind == NONE)
        return;
    inside = true;
    snprintf(text, sizeof text, "calls %ld\n", atomic_load(&calls));
    log_text(text, false);
}

// ---- the start of main ----

typedef int main_function(int, char **, char **);
static main_function *real_main;

static int armed_main(int argc, char **argv, char **envp)
{
    const char *of = getenv("H4L_FAULT"), *at = getenv("H4L_FAULT_AT"),
               *name = getenv("H4L_FAULT_NAME"), *number = getenv("H4L_FAULT_ERRNO");
    void *warm[4];

    log_path = getenv("H4L_FAULT_LOG");
    fail_at = at ? atol(at) : 0;
    from_there_on = getenv("H4L_FAULT_ON") != NULL;
    error_number = number ? atoi(number) : EIO;
    if (getenv("H4L_FAULT_POINTS"))
        read_points(getenv("H4L_FAULT_POINTS"), getenv("H4L_FAULT_ASK"));
    backtrace(warm, 4); // its first call loads a library
    if (of && (!name || strcmp(name, program_invocation_short_name) == 0))
        kind = strcmp(of, "alloc") == 0 ? ALLOC : strcmp(of, "io") == 0 ? IO : SHORT;
    return real_main(argc, argv, envp);
}

int __libc_start_main(main_function *main, int argc, char **argv, main_function *init,
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end);
int __libc_start_main(main_function *main, int argc, char **argv, main_function *init,
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
    typeof(__libc_start_main) *real = (typeof(real))dlsym(RTLD_NEXT, "__libc_start_main");

    real_main = main;
    return real(armed_main, argc, argv, init, fini, rtld_fini, stack_end);
}

// ---- allocations: glibc's own by their other names, as dlsym itself allocates ----

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

void *malloc(size_t n)
{
    return fails(ALLOC, "malloc") ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails(ALLOC, "calloc") ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t n)
{
    return fails(ALLOC, "realloc") ? NULL : __libc_realloc(old, n);
}

void *memalign(size_t alignment, size_t n)
{
    return fails(ALLOC, "memalign") ? NULL : __libc_memalign(alignment, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return fails(ALLOC, "aligned_alloc") ? NULL : __libc_memalign(alignment, n);
}

int posix_memalign(void **ret, size_t alignment, size_t n)
{
    void *memory = fails(ALLOC, "posix_memalign") ? NULL : __libc_memalign(alignment, n);

    if (memory)
        *ret = memory;
    return memory ? 0 : ENOMEM;
}

// ---- the others ----

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument)
{
    int error = fails(ALLOC, "pthread_create")
                    ? EAGAIN
                    : REAL(pthread_create)(thread, attributes, start, argument);

    if (error == 0 && watch.begun++ == 0) {
        watch.start = start;
        watch.argument = argument;
        watch.thread = *thread;
    }
    return error;
}

int pthread_join(pthread_t thread, void **result)
{
    bool is_again = watch.replaced && pthread_equal(thread, watch.thread);

    return REAL(pthread_join)(is_again ? watch.again : thread, result);
}

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name, parameters, arguments)                                                          \
    int name parameters                                                                            \
    {                                                                                              \
        va_list more;                                                                              \
        mode_t mode;                                                                               \
                                                                                                   \
        va_start(more, flags);                                                                     \
        mode = mode_of(flags, more);                                                               \
        va_end(more);                                                                              \
        return fails(IO, #name) ? -1 : REAL(name) arguments;                                       \
    }
OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPEN(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))

#define WRAP(type, failure, name, parameters, arguments)                                           \
    type name parameters                                                                           \
    {                                                                                              \
        return fails(IO, #name) ? failure : REAL(name) arguments;                                  \
    }
WRAP(FILE *, NULL, fopen, (const char *path, const char *mode), (path, mode))
WRAP(FILE *, NULL, fopen64, (const char *path, const char *mode), (path, mode))
WRAP(DIR *, NULL, opendir, (const char *path), (path))
WRAP(int, -1, fsync, (int fd), (fd))
WRAP(int, -1, fdatasync, (int fd), (fd))
WRAP(int, -1, ftruncate, (int fd, off_t length), (fd, length))
WRAP(int, -1, rename, (const char *from, const char *to), (from, to))
WRAP(int, -1, link, (const char *from, const char *to), (from, to))
WRAP(int, -1, unlink, (const char *path), (path))
WRAP(int, -1, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
WRAP(int, -1, remove, (const char *path), (path))
WRAP(int, -1, rmdir, (const char *path), (path))
WRAP(int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(ssize_t, -1, read, (int fd, void *bytes, size_t n), (fd, bytes, n))

#define WRITE(name, parameters, whole, half)                                                       \
    ssize_t name parameters                                                                        \
    {                                                                                              \
        if (fails(IO, #name))                                                                      \
            return -1;                                                                             \
        return n > 1 && fails(SHORT, #name) ? REAL(name) half : REAL(name) whole;                  \
    }
WRITE(write, (int fd, const void *bytes, size_t n), (fd, bytes, n), (fd, bytes, n / 2))
WRITE(pwrite, (int fd, const void *bytes, size_t n, off_t at), (fd, bytes, n, at),
      (fd, bytes, n / 2, at))

// What a failing close or fclose is asked to close is closed all the same.
#define CLOSE(name, type, failure)                                                                 \
    int name(type what)                                                                            \
    {                                                                                              \
        bool failed = fails(IO, #name);                                                            \
        int result = REAL(name)(what);                                                             \
                                                                                                   \
        if (failed)                                                                                \
            errno = error_number;                                                                  \
        return failed ? failure : result;                                                          \
    }
CLOSE(close, int, -1)
CLOSE(fclose, FILE *, EOF)
