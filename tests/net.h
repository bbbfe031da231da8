// What the tests of the network engine share.
#ifndef H4L_TESTS_NET_H
#define H4L_TESTS_NET_H

#include "check.h"

#include "net/engine.h"

static inline void *zeros(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);

    assert_non_null(p);
    return p;
}

// A batch leaves nothing to a smaller one behind it: its gradient has the same bits as alone. The network has seen no batch yet.
static inline void check_small_batch(struct h4l_net *net, const struct h4l_net_samples *all,
                                     size_t n, const struct h4l_net_input *input)
{
    size_t bytes = h4l_net_places(net)->parameters * sizeof(float);
    struct h4l_net_stats stats = {0}, alone = {0}, behind = {0};
    struct h4l_net_samples few = *all;
    float *gradient = zeros(bytes, 1);
    struct h4l_err err = {0};

    few.n = n;
    CHECK_OK(h4l_net_differentiate(net, &few, input, &alone, &err), err);
    memcpy(gradient, h4l_net_gradient(net), bytes);
    CHECK_OK(h4l_net_differentiate(net, all, input, &stats, &err), err);
    CHECK_OK(h4l_net_differentiate(net, &few, input, &behind, &err), err);
    CHECK_CLOSE(behind.loss, alone.loss, 0);
    CHECK_INT(memcmp(gradient, h4l_net_gradient(net), bytes), 0);
    free(gradient);
}

#endif
