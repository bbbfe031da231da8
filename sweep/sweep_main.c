// hh4lif-sweep: runs the cells of a sweep as processes, several at a time, and with -Dmpi=enabled (H4L_SWEEP_MPI) shared out over MPI ranks.
//
// A cell is one run of an experiment program with a folder of its own, so cells never write to the same file, and the result of a
// sweep does not depend on the number of processes or ranks.
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

#include "base/args.h"
#include "base/file.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/provenance.h"
#include "base/threads.h"
#include "join.h"
#include "sweep.h"
#if H4L_SWEEP_MPI
#include <mpi.h>
#endif

enum { KEY_RESUME = 1000, KEY_PROGRAMS, KEY_PART, KEY_JOIN };

struct options {
    const char *cells, *out, *programs;
    int jobs, threads, resume, join;
    struct {
        int number, of; // of 0: all cells
    } part;
    struct h4l_err *err;
};

struct slot {
    pid_t pid; // 0: free
    size_t cell;
    double started;
    uint64_t before; // the mark of its results, where it had ended well; else 0
};

struct sweep {
    const struct options *o;
    struct h4l_sweep_cells cells;
    int rank, ranks, jobs, threads;
    struct slot *slots;
    size_t kept, done, failed;
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static bool is_stopped(void)
{
    return stop != 0;
}

static int write_done(const struct sweep *s, size_t cell, int status, double seconds,
                      struct h4l_err *err)
{
    char *path = h4l_sweep_path(s->o->out, &s->cells.cell[cell], "done");
    struct h4l_file file;
    int code = path ? h4l_file_begin(path, &file, err) : h4l_fail(err, H4L_E_NOMEM, "no memory");

    if (code == H4L_OK) {
        fprintf(file.stream, "status %d seconds %.3f\n%s\n", status, seconds,
                s->cells.cell[cell].text);
        code = h4l_file_commit(&file, err);
    }
    free(path);
    return code;
}

static void remove_done(const struct sweep *s, size_t cell)
{
    char *path = h4l_sweep_path(s->o->out, &s->cells.cell[cell], "done");

    if (path)
        unlink(path);
    free(path);
}

// hh4lif-FAMILY in --programs, else in the build tree or the folder of this program.
static char *find_program(const struct sweep *s, const char *family)
{
    char self[4000], *path = NULL, *slash;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (s->o->programs)
        return asprintf(&path, "%s/hh4lif-%s", s->o->programs, family) < 0 ? NULL : path;
    self[n > 0 ? n : 0] = 0;
    slash = strrchr(self, '/');
    if (slash)
        *slash = 0;
    if (asprintf(&path, "%s/../experiments/%s/hh4lif-%s", self, family, family) < 0)
        return NULL;
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    return asprintf(&path, "%s/hh4lif-%s", self, family) < 0 ? NULL : path;
}

static int check_programs(const struct sweep *s, struct h4l_err *err)
{
    int code = H4L_OK;

    for (size_t i = 0; i < s->cells.n && code == H4L_OK; i++) {
        char *path = find_program(s, s->cells.cell[i].words[0]);

        if (!path)
            code = h4l_fail(err, H4L_E_NOMEM, "no memory for a program's name");
        else if (access(path, X_OK) != 0)
            code = h4l_fail(err, H4L_E_USAGE,
                            "cell \"%s\": there is no program %s; name the folder of the programs "
                            "with --programs",
                            s->cells.cell[i].text, path);
        free(path);
    }
    return code;
}

// In the child: the program with the cell's arguments, its own folder, its output in a log beside.
static void run_child(const struct sweep *s, size_t cell)
{
    const struct h4l_sweep_cell *c = &s->cells.cell[cell];
    char *program = find_program(s, c->words[0]), *log = h4l_sweep_path(s->o->out, c, "log");
    char *folder = h4l_sweep_path(s->o->out, c, "."), threads[24];
    size_t n = 0;
    char **argv;
    int fd;

    while (c->words[n])
        n++;
    prctl(PR_SET_PDEATHSIG, SIGTERM); // no cell goes on that nobody waits for
    argv = calloc(n + 9, sizeof *argv);
    fd = log ? open(log, O_WRONLY | O_CREAT | (s->o->resume ? O_APPEND : O_TRUNC), 0666) : -1;
    if (!program || !folder || !argv || fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        _exit(4);
    snprintf(threads, sizeof threads, "%d", s->threads);
    argv[0] = program;
    for (size_t i = 1; i < n; i++)
        argv[i] = c->words[i];
    argv[n++] = "--out";
    argv[n++] = folder;
    argv[n++] = "--threads";
    argv[n++] = threads;
    argv[n++] = "--progress";
    argv[n++] = "never";
    if (s->o->resume)
        argv[n++] = "--resume";
    execv(program, argv);
    _exit(127);
}

// A number that changes with every result of a cell that is written, as each is a new file; 0: it has none.
static uint64_t mark_of_results(const struct sweep *s, size_t cell)
{
    char *folder = h4l_sweep_path(s->o->out, &s->cells.cell[cell], "");
    uint64_t mark = 0;
    struct h4l_paths found = {0};

    if (folder && h4l_paths_find(folder, "*/*.json", &found, NULL) == H4L_OK)
        for (size_t i = 0; i < found.n; i++) {
            struct stat file;

            if (stat(found.path[i], &file) == 0)
                mark = (mark + (uint64_t)file.st_ino) * 1099511628211u +
                       (uint64_t)file.st_mtim.tv_sec * 1000000000u +
                       (uint64_t)file.st_mtim.tv_nsec + 1;
        }
    h4l_paths_free(&found);
    free(folder);
    return mark;
}

// With --resume every cell's program is asked: it alone knows whether its results are whole, of the same program and of the same data.
static int start_cell(struct sweep *s, struct slot *slot, size_t cell, struct h4l_err *err)
{
    const struct h4l_sweep_cell *c = &s->cells.cell[cell];
    char *folder = h4l_sweep_path(s->o->out, c, ".");
    int code = folder ? h4l_make_dirs(folder, err) : h4l_fail(err, H4L_E_NOMEM, "no memory");
    struct h4l_sweep_done done = {0};
    uint64_t before = 0;

    free(folder);
    if (!code && s->o->resume)
        code = h4l_sweep_read_done(s->o->out, c, &done, err);
    if (code)
        return code;
    if (done.finished && done.status == 0)
        before = mark_of_results(s, cell);
    *slot = (struct slot){.cell = cell, .started = h4l_now(), .before = before, .pid = fork()};
    if (slot->pid == 0)
        run_child(s, cell);
    if (slot->pid < 0) {
        slot->pid = 0;
        return h4l_fail(err, H4L_E_NOMEM, "a process could not be started: %s", strerror(errno));
    }
    return H4L_OK;
}

// Waits for one cell to end and notes what it gave. An interrupted cell is not finished: --resume takes it up again.
static int finish_one(struct sweep *s, struct h4l_err *err)
{
    int status, code = H4L_OK;
    pid_t pid = waitpid(-1, &status, 0);

    if (pid < 0 && errno == EINTR) {
        for (int i = 0; i < s->jobs && stop; i++)
            if (s->slots[i].pid)
                kill(s->slots[i].pid, SIGTERM);
        return H4L_OK;
    }
    for (int i = 0; i < s->jobs; i++) {
        struct slot *slot = &s->slots[i];
        double seconds = h4l_now() - slot->started;
        int exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

        if (slot->pid != pid)
            continue;
        slot->pid = 0;
        if (exit_status >= 128) {
            remove_done(s, slot->cell);
            continue;
        }
        if (exit_status == 0 && slot->before && slot->before == mark_of_results(s, slot->cell)) {
            s->kept++; // with the seconds that its run took
            continue;
        }
        s->done++;
        s->failed += exit_status != 0;
        code = write_done(s, slot->cell, exit_status, seconds, err);
        h4l_log(exit_status ? H4L_LOG_WARN : H4L_LOG_INFO, "%s  %.1f s  status %d  %s",
                s->cells.cell[slot->cell].id, seconds, exit_status, s->cells.cell[slot->cell].text);
    }
    return code;
}

static int run_cells(struct sweep *s, struct h4l_err *err)
{
    size_t next = s->o->part.of ? (size_t)s->o->part.number - 1 : (size_t)s->rank;
    const size_t step = s->o->part.of ? (size_t)s->o->part.of : (size_t)s->ranks;
    int running = 0, code = H4L_OK, ended;

    while (code == H4L_OK || running > 0) {
        running = 0;
        for (int i = 0; i < s->jobs; i++) {
            if (!s->slots[i].pid && next < s->cells.n && !stop && code == H4L_OK) {
                code = start_cell(s, &s->slots[i], next, err);
                next += step;
            }
            running += s->slots[i].pid != 0;
        }
        if (running == 0)
            break;
        ended = finish_one(s, err);
        if (ended)
            code = ended;
    }
    return code;
}

static const struct argp_option options_table[] = {
    {"out", 'o', "DIR", 0,
     "folder of the sweep: a folder per cell, sweep.csv, the cells' tables joined (default "
     "results/sweep)",
     0},
    {"jobs", 'j', "N", 0, "processes at a time, per MPI rank (default: all cores; under MPI 1)", 0},
    {"threads", 't', "N", 0, "threads of each process (default 1)", 0},
    {"resume", KEY_RESUME, NULL, 0,
     "keep the results that each cell's program would make again, take up what was stopped", 0},
    {"join", KEY_JOIN, NULL, 0,
     "run nothing: join what the cells have left, whatever machine or program made it", 0},
    {"part", KEY_PART, "K/N", 0,
     "run only the K-th of N parts (cells K, K + N, ...) and join nothing, as one task of an "
     "array; "
     "--join joins",
     0},
    {"programs", KEY_PROGRAMS, "DIR", 0,
     "folder of the experiment programs (default: beside this one)", 0},
    {0}};

static int parse_part(struct options *o, const char *text)
{
    int used = 0;

    if (sscanf(text, "%d/%d%n", &o->part.number, &o->part.of, &used) != 2 || text[used] ||
        o->part.number < 1 || o->part.of < o->part.number || o->part.of > 100000)
        return h4l_fail(o->err, H4L_E_USAGE,
                        "--part: expected K/N with 1 <= K <= N <= 100000, found \"%s\"", text);
    return H4L_OK;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    long long number = 0;
    int code = H4L_OK;

    switch (key) {
    case 'o':
        o->out = arg;
        break;
    case 'j':
        code = h4l_arg_int("--jobs", arg, 1, 1024, &number, o->err);
        o->jobs = (int)number;
        break;
    case 't':
        code = h4l_arg_int("--threads", arg, 1, 256, &number, o->err);
        o->threads = (int)number;
        break;
    case KEY_RESUME:
        o->resume = 1;
        break;
    case KEY_JOIN:
        o->join = 1;
        break;
    case KEY_PROGRAMS:
        o->programs = arg;
        break;
    case KEY_PART:
        code = parse_part(o, arg);
        break;
    case ARGP_KEY_ARG:
        if (o->cells)
            code = h4l_fail(o->err, H4L_E_USAGE, "one file of cells is expected, found also \"%s\"",
                            arg);
        o->cells = arg;
        break;
    case ARGP_KEY_END:
        if (!o->cells)
            code = h4l_fail(o->err, H4L_E_USAGE, "the file of cells is missing; see --help");
        else if (o->join && (o->part.of || o->resume))
            code = h4l_fail(o->err, H4L_E_USAGE,
                            "--join runs nothing: it goes without --part and --resume");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return code ? EINVAL : 0;
}

static const struct argp argp = {
    .options = options_table,
    .parser = parse,
    .args_doc = "CELLS",
    .doc =
        "Runs the cells of a sweep: independent runs of the experiment programs, each in a folder "
        "of its own.\v"
        "CELLS is a text file; a line is a family and its arguments, such as\n"
        "  multitask --case {fc-lif,fc-hh} --seed {1..5} --seeds 1 --set channels={64,512,4096}\n"
        "Braces give every combination. '#' begins a comment.\n"
        "Exit status: 0 done; 1 a cell failed; 2 wrong usage; 3 the file of cells cannot be read; "
        "4 out of memory or disk."};

// Waits for all ranks, reached by every one of them, also after a failure. By asking now and then: MPI_Barrier itself would keep
// a core busy that the other ranks' cells can use.
static void wait_for_all(void)
{
#if H4L_SWEEP_MPI
    const struct timespec pause = {.tv_nsec = 20000000};
    MPI_Request request;
    int all = 0;

    for (MPI_Ibarrier(MPI_COMM_WORLD, &request);;) {
        MPI_Test(&request, &all, MPI_STATUS_IGNORE);
        if (all)
            return;
        nanosleep(&pause, NULL);
    }
#endif
}

static int sweep(const struct options *o, int rank, int ranks, struct h4l_err *err)
{
    struct sweep s = {.o = o, .rank = rank, .ranks = ranks};
    struct sigaction action = {.sa_handler = on_signal};
    char *text = NULL;
    size_t n;
    int code = h4l_read_file(o->cells, (size_t)16 << 20, &text, &n, err);

    s.jobs = o->jobs ? o->jobs : ranks > 1 ? 1 : h4l_cores();
    s.threads = o->threads ? o->threads : 1;
    s.slots = calloc((size_t)s.jobs, sizeof *s.slots);
    if (code == H4L_OK && !s.slots)
        code = h4l_fail(err, H4L_E_NOMEM, "no memory for %d processes", s.jobs);
    if (code == H4L_OK && strlen(text) != n)
        code = h4l_fail(err, H4L_E_DATA, "%s: expected a text of cells, found a 0 byte", o->cells);
    if (code == H4L_OK)
        code = h4l_sweep_cells_parse(text, &s.cells, err);
    free(text);
    if (code == H4L_OK && !o->join)
        code = check_programs(&s, err);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (code == H4L_OK && !o->join)
        code = run_cells(&s, err);
    wait_for_all();
    if (code == H4L_OK && stop)
        code = h4l_fail(err, H4L_E_INTERRUPT, "the sweep was stopped; --resume goes on with it");
    if (code == H4L_OK && rank == 0 && !o->part.of)
        code = h4l_sweep_join(o->out, &s.cells, is_stopped, err);
    if (code == H4L_OK)
        h4l_log(H4L_LOG_INFO, "rank %d of %d: %zu cells run, %zu kept", rank, ranks, s.done,
                s.kept);
    free(s.slots);
    h4l_sweep_cells_free(&s.cells);
    return code;
}

// What the launcher says of its number of ranks; 1: nothing.
static int launched_ranks(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE",
                                        "SLURM_STEP_NUM_TASKS"};
    int ranks = 1;

    for (size_t i = 0; i < sizeof names / sizeof *names && ranks <= 1; i++) {
        const char *text = getenv(names[i]);

        ranks = text ? atoi(text) : 1;
    }
    return ranks;
}

// Several ranks that know nothing of each other would each run every cell.
static int check_ranks(int ranks, struct h4l_err *err)
{
    int launched = launched_ranks();

    if (ranks > 1 || launched <= 1)
        return H4L_OK;
    return h4l_fail(err, H4L_E_USAGE,
                    "started as %d ranks, but %s; %s, or start it once (--part K/N shares out "
                    "by hand)",
                    launched,
                    H4L_SWEEP_MPI ? "its MPI library sees one: the launcher belongs to another MPI"
                                  : "this build has no MPI",
                    H4L_SWEEP_MPI ? "use the launcher of the MPI that it was built with"
                                  : "configure with: meson setup build-mpi -Dmpi=enabled");
}

int main(int argc, char **argv)
{
    struct h4l_err err = {0};
    struct options o = {.out = "results/sweep", .err = &err};
    int rank = 0, ranks = 1, code;

    h4l_args_begin("hh4lif-sweep", argv);
    code = h4l_args_parse(&argp, argc, argv, &o, &err);
#if H4L_SWEEP_MPI
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
#endif
    if (code == H4L_OK)
        code = check_ranks(ranks, &err);
    if (code == H4L_OK && ranks > 1 && o.part.of)
        code = h4l_fail(&err, H4L_E_USAGE,
                        "--part is for a run without MPI ranks, which share the cells out");
    if (code == H4L_OK)
        code = sweep(&o, rank, ranks, &err);
#if H4L_SWEEP_MPI
    MPI_Finalize();
#endif
    return h4l_args_end(code, &err);
}
