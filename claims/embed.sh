#!/bin/sh
# Writes the bytes of a file as a C array with a zero at the end: embed.sh SYMBOL FILE > FILE.c
set -e
printf 'extern const char %s[];\nconst char %s[] = {\n' "$1" "$1"
# Octal constants of one byte each; a byte above 0177 wraps into a signed char.
od -An -v -to1 "$2" | sed "s/ \([0-7][0-7][0-7]\)/'\\\\\1',/g"
echo "0};"
