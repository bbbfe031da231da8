#include "rl/replay.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int h4l_replay_create(size_t capacity, int n_obs, int observations, struct h4l_replay *ret,
                      struct h4l_err *err)
{
    if (capacity < 1 || n_obs < 1 || observations < 1)
        return h4l_fail(err, H4L_E_RANGE,
                        "replay memory: capacity, n_obs and observations must be at least 1");
    struct h4l_replay r = {.capacity = capacity, .n_obs = n_obs, .observations = observations};
    r.entry = (size_t)(observations + 1) * (size_t)n_obs + 3;
    r.entries = calloc(capacity, r.entry * sizeof *r.entries);
    if (!r.entries)
        return h4l_fail(err, H4L_E_NOMEM,
                        "out of memory for a replay memory of %zu transitions (%zu MB)", capacity,
                        capacity * r.entry * sizeof *r.entries / 1000000);
    *ret = r;
    return H4L_OK;
}

void h4l_replay_free(struct h4l_replay *replay)
{
    free(replay->entries);
    replay->entries = NULL;
}

void h4l_replay_add(struct h4l_replay *replay, const float *obs, float action, float reward,
                    float mask)
{
    float *to = replay->entries + replay->next * replay->entry;
    size_t n = replay->entry - 3;

    memcpy(to, obs, n * sizeof *obs);
    to[n] = action;
    to[n + 1] = reward;
    to[n + 2] = mask;
    replay->next = (replay->next + 1) % replay->capacity;
    if (replay->size < replay->capacity)
        replay->size++;
}

void h4l_replay_sample(const struct h4l_replay *replay, struct h4l_rng *rng, size_t n,
                       float *ret_state, float *ret_next_state, float *ret_action,
                       float *ret_reward, float *ret_mask)
{
    size_t O = (size_t)replay->n_obs, window = (size_t)replay->observations * O;
    uint64_t drawn[1024]; // batches are small: a linear search beats a set

    if (n > sizeof drawn / sizeof drawn[0])
        n = sizeof drawn / sizeof drawn[0];
    for (size_t i = 0; i < n; i++) {
        bool again = true;
        while (again) {
            drawn[i] = h4l_rng_below(rng, replay->size);
            again = false;
            for (size_t k = 0; k < i; k++)
                again = again || drawn[k] == drawn[i];
        }
        const float *from = replay->entries + drawn[i] * replay->entry;
        memcpy(ret_state + i * window, from, window * sizeof *from);
        memcpy(ret_next_state + i * window, from + O, window * sizeof *from);
        ret_action[i] = from[window + O];
        ret_reward[i] = from[window + O + 1];
        ret_mask[i] = from[window + O + 2];
    }
}
