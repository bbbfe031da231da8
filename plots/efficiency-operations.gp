# Operations per image of the eight networks: as published, and what has to be computed when the constant projection is done once (Fig. 5b)
# needs: efficiency/operations-counts.csv
# from: hh4lif-efficiency --case operations
W = 640; H = 560
load plots."/common.gp"
file = in."/efficiency/operations-counts.csv"
set lmargin at screen 0.125
set rmargin at screen 0.965
set tmargin at screen 0.88
set bmargin at screen 0.22
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.9 noborder
set logscale y
set yrange [0.3:200]
set ytics (0.5, 1, 2, 5, 10, 20, 50, 100)
set xtics rotate by 40 right
set ylabel "multiplications  (million per image)" offset 1,0
set key at screen 0.55,0.97 center top maxrows 1
plot file using "mul_published":xtic(stringcolumn("model")) lc rgb HH title "published", \
     file using "mul_corrected" lc rgb ALT title "corrected", \
     file using "mul_hoisted" lc rgb LIF title "projection once"
