// Spike files, of one train and of many: what is taken ascends.
#include "experiments/dynamics/spike_files.h"
#include "fuzz.h"

// The linker sends the readers' note of the file's hash here: there is no run that could keep it.
void __wrap_h4l_provenance_data(struct h4l_run *run, const char *file, const char *sha256);
void __wrap_h4l_provenance_data(struct h4l_run *run, const char *file, const char *sha256)
{
    (void)run;
    FUZZ_CHECK(file && strlen(sha256) == 64);
}

static void look(int code, const struct h4l_train_files *files, const struct h4l_err *err)
{
    fuzz_answer(code, err);
    for (size_t i = 0; code == H4L_OK && i < files->n; i++)
        for (size_t k = 1; k < files->trains[i].n; k++)
            FUZZ_CHECK(files->trains[i].t[k] > files->trains[i].t[k - 1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_open(data, size);
    struct h4l_train_files one = {0}, many = {0};
    struct h4l_err err = {0};

    look(h4l_train_file_read(NULL, file.path, &one, &err), &one, &err);
    look(h4l_train_files_read(NULL, file.path, &many, &err), &many, &err);
    h4l_train_files_free(&one);
    h4l_train_files_free(&many);
    fuzz_close(&file);
    return 0;
}
