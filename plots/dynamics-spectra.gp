# Under broadband noise: power spectra of the potential, and coherence with HH's, of tv-LIF2HH, s-LIF2HH and a noisy repetition of HH
# needs: dynamics/frequency-spectra.csv
# from: hh4lif-dynamics --case frequency
W = 640; H = 780
load plots."/common.gp"
f = in."/dynamics/frequency-spectra.csv"
set lmargin at screen 0.125; set rmargin at screen 0.965
set xrange [0:499]; set xtics 100
set tmargin at screen 0.905; set bmargin at screen 0.52
set logscale y; set format y POWER; set yrange [2e-2:30]
set format x ""; set ylabel "power  (mV²/Hz)" offset 1,0
set key at screen 0.125,0.995 left top vertical maxrows 2 width 2
plot f using "frequency":"P_repetition" with lines lc rgb NOISY lw 6 title "HH, noisy repetition", \
     f using "frequency":"P_hh" with lines lc rgb HH lw 3 title "HH", \
     f every 25 using "frequency":"P_tv" with points lc rgb TV pt mark_tv ps P(0.9) lw 1.4 title "tv-LIF2HH", \
     f using "frequency":"P_slif2hh" with linespoints lc rgb SLIF lw 2 pt mark_slif2hh pi 25 ps P(0.9) title "s-LIF2HH (u_1)"
set key off
unset logscale y; set format y "%g"; set format x "%g"
set tmargin at screen 0.485; set bmargin at screen 0.085
set yrange [-0.09:1.05]; set ytics 0,0.2; set xlabel "frequency  (Hz)"; set ylabel "coherence with HH" offset 1,0
set label 1 "0.9: criterion" at graph 0.99,first 0.86 right textcolor rgb DIM font FONT.",12"
set label 2 "bar below the axis: where HH has 99 % of its power" at 490,0.06 right textcolor rgb DIM font FONT.",12"
plot 0.9 with lines ls 9, \
     f using "frequency":(column("has_power") == 1 ? -0.055 : NaN) with points pt 5 ps 0.35 lc rgb DIM, \
     f using "frequency":"coherence_repetition" with linespoints lc rgb NOISY lw 2.2 pt mark_noisy pi 25 ps P(0.9), \
     f using "frequency":"low_spikes":"high_spikes" with filledcurves fc rgb SLIF fs transparent solid 0.25, \
     f using "frequency":"coherence_slif2hh_spikes" with linespoints lc rgb SLIF lw 2 pt mark_slif2hh pi 25 ps P(0.9), \
     f using "frequency":"coherence_tv" with linespoints lc rgb TV lw 2.4 pt mark_tv pi 25 ps P(0.9)
