# Spikes of all 138 neurons of the fully connected network, HH and tv-LIF2HH on top of each other
# needs: equivalence/fc-spikes.csv
# from: hh4lif-equivalence --case fc
W = 640; H = 900
cap = "butt"
load plots."/common.gp"
file = in."/equivalence/fc-spikes.csv"
set lmargin at screen 0.125; set rmargin at screen 0.965
set xrange [*:*]
stats file using "t_ms" nooutput
set xrange [0:10*ceil(STATS_max/10)]
set grid noytics
set ytics scale 0.4
set tmargin at screen 0.925; set bmargin at screen 0.345
set yrange [129.5:-0.5]; set ytics (1, 32, 64, 96, 128)
set format x ""
set ylabel "neuron of layer 1"
set key at screen 0.965,0.985 right top horizontal samplen 1.5 width 1
plot file using (column("model") == 0 && column("layer") == 1 ? column("t_ms") : NaN):"neuron" with points pt 7 ps P(0.62) lc rgb HH, \
     file using (column("model") == 1 && column("layer") == 1 ? column("t_ms") : NaN):"neuron" with points pt 7 ps P(0.28) lc rgb ON_HH, \
     NaN with points pt 7 ps P(1.3) lc rgb HH title "HH", \
     NaN with points pt 7 ps P(0.6) lc rgb ON_HH title "tv-LIF2HH"
set tmargin at screen 0.32; set bmargin at screen 0.095
set key off
set yrange [10.6:0.4]; set ytics 1,3,10
set format x "%g"
set xlabel "t  (ms)"
set ylabel "layer 2"
plot file using (column("model") == 0 && column("layer") == 2 ? column("t_ms") : NaN):(column("neuron") + 0.38):(0):(-0.76) with vectors nohead lc rgb HH lw 4, \
     file using (column("model") == 1 && column("layer") == 2 ? column("t_ms") : NaN):(column("neuron") + 0.2):(0):(-0.4) with vectors nohead lc rgb ON_HH lw 1.6
