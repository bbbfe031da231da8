#!/bin/sh
# `meson install` into a folder that is then moved: every program runs there from any folder, a C program builds on the library, and
# nothing points back to the source tree.
# Usage: install.sh MESON BUILD-ROOT SOURCE-ROOT PREFIX MAN-PAGES(1 or 0) COMPILER [ARGUMENT]...
set -u
. "$(dirname "$0")/check.sh"
meson=$1 build=$2 source=$3 prefix=$4 man=$5
shift 5
scratch
ends 0 "$meson" install -C "$build" --no-rebuild --strip --destdir "$work/dest"
mv "$work/dest$prefix" "$work/moved" || exit 99
rm -rf "$work/dest"
mkdir elsewhere && cd elsewhere || exit 99
moved=$work/moved
bin=$moved/bin
share=$moved/share/hh4lif
prints_nothing() { check "$1" [ ! -s stdout ]; }

# ---- programs ----
for program in bench claims compare control dynamics efficiency equivalence fitting information multitask report sweep warmup; do
    ends 0 "$bin/hh4lif-$program" --version
    prints "hh4lif "
done
ends 0 "$bin/hh4lif-draw" --list
prints equivalence-slif-map
literal=$(printf '%s' "$source" | sed 's/[][\\.*^$+?(){}|]/\\&/g') # a folder's name is no pattern
grep -laE "(^|[^[:alnum:]_.-])$literal/" "$bin"/* "$moved"/lib/*/libhh4lif.so.* "$moved"/lib/libhh4lif.so.* "$moved"/lib*/*/pkgconfig/* >stdout 2>/dev/null
prints_nothing "no path of the source tree in programs, library and hh4lif.pc"

# ---- a case, its claim, and the registered results, away from the source ----
ends 0 "$bin/hh4lif-equivalence" --case 'xor-*' --out results/mine
ends 0 "$bin/hh4lif-claims" --claim E2 --results results/mine
prints "registered figures agree"
ends 0 "$bin/hh4lif-claims" --claim L1 --summary
prints "kept results: "
ends 3 "$bin/hh4lif-claims" --claim E4 --results results/mine
prints "make it by: hh4lif-equivalence --case"
ends 0 "$bin/hh4lif-compare" results/mine results/mine
ends 0 "$bin/hh4lif-report" --results results/mine --family equivalence --output report.html || true
ends 0 env H4L_DATADIR="$source" "$bin/hh4lif-claims" --list
ends 3 env H4L_DATADIR="$work/nowhere" "$bin/hh4lif-claims" --list
says "$work/nowhere/experiments"
if command -v gnuplot >/dev/null; then
    ends 0 "$bin/hh4lif-draw" --results results/mine --only equivalence-xor-raster --format svg
    check "a figure" [ -s results/mine/figures/equivalence-xor-raster.svg ]
fi

# ---- the library ----
shared=$(find "$moved" -name 'libhh4lif.so.*.*.*')
static=$(find "$moved" -name libhh4lif.a)
libdir=$(dirname "$shared")
check "a shared library with a version" [ -n "$shared" ]
nm -D --defined-only "$shared" | awk '{ print $3 }' | grep -v '^h4l_' >stdout
prints_nothing "it shows names that begin with h4l_ only"
check "its name for the linker is libhh4lif.so.0" sh -c "objdump -p '$shared' | grep -q 'SONAME *libhh4lif.so.0\$'"
check "the static library is whole, not a list of files of the build" [ "$(head -c 7 "$static")" = '!<arch>' ]
export PKG_CONFIG_PATH="$libdir/pkgconfig"
sed -i "s|^prefix=/.*|prefix=$moved|" "$PKG_CONFIG_PATH/hh4lif.pc" # of a build folder older than the option pkgconfig.relocatable
flags=$(pkg-config --cflags --libs hh4lif) || exit 99
check "pkg-config names the version of the programs" [ "hh4lif $(pkg-config --modversion hh4lif)" = "$("$bin/hh4lif-claims" --version | head -n 1)" ]
# shellcheck disable=SC2086 # flags are words
example() { # example WHAT COMPILER...
    what=$1
    shift
    ends 0 "$@"
    ends 0 env LD_LIBRARY_PATH="$libdir" ./example
    check "$what" grep -qx '13 and 15 spikes, SPIKE-distance 0.241564' stdout
}
example "a program on the shared library" "$@" -Wall -Wextra -Werror "$source/docs/library-example.c" -o example $flags
# OpenBLAS is the shared one here, which brings its Fortran library along; only a static one would need the compiler's.
example "a program on the static library" "$@" "$source/docs/library-example.c" -o example $(pkg-config --cflags hh4lif) \
    "$static" $(pkg-config --static --libs hh4lif | sed 's/-lhh4lif//; s/-lgfortran//g')
(cd "$moved/include" && find hh4lif -name '*.h' | sed 's/.*/#include <&>/') >all.c
check "50 headers or more" [ "$(wc -l <all.c)" -ge 50 ]
ends 0 "$@" -fsyntax-only -D_GNU_SOURCE -Wno-psabi all.c $(pkg-config --cflags hh4lif)

# ---- man pages and completion ----
if [ "$man" = 1 ]; then
    check "a man page for each program" [ "$(find "$moved/share/man/man1" -name 'hh4lif-*.1' | wc -l)" -eq "$(find "$bin"/ -name 'hh4lif-*' | wc -l)" ]
    grep -E '[^ ]{79}' "$moved"/share/man/man1/* >stdout
    prints_nothing "no word that is longer than a line"
    check "it has the options" grep -q 'fB\\-\\-tier' "$moved/share/man/man1/hh4lif-dynamics.1"
fi
complete() { # complete PROGRAM WORD...: what bash offers for the last word
    PATH="$bin:$PATH" bash -c '
        . "$0/bash-completion/completions/$1" && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _hh4lif "$1" && printf "%s\n" "${COMPREPLY[@]}"
    ' "$moved/share" "$@" >stdout 2>stderr
}
if command -v bash >/dev/null; then
    complete hh4lif-equivalence --ca
    check "an option" grep -qx -- --case stdout
    complete hh4lif-equivalence --case xor-4
    check "cases" [ "$(tr '\n' ' ' <stdout)" = 'xor-40-40 xor-40-0 ' ]
    complete hh4lif-equivalence --set slif_hh_t
    check "a parameter" grep -qx 'slif_hh_threshold_mV=' stdout
    complete hh4lif-claims --claim E
    check "claims" grep -qx E2 stdout
    complete hh4lif-compare --format ma
    check "a format" grep -qx markdown stdout
fi
if command -v zsh >/dev/null; then
    ends 0 zsh -n "$moved/share/zsh/site-functions/_hh4lif"
fi
finish 45
