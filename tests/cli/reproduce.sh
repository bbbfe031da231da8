#!/bin/sh
# ./reproduce finds the build that it made, also in a folder whose name meson writes in another way.
# Usage: reproduce.sh PATH-OF-reproduce
set -u
. "$(dirname "$0")/check.sh"
script=$(absolute "$1")
scratch
eval "$(sed -n '/^built_from() {/,/^}/p' "$script")"

made_for() { # made_for FOLDER-IN-JSON FOLDER
    mkdir -p build/meson-info
    printf '{"meson_version": {"full": "1.0.1"}, "directories": {"source": "%s", "build": "x"}}' "$1" >build/meson-info/meson-info.json
    check "built for $2" [ "$(built_from)" = "$2" ]
}
made_for /home/ada/hh4lif /home/ada/hh4lif
made_for '/home/J\u00f6rg/\u795e\u7ecf' /home/Jörg/神经
made_for "/home/it's a \\\"b\\\" \$c" "/home/it's a \"b\" \$c"
rm -r build
check "no build, no folder" [ -z "$(built_from)" ]
finish 4
