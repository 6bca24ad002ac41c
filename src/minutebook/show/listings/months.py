"""Months as rows of a table."""

from __future__ import annotations

from minutebook.show.tables import Column

MONTHS = [
    Column("month", "Month"),
    Column("open", "Open"),
    Column("billed", "Billed to its end"),
    Column("closed_by", "Closed by"),
    Column("closed_at", "Closed (UTC)"),
    Column("reason", "Why"),
]
