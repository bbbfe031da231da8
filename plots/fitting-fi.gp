# Firing rate over a constant current: HH, the fitted s-LIF2HH and the fitted single LIF units
# needs: fitting/heldout-fi.csv
# from: hh4lif-fitting --case heldout
W = 640; H = 480
load plots."/common.gp"
f = in."/fitting/heldout-fi.csv"
set xrange [0:30]; set yrange [0:*]
set lmargin at screen 0.125; set rmargin at screen 0.965
set tmargin at screen 0.86; set bmargin at screen 0.155
set xlabel "I  (µA/cm²)"; set ylabel "rate  (Hz)" offset 1,0
set key at screen 0.55,0.985 center top maxrows 2 samplen 1.8 width 1
plot f using "current_uA_per_cm2":"lif_Hz" with lines lc rgb LIF lw 2.2 dt 3 title "LIF, fitted", \
     f using "current_uA_per_cm2":"lif_refractory_Hz" with lines lc rgb colour_refractory lw 2.2 dt 4 title "LIF, refractory, fitted", \
     f using "current_uA_per_cm2":"hh_Hz" with lines lc rgb HH lw 3.2 title "HH", \
     f using "current_uA_per_cm2":"slif2hh_Hz" with linespoints lc rgb SLIF lw 1.8 pt 9 pi 12 ps P(0.9) title "s-LIF2HH, fitted"
