# Learning curves, InvertedDoublePendulum: forward moving mean of the shaped reward over 1000 counted steps, mean over seeds, band +-1 sd (Fig. 4d bottom)
# needs: control/idp-lif-band.csv control/idp-hh-band.csv control/idp-slif2hh-band.csv
# needs: control/stated-idp-lif-band.csv control/stated-idp-hh-band.csv control/stated-idp-slif2hh-band.csv
# also: control/idp-4lif-band.csv control/idp-ann-band.csv control/stated-idp-4lif-band.csv control/stated-idp-ann-band.csv
# from: hh4lif-control --case "idp-*" --case "stated-idp-*"
W = 640; H = 820
load plots."/common.gp"
prefix = "idp-"
shown = 300000
models = "hh slif2hh lif 4lif ann"
load plots."/control-curves.inc"
