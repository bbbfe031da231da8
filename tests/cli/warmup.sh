#!/bin/sh
# hh4lif-warmup from outside: usage errors, files that cannot be read, and the committed policies on the held-out starts.
# Usage: warmup.sh PATH-OF-hh4lif-warmup FOLDER-OF-THE-POLICIES
set -u
. "$(dirname "$0")/check.sh"
program=$(absolute "$1")
policies=$(cd "$2" && pwd)
scratch

expect() { # expect STATUS ARGUMENT...
    wanted=$1
    shift
    ends "$wanted" "$program" "$@"
}

expect 0 --help
expect 0 --version
expect 2
says '--env is missing'
expect 2 --env pole --out p.json
says 'ip|idp'
expect 2 --env ip
says '--out FILE'
expect 2 --env ip --out p.json --try p.json
expect 2 --env ip --out p.json extra
says 'unexpected argument "extra"'
expect 2 --env ip --out p.json --seed -1
expect 2 --env ip --out p.json --expert-steps 10
expect 2 --env ip --out p.json --round 3x
says 'round'

"$program" --env ip --try "$policies/ip.json" >stdout 2>stderr
if [ $? -eq 77 ]; then # built without MuJoCo
    says 'libmujoco-dev'
    expect 77 --env idp --out p.json
    check 'nothing is written' [ ! -e p.json ]
    finish 15
fi
for env in ip idp; do
    expect 0 --env $env --try "$policies/$env.json"
    check "$env: all episodes are balanced" [ "$(grep -c 'balanced 14 of 14 episodes' stdout)" -eq 2 ]
done
expect 3 --env idp --try "$policies/ip.json"
says 'another environment'
expect 3 --env ip --try no-such-file
echo '{' >broken.json
expect 3 --env ip --try broken.json
expect 1 --env ip --out p.json --expert-steps 1000 --quiet
says 'never balanced'
check 'nothing is written' [ ! -e p.json ]
finish 25
