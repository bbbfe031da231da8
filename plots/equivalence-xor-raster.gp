# Spikes of the XOR network for its four input pairs, HH and tv-LIF2HH on top of each other
# needs: equivalence/xor-40-40-spikes.csv equivalence/xor-40-0-spikes.csv
# needs: equivalence/xor-0-40-spikes.csv equivalence/xor-0-0-spikes.csv
# from: hh4lif-equivalence --case xor-40-40 --case xor-40-0 --case xor-0-40 --case xor-0-0
W = 640; H = 800
cap = "butt"
load plots."/common.gp"
pairs  = "40-40 40-0 0-40 0-0"
first  = "40 40 0 0"; second = "40 0 40 0"
set lmargin at screen 0.155; set rmargin at screen 0.965
set xrange [0:40]; set yrange [3.6:0.4]
set grid noytics
set ytics ("input 1" 1, "input 2" 2, "output" 3) scale 0
set xtics 0,10
set format x ""
set border 0
set key off
do for [i=1:4] {
    file = in."/equivalence/xor-".word(pairs, i)."-spikes.csv"
    set tmargin at screen 0.915 - 0.215*(i-1); set bmargin at screen 0.755 - 0.215*(i-1)
    if (i == 1) { set key at screen 0.965,0.985 right top horizontal samplen 1.5 } else { set key off }
    if (i == 4) { set format x "%g"; set xlabel "t  (ms)"; set border 1 }
    set label 1 "{/:Bold ".word(first, i)."} and {/:Bold ".word(second, i)."} µA/cm²" at graph 0,1.12 left textcolor rgb INK
    set object 1 rectangle from graph 0,first 2.54 to graph 1,first 3.46 behind fillcolor rgb "#F1F1EC" fillstyle solid noborder
    plot file using (column("model") == 0 ? column("t_ms") : NaN):(column("row") + 0.38):(0):(-0.76) with vectors nohead lc rgb HH lw 5 title "HH", \
         file using (column("model") == 1 ? column("t_ms") : NaN):(column("row") + 0.20):(0):(-0.40) with vectors nohead lc rgb ON_HH lw 2 title "tv-LIF2HH"
}
