# Types each line of standard input into an interactive zsh in a terminal of its own, presses Tab, and prints what the line became.
# Usage: zsh -f completion.zsh FOLDER-OF-THE-COMPLETION SCRATCH-FOLDER
zmodload zsh/zpty || exit 77
folder=$1 answers=$2/answers
: >$answers
export TERM=dumb
zpty -b shell zsh -f -i
drain() { local -h junk; while zpty -r -t shell junk 2>/dev/null; do :; done }
await() { # await LINES: until the file of answers has as many
    local -i tries=0
    until (($(wc -l <$answers) >= $1)); do
        drain
        ((tries++ < 600)) || { print -u2 "no answer within 30 s"; exit 1 }
        sleep 0.05
    done
}
zpty -w shell "PS1= COLUMNS=200; fpath=($folder \$fpath); autoload -Uz compinit; compinit -u -d $2/dump"
zpty -w shell "show() { print -r -- \"\$BUFFER|\" >>$answers; BUFFER=; }; zle -N show; bindkey '^X' show; print ready >>$answers"
await 1
n=1
while read -r line; do
    zpty -w -n shell "$line"$'\t\x18'
    await $((++n))
done
zpty -d shell
sed 1d $answers
