#include "analysis/operations.h"

static double zeros(size_t n, const double *x)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += x[i] == 0;
    return (double)count;
}

static void count(double used, bool spikes, struct h4l_synapses *ret)
{
    if (spikes)
        ret->acs += used;
    else
        ret->macs += used;
}

void h4l_synapses_linear(size_t n_in, size_t n_out, const double *weights, const double *inputs,
                         bool spikes, struct h4l_synapses *ret)
{
    double used = 0;

    for (size_t j = 0; j < n_out; j++)
        for (size_t i = 0; i < n_in; i++)
            used += inputs[i] != 0 && weights[j * n_in + i] != 0;
    ret->dense += (double)n_in * (double)n_out;
    count(used, spikes, ret);
    ret->connections = (double)n_in * (double)n_out;
    ret->zero_weights = zeros(n_in * n_out, weights);
}

// Weights other than 0 that tap i of input channel k has, over all output channels.
static double taps(size_t n_in, size_t n_out, const double *weights, size_t k, size_t i)
{
    double n = 0;

    for (size_t c = 0; c < n_out; c++)
        n += weights[(c * n_in + k) * 9 + i] != 0;
    return n;
}

void h4l_synapses_conv3(size_t n_in, size_t n_out, size_t side, const double *weights,
                        const double *inputs, bool spikes, struct h4l_synapses *ret)
{
    double used = 0;

    for (size_t k = 0; k < n_in; k++)
        for (size_t i = 0; i < 9; i++) {
            double n = taps(n_in, n_out, weights, k, i);

            for (size_t y = 0; y < side; y++)
                for (size_t x = 0; x < side; x++) {
                    size_t row = y + i / 3, column = x + i % 3; // of the input, plus 1

                    if (row < 1 || row > side || column < 1 || column > side)
                        continue;
                    ret->dense += (double)n_out;
                    if (inputs[(k * side + row - 1) * side + column - 1] != 0)
                        used += n;
                }
        }
    count(used, spikes, ret);
    ret->connections = (double)n_in * (double)n_out * 9;
    ret->zero_weights = zeros(n_in * n_out * 9, weights);
}
