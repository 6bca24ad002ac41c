"""Imports as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.corrections import ImportsView

IMPORTS = [
    Column("id", "Import", folds=False),
    Column("at", "When (UTC)", drop=3),
    Column("by", "Who", drop=2),
    Column("files", "Files"),
    Column("sources", "Sources", drop=1),
    Column("added", "Calls added", number=True),
    Column("from", "From", drop=5),
    Column("to", "To", drop=4),
    Column("state", "State"),
    Column("correction", "Correction", number=True, drop=6),
]


def imports_sheet(view: ImportsView) -> Sheet:
    """The imports that were made, and what became of each."""
    from minutebook.show.serialise import as_json

    rows = [
        {**row, **{name: ", ".join(row[name]) for name in ("files", "sources")}}
        for row in as_json(view.imports)
    ]
    return Sheet(IMPORTS, rows)
