# One look for all figures. A figure sets W and H (px) and loads this file; plots/draw gives in, out, name, fmt, note
# and plots.
#
# The figures are made to be read in a report at desktop width and on a phone: one column of at most 640 px, large type, light
# background, thin axes, and the colours of Okabe & Ito (2008), which people with colour-blindness can tell apart. PNG has twice the pixels.

set encoding utf8
set datafile separator comma
set datafile missing ""

FONT = "DejaVu Sans"
if (!exists("cap")) cap = "rounded" # ends and joins of lines; rasters of short strokes set "butt" before loading this
if (fmt eq "svg") {
    eval 'set terminal svg enhanced size W,H fixed font FONT.",15" background "#ffffff" name name '.cap
} else {
    eval 'set terminal pngcairo enhanced size 2*W,2*H font FONT.",15" fontscale 1.5 linewidth 2 pointscale 2 background "#ffffff" '.cap
}
set output out
# a point size that looks the same in both formats
P(size) = fmt eq "svg" ? 0.75*size : size

# A text as one word of the shell, whatever it holds: an apostrophe would else end the word, and what follows would be a command.
quoted(text) = "'".escaped(text)."'"
escaped(text) = strstrt(text, "'") ? text[1:strstrt(text, "'")-1]."'\\''".escaped(text[strstrt(text, "'")+1:*]) : text
# 1 where the file is: some figures show what there is of a family's models
there(file) = int(system("test -r ".quoted(file)." && echo 1 || echo 0"))

INK  = "#222222"  # text, axes
GREY = "#767676"  # a second set of points
DIM  = "#6B6B6B"  # guides and notes: 4.5:1 on white and more
PALE = "#E4E4E4"  # grid
load plots."/models.inc"

set border 3 lc rgb INK lw 1
set tics nomirror scale 0.6 textcolor rgb INK
set grid xtics ytics lc rgb PALE lw 1 lt 1
set key Left reverse textcolor rgb INK samplen 2 spacing 1.15 noautotitle
set xlabel textcolor rgb INK
set ylabel textcolor rgb INK
set title textcolor rgb INK
# a log axis's numbers as powers of ten
POWER = "10^{%T}"

# What the results were made with, in the lower right corner, so that a copied figure still says it. It is drawn before all else:
# every figure is a multiplot whose first plot is this line.
set multiplot
unset border; unset tics; unset grid
set lmargin at screen 0; set rmargin at screen 1; set bmargin at screen 0; set tmargin at screen 1
set xrange [0:1]; set yrange [0:1]
set label 1 note at screen 0.99, 8.0/H right textcolor rgb DIM font FONT.",11" noenhanced
plot NaN
unset label 1
set border 3 lc rgb INK lw 1
set tics nomirror scale 0.6 textcolor rgb INK
set xtics nomirror; set ytics nomirror
set grid xtics ytics lc rgb PALE lw 1 lt 1
set xrange [*:*]; set yrange [*:*]
set lmargin; set rmargin; set bmargin; set tmargin
# The level that guessing reaches, of ten classes; where an axis of accuracies begins: at 0 if some are near chance, and else near
# the least, so that small differences are seen.
CHANCE = 10
base(least) = least < 35 ? 0 : 5*floor(least/5 - 0.2)
