"""The house stays in order: rooms of a size, each with its word at the door, and the map is true."""

from __future__ import annotations

import ast
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "minutebook"
MAP = ROOT / "docs" / "engineer" / "rooms.md"
ROOMS = sorted(
    path.parent
    for path in SOURCE.rglob("__init__.py")
    if path.parent != SOURCE and "migrations" not in path.parts
)
LARGEST_SHARE = 0.15
"""Of all lines: a folder above it holds two things."""


def test_no_room_holds_more_than_its_share_of_the_lines() -> None:
    """What grows past it is to be divided."""
    lines: Counter[str] = Counter()
    for path in SOURCE.rglob("*.py"):
        lines[path.relative_to(SOURCE).parts[0]] += len(path.read_text("utf-8").splitlines())
    assert {name for name, n in lines.items() if n > LARGEST_SHARE * lines.total()} == set()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(SOURCE)))
def test_each_room_says_what_it_holds_and_the_way_through_it(room: Path) -> None:
    """Who opens a folder reads first what it is for; the modules that it names are there."""
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8")))
    assert said
    modules = [path.stem for path in room.glob("*.py") if path.stem != "__init__"]
    if len(modules) > 3:
        assert "The way through it: " in said
        told = re.findall(r"`(\w+)`", said.split("The way through it: ", 1)[1])
        here = {*modules, *(path.name for path in room.iterdir() if path.is_dir())}
        assert set(told) & here, "the way names no module of the room"


def test_the_map_names_what_is_there() -> None:
    """Every place that the page of rooms names can be imported."""
    named = re.findall(r"^\|.*$", MAP.read_text("utf-8"), flags=re.MULTILINE)
    places = {
        place for row in named for place in re.findall(r"`([a-z_]+\.[a-z_]+(?:\.\w+)*)`", row)
    }
    assert len(places) > 30
    missing = [place for place in places if not _is_there(place)]
    assert missing == []


def _is_there(place: str) -> bool:
    """Whether a module, or what a module has, is there: room.module.name.attribute."""
    parts = ["minutebook", *place.split(".")]
    for cut in range(len(parts), 1, -1):
        try:
            found: object = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False
