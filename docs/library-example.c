// The installed library by example: two HH neurons under different currents, and how far apart their spikes are.
// cc library-example.c -o library-example $(pkg-config --cflags --libs hh4lif)
#include <hh4lif/analysis/spike_distance.h>
#include <hh4lif/sim/integrators.h>
#include <stdio.h>

int main(void)
{
    double t[2][100], distance, current[2] = {8, 12}; // uA/cm^2
    struct h4l_spikes trains[2];
    struct h4l_err err;

    for (int i = 0; i < 2; i++) {
        double x[H4L_HH_DIM], I[3] = {current[i], current[i], current[i]}, at;
        struct h4l_detector detector;
        h4l_hh_steady_state(&h4l_hh_form_a, -65, x);
        trains[i] = (struct h4l_spikes){t[i], 0};
        if (h4l_detector_init(0, 0, H4L_CROSSING_LINEAR, &detector, &err))
            return 1;
        for (int k = 0; k < 20000; k++) { // 200 ms in steps of 0.01 ms
            h4l_hh_step(&h4l_hh_form_a, H4L_RK4, 0.01, I, x);
            if (h4l_detector_push(&detector, 0.01 * (k + 1), x[H4L_HH_V], &at) && trains[i].n < 100)
                t[i][trains[i].n++] = at;
        }
    }
    if (h4l_spike_distance(trains[0], trains[1], (struct h4l_window){0, 200}, H4L_EDGE_MAX,
                           &distance, &err))
        return fprintf(stderr, "%s\n", err.message), 1;
    printf("%zu and %zu spikes, SPIKE-distance %.6f\n", trains[0].n, trains[1].n, distance);
    return 0;
}
