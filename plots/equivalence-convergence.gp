# Largest difference between HH and tv-LIF2HH against the time step, for both step orders in double and single precision
# needs: equivalence/single-errors.csv
# from: hh4lif-equivalence --case single
W = 640; H = 640
load plots."/common.gp"
file = in."/equivalence/single-errors.csv"
set logscale xy
set xrange [0.0008:0.065]
set yrange [1e-13:1000]
set format y POWER
set ytics 1e-12,1000,1000
set xtics (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
set xlabel "time step  (ms)"
set ylabel "largest difference  (mV)"
set lmargin at screen 0.155
set rmargin at screen 0.965
set tmargin at screen 0.83
unset mytics
set bmargin at screen 0.12
set key at screen 0.56,0.985 center top maxrows 3
set arrow 1 from graph 0,first 1e-9 to graph 1,first 1e-9 nohead ls 9 back
set label 1 "criterion, exact order" at graph 0.02,first 3e-9 left textcolor rgb DIM font FONT.",13"
set label 2 "slope 1" at first 0.011,first 0.06 left textcolor rgb DIM font FONT.",13"
plot [x=0.0008:0.065] 30*x with lines ls 9, \
     file using "dt_ms":"hh_euler_mV" with linespoints lc rgb HH lw 1.4 pt 6 ps P(0.8) title "HH: its own Euler error", \
     file using "dt_ms":"published_order_mV" with linespoints lc rgb TV lw 2.2 pt 9 ps P(1.0) title "published order, double", \
     file using "dt_ms":"published_order_float_mV" with points lc rgb TV lw 1.6 pt 8 ps P(1.8) title "published order, float", \
     file using "dt_ms":"exact_order_float_mV" with linespoints lc rgb INK lw 1.4 dt 2 pt 4 ps P(1.0) title "exact order, float", \
     file using "dt_ms":"exact_order_mV" with linespoints lc rgb INK lw 2.2 pt 5 ps P(0.8) title "exact order, double"
