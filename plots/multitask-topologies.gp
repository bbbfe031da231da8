# Four LIF units joined in six ways, fully connected networks of 512 sub-networks: accuracy, each seed a point
# needs: multitask/topologies-fc-final.csv
# from: hh4lif-multitask --case topologies-fc
W = 640; H = 450
load plots."/common.gp"
file = in."/multitask/topologies-fc-final.csv"
set lmargin at screen 0.28
set rmargin at screen 0.965
set tmargin at screen 0.86
set bmargin at screen 0.18
set yrange [5.6:-0.6]
set ytics ("4 parallel units" 0, "1+1+1+1" 1, "2+2" 2, "3+1  (s-LIF2HH)" 3, "1+3" 4, "ring of 4" 5)
set xrange [0:*]
set offsets 0, graph 0.03, 0, 0
set arrow 1 from first CHANCE,graph 0 to first CHANCE,graph 1 nohead ls 9 back
set label 2 "chance" at first CHANCE,graph 1.03 center textcolor rgb DIM font FONT.",12"
set xlabel "accuracy  (%)"
set key at screen 0.6,0.96 center top maxrows 1
plot file using "accuracy_task1_percent":"arm_number" with points ls 7 title DIGITS, \
     file using "accuracy_task2_percent":"arm_number" with points ls 8 title CLOTHING
