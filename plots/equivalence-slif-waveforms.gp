# The two-neuron chain: input current and output spikes of HH and of s-LIF2HH for the five published waveforms
# needs: equivalence/slif-const-hh.csv equivalence/slif-const-spikes.csv
# needs: equivalence/slif-sine-hh.csv equivalence/slif-sine-spikes.csv
# needs: equivalence/slif-square-hh.csv equivalence/slif-square-spikes.csv
# needs: equivalence/slif-sawtooth-hh.csv equivalence/slif-sawtooth-spikes.csv
# needs: equivalence/slif-triangle-hh.csv equivalence/slif-triangle-spikes.csv
# from: hh4lif-equivalence --case slif-const --case slif-sine --case slif-square --case slif-sawtooth --case slif-triangle
W = 640; H = 1000
cap = "butt"
load plots."/common.gp"
waves = "const sine square sawtooth triangle"
low   = "0 -10 -10 10 5"
high  = "20 35 30 25 12"
step  = "10 20 20 10 5"
set lmargin at screen 0.185
set rmargin at screen 0.965
set xrange [0:80]
set key off
top = 0.985; block = 0.183
do for [i=1:5] {
    w = word(waves, i)
    spikes = in."/equivalence/slif-".w."-spikes.csv"
    y = top - (i-1)*block
    stats spikes using (column("model")==0 && column("layer")==2 ? 1 : 0) nooutput; n_hh = int(STATS_sum)
    stats spikes using (column("model")==1 && column("layer")==2 ? 1 : 0) nooutput; n_lif = int(STATS_sum)
    # the current
    set grid ytics
    set border 2
    set tmargin at screen y - 0.028; set bmargin at screen y - 0.098
    set format x ""; unset xlabel; set xtics 0,20 scale 0
    set yrange [word(low,i)+0.0:word(high,i)+0.0]; set ytics word(low,i)+0.0,word(step,i)+0.0
    set ylabel "I  (µA/cm²)" offset 0.5,0 font FONT.",13"
    set label 1 "{/:Bold ".w."}" at graph 0,1.17 left textcolor rgb INK
    set label 2 sprintf("%d HH, %d s-LIF2HH spikes", n_hh, n_lif) at graph 1,1.17 right textcolor rgb (n_hh == n_lif ? INK : "#A33A00")
    plot in."/equivalence/slif-".w."-hh.csv" using "t_ms":"I_uA_per_cm2" with lines lc rgb INK lw 1.6
    unset label 1; unset label 2
    # the spikes
    set grid noytics
    set border (i == 5 ? 1 : 0)
    set tmargin at screen y - 0.105; set bmargin at screen y - 0.153
    set yrange [0:2]; unset ylabel
    set ytics ("s-LIF2HH" 0.5, "HH" 1.5) scale 0
    if (i == 5) { set format x "%g"; set xlabel "t  (ms)"; set xtics 0,20 scale 0.6 }
    plot spikes using (column("model")==0 && column("layer")==2 ? column("t_ms") : NaN):(1.12):(0):(0.76) with vectors nohead lc rgb HH lw 3, \
         spikes using (column("model")==1 && column("layer")==2 ? column("t_ms") : NaN):(0.12):(0):(0.76) with vectors nohead lc rgb SLIF lw 3
}
