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

# A header that its own source includes before all else was compiled alone by the build.
leads() { # HEADER
    own=${1%.h}.c
    [ -f "$own" ] && case $(grep -m 1 '^#include' "$own") in "#include \"$1\"" | "#include \"${1#*/}\"" | "#include \"${1##*/}\"") true ;; *) false ;; esac
}

headers=$(find analysis claims compare experiments src sweep -name '*.h' -exec grep -l '^#ifndef H4L_.*_H$' {} + | sort)
for header in $headers; do
    echo "#include \"$header\"" >"$work/one.c"
    leads "$header" || compiles "$header alone" "$work/one.c" "$@"
    case $header in
    */lanes.h | *.lanes.h | src/cell/step.h) ;; # the dialect of the vector files has short names, which only those include
    *) cat "$work/one.c" >>"$work/all.c" ;;
    esac
done
compiles "all headers together" "$work/all.c" "$@"

# A change of a JSON value whose failure nobody looks at does not compile: base/json.h sees to it, so jansson comes by it alone.
cat >"$work/unchecked.c" <<'END'
#include "base/json.h"
void f(json_t *o, json_t *a);
void f(json_t *o, json_t *a) { CHANGE; }
END
for change in 'json_object_set_new(o, "a", a)' 'json_object_set(o, "a", a)' 'json_object_update_new(o, a)' 'json_array_append_new(o, a)' \
    'json_array_append(o, a)' 'json_array_extend(o, a)'; do
    sed "s/CHANGE/$change/" "$work/unchecked.c" >"$work/one.c"
    case $change in
    *_set\(* | *update_new* | *append\(*) # inline in jansson.h, where clang takes no such attribute
        if "$@" --version | grep -q clang; then continue; fi
        ;;
    esac
    if "$@" -c -o /dev/null -std=gnu17 -Wall -Werror -Isrc "$work/one.c" 2>"$work/errors" || ! grep -q 'unused.result' "$work/errors"; then
        echo "FAILED: $change compiles"
        failed=1
    fi
    sed "s/CHANGE/if ($change) json_decref(o)/" "$work/unchecked.c" >"$work/one.c"
    compiles "$change, looked at" "$work/one.c" "$@"
done
if grep -rnE '\bjson_(deep_)?copy\(' analysis bench claims compare experiments src sweep | grep -v '^src/base/json.c:'; then
    echo "FAILED: h4l_json_copy instead, which loses nothing"
    failed=1
fi
if grep -rln '#include <jansson.h>' analysis bench claims compare experiments src sweep | grep -v '^src/base/json.h$'; then
    echo "FAILED: include base/json.h instead"
    failed=1
fi

n=$(wc -l <"$work/all.c")
echo "$n headers"
[ $failed = 0 ] && [ "$n" -ge 50 ]
