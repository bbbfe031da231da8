# Gamma of the fitted s-LIF2HH and its rivals on held-out stimuli, class by class: the mean over the stimuli, and over all classes its 95 % interval
# needs: fitting/heldout-classes.csv
# from: hh4lif-fitting --case heldout
W = 640; H = 1000
load plots."/common.gp"
f = in."/fitting/heldout-classes.csv"
row(c) = c == 9 ? 0 : c == 5 ? 1.15 : c < 5 ? c + 2.3 : c + 1.45
at(m, offset) = (column("model_index") == m ? row(column("class_index")) + offset : NaN)
# an interval of few stimuli that ends above the largest possible value is no interval: it is drawn for all classes together
all(m, offset) = (column("class_index") == 9 ? at(m, offset) : NaN)
# the models from top to bottom; a table made before a model came in does not have it
stats f using "model_index" nooutput
array model[9] = [0, 8, 9, 7, 6, 5, 4, 3, 2]
array said[9] = ["s-LIF2HH, fitted", "aEIF, fitted", "SRM, dynamic threshold, fitted", "SRM with forgetting, fitted", "SRM0, fitted", "SRM0, kernels of HH", "LIF, refractory, fitted", "LIF, fitted", "s-LIF2HH, published"]
array hue[9] = [SLIF, colour_aeif, INK, colour_srm, colour_srm0, NOISY, colour_refractory, LIF, SLIF]
array shape[9] = [mark_slif2hh, mark_aeif, 1, mark_srm, mark_srm0, 7, mark_refractory, mark_lif, 8]
here = ""
do for [i=1:9] { if (model[i] <= STATS_max) { here = here." ".i } }
place(i) = 0.09*(i - 5)
set lmargin at screen 0.20; set rmargin at screen 0.965
set tmargin at screen 0.86; set bmargin at screen 0.085
set yrange [9.95:-0.5]
set ytics scale 0 ("all classes" row(9), "noise" row(5), "constant" row(0), "sine" row(1), "square" row(2), "sawtooth" row(3), "triangle" row(4), "chirp" row(6), "sines" row(7), "pulses" row(8))
set grid noytics
set arrow 1 from graph 0,first 0.57 to graph 1,first 0.57 nohead ls 9 back
set arrow 2 from graph 0,first 1.72 to graph 1,first 1.72 nohead ls 9 back
set arrow 3 from graph 0,first 6.88 to graph 1,first 6.88 nohead ls 9 back
set label 2 "not in training:" at graph 0.01,first 7.02 left textcolor rgb DIM font FONT.",12"
set xrange [-0.35:1.05]
set xtics 0.2
set arrow 4 from first 1,graph 0 to first 1,graph 1 nohead lc rgb DIM lw 1 back
set xlabel "Γ (±2 ms), held-out stimuli; 1 is the largest possible"
set key at screen 0.58,0.99 center top maxrows 5 samplen 1 width 1
plot for [i in here] f using "gamma_mean":(all(model[int(i)], place(int(i)))):"gamma_low":"gamma_high" with xerrorbars lc rgb hue[int(i)] lw 2.2 pt 0 notitle, \
     for [i in here] f using "gamma_mean":(at(model[int(i)], place(int(i)))) with points lc rgb hue[int(i)] pt shape[int(i)] ps P(0.9) lw 1.6 notitle, \
     for [i in here] keyentry with points lc rgb hue[int(i)] pt shape[int(i)] ps P(0.9) lw 1.6 title said[int(i)]
