# Held-out Gamma of the topologies of LIF units, by arrow and reset rule, with 95 % intervals over the stimuli
# needs: fitting/topologies.csv
# from: hh4lif-fitting --case topologies
W = 640; H = 980
load plots."/common.gp"
f = in."/fitting/topologies.csv"
shapes = "1 2 4 3+1 1+3 2+2 1+2+1 1+1+1+1 ring4 4+1 1+4 1+3+1 1+1+3 1+2+2 1+1+2+1 1+1+1+1+1"
shape(text) = (strstrt(text, "_") ? text[1:strstrt(text, "_")-1] : text)
place(text) = sum [i=1:words(shapes)] (word(shapes, i) eq shape(text) ? i : 0)
row(text) = (place(text) + (place(text) > 1) + (place(text) > 2) + (place(text) > 9))
at(arrow, reset, offset) = (strcol("reset") eq reset && (strcol("arrow") eq arrow || strcol("arrow") eq "none" && arrow eq "membrane") && place(strcol("topology")) > 0 ? row(strcol("topology")) + offset : NaN)
# which variants are there
count(arrow, reset) = (strcol("arrow") eq arrow && strcol("reset") eq reset)
stats f using (count("membrane", "own")) name "MO" nooutput
stats f using (count("spike", "own")) name "SO" nooutput
stats f using (count("spike", "and")) name "SA" nooutput
down = MO_sum + SO_sum + SA_sum > 0 ? 0.27 : 0
set lmargin at screen 0.205; set rmargin at screen 0.965
set tmargin at screen 0.905; set bmargin at screen 0.08
set yrange [19.7:0.4]
set ytics scale 0 ()
do for [i=1:words(shapes)] { set ytics add (word(shapes, i) row(word(shapes, i))) }
set grid noytics
set xrange [-0.1:1]; set xtics 0.2
set xlabel "Γ (±2 ms), held-out stimuli"
set key at screen 0.56,0.99 center top maxrows 4 samplen 1 width 1
set arrow 1 from graph 0,first 2 to graph 1,first 2 nohead ls 9 back
set arrow 2 from graph 0,first 4 to graph 1,first 4 nohead ls 9 back
set arrow 3 from graph 0,first 12 to graph 1,first 12 nohead ls 9 back
do for [k=1:4] { set label 10+k word("'1 unit' '2 units' '4 units' '5 units'", k) at graph 0.99,first word("1 3 5 13", k)+0.0 right textcolor rgb DIM font FONT.",13" }
set label 2 "units per layer" at screen 0.19,0.918 right textcolor rgb DIM font FONT.",12"
plot f using "gamma_mean":(at("membrane", "and", -down)):"gamma_low":"gamma_high" with xerrorbars lc rgb SLIF lw 2.2 pt 9 ps P(1.0) title "potentials passed on, all reset together", \
     f using "gamma_mean":(at("membrane", "own", -0.09)):"gamma_low":"gamma_high" with xerrorbars lc rgb INK lw 2.2 pt 6 ps P(0.8) title MO_sum > 0 ? "potentials passed on, each resets itself" : "", \
     f using "gamma_mean":(at("spike", "own", 0.09)):"gamma_low":"gamma_high" with xerrorbars lc rgb GREY lw 2.2 pt 5 ps P(0.8) title SO_sum > 0 ? "spikes passed on, each resets itself" : "", \
     f using "gamma_mean":(at("spike", "and", 0.27)):"gamma_low":"gamma_high" with xerrorbars lc rgb LIF lw 2.2 pt 4 ps P(0.8) title SA_sum > 0 ? "spikes passed on, all reset together" : ""
