"""The list of planted bugs (mutations.txt): reading it, and whether each line is where it says.

As a program: planted.py ROOT checks that the line that each bug changes stands exactly once in its file.
"""
import os
import sys

KEYS = ("id", "kind", "file", "before", "after", "hurts", "tests")


def read(path):
    """The mutations of a list: dictionaries with KEYS; `tests` is a list of names, `at` the line of the entry."""
    found, entry = [], {}
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(list(stream) + ["\n"], 1):
            line = line.rstrip("\n")
            if line.startswith("#"):
                continue
            if not line.strip():
                if entry:
                    missing = [key for key in KEYS if key not in entry]
                    if missing:
                        raise ValueError("%s:%d: the entry lacks %s" % (path, entry["at"], ", ".join(missing)))
                    entry["tests"] = entry["tests"].split()
                    found.append(entry)
                entry = {}
                continue
            key, _, value = line.partition(": ")
            if key not in KEYS or key in entry:
                raise ValueError("%s:%d: expected one of %s, each once" % (path, number, ", ".join(KEYS)))
            entry.setdefault("at", number)
            entry[key] = value.strip()
    ids = [entry["id"] for entry in found]
    for name in ids:
        if ids.count(name) > 1:
            raise ValueError("%s: the id %s stands there twice" % (path, name))
    return found


def changed(text, mutation):
    """The file's text with the bug planted. The line is found by its words; its indentation stays."""
    lines = text.split("\n")
    at = [i for i, line in enumerate(lines) if line.strip() == mutation["before"]]
    if len(at) != 1:
        raise ValueError("%s: the line of %s stands there %d times, expected once: %s" %
                         (mutation["file"], mutation["id"], len(at), mutation["before"]))
    indent = lines[at[0]][:len(lines[at[0]]) - len(lines[at[0]].lstrip())]
    lines[at[0]] = indent + mutation["after"]
    return "\n".join(lines)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    wrong = 0
    mutations = read(os.path.join(here, "mutations.txt"))
    for mutation in mutations:
        try:
            with open(os.path.join(sys.argv[1], mutation["file"]), encoding="utf-8") as stream:
                changed(stream.read(), mutation)
        except (OSError, ValueError) as error:
            print(error)
            wrong += 1
    print("%d planted bugs, %d not where the list says" % (len(mutations), wrong))
    return 1 if wrong or len(mutations) < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
