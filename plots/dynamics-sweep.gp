# Spectrograms of HH, tv-LIF2HH and s-LIF2HH under a sine current that sweeps from 5 to 200 Hz
# needs: dynamics/frequency-sweep.csv
# from: hh4lif-dynamics --case frequency
W = 640; H = 820
load plots."/common.gp"
f = in."/dynamics/frequency-sweep.csv"
columns_ = "P_hh P_tv P_slif2hh"
titles = "HH tv-LIF2HH s-LIF2HH"
set lmargin at screen 0.125; set rmargin at screen 0.8
set xrange [0:8.192]; set yrange [0:400]; set ytics 100
set cbrange [-3:1.5]; set cbtics -3,1 format "10^{%g}"
set palette defined (0 "#ffffff", 0.35 "#c9dff0", 0.65 "#5b9fcf", 1 "#08306b")
set key off; unset grid
do for [i=1:3] {
    y = 0.965 - (i-1)*0.305
    set tmargin at screen y; set bmargin at screen y - 0.25
    if (i == 3) { set xlabel "time  (s)"; set format x "%g" } else { unset xlabel; set format x "" }
    set ylabel "frequency  (Hz)" offset 1,0
    set label 1 "{/:Bold ".word(titles, i)."}" at graph 0,1.06 left textcolor rgb INK
    if (i == 1) { set label 2 "dashed: frequency of the current" at graph 0.02,0.9 left front textcolor rgb INK font FONT.",13" } else { unset label 2 }
    if (i == 2) { set colorbox user origin 0.825,y-0.25 size 0.03,0.25; set cblabel "power  (mV²/Hz)" offset 0.5,0 } else { unset colorbox }
    plot f using (column("time")/1000):"frequency":(log10(column(word(columns_, i)) + 1e-12)) with image, \
         5*exp(log(40)*x/8.192) with lines lc rgb INK lw 1.6 dt (3,3)
}
