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
LONGEST_MODULE, LONGEST_FUNCTION = 300, 60
"""Lines; of a function those of its body, without its parameters and what is said of it."""
LONGER = {"__init__.py": "what the package gives, a name a line"}
"""Modules and functions that are longer, and why."""
SAME_NAME = {
    "add": "a table of the ledger, said with its module's name: `statuses.add`",
    "everything": "as above",
    "load": "as above",
    "looks_right": "one of a reader's layouts, said with its module's name",
    "tables": "as above",
    "checked": "what the library is handed, said with its module's name: `given.checked`",
    "text": "as above",
    "texts": "as above",
}
"""Names of functions of more than one module, and why. No class is in it."""


def test_no_room_holds_more_than_its_share_of_the_lines() -> None:
    """What grows past it is to be divided."""
    lines: Counter[str] = Counter()
    for path in SOURCE.rglob("*.py"):
        lines[path.relative_to(SOURCE).parts[0]] += len(path.read_text("utf-8").splitlines())
    assert {name for name, n in lines.items() if n > LARGEST_SHARE * lines.total()} == set()


def test_modules_and_functions_are_short() -> None:
    """What grows past the bound is to be divided by idea, or has its reason here."""
    longer = set()
    for path in SOURCE.rglob("*.py"):
        place, said = str(path.relative_to(SOURCE)), path.read_text("utf-8")
        if len(said.splitlines()) > LONGEST_MODULE:
            longer.add(place)
        longer |= {
            f"{place}:{node.name}"
            for node in ast.walk(ast.parse(said))
            if isinstance(node, ast.FunctionDef) and _body_lines(node) > LONGEST_FUNCTION
        }
    assert longer == set(LONGER)


def _body_lines(function: ast.FunctionDef) -> int:
    """Lines from the first statement that is no docstring to the end."""
    body = function.body if ast.get_docstring(function) is None else function.body[1:]
    return 0 if not body else (function.end_lineno or 0) - body[0].lineno + 1


def test_a_name_means_one_thing() -> None:
    """No two modules have a class or a function of one name; commands are named after their words."""
    homes: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        place = str(path.relative_to(SOURCE))
        for node in ast.parse(path.read_text("utf-8")).body:
            named = isinstance(node, ast.ClassDef | ast.FunctionDef)
            if named and not node.name.startswith("_") and not place.startswith("cli/"):
                homes.setdefault(node.name, set()).add(place)
    assert {name: places for name, places in homes.items() if len(places) > 1}.keys() == set(
        SAME_NAME
    )


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


def test_what_benchmarks_import_is_there() -> None:
    """They are run by hand: a name that moved would be found only then."""
    lacking = [
        f"{path.name}: {node.module}.{name.name}"
        for path in (ROOT / "benchmarks").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith("minutebook.")
        for name in node.names
        if not hasattr(import_module(node.module), name.name)
        and not (ROOT / "src" / node.module.replace(".", "/") / f"{name.name}.py").is_file()
    ]
    assert lacking == []
