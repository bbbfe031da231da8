# Audit of the input scale (fully connected, convolutional) and the readout (fully connected): accuracy of each arm, each seed a point
# needs: multitask/audit-scale-fc-final.csv multitask/audit-scale-conv-final.csv multitask/audit-readout-fc-final.csv
# from: hh4lif-multitask --case audit-scale-fc --case audit-scale-conv --case audit-readout-fc
W = 640; H = 780
load plots."/common.gp"
scale = in."/multitask/audit-scale-fc-final.csv"
conv = in."/multitask/audit-scale-conv-final.csv"
width = in."/multitask/audit-readout-fc-final.csv"
set lmargin at screen 0.39
set rmargin at screen 0.965
set tmargin at screen 0.92
set bmargin at screen 0.1
set yrange [16.6:-0.6]
set ytics ("HH as published" 0, "LIF as published" 1, "LIF, pixels / 255" 2, "LIF, weights x 0.01" 3, "4LIF, pixels / 255" 4, "s-LIF2HH, pixels / 255" 5, "s-LIF2HH, weights x 0.01" 6, "conv: HH as published" 8, "conv: LIF as published" 9, "conv: LIF, pixels / 255" 10, "conv: s-LIF2HH, pixels / 255" 11, "LIF" 13, "s-LIF2HH" 14, "s-LIF2HH, fourth unit only" 15, "4LIF: LIF, 2048 outputs" 16)
set arrow 1 from graph 0,first 7 to graph 1,first 7 nohead ls 9 back
set arrow 2 from graph 0,first 12 to graph 1,first 12 nohead ls 9 back
set xlabel "accuracy  (%)"
set key at screen 0.66,0.98 center top maxrows 1
plot scale using "accuracy_task1_percent":"arm_number" with points ls 1 title "task 1: digits", \
     scale using "accuracy_task2_percent":"arm_number" with points ls 2 title "task 2: clothing", \
     conv using "accuracy_task1_percent":(column("arm_number")+8) with points ls 1 notitle, \
     conv using "accuracy_task2_percent":(column("arm_number")+8) with points ls 2 notitle, \
     width using "accuracy_task1_percent":(column("arm_number")+13) with points ls 1 notitle, \
     width using "accuracy_task2_percent":(column("arm_number")+13) with points ls 2 notitle
