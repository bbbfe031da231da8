# The way through the information plane, epoch by epoch, as published and as stated: each seed a line, its last epoch a point (Fig. 5d)
# needs: information/vib-lif-plane.csv information/vib-hh-plane.csv information/vib-slif2hh-plane.csv
# also: information/vib-4lif-plane.csv information/stated-vib-lif-plane.csv information/stated-vib-hh-plane.csv information/stated-vib-slif2hh-plane.csv information/stated-vib-4lif-plane.csv
# from: hh4lif-information
W = 640; H = 860
load plots."/common.gp"
file(kind, model) = in."/information/".(kind == 1 ? "" : "stated-")."vib-".model."-plane.csv"
models = "hh slif2hh lif 4lif"
stats file(1, "hh") using "seed" nooutput
first = STATS_min; last = STATS_max
stats file(1, "hh") using "epoch" nooutput
end = STATS_max
is(s) = column("seed") == s && column("epoch") > 0
set lmargin at screen 0.125
set rmargin at screen 0.965
set autoscale xfix
set offsets graph 0.05, graph 0.05, graph 0.05, graph 0.05
# powers of ten only where the way goes through some of them
least = 1e300; most = 0
do for [kind=1:2] { do for [m in models] { if (there(file(kind, m))) {
    stats file(kind, m) using "i_zx_bits" nooutput
    least = STATS_min < least ? STATS_min : least
    most = STATS_max > most ? STATS_max : most
} } }
if (least > 0 && most / least > 5) { set logscale x }
set ylabel "I(Z;Y)  (bit)" offset 1,0
do for [kind=1:2] {
    drawn = ""
    do for [m in models] { if (there(file(kind, m))) { drawn = drawn." ".m } }
    if (drawn ne "") {
        top = kind == 1 ? 0.89 : 0.46
        set tmargin at screen top
        set bmargin at screen top - 0.35
        if (kind == 1) { set key at screen 0.55,0.985 center top maxrows 1; unset xlabel } else { unset key; set xlabel "I(Z;X) of the noisy sample, upper bound  (bit)" }
        set label 1 (kind == 1 ? "as published: one task's entropy less both losses" : "as stated: both tasks' entropy less their losses") at graph 0.01,1.05 left textcolor rgb INK
        plot for [m in drawn] for [s=first:last] file(kind, m) using (is(s) ? column("i_zx_bits") : NaN):"i_zy_bits" with lines lc rgb colour(m) lw 1.6 notitle, \
             for [m in drawn] file(kind, m) using (column("epoch") == end ? column("i_zx_bits") : NaN):"i_zy_bits" with points lc rgb colour(m) pt mark(m) ps P(1) notitle, \
             for [m in drawn] keyentry with linespoints lc rgb colour(m) lw 2.2 pt mark(m) ps P(0.8) title called(m)
    }
}
