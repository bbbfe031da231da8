# Noise on states and rewards, from none to ten times the published: area under the learning curve, every seed and the mean
# needs: control/idp-lif-noise.csv control/idp-hh-noise.csv control/idp-slif2hh-noise.csv
# from: hh4lif-sweep experiments/control/noise.cells
W = 640; H = 490
load plots."/common.gp"
models = "hh slif2hh lif"
file(i) = in."/control/idp-".word(models, i)."-noise.csv"
# the levels that were swept (the tables' first two columns), ascending: a panel per reward noise, a place on the axis per state noise
levels(column) = system("cat ".quoted(file(1))." ".quoted(file(2))." ".quoted(file(3))." | grep -v noise | cut -d, -f".column." | sort -gu | tr '\\n' ' '")
states = levels(1)
rewards = levels(2)
place(x) = (sum [k=1:words(states)] (abs(real(word(states, k)) - x) < 1e-12 ? k : 0))
panels = words(rewards)
set tmargin at screen 0.84
set bmargin at screen 0.20
set xrange [0.6:words(states) + 0.4]
set offsets 0, 0, graph 0.05, graph 0.05 # a range for each panel: the largest reward noise has another level
set xtics scale 0 rotate by 45 right ("" 1)
do for [k=1:words(states)] { set xtics add (sprintf("%g", real(word(states, k))) k) }
set grid noxtics
set ytics font FONT.",12"
do for [p=1:panels] {
    set lmargin at screen 0.105 + 0.89*(p - 1)/panels
    set rmargin at screen 0.105 + 0.89*p/panels - 0.075
    if (p == 1) {
        set key at screen 0.55,0.985 center top maxrows 1
        set ylabel "shaped reward per step" offset 1,0
    } else {
        unset key
        unset ylabel
    }
    r = real(word(rewards, p))
    set label 1 sprintf("reward noise %g", r) at graph 0.02,1.06 left textcolor rgb INK
    # this panel's points of each model: place on the axis, area
    do for [i=1:3] {
        eval sprintf("set table $P%d separator comma", i)
        plot file(i) using (place(column("state_noise")) + 0.14*(i - 2)):"area_under_curve" with table if (abs(column("reward_noise") - r) < 1e-12)
        unset table
    }
    plot for [i=1:3] "$P".i using 1:2 with points lc rgb colour(word(models, i)) pt 6 ps P(0.6) notitle, \
         for [i=1:3] "$P".i using 1:2 smooth unique with linespoints lc rgb colour(word(models, i)) pt mark(word(models, i)) ps P(0.9) lw 2.2 notitle, \
         for [i=1:3] keyentry with linespoints lc rgb colour(word(models, i)) lw 2.2 pt mark(word(models, i)) ps P(0.9) title called(word(models, i))
}
unset label 1
set label 2 "across: standard deviation of the noise on each entry of an observation" at screen 0.02,0.06 left textcolor rgb INK
unset border; unset tics; unset xlabel; unset ylabel; unset grid; set xrange [0:1]; set yrange [0:1]
plot NaN notitle
