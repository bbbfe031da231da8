# The pendulums over the first steps of an evaluation episode, HH policy, before and after training: frames side by side
# needs: control/ip-hh-strip.csv control/idp-hh-strip.csv
# from: hh4lif-control --case ip-hh --case idp-hh
W = 640; H = 730
load plots."/common.gp"
file(env) = in."/control/".env."-hh-strip.csv"
frames = 10
array titles[4] = ["InvertedPendulum, HH untrained", "InvertedPendulum, HH trained", "double pendulum, HH untrained", "double pendulum, HH trained"]
unset border; unset xtics; unset ytics; unset grid; unset key
set lmargin at screen 0.02
set rmargin at screen 0.98
set xrange [-0.75:frames-0.25]
do for [row=1:4] {
    env = row <= 2 ? "ip" : "idp"
    trained = row % 2 == 0
    dt = row <= 2 ? 0.04 : 0.05
    height = row <= 2 ? 0.19 : 0.255
    top = row == 1 ? 0.947 : row == 2 ? 0.722 : row == 3 ? 0.497 : 0.238
    set xrange [*:*]; set yrange [*:*]
    stats file(env) using (column("trained") == trained ? column("step") : NaN) nooutput
    last = STATS_max
    stride = last < frames ? 1 : ceil(last / (frames - 1.0))
    s = 0.62
    set xrange [-0.75:frames-0.25]
    set tmargin at screen top
    set bmargin at screen top - (row <= 2 ? 0.158 : 0.192)
    set yrange [(row <= 2 ? -0.35 : -0.45):(row <= 2 ? 0.72 : 1.3)]
    on(step) = int(step) % stride == 0 && int(step) / stride < frames
    x0(step) = step / stride + s * column("x")
    x1(step) = x0(step) + s * 0.6 * sin(column("q1"))
    set label 1 titles[row].(last < 99 ? sprintf(": has fallen after %.2f s", last * dt) : sprintf(": still upright after %.1f s", last * dt)) at graph 0.01,1.08 left textcolor rgb INK
    set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead lc rgb PALE lw 2 back
    plot file(env) using (column("trained") == trained && on(column("step")) ? x0(column("step")) : NaN):(0) with points pt 5 ps P(1.4) lc rgb DIM, \
         file(env) using (column("trained") == trained && on(column("step")) ? x0(column("step")) : NaN):(0):(s*0.6*sin(column("q1"))):(0.6*cos(column("q1"))) with vectors nohead lc rgb (trained ? HH : GREY) lw 4, \
         file(env) using (row > 2 && column("trained") == trained && on(column("step")) ? x1(column("step")) : NaN):(0.6*cos(column("q1"))):(s*0.6*sin(column("q1")+column("q2"))):(0.6*cos(column("q1")+column("q2"))) with vectors nohead lc rgb (trained ? HH : GREY) lw 4, \
         file(env) using (column("trained") == trained && on(column("step")) ? column("step")/stride : NaN):(row <= 2 ? -0.27 : -0.35):(sprintf("%.2f s", column("step")*dt)) with labels textcolor rgb DIM font ",12"
}
