"""Every declared metric is fed: some source names it as `group.member`."""
import re

from functions import blank
from tree import Complaint

ROOM = "src/metrics/"
GROUPS = re.compile(r"^struct Metrics \{(.*?)^\};", re.M | re.S)
GROUP = re.compile(r"^  (\w+Metrics) (\w+);", re.M)
DECLARING = re.compile(r"^struct (\w+Metrics) \{(.*?)^\};", re.M | re.S)
MEMBER = re.compile(r"^  (?:Family<\w+, \d+>|Counter|Gauge|Histogram) (\w+) =", re.M)


def check_metrics(tree):
    headers = [p for p in tree.paths(".h") if p.startswith(ROOM)]
    names = dict(pair for path in headers for body in GROUPS.findall(tree.texts[path])
                 for pair in GROUP.findall(body))
    used = "\n".join(blank(tree.texts[p]) for p in tree.paths(".cc", ".h")
                     if p.startswith("src/") and not p.startswith(ROOM))
    out = []
    for path in headers:
        text = tree.texts[path]
        for struct in DECLARING.finditer(text):
            group = names.get(struct.group(1), struct.group(1))
            for member in MEMBER.finditer(struct.group(2)):
                if re.search(rf"\b{group}\s*\.\s*{member.group(1)}\b", used):
                    continue
                line = text.count("\n", 0, struct.start(2) + member.start()) + 1
                out.append(Complaint("metric", path, line,
                                     f"nothing feeds {group}.{member.group(1)}"))
    return out
