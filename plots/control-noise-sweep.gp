# Noise on states and rewards, from none to ten times the published: area under the learning curve, every seed and the mean
# needs: control/idp-lif-noise.csv control/idp-hh-noise.csv control/idp-slif2hh-noise.csv
# from: hh4lif-sweep experiments/control/noise.cells
W = 640; H = 470
load plots."/common.gp"
models = "hh slif2hh lif"
names = "'HH' 's-LIF2HH' 'LIF'"
array colours[3] = [HH, ALT, LIF]
array shapes[3] = [7, 9, 5]
file(i) = in."/control/idp-".word(models, i)."-noise.csv"
# the levels that were swept (the tables' first two columns), ascending: a panel per reward noise, a place on the axis per state noise
levels(column) = system("cat '".file(1)."' '".file(2)."' '".file(3)."' | grep -v noise | cut -d, -f".column." | sort -gu | tr '\\n' ' '")
states = levels(1)
rewards = levels(2)
place(x) = (sum [k=1:words(states)] (abs(real(word(states, k)) - x) < 1e-12 ? k : 0))
panels = words(rewards)
set multiplot
set tmargin at screen 0.84
set bmargin at screen 0.20
set xrange [0.6:words(states) + 0.4]
# one range for all panels
low = 1e9; high = -1e9
do for [i=1:3] {
    stats file(i) using "area_under_curve" nooutput
    if (STATS_min < low) { low = STATS_min }
    if (STATS_max > high) { high = STATS_max }
}
set yrange [low - 0.05*(high - low):high + 0.05*(high - low)]
set xtics scale 0 rotate by -45 ("" 1)
do for [k=1:words(states)] { set xtics add (sprintf("%g", real(word(states, k))) k) }
set grid noxtics
do for [p=1:panels] {
    set lmargin at screen 0.115 + 0.86*(p - 1)/panels
    set rmargin at screen 0.115 + 0.86*p/panels - 0.025
    if (p == 1) {
        set key at screen 0.55,0.985 center top maxrows 1
        set ylabel "shaped reward per step" offset 1,0
        set ytics format "%g"
    } else {
        unset key
        unset ylabel
        set ytics format ""
    }
    r = real(word(rewards, p))
    set label 1 sprintf("reward noise %g", r) at graph 0.02,1.06 left textcolor rgb INK
    # this panel's points of each model: place on the axis, area
    do for [i=1:3] {
        eval sprintf("set table $P%d separator comma", i)
        plot file(i) using (place(column("state_noise")) + 0.14*(i - 2)):"area_under_curve" with table if (abs(column("reward_noise") - r) < 1e-12)
        unset table
    }
    plot for [i=1:3] "$P".i using 1:2 with points lc rgb colours[i] pt 6 ps P(0.6) notitle, \
         for [i=1:3] "$P".i using 1:2 smooth unique with linespoints lc rgb colours[i] pt shapes[i] ps P(0.9) lw 2.2 notitle, \
         for [i=1:3] keyentry with linespoints lc rgb colours[i] lw 2.2 pt shapes[i] ps P(0.9) title word(names, i)
}
unset label 1
set label 2 "standard deviation of the noise on each entry of an observation" at screen 0.55,0.03 center textcolor rgb INK
unset border; unset tics; unset xlabel; unset ylabel; unset grid; set xrange [0:1]; set yrange [0:1]
plot NaN notitle
unset multiplot
