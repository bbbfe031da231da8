# Eight of the composed two-task images with their two classes: an MNIST digit at the top left, a Fashion-MNIST item at the bottom right
# needs: multitask/samples-images.csv
# note: the first eight training images
# from: hh4lif-multitask --case samples
W = 640; H = 420
load plots."/common.gp"
file = in."/multitask/samples-images.csv"
clothing = "t-shirt trousers pullover dress coat sandal shirt sneaker bag boot"
# Images of one's own have classes of their own.
own = int(system("grep -q '\"data_check\": \"none\"' ".quoted(in."/multitask/samples.json")." 2>/dev/null && echo 1 || echo 0"))
said(x) = own ? sprintf("%.0f", x) : word(clothing, int(x) + 1)
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
set yrange [92:-1]
left(i) = 39*(i % 4)
top(i) = 46*int(i/4)
plot for [i=0:7] file every ::(1296*i)::(1296*i+1295) using (column("column") + left(i)):(column("row") + top(i)):"pixel" with image, \
     for [i=0:7] file every ::(1296*i)::(1296*i) using (left(i) + 17.5):(top(i) + 39.5):(sprintf("%.0f, %s", column("label_task1"), said(column("label_task2")))) with labels textcolor rgb INK font FONT.",13"
