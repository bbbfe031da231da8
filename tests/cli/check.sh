# What the scripts of this suite share: sourced by each before it leaves its folder.
checks=0
failures=0

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
finish() { # finish MINIMUM: ends the script; fewer checks than that means that it did not run to its end
    echo "$checks checks, $failures failed"
    [ "$checks" -ge "$1" ] || exit 99
    [ "$failures" -eq 0 ]
    exit
}
