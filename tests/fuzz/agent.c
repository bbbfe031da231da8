// Checkpoints of an agent: a good one in which eight bytes are others, at up to 32 places, its checksum put right. An input is a
// list of nine bytes each: the place divided by eight, and what stands there. 0xff: the file ends there. A run goes on from what is
// taken.
#include "hh4lif_config.h"
#include "rl/train.h"
#include "sealed.h"

enum { STEPS = 40, ENTRY = 9, MOST = 32 };

static struct h4l_train *make_run(void)
{
    struct h4l_train_spec spec;
    struct h4l_train *run = NULL;
    struct h4l_err err = {0};

    FUZZ_CHECK(h4l_train_published("lif", H4L_IP, false, &spec, &err) == H4L_OK);
    spec.sac.hidden = spec.sac.heads = spec.sac.critics = 2;
    spec.sac.batch = 4;
    spec.steps = STEPS;
    spec.start_steps = STEPS / 2;
    spec.seed = 5;
    FUZZ_CHECK(h4l_train_create(&spec, NULL, &run, &err) == H4L_OK);
    return run;
}

static char *good;
static size_t good_n;

static void make_good(void)
{
    struct h4l_train *run = make_run();
    struct h4l_err err = {0};

    name_file();
    FUZZ_CHECK(h4l_train_advance(run, STEPS / 2, &err) == H4L_OK);
    FUZZ_CHECK(h4l_train_save(run, path, &err) == H4L_OK);
    FUZZ_CHECK(h4l_read_file(path, 1 << 24, &good, &good_n, &err) == H4L_OK);
    h4l_train_destroy(run);
}

static void write_changed(const uint8_t *data, size_t size)
{
    size_t n = good_n - HASH;
    char *bytes = fuzz_text((const uint8_t *)good, n);

    for (size_t i = 0; i < MOST && (i + 1) * ENTRY <= size; i++) {
        size_t at = 8 * (size_t)data[i * ENTRY];

        if (data[i * ENTRY] == 0xff)
            n = data[i * ENTRY + 1] < n ? data[i * ENTRY + 1] : n;
        else if (at + 8 <= n)
            memcpy(bytes + at, data + i * ENTRY + 1, 8);
    }
    write_sealed(bytes, n);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct h4l_err err = {0};
    struct h4l_train *run;
    int code;

    if (!H4L_HAVE_MUJOCO)
        return 0;
    if (!good)
        make_good();
    write_changed(data, size);
    run = make_run();
    code = h4l_train_load(run, path, &err);
    fuzz_answer(code, &err);
    if (code == H4L_OK) {
        code = h4l_train_advance(run, STEPS, &err);
        if (code != H4L_E_NUMERIC) // parameters that are no numbers give no loss
            fuzz_answer(code, &err);
    }
    h4l_train_destroy(run);
    return 0;
}
