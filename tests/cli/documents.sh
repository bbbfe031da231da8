#!/bin/sh
# The documents keep their size, their links lead somewhere, and the commands in them name programs, cases and files that there are.
#   documents.sh SOURCE BUILD
set -u
source=$1 build=$2
failed=0
fail() {
    echo "FAILED: $*"
    failed=$((failed + 1))
}
cd "$source" || exit 99
documents=$(ls ./*.md docs/*.md experiments/*/README.md results/*/README.md bench/README.md)

# ---- size ----
at_most() { # at_most LINES FILE...
    most=$1
    shift
    for file in "$@"; do
        n=$(wc -l <"$file")
        [ "$n" -le "$most" ] || fail "$file has $n lines, more than $most"
    done
}
at_most 110 README.md
at_most 130 REPRODUCE.md
at_most 70 experiments/*/README.md
[ "$(wc -c <README.md)" -le 8192 ] || fail "README.md has $(wc -c <README.md) bytes, more than 8192"
for registry in experiments/*/claims.json; do
    long=$(sed -n 's/.*"caption": "\([^"]*\)".*/\1/p' "$registry" | awk 'NF > 36' | head -1)
    [ -z "$long" ] || fail "$registry: a caption of more than 36 words, 40 with the report's \"This machine's quick tier.\": $long"
done

# ---- the families by name, each with what it measures ----
listed=$(./reproduce --list) || fail "./reproduce --list ends with $?"
for registry in experiments/*/claims.json; do
    name=$(basename "$(dirname "$registry")")
    printf '%s\n' "$listed" | grep -qE "^$name +[^ ].{10}" || fail "./reproduce --list says nothing of $name: $listed"
done

# ---- numbers ----
# A reason or a headline has its results filled in by {name}: nothing else in it is broken or in percent, but for an interval's level.
for registry in experiments/*/claims.json experiments/*/verdicts.json; do
    keys='headline|reason'
    [ "${registry##*/}" = verdicts.json ] || keys=headline # a reason there is why a criterion changed
    typed=$(grep -Eo "\"($keys)\": \"[^\"]*\"" "$registry" | sed 's/{[^}]*}//g; s/\(90\|95\) %//g' | grep -E '[0-9]\.[0-9]|[0-9] ?%' | head -1)
    [ -z "$typed" ] || fail "$registry: a result typed by hand: $typed"
done

# ---- links ----
for file in $documents; do
    folder=$(dirname "$file")
    sed 's/`[^`]*`//g' "$file" | grep -o '](\([^)]*\))' | sed 's/^](//; s/)$//' | while read -r link _; do
        case $link in
        http*) ;;
        \#*) echo "$file $link" ;;
        *) echo "$folder/${link%%#*} ${link#"${link%%#*}"}" ;;
        esac
    done | while read -r target anchor; do
        [ -e "$target" ] || { echo "$file: no $target"; continue; }
        [ -z "$anchor" ] && continue
        # an anchor is a heading in small letters, without punctuation, '-' for blanks
        sed -n 's/^##* //p' "$target" | tr '[:upper:] ' '[:lower:]-' | tr -cd 'a-z0-9_\n-' | grep -qx -- "${anchor#\#}" ||
            echo "$file: no heading $anchor in $target"
    done
done >"${TMPDIR:-/tmp}/links.$$"
while read -r line; do fail "$line"; done <"${TMPDIR:-/tmp}/links.$$"
rm -f "${TMPDIR:-/tmp}/links.$$"

# ---- commands ----
# Each line "build/FOLDER/PROGRAM ..." of a code block: the program is built, its cases are in --list. (docs/verdicts.md is made; a
# row that nobody has run may name a case that is still to come.)
tried=0
for file in $documents; do
    [ "$file" != docs/verdicts.md ] || continue
    sed -n 's/^ *\(PATH[^ ]* \)\{0,1\}\(build\/[^ ]*\/hh4lif-[a-z]*\)\(.*\)$/\2 \3/p' "$file" | sed 's/ #.*//'
done | sort -u >"${TMPDIR:-/tmp}/commands.$$"
while read -r program rest; do
    tried=$((tried + 1))
    [ -x "$build/${program#build/}" ] || { fail "$program is not built: $program $rest"; continue; }
    cases=$(echo "$rest" | grep -o -- "--case [^ ]*" | sed "s/--case //; s/['\"]//g")
    for pattern in $cases; do
        found=0
        for name in $("$build/${program#build/}" --list | sed 's/ .*//'); do
            # shellcheck disable=SC2254 # a pattern, as the program takes it
            case $name in $pattern) found=1 ;; esac
        done
        [ "$found" -eq 1 ] || fail "$program has no case $pattern"
    done
done <"${TMPDIR:-/tmp}/commands.$$"
rm -f "${TMPDIR:-/tmp}/commands.$$"
[ "$tried" -ge 20 ] || fail "found $tried commands in the documents, expected 20 and more"

echo "$tried commands, $failed failed"
[ "$failed" -eq 0 ]
