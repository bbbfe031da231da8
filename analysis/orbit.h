// Inside the bifurcation code: the linearised shooting problem, shared by orbit.c and branch.c.
#ifndef H4L_ANALYSIS_ORBIT_H
#define H4L_ANALYSIS_ORBIT_H

#include "analysis/bifurcation.h"

struct h4l_orbit_linear {
    double residual[H4L_SYSTEM_DIM];                   // state after the time `period` minus state
    double M[H4L_SYSTEM_DIM * H4L_SYSTEM_DIM];         // monodromy matrix
    double by_T[H4L_SYSTEM_DIM], by_p[H4L_SYSTEM_DIM]; // derivatives of the end state
    double f[H4L_SYSTEM_DIM];                          // F at the start
};
int h4l_orbit_linearise(struct h4l_shooting *shooting, const struct h4l_orbit *orbit,
                        struct h4l_orbit_linear *ret, struct h4l_err *err);

// Sorts by descending modulus.
void h4l_sort_by_modulus(struct h4l_complex *values, int n);

#endif
