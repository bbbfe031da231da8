#!/bin/sh
# Lists the headers of the library, one a line: those of src and analysis with an include guard, but for the inner parts of a folder
# (kernels, lanes, vectors, *_internal, *_private, *_level) and what includes these.
# Usage: headers.sh SOURCE-ROOT
cd "$1" || exit 99
list=$(find src analysis -name '*.h' -exec grep -l '^#ifndef H4L_.*_H$' {} + |
    grep -Ev '(_internal|_private|_level|/vec_[a-z0-9]*|/kernels?[a-z_]*|_kernel|/lanes)\.h$' | sort)
while :; do
    kept=$(for header in $list; do
        complete=yes
        for name in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$header"); do
            echo "$list" | grep -qx -e "src/$name" -e "$name" || complete=no
        done
        [ $complete = no ] || echo "$header"
    done)
    [ "$kept" != "$list" ] || break
    list=$kept
done
echo "$list"
