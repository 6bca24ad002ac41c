"""JSON lines: an object a line, its values as text, numbers exactly as they are written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.calls.parsing.table import Broken, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


ROWS = 100_000
"""Rows of a table."""
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


def tables(
    blocks: Iterable[bytes], start: Callable[[str], int] = lambda line: 0
) -> Iterator[Table]:
    """The objects of the lines, a column a key; lines that hold none are broken.

    `start` gives where in a line its object begins, as after a syslog prefix.
    """
    first_line = 1
    for block in blocks:
        lines = block.decode().removesuffix("\n").split("\n")
        for at in range(0, len(lines), ROWS):
            yield table(lines[at : at + ROWS], first_line + at, start)
        first_line += len(lines)


def table(lines: list[str], first_line: int, start: Callable[[str], int]) -> Table:
    """The objects of some lines, the first of them line `first_line` of the file."""
    objects: list[dict[str, Any]] = []
    numbers: list[int] = []
    broken: list[Broken] = []
    for number, line in enumerate(lines, first_line):
        if not line.strip():
            continue
        try:
            value = decoded(line[start(line) :])
            if not value:
                raise ValueError("is an object without names and values")
            if "\\u" in line:
                check_characters(value)
            objects.append(value)
            numbers.append(number)
        except ValueError as error:
            broken.append(Broken(number, line.replace("\0", "\u2400"), str(error)))
    return Table(frame(objects), pl.Series(numbers, dtype=pl.Int64), broken)


def decoded(text: str) -> dict[str, Any]:
    """The object that a text holds, its numbers as text; `ValueError` in words for a person."""
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is no JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("is no JSON of a call: it is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("is JSON, but no object with names and values")
    return value


def check_characters(value: dict[str, Any]) -> None:
    """`ValueError` for what JSON can escape and no text can hold."""
    shown = json.dumps(value, ensure_ascii=False)
    if "\\u0000" in shown:
        raise ValueError("has NUL characters")
    try:
        shown.encode()
    except UnicodeEncodeError:
        raise ValueError("has half of a character (a lone surrogate)") from None


def frame(objects: list[dict[str, Any]]) -> pl.DataFrame:
    """A String column for every name that one of the objects has; empty values are null."""
    names = dict.fromkeys(name for item in objects for name in item)
    return pl.DataFrame([_column(name, [item.get(name) for item in objects]) for name in names])


def _column(name: str, values: list[Any]) -> pl.Series:
    if not {str, type(None)}.issuperset(map(type, values)):
        values = [as_text(value) for value in values]
    column = pl.Series(name, values, dtype=pl.String)
    empty = column == ""
    return (
        pl.select(pl.when(~empty).then(column).alias(name)).to_series() if empty.any() else column
    )


def as_text(value: Any) -> str | None:
    """One value as text; what is nested stays JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
