# Spikes of HH, the fitted s-LIF2HH and its rivals under three held-out noise currents
# needs: fitting/heldout-raster.csv fitting/heldout-raster-rows.csv
# from: hh4lif-fitting --case heldout
W = 640; H = 800
cap = "butt"
load plots."/common.gp"
spikes = in."/fitting/heldout-raster.csv"
rows = in."/fitting/heldout-raster-rows.csv"
stats spikes using "t_ms" nooutput
last = 100*ceil(STATS_max/100.0)
set lmargin at screen 0.285; set rmargin at screen 0.975
set xrange [0:1.13*last]; set xtics 0,last > 250 ? 100 : 50,last
set yrange [5.6:-0.6]
set border 0
set arrow 1 from 0,graph 0 to last,graph 0 nohead lc rgb INK lw 1
set grid noytics
set ytics scale 0 ("HH" 0, "s-LIF2HH, fitted" 1, "SRM, forgetting" 2, "LIF, refractory" 3, "LIF" 4, "s-LIF2HH, publ." 5)
hex(text) = int("0x".text[2:7])
of_row(r) = r == 0 ? hex(HH) : r == 1 || r == 5 ? hex(SLIF) : r == 2 ? hex(colour_srm) : r == 3 ? hex(colour_refractory) : hex(LIF)
of(p, c, y) = (column(c) == p ? y : NaN)
set label 8 "three noise currents: slow, middle and fast" at 0,-0.95 left textcolor rgb DIM font FONT.",12"
set label 9 "Γ" at 1.07*last,-0.05 center textcolor rgb INK
do for [p=0:2] {
    set tmargin at screen 0.955 - p*0.295; set bmargin at screen 0.955 - p*0.295 - 0.265
    if (p == 2) { set format x "%g"; set xlabel "t  (ms)" } else { set format x ""; unset xlabel }
    plot spikes using (of(p, "panel", column("t_ms"))):(column("row") - 0.36):(0):(0.72):(of_row(column("row"))) with vectors nohead lw 2 lc rgb variable, \
         rows using (of(p, "panel", last*1.07)):"row":(sprintf("%.2f", column("gamma"))) with labels center textcolor rgb INK font FONT.",13"
    unset label 8; unset label 9
}
