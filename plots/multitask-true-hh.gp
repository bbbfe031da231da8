# Real HH neurons that learn: the channels' shares of the charge before and after training, and how far back from the window's end a push at the potential acts
# needs: multitask/fc-truehh-membranes.csv multitask/fc-truehh-horizon.csv
# from: hh4lif-multitask --case fc-truehh
W = 640; H = 640
load plots."/common.gp"
charge = in."/multitask/fc-truehh-membranes.csv"
horizon = in."/multitask/fc-truehh-horizon.csv"
array columns[3] = ["sodium", "potassium", "leak"]
array whens[2] = ["start", "trained"]
array colours[2] = [GREY, HH]
array names[2] = ["before training", "trained"]
set lmargin at screen 0.155
set rmargin at screen 0.965
# upper panel: each seed a point
set tmargin at screen 0.9
set bmargin at screen 0.58
set key at screen 0.56,0.985 center top maxrows 1
set label 1 "share of the charge, each seed a point" at graph 0.01,1.06 left textcolor rgb INK
set xrange [0.5:3.5]
set xtics ("Na" 1, "K" 2, "leak" 3)
set yrange [0:1]
set ylabel "share"
of(k, w) = stringcolumn("when") eq whens[w] ? column(columns[k]) : NaN
plot for [w=1:2] for [k=1:3] charge using (k + 0.16 * (w - 1.5)):(of(k, w)) with points pt 7 ps P(0.8) lc rgb colours[w] title k == 1 ? names[w] : ""
# lower panel
set tmargin at screen 0.45
set bmargin at screen 0.1
set key off
set label 1 "effect of a push, first seed; dashed: exp(λ t) below its largest" at graph 0.01,1.06 left textcolor rgb INK
set xrange [0:*]
set xtics autofreq
set autoscale y
set logscale y
set format y POWER
set xlabel "time before the window's end  (ms)"
set ylabel "|d rate / d V|  (1/mV)"
at(w, name) = stringcolumn("when") eq whens[w] ? column(name) : NaN
do for [w=1:2] { stats horizon using (stringcolumn("when") eq whens[w] ? column("gradient_per_mV") : NaN) nooutput; eval sprintf("most%d = STATS_max", w) }
most(w) = w == 1 ? most1 : most2
plot for [w=1:2] horizon using "distance_ms":(at(w, "gradient_per_mV") > 0 ? at(w, "gradient_per_mV") : NaN) with lines lw 2.2 lc rgb colours[w], \
     for [w=1:2] horizon using "distance_ms":(most(w) * exp(at(w, "exponent_per_ms") * column("distance_ms"))) with lines lw 1.6 dt 2 lc rgb colours[w]
