# Held-out Gamma against the number of LIF units, joint and own resets, with 95 % intervals over the stimuli
# needs: fitting/units.csv
# from: hh4lif-fitting --case units
W = 640; H = 620
load plots."/common.gp"
f = in."/fitting/units.csv"
k(reset, offset) = (strcol("reset") eq reset ? column("units") + offset : NaN)
set xrange [0.6:6.4]; set yrange [0:1]
set xtics 1; set ytics 0.2
set lmargin at screen 0.13; set rmargin at screen 0.965
set key at screen 0.55,0.985 center top maxrows 1 samplen 1.5
do for [part=0:1] {
    set tmargin at screen part == 0 ? 0.885 : 0.475; set bmargin at screen part == 0 ? 0.535 : 0.125
    mean = part == 0 ? "gamma_mean" : "noise_mean"; lo = part == 0 ? "gamma_low" : "noise_low"; hi = part == 0 ? "gamma_high" : "noise_high"
    if (part == 0) { set format x ""; unset xlabel; set ylabel "Γ, all stimuli" offset 1,0 } else { set format x "%g"; set xlabel "LIF units"; set ylabel "Γ, noise" offset 1,0; set key off }
    plot f using (k("and", -0.06)):mean with lines lc rgb SLIF lw 1 notitle, \
         f using (k("own", 0.06)):mean with lines lc rgb INK lw 1 notitle, \
         f using (k("and", -0.06)):mean:lo:hi with yerrorbars lc rgb SLIF lw 2.2 pt 9 ps P(1.0) title "joint reset (as in s-LIF2HH)", \
         f using (k("own", 0.06)):mean:lo:hi with yerrorbars lc rgb INK lw 2.2 pt 6 ps P(0.9) title "each unit resets itself"
}
