"""Totals as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.show.totals import TotalsView

TOTALS_BY = [
    Column(key, key.capitalize())
    for key in ("account", "day", "week", "month", "destination", "plan")
]
TOTALS = [
    Column("currency", "Currency"),
    Column("calls", "Calls", number=True, drop=7),
    Column("answered", "Answered", number=True, drop=1),
    Column("minutes", "Minutes used", number=True, drop=6),
    Column("billed_seconds", "Billed (s)", number=True, drop=2),
    Column("asr_percent", "ASR (%)", number=True, drop=5),
    Column("acd_seconds", "ACD (s)", number=True, drop=4),
    Column("unpriced_calls", "Unpriced calls", number=True, drop=3),
    Column("charges", "Charges", money=True),
    Column("payments", "Payments", money=True),
]


def totals_sheet(view: TotalsView, groups: Sequence[str]) -> Sheet:
    """The groups of a period, by what they go by, and their sums."""
    from minutebook.show.serialise import as_json

    columns = [*(Column(group, group.capitalize()) for group in groups), *TOTALS]
    foot = [{groups[0]: "Sum", **as_json(total)} for total in view.sum]
    return Sheet(columns, view.totals, notes=view.notes, foot=foot)
