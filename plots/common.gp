# One look for all figures. A figure sets W and H (px) and loads this file; plots/draw gives in, out, name, fmt and plots.
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

# 1 where the file is: some figures show what there is of a family's models
there(file) = int(system("test -r '".file."' && echo 1 || echo 0"))

# models
HH   = "#0072B2"  # blue: HH, in every figure
LIF  = "#D55E00"  # vermillion: its LIF counterpart
ALT  = "#009E73"  # green: a second variant
SUN  = "#E69F00"  # orange
PINK = "#CC79A7"
INK  = "#222222"  # text, axes
DIM  = "#8A8A8A"  # guides and notes
PALE = "#E4E4E4"  # grid

set style line 1 lc rgb HH   lw 2.2 pt 7 ps P(0.8)
set style line 2 lc rgb LIF  lw 2.2 pt 5 ps P(0.8)
set style line 3 lc rgb ALT  lw 2.2 pt 9 ps P(1.0)
set style line 4 lc rgb SUN  lw 2.2 pt 13 ps P(1.0)
set style line 5 lc rgb PINK lw 2.2 pt 11 ps P(1.0)
set style line 9 lc rgb DIM  lw 1.4 dt 2

set border 3 lc rgb INK lw 1
set tics nomirror scale 0.6 textcolor rgb INK
set grid xtics ytics lc rgb PALE lw 1 lt 1
set key Left reverse textcolor rgb INK samplen 2 spacing 1.15 noautotitle
set xlabel textcolor rgb INK
set ylabel textcolor rgb INK
set title textcolor rgb INK
# a log axis's numbers as powers of ten
POWER = "10^{%T}"
