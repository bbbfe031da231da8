# What the channels of the HH policies do over the 15 time steps of a window: gates and conductances, mean and largest of the drawn neurons
# needs: control/gates-ip.csv control/gates-idp.csv
# from: hh4lif-control --case gates
W = 640; H = 780
load plots."/common.gp"
file(env) = in."/control/gates-".env.".csv"
array colours[2] = [INK, GREY] # the environments; the model is HH in both
array marks[2] = [7, 4]
set lmargin at screen 0.155
set rmargin at screen 0.965
set xrange [0:14]
set xtics 0,2
do for [panel=1:2] {
    top = panel == 1 ? 0.86 : 0.455
    set tmargin at screen top
    set bmargin at screen top - 0.335
    if (panel == 1) {
        set key at screen 0.56,0.985 center top maxrows 2 width -2
        unset xlabel; set format x "" # the panels have one axis
        set ylabel "gate n"
        set yrange [0:*]
        set label 1 "gate n of the K channels: solid the largest neuron, dashed the mean" at graph 0.01,1.06 left textcolor rgb INK
        plot for [i=1:2] file(i == 1 ? "ip" : "idp") using "step":"n_max" with linespoints lc rgb colours[i] lw 2.2 pt marks[i] ps P(0.8) title (i == 1 ? "InvertedPendulum" : "InvertedDoublePendulum"), \
             for [i=1:2] file(i == 1 ? "ip" : "idp") using "step":"n_mean" with lines lc rgb colours[i] lw 2.2 dt 2 notitle
    } else {
        unset key
        set xlabel "time step of the window"; set format x "%g"
        set ylabel "conductance  (mS/cm^2)"
        set logscale y
        set format y POWER
        set yrange [1e-10:3]
        set ytics 1e-9,1e3,1; set nomytics
        set label 1 "largest conductance of any neuron: solid Na, dashed K" at graph 0.01,1.06 left textcolor rgb INK
        set label 2 "leak, 0.3" at graph 0.02, first 0.3 offset 0,0.6 textcolor rgb DIM
        plot 0.3 with lines ls 9 notitle, \
             for [i=1:2] file(i == 1 ? "ip" : "idp") using "step":(column("g_na_max") > 0 ? column("g_na_max") : NaN) with linespoints lc rgb colours[i] lw 2.2 pt marks[i] ps P(0.8), \
             for [i=1:2] file(i == 1 ? "ip" : "idp") using "step":(column("g_k_max") > 0 ? column("g_k_max") : NaN) with lines lc rgb colours[i] lw 2.2 dt 2
    }
}
