# What the channels of the HH networks do over the window: gates and conductances, and the largest currents of trained networks beside leak and input
# needs: multitask/audit-channels-fc-traces.csv multitask/audit-channels-conv-traces.csv
# from: hh4lif-multitask --case audit-channels-fc --case audit-channels-conv
W = 640; H = 1040
load plots."/common.gp"
file(net) = in."/multitask/audit-channels-".net."-traces.csv"
array marks[3] = [7, 5, 8]
array nets[3] = ["fc", "conv", "conv"]
array layers[3] = [1, 1, 2]
array names[3] = ["fc", "conv, layer 1", "conv, layer 2"]
array colours[3] = [INK, HH, GREY] # HH in all: the colours are layers
array widths[3] = [2.2, 5, 1.6] # the two layers of conv run over each other: both are to be seen
of(i, name) = column("layer") == layers[i] && column(name) > 0 ? column(name) : NaN
at_end(i, name) = column("step") == 14 ? of(i, name) : NaN
larger(a, b) = a > b ? a : b
gate(i) = larger(of(i, "n_max"), larger(of(i, "m_max"), of(i, "h_max")))
set lmargin at screen 0.155
set rmargin at screen 0.965
set xrange [0:14]
set xtics 0,2
set logscale y
set format y POWER
set nomytics
set key off
do for [panel=1:4] {
    top = 0.93 - 0.225 * (panel - 1)
    set tmargin at screen top
    set bmargin at screen top - 0.17
    unset label
    if (panel == 4) { set format x "%g"; set xlabel "time step of the window" } else { set format x ""; unset xlabel }
    if (panel == 1) {
        set key at screen 0.56,0.99 center top maxrows 1
        set ylabel "gating variable"
        set yrange [5e-5:3]
        set ytics 1e-4,10,1
        set label 1 "largest of n, m and h; a gate that is open stands at 1" at graph 0.01,1.09 left textcolor rgb INK
        plot for [i=1:3] file(nets[i]) using "step":(gate(i)) with linespoints lc rgb colours[i] lw widths[i] pt marks[i] pi 4 ps P(0.8) title names[i], \
             1 with lines ls 9 notitle
        set key off
    }
    if (panel == 2) {
        set ylabel "mS/cm^2"
        set yrange [1e-18:1e2]
        set ytics 1e-18,1e6,1
        set label 1 "largest conductances: Na solid, K dashed" at graph 0.01,1.09 left textcolor rgb INK
        set label 2 "leak, 0.3" at graph 0.985, first 0.3 offset 0,0.6 right textcolor rgb DIM
        plot 0.3 with lines ls 9, \
             for [i=1:3] file(nets[i]) using "step":(of(i, "g_na_max")) with lines lc rgb colours[i] lw widths[i], \
             for [i=1:3] file(nets[i]) using "step":(of(i, "g_k_max")) with lines lc rgb colours[i] lw widths[i] dt 2
    }
    if (panel > 2) {
        n = panel - 2
        set ylabel "µA/cm^2"
        set yrange [1e-14:1e6]
        set ytics 1e-12,1e6,1
        set label 1 (n == 1 ? "fully connected" : "convolutional, layer 1").": largest currents of any neuron" at graph 0.01,1.09 left textcolor rgb INK
        plot file(nets[n]) using "step":(of(n, "input_max")) with lines lc rgb INK lw 2.2, \
             file(nets[n]) using "step":(of(n, "i_leak_max")) with lines ls 9, \
             file(nets[n]) using "step":(of(n, "i_na_max")) with lines lc rgb colours[n] lw 2.2, \
             file(nets[n]) using "step":(of(n, "i_k_max")) with lines lc rgb colours[n] lw 2.2 dt 2, \
             file(nets[n]) using (13.85):(at_end(n, "input_max")):("input") with labels right offset 0,0.6 tc rgb INK notitle, \
             file(nets[n]) using (13.85):(at_end(n, "i_leak_max")):("leak") with labels right offset 0,-0.75 tc rgb DIM notitle, \
             file(nets[n]) using (13.85):(at_end(n, "i_na_max")):("Na, solid") with labels right offset -8,0.6 tc rgb INK notitle, \
             file(nets[n]) using (13.85):(at_end(n, "i_k_max")):("K, dashed") with labels right offset 0,-0.85 tc rgb INK notitle
    }
}
