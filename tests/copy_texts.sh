# For tests that change documents or what they are made of; sourced.
copy_texts() { # SOURCE FOLDER: what hh4lif-claims --texts reads and writes, writable; the folder is made
    mkdir -p "$2/docs" "$2/results" || return
    cp -r "$1/docs/text" "$2/docs/" && cp -r "$1/results/reference" "$2/results/" && chmod -R u+w "$2" || return
    for copied in $(cd "$1" && ls experiments/*/claims.json experiments/*/verdicts.json) $(cd "$1/docs/text" && find . -type f); do
        mkdir -p "$2/$(dirname "$copied")" && cp "$1/$copied" "$2/$copied" || return
    done
}
