# Firing rate over a constant current: HH's stable orbit and s-LIF2HH with its published constants
# needs: dynamics/fi-curve-branch.csv
# from: hh4lif-dynamics --case fi-curve
W = 640; H = 440
load plots."/common.gp"
f = in."/dynamics/fi-curve-branch.csv"
model(m, y) = (column("model") == m ? column(y) : NaN)
set logscale y
set xrange [0:160]; set yrange [30:1800]
set ytics (30, 50, 100, 200, 500, 1000)
set xlabel "I  (µA/cm²)"; set ylabel "rate  (Hz)" offset 1,0
set key at graph 0.98,0.60 right
set label 1 "shortest interval: one step of 1 ms" at 158,1250 right textcolor rgb DIM font FONT.",13"
plot f using "I":(column("rate") > 0 ? model(2, "rate") : NaN) with steps lc rgb SLIF lw 2.2 title "s-LIF2HH", \
     f using "I":(model(0, "rate")) smooth unique with lines lc rgb HH lw 2.6 dt (8,3) title "HH"
