#include "fc_input.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "data/mat.h"
#include "data/png_image.h"

// ---- the digit ----

struct arc {
    double row, column, radius; // pixels, pixel centres at whole numbers
    double from,
        to; // angles in rad, from < to: 0 points along the row to the right, pi/2 downwards
};

static double distance_to_arc(const struct arc *arc, double row, double column)
{
    double y = row - arc->row, x = column - arc->column, angle = atan2(y, x);
    double best = INFINITY;

    while (angle < arc->from)
        angle += 2 * M_PI;
    if (angle <= arc->to)
        return fabs(hypot(x, y) - arc->radius);
    for (int end = 0; end < 2; end++) {
        double a = end ? arc->to : arc->from;
        best = fmin(best, hypot(x - arc->radius * cos(a), y - arc->radius * sin(a)));
    }
    return best;
}

void h4l_fc_draw_digit(uint8_t ret_image[H4L_FC_PIXELS])
{
    static const struct arc arcs[2] = {{9, 13.5, 4.5, -0.85 * M_PI, 0.5 * M_PI},
                                       {18.5, 13.5, 5, -0.5 * M_PI, 0.85 * M_PI}};
    const double pen = 1.6; // half its width

    for (int r = 0; r < H4L_FC_SIDE; r++)
        for (int c = 0; c < H4L_FC_SIDE; c++) {
            double d = fmin(distance_to_arc(&arcs[0], r, c), distance_to_arc(&arcs[1], r, c));
            double ink = fmin(1, fmax(0, pen + 0.5 - d));
            ret_image[r * H4L_FC_SIDE + c] = (uint8_t)lround(255 * ink);
        }
}

// ---- weights ----

// Fills column k of W[rows * columns] with numbers uniform on [0, 2 mean).
static void draw_column(struct h4l_rng *rng, double mean, double *W, size_t rows, size_t columns,
                        size_t k)
{
    for (size_t r = 0; r < rows; r++)
        W[r * columns + k] = h4l_rng_between(rng, 0, 2 * mean);
}

static double spaced(double lo, double hi, size_t k, size_t n)
{
    return lo + (hi - lo) * (double)k / (double)(n - 1);
}

int h4l_fc_draw_weights(uint64_t seed, const struct h4l_fc_scale *scale, double **ret_W01,
                        double **ret_W12, struct h4l_err *err)
{
    double *W01 = malloc(sizeof(double) * H4L_FC_PIXELS * H4L_FC_HIDDEN);
    double *W12 = malloc(sizeof(double) * H4L_FC_HIDDEN * H4L_FC_OUTPUTS);
    uint8_t digit[H4L_FC_PIXELS];
    double sum = 0;
    struct h4l_rng rng;

    if (!W01 || !W12) {
        free(W01);
        free(W12);
        return h4l_fail(err, H4L_E_NOMEM, "no memory for the weights of the 784-128-10 network");
    }
    h4l_fc_draw_digit(digit);
    for (int p = 0; p < H4L_FC_PIXELS; p++)
        sum += digit[p];
    for (size_t j = 0; j < H4L_FC_HIDDEN; j++) {
        h4l_rng_init(&rng, seed, "fc layer 1", j);
        draw_column(&rng, spaced(scale->drive_min, scale->drive_max, j, H4L_FC_HIDDEN) / sum, W01,
                    H4L_FC_PIXELS, H4L_FC_HIDDEN, j);
    }
    for (size_t k = 0; k < H4L_FC_OUTPUTS; k++) {
        h4l_rng_init(&rng, seed, "fc layer 2", k);
        draw_column(&rng, spaced(scale->weight_min, scale->weight_max, k, H4L_FC_OUTPUTS), W12,
                    H4L_FC_HIDDEN, H4L_FC_OUTPUTS, k);
    }
    *ret_W01 = W01;
    *ret_W12 = W12;
    return H4L_OK;
}

int h4l_fc_read_weights(const char *path, double **ret_W01, double **ret_W12, struct h4l_err *err)
{
    double *W01 = NULL, *W12 = NULL;
    int code = h4l_mat_read(path, "W01", H4L_FC_PIXELS, H4L_FC_HIDDEN, &W01, err);

    if (!code)
        code = h4l_mat_read(path, "W12", H4L_FC_HIDDEN, H4L_FC_OUTPUTS, &W12, err);
    if (code) {
        free(W01);
        return code;
    }
    *ret_W01 = W01;
    *ret_W12 = W12;
    return H4L_OK;
}

int h4l_fc_read_image(const char *path, uint8_t ret_image[H4L_FC_PIXELS], struct h4l_err *err)
{
    return h4l_png_read_grey(path, H4L_FC_SIDE, H4L_FC_SIDE, ret_image, err);
}

void h4l_fc_drive(const struct h4l_fc_input *input, double ret_drive[H4L_FC_HIDDEN])
{
    for (size_t j = 0; j < H4L_FC_HIDDEN; j++)
        ret_drive[j] = 0;
    for (size_t p = 0; p < H4L_FC_PIXELS; p++) {
        size_t row = p % H4L_FC_SIDE, column = p / H4L_FC_SIDE;
        double x = input->image[row * H4L_FC_SIDE + column];

        for (size_t j = 0; j < H4L_FC_HIDDEN; j++)
            ret_drive[j] += input->W01[p * H4L_FC_HIDDEN + j] * x;
    }
}
