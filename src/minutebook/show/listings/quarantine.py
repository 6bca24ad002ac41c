"""Records that wait as tables: each, counted, discarded."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.calls import WaitingCountsView

QUARANTINE = [
    Column("id", "Id", folds=False),
    Column("reason", "Reason"),
    Column("detail", "Detail"),
    Column("source", "Source", drop=4),
    Column("file", "File", drop=6),
    Column("line", "Line", number=True, drop=5),
    Column("call_id", "Call", drop=2),
    Column("first_seen", "Since (UTC)", drop=3),
    Column("raw", "Record", drop=1),
]
WAITING_COUNTS = [Column("records", "Records", number=True), Column("since", "Since (UTC)")]
"""Beside what records are counted by."""


class WaitingGroups(StrEnum):
    """What records that wait are counted by."""

    REASON = "reason"
    SOURCE = "source"
    DAY = "day"
    ACCOUNT = "account"


BY = [
    Column(
        by.value, by.capitalize(), said={"": "no account"} if by is WaitingGroups.ACCOUNT else {}
    )
    for by in WaitingGroups
]
DISCARDED_RECORDS = [
    Column("id", "Id", folds=False),
    Column("reason", "Waited for"),
    Column("source", "Source", drop=4),
    Column("file", "File", drop=6),
    Column("line", "Line", number=True, drop=5),
    Column("call_id", "Call", drop=2),
    Column("discarded_at", "Discarded (UTC)", drop=3),
    Column("by", "By"),
    Column("why", "Why"),
    Column("raw", "Record", drop=1),
]


def counts_sheet(view: WaitingCountsView, by: WaitingGroups) -> Sheet:
    """How many records wait, by what they are counted by."""
    columns = [*(column for column in BY if column.key == by.value), *WAITING_COUNTS]
    return Sheet(columns, view.counts)
