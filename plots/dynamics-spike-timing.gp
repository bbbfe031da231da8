# Nine distances between spike trains for four stimuli: tv-LIF2HH and s-LIF2HH from HH, and two noisy repetitions of HH from each other
# needs: dynamics/spike-timing.csv
# from: hh4lif-dynamics --case spike-timing
W = 640; H = 860
load plots."/common.gp"
f = in."/dynamics/spike-timing.csv"
measures = "isi_distance spike_distance spike_synchronization_loss victor_purpura van_rossum gamma_loss isi_distribution_distance cv_difference lv_difference"
titles = "'ISI-distance' 'SPIKE-distance' '1 − SPIKE-sync' 'Victor–Purpura' 'van Rossum' '1 − Γ' 'ISI distribution (ms)' 'ΔCV' 'ΔLV'"
pair(p, y) = (column("pair") == p ? column(y) : NaN)
at(p) = column("stimulus") + (p - 1)*0.25 + (column("seed") - int(column("seed")/10)*10 - 5)*0.012
set xrange [0.5:4.5]; set xtics ("const" 1, "sine" 2, "noise high" 3, "noise low" 4) rotate by 40 right font FONT.",13" scale 0
set ytics font FONT.",13"
set grid noxtics
do for [i=1:9] {
    c = (i-1) % 3; r = (i-1) / 3
    set lmargin at screen 0.09 + c*0.315; set rmargin at screen 0.09 + c*0.315 + 0.255
    set tmargin at screen 0.90 - r*0.295; set bmargin at screen 0.90 - r*0.295 - 0.20
    set yrange [0:*]; m = word(measures, i)
    stats f using m nooutput
    most = STATS_max > 0 ? STATS_max : 1 # where all distances are 0
    set yrange [-0.03*most:1.05*most]
    set label 1 "{/:Bold ".word(titles, i)."}" at graph 0,1.09 left textcolor rgb INK font FONT.",14"
    if (i == 1) { set key at screen 0.09,0.995 left top vertical maxrows 2 samplen 1 width 2 } else { set key off }
    plot f using (at(0)):(pair(0, m)) with points pt mark_tv ps 0.8 lc rgb TV title "tv-LIF2HH from HH", \
         f using (at(2)-0.25):(pair(2, m)) with points pt mark_hh ps 0.5 lc rgb NOISY title "two noisy HH", \
         f using (at(1)+0.25):(pair(1, m)) with points pt 9 ps 0.8 lc rgb SLIF title "s-LIF2HH from HH"
}
