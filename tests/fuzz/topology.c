// Topologies: what is taken has a canonical text that gives the same topology again.
#include "fuzz.h"
#include "neuron/topology.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct h4l_topology topology, again;
    char *text = fuzz_text(data, size), printed[H4L_TOPOLOGY_TEXT];
    struct h4l_err err = {0};
    int code = h4l_topology_parse(text, &topology, &err);

    fuzz_answer(code, &err);
    if (code == H4L_OK) {
        FUZZ_CHECK(h4l_topology_check(&topology, &err) == H4L_OK);
        FUZZ_CHECK(h4l_topology_print(&topology, printed, sizeof printed) < sizeof printed);
        FUZZ_CHECK(h4l_topology_parse(printed, &again, &err) == H4L_OK);
        FUZZ_CHECK(h4l_topology_equal(&topology, &again));
    }
    free(text);
    return 0;
}
