# Accuracy against cost, fully connected networks of 64 to 4096 neurons: parameters, operations per image, state variables
# needs: multitask/width-fc-cost.csv
# also: multitask/width-scale-fc-cost.csv
# from: hh4lif-multitask --case width-fc (and width-scale-fc)
W = 640; H = 860
load plots."/common.gp"
file = in."/multitask/width-fc-cost.csv"
scaled = in."/multitask/width-scale-fc-cost.csv"
five = there(scaled) # LIF with pixels / 255 is a case of its own
models = "hh slif2hh lif ann lif"
array dashes[5] = [1, 1, 1, 1, 2]
DATA = "D1 D2 D3 D4".(five ? " D5" : "")
of(d) = int(substr(d, 2, 2))
hue(d) = colour(word(models, of(d)))
shape(d) = of(d) == 5 ? 4 : mark(word(models, of(d)))
# one table per model: costs in columns 1 to 3 (the binary neuron keeps no state), accuracies in 4 and 5
do for [d in DATA] {
    eval sprintf("set table $%s separator comma", d)
    plot (of(d) < 5 ? file : scaled) using "parameters":"operations_millions":(column("state_numbers") > 0 ? column("state_numbers") : NaN):"accuracy_task1_percent":"accuracy_task2_percent" with table if (strcol("network") eq "fc-".word(models, of(d)))
    unset table
}
titles = "'parameters' 'operations' 'state variables'"
array LOW[2] = [100, 100]; array HIGH[2] = [0, 0] # one range of accuracy for the three panels of a task
do for [task=1:2] {
    do for [k=0:five] {
        stats (k ? scaled : file) using sprintf("accuracy_task%d_percent", task) nooutput name "S"
        LOW[task] = S_min < LOW[task] ? S_min : LOW[task]
        HIGH[task] = S_max > HIGH[task] ? S_max : HIGH[task]
    }
}
set logscale x
set label 2 "dashed at 10 %, or lower than shown: chance" at screen 0.02,8.0/H left textcolor rgb DIM font FONT.",11"
do for [task=1:2] {
    do for [c=1:3] {
        set lmargin at screen 0.125 + 0.29*(c-1)
        set rmargin at screen 0.125 + 0.29*(c-1) + 0.265
        top = task == 1 ? 0.895 : 0.495
        set tmargin at screen top
        set bmargin at screen top - 0.37
        if (task == 1 && c == 1) {
            set key at screen 0.53,0.99 center top maxrows 2 width -3
        } else {
            unset key
        }
        if (c == 1) {
            set ylabel (task == 1 ? DIGITS : CLOTHING)."  (%)" offset 0.5,0
            set ytics auto format "%g"
        } else {
            unset ylabel
            set ytics auto format ""
        }
        if (task == 2) { set xlabel word(titles, c) } else { unset xlabel }
        set format x (task == 1 ? "" : POWER)
        set yrange [base(LOW[task]):5*ceil(HIGH[task]/5) + 2]
        if (c == 1) { set xrange [5e4:2.5e7]; set xtics (1e5, 1e6, 1e7) }
        if (c == 2) { set xrange [0.12:50]; set xtics (task == 1 ? "" : "10^6" 1, task == 1 ? "" : "10^7" 10) }
        if (c == 3) { set xrange [40:30000]; set xtics (1e2, 1e3, 1e4) }
        plot CHANCE with lines ls 9 notitle, \
             for [d in DATA] "$".d using c:(column(task+3)) smooth unique with lines lc rgb hue(d) lw 2.2 dt dashes[of(d)] notitle, \
             for [d in DATA] "$".d using c:(column(task+3)) with points lc rgb hue(d) pt shape(d) ps P(0.7) notitle, \
             for [d in DATA] keyentry with linespoints lc rgb hue(d) lw 2.2 dt dashes[of(d)] pt shape(d) ps P(0.8) title called(word(models, of(d))).(of(d) == 5 ? ", pixels / 255" : "")
        unset label 2 # once is enough
    }
}
