"""The picture of which room imports which, as SVG on standard output.

    python -m docs.generate.rooms src > docs/_static/imports.svg

A row is a room, a column what it imports, a number how many of its modules' imports go there. Where
the project states floors, rooms stand in their order; else in the order with the fewest imports
upward. What runs upward is red.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import grimp

if TYPE_CHECKING:
    from collections.abc import Sequence

_CELL, _LEFT, _TOP = 26, 110, 96
_DOWN, _UP, _SELF, _INK = "#cfe0f1", "#f2b8b5", "#ececec", "#222222"


def imports_between(source: Path) -> tuple[list[str], Counter[tuple[str, str]]]:
    """The rooms of a tree of sources, and how many imports of modules go from one to another."""
    sys.path.insert(0, str(source.resolve()))
    graph = grimp.build_graph("minutebook", cache_dir=None)
    found: Counter[tuple[str, str]] = Counter()
    rooms: set[str] = set()
    for module in graph.modules:
        room = _room(module)
        rooms.add(room)
        for imported in graph.find_modules_directly_imported_by(module):
            found[room, _room(imported)] += 1
    rooms.discard("")
    return sorted(rooms), found


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def floors(project: Path) -> list[str]:
    """The rooms from the top, as the contract of layers has them; none where no contract names all."""
    linter = tomllib.loads(project.read_text())["tool"]["importlinter"]
    layers = linter["contracts"][0]["layers"]
    return [room.strip().removeprefix("minutebook.") for row in layers for room in row.split("|")]


def with_fewest_upward(rooms: Sequence[str], found: Counter[tuple[str, str]]) -> list[str]:
    """An order in which no room can be moved so that fewer imports run upward."""
    order, least = list(rooms), upward(rooms, found)
    better = True
    while better:
        better = False
        for room in rooms:
            for place in range(len(order)):
                tried = [other for other in order if other != room]
                tried.insert(place, room)
                if (now := upward(tried, found)) < least:
                    order, least, better = tried, now, True
    return order


def upward(order: Sequence[str], found: Counter[tuple[str, str]]) -> int:
    """How many imports run from a room to one above it."""
    place = {room: at for at, room in enumerate(order)}
    return sum(
        n for (a, b), n in found.items() if a in place and b in place and place[b] < place[a]
    )


def matrix(order: Sequence[str], found: Counter[tuple[str, str]]) -> str:
    """The picture: `order` from the top."""
    size = len(order) * _CELL
    width, height = _LEFT + size + 10, _TOP + size + 30
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
        f' font-size="12" fill="{_INK}" role="img">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for at, room in enumerate(order):
        middle = at * _CELL + _CELL // 2 + 4
        out.append(f'<text x="{_LEFT - 8}" y="{_TOP + middle}" text-anchor="end">{room}</text>')
        x, y = _LEFT + middle, _TOP - 8
        out.append(f'<text x="{x}" y="{y}" transform="rotate(-60 {x} {y})">{room}</text>')
    for row, a in enumerate(order):
        for column, b in enumerate(order):
            count = found[a, b]
            colour = _SELF if a == b else (_DOWN if column > row else _UP) if count else "#ffffff"
            x, y = _LEFT + column * _CELL, _TOP + row * _CELL
            out.append(
                f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="{colour}" stroke="#dddddd"/>'
            )
            if count:
                out.append(
                    f'<text x="{x + _CELL // 2}" y="{y + _CELL // 2 + 4}" text-anchor="middle" font-size="10">{count}</text>'
                )
    out.append(
        f'<text x="{_LEFT}" y="{height - 8}">a row imports a column; '
        f"{upward(order, found)} imports run upward</text></svg>"
    )
    return "\n".join(out) + "\n"


def main() -> None:
    """Draw the tree of sources that is named."""
    source = Path(sys.argv[1])
    rooms, found = imports_between(source)
    stated = floors(source.parent / "pyproject.toml")
    order = stated if set(stated) >= set(rooms) else with_fewest_upward(rooms, found)
    sys.stdout.write(matrix(order, found))


if __name__ == "__main__":
    main()
