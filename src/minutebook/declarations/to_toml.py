"""Apply files written as people write them: a table each, what stands inside it on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tomlkit.items import Item

LONGEST = 100
"""Columns of a line: a longer list has a line for each of its parts."""


def to_toml(document: Mapping[str, Mapping[str, Any]], head: Iterable[str]) -> str:
    """The text of a document (kind → name → table, or a list of tables), below comments, one for each line of `head`."""
    blocks = ["\n".join(f"# {line}" if line else "" for line in head)]
    for kind, tables in document.items():
        if any(isinstance(table, list) for table in tables.values()):
            blocks += _blocks(kind, tables)
            continue
        for name, table in tables.items():
            blocks += _blocks(f"{kind}.{_key(name)}", table)
    return "\n\n".join(block.strip("\n") for block in blocks if block) + "\n"


def spelled(value: Any) -> str:
    """A value as it stands behind a key of an apply file, on one line."""
    return _inline(value).as_string()


def _blocks(name: str, values: Mapping[str, Any], *, one_of: bool = False) -> Iterator[str]:
    """A table under its header, or one of an array of tables; then its long tables, and each of its revisions."""
    lines = [f"[[{name}]]" if one_of else f"[{name}]"]
    revisions: list[dict[str, Any]] = []
    below: dict[str, Any] = {}
    for key, value in values.items():
        if key == "revision" and _tables(value):
            revisions = value
            continue
        line = f"{_key(key)} = {spelled(value)}"
        if isinstance(value, dict) and len(line) > LONGEST:
            below[key] = value
            continue
        if isinstance(value, list) and len(line) > LONGEST:
            line = f"{_key(key)} = {_inline(value, lines=True).as_string()}"
        lines.append(line)
    yield "\n".join(lines)
    for key, value in below.items():
        yield from _blocks(f"{name}.{_key(key)}", value)
    for revision in revisions:
        yield from _blocks(f"{name}.revision", revision, one_of=True)


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _key(name: str) -> str:
    return tomlkit.key(name).as_string()


def _inline(value: Any, *, lines: bool = False) -> Item:
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table.append(key, _inline(inner))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for inner in value:
            array.append(_inline(inner))
        array.multiline(lines)
        return array
    item: Item = tomlkit.item(value)
    return item
