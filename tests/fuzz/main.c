// Runs a driver without a fuzzer: on every file of the folder that is named, whole, cut off at up to 32 places, and with up to 48
// single bits turned. The places depend on the file's length only, so a failure repeats.
#include <dirent.h>

#include "fuzz.h"

enum { CUTS = 32, FLIPS = 48, MOST = 1 << 20 };

static int accept(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static size_t try_all(uint8_t *bytes, size_t size)
{
    size_t cuts = size < CUTS ? size : CUTS, flips = 8 * size < FLIPS ? 8 * size : FLIPS, n = 1;

    LLVMFuzzerTestOneInput(bytes, size);
    for (size_t i = 0; i < cuts; i++, n++) {
        // A copy of the right length: a reader that runs past the end is seen by the sanitizers.
        size_t length = i * size / cuts;
        uint8_t *cut = malloc(length ? length : 1);

        FUZZ_CHECK(cut);
        memcpy(cut, bytes, length);
        LLVMFuzzerTestOneInput(cut, length);
        free(cut);
    }
    for (size_t i = 0; i < flips; i++, n++) {
        size_t bit = i * (8 * size) / flips + i % 8;

        bit = bit < 8 * size ? bit : 8 * size - 1;
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        LLVMFuzzerTestOneInput(bytes, size);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    return n;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[MOST];
    struct dirent **entries;
    size_t executions = 0;
    int n = argc == 2 ? scandir(argv[1], &entries, accept, alphasort) : -1;

    if (n < 1) {
        fprintf(stderr, "usage: %s FOLDER_WITH_INPUTS\n", argv[0]);
        return 2;
    }
    for (int i = 0; i < n; i++) {
        char path[4096];
        FILE *file;
        size_t size;

        snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
        fprintf(stderr, "%s\n", path); // so that an input that ends the program has a name
        file = fopen(path, "rb");
        FUZZ_CHECK(file);
        size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        executions += try_all(bytes, size);
        free(entries[i]);
    }
    free(entries);
    printf("%d inputs, %zu executions\n", n, executions);
    return 0;
}
