# Accuracy after the last epoch of the ten published networks: every seed, and the mean with its 95 % interval over seeds (Fig. 4c)
# needs: multitask/fc-lif-final.csv multitask/fc-hh-final.csv multitask/fc-slif2hh-final.csv
# also: multitask/conv-lif-final.csv multitask/conv-hh-final.csv multitask/conv-slif2hh-final.csv multitask/fc-4lif-final.csv multitask/conv-4lif-final.csv multitask/fc-ann-final.csv multitask/conv-ann-final.csv
# from: hh4lif-multitask --case "fc-*" --case "conv-*"
W = 640; H = 780
load plots."/common.gp"
models = "hh slif2hh lif 4lif ann"
final(kind, i) = in."/multitask/".kind."-".word(models, i)."-final.csv"
# Student's t at 0.975 for 1 to 9 degrees of freedom: half the interval is t sd / sqrt(n). None is drawn for fewer than three seeds
# (of two the interval is nine standard deviations wide to each side) or more than ten.
array t975[9] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
half(n, sd) = n >= 3 && n <= 10 ? t975[n-1]*sd/sqrt(n) : 0
# stats does not work within multiplot: panel 1 to 4, model 1 to 5
at(panel, i) = 5*(panel - 1) + i
array mean[20]; array spread[20]; array least[4]; array most[4]; array here[4]
do for [panel=1:4] {
    here[panel] = ""
    least[panel] = 100
    most[panel] = 0
    do for [i=1:5] {
        file = final(panel < 3 ? "fc" : "conv", i)
        if (there(file)) {
            here[panel] = here[panel]." ".i
            stats file using (column(panel % 2 ? "accuracy_task1_percent" : "accuracy_task2_percent")) nooutput
            mean[at(panel, i)] = STATS_mean
            spread[at(panel, i)] = half(STATS_records, STATS_ssd)
            least[panel] = STATS_min < least[panel] ? STATS_min : least[panel]
            most[panel] = STATS_max > most[panel] ? STATS_max : most[panel]
        }
    }
    if (least[panel] > most[panel]) { least[panel] = 0; most[panel] = 100 }
}
unset key
set label 3 "large: mean, 95 % interval from three seeds on; small: seeds" at screen 0.02,8.0/H left textcolor rgb DIM font FONT.",11"
set grid noytics
do for [panel=1:4] {
    row = panel < 3 ? 1 : 2
    task = panel % 2 ? 1 : 2
    kind = row == 1 ? "fc" : "conv"
    set lmargin at screen (task == 1 ? 0.19 : 0.61)
    set rmargin at screen (task == 1 ? 0.555 : 0.975)
    set tmargin at screen (row == 1 ? 0.945 : 0.475)
    set bmargin at screen (row == 1 ? 0.59 : 0.12)
    set yrange [5.6:0.4]
    set ytics ("" 1) scale 0
    do for [i=1:5] {
        set ytics add (task == 1 ? called(word(models, i)) : "" i)
        unset label 10+i
        if (!strstrt(here[panel], "".i)) { set label 10+i "not run" at graph 0.04, first i left textcolor rgb DIM }
    }
    # the two tasks of a kind of network have one axis; a mean of two seeds has no interval
    low = least[2*row - 1] < least[2*row] ? least[2*row - 1] : least[2*row]
    high = most[2*row - 1] > most[2*row] ? most[2*row - 1] : most[2*row]
    set xrange [base(low) : 5*ceil((high + 1)/5)]
    set label 2 "chance" at first CHANCE,graph 0.03 offset 0.3,0 left textcolor rgb DIM font FONT.",12"
    if (base(low) > 0) { unset label 2 }
    set arrow 1 from first CHANCE,graph 0 to first CHANCE,graph 1 nohead ls 9 back
    if (base(low) > 0) { unset arrow 1 }
    set label 1 (row == 1 ? "fully connected" : "convolutional").", ".(task == 1 ? "digits" : "clothing") at graph 0,1.06 left textcolor rgb INK
    if (row == 2) { set xlabel "accuracy  (%)" } else { unset xlabel }
    accuracy = sprintf("accuracy_task%d_percent", task)
    if (panel > 1) { unset label 3 }
    if (strlen(here[panel]) == 0) {
        plot NaN notitle
        continue
    }
    plot NaN notitle, \
         for [m in here[panel]] final(kind, int(m)) using (column(accuracy)):(int(m) + 0.22) with points lc rgb colour(word(models, int(m))) pt mark(word(models, int(m))) ps P(0.55) notitle, \
         for [m in here[panel]] '+' every ::0::0 using (mean[at(panel, int(m))]):(int(m) - 0.08):(spread[at(panel, int(m))]) with xerrorbars lc rgb colour(word(models, int(m))) pt mark(word(models, int(m))) ps P(1.1) lw 2.2 notitle
}
