// Names of the kernels that are compiled once per instruction set: H4L_LEVEL is generic, avx2 or avx512 (src/net/meson.build).
#ifndef H4L_NET_KERNELS_LEVEL_H
#define H4L_NET_KERNELS_LEVEL_H

#include "net/kernels.h"

#ifndef H4L_LEVEL
#define H4L_LEVEL generic
#endif
#define H4L_JOIN_(a, b) a##_##b
#define H4L_JOIN(a, b) H4L_JOIN_(a, b)
#define H4L_LEVEL_NAME(name) H4L_JOIN(name, H4L_LEVEL)

// Output channels and columns whose sums stay in registers: 20 of 32 registers of 16 lanes, or 10 of 16 of 8 lanes.
#ifdef __AVX512F__
enum { H4L_CONV_BLOCK = 10, H4L_CONV_COLUMNS = 2, H4L_CONV_WEIGHT_BLOCK = 3 };
#else
enum { H4L_CONV_BLOCK = 5, H4L_CONV_COLUMNS = 1, H4L_CONV_WEIGHT_BLOCK = 1 };
#endif

// kernels_topology.c: the entries of struct h4l_net_kernels for sub-networks of any topology.
void H4L_LEVEL_NAME(h4l_kernel_topology_forward)(const struct h4l_window *w, size_t rows, size_t N,
                                                 const float *z, size_t z_stride, float *r);
void H4L_LEVEL_NAME(h4l_kernel_topology_backward)(const struct h4l_window *w, size_t rows, size_t N,
                                                  const float *z, size_t z_stride, const float *dr,
                                                  float *dz, double *dmix);
void H4L_LEVEL_NAME(h4l_kernel_topology_cells)(const struct h4l_window *w, size_t H, size_t side,
                                               const float *z, uint8_t *counts);
void H4L_LEVEL_NAME(h4l_kernel_topology_cells_back)(const struct h4l_window *w, size_t H,
                                                    size_t side, const float *z,
                                                    const float *dcounts, float *dz, double *dmix);
void H4L_LEVEL_NAME(h4l_kernel_topology_step)(const struct h4l_window *w, int t, size_t H,
                                              size_t side, const float *z, const float *before,
                                              float *after, float *sum);
void H4L_LEVEL_NAME(h4l_kernel_topology_step_back)(const struct h4l_window *w, int t, size_t H,
                                                   size_t side, const float *before,
                                                   const float *after, const float *ds, float *dv,
                                                   float *dz, double *dmix);

void H4L_LEVEL_NAME(h4l_kernel_conv)(size_t side, size_t n_in, size_t n_out, const float *in,
                                     const float *packed, const float *bias, float *out,
                                     size_t pitch, size_t plane);
void H4L_LEVEL_NAME(h4l_kernel_conv_weights)(size_t side, size_t n_in, size_t n_out,
                                             const float *in, const float *dout, size_t pitch,
                                             size_t plane, float *sum);
void H4L_LEVEL_NAME(h4l_kernel_expand)(size_t planes, size_t side, const uint8_t *counts,
                                       float *framed);
void H4L_LEVEL_NAME(h4l_kernel_sums)(size_t planes, size_t n, float scale, const float *in,
                                     float *ret);
void H4L_LEVEL_NAME(h4l_kernel_adam)(float scale1, float scale2, float l2, size_t n,
                                     const float *gradient, float *parameters, float *m, float *v);
extern const struct h4l_net_kernels H4L_LEVEL_NAME(h4l_net_kernels);

#endif
