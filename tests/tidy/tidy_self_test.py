#!/usr/bin/env python3
"""Feeds tidy.py good and bad snippets and expects each complaint."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from functions import cpp_functions  # noqa: E402
from layers import Layers  # noqa: E402
from tidy import OFFENDERS, offenders_of, run  # noqa: E402
from tree import Tree  # noqa: E402

LAYERS = """# Comment.
base:
model: base
app: base model
vendor boost/ = app
vendor boost/math/ = model
vendor xxhash = base
"""


def complaints(texts, layers=LAYERS):
    return [str(c) for c in run(Tree({"src/LAYERS": layers, **texts}))]


def body(lines):
    return "".join(f"  x = {i};\n" for i in range(lines))


class TidyTest(unittest.TestCase):
    def good(self, texts, **kwargs):
        self.assertEqual(complaints(texts, **kwargs), [])

    def bad(self, texts, *expected, **kwargs):
        got = complaints(texts, **kwargs)
        self.assertEqual(len(got), len(expected), got)
        for text, want in zip(got, expected):
            self.assertIn(want, text)

    def one(self, path, text, *expected):
        self.bad({path: text}, *expected)


class MetricsTest(TidyTest):
    DECLARED = """#pragma once
struct InputMetrics {
  Registry& registry;
  Family<Counter, 1> records = registry.AddCounters<1>(
      {.name = "records"});
  Gauge bytes = registry.AddGauge({});
};
struct Metrics {
  InputMetrics input;
};
"""

    LAYERS = LAYERS + "metrics: base\n"

    def test_fed(self):
        self.good({"src/metrics/m.h": self.DECLARED,
                   "src/app/a.cc": "m.input.records.Add();\nm_.input\n.bytes.Set(1);\n"},
                  layers=self.LAYERS)

    def test_fed_by_nothing(self):
        self.bad({"src/metrics/m.h": self.DECLARED,
                  "src/app/a.cc": "// metrics.input.records\nmetrics.output.bytes.Set(1);\n"},
                 "src/metrics/m.h:4: nothing feeds input.records",
                 "src/metrics/m.h:6: nothing feeds input.bytes", layers=self.LAYERS)


class LayersTest(TidyTest):
    def test_allowed_edges(self):
        self.good({"src/model/a.cc": '#include "model/a.h"\n#include "base/b.h"\n#include <map>\n',
                   "src/app/a.cc": '#include <boost/asio.hpp>\n',
                   "src/base/a.cc": '#include <xxhash.h>\n'})

    def test_upward_include(self):
        self.one("src/base/a.cc", '#include "model/a.h"\n',
                 "src/base/a.cc:1: base may not include model")
        self.one("src/model/a.h", '#pragma once\n  #  include "app/a.h"\n',
                 "src/model/a.h:2: model may not include app")

    def test_include_not_rooted_at_src(self):
        self.one("src/base/a.cc", '#include "a.h"\n', '"a.h" is not rooted at src')
        self.one("src/base/a.cc", '#include "../model/a.h"\n', "is not rooted at src")

    def test_fenced_vendor(self):
        self.one("src/model/a.cc", "#include <boost/beast.hpp>\n",
                 "model may not include boost/: only app may")
        self.one("src/app/a.cc", "#include <boost/math/x.hpp>\n",
                 "app may not include boost/math/: only model may")
        self.good({"src/model/a.cc": "#include <boost/math/x.hpp>\n"})
        self.one("src/app/a.cc", '#include "xxhash.h"\n', "only base may")

    def test_unlisted_room(self):
        self.one("src/attic/a.cc", "int x;\n", "attic is not listed")

    def test_links(self):
        good = "waymark_library(model\n  PUBLIC waymark::base\n  PRIVATE waymark_flags)\n"
        self.good({"src/model/CMakeLists.txt": good})
        self.one("src/model/CMakeLists.txt", "waymark_library(model PUBLIC waymark::app)\n",
                 "model may not link app")
        self.one("src/base/CMakeLists.txt", "target_link_libraries(x waymark_model)\n",
                 "base may not link model")

    def test_cycle(self):
        self.bad({}, "cycle: a -> b -> c -> a", layers="a: b\nb: c\nc: a\n")
        self.assertEqual(Layers("a: b c\nb: c\nc:\n").cycle(), [])

    def test_list_of_layers(self):
        self.bad({}, "a names z, which is no room", layers="a: z\n")
        self.bad({}, "neither a room nor a vendor", layers="nonsense\n")
        self.assertIn("is missing", str(run(Tree({}))[0]))


class LengthTest(TidyTest):
    def test_lines(self):
        self.good({"src/base/a.cc": "x" * 100 + "\n", "README.md": "x" * 500})
        self.good({"src/base/a.cc": "ä" * 100 + "\n"})
        for path in ("src/base/a.cc", "tests/a.py", "a.sh", "cmake/a.cmake", "proto/a.proto",
                     "src/base/CMakeLists.txt"):
            self.one(path, "#" * 101 + "\n", f"{path}:1: 101 columns")

    def test_scripts_without_suffix(self):
        self.one("quickstart", "#!/bin/bash\n" + "#" * 101 + "\n", "quickstart:2: 101 columns")
        self.good({"NOTES": "x" * 101})

    def test_files(self):
        self.good({"src/base/a.cc": "\n" * 600})
        self.one("src/base/a.cc", "\n" * 601, "src/base/a.cc:601: 601 lines, 600 at most")

    def test_functions(self):
        self.good({"src/base/a.cc": "void F(int a) {\n" + body(68) + "}\n"})
        for head in ("void F(int a) {\n", "int A::F(int b = 1) const noexcept {\n",
                     "A::A(int x) : x_{x}, y_(2) {\n", "auto F() -> int {\n",
                     "bool operator==(const A& a) {\n", "TEST(A, B) {\n"):
            self.one("src/base/a.cc", head + body(69) + "}\n",
                     "src/base/a.cc:1: a function of 71 lines")

    def test_functions_inside_classes_and_namespaces(self):
        text = "namespace a {\nclass B {\n  void F() {\n" + body(69) + "  }\n};\n}\n"
        self.one("src/base/a.cc", text, "src/base/a.cc:3: a function of 71 lines")

    def test_long_but_no_function(self):
        self.good({"src/base/a.cc": "const int a[] = {\n" + "  F(1),\n" * 90 + "};\n",
                   "src/base/b.cc": "struct A {\n" + "  int x(int y);\n" * 90 + "};\n"})

    def test_braces_in_strings_and_comments(self):
        self.assertEqual(cpp_functions('void F() {\n  s = "}"; // }\n  c = \'}\';\n}\n'), [(1, 4)])
        self.assertEqual(cpp_functions('void F() {\n  R"x(}})x";\n  n = 1\'000;\n}\n'), [(1, 4)])
        self.assertEqual(cpp_functions("#define X(a) {\nvoid F() {\n}\n"), [(2, 2)])

    def test_python_functions(self):
        text = "def f():\n" + "    x = 1\n" * 70
        self.one("tests/a.py", text, "tests/a.py:1: a function of 71 lines")
        self.one("tests/a.py", "def f(:\n", "unreadable")


class BanTest(TidyTest):
    def test_clocks(self):
        for clock in ("system", "steady", "high_resolution"):
            self.one("src/app/a.cc", f"auto t = std::chrono::{clock}_clock::now();\n",
                     "use base::Clock")
        self.good({"src/base/time.cc": "x = std::chrono::system_clock::now();\n",
                   "src/base/a.cc": "// Never std::chrono::system_clock::now() in here.\n"})

    def test_handles(self):
        text = "rd_kafka_destroy(x);\nrd_kafka_topic_partition_list_destroy (y);\n"
        self.bad({"src/app/a.cc": text}, "handles.h", "handles.h")

    def test_handles_may_destroy(self):
        self.good({"src/kafka/handles.h": "#pragma once\nrd_kafka_destroy(x);\n"},
                  layers=LAYERS + "kafka:\n")

    def test_namespace_std(self):
        self.one("tests/a.cc", "using namespace std;\n", "std:: in front")
        self.good({"src/base/a.cc": "using namespace std::chrono;\n"})

    def test_randomness(self):
        self.one("src/model/a.cc", "x = std::rand();\n", "a seeded generator")

    def test_printing(self):
        self.one("src/model/a.cc", 'printf("x");\n', "WAYMARK_INFO")
        self.one("src/model/a.cc", 'std::fprintf(stderr, "x");\n', "WAYMARK_INFO")
        self.one("src/model/a.cc", "std::cout << 1;\n", "WAYMARK_INFO")
        self.good({"src/app/a.cc": 'printf("x");\n', "tests/a.cc": 'printf("x");\n',
                   "src/base/a.cc": "std::snprintf(a, 1, b);\n"})


class LeftoverTest(TidyTest):
    def test_header_guard(self):
        self.one("src/base/a.h", "int x;\n", "#pragma once")
        self.one("src/base/a.h", "// #pragma once\n", "#pragma once")

    def test_leftovers(self):
        for word in ("TODO", "FIXME", "XXX"):
            self.one("README.md", f"a\n{word}: b\n", "README.md:2: work left over")
        self.good({"src/base/a.cc": 'mkdtemp("waymarkXXXXXX");\n'})

    def test_machine_paths(self):
        for folder in ("root", "home", "work"):
            self.one("a.sh", f"cd /{folder}/x\n", "a path of one machine")
        self.good({"a.sh": "cd $HOME/work/x; ls work/x ./home/y; cd /var/lib\n"})

    def test_package_hosts(self):
        self.one("a.sh", "get https://registry.example.org/x\n", "the name of a package host")
        self.one("a.sh", "get repo1.some.example.com\n", "the name of a package host")
        self.good({"README.md": "see https://www.example.org/index.html and repo.git\n"})


class OffendersTest(TidyTest):
    LONG = {"src/base/a.cc": ("x" * 101 + "\n") * 2}

    def test_listed_offences_pass(self):
        self.good({**self.LONG, OFFENDERS: "# Why.\nline_length src/base/a.cc 2\n"})

    def test_file_length_counts_lines_over_the_limit(self):
        long = {"src/base/a.cc": "\n" * 605}
        self.good({**long, OFFENDERS: "file_length src/base/a.cc 5\n"})
        self.bad({**long, OFFENDERS: "file_length src/base/a.cc 4\n"}, "605 lines")
        self.bad({**long, OFFENDERS: "file_length src/base/a.cc 6\n"}, "only 5 left of 6")

    def test_the_list_of_today_is_what_passes(self):
        texts = {"src/LAYERS": LAYERS, **self.LONG, "src/base/b.cc": "\n" * 605}
        lines = offenders_of(Tree(texts))
        self.assertEqual(lines, ["file_length src/base/b.cc 5", "line_length src/base/a.cc 2"])
        self.assertEqual(run(Tree({**texts, OFFENDERS: "\n".join(lines)})), [])

    def test_more_than_listed_fail(self):
        self.bad({**self.LONG, OFFENDERS: "line_length src/base/a.cc 1\n"}, "columns", "columns")

    def test_fewer_than_listed_fail(self):
        self.bad({**self.LONG, OFFENDERS: "line_length src/base/a.cc 3\n"}, "lower the count")
        self.bad({OFFENDERS: "file_length src/base/gone.cc 3\n"}, "lower the count")

    def test_bans_cannot_be_listed(self):
        self.bad({OFFENDERS: "banned src/base/a.cc 1\n"}, "write `check path count`")
        self.bad({OFFENDERS: "line_length a\n"}, "write `check path count`")


class TreeTest(unittest.TestCase):
    def test_reads_text_and_skips_what_is_built(self):
        with tempfile.TemporaryDirectory() as root:
            for name in ("build/a.cc", "src/a.cc", "src/binary"):
                path = os.path.join(root, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(b"\0" if name.endswith("binary") else b"text\n")
            self.assertEqual(Tree.read(root).texts, {"src/a.cc": "text\n"})


if __name__ == "__main__":
    unittest.main()
