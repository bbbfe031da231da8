# Learning curves, InvertedPendulum: forward moving mean of the shaped reward over 1000 counted steps, mean over seeds, band +-1 sd (Fig. 4d top)
# needs: control/ip-lif-band.csv control/ip-hh-band.csv control/ip-slif2hh-band.csv
# needs: control/stated-ip-lif-band.csv control/stated-ip-hh-band.csv control/stated-ip-slif2hh-band.csv
# also: control/ip-4lif-band.csv control/ip-ann-band.csv control/stated-ip-4lif-band.csv control/stated-ip-ann-band.csv
# from: hh4lif-control --case "ip-*" --case "stated-ip-*"
W = 640; H = 820
load plots."/common.gp"
prefix = "ip-"
shown = 40000
models = "hh slif2hh lif 4lif ann"
load plots."/control-curves.inc"
