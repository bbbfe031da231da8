// What the networks with a Gaussian before their heads (struct h4l_net_bottleneck) share: the Gaussian, its samples, and what is
// said of it. Letters as in net/spec.h: Z numbers of a sample, K classes.
#ifndef H4L_NET_BOTTLENECK_H
#define H4L_NET_BOTTLENECK_H

#include <stddef.h>
#include <stdint.h>

// The standard deviation of one number from x = h + shift, and what its way back needs.
struct h4l_gaussian {
    double sd;     // softplus(x)
    double log_sd; // its logarithm, also where sd is too small for a number
    double slope;  // d sd / d x
    double share;  // slope / sd: d log_sd / d x
};
struct h4l_gaussian h4l_gaussian_of(double x);

// eps of an image in a pass: Z numbers of N(0, 1) in float, those of shot number `shot` (from 0) of the stream (seed, "latent sample",
// index), `stride` apart. They have 32 random bits each: none lies beyond 6.8.
void h4l_bottleneck_draw(uint64_t seed, uint64_t index, size_t shot, size_t Z, size_t stride,
                         float *ret);

// Sums over images (struct h4l_net_stats).
struct h4l_bottleneck_sums {
    double squares; // of mean^2 + sd^2 over j
    double logs;    // of 2 ln sd over j
};
// KL of `scale` times the Gaussian (mean and sd alike) from N(0, 1), mean over n images, in nats. scale > 0. Heads whose weights are
// divided by the scale answer as before: the divergence depends on a number that the classes leave free (Geiger 2020,
// arXiv 2003.09671).
double h4l_bottleneck_kl(const struct h4l_bottleneck_sums *sums, size_t n, size_t Z, double scale);
// The scale at which it is least.
double h4l_bottleneck_best_scale(const struct h4l_bottleneck_sums *sums, size_t n, size_t Z);

// Along which axis of the logits [shot][image of a batch][class] the softmax of a score goes.
enum h4l_score { H4L_SCORE_BATCH, H4L_SCORE_CLASSES, H4L_SCORES };

enum { H4L_BOTTLENECK_MAX_SHOTS = 64 };
// How many of n images are answered right by several samples: the softmax of each shot's logits, averaged over the shots; the class
// of the largest. H4L_SCORE_BATCH, as published: the softmax goes over the images of a batch (`batch` of them in their order, the last batch may
// be smaller). logits: [n][shots][tasks][K]; labels: [n][tasks]; ret: [tasks]. shots 1..64, K as in net/task.h.
void h4l_bottleneck_score(enum h4l_score score, size_t n, size_t batch, size_t shots, size_t tasks,
                          size_t K, const float *logits, const uint8_t *labels, size_t *ret);

#endif
