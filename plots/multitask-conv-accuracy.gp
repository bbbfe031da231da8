# Accuracy on the test images over the epochs, convolutional networks, both tasks: every seed as a point, the mean as a line (Fig. 4c)
# needs: multitask/conv-lif-epochs.csv multitask/conv-hh-epochs.csv multitask/conv-slif2hh-epochs.csv
# also: multitask/conv-4lif-epochs.csv multitask/conv-ann-epochs.csv
# from: hh4lif-multitask --case conv-lif --case conv-4lif --case conv-hh --case conv-slif2hh --case conv-ann
W = 640; H = 820
kind = "conv"
load plots."/common.gp"
load plots."/multitask-curves.inc"
