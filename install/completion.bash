# bash completion of the hh4lif programs. What a program knows it is asked for: options and parameters from --help, cases, claims and
# figures from --list, so that there is no second list to keep.
_hh4lif() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} program=$1 words=
    # bash splits at '=': "--tier=full" is three words
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $prev in
    --case | --claim | --only) words=$("$program" --list 2>/dev/null | sed 's/ .*//') ;;
    --row) words=$("${program/%report/claims}" --format csv 2>/dev/null | sed '1d' | cut -d, -f3 | sort -u) ;;
    --set) words=$("$program" --help 2>/dev/null | sed -n 's/^  \([A-Za-z0-9_]*=\)[A-Z,.]*$/\1/p') ;;
    --tier) words='quick standard full' ;;
    --family) words='control dynamics efficiency equivalence fitting information multitask' ;;
    --progress) words='auto always never' ;;
    --format) words=$("$program" --help 2>/dev/null | sed -n 's/^.*--format[ =]\([a-z|]*\).*/\1/p' | tr '|' ' ') ;;
    --*) ;;
    esac
    if [[ -n $words ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
        if [[ $prev == --set ]]; then
            compopt -o nospace 2>/dev/null || true
        fi
    elif [[ $cur == -* ]]; then
        words=$("$program" --help 2>/dev/null | grep -o -- '--[a-z][a-z-]*' | sort -u)
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    else
        compopt -o default 2>/dev/null || true
        COMPREPLY=()
    fi
}
complete -F _hh4lif @PROGRAMS@
