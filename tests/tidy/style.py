"""Lengths, banned calls and what must not stay behind in a file."""
import re
from dataclasses import dataclass, field

from functions import blank, cpp_functions, python_functions
from tree import Complaint

SOURCES = (".cc", ".h", ".py", ".sh", ".cmake", ".proto", ".js", ".css", ".html")
LINE_COLUMNS_MAX = 100
FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70


@dataclass
class Ban:
    """A call that has a replacement; paths are prefixes."""
    pattern: str
    instead: str
    within: tuple = ("src/", "tests/", "bench/")
    except_in: tuple = field(default_factory=tuple)


BANS = [
    Ban(r"\b(?:system|steady|high_resolution)_clock::now\b", "base::Clock, given by constructor",
        within=("src/", "tests/"),
        # The other two give a library, and a condition variable, a point in time to wait until.
        except_in=("src/base/time.cc", "src/kafka/client.", "src/stream/memory_state.cc")),
    Ban(r"\brd_kafka_\w*destroy\w*\s*\(", "the holders of src/kafka/handles.h",
        except_in=("src/kafka/handles.h",)),
    Ban(r"\busing\s+namespace\s+std\s*;", "std:: in front of the name"),
    Ban(r"\bstd::rand\b|\bsrand\s*\(|\brandom_device\b", "a seeded generator",
        except_in=("src/app/",)),
    Ban(r"\b(?:f|v|vf)?printf\s*\(|\bstd::(?:cout|cerr|clog)\b", "WAYMARK_INFO and its like",
        within=("src/",), except_in=("src/app/", "src/base/check.cc")),
]

# Their own patterns stand in here.
OF_THE_CHECKS = "tests/tidy/"
LEFTOVER = re.compile(r"\b(FIXME|TODO|XXX)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~}-])/(root|home|work)/[\w.]")
# By the shape of the name, so that none is named here.
PACKAGE_HOST = re.compile(r"\b(?:registry|repos?\d*|repository|packages|mirrors?|proxy|index|deb)"
                          r"(?:\.[a-z0-9-]+)+\.(?:org|com|io|dev|net)\b")


def check_line_length(tree):
    return [Complaint("line_length", path, number, f"{len(line)} columns, {LINE_COLUMNS_MAX} at "
                      "most")
            for path in tree.paths(*SOURCES) for number, line in enumerate(tree.lines(path), 1)
            if len(line) > LINE_COLUMNS_MAX]


def check_file_length(tree):
    lengths = [(path, len(tree.lines(path))) for path in tree.paths(*SOURCES)]
    return [Complaint("file_length", path, length, f"{length} lines, {FILE_LINES_MAX} at most",
                      weight=length - FILE_LINES_MAX)
            for path, length in lengths if length > FILE_LINES_MAX]


def check_function_length(tree):
    out = []
    for path in tree.paths(".cc", ".h", ".py"):
        find = python_functions if tree.kind(path) == ".py" else cpp_functions
        try:
            found = find(tree.texts[path])
        except SyntaxError as error:
            out.append(Complaint("function_length", path, error.lineno or 1, "unreadable"))
            continue
        out += [Complaint("function_length", path, first, f"a function of {length} lines, "
                          f"{FUNCTION_LINES_MAX} at most")
                for first, length in found if length > FUNCTION_LINES_MAX]
    return out


def check_bans(tree):
    out = []
    for path in tree.paths(".cc", ".h"):
        lines = blank(tree.texts[path]).splitlines()
        for ban in BANS:
            if not path.startswith(ban.within) or path.startswith(ban.except_in or ("\0",)):
                continue
            for number, line in enumerate(lines, 1):
                match = re.search(ban.pattern, line)
                if match:
                    out.append(Complaint("banned", path, number,
                                         f"'{match.group(0)}': use {ban.instead}"))
    return out


def check_headers(tree):
    return [Complaint("header", path, 1, "a header needs #pragma once")
            for path in tree.paths(".h")
            if not re.search(r"^#pragma once$", tree.texts[path], re.M)]


def check_leftovers(tree):
    out = []
    for path in tree.paths():
        if path.startswith(OF_THE_CHECKS) or path == "LICENSE":
            continue
        for number, line in enumerate(tree.lines(path), 1):
            if LEFTOVER.search(line):
                out.append(Complaint("leftover", path, number, "work left over: do it or drop it"))
            if MACHINE_PATH.search(line):
                out.append(Complaint("machine", path, number, "a path of one machine"))
            if PACKAGE_HOST.search(line):
                out.append(Complaint("machine", path, number, "the name of a package host"))
    return out


CHECKS = [check_line_length, check_file_length, check_function_length, check_bans, check_headers,
          check_leftovers]
