# What the steps of .ci/deep that are shell scripts share; each sources it before it does anything.
tree=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd) || exit 99

fail() { # WORDS [STATUS]: the last line of a step says how it ended
    echo "$1"
    exit "${2:-1}"
}
folder() { # BUILD NAME: where a step's builds, roots and logs go
    printf '%s\n' "${H4L_DEEP_DIR:-$1/deep}/$2"
}
make_build() { # COMPILER TARGETS OPTION...: a build of the tree in $dir; no targets: all of it; the options are those of meson setup
    if command -v ccache >/dev/null; then CC="ccache $1"; else CC=$1; fi
    export CC
    targets=$2
    shift 2
    [ -f "$dir/build.ninja" ] || meson setup "$dir" "$tree" "$@" || fail "meson setup failed"
    # shellcheck disable=SC2086 # the targets are words
    ninja -C "$dir" $targets >"$dir/build.log" 2>&1 || {
        grep -m 5 -A 5 'error' "$dir/build.log" || tail -n 20 "$dir/build.log"
        fail "the build failed"
    }
}
counts() { # LOG: meson's counts of its tests, on one line
    sed -n 's/^\(Ok\|Fail\|Timeout\|Skipped\): *\([0-9]*\).*/\1 \2/p' "$1" | paste -sd' '
}
suites() { # ARGUMENT of meson test...: runs the tests of the build in $dir, all of which must pass; their counts go to $summary
    meson test -C "$dir" --no-rebuild --print-errorlogs "$@" >"$dir/test.log" 2>&1
    status=$?
    cat "$dir/test.log"
    summary=$(counts "$dir/test.log")
    [ $status = 0 ] || fail "$summary"
}
