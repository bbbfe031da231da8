#!/bin/sh
# Each header compiles alone, and all of them in one unit, so that no name means two things. A header is one with an include
# guard; those without are parts of a source and need its macros.
# Usage: headers.sh SOURCE-ROOT BUILD-ROOT COMPILER [ARGUMENT]...
set -u
root=$1
build=$2
shift 2
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$root" || exit 99

failed=0
compiles() { # NAME SOURCE COMPILER [ARGUMENT]...
    name=$1
    source=$2
    shift 2
    "$@" -fsyntax-only -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wshadow -Wno-psabi -Werror \
        -I. -Isrc -I"$build/src" $(printf -- '-I%s ' experiments/*/) "$source" 2>"$work/errors" && return
    echo "FAILED: $name"
    head -n 20 "$work/errors"
    failed=1
}

headers=$(find analysis claims compare experiments src sweep -name '*.h' -exec grep -l '^#ifndef H4L_.*_H$' {} + | sort)
for header in $headers; do
    echo "#include \"$header\"" >"$work/one.c"
    compiles "$header alone" "$work/one.c" "$@"
    case $header in
    */lanes.h | *.lanes.h | src/cell/step.h) ;; # the dialect of the vector files has short names, which only those include
    *) cat "$work/one.c" >>"$work/all.c" ;;
    esac
done
compiles "all headers together" "$work/all.c" "$@"
n=$(wc -l <"$work/all.c")
echo "$n headers"
[ $failed = 0 ] && [ "$n" -ge 50 ]
