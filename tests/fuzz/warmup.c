// Warm-up policies: what is taken acts, and counts no more spikes than it has steps.
#include "fuzz.h"
#include "rl/warmup.h"

enum { OBSERVATIONS = 1 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_open(data, size);
    struct h4l_warmup policy = {0};
    struct h4l_err err = {0};
    int code = h4l_warmup_read(file.path, OBSERVATIONS, &policy, &err);

    fuzz_answer(code, &err);
    FUZZ_CHECK(policy.log_std_min <= policy.log_std_max);
    if (code == H4L_OK && (size_t)policy.hidden * (size_t)policy.time_steps < 100000) {
        const double observation[OBSERVATIONS] = {0.5};
        int *spikes = calloc(2 * (size_t)policy.hidden, sizeof *spikes);
        double mean, log_std;

        FUZZ_CHECK(spikes);
        h4l_warmup_forward(&policy, observation, &mean, &log_std, spikes, spikes + policy.hidden);
        for (int i = 0; i < 2 * policy.hidden; i++)
            FUZZ_CHECK(spikes[i] >= 0 && spikes[i] <= policy.time_steps);
        h4l_warmup_act(&policy, observation, 0.3);
        free(spikes);
    }
    h4l_warmup_free(&policy);
    fuzz_close(&file);
    return 0;
}
