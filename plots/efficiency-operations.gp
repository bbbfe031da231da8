# What the eight networks cost: multiplications per image, as published and with the constant projection done once; parameters; memory of training (Fig. 5b)
# needs: efficiency/operations-counts.csv efficiency/memory-models.csv
# from: hh4lif-efficiency --case operations --case memory
W = 640; H = 600
load plots."/common.gp"
counts = in."/efficiency/operations-counts.csv"
memory = in."/efficiency/memory-models.csv"
order = "fc-hh fc-slif2hh fc-lif fc-4lif conv-hh conv-slif2hh conv-lif conv-4lif"
array labels[8] = ["fc  HH", "s-LIF2HH", "LIF", "4LIF", "conv  HH", "s-LIF2HH", "LIF", "4LIF"]
array colours[8] = [HH, ALT, LIF, SUN, HH, ALT, LIF, SUN]
place(i) = i < 5 ? i : i + 0.6
set multiplot
set tmargin at screen 0.80
set bmargin at screen 0.08
set yrange [9.2:0.4]
set logscale x
set grid noytics
do for [c=1:3] {
    set lmargin at screen word("0.15 0.445 0.74", c)
    set rmargin at screen word("0.41 0.705 0.985", c)
    set ytics ("" 1) scale 0
    do for [i=1:8] { set ytics add (c == 1 ? labels[i] : "" place(i)) }
    set label 1 word("multiplications parameters memory", c) at graph 0,1.09 left textcolor rgb INK
    set label 2 (c == 1 ? "million per image" : c == 2 ? "million" : "training, MB") at graph 0,1.035 left textcolor rgb DIM font ",13"
    if (c == 1) {
        set xrange [0.4:160]
        set xtics (1, 10, 100)
        set key at screen 0.5,0.985 center top maxrows 1
        plot for [i=1:8] counts using (stringcolumn("model") eq word(order, i) ? column("mul_published") : NaN):(place(i)) with points lc rgb colours[i] pt 7 ps P(1.1) notitle, \
             for [i=1:8] counts using (stringcolumn("model") eq word(order, i) ? column("mul_hoisted") : NaN):(place(i)) with points lc rgb colours[i] pt 6 ps P(1.1) lw 2 notitle, \
             keyentry with points lc rgb INK pt 7 ps P(1.1) title "as published", \
             keyentry with points lc rgb INK pt 6 ps P(1.1) lw 2 title "projection once"
    }
    if (c == 2) {
        unset key
        set xrange [0.02:6]
        set xtics (0.1, 1)
        plot for [i=1:8] memory using (stringcolumn("model") eq word(order, i) ? column("parameters")/1e6 : NaN):(place(i)) with points lc rgb colours[i] pt 7 ps P(1.1) notitle
    }
    if (c == 3) {
        set xrange [4:100]
        set xtics (5, 10, 50)
        plot for [i=1:8] memory using (stringcolumn("model") eq word(order, i) ? (column("parameter_bytes")+column("gradient_bytes")+column("optimiser_bytes")+column("activation_bytes"))/1e6 : NaN):(place(i)) with points lc rgb colours[i] pt 7 ps P(1.1) notitle
    }
}
unset multiplot
