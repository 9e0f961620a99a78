"""The files of the project as the checks see them."""
import os
from dataclasses import dataclass

SKIPPED_FOLDERS = {"build", ".git", ".cache", "node_modules", "__pycache__"}
TEXT_BYTES_MAX = 4 << 20


@dataclass(frozen=True)
class Complaint:
    check: str
    path: str
    line: int
    text: str
    weight: int = 1  # how much it counts in the list of offenders

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text} [{self.check}]"


class Tree:
    """Paths (with '/', relative to the root) and their texts."""

    def __init__(self, texts):
        self.texts = texts

    @staticmethod
    def read(root):
        texts = {}
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
            for name in sorted(names):
                path = os.path.join(folder, name)
                if name == ".git" or os.path.islink(path) or os.path.getsize(path) > TEXT_BYTES_MAX:
                    continue
                with open(path, "rb") as file:
                    content = file.read()
                if b"\0" in content:
                    continue
                relative = os.path.relpath(path, root).replace(os.sep, "/")
                texts[relative] = content.decode("utf-8", "replace")
        return Tree(texts)

    def paths(self, *suffixes):
        """Paths whose kind is one of the suffixes; all of them where none is given."""
        return [p for p in self.texts if not suffixes or self.kind(p) in suffixes]

    def kind(self, path):
        """The suffix of a path; a script without one has that of its interpreter."""
        name = path.rsplit("/", 1)[-1]
        if name == "CMakeLists.txt":
            return ".cmake"
        if "." in name[1:]:
            return "." + name.rsplit(".", 1)[-1]
        first = self.texts[path].split("\n", 1)[0]
        if first.startswith("#!"):
            return ".py" if "python" in first else ".sh"
        return ""

    def lines(self, path):
        return self.texts[path].splitlines()
