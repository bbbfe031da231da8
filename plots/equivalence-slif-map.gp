# Agreement map: how many spikes more or fewer s-LIF2HH fires than HH, over frequency and amplitude of each waveform
# needs: equivalence/slif-map-const.csv equivalence/slif-map-sine.csv equivalence/slif-map-square.csv
# needs: equivalence/slif-map-sawtooth.csv equivalence/slif-map-triangle.csv equivalence/slif-map-noise.csv
# from: hh4lif-equivalence --case slif-map
W = 640; H = 1100
load plots."/common.gp"
clamp(d) = d > 8 ? 8 : d < -8 ? -8 : d
difference(x) = clamp(column("spikes_lif") - column("spikes_hh"))
if_active(x) = column("verdict") == 0 ? NaN : x   # silent cells stay grey
if_holds(x) = column("verdict") == 3 ? x : NaN
octave(x) = log(x)/log(2)
set palette maxcolors 17 defined (-8.5 "#00385A", -4 "#3D8FC4", -0.5 "#CFE5F2", -0.5 "#FFFFFF", 0.5 "#FFFFFF", 0.5 "#FCE3CB", 4 "#E0853A", 8.5 "#7A2700")
set cbrange [-8.5:8.5]
unset grid
set border 15 lc rgb DIM lw 1
set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor rgb "#C4C4C4" fillstyle solid noborder
unset colorbox
set key off
waves = "sine square sawtooth triangle noise"
do for [i=1:5] {
    w = word(waves, i)
    file = in."/equivalence/slif-map-".w.".csv"
    set xrange [*:*]; set yrange [*:*]
    stats file using "amplitude_factor" nooutput; n = sqrt(STATS_records)
    half_x = 2 / (n - 1); half_y = 1 / (n - 1)
    col = (i-1) % 2; row = (i-1) / 2
    set lmargin at screen 0.115 + 0.465*col; set rmargin at screen 0.505 + 0.465*col
    set tmargin at screen 0.972 - 0.302*row; set bmargin at screen 0.745 - 0.302*row
    set xrange [-2-half_x:2+half_x]; set yrange [-half_y:2+half_y]
    set xtics ("¼" -2, "½" -1, "1" 0, "2" 1, "4" 2) scale 0.4 offset 0,0.3
    set ytics 0,1,2 scale 0.4
    set title "{/:Bold ".w."}" offset 0,-0.6
    set ylabel (i == 5 ? "sd / (6 µA/cm²)" : "amplitude / published") offset 1.4,0 font FONT.",13"
    set xlabel (i == 5 ? "4 ms / correlation time" : "frequency / published") offset 0,0.5 font FONT.",13"
    if (col == 1) { unset ylabel }
    if (i < 5) {
        set object 2 rectangle center first 0,1 size (n > 30 ? 0.14 : 2*half_x),(n > 30 ? 0.07 : 2*half_y) front fillstyle empty border lc rgb INK lw 2
    } else {
        unset object 2
    }
    plot file using (if_active(octave(column("frequency_factor")))):"amplitude_factor":(1.05*half_x):(1.05*half_y):(difference(0)) \
             with boxxyerror fillstyle solid noborder lc palette, \
         file using (if_holds(octave(column("frequency_factor")))):"amplitude_factor" with points pt 7 ps P(n > 30 ? 5/n : 0.4) lc rgb INK
}
# the constant input: one row of cells
file = in."/equivalence/slif-map-const.csv"
set xrange [*:*]; set yrange [*:*]
stats file using "amplitude_factor" nooutput; half_x = 1.0 / (STATS_records - 1)
set lmargin at screen 0.58; set rmargin at screen 0.97
set tmargin at screen 0.368; set bmargin at screen 0.335
set title "{/:Bold const}"
unset ylabel; unset ytics
set xlabel "current / published"
set xrange [-half_x:2+half_x]; set yrange [-0.5:0.5]
set xtics (0, 1, 2)
set object 2 rectangle center first 1,0 size 2*half_x,1 front fillstyle empty border lc rgb INK lw 2
plot file using (if_active(column("amplitude_factor"))):(0):(1.05*half_x):(0.5):(difference(0)) with boxxyerror fillstyle solid noborder lc palette, \
     file using (if_holds(column("amplitude_factor"))):(0) with points pt 7 ps P(0.4) lc rgb INK
# what the signs mean
unset object 1; unset object 2
set lmargin at screen 0.58; set rmargin at screen 0.97
set tmargin at screen 0.26; set bmargin at screen 0.115
set border 0; unset xtics; unset xlabel; unset title
set xrange [0:1]; set yrange [0:1]
set object 1 rectangle center 0.04,0.10 size 0.05,0.08 fillcolor rgb "#C4C4C4" fillstyle solid noborder
set object 2 rectangle center 0.04,0.37 size 0.05,0.08 fillstyle empty border lc rgb INK lw 2
set label 1 "both neurons silent" at 0.11,0.10 font FONT.",13"
set label 2 "published constants" at 0.11,0.37 font FONT.",13"
set label 3 "criterion holds: equal counts," at 0.11,0.76 font FONT.",13"
set label 4 "time difference < 0.2 ISI" at 0.11,0.60 font FONT.",13"
set colorbox horizontal user origin screen 0.115,0.042 size screen 0.39,0.015
set cbtics (-8, -4, 0, 4, 8) scale 0.3 offset 0,0.4 font FONT.",13"
set label 5 "spikes of s-LIF2HH − spikes of HH" at screen 0.525,0.049 font FONT.",13"
plot '+' using (0.04):(0.76):(0.0) every ::0::0 with points pt 7 ps P(0.8) lc rgb INK, NaN with lines lc palette
