# Accuracy on the test images over the epochs, fully connected networks, both tasks: every seed as a point, the mean as a line (Fig. 4c)
# needs: multitask/fc-lif-epochs.csv multitask/fc-hh-epochs.csv multitask/fc-slif2hh-epochs.csv
# also: multitask/fc-4lif-epochs.csv multitask/fc-ann-epochs.csv
# from: hh4lif-multitask --case fc-lif --case fc-4lif --case fc-hh --case fc-slif2hh --case fc-ann
W = 640; H = 820
kind = "fc"
load plots."/common.gp"
load plots."/multitask-curves.inc"
