#include "base/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hh4lif_config.h"

enum { LEVELS = 3 }; // a program lies at most two folders below its build folder

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char root[PATH_MAX];
static bool in_source;
static int trouble; // errno of a marker that is there and could not be read

// Reads the path of the source tree, which the build folder names in a file of its own, so that no program carries it.
static bool read_marker(const char *folder)
{
    char path[PATH_MAX + 20];
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "%s/hh4lif-source", folder);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
        trouble = errno;
    if (fd < 0)
        return false;
    n = read(fd, root, sizeof root - 1);
    if (n < 0)
        trouble = errno;
    close(fd);
    root[n > 0 ? n : 0] = 0;
    root[strcspn(root, "\n")] = 0;
    return *root;
}

static bool find_share(const char *folder)
{
    char path[2 * PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s/hh4lif", folder, H4L_DATADIR_BELOW_PREFIX);

    if (n < 0 || n >= PATH_MAX || access(path, X_OK) != 0)
        return false;
    memcpy(root, path, (size_t)n + 1);
    return true;
}

static void find(void)
{
    const char *set = getenv("H4L_DATADIR");
    char folder[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);

    snprintf(root, sizeof root, "%s", set && *set ? set : H4L_DATADIR);
    if ((set && *set) || n <= 0)
        return;
    folder[n] = 0;
    for (int level = 0; level < LEVELS && strrchr(folder, '/'); level++) {
        *strrchr(folder, '/') = 0;
        if (read_marker(folder)) {
            in_source = true;
            return;
        }
        if (level == 1 && find_share(folder))
            return;
    }
    snprintf(root, sizeof root, "%s", H4L_DATADIR);
}

const char *h4l_root(void)
{
    pthread_once(&once, find);
    return root;
}

int h4l_root_check(struct h4l_err *err)
{
    pthread_once(&once, find);
    return trouble
               ? h4l_fail(err, H4L_E_IO, "cannot find the suite's own files: %s", strerror(trouble))
               : H4L_OK;
}

void h4l_root_program(const char *folder, const char *name, char *ret, size_t size)
{
    pthread_once(&once, find);
    snprintf(ret, size, "%s%s%s%s", in_source ? "build/" : "", in_source ? folder : "",
             in_source ? "/" : "", name);
}

void h4l_root_family(const char *family, char *ret, size_t size)
{
    char folder[200], name[200];

    snprintf(folder, sizeof folder, "experiments/%s", family);
    snprintf(name, sizeof name, "hh4lif-%s", family);
    h4l_root_program(folder, name, ret, size);
}
