# How often HH and s-LIF2HH still agree when the hand-set constants are varied at random
# needs: equivalence/slif-jitter.csv
# from: hh4lif-equivalence --case slif-jitter
W = 640; H = 900
load plots."/common.gp"
file = in."/equivalence/slif-jitter.csv"
set lmargin at screen 0.27; set rmargin at screen 0.975
# each constant: a table
set tmargin at screen 0.925; set bmargin at screen 0.37
unset grid; set border 0; set key off; unset colorbox
set palette defined (0 "#F3F3EF", 25 "#CFE3EF", 60 "#5AA0CC", 100 "#00507F")
set cbrange [0:100]
set xrange [-0.5:4.5]; set yrange [15.5:-0.5]; set x2range [-0.5:4.5]
unset xtics; set x2tics scale 0 offset 0,-0.4
set ytics scale 0
set label 1 "{/:Bold Equal spike counts, % of draws, when this varies:}" at screen 0.02,0.978 left textcolor rgb INK
set arrow 1 from screen 0.02,first 11.5 to screen 0.975,first 11.5 nohead lc rgb DIM lw 1
plot file using "waveform_index":"varied_index":(0.47):(0.46):"counts_agree_percent":ytic(strcol("varied")):x2tic(strcol("waveform")) \
         with boxxyerror fillstyle solid noborder lc palette, \
     file using "waveform_index":"varied_index":(sprintf("%.0f", column("counts_agree_percent"))):(column("counts_agree_percent") > 58 ? 0xFFFFFF : 0x222222) \
         with labels font FONT.",14" textcolor rgb variable
# all of them at once, with intervals
unset arrow 1; unset x2tics
set tmargin at screen 0.28; set bmargin at screen 0.055
set border 3; set grid noxtics ytics
set label 1 "{/:Bold All at once, with 95 % intervals:}" at screen 0.02,0.338
set yrange [*:*]
stats file using (column("varied_index") == 15 ? column("counts_agree_high_percent") : NaN) nooutput
set yrange [0:(STATS_max > 55 ? 100 : 60)]; set ytics 0,20 scale 0.6
set arrow 2 from graph 0,first 50 to graph 1,first 50 nohead ls 9 back
set label 2 "half of the draws: what the audit asks for" at graph 0.01,first 50 offset 0,0.5 left textcolor rgb DIM font FONT.",12"
set ylabel "% of draws"
set xtics ("const" 0, "sine" 1, "square" 2, "sawtooth" 3, "triangle" 4) scale 0 offset 0,0.2
set key on at screen 0.975,0.343 right top vertical width -4 font FONT.",13"
plot file using (column("varied_index") == 15 ? column("waveform_index") - 0.12 : NaN):"counts_agree_percent":"counts_agree_low_percent":"counts_agree_high_percent" \
         with yerrorbars lc rgb INK lw 2 pt 7 ps P(0.9) title "equal counts", \
     file using (column("varied_index") == 15 ? column("waveform_index") + 0.12 : NaN):"criterion_holds_percent":"criterion_holds_low_percent":"criterion_holds_high_percent" \
         with yerrorbars lc rgb GREY lw 2 pt 4 ps P(0.8) title "counts and times (criterion)"
