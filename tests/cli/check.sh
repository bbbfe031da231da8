# What the scripts of this suite share: sourced by each before it leaves its folder.
LC_ALL=C
export LC_ALL
checks=0
failures=0

absolute() { printf '%s/%s\n' "$(cd "$(dirname "$1")" && pwd)" "${1##*/}"; } # meson gives paths from the build folder
scratch() { # into a folder of its own, which goes away with the script
    work=$(mktemp -d) || exit 99
    trap 'rm -rf "$work"' EXIT
    cd "$work" || exit 99
}

check() { # check WHAT CONDITION...: the condition is a command; on a failure the last program's output is shown
    what=$1
    shift
    checks=$((checks + 1))
    if "$@"; then
        echo "  ok   $what"
    else
        echo "  FAIL $what"
        sed 's/^/         | /' stdout stderr
        failures=$((failures + 1))
    fi
}
ends() { # ends STATUS COMMAND...: runs it into the files stdout and stderr, its status into $status, which must be STATUS
    wanted=$1
    shift
    "$@" >stdout 2>stderr
    status=$?
    check "exit $wanted (got $status): $*" [ "$status" -eq "$wanted" ]
}
refused() { # refused TEXT PROGRAM ARGUMENT...: exit 2, and the message has the text
    text=$1
    shift
    ends 2 "$@" --out out --quiet
    check "the message says: $text" grep -qF -- "$text" stderr
}
says() { check "stderr has: $1" grep -qF -- "$1" stderr; }
prints() { check "stdout has: $1" grep -qF -- "$1" stdout; }
metrics() { sed -n '/^  "metrics"/,/^  }/p' "$1"; }
finish() { # finish MINIMUM: ends the script; fewer checks than that means that it did not run to its end
    echo "$checks checks, $failures failed"
    [ "$checks" -ge "$1" ] || exit 99
    [ "$failures" -eq 0 ]
    exit
}
