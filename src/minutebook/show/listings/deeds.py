"""What people did as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.audit import AuditView

DEEDS = [
    Column("at", "When (UTC)"),
    Column("by", "By"),
    Column("asked_from", "From", drop=1),
    Column("kind", "Kind", drop=2),
    Column("what", "What", told=True),
    Column("reason", "Reason", told=True),
    Column("accounts", "Accounts", shown=False),
    Column("name", "Name", shown=False),
]


def deeds_sheet(view: AuditView) -> Sheet:
    """All that was done, in order."""
    from minutebook.show.serialise import as_json

    rows = [{**row, "accounts": " ".join(row["accounts"])} for row in as_json(view)["deeds"]]
    return Sheet(DEEDS, rows, notes=[] if view.deeds else ["Nothing was done."])
