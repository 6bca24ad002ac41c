"""What applying does as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
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
