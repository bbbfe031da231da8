#!/bin/sh
# The completion for zsh, in a zsh in a terminal: what a Tab makes of a line. 77: no zsh is there.
# Usage: zsh_completion.sh FOLDER-OF-THE-COMPLETION BUILD-ROOT
set -u
. "$(dirname "$0")/check.sh"
script=$(absolute "$(dirname "$0")/completion.zsh")
folder=$1 build=$2
command -v zsh >/dev/null || {
    echo "zsh is not installed: its completion is not tried here"
    exit 77
}
scratch
PATH=$build/claims:$build/compare:$(echo "$build"/experiments/*/ | tr ' ' :)$PATH
tab() { # tab LINE EXPECTED
    printf '%s\n' "$1" >>lines
    printf '%s|\n' "$2" >>expected
}
tab 'hh4lif-equivalence --ca' 'hh4lif-equivalence --case '
tab 'hh4lif-equivalence --case xor-40-4' 'hh4lif-equivalence --case xor-40-40 '
tab 'hh4lif-equivalence --set slif_hh_t' 'hh4lif-equivalence --set slif_hh_threshold_mV='
tab 'hh4lif-dynamics --tier st' 'hh4lif-dynamics --tier standard '
tab 'hh4lif-claims --family mul' 'hh4lif-claims --family multitask '
tab 'hh4lif-claims --claim D1' 'hh4lif-claims --claim D1 '
tab 'hh4lif-claims --row L1.st' 'hh4lif-claims --row L1.stated '
tab 'hh4lif-compare --format ma' 'hh4lif-compare --format markdown '
tab 'hh4lif-claims --results lin' 'hh4lif-claims --results lines '
ends 0 zsh -f "$script" "$folder" "$work" <lines
cp stdout got
exec 3<got
while read -r wanted; do
    read -r line <&3
    check "a Tab makes: $wanted (got: $line)" [ "$line" = "$wanted" ]
done <expected
finish 10
