# Audit of the input scale (fully connected, convolutional) and the readout (fully connected): accuracy of each arm, each seed a point, the mean a bar
# needs: multitask/audit-scale-fc-final.csv multitask/audit-scale-conv-final.csv multitask/audit-readout-fc-final.csv
# from: hh4lif-multitask --case audit-scale-fc --case audit-scale-conv --case audit-readout-fc
W = 640; H = 840
load plots."/common.gp"
scale = in."/multitask/audit-scale-fc-final.csv"
conv = in."/multitask/audit-scale-conv-final.csv"
width = in."/multitask/audit-readout-fc-final.csv"
files(k) = k == 1 ? scale : k == 2 ? conv : width
array first_row[3] = [0, 9, 15]
array arms[3] = [7, 4, 4]
# the mean over the seeds of each arm: a bar. stats leaves out what is outside the ranges: before they are set
do for [k=1:3] { do for [a=0:arms[k]-1] { do for [t=1:2] {
    stats files(k) using (column("arm_number") == a ? column(sprintf("accuracy_task%d_percent", t)) : NaN) nooutput
    set arrow 100*t+first_row[k]+a from first STATS_mean,first first_row[k]+a-0.36 to first STATS_mean,first first_row[k]+a+0.36 nohead lw 2.2 lc rgb (t == 1 ? INK : GREY)
} } }
set lmargin at screen 0.36
set rmargin at screen 0.965
set tmargin at screen 0.925
set bmargin at screen 0.095
set yrange [18.6:-1.4]
set ytics ("HH as published" 0, "LIF as published" 1, "LIF, pixels / 255" 2, "LIF, weights x 0.01" 3, "4LIF, pixels / 255" 4, "s-LIF2HH, pixels / 255" 5, "s-LIF2HH, weights x 0.01" 6, "HH as published" 9, "LIF as published" 10, "LIF, pixels / 255" 11, "s-LIF2HH, pixels / 255" 12, "LIF as published" 15, "s-LIF2HH as published" 16, "s-LIF2HH, only unit 4" 17, "4LIF (2048 outputs)" 18)
array titles[3] = ["scale, fully connected", "scale, convolutional", "readout, fully connected"]
do for [k=1:3] { set label 10+k "{/:Bold ".titles[k]."}" at screen 0.02,first first_row[k]-0.95 left textcolor rgb INK }
set arrow 1 from graph 0,first 7.3 to graph 1,first 7.3 nohead ls 9 back
set arrow 2 from graph 0,first 13.3 to graph 1,first 13.3 nohead ls 9 back
set xrange [0:100]
set arrow 3 from first CHANCE,graph 0 to first CHANCE,graph 1 nohead ls 9 back
set label 3 "chance" at first CHANCE,graph 1.015 center textcolor rgb DIM font FONT.",12"
set xlabel "accuracy  (%)"
set key at screen 0.6,0.985 center top maxrows 1
plot for [k=1:3] files(k) using "accuracy_task1_percent":(column("arm_number") + first_row[k]) with points ls 7 ps P(0.6) title k == 1 ? DIGITS : "", \
     for [k=1:3] files(k) using "accuracy_task2_percent":(column("arm_number") + first_row[k]) with points ls 8 ps P(0.8) title k == 1 ? CLOTHING : ""
