#compdef @PROGRAMS@
# zsh completion of the hh4lif programs: asks the program itself, as the one for bash does.
_hh4lif() {
    local program=${words[1]} previous=${words[CURRENT - 1]}
    local -a found
    case $previous in
    --case | --claim | --only) found=(${(f)"$($program --list 2>/dev/null | sed 's/ .*//')"}) ;;
    --row) found=(${(f)"$(${program/%report/claims} --format csv 2>/dev/null | sed '1d' | cut -d, -f3 | sort -u)"}) ;;
    --set)
        found=(${(f)"$($program --help 2>/dev/null | sed -n 's/^  \([A-Za-z0-9_]*=\)[A-Z,.]*$/\1/p')"})
        compadd -S '' -a found
        return
        ;;
    --tier) found=(quick standard full) ;;
    --family) found=(control dynamics efficiency equivalence fitting information multitask) ;;
    --progress) found=(auto always never) ;;
    --format) found=(${(s:|:)"$($program --help 2>/dev/null | sed -n 's/^.*--format[ =]\([a-z|]*\).*/\1/p')"}) ;;
    *)
        if [[ ${words[CURRENT]} == -* ]]; then
            found=(${(f)"$($program --help 2>/dev/null | grep -o -- '--[a-z][a-z-]*' | sort -u)"})
        else
            _files
            return
        fi
        ;;
    esac
    compadd -a found
}
_hh4lif "$@"
