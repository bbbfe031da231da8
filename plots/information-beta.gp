# The information plane as a curve over beta, as stated: where HH, s-LIF2HH and LIF end with each weight of the divergence
# needs: information/beta-curve.csv
# from: hh4lif-information --case beta
W = 640; H = 520
load plots."/common.gp"
curve = in."/information/beta-curve.csv"
models = "hh slif2hh lif"
of(m) = stringcolumn("model") eq m
set lmargin at screen 0.125
set rmargin at screen 0.965
set tmargin at screen 0.85
set bmargin at screen 0.16
set key at screen 0.55,0.985 center top maxrows 1
set xlabel "I(Z;X) of the noisy sample, upper bound  (bit)"
set ylabel "I(Z;Y) of both tasks  (bit)" offset 1,0
set label 1 "each seed a line, a point for each beta; beta written at HH's first seed" at graph 0.01,1.05 left textcolor rgb INK
set offsets graph 0.05, graph 0.12, graph 0.08, graph 0.05
stats curve using "seed" nooutput
first = STATS_min; last = STATS_max
stats curve using "i_zx_bits" nooutput
if (STATS_min > 0 && STATS_max / STATS_min > 5) { set logscale x }
plot for [m in models] for [s=first:last] curve using (of(m) && column("seed") == s ? column("i_zx_bits") : NaN):"i_zy_bits" with linespoints lc rgb colour(m) lw 1.8 pt mark(m) ps P(0.9) notitle, \
     curve using (of("hh") && column("seed") == first ? column("i_zx_bits") : NaN):"i_zy_bits":(sprintf("%g", column("beta"))) with labels offset 1,0.5 left textcolor rgb DIM font FONT.",10" notitle, \
     for [m in models] keyentry with linespoints lc rgb colour(m) lw 1.8 pt mark(m) ps P(0.8) title called(m)
