"""How a file would be read, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from minutebook.show.serialise import as_json
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.import_previews import ImportPreviewView

COLUMNS_READ = [
    Column("column", "Column"),
    Column("read_as", "Is read as"),
    Column("example", "For example", drop=1),
]
RECORDS_READ = [
    Column("line", "Line", number=True),
    Column("setup_at", "Begin (UTC)", drop=2),
    Column("answered_at", "Answer (UTC)"),
    Column("seconds", "Used (s)", number=True),
    Column("caller", "Caller", drop=5),
    Column("called", "Called"),
    Column("account", "Account"),
    Column("reason", "Set aside: reason"),
    Column("detail", "Why", drop=6),
    Column("ended_at", "End (UTC)", drop=1),
    Column("server", "Server", drop=4),
    Column("call_id", "Call", drop=3),
]
_WORDS: Final = {
    "call_id": "the call's id",
    "server": "server",
    "leg": "leg",
    "account": "account",
    "account_code": "account code",
    "trunk": "trunk",
    "direction": "direction",
    "caller": "caller",
    "called": "called number",
    "setup_at": "begin",
    "answered_at": "answer",
    "ended_at": "end",
    "duration_ms": "duration",
    "cause": "cause of the end",
    "reason": "whether it is a call",
    "meta": "kept with the call",
}


def preview_sheets(view: ImportPreviewView, notes: list[str]) -> list[Sheet]:
    """The file's columns, and its first records."""
    columns = [
        {**row, "read_as": ", ".join(_WORDS[name] for name in row["read_as"]) or "not read"}
        for row in as_json(view.columns)
    ]
    return [Sheet(COLUMNS_READ, columns), Sheet(RECORDS_READ, view.records, notes=notes)]
