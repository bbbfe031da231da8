// The recurrent network (sim/recurrent.h) as a flow, a flow with jumps or a map for analysis/, one object per thread as each has
// scratch memory.
#ifndef H4L_DYNAMICS_NETWORK_MODEL_H
#define H4L_DYNAMICS_NETWORK_MODEL_H

#include "analysis/hybrid.h"
#include "sim/recurrent.h"

struct h4l_network {
    const struct h4l_recurrent *net;
    const double *extra; // further currents per neuron, NULL: none (state only)
    double *scratch;
};

// For at most k tangent vectors.
int h4l_network_create(const struct h4l_recurrent *net, int k, struct h4l_network *ret,
                       struct h4l_err *err);
void h4l_network_destroy(struct h4l_network *network);

// The flow, without any jumps.
struct h4l_flow h4l_network_flow(const struct h4l_network *network);
// Of resetting neurons: with one event function per neuron. Of smooth ones: the flow without events.
struct h4l_hybrid h4l_network_hybrid(const struct h4l_network *network);
// Of stepped neurons: their map.
struct h4l_map h4l_network_map(const struct h4l_network *network);

#endif
