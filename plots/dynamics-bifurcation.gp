# Bifurcation diagram of HH: equilibria and extremes of the periodic orbits over the current, Hopf points and folds of cycles
# needs: dynamics/bifurcation-equilibria.csv dynamics/bifurcation-cycles.csv dynamics/bifurcation-points.csv
# note: the same in every tier
# from: hh4lif-dynamics --case bifurcations
W = 640; H = 820
load plots."/common.gp"
eq = in."/dynamics/bifurcation-equilibria.csv"
cy = in."/dynamics/bifurcation-cycles.csv"
pt = in."/dynamics/bifurcation-points.csv"
only(s, y) = (column("stable") == s ? column(y) : NaN)
set lmargin at screen 0.125; set rmargin at screen 0.965
set ylabel "V  (mV)" offset 1,0
do for [panel=1:2] {
    set tmargin at screen (panel == 1 ? 0.885 : 0.42); set bmargin at screen (panel == 1 ? 0.50 : 0.085)
    if (panel == 1) {
        set xrange [0:170]; set yrange [-80:45]; set xtics 20; set ytics 20
        set key at screen 0.125,0.99 left top vertical maxrows 3 width 2 font FONT.",13"
        unset xlabel
    } else {
        set xrange [6:10.2]; set yrange [-80:45]; set xtics 1; set key off
        set label 1 "zoom: where the cycles begin" at graph 0.5,1.04 center textcolor rgb INK font FONT.",13"
        set xlabel "I  (µA/cm²)"
    }
    plot eq using "I":(only(1, "V")) with lines lc rgb INK lw 2.2 title "equilibrium, stable", \
         eq using "I":(only(0, "V")) with lines lc rgb INK lw 1.6 dt (4,3) title "equilibrium, unstable", \
         cy using "I":(only(1, "V_max")) with lines lc rgb HH lw 2.6 title "cycle (extremes), stable", \
         cy using "I":(only(0, "V_max")) with lines lc rgb NOISY lw 1.8 dt (4,2) title "cycle (extremes), unstable", \
         cy using "I":(only(1, "V_min")) with lines lc rgb HH lw 2.6, \
         cy using "I":(only(0, "V_min")) with lines lc rgb NOISY lw 1.8 dt (4,2), \
         pt using "I":(column("kind") == 0 ? column("V") : NaN) with points pt 7 ps 1.1 lc rgb INK title "Hopf point", \
         pt using "I":(column("kind") == 1 ? column("V") : NaN) with points pt 12 ps 1.3 lc rgb INK title "fold of cycles"
}
