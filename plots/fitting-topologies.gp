# Held-out Gamma of the topologies of LIF units, by arrow and reset rule, with 95 % intervals over the stimuli
# needs: fitting/topologies.csv
# from: hh4lif-fitting --case topologies
W = 640; H = 980
load plots."/common.gp"
f = in."/fitting/topologies.csv"
# the shapes of the table, of few units first, and how many units each has
list(field) = system("sed 1d ".quoted(f)." | awk -F, '{ sub(/_.*/, \"\", $1) } !($1 in seen) { seen[$1]; print $2, NR, $1 }' | sort -k1,1n -k2,2n | cut -d' ' -f".field." | tr '\\n' ' '")
shapes = list(3); sizes = list(1); n = words(shapes)
shape(text) = (strstrt(text, "_") ? text[1:strstrt(text, "_")-1] : text)
place(text) = sum [i=1:n] (word(shapes, i) eq shape(text) ? i : 0)
# a free row between groups of as many units
begins(i) = (i == 1 || word(sizes, i) ne word(sizes, i-1))
row(i) = i + sum [k=2:i] begins(k)
at(arrow, reset, offset) = (strcol("reset") eq reset && (strcol("arrow") eq arrow || strcol("arrow") eq "none" && arrow eq "membrane") ? row(place(strcol("topology"))) + offset : NaN)
# which variants are there
count(arrow, reset) = (strcol("arrow") eq arrow && strcol("reset") eq reset)
stats f using (count("membrane", "own")) name "MO" nooutput
stats f using (count("spike", "own")) name "SO" nooutput
stats f using (count("spike", "and")) name "SA" nooutput
down = MO_sum + SO_sum + SA_sum > 0 ? 0.27 : 0
set lmargin at screen 0.205; set rmargin at screen 0.965
set tmargin at screen 0.905; set bmargin at screen 0.08
set yrange [row(n)+0.7:0.4]
set ytics scale 0 ()
do for [i=1:n] { set ytics add (word(shapes, i) row(i)) }
set grid noytics
set xrange [-0.1:1]; set xtics 0.2
set xlabel "Γ (±2 ms), held-out stimuli"
set key at screen 0.56,0.99 center top maxrows 4 samplen 1 width 1
do for [i=1:n] {
    if (begins(i)) {
        set label 10+i word(sizes, i)." unit".(word(sizes, i) eq "1" ? "" : "s") at graph 0.99,first row(i) right textcolor rgb DIM font FONT.",13"
        if (i > 1) { set arrow i from graph 0,first row(i)-1 to graph 1,first row(i)-1 nohead ls 9 back }
    }
}
set label 2 "units per layer" at screen 0.19,0.918 right textcolor rgb DIM font FONT.",12"
plot f using "gamma_mean":(at("membrane", "and", -down)):"gamma_low":"gamma_high" with xerrorbars lc rgb SLIF lw 2.2 pt 9 ps P(1.0) title "potentials passed on, all reset together", \
     f using "gamma_mean":(at("membrane", "own", -0.09)):"gamma_low":"gamma_high" with xerrorbars lc rgb INK lw 2.2 pt 6 ps P(0.8) title MO_sum > 0 ? "potentials passed on, each resets itself" : "", \
     f using "gamma_mean":(at("spike", "own", 0.09)):"gamma_low":"gamma_high" with xerrorbars lc rgb GREY lw 2.2 pt 5 ps P(0.8) title SO_sum > 0 ? "spikes passed on, each resets itself" : "", \
     f using "gamma_mean":(at("spike", "and", 0.27)):"gamma_low":"gamma_high" with xerrorbars lc rgb LIF lw 2.2 pt 4 ps P(0.8) title SA_sum > 0 ? "spikes passed on, all reset together" : ""
