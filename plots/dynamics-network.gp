# The recurrent network built of HH, of tv-LIF2HH and of s-LIF2HH: spikes of all neurons
# needs: dynamics/network-raster.csv
# from: hh4lif-dynamics --case network
W = 640; H = 820
load plots."/common.gp"
f = in."/dynamics/network-raster.csv"
titles = "HH tv-LIF2HH s-LIF2HH"
colors = HH." ".TV." ".SLIF
row(m) = (column("model") == m ? column("neuron") : NaN)
set lmargin at screen 0.105; set rmargin at screen 0.965
set xrange [0:1000]; set yrange [0:102]; set ytics ("inhibit" 90.5, "excite" 40.5) rotate by 90 center scale 0
set key off; set grid noytics
do for [i=1:3] {
    y = 0.96 - (i-1)*0.305
    set tmargin at screen y; set bmargin at screen y - 0.25
    if (i == 3) { set xlabel "time  (ms)"; set format x "%g" } else { unset xlabel; set format x "" }
    set label 1 "{/:Bold ".word(titles, i)."}" at graph 0,1.06 left textcolor rgb INK
    set arrow 1 from 0,80.5 to 1000,80.5 nohead lc rgb DIM dt 2 lw 1
    plot f using "time":(row(i-1)-0.5):(0):(1.0) with vectors nohead lc rgb word(colors, i) lw 1.2
}
