# What separates LIF from HH: accuracy with every combination of no reset, drive and weight scale, with HH's slow membrane and with fewer output levels
# needs: multitask/factorial-fc-final.csv
# from: hh4lif-multitask --case factorial-fc
W = 640; H = 800
load plots."/common.gp"
file = in."/multitask/factorial-fc-final.csv"
# the share of the gap between LIF and HH: mean over the seeds, as the ratio of mean differences
array one[17]; array two[17]
do for [a=0:16] {
    stats file using (column("arm_number") == a ? column("accuracy_task1_percent") : NaN) nooutput
    one[a+1] = STATS_mean
    stats file using (column("arm_number") == a ? column("accuracy_task2_percent") : NaN) nooutput
    two[a+1] = STATS_mean
}
stats file using "accuracy_task1_percent" nooutput
set lmargin at screen 0.36
set rmargin at screen 0.80
set tmargin at screen 0.885
set bmargin at screen 0.1
set yrange [16.6:-0.6]
set ytics ("LIF as published" 0, "no reset" 1, "drive" 2, "weights x 0.01" 3, "no reset, drive" 4, "no reset, weights x 0.01" 5, "drive, weights x 0.01" 6, "all three" 7, "HH as published" 8, "HH without drive" 9, "HH, weights x 1" 10, "LIF, slow membrane" 11, "slow, no reset" 12, "slow, no reset, w. x 0.01" 13, "HH in 1 step, 2 levels" 14, "HH in 3 steps, 4 levels" 15, "HH in 7 steps, 8 levels" 16)
set xrange [base(STATS_min):*]
if (base(STATS_min) == 0) { set arrow 4 from first CHANCE,graph 0 to first CHANCE,graph 1 nohead ls 9 back }
set label 2 "chance".(base(STATS_min) > 0 ? " is 10 %" : "") at first base(STATS_min) == 0 ? CHANCE : base(STATS_min),graph 1.02 left textcolor rgb DIM font FONT.",12"
set xlabel "accuracy  (%)"
set key at screen 0.58,0.985 center top maxrows 1
set label 1 "share of the gap\n(LIF 0, HH 1)" at screen 0.89,0.94 center font FONT.",13" textcolor rgb INK
do for [a=0:16] {
    set label 100+a sprintf("%.2f", (one[a+1] - one[1]) / (one[9] - one[1])) at screen 0.88, first a right textcolor rgb INK
    set label 200+a sprintf("%.2f", (two[a+1] - two[1]) / (two[9] - two[1])) at screen 0.965, first a right textcolor rgb GREY
}
set arrow 1 from graph 0,first 7.5 to graph 1,first 7.5 nohead ls 9 back
set arrow 2 from graph 0,first 10.5 to graph 1,first 10.5 nohead ls 9 back
set arrow 3 from graph 0,first 13.5 to graph 1,first 13.5 nohead ls 9 back
plot file using "accuracy_task1_percent":"arm_number" with points ls 7 title DIGITS, \
     file using "accuracy_task2_percent":"arm_number" with points ls 8 title CLOTHING
