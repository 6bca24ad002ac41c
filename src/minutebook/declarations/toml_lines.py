"""TOML whose values can be traced to their lines, which `tomllib` does not tell."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from minutebook.errors import InputError, no_device

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class TomlText:
    """A TOML file: its values, and the line (1-based) of each table and key."""

    path: str
    values: dict[str, Any]
    lines: dict[tuple[str, ...], int]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The file; `InputError` where it cannot be read or is not TOML."""
        no_device(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", file=str(path)) from None
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise InputError(
                "is not UTF-8 text; save it as UTF-8", file=str(path), line=line
            ) from None
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            message = str(error)
            place = re.search(r" \(at line (\d+), column \d+\)| \(at end of document\)", message)
            line = int(place[1]) if place and place[1] else text.count("\n") + 1
            reason = message[: place.start()] if place else message
            raise InputError(
                f"{_in_words(reason)}; mend the TOML", file=str(path), line=line
            ) from None
        return cls(str(path), values, _lines(text))

    def line_of(self, location: tuple[str | int, ...]) -> int:
        """The line of the nearest table or key that encloses `location`."""
        keys = tuple(str(part) for part in location)
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.lines:
                return self.lines[keys[:length]]
        return 1

    @contextmanager
    def at(self, *location: str | int) -> Iterator[None]:
        """An `InputError` without a place has this one, and the name of the table."""
        try:
            yield
        except InputError as error:
            if error.file is not None:
                raise
            table = ".".join(str(part) for part in location[:2])
            raise error.at(self.path, self.line_of(location), f"{table}: ") from None


def _in_words(reason: str) -> str:
    twice = re.fullmatch(r"Cannot declare \((.*)\) twice", reason)
    if twice:
        return ".".join(re.findall("'([^']*)'", twice[1])) + " is declared twice"
    return reason[0].lower() + reason[1:]


def _lines(text: str) -> dict[tuple[str, ...], int]:
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    told: Counter[tuple[str, ...]] = Counter()
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"\s*(?P<one_of>\[)?\[(?P<keys>[^\[\]]+)\]+\s*(#.*)?$", line)
        if header:
            table = _keys(header["keys"])
            lines.setdefault(table, number)
            if header["one_of"]:
                told[table] += 1
                table = (*table, str(told[table] - 1))
                lines[table] = number
            continue
        pair = re.match(r"\s*(?P<keys>[A-Za-z0-9_.\"'\- ]+?)\s*=", line)
        if pair:
            lines.setdefault(table + _keys(pair["keys"]), number)
    return lines


def _keys(dotted: str) -> tuple[str, ...]:
    """`a."b c"` → ("a", "b c"), as TOML itself reads it."""
    try:
        node: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    keys: list[str] = []
    while isinstance(node, dict):
        key, node = next(iter(node.items()))
        keys.append(key)
    return tuple(keys)
