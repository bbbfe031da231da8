# What the eight networks cost: additions and multiplications per image, as published and with the constant projection done once; parameters; memory of training (Fig. 5b)
# needs: efficiency/operations-counts.csv efficiency/memory-models.csv
# from: hh4lif-efficiency --case operations --case memory
W = 640; H = 640
load plots."/common.gp"
counts = in."/efficiency/operations-counts.csv"
memory = in."/efficiency/memory-models.csv"
order = "fc-hh fc-slif2hh fc-lif fc-4lif conv-hh conv-slif2hh conv-lif conv-4lif"
model(i) = word(order, i)[strstrt(word(order, i), "-")+1:*]
place(i) = i < 5 ? i : i + 0.6
row(name) = (sum [k=1:8] (word(order, k) eq name ? place(k) : 0))
bytes(x) = (column("parameter_bytes")+column("gradient_bytes")+column("optimiser_bytes")+column("activation_bytes"))/1e6
of(i, x) = (stringcolumn("model") eq word(order, i) ? x : NaN)
figures(x) = x < 10 ? sprintf("%.2f", x) : sprintf("%.1f", x)
titles = "additions multiplications parameters memory"
array below[4] = ["million per image", "million per image", "million", "training, MB"]
array place_of[4] = ["0.16 0.36", "0.385 0.585", "0.61 0.785", "0.81 0.985"]
set tmargin at screen 0.80
set bmargin at screen 0.09
set yrange [9.2:0.4]
set logscale x
set grid noytics
do for [c=1:4] {
    set lmargin at screen real(word(place_of[c], 1))
    set rmargin at screen real(word(place_of[c], 2))
    set ytics ("" 1) scale 0
    do for [i=1:8] { set ytics add (c == 1 ? (i % 4 == 1 ? word("fc conv", i/4 + 1)."  " : "").called(model(i)) : "" place(i)) }
    set label 1 word(titles, c) at graph 0,1.09 left textcolor rgb INK
    set label 2 below[c] at graph 0,1.035 left textcolor rgb DIM font FONT.",12"
    if (c <= 2) {
        set xrange [0.4:400]
        set xtics (1, 10, 100)
        kind = c == 1 ? "add" : "mul"
        if (c == 1) { set key at screen 0.5,0.985 center top maxrows 1 } else { unset key }
        plot for [i=1:8] counts using (of(i, column(kind."_published"))):(place(i)) with points lc rgb colour(model(i)) pt 7 ps P(1.1) notitle, \
             for [i=1:8] counts using (of(i, column(kind."_hoisted"))):(place(i)) with points lc rgb colour(model(i)) pt 6 ps P(1.1) lw 2 notitle, \
             counts using (column(kind."_published")):(row(stringcolumn("model")) - 0.34):(figures(column(kind."_published"))) with labels center textcolor rgb INK font FONT.",11" notitle, \
             keyentry with points lc rgb INK pt 7 ps P(1.1) title "as published, with number", \
             keyentry with points lc rgb INK pt 6 ps P(1.1) lw 2 title "constant projection once"
    }
    if (c == 3) {
        set xrange [0.01:12]
        set xtics (0.1, 1)
        plot for [i=1:8] memory using (of(i, column("parameters")/1e6)):(place(i)) with points lc rgb colour(model(i)) pt mark(model(i)) ps P(1.1) notitle, \
             memory using (column("parameters")/1e6):(row(stringcolumn("model")) - 0.34):(figures(column("parameters")/1e6)) with labels center textcolor rgb INK font FONT.",11" notitle
    }
    if (c == 4) {
        set xrange [4:160]
        set xtics (10, 100)
        plot for [i=1:8] memory using (of(i, bytes(0))):(place(i)) with points lc rgb colour(model(i)) pt mark(model(i)) ps P(1.1) notitle, \
             memory using (bytes(0)):(row(stringcolumn("model")) - 0.34):(sprintf("%.0f", bytes(0))) with labels center textcolor rgb INK font FONT.",11" notitle
    }
}
