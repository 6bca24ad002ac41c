"""Apply files written as people write them: a table each, what stands inside it on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tomlkit.items import Item, Table

LONGEST = 100
"""Columns of a line: a longer list has a line for each of its parts."""


def to_toml(document: Mapping[str, Mapping[str, Mapping[str, Any]]], head: Iterable[str]) -> str:
    """The text of a document (kind → name → table), below comments, one for each line of `head`."""
    made = tomlkit.document()
    for line in head:
        made.add(tomlkit.comment(line) if line else tomlkit.nl())
    for kind, tables in document.items():
        if not tables:
            continue
        of_kind = tomlkit.table(is_super_table=True)
        for name, table in tables.items():
            of_kind.append(name, _table(table))
        made.append(kind, of_kind)
    return tomlkit.dumps(made)


def spelled(value: Any) -> str:
    """A value as it stands behind a key of an apply file, on one line."""
    return _inline(value).as_string()


def _table(values: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in values.items():
        if key == "revision":
            revisions = tomlkit.aot()
            for revision in value:
                revisions.append(_table(revision))
            table.append(key, revisions)
            continue
        item = _inline(value)
        if isinstance(value, list) and len(f"{key} = {item.as_string()}") > LONGEST:
            item = _inline(value, lines=True)
        table.append(key, item)
    return table


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
