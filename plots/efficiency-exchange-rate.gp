# How many LIF neurons is one HH neuron worth? The exchange rate by measure with its 95 % interval, beside the four of the paper
# needs: efficiency/exchange-rate.csv
# note: open marks: first round, exploratory
# from: hh4lif-efficiency --case exchange-rate
W = 640; H = 720
load plots."/common.gp"
f = in."/efficiency/exchange-rate.csv"
stats f using "place" nooutput
last = int(STATS_max)
costs = last - 2 # the last three are what HH costs
# a row's place, from the top; what it costs stands apart
row(x) = (column("place") < costs ? column("place") : column("place") + 1.8)
if_state(s) = (strcol("state") eq s ? column("k") : NaN)
plain(x) = x < 10 ? sprintf("%.2g", x) : sprintf("%.0f", x)
beyond(x) = strcol("bound") eq "" && valid(6) && column("k") > 32
long(x) = x < 1000 ? sprintf("%.3g", x) : sprintf("%.3gk", x/1000)
result(x) = beyond(0) ? sprintf("%s (%s–%s)", long(column("k")), long(column("low")), long(column("high"))) : strcol("state") eq "missing" ? "not measured yet" : \
    strcol("bound") ne "" ? strcol("bound")." ".plain(column("k")) : \
    valid(7) ? sprintf("%.2f (%.2f–%.2f)", column("k"), column("low"), column("high")) : sprintf("%.2f", column("k"))
seeds(x) = strcol("state") eq "missing" || column("n") < 2 ? "" : sprintf("%.0f", column("n"))
set lmargin at screen 0.42; set rmargin at screen 0.66
set tmargin at screen 0.86; set bmargin at screen 0.125
set yrange [last + 2.6:-0.2]
unset ytics
set logscale x 2
set xrange [0.125:32]
set xtics ("¼" 0.25, "1" 1, "4" 4, "16" 16)
set xlabel "LIF neurons for one HH neuron"
set grid noytics
set arrow 1 from first 4,graph 0 to first 4,graph 1 nohead lc rgb INK lw 1.6 dt 2 back
set label 1 "the paper: 4" at first 4,graph 1.02 center textcolor rgb INK font FONT.",13"
set arrow 2 from first 1,graph 0 to first 1,graph 1 nohead lc rgb DIM lw 1 back
set label 2 "{/:Bold How many LIF neurons is one HH neuron worth?}" at screen 0.02,0.965 left textcolor rgb INK font FONT.",17"
set label 3 "{/:Bold does as much as}" at screen 0.02,first 0 left textcolor rgb INK
set label 4 "{/:Bold costs as much as}" at screen 0.02,first costs+0.8 left textcolor rgb INK
set label 5 "n" at screen 0.957,first 0 right textcolor rgb DIM
set label 6 "95 % interval" at screen 0.677,first 0 left textcolor rgb DIM font FONT.",13"
set key off
plot f using (0.1251):(row(0)):(strcol("label")) with labels right offset -1,0 textcolor rgb INK font FONT.",13", \
     f using (strcol("bound") eq "above" ? column("k") : NaN):(row(0)):(32/column("k")*column("k") - column("k")):(0) with vectors filled head size screen 0.012,20 lc rgb HH lw 2.2, \
     f using (beyond(0) ? 16 : NaN):(row(0)):(16):(0) with vectors filled head size screen 0.012,20 lc rgb HH lw 2.2, \
     f using (strcol("bound") eq "below" ? column("k") : NaN):(row(0)):(0.125 - column("k")):(0) with vectors filled head size screen 0.012,20 lc rgb HH lw 2.2, \
     f using (strcol("bound") eq "" ? column("k") : NaN):(row(0)):"low":"high" with xerrorbars lc rgb HH lw 2.2 pt 0, \
     f using (if_state("exploratory")):(row(0)) with points pt 7 ps P(1.0) lc rgb "#ffffff", \
     f using (if_state("exploratory")):(row(0)) with points pt 6 ps P(1.0) lw 2 lc rgb HH, \
     f using (if_state("measured")):(row(0)) with points pt 7 ps P(1.1) lc rgb HH, \
     f using (31.99):(row(0)):(result(0)) with labels left offset 1,0 textcolor rgb INK font FONT.",13", \
     f using (31.99):(row(0)):(seeds(0)) with labels right offset 18.4,0 textcolor rgb DIM font FONT.",13"
