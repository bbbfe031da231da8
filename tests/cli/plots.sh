#!/bin/sh
# plots/draw from outside: what it draws, what it says is missing, its exit statuses, and that figures repeat byte for byte.
# Usage: plots.sh PATH-OF-plots/draw PATH-OF-hh4lif-equivalence PATH-OF-hh4lif-efficiency
set -u
. "$(dirname "$0")/check.sh"
draw=$(absolute "$1")
equivalence=$(absolute "$2")
efficiency=$(absolute "$3")
command -v gnuplot >/dev/null || {
    echo "gnuplot is not installed"
    exit 77
}
scratch

expect() { # expect STATUS ARGUMENT...
    wanted=$1
    shift
    ends "$wanted" "$draw" "$@"
}
no_leftovers() {
    find "$1" -name '.*' ! -name . ! -name .. | grep . >hidden
    check "nothing half-written in $1" [ ! -s hidden ]
}

# ---- usage ----
expect 0 --help
for option in results out only format list help; do prints "--$option"; done
expect 0 --list
prints equivalence-slif-map
expect 0 --version
prints "draw (hh4lif) $(cat "$(dirname "$draw")/../VERSION")"
check "common.gp is no figure" sh -c '! grep -q common stdout'
expect 2 --format pdf
says 'expected svg, png or both'
expect 2 --nonsense
says '--nonsense'
expect 2 --only
says '--only needs a value'
expect 2 --only voltage
says equivalence-voltage
expect 3 --results nowhere
says nowhere
: >file
mkdir results
expect 4 --results results --out file/figures
says file/figures

# ---- nothing to draw is not an error, but is said ----
expect 0 --results results
prints 'equivalence-voltage: not drawn, missing or empty in results: equivalence/single-trace-sine10.csv'
prints 'hh4lif-equivalence --case single'
expect 3 --results results --only equivalence-voltage

# ---- tiny results; the folder's name tries the quoting ----
results="it's a/\"test\" \$x"
mkdir -p "$results"
waves='--case slif-const --case slif-sine --case slif-square --case slif-sawtooth --case slif-triangle'
"$equivalence" --case single --set dt_ms=0.05,0.02 --set t_end_ms=20 --set float_run_ms=10 --out "$results" --quiet || exit 99
# shellcheck disable=SC2086
"$equivalence" $waves --set slif_hh_dt_ms=0.01 --out "$results" --quiet || exit 99
"$equivalence" --case slif-map --case slif-jitter --set slif_hh_dt_ms=0.01 --set slif_map_frequencies=3 \
    --set slif_map_amplitudes=4 --set slif_jitter_draws=3 --out "$results" --quiet || exit 99
names='equivalence-voltage equivalence-convergence equivalence-slif-waveforms equivalence-slif-map equivalence-slif-jitter'
only=$(for name in $names; do printf ' --only %s' "$name"; done)
# shellcheck disable=SC2086
expect 0 --results "$results" $only
check "gnuplot has nothing to complain about" [ ! -s stderr ]
figures=$results/figures
no_leftovers "$figures"
# shellcheck disable=SC2086
expect 0 --results "$results" --out again $only
for name in $names; do
    check "$name.svg repeats" cmp "$figures/$name.svg" "again/$name.svg"
    check "$name.png repeats" cmp "$figures/$name.png" "again/$name.png"
    check "$name.svg is whole" grep -q '</svg>' "$figures/$name.svg"
    check "$name.svg has no line without a point, which would end the path" [ "$(grep -cE " d='[^']*l(M|')" "$figures/$name.svg")" -eq 0 ]
    check "$name.svg says its tier" grep -q '>quick tier<' "$figures/$name.svg"
    check "$name.svg has a title" grep -q "<title>$("$draw" --list | sed -n "s/^$name  *//p")</title>" "$figures/$name.svg"
    check "$name.svg names fonts to fall back on" grep -q 'font-family="DejaVu Sans, .*sans-serif"' "$figures/$name.svg"
    check "$name.svg is bare of paths of this machine" sh -c '! grep -qF "$1" "$2"' - "$work" "$figures/$name.svg"
    check "$name.png is a PNG" sh -c 'head -c 4 "$1" | grep -q PNG' - "$figures/$name.png"
done

# ---- a figure of seeds says how many: the fewest and the most of the results that it shows ----
mkdir -p seeds/control
for case in stated-ip-lif stated-ip-hh stated-ip-slif2hh ip-lif ip-hh ip-slif2hh ip-4lif; do
    printf 'step,mean,sd\n0,1,0.1\n1,1.5,0.1\n' >"seeds/control/$case-band.csv"
    [ $case = ip-4lif ] && list='1, 2' || list='1, 2, 3, 4, 5'
    [ $case = ip-lif ] && first=101 || first=1
    printf '{\n  "metrics": {\n    "seeds": [%s]\n  },\n  "seed": %s,\n  "tier": "full"\n}\n' "$list" $first >"seeds/control/$case.json"
done
expect 0 --results seeds --only control-ip --format svg
check "control-ip.svg says its tier and seeds" grep -q '>full tier, n = 2 to 5 seeds from 1 and 101<' seeds/figures/control-ip.svg

# ---- the colours of models.inc stand out from white by 3:1, those of text by 4.5:1; a figure has no other model colours ----
folder=$(dirname "$draw")
cat "$folder/models.inc" "$folder/common.gp" | sed -n 's/^\(DIM\|INK\|GREY\) *= "#\(......\)".*/\1 \2/p; s/^colour_\([a-z0-9]*\) = "#\(......\)".*/\1 \2/p' |
    awk '
        function linear(text,    v) {
            v = (index("0123456789ABCDEF", substr(text, 1, 1)) * 16 + index("0123456789ABCDEF", substr(text, 2, 1)) - 17) / 255
            return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ^ 2.4
        }
        {
            light = 0.2126 * linear(substr($2, 1)) + 0.7152 * linear(substr($2, 3)) + 0.0722 * linear(substr($2, 5))
            contrast = 1.05 / (light + 0.05)
            printf "%s %.2f %s\n", $1, contrast, contrast < ($1 ~ /^(DIM|INK)$/ ? 4.5 : 3) ? "faint" : "clear"
        }' >contrasts
cat contrasts
check "all colours are looked at" [ "$(wc -l <contrasts)" -eq 14 ]
check "no colour is faint" sh -c '! grep faint contrasts'
check "figures take the models' colours from models.inc" \
    sh -c '! grep -inE "#(0072B2|D55E00|009E73|E69F00|CC79A7|56B4E9|CC4C99|A87900)" "$1"/*.gp "$1"/control-curves.inc "$1"/multitask-curves.inc' - "$folder"

# ---- packed results: the same figures ----
"$(dirname "$draw")/../results/pack" "$results" "it's packed" || exit 99
# shellcheck disable=SC2086
expect 0 --results "it's packed" --out unpacked --format svg $only
for name in $names; do check "$name.svg from packed results" cmp "$figures/$name.svg" "unpacked/$name.svg"; done
check "the packed ones stay packed" [ "$(ls "it's packed"/*/*.csv 2>/dev/null)" = "" ]
mkdir -p tiers
cp -r "it's packed" tiers/full
mkdir -p tiers/standard/equivalence
cp tiers/full/equivalence/series.tar.gz tiers/standard/equivalence
# shellcheck disable=SC2086
expect 0 --results tiers --out of-tiers --format svg $only
for name in $names; do check "$name.svg from packed results of several tiers" cmp "$figures/$name.svg" "of-tiers/$name.svg"; done
# Of several rounds the last one that has a case is drawn; a run beside the main one has other parameters.
mkdir -p rounds/standard-3 rounds/full-2
cp -r "it's packed" rounds/full
for run in standard-3/main full-2/main full-2/scale255; do cp -r "it's packed" rounds/$run; done
sed -i 's/"tier": "quick"/"tier": "standard"/' rounds/standard-3/main/equivalence/*.json
sed -i 's/"tier": "quick"/"tier": "full"/' rounds/full-2/*/equivalence/*.json
expect 0 --results rounds --format svg --only equivalence-voltage
check "the last round is drawn" grep -q '>standard tier<' rounds/figures/equivalence-voltage.svg
rm -r rounds/standard-3 rounds/full-2/main
expect 0 --results rounds --format svg --only equivalence-voltage
check "no run beside the main one is drawn" grep -q '>quick tier<' rounds/figures/equivalence-voltage.svg
cp -r "it's packed" torn
head -c 100 "it's packed/equivalence/series.tar.gz" >torn/equivalence/series.tar.gz
expect 3 --results torn --out unpacked
says 'torn: cannot be unpacked'
"$(dirname "$draw")/../results/pack" "$results" again-packed || exit 99
check "packed twice is packed once" cmp "it's packed/equivalence/series.tar.gz" again-packed/equivalence/series.tar.gz

# ---- every figure: from the kept results, small runs, and rows of tables (tests/data/plots) ----
source=$(dirname "$draw")/..
rm -rf every && cp -r "$source/tests/data/plots" every
"$equivalence" --case 'xor-*' --case fc --set dt_ms=0.02 --set t_end_ms=20 --out every --quiet || exit 99
"$efficiency" --case operations --out every --quiet && "$efficiency" --case memory --set batch=2 --out every --quiet || exit 99
cp -r "$results/equivalence/"* every/equivalence/
for tier in standard full; do "$source/plots/tables" "$source/results/reference/$tier" every || exit 99; done
awk 'BEGIN { print "image,row,column,pixel,label_task1,label_task2"
    for (i = 0; i < 8; i++) for (r = 0; r < 36; r++) for (c = 0; c < 36; c++) print i "," r "," c "," (r * c) % 256 ",1,2" }' >every/multitask/samples-images.csv
expect 0 --results every --format svg
for name in $("$draw" --list | sed 's/ .*//'); do check "$name is drawn" [ -s "every/figures/$name.svg" ]; done
# Topologies of one's own: each has a row, under its number of units.
mkdir -p own/fitting
{
    head -n 1 every/fitting/topologies.csv
    for shape in 3+1,4 2+1,3 ring3,3; do echo "$shape,and,membrane,13,0.78,0.76,0.81,0.79,0.76,0.81,0.83"; done
} >own/fitting/topologies.csv
expect 0 --results own --only fitting-topologies --format svg
for text in 3+1 2+1 ring3 '3 units' '4 units'; do check "fitting-topologies.svg has \"$text\"" grep -qF ">$text<" own/figures/fitting-topologies.svg; done
check "and nothing of the built-in list" sh -c '! grep -qE ">(1\+3|ring4|5 units)<" own/figures/fitting-topologies.svg'
# All distances 0: trains that are the same. The axis still has a length.
mkdir -p same/dynamics
awk -F, -v OFS=, 'NR > 1 { for (i = 4; i <= NF; i++) $i = 0 } { print }' every/dynamics/spike-timing.csv >same/dynamics/spike-timing.csv
expect 0 --results same --only dynamics-spike-timing --format svg
# A folder's name is no command, and a terminal in the environment is none of gnuplot's.
mkdir -p "x'; touch run; '/control" "x'; touch run; '/multitask"
cp every/control/*.csv "x'; touch run; '/control/"
cp every/multitask/*.csv "x'; touch run; '/multitask/"
expect 0 --results "x'; touch run; '" --format svg --only control-final --only control-ip --only control-noise-sweep --only multitask-samples \
    --only multitask-final --only multitask-fc-accuracy --only multitask-width
check "the folder's name is not run" [ ! -e run ]
GNUTERM=nonsense ends 0 "$draw" --results same --only dynamics-spike-timing --format svg
check "nothing is complained about" [ ! -s stderr ]
# Names that gnuplot 6 has as functions of its own, which a figure may not define.
check "no figure defines a function of gnuplot 6" sh -c '! grep -nE "^(index|trim|split|join|palette|stringcolumn|timecolumn|rgbcolor|hsv2rgb|sum|word|words|substr|strstrt|sprintf|gprintf|system|exists|value|column|columnhead|valid|tm_[a-z]+|time|strftime|strptime|erf|erfc|inverf|norm|invnorm|gamma|lgamma|lnGamma|igamma|ibeta|uigamma|lambertw|LambertW|zeta|expint|voigt|VP|VP_fwhm|besj[01n]|besy[01n]|besi[01n]|BesselJ|BesselY|BesselI|BesselK|Hankel1|Hankel2|Ai|Bi|FresnelC|FresnelS|SynchrotronF|Sign|sgn|conj|cerf|cdawson|faddeeva|erfi|EllipticK|EllipticE|EllipticPi|rand|floor|ceil|round|int|real|imag|arg|abs|cardinality) *\([a-z_, A-Z0-9]*\) *=" "$1"/*.gp "$1"/*.inc' - "$folder"

# ---- the documents' figures: each is shown or named, and is what the kept results give (the bytes are those of gnuplot 5.4) ----
shown=''
for file in "$source"/docs/figures/*.svg; do
    name=$(basename "$file" .svg)
    check "$name.svg is in a document" grep -q "figures/$name.svg" "$source/README.md" "$source/docs/findings.md"
    shown="$shown --only $name"
done
case $(gnuplot --version) in
*' 5.4 '*)
    # shellcheck disable=SC2086
    expect 0 --results "$source/results/reference" --out shown --format svg $shown
    for file in shown/*.svg; do
        name=$(basename "$file" .svg)
        check "plots/draw --results results/reference --out docs/figures --format svg --only $name was run" cmp "$file" "$source/docs/figures/$name.svg"
    done
    ;;
esac

# ---- one figure, one format ----
expect 0 --results "$results" --out one --only equivalence-voltage --format svg
check "only what was asked for" [ "$(ls one)" = equivalence-voltage.svg ]

# ---- a full disk, where one may be had (root): status 4, nothing is left ----
mkdir full
if mount -t tmpfs -o size=16k tmpfs full 2>stderr; then
    ends 4 "$draw" --results "$results" --out full --only equivalence-voltage
    complaints=$(grep -c 'equivalence-voltage.*cannot be written, so no further figure is drawn; free some space' stderr)
    left=$(ls -A full)
    umount full
    check "the first that does not fit is named, and nothing behind it tried" [ "$complaints" -eq 1 ]
    check "nothing is left" [ -z "$left" ]
else
    echo "  note: no full disk to try: $(cat stderr)"
fi

# ---- a table that is not what the figure was made for: the others are drawn, the old file stays, the status tells ----
cp one/equivalence-voltage.svg before.svg
trace=$results/equivalence/single-trace-sine10.csv
printf 't_ms,V_hh_mV\n0,-70\n1,-69\n' >"$trace"
expect 99 --results "$results" --out one --only equivalence-voltage --only equivalence-convergence --format svg
says 'no column with header "V_tv_exact_order_mV"'
says 'equivalence-voltage.svg failed'
check "the other figure is there" [ -s one/equivalence-convergence.svg ]
check "the old figure is untouched" cmp before.svg one/equivalence-voltage.svg
no_leftovers one
echo t_ms,V_hh_mV >"$trace"
expect 3 --results "$results" --out one --only equivalence-voltage
prints 'missing or empty'

finish 160
