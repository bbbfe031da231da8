// Checkpoints of a network, their checksum put right so that their content is read: a good one whose head has other values (an input
// that begins with '{' is the JSON of these), or the input itself behind the first line. A run resumes from what is taken.
#include <jansson.h>

#include "net/train.h"
#include "sealed.h"

enum { SIDE = 8, IMAGES = 4, EPOCHS = 2 };

static uint8_t pixels[IMAGES * SIDE * SIDE], labels[IMAGES];
static const struct h4l_training_data images = {IMAGES, IMAGES, pixels, labels, pixels, labels};

static struct h4l_net *network(void)
{
    struct h4l_net_spec spec;
    struct h4l_err err = {0};
    struct h4l_net *net = NULL;

    FUZZ_CHECK(h4l_net_published("fc-lif", &spec, &err) == H4L_OK);
    spec.task = (struct h4l_task){.side = SIDE, .tasks = 1, .classes = 2, .hidden = 2};
    spec.channels = 2;
    FUZZ_CHECK(h4l_net_create(&spec, 2, NULL, &net, &err) == H4L_OK);
    return net;
}

static int train(struct h4l_err *err)
{
    const struct h4l_training_options options = {.seed = 1,
                                                 .epochs = EPOCHS,
                                                 .batch = 2,
                                                 .input_scale = 1,
                                                 .checkpoint = path,
                                                 .resume = true,
                                                 .keep = true,
                                                 .checkpoint_s = 1e9,
                                                 .data_name = "fuzz"};
    struct h4l_training_epoch epochs[EPOCHS];
    struct h4l_net *net = network();
    int code = h4l_training_run(net, &images, &options, NULL, epochs, err);

    h4l_net_destroy(net);
    return code;
}

// A good checkpoint in memory: its first line, its head, the rest without the checksum.
static struct {
    char *bytes, *head, *rest, *end;
} good;

static void make_good(void)
{
    struct h4l_err err = {0};
    size_t n;

    name_file();
    FUZZ_CHECK(train(&err) == H4L_OK);
    FUZZ_CHECK(h4l_read_file(path, 1 << 20, &good.bytes, &n, &err) == H4L_OK);
    good.head = strchr(good.bytes, '\n') + 1;
    good.rest = strchr(good.head, '\n') + 1;
    good.end = good.bytes + n - HASH;
}

static void write_input(FILE *file, const uint8_t *data, size_t size)
{
    json_t *head = json_loadb(good.head, (size_t)(good.rest - good.head), 0, NULL);
    json_t *values = json_loadb((const char *)data, size, 0, NULL);

    fwrite(good.bytes, 1, (size_t)(good.head - good.bytes), file);
    if (json_is_object(values)) {
        FUZZ_CHECK(json_object_update(head, values) == 0);
        json_dumpf(head, file, JSON_COMPACT | JSON_SORT_KEYS);
        fputc('\n', file);
        fwrite(good.rest, 1, (size_t)(good.end - good.rest), file);
    } else
        fwrite(data, 1, size, file);
    json_decref(head);
    json_decref(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct h4l_err err = {0};
    char *bytes = NULL;
    size_t n = 0;
    FILE *file;
    int code;

    if (!good.bytes)
        make_good();
    file = open_memstream(&bytes, &n);
    FUZZ_CHECK(file);
    write_input(file, data, size);
    fclose(file);
    write_sealed(bytes, n);
    free(bytes);
    code = train(&err);
    if (code != H4L_E_NUMERIC) // parameters that are no numbers give no loss
        fuzz_answer(code, &err);
    return 0;
}
