"""Writes the dashboards, or with --check says whether the files are what the source makes."""

import json
import pathlib
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder

import journeys
import operations
import state

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "dashboards"
BOARDS = {"operations.json": operations, "state.json": state, "journeys.json": journeys}


def text_of(board):
    """The file of a board. Links and annotations are shown on the board itself, which is what no
    placement means; the builders know only the one behind a menu."""
    made = json.loads(json.dumps(board.build(), cls=JSONEncoder))
    for shown in made["links"] + made["annotations"]["list"]:
        del shown["placement"]
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def check(texts):
    """The names of files that are missing, too many, or different."""
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    return sorted(name for name in texts.keys() | there.keys()
                  if texts.get(name) != there.get(name))


def main(arguments):
    if arguments not in ([], ["--check"]):
        print("usage: deploy/grafana/generate [--check]", file=sys.stderr)
        return 2
    texts = {name: text_of(module.board()) for name, module in BOARDS.items()}
    if arguments:
        different = check(texts)
        for name in different:
            print(f"error: deploy/grafana/dashboards/{name} is not what the source makes")
        if different:
            print("hint: deploy/grafana/generate writes it")
        return 1 if different else 0
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
