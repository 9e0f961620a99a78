#!/usr/bin/env python3
"""Holds what a machine can hold of the conventions. Usage: tidy.py [--list] [ROOT]

Offences that were there before a check was are listed in offenders.txt, one `check path count` a
line (for file_length: the lines over the limit). The list may only shrink: more offences
fail, and so do fewer, until the count is lowered. --list prints the lines that would hold today.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from layers import check_layers  # noqa: E402
from metrics import check_metrics  # noqa: E402
from style import CHECKS  # noqa: E402
from tree import Complaint, Tree  # noqa: E402

OFFENDERS = "tests/tidy/offenders.txt"
MAY_OFFEND = {"line_length", "file_length", "function_length"}


def read_offenders(text):
    """(check, path) -> count, and complaints about the list itself."""
    counts, complaints = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        good = len(words) == 3 and words[0] in MAY_OFFEND and words[2].isdigit()
        if not good or int(words[2]) == 0 or (words[0], words[1]) in counts:
            complaints.append(Complaint("offenders", OFFENDERS, number,
                                        "write `check path count` once, check one of " +
                                        ", ".join(sorted(MAY_OFFEND))))
            continue
        counts[(words[0], words[1])] = int(words[2])
    return counts, complaints


def find(tree):
    """(check, path) -> every complaint about the tree."""
    found = check_layers(tree)
    for check in [check_metrics, *CHECKS]:
        found += check(tree)
    counted = {}
    for complaint in found:
        counted.setdefault((complaint.check, complaint.path), []).append(complaint)
    return counted


def offenders_of(tree):
    """The lines that the list of offenders needs for the tree as it is."""
    return [f"{check} {path} {sum(c.weight for c in complaints)}"
            for (check, path), complaints in sorted(find(tree).items()) if check in MAY_OFFEND]


def run(tree):
    """Every complaint about the tree that the list of offenders does not cover."""
    allowed, out = read_offenders(tree.texts.get(OFFENDERS, ""))
    counted = find(tree)
    for key, complaints in counted.items():
        if sum(c.weight for c in complaints) > allowed.get(key, 0):
            out += complaints
    for (check, path), count in allowed.items():
        now = sum(c.weight for c in counted.get((check, path), []))
        if now < count:
            out.append(Complaint("offenders", OFFENDERS, 1, f"{check} {path}: only {now} left of "
                                 f"{count}, lower the count"))
    return out


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    arguments = [a for a in sys.argv[1:] if a != "--list"]
    tree = Tree.read(arguments[0] if arguments else os.path.join(here, "..", ".."))
    if "--list" in sys.argv:
        print("\n".join(offenders_of(tree)))
        return 0
    complaints = run(tree)
    for complaint in complaints:
        print(complaint)
    print(f"{len(tree.texts)} files, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
