"""Holds the edges between the rooms of src/ to src/LAYERS."""
import re

from tree import Complaint

LAYERS = "src/LAYERS"
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
LINK = re.compile(r"\bwaymark(?:::|_)([a-z]+)\b")
HELPERS = {"library", "test", "flags", "bench", "proto"}


class Layers:
    """What src/LAYERS says: room -> rooms it may use, vendor prefix -> rooms that may use it."""

    def __init__(self, text):
        self.rooms = {}
        self.vendors = {}
        self.complaints = []
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            if line.startswith("vendor ") and "=" in line:
                prefix, rooms = line[len("vendor "):].split("=")
                self.vendors[prefix.strip()] = set(rooms.split())
            elif ":" in line:
                room, rooms = line.split(":")
                self.rooms[room.strip()] = set(rooms.split())
            else:
                self.complain(number, f"neither a room nor a vendor: {line}")
        for room, used in list(self.rooms.items()) + list(self.vendors.items()):
            for name in sorted(used - set(self.rooms)):
                self.complain(1, f"{room} names {name}, which is no room")

    def complain(self, line, text):
        self.complaints.append(Complaint("layers", LAYERS, line, text))

    def cycle(self):
        """A path from a room to itself, or an empty list."""
        done = set()

        def visit(room, path):
            if room in path:
                return path[path.index(room):] + [room]
            if room in done:
                return []
            for used in sorted(self.rooms.get(room, ())):
                found = visit(used, path + [room])
                if found:
                    return found
            done.add(room)
            return []

        for room in self.rooms:
            found = visit(room, [])
            if found:
                return found
        return []


def check_layers(tree):
    if LAYERS not in tree.texts:
        return [Complaint("layers", LAYERS, 1, "is missing")]
    layers = Layers(tree.texts[LAYERS])
    out = list(layers.complaints)
    cycle = layers.cycle()
    if cycle:
        out.append(Complaint("layers", LAYERS, 1, "cycle: " + " -> ".join(cycle)))
    for path in tree.paths():
        parts = path.split("/")
        if len(parts) < 3 or parts[0] != "src":
            continue
        if parts[1] not in layers.rooms:
            out.append(Complaint("layers", path, 1, f"{parts[1]} is not listed in {LAYERS}"))
        elif tree.kind(path) in (".cc", ".h"):
            out += check_includes(tree, layers, parts[1], path)
        elif parts[-1] == "CMakeLists.txt":
            out += check_links(tree, layers, parts[1], path)
    return out


def check_includes(tree, layers, room, path):
    out = []
    for number, line in enumerate(tree.lines(path), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = match.group(2)
        vendors = [v for v in layers.vendors if target.startswith(v)]
        if vendors:
            vendor = max(vendors, key=len)
            if room not in layers.vendors[vendor]:
                out.append(Complaint("vendor", path, number, f"{room} may not include {vendor}: "
                                     f"only {', '.join(sorted(layers.vendors[vendor]))} may"))
        if match.group(1) == "<" or vendors:
            continue
        other = target.split("/")[0]
        if "/" not in target or other not in layers.rooms:
            out.append(Complaint("layers", path, number,
                                 f'"{target}" is not rooted at src: write "room/file.h"'))
        elif other != room and other not in layers.rooms[room]:
            out.append(Complaint("layers", path, number, f"{room} may not include {other}"))
    return out


def check_links(tree, layers, room, path):
    out = []
    for number, line in enumerate(tree.lines(path), 1):
        for other in LINK.findall(line.split("#")[0]):
            if other in HELPERS or other == room:
                continue
            if other not in layers.rooms[room]:
                out.append(Complaint("layers", path, number, f"{room} may not link {other}"))
    return out
