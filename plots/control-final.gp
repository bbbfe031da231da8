# Native return of the final evaluation (mean action, ten fixed starts): every seed, and the mean over seeds
# needs: control/ip-lif-final.csv control/ip-hh-final.csv control/ip-slif2hh-final.csv
# needs: control/stated-ip-lif-final.csv control/stated-ip-hh-final.csv control/stated-ip-slif2hh-final.csv
# also: control/stated-idp-hh-final.csv control/ip-4lif-final.csv control/ip-ann-final.csv control/idp-hh-final.csv control/idp-slif2hh-final.csv control/idp-lif-final.csv
# from: hh4lif-control --case "ip-*" --case "idp-*" --case "stated-*"
W = 640; H = 790
load plots."/common.gp"
models = "hh slif2hh lif 4lif ann"
final(task, i) = in."/control/".task."-".word(models, i)."-final.csv"
# the mean over seeds: of so few no interval is drawn
array mean[20]
at(row, col, i) = 10*(row - 1) + 5*(col - 1) + i
do for [row=1:2] { do for [col=1:2] { do for [i=1:5] {
    file = final((row == 1 ? "" : "stated-").(col == 1 ? "ip" : "idp"), i)
    if (there(file)) {
        stats file using "final_evaluation_return" nooutput
        mean[at(row, col, i)] = STATS_mean
    }
} } }
set logscale x
unset key
set grid noytics
do for [row=1:2] {
    do for [col=1:2] {
        task = (row == 1 ? "" : "stated-").(col == 1 ? "ip" : "idp")
        set lmargin at screen (col == 1 ? 0.19 : 0.6)
        set rmargin at screen (col == 1 ? 0.56 : 0.97)
        set tmargin at screen (row == 1 ? 0.945 : 0.485)
        set bmargin at screen (row == 1 ? 0.61 : 0.15)
        set yrange [5.6:0.4]
        set ytics ("" 1) scale 0
        do for [i=1:5] { set ytics add (col == 1 ? called(word(models, i)) : "" i) }
        if (col == 1) { set xrange [1:2000]; set xtics (1, 10, 100, 1000) } else { set xrange [8:20000]; set xtics (10, 100, 1000, 10000) }
        set label 1 (col == 1 ? "InvertedPendulum" : "double pendulum").(row == 1 ? ", as published" : ", as stated") at graph 0,1.06 left textcolor rgb INK
        set arrow 1 from (col == 1 ? 1000 : 9360), graph 0 to (col == 1 ? 1000 : 9360), graph 1 nohead lc rgb DIM lw 1.4 dt 2
        if (row == 2) { set xlabel "native return of an episode" } else { unset xlabel }
        here = ""
        do for [i=1:5] {
            unset label 10+i
            if (there(final(task, i))) { here = here." ".i } else { set label 10+i "not run" at graph 0.04, first i left textcolor rgb DIM }
        }
        plot NaN notitle, \
             for [m in here] final(task, int(m)) using "final_evaluation_return":(int(m) + 0.22) with points lc rgb colour(word(models, int(m))) pt mark(word(models, int(m))) ps P(0.55) notitle, \
             for [m in here] '+' every ::0::0 using (mean[at(row, col, int(m))]):(int(m) - 0.08) with points lc rgb colour(word(models, int(m))) pt mark(word(models, int(m))) ps P(1.1) lw 2.2 notitle
    }
}
unset logscale x; unset arrow 1; unset label; unset xlabel; unset xtics; unset ytics; unset border; set xrange [0:1]; set yrange [0:1]
set label 2 "Dashed: the most that 1000 steps can give.\nSmall marks: seeds. Large: their mean." at screen 0.02,0.055 left textcolor rgb DIM font FONT.",12"
plot NaN notitle
