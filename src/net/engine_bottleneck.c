// The Gaussian between the linear layer and the heads, for blocks of samples. What is computed is `sample` and `sample_back` of
// net/plain.c.
#include "net/engine_private.h"

#include <math.h>
#include <string.h>

static const struct h4l_net_gaussian *place(const struct h4l_net_job *job)
{
    return job->wide ? &job->net->wide.gaussian : &job->net->gaussian;
}

bool h4l_gaussian_create(struct h4l_net *net, size_t B, bool backward, struct h4l_net_gaussian *ret)
{
    struct h4l_net_gaussian g = {0};
    float **arrays[] = {&g.z, &g.eps, &g.sd, &g.slope, &g.share, &g.dz};
    size_t n = backward ? 6 : 3;

    for (size_t i = 0; i < n && net->spec.bottleneck.on; i++) {
        *arrays[i] = h4l_net_floats(net, net->at.seen * B);
        if (!*arrays[i])
            return false;
    }
    *ret = g;
    return true;
}

void h4l_gaussian_of_hidden(const struct h4l_net_job *job, size_t first, size_t columns, size_t ld,
                            const float *hidden, struct h4l_net_part *part)
{
    const struct h4l_net_gaussian *g = place(job);
    const float shift = (float)job->net->spec.bottleneck.shift;
    size_t Z = job->net->at.seen, used = job->n > first ? job->n - first : 0;

    for (size_t j = 0; j < Z; j++) {
        double squares = 0, logs = 0;

        for (size_t i = 0; i < columns; i++) {
            float mean = hidden[j * ld + i], x = hidden[(Z + j) * ld + i] + shift;
            struct h4l_gaussian one = h4l_gaussian_of((double)x);

            g->sd[j * ld + first + i] = (float)one.sd;
            if (job->backward) {
                g->slope[j * ld + first + i] = (float)one.slope;
                g->share[j * ld + first + i] = (float)one.share;
            }
            if (i < used) {
                squares += (double)mean * (double)mean + one.sd * one.sd;
                logs += 2 * one.log_sd;
            }
        }
        part->gaussian.squares += squares;
        part->gaussian.logs += logs;
    }
}

void h4l_gaussian_sample(const struct h4l_net_job *job, size_t shot, size_t first, size_t columns,
                         size_t ld, const float *hidden)
{
    const struct h4l_net_gaussian *g = place(job);
    const struct h4l_net_input *in = job->input;
    const uint32_t *index = job->samples->index;
    size_t Z = job->net->at.seen;

    for (size_t i = 0; i < columns; i++) {
        size_t number = job->first + first + i;

        if (first + i < job->n)
            h4l_bottleneck_draw(in->sample_seed,
                                in->sample_first + (index ? index[number] : number), shot, Z, ld,
                                g->eps + first + i);
        else
            for (size_t j = 0; j < Z; j++)
                g->eps[j * ld + first + i] = 0;
    }
    for (size_t j = 0; j < Z; j++)
        for (size_t i = 0; i < columns; i++) {
            size_t at = j * ld + first + i;

            g->z[at] = hidden[j * ld + i] + g->sd[at] * g->eps[at];
        }
}

void h4l_gaussian_back(const struct h4l_net_job *job, size_t first, size_t columns, size_t ld,
                       const float *hidden, float *dhidden)
{
    const struct h4l_net_gaussian *g = place(job);
    size_t Z = job->net->at.seen, used = job->n > first ? job->n - first : 0;
    const float share = (float)(job->net->spec.bottleneck.beta / (double)job->n);

    for (size_t j = 0; j < Z; j++)
        for (size_t i = 0; i < columns; i++) {
            size_t at = j * ld + first + i;
            float beta = i < used ? share : 0; // samples behind the job's last have no divergence

            dhidden[j * ld + i] = g->dz[at] + beta * hidden[j * ld + i];
            dhidden[(Z + j) * ld + i] = g->dz[at] * g->eps[at] * g->slope[at] +
                                        beta * (g->sd[at] * g->slope[at] - g->share[at]);
        }
}
