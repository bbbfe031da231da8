// Topologies of sub-networks: which units get the input, which arrows join them, which fire for the sub-network.
//
// One description serves the simulated sub-networks (sim/subnet.h) and the learning networks. As text:
//
//     DESCRIPTION = SHAPE CLAUSE...
//     SHAPE       = LAYER+LAYER+...   every unit of a layer has an arrow to every unit of the next: 3+1, 2+2, 1+1+1+1
//                 | N or N (parallel) one layer: N units without arrows
//                 | ring N            1 -> 2 -> ... -> N -> 1, N >= 2; every unit gets the input
//                 | units N           N units without arrows; `input` and `output` must follow
//     CLAUSE      = input UNITS       units with a projection of the input of their own
//                 | output UNITS      units that speak for the sub-network
//                 | edges EDGE, EDGE  further arrows: 1>4 (of the default kind), 1=>4 (membrane), 1->4 (spike)
//                 | arrow KIND        the default kind: membrane (default) or spike
//                 | reset RULE        and (default) or own
//     UNITS       = 1,2,5-7 | all
//
// Blanks and line breaks separate; `ring 4` may be written ring4; `;` between clauses is allowed; # starts a comment that ends
// with the line. Units count from 1, layer by layer. Each clause at most once, in any order. Defaults: input is the first layer
// (ring: all units); output is all units with reset `and`; with reset `own` the last layer (ring: all units).
//
// Arrows: a membrane arrow carries the potential of its source (as in He et al. 2024, where unit 4 of `3+1` gets
// u1 + u2 + u3), a spike arrow whether the source is above its threshold. A unit may have a spike arrow to itself.
// Resets: `and`: when all output units are above threshold in the same step the sub-network fires and all its units are
// reset together (He et al. 2024, s-LIF2HH); `own`: every unit resets itself, and the sub-network fires with any output unit.
#ifndef H4L_NEURON_TOPOLOGY_H
#define H4L_NEURON_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { H4L_TOPOLOGY_UNITS = 32, H4L_TOPOLOGY_EDGES = H4L_TOPOLOGY_UNITS * H4L_TOPOLOGY_UNITS };

enum h4l_arrow { H4L_ARROW_MEMBRANE, H4L_ARROW_SPIKE };
enum h4l_reset { H4L_RESET_AND, H4L_RESET_OWN };

// Units are numbered from 0 here.
struct h4l_edge {
    uint8_t from, to;
    uint8_t arrow; // enum h4l_arrow
};

// A plain value. edges[0..n_edges-1] ascend by (to, from): those that end at a unit stand together. input and output have
// bit i set for unit i.
struct h4l_topology {
    int units, n_edges;
    uint32_t input, output;
    enum h4l_reset reset;
    struct h4l_edge edges[H4L_TOPOLOGY_EDGES];
};

// Parses a description. H4L_E_USAGE with line and column, what was expected and what stands there; also where
// h4l_topology_check fails. At most 65535 characters.
int h4l_topology_parse(const char *text, struct h4l_topology *ret, struct h4l_err *err);
// The same from a file. H4L_E_DATA: cannot be read, or the message of the parser with the file's name in front.
int h4l_topology_read(const char *path, struct h4l_topology *ret, struct h4l_err *err);

// 1..H4L_TOPOLOGY_UNITS units; edges between existing units, in order, at most one from one unit to another, no membrane
// arrow of a unit to itself (it would only change the unit's decay); at least one input and one output unit; every unit is reached
// from an input unit and reaches an output unit (or is one). H4L_E_USAGE names the unit or the edge.
int h4l_topology_check(const struct h4l_topology *topology, struct h4l_err *err);

// Writes the canonical description (shortest shape that fits, defaults left out) with a final 0 byte into buffer[size];
// returns its length as snprintf does (a value >= size: truncated). Parsing it gives the same topology.
// H4L_TOPOLOGY_TEXT bytes are enough for any.
enum { H4L_TOPOLOGY_TEXT = 96 + 7 * H4L_TOPOLOGY_EDGES + 8 * H4L_TOPOLOGY_UNITS };
size_t h4l_topology_print(const struct h4l_topology *topology, char *buffer, size_t size);

// The same units, edges, sets and reset rule. (Isomorphic graphs with other numbers are different.)
bool h4l_topology_equal(const struct h4l_topology *a, const struct h4l_topology *b);

// The edges that end at unit: topology->edges[*ret_first .. *ret_first + return value - 1].
int h4l_topology_into(const struct h4l_topology *topology, int unit, int *ret_first);

// Renumbers: unit i of the given topology becomes unit order[i] of *ret (order: a permutation of 0..units-1).
// ret_edges[j], if not NULL, is the new index of edge j. H4L_E_RANGE if order is no permutation.
int h4l_topology_permute(const struct h4l_topology *topology, const int *order,
                         struct h4l_topology *ret, int *ret_edges, struct h4l_err *err);

#endif
