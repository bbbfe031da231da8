// What the networks of the multi-task experiments cost: operations, parameters and memory, speed, synaptic operations.
#ifndef H4L_EFFICIENCY_H
#define H4L_EFFICIENCY_H

#include "base/family.h"
#include "net/spec.h"

enum { H4L_EFFICIENCY_MODELS = 8 };
// The largest batch of the cases memory and speed, and the registered one.
enum { H4L_EFFICIENCY_BATCH = 128 };
// The models of Fig. 5b in its order; names as in net/spec.h.
extern const char *const h4l_efficiency_models[H4L_EFFICIENCY_MODELS];

// Values of the parameters, which main.c lists.
struct h4l_efficiency_options {
    bool wall_clock;
    int batches;
    size_t batch, rounds, train_steps, images;
    double simulated_ms;
    const char *results;                 // NULL: results/reference
    const char *neuron;                  // learning neuron in place of HH; NULL: HH
    const char *mnist_dir, *fashion_dir; // NULL: the folders that data/idx.h searches
};

int h4l_efficiency_operations(struct h4l_run *run, struct h4l_err *err);     // F2
int h4l_efficiency_memory(struct h4l_run *run, struct h4l_err *err);         // F1
int h4l_efficiency_speed(struct h4l_run *run, struct h4l_err *err);          // F3
int h4l_efficiency_synapses(struct h4l_run *run, struct h4l_err *err);       // F4
int h4l_efficiency_simulated_time(struct h4l_run *run, struct h4l_err *err); // F3.time
int h4l_efficiency_exchange(struct h4l_run *run, struct h4l_err *err);       // the exchange rate

// Seconds, of the CPU or of the clock on the wall.
double h4l_efficiency_now(bool cpu);
// Speeds a over b in 3 to 32 rounds: the geometric mean as the timing `name`, the lower end of its 95 % interval (t on the logarithms)
// as `name_low`. H4L_E_RANGE: a speed that is not above 0.
int h4l_efficiency_ratio(struct h4l_run *run, const char *name, const double *a, const double *b,
                         size_t rounds, struct h4l_err *err);
// Names of the models as the metric "models".
void h4l_efficiency_name_models(struct h4l_run *run);
// A metric with a value per model: an object by the model's name.
void h4l_efficiency_per_model(struct h4l_run *run, const char *name, const double *values);
// The series of the CSV files: a row per model with its name, then values[column - 1][model]. Errors: those of h4l_series_begin.
extern const struct h4l_series h4l_exchange_series;
extern const struct h4l_series h4l_operations_series, h4l_memory_series;
int h4l_efficiency_table(struct h4l_run *run, const struct h4l_series *series,
                         const double (*values)[H4L_EFFICIENCY_MODELS], struct h4l_err *err);

#endif
