#include "information.h"

#include <stdio.h>

#include "data/multi_set.h"

// Of the process: all cases of a run share --set, so they share the images too.
static struct h4l_multi_set shared;

int h4l_information_load(struct h4l_run *run, const struct h4l_information_options *o,
                         struct h4l_multi *ret_train, struct h4l_multi *ret_test, char *ret_name,
                         struct h4l_err *err)
{
    const struct h4l_multi_source source = {
        .mnist_dir = o->mnist_dir, .fashion_dir = o->fashion_dir, .seed = (uint64_t)o->data_seed};
    int code = h4l_multi_set_load(&source, o->train_images, o->test_images, &shared, ret_train,
                                  ret_test, err);

    if (code)
        return code;
    h4l_multi_set_note(&shared, run);
    snprintf(ret_name, 200, "seed %ld, %.16s %.16s%s", o->data_seed, shared.digits[0].images_sha256,
             shared.items[0].images_sha256, o->shuffled ? ", labels shuffled" : "");
    return H4L_OK;
}
