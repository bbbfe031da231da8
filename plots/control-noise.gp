# Learning curves under noise on states and rewards, InvertedDoublePendulum: mean over seeds, band +-1 sd (Fig. 4i)
# needs: control/noise-idp-lif-band.csv control/noise-idp-hh-band.csv control/noise-idp-slif2hh-band.csv
# needs: control/stated-noise-idp-lif-band.csv control/stated-noise-idp-hh-band.csv control/stated-noise-idp-slif2hh-band.csv
# from: hh4lif-control --case "noise-idp-*" --case "stated-noise-idp-*"
W = 640; H = 820
load plots."/common.gp"
prefix = "noise-idp-"
shown = 300000
models = "hh slif2hh lif"
load plots."/control-curves.inc"
