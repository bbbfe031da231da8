#include "slif_compare.h"

#include <math.h>

#include "analysis/spike_coincidence.h"
#include "analysis/spike_distance.h"

// Mean interval of a train of at least two spikes.
static double mean_isi(struct h4l_spikes train)
{
    return (train.t[train.n - 1] - train.t[0]) / (double)(train.n - 1);
}

int h4l_slif_compare(struct h4l_spikes hh, struct h4l_spikes lif, double duration, double delta,
                     struct h4l_slif_comparison *ret, struct h4l_err *err)
{
    struct h4l_slif_comparison c = {.n_hh = hh.n,
                                    .n_lif = lif.n,
                                    .mean_isi_difference_ms = NAN,
                                    .mean_abs_time_difference_over_isi = NAN};
    struct h4l_window window = {0, duration};
    struct h4l_gamma_options options = {.delta_ms = delta, .matching = H4L_MATCH_ONE_TO_ONE};
    struct h4l_gamma gamma;
    int code = h4l_gamma(hh, lif, window, &options, &gamma, err);

    if (code)
        return code;
    c.gamma = gamma.gamma;
    code = h4l_spike_distance(hh, lif, window, H4L_EDGE_MAX, &c.spike_distance, err);
    if (code)
        return code;
    if (hh.n == lif.n && hh.n >= 2) {
        double sum = 0;
        for (size_t i = 0; i < hh.n; i++)
            sum += fabs(lif.t[i] - hh.t[i]);
        c.mean_isi_difference_ms = mean_isi(lif) - mean_isi(hh);
        c.mean_abs_time_difference_over_isi = sum / (double)hh.n / mean_isi(hh);
    }
    *ret = c;
    return H4L_OK;
}

enum h4l_slif_verdict h4l_slif_verdict(const struct h4l_slif_comparison *c)
{
    if (c->n_hh != c->n_lif)
        return H4L_SLIF_COUNTS_DIFFER;
    if (c->n_hh == 0)
        return H4L_SLIF_SILENT;
    return c->mean_abs_time_difference_over_isi < H4L_SLIF_CRITERION ? H4L_SLIF_HOLDS
                                                                     : H4L_SLIF_COUNTS_AGREE;
}

size_t h4l_slif_unlike_single(const struct h4l_chain *chain, const struct h4l_s_lif_flags *steps)
{
    const struct h4l_s_lif *p = &chain->lif;
    double u = 0;
    size_t n = 0;

    for (size_t k = 0; k < h4l_chain_lif_steps(chain); k++) {
        double x = h4l_wave_mean(&chain->wave, (double)k * p->dt_ms, (double)(k + 1) * p->dt_ms);
        u = h4l_s_lif_unit(p, u, x);
        n += steps[k].joint != (u > p->threshold);
        if (u > p->threshold)
            u = p->U;
    }
    return n;
}
