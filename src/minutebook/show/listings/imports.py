"""What an import did, and the imports that were made, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.corrections import ImportsView

COLUMNS = [
    Column("files", "Files", number=True),
    Column("read", "Records read", number=True),
    Column("added", "Calls added", number=True),
    Column("duplicates", "Duplicates", number=True, drop=3),
    Column("quarantined", "In quarantine", number=True),
    Column("unanswered", "Unanswered", number=True, drop=2),
    Column("seconds", "Used (s)", number=True, drop=1),
]
REFUSED = [
    Column("file", "Refused file"),
    Column("reason", "What is wrong"),
    Column("moved_to", "Moved to", drop=1),
]
FORMATS_READ = [
    Column("format", "Format"),
    Column("files", "Files"),
    Column("package", "Package"),
    Column("error", "What is wrong"),
]
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
