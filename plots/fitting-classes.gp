# Gamma of the fitted s-LIF2HH and its rivals on held-out stimuli, class by class, with 95 % intervals over the stimuli
# needs: fitting/heldout-classes.csv
# from: hh4lif-fitting --case heldout
W = 640; H = 1000
load plots."/common.gp"
f = in."/fitting/heldout-classes.csv"
row(c) = c == 9 ? 0 : c == 5 ? 1.15 : c < 5 ? c + 2.3 : c + 1.45
at(m, offset) = (column("model_index") == m ? row(column("class_index")) + offset : NaN)
set lmargin at screen 0.20; set rmargin at screen 0.965
set tmargin at screen 0.88; set bmargin at screen 0.075
set yrange [9.95:-0.5]
set ytics scale 0 ("all" row(9), "noise" row(5), "constant" row(0), "sine" row(1), "square" row(2), "sawtooth" row(3), "triangle" row(4), "chirp" row(6), "sines" row(7), "pulses" row(8))
set grid noytics
set arrow 1 from graph 0,first 0.57 to graph 1,first 0.57 nohead ls 9 back
set arrow 2 from graph 0,first 1.72 to graph 1,first 1.72 nohead ls 9 back
set arrow 3 from graph 0,first 6.88 to graph 1,first 6.88 nohead ls 9 back
set label 1 "not in training" at screen 0.008,first 6.97 left textcolor rgb DIM font FONT.",11"
set xrange [-0.35:1.05]
set xtics 0.2
set xlabel "Γ (±2 ms), held-out stimuli"
set key at screen 0.58,0.99 center top maxrows 4 samplen 1 width 1
plot f using "gamma_mean":(at(0, -0.36)):"gamma_low":"gamma_high" with xerrorbars ls 2 title "s-LIF2HH, fitted", \
     f using "gamma_mean":(at(7, -0.24)):"gamma_low":"gamma_high" with xerrorbars lc rgb INK lw 2.2 pt 6 ps P(0.8) title "SRM with forgetting, fitted", \
     f using "gamma_mean":(at(6, -0.12)):"gamma_low":"gamma_high" with xerrorbars ls 3 title "SRM0, fitted", \
     f using "gamma_mean":(at(5, 0)):"gamma_low":"gamma_high" with xerrorbars lc rgb "#56B4E9" lw 2.2 pt 7 ps P(0.8) title "SRM0, kernels of HH", \
     f using "gamma_mean":(at(4, 0.12)):"gamma_low":"gamma_high" with xerrorbars ls 4 title "LIF, refractory, fitted", \
     f using "gamma_mean":(at(3, 0.24)):"gamma_low":"gamma_high" with xerrorbars ls 5 title "LIF, fitted", \
     f using "gamma_mean":(at(2, 0.36)):"gamma_low":"gamma_high" with xerrorbars lc rgb DIM lw 2.2 pt 1 ps P(0.8) title "s-LIF2HH, published"
