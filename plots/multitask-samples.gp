# Eight of the composed two-task images: an MNIST digit at the top left, a Fashion-MNIST item at the bottom right
# needs: multitask/samples-images.csv
# from: hh4lif-multitask --case samples
W = 640; H = 372
load plots."/common.gp"
file = in."/multitask/samples-images.csv"
set palette gray
unset colorbox
unset border
unset tics
unset grid
set lmargin at screen 0.01
set rmargin at screen 0.99
set tmargin at screen 0.98
set bmargin at screen 0.075
set size ratio -1
set xrange [-1:155]
set yrange [77:-1]
plot for [i=0:7] file every ::(1296*i)::(1296*i+1295) using (column("column") + 39*(i % 4)):(column("row") + 39*(i / 4)):"pixel" with image
