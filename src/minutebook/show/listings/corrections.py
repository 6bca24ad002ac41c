"""Corrections, and what they come to, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.sentences.notes import correction_notes
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.corrections import CallCorrectionsView, CorrectedView

EFFECTS = [
    Column("account", "Account"),
    Column("calls", "Calls that change", number=True),
    Column("amount", "Would be posted", money=True),
    Column("currency", "Currency"),
]
CORRECTIONS = [
    Column("correction", "Correction", number=True),
    Column("at", "When (UTC)", drop=2),
    Column("by", "Who"),
    Column("kind", "Kind", drop=5),
    Column("said", "What", drop=6),
    Column("calls", "Calls", number=True),
    Column("from", "From", drop=3),
    Column("to", "To", drop=4),
    Column("accounts", "Accounts", drop=1),
    Column("reason", "Reason"),
    Column("undone_by", "Undone by", number=True),
]
AGAIN_EFFECTS = [
    Column("account", "Account"),
    Column("calls_out", "Calls out", number=True, drop=2),
    Column("calls_in", "Calls in", number=True, drop=3),
    Column("days", "Days that change", number=True, drop=1),
    Column("before", "Before", money=True),
    Column("after", "After", money=True),
    Column("difference", "More", money=True),
    Column("currency", "Currency"),
]


def corrected_sheet(view: CorrectedView) -> Sheet:
    """What a correction did to accounts, or would do."""
    columns = [c for c in EFFECTS if view.dry_run or c.key not in ("amount", "currency")]
    return Sheet(columns, view.accounts, notes=correction_notes(view))


def corrections_sheet(view: CallCorrectionsView) -> Sheet:
    """The corrections that were made."""
    from minutebook.show.serialise import as_json

    rows = [{**row, "accounts": ", ".join(row["accounts"])} for row in as_json(view.corrections)]
    return Sheet(CORRECTIONS, rows)
