# Accuracy against the number that pixels are multiplied by, HH and LIF, fully connected: each at its best scale
# needs: multitask/audit-input-scale-fc-cost.csv
# from: hh4lif-multitask --case audit-input-scale-fc
W = 640; H = 740
load plots."/common.gp"
file = in."/multitask/audit-input-scale-fc-cost.csv"
models = "hh lif"
do for [m in models] {
    eval sprintf("set table $%s separator comma", m)
    plot file using "input_scale":"accuracy_task1_percent":"accuracy_task2_percent" with table if (strcol("network") eq "fc-".m)
    unset table
}
stats file using "input_scale" nooutput
low = STATS_min/1.5; high = STATS_max*1.5
array least[2]
do for [task=1:2] { stats file using sprintf("accuracy_task%d_percent", task) nooutput; least[task] = STATS_min }
set lmargin at screen 0.125
set rmargin at screen 0.965
set logscale x
set xrange [low:high]
set xtics ("0.001" 0.001, "1/255" 1/255.0, "0.01" 0.01, "0.03" 0.03, "0.1" 0.1, "0.3" 0.3, "1" 1, "3" 3, "10" 10)
set offsets 0, 0, graph 0.05, 0
set ylabel "accuracy  (%)" offset 1,0
do for [task=1:2] {
    top = task == 1 ? 0.905 : 0.475
    set tmargin at screen top
    set bmargin at screen top - 0.345
    if (task == 1) {
        set key at screen 0.55,0.985 center top maxrows 1
        unset xlabel
    } else {
        unset key
        set xlabel "factor on the pixels  (published: 1, pixels from 0 to 255)"
    }
    set label 1 (task == 1 ? DIGITS : CLOTHING) at graph 0.01,1.05 left textcolor rgb INK
    set yrange [base(least[task]):*]
    set label 2 "chance: 10 %" at graph 0.99,1.05 right textcolor rgb DIM font FONT.",12"
    plot CHANCE with lines ls 9 notitle, \
         for [m in models] "$".m using 1:(column(task+1)) smooth unique with lines lc rgb colour(m) lw 2.2 notitle, \
         for [m in models] "$".m using 1:(column(task+1)) with points lc rgb colour(m) pt mark(m) ps P(0.7) notitle, \
         for [m in models] keyentry with linespoints lc rgb colour(m) lw 2.2 pt mark(m) ps P(0.8) title called(m)
}
