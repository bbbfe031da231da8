# What separates LIF from HH: accuracy with every combination of no reset, drive and weight scale, and with HH's slow membrane
# needs: multitask/factorial-fc-final.csv
# from: hh4lif-multitask --case factorial-fc
W = 640; H = 700
load plots."/common.gp"
file = in."/multitask/factorial-fc-final.csv"
set lmargin at screen 0.39
set rmargin at screen 0.965
set tmargin at screen 0.9
set bmargin at screen 0.13
set yrange [13.6:-0.6]
set ytics ("LIF as published" 0, "no reset" 1, "drive" 2, "weights x 0.01" 3, "no reset, drive" 4, "no reset, weights x 0.01" 5, "drive, weights x 0.01" 6, "all three" 7, "HH as published" 8, "HH without drive" 9, "HH, weights x 1" 10, "LIF, slow membrane" 11, "slow, no reset" 12, "slow, no reset, w. x 0.01" 13)
set xlabel "accuracy  (%)"
set key at screen 0.66,0.975 center top maxrows 1
plot file using "accuracy_task1_percent":"arm_number" with points ls 1 title "task 1: digits", \
     file using "accuracy_task2_percent":"arm_number" with points ls 2 title "task 2: clothing"
