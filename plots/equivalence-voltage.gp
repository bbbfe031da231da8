# Membrane potential of HH and of tv-LIF2HH under a sinusoidal current, and the difference of the two
# needs: equivalence/single-trace-sine10.csv
# from: hh4lif-equivalence --case single
W = 640; H = 640
load plots."/common.gp"
file = in."/equivalence/single-trace-sine10.csv"
set lmargin at screen 0.145
set rmargin at screen 0.965
set tmargin at screen 0.90; set bmargin at screen 0.50
set xrange [0:100]
set yrange [-85:60]
set ytics -80,40
set format x ""
set ylabel "V  (mV)"
set key at screen 0.56,0.975 center top horizontal width 1
plot file using "t_ms":"V_hh_mV" with lines lc rgb HH lw 5 title "HH", \
     file using "t_ms":"V_tv_exact_order_mV" with lines lc rgb ON_HH lw 2 dt (6,5) title "tv-LIF2HH"

set tmargin at screen 0.45; set bmargin at screen 0.115
set format x "%g"
set xlabel "t  (ms)"
set ylabel "|difference|  (mV)"
set logscale y
set format y POWER
set yrange [1e-15:10]
set ytics 1e-15,1000,1
unset mytics
set arrow 1 from graph 0,first 1e-9 to graph 1,first 1e-9 nohead ls 9 back
set label 1 "criterion" at graph 0.995,first 3e-9 right textcolor rgb DIM font FONT.",13"
set key at screen 0.56,0.49 center top horizontal width -3
plot file using "t_ms":"abs_error_published_order_mV" with lines lc rgb TV lw 1.8 title "published step order", \
     file using "t_ms":(column("abs_error_exact_order_mV") > 0 ? column("abs_error_exact_order_mV") : NaN) \
         with points pt 7 ps P(0.2) lc rgb INK, \
     NaN with points pt 7 ps P(0.8) lc rgb INK title "exact step order"
