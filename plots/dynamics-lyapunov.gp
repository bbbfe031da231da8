# Lyapunov exponents of HH, tv-LIF2HH and s-LIF2HH: whole spectra, and the largest exponent with error bars
# needs: dynamics/lyapunov-rest.csv dynamics/lyapunov-periodic.csv dynamics/lyapunov-chaotic.csv dynamics/network-lyapunov.csv
# from: hh4lif-dynamics --case lyapunov-rest --case lyapunov-periodic --case lyapunov-chaotic --case network
W = 640; H = 780
load plots."/common.gp"
cases = "lyapunov-rest lyapunov-periodic lyapunov-chaotic network-lyapunov"
titles = "'at rest' 'on the limit cycle' 'forced, chaotic' 'network'"
file(i) = in."/dynamics/".word(cases, i).".csv"
model(m, y) = (column("model") == m ? column(y) : NaN)
# HH's exponents stand where tv-LIF2HH's of the same place in the order are: below the three at -1/C they move on by three
place(x) = column("index") + (column("exponent") < -1 ? 3 : 0)
first(m, y) = (column("model") == m && column("index") == 1 ? column(y) : NaN)
set key off
# spectra
do for [i=1:3] {
    set lmargin at screen 0.115 + (i-1)*0.295; set rmargin at screen 0.115 + (i-1)*0.295 + 0.265
    set tmargin at screen 0.865; set bmargin at screen 0.50
    set xrange [0.3:7.7]; set xtics 1; set yrange [-9:0.9]; set ytics -8,2
    if (i == 1) { set ylabel "exponent  (1/ms)" offset 1,0; set format y "%g" } else { unset ylabel; set format y "" }
    set xlabel "number" offset 0,0.4
    set label 1 "{/:Bold ".word(titles, i)."}" at graph 0,1.07 left textcolor rgb INK
    set label 2 "three at −1/C" at first 4.7,-3.2 center textcolor rgb DIM font FONT.",12"
    if (i == 1) { set key at screen 0.115,0.995 left top vertical maxrows 2 width 2 } else { set key off }
    plot 0 with lines ls 9 notitle, \
         file(i) using (model(1, "index")):(model(1, "exponent")):(model(1, "error_bar")) with yerrorbars lc rgb TV pt 4 ps 1.5 lw 2 title "tv-LIF2HH: 7", \
         file(i) using (model(0, "index") + place(0) - column("index")):(model(0, "exponent")):(model(0, "error_bar")) with yerrorbars lc rgb HH pt 7 ps 0.9 lw 2 title "HH: 4", \
         NaN with points lc rgb SLIF pt 9 ps 1.3 title "s-LIF2HH (largest)"
}
# the largest
unset label 1; unset label 2
set label 3 "silent" at first 4.2,-0.02 center textcolor rgb DIM font FONT.",12"
set key off
set lmargin at screen 0.115; set rmargin at screen 0.97
set tmargin at screen 0.36; set bmargin at screen 0.07
set xrange [0.4:4.6]; set xtics ("at rest" 1, "limit cycle" 2, "forced, chaotic" 3, "network" 4); unset xlabel
set yrange [-0.15:0.17]; set ytics -0.1,0.1 format "%g"
set ylabel "largest exponent  (1/ms)" offset 1,0
plot 0 with lines ls 9 notitle, \
     for [i=1:4] file(i) using (i-0.2):(first(0, "exponent")):(first(0, "error_bar")) with yerrorbars lc rgb HH pt 7 ps 1.1 lw 2, \
     for [i=1:4] file(i) using (i):(first(1, "exponent")):(first(1, "error_bar")) with yerrorbars lc rgb TV pt 4 ps 1.5 lw 2, \
     for [i=1:4] file(i) using (i+0.2):(first(2, "exponent")):(first(2, "error_bar")) with yerrorbars lc rgb SLIF pt 9 ps 1.4 lw 2
