// Where a training run stands, in a file that is either complete or not there.
//
// Format: the line "hh4lif checkpoint 1", a line of JSON, 3 n floats of this machine's byte order (parameters and Adam's two
// moments; 4 n where the parameters have an average), and the SHA-256 of all that as 64 hex digits.
#ifndef H4L_NET_CHECKPOINT_H
#define H4L_NET_CHECKPOINT_H

#include "net/train.h"

struct h4l_checkpoint {
    int epoch;                         // epoch that is under way or next
    size_t done;                       // training samples of it that are done
    struct h4l_net_stats stats;        // sums over these
    struct h4l_training_epoch *epochs; // results of the epochs before: [epoch]
};

// SHA-256 of everything that a run's result depends on: network, options, data.
int h4l_checkpoint_fingerprint(const struct h4l_net_spec *spec,
                               const struct h4l_training_options *options,
                               const struct h4l_training_data *data, char ret_hex[65],
                               struct h4l_err *err);

// The file also names the program that writes it (base/provenance.h). H4L_E_IO, H4L_E_NOMEM.
int h4l_checkpoint_write(const char *path, const char *fingerprint, struct h4l_net *net,
                         const struct h4l_checkpoint *checkpoint, struct h4l_err *err);
// Restores net, *ret and ret->epochs[0..ret->epoch-1] (room for max_epochs). *ret_found is false where there is no such file, and where
// it belongs to another run or program: *ret_other then has a code and says so (else no code), and net is untouched.
// H4L_E_DATA: damaged; net is untouched then.
int h4l_checkpoint_read(const char *path, const char *fingerprint, struct h4l_net *net,
                        int max_epochs, bool *ret_found, struct h4l_checkpoint *ret,
                        struct h4l_err *ret_other, struct h4l_err *err);

#endif
