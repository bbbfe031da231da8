# Accuracy against the number that pixels are multiplied by, HH and LIF, fully connected: each at its best scale
# needs: multitask/audit-input-scale-fc-cost.csv
# from: hh4lif-multitask --case audit-input-scale-fc
W = 640; H = 700
load plots."/common.gp"
file = in."/multitask/audit-input-scale-fc-cost.csv"
models = "fc-hh fc-lif"
names = "'HH' 'LIF'"
array colours[2] = [HH, LIF]
array shapes[2] = [7, 5]
DATA = "D1 D2"
do for [i=1:2] {
    eval sprintf("set table $%s separator comma", word(DATA, i))
    plot file using "input_scale":"accuracy_task1_percent":"accuracy_task2_percent" with table if (strcol("network") eq word(models, i))
    unset table
}
set multiplot
set lmargin at screen 0.125
set rmargin at screen 0.965
set logscale x
set xrange [0.0007:14]
set xtics add ("1/255" 1/255.0) format "%g"
set offsets 0, 0, graph 0.05, graph 0.05
set ylabel "accuracy  (%)" offset 1,0
do for [task=1:2] {
    top = task == 1 ? 0.91 : 0.49
    set tmargin at screen top
    set bmargin at screen top - 0.37
    if (task == 1) {
        set key at screen 0.55,0.985 center top maxrows 1
        unset xlabel
    } else {
        unset key
        set xlabel "pixels (0 to 255) times"
    }
    set label 1 (task == 1 ? "task 1: digits" : "task 2: clothing") at graph 0.03,0.08 left textcolor rgb INK
    plot for [i=1:2] "$".word(DATA, i) using 1:(column(task+1)) smooth unique with lines lc rgb colours[i] lw 2.2 notitle, \
         for [i=1:2] "$".word(DATA, i) using 1:(column(task+1)) with points lc rgb colours[i] pt shapes[i] ps P(0.7) notitle, \
         for [i=1:2] keyentry with linespoints lc rgb colours[i] lw 2.2 pt shapes[i] ps P(0.8) title word(names, i)
}
unset multiplot
