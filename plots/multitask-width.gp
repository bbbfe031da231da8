# Accuracy against cost, fully connected networks of 64 to 4096 neurons: parameters, operations per image, state variables
# needs: multitask/width-fc-cost.csv
# from: hh4lif-multitask --case width-fc (and width-scale-fc)
W = 640; H = 640
load plots."/common.gp"
file = in."/multitask/width-fc-cost.csv"
scaled = in."/multitask/width-scale-fc-cost.csv"
five = there(scaled) # LIF with pixels / 255 is a case of its own
models = "fc-hh fc-slif2hh fc-lif fc-ann fc-lif"
names = "'HH' 's-LIF2HH' 'LIF' 'binary (ANN)' 'LIF, pixels / 255'"
array colours[5] = [HH, ALT, LIF, DIM, SUN]
array shapes[5] = [7, 9, 5, 11, 13]
DATA = "D1 D2 D3 D4".(five ? " D5" : "")
# one table per model: costs in columns 1 to 3 (the binary neuron keeps no state), accuracies in 4 and 5
do for [i=1:4+five] {
    eval sprintf("set table $%s separator comma", word(DATA, i))
    plot (i < 5 ? file : scaled) using "parameters":"operations_millions":(column("state_numbers") > 0 ? column("state_numbers") : NaN):"accuracy_task1_percent":"accuracy_task2_percent" with table if (strcol("network") eq word(models, i))
    unset table
}
titles = "'parameters' 'million operations per image' 'state variables'"
# one range of accuracy for the three panels of a task
array LOW[2] = [100, 100]
array HIGH[2] = [0, 0]
do for [task=1:2] {
    do for [k=0:five] {
        stats (k ? scaled : file) using sprintf("accuracy_task%d_percent", task) nooutput name "S"
        LOW[task] = S_min < LOW[task] ? S_min : LOW[task]
        HIGH[task] = S_max > HIGH[task] ? S_max : HIGH[task]
    }
}
set multiplot
set logscale x
set offsets 0, 0, graph 0.08, 0
do for [task=1:2] {
    do for [c=1:3] {
        set lmargin at screen 0.125 + 0.29*(c-1)
        set rmargin at screen 0.125 + 0.29*(c-1) + 0.25
        top = task == 1 ? 0.90 : 0.51
        set tmargin at screen top
        set bmargin at screen top - 0.365
        if (task == 1 && c == 1) {
            set key at screen 0.55,0.99 center top maxrows 2 width -3
        } else {
            unset key
        }
        if (c == 1) {
            set ylabel (task == 1 ? "task 1: digits  (%)" : "task 2: clothing  (%)") offset 0,0
            set ytics format "%g"
        } else {
            unset ylabel
            set ytics format ""
        }
        set xtics format (task == 1 ? "" : c == 2 ? "%g" : POWER)
        if (task == 2) { set xlabel word(titles, c) font ",13" } else { unset xlabel }
        set yrange [5*floor(LOW[task]/5):5*ceil(HIGH[task]/5)]
        if (c == 1) { set xrange [5e4:2.5e7] }
        if (c == 2) { set xrange [0.1:50] }
        if (c == 3) { set xrange [40:30000] }
        plot for [d in DATA] "$".d using c:(column(task+3)) smooth unique with lines lc rgb colours[int(substr(d,2,2))] lw 2.2 notitle, \
             for [d in DATA] "$".d using c:(column(task+3)) with points lc rgb colours[int(substr(d,2,2))] pt shapes[int(substr(d,2,2))] ps P(0.7) notitle, \
             for [i=1:4+five] keyentry with linespoints lc rgb colours[i] lw 2.2 pt shapes[i] ps P(0.8) title word(names, i)
    }
}
unset multiplot
