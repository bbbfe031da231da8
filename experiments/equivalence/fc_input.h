// What the case fc is run on: an image and two weight matrices, drawn by the suite or read from files.
#ifndef H4L_EQUIVALENCE_FC_INPUT_H
#define H4L_EQUIVALENCE_FC_INPUT_H

#include <stdint.h>

#include "base/err.h"

enum {
    H4L_FC_SIDE = 28,
    H4L_FC_PIXELS = H4L_FC_SIDE * H4L_FC_SIDE,
    H4L_FC_HIDDEN = 128,
    H4L_FC_OUTPUTS = 10
};

struct h4l_fc_input {
    uint8_t image[H4L_FC_PIXELS]; // row after row, 0..255
    double *W01,
        *W12; // H4L_FC_PIXELS x H4L_FC_HIDDEN, H4L_FC_HIDDEN x H4L_FC_OUTPUTS; row-major, malloc'ed
};

// Scale of the weights that the suite draws.
struct h4l_fc_scale {
    double drive_min,
        drive_max; // expected drive of the first and the last neuron of layer 1, uA/cm^2
    double weight_min,
        weight_max; // mean weight of the first and the last neuron of layer 2, uA/cm^2
};

// A digit 3 of two arcs, drawn with a round pen of 3.2 pixels and antialiased edges.
void h4l_fc_draw_digit(uint8_t ret_image[H4L_FC_PIXELS]);

// W01[p][j] uniform on [0, 2 D_j / S), S = sum of the digit's pixels (h4l_fc_draw_digit) and D_j spaced evenly from drive_min to
// drive_max, so that on this image neuron j is driven by D_j on average and layer 1 spans the firing range of the HH neuron;
// W12[j][k] uniform on [0, 2 w_k), w_k spaced evenly from weight_min to weight_max. Streams "fc layer 1" and "fc layer 2" of the
// seed, one a column. H4L_E_NOMEM.
int h4l_fc_draw_weights(uint64_t seed, const struct h4l_fc_scale *scale, double **ret_W01,
                        double **ret_W12, struct h4l_err *err);

// Reads W01 (784 x 128) and W12 (128 x 10) from a MATLAB file, and a 28 x 28 greyscale PNG image; see mat.h and png_image.h.
int h4l_fc_read_weights(const char *path, double **ret_W01, double **ret_W12, struct h4l_err *err);
int h4l_fc_read_image(const char *path, uint8_t ret_image[H4L_FC_PIXELS], struct h4l_err *err);

// ret_drive[j] = sum_p W01[p][j] x_p, where x is the image column after column, as MATLAB's image(:).
void h4l_fc_drive(const struct h4l_fc_input *input, double ret_drive[H4L_FC_HIDDEN]);

#endif
