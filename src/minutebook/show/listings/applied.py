"""What applying does, and what is declared, as tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.show.books import AppliedView

_SHOWN = 20

APPLIED = [
    Column("kind", "Kind"),
    Column("name", "Name"),
    Column("action", "What was done"),
    Column("from", "From (UTC day)", shown=False),
    Column("key", "Key", shown=False),
    Column("before", "Before", shown=False),
    Column("after", "After", shown=False),
]
"""Of a table those that are shown, and those with something in them."""

DECLARED = [
    Column("kind", "Kind"),
    Column("name", "Name"),
    Column("key", "Key"),
    Column("value", "Value"),
]
"""Of CSV."""


def declared_sheet(tables: Mapping[str, Mapping[str, Any]]) -> Sheet:
    """All that is declared, a row each key; `tables` by kind and name, as `book.declared` gives them."""
    rows = [
        {"kind": kind, "name": name, "key": key, "value": value}
        for kind, named in tables.items()
        for name, table in named.items()
        for key, value in (table if isinstance(table, dict) else {"rates": table}).items()
    ]
    return Sheet(DECLARED, rows)


def applied_sheet(view: AppliedView, *, dry_run: bool) -> Sheet:
    """Each change, key by key; and the match tables that compete for calls."""
    rows = [row for change in view.changes for row in change.rows()]
    said = {key for row in rows for key, value in row.items() if value is not None}
    columns = [replace(column, shown=column.shown or column.key in said) for column in APPLIED]
    notes = [one.words for one in view.overlaps[:_SHOWN]]
    if len(view.overlaps) > _SHOWN:
        notes.append(f"… and {len(view.overlaps) - _SHOWN} more; see --format json")
    if dry_run:
        notes.append("A dry run: nothing was changed.")
    return Sheet(columns, rows, notes=notes)
