"""Records that wait as tables: each, counted, discarded."""

from __future__ import annotations

from minutebook.show.tables import Column

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
