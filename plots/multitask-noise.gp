# Accuracy under noise, fully connected networks: mean over seeds, one noise image per seed as published (Fig. 4h)
# needs: multitask/noise-fc-lif-final.csv multitask/noise-fc-4lif-final.csv multitask/noise-fc-hh-final.csv multitask/noise-fc-slif2hh-final.csv
# from: hh4lif-multitask --case "noise-fc-*"
W = 640; H = 820
load plots."/common.gp"
file(model) = in."/multitask/noise-fc-".model."-final.csv"
models = "hh slif2hh 4lif lif"
set lmargin at screen 0.125
set rmargin at screen 0.965
array least[2] = [100, 100]
do for [task=1:2] { do for [m in models] {
    stats file(m) using sprintf("accuracy_task%d_percent", task) nooutput
    least[task] = STATS_min < least[task] ? STATS_min : least[task]
} }
set xrange [-4:79]
set offsets 0, 0, graph 0.05, 0
set xtics 0,25
set ylabel "accuracy  (%)" offset 1,0
do for [task=1:2] {
    top = task == 1 ? 0.88 : 0.47
    set tmargin at screen top
    set bmargin at screen top - 0.35
    if (task == 1) {
        set key at screen 0.55,0.985 center top maxrows 2
        unset xlabel; set format x "" # the panels have one axis
    } else {
        unset key
        set xlabel "amplitude A of the noise image  (pixel units)"; set format x "%g"
    }
    set label 1 (task == 1 ? "task 1: digits" : "task 2: clothing") at graph 0.01,1.05 left textcolor rgb INK
    set yrange [base(least[task]):*]
    set label 2 "chance: 10 %" at graph 0.99,1.05 right textcolor rgb DIM font FONT.",12"
    plot CHANCE with lines ls 9 notitle, \
         for [i=1:4] file(word(models, i)) using "noise":(column(sprintf("accuracy_task%d_percent", task))) smooth unique with lines lc rgb colour(word(models, i)) lw 2.2 notitle, \
         for [i=1:4] file(word(models, i)) using "noise":(column(sprintf("accuracy_task%d_percent", task))) with points lc rgb colour(word(models, i)) pt mark(word(models, i)) ps P(0.8) notitle, \
         for [i=1:4] keyentry with linespoints lc rgb colour(word(models, i)) lw 2.2 pt mark(word(models, i)) ps P(0.8) title called(word(models, i))
}
