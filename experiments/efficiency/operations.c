#include "efficiency.h"

#include <math.h>
#include <stdio.h>

#include "net/count.h"

const char *const h4l_efficiency_models[H4L_EFFICIENCY_MODELS] = {
    "conv-4lif", "fc-4lif", "conv-lif", "fc-lif", "conv-hh", "fc-hh", "conv-slif2hh", "fc-slif2hh"};

// Fig. 5b and its text, million operations per image.
static const struct {
    double add, mul;
    long long parameters;
} published[H4L_EFFICIENCY_MODELS] = {{79.08835, 80.06040, 177910}, {39.97691, 40.00768, 2759726},
                                      {6.65005, 6.89310, 42580},    {9.99419, 10.00192, 690734},
                                      {9.80905, 11.75310, 42580},   {10.09403, 10.15552, 690734},
                                      {21.20575, 22.03200, 166104}, {30.04667, 30.07744, 2095666}};

void h4l_efficiency_name_models(struct h4l_run *run)
{
    json_t *names = json_array();

    for (size_t i = 0; i < H4L_EFFICIENCY_MODELS; i++)
        h4l_json_add(&names, json_string(h4l_efficiency_models[i]));
    h4l_metric_json(run, "models", names);
}

void h4l_efficiency_per_model(struct h4l_run *run, const char *name, const double *values)
{
    json_t *object = json_object();

    for (size_t i = 0; i < H4L_EFFICIENCY_MODELS; i++) {
        bool whole = fabs(values[i]) < 1e15 && values[i] == floor(values[i]);

        h4l_json_set(&object, h4l_efficiency_models[i],
                     whole ? json_integer((json_int_t)values[i]) : json_real(values[i]));
    }
    h4l_metric_json(run, name, object);
}

int h4l_efficiency_table(struct h4l_run *run, const struct h4l_series *series,
                         const double (*values)[H4L_EFFICIENCY_MODELS], struct h4l_err *err)
{
    struct h4l_csv *csv = h4l_series_begin(run, series, NULL, err);

    if (!csv)
        return err ? err->code : H4L_E_IO;
    for (size_t m = 0; m < H4L_EFFICIENCY_MODELS; m++) {
        h4l_csv_text(csv, h4l_efficiency_models[m]);
        for (int i = 0; i < series->n - 1; i++)
            h4l_csv_real(csv, values[i][m]);
    }
    return H4L_OK;
}

static const struct h4l_column count_columns[] = {
    {"model", "", "network"},
    {"add_published", "million", "additions per image, as the paper prints them"},
    {"mul_published", "million", "multiplications per image, as the paper prints them"},
    {"add_corrected", "million", "additions per image, counted on the published code"},
    {"mul_corrected", "million", "multiplications per image, counted on the published code"},
    {"add_hoisted", "million",
     "additions per image, with what does not change in a window computed once"},
    {"mul_hoisted", "million",
     "multiplications per image, with what does not change in a window computed once"},
};
const struct h4l_series h4l_operations_series =
    H4L_SERIES("operations-counts.csv", "network", count_columns);

// A row per model, for the figure.
static int write_series(struct h4l_run *run, const json_t *add, const json_t *mul,
                        struct h4l_err *err)
{
    enum { COLUMNS = sizeof count_columns / sizeof *count_columns - 1 };
    static const char *const ways[] = {"published", "corrected", "hoisted"};
    double table[COLUMNS][H4L_EFFICIENCY_MODELS];

    for (size_t i = 0; i < COLUMNS; i++)
        for (size_t m = 0; m < H4L_EFFICIENCY_MODELS; m++)
            table[i][m] =
                json_real_value(json_array_get(json_object_get(i % 2 ? mul : add, ways[i / 2]), m));
    return h4l_efficiency_table(run, &h4l_operations_series,
                                (const double(*)[H4L_EFFICIENCY_MODELS])table, err);
}

int h4l_efficiency_operations(struct h4l_run *run, struct h4l_err *err)
{
    static const char *const keys[] = {"reproduced", "corrected", "hoisted"};
    json_t *add = json_object(), *mul = json_object(), *parameters = json_object();
    json_t *adds[4], *muls[4], *sizes[2] = {json_array(), json_array()};
    int code = H4L_OK, off = 0;

    for (int i = 0; i < 4; i++) {
        adds[i] = json_array();
        muls[i] = json_array();
    }
    for (size_t m = 0; m < H4L_EFFICIENCY_MODELS && code == H4L_OK; m++) {
        struct h4l_net_spec spec;

        code = h4l_net_published(h4l_efficiency_models[m], &spec, err);
        if (code)
            break;
        h4l_json_add(&adds[3], json_real(published[m].add));
        h4l_json_add(&muls[3], json_real(published[m].mul));
        h4l_json_add(&sizes[0], json_integer(published[m].parameters));
        h4l_json_add(&sizes[1], json_integer((json_int_t)h4l_net_layout(&spec).parameters));
        for (int way = H4L_COUNT_AS_PUBLISHED; way <= H4L_COUNT_HOISTED; way++) {
            struct h4l_operations o = h4l_count_operations(&spec, (enum h4l_count)way);

            h4l_json_add(&adds[way], json_real(o.add / 1e6));
            h4l_json_add(&muls[way], json_real(o.mul / 1e6));
            if (way == H4L_COUNT_CORRECTED) // printed with five decimals
                off += (fabs(o.add / 1e6 - published[m].add) > 5.001e-6) +
                       (fabs(o.mul / 1e6 - published[m].mul) > 5.001e-6);
        }
    }
    for (int way = H4L_COUNT_AS_PUBLISHED; way <= H4L_COUNT_HOISTED; way++) {
        h4l_json_set(&add, keys[way], adds[way]);
        h4l_json_set(&mul, keys[way], muls[way]);
    }
    h4l_json_set(&add, "published", adds[3]);
    h4l_json_set(&mul, "published", muls[3]);
    h4l_json_set(&parameters, "published", sizes[0]);
    h4l_json_set(&parameters, "reproduced", json_incref(sizes[1]));
    h4l_json_set(&parameters, "corrected", sizes[1]);
    if (code == H4L_OK)
        code = write_series(run, add, mul, err);
    h4l_efficiency_name_models(run);
    h4l_metric_json(run, "add_millions", add);
    h4l_metric_json(run, "mul_millions", mul);
    h4l_metric_json(run, "parameters", parameters);
    h4l_metric_int(run, "published_figures_off", off);
    return code;
}
